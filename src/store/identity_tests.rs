#![allow(clippy::unwrap_used)]

use std::path::Path;

use jiff::Timestamp;
use rusqlite::params;

use super::*;
use crate::store::database::suspect;
use crate::store::journal::{Columns, REPLACED};
use crate::store::migrations::LEDGER;
use crate::store::{Ledger, NewEvent};

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
}

fn ledger(path: &Path) -> Ledger {
    Ledger::open(path, "dana").unwrap().0
}

fn note(ledger: &mut Ledger, kind: &str) {
    let event = NewEvent {
        account: Some("1".into()),
        kind: kind.to_owned(),
        effective_at: minute(1),
        payload: serde_json::Value::Null,
    };
    ledger.append(&[event], minute(1)).unwrap();
}

/// A ledger as the version before this one made it, with these kinds of events.
fn former(path: &Path, kinds: &[&str]) {
    let mut connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA page_size = 8192").unwrap();
    let transaction = connection.transaction().unwrap();
    for step in &LEDGER.steps[..2] {
        step.run(&transaction).unwrap();
    }
    LEDGER.stamp(&transaction, 2).unwrap();
    for (sequence, kind) in (1..).zip(kinds) {
        let columns = Columns {
            sequence,
            author: "dana",
            kind,
            account: Some("7"),
            effective: 5,
            recorded: 6,
            payload: r#"{"b":1.50,"a":2}"#,
            writer: "",
            written: 0,
            clock: 0,
        };
        let sql = "INSERT INTO events (sequence, author, kind, account, effective_at, recorded_at, payload, checksum)
                   VALUES (?1, 'dana', ?2, 7, 5, 6, ?3, ?4)";
        let checksum = columns.checksum();
        transaction
            .execute(sql, params![sequence, kind, columns.payload, checksum])
            .unwrap();
    }
    transaction.commit().unwrap();
}

#[test]
fn what_a_ledger_of_before_has_becomes_its_own_under_the_numbers_that_it_had() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ledger.db");
    former(&path, &["a", "b", "c"]);
    let told = |ledger: &Ledger| -> Vec<(String, i64, i64, bool)> {
        let events = ledger.events(None, &[]).unwrap().into_iter();
        events
            .map(|event| (event.kind, event.written, event.clock, event.here))
            .collect()
    };
    let expected: Vec<_> = (1..)
        .zip(["a", "b", "c"])
        .map(|(number, kind)| (kind.to_owned(), number, number, true))
        .collect();
    let read = Ledger::open_read_only(&path).unwrap();
    assert_eq!(told(&read), expected, "also where it is only read");
    assert_eq!(read.check().unwrap(), [""; 0]);
    assert_eq!(read.ids().unwrap(), [""; 0]);
    drop(read);
    let mut ledger = ledger(&path);
    assert_eq!(told(&ledger), expected);
    assert_eq!(ledger.check().unwrap(), [""; 0]);
    let ids = ledger.ids().unwrap();
    assert_eq!(ids.len(), 1);
    let events = ledger.events(None, &[]).unwrap();
    assert!(events.iter().all(|event| event.writer == ids[0]));
    note(&mut ledger, "d");
    assert_eq!(told(&ledger).last(), Some(&("d".to_owned(), 4, 4, true)));
}

#[test]
fn one_that_takes_the_place_of_another_takes_a_new_id_and_knows_what_it_noted_before() {
    let home = tempfile::tempdir().unwrap();
    let (path, copy) = (home.path().join("ledger.db"), home.path().join("copy.db"));
    let mut before = ledger(&path);
    note(&mut before, "a");
    let first = before.ids().unwrap().remove(0);
    before.backup(&copy).unwrap();
    drop(before);
    let told = |ledger: &Ledger| -> Vec<(String, bool, bool)> {
        let events = ledger.events(None, &[]).unwrap().into_iter();
        events
            .map(|event| (event.kind, event.writer == first, event.here))
            .collect()
    };
    let replaced = |was: &str| [(was.to_owned(), true, true), (REPLACED.to_owned(), false, true)];
    Ledger::restore(&copy, &path).unwrap();
    let restored = ledger(&path);
    assert_eq!(told(&restored), replaced("a"));
    assert_eq!(restored.ids().unwrap().len(), 2);
    drop(restored);

    Ledger::restore(&copy, &path).unwrap();
    let again = ledger(&path);
    let ids = again.ids().unwrap();
    assert_eq!((ids.len(), &ids[0]), (2, &first));
    drop(again);

    let other = home.path().join("other.db");
    std::fs::copy(&copy, &other).unwrap();
    spoil_root_of_aliases(&other);
    suspect(&other);
    let (salvaged, notice) = Ledger::open(&other, "dana").unwrap();
    assert!(notice.is_some(), "it was salvaged");
    assert_eq!(told(&salvaged), replaced("a"));
    assert_eq!(salvaged.check().unwrap(), [""; 0]);
}

/// Writes nonsense over the page of a table that is empty.
fn spoil_root_of_aliases(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let root: u64 = connection
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'aliases'",
            [],
            |row| row.get::<_, i64>(0).map(i64::unsigned_abs),
        )
        .unwrap();
    drop(connection);
    let mut bytes = std::fs::read(path).unwrap();
    let begin = usize::try_from((root - 1) * 8192).unwrap();
    bytes[begin..begin + 64].fill(0xAA);
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_salvage_of_a_ledger_of_before_gives_its_events_to_one_id() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ledger.db");
    former(&path, &["a", "b"]);
    suspect(&path);
    // It is whole but for one table, so that it is salvaged and not trusted.
    spoil_root_of_aliases(&path);
    let (ledger, notice) = Ledger::open(&path, "dana").unwrap();
    assert!(notice.is_some());
    let events = ledger.events(None, &[]).unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.kind.as_str(), event.written, event.here))
        .collect();
    assert_eq!(told, [("a", 1, true), ("b", 2, true), (REPLACED, 3, true)]);
    assert_eq!(events[0].writer, events[1].writer);
    assert_ne!(events[0].writer, events[2].writer);
    assert_eq!(ledger.check().unwrap(), [""; 0]);
}

#[test]
fn ids_that_a_salvage_has_lost_are_known_again_by_the_events() {
    let home = tempfile::tempdir().unwrap();
    let mut ledger = ledger(&home.path().join("ledger.db"));
    note(&mut ledger, "a");
    let ids = ledger.ids().unwrap();
    ledger
        .database
        .write(|transaction| {
            forget(transaction)?;
            mend(transaction)
        })
        .unwrap();
    assert_eq!(ledger.ids().unwrap(), ids);
    assert!(ledger.events(None, &[]).unwrap()[0].here);
}
