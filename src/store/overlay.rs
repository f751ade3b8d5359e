//! Pending writes laid over the cached rows: what a person did shows at once, and the cache stays what the CRM told.
//!
//! What waits, is under way or may have arrived shows as if the CRM had it; what was refused or given up does
//! not. Something that was sent shows from here only until the cache has it, so that nothing is there twice. The
//! sync reads the cache itself and sees none of this.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::html;
use crate::domain::outbox::{Change, Entry, EntryId, Field, State, Target, Write};
use crate::domain::record::{Core, Kind, Record, RecordId};

use super::cache::Cache;
use super::documents;
use super::error::StoreError;
use super::ledger::Ledger;

/// A record, whether the CRM has it or not.
type Place = (Kind, RecordId);

/// What is laid over the cached rows.
#[derive(Debug, Default)]
pub struct Overlay {
    made: BTreeMap<Place, Record>,
    changed: BTreeMap<Place, BTreeMap<Field, Option<String>>>,
    gone: BTreeSet<Place>,
    /// Both ways.
    links: BTreeSet<(Place, Place)>,
    /// The latest state of what is pending on a record.
    records: BTreeMap<Place, State>,
    fields: BTreeMap<(Place, Field), State>,
    /// Whether metrics come from files.
    fed: bool,
}

impl Overlay {
    /// What is pending now, and what was sent at `since` or later and is not in the cache yet.
    pub fn read(cache: &Cache, ledger: &Ledger, since: Timestamp) -> Result<Self, StoreError> {
        let mut entries: BTreeMap<EntryId, Entry> = BTreeMap::new();
        for entry in ledger
            .outbox_open()?
            .into_iter()
            .chain(ledger.outbox_sent(since)?)
        {
            entries.insert(entry.id, entry);
        }
        let mut builder = Builder {
            overlay: Self::default(),
            ids: BTreeMap::new(),
            cache,
            ledger,
            since,
        };
        for entry in entries.values() {
            builder.lay(entry)?;
        }
        builder.overlay.fed = cache.document(documents::FEEDS)?.is_some();
        Ok(builder.overlay)
    }

    /// The cached rows with this over them.
    pub fn over<'a>(&'a self, cache: &'a Cache) -> Shown<'a> {
        Shown { overlay: self, cache }
    }

    /// Where the pending write stands that made or last changed a record; `None` when nothing is pending.
    pub fn state(&self, kind: Kind, id: &RecordId) -> Option<State> {
        self.records.get(&(kind, id.clone())).copied()
    }

    /// Whether a record is one of ours that the CRM has not told of: what it will say of it is not known.
    pub fn is_made(&self, kind: Kind, id: &RecordId) -> bool {
        self.made.contains_key(&(kind, id.clone()))
    }

    /// Where the pending write of one field stands.
    pub fn field_state(&self, kind: Kind, id: &RecordId, field: &Field) -> Option<State> {
        self.fields.get(&((kind, id.clone()), field.clone())).copied()
    }

    /// A record with what is pending over it; `None` when it is to be removed.
    fn apply(&self, mut record: Record) -> Option<Record> {
        if self.gone.is_empty() && self.changed.is_empty() {
            return Some(record);
        }
        let place = (record.kind, record.id.clone());
        if self.gone.contains(&place) {
            return None;
        }
        for (field, value) in self.changed.get(&place).into_iter().flatten() {
            set(&mut record, field, value.clone());
        }
        Some(record)
    }
}

/// The cached rows as they are shown, with pending writes over them.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    overlay: &'a Overlay,
    cache: &'a Cache,
}

