//! Erasure: the one thing that takes rows out of the ledger, for people whom the CRM has deleted for good.

use rusqlite::params;

use crate::domain::record::{Kind, RecordId};

use super::cache::Cache;
use super::error::StoreError;
use super::key::{Key, id_at};
use super::ledger::Ledger;

impl Ledger {
    /// The records of a kind of which anything was observed.
    pub fn observed(&self, kind: Kind) -> Result<Vec<RecordId>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached("SELECT DISTINCT record FROM observations WHERE kind = ?1")?
                .query_map([kind as u8], |row| id_at(row, 0).map(RecordId))?
                .collect()
        })
    }

    /// Erases everything that was observed of a record, and gives how many rows that were. Their bytes are overwritten
    /// in the database; call [`Ledger::empty_log`] after the last one.
    pub fn erase(&mut self, kind: Kind, record: &RecordId) -> Result<usize, StoreError> {
        self.database.write(|transaction| {
            transaction
                .prepare_cached("DELETE FROM observations WHERE kind = ?1 AND record = ?2")?
                .execute(params![kind as u8, Key(record.as_str())])
        })
    }

    /// Brings the write-ahead log into the database and empties it, as it holds what was there before an erasure.
    /// `false` while somebody reads; the next call does it.
    pub fn empty_log(&self) -> Result<bool, StoreError> {
        self.database.empty_log()
    }
}

impl Cache {
    /// The same for the cache, which forgets a record as soon as the CRM archives it.
    pub fn empty_log(&self) -> Result<bool, StoreError> {
        self.database.empty_log()
    }
}

/// What the ledger notes about a contact that the CRM archives, brings back or deletes: ids only, nothing personal.
pub mod contact {
    /// The CRM has archived or deleted it.
    pub const GONE: &str = "contact-gone";
    /// It is here again.
    pub const BACK: &str = "contact-back";
    /// What was observed of it is erased.
    pub const ERASED: &str = "contact-erased";
}
