//! The real program under hardship, run after run on one home: what was acknowledged is there, once, at the end.

mod composing;
mod disks;
mod kills;

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use retain::domain::outbox::{Entry, State, Write};
use retain::domain::record::Kind;
use retain::store::{Cache, Ledger};
use retain::sync::Scope;

use super::driver::Home;
use super::push::bench::made_for;
use super::rig::Rig;

/// Hours after a trial at which it is synced again: every wait of the outbox is over, one after the other.
const LATER: [i64; 4] = [1, 3, 7, 24];

/// A home, and the CRM that it talks to, in this process.
struct Trial {
    rig: Rig,
    home: Home,
}

/// How everything that was queued ended.
#[derive(Debug, Default)]
struct Ended {
    sent: u32,
    taken_back: u32,
    /// Without an answer and without a key in the CRM: a person's to decide.
    unknown: u32,
    conflicts: u32,
    lost: Vec<String>,
    doubled: Vec<String>,
}

impl Trial {
    fn new() -> Self {
        let rig = Rig::new(Scope::Me, 10);
        let home = Home::of(&rig.server.url(), &rig.server.token, rig.server.portal).writing();
        let trial = Self { rig, home };
        trial.sync();
        trial
    }

    /// A sync without hardship, which must succeed.
    fn sync(&self) {
        let output = self.home.run(&["sync"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }

    /// A file beside the home.
    fn beside(&self, name: &str) -> PathBuf {
        self.home.path().with_extension(name)
    }

    /// The ledger, which must open without a notice.
    fn ledger(&self) -> Ledger {
        let (ledger, notice) = Ledger::open(&self.home.find("ledger.db"), "the test").unwrap();
        assert_eq!(notice, None);
        ledger
    }

    /// All that was ever queued.
    fn entries(&self) -> Vec<Entry> {
        self.ledger().outbox_recent(1_000_000).unwrap()
    }

    /// Whether the cache was thrown away and not filled yet.
    fn is_without_cache(&self) -> bool {
        let cache = super::driver::files(self.home.path())
            .into_iter()
            .find(|path| path.file_name().is_some_and(|name| name == "cache.db"));
        let count = cache.and_then(|path| Cache::open_read_only(&path).ok()?.count(Kind::Account).ok());
        count.unwrap_or(0) == 0
    }

    /// Syncs without hardship until nothing is left to do by itself, and holds the outbox against the CRM.
    fn drain(&self, now: Timestamp) -> Ended {
        for hours in LATER {
            let now = (now + SignedDuration::from_hours(hours)).to_string();
            let output = self.home.run(&["sync", "--now", &now]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}");
        }
        assert_eq!(self.ledger().check().unwrap(), [""; 0]);
        let mut ended = Ended::default();
        for entry in self.entries() {
            self.judge(&entry, &mut ended);
        }
        ended
    }

    fn judge(&self, entry: &Entry, ended: &mut Ended) {
        let is_new = matches!(entry.new.write, Write::Create { .. });
        let made = if is_new {
            made_for(&self.rig.server, entry).len()
        } else {
            0
        };
        let told = || {
            format!(
                "{} is {:?} and there {made} times: {:?}",
                entry.new.title, entry.state, entry.said
            )
        };
        if made > 1 {
            ended.doubled.push(told());
        }
        match entry.state {
            State::Sent => {
                ended.sent += 1;
                if is_new && made == 0 {
                    ended.lost.push(told());
                }
            }
            State::TakenBack if made == 0 => ended.taken_back += 1,
            State::Unknown => ended.unknown += 1,
            State::Conflict => ended.conflicts += 1,
            _ => ended.lost.push(told()),
        }
    }
}
