//! `kill -9` at random moments while composing, queueing, syncing and sending, against a CRM that fails now and then:
//! what was acknowledged is there at the end, once.

use std::collections::BTreeSet;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use retain::demo::Faults;
use retain::store::Ledger;
use rustix::process::Signal;
use serde_json::Value;

use super::Trial;
use crate::driver::{BadDisk, Opening};
use crate::push::bench::Dice;
use crate::push::faults::faults;

/// What is done by command; nothing of it leaves before it is acknowledged by the CRM or in the outbox.
const DEEDS: [&[&str]; 8] = [
    &["note", "juniper", "a word", "--queue", "--json"],
    &["note", "juniper", "a word that leaves at once", "--json"],
    &[
        "log",
        "juniper",
        "call: went well; next: send it by fri",
        "--json",
    ],
    &[
        "log",
        "juniper",
        "meeting: they stay; next: write it up by tue",
        "--queue",
        "--json",
    ],
    &["task", "add", "juniper", "think about it", "--json"],
    &["edit", "juniper", "FLIP", "--json"],
    &["sync", "--json"],
    &["sync", "--json"],
];

/// What was acknowledged, and how often somebody was killed.
#[derive(Debug, Default)]
struct Tally {
    kills: u32,
    in_the_cockpit: u32,
    /// Keys of entries that a program said were queued or sent.
    acknowledged: BTreeSet<String>,
    drafts: u32,
}

struct Bench {
    trial: Trial,
    dice: Dice,
    tally: Tally,
    /// The present of the next program.
    now: Timestamp,
    /// How long the programs live that nobody kills, by deed.
    lives: [Duration; DEEDS.len()],
}

impl Bench {
    fn new(seed: u64) -> Self {
        Self {
            trial: Trial::new(),
            dice: Dice(seed),
            tally: Tally::default(),
            now: crate::driver::NOW.parse().unwrap(),
            lives: [Duration::from_millis(100); DEEDS.len()],
        }
    }

    /// Until so many were killed.
    fn run(&mut self, kills: u32) {
        while self.tally.kills < kills {
            if self.dice.roll(4) == 0 {
                let spec = faults(&mut self.dice);
                self.trial.rig.server.set_faults(Faults::parse(&spec).unwrap());
            }
            if self.dice.roll(8) == 0 {
                self.cockpit();
            } else {
                self.command();
            }
            self.now += SignedDuration::from_secs(15);
            self.trial
                .rig
                .server
                .with_portal(|portal| portal.advance(Duration::from_secs(15)));
            assert_eq!(self.look(), Ok(()), "{:?}", self.tally);
        }
        self.trial.rig.server.set_faults(Faults::default());
    }

