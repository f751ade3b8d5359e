//! Questions of customers, which are tickets and e-mails: given to another of us.

use super::{About, Occasion, Somebody, task};
use crate::domain::outbox::{Change, Field, NewEntry, Target, Write};
use crate::domain::record::{Core, Kind, ValueType};

/// What is known of a question that is there, as the CRM wrote it: the base of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// A ticket or an e-mail.
    pub kind: Kind,
    /// The record.
    pub target: Target,
    /// Its subject, raw.
    pub subject: String,
    /// Id of whose it is.
    pub owner: Option<String>,
}

/// Gives a question to somebody.
pub fn give(on: &Occasion, about: &About, asked: &Asked, to: &Somebody) -> NewEntry {
    let write = Write::Update {
        kind: asked.kind,
        target: asked.target.clone(),
        changes: vec![Change {
            field: Field::Core(Core::Owner),
            base: asked.owner.clone(),
            to: Some(to.id.to_string()),
            value_type: ValueType::Text,
        }],
    };
    on.entry(Some(about), task::owner_title(&to.name, &asked.subject), write)
}
