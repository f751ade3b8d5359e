//! Entries that left and were not answered: the CRM is read for them.

use jiff::{SignedDuration, Timestamp};

use super::Pusher;
use super::replaced::arrived_since;
use super::wait::{is_about_everything, made_since, pause};
use crate::crm::CrmWrite;
use crate::domain::outbox::{Change, Entry, State, Step, Target, Write, merge};
use crate::domain::record::{Kind, RecordId};
use crate::sync::error::SyncError;

/// What is said of a write that nobody can know about.
const NOT_THERE: &str = "the CRM does not show it: send it again, which may make it twice";
/// What is said of a record that was to be archived.
const STILL_THERE: &str = "the CRM still has it, or has it again: send it again to archive it";
/// What is said of a record that the CRM gives neither as there nor as gone.
const NO_ANSWER: &str = "the CRM would not answer for the record: send it again, which may make it twice";

impl<C: CrmWrite> Pusher<'_, C> {
    /// Whether the CRM is still to be read for it. When it was looked for long enough, a person decides.
    pub(super) fn is_unsettled(entry: &Entry) -> bool {
        entry.state == State::Unknown && !entry.settled
    }

    /// Until when it is looked for (UTC).
    pub(super) fn settled_at(&self, entry: &Entry) -> Timestamp {
        let settled = entry.since.checked_add(self.options.settle);
        settled.unwrap_or(Timestamp::MAX)
    }

    /// Whether it was looked for long enough.
    pub(super) fn is_settled(&self, entry: &Entry) -> bool {
        entry.state == State::Unknown && self.now() >= self.settled_at(entry)
    }

    /// Looks for what may have arrived.
    pub(super) fn settle_unknown(&mut self) -> Result<(), SyncError> {
        for entry in self.stores.ledger.outbox_open()? {
            if self.ended.is_none() && Self::is_unsettled(&entry) {
                match entry.new.write.clone() {
                    Write::Create { kind, about, .. } => self.settle_made(&entry, kind, &about)?,
                    Write::Update {
                        kind,
                        target,
                        changes,
                    } => self.settle_changed(&entry, kind, &target, &changes)?,
                    Write::Archive { kind, target } => self.settle_archived(&entry, kind, &target)?,
                }
            }
        }
        Ok(())
    }

    /// A new record: found, it arrived. Not found, it is sent again only where the CRM keeps our key unique, and did so each
    /// time that it may have arrived.
    fn settle_made(&mut self, entry: &Entry, kind: Kind, about: &[(Kind, Target)]) -> Result<(), SyncError> {
        let mut linked = Vec::new();
        for (other, target) in about {
            if let Some(id) = self.resolved(*other, target)? {
                linked.push((*other, id));
            }
        }
        let keys = [entry.key.clone()];
        let looked = async {
            let found = self
                .crm
                .find_by_key(kind, &linked, &keys, made_since(entry))
                .await?;
            Ok((found, self.crm.is_keyed(kind).await?))
        };
        let (found, keyed) = match self.reader.ask(looked) {
            Ok(looked) => looked,
            Err(error) => return self.not_looked(entry, error),
        };
        match found.get(&entry.key) {
            Some(id) if self.made(entry, id)? => self.fetch(kind, std::slice::from_ref(id)),
            Some(_) => Ok(()),
            None if keyed && !entry.may_double => self.again(entry),
            None => self.give_to_a_person(entry, NOT_THERE),
        }
    }

    fn settle_changed(
        &mut self,
        entry: &Entry,
        kind: Kind,
        target: &Target,
        changes: &[Change],
    ) -> Result<(), SyncError> {
        let Some(id) = self.resolved(kind, target)? else {
            return self.again(entry);
        };
        let read = self.reader.ask(self.crm.read(kind, &[id], &Self::names(changes)));
        let record = match read {
            Ok(batch) if !batch.refused.is_empty() => return self.give_to_a_person(entry, NO_ANSWER),
            Ok(batch) => batch.records.into_iter().next(),
            Err(error) => return self.not_looked(entry, error),
        };
        // What is there was ours or somebody's who meant the same; what is not is merged anew.
        let there = record.as_ref().is_some_and(|record| {
            let merged = merge(changes, |field| super::change::theirs(record, field, changes));
            merged.there.len() == changes.len()
        });
        let Some(record) = record else {
            return self.again(entry);
        };
        if !there {
            match self.reader.ask(self.past(kind, &record.id, changes)) {
                Ok(past) if arrived_since(changes, &past, entry.seen) => {}
                Ok(_) => return self.again(entry),
                Err(error) => return self.not_looked(entry, error),
            }
        }
        if self.told(entry, &record.id)? {
            self.fetch(kind, &[record.id])?;
        }
        Ok(())
    }

    fn settle_archived(&mut self, entry: &Entry, kind: Kind, target: &Target) -> Result<(), SyncError> {
        let Some(id) = self.resolved(kind, target)? else {
            return self.again(entry);
        };
        let read = self
            .reader
            .ask(self.crm.read(kind, std::slice::from_ref(&id), &[]));
        match read {
            Ok(batch) if batch.missing.contains(&id) => self.gone(entry, kind, &id),
            Ok(batch) if batch.refused.contains(&id) => self.give_to_a_person(entry, NO_ANSWER),
            // It did not arrive, or it did and somebody has restored the record: who asks twice undoes their work.
            Ok(_) => self.give_to_a_person(entry, STILL_THERE),
            Err(error) => self.not_looked(entry, error),
        }
    }

    /// It surely is not there: the next attempt can do no harm. The first one follows at once.
    ///
    /// Where steps were lost nothing is sure.
    fn again(&mut self, entry: &Entry) -> Result<(), SyncError> {
        if entry.doubted {
            return self.give_to_a_person(entry, NOT_THERE);
        }
        let wait = if entry.attempts > 1 {
            pause(entry)
        } else {
            SignedDuration::ZERO
        };
        let at = self.now().checked_add(wait).unwrap_or_else(|_| self.now());
        let why = format!("{}, and the CRM does not have it", happened(entry));
        self.step(entry.id, &Step::Retry { at, why })?;
        Ok(())
    }

    /// Nothing tells whether it will still come. Until `settle` has passed it is looked for again.
    fn give_to_a_person(&mut self, entry: &Entry, seen: &str) -> Result<(), SyncError> {
        if self.is_settled(entry) {
            // What to do first: a narrow screen cuts what happened, which the details tell.
            let why = format!("{seen}, or discard it ({})", happened(entry));
            self.step(entry.id, &Step::Unknown { why, settled: true })?;
        }
        Ok(())
    }

    /// The CRM could not be read. An entry that it does not let be read for is a person's to decide about.
    fn not_looked(&mut self, entry: &Entry, error: SyncError) -> Result<(), SyncError> {
        match error {
            SyncError::Crm(error) if is_about_everything(&error) => self.end(&error),
            SyncError::Crm(error) => self.give_to_a_person(
                entry,
                &format!("it cannot be looked for ({error}): send it again, which may make it twice"),
            ),
            SyncError::Stopped => Ok(()),
            error => Err(error),
        }
    }

    /// The record was archived: so be it in the cache.
    pub(super) fn gone(&mut self, entry: &Entry, kind: Kind, id: &RecordId) -> Result<(), SyncError> {
        self.arrived(entry, id, Vec::new())?;
        self.forget(kind, id)
    }
}

/// What happened to an entry that is unknown, in words.
fn happened(entry: &Entry) -> &str {
    entry.said.as_deref().unwrap_or("no answer came")
}
