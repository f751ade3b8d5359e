//! An account that the CRM merged into another keeps its history there.

use super::book::{Book, NOW, at};
use super::{all, fired, line, warnings};
use crate::domain::record::Kind;
use crate::engine::{What, account_view, find_account, refresh};
use crate::store::NewEvent;

#[test]
fn the_timeline_of_the_survivor_tells_what_happened_to_those_merged_into_it() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.observe(
        "0",
        "core:name",
        &[("2026-01-01", "Old Mill"), ("2026-02-01", "New Mill")],
    );
    let opened = NewEvent {
        account: Some("00".into()),
        kind: "warning-opened".to_owned(),
        effective_at: at("2026-03-01"),
        payload: serde_json::json!({ "signal": "no-touch", "reason": "no touch for 61 d" }),
    };
    book.ledger.append(&[opened], at(NOW)).unwrap();
    book.ledger
        .alias(Kind::Account, &"00".into(), &"0".into(), at(NOW))
        .unwrap();
    book.ledger
        .alias(Kind::Account, &"0".into(), &"1".into(), at(NOW))
        .unwrap();
    all(&mut book, NOW);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let told: Vec<String> = view
        .unwrap()
        .unwrap()
        .timeline
        .into_iter()
        .map(|line| line.words)
        .collect();
    assert!(told.contains(&"name Old Mill → New Mill".to_owned()), "{told:?}");
    assert!(told.contains(&"no touch for 61 d".to_owned()), "{told:?}");
    assert!(
        !told.iter().any(|words| words.contains("Mill → Juniper")),
        "{told:?}"
    );
}

/// A survivor with a new id has no past of its own: it has that of those that were merged into it.
#[test]
fn metrics_and_names_of_those_merged_into_it_are_the_survivors() {
    let mut book = Book::new();
    let wau = [("wau", "20"), ("wau_updated_at", "2026-11-22T00:00:00Z")];
    book.account("3", "Juniper Freight", &wau);
    book.observe("3", "wau", &[("2026-11-15", "20")]);
    book.observe("3", "core:name", &[("2026-11-15", "Juniper Freight")]);
    book.observe("1", "wau", &[("2026-01-01", "40"), ("2026-11-18", "900")]);
    book.observe("1", "core:name", &[("2026-01-01", "Old Harbour")]);
    book.observe("2", "wau", &[("2025-12-01", "700"), ("2026-02-01", "800")]);
    book.observe("2", "core:name", &[("2026-11-20", "Pike Brothers")]);
    all(&mut book, NOW);
    assert!(
        !fired(&book, "3").contains(&"usage-drop".to_owned()),
        "nothing is known before"
    );
    for (old, new) in [("2", "1"), ("1", "3")] {
        book.ledger
            .alias(Kind::Account, &old.into(), &new.into(), at(NOW))
            .unwrap();
    }
    all(&mut book, NOW);
    let whole = line(&book, "3");
    let warning = &warnings(&book, "3")[0];
    // From 40 to 20: neither the value of the merged one after the merge nor the one of the older merge counts.
    assert_eq!(
        (warning.signal.as_str(), warning.reason.as_str()),
        ("usage-drop", "usage −50 % in 30 d")
    );
    let mut names = whole.former_names.clone();
    names.sort();
    assert_eq!(names, ["Old Harbour", "Pike Brothers"]);
    for text in ["old harb", "pike"] {
        let found = find_account(&book.cache, &book.ledger, text).unwrap();
        assert_eq!(found.len(), 1, "{text}");
        let query = crate::domain::book::search::Query::parse(text);
        let listed = crate::domain::book::Book::from_summaries(found);
        assert_eq!(listed.search(&query, &[0], None), [0], "{text}");
    }
    refresh(
        &mut book.cache,
        &mut book.ledger,
        &book.setup,
        What::Accounts(&["3".into()]),
        at(NOW),
    )
    .unwrap();
    assert_eq!(line(&book, "3"), whole, "one by one or all at once");
}
