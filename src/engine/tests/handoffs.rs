//! Handoffs from the CRM's notes: where one stands is what its notes said when they were first seen.

use jiff::civil::date;

use super::all;
use super::book::{Book, NOW, at, owner, record};
use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::outbox::{Field, NewEntry, Receipt, Step, Target, Write, WritePermit};
use crate::domain::record::{Core, Kind, Owner, Record};
use crate::domain::team::{Away, Member};
use crate::engine::{self, account_view};
use crate::store::{CachePage, LinkSet};

fn note(id: &str, state: &str, number: u32, words: &str) -> Record {
    let by = date(2026, 11, 25)
        .checked_add(jiff::Span::new().days(number - 1))
        .unwrap();
    let body = format!(
        "<p>Handoff support → CSM: {state}</p><p>From: Olu Ade</p><p>To: Dana Reyes</p><p>Fields: 2 of 3</p>\
         <p>Answer by: {by}</p><p>{words}</p><p>retain: handoff H-1 event {number}</p>"
    );
    let when = format!("2026-11-22T1{number}:00:00Z");
    let fields = [
        (Core::Body, body.as_str()),
        (Core::Occurred, &when),
        (Core::Owner, "o2"),
    ];
    record(Kind::Note, id, &fields)
}

/// The handoff as the desk and as the account have it: the same.
fn card(book: &mut Book) -> HandoffCard {
    all(book, NOW);
    let desk = book.cache.desk().unwrap().unwrap();
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let of_account = view.unwrap().unwrap().handoffs;
    assert_eq!(of_account, desk.handoffs);
    desk.handoffs[0].clone()
}

pub(super) fn sent_and_returned() -> Book {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.put(&note("n1", "sent", 1, "He waits."), Some("1"));
    book.put(&note("n2", "returned", 2, "Question: When?"), Some("1"));
    book
}

fn archive(book: &mut Book, note: Record) {
    let note = Record {
        archived: true,
        ..note
    };
    book.put(&note, Some("1"));
}

/// Who there is: me, and a colleague.
pub(super) fn dana_and_olu(book: &mut Book) -> (Owner, Owner) {
    let me = owner("o1", "Dana Reyes", "dana@alder.example");
    let olu = owner("o2", "Olu Ade", "olu@alder.example");
    book.owners(&[me.clone(), olu.clone()]);
    (me, olu)
}

#[test]
fn an_edit_of_a_note_that_was_seen_changes_its_text_alone() {
    let mut book = sent_and_returned();
    assert_eq!(card(&mut book).state, HandoffState::Returned);
    book.put(&note("n2", "accepted", 2, "Question: When exactly?"), Some("1"));
    let edited = card(&mut book);
    assert_eq!(
        (edited.state, edited.text.as_str()),
        (HandoffState::Returned, "Question: When exactly?")
    );
    // With something below its last line, or without that line, it is still the note of that event, with its clock.
    let head = |card: &HandoffCard| (card.state, card.answer_by, card.fields);
    let before = head(&edited);
    assert_eq!(
        before,
        (HandoffState::Returned, Some(date(2026, 11, 26)), Some((2, 3)))
    );
    let mut below = note("n2", "returned", 2, "Question: When?");
    let body = below.core.get_mut(&Core::Body).unwrap();
    body.push_str("<p>I asked.</p><p>So did I.</p>");
    book.put(&below, Some("1"));
    let edited = card(&mut book);
    assert_eq!(
        (head(&edited), edited.text.as_str()),
        (before, "Question: When?\nI asked.\nSo did I.")
    );
    let body = [
        (Core::Body, "<p>We talked.</p>"),
        (Core::Occurred, "2026-11-22T12:00:00Z"),
    ];
    book.put(&record(Kind::Note, "n2", &body), Some("1"));
    let edited = card(&mut book);
    assert_eq!((head(&edited), edited.text.as_str()), (before, "We talked."));
    assert_eq!(edited.told, Vec::<String>::new());
}

#[test]
fn a_handoff_is_found_by_its_id_however_long_ago_it_was_accepted() {
    let mut book = sent_and_returned();
    book.put(&note("n3", "accepted", 3, ""), Some("1"));
    let late = "2027-01-04T08:00:00Z";
    all(&mut book, late);
    let desk = book.cache.desk().unwrap().unwrap();
    assert_eq!(desk.handoffs, []);
    let one = |id: &str| engine::handoff(&book.cache, &book.ledger, &book.setup, id, at(late)).unwrap();
    let found = one("h-1").unwrap();
    assert_eq!((found.state, found.events.len()), (HandoffState::Accepted, 3));
    assert_eq!(one("H-2"), None);
}

