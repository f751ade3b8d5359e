//! What the key may not read is unknown: it is neither none nor missing.

use super::book::{Book, NOW, at};
use super::{all, fired, line};
use crate::domain::account_view::Freshness;
use crate::engine::account_view;

/// The sync came to its end without these kinds.
fn without(book: &mut Book, kinds: &[&str]) {
    let missing: Vec<_> = kinds.iter().map(|kind| (*kind, "a scope")).collect();
    let status = serde_json::json!({ "last_success": at(NOW), "missing_scopes": missing });
    book.cache
        .put_document("sync-status", &status.to_string())
        .unwrap();
}

#[test]
fn a_touch_is_not_told_while_one_kind_of_touchpoint_is_hidden() {
    for kind in ["call", "meeting", "e-mail"] {
        let mut book = Book::new();
        book.healthy("1", "Juniper Freight");
        book.touch("1-t", "1", "2026-06-01");
        without(&mut book, &[kind]);
        all(&mut book, NOW);
        assert_eq!(line(&book, "1").last_touch, None, "{kind}");
        assert!(!fired(&book, "1").contains(&"no-touch".to_owned()), "{kind}");
        let desk = book.cache.desk().unwrap().unwrap();
        assert!(
            desk.cannot_tell.iter().any(|(signal, _)| signal == "no-touch"),
            "{kind}: {:?}",
            desk.cannot_tell
        );
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        let measures = view.unwrap().unwrap().why.measures;
        let touch = measures
            .iter()
            .find(|measure| measure.words.contains("touch"))
            .unwrap();
        assert_eq!(touch.freshness, Freshness::Unknown, "{touch:?}");
    }
}

#[test]
fn renewals_are_not_missing_while_contracts_are_hidden() {
    let mut book = Book::new();
    book.account("1", "Harbour Retail", &[]);
    book.healthy("2", "Juniper Freight");
    without(&mut book, &["contract"]);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), [""; 0]);
    let line = line(&book, "2");
    assert_eq!(
        (line.ends, line.notice_by, line.arr, line.at_stake),
        (None, None, None, None)
    );
    let desk = book.cache.desk().unwrap().unwrap();
    assert!(
        desk.cannot_tell.contains(&("renewal-date-missing".to_owned(), 2)),
        "{:?}",
        desk.cannot_tell
    );
}
