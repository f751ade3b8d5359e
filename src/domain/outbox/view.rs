//! The outbox as it is looked at: read from the ledger in one go.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Change, Entry, EntryId, Field, OutboxCounts, State, Write};
use crate::domain::acts::edit::EditableField;
use crate::domain::record::{Core, Kind, RecordId, ValueType};

/// The outbox as it is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutboxView {
    /// How many entries wait for what.
    pub counts: OutboxCounts,
    /// Entries that are not final, in the order in which they were made.
    pub open: Vec<Entry>,
    /// The newest entries that are final, newest first.
    pub done: Vec<Entry>,
    /// Entries that are not as they were written; they are never sent.
    pub damaged: Vec<EntryId>,
    /// Texts that are being composed, the newest first.
    pub drafts: Vec<DraftLine>,
    /// Names of the accounts that entries and drafts are about, raw.
    pub accounts: BTreeMap<RecordId, String>,
    /// What the CRM calls its own fields.
    pub labels: BTreeMap<Field, String>,
    /// What the CRM, or the list of us, calls a value of a field.
    pub values: BTreeMap<(Field, String), String>,
    /// What the CRM takes in the mapped fields that are written, by the kind of record.
    pub properties: BTreeMap<(Kind, Field), EditableField>,
}

/// Stands in the name of a draft before the number of one that is kept beside another.
pub const BESIDE: &str = ":+";

/// A text that is being composed, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine {
    /// What it is, e.g. `note:<account>`.
    pub name: String,
    /// The beginning of the text, raw.
    pub begins: String,
    /// When it was saved (UTC).
    pub saved_at: Timestamp,
}

impl DraftLine {
    /// What is being composed, e.g. `note`.
    pub fn what(&self) -> &str {
        self.name
            .split_once(':')
            .map_or(self.name.as_str(), |(what, _)| what)
    }

    /// The account that it is about, by the second part of its name.
    pub fn account(&self) -> Option<RecordId> {
        let id = self.name.split(':').nth(1)?;
        Some(RecordId::from(id)).filter(|id| !id.as_str().is_empty())
    }

    /// The entry whose write it changes, if it does.
    pub fn revised(&self) -> Option<EntryId> {
        let number = (self.what() == "revise").then(|| self.which().parse().ok());
        number.flatten().map(EntryId)
    }

    /// The third part of its name: which handoff or step it is; empty where an account has only one.
    pub fn which(&self) -> &str {
        let name = self.name.split(BESIDE).next().unwrap_or_default();
        name.splitn(3, ':').nth(2).unwrap_or_default()
    }
}

impl OutboxView {
    /// The entry with this number, if it is among those that show.
    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.open.iter().chain(&self.done).find(|entry| entry.id == id)
    }

    /// The oldest entry that somebody else's change keeps from being sent.
    pub fn conflict(&self) -> Option<&Entry> {
        self.open.iter().find(|entry| entry.state == State::Conflict)
    }

    /// All entries that show, open or final.
    pub fn all(&self) -> impl Iterator<Item = &Entry> {
        self.open.iter().chain(&self.done)
    }

    /// What a person did in one go, in the order in which it was made.
    pub fn of_act<'a>(&'a self, act: &'a str) -> impl Iterator<Item = &'a Entry> {
        let done = self.done.iter().rev();
        done.chain(&self.open).filter(move |entry| entry.new.act == act)
    }

    /// What may be typed into a field, as far as that is known.
    pub fn editable(&self, kind: Kind, field: &Field) -> Option<EditableField> {
        let plain = |value_type| self.plain(kind, field, value_type);
        match field {
            Field::Core(Core::Owner) => Some(EditableField {
                is_owner: true,
                ..plain(ValueType::Text)
            }),
            Field::Core(Core::Due) => Some(plain(ValueType::DateTime)),
            Field::Core(_) => None,
            Field::Mapped(_) => self.properties.get(&(kind, field.clone())).cloned(),
        }
    }

    /// The same of a field that is written. One of which nothing is known any more is a day or an instant if it is written
    /// as one.
    pub fn editable_in(&self, write: &Write, field: &Field) -> Option<EditableField> {
        let as_written = || {
            let Write::Update { kind, changes, .. } = write else {
                return None;
            };
            let is_it = |change: &&Change| {
                let is_date = matches!(change.value_type, ValueType::Date | ValueType::DateTime);
                is_date && change.field == *field
            };
            let change = changes.iter().find(is_it)?;
            Some(self.plain(*kind, field, change.value_type))
        };
        self.editable(write.kind(), field).or_else(as_written)
    }

    /// A field that takes whatever is of this type.
    fn plain(&self, kind: Kind, field: &Field, value_type: ValueType) -> EditableField {
        EditableField {
            contract: None,
            kind,
            record: RecordId::from(""),
            field: field.clone(),
            label: self.label(field),
            value_type,
            is_owner: false,
            options: Vec::new(),
            value: None,
            pending: None,
            term: None,
            amount: None,
        }
    }

    /// What a field is called.
    pub fn label(&self, field: &Field) -> String {
        match (self.labels.get(field), field) {
            (Some(label), _) => label.clone(),
            (None, Field::Core(Core::StageId)) => "stage".to_owned(),
            (None, Field::Core(core)) => core.name().replace('-', " "),
            (None, Field::Mapped(name)) => name.replace('_', " "),
        }
    }

    /// What a value of a field is called; `None` for an empty one.
    pub fn value<'a>(&'a self, field: &Field, value: Option<&'a str>) -> Option<&'a str> {
        let value = value.filter(|value| !value.is_empty())?;
        let label = self.values.get(&(field.clone(), value.to_owned()));
        Some(label.map_or(value, String::as_str))
    }

    /// The name of an account; its id as long as the cache does not know it.
    pub fn account_name<'a>(&'a self, id: &'a RecordId) -> &'a str {
        self.accounts.get(id).map_or(id.as_str(), String::as_str)
    }
}
