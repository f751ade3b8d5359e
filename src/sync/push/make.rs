//! New records.

use super::Pusher;
use super::wait::{is_about_everything, made_since};
use crate::crm::{CrmWrite, NewRecord, Written};
use crate::domain::outbox::{Entry, Step, Write};
use crate::domain::record::{Kind, Owner, RecordId};
use crate::sync::error::SyncError;

impl<C: CrmWrite> Pusher<'_, C> {
    /// Makes records of one kind with one question.
    pub(super) fn make(&mut self, kind: Kind, entries: Vec<Entry>) -> Result<(), SyncError> {
        let mut wanted = Vec::new();
        for entry in entries {
            if let Some(record) = self.new_record(&entry)? {
                wanted.push((entry, record));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let keyed = match self.reader.ask(self.crm.is_keyed(kind)) {
            Ok(keyed) => keyed,
            Err(SyncError::Crm(error)) => {
                let entries: Vec<Entry> = wanted.into_iter().map(|(entry, _)| entry).collect();
                return self.none_done(&entries, &error);
            }
            Err(SyncError::Stopped) => return Ok(()),
            Err(error) => return Err(error),
        };
        let (mut leaving, mut records) = (Vec::new(), Vec::new());
        for (entry, record) in wanted {
            let there = self.found_before(kind, &entry, &record, keyed)?;
            if self.ended.is_some() {
                break;
            }
            let Some(entry) = self.step(entry.id, &Step::Sending { seen: None, keyed })? else {
                continue;
            };
            match there {
                Some(id) if self.made(&entry, &id)? => self.fetch(kind, &[id])?,
                Some(_) => {}
                None => {
                    leaving.push(entry);
                    records.push(record);
                }
            }
        }
        if self.none_leave(&leaving)? {
            return Ok(());
        }
        let made = self
            .reader
            .ask(self.crm.create(self.options.permit, kind, &records));
        let mut ids = Vec::new();
        for (entry, written) in self.answers(leaving, made)? {
            if let Written::Done { id } = written {
                if self.made(&entry, &id)? {
                    ids.push(id);
                }
            } else {
                self.not_done(&entry, written)?;
            }
        }
        self.fetch(kind, &ids)
    }

    /// What left before without a key, and was not answered, may have come since: it is looked for once more before it
    /// leaves again. Where it cannot be looked for, whoever sends it again was told so.
    fn found_before(
        &mut self,
        kind: Kind,
        entry: &Entry,
        record: &NewRecord,
        keyed: bool,
    ) -> Result<Option<RecordId>, SyncError> {
        if self.ended.is_some() || entry.left_as.is_none() || (keyed && !entry.may_double) {
            return Ok(None);
        }
        let keys = std::slice::from_ref(&record.key);
        let found = self
            .reader
            .ask(self.crm.find_by_key(kind, &record.about, keys, made_since(entry)));
        match found {
            Ok(mut found) => Ok(found.remove(&record.key)),
            Err(SyncError::Crm(error)) if !is_about_everything(&error) => Ok(None),
            answer => Ok(self.taken(answer)?.and(None)),
        }
    }

    fn new_record(&self, entry: &Entry) -> Result<Option<NewRecord>, SyncError> {
        let Write::Create { fields, about, .. } = &entry.new.write else {
            return Ok(None);
        };
        let mut linked = Vec::new();
        for (kind, target) in about {
            match self.resolved(*kind, target)? {
                Some(id) => linked.push((*kind, id)),
                None => return Ok(None),
            }
        }
        // Two of them may have become one.
        linked.dedup();
        let author = Owner::find(&self.owners, &entry.author);
        Ok(Some(NewRecord {
            key: entry.key.clone(),
            fields: fields.clone(),
            about: linked,
            author: author.map_or_else(|| entry.author.clone(), |owner| owner.name.clone()),
            since: made_since(entry),
        }))
    }

    /// Each entry with what became of it; none when surely nothing was done, which is then noted.
    pub(super) fn answers(
        &mut self,
        entries: Vec<Entry>,
        written: Result<Vec<Written>, SyncError>,
    ) -> Result<Vec<(Entry, Written)>, SyncError> {
        match written {
            Ok(written) => Ok(entries.into_iter().zip(written).collect()),
            Err(SyncError::Crm(error)) => {
                self.none_done(&entries, &error)?;
                Ok(Vec::new())
            }
            Err(SyncError::Stopped) => {
                for entry in &entries {
                    self.put_off(entry, None, "it was stopped before it left".to_owned())?;
                }
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }
}