#[test]
fn health_and_tickets_of_the_acceptance_stand_beside_those_of_now() {
    let mut book = sent_and_returned();
    let ticket = |subject: &'static str, closed: Option<&'static str>| {
        let closed = closed.map(|at| [(Core::Closed, "true"), (Core::ClosedAt, at)]);
        [
            vec![(Core::Subject, subject)],
            closed.iter().flatten().copied().collect(),
        ]
        .concat()
    };
    let over = ticket("SSO fails", Some("2026-11-22T20:00:00Z"));
    book.ticket("t1", "1", "2026-11-20T08:00:00Z", &over);
    book.ticket("t2", "1", "2026-11-23T08:00:00Z", &ticket("Export is slow", None));
    let beside = |book: &mut Book| {
        all(book, NOW);
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        view.unwrap().unwrap().beside
    };
    assert!(beside(&mut book).is_empty(), "it was not accepted yet");
    book.put(&note("n3", "accepted", 3, ""), Some("1"));
    let found = beside(&mut book).remove("H-1").unwrap();
    assert_eq!(found.accepted, at("2026-11-22T13:00:00Z"));
    let tickets = found.tickets.as_ref().unwrap();
    assert_eq!((tickets.then(), tickets.now()), (1, 1));
    assert_eq!(
        (&tickets.closed[..], &tickets.opened[..]),
        (&["SSO fails".to_owned()][..], &["Export is slow".to_owned()][..])
    );
    assert!(found.then.is_some() && found.now.is_some(), "{found:?}");
    // What the command shows is the same.
    let card = engine::handoff(&book.cache, &book.ledger, &book.setup, "H-1", at(NOW))
        .unwrap()
        .unwrap();
    let one = engine::beside(
        &book.cache,
        &book.ledger,
        &book.setup,
        (&"1".into(), &[card]),
        at(NOW),
    )
    .unwrap();
    assert_eq!(one["H-1"], found);
}

#[test]
fn what_happened_stands_in_the_timeline_as_it_did_whatever_somebody_makes_of_the_note() {
    let mut book = sent_and_returned();
    let told = |book: &mut Book| {
        all(book, NOW);
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        let lines = view.unwrap().unwrap().timeline;
        lines
            .into_iter()
            .find(|line| line.when == at("2026-11-22T12:00:00Z"))
            .unwrap()
            .words
    };
    let returned = "Handoff support → CSM: returned";
    assert_eq!(told(&mut book), returned);
    book.put(&note("n2", "accepted", 2, "Question: When exactly?"), Some("1"));
    assert_eq!(told(&mut book), returned);
    let body = "<p>Handoff support → CSM: accepted</p><p>Question: When?</p>";
    let bare = [(Core::Body, body), (Core::Occurred, "2026-11-22T12:00:00Z")];
    book.put(&record(Kind::Note, "n2", &bare), Some("1"));
    assert_eq!(told(&mut book), returned);
}

#[test]
fn a_note_on_two_accounts_is_remembered_for_both() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.healthy("2", "Juniper Air");
    let put = |book: &mut Book, note: Record| {
        let links = [LinkSet {
            from: (Kind::Note, note.id.clone()),
            to: Kind::Account,
            ids: vec!["1".into(), "2".into()],
        }];
        let page = CachePage {
            records: &[note],
            links: &links,
            ..CachePage::default()
        };
        book.cache.commit_page(&page).unwrap();
    };
    put(&mut book, note("n1", "sent", 1, "He waits."));
    all(&mut book, NOW);
    put(&mut book, note("n2", "returned", 2, "When?"));
    all(&mut book, NOW);
    put(&mut book, note("n2", "accepted", 2, "When?"));
    all(&mut book, NOW);
    let desk = book.cache.desk().unwrap().unwrap();
    assert_eq!(desk.handoffs.len(), 2);
    for id in ["1", "2"] {
        let view = account_view(&book.cache, &book.ledger, &book.setup, &id.into(), at(NOW));
        let states: Vec<_> = view
            .unwrap()
            .unwrap()
            .handoffs
            .iter()
            .map(|card| card.state)
            .collect();
        assert_eq!(states, [HandoffState::Returned], "{id}");
    }
}

