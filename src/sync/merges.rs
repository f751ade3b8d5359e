//! Records that were merged into another: what is known, or waits, under the old id goes on under the new one.

use std::collections::{BTreeMap, BTreeSet};

use super::error::SyncError;
use super::session::Session;
use crate::crm::{Batch, Crm};
use crate::domain::record::{Core, Kind, Record, RecordId};

/// The kinds that a CRM merges and that hang on accounts.
pub const MERGEABLE: [Kind; 3] = [Kind::Contract, Kind::Contact, Kind::Ticket];

impl<C: Crm> Session<'_, C> {
    /// Notes which records of the cache live on in this one, as far as the CRM lists them.
    pub fn note_merged(&mut self, record: &Record) -> Result<(), SyncError> {
        if !MERGEABLE.contains(&record.kind) {
            return Ok(());
        }
        for old in merged_ids(record) {
            if self.has(record.kind, &old)? {
                let now = self.options.now;
                self.stores.ledger.alias(record.kind, &old, &record.id, now)?;
            }
        }
        Ok(())
    }

    /// Which of the ids that a batch has no record of live on under another one, which is noted. The CRM's own list of
    /// merged ids may be incomplete; but who answers without having been asked for does so for an id of the batch.
    pub fn living_on(
        &mut self,
        kind: Kind,
        asked: &[RecordId],
        batch: &Batch,
    ) -> Result<BTreeMap<RecordId, RecordId>, SyncError> {
        let asked: BTreeSet<&RecordId> = asked.iter().collect();
        let survivors = batch.records.iter().filter(|record| !asked.contains(&record.id));
        let survivors: Vec<&Record> = survivors.collect();
        let listed: BTreeMap<RecordId, &Record> = survivors
            .iter()
            .flat_map(|record| merged_ids(record).map(|old| (old, *record)))
            .collect();
        let mut merged = BTreeMap::new();
        for old in &batch.missing {
            let known = self.stores.ledger.resolve(kind, old)?;
            let into = match listed.get(old) {
                Some(record) => Some(record.id.clone()),
                None if known != *old => Some(known),
                None if survivors.is_empty() => None,
                None => self.lives_on_in(kind, old)?,
            };
            if let Some(into) = into {
                let now = self.options.now;
                self.stores.ledger.alias(kind, old, &into, now)?;
                merged.insert(old.clone(), into);
            }
        }
        Ok(merged)
    }

    /// The record that answers for an id when it is asked for by itself, if that is another one.
    fn lives_on_in(&self, kind: Kind, old: &RecordId) -> Result<Option<RecordId>, SyncError> {
        let alone = self.reader.read(kind, std::slice::from_ref(old))?.records;
        let other = alone.into_iter().map(|record| record.id).find(|id| id != old);
        Ok(other)
    }
}

/// The ids that were merged into this record, as far as the CRM lists them.
pub fn merged_ids(record: &Record) -> impl Iterator<Item = RecordId> {
    record
        .core(Core::MergedIds)
        .into_iter()
        .flat_map(|ids| ids.split(';'))
        .map(|id| RecordId::from(id.trim()))
}
