//! A run that ends between the ledger's commit and the cache's.

use super::book::{Book, NOW, at};
use super::{all, line};
use crate::domain::record::Core;
use crate::engine::{What, refresh};
use crate::store::Cache;

/// Events of these kinds on account 1, with what changed.
fn events(book: &Book, kinds: &[&str]) -> Vec<String> {
    let events = book.ledger.events(Some(&"1".into()), kinds).unwrap();
    let words = |event: crate::store::Event| match event.kind.as_str() {
        "band-changed" => format!("{} → {}", event.payload["from"], event.payload["to"]).replace('"', ""),
        kind => kind.to_owned(),
    };
    events.into_iter().map(words).collect()
}

#[test]
fn what_was_noted_before_a_crash_is_neither_lost_nor_noted_twice() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    all(&mut book, NOW);
    let before = line(&book, "1");
    // Usage breaks down; the run ends when the ledger has the events and the cache not its rows.
    let wau = [("wau", "5"), ("wau_updated_at", "2026-11-22T00:00:00Z")];
    book.account("1", "Juniper Freight", &wau);
    book.ticket("k1", "1", "2026-11-20", &[(Core::Priority, "urgent")]);
    let path = book.cache.path().to_owned();
    let writable = std::mem::replace(&mut book.cache, Cache::open_read_only(&path).unwrap());
    let what = What::Accounts(&["1".into()]);
    refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap_err();
    book.cache = writable;
    assert_eq!(line(&book, "1"), before);
    let noted = events(&book, &[]);
    assert_eq!(events(&book, &["band-changed"]).len(), 1, "{noted:?}");
    assert!(noted.contains(&"warning-opened".to_owned()), "{noted:?}");
    all(&mut book, NOW);
    assert_eq!(events(&book, &[]), noted, "the next run");
    book.cache.put_summaries(&[before], &[]).unwrap();
    book.cache.put_warnings(&"1".into(), &[]).unwrap();
    all(&mut book, NOW);
    assert_eq!(events(&book, &[]), noted, "an older cache");
    // A cache that was deleted knows no line at all.
    book.cache.put_summaries(&[], &["1".into()]).unwrap();
    all(&mut book, NOW);
    assert_eq!(events(&book, &[]), noted, "no cache");
    // What changed while there was no cache is noted against the ledger.
    book.cache.put_summaries(&[], &["1".into()]).unwrap();
    book.healthy("1", "Juniper Freight");
    book.ticket("k1", "1", "2026-11-20", &[(Core::Closed, "2026-11-22T00:00:00Z")]);
    all(&mut book, NOW);
    assert_eq!(
        events(&book, &["band-changed"]).len(),
        2,
        "{:?}",
        events(&book, &[])
    );
}

/// What a first sync has read so far gives an account one band, the whole of it another: nothing has changed there, and
/// whether the sync was killed in between must not show in the journal.
#[test]
fn a_band_of_what_was_read_so_far_is_no_change() {
    let mut book = Book::new();
    book.cache.put_document("sync-status", "{}").unwrap();
    book.healthy("1", "Juniper Freight");
    all(&mut book, NOW);
    let partial = line(&book, "1").band;
    book.synced(NOW);
    let wau = [("wau", "5"), ("wau_updated_at", "2026-11-22T00:00:00Z")];
    book.account("1", "Juniper Freight", &wau);
    book.ticket("k1", "1", "2026-11-20", &[(Core::Priority, "urgent")]);
    all(&mut book, NOW);
    assert_ne!(line(&book, "1").band, partial);
    assert_eq!(events(&book, &["band-changed"]), [""; 0]);
    book.healthy("1", "Juniper Freight");
    book.ticket("k1", "1", "2026-11-20", &[(Core::Closed, "2026-11-22T00:00:00Z")]);
    all(&mut book, NOW);
    assert_eq!(events(&book, &["band-changed"]).len(), 1);
}
