//! No silent overwrite: colleagues edit the same fields before, between and after our reads and writes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use retain::demo::DemoServer;
use retain::domain::outbox::{Change, Entry, Field, State, Step, Target, Write};
use retain::domain::record::{Kind, RecordId, ValueType};

use super::bench::{Bench, Dice, object};
use super::meddler::{Held, Meddler, Moment};

const FIELDS: [(&str, [&str; 3]); 3] = [
    ("hs_csm_sentiment", ["happy", "neutral", "at_risk"]),
    ("region", ["EMEA", "Americas", "APAC"]),
    ("seats_bought", ["10", "20", "30"]),
];

/// What a history came to.
#[derive(Debug, Default)]
struct Tally {
    conflicts: u32,
    written: u32,
    told: u32,
    silent: u32,
    /// Of the silent ones those that took ours back to what we had seen.
    undone: u32,
}

/// A colleague's edit of one of the fields.
fn edit(server: &DemoServer, account: &RecordId, dice: &mut Dice) {
    let (name, values) = dice.one(&FIELDS);
    let value = dice.one(&values);
    let number = account.as_str().parse().unwrap();
    server.with_portal(|portal| portal.set(object(Kind::Account), number, name, Some(value)));
}

/// The versions of a field, oldest first: value, and whether it was written through the API.
fn versions(bench: &Bench, account: &RecordId, name: &str) -> Vec<(String, bool)> {
    let number = account.as_str().parse().unwrap();
    let mut past = bench
        .server
        .with_portal(|portal| portal.history(object(Kind::Account), number, name));
    past.reverse();
    past.into_iter()
        .map(|past| (past.value, past.by == "INTEGRATION"))
        .collect()
}

fn history(bench: &mut Bench, seed: u64, forgets: bool, tally: &mut Tally) {
    let mut dice = Dice(seed);
    let account = bench.account(dice.roll(4) as usize);
    let mut changes = Vec::new();
    for (name, values) in FIELDS {
        let base = bench.value(Kind::Account, &account, name);
        let to = dice.one(&values);
        if dice.roll(2) == 0 && base.as_deref() != Some(to) {
            changes.push(Change {
                field: Field::Mapped(name.to_owned()),
                base,
                to: Some(to.to_owned()),
                value_type: ValueType::Text,
            });
        }
    }
    if changes.is_empty() {
        let (name, values) = dice.one(&FIELDS);
        let base = bench.value(Kind::Account, &account, name);
        let to = values.into_iter().find(|to| base.as_deref() != Some(to));
        changes.push(Change {
            field: Field::Mapped(name.to_owned()),
            base,
            to: to.map(str::to_owned),
            value_type: ValueType::Text,
        });
    }
    let before: Vec<usize> = changes
        .iter()
        .map(|change| versions(bench, &account, &change.field.to_string()).len())
        .collect();
    let write = Write::Update {
        kind: Kind::Account,
        target: Target::Record(account.clone()),
        changes: changes.clone(),
    };
    let entry = bench.queue(&account, write);
    for _ in 0..dice.roll(2) {
        edit(&bench.server, &account, &mut dice);
    }
    if dice.roll(3) == 0 {
        let fault = dice.one(&[
            "reset=0.7:before",
            "reset=0.7:commit",
            "504=0.7:commit",
            "truncate=0.7",
        ]);
        let path = dice.one(&["batch/update", "batch/read", "batch/"]);
        bench.set_faults(&format!(
            "{fault}:path={path}:times=3,seed={}",
            dice.roll(1 << 40)
        ));
    }
    push(bench, &account, &changes, &mut dice, forgets);
    bench.set_faults("");
    bench.reconnect_if_held();
    let entry = bench.entry(&entry);
    judge(bench, &account, &entry, &changes, &before, tally);
}

/// A colleague takes all of it back to what it was.
fn take_back(server: &DemoServer, account: &RecordId, changes: &[Change]) {
    let number = account.as_str().parse().unwrap();
    for change in changes {
        let (name, base) = (change.field.to_string(), change.base.as_deref());
        server.with_portal(|portal| portal.set(object(Kind::Account), number, &name, base));
    }
}

