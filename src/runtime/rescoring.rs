//! Makes account lines and the desk anew without a sync: after something was done on an account, and at the start where
//! another configuration or another day scored them.
//!
//! The former has a thread apart from the one that writes, so that what is done next never waits for it; the latter
//! is for the thread that syncs, which scores too and has the lock for it.

use std::collections::BTreeSet;
use std::sync::mpsc::Receiver;

use crate::app::{Msg, SyncMsg};
use crate::domain::record::RecordId;
use crate::engine::{self, What};
use crate::store::lock::SyncLock;

use super::compute::NICE;
use super::exec::Workshop;
use super::scoring;
use super::worker::{self, WorkerError};
use super::{process, reader};

/// Makes accounts anew until the cockpit ends; those that wait together are done together.
pub fn run(workshop: &Workshop, orders: &Receiver<Vec<RecordId>>) {
    process::step_behind(NICE);
    while let Ok(first) = orders.recv() {
        let mut waiting = vec![first];
        waiting.extend(orders.try_iter());
        let count = waiting.len();
        let accounts: BTreeSet<RecordId> = waiting.into_iter().flatten().collect();
        let accounts: Vec<RecordId> = accounts.into_iter().collect();
        workshop.address.send(match rescore(workshop, &accounts) {
            Ok(()) => Msg::Sync(SyncMsg::CacheChanged),
            Err(error) => Msg::Failed(worker::failure(&error)),
        });
        for _ in 0..count {
            workshop.done();
        }
    }
}

/// Scores everything by the configuration in force where that is not done. Where the files cannot be written, or another
/// program is at them, the lists stay as they are, and say by what they are scored.
pub fn catch_up(workshop: &Workshop) {
    tell_model(workshop);
    match caught_up(workshop) {
        Ok(true) => {
            workshop.address.send(Msg::Sync(SyncMsg::CacheChanged));
            tell_model(workshop);
        }
        Ok(false) | Err(WorkerError::Store(_)) => {}
        Err(error) => workshop.address.send(Msg::Failed(worker::failure(&error))),
    }
}

/// Tells whether the lists are those of the former model.
pub fn tell_model(workshop: &Workshop) {
    let now = workshop.clock.now();
    if let Ok(Some(cache)) = reader::cache(workshop)
        && let Ok(former) = scoring::is_by_former(&cache, &workshop.setup, now)
    {
        workshop.address.send(Msg::Sync(SyncMsg::ByFormerModel(former)));
    }
}

fn caught_up(workshop: &Workshop) -> Result<bool, WorkerError> {
    let now = workshop.clock.now();
    match reader::cache(workshop)? {
        Some(cache) if scoring::is_behind(&cache, &workshop.setup, now)? => {}
        _ => return Ok(false),
    }
    let Ok(_lock) = SyncLock::acquire(&workshop.paths.lock)? else {
        return Ok(false);
    };
    let (mut stores, notices) = worker::open_stores(&workshop.setup, &workshop.paths)?;
    workshop.tell(notices);
    for (name, text) in workshop.texts.iter() {
        stores.ledger.keep_file(name, text, now)?;
    }
    scoring::catch_up(&workshop.setup, &mut stores, now)?;
    Ok(true)
}

fn rescore(workshop: &Workshop, accounts: &[RecordId]) -> Result<(), WorkerError> {
    let (mut stores, notices) = worker::open_stores(&workshop.setup, &workshop.paths)?;
    workshop.tell(notices);
    let (what, now) = (What::Accounts(accounts), workshop.clock.now());
    engine::refresh(&mut stores.cache, &mut stores.ledger, &workshop.setup, what, now)?;
    Ok(())
}
