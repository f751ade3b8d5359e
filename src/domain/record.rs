//! What a CRM holds, in neutral words: the seam between `crm`, `sync`, `store` and `engine`.
//!
//! A [`Record`] is one object as the CRM told it: the few fields that every CRM has under a
//! [`Core`] name, and the properties that the mapping asked for under their own names. Nothing is
//! interpreted here: values are the CRM's own strings. `engine` reads meaning into them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::text::one_line;

/// The CRM's own id of a record, unique within its [`Kind`] and tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub String);

impl RecordId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for RecordId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl std::fmt::Display for RecordId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of thing a record is. The discriminants are stored: they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Kind {
    /// A company; a customer by the mapping's rule, or a prospect.
    Account = 1,
    /// A person at an account.
    Contact = 2,
    /// What a renewal is about (a deal, an opportunity).
    Contract = 3,
    /// A support ticket or case.
    Ticket = 4,
    /// A task of one of us.
    Task = 5,
    /// A free note.
    Note = 6,
    /// A logged call.
    Call = 7,
    /// A logged meeting.
    Meeting = 8,
    /// A logged e-mail.
    Email = 9,
    /// An answer to a survey (NPS, CSAT, CES).
    Survey = 10,
}

impl Kind {
    /// Every kind, in the order of their stored numbers.
    pub const ALL: [Self; 10] = [
        Self::Account,
        Self::Contact,
        Self::Contract,
        Self::Ticket,
        Self::Task,
        Self::Note,
        Self::Call,
        Self::Meeting,
        Self::Email,
        Self::Survey,
    ];

    /// The kind with this stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// Whether a record of this kind is a touchpoint: a call, a meeting or an e-mail.
    pub fn is_touchpoint(self) -> bool {
        matches!(self, Self::Call | Self::Meeting | Self::Email)
    }

    /// The word for this kind in messages, in lower case and singular.
    pub fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Contact => "contact",
            Self::Contract => "contract",
            Self::Ticket => "ticket",
            Self::Task => "task",
            Self::Note => "note",
            Self::Call => "call",
            Self::Meeting => "meeting",
            Self::Email => "e-mail",
            Self::Survey => "survey answer",
        }
    }

    /// The word for several of this kind.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Account => "accounts",
            Self::Contact => "contacts",
            Self::Contract => "contracts",
            Self::Ticket => "tickets",
            Self::Task => "tasks",
            Self::Note => "notes",
            Self::Call => "calls",
            Self::Meeting => "meetings",
            Self::Email => "e-mails",
            Self::Survey => "survey answers",
        }
    }
}

/// The fields that every CRM has in some form, under one name. Stored by these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Core {
    /// Name of an account or a contract.
    Name,
    /// Web domain of an account, without scheme.
    Domain,
    /// Id of the owner (a person of ours).
    Owner,
    /// Id of the parent account.
    Parent,
    /// Ids that were merged into this record, joined by `;`.
    MergedIds,
    /// A contact's given name.
    FirstName,
    /// A contact's family name.
    LastName,
    /// A contact's e-mail address.
    Email,
    /// A contact's job title.
    JobTitle,
    /// A contact's telephone number.
    Phone,
    /// Subject of a ticket, task, call, meeting or e-mail.
    Subject,
    /// Text of a ticket, task, note or touchpoint; HTML as the CRM sent it.
    Body,
    /// When a task is due, RFC 3339 in UTC.
    Due,
    /// `true` when a task is completed, else `false`.
    Done,
    /// Priority: `low`, `medium`, `high` or `urgent`, as far as the CRM says.
    Priority,
    /// Label of the stage that a contract or ticket is in.
    Stage,
    /// Id of the stage that a contract or ticket is in.
    StageId,
    /// Id of the pipeline that a contract or ticket is in.
    Pipeline,
    /// `true` when a ticket or contract is in a closed stage, else `false`.
    Closed,
    /// `true` when a contract is in a won stage, else `false`.
    Won,
    /// When a ticket was closed, RFC 3339 in UTC.
    ClosedAt,
    /// A contract's value in major units of its currency, as the CRM wrote it.
    Amount,
    /// ISO 4217 code of [`Core::Amount`].
    Currency,
    /// The date on which a contract is expected to close or closed.
    CloseDate,
    /// When a note, touchpoint or survey answer happened, RFC 3339 in UTC.
    Occurred,
    /// Outcome of a call or meeting, in the CRM's words.
    Outcome,
    /// `nps`, `csat`, `ces` or the CRM's own word for another survey.
    SurveyKind,
    /// The number that a survey answer gave.
    Score,
}

impl Core {
    /// The type of its values.
    pub fn value_type(self) -> ValueType {
        match self {
            Self::Due | Self::ClosedAt | Self::Occurred => ValueType::DateTime,
            Self::CloseDate => ValueType::Date,
            Self::Amount | Self::Score => ValueType::Number,
            Self::Done | Self::Closed | Self::Won => ValueType::Bool,
            _ => ValueType::Text,
        }
    }

