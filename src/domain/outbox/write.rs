//! What is to be written, in neutral words.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::EntryId;
use super::merge::same;
use crate::domain::record::{Core, Kind, Record, RecordId, ValueType};

/// A field of a record. As text `core:due` for a core field, else the CRM's own name of a mapped property.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Field {
    /// A field that every CRM has.
    Core(Core),
    /// A property that the mapping names.
    Mapped(String),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core(core) => write!(f, "core:{}", core.name()),
            Self::Mapped(name) => f.write_str(name),
        }
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        match text.strip_prefix("core:").and_then(Core::from_name) {
            Some(core) => Self::Core(core),
            None => Self::Mapped(text),
        }
    }
}

/// A record that is written to or linked to: one that the CRM has, or one that waits here to be made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The CRM's record.
    Record(RecordId),
    /// What this entry makes.
    Entry(EntryId),
}

/// How the id begins under which something is shown that waits here to be made.
const WAITING: &str = "outbox:";

impl Target {
    /// What is meant by an id that is shown: see [`Self::shown_id`].
    pub fn of(id: &RecordId) -> Self {
        let entry = id
            .as_str()
            .strip_prefix(WAITING)
            .and_then(|number| number.parse().ok());
        entry.map_or_else(|| Self::Record(id.clone()), |number| Self::Entry(EntryId(number)))
    }

    /// The id under which it is shown: the CRM's, or `outbox:<entry>` while it waits here to be made.
    pub fn shown_id(&self) -> RecordId {
        match self {
            Self::Record(id) => id.clone(),
            Self::Entry(entry) => RecordId(format!("{WAITING}{entry}")),
        }
    }
}

/// One field that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which field.
    pub field: Field,
    /// The value that the person saw when changing it, as the CRM wrote it; `None` was empty.
    pub base: Option<String>,
    /// What it becomes, in the form in which the cache keeps values; `None` empties it.
    pub to: Option<String>,
    /// The type of a mapped property's values, as the CRM has it.
    #[serde(default, skip_serializing_if = "ValueType::is_text")]
    pub value_type: ValueType,
}

impl Change {
    /// Whether two values of this field mean the same to the CRM.
    pub fn same(&self, one: Option<&str>, other: Option<&str>) -> bool {
        let value_type = match self.field {
            Field::Core(core) => core.value_type(),
            Field::Mapped(_) => self.value_type,
        };
        same(value_type, one, other)
    }

    /// Whether a record has still what this is based on.
    fn rests_on(&self, record: &Record) -> bool {
        let now = match &self.field {
            Field::Core(core) => record.core(*core),
            Field::Mapped(name) => record.mapped(name),
        };
        self.same(now, self.base.as_deref())
    }
}

/// One write to the CRM.
///
/// Texts ([`Core::Body`]) are plain here; the adapter makes of them what the CRM wants and adds the
/// signature line with the entry's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Write {
    /// A new record.
    Create {
        /// What it is: a note, task, call, meeting or e-mail.
        kind: Kind,
        /// Its values.
        fields: BTreeMap<Field, String>,
        /// The records that it belongs to.
        about: Vec<(Kind, Target)>,
    },
    /// Fields of a record change.
    Update {
        /// What the record is.
        kind: Kind,
        /// Which record.
        target: Target,
        /// What changes. Never empty.
        changes: Vec<Change>,
    },
    /// A record that we made is taken back: the CRM archives it.
    Archive {
        /// What the record is.
        kind: Kind,
        /// Which record.
        target: Target,
    },
}

impl Write {
    /// Whether a record, as the CRM had it last, has still what these changes of it are based on.
    pub fn rests_on(&self, record: &Record) -> bool {
        let mut changes = self.changes().unwrap_or_default().iter();
        changes.all(|change| change.rests_on(record))
    }

    /// The fields that change; `None` where it is a whole record.
    pub fn changes(&self) -> Option<&[Change]> {
        match self {
            Self::Update { changes, .. } => Some(changes),
            Self::Create { .. } | Self::Archive { .. } => None,
        }
    }

    /// What kind of record is written.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Create { kind, .. } | Self::Update { kind, .. } | Self::Archive { kind, .. } => *kind,
        }
    }

    /// The task that it completes, or takes up again, and whether it completes it.
    pub fn closes(&self) -> Option<(&Target, bool)> {
        let Self::Update {
            kind: Kind::Task,
            target,
            changes,
        } = self
        else {
            return None;
        };
        let is_done = |change: &&Change| change.field == Field::Core(Core::Done);
        let done = changes.iter().find(is_done)?;
        Some((target, done.to.as_deref() == Some("true")))
    }

    /// What a note says that it makes.
    pub fn of_note(&self) -> Option<&BTreeMap<Field, String>> {
        match self {
            Self::Create {
                kind: Kind::Note,
                fields,
                ..
            } => Some(fields),
            _ => None,
        }
    }

    /// The record that is written, unless it is yet to be made.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Create { .. } => None,
            Self::Update { target, .. } | Self::Archive { target, .. } => Some(target),
        }
    }

    /// Entries that must have arrived before this one can.
    pub fn waits_for(&self) -> impl Iterator<Item = EntryId> + '_ {
        let about = match self {
            Self::Create { about, .. } => about.as_slice(),
            _ => &[],
        };
        let targets = about.iter().map(|(_, target)| target).chain(self.target());
        targets.filter_map(|target| match target {
            Target::Entry(entry) => Some(*entry),
            Target::Record(_) => None,
        })
    }
}
