//! Contacts whom the CRM archives or deletes: their departure is noted at once, their traces are erased at last.
//!
//! An archived contact can be restored for months, so the ledger keeps what it knows of it. Once the CRM does not list
//! it even as archived, the person was deleted for good, and what was observed of it is erased: the one exception from
//! the rule that history is only added to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::error::SyncError;
use super::plan;
use super::session::{Leaving, Session, Why};
use crate::crm::Crm;
use crate::domain::record::{Core, Kind, RecordId};
use crate::store::NewEvent;
use crate::store::erase::Person;
use crate::store::erase::contact::{BACK, ERASED, GONE};

/// Name of the cache document with the names of contacts that left it.
const NAMES: &str = "departed-names";
/// Contacts that are asked for together.
const TOGETHER: usize = 500;

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
        self.remember_names(contact)?;
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

    /// Keeps, in the cache, by which names texts of ours may mean a contact that leaves it, for the erasure to come.
    fn remember_names(&mut self, contact: &RecordId) -> Result<(), SyncError> {
        let Some(record) = self.stores.cache.record(Kind::Contact, contact)? else {
            return Ok(());
        };
        let part = |core| record.core(core).unwrap_or_default().trim();
        let (first, last) = (part(Core::FirstName), part(Core::LastName));
        let mut names = Vec::new();
        if !first.is_empty() && !last.is_empty() {
            names.push(format!("{first} {last}"));
        }
        names.extend(
            record
                .core(Core::Email)
                .map(str::to_owned)
                .filter(|email| email.contains('@')),
        );
        let mut known = self.names()?;
        known.insert(contact.clone(), names);
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

    /// Contacts that hang on nothing any more, with why: the CRM has them no more, or they hang on another company.
    pub fn why_unlinked(&self, contacts: Vec<RecordId>) -> Result<Vec<Leaving>, SyncError> {
        let missing: BTreeSet<RecordId> = self
            .reader
            .read(Kind::Contact, &contacts)?
            .missing
            .into_iter()
            .collect();
        let leaving = contacts.into_iter().map(|id| Leaving {
            kind: Kind::Contact,
            why: if missing.contains(&id) {
                Why::Deleted
            } else {
                Why::Left
            },
            id,
        });
        Ok(leaving.collect())
    }

    /// Erases what the ledger knows of people whom the CRM has deleted for good. `archived` are all those whom it still
    /// lists as archived.
    ///
    /// Whoever is missing for the first time is only noted as gone, and erased by a later sweep: while we read,
    /// somebody may have archived the contact behind our back.
    pub fn forget_people(&mut self, archived: &BTreeSet<RecordId>) -> Result<(), SyncError> {
        let here: BTreeSet<RecordId> = self.stores.cache.ids(Kind::Contact)?.into_iter().collect();
        let observed = self.stores.ledger.observed(Kind::Contact)?;
        let known = observed.len();
        let lost: Vec<RecordId> = observed
            .into_iter()
            .filter(|id| !here.contains(id) && !archived.contains(id))
            .collect();
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
            self.status.held_deletes = true;
            self.warn(format!(
                "{} of {known} contacts would be erased at once and are kept; if that is right, run `retain sync --full --accept-deletes`",
                gone.len()
            ));
        } else {
            let mut names = self.names()?;
            let called: Vec<Vec<String>> = gone
                .iter()
                .map(|contact| names.remove(contact).unwrap_or_default())
                .collect();
            let people = gone.iter().zip(&called).map(|(id, names)| Person { id, names });
            let people: Vec<Person<'_>> = people.collect();
            let noted: Vec<NewEvent> = gone
                .iter()
                .map(|contact| self.about(ERASED, contact, None))
                .collect();
            self.stores
                .ledger
                .erase_people(&people, &noted, self.options.now)?;
            self.keep_names(&names)?;
            if !people.is_empty() {
                self.stores.cache.forget_quotes()?;
            }
        }
        self.stores.ledger.append(&news, self.options.now)?;
        self.stores.ledger.empty_log()?;
        self.stores.cache.empty_log()?;
        Ok(())
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
