//! The threads that are told when the cache or the outbox changes, whichever process changed it.

use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::app::sync_line::{Progress, SyncLine};
use crate::app::{Failure, Msg, OutboxMsg, SyncMsg};
use crate::store::watch::Watcher;
use crate::store::{Cache, Ledger, StoreError};
use crate::sync::SyncStatus;
use crate::sync::status::{DOCUMENT, HEARTBEAT, LIMITED};

use super::clock::Clock;
use super::exec::Workshop;
use super::process::is_alive;
use super::reader;
use super::worker::kind_of;

/// How long one wait lasts; it ends early on a change, and otherwise costs one wake-up.
const LONG: Duration = Duration::from_hours(1);
/// How often to look whether there is a cache at last.
const BEFORE_THE_FIRST_SYNC: Duration = Duration::from_secs(1);
/// Least time between two looks: a first sync commits many pages a second.
const REST: Duration = Duration::from_millis(400);
/// Least time between two reloads while changes keep coming, from a sync or from scoring: each one reads the whole book.
/// Other programs' changes show within two seconds.
const RELOAD: Duration = Duration::from_millis(1_500);

/// Watches until the cockpit ends with the process.
pub fn run(workshop: &Workshop) {
    let mut reloads = Reloads::new(generation(workshop).unwrap_or(0));
    loop {
        match Watcher::of_cache(&workshop.paths.cache_db) {
            Ok(mut watcher) => loop {
                // The first look is before the first wait: the cache may have come between two of them.
                look(workshop, &mut reloads);
                if watcher.wait(reloads.patience(Instant::now())) {
                    tell_line(workshop);
                    look(workshop, &mut reloads);
                    thread::sleep(REST);
                }
            },
            Err(_) => thread::sleep(BEFORE_THE_FIRST_SYNC),
        }
    }
}

/// Tells when anything was added to the outbox, or a draft came or went, until the cockpit ends with the process.
pub fn outbox(workshop: &Workshop) {
    let length = || {
        let ledger = Ledger::open_read_only(&workshop.paths.ledger_db);
        let lengths = ledger.and_then(|ledger| Ok((ledger.outbox_length()?, ledger.drafts_count()?)));
        lengths.unwrap_or_default()
    };
    let mut seen = length();
    loop {
        match Watcher::of_ledger(&workshop.paths.ledger_db) {
            Ok(mut watcher) => loop {
                // The first look is before the first wait, as above.
                let now = length();
                if now != seen {
                    seen = now;
                    workshop.address.send(Msg::Outbox(OutboxMsg::Changed));
                }
                if watcher.wait(LONG) {
                    thread::sleep(REST);
                }
            },
            Err(_) => thread::sleep(BEFORE_THE_FIRST_SYNC),
        }
    }
}

/// Has book, desk and open account read again if they changed and it is time.
fn look(workshop: &Workshop, reloads: &mut Reloads) {
    let Ok(Some(cache)) = reader::cache(workshop) else {
        return;
    };
    let Ok(generation) = cache.generation() else {
        return;
    };
    if reloads.is_due(generation, Instant::now()) {
        workshop.address.send(Msg::Sync(SyncMsg::CacheChanged));
    }
}

/// When to read everything again: only after a change of what shows, and not too often.
#[derive(Debug)]
struct Reloads {
    seen: u64,
    last: Option<Instant>,
    /// Whether a change waits until the last reload is long enough ago.
    waiting: bool,
}

impl Reloads {
    fn new(seen: u64) -> Self {
        Self {
            seen,
            last: None,
            waiting: false,
        }
    }

    fn is_due(&mut self, generation: u64, now: Instant) -> bool {
        let rested = self
            .last
            .is_none_or(|last| now.saturating_duration_since(last) >= RELOAD);
        self.waiting = generation != self.seen && !rested;
        let due = generation != self.seen && !self.waiting;
        if due {
            (self.seen, self.last) = (generation, Some(now));
        }
        due
    }

