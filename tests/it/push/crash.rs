//! A crash at each durable step, and at each pair of steps: what comes after it ends as if it had not been.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

use retain::domain::outbox::{Entry, Field, State, Step, Target, Write};
use retain::domain::record::{Core, Kind, RecordId};
use retain::sync::PushEvent;

use super::bench::{Bench, update};
use super::meddler::Meddler;

/// How it ended, without what differs from run to run.
#[derive(Debug, PartialEq, Eq)]
struct End {
    states: Vec<State>,
    made: Vec<usize>,
    cached: Vec<bool>,
    region: Option<String>,
    versions: usize,
    archived: bool,
}

/// A note; a task that is then completed; a task that is taken back; a field of the account; and what has no key.
fn queue(bench: &mut Bench, account: &RecordId, unkeyed: bool) -> Vec<Entry> {
    let note = bench.create(account, Kind::Note, "one");
    let task = bench.create(account, Kind::Task, "two");
    let (done, wrong) = (
        Field::Core(Core::Done),
        bench.create(account, Kind::Task, "three"),
    );
    let complete = update(
        Kind::Task,
        Target::Entry(task.id),
        done,
        Some("false"),
        Some("true"),
    );
    let complete = bench.queue(account, complete);
    let archive = Write::Archive {
        kind: Kind::Task,
        target: Target::Entry(wrong.id),
    };
    let archive = bench.queue(account, archive);
    let number = account.as_str().parse().unwrap();
    bench.server.with_portal(|portal| {
        portal.set(
            super::bench::object(Kind::Account),
            number,
            "region",
            Some("EMEA"),
        )
    });
    let region = Field::Mapped("region".to_owned());
    let change = update(
        Kind::Account,
        Target::Record(account.clone()),
        region,
        Some("EMEA"),
        Some("APAC"),
    );
    let change = bench.queue(account, change);
    let mut entries = vec![note, task, wrong, complete, archive, change];
    if unkeyed {
        entries.push(bench.create(account, Kind::Call, "four"));
    }
    entries
}

/// Runs a push that ends at this point; tells whether it ended there, and how many points it passed.
fn push_until(bench: &mut Bench, point: u32) -> (bool, u32) {
    let passed = AtomicU32::new(0);
    let pass = || {
        if passed.fetch_add(1, Ordering::SeqCst) == point {
            // Unwinds without a word: it is meant.
            resume_unwind(Box::new("crash"));
        }
    };
    let crm = Meddler::new(bench.crm.borrow().clone(), |_| pass());
    let crashed = catch_unwind(AssertUnwindSafe(|| {
        bench.push_with(&crm, &mut |_| pass()).unwrap();
    }))
    .is_err();
    drop(crm);
    bench.reopen_stores();
    bench.wait(1);
    (crashed, passed.load(Ordering::SeqCst))
}

/// What is left after the crashes: other starts of the program, and a person who has waited long enough.
fn finish(bench: &mut Bench, entries: &[Entry], unkeyed: bool) -> u32 {
    let crm = bench.crm.borrow().clone();
    bench.drain(&crm, 40);
    let mut asked = 0;
    for entry in entries {
        if bench.entry(entry).state == State::Unknown {
            // With a key of ours only the archive of a record is nobody's to know: it may have been restored.
            let is_archive = matches!(entry.new.write, Write::Archive { .. });
            assert!(unkeyed || is_archive, "{entry:?}");
            asked += 1;
            bench.step(entry, &Step::Resend { grace: None });
        }
    }
    bench.drain(&crm, 40);
    asked
}

fn end(bench: &Bench, account: &RecordId, entries: &[Entry], versions_before: usize) -> End {
    let states: Vec<State> = entries.iter().map(|entry| bench.entry(entry).state).collect();
    let creates = || {
        entries
            .iter()
            .filter(|entry| matches!(entry.new.write, Write::Create { .. }))
    };
    let receipt = |entry: &Entry| bench.entry(entry).receipt.map(|receipt| receipt.record);
    let cached = |entry: &Entry| {
        receipt(entry).is_some_and(|id| {
            let kind = entry.new.write.kind();
            bench.stores.cache.record(kind, &id).unwrap().is_some()
        })
    };
    let object = super::bench::object(Kind::Account);
    let number = account.as_str().parse().unwrap();
    let archived = receipt(&entries[2]).is_some_and(|id| {
        let number = id.as_str().parse().unwrap();
        let task = super::bench::object(Kind::Task);
        bench
            .server
            .with_portal(|portal| portal.row(task, number).is_some_and(|row| row.archived.is_some()))
    });
    End {
        states,
        made: creates().map(|entry| bench.made(entry).len()).collect(),
        cached: creates().map(cached).collect(),
        region: bench.value(Kind::Account, account, "region"),
        versions: bench
            .server
            .with_portal(|portal| portal.history(object, number, "region").len())
            - versions_before,
        archived,
    }
}

