//! What is told does not hang on the hour at which it was scored, but where hours are asked for.

use super::*;
use crate::engine::turned;

/// The lines and warnings that a refresh at an instant writes, after a sync that came to its end then.
fn at_hour(book: &mut Book, when: &str) -> String {
    book.synced(when);
    all(book, when);
    let mut lines = Vec::new();
    book.cache
        .each_summary(&mut |summary| lines.push(format!("{summary:?}")))
        .unwrap();
    format!("{lines:?} {:?}", book.cache.warnings().unwrap())
}

#[test]
fn an_account_is_told_by_the_same_windows_and_ages_all_day() {
    let mut book = falling();
    // Something for each window and age to begin or end with between two hours of today.
    let then = [
        ("2026-05-11T12:00:00Z", "31"),
        ("2026-08-03T12:00:00Z", "35"),
        ("2026-09-24T12:00:00Z", "29"),
        ("2026-10-24T12:00:00Z", "33"),
        ("2026-10-26T12:00:00Z", "38"),
        ("2026-11-09T12:00:00Z", "27"),
    ];
    book.observe("1", "wau", &then);
    for (id, opened) in [("k1", "2026-11-09T12:00:00Z"), ("k2", "2026-10-24T12:00:00Z")] {
        book.ticket(id, "1", opened, &[(Core::Closed, "2026-11-20T00:00:00Z")]);
    }
    book.touch("t9", "1", "2026-10-24T12:00:00Z");
    let max_age = book.setup.health.measures[0].max_age.seconds;
    let stale_at_noon = at("2026-11-23T12:00:00Z") - jiff::SignedDuration::from_secs(max_age);
    book.account(
        "1",
        "Juniper Freight",
        &[("wau", "22"), ("wau_updated_at", &stale_at_noon.to_string())],
    );
    let morning = at_hour(&mut book, NOW);
    assert_eq!(at_hour(&mut book, "2026-11-23T18:00:00Z"), morning);
    assert_ne!(at_hour(&mut book, "2026-11-24T08:50:00Z"), morning, "the control");
}

#[test]
fn where_hours_count_an_account_is_judged_again_as_they_turn() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.account("2", "Kestrel Foods", &[]);
    book.ticket("k", "2", "2026-11-22T20:30:00Z", &[(Core::Priority, "urgent")]);
    all(&mut book, NOW);
    let waits = |book: &Book, when: &str| turned(&book.cache, at(when)).unwrap();
    assert!(
        waits(&book, "2026-11-23T10:00:00Z").is_empty(),
        "no sync came to its end since"
    );
    book.synced("2026-11-23T09:29:59Z");
    assert!(waits(&book, "2026-11-23T10:00:00Z").is_empty());
    book.synced("2026-11-23T09:30:00Z");
    let two = vec![RecordId::from("2")];
    assert_eq!(waits(&book, "2026-11-23T10:00:00Z"), two);
    refresh(
        &mut book.cache,
        &mut book.ledger,
        &book.setup,
        What::Accounts(&two),
        at("2026-11-23T10:00:00Z"),
    )
    .unwrap();
    assert!(waits(&book, "2026-11-23T10:00:00Z").is_empty());
    let one_by_one = the_same::written(&book);
    all(&mut book, "2026-11-23T10:00:00Z");
    assert_eq!(the_same::written(&book), one_by_one, "as if all were judged anew");
}
