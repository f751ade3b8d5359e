//! Accounts after the first sync: those that changed, came, left, were merged or deleted.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::error::SyncError;
use super::leaving::{Leaving, Why};
use super::merges::merged_ids;
use super::plan::Walk;
use super::reader::Branch;
use super::report::SyncEvent;
use super::session::{ACCOUNTS, Haul, Session};
use crate::crm::{Batch, Crm, Hit};
use crate::domain::record::{Kind, Record, RecordId};

/// Accounts that are read together.
const TOGETHER: usize = 500;

impl<C: Crm> Session<'_, C> {
    /// Mine or my team's: the whole set is searched each time, since it is small. What is newer there than here is
    /// read, and so is what the search does not have any more: it may have left, or the index may lag.
    pub fn search_scope(&mut self) -> Result<(), SyncError> {
        self.begin_pass(ACCOUNTS);
        let known_before = self.newest;
        let conditions = self.whose.conditions(self.mapping);
        let mut missed = self.accounts()?;
        let (mut wanted, mut found) = (Vec::new(), 0);
        let mut walk = Walk::everything();
        while let Some(search) = walk.search(Kind::Account, &conditions) {
            for Hit { id, changed } in walk.take(self.reader.search(&search)?) {
                missed.remove(&id);
                found += 1;
                let here = self.stores.cache.record(Kind::Account, &id)?;
                // The same stamp again may hide a second change in that millisecond.
                if here.is_none_or(|here| self.is_newer(changed, here.changed)) {
                    wanted.push(id);
                }
            }
        }
        self.report.compared = found + missed.len() as u64;
        wanted.extend(missed);
        wanted.extend(self.unknown(Kind::Account, self.whose.brought.clone())?);
        let leaving = self.read_accounts(&wanted)?;
        self.let_accounts_go(leaving)?;
        self.advance(Kind::Account, known_before)
    }

    /// Whether a record is to be read, by its stamp there and the one here.
    pub fn is_newer(&self, there: Timestamp, here: Timestamp) -> bool {
        there > here || (there == here && there >= self.recent())
    }

    /// Reads these accounts and keeps what they have become. Gives those that are to leave.
    pub fn read_accounts(&mut self, ids: &[RecordId]) -> Result<Vec<Leaving>, SyncError> {
        let mut leaving = Vec::new();
        for part in ids.chunks(TOGETHER) {
            let batch = self.reader.read(Kind::Account, part)?;
            leaving.extend(self.keep_accounts(batch)?);
        }
        Ok(leaving)
    }

    /// Lets go what the ledger has as being here and the cache has not, after everything was read: an account that went
    /// while there was no cache.
    pub fn let_lost_accounts_go(&mut self) -> Result<(), SyncError> {
        self.begin_pass("lost");
        let here = self.accounts()?;
        let lost: Vec<RecordId> = self.seen()?.difference(&here).cloned().collect();
        if lost.is_empty() {
            return Ok(());
        }
        let mut merged = BTreeMap::new();
        self.stores.cache.each_record(Kind::Account, &mut |account| {
            for old in merged_ids(&account) {
                merged.insert(old, account.id.clone());
            }
        })?;
        let batch = self.reader.read(Kind::Account, &lost)?;
        let mut leaving = Vec::new();
        for id in lost.into_iter().filter(|id| !batch.refused.contains(id)) {
            let why = match merged.get(&id) {
                Some(into) => {
                    self.stores
                        .ledger
                        .alias(Kind::Account, &id, into, self.options.now)?;
                    Why::Merged(into.clone())
                }
                None if batch.missing.contains(&id) => Why::Deleted,
                None => Why::Left,
            };
            leaving.push(Leaving {
                kind: Kind::Account,
                id,
                why,
            });
        }
        self.let_accounts_go(leaving)
    }

    /// Lets accounts go and tells so.
    pub fn let_accounts_go(&mut self, leaving: Vec<Leaving>) -> Result<(), SyncError> {
        let gone = self.let_go(leaving)?;
        self.tell_changed(gone);
        Ok(())
    }

    /// Tells that accounts changed, unless none did.
    pub fn tell_changed(&mut self, accounts: BTreeSet<RecordId>) {
        if !accounts.is_empty() {
            self.tell(SyncEvent::Changed {
                accounts: accounts.into_iter().collect(),
            });
        }
    }

    /// Keeps what a batch of accounts gave, new ones with what hangs on them. Gives those that are to leave.
    pub fn keep_accounts(&mut self, batch: Batch) -> Result<Vec<Leaving>, SyncError> {
        let mut records = batch.records;
        let merged = self.merged(&mut records, &batch.missing)?;
        let (stay, go): (Vec<Record>, Vec<Record>) = records
            .into_iter()
            .partition(|record| self.whose.holds(record, self.mapping));
        let mut fresh = self.unknown(Kind::Account, stay.iter().map(|account| account.id.clone()))?;
        // What hung on a merged account hangs on the other one now.
        fresh.extend(
            merged
                .values()
                .filter(|into| stay.iter().any(|record| record.id == **into))
                .cloned(),
        );
        fresh.sort();
        fresh.dedup();
        let branches = self.reader.families(&fresh, true)?;
        let touched = self.keep_family(stay, branches)?;
        self.tell_changed(touched);

        let mut leaving = Vec::new();
        for id in go.into_iter().map(|record| record.id).chain(batch.missing) {
            if self.has(Kind::Account, &id)? {
                let why = match merged.get(&id) {
                    Some(into) => Why::Merged(into.clone()),
                    None => Why::Left,
                };
                leaving.push(Leaving {
                    kind: Kind::Account,
                    id,
                    why,
                });
            }
        }
        Ok(leaving)
    }

    /// Keeps accounts with what hangs on them.
    pub fn keep_family(
        &mut self,
        records: Vec<Record>,
        branches: Vec<Branch>,
    ) -> Result<BTreeSet<RecordId>, SyncError> {
        let mut haul = Haul {
            records,
            ..Haul::default()
        };
        for branch in branches {
            haul.add(branch);
        }
        self.keep(haul)
    }

    /// Which of the accounts that are here live on under another id. An id that was merged away answers with the new
    /// record; the CRM's own list of merged ids may be incomplete, so each missing one is asked for by itself. What it lists
    /// and is not here any more, or never was, was settled before.
    fn merged(
        &mut self,
        records: &mut Vec<Record>,
        missing: &[RecordId],
    ) -> Result<BTreeMap<RecordId, RecordId>, SyncError> {
        let mut merged = BTreeMap::new();
        for record in records.iter() {
            for old in merged_ids(record) {
                if self.has(Kind::Account, &old)? {
                    merged.insert(old, record.id.clone());
                }
            }
        }
        for old in missing {
            if merged.contains_key(old) || !self.has(Kind::Account, old)? {
                continue;
            }
            for record in self
                .reader
                .read(Kind::Account, std::slice::from_ref(old))?
                .records
            {
                merged.insert(old.clone(), record.id.clone());
                if !records.iter().any(|known| known.id == record.id) {
                    records.push(record);
                }
            }
        }
        merged.retain(|old, new| old != new);
        for (old, new) in &merged {
            let now = self.options.now;
            self.stores.ledger.alias(Kind::Account, old, new, now)?;
        }
        Ok(merged)
    }
}
