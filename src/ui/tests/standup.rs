//! Standup mode at both sizes.

use super::check;
use crate::app::play::standup::{loaded, prepared};
use crate::app::play::{known, play};
use crate::app::{AccountMsg, Cmd, Model, Msg, OutboxMsg, WriteCmd, update};

/// Standup mode after some keys, with what they note on disk.
fn held(keys: &str) -> impl Fn(u16, u16) -> Model {
    move |width, height| {
        let mut model = known(width, height);
        let orders = play(&mut model, "S");
        loaded(&mut model, &orders, prepared());
        for key in keys.split_whitespace() {
            let mut orders = play(&mut model, key);
            while let Some(order) = orders.pop() {
                match order {
                    Cmd::Write(WriteCmd::Standup { run, .. }) => {
                        let done = Ok(());
                        let noted = OutboxMsg::StandupNoted { run, done };
                        orders.extend(update(&mut model, Msg::Outbox(noted)));
                    }
                    Cmd::OpenAccount { run, id, .. } => {
                        let view = (id.as_str() == "1").then(|| Box::new(crate::app::play::account()));
                        update(&mut model, Msg::Account(AccountMsg::Loaded { run, view }));
                    }
                    _ => {}
                }
            }
        }
        model
    }
}

#[test]
fn review() {
    check("standup-review", held(""), "");
}

#[test]
fn account() {
    check("standup-account", held("<enter>"), "");
}

#[test]
fn roster() {
    check("standup-roster", held("<enter> J"), "<tab>");
}

#[test]
fn leaving() {
    check("standup-leaving", held("<enter>"), "<esc>");
}

#[test]
fn minutes() {
    check("standup-minutes", held("<enter> J <esc> <enter>"), "");
}
