//! Facts that belong to the team, and the files by which everybody's ledger learns of them.
//!
//! Each ledger appends what its person said to a file of its own in a folder that all share: a line per event, which
//! proves by a checksum that it is as it was written. What is read of a file, and what is wrong in it, is a pure function
//! of its bytes and of what is remembered from before ([`look`]). Events are ordered by clock, writer and number, so it
//! does not matter in which order they arrive.

mod line;
mod look;

pub use line::{Header, Line};
pub use look::{Fault, Look, Mark, look};

use super::standup;
use super::warning::PERSONS;

/// What is said where it rests on what people say, and that comes to nobody else.
pub const ONLY_YOU: &str = "only you see this";

/// The kind of events by which a ledger tells that a warning has recovered.
pub const RECOVERED: &str = "warning-cleared";
/// The kind of events in which a person says whether a churn could have been avoided.
pub const CHURN_JUDGED: &str = "churn-judged";
/// The kind of events that the task of a promise was completed in the CRM.
pub const PROMISE_KEPT: &str = "promise-kept";
/// The kind of events that a note tells what became of such a promise.
pub const PROMISE_TOLD: &str = "promise-told";
/// The kind of events that such a task was taken up again.
pub const PROMISE_OPEN_AGAIN: &str = "promise-open-again";

/// The kind of events that keep what a note says of a goal that was missed.
pub const GOAL_TOLD: &str = "goal-told";

/// Whether events of this kind are the team's: what a person said that the CRM does not tell everybody. What each
/// program works out by itself is not, with two exceptions. That a warning recovered ends what was said of it, also
/// where it never stood. What became of a promise is kept as it was first seen, and later edits do not change it. Standups are
/// the team's whole, so that a wiped machine has its own again; those of one book are read by whoever held them alone.
pub fn is_shared(kind: &str) -> bool {
    kinds().any(|one| one == kind)
}

/// All kinds that are the team's.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    let others = [
        RECOVERED,
        CHURN_JUDGED,
        PROMISE_KEPT,
        PROMISE_TOLD,
        PROMISE_OPEN_AGAIN,
        GOAL_TOLD,
    ];
    PERSONS.into_iter().chain(others).chain(standup::KINDS)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
