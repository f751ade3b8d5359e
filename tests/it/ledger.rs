//! A ledger that is damaged where nothing reads it, copied, and brought back.

use std::fs;
use std::path::Path;

use retain::domain::outbox::State;
use retain::store::Ledger;

use super::driver::{Home, Opening};
use super::push::bench::permit;
use super::store::minute;
use super::store::outbox::{note, sent};

/// Changes a letter in some rows in the middle of a ledger: pages stay as they are, their rows do not.
fn damage(ledger: &Path) {
    let mut bytes = fs::read(ledger).unwrap();
    let word = b"core:name";
    let places: Vec<usize> = (0..bytes.len() - word.len())
        .filter(|at| bytes[*at..].starts_with(word))
        .collect();
    assert!(places.len() > 20);
    for place in &places[places.len() / 2..places.len() / 2 + 5] {
        bytes[*place] = b'k';
    }
    fs::write(ledger, bytes).unwrap();
}

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn damage_where_nothing_reads_is_found_by_the_next_sync_and_told_with_what_is_lost() {
    let home = Home::synced();
    damage(&home.find("ledger.db"));
    let copy = home.path().join("copy.db");
    let backup = home.run(&["ledger", "backup", copy.to_str().unwrap()]);
    let told = said(&backup);
    assert!(!backup.status.success() && !copy.exists());
    assert!(told.contains("no copy was made: the ledger is damaged"), "{told}");
    assert!(told.contains("`retain sync` saves what can be saved"), "{told}");
    assert!(told.lines().count() <= 4 && !told.contains("Tree"), "{told}");

    let sync = home.run(&["sync"]);
    let told = said(&sync);
    assert!(sync.status.success(), "{told}");
    assert!(
        told.contains("the ledger was damaged: at least 5 of ") && told.contains("(observations: 5)"),
        "{told}"
    );
    assert!(
        told.contains("ledger.db.corrupt-1") && told.contains("ledger restore"),
        "{told}"
    );
    let again = home.run(&["sync"]);
    assert!(
        again.status.success() && !said(&again).contains("damaged"),
        "{}",
        said(&again)
    );
    assert!(
        home.run(&["ledger", "backup", copy.to_str().unwrap()])
            .status
            .success()
    );
}

#[test]
fn the_cockpits_first_sync_of_a_day_finds_it_too() {
    let home = Home::synced();
    damage(&home.find("ledger.db"));
    let mut cockpit = Opening::new().now("2026-11-25T08:50:00Z").begin(&home);
    cockpit
        .shows("2 Risk queue")
        .send_raw(b"\x12", 1)
        .shows("the ledger was damaged");
}

#[test]
fn a_file_that_is_no_ledger_is_left_as_it_was_and_nothing_beside_it() {
    let home = Home::synced();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mine.db");
    fs::write(&file, "not a database".repeat(1_000)).unwrap();
    let restored = home.run(&["ledger", "restore", file.to_str().unwrap(), "--yes"]);
    assert!(!restored.status.success(), "{}", said(&restored));
    let beside: Vec<_> = fs::read_dir(directory.path()).unwrap().flatten().collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
}

/// What waited in a backup may have been sent after the backup was made.
#[test]
fn what_waited_in_a_backup_does_not_leave_by_itself_when_it_is_brought_back() {
    let home = tempfile::tempdir().unwrap();
    let (path, copy) = (home.path().join("ledger.db"), home.path().join("copy.db"));
    let (mut ledger, _) = Ledger::open(&path, "t").unwrap();
    let entry = ledger
        .enqueue(permit(), &[note("a", "text")], &[], minute(1))
        .unwrap()[0]
        .id;
    ledger.backup(&copy).unwrap();
    for step in [
        retain::domain::outbox::Step::Sending {
            seen: None,
            keyed: false,
        },
        sent("900"),
    ] {
        ledger.step(entry, &step, minute(2)).unwrap().unwrap();
    }
    drop(ledger);
    Ledger::restore(&copy, &path).unwrap();
    let entry = Ledger::open(&path, "t").unwrap().0.entry(entry).unwrap().unwrap();
    assert!(entry.state == State::Unknown && entry.doubted, "{entry:?}");
}
