//! The cockpit on a disk that fails: what is composed and queued by keys is kept, or the person is told, whatever call fails.

use std::collections::BTreeMap;

use retain::domain::outbox::{Field, Write};
use retain::domain::record::Core;

use super::Trial;
use super::disks::FAULTS;
use crate::driver::{BadDisk, Cockpit, Opening, until};
use crate::push::bench::Dice;

/// What stands above the form in which a note is written. Below it stands the way out, or that a draft is taken up.
const FORM: &str = "╭─ Note · ";

/// What came of one note.
#[derive(Debug, Default)]
struct Tally {
    fired: u32,
    /// Runs that ended before a note could be begun.
    never_began: u32,
    queued: u32,
    refused: u32,
    wrong: Vec<String>,
}

/// Waits until the cockpit rests; `false` when it has ended.
fn rests(cockpit: &mut Cockpit) -> bool {
    until("the cockpit to rest or to end", String::new, || {
        if cockpit.is_gone() {
            return Some(false);
        }
        cockpit.is_at_rest().then_some(true)
    })
}

/// Presses keys; `false` when the cockpit has ended.
fn keys(cockpit: &mut Cockpit, keys: &str) -> bool {
    cockpit.send_raw(keys.as_bytes(), keys.chars().count() as u64);
    rests(cockpit)
}

/// How many entries and drafts have a text.
fn kept(trial: &Trial, text: &str) -> (usize, usize) {
    let body = Field::Core(Core::Body);
    let is_it = |write: &Write| match write {
        Write::Create { fields, .. } => fields.get(&body).is_some_and(|body| body.contains(text)),
        _ => false,
    };
    let entries = trial.entries();
    let entries = entries.iter().filter(|entry| is_it(&entry.new.write));
    let drafts = trial.ledger().drafts().unwrap();
    let drafts = drafts.iter().filter(|draft| draft.body.contains(text));
    (entries.count(), drafts.count())
}

/// One session on a disk that fails somewhere: a note is written, queued, and the cockpit left.
fn compose(trial: &Trial, disk: BadDisk, text: &str, tally: &mut Tally) -> bool {
    let log = trial.beside("log");
    let _ = std::fs::remove_file(&log);
    // Where the ledger is, and what is kept beside it.
    let root = trial.home.path().join("state").display().to_string();
    let mut opening = Opening::new();
    for (name, value) in disk.variables(&trial.home, &log) {
        let value = if name == "BAD_DISK_ROOT" { &root } else { &value };
        opening = opening.variable(name, value);
    }
    let mut cockpit = opening.begin(&trial.home);
    let began = rests(&mut cockpit) && keys(&mut cockpit, "1n") && cockpit.screen().contains(FORM);
    let mut is_queued = false;
    if began && keys(&mut cockpit, text) && keys(&mut cockpit, "\x13") {
        is_queued = !cockpit.screen().contains(FORM);
    }
    if !cockpit.is_gone() {
        cockpit.send_raw(b"\x03", 1);
    }
    let status = cockpit.ended();
    if !log.exists() {
        return false;
    }
    tally.fired += 1;
    let hits = std::fs::read_to_string(&log).unwrap();
    let screen = cockpit.screen();
    let mut wrong = |what: &str| {
        let told = format!("{what}\n{text} with {disk:?}, hit at {hits}{status:?}\n{screen}");
        tally.wrong.push(told);
    };
    if status.exit_code() > 4 || screen.contains("panicked") {
        wrong("it panicked");
    }
    // What was kept in a file is taken over by whoever writes next.
    trial.home.run(&["task", "done", "1"]);
    let (entries, drafts) = kept(trial, text);
    if is_queued && entries == 0 {
        wrong("it was said to be queued and is not");
    }
    if entries > 1 {
        wrong("it is there twice");
    }
    if began && entries + drafts == 0 && !screen.contains(text) {
        wrong("it is lost");
    }
    tally.never_began += u32::from(!began);
    tally.queued += u32::from(is_queued);
    tally.refused += u32::from(began && !is_queued);
    true
}

/// A fault strikes among so many calls at least.
const LEAST: u64 = 8;

#[test]
fn what_is_composed_on_a_disk_that_fails_is_kept_or_the_person_is_told() {
    let trial = Trial::new();
    let (mut dice, mut tally) = (Dice(7), Tally::default());
    let mut most: BTreeMap<&str, u64> = BTreeMap::new();
    let mut runs = 0;
    // Until both ends were seen: with few draws all faults may strike before anything began.
    let one_sided = |tally: &Tally| tally.queued == 0 || tally.refused == 0;
    while tally.fired < crate::share(300) || (one_sided(&tally) && runs < 200) {
        runs += 1;
        let (calls, errors) = FAULTS[dice.roll(FAULTS.len() as u64) as usize];
        let bound = most.entry(calls).or_insert(64);
        let nth = 1 + dice.roll(*bound);
        let disk = BadDisk {
            calls,
            nth,
            most: if dice.roll(2) == 0 { 1 } else { 1 << 40 },
            errno: dice.one(errors),
            sleep: 0,
        };
        if !compose(&trial, disk, &format!("~note{runs}~"), &mut tally) {
            // Gently: one slow run must not have all later faults strike before anything began.
            let bound = most.entry(calls).or_default();
            *bound = (*bound * 3 / 4).max(LEAST);
        }
    }
    let ended = trial.drain(crate::driver::NOW.parse().unwrap());
    println!("{runs} runs; {tally:?}; {ended:?}");
    assert!(tally.wrong.is_empty(), "{:#?}", tally.wrong);
    assert_eq!((&ended.lost, &ended.doubled), (&Vec::new(), &Vec::new()));
    assert!(tally.queued > 0 && tally.refused > 0, "{tally:?}");
}
