//! What made a record before a person changed it, and landed all the same: the rest is written as a change.

use std::ops::ControlFlow;

use super::Pusher;
use super::archive::{lines, unsigned};
use crate::crm::CrmWrite;
use crate::domain::outbox::{Change, Entry, Field, NewEntry, Target, Write, same};
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
            let ask = |this: &Self| {
                this.reader
                    .ask(this.crm.read(kind, std::slice::from_ref(id), &[]))
            };
            let untold = "it arrived, but whether as it is now could not be read";
            let ControlFlow::Continue(batch) = self.told_of(entry, ask, untold)? else {
                return Ok(false);
            };
            let record = batch.and_then(|batch| batch.records.into_iter().next());
            // Queued before the step that says it arrived: a crash between the two does it twice, which is once.
            if let Some(rest) = rest(entry, id, record.as_ref()) {
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
/// there, and the change becomes a conflict. Of one that could not be read it is all that was changed: the change itself
/// is held against the record once more, or refused aloud.
fn rest(entry: &Entry, id: &RecordId, record: Option<&Record>) -> Option<NewEntry> {
    let (Some(Write::Create { fields: first, .. }), Write::Create { kind, fields, .. }) =
        (&entry.left_as, &entry.new.write)
    else {
        return None;
    };
    let change = |(field, to): (&Field, &String)| {
        let Field::Core(core) = *field else { return None };
        let before = first.get(field).map(String::as_str);
        let theirs = record.map_or(before, |record| record.core(core));
        let reads = |text: Option<&str>| match (core, record) {
            (Core::Body, Some(_)) => unsigned(theirs, &[&entry.key]) == lines(text),
            _ => same(core.value_type(), theirs, text),
        };
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
            kind: *kind,
            target: Target::Record(record.map_or(id, |record| &record.id).clone()),
            changes,
        },
        ..entry.new.clone()
    })
}
