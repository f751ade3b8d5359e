//! The filter of the risk queue: what is typed, and what it finds among all warnings.

use super::cmd::RunId;
use super::input::Input;
use crate::domain::book::search::Query;
use crate::domain::desk::Desk;

/// The filter of the risk queue. It is apart from that of the account list: each narrows its own list.
#[derive(Debug, Default)]
pub struct QueueFilter {
    /// What was typed.
    pub input: Input,
    /// Whether keys go into it.
    pub typing: bool,
    /// The order to search that is in flight.
    pub searching: Option<RunId>,
    /// What it finds, of those for which the desk has no room too; `None` without a filter, and until that is answered.
    pub found: Option<Box<Desk>>,
    /// Whether something else was typed since what it finds was asked for: then the queue begins at its top.
    pub is_new: bool,
}

impl QueueFilter {
    /// What is looked for.
    pub fn query(&self) -> Query {
        Query::parse(self.input.text())
    }

    /// Whether it narrows the queue.
    pub fn is_on(&self) -> bool {
        !self.query().is_empty()
    }
}
