//! Frames while people, customers and money are masked.

use super::{SIZES, buffer, check, text};
use crate::app::play::standup::prepared;
use crate::app::play::{account, desk, known, summaries};
use crate::app::redaction::redacted;
use crate::app::{AccountMsg, BookMsg, Cmd, DeskMsg, Model, Msg, OutboxMsg, StandupMsg, WriteCmd, update};
use crate::app::{Key, TerminalMsg};
use crate::domain::acts::Somebody;
use crate::domain::book::Book;
use crate::domain::redaction::{Mask, Redact};
use crate::ui::theme::Theme;

fn mask() -> Mask {
    Mask::new([7; 32], Vec::new(), &[])
}

fn answer(model: &mut Model, order: &Cmd) -> Vec<Cmd> {
    let msg = match order {
        Cmd::LoadBook { sort } => {
            let masked = summaries().into_iter().map(|one| one.redacted(&mask()));
            let book = std::sync::Arc::new(Book::from_summaries(masked));
            let rows = book.order(*sort).into();
            return update(
                model,
                Msg::Book(BookMsg::Loaded {
                    book,
                    sort: *sort,
                    rows,
                }),
            );
        }
        Cmd::LoadDesk => Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk())))),
        Cmd::OpenAccount { run, .. } => Msg::Account(AccountMsg::Loaded {
            run: *run,
            view: Some(Box::new(account())),
        }),
        Cmd::LoadStandup { run, .. } => Msg::Standup(StandupMsg::Loaded {
            run: *run,
            prepared: Box::new(prepared()),
        }),
        Cmd::Write(WriteCmd::Standup { run, .. }) => {
            let done = Ok(());
            Msg::Outbox(OutboxMsg::StandupNoted { run: *run, done })
        }
        _ => return Vec::new(),
    };
    redacted(msg, &mask()).map_or_else(Vec::new, |msg| update(model, msg))
}

/// The cockpit after R and some keys, with everything masked that is read.
fn masked(keys: &'static str) -> impl Fn(u16, u16) -> Model {
    move |width, height| {
        let mut model = known(width, height);
        let me = model.outbox.me.clone().map(|me| Somebody {
            name: mask().person(&me.name),
            ..me
        });
        for key in ["R"].into_iter().chain(keys.split_whitespace()) {
            let key: Key = key.parse().unwrap();
            let mut orders = update(&mut model, Msg::Terminal(TerminalMsg::Key(key)));
            model.outbox.me = me.clone();
            while let Some(order) = orders.pop() {
                orders.extend(answer(&mut model, &order));
            }
        }
        model
    }
}

#[test]
fn cockpit() {
    check("redacted-cockpit", masked("1"), "");
}

#[test]
fn account_screen() {
    check("redacted-account", masked("1 g enter"), "");
}

#[test]
fn standup() {
    check("redacted-standup", masked("S enter"), "");
}

#[test]
fn no_screen_names_anybody() {
    const SCREENS: [&str; 14] = [
        "1 f",
        "2 f",
        "3 f",
        "4 f",
        "1 g enter",
        "1 g enter tab f",
        "1 g enter tab tab tab f",
        "1 g enter tab tab tab tab f",
        "1 g enter tab tab tab tab tab f",
        "1 g enter tab tab tab tab tab tab f",
        "S",
        "S enter tab",
        "S enter J esc enter",
        ":",
    ];
    let names = summaries().into_iter().map(|one| one.name);
    let more = [
        "Mara", "Osei", "Dana", "Okafor", "Brandt", "Abara", "SSO", "Freeze", "$",
    ];
    let canaries: Vec<String> = names.chain(more.map(str::to_owned)).collect();
    for (width, height) in SIZES {
        for keys in SCREENS {
            let shown = text(&buffer(&masked(keys)(width, height), Theme::default()));
            for canary in &canaries {
                assert!(!shown.contains(canary.as_str()), "{canary} after {keys}\n{shown}");
            }
            assert!(shown.contains("redacted"), "{shown}");
        }
    }
}
