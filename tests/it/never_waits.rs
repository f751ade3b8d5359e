//! Typing never waits: letters appear while the CRM stalls, while another process has the databases locked, and while
//! the disk takes its time.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rustix::process::{Signal, kill_process};

use super::driver::{BadDisk, Cockpit, Crm, Home, Opening};

/// What is typed, letter by letter; it begins with one that is nowhere on the screen.
const TEXT: &str = "~ever so long a word";

/// How long a key took until its letter was on the screen, by hardship.
struct Times {
    what: &'static str,
    times: Vec<Duration>,
}

impl Times {
    fn new(what: &'static str) -> Self {
        Self {
            what,
            times: Vec::new(),
        }
    }

    /// One key, until the screen shows what it does.
    fn key(&mut self, cockpit: &mut Cockpit, bytes: &[u8], shows: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        cockpit.send_raw(bytes, 1).until(shows);
        self.times.push(begun.elapsed());
    }

    /// The figures; held against the promise only where the machine is measured and not tested.
    fn tell(mut self, quit: Duration) {
        self.times.sort();
        let at = |share: f64| {
            let place = (self.times.len() as f64 * share) as usize;
            self.times[place.min(self.times.len() - 1)].as_secs_f64() * 1e3
        };
        let (p50, p95, p99) = (at(0.5), at(0.95), at(0.99));
        let quit = quit.as_secs_f64() * 1e3;
        println!(
            "{}: {} keys, p50 {p50:.1} ms, p95 {p95:.1} ms, p99 {p99:.1} ms; quit {quit:.0} ms",
            self.what,
            self.times.len()
        );
        if crate::in_full() {
            assert!(p99 < 50.0 && quit < 1_000.0, "{}", self.what);
        }
    }
}

/// How often the text is typed and the list walked.
fn rounds() -> usize {
    crate::share(25) as usize
}

/// Types into the editor and walks through the list; `holds` must stay true all the while: that is the hardship.
fn type_and_walk(
    what: &'static str,
    cockpit: &mut Cockpit,
    holds: &mut dyn FnMut(&Cockpit) -> bool,
) -> Times {
    let mut times = Times::new(what);
    for _ in 0..rounds() {
        cockpit
            .send_raw(b"n", 1)
            .until(|screen| screen.contains("draft kept"));
        for end in 1..=TEXT.len() {
            times.key(cockpit, &TEXT.as_bytes()[end - 1..end], |screen| {
                screen.contains(&TEXT[..end])
            });
        }
        for end in (0..TEXT.len()).rev() {
            let gone = &TEXT[..=end];
            times.key(cockpit, b"\x7f", |screen| !screen.contains(gone));
        }
        cockpit
            .send_raw(b"\x1b", 1)
            .until(|screen| !screen.contains("draft kept"));
        let top = cursor(&cockpit.screen());
        for (key, at) in [(b"j", 1), (b"j", 2), (b"j", 3), (b"k", 2), (b"k", 1), (b"k", 0)] {
            times.key(cockpit, key, |screen| cursor(screen) == top + at);
        }
        assert!(holds(cockpit), "{what}: it was over before all was typed");
    }
    times
}

/// The row of the list that is chosen.
fn cursor(screen: &str) -> usize {
    screen.lines().position(|line| line.contains('▌')).unwrap_or(0)
}

/// Leaves, and tells how long that took.
fn quit(cockpit: &mut Cockpit) -> Duration {
    let begun = Instant::now();
    cockpit.send_raw(b"q", 1);
    cockpit.ended();
    begun.elapsed()
}

/// The cockpit with its list.
fn open(home: &Home, opening: Opening) -> Cockpit {
    let mut cockpit = opening.begin(home);
    cockpit.shows("2 Risk queue").shows("▌");
    cockpit
}

#[test]
fn letters_appear_while_the_crm_stalls() {
    let crm = Crm::with_faults("stall=1:60s");
    let home = Home::synced().writing_to(&crm);
    let mut cockpit = open(&home, Opening::new());
    cockpit.send_raw(b"\x12", 1);
    let times = type_and_walk("the CRM stalls for 60 s", &mut cockpit, &mut |cockpit| {
        cockpit.is_busy()
    });
    times.tell(quit(&mut cockpit));
}

/// A lock on a database that nobody else gets past.
fn lock(database: &Path) -> Connection {
    let connection = Connection::open(database).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

#[test]
fn letters_appear_while_the_databases_are_locked() {
    let home = Home::synced().writing();
    let mut cockpit = open(&home, Opening::new());
    cockpit.rest();
    let locks = [home.find("cache.db"), home.find("ledger.db")].map(|path| lock(&path));
    let mut holds = |_: &Cockpit| locks.iter().all(|lock| !lock.is_autocommit());
    let times = type_and_walk("the databases are locked", &mut cockpit, &mut holds);
    times.tell(quit(&mut cockpit));
}

#[test]
fn letters_appear_while_the_disk_takes_its_time() {
    let home = Home::synced().writing();
    let log = home.path().with_extension("log");
    let mut opening = Opening::new();
    for (name, value) in BadDisk::slow(500).variables(&home, &log) {
        opening = opening.variable(name, &value);
    }
    let mut cockpit = open(&home, opening);
    let times = type_and_walk("each sync of the disk takes 500 ms", &mut cockpit, &mut |_| true);
    times.tell(quit(&mut cockpit));
}

/// Control: of a cockpit that waits, here for a stopped process, the letter is not there, and the times tell it.
#[test]
fn a_cockpit_that_waits_is_seen() {
    let home = Home::synced().writing();
    let mut cockpit = open(&home, Opening::new());
    cockpit.rest().send_raw(b"n", 1).shows("draft kept");
    let mut times = Times::new("control");
    std::thread::scope(|scope| {
        let pid = cockpit.signal(Signal::STOP).pid();
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            kill_process(pid, Signal::CONT).unwrap();
        });
        times.key(&mut cockpit, b"~", |screen| screen.contains('~'));
    });
    assert!(times.times[0] > Duration::from_millis(50), "{:?}", times.times);
}
