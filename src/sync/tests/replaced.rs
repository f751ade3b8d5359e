//! A ledger in which something is missing, because it was salvaged or an older backup was brought back: the next sync
//! tells it what the CRM still has.

use std::fs;
use std::path::Path;

use jiff::SignedDuration;

use super::bench::{A, Bench, account, child, set, stores};
use super::crash::{history, synced};
use crate::domain::record::{Kind, PastValue};
use crate::store::Ledger;
use crate::store::erase::contact::{BACK, GONE};
use crate::sync::Scope;
use crate::sync::fake::{Edit, id};

/// Alters these words wherever they stand in the ledger, so that the rows that have them are lost; then it is mended.
fn lose(bench: &mut Bench, words: &[&str]) {
    let path = bench.directory.path().join("ledger.db");
    // All of it has to be in the file itself.
    assert!(bench.stores.ledger.empty_log().unwrap());
    let mut bytes = fs::read(&path).unwrap();
    for word in words {
        let places: Vec<usize> = bytes
            .windows(word.len())
            .enumerate()
            .filter(|(_, found)| *found == word.as_bytes())
            .map(|(at, _)| at)
            .collect();
        assert!(!places.is_empty(), "{word}");
        for at in places {
            bytes[at] ^= 1;
        }
    }
    fs::write(&path, bytes).unwrap();
    Ledger::look_over(&path).unwrap();
    let (ledger, notice) = Ledger::open(&path, "me").unwrap();
    assert!(notice.unwrap().summary.contains("lost"));
    bench.stores.ledger = ledger;
}

#[test]
fn what_a_salvage_lost_is_told_by_the_next_sync() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = synced(scope);
        let before = history(&bench.stores.ledger, 6);
        lose(&mut bench, &["core:owner", "account-seen", "core:closed"]);
        assert_ne!(history(&bench.stores.ledger, 6), before);
        bench.edit([Edit::Wait(60_000)]);
        bench.sync().unwrap();
        assert_eq!(history(&bench.stores.ledger, 6), before);
        bench.assert_same();
        // It is told once.
        let events = bench.stores.ledger.last_event().unwrap();
        bench.edit([Edit::Wait(60_000)]);
        bench.sync().unwrap();
        assert_eq!(bench.stores.ledger.last_event().unwrap(), events);
        // What is noted as here is noted as gone.
        bench.edit([Edit::Wait(60_000), Edit::Archive((A, 2))]);
        bench.full().unwrap();
        assert_eq!(bench.gone_events().len(), 1);
    }
}

#[test]
fn the_past_that_a_salvage_lost_is_read_again() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), set(A, 1, "value", "22")]);
    let past = PastValue {
        user: None,
        by: None,
        id: id(1),
        property: "value".to_owned(),
        value: Some("4711".to_owned()),
        at: bench.crm.now() - SignedDuration::from_hours(48),
    };
    bench.crm.with(|state| state.history = vec![past]);
    bench.sync().unwrap();
    let before = history(&bench.stores.ledger, 1);
    lose(&mut bench, &["4711"]);
    assert_ne!(history(&bench.stores.ledger, 1), before);
    bench.sync().unwrap();
    assert_eq!(history(&bench.stores.ledger, 1), before);
    let calls = bench.calls("history");
    bench.sync().unwrap();
    assert_eq!(bench.calls("history"), calls);
}

/// The sync's databases, with this copy in the place of the ledger.
fn restore(bench: &mut Bench, copy: &Path) {
    Ledger::restore(copy, &bench.directory.path().join("ledger.db")).unwrap();
    bench.stores = stores(&bench.directory);
}

#[test]
fn what_is_newer_than_a_backup_is_told_by_the_next_sync() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 3);
        bench.edit((1..=3).flat_map(|n| [account(n), set(A, n, "value", "1")]));
        bench.edit([account(5)]);
        bench.sync().unwrap();
        let copy = bench.directory.path().join("copy.db");
        bench.stores.ledger.backup(&copy).unwrap();
        bench.edit([
            Edit::Wait(3_600_000),
            set(A, 1, "value", "2"),
            account(4),
            Edit::Archive((A, 5)),
        ]);
        bench.full().unwrap();
        let before = history(&bench.stores.ledger, 4);
        restore(&mut bench, &copy);
        assert_ne!(history(&bench.stores.ledger, 4), before);
        bench.edit([Edit::Wait(60_000)]);
        bench.full().unwrap();
        assert_eq!(history(&bench.stores.ledger, 4), before);
        assert_eq!(bench.gone_events().len(), 1);
        bench.assert_same();
    }
}

#[test]
fn a_contact_that_came_back_after_a_backup_is_not_gone() {
    let mut bench = Bench::new(Scope::All, 3);
    let contact = (Kind::Contact, 11);
    bench.edit([account(1), child(contact.0, contact.1, 1)]);
    bench.sync().unwrap();
    bench.edit([Edit::Wait(3_700_000), Edit::Archive(contact)]);
    bench.full().unwrap();
    let last = |bench: &Bench| {
        let events = bench.stores.ledger.events(None, &[GONE, BACK]).unwrap();
        events.last().map(|event| event.kind.clone()).unwrap()
    };
    assert_eq!(last(&bench), GONE);
    let copy = bench.directory.path().join("copy.db");
    bench.stores.ledger.backup(&copy).unwrap();
    bench.edit([Edit::Wait(3_700_000), Edit::Restore(contact)]);
    bench.full().unwrap();
    assert_eq!(last(&bench), BACK);
    restore(&mut bench, &copy);
    assert_eq!(last(&bench), GONE);
    bench.sync().unwrap();
    assert_eq!(last(&bench), BACK);
}
