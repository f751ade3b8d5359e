//! Whose turn it is: the order of the outbox, by the names under which records are known by now.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Pusher;
use crate::crm::CrmWrite;
use crate::domain::outbox::{Entry, EntryId, State, Target, Write, due};
use crate::domain::record::{Kind, RecordId};
use crate::store::{Ledger, StoreError};
use crate::sync::error::SyncError;

/// Whether something waits that was queued and whose turn has come; what was tried before is none.
pub fn has_queued(ledger: &Ledger, now: Timestamp) -> Result<bool, StoreError> {
    let open = ledger.outbox_open()?;
    let due = due_by_names(ledger, &open, now)?;
    let mut queued = open.iter().filter(|entry| entry.state == State::Queued);
    Ok(queued.any(|entry| due.contains(&entry.id)))
}

/// Those of the open entries that may leave now. One record may have several names: the entry that makes it and
/// the id that it got, or two ids of which one was merged away. Entries on it keep their order all the same.
fn due_by_names(ledger: &Ledger, open: &[Entry], now: Timestamp) -> Result<BTreeSet<EntryId>, StoreError> {
    let mut named: Vec<Entry> = open.to_vec();
    for entry in named.iter_mut().filter(|entry| !entry.state.is_final()) {
        if let Write::Update { kind, target, .. } | Write::Archive { kind, target } = &mut entry.new.write
            && let Some(id) = resolved(ledger, *kind, target)?
        {
            *target = Target::Record(id);
        }
    }
    Ok(due(&named, now).into_iter().collect())
}

/// The record that an entry writes to or links to, as it is known by now.
fn resolved(ledger: &Ledger, kind: Kind, target: &Target) -> Result<Option<RecordId>, StoreError> {
    let id = match target {
        Target::Record(id) => Some(id.clone()),
        Target::Entry(other) => {
            let other = ledger.entry(*other)?;
            let other = other.filter(|other| other.state == State::Sent);
            other
                .and_then(|other| other.receipt)
                .map(|receipt| receipt.record)
        }
    };
    id.map(|id| ledger.resolve(kind, &id)).transpose()
}

impl<C: CrmWrite> Pusher<'_, C> {
    /// Those of the open entries that may leave now.
    pub(super) fn due(&self, open: &[Entry]) -> Result<BTreeSet<EntryId>, SyncError> {
        Ok(due_by_names(&self.stores.ledger, open, self.now())?)
    }

    /// What may leave now and had no attempt in this push.
    pub(super) fn next_wave(&mut self) -> Result<Vec<Entry>, SyncError> {
        self.park_forsaken()?;
        let open = self.stores.ledger.outbox_open()?;
        let due = self.due(&open)?;
        let fresh = |entry: &Entry| due.contains(&entry.id) && !self.tried.contains(&entry.id);
        Ok(open.into_iter().filter(fresh).collect())
    }

    /// The record that an entry writes to or links to, as it is known by now.
    pub(super) fn resolved(&self, kind: Kind, target: &Target) -> Result<Option<RecordId>, SyncError> {
        Ok(resolved(&self.stores.ledger, kind, target)?)
    }
}
