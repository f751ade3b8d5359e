//! Which properties objects have: types, labels, options, and which are computed.

use super::object_type::ObjectType;
use super::row::PropertyNumber;

/// One property of an object type.
#[derive(Debug, Clone)]
pub struct Property {
    /// The name in the API.
    pub name: String,
    /// What people call it.
    pub label: &'static str,
    /// HubSpot's `type` and `fieldType`.
    pub value: ValueType,
    /// Allowed values: (value, label).
    pub options: &'static [(&'static str, &'static str)],
    /// Where its values come from.
    pub source: Source,
    /// Whether HubSpot defined it, rather than an admin of the portal.
    pub standard: bool,
    /// Whether values are unique.
    pub unique: bool,
    /// Whether it names an owner.
    pub owner: bool,
    /// Whether it is there at all; a fault can take it away.
    pub present: bool,
}

/// The type of a property's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// One line of text.
    Text,
    /// Formatted or long text.
    Html,
    /// A decimal number.
    Number,
    /// A civil date.
    Date,
    /// An instant.
    DateTime,
    /// `true` or `false`.
    Bool,
    /// One of a list.
    Choice,
    /// Several of a list, joined by `;`.
    Choices,
}

/// Where the values of a property come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Stored with the record.
    Stored,
    /// Stored, but not to be written through the API.
    ReadOnly,
    /// The record's id.
    Id,
    /// When it was made.
    Created,
    /// When it was last changed.
    Changed,
    /// Number of linked records of a kind.
    Count(ObjectType),
    /// Number of linked deals that are not closed.
    OpenDeals,
    /// The newest linked call, meeting or e-mail.
    LastContacted,
    /// Whether the deal's or ticket's stage is closed.
    Closed,
    /// Whether the deal's stage is won.
    Won,
    /// The deal's stage's probability.
    Probability,
}

impl Source {
    /// Whether HubSpot computes it, so that a change does not move the last-changed stamp.
    pub fn is_calculated(self) -> bool {
        !matches!(
            self,
            Self::Stored | Self::ReadOnly | Self::Id | Self::Created | Self::Changed
        )
    }
}

/// The properties of every object type.
#[derive(Debug, Clone)]
pub struct Schema {
    types: Vec<Vec<Property>>,
}

impl Schema {
    /// HubSpot's own properties and those of Alder & Finch.
    pub fn standard() -> Self {
        Self {
            types: ObjectType::ALL.into_iter().map(super::properties::of).collect(),
        }
    }

    /// The properties of a type that are there, with their numbers.
    pub fn present(&self, kind: ObjectType) -> impl Iterator<Item = (PropertyNumber, &Property)> {
        self.types[kind as usize]
            .iter()
            .enumerate()
            .filter(|(_, property)| property.present)
            .map(|(number, property)| (number as PropertyNumber, property))
    }

    /// The property of that name.
    pub fn find(&self, kind: ObjectType, name: &str) -> Option<(PropertyNumber, &Property)> {
        self.present(kind).find(|(_, property)| property.name == name)
    }

    /// The property of that number.
    pub fn property(&self, kind: ObjectType, number: PropertyNumber) -> Option<&Property> {
        self.types[kind as usize].get(usize::from(number))
    }

    /// The property of that name, to be renamed or taken away.
    pub fn find_mut(&mut self, kind: ObjectType, name: &str) -> Option<&mut Property> {
        self.types[kind as usize]
            .iter_mut()
            .find(|property| property.present && property.name == name)
    }

    /// Adds a property, as an admin of the portal can.
    pub fn add(&mut self, kind: ObjectType, property: Property) {
        self.types[kind as usize].push(property);
    }
}

impl Property {
    /// A stored property that an admin of the portal defined.
    pub fn custom(name: &str, label: &'static str, value: ValueType) -> Self {
        Self {
            name: name.to_owned(),
            label,
            value,
            options: &[],
            source: Source::Stored,
            standard: false,
            unique: false,
            owner: false,
            present: true,
        }
    }

    pub(super) fn standard(name: &str, label: &'static str, value: ValueType) -> Self {
        Self {
            standard: true,
            ..Self::custom(name, label, value)
        }
    }

    pub(super) fn options(mut self, options: &'static [(&'static str, &'static str)]) -> Self {
        self.options = options;
        self
    }

    pub(super) fn from(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    pub(super) fn owner(mut self) -> Self {
        self.owner = true;
        self
    }

    /// Makes its values unique, so that it can serve as a key of upserts.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// HubSpot's words for its type and its field.
    pub fn words(&self) -> (&'static str, &'static str) {
        match self.value {
            ValueType::Text => ("string", "text"),
            ValueType::Html => ("string", "html"),
            ValueType::Number => ("number", "number"),
            ValueType::Date => ("date", "date"),
            ValueType::DateTime => ("datetime", "date"),
            ValueType::Bool => ("bool", "booleancheckbox"),
            ValueType::Choice => ("enumeration", "select"),
            ValueType::Choices => ("enumeration", "checkbox"),
        }
    }
}