/// Pushes until the entry stands still; a colleague edits around each of the first writes. Now and then the CRM makes a
/// change only after it was read for it, and a colleague sees that before we do.
fn push(bench: &mut Bench, account: &RecordId, changes: &[Change], dice: &mut Dice, forgets: bool) {
    let late = AtomicU64::new(if dice.roll(3) == 0 { 1 + dice.roll(2) } else { 0 });
    let held = Held::default();
    let plan: Vec<(u64, u64)> = (0..4).map(|_| (dice.roll(3), dice.roll(3))).collect();
    let around = Mutex::new((0, Dice(dice.roll(u64::MAX))));
    for round in 0..16 {
        if round == 8 {
            bench.set_faults("");
        }
        let server = Arc::clone(&bench.server);
        let mut crm = Meddler::new(bench.crm.borrow().clone(), |moment| {
            let (calls, dice) = &mut *around.lock().unwrap();
            let (before, after) = plan.get(*calls).copied().unwrap_or_default();
            let edits = match moment {
                Moment::Before => before,
                Moment::After => {
                    *calls += 1;
                    after
                }
            };
            for _ in 0..edits {
                edit(&server, account, dice);
            }
        });
        crm.forgets = forgets;
        let one_less = |left: u64| left.checked_sub(1);
        crm.late = Box::new(|| {
            late.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
                .is_ok()
        });
        crm.held = Arc::clone(&held);
        let next = bench.push_with(&crm, &mut |_| ()).unwrap().next;
        drop(crm);
        bench.reconnect_if_held();
        let Some(next) = next else { break };
        bench.wait(next.duration_since(bench.clock.get()).as_secs().max(0) + 1);
        if !held.lock().unwrap().is_empty() && dice.roll(2) == 0 {
            bench.land(&held);
            match dice.roll(3) {
                0 => {}
                1 => edit(&bench.server, account, dice),
                _ => take_back(&bench.server, account, changes),
            }
        }
    }
}

fn judge(
    bench: &mut Bench,
    account: &RecordId,
    entry: &Entry,
    changes: &[Change],
    before: &[usize],
    tally: &mut Tally,
) {
    match entry.state {
        State::Sent => tally.written += 1,
        State::Conflict => {
            tally.conflicts += 1;
            bench.step(entry, &Step::Discarded { why: String::new() });
        }
        state => panic!("{state:?}: {:?}", entry.said),
    }
    let told = entry.receipt.iter().flat_map(|receipt| &receipt.replaced);
    let told: Vec<(&Field, Option<&str>)> = told.map(|one| (&one.field, one.theirs.as_deref())).collect();
    for (change, first) in changes.iter().zip(before) {
        let versions = versions(bench, account, &change.field.to_string());
        for place in (*first + 1)..versions.len() {
            let ((theirs, by_us), (_, ours)) = (&versions[place - 1], &versions[place]);
            // What we had seen is theirs where it came after ours: they took ours back.
            let is_ours = |(value, by_us): &(String, bool)| *by_us && Some(value) == change.to.as_ref();
            let was_seen = theirs == change.base.as_deref().unwrap_or_default();
            let undone = was_seen && versions[*first..place - 1].iter().any(is_ours);
            let foreign = !by_us && (undone || !was_seen) && Some(theirs) != change.to.as_ref();
            if !ours || !foreign {
                continue;
            }
            // A conflict is before a person anyway.
            if entry.state == State::Conflict || told.contains(&(&change.field, Some(theirs.as_str()))) {
                tally.told += 1;
            } else {
                tally.silent += 1;
                tally.undone += u32::from(undone);
            }
        }
    }
}

fn run(histories: u64, forgets: bool) -> Tally {
    let threads = 4;
    let parts: Vec<Tally> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let mut bench = Bench::new();
                    let mut tally = Tally::default();
                    for number in (thread..histories).step_by(threads as usize) {
                        history(&mut bench, 11 + number * 104_729, forgets, &mut tally);
                    }
                    tally
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut whole = Tally::default();
    for part in parts {
        whole.conflicts += part.conflicts;
        whole.written += part.written;
        whole.told += part.told;
        whole.silent += part.silent;
        whole.undone += part.undone;
    }
    whole
}

#[test]
fn no_silent_overwrite() {
    let histories = crate::share(5_000);
    let tally = run(histories.into(), false);
    println!("{histories} histories: {tally:?}");
    assert_eq!(tally.silent, 0, "{tally:?}");
    assert!(
        tally.conflicts > 50 && tally.written > 50 && tally.told > 20,
        "{tally:?}"
    );
}

/// Control: a program that does not read what its write replaced overwrites in silence.
#[test]
fn without_the_history_values_are_overwritten_in_silence() {
    let tally = run(200, true);
    assert!(tally.undone > 0 && tally.silent > tally.undone, "{tally:?}");
}
