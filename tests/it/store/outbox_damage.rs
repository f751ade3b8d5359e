//! Ledgers with an outbox that are damaged, cut off, full, or used by several at once.

use std::collections::BTreeMap;

use proptest::prelude::*;
use retain::domain::outbox::{Entry, EntryId, NewEntry, Remedy, State, Step, Write};
use retain::store::{Ledger, StoreError};
use rusqlite::Connection;

use super::damage::{Random, copy, damage};
use super::outbox::{note, permit, sent};
use super::{Home, minute};
use crate::share;

/// A step of each kind, by number.
fn step_of(number: u8) -> Step {
    match number % 9 {
        0 => Step::Sending {
            seen: None,
            keyed: false,
        },
        1 => sent("900"),
        2 => Step::Retry {
            at: minute(7),
            why: "busy".to_owned(),
        },
        3 => Step::Unknown {
            why: "no answer".to_owned(),
            settled: false,
        },
        4 => Step::Conflict { fields: Vec::new() },
        5 => Step::Parked {
            said: "no".to_owned(),
            remedy: Remedy::Edit,
        },
        6 => Step::Revised {
            write: note("r", "revised").write,
            title: Some("revised".to_owned()),
            base: None,
            grace: Some(jiff::SignedDuration::from_secs(10)),
        },
        7 => Step::Resend { grace: None },
        _ => Step::TakenBack,
    }
}

/// Everything that is given out of an outbox.
fn given_out(ledger: &Ledger) -> Result<Vec<Entry>, StoreError> {
    let mut all = ledger.outbox_open()?;
    all.extend(ledger.outbox_recent(1_000)?);
    all.extend(ledger.outbox_sent(minute(0))?);
    Ok(all)
}

/// An outbox with entries in every state, long texts and many steps.
fn filled(home: &Home) -> BTreeMap<EntryId, Vec<Entry>> {
    let mut ledger = home.ledger();
    let mut random = Random::new(0x0B0E);
    for act in 0..40 {
        let new: Vec<NewEntry> = (0..3)
            .map(|n| note(&format!("act {act}"), &"text ".repeat(1 + (act * n * 7) % 300)))
            .collect();
        ledger.enqueue(permit(), &new, &[], minute(0)).unwrap();
    }
    ledger
        .put_draft("note:7", &"draft ".repeat(3_000), minute(0))
        .unwrap();
    let mut versions: BTreeMap<EntryId, Vec<Entry>> = BTreeMap::new();
    for entry in ledger.outbox_open().unwrap() {
        versions.entry(entry.id).or_default().push(entry);
    }
    for round in 0..2_500 {
        let id = EntryId(1 + random.below(120) as i64);
        let step = step_of(random.below(9) as u8);
        if let Ok(entry) = ledger.step(id, &step, minute(round)).unwrap() {
            versions.entry(id).or_default().push(entry);
        }
    }
    versions
}

/// Whether an entry says what was queued, or what it was revised to.
fn is_as_written(entry: &Entry, versions: &BTreeMap<EntryId, Vec<Entry>>) -> bool {
    let known = versions.get(&entry.id).into_iter().flatten();
    known.into_iter().any(|one| {
        (&one.new, &one.key, &one.author, one.queued_at)
            == (&entry.new, &entry.key, &entry.author, entry.queued_at)
    })
}

#[test]
fn of_a_damaged_outbox_no_altered_entry_is_given_out_and_none_leaves_that_had_left() {
    let origin = Home::new();
    let versions = filled(&origin);
    let mut random = Random::new(0xD00D);
    let (mut mended, mut whole) = (0_u64, 0_u64);
    for round in 0..u64::from(share(1_000)) {
        let home = Home::new();
        copy(
            origin.ledger_db().parent().unwrap(),
            home.ledger_db().parent().unwrap(),
        );
        damage(&home.ledger_db(), &mut random);
        let (ledger, mut notice) = Ledger::open(&home.ledger_db(), "test").unwrap();
        let mut found = given_out(&ledger);
        drop(ledger);
        if found.is_err() {
            let (ledger, second) = Ledger::open(&home.ledger_db(), "test").unwrap();
            assert!(second.is_some(), "round {round}: damage was seen and forgotten");
            (found, notice) = (given_out(&ledger), second);
        }
        for entry in found.unwrap_or_else(|error| panic!("round {round}: {error}")) {
            let last = versions[&entry.id].last().unwrap();
            assert!(
                is_as_written(&entry, &versions),
                "round {round}: altered: {entry:?}"
            );
            // What would leave by itself stands as it stood; what was mended leaves only at a person's word.
            let leaves = matches!(entry.state, State::Queued | State::Retry);
            assert!(
                !leaves || (notice.is_none() && entry == *last),
                "round {round}: {entry:?}, was {last:?}"
            );
            let is_made = matches!(entry.new.write, Write::Create { .. });
            let is_sure = !is_made || entry.doubted || entry.state.is_final();
            assert!(is_sure || notice.is_none(), "round {round}: {entry:?}");
            let settles = entry.state == State::Unknown && !entry.doubted;
            assert!(!settles || notice.is_none(), "round {round}: {entry:?}");
        }
        mended += u64::from(notice.is_some());
        whole += u64::from(notice.is_none());
    }
    println!("{mended} mended, {whole} unharmed, 0 altered entries given out");
    assert!(
        mended > u64::from(share(1_000)) / 4,
        "{mended} mended: the damage is too mild to tell"
    );
}