#[test]
fn a_handoff_that_names_no_day_is_due_on_none() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let due = |book: &mut Book, answer_by: &str| {
        let mut sent = note("n1", "sent", 1, "He waits.");
        let body = sent.core.get_mut(&Core::Body).unwrap();
        *body = body.replace("<p>Answer by: 2026-11-25</p>", answer_by);
        book.put(&sent, Some("1"));
        all(book, NOW);
        let due = book.cache.desk().unwrap().unwrap().due;
        due.iter().map(|item| item.due).collect::<Vec<_>>()
    };
    assert_eq!(due(&mut book, ""), [None]);
    assert_eq!(
        due(&mut book, "<p>Answer by: 2026-11-25</p>"),
        [Some(date(2026, 11, 25))]
    );
}

#[test]
fn a_note_that_was_deleted_is_told_and_one_that_leaves_nothing_takes_the_handoff_along() {
    let mut book = sent_and_returned();
    card(&mut book);
    archive(&mut book, note("n2", "returned", 2, ""));
    let left = card(&mut book);
    assert_eq!((left.state, left.last), (HandoffState::Sent, 2));
    assert_eq!(
        left.told,
        ["the note of event 2 is gone from the CRM: it said returned"]
    );
    archive(&mut book, note("n1", "sent", 1, ""));
    all(&mut book, NOW);
    assert_eq!(book.cache.desk().unwrap().unwrap().handoffs, []);
}

#[test]
fn the_tasks_that_ask_to_answer_a_handoff_come_with_the_account() {
    let mut book = sent_and_returned();
    let body = "<p>Read it.</p><p>retain: handoff H-1 task</p>";
    let fields = [(Core::Subject, "answer"), (Core::Owner, "o2"), (Core::Body, body)];
    book.put(&record(Kind::Task, "t1", &fields), Some("1"));
    book.put(&record(Kind::Task, "t2", &[(Core::Subject, "other")]), Some("1"));
    all(&mut book, NOW);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let view = view.unwrap().unwrap();
    let tasks: Vec<&str> = view
        .handoff_tasks
        .iter()
        .map(|task| task.record.as_str())
        .collect();
    assert_eq!(tasks, ["t1"]);
}

#[test]
fn what_waits_for_whom_i_stand_in_is_due_for_me_in_their_name() {
    let mut book = sent_and_returned();
    let today = at(NOW).to_zoned(jiff::tz::TimeZone::UTC).date();
    let leave = |deputy: &str| Away {
        from: today,
        until: today,
        deputy: Some(deputy.to_owned()),
    };
    let (me, olu) = dana_and_olu(&mut book);
    let task = |id: &str, owner: &str| record(Kind::Task, id, &[(Core::Subject, id), (Core::Owner, owner)]);
    book.put(&task("theirs", "o2"), Some("1"));
    let due = |book: &mut Book| {
        all(book, NOW);
        let due = book.cache.desk().unwrap().unwrap().due;
        let named = due.into_iter().map(|item| (item.title, item.owner));
        named.collect::<Vec<_>>()
    };
    assert_eq!(due(&mut book), []);
    book.setup.team.people = vec![Member {
        owner: olu.email.clone(),
        role: None,
        calendar: None,
        lead: None,
        away: vec![leave(&me.email)],
    }];
    let theirs = Some(olu.name.clone());
    let expected = ["Answer the returned handoff", "theirs"].map(|title| (title.to_owned(), theirs.clone()));
    assert_eq!(due(&mut book), expected);
}

#[test]
fn what_was_not_accepted_in_time_comes_to_the_lead_without_another_look() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let body = "<p>Handoff support → CSM: sent</p><p>From: Ben Osei<br>To: Olu Ade<br>Answer by: 2026-11-23</p>\
                <p>He waits.</p><p>retain: handoff H-1 event 1</p>";
    let sent = [(Core::Body, body), (Core::Occurred, "2026-11-22T11:00:00Z")];
    book.put(&record(Kind::Note, "n1", &sent), Some("1"));
    let (me, olu) = dana_and_olu(&mut book);
    book.setup.team.people = vec![Member {
        owner: olu.email.clone(),
        role: None,
        calendar: None,
        lead: Some(me.email.clone()),
        away: Vec::new(),
    }];
    all(&mut book, NOW);
    assert!(!book.cache.desk().unwrap().unwrap().handoffs[0].for_me);
    let later = at("2026-11-24T09:00:00Z");
    let found = engine::handoffs_now(&book.cache, &book.ledger, &book.setup, later).unwrap();
    assert_eq!(found[0].for_whom.as_deref(), Some("Olu Ade"));
}

