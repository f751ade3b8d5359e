//! Changes of fields: read, merged with what the CRM has by now, written, and what they replaced told.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::Pusher;
use super::archive::lines;
use super::replaced::{arrived_since, replaced, who};
use super::wait::{is_about_everything, is_refused};
use crate::crm::{Batch, CrmError, CrmWrite, FieldChanges, Written};
use crate::domain::html;
use crate::domain::outbox::{Change, Conflict, Entry, Field, Remedy, Step, Write, merge};
use crate::domain::record::{Core, Kind, PastValue, Record, RecordId};
use crate::domain::words;
use crate::sync::error::SyncError;

/// A change on its way: its entry, the record, and what is written.
struct Leaving {
    entry: Entry,
    id: RecordId,
    changes: Vec<Change>,
}

/// The records as they are before they are written to, by id, and the ids that the CRM would not answer for.
type Before = (BTreeMap<RecordId, Record>, Vec<RecordId>);

impl<C: CrmWrite> Pusher<'_, C> {
    /// Changes records of one kind: one question reads them, one writes.
    pub(super) fn change(&mut self, kind: Kind, entries: Vec<Entry>) -> Result<(), SyncError> {
        let mut wanted = Vec::new();
        for entry in entries {
            if let Write::Update { target, changes, .. } = entry.new.write.clone()
                && let Some(id) = self.resolved(kind, &target)?
            {
                wanted.push(Leaving { entry, id, changes });
            }
        }
        let Some((records, refused)) = self.read_before(kind, &wanted)? else {
            return Ok(());
        };
        let is_alone = wanted.len() == 1;
        let (mut leaving, mut unanswered) = (Vec::new(), Vec::new());
        for one in wanted {
            if self.ended.is_some() {
                break;
            }
            match records.get(&one.id) {
                None if refused.contains(&one.id) => unanswered.push(one.entry),
                None => self.not_there(&one)?,
                // Two that are the same record by now keep their order: the later one has its turn next.
                Some(record) if leaving.iter().any(|other: &Leaving| other.id == record.id) => {
                    self.tried.remove(&one.entry.id);
                }
                Some(record) => leaving.extend(self.merged(one, record)?),
            }
        }
        self.write_merged(kind, leaving)?;
        if is_alone {
            return self.park_unanswered(unanswered);
        }
        for entry in unanswered {
            if self.ended.is_none() {
                self.change(kind, vec![entry])?;
            }
        }
        Ok(())
    }

    fn write_merged(&mut self, kind: Kind, leaving: Vec<Leaving>) -> Result<(), SyncError> {
        let sent: Vec<FieldChanges> = leaving.iter().map(field_changes).collect();
        let entries: Vec<Entry> = leaving.into_iter().map(|one| one.entry).collect();
        if self.none_leave(&entries)? {
            return Ok(());
        }
        let written = self.reader.ask(self.crm.update(self.options.permit, kind, &sent));
        let mut ids = Vec::new();
        for (entry, written) in self.answers(entries, written)? {
            match written {
                Written::Done { id } => {
                    if self.told(&entry, &id)? {
                        ids.push(id);
                    }
                }
                other => self.not_done(&entry, other)?,
            }
        }
        self.fetch(kind, &ids)
    }

    /// The records as they are now, by the ids that are written to, and the ids that the CRM would not answer for;
    /// `None` when none can be read.
    fn read_before(&mut self, kind: Kind, wanted: &[Leaving]) -> Result<Option<Before>, SyncError> {
        let ids: Vec<RecordId> = wanted.iter().map(|one| one.id.clone()).collect();
        let all: Vec<Change> = wanted.iter().flat_map(|one| one.changes.clone()).collect();
        let names = Self::names(&all);
        let batch = match self.reader.ask(self.crm.read(kind, &ids, &names)) {
            Ok(batch) => batch,
            // It is about one of them: each is asked for alone.
            Err(SyncError::Crm(error)) if wanted.len() > 1 && !is_about_everything(&error) => {
                for one in wanted {
                    if self.ended.is_some() {
                        break;
                    }
                    self.change(kind, vec![one.entry.clone()])?;
                }
                return Ok(None);
            }
            // Nothing was tried yet: they wait as they are.
            Err(SyncError::Crm(error)) if is_about_everything(&error) => {
                self.end(&error)?;
                return Ok(None);
            }
            Err(SyncError::Crm(error)) => {
                let entries: Vec<Entry> = wanted.iter().map(|one| one.entry.clone()).collect();
                self.none_done(&entries, &error)?;
                return Ok(None);
            }
            Err(SyncError::Stopped) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Batch {
            records,
            missing,
            mut refused,
        } = batch;
        let mut found: BTreeMap<RecordId, Record> = records
            .into_iter()
            .map(|record| (record.id.clone(), record))
            .collect();
        // An id that was merged away answers with the record that it lives on in.
        for old in missing {
            let alone = self.crm.read(kind, std::slice::from_ref(&old), &names);
            let batch = match self.reader.ask(alone) {
                Ok(batch) => batch,
                Err(SyncError::Crm(error)) if error.is_not_found() => continue,
                // Whether it lives on in another record cannot be told.
                Err(SyncError::Crm(error)) if !is_about_everything(&error) => {
                    refused.push(old);
                    continue;
                }
                Err(SyncError::Crm(error)) => {
                    self.end(&error)?;
                    return Ok(None);
                }
                Err(SyncError::Stopped) => return Ok(None),
                Err(error) => return Err(error),
            };
            if let Some(record) = batch.records.into_iter().next() {
                let now = self.now();
                self.stores.ledger.alias(kind, &old, &record.id, now)?;
                found.insert(old, record);
            }
        }
        Ok(Some((found, refused)))
    }

    fn not_there(&mut self, one: &Leaving) -> Result<(), SyncError> {
        let said = format!("the CRM has this {} no more", one.entry.new.write.kind().word());
        let remedy = Remedy::Restore;
        self.step(one.entry.id, &Step::Parked { said, remedy })?;
        Ok(())
    }

    /// Holds a change against what the CRM has. What is left to write leaves; the step says so already.
    fn merged(&mut self, one: Leaving, record: &Record) -> Result<Option<Leaving>, SyncError> {
        let Leaving { entry, changes, .. } = one;
        let mut merged = merge(&changes, |field| theirs(record, field, &changes));
        if !merged.conflicts.is_empty() {
            if let Some(said) = self.without_property(record.kind, &merged.conflicts)? {
                let remedy = Remedy::Edit;
                self.step(entry.id, &Step::Parked { said, remedy })?;
                return Ok(None);
            }
            let fields = self.dated(record, merged.conflicts)?;
            self.step(entry.id, &Step::Conflict { fields })?;
            return Ok(None);
        }
        let arrived = if merged.write.is_empty() {
            None
        } else {
            match self.arrived_before(&entry, record, &changes)? {
                ControlFlow::Continue(past) => past,
                ControlFlow::Break(()) => return Ok(None),
            }
        };
        let seen = Some(record.changed);
        let is_first = entry.attempts == 0 && !entry.may_be_there();
        let Some(entry) = self.step(entry.id, &Step::Sending { seen, keyed: false })? else {
            return Ok(None);
        };
        let id = record.id.clone();
        if let Some(past) = arrived {
            self.told_by(&entry, &id, &changes, &past)?;
            self.fetch(record.kind, std::slice::from_ref(&id))?;
            return Ok(None);
        }
        for change in &mut merged.write {
            keep_signature(record, change);
        }
        if merged.write.is_empty() {
            if is_first {
                self.confirmed(&entry, &id, Vec::new(), true)?;
            }
            if is_first || self.told(&entry, &id)? {
                self.fetch(record.kind, std::slice::from_ref(&id))?;
            }
            return Ok(None);
        }
        Ok(Some(Leaving {
            entry,
            id,
            changes: merged.write,
        }))
    }

    /// What is wrong where a field has become empty because the CRM has no such property any more: nobody changed it.
    /// `None` where it has, or cannot be asked now.
    fn without_property(&mut self, kind: Kind, conflicts: &[Conflict]) -> Result<Option<String>, SyncError> {
        let emptied = |one: &&Conflict| matches!(one.field, Field::Mapped(_)) && one.theirs.is_none();
        if !conflicts.iter().any(|one| emptied(&one)) {
            return Ok(None);
        }
        let known = match self.reader.ask(self.crm.properties(kind)) {
            Ok(known) => known,
            Err(SyncError::Crm(_) | SyncError::Stopped) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut names = conflicts.iter().filter(emptied).map(|one| one.field.to_string());
        let gone = names.find(|name| known.iter().all(|property| property.name != *name));
        Ok(gone.map(|name| {
            let kind = kind.word();
            format!("the CRM has no property `{name}` of a {kind} any more; `retain doctor` shows what the mapping names")
        }))
    }

    /// The history of a change that an earlier attempt made without an answer, where it tells so: the CRM took it after it was
    /// read for it, and somebody took it back since, who is not written over. `None` where nothing of it arrived, or nothing
    /// tells; broken off, with nothing written, where that is to be asked once more.
    fn arrived_before(
        &mut self,
        entry: &Entry,
        record: &Record,
        changes: &[Change],
    ) -> Result<ControlFlow<(), Option<Vec<PastValue>>>, SyncError> {
        if !entry.may_be_there() || entry.seen.is_none() {
            return Ok(ControlFlow::Continue(None));
        }
        match self.reader.ask(self.past(record.kind, &record.id, changes)) {
            Ok(past) => {
                let arrived = arrived_since(changes, &past, entry.seen);
                Ok(ControlFlow::Continue(arrived.then_some(past)))
            }
            // A history that is not to be had says nothing.
            Err(SyncError::Crm(error)) if is_refused(&error) => Ok(ControlFlow::Continue(None)),
            Err(SyncError::Crm(error)) => {
                self.none_done(std::slice::from_ref(entry), &error)?;
                Ok(ControlFlow::Break(()))
            }
            Err(SyncError::Stopped) => Ok(ControlFlow::Break(())),
            Err(error) => Err(error),
        }
    }

    /// Conflicts with when and from whom the CRM got its value, as far as it tells.
    pub(super) fn dated(
        &mut self,
        record: &Record,
        conflicts: Vec<Conflict>,
    ) -> Result<Vec<Conflict>, SyncError> {
        let names: Vec<String> = conflicts.iter().map(|one| one.field.to_string()).collect();
        let asked = self
            .crm
            .history(record.kind, std::slice::from_ref(&record.id), &names);
        let past = match self.reader.ask(asked) {
            Ok(past) => past.values,
            Err(SyncError::Crm(error)) => {
                if is_about_everything(&error) {
                    self.end(&error)?;
                }
                Vec::new()
            }
            Err(SyncError::Stopped) => Vec::new(),
            Err(error) => return Err(error),
        };
        let newest = |field: &Field| {
            let name = field.to_string();
            let of_field = past.iter().filter(|past| past.property == name);
            of_field.max_by_key(|past| past.at)
        };
        let dated = conflicts.into_iter().map(|one| {
            let newest = newest(&one.field);
            Conflict {
                theirs_at: newest.map(|past| past.at),
                theirs_by: newest.and_then(|past| who(&self.owners, past)),
                ..one
            }
        });
        Ok(dated.collect())
    }

    /// What the CRM's history tells of the fields that are changed.
    pub(super) async fn past(
        &self,
        kind: Kind,
        id: &RecordId,
        changes: &[Change],
    ) -> Result<Vec<PastValue>, CrmError> {
        let names: Vec<String> = changes.iter().map(|change| change.field.to_string()).collect();
        let past = self.crm.history(kind, std::slice::from_ref(id), &names).await?;
        if !past.refused.is_empty() {
            return Err(CrmError::BadAnswer {
                request: format!("the past of a {}", kind.word()),
                reason: "it does not answer for it".to_owned(),
            });
        }
        Ok(past.values)
    }

    /// A change that the CRM has: arrived, with what it replaced, in this attempt or an earlier one.
    pub(super) fn told(&mut self, entry: &Entry, id: &RecordId) -> Result<bool, SyncError> {
        let Write::Update { kind, changes, .. } = &entry.new.write else {
            return Ok(false);
        };
        let ask = |this: &Self| this.reader.ask(this.past(*kind, id, changes));
        let untold = "it was written, but what it replaced could not be read";
        let ControlFlow::Continue(past) = self.told_of(entry, ask, untold)? else {
            return Ok(false);
        };
        // A history that is not to be had says nothing.
        self.told_by(entry, id, changes, &past.unwrap_or_default())?;
        Ok(true)
    }

    /// The same by what its history tells.
    fn told_by(
        &mut self,
        entry: &Entry,
        id: &RecordId,
        changes: &[Change],
        past: &[PastValue],
    ) -> Result<(), SyncError> {
        let replaced = replaced(changes, past, entry.seen, &self.owners);
        self.arrived(entry, id, replaced)
    }

    /// The mapped properties that are changed.
    pub(super) fn names(changes: &[Change]) -> Vec<String> {
        let mut names: Vec<String> = changes
            .iter()
            .filter_map(|change| match &change.field {
                Field::Mapped(name) => Some(name.clone()),
                Field::Core(_) => None,
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

/// What the CRM has in a field. A text that reads the same as ours is ours, whatever its tags.
pub(super) fn theirs(record: &Record, field: &Field, changes: &[Change]) -> Option<String> {
    let value = match field {
        Field::Core(core) => record.core(*core),
        Field::Mapped(name) => record.mapped(name),
    };
    let wanted = changes.iter().find(|change| change.field == *field);
    if *field == Field::Core(Core::Body)
        && let (Some(value), Some(change)) = (value, wanted)
    {
        let has = html::lines(value);
        let ours = change.to.iter().chain(&change.base);
        if let Some(text) = ours.into_iter().find(|text| reads_as(&has, text)) {
            return Some(text.clone());
        }
    }
    value.map(str::to_owned)
}

/// Whether these lines of the CRM say this text, with or without the line that says whose it is.
pub(super) fn reads_as(has: &[String], text: &str) -> bool {
    has == html::lines(&html::from_text(text)) || unsigned(has) == lines(Some(text))
}

/// A text of ours that becomes another one keeps the line that says whose it is.
fn keep_signature(record: &Record, change: &mut Change) {
    let has = record.core(Core::Body).map(html::lines).unwrap_or_default();
    let written = has.iter().rev().filter(|line| !line.trim().is_empty());
    let signed = written.take(2).find(|line| words::is_signature(line));
    if change.field == Field::Core(Core::Body)
        && let (Some(to), Some(line)) = (&mut change.to, signed)
    {
        *to = words::signed(to, line, "\n");
    }
}

/// The lines of a text without the one that says whose it is.
fn unsigned(lines: &[String]) -> Vec<String> {
    let written = lines.iter().filter(|line| !line.trim().is_empty());
    let mut written: Vec<String> = written.cloned().collect();
    words::unsigned(&mut written, words::is_signature);
    written
}

fn field_changes(one: &Leaving) -> FieldChanges {
    let fields = one.changes.iter();
    FieldChanges {
        id: one.id.clone(),
        fields: fields
            .map(|change| (change.field.clone(), change.to.clone()))
            .collect(),
    }
}
