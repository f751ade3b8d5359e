//! Keys of a question: only a plain yes is one.

use super::overlay::open;
use super::{form, outbox, plays};
use crate::app::cmd::{Cmd, WriteCmd};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{Confirm, Overlay, Question};
use crate::domain::outbox::Step;

/// Asks before something is done.
pub(super) fn ask(model: &mut Model, question: Question) -> Vec<Cmd> {
    open(model, Overlay::Confirm(Confirm { question }))
}

/// `y` does it; `n`, `q` and esc do not; a digit does what is offered instead; any other key leaves the question where it is.
pub(super) fn pressed(model: &mut Model, confirm: Confirm, key: Key) -> Vec<Cmd> {
    let digit = key.typed().and_then(|typed| typed.to_digit(10));
    let at = digit.and_then(|digit| (digit as usize).checked_sub(1));
    if let Some((to, _)) = at.and_then(|at| confirm.question.instead().get(at)) {
        return form::hand_to(model, to);
    }
    match (key.typed(), key.code) {
        (Some('y' | 'Y'), _) => agreed(model, confirm.question),
        (Some('n' | 'N' | 'q'), _) | (_, Code::Esc) => {
            model.told = Some("nothing was changed".to_owned());
            Vec::new()
        }
        _ => {
            model.told = Some(match confirm.question.instead() {
                [] => "y is yes, n is no".to_owned(),
                _ => "y is yes, n is no, a digit hands it to who stands in".to_owned(),
            });
            open(model, Overlay::Confirm(confirm))
        }
    }
}

fn agreed(model: &mut Model, question: Question) -> Vec<Cmd> {
    match question {
        Question::EnableWrites => vec![Cmd::EnableWrites],
        Question::Resend(id) => vec![Cmd::Write(WriteCmd::TakeStep {
            id,
            step: Step::Resend { grace: None },
        })],
        Question::Doubtful(_) | Question::Away { .. } => form::queue_all_the_same(model),
        Question::StartAllTheSame(_) => plays::start_all_the_same(model),
        Question::KeepWeights(weights) => vec![Cmd::KeepWeights { weights }],
        Question::DropDraft(name) => {
            let only_ours = false;
            vec![Cmd::Write(WriteCmd::DropDraft { name, only_ours })]
        }
        Question::Undo { act, .. } => outbox::compensate(model, &act),
    }
}
