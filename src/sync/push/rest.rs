//! What made a record before a person changed it, and landed all the same: the rest is written as a change.

use super::Pusher;
use super::archive::{lines, unsigned};
use super::wait::is_refused;
use crate::crm::CrmWrite;
use crate::domain::outbox::{Change, Entry, Field, NewEntry, State, Step, Target, Write, same};
use crate::domain::record::{Core, Record, RecordId, ValueType};
use crate::sync::error::SyncError;

impl<C: CrmWrite> Pusher<'_, C> {
    /// A new record that the CRM has: arrived. If it may be there as it was before a person changed it, it is looked
    /// at first, and what differs is queued. Says whether that could be told.
    pub(super) fn made(&mut self, entry: &Entry, id: &RecordId) -> Result<bool, SyncError> {
        let kind = entry.new.write.kind();
        if entry
            .left_as
            .as_ref()
            .is_some_and(|first| *first != entry.new.write)
        {
            let read = self
                .reader
                .ask(self.crm.read(kind, std::slice::from_ref(id), &[]));
            let record = match read {
                Ok(batch) => batch.records.into_iter().next(),
                // What is not to be had says nothing, now or later.
                Err(SyncError::Crm(error)) if is_refused(&error) || self.is_settled(entry) => None,
                Err(error @ (SyncError::Crm(_) | SyncError::Stopped)) => {
                    if entry.state != State::Unknown {
                        let why = format!("it arrived, but whether as it is now could not be read: {error}");
                        self.step(entry.id, &Step::Unknown { why, settled: false })?;
                    }
                    return Ok(false);
                }
                Err(error) => return Err(error),
            };
            // Queued before the step that says it arrived: a crash between the two does it twice, which is once.
            if let Some(rest) = record.and_then(|record| rest(entry, &record)) {
                let now = self.now();
                self.stores
                    .ledger
                    .enqueue(self.options.permit, &[rest], &[], now)?;
            }
        }
        self.arrived(entry, id, Vec::new())?;
        Ok(true)
    }
}

/// What a record lacks of what is to be written by now. Where it is not as it first left either, somebody else was
/// there, and the change becomes a conflict.
fn rest(entry: &Entry, record: &Record) -> Option<NewEntry> {
    let (Some(Write::Create { fields: first, .. }), Write::Create { fields, .. }) =
        (&entry.left_as, &entry.new.write)
    else {
        return None;
    };
    let change = |(field, to): (&Field, &String)| {
        let Field::Core(core) = *field else { return None };
        let theirs = record.core(core);
        let reads = |text: Option<&str>| match core {
            Core::Body => unsigned(theirs, &[&entry.key]) == lines(text),
            _ => same(core.value_type(), theirs, text),
        };
        let before = first.get(field).map(String::as_str);
        let base = if reads(before) { theirs } else { before };
        (!reads(Some(to))).then(|| Change {
            field: field.clone(),
            base: base.map(str::to_owned),
            to: Some(to.clone()),
            value_type: ValueType::Text,
        })
    };
    let changes: Vec<Change> = fields.iter().filter_map(change).collect();
    (!changes.is_empty()).then(|| NewEntry {
        act: format!("{}-rest", entry.new.act),
        write: Write::Update {
            kind: record.kind,
            target: Target::Record(record.id.clone()),
            changes,
        },
        ..entry.new.clone()
    })
}
