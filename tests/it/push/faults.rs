//! One effect per write, whatever goes wrong: thousands of schedules of faults over the real adapter and HTTP.

use retain::crm::{CrmError, Written};
use retain::domain::outbox::{Entry, State, Step};
use retain::domain::record::Kind;

use super::bench::{Bench, Dice};
use super::meddler::Meddler;

/// Effects of one kind on some requests of a schedule.
const EFFECTS: [&str; 14] = [
    "reset={}:before",
    "reset={}:commit",
    "reset={}:during",
    "reset={}:after",
    "truncate={}",
    "garbage={}",
    "500={}",
    "502={}:commit",
    "504={}:commit",
    "503={}:retry-after=3",
    "429={}:retry-after=5",
    "423={}",
    "477={}:retry-after=2",
    "401={}",
];
const PATHS: [&str; 5] = [
    "",
    ":path=/batch/create",
    ":path=/batch/create",
    ":path=/batch/read",
    ":path=/crm/",
];
const SHARES: [&str; 3] = ["0.3", "0.6", "1"];

type Done = Result<Vec<Written>, CrmError>;

#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    keyed: u32,
    unkeyed: u32,
    sent: u32,
    unknown: u32,
    lost: u32,
    doubled: u32,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.keyed += other.keyed;
        self.unkeyed += other.unkeyed;
        self.sent += other.sent;
        self.unknown += other.unknown;
        self.lost += other.lost;
        self.doubled += other.doubled;
    }
}

/// Some faults, for some requests, a few times each.
pub fn faults(dice: &mut Dice) -> String {
    let count = 1 + dice.roll(3);
    let mut spec: Vec<String> = (0..count)
        .map(|_| {
            let effect = dice.one(&EFFECTS).replace("{}", dice.one(&SHARES));
            format!("{effect}{}:times={}", dice.one(&PATHS), 1 + dice.roll(4))
        })
        .collect();
    if dice.roll(8) == 0 {
        spec.push("untraced".to_owned());
    }
    spec.push("lag=30s".to_owned());
    spec.push(format!("seed={}", dice.roll(1 << 40)));
    spec.join(",")
}

/// One schedule: writes, faults, now and then a restart; then the faults end, and what can end by itself does.
fn schedule(bench: &mut Bench, seed: u64, hears: fn(Done) -> Done) -> Tally {
    let mut dice = Dice(seed);
    let account = bench.account(dice.roll(4) as usize);
    let mut entries: Vec<Entry> = Vec::new();
    for _ in 0..=dice.roll(3) {
        let kind = dice.one(&[Kind::Note, Kind::Task, Kind::Call, Kind::Meeting]);
        entries.push(bench.create(&account, kind, "a word"));
    }
    bench.set_faults(&faults(&mut dice));
    for _ in 0..2 + dice.roll(3) {
        push(bench, hears);
        if dice.roll(4) == 0 {
            bench.reconnect();
        }
        bench.wait(dice.roll(20) as i64);
    }
    bench.set_faults("");
    for _ in 0..24 {
        bench.reconnect_if_held();
        let Some(next) = push(bench, hears) else { break };
        let wait = next.duration_since(bench.clock.get()).as_secs() + 1;
        bench.wait(wait.max(1));
    }
    let mut tally = Tally::default();
    for entry in entries {
        judge(bench, &entry, &mut tally);
    }
    tally
}

fn push(bench: &mut Bench, hears: fn(Done) -> Done) -> Option<jiff::Timestamp> {
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.hears = hears;
    bench.push_with(&crm, &mut |_| ()).unwrap().next
}

fn judge(bench: &mut Bench, entry: &Entry, tally: &mut Tally) {
    let kind = entry.new.write.kind();
    // The portal keeps our key unique on notes and tasks.
    let keyed = matches!(kind, Kind::Note | Kind::Task);
    let entry = bench.entry(entry);
    let made = bench.made(&entry).len();
    *(if keyed {
        &mut tally.keyed
    } else {
        &mut tally.unkeyed
    }) += 1;
    tally.doubled += u32::from(made > 1);
    match entry.state {
        State::Sent => {
            tally.sent += 1;
            tally.lost += u32::from(made == 0);
        }
        // Without a key of ours, what is not seen there is a person's to decide.
        State::Unknown if !keyed && made == 0 => {
            tally.unknown += 1;
            bench.step(&entry, &Step::Discarded { why: String::new() });
        }
        state => panic!("{kind:?} is {state:?} and there {made} times: {:?}", entry.said),
    }
    bench.purge(&entry);
}

fn run(schedules: u64, seed: u64, hears: fn(Done) -> Done) -> Tally {
    let threads = 4;
    let parts: Vec<Tally> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let mut bench = Bench::new();
                    let mut tally = Tally::default();
                    for number in (thread..schedules).step_by(threads as usize) {
                        tally.add(&schedule(&mut bench, seed + number * 7_919, hears));
                        if number % 64 == thread {
                            bench.reopen();
                        }
                    }
                    tally
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut whole = Tally::default();
    for part in &parts {
        whole.add(part);
    }
    whole
}

#[test]
fn one_effect_per_write() {
    let schedules = crate::share(10_000);
    let tally = run(schedules.into(), 1, |done| done);
    println!("{schedules} schedules: {tally:?}");
    assert_eq!((tally.lost, tally.doubled), (0, 0), "{tally:?}");
    assert!(
        tally.unknown > 0 && tally.keyed > 100 && tally.unkeyed > 100,
        "{tally:?}"
    );
}

/// Control: a program that takes silence for a refusal, and tries again, makes things twice.
#[test]
fn without_the_rule_things_are_made_twice() {
    let deaf = |done: Done| {
        let heard = done?.into_iter().map(|written| match written {
            Written::Unclear { why } => Written::Later { wait: None, why },
            other => other,
        });
        Ok(heard.collect())
    };
    let tally = run(200, 1, deaf);
    assert!(tally.doubled > 0, "{tally:?}");
}
