//! What was held to be changed, and whose program is gone, is let go.

use jiff::Timestamp;

use super::{after, insert_step};
use crate::domain::outbox::{Entry, EntryId, Step};
use crate::store::error::StoreError;
use crate::store::keeper::is_gone;
use crate::store::ledger::Ledger;

impl Ledger {
    /// Lets go what a program held that is gone: it has its grace anew. Says what that was. What is returned is on disk.
    pub fn let_go_of_the_gone(&mut self, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let open = self.outbox_open()?;
        let left: Vec<EntryId> = open
            .iter()
            .filter(|entry| is_left(entry, now))
            .map(|entry| entry.id)
            .collect();
        if left.is_empty() {
            return Ok(Vec::new());
        }
        self.write_numbered(|transaction, folded| {
            let mut free = Vec::new();
            for id in left {
                // Another program may have taken it up meanwhile.
                let entry = folded.entry(transaction, id)?;
                if let Some(entry) = entry.filter(|entry| is_left(entry, now)) {
                    let sequence = folded.next_step() + free.len() as i64;
                    insert_step(transaction, sequence, id, &Step::Released, now)?;
                    free.push(after(entry, &Step::Released, now));
                }
            }
            Ok(free)
        })
    }
}

/// Whether a program holds an entry that is gone.
pub fn is_left(entry: &Entry, now: Timestamp) -> bool {
    entry.is_held(now) && entry.held_by.as_ref().is_some_and(is_gone)
}