    /// How long to wait for the next commit.
    fn patience(&self, now: Instant) -> Duration {
        match self.last {
            Some(last) if self.waiting => (last + RELOAD).saturating_duration_since(now),
            _ => LONG,
        }
    }
}

/// Which state of what shows the cache holds; `None` before the first sync.
pub fn generation(workshop: &Workshop) -> Option<u64> {
    reader::cache(workshop).ok()??.generation().ok()
}

/// Tells where the sync stands.
pub fn tell_line(workshop: &Workshop) {
    if let Ok(Some(cache)) = reader::cache(workshop) {
        tell_line_of(workshop, &cache);
    }
}

/// Tells where the sync stands by a cache that is open already.
pub fn tell_line_of(workshop: &Workshop, cache: &Cache) {
    if let Ok(line) = line_of(cache, every(workshop)) {
        workshop.address.send(Msg::Sync(SyncMsg::Progressed(line)));
    }
}

/// Where the sync stands, as the cache tells every process; `None` before the first sync.
pub fn line(workshop: &Workshop) -> Option<SyncLine> {
    line_of(&reader::cache(workshop).ok()??, every(workshop)).ok()
}

/// How far apart syncs are by the settings; by a clock that stands still none comes by itself.
fn every(workshop: &Workshop) -> Option<SignedDuration> {
    (workshop.clock == Clock::System).then(|| workshop.setup.settings.sync.interval())
}

/// The same, from a cache that is open; `every` is how far apart syncs are by the settings, if any comes by itself.
pub fn line_of(cache: &Cache, every: Option<SignedDuration>) -> Result<SyncLine, StoreError> {
    let status = SyncStatus::parse(cache.document(DOCUMENT)?.as_deref());
    let instant = |name| -> Result<Option<Timestamp>, StoreError> {
        let json = cache.document(name)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()?))
    };
    Ok(sync_line(status, (instant(HEARTBEAT)?, instant(LIMITED)?), every))
}

/// The kept status as the header shows it. What a process left behind that is gone is not under way.
/// It goes by when the CRM last answered, and since when it makes the sync wait.
fn sync_line(
    status: SyncStatus,
    (beat, limited): (Option<Timestamp>, Option<Timestamp>),
    every: Option<SignedDuration>,
) -> SyncLine {
    let spaced = status.spaced.and_then(|seconds| i64::try_from(seconds).ok());
    SyncLine {
        every: every.map(|every| every.max(spaced.map_or(every, SignedDuration::from_secs))),
        not_before: status.not_before,
        kept_by: None,
        last_success: status.last_success,
        under_way: status.under_way.filter(|at| is_alive(at.pid)).map(|at| Progress {
            what: at.what,
            done: at.done,
            total: at.total,
            moved: at.moved.max(beat.filter(|beat| *beat >= at.since)),
            limited: limited.is_some_and(|limited| limited >= at.since),
        }),
        failed: status.failed.map(|failed| Failure {
            kind: kind_of(failed.cause),
            summary: failed.what,
            hint: Some(failed.hint).filter(|hint| !hint.is_empty()),
            detail: None,
        }),
        notes: status.warnings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_read_again_when_it_changed_and_not_too_often() {
        let begin = Instant::now();
        let after = |millis| begin + Duration::from_millis(millis);
        let mut reloads = Reloads::new(7);
        assert!(!reloads.is_due(7, begin), "a commit that shows nothing new");
        assert_eq!(reloads.patience(begin), LONG);
        assert!(reloads.is_due(8, begin));
        assert!(!reloads.is_due(9, after(400)), "the book was read just now");
        assert_eq!(reloads.patience(after(500)), Duration::from_secs(1));
        assert!(reloads.is_due(9, after(1_500)));
        assert!(!reloads.is_due(9, after(9_000)));
        assert!(reloads.is_due(10, after(9_000)), "after a rest at once");
    }
}
