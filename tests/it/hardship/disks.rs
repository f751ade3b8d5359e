//! Disk and system errors: whatever call fails, the program does not panic, loses nothing that it said was saved, and
//! says of nothing that it was saved which is not.

use std::collections::BTreeMap;
use std::process::Output;

use retain::domain::outbox::State;
use retain::store::Ledger;

use super::Trial;
use crate::driver::BadDisk;
use crate::push::bench::Dice;

/// Kinds of calls, and the errors that a system gives for them: `EMFILE`, `EACCES`, `ENOSPC`, `EIO`, `EDQUOT`.
pub(super) const FAULTS: [(&str, &[i32]); 5] = [
    ("open", &[24, 13, 28, 5]),
    ("read", &[5]),
    ("write", &[28, 5, 122]),
    ("sync", &[5, 28]),
    ("rename", &[13, 28, 5]),
];

/// What is done, and how many entries of the outbox come of it.
const DEEDS: [(&[&str], usize); 10] = [
    (&["note", "juniper", "a word", "--queue"], 1),
    (&["note", "juniper", "a word that leaves at once"], 1),
    (
        &[
            "log",
            "juniper",
            "call: went well; next: send it by fri",
            "--queue",
        ],
        2,
    ),
    (&["task", "add", "juniper", "think about it", "--queue"], 1),
    (&["edit", "juniper", "FLIP", "--queue"], 1),
    (&["outbox", "undo", "LAST"], 0),
    (&["sync"], 0),
    (&["ledger", "backup", "COPY"], 0),
    (&["outbox", "--json"], 0),
    (&["status"], 0),
];

/// The place of the one among them that works longest.
const SYNC: usize = 6;

/// What was seen.
#[derive(Debug, Default)]
struct Tally {
    fired: u32,
    done: u32,
    failed: u32,
    caches_lost: u32,
    wrong: Vec<String>,
}

/// Runs deeds on a failing disk.
struct Bench {
    trial: Trial,
    dice: Dice,
    /// How many calls of a kind a deed makes at most, as far as that is known.
    most: BTreeMap<(usize, &'static str), u64>,
    runs: u32,
    tally: Tally,
}

impl Bench {
    fn new(seed: u64) -> Self {
        Self {
            trial: Trial::new(),
            dice: Dice(seed),
            most: BTreeMap::new(),
            runs: 0,
            tally: Tally::default(),
        }
    }

    /// One deed, one place where the disk fails.
    fn one(&mut self, disk: BadDisk, deed: usize) {
        self.runs += 1;
        let (log, copy) = (
            self.trial.beside("log"),
            self.trial.home.path().join(format!("copy-{}", self.runs)),
        );
        let _ = std::fs::remove_file(&log);
        let before = self.trial.entries();
        let (words, wanted) = DEEDS[deed];
        let last = before.first().map_or(0, |entry| entry.id.0).to_string();
        let words: Vec<&str> = words
            .iter()
            .map(|word| match *word {
                "LAST" => &last,
                "COPY" => copy.to_str().unwrap(),
                "FLIP" if before.len().is_multiple_of(2) => "segment=enterprise",
                "FLIP" => "segment=midmarket",
                word => word,
            })
            .collect();
        let mut command = self.trial.home.command(&words);
        let output = command
            .envs(disk.variables(&self.trial.home, &log))
            .output()
            .unwrap();
        let hits = std::fs::read_to_string(&log).unwrap_or_default();
        if hits.is_empty() {
            self.most.insert((deed, disk.calls), disk.nth - 1);
            return;
        }
        self.tally.fired += 1;
        let after = self.trial.entries();
        let mut wrong = told_wrongly(&output);
        let more = after.len() - before.len();
        let said = String::from_utf8_lossy(&output.stderr);
        let nothing = output.stdout.starts_with(b"nothing to change");
        if output.status.success() {
            self.tally.done += 1;
            if more != wanted && !nothing {
                wrong.push(format!("saved {more} of {wanted}"));
            }
            let is_back = after
                .iter()
                .any(|entry| entry.id.0.to_string() == last && entry.state == State::TakenBack);
            if words[1..].first() == Some(&"undo") && !is_back {
                wrong.push("not taken back".to_owned());
            }
        } else {
            self.tally.failed += 1;
            if more != 0 && more != wanted {
                wrong.push(format!("half saved: {more} of {wanted}"));
            }
            if more > 0 && !said.contains("it is saved") {
                wrong.push("it is saved and not said to be: it would be written again".to_owned());
            }
        }
        if words[0] == "ledger" && copy.exists() != output.status.success() {
            wrong.push("the copy is there and is not said to be, or the other way round".to_owned());
        }
        if copy.exists() {
            let sound = Ledger::open_read_only(&copy).and_then(|ledger| ledger.check());
            if !matches!(&sound, Ok(problems) if problems.is_empty()) {
                wrong.push(format!("the copy is not sound: {sound:?}"));
            }
            std::fs::remove_file(&copy).unwrap();
        }
        if self.runs.is_multiple_of(10) {
            let problems = self.trial.ledger().check().unwrap();
            wrong.extend(problems);
        }
        for wrong in wrong {
            self.tally.wrong.push(format!(
                "{wrong}\n{words:?} with {disk:?}, hit at {hits}{output:?}"
            ));
        }
        if self.trial.is_without_cache() {
            self.tally.caches_lost += 1;
            self.trial.sync();
        }
    }

