//! The ledger is looked over whole once a day, so that damage where nothing reads is found while the CRM still has what
//! was lost. What is found is mended, and told, when the ledger is opened next.

use std::sync::Arc;
use std::thread::JoinHandle;

use jiff::{SignedDuration, Timestamp};

use crate::config::paths::ProfilePaths;
use crate::store::documents::LEDGER_LOOK;
use crate::store::{Cache, Ledger, Notice, StoreError, files};

/// How long after one look over the whole ledger the next one is due.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// A ledger below this size is looked over within a second, bytes. One with 100,000 accounts' first sync has 200 MB
/// and takes three.
const SMALL_LEDGER: u64 = 32 << 20;

/// When a look is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A person syncs: each time, unless that would take long, and once a day.
    ByHand,
    /// The cockpit syncs: once a day, and a large ledger beside the sync (see [`Lookout`]).
    InBackground,
}

/// Looks over the ledger before a sync, if that is due. What was wrong with the cache, which knows when it was looked
/// over last, is told here.
pub fn before_sync(
    paths: &ProfilePaths,
    occasion: Occasion,
    now: Timestamp,
) -> Result<Option<Notice>, StoreError> {
    // A cache that is made before the first ledger would make that one look like the successor of one that is gone.
    if !paths.ledger_db.exists() {
        return Ok(None);
    }
    let (mut cache, rebuilt) = Cache::open(&paths.cache_db)?;
    let is_due = match (occasion, is_small(paths)) {
        (Occasion::ByHand, true) => true,
        (Occasion::ByHand, false) | (Occasion::InBackground, true) => !is_recent(&cache, now)?,
        // Beside a sync the file system of a network has no room for a second reader.
        (Occasion::InBackground, false) => files::on_network(&paths.ledger_db) && !is_recent(&cache, now)?,
    };
    if is_due {
        look_over(paths, &mut cache, now)?;
    }
    Ok(rebuilt)
}

/// Looks over a large ledger beside the syncs, so that none waits for it.
#[derive(Debug, Default)]
pub struct Lookout(Option<JoinHandle<Result<(), StoreError>>>);

impl Lookout {
    /// Begins to look, if that is due and it does not look already.
    pub fn beside(&mut self, paths: &Arc<ProfilePaths>, now: Timestamp) {
        let looks = self.0.as_ref().is_some_and(|thread| !thread.is_finished());
        if looks || is_small(paths) || files::on_network(&paths.ledger_db) {
            return;
        }
        self.look(Arc::clone(paths), now);
    }

    /// Where it cannot be looked at, the sync says so itself.
    fn look(&mut self, paths: Arc<ProfilePaths>, now: Timestamp) {
        self.0 = Some(std::thread::spawn(move || {
            let (mut cache, _) = Cache::open(&paths.cache_db)?;
            if is_recent(&cache, now)? {
                return Ok(());
            }
            look_over(&paths, &mut cache, now)
        }));
    }
}

fn is_small(paths: &ProfilePaths) -> bool {
    std::fs::metadata(&paths.ledger_db).map_or(0, |found| found.len()) < SMALL_LEDGER
}

fn is_recent(cache: &Cache, now: Timestamp) -> Result<bool, StoreError> {
    let last: Option<Timestamp> = cache
        .document(LEDGER_LOOK)?
        .and_then(|json| serde_json::from_str(&json).ok());
    // One ahead of us means that the clock was wrong.
    Ok(last.is_some_and(|last| last <= now && now.duration_since(last) < LOOK_AGAIN))
}

fn look_over(paths: &ProfilePaths, cache: &mut Cache, now: Timestamp) -> Result<(), StoreError> {
    Ledger::look_over(&paths.ledger_db)?;
    cache.put_document(LEDGER_LOOK, &serde_json::to_string(&now).unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;
    use crate::config::paths::Places;
    use crate::store::inspect;

    /// A sound ledger and a cache in a directory of their own.
    fn profile() -> (tempfile::TempDir, Arc<ProfilePaths>) {
        let home = tempfile::tempdir().unwrap();
        let paths = Places::below(home.path()).profile("p", "hubspot", Some("1"));
        let (mut ledger, _) = Ledger::open(&paths.ledger_db, "t").unwrap();
        for minute in 0..400 {
            ledger
                .record_look(Timestamp::from_second(minute * 60).unwrap())
                .unwrap();
        }
        drop(ledger);
        drop(Cache::open(&paths.cache_db).unwrap());
        (home, Arc::new(paths))
    }

    /// Overwrites a few bytes of each page but the first ones, which say what tables there are.
    fn damage(paths: &ProfilePaths) {
        const PAGE: u64 = 4096;
        let file = std::fs::OpenOptions::new()
            .write(true)
            .open(&paths.ledger_db)
            .unwrap();
        let pages = file.metadata().unwrap().len() / PAGE;
        for page in pages / 2..pages {
            file.write_all_at(&[0xff; 64], page * PAGE + 3_500).unwrap();
        }
    }

    fn look(paths: &Arc<ProfilePaths>, now: Timestamp) {
        let mut lookout = Lookout::default();
        lookout.look(Arc::clone(paths), now);
        lookout.0.take().unwrap().join().unwrap().unwrap();
    }

    #[test]
    fn beside_a_sync_damage_is_found_for_the_next_start_and_a_look_a_day_is_enough() {
        let (_home, paths) = profile();
        let now = Timestamp::from_second(1_000_000).unwrap();
        look(&paths, now);
        assert!(!inspect::is_suspect(&paths.ledger_db), "it is sound");
        damage(&paths);
        let hours = |hours| now + SignedDuration::from_hours(hours);
        look(&paths, hours(23));
        assert!(!inspect::is_suspect(&paths.ledger_db), "looked at today");
        look(&paths, hours(24));
        assert!(inspect::is_suspect(&paths.ledger_db));
    }

    #[test]
    fn a_small_ledger_is_looked_over_before_the_sync() {
        let (_home, paths) = profile();
        let now = Timestamp::from_second(1_000_000).unwrap();
        damage(&paths);
        let mut lookout = Lookout::default();
        lookout.beside(&paths, now);
        assert!(lookout.0.is_none());
        before_sync(&paths, Occasion::InBackground, now).unwrap();
        assert!(inspect::is_suspect(&paths.ledger_db));
    }
}