/// What stands apart on the desk: of which handoff, and its words.
fn unlinked(book: &mut Book) -> Vec<(Option<String>, String)> {
    all(book, NOW);
    let desk = book.cache.desk().unwrap().unwrap();
    let told = desk.unlinked.into_iter().map(|one| {
        assert_eq!(
            (one.account.as_str(), one.account_name.as_str()),
            ("1", "Juniper Freight")
        );
        (one.handoff, one.words)
    });
    told.collect()
}

/// A note of a handoff of which somebody deleted the last line before it was seen here.
fn without_its_last_line(id: &str) -> Record {
    let body = "<p>Handoff support → CSM: sent</p><p>To: Dana Reyes</p><p>He waits.</p>";
    let fields = [
        (Core::Body, body),
        (Core::Occurred, "2026-11-22T11:00:00Z"),
        (Core::Owner, "o2"),
    ];
    record(Kind::Note, id, &fields)
}

#[test]
fn a_handoff_whose_last_line_was_deleted_before_it_was_seen_is_listed_as_unlinked() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.put(&without_its_last_line("n1"), Some("1"));
    book.put(
        &record(Kind::Note, "n2", &[(Core::Body, "<p>We talked.</p>")]),
        Some("1"),
    );
    let body = "<p>Read it.</p><p>retain: handoff H-9 task</p>";
    let task = [
        (Core::Subject, "Answer it"),
        (Core::Owner, "o2"),
        (Core::Body, body),
    ];
    book.put(&record(Kind::Task, "t1", &task), Some("1"));
    let told = unlinked(&mut book);
    let note = (None, "Handoff support → CSM: sent".to_owned());
    let task = (Some("H-9".to_owned()), "Answer it".to_owned());
    assert!(
        told.len() == 2 && told.contains(&note) && told.contains(&task),
        "{told:?}"
    );
    // Nothing follows from it, and what was seen before is no such thing.
    assert_eq!(book.cache.desk().unwrap().unwrap().handoffs, []);
    let mut seen = sent_and_returned();
    card(&mut seen);
    seen.put(&without_its_last_line("n1"), Some("1"));
    assert_eq!(unlinked(&mut seen), []);
}

#[test]
fn my_own_note_is_bound_by_the_receipt_of_its_write_whatever_it_says_when_it_is_first_seen() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let body = "Handoff CSM → support: sent\nTo: Olu Ade\nThey wait.\n\nretain: handoff H-5 event 1";
    let new = NewEntry {
        act: "a".to_owned(),
        account: Some("1".into()),
        title: "Handoff".to_owned(),
        write: Write::Create {
            kind: Kind::Note,
            fields: [
                (Field::Core(Core::Body), body.to_owned()),
                (Field::Core(Core::Occurred), "2026-11-22T11:00:00Z".to_owned()),
            ]
            .into(),
            about: vec![(Kind::Account, Target::Record("1".into()))],
        },
        leaves_at: at(NOW),
    };
    let permit = WritePermit::unless(None).unwrap();
    let sent = book.ledger.enqueue(permit, &[new], &[], at(NOW)).unwrap();
    let arrived = Step::Sent(Receipt {
        record: "n1".into(),
        link: None,
        replaced: Vec::new(),
        there: false,
    });
    for step in [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        arrived,
    ] {
        book.ledger.step(sent[0].id, &step, at(NOW)).unwrap().unwrap();
    }
    // Somebody has made something else of it before this cache read it.
    let other = [
        (Core::Body, "<p>We talked.</p>"),
        (Core::Occurred, "2026-11-22T11:00:00Z"),
    ];
    book.put(&record(Kind::Note, "n1", &other), Some("1"));
    let card = card(&mut book);
    assert_eq!(
        (card.handoff.as_str(), card.state, card.text.as_str()),
        ("H-5", HandoffState::Sent, "We talked.")
    );
    assert_eq!(unlinked(&mut book), []);
}
