//! The outbox: what a person did, on its way to the CRM, and what became of it.
//!
//! An [`Entry`] is one write. It never changes by assignment: what happens to it is a [`Step`], appended to
//! the ledger, and its state is what the steps add up to. So it survives a crash at any moment, and two
//! cockpits that show the same ledger agree.
//!
//! What lives here is pure: which write waits for which, which step may follow which state, how a field that
//! both sides changed is merged. Storing is `store`'s, sending is `sync`'s.

mod binding;
mod counts;
mod entry;
mod keeper;
mod merge;
mod order;
mod permit;
mod remedy;
mod revise;
mod undone;
mod view;
mod write;

pub use binding::{own_words, reworded};
pub use counts::OutboxCounts;
pub use entry::{Entry, EntryId, NewEntry, Receipt, State, Step};
pub use keeper::Keeper;
pub use merge::{Conflict, Merged, merge, same};
pub use order::{due, next_moment, turned_back, waits_on};
pub use permit::{ReadOnly, WritePermit};
pub use remedy::Remedy;
pub use revise::{Line, assignments};
pub use undone::Undone;
pub use view::{BESIDE, DraftLine, OutboxView};
pub use write::{Change, Field, Target, Write};

#[cfg(test)]
mod tests;
