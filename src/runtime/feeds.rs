//! The thread that notices when a file was written that metrics come from, and takes it in.

use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::app::{Msg, SyncMsg};
use crate::config::Setup;
use crate::engine::EngineError;
use crate::engine::feeds::{Taken, import, stamps};
use crate::sync::Stores;
use crate::sync::status::{DOCUMENT, SyncStatus};

use super::compute::NICE;
use super::exec::Workshop;
use super::process;
use super::scoring;
use super::worker::{self, WorkerError};

/// How often the files are looked at: one question to the disk each.
const EVERY: Duration = Duration::from_secs(2);

/// Watches until the cockpit ends. Without such a file there is nothing to do.
pub fn run(workshop: &Workshop) {
    if workshop.setup.mapping.feeds().is_empty() {
        return;
    }
    process::step_behind(NICE);
    // What was written before the start is taken in by the first sync, and here where none comes.
    let (mut taken, mut before) = (None, None);
    loop {
        let now = Some(stamps(&workshop.setup));
        // One that changes from look to look is still being written.
        if now == before && now != taken && workshop.paths.cache_db.exists() {
            match take_alone(workshop) {
                Ok(true) => workshop.address.send(Msg::Sync(SyncMsg::CacheChanged)),
                Ok(false) => {}
                Err(error) => workshop.address.send(Msg::Failed(worker::failure(&error))),
            }
            taken.clone_from(&now);
        }
        before = now;
        thread::sleep(EVERY);
    }
}

/// What a sync does with them: files that name accounts which were not known are read again, and what is wrong is
/// kept for the notes of the sync.
pub fn take(setup: &Setup, stores: &mut Stores, now: Timestamp) -> Result<Taken, EngineError> {
    let taken = import(&mut stores.cache, &mut stores.ledger, setup, true, now)?;
    if !taken.wrong.is_empty() {
        let mut status = SyncStatus::parse(stores.cache.document(DOCUMENT)?.as_deref());
        status.warnings.extend(taken.wrong.iter().cloned());
        let json = serde_json::to_string(&status).map_err(EngineError::Json)?;
        stores.cache.put_document(DOCUMENT, &json)?;
    }
    Ok(taken)
}

/// Takes in what was written; tells whether anything is another now.
fn take_alone(workshop: &Workshop) -> Result<bool, WorkerError> {
    let (mut stores, notices) = worker::open_stores(&workshop.setup, &workshop.paths)?;
    workshop.tell(notices);
    let now = workshop.clock.now();
    // Twice, so that a file whose last line has no end is taken: it stayed as it was since the look before.
    let mut changed = Vec::new();
    for _ in 0..2 {
        let taken = import(&mut stores.cache, &mut stores.ledger, &workshop.setup, false, now)?;
        changed.extend(taken.changed);
    }
    if changed.is_empty() {
        return Ok(false);
    }
    scoring::anew(&workshop.setup, &mut stores, &changed, now)?;
    Ok(true)
}
