//! Keys of a line that is typed before something is done.

use super::overlay::open;
use super::{account, conflict, what_if};
use crate::app::cmd::{Cmd, WriteCmd};
use crate::app::input::Input;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{Ask, Asked, Overlay};
use crate::domain::outbox::Step;

/// Asks for a line, which begins with this text.
pub(super) fn ask(model: &mut Model, asked: Asked, about: &str, text: &str) -> Vec<Cmd> {
    let mut input = Input::default();
    input.paste(text);
    let about = about.to_owned();
    let sending = false;
    let ask = Ask {
        asked,
        about,
        input,
        sending,
    };
    open(model, Overlay::Ask(ask))
}

/// Enter does it, esc leaves everything as it is. What was typed stays until what is done is on disk.
pub(super) fn pressed(model: &mut Model, mut ask: Ask, key: Key) -> Vec<Cmd> {
    if ask.sending {
        model.told = Some(conflict::ONE_MOMENT.to_owned());
        return open(model, Overlay::Ask(ask));
    }
    match key.code {
        Code::Esc => Vec::new(),
        Code::Enter => done(model, ask),
        _ => {
            ask.input.take(key);
            open(model, Overlay::Ask(ask))
        }
    }
}

fn done(model: &mut Model, mut ask: Ask) -> Vec<Cmd> {
    let text = ask.input.text().trim().to_owned();
    let order = match ask.asked {
        Asked::Discard(id) => WriteCmd::TakeStep {
            id,
            step: Step::Discarded { why: text },
        },
        Asked::GiveUp(id) => WriteCmd::GiveUpDamaged { id, why: text },
        Asked::Merge(at) => return conflict::typed(model, at, &text),
        Asked::Try(at) => return what_if::typed(model, at, &ask.about, &text),
        Asked::Since => return account::since(model, &text),
    };
    ask.sending = true;
    open(model, Overlay::Ask(ask));
    vec![Cmd::Write(order)]
}
