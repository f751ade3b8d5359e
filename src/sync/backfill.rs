//! Back-fill: what the mapped properties were before the ledger began, from the CRM's own property history.
//!
//! It runs after the list can be used, my accounts first. An account whose history was read is marked in the ledger;
//! until then nobody can tell how its values have changed. A mark in a ledger that was replaced since does not count: what
//! was read for it may be missing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::error::SyncError;
use super::observe::core_name;
use super::scope::csm;
use super::session::Session;
use crate::crm::{Crm, Histories};
use crate::domain::record::{Core, Kind, PastValue, RecordId};
use crate::store::{NewEvent, Observation, REPLACED, Source};

/// The journal's mark that an account's history was read.
pub const READ: &str = "history-read";

/// History is read for so many accounts at most; of the others nobody can tell until the ledger itself knows.
pub const MOST: usize = 5_000;

/// Accounts that are read together.
const TOGETHER: usize = 100;

impl<C: Crm> Session<'_, C> {
    /// Reads the history of accounts that are not marked yet, part by part.
    pub fn back_fill(&mut self) -> Result<(), SyncError> {
        let asked = self.asked();
        let marks = self.stores.ledger.events(None, &[READ, REPLACED])?;
        let replaced = marks.iter().rposition(|event| event.kind == REPLACED);
        let marked: BTreeSet<RecordId> = marks
            .into_iter()
            .skip(replaced.map_or(0, |at| at + 1))
            .filter(|event| event.payload["asked"] == json!(asked))
            .filter_map(|event| event.account)
            .collect();
        let wanted = self.unmarked(&marked)?;
        let total = wanted.len() as u64;
        for (part, accounts) in wanted.chunks(TOGETHER).enumerate() {
            self.back_fill_part(accounts, &asked)?;
            self.stage(
                "history",
                ((part * TOGETHER) + accounts.len()) as u64,
                Some(total),
            )?;
        }
        Ok(())
    }

    /// Unmarked accounts, mine first.
    fn unmarked(&self, marked: &BTreeSet<RecordId>) -> Result<Vec<RecordId>, SyncError> {
        if marked.len() >= MOST {
            return Ok(Vec::new());
        }
        let me = self.whose.me.as_ref().map(RecordId::as_str);
        let mut mine = Vec::new();
        let mut others = Vec::new();
        self.stores.cache.each_record(Kind::Account, &mut |account| {
            if !marked.contains(&account.id) {
                let is_mine = me.is_some() && csm(&account, self.mapping) == me;
                if is_mine { &mut mine } else { &mut others }.push(account.id);
            }
        })?;
        mine.extend(others);
        mine.truncate(MOST - marked.len());
        Ok(mine)
    }

    fn back_fill_part(&mut self, accounts: &[RecordId], asked: &str) -> Result<(), SyncError> {
        let now = self.options.now;
        let mut belongs: BTreeMap<RecordId, RecordId> = BTreeMap::new();
        for account in accounts {
            for contact in self
                .stores
                .cache
                .linked_ids((Kind::Account, account), Kind::Contact)?
            {
                belongs.entry(contact).or_insert_with(|| account.clone());
            }
        }
        let contacts: Vec<RecordId> = belongs.keys().cloned().collect();
        let (mut told, mut unread) = self.past(Kind::Account, accounts, &|_| None)?;
        let (of_contacts, refused) = self.past(Kind::Contact, &contacts, &|id| belongs.get(id).cloned())?;
        told.extend(of_contacts);
        unread.extend(refused.iter().filter_map(|contact| belongs.get(contact).cloned()));
        self.report.observed += self.stores.ledger.observe(&told, now)? as u64;
        // The marks come last: without them the same history is read again, which changes nothing.
        let mark = |account: &RecordId| NewEvent {
            account: Some(account.clone()),
            kind: READ.to_owned(),
            effective_at: now,
            payload: json!({ "asked": asked }),
        };
        // What was refused is asked again at the next sync.
        let read = accounts.iter().filter(|account| !unread.contains(account));
        let marks: Vec<NewEvent> = read.map(mark).collect();
        self.stores.ledger.append(&marks, now)?;
        self.tell_changed(accounts.iter().cloned().collect());
        Ok(())
    }

    /// What is asked for, as one short text: when another property is mapped, the history is read again.
    fn asked(&self) -> String {
        let mut asked = [Kind::Account, Kind::Contact].map(|kind| self.properties_with_past(kind));
        for names in &mut asked {
            names.sort();
        }
        let hash = Sha256::digest(format!("{asked:?}"));
        let number = hash
            .iter()
            .take(8)
            .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        format!("{number:016x}")
    }

    fn properties_with_past(&self, kind: Kind) -> Vec<String> {
        let mut properties = self.reader.properties(kind).to_vec();
        if kind == Kind::Account {
            properties.extend([Core::Name, Core::Owner].map(core_name));
        }
        properties
    }

    /// What was, and of whom the CRM would not answer.
    fn past(
        &self,
        kind: Kind,
        ids: &[RecordId],
        account: &dyn Fn(&RecordId) -> Option<RecordId>,
    ) -> Result<(Vec<Observation>, Vec<RecordId>), SyncError> {
        let properties = self.properties_with_past(kind);
        if ids.is_empty() || properties.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let Histories { values, refused } = self.reader.history(kind, ids, &properties)?;
        let mut by_moment: BTreeMap<(RecordId, Timestamp), BTreeMap<String, Option<String>>> =
            BTreeMap::new();
        for PastValue {
            id,
            property,
            value,
            at,
            ..
        } in values
        {
            by_moment
                .entry((id, at))
                .or_default()
                .insert(property, value.filter(|value| !value.is_empty()));
        }
        let observation = |((record, effective_at), fields)| Observation {
            account: account(&record),
            kind,
            record,
            source: Source::History,
            effective_at,
            fields,
        };
        Ok((by_moment.into_iter().map(observation).collect(), refused))
    }
}
