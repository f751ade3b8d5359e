//! Contacts whom the CRM archives or deletes: their departure is noted at once, their traces are erased at last.
//!
//! An archived contact can be restored for months, so the ledger keeps what it knows of it. Once the CRM does not list
//! it even as archived, the person was deleted for good, and what was observed of it is erased: the one exception from
//! the rule that history is only added to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::error::SyncError;
use super::plan;
use super::session::Session;
use crate::crm::Crm;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::store::NewEvent;
use crate::store::erase::Person;
use crate::store::erase::contact::{BACK, ERASED, GONE};

/// Name of the cache document with the names of contacts that left it.
const NAMES: &str = "departed-names";
/// Contacts that are asked for together.
const TOGETHER: usize = 500;
/// Name of the stream that keeps up to whom those that ever left the cache were asked for.
const ASKED: &str = "departed";
/// So many of them at least are asked for in each sweep.
const MOST: usize = 1_000;
/// Within so many sweeps each of them is asked for.
const SWEEPS: usize = 14;

impl<C: Crm> Session<'_, C> {
    /// Contacts that the CRM had archived or deleted when this was first asked, and that have not come back.
    fn departed(&mut self) -> Result<&mut BTreeSet<RecordId>, SyncError> {
        if self.departed.is_none() {
            let mut departed = BTreeSet::new();
            for event in self.stores.ledger.events(None, &[GONE, BACK])? {
                let Some(id) = event.payload["contact"].as_str().map(RecordId::from) else {
                    continue;
                };
                if event.kind == GONE {
                    departed.insert(id);
                } else {
                    departed.remove(&id);
                }
            }
            self.departed = Some(departed);
        }
        Ok(self.departed.get_or_insert_default())
    }

    /// What is to be noted when the CRM has a contact no more; nothing when it is noted already.
    pub fn departure(&mut self, contact: &RecordId) -> Result<Option<NewEvent>, SyncError> {
        let account = self
            .stores
            .cache
            .linked_ids((Kind::Contact, contact), Kind::Account)?;
        let is_news = self.departed()?.insert(contact.clone());
        Ok(is_news.then(|| self.about(GONE, contact, account.into_iter().next())))
    }

    /// What is to be noted when a contact is new in the cache; nothing unless it had gone.
    pub fn comeback(
        &mut self,
        contact: &RecordId,
        account: Option<RecordId>,
    ) -> Result<Option<NewEvent>, SyncError> {
        let was_gone = self.departed()?.remove(contact);
        Ok(was_gone.then(|| self.about(BACK, contact, account)))
    }

    /// Keeps, in the cache, by which names texts of ours may mean the contacts that leave it, for an erasure to come:
    /// whatever they leave for, since who only leaves my book may be deleted later. Those of one that was merged go with
    /// the contact that it lives on in.
    pub fn remember_names<'l>(
        &mut self,
        leaving: impl Iterator<Item = &'l (Kind, RecordId)>,
        merged: &BTreeMap<RecordId, RecordId>,
    ) -> Result<(), SyncError> {
        let contacts = leaving.filter(|(kind, _)| *kind == Kind::Contact);
        let contacts: BTreeSet<&RecordId> = contacts.map(|(_, id)| id).collect();
        if contacts.is_empty() {
            return Ok(());
        }
        let mut known = self.names()?;
        for contact in contacts {
            let Some(record) = self.stores.cache.record(Kind::Contact, contact)? else {
                continue;
            };
            let mut called = names_of(&record);
            let now = merged.get(contact).unwrap_or(contact);
            if now != contact {
                called.extend(known.remove(contact).unwrap_or_default());
            }
            let names = known.entry(now.clone()).or_default();
            names.extend(called);
            names.sort();
            names.dedup();
        }
        self.keep_names(&known)
    }

    fn names(&self) -> Result<BTreeMap<RecordId, Vec<String>>, SyncError> {
        let document = self.stores.cache.document(NAMES)?;
        Ok(document
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default())
    }

    fn keep_names(&mut self, names: &BTreeMap<RecordId, Vec<String>>) -> Result<(), SyncError> {
        Ok(self.stores.cache.put_document(NAMES, &json!(names).to_string())?)
    }

    fn about(&self, kind: &str, contact: &RecordId, account: Option<RecordId>) -> NewEvent {
        NewEvent {
            account,
            kind: kind.to_owned(),
            effective_at: self.options.now,
            payload: json!({ "contact": contact.as_str() }),
        }
    }

    /// Erases what the ledger knows of people whom the CRM has deleted for good. `archived` are all those whom it still
    /// lists as archived.
    ///
    /// Whoever is missing for the first time is only noted as gone, and erased by a later sweep: while we read,
    /// somebody may have archived the contact behind our back.
    pub fn forget_people(&mut self, archived: &BTreeSet<RecordId>) -> Result<(), SyncError> {
        self.begin_pass("people");
        let Past { gone, erased } = self.past_people()?;
        self.forget_names_of(&erased)?;
        // Of most contacts nothing is ever observed; they are known by their leaving alone.
        let observed = self.stores.ledger.observed(Kind::Contact)?;
        let mut candidates: BTreeSet<RecordId> = observed.into_iter().chain(gone).collect();
        candidates.extend(self.some_departed()?);
        let mut known = self.stores.cache.count(Kind::Contact)? as usize;
        let mut lost = Vec::new();
        for id in candidates {
            known += usize::from(!self.has(Kind::Contact, &id)?);
            let now = self.stores.ledger.resolve(Kind::Contact, &id)?;
            if !self.has(Kind::Contact, &now)? && !archived.contains(&now) {
                lost.push(id);
            }
        }
        let missing = self.deleted_for_good(&lost)?;
        let (gone, fresh): (Vec<_>, Vec<_>) = {
            let departed = self.departed()?;
            missing.into_iter().partition(|id| departed.contains(id))
        };
        let mut news = Vec::new();
        for contact in &fresh {
            news.extend(self.departure(contact)?);
        }
        if plan::too_many(gone.len(), known) && !self.accept {
            self.hold(format!(
                "{} of {known} contacts would be erased at once and are kept; if that is right, run `retain sync --full --accept-deletes`",
                gone.len()
            ));
        } else {
            let mut names = self.names()?;
            let ids = self.with_former_ids(&gone)?;
            let called: Vec<Vec<String>> = ids
                .iter()
                .map(|contact| names.remove(contact).unwrap_or_default())
                .collect();
            let people = ids.iter().zip(&called).map(|(id, names)| Person { id, names });
            let people: Vec<Person<'_>> = people.collect();
            let noted: Vec<NewEvent> = gone
                .iter()
                .map(|contact| self.about(ERASED, contact, None))
                .collect();
            self.stores
                .ledger
                .erase_people(&people, &noted, self.options.now)?;
            if !people.is_empty() {
                self.keep_names(&names)?;
                self.stores.cache.forget_quotes()?;
            }
        }
        self.stores.ledger.append(&news, self.options.now)?;
        self.stores.ledger.empty_log()?;
        self.stores.cache.empty_log()?;
        Ok(())
    }

    /// Some of those that ever left the cache, for whatever reason, others in each sweep: they only become more, and each
    /// of them is asked for within a fortnight. A sweep that a person asked for takes all.
    fn some_departed(&mut self) -> Result<Vec<RecordId>, SyncError> {
        let all: Vec<RecordId> = self.names()?.into_keys().collect();
        let some = if self.options.full {
            all.len()
        } else {
            MOST.max(all.len().div_ceil(SWEEPS))
        };
        let after: Option<RecordId> = self.cursor(ASKED)?;
        let begin = after.map_or(0, |after| all.partition_point(|id| *id <= after));
        let taken: Vec<RecordId> = all
            .iter()
            .cycle()
            .skip(begin)
            .take(some.min(all.len()))
            .cloned()
            .collect();
        self.put_cursor(ASKED, &taken.last())?;
        Ok(taken)
    }

    /// Which contacts had gone by the ledger's own events and are not back, and which of them are erased.
    fn past_people(&self) -> Result<Past, SyncError> {
        let mut past = Past::default();
        for event in self.stores.ledger.events(None, &[GONE, BACK, ERASED])? {
            let Some(id) = event.payload["contact"].as_str().map(RecordId::from) else {
                continue;
            };
            past.gone.remove(&id);
            past.erased.remove(&id);
            match event.kind.as_str() {
                GONE => past.gone.insert(id),
                ERASED => past.erased.insert(id),
                _ => false,
            };
        }
        Ok(past)
    }

    /// A program that ended between an erasure and the line after it has left the names in the cache.
    fn forget_names_of(&mut self, erased: &BTreeSet<RecordId>) -> Result<(), SyncError> {
        let mut names = self.names()?;
        let before = names.len();
        names.retain(|id, _| !erased.contains(id));
        if names.len() < before {
            self.keep_names(&names)?;
            self.stores.cache.forget_quotes()?;
        }
        Ok(())
    }

    /// These contacts, and the ids that were merged into them: what we wrote may mean them by those.
    fn with_former_ids(&self, contacts: &[RecordId]) -> Result<Vec<RecordId>, SyncError> {
        let mut all: BTreeSet<RecordId> = contacts.iter().cloned().collect();
        if !all.is_empty() {
            for alias in self.stores.ledger.aliases()? {
                if alias.kind == Kind::Contact
                    && contacts.contains(&self.stores.ledger.resolve(Kind::Contact, &alias.old)?)
                {
                    all.insert(alias.old);
                }
            }
        }
        Ok(all.into_iter().collect())
    }

    /// Those of the contacts that the CRM does not give. One that was merged answers under its new id, so each missing
    /// one is asked for by itself.
    fn deleted_for_good(&self, contacts: &[RecordId]) -> Result<Vec<RecordId>, SyncError> {
        let mut deleted = Vec::new();
        for part in contacts.chunks(TOGETHER) {
            for id in self.reader.read(Kind::Contact, part)?.missing {
                let alone = self.reader.read(Kind::Contact, std::slice::from_ref(&id))?;
                if alone.records.is_empty() && alone.missing.contains(&id) {
                    deleted.push(id);
                }
            }
        }
        Ok(deleted)
    }
}

/// What the ledger's events tell of contacts that are not here.
#[derive(Default)]
struct Past {
    /// The CRM had archived or deleted them.
    gone: BTreeSet<RecordId>,
    /// Nothing is known of them any more.
    erased: BTreeSet<RecordId>,
}

/// Names and addresses by which a text may mean a contact and nobody else.
fn names_of(contact: &Record) -> Vec<String> {
    let part = |core| contact.core(core).unwrap_or_default().trim();
    let (first, last) = (part(Core::FirstName), part(Core::LastName));
    let full = (!first.is_empty() && !last.is_empty()).then(|| format!("{first} {last}"));
    let address = contact.core(Core::Email).filter(|email| email.contains('@'));
    full.into_iter().chain(address.map(str::to_owned)).collect()
}
