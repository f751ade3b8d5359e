//! The thread that makes account lines and the desk anew after something was done on an account.
//!
//! It is apart from the thread that writes, so that what is done next never waits for it.

use std::collections::BTreeSet;
use std::sync::mpsc::Receiver;

use crate::app::{Msg, SyncMsg};
use crate::domain::record::RecordId;
use crate::engine::{self, What};

use super::compute::NICE;
use super::exec::Workshop;
use super::process;
use super::worker::{self, WorkerError};

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

fn rescore(workshop: &Workshop, accounts: &[RecordId]) -> Result<(), WorkerError> {
    let (mut stores, notices) = worker::open_stores(&workshop.setup, &workshop.paths)?;
    workshop.tell(notices);
    let (what, now) = (What::Accounts(accounts), workshop.clock.now());
    engine::refresh(&mut stores.cache, &mut stores.ledger, &workshop.setup, what, now)?;
    Ok(())
}
