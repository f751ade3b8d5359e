//! Whose turn it is: the order of the outbox, by the names under which records are known by now.

use std::collections::BTreeSet;

use super::Pusher;
use crate::crm::CrmWrite;
use crate::domain::outbox::{Entry, EntryId, State, Target, Write, due};
use crate::domain::record::{Kind, RecordId};
use crate::sync::error::SyncError;

impl<C: CrmWrite> Pusher<'_, C> {
    /// Those of the open entries that may leave now. One record may have several names: the entry that makes it and
    /// the id that it got, or two ids of which one was merged away. Entries on it keep their order all the same.
    pub(super) fn due(&self, open: &[Entry]) -> Result<BTreeSet<EntryId>, SyncError> {
        let mut named: Vec<Entry> = open.to_vec();
        for entry in named.iter_mut().filter(|entry| !entry.state.is_final()) {
            if let Write::Update { kind, target, .. } | Write::Archive { kind, target } = &mut entry.new.write
                && let Some(id) = self.resolved(*kind, target)?
            {
                *target = Target::Record(id);
            }
        }
        Ok(due(&named, self.now()).into_iter().collect())
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
        let id = match target {
            Target::Record(id) => Some(id.clone()),
            Target::Entry(other) => {
                let other = self.stores.ledger.entry(*other)?;
                let other = other.filter(|other| other.state == State::Sent);
                other
                    .and_then(|other| other.receipt)
                    .map(|receipt| receipt.record)
            }
        };
        Ok(match id {
            Some(id) => Some(self.stores.ledger.resolve(kind, &id)?),
            None => None,
        })
    }
}