/// One run with crashes at these points, one after another; how it ended, how often a person was asked, and how many
/// points the last push that crashed nowhere passed.
fn run(bench: &mut Bench, place: usize, unkeyed: bool, points: &[u32]) -> (End, u32, u32) {
    let account = bench.account(place);
    let entries = queue(bench, &account, unkeyed);
    let object = super::bench::object(Kind::Account);
    let number = account.as_str().parse().unwrap();
    let versions = bench
        .server
        .with_portal(|portal| portal.history(object, number, "region").len());
    let passed = Cell::new(0);
    for point in points.iter().chain(&[u32::MAX]) {
        let (crashed, count) = push_until(bench, *point);
        passed.set(count);
        if !crashed {
            break;
        }
    }
    let asked = finish(bench, &entries, unkeyed);
    // A crash between the receipt and the cache leaves the record to the next sync.
    bench.sync();
    let end = end(bench, &account, &entries, versions);
    for entry in &entries {
        bench.purge(entry);
    }
    (end, asked, passed.get())
}

/// Each step, and each pair of steps: all pairs where `RETAIN_FULL` is set, else every fifth.
fn every_crash(unkeyed: bool) -> (u32, u32) {
    let mut bench = Bench::new();
    let (undisturbed, asked, points) = run(&mut bench, 0, unkeyed, &[]);
    assert!(
        undisturbed.states.iter().all(|state| *state == State::Sent),
        "{undisturbed:?}"
    );
    assert_eq!((asked, undisturbed.versions), (0, 1), "{undisturbed:?}");
    let every = if crate::in_full() { 1 } else { crate::full::PARTS };
    let (mut runs, mut asked) = (0, 0);
    for first in 0..points {
        let seconds = (0..points).filter(|second| (first + second) % every == 0);
        for second in std::iter::once(None).chain(seconds.map(Some)) {
            let crashes: Vec<u32> = [Some(first), second].into_iter().flatten().collect();
            let (end, by_hand, _) = run(&mut bench, runs as usize, unkeyed, &crashes);
            assert_eq!(end, undisturbed, "crashes at {crashes:?} of {points}");
            runs += 1;
            asked += by_hand;
        }
    }
    println!("{runs} runs with crashes at {points} points; a person was asked {asked} times");
    (runs, asked)
}

#[test]
fn a_crash_at_each_step_and_each_pair_changes_nothing() {
    let (runs, _) = every_crash(false);
    assert!(runs > 50, "{runs}");
}

/// Without a key of ours a person decides where nobody can know; then it is as if nothing had been.
#[test]
fn without_a_key_a_crash_asks_a_person_and_then_changes_nothing() {
    let (_, asked) = every_crash(true);
    assert!(asked > 0);
}

#[test]
fn a_machine_that_answers_slowly_leaves_no_doubt() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = bench.create(&account, Kind::Call, "four");
    bench.set_faults("latency=600ms");
    let crm = bench.crm.borrow().clone();
    let mut steps = Vec::new();
    let mut hear = |event: &PushEvent| {
        if let PushEvent::Stepped(entry) = event {
            steps.push(entry.state);
        }
    };
    bench.push_with(&crm, &mut hear).unwrap();
    assert_eq!(steps, [State::Sending, State::Sent]);
    assert_eq!(bench.made(&entry).len(), 1);
}

/// Control: a program that takes what it was sending for not sent makes things twice.
#[test]
fn without_the_rule_a_crash_makes_things_twice() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = bench.create(&account, Kind::Call, "four");
    // After the CRM has answered, before the program has noted it.
    let (crashed, _) = push_until(&mut bench, 2);
    assert!(crashed);
    assert_eq!(bench.entry(&entry).state, State::Sending);
    let at = bench.clock.get();
    bench.step(
        &entry,
        &Step::Retry {
            at,
            why: String::new(),
        },
    );
    let crm = bench.crm.borrow().clone();
    bench.drain(&crm, 5);
    assert_eq!(bench.made(&entry).len(), 2);
}
