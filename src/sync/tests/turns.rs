//! Whether a sync makes way: for what was queued and may leave, by the names under which records are known by now.

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::bench::stores;
use crate::domain::outbox::{Change, Field, NewEntry, Step, Target, Write, WritePermit};
use crate::domain::record::{Kind, ValueType};
use crate::sync::has_queued;

/// A change of the region of an account that goes by this id.
fn region(account: &str, base: &str, to: &str, now: Timestamp) -> NewEntry {
    NewEntry {
        act: "act".to_owned(),
        account: Some(account.into()),
        title: "region".to_owned(),
        write: Write::Update {
            kind: Kind::Account,
            target: Target::Record(account.into()),
            changes: vec![Change {
                field: Field::Mapped("region".to_owned()),
                base: Some(base.to_owned()),
                to: Some(to.to_owned()),
                value_type: ValueType::Text,
            }],
        },
        leaves_at: now,
    }
}

#[test]
fn no_sync_makes_way_for_what_waits_behind_an_entry_on_the_same_record_by_another_name() {
    let directory = TempDir::new().unwrap();
    let ledger = &mut stores(&directory).ledger;
    let now = Timestamp::UNIX_EPOCH;
    let later = now + SignedDuration::from_mins(1);
    let permit = WritePermit::unless(None).unwrap();
    let both = [
        region("77", "EMEA", "APAC", now),
        region("1", "APAC", "Americas", now),
    ];
    let first = ledger.enqueue(permit, &both, &[], now).unwrap()[0].id;
    assert!(has_queued(ledger, now).unwrap());
    let steps = [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        Step::Retry {
            at: later,
            why: "later".to_owned(),
        },
    ];
    for step in &steps {
        ledger.step(first, step, now).unwrap().unwrap();
    }
    assert!(has_queued(ledger, now).unwrap(), "the control: two records");
    ledger
        .alias(Kind::Account, &"77".into(), &"1".into(), now)
        .unwrap();
    assert!(
        !has_queued(ledger, now).unwrap(),
        "the second one waits for the first"
    );
}
