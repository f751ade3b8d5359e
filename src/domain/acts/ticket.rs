//! Tickets: given to another of us.

use super::{About, Occasion, Somebody, task};
use crate::domain::outbox::{Change, Field, NewEntry, Target, Write};
use crate::domain::record::{Core, Kind, ValueType};

/// What is known of a ticket that is there, as the CRM wrote it: the base of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The ticket.
    pub target: Target,
    /// Its subject, raw.
    pub subject: String,
    /// Id of whose it is.
    pub owner: Option<String>,
}

/// Gives a ticket to somebody.
pub fn give(on: &Occasion, about: &About, ticket: &Ticket, to: &Somebody) -> NewEntry {
    let write = Write::Update {
        kind: Kind::Ticket,
        target: ticket.target.clone(),
        changes: vec![Change {
            field: Field::Core(Core::Owner),
            base: ticket.owner.clone(),
            to: Some(to.id.to_string()),
            value_type: ValueType::Text,
        }],
    };
    on.entry(Some(about), task::owner_title(&to.name, &ticket.subject), write)
}
