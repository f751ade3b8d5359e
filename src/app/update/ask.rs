//! Keys of a line that is typed before something is done.

use super::conflict;
use super::overlay::open;
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
    open(model, Overlay::Ask(Ask { asked, about, input }))
}

/// Enter does it, esc leaves everything as it is.
pub(super) fn pressed(model: &mut Model, mut ask: Ask, key: Key) -> Vec<Cmd> {
    match key.code {
        Code::Esc => Vec::new(),
        Code::Enter => done(model, &ask),
        _ => {
            ask.input.take(key);
            open(model, Overlay::Ask(ask))
        }
    }
}

fn done(model: &mut Model, ask: &Ask) -> Vec<Cmd> {
    let text = ask.input.text().trim().to_owned();
    match ask.asked {
        Asked::Discard(id) => vec![Cmd::Write(WriteCmd::TakeStep {
            id,
            step: Step::Discarded { why: text },
        })],
        Asked::GiveUp(id) => vec![Cmd::Write(WriteCmd::GiveUpDamaged { id, why: text })],
        Asked::Merge(at) => conflict::typed(model, at, text),
    }
}
