//! A ledger that another takes the place of while somebody has it open: nothing is written to the dead file.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use rusqlite::Connection;

use super::tests::{minute, note};
use super::*;
use crate::store::files::with_suffix;
use crate::store::journal::REPLACED;

/// So many entries are queued while the ledger is replaced.
const MANY: i32 = 40;

fn open(path: &Path) -> Ledger {
    Ledger::open(path, "test").unwrap().0
}

fn queue(ledger: &mut Ledger, text: &str) -> EntryId {
    let permit = WritePermit::unless(None).unwrap();
    let queued = ledger.enqueue(permit, &[note(text)], &[], minute(1)).unwrap();
    queued[0].id
}

/// What the notes in a ledger say.
fn texts(path: &Path) -> Vec<String> {
    let ledger = Ledger::open_read_only(path).unwrap();
    let entries = ledger.outbox_recent(usize::MAX).unwrap();
    let text = |entry: &Entry| serde_json::to_string(&entry.new.write).unwrap();
    entries.iter().map(text).collect()
}

fn has(path: &Path, text: &str) -> bool {
    texts(path).iter().any(|found| found.contains(text))
}

/// A ledger with one entry, and a copy of it.
fn with_backup(home: &Path) -> (PathBuf, PathBuf) {
    let (path, copy) = (home.join("ledger.db"), home.join("copy.db"));
    let mut ledger = open(&path);
    queue(&mut ledger, "first");
    ledger.backup(&copy).unwrap();
    (path, copy)
}

#[test]
fn after_a_salvage_a_handle_that_was_open_writes_to_the_mended_ledger() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ledger.db");
    let mut ledger = open(&path);
    queue(&mut ledger, "first");
    ledger.put_draft("note:7", "to be altered", minute(1)).unwrap();
    drop(ledger);
    let mut bytes = fs::read(&path).unwrap();
    let word = b"to be altered";
    let at = bytes.windows(word.len()).position(|found| found == word).unwrap();
    bytes[at] = b'T';
    fs::write(&path, bytes).unwrap();

    let mut old = open(&path);
    let second = queue(&mut old, "second");
    Ledger::look_over(&path).unwrap();
    let (mut mended, notice) = Ledger::open(&path, "test").unwrap();
    assert!(notice.unwrap().summary.contains("damaged"));
    assert_eq!(mended.events(None, &[REPLACED]).unwrap().len(), 1);

    // What is called by its number is looked at anew first.
    let step = old.step(second, &Step::TakenBack, minute(2));
    assert!(matches!(step, Err(StoreError::Replaced { .. })), "{step:?}");
    queue(&mut old, "third");
    old.put_draft("note:8", "kept", minute(2)).unwrap();
    for text in ["first", "second", "third"] {
        assert!(has(&path, text), "{text}");
    }
    assert_eq!(mended.draft("note:8").unwrap().unwrap().body, "kept");
    // Both go on in the same file, each seeing what the other does.
    queue(&mut mended, "fourth");
    queue(&mut old, "fifth");
    assert_eq!(texts(&path).len(), 5);
    assert_eq!(old.outbox_open().unwrap().len(), 5);
    drop((old, mended));
    assert_eq!(open(&path).check().unwrap(), [""; 0]);
    assert_eq!(texts(&path).len(), 5);
}

#[test]
fn after_a_backup_was_brought_back_numbers_of_the_old_ledger_are_not_taken_for_those_of_the_new() {
    let home = tempfile::tempdir().unwrap();
    let (path, copy) = with_backup(home.path());
    let mut old = open(&path);
    let second = queue(&mut old, "second");
    let kept = Ledger::restore(&copy, &path).unwrap().kept.unwrap();
    assert_eq!(queue(&mut open(&path), "of somebody else"), second);

    let step = old.step(second, &Step::TakenBack, minute(2));
    assert!(matches!(step, Err(StoreError::Replaced { .. })), "{step:?}");
    assert!(!old.give_up_damaged(second, "", minute(2)).unwrap());
    assert_eq!(old.entry(second).unwrap().unwrap().state, State::Queued);
    queue(&mut old, "third");
    assert!(has(&path, "third") && !has(&path, "second"));
    assert!(has(&kept, "second") && !has(&kept, "third"));
}

/// Nothing is committed to the old file once its copy was kept: whatever was said to be saved is in the copy or in the
/// ledger.
#[test]
fn nothing_falls_between_the_old_ledger_and_the_new() {
    let home = tempfile::tempdir().unwrap();
    let (path, copy) = with_backup(home.path());
    let (begun, begins) = std::sync::mpsc::channel();
    let mut old = open(&path);
    let writer = &mut old;
    let kept = thread::scope(|scope| {
        scope.spawn(move || {
            for number in 0..MANY {
                queue(writer, &format!("<{number}>"));
                let _ = begun.send(());
            }
        });
        begins.recv().unwrap();
        Ledger::restore(&copy, &path).unwrap().kept.unwrap()
    });
    queue(&mut old, "last");
    let all = [texts(&path), texts(&kept)].concat().concat();
    let lost: Vec<i32> = (0..MANY)
        .filter(|number| !all.contains(&format!("<{number}>")))
        .collect();
    assert_eq!(lost, [0; 0]);
    assert!(has(&path, "last") && !has(&kept, "last"));
}

#[test]
fn who_replaces_a_ledger_locks_the_others_out() {
    let home = tempfile::tempdir().unwrap();
    let (path, _) = with_backup(home.path());
    let other = Connection::open(&path).unwrap();
    other.busy_timeout(std::time::Duration::ZERO).unwrap();
    let held = crate::store::database::Database::hold(&path).unwrap();
    assert!(other.execute_batch("BEGIN IMMEDIATE").is_err());
    drop(held);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
}

#[test]
fn a_ledger_that_was_removed_is_not_written_to() {
    let home = tempfile::tempdir().unwrap();
    let (path, _) = with_backup(home.path());
    let mut old = open(&path);
    fs::remove_file(&path).unwrap();
    let draft = old.put_draft("note:7", "text", minute(2));
    assert!(matches!(draft, Err(StoreError::Missing { .. })), "{draft:?}");
}

/// What it had saved would otherwise take the place of the backup with the next start.
#[test]
fn a_salvage_that_was_cut_off_does_not_undo_a_restore() {
    let home = tempfile::tempdir().unwrap();
    let (path, copy) = with_backup(home.path());
    let mut ledger = open(&path);
    queue(&mut ledger, "second");
    ledger.backup(&with_suffix(&path, ".salvaged")).unwrap();
    drop(ledger);
    Ledger::restore(&copy, &path).unwrap();
    let (_, notice) = Ledger::open(&path, "test").unwrap();
    assert_eq!(notice, None);
    assert!(has(&path, "first") && !has(&path, "second"));
}

#[test]
fn a_restore_leaves_nothing_of_its_own_beside() {
    let home = tempfile::tempdir().unwrap();
    let (path, copy) = with_backup(home.path());
    Ledger::restore(&copy, &path).unwrap();
    let names: Vec<_> = fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".restoring"))
        .collect();
    assert_eq!(names, [""; 0]);
}

#[test]
fn a_backup_touches_no_file_that_lies_beside_it() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ledger.db");
    let ledger = open(&path);
    let copy = home.path().join("copy.db");
    let beside = with_suffix(&copy, ".part");
    fs::write(&beside, "mine").unwrap();
    ledger.backup(&copy).unwrap();
    assert_eq!(fs::read_to_string(&beside).unwrap(), "mine");
    drop(ledger);
    let names: Vec<_> = fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".new"))
        .collect();
    assert_eq!(names, [""; 0]);
}
