//! Notes of handoffs that somebody edits or empties in the CRM: what was told us there is known by the words first seen.

use super::all;
use super::book::{Book, NOW, at, record};
use super::sent::arrived;
use crate::domain::account_view::AccountView;
use crate::domain::handoff::Follow;
use crate::domain::outbox::{Field, NewEntry, Target, Write, WritePermit};
use crate::domain::record::{Core, Kind, Record};
use crate::engine::account_view;

const TOLD: &str = "They sign in March";
const PROMISED: &str = "Olu writes, by 2026-11-25";

fn body(told: &str, promised: &str) -> String {
    format!(
        "Handoff sales → CSM: sent\nFrom: Olu Ade\nTo: Dana Reyes\nFields: 2 of 6\n\
         What the customer already told us: {told}\n\
         What was promised, by whom, by when: {promised}\nretain: handoff H-1 event 1"
    )
}

/// The note as the CRM has it.
fn note(text: &str) -> Record {
    let html = text.replace('\n', "<br>");
    let fields = [
        (Core::Body, html.as_str()),
        (Core::Occurred, "2026-11-22T11:00:00Z"),
        (Core::Owner, "o2"),
    ];
    record(Kind::Note, "n1", &fields)
}

fn view(book: &mut Book) -> AccountView {
    all(book, NOW);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    view.unwrap().unwrap()
}

/// What follows the account: what it is, its words, and what stood there first.
fn follows(view: &AccountView) -> Vec<(Follow, &str, Option<&str>)> {
    let each = view.followed.iter();
    each.map(|one| (one.what, one.text.as_str(), one.first.as_deref()))
        .collect()
}

fn whole() -> Vec<(Follow, &'static str, Option<&'static str>)> {
    vec![(Follow::ToldUs, TOLD, None), (Follow::Promised, PROMISED, None)]
}

fn book() -> Book {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book
}

#[test]
fn what_was_told_us_stays_known_when_somebody_empties_the_note() {
    let mut book = book();
    book.put(&note(&body(TOLD, PROMISED)), Some("1"));
    assert_eq!(follows(&view(&mut book)), whole());
    for now in ["null", "", "We talked.", "retain: handoff H-1 event 1"] {
        let mut note = note(now);
        if now == "null" {
            note.core.remove(&Core::Body);
        }
        book.put(&note, Some("1"));
        let view = view(&mut book);
        assert_eq!(follows(&view), whole(), "{now}");
        let event = &view.handoffs[0].events[0];
        let first = format!(
            "What the customer already told us: {TOLD}\nWhat was promised, by whom, by when: {PROMISED}"
        );
        assert_eq!(event.first.as_deref(), Some(first.as_str()), "{now}");
        // The desk knows the same, and what is kept of the note is kept once.
        assert_eq!(book.cache.desk().unwrap().unwrap().handoffs, view.handoffs);
        assert_eq!(book.ledger.events(None, &["handoff-seen"]).unwrap().len(), 1);
    }
}

#[test]
fn what_somebody_made_of_it_is_told_beside_what_it_was() {
    let mut book = book();
    book.put(&note(&body(TOLD, PROMISED)), Some("1"));
    view(&mut book);
    book.put(&note(&body("They sign in May", "nothing")), Some("1"));
    let expected = [
        (Follow::ToldUs, "They sign in May", Some(TOLD)),
        (Follow::Promised, PROMISED, None),
    ];
    assert_eq!(follows(&view(&mut book)), expected);
}

#[test]
fn what_we_sent_ourselves_is_known_though_the_note_was_emptied_before_it_was_seen() {
    let mut book = book();
    let new = NewEntry {
        act: "a".to_owned(),
        account: Some("1".into()),
        title: "Handoff".to_owned(),
        write: Write::Create {
            kind: Kind::Note,
            fields: [
                (Field::Core(Core::Body), body(TOLD, PROMISED)),
                (Field::Core(Core::Occurred), "2026-11-22T11:00:00Z".to_owned()),
            ]
            .into(),
            about: vec![(Kind::Account, Target::Record("1".into()))],
        },
        leaves_at: at(NOW),
    };
    let permit = WritePermit::unless(None).unwrap();
    let sent = book.ledger.enqueue(permit, &[new], &[], at(NOW)).unwrap();
    arrived(&mut book, &sent[0], "n1");
    book.put(&note(""), Some("1"));
    assert_eq!(follows(&view(&mut book)), whole());
    assert_eq!(follows(&view(&mut book)), whole(), "as the journal keeps it");
}

#[test]
fn a_journal_that_kept_no_words_keeps_them_from_now_on_and_makes_none_up() {
    let mut book = book();
    book.put(&note(&body(TOLD, PROMISED)), Some("1"));
    view(&mut book);
    let mut kept = book.ledger.events(None, &["handoff-seen"]).unwrap().remove(0);
    let mut older = self::book();
    kept.payload.as_object_mut().unwrap().remove("text").unwrap();
    let before = crate::store::NewEvent {
        account: kept.account,
        kind: kept.kind,
        effective_at: kept.effective_at,
        payload: kept.payload,
    };
    older.ledger.append(&[before], at(NOW)).unwrap();
    older.put(&note(&body("They sign in May", PROMISED)), Some("1"));
    let may = [
        (Follow::ToldUs, "They sign in May", None),
        (Follow::Promised, PROMISED, None),
    ];
    assert_eq!(follows(&view(&mut older)), may, "what it was is not known");
    older.put(&note(""), Some("1"));
    assert_eq!(follows(&view(&mut older)), may);
    assert_eq!(older.ledger.events(None, &["handoff-seen"]).unwrap().len(), 2);
}
