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

/// `y` does it; `n`, `q` and esc do not; any other key leaves the question where it is.
pub(super) fn pressed(model: &mut Model, confirm: Confirm, key: Key) -> Vec<Cmd> {
    match (key.typed(), key.code) {
        (Some('y' | 'Y'), _) => agreed(model, confirm.question),
        (Some('n' | 'N' | 'q'), _) | (_, Code::Esc) => {
            model.told = Some("nothing was changed".to_owned());
            Vec::new()
        }
        _ => {
            model.told = Some("y is yes, n is no".to_owned());
            open(model, Overlay::Confirm(confirm))
        }
    }
}

fn agreed(model: &mut Model, question: Question) -> Vec<Cmd> {
    match question {
        Question::EnableWrites => vec![Cmd::EnableWrites],
        Question::Resend(id) => vec![Cmd::Write(WriteCmd::TakeStep {
            id,
            step: Step::Resend,
        })],
        Question::Doubtful(_) => form::queue_all_the_same(model),
        Question::StartAllTheSame(_) => plays::start_all_the_same(model),
        Question::KeepWeights(weights) => vec![Cmd::KeepWeights { weights }],
        Question::DropDraft(name) => {
            let only_ours = false;
            vec![Cmd::Write(WriteCmd::DropDraft { name, only_ours })]
        }
        Question::Undo { act, .. } => outbox::compensate(model, &act),
    }
}