    fn run(&mut self, fired: u32) {
        while self.tally.fired < fired {
            let deed = self.dice.roll(DEEDS.len() as u64) as usize;
            let (calls, errors) = FAULTS[self.dice.roll(FAULTS.len() as u64) as usize];
            let most = *self
                .most
                .entry((deed, calls))
                .or_insert(if deed == SYNC { 300 } else { 48 });
            let disk = BadDisk {
                calls,
                nth: 1 + self.dice.roll(most.max(1)),
                most: if self.dice.roll(2) == 0 { 1 } else { 1 << 40 },
                errno: self.dice.one(errors),
                sleep: 0,
            };
            self.one(disk, deed);
        }
    }
}

/// What must not be in what a program says.
fn told_wrongly(output: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let mut wrong = Vec::new();
    if output.status.code().is_none_or(|code| code > 4) || said.contains("panicked") {
        wrong.push("it panicked".to_owned());
    }
    if !output.status.success() && !said.contains("error: ") && !said.contains("{\"error\":") {
        wrong.push("it failed without a word".to_owned());
    }
    wrong
}

#[test]
fn whatever_the_disk_does_nothing_is_lost_and_nothing_is_said_that_is_not() {
    let mut bench = Bench::new(1);
    bench.run(crate::share(2_000));
    let ended = bench.trial.drain(crate::driver::NOW.parse().unwrap());
    let tally = &bench.tally;
    println!(
        "{} runs; {} done, {} failed of {} fired; {} caches made anew; {ended:?}",
        bench.runs, tally.done, tally.failed, tally.fired, tally.caches_lost
    );
    let mut kinds: BTreeMap<&str, (u32, &str)> = BTreeMap::new();
    for wrong in &tally.wrong {
        let kind = wrong.lines().next().unwrap_or_default();
        kinds.entry(kind).or_insert((0, wrong)).0 += 1;
    }
    assert!(kinds.is_empty(), "how often, and the first of each: {kinds:#?}");
    assert_eq!((&ended.lost, &ended.doubled), (&Vec::new(), &Vec::new()));
    assert!(tally.done > 0 && tally.failed > 20, "{tally:?}");
}

/// Control: a disk that tells success and writes nothing makes the program say "saved" of what is not, and that is seen.
#[test]
fn a_disk_that_lies_is_found_out() {
    let mut found = 0;
    for nth in 1..40 {
        let trial = Trial::new();
        let lies = BadDisk {
            calls: "write sync",
            nth,
            most: 1 << 40,
            errno: 0,
            sleep: 0,
        };
        let mut command = trial.home.command(&["note", "juniper", "a word", "--queue"]);
        let output = command
            .envs(lies.variables(&trial.home, &trial.beside("log")))
            .output()
            .unwrap();
        let kept =
            Ledger::open_read_only(&trial.home.find("ledger.db")).and_then(|ledger| ledger.outbox_recent(9));
        found += u32::from(output.status.success() && !kept.is_ok_and(|kept| kept.len() == 1));
        if found > 0 {
            return;
        }
    }
    panic!("a lie that begins anywhere was not seen");
}
