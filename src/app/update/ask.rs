//! Keys of a text that is typed before something is done.

use super::overlay::open;
use super::{account, conflict, standup, what_if};
use crate::app::cmd::{Cmd, WriteCmd};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{Ask, Asked, Overlay};
use crate::domain::outbox::Step;

/// Asks for a text, which begins with this text.
pub(super) fn ask(model: &mut Model, asked: Asked, about: &str, text: &str) -> Vec<Cmd> {
    open(model, Overlay::Ask(Ask::new(asked, about, text)))
}

/// Enter, or ctrl-s where there are many lines, does it; esc leaves everything as it is. What was typed stays until what is done is on disk.
pub(super) fn pressed(model: &mut Model, mut ask: Ask, key: Key) -> Vec<Cmd> {
    if ask.sending {
        model.told = Some(conflict::ONE_MOMENT.to_owned());
        return open(model, Overlay::Ask(ask));
    }
    match key.code {
        Code::Esc => Vec::new(),
        Code::Enter if !ask.has_lines() => done(model, ask),
        Code::Char('s') if key.ctrl => done(model, ask),
        _ => {
            let window = ask.window(model.size);
            ask.field.take(key, window);
            open(model, Overlay::Ask(ask))
        }
    }
}

fn done(model: &mut Model, mut ask: Ask) -> Vec<Cmd> {
    let text = ask.field.text().trim().to_owned();
    let order = match ask.asked {
        Asked::Discard(id) => WriteCmd::TakeStep {
            id,
            step: Step::Discarded { why: text },
        },
        Asked::GiveUp(id) => WriteCmd::GiveUpDamaged { id, why: text },
        Asked::Merge(at) => return conflict::typed(model, at, &text),
        Asked::Try(at) => return what_if::typed(model, at, &ask.about, &text),
        Asked::Since => return account::since(model, &text),
        Asked::Promise(ref promise) => {
            let orders = standup::settle(model, promise, &text);
            ask.sending = orders.is_ok();
            open(model, Overlay::Ask(ask));
            return orders.unwrap_or_else(|why| {
                model.told = Some(why);
                Vec::new()
            });
        }
    };
    ask.sending = true;
    open(model, Overlay::Ask(ask));
    vec![Cmd::Write(order)]
}
