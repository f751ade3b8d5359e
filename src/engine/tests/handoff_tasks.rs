//! Tasks of handoffs, promises too: what each asked for when it was first seen, whatever somebody makes of its text.

use super::book::{Book, NOW, at, record};
use super::handoffs::{dana_and_olu, sent_and_returned};
use super::{What, account_view, all, refresh, sent};
use crate::domain::desk::DueKind;
use crate::domain::handoff::{Follow, Ground};
use crate::domain::outbox::Target;
use crate::domain::record::{Core, Kind, Record};

/// A task of a handoff, as it says it.
fn task(id: &str, subject: &str, last: &str) -> Record {
    let body = format!("<p>Read it.</p><p>{last}</p>");
    let fields = [
        (Core::Subject, subject),
        (Core::Owner, "o1"),
        (Core::Body, body.as_str()),
        (Core::Done, "false"),
    ];
    record(Kind::Task, id, &fields)
}

/// The tasks that a reply to a handoff of account 1 completes.
fn completed_with(book: &Book, handoff: &str) -> Vec<Target> {
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let ground = Ground::of(&view.unwrap().unwrap(), Some(handoff));
    ground.tasks.into_iter().map(|task| task.target).collect()
}

#[test]
fn a_task_that_was_seen_asks_for_what_it_asked_then_whatever_its_text_says_by_now() {
    let mut book = sent_and_returned();
    dana_and_olu(&mut book);
    let asks = "retain: handoff H-1 task";
    book.put(&task("t1", "Answer the returned handoff", asks), Some("1"));
    // What was not seen yet goes by its text.
    let t1 = || vec![Target::Record("t1".into())];
    assert_eq!(completed_with(&book, "H-1"), t1());
    all(&mut book, NOW);
    for last in [
        "",
        "Thanks!",
        "retain: handoff H-2 task",
        "retain: handoff H-1 promise",
    ] {
        book.put(&task("t1", "Something else", last), Some("1"));
        all(&mut book, NOW);
        assert_eq!(completed_with(&book, "H-1"), t1(), "{last}");
        assert_eq!(completed_with(&book, "H-2"), [], "{last}");
        let desk = book.cache.desk().unwrap().unwrap();
        assert!(desk.unlinked.is_empty(), "{last}: {:?}", desk.unlinked);
        // It stands in the line of the handoff, which waits for Olu; and is no promise.
        let kinds: Vec<DueKind> = desk.due.iter().map(|item| item.kind).collect();
        assert_eq!(kinds, [DueKind::Task], "{last}");
    }
    // A look of another program, and one at the account alone, say the same.
    let ids = ["1".into()];
    let what = What::Accounts(&ids);
    refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
    assert_eq!(completed_with(&book, "H-1"), t1());
    assert_eq!(
        book.ledger.events(None, &["handoff-task-bound"]).unwrap().len(),
        1
    );
}

#[test]
fn a_task_that_is_put_on_another_account_is_known_there_as_what_it_was() {
    let mut book = sent_and_returned();
    book.healthy("2", "Juniper Air");
    book.put(&task("t1", "Answer it", "retain: handoff H-1 task"), Some("1"));
    all(&mut book, NOW);
    book.put(&task("t1", "Answer it", "Thanks!"), Some("2"));
    let ids = ["2".into()];
    let what = What::Accounts(&ids);
    refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"2".into(), at(NOW));
    let tasks = view.unwrap().unwrap().handoff_tasks;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].of_handoff.as_ref().unwrap().handoff, "H-1");
}

/// The lines of account 1 that tell of promises.
fn promises_told(book: &mut Book) -> Vec<(String, String, String)> {
    all(book, NOW);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let lines = view.unwrap().unwrap().timeline.into_iter();
    lines
        .filter(|line| line.words.starts_with("Promise"))
        .map(|line| (line.when.to_string(), line.words, line.who))
        .collect()
}

#[test]
fn a_promise_whose_task_is_completed_in_the_crm_counts_as_kept() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let task = |done: &str, changed: &str| sent::promise("Mara calls", done, changed);
    book.put(&task("false", "2026-11-20T09:00:00Z"), Some("1"));
    assert_eq!(promises_told(&mut book), []);
    book.put(&task("true", "2026-11-21T14:00:00Z"), Some("1"));
    let kept = (
        "2026-11-21T14:00:00Z".to_owned(),
        "Promise kept: Dana calls (its task was completed in the CRM)".to_owned(),
        "Dana Reyes".to_owned(),
    );
    assert_eq!(promises_told(&mut book), std::slice::from_ref(&kept));
    book.put(&task("true", "2026-11-22T14:00:00Z"), Some("1"));
    assert_eq!(
        promises_told(&mut book),
        [kept],
        "a later edit of the task changes nothing"
    );
    assert_eq!(
        book.ledger.outbox_length().unwrap(),
        0,
        "nothing is written for it"
    );
    book.put(&task("false", "2026-11-22T15:00:00Z"), Some("1"));
    assert_eq!(promises_told(&mut book), [], "it was taken up again");
    book.put(&task("true", "2026-11-22T16:00:00Z"), Some("1"));
    assert_eq!(promises_told(&mut book)[0].0, "2026-11-22T16:00:00Z");
    // A person's word says more than the task.
    let body = "<p>Promise not kept: Dana calls<br>By: Dana Reyes<br>Why: ill<br>retain: handoff H-7 promise not kept</p>";
    let said = [(Core::Body, body), (Core::Occurred, "2026-11-22T16:00:00Z")];
    book.put(&record(Kind::Note, "n1", &said), Some("1"));
    let told = promises_told(&mut book);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].1, "Promise not kept: Dana calls");
}

