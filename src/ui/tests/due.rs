//! Forms tell the day that is meant beside the word for it, and beside nothing.

use std::collections::BTreeMap;

use super::says::screen;
use super::*;
use crate::app::play::{known, write};
use crate::app::{Cmd, cmd::WriteCmd};
use crate::domain::outbox::{Change, Entry, EntryId, Field, NewEntry, Step, Target, Write};
use crate::domain::record::{Kind, RecordId, ValueType};

/// The screen after some keys and then words that are typed.
fn typed(model: &mut Model, keys: &str, words: &str) -> String {
    play(model, keys);
    write(model, words);
    screen(model, "")
}

/// An entry that waits and sets this field of an account.
fn waiting(field: &str, value_type: ValueType, to: &str) -> Model {
    let change = Change {
        field: Field::Mapped(field.to_owned()),
        base: None,
        to: Some(to.to_owned()),
        value_type,
    };
    let new = NewEntry {
        act: "act".to_owned(),
        account: Some(RecordId::from("1")),
        title: "Next review".to_owned(),
        write: Write::Update {
            kind: Kind::Account,
            target: Target::Record(RecordId::from("1")),
            changes: vec![change],
        },
        leaves_at: play::now() + jiff::SignedDuration::from_secs(9),
    };
    let mut model = known(120, 36);
    let view = OutboxView {
        open: vec![Entry::queued(
            EntryId(1),
            "mara".to_owned(),
            "K".to_owned(),
            new,
            play::now(),
        )],
        accounts: BTreeMap::from([(RecordId::from("1"), "Juniper Freight".to_owned())]),
        ..OutboxView::default()
    };
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    model
}

#[test]
fn of_a_task_and_of_a_next_step_the_day_is_told_also_where_none_is_typed() {
    for (keys, words, told) in [
        ("1 t", "", "left empty: today, Mon 23 Nov 17:00"),
        ("1 t <tab>", "today", "today, Mon 23 Nov 17:00"),
        ("1 t <tab>", "tomorrow", "Tue 24 Nov 17:00"),
        ("1 t <tab>", "+3bd", "Thu 26 Nov 17:00"),
        ("3 e ctrl-u", "+3bd", "Thu 26 Nov 17:00"),
        (
            "1 l",
            "call with Idris: went well; next: send the offer by fri",
            "next: send the offer, Fri 27 Nov 17:00",
        ),
        (
            "1 l",
            "call with Idris: went well; next: send the offer",
            "next: send the offer, today, Mon 23 Nov 17:00",
        ),
    ] {
        for (width, height) in SIZES {
            let picture = typed(&mut known(width, height), keys, words);
            assert!(picture.contains(told), "{keys} {words}: {picture}");
        }
    }
}

#[test]
fn a_day_that_must_be_there_is_not_promised_where_none_is_typed() {
    let picture = typed(&mut known(120, 36), "3 g e ctrl-u", "");
    assert!(picture.contains("a day is needed, e.g. fri or +2bd"), "{picture}");
}

#[test]
fn what_waits_is_changed_by_days_and_times_as_people_write_them() {
    let mut model = waiting("next_review", ValueType::DateTime, "2026-11-25T08:00:00Z");
    let picture = screen(&mut model, "O e");
    assert!(
        picture.contains("2026-11-25 08:00") && !picture.contains("08:00:00Z"),
        "{picture}"
    );
    let picture = typed(&mut model, "ctrl-u", "fri 16:00");
    assert!(picture.contains("Fri 27 Nov 16:00"), "{picture}");
    let orders = play(&mut model, "ctrl-s");
    let changed = orders.iter().find_map(|order| match order {
        Cmd::Write(WriteCmd::TakeStep {
            step: Step::Revised { write, .. },
            ..
        }) => Some(write),
        _ => None,
    });
    let Some(Write::Update { changes, .. }) = changed else {
        panic!("{orders:?} {:?}", model.told)
    };
    assert_eq!(changes[0].to.as_deref(), Some("2026-11-27T16:00:00Z"));

    let mut model = waiting("renewal_date", ValueType::Date, "2027-01-31");
    let picture = typed(&mut model, "O e ctrl-u", "+3bd");
    assert!(picture.contains("Thu 26 Nov"), "{picture}");
    assert!(!picture.contains("26 Nov 17:00"), "{picture}");
    let picture = typed(&mut model, "ctrl-u", "soon");
    assert!(picture.contains("`soon` is no day"), "{picture}");
}
