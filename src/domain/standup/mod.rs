//! A standup: what changed on the accounts of a scope since the last one that was held there, what was promised then and
//! whether it was kept, what is decided now.
//!
//! The review is a pure function of what is known of each account; a standup itself is a fold over the journal's events
//! ([`Held`]), and its minutes are made of that fold alone, so that they are the same whenever they are made.

mod agenda;
mod change;
mod decide;
mod event;
mod held;
mod minutes;
mod moved;
mod prepared;
mod promise;
mod scope;
mod time;

pub use agenda::{Agenda, Facts, Frame, Item, Left, Order, Tally, tone};
pub use change::{Change, THRESHOLDS, Tone, Turn, What, crossed};
pub use decide::Talk;
pub use event::{
    BOUND, Begun, Bound, DECIDED, Decided, Discussed, Ended, Happened, KINDS, Kind, Line, Said, Settled,
    StandupEvent, TakenBack,
};
pub use held::{Decision, Held, Visit, fold, last, open};
pub use minutes::{minutes, note_of};
pub use moved::{Moved, moved};
pub use prepared::Prepared;
pub use promise::{Promise, Standing, Task, to_check};
pub use scope::{Place, Scope, is_own};
pub use time::Budget;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) use tests::line as line_of;
