#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
}

fn ledger(path: &Path) -> Ledger {
    Ledger::open(path, "test").unwrap().0
}

/// Moving the log of the old ledger fails before or after it left its place: the new ledger is there already, so that the
/// next opening finishes. Nothing that was committed is looked for in a file without its log.
#[test]
fn a_restore_that_is_cut_off_leaves_the_old_or_the_new_ledger_whole() {
    for in_the_way in ["", "-wal", "-shm"] {
        let home = tempfile::tempdir().unwrap();
        let (path, copy) = (home.path().join("ledger.db"), home.path().join("copy.db"));
        let cockpit = home.path().join("cockpit.db");
        let mut open = ledger(&cockpit);
        open.record_look(minute(1)).unwrap();
        open.backup(&copy).unwrap();
        open.record_look(minute(2)).unwrap();
        // As it lies there when the cockpit is killed: the log has what was committed last.
        for companion in ["", "-wal"] {
            fs::copy(with_suffix(&cockpit, companion), with_suffix(&path, companion)).unwrap();
        }
        let obstacle = match in_the_way {
            // The backup cannot even be brought beside the ledger.
            "" => with_suffix(&path, ".restoring"),
            companion => with_suffix(&path, &format!(".before-restore-1{companion}")),
        };
        fs::create_dir_all(obstacle.join("in the way")).unwrap();
        Ledger::restore(&copy, &path).unwrap_err();
        fs::remove_dir_all(&obstacle).unwrap();

        let (after, notice) = Ledger::open(&path, "test").unwrap();
        let is_new = after.last_look(minute(99)).unwrap() == Some(minute(1));
        let is_noted = !after.events(None, &[journal::REPLACED]).unwrap().is_empty();
        assert_eq!(is_new, !in_the_way.is_empty(), "{in_the_way}");
        assert_eq!((is_noted, notice.is_some()), (is_new, is_new), "{in_the_way}");
        if is_new {
            let kept = ledger(&with_suffix(&path, ".before-restore-1"));
            assert_eq!(
                kept.last_look(minute(99)).unwrap(),
                Some(minute(2)),
                "{in_the_way}"
            );
        } else {
            assert_eq!(after.last_look(minute(99)).unwrap(), Some(minute(2)));
        }
    }
}

/// A sync commits all the time; the copy must not wait for its end.
#[test]
fn a_backup_ends_while_another_program_commits() {
    const MOST: u32 = 20_000;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ledger.db");
    let ledger = ledger(&path);
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch(
            "PRAGMA synchronous = OFF; CREATE TABLE filler (body); INSERT INTO filler VALUES (zeroblob(16000000));
             CREATE TABLE counted (number);",
        )
        .unwrap();
    let is_done = AtomicBool::new(false);
    let commits = thread::scope(|scope| {
        let (began, begun) = std::sync::mpsc::channel();
        let is_done = &is_done;
        let writer = scope.spawn(move || {
            let mut commits = 0;
            while commits < MOST && !is_done.load(Ordering::Relaxed) {
                other.execute("INSERT INTO counted VALUES (1)", []).unwrap();
                commits += 1;
                let _ = began.send(());
            }
            commits
        });
        begun.recv().unwrap();
        copy(&ledger.database, &home.path().join("copy.db")).unwrap();
        is_done.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    assert!(commits < MOST, "it waited for the other program to end");
}