    /// Every core field with the name it is stored by.
    pub const NAMES: [(Self, &'static str); 28] = [
        (Self::Name, "name"),
        (Self::Domain, "domain"),
        (Self::Owner, "owner"),
        (Self::Parent, "parent"),
        (Self::MergedIds, "merged-ids"),
        (Self::FirstName, "first-name"),
        (Self::LastName, "last-name"),
        (Self::Email, "email"),
        (Self::JobTitle, "job-title"),
        (Self::Phone, "phone"),
        (Self::Subject, "subject"),
        (Self::Body, "body"),
        (Self::Due, "due"),
        (Self::Done, "done"),
        (Self::Priority, "priority"),
        (Self::Stage, "stage"),
        (Self::StageId, "stage-id"),
        (Self::Pipeline, "pipeline"),
        (Self::Closed, "closed"),
        (Self::Won, "won"),
        (Self::ClosedAt, "closed-at"),
        (Self::Amount, "amount"),
        (Self::Currency, "currency"),
        (Self::CloseDate, "close-date"),
        (Self::Occurred, "occurred"),
        (Self::Outcome, "outcome"),
        (Self::SurveyKind, "survey-kind"),
        (Self::Score, "score"),
    ];

    /// The name that the field is stored by, e.g. `close-date`.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }

    /// The field with this stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(field, _)| *field)
    }
}

/// One object as the CRM told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What it is.
    pub kind: Kind,
    /// The CRM's id.
    pub id: RecordId,
    /// When the CRM says it was made.
    pub created: Timestamp,
    /// When the CRM says it was last changed: the server's stamp, used for watermarks.
    pub changed: Timestamp,
    /// Whether the CRM has archived (deleted) it.
    pub archived: bool,
    /// Fields that every CRM has. An empty or null value is absent.
    pub core: BTreeMap<Core, String>,
    /// Properties that the mapping asked for, by the CRM's own names. An empty or null value is absent.
    pub mapped: BTreeMap<String, String>,
}

impl Record {
    /// The value of a core field, if the CRM has one.
    pub fn core(&self, field: Core) -> Option<&str> {
        self.core.get(&field).map(String::as_str)
    }

    /// The value of a core field as one line, for what is shown or named by it.
    pub fn line(&self, field: Core) -> Option<String> {
        self.core(field).map(one_line)
    }

    /// The value of a mapped property, if the CRM has one.
    pub fn mapped(&self, property: &str) -> Option<&str> {
        self.mapped.get(property).map(String::as_str)
    }
}

/// The type of a property's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueType {
    /// Any text.
    #[default]
    Text,
    /// A decimal number.
    Number,
    /// A civil date.
    Date,
    /// An instant.
    DateTime,
    /// `true` or `false`.
    Bool,
    /// One or several of a list.
    Choice,
}

impl ValueType {
    /// Whether it is any text.
    #[allow(clippy::trivially_copy_pass_by_ref)] // As the serialiser calls it.
    pub fn is_text(&self) -> bool {
        *self == Self::Text
    }
}

/// That two records belong together: a contact, contract, ticket … and its account, or two others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// One end. By convention the account, where one of the two is an account.
    pub from: (Kind, RecordId),
    /// The other end.
    pub to: (Kind, RecordId),
}

/// One past value of one property, from the CRM's own history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastValue {
    /// Which record.
    pub id: RecordId,
    /// Which property, by the CRM's own name.
    pub property: String,
    /// What it became; `None` when it was cleared.
    pub value: Option<String>,
    /// When it became so.
    pub at: Timestamp,
    /// The CRM's id of the user who did it, if it says.
    pub user: Option<String>,
    /// Who or what did it, in words such as `an import`, if the CRM says.
    pub by: Option<String>,
}

/// One of us, as the CRM knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The CRM's id of the owner.
    pub id: RecordId,
    /// The CRM's id of the same person as a user, if it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// E-mail address, lower case.
    pub email: String,
    /// Given and family name as one text.
    pub name: String,
    /// `false` once the CRM has archived them.
    pub active: bool,
    /// Whether it is no person but a queue, from which people take what comes in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub queue: bool,
    /// Teams, the primary one first: (id, name).
    pub teams: Vec<(String, String)>,
}

impl Owner {
    /// Who of us a text means, by e-mail address or id. A person who left and came back has an archived
    /// owner with the same address: those who are active are asked first.
    pub fn find<'a>(owners: &'a [Self], text: &str) -> Option<&'a Self> {
        let means = |owner: &&Self| owner.email.eq_ignore_ascii_case(text) || owner.id.as_str() == text;
        let mut active = owners.iter().filter(|owner| owner.active);
        active.find(means).or_else(|| owners.iter().find(means))
    }

    /// What whoever of us has this address is called; the address itself where nobody has it.
    pub fn called(owners: &[Self], address: &str) -> String {
        Self::find(owners, address).map_or_else(|| address.to_owned(), |owner| owner.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Core;

    #[test]
    fn stored_names_of_core_fields_are_those_that_serde_writes() {
        for (number, (field, name)) in Core::NAMES.into_iter().enumerate() {
            assert_eq!(serde_json::json!(field), serde_json::json!(name));
            assert_eq!(field as usize, number, "{name} stands in the wrong place");
            assert_eq!(Core::from_name(name), Some(field));
        }
    }
}
