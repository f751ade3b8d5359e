//! What other people and machines said counts for what stands here.

use serde_json::{Value, json};

use super::book::{Book, NOW, at};
use super::{all, falling, fired, sent, warnings};
use crate::domain::team_journal::Line;
use crate::domain::warning::Shelf;
use crate::engine::{account_view, alarms};

fn line(n: i64, kind: &str, payload: Value) -> Line {
    Line {
        n,
        clock: n,
        author: "priya@alder.example".to_owned(),
        kind: kind.to_owned(),
        account: Some("1".to_owned()),
        effective: at("2026-11-20T09:00:00Z"),
        recorded: at("2026-11-20T09:00:00Z"),
        payload,
    }
}

/// The usage drop of account 1 is judged as it stands.
fn closed(n: i64) -> Line {
    let mut there = falling();
    all(&mut there, NOW);
    let level = &warnings(&there, "1")[0].line.level;
    let payload =
        json!({ "signal": "usage-drop", "verdict": "noise", "why": "as every summer", "level": level });
    line(n, "warning-closed", payload)
}

fn hear(book: &mut Book, lines: &[Line]) {
    book.ledger.take_over("OTHER", lines).unwrap();
    all(book, NOW);
}

#[test]
fn a_verdict_of_another_silences_the_warning_that_stands_here_or_comes_to_stand() {
    let mut before = falling();
    before.ledger.take_over("OTHER", &[closed(1)]).unwrap();
    let mut after = falling();
    all(&mut after, NOW);
    assert_eq!(warnings(&after, "1")[0].line.shelf(), Shelf::Queue);
    for book in [&mut before, &mut after] {
        hear(book, &[closed(1)]);
        assert_eq!(fired(book, "1"), ["usage-drop"]);
        let line = &warnings(book, "1")[0].line;
        assert_eq!(line.shelf(), Shelf::Closed);
        let told = alarms(&book.cache, &book.ledger, &book.setup, at(NOW), None).unwrap();
        let usage = told
            .signals
            .iter()
            .find(|one| one.signal == "usage-drop")
            .unwrap();
        assert_eq!((usage.tally.noise, usage.tally.fired), (1, 1));
        // That it recovers there says nothing of what stands here.
        let recovered = json!({ "signal": "usage-drop" });
        let later = Line {
            effective: at("2026-11-23T09:00:00Z"),
            ..line_of_recovery(recovered)
        };
        hear(book, &[later]);
        assert_eq!(warnings(book, "1")[0].line.shelf(), Shelf::Closed);
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        let timeline = view.unwrap().unwrap().timeline;
        let of_usage: Vec<_> = timeline
            .iter()
            .filter(|line| line.words.contains("closed") || line.words.contains("recovered"))
            .map(|line| line.who.as_str())
            .collect();
        assert_eq!(of_usage, ["priya@alder.example"], "{timeline:?}");
    }
}

fn line_of_recovery(payload: Value) -> Line {
    line(2, "warning-cleared", payload)
}

#[test]
fn what_was_said_of_one_that_has_recovered_there_does_not_silence_the_next() {
    let mut book = falling();
    let recovered = line_of_recovery(json!({ "signal": "usage-drop" }));
    hear(&mut book, &[closed(1), recovered]);
    assert_eq!(warnings(&book, "1")[0].line.shelf(), Shelf::Queue);
}

#[test]
fn a_promise_that_a_colleagues_program_saw_kept_is_kept_here_before_the_next_sync_and_after_an_old_one() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let task = |done: &str, changed: &str| sent::promise("Dana calls", done, changed);
    let told = |book: &Book| {
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        let lines = view.unwrap().unwrap().timeline.into_iter();
        lines
            .filter(|line| line.words.starts_with("Promise kept"))
            .count()
    };
    book.put(&task("false", "2026-11-18T09:00:00Z"), Some("1"));
    all(&mut book, NOW);
    assert_eq!(told(&book), 0);
    // The cache is still from before.
    hear(
        &mut book,
        &[line(1, "promise-kept", json!({ "task": "p1", "who": "o1" }))],
    );
    assert_eq!(told(&book), 1);
    assert!(
        book.ledger
            .events(None, &["promise-open-again"])
            .unwrap()
            .is_empty()
    );
    book.put(&task("true", "2026-11-20T09:00:00Z"), Some("1"));
    all(&mut book, NOW);
    assert_eq!(told(&book), 1);
    assert_eq!(
        book.ledger.events(None, &["promise-kept"]).unwrap().len(),
        1,
        "noted once"
    );
    book.put(&task("false", "2026-11-22T09:00:00Z"), Some("1"));
    all(&mut book, NOW);
    assert_eq!(told(&book), 0, "it was taken up again");
}