impl Shown<'_> {
    /// One record.
    pub fn record(&self, kind: Kind, id: &RecordId) -> Result<Option<Record>, StoreError> {
        let cached = self.cache.record(kind, id)?.map(|record| self.fed(record));
        let cached = cached.transpose()?;
        let found = cached.or_else(|| self.overlay.made.get(&(kind, id.clone())).cloned());
        Ok(found.and_then(|record| self.overlay.apply(record)))
    }

    /// A record with what came from files: it lies beside, so that the record stays what the CRM told.
    fn fed(&self, mut record: Record) -> Result<Record, StoreError> {
        if self.overlay.fed && record.kind == Kind::Account {
            let numbers = self.cache.document(&documents::fed(&record.id))?;
            let numbers = numbers.and_then(|json| serde_json::from_str(&json).ok());
            record
                .mapped
                .extend(numbers.into_iter().flat_map(|one: BTreeMap<String, String>| one));
        }
        Ok(record)
    }

    /// Those of the records that are there, in the order of `ids`.
    pub fn records(&self, kind: Kind, ids: &[RecordId]) -> Result<Vec<Record>, StoreError> {
        let found = ids.iter().map(|id| self.record(kind, id));
        found.filter_map(Result::transpose).collect()
    }

    /// The ids of a kind that are linked to one record, also those whose records are not there.
    pub fn linked_ids(&self, from: (Kind, &RecordId), to: Kind) -> Result<Vec<RecordId>, StoreError> {
        let mut ids = self.cache.linked_ids(from, to)?;
        let is_from = |place: &Place| place.0 == from.0 && place.1 == *from.1;
        let pending = self.overlay.links.iter().filter(|(one, _)| is_from(one));
        for (_, (kind, id)) in pending {
            if *kind == to && !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        Ok(ids)
    }

    /// The records of a kind that are linked to one record.
    pub fn linked(&self, from: (Kind, &RecordId), to: Kind) -> Result<Vec<Record>, StoreError> {
        self.records(to, &self.linked_ids(from, to)?)
    }

    /// Hands over every record of a kind.
    pub fn each_record(&self, kind: Kind, f: &mut dyn FnMut(Record)) -> Result<(), StoreError> {
        let mut failed = None;
        let mut made: BTreeMap<&RecordId, &Record> = BTreeMap::new();
        for ((of, id), record) in &self.overlay.made {
            if *of == kind {
                made.insert(id, record);
            }
        }
        self.cache.each_record(kind, &mut |record| {
            made.remove(&record.id);
            match self.fed(record) {
                Ok(record) => {
                    if let Some(record) = self.overlay.apply(record) {
                        f(record);
                    }
                }
                Err(error) => failed = Some(error),
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        for record in made.into_values() {
            if let Some(record) = self.overlay.apply(record.clone()) {
                f(record);
            }
        }
        Ok(())
    }
}

/// Lays one entry after another.
struct Builder<'a> {
    overlay: Overlay,
    /// By which id the record is shown that an entry makes.
    ids: BTreeMap<EntryId, RecordId>,
    cache: &'a Cache,
    ledger: &'a Ledger,
    since: Timestamp,
}

impl Builder<'_> {
    fn lay(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let sent = entry.state == State::Sent;
        if !sent && !entry.is_pending() {
            return Ok(());
        }
        match &entry.new.write {
            Write::Create { kind, fields, about } => self.create(entry, *kind, fields, about),
            Write::Update {
                kind,
                target,
                changes,
            } => match self.place(*kind, target)? {
                Some(place) => self.update(entry, &place, changes),
                None => Ok(()),
            },
            Write::Archive { kind, target } => {
                if let Some(place) = self.place(*kind, target)?
                    && (!sent || entry.since >= self.since)
                {
                    self.overlay.gone.insert(place);
                }
                Ok(())
            }
        }
    }

    fn create(
        &mut self,
        entry: &Entry,
        kind: Kind,
        fields: &BTreeMap<Field, String>,
        about: &[(Kind, Target)],
    ) -> Result<(), StoreError> {
        let mut ends = Vec::new();
        for (kind, target) in about {
            ends.extend(self.place(*kind, target)?);
        }
        if let Some(id) = self.arrived(entry, kind, &ends)? {
            let known = self.cache.record(kind, &id)?.is_some();
            self.ids.insert(entry.id, id.clone());
            if known || entry.since < self.since {
                return Ok(());
            }
            self.make(entry, &(kind, id), fields, ends);
        } else {
            let id = Target::Entry(entry.id).shown_id();
            self.ids.insert(entry.id, id.clone());
            self.overlay.records.insert((kind, id.clone()), entry.state);
            self.make(entry, &(kind, id), fields, ends);
        }
        Ok(())
    }

    fn make(&mut self, entry: &Entry, place: &Place, fields: &BTreeMap<Field, String>, ends: Vec<Place>) {
        let mut record = Record {
            kind: place.0,
            id: place.1.clone(),
            created: entry.queued_at,
            changed: entry.queued_at,
            archived: false,
            core: BTreeMap::new(),
            mapped: BTreeMap::new(),
        };
        for (field, value) in fields {
            set(&mut record, field, shown_value(field, Some(value)));
        }
        self.overlay.made.insert(place.clone(), record);
        for end in ends {
            self.overlay.links.insert((place.clone(), end.clone()));
            self.overlay.links.insert((end, place.clone()));
        }
    }

    /// The CRM's id of what an entry makes, if the CRM is known to have it: by the receipt, or because the
    /// cache has a record with the entry's key in its text.
    fn arrived(&self, entry: &Entry, kind: Kind, ends: &[Place]) -> Result<Option<RecordId>, StoreError> {
        if let Some(receipt) = &entry.receipt {
            return self.ledger.resolve(kind, &receipt.record).map(Some);
        }
        if entry.attempts == 0 {
            return Ok(None);
        }
        let has_key = |record: &Record| {
            let body = record.core(Core::Body);
            body.is_some_and(|body| body.contains(&entry.key))
        };
        for (of, id) in ends {
            let linked = self.cache.linked((*of, id), kind)?;
            if let Some(record) = linked.into_iter().find(has_key) {
                return Ok(Some(record.id));
            }
        }
        Ok(None)
    }

    fn update(&mut self, entry: &Entry, place: &Place, changes: &[Change]) -> Result<(), StoreError> {
        let pending = entry.is_pending();
        let cached = self.cache.record(place.0, &place.1)?;
        for change in changes {
            let now = cached.as_ref().and_then(|record| value(record, &change.field));
            // What was sent is shown while the cache still has what was there before. What the CRM told of the record since
            // it was looked at for the write is the truth, also where it is that old value again.
            let is_older = match (&cached, entry.seen) {
                (Some(record), Some(seen)) => record.changed <= seen,
                _ => entry.since >= self.since,
            };
            let is_old = is_older && entry.since >= self.since && change.same(now, change.base.as_deref());
            if pending || is_old {
                let shown = shown_value(&change.field, change.to.as_deref());
                let fields = self.overlay.changed.entry(place.clone()).or_default();
                fields.insert(change.field.clone(), shown);
            }
            if pending {
                let field = (place.clone(), change.field.clone());
                self.overlay.fields.insert(field, entry.state);
                self.overlay.records.insert(place.clone(), entry.state);
            }
        }
        Ok(())
    }

    /// The record that is meant, by the id under which it is shown; `None` when nothing makes it any more.
    fn place(&self, kind: Kind, target: &Target) -> Result<Option<Place>, StoreError> {
        Ok(match target {
            Target::Record(id) => Some((kind, self.ledger.resolve(kind, id)?)),
            Target::Entry(entry) => self.ids.get(entry).map(|id| (kind, id.clone())),
        })
    }
}

fn value<'a>(record: &'a Record, field: &Field) -> Option<&'a str> {
    match field {
        Field::Core(core) => record.core(*core),
        Field::Mapped(name) => record.mapped(name),
    }
}

/// A value as the cache keeps it: texts are plain in the outbox and HTML in the cache.
fn shown_value(field: &Field, value: Option<&str>) -> Option<String> {
    match field {
        Field::Core(Core::Body) => value.map(html::from_text),
        _ => value.map(str::to_owned),
    }
}

fn set(record: &mut Record, field: &Field, value: Option<String>) {
    let value = value.filter(|value| !value.is_empty());
    match (field, value) {
        (Field::Core(core), Some(value)) => drop(record.core.insert(*core, value)),
        (Field::Core(core), None) => drop(record.core.remove(core)),
        (Field::Mapped(name), Some(value)) => drop(record.mapped.insert(name.clone(), value)),
        (Field::Mapped(name), None) => drop(record.mapped.remove(name)),
    }
}
