//! Disks that fill up while the outbox is written.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::domain::outbox::{Field, Target, Write};
use crate::domain::record::{Core, Kind};

pub(super) fn minute(number: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + number * 60).unwrap()
}

pub(super) fn note(body: &str) -> NewEntry {
    NewEntry {
        act: "a".to_owned(),
        account: None,
        title: "Note".to_owned(),
        write: Write::Create {
            kind: Kind::Note,
            fields: BTreeMap::from([(Field::Core(Core::Body), body.to_owned())]),
            about: vec![(Kind::Account, Target::Record("7".into()))],
        },
        leaves_at: minute(1),
    }
}

#[test]
fn a_full_disk_never_says_saved_and_loses_nothing_that_was() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ledger.db");
    let (mut ledger, _) = Ledger::open(&path, "test").unwrap();
    let permit = WritePermit::unless(None).unwrap();
    let large = "x".repeat(20_000);
    let queued = ledger.enqueue(permit, &[note("first")], &[], minute(0)).unwrap();
    let mut acknowledged: BTreeMap<EntryId, Entry> = queued.into_iter().map(|one| (one.id, one)).collect();
    ledger.put_draft("note:7", "kept", minute(0)).unwrap();
    // A limit on pages gives the same error as a file system without room.
    let connection = ledger.database.connection();
    let pages: i64 = connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    connection
        .execute_batch(&format!("PRAGMA max_page_count = {}", pages + 12))
        .unwrap();
    let mut refused = 0;
    for round in 0..400 {
        let two = [note(&large), note(&large)];
        match ledger.enqueue(permit, &two, &["note:7"], minute(round)) {
            Ok(queued) => {
                acknowledged.extend(queued.into_iter().map(|one| (one.id, one)));
                ledger.put_draft("note:7", "kept", minute(round)).unwrap();
            }
            Err(StoreError::Full { .. }) => refused += 1,
            Err(error) => panic!("{error}"),
        }
        let draft = ledger.put_draft("note:7", &large.repeat(8), minute(round));
        assert!(matches!(draft, Err(StoreError::Full { .. })), "{draft:?}");
        let steps = [
            Step::Sending {
                seen: None,
                keyed: false,
            },
            Step::Unknown {
                why: large.clone(),
                settled: false,
            },
            Step::Resend { grace: None },
        ];
        match ledger.step(EntryId(1), &steps[round as usize % 3], minute(round)) {
            Ok(Ok(entry)) => drop(acknowledged.insert(entry.id, entry)),
            Ok(Err(late)) => assert_eq!(late, TooLate::Stands(acknowledged[&EntryId(1)].state)),
            Err(StoreError::Full { .. }) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(refused > 300, "{refused} refused");
    let (again, notice) = Ledger::open(&path, "test").unwrap();
    assert_eq!(notice, None);
    for ledger in [&ledger, &again] {
        let mut found = ledger.outbox_recent(1_000).unwrap();
        found.reverse();
        assert_eq!(found, acknowledged.values().cloned().collect::<Vec<_>>());
        assert_eq!(ledger.draft("note:7").unwrap().unwrap().body, "kept");
        assert_eq!(ledger.check().unwrap(), [""; 0]);
    }
}