    /// A command that is killed somewhere, or nowhere.
    fn command(&mut self) {
        let deed = self.dice.roll(DEEDS.len() as u64) as usize;
        let flip = ["segment=enterprise", "segment=midmarket"][self.dice.roll(2) as usize];
        let words = DEEDS[deed]
            .iter()
            .map(|word| if *word == "FLIP" { &flip } else { word });
        let now = self.now.to_string();
        let words: Vec<&str> = words.chain([&"--now", &now.as_str()]).copied().collect();
        let begun = Instant::now();
        let mut child = self
            .trial
            .home
            .command(&words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moment = self.dice.roll(1_600) as f64 / 1_000.0;
        let end = begun + self.lives[deed].mul_f64(moment);
        let mut survived = false;
        while Instant::now() < end && !survived {
            survived = child.try_wait().unwrap().is_some();
            std::thread::sleep(Duration::from_micros(500));
        }
        if survived {
            self.lives[deed] = begun.elapsed();
        } else {
            // What nobody survives must live longer than was thought.
            self.lives[deed] = self.lives[deed].mul_f64(1.1);
            child.kill().unwrap();
        }
        let output = child.wait_with_output().unwrap();
        self.tally.kills += u32::from(output.status.code().is_none());
        self.take_note(&output);
    }

    /// What a program has said is acknowledged, also when it is killed right afterwards.
    fn take_note(&mut self, output: &Output) {
        let Ok(said) = serde_json::from_slice::<Value>(&output.stdout) else {
            return;
        };
        let entries = said["entries"].as_array().into_iter().flatten();
        let keys = entries.filter_map(|entry| entry["key"].as_str());
        self.tally.acknowledged.extend(keys.map(str::to_owned));
    }

    /// Notes that are typed into the cockpit, which is killed somewhere.
    fn cockpit(&mut self) {
        let before = self.trial.entries().len();
        let mut cockpit = Opening::new().now(&self.now.to_string()).begin(&self.trial.home);
        cockpit.shows("1 Accounts").press("/");
        cockpit.send_raw(b"juniper", 7).rest().press("<enter>");
        let notes = self.dice.roll(3) as usize;
        for number in 0..notes {
            cockpit
                .press("n")
                .send_raw(b"typed word", 10)
                .rest()
                .press("<ctrl-s>");
            // The form is gone only when the ledger has it.
            cockpit.hides("close, draft kept");
            let queued = self.trial.entries();
            assert_eq!(queued.len(), before + number + 1, "{}", cockpit.screen());
            self.tally.acknowledged.insert(queued[0].key.clone());
        }
        let text = format!("half a thought {}", self.tally.kills);
        let composes = self.dice.roll(2) == 0;
        if composes {
            cockpit.press("n").send_raw(&[0x15], 1).rest();
            cockpit
                .send_raw(text.as_bytes(), text.len() as u64)
                .rest()
                .press("<esc>");
        }
        match self.dice.roll(3) {
            0 => cockpit.send_raw(b"n", 1),
            1 => cockpit.send_raw(b"nx\x13", 3),
            _ => cockpit.send_raw(b"\x12", 1),
        };
        std::thread::sleep(Duration::from_millis(self.dice.roll(40)));
        cockpit.signal(Signal::KILL);
        assert!(!cockpit.ended().success());
        self.tally.kills += 1;
        self.tally.in_the_cockpit += 1;
        // What was queued after it ends a draft.
        if composes && self.trial.entries().len() == before + notes {
            let drafts = self.trial.ledger().drafts().unwrap();
            assert!(
                drafts.iter().any(|draft| draft.body.contains(&text)),
                "{text} of {drafts:?}"
            );
            self.tally.drafts += 1;
        }
    }

    /// Sound, and nothing that was acknowledged is gone; the error says what is wrong.
    fn look(&self) -> Result<(), String> {
        let path = self.trial.home.find("ledger.db");
        let ledger = Ledger::open_read_only(&path).map_err(|error| error.to_string())?;
        let problems = ledger.check().map_err(|error| error.to_string())?;
        if !problems.is_empty() {
            return Err(problems.join("; "));
        }
        let entries = ledger
            .outbox_recent(1_000_000)
            .map_err(|error| error.to_string())?;
        let keys: BTreeSet<String> = entries.into_iter().map(|entry| entry.key).collect();
        match self.tally.acknowledged.difference(&keys).next() {
            Some(gone) => Err(format!("{gone} was acknowledged and is gone")),
            None => Ok(()),
        }
    }
}

#[test]
fn what_was_acknowledged_survives_every_kill_once() {
    let mut bench = Bench::new(3);
    bench.run(crate::share(1_000));
    let ended = bench.trial.drain(bench.now);
    let Tally {
        kills,
        in_the_cockpit,
        acknowledged,
        drafts,
    } = &bench.tally;
    println!(
        "{kills} killed, {in_the_cockpit} of them in the cockpit; {} writes and {drafts} drafts acknowledged; {ended:?}",
        acknowledged.len()
    );
    assert_eq!((&ended.lost, &ended.doubled), (&Vec::new(), &Vec::new()));
    assert!(ended.sent > 5 && acknowledged.len() > 2, "{ended:?}");
}

/// Control: on a disk that drops what it says it has written, something acknowledged is gone, and that is seen.
#[test]
fn a_write_that_does_not_survive_is_seen() {
    let mut bench = Bench::new(3);
    let log = bench.trial.beside("log");
    let seen = (1..60).find_map(|nth| {
        let disk = BadDisk {
            calls: "write sync",
            nth,
            most: 1 << 40,
            errno: 0,
            sleep: 0,
        };
        let mut command = bench.trial.home.command(DEEDS[0]);
        let output = command
            .envs(disk.variables(&bench.trial.home, &log))
            .output()
            .unwrap();
        bench.take_note(&output);
        bench.look().err()
    });
    assert!(seen.is_some());
}
