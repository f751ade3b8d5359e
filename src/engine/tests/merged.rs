//! An account that the CRM merged into another keeps its history there.

use super::all;
use super::book::{Book, NOW, at};
use crate::domain::record::Kind;
use crate::engine::account_view;
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
