//! Two who act on one handoff, step or promise: the second is refused by what the ledger knows at the commit.

use super::all;
use super::book::{Book, NOW, at, record};
use super::handoffs::{dana_and_olu, sent_and_returned};
use super::plays::{on, started};
use super::sent::arrived;
use crate::domain::acts::task::{self, Task};
use crate::domain::acts::{About, Occasion};
use crate::domain::desk::{DueKind, HandoffState};
use crate::domain::handoff::{self, Ground, Promised, Reply};
use crate::domain::outbox::NewEntry;
use crate::domain::outbox::{Entry, Target, Write, WritePermit};
use crate::domain::overtaken::Overtaken;
use crate::domain::playbook::{self, Deed, PlayEvent, What};
use crate::domain::record::{Core, Kind, RecordId};
use crate::engine::{account_view, plays};
use crate::store::Ledger;

fn about() -> About {
    About {
        id: "1".into(),
        name: "Juniper Freight".to_owned(),
    }
}

fn deed(entries: Vec<NewEntry>) -> Deed {
    Deed {
        entries,
        events: Vec::new(),
    }
}

/// An act as a program keeps it that has the ledger open beside the book's own.
fn kept(book: &Book, deed: &Deed) -> Result<Vec<Entry>, Overtaken> {
    kept_at(book, deed, at(NOW))
}

/// The same at another time.
fn kept_at(book: &Book, deed: &Deed, now: jiff::Timestamp) -> Result<Vec<Entry>, Overtaken> {
    let mut other = Ledger::open(book.ledger.path(), "dana@alder.example").unwrap().0;
    let permit = WritePermit::unless(None).unwrap();
    plays::commit(&mut other, permit, deed, &[], now).unwrap()
}

/// The sentence in which a refusal is told.
fn refused(book: &Book, deed: &Deed) -> String {
    let before = book.ledger.outbox_length().unwrap();
    let first = kept(book, deed).unwrap_err();
    assert_eq!(
        book.ledger.outbox_length().unwrap(),
        before,
        "nothing of it is kept"
    );
    first.told(at(NOW), &jiff::tz::TimeZone::UTC)
}

/// What Olu answers to the questions that came back, by what his program knows now.
fn answer(book: &mut Book, act: &str) -> Deed {
    all(book, NOW);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let view = view.unwrap().unwrap();
    let card = view.handoffs[0].clone();
    let reply = Reply {
        ground: Ground::of(&view, Some(&card.handoff)),
        card,
        to: HandoffState::Answered,
        template: None,
    };
    let on = Occasion {
        now: at("2026-11-23T08:30:00Z"),
        ..on(act)
    };
    deed(handoff::reply(&on, &about(), &reply, &["In May.".to_owned()], &[]).unwrap())
}

#[test]
fn the_same_reply_is_queued_once_however_many_programs_have_it_open() {
    let mut book = sent_and_returned();
    dana_and_olu(&mut book);
    let (one, other) = (answer(&mut book, "a1"), answer(&mut book, "a2"));
    let entries = kept(&book, &one).unwrap();
    let told = "Dana Reyes answered it today at 08:30: what you wrote cannot follow that";
    assert_eq!(refused(&book, &other), told);
    // Also once it has left, and once it was seen in the CRM.
    arrived(&mut book, &entries[0], "n3");
    assert_eq!(refused(&book, &other), told);
    // It is taken back where it has left: the note is archived.
    let archive = NewEntry {
        write: Write::Archive {
            kind: Kind::Note,
            target: Target::Record("n3".into()),
        },
        ..other.entries[0].clone()
    };
    kept(&book, &deed(vec![archive])).unwrap();
    assert!(kept(&book, &other).is_ok());
}

#[test]
fn what_was_taken_back_before_it_left_is_in_nobodys_way() {
    let mut book = sent_and_returned();
    dana_and_olu(&mut book);
    let (one, other) = (answer(&mut book, "a1"), answer(&mut book, "a2"));
    kept(&book, &one).unwrap();
    plays::take_back(&mut book.ledger, "a1", at(NOW))
        .unwrap()
        .unwrap();
    assert!(kept(&book, &other).is_ok());
}

