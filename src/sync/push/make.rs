//! New records.

use super::Pusher;
use crate::crm::{CrmWrite, NewRecord, Written};
use crate::domain::outbox::{Entry, Step, Write};
use crate::domain::record::{Kind, Owner};
use crate::sync::error::SyncError;

impl<C: CrmWrite> Pusher<'_, C> {
    /// Makes records of one kind with one question.
    pub(super) fn make(&mut self, kind: Kind, entries: Vec<Entry>) -> Result<(), SyncError> {
        let (mut leaving, mut records) = (Vec::new(), Vec::new());
        for entry in entries {
            let Some(record) = self.new_record(&entry)? else {
                continue;
            };
            if let Some(entry) = self.step(entry.id, &Step::Sending { seen: None })? {
                leaving.push(entry);
                records.push(record);
            }
        }
        if leaving.is_empty() {
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
