//! The thread that is told when the cache changes, whichever process changed it.

use std::thread;
use std::time::Duration;

use crate::app::sync_line::{Progress, SyncLine};
use crate::app::{Failure, FailureKind, Msg, SyncMsg};
use crate::store::watch::Watcher;
use crate::sync::SyncStatus;
use crate::sync::status::DOCUMENT;

use super::exec::Workshop;
use super::process::is_alive;
use super::reader;

/// How long one wait lasts; it ends early on a change, and otherwise costs one wake-up.
const LONG: Duration = Duration::from_hours(1);
/// How often to look whether there is a cache at last.
const BEFORE_THE_FIRST_SYNC: Duration = Duration::from_secs(1);
/// Least time between two reloads: a first sync commits many pages a second.
const REST: Duration = Duration::from_millis(400);

/// Watches until the cockpit ends with the process.
pub fn run(workshop: &Workshop) {
    loop {
        match Watcher::new(&workshop.paths.cache_db) {
            Ok(mut watcher) => loop {
                if watcher.wait(LONG) {
                    tell(workshop);
                    thread::sleep(REST);
                }
            },
            Err(_) => thread::sleep(BEFORE_THE_FIRST_SYNC),
        }
    }
}

fn tell(workshop: &Workshop) {
    tell_line(workshop);
    workshop.address.send(Msg::Sync(SyncMsg::CacheChanged));
}

/// Tells where the sync stands.
pub fn tell_line(workshop: &Workshop) {
    if let Some(line) = line(workshop) {
        workshop.address.send(Msg::Sync(SyncMsg::Progressed(line)));
    }
}

/// Where the sync stands, as the cache tells every process; `None` before the first sync.
pub fn line(workshop: &Workshop) -> Option<SyncLine> {
    let cache = reader::cache(workshop).ok()??;
    let document = cache.document(DOCUMENT).ok()?;
    Some(sync_line(SyncStatus::parse(document.as_deref())))
}

/// The kept status as the header shows it. What a process left behind that is gone is not under way.
fn sync_line(status: SyncStatus) -> SyncLine {
    SyncLine {
        last_success: status.last_success,
        under_way: status.under_way.filter(|at| is_alive(at.pid)).map(|at| Progress {
            what: at.what,
            done: at.done,
            total: at.total,
        }),
        failed: status.failed.map(|failed| Failure {
            kind: FailureKind::Sync,
            summary: failed.what,
            hint: Some(failed.hint).filter(|hint| !hint.is_empty()),
            detail: None,
        }),
    }
}
