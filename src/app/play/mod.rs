//! For tests: a small book to work on, and `play`, which presses keys and gives the model and its orders.

mod account;
mod book;
#[cfg(test)]
pub mod bulk;
mod desk;
pub mod nps;
pub mod outbox;
pub mod routing;
pub mod standup;
pub mod steps;
pub mod team;

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub use self::account::account;
pub use self::book::{summaries, summary};
pub use self::desk::{desk, untold};
use super::key::{Code, Key};
use super::keymap::Keymap;
use super::layout::Size;
use super::msg::{AccountMsg, BookMsg, DeskMsg, Msg, OutboxMsg, TerminalMsg};
use super::outbox::Means;
use super::overlay::Overlay;
use super::sync_line::SyncLine;
use super::{Cmd, Model, Start, update};
use crate::config::settings::Scope;
use crate::domain::acts::Somebody;
use crate::domain::book::Book;
use crate::domain::money::Currency;
use crate::domain::outbox::{ReadOnly, WritePermit};
use crate::domain::record::RecordId;
use crate::domain::role::Role;
use crate::domain::summary::Summary;

/// The currency of the fixtures.
pub fn usd() -> Currency {
    Currency::parse("USD").unwrap()
}

/// The morning of the fixtures.
pub fn now() -> Timestamp {
    "2026-11-23T08:50:00Z".parse().unwrap()
}

/// A moment some hours before it.
pub fn ago(hours: i64) -> Timestamp {
    now() - SignedDuration::from_hours(hours)
}

/// A model of this size before anything was read.
pub fn fresh(width: u16, height: u16) -> Model {
    Model::new(Start {
        tenant: "Alder & Finch".to_owned(),
        scope: Scope::Me,
        means: Means {
            permit: WritePermit::unless(None),
            grace: SignedDuration::from_secs(10),
            settle: SignedDuration::from_secs(120),
            business_days: vec![
                Weekday::Monday,
                Weekday::Tuesday,
                Weekday::Wednesday,
                Weekday::Thursday,
                Weekday::Friday,
            ],
            nonce: 7,
            handoffs: steps::handoffs(),
            roster: Arc::default(),
            support: None,
            playbooks: steps::playbooks(),
            answers: [("usage-drop".to_owned(), "waning-interest".to_owned())].into(),
            role: Role::Csm,
            shared: true,
        },
        currency: usd(),
        zone: TimeZone::UTC,
        now: now(),
        size: Size { width, height },
        keymap: Keymap::default(),
        sync: SyncLine {
            last_success: Some(ago(0)),
            ..SyncLine::default()
        },
        standing: None,
        loss: None,
        standup: None,
        redacted: false,
    })
}

/// From now on nothing may be written, as the program was started so.
pub fn forbid_writing(model: &mut Model) {
    let why = "nothing is written, as --read-only was given; start again without it";
    forbid(model, why, false);
}

/// From now on nothing may be written, as the profile says so.
pub fn forbid_by_profile(model: &mut Model) {
    forbid(model, "nothing is written, as profile `work` is read-only", true);
}

fn forbid(model: &mut Model, why: &str, by_profile: bool) {
    let why = why.to_owned();
    model.outbox.means.permit = WritePermit::unless(Some(ReadOnly { why, by_profile }));
}

/// A model of this size with the book and the desk of the fixtures.
pub fn loaded(width: u16, height: u16) -> Model {
    let mut model = fresh(width, height);
    load_book(&mut model, summaries());
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk())))));
    model
}

/// Like [`loaded`], with Mara Lindt at the keyboard and two colleagues.
pub fn known(width: u16, height: u16) -> Model {
    let mut model = loaded(width, height);
    let people: Vec<Somebody> = [("7", "Mara Lindt"), ("8", "Ben Osei"), ("9", "Idris Okafor")]
        .map(|(id, name)| Somebody {
            id: RecordId::from(id),
            name: name.to_owned(),
        })
        .to_vec();
    let msg = OutboxMsg::PeopleLoaded {
        me: Some(people[0].clone()),
        people: people.into(),
        owners: Arc::default(),
    };
    update(&mut model, Msg::Outbox(msg));
    model
}

/// Types a text letter by letter; a line break is the enter key. Returns all orders.
pub fn write(model: &mut Model, text: &str) -> Vec<Cmd> {
    let keys = text.chars().map(|letter| match letter {
        '\n' => Code::Enter,
        letter => Code::Char(letter),
    });
    keys.flat_map(|code| update(model, Msg::Terminal(TerminalMsg::Key(Key::plain(code)))))
        .collect()
}

/// The day of the fixtures.
pub fn today() -> Date {
    date(2026, 11, 23)
}

/// Gives the model a book, as the runtime would.
pub fn load_book(model: &mut Model, summaries: Vec<Summary>) {
    let book = Arc::new(Book::from_summaries(summaries));
    let sort = model.accounts.sort;
    let rows = book.order(sort).into();
    update(model, Msg::Book(BookMsg::Loaded { book, sort, rows }));
}

/// Presses keys (`j k <enter> ctrl-d`, words after `type:` letter by letter) and carries out what needs no world:
/// fuzzy rankings and the account of the fixtures. Returns all orders.
pub fn play(model: &mut Model, keys: &str) -> Vec<Cmd> {
    let mut orders = Vec::new();
    for word in keys.split_whitespace() {
        let pressed: Vec<Key> = match word.strip_prefix("type:") {
            Some(text) => text
                .chars()
                .map(|letter| Key::plain(Code::Char(letter)))
                .collect(),
            None => vec![word.trim_matches(['<', '>']).parse().unwrap()],
        };
        for key in pressed {
            let mut given = VecDeque::from(update(model, Msg::Terminal(TerminalMsg::Key(key))));
            while let Some(order) = given.pop_front() {
                for more in answer(model, &order).into_iter().rev() {
                    given.push_front(more);
                }
                orders.push(order);
            }
        }
    }
    orders
}

fn answer(model: &mut Model, order: &Cmd) -> Vec<Cmd> {
    match order {
        // What makes it green; the book is answered by the test.
        Cmd::TryOnBook { account, .. } => {
            for overlay in &mut model.overlays {
                if let Overlay::WhatIf(screen) = overlay {
                    screen.way = Some(account.0.back_to_green(&account.1));
                }
            }
            Vec::new()
        }
        Cmd::RankFuzzily {
            run,
            book,
            query,
            rows,
        } => {
            let rows = book.rank(query, rows).into();
            update(model, Msg::Book(BookMsg::Ranked { run: *run, rows }))
        }
        Cmd::NarrowQueue { run, query } => {
            let found = Ok(Box::new(desk::narrowed(
                model.desk.desk.as_deref().unwrap(),
                query,
            )));
            update(model, Msg::Desk(DeskMsg::Narrowed { run: *run, found }))
        }
        Cmd::OpenAccount { run, id, .. } => {
            let view = (id.as_str() == "1").then(|| Box::new(account()));
            update(model, Msg::Account(AccountMsg::Loaded { run: *run, view }))
        }
        _ => Vec::new(),
    }
}
