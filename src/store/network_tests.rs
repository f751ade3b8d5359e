//! A home directory on the network: no write-ahead log, one process, and a person is told.

use std::fs::{self, OpenOptions};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use super::error::StoreError;
use super::files::{pretend, with_suffix};
use super::{Cache, Ledger};

#[test]
fn on_a_network_there_is_no_write_ahead_log_and_a_person_is_told() {
    let home = tempfile::tempdir().unwrap();
    let local = home.path().join("local");
    let network = home.path().join("network");
    pretend::network(&network);
    for (place, is_network) in [(&local, false), (&network, true)] {
        let (cache, ledger) = (place.join("cache.db"), place.join("ledger.db"));
        let (open_cache, cache_told) = Cache::open(&cache).unwrap();
        let (open_ledger, ledger_told) = Ledger::open(&ledger, "t").unwrap();
        for path in [&cache, &ledger] {
            assert_eq!(
                !with_suffix(path, "-wal").exists(),
                is_network,
                "{}",
                path.display()
            );
        }
        for told in [cache_told, ledger_told] {
            let told = told.map(|told| told.summary).unwrap_or_default();
            assert_eq!(told.contains("network file system"), is_network, "{told}");
        }
        drop((open_cache, open_ledger));
    }
}

#[test]
fn on_a_network_a_second_host_is_refused_by_its_name() {
    let home = tempfile::tempdir().unwrap();
    pretend::network(home.path());
    let path = home.path().join("ledger.db");
    drop(Ledger::open(&path, "t").unwrap());
    // What another machine leaves: its lock, its name, and a number that may also be one of ours.
    let alone = with_suffix(&path, ".alone");
    fs::write(
        &alone,
        format!("{:>10} {:<64}\n", std::process::id(), "other-host"),
    )
    .unwrap();
    let held = OpenOptions::new().read(true).open(&alone).unwrap();
    flock(&held, FlockOperation::NonBlockingLockExclusive).unwrap();
    let refused = Ledger::open(&path, "t").unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    assert!(
        refused.to_string().contains("in use by a process on other-host"),
        "{refused}"
    );
    drop(held);
    assert!(Ledger::open(&path, "t").is_ok());
}

/// A copy of a database as who is killed in the middle of a large write without a write-ahead log leaves it.
fn killed_while_writing(path: &Path, copy: &Path) {
    let writer = rusqlite::Connection::open(path).unwrap();
    let large =
        "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN IMMEDIATE; CREATE TABLE half (words);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        INSERT INTO half SELECT hex(randomblob(2000)) FROM n;";
    writer.execute_batch(large).unwrap();
    for part in ["", "-journal"] {
        fs::copy(with_suffix(path, part), with_suffix(copy, part)).unwrap();
    }
}

#[test]
fn what_was_written_half_is_taken_back_also_by_who_only_reads() {
    let home = tempfile::tempdir().unwrap();
    pretend::network(home.path());
    let (whole, half) = (home.path().join("whole.db"), home.path().join("half.db"));
    let (mut ledger, _) = Ledger::open(&whole, "t").unwrap();
    ledger
        .record_look("2026-11-23T08:00:00Z".parse().unwrap())
        .unwrap();
    let before = ledger.events(None, &[]).unwrap();
    drop(ledger);
    killed_while_writing(&whole, &half);
    let ledger = Ledger::open_read_only(&half).unwrap();
    assert_eq!(ledger.events(None, &[]).unwrap(), before);
    assert!(!with_suffix(&half, "-journal").exists());

    // In its very first moments every file is without a log: nothing was written to it yet.
    let (first, killed) = (home.path().join("first.db"), home.path().join("killed.db"));
    killed_while_writing(&first, &killed);
    let missing = Ledger::open_read_only(&killed).unwrap_err();
    assert!(matches!(missing, StoreError::Missing { .. }), "{missing}");
    assert!(Ledger::open(&killed, "t").is_ok());
}