#[test]
fn a_reply_that_was_begun_before_a_colleagues_was_seen_is_refused_by_what_the_journal_has() {
    let mut book = sent_and_returned();
    dana_and_olu(&mut book);
    let late = answer(&mut book, "a1");
    let body = "<p>Handoff support → CSM: answered</p><p>By: Ida Berg</p><p>Answer: In May.</p>\
                <p>retain: handoff H-1 event 3</p>";
    let fields = [(Core::Body, body), (Core::Occurred, "2026-11-20T07:05:00Z")];
    book.put(&record(Kind::Note, "n3", &fields), Some("1"));
    all(&mut book, NOW);
    assert_eq!(
        refused(&book, &late),
        "Ida Berg answered it Fri 20 Nov at 07:05: what you wrote cannot follow that"
    );
    // The account goes by another id since: it is the same handoff.
    book.ledger
        .alias(Kind::Account, &"1".into(), &"9".into(), at(NOW))
        .unwrap();
    let mut elsewhere = late.clone();
    for entry in &mut elsewhere.entries {
        entry.account = Some("9".into());
    }
    assert!(refused(&book, &elsewhere).starts_with("Ida Berg answered it"));
}

#[test]
fn a_step_is_done_once_and_not_in_a_run_that_was_given_up() {
    let (mut book, _) = started();
    all(&mut book, NOW);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let run = view.unwrap().unwrap().plays.remove(0);
    let first = run.steps[0].step.id.clone();
    let out = |act: &str| playbook::skip(&on(act), &run, "Juniper Freight", &first, "ill").unwrap();
    kept(&book, &out("b1")).unwrap();
    let told = refused(&book, &out("b2"));
    let expected = "dana@alder.example left it out today at ";
    assert!(told.starts_with(expected), "{told}");
    let open_again = PlayEvent {
        account: "1".into(),
        what: What::Reopened {
            run: run.id.clone(),
            step: first.clone(),
        },
    };
    let again = Deed {
        entries: Vec::new(),
        events: vec![open_again],
    };
    kept(&book, &again).unwrap();
    let over = playbook::abandon(&on("b3"), &run, "Juniper Freight", "over").unwrap();
    kept(&book, &over).unwrap();
    let told = refused(&book, &out("b4"));
    assert!(told.starts_with("somebody gave its run up today at "), "{told}");
}

/// What somebody says of the promise of account 1.
fn said(book: &Book, act: &str, kept: Result<(), &str>) -> Deed {
    let desk = book.cache.desk().unwrap().unwrap();
    let item = desk.due.iter().find(|item| item.kind == DueKind::Promise);
    let item = item.unwrap();
    let promised = Promised::of(Task::of(item).unwrap(), item.of_handoff.as_ref().unwrap());
    deed(promised.unwrap().settle(&on(act), kept).unwrap())
}

#[test]
fn what_became_of_a_promise_is_said_once_unless_it_is_taken_up_again() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    dana_and_olu(&mut book);
    let task = |done: &str| {
        let body = "<p>Ben told the customer: Mara calls</p><p>retain: handoff H-7 promise</p>";
        let fields = [
            (Core::Subject, "Promised: Dana calls"),
            (Core::Body, body),
            (Core::Owner, "o1"),
            (Core::Done, done),
        ];
        record(Kind::Task, "p1", &fields)
    };
    book.put(&task("false"), Some("1"));
    all(&mut book, NOW);
    let (not, yes) = (said(&book, "c1", Err("ill")), said(&book, "c2", Ok(())));
    kept(&book, &not).unwrap();
    let told = refused(&book, &yes);
    assert!(
        told.starts_with("Dana Reyes said that it was not kept today at "),
        "{told}"
    );
    let p1 = Task {
        target: Target::Record(RecordId::from("p1")),
        subject: "Promised: Dana calls".to_owned(),
        due: None,
        done: Some("true".to_owned()),
        owner: None,
        about: Some(about()),
    };
    kept(&book, &deed(vec![task::reopen(&on("c3"), &p1)])).unwrap();
    assert!(kept(&book, &yes).is_ok(), "it was taken up again");
    // Also by somebody whose clock was set back meanwhile: what was done last counts.
    let again = deed(vec![task::reopen(&on("c5"), &p1)]);
    let before = at(NOW) - jiff::SignedDuration::from_hours(9);
    kept_at(&book, &again, before).unwrap();
    assert!(kept(&book, &not).is_ok(), "it was taken up again");
    // The task is completed in the CRM.
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    dana_and_olu(&mut book);
    book.put(&task("false"), Some("1"));
    all(&mut book, NOW);
    let yes = said(&book, "c4", Ok(()));
    book.put(&task("true"), Some("1"));
    all(&mut book, NOW);
    let told = refused(&book, &yes);
    assert!(
        told.starts_with("somebody completed its task in the CRM "),
        "{told}"
    );
}