#[test]
fn a_check_without_the_checksum_would_give_altered_entries_out() {
    // The control: the same damage, read past the checksums, does alter entries.
    let origin = Home::new();
    filled(&origin);
    let texts = |home: &Home| -> Option<Vec<String>> {
        let connection = Connection::open(home.ledger_db()).ok()?;
        let mut statement = connection.prepare("SELECT write FROM outbox NOT INDEXED").ok()?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).ok()?;
        rows.collect::<rusqlite::Result<_>>().ok()
    };
    let expected = texts(&origin).unwrap();
    let mut random = Random::new(0xD00D);
    let altered = (0..u64::from(share(1_000))).any(|_| {
        let home = Home::new();
        copy(
            origin.ledger_db().parent().unwrap(),
            home.ledger_db().parent().unwrap(),
        );
        damage(&home.ledger_db(), &mut random);
        texts(&home).is_some_and(|found| found.iter().any(|text| !expected.contains(text)))
    });
    assert!(altered, "the damage alters nothing");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: share(200), failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever legal steps two handles take, and wherever one is opened anew: all of them see the same entries, and
    /// these are what the acknowledged steps add up to.
    #[test]
    fn any_handle_folds_to_what_was_acknowledged(
        moves in proptest::collection::vec((0_u8..2, 0_i64..5, 0_u8..11, any::<bool>()), 1..60),
    ) {
        let home = Home::new();
        let mut handles = [home.ledger(), home.ledger()];
        let mut expected: BTreeMap<EntryId, Entry> = BTreeMap::new();
        for (place, (handle, entry, what, reopen)) in moves.into_iter().enumerate() {
            let now = minute(place as i64);
            let ledger = &mut handles[usize::from(handle)];
            if reopen {
                *ledger = home.ledger();
            }
            match what {
                9 => {
                    let new = [note(&place.to_string(), "one"), note(&place.to_string(), "two")];
                    let queued = ledger.enqueue(permit(), &new, &[], now).unwrap();
                    expected.extend(queued.into_iter().map(|entry| (entry.id, entry)));
                }
                10 => {
                    let act = expected.get(&EntryId(entry + 1)).map(|entry| entry.new.act.clone());
                    let back = ledger.take_back(&act.unwrap_or_default(), &[], now).unwrap();
                    for entry in back.into_iter().flatten() {
                        expected.insert(entry.id, entry);
                    }
                }
                step => {
                    let (id, step) = (EntryId(entry + 1), step_of(step));
                    let outcome = ledger.step(id, &step, now).unwrap();
                    let legal = expected.get(&id).is_some_and(|known| known.admits(&step));
                    prop_assert_eq!(outcome.is_ok(), legal);
                    if let Ok(entry) = outcome {
                        expected.insert(id, entry);
                    }
                }
            }
        }
        let fresh = home.ledger();
        for ledger in handles.iter().chain([&fresh]) {
            for (id, entry) in &expected {
                let found = ledger.entry(*id).unwrap();
                prop_assert_eq!(found.as_ref(), Some(entry));
            }
            let newest: Vec<Entry> = ledger.outbox_recent(1_000).unwrap();
            prop_assert_eq!(newest.len(), expected.len());
            prop_assert_eq!(ledger.outbox_counts().unwrap().damaged, 0);
        }
        prop_assert_eq!(fresh.check().unwrap(), [""; 0]);
    }
}