/// A task of account 1 that was promised.
fn promise(subject: &str, done: &str, last: &str) -> Record {
    let body = format!("<p>Ben told the customer: Dana calls</p><p>{last}</p>");
    let fields = [
        (Core::Subject, subject),
        (Core::Body, body.as_str()),
        (Core::Owner, "o1"),
        (Core::Done, done),
    ];
    record(Kind::Task, "p1", &fields)
}

const PROMISE: &str = "retain: handoff H-1 promise";

/// A note on account 1 that says what became of it.
fn say(book: &mut Book, said: &str, words: &str) {
    let body = format!("<p>Promise {said}: {words}<br>By: Dana Reyes<br>Why: ill<br>{PROMISE} {said}</p>");
    let fields = [
        (Core::Body, body.as_str()),
        (Core::Occurred, "2026-11-22T16:00:00Z"),
    ];
    book.put(&record(Kind::Note, "said", &fields), Some("1"));
}

/// A handoff of account 1 that promised something, with its task.
fn promised() -> Book {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    dana_and_olu(&mut book);
    let body = "<p>Handoff support → CSM: sent</p><p>From: Olu Ade</p><p>What was promised, by whom, by when: Dana calls                </p><p>retain: handoff H-1 event 1</p>";
    let fields = [(Core::Body, body), (Core::Occurred, "2026-11-20T11:00:00Z")];
    book.put(&record(Kind::Note, "n1", &fields), Some("1"));
    book.put(&promise("Promised: Dana calls", "false", PROMISE), Some("1"));
    all(&mut book, NOW);
    book
}

/// What became of what was promised, as what follows the account has it.
fn became(book: &mut Book) -> Vec<Option<bool>> {
    all(book, NOW);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let followed = view.unwrap().unwrap().followed.into_iter();
    let promised = followed.filter(|one| one.what == Follow::Promised);
    promised
        .map(|one| one.outcome.map(|outcome| outcome.kept))
        .collect()
}

#[test]
fn what_was_not_kept_does_not_also_become_kept_by_an_edit_of_its_task() {
    let mut book = promised();
    assert_eq!(became(&mut book), [None]);
    book.put(&promise("Promised: Dana calls", "true", PROMISE), Some("1"));
    say(&mut book, "not kept", "Dana calls");
    assert_eq!(became(&mut book), [Some(false)]);
    for (subject, last) in [("Promised: Dana calls them", PROMISE), ("Call", "")] {
        book.put(&promise(subject, "true", last), Some("1"));
        assert_eq!(became(&mut book), [Some(false)], "{subject}");
        let told = promises_told(&mut book);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].1, "Promise not kept: Dana calls");
    }
    // The note that said it is corrected, or deleted: it was not kept all the same.
    say(&mut book, "not kept", "Dana called, but late");
    assert_eq!(became(&mut book), [Some(false)]);
    assert_eq!(promises_told(&mut book).len(), 1);
    let gone = Record {
        archived: true,
        ..record(Kind::Note, "said", &[])
    };
    book.put(&gone, Some("1"));
    assert_eq!(became(&mut book), [Some(false)]);
    assert_eq!(promises_told(&mut book), []);
    // Taken up again it is open, and may be kept.
    book.put(&promise("Call", "false", ""), Some("1"));
    assert_eq!(became(&mut book), [None]);
    book.put(&promise("Call", "true", ""), Some("1"));
    assert_eq!(became(&mut book), [Some(true)]);
}

#[test]
fn a_promise_whose_last_line_was_deleted_is_kept_once_its_task_is_completed() {
    let mut book = promised();
    let due = |book: &mut Book| {
        all(book, NOW);
        let due = book.cache.desk().unwrap().unwrap().due;
        let kinds = due.iter().map(|item| item.kind);
        kinds.filter(|kind| *kind != DueKind::Handoff).collect::<Vec<_>>()
    };
    book.put(&promise("Call Ana", "false", ""), Some("1"));
    assert_eq!(due(&mut book), [DueKind::Promise]);
    book.put(&promise("Call Ana", "true", ""), Some("1"));
    assert_eq!(became(&mut book), [Some(true)]);
    let told = promises_told(&mut book);
    assert_eq!(
        told[0].1,
        "Promise kept: Dana calls (its task was completed in the CRM)"
    );
}
