//! Moves data from the CRM into the cache and the ledger. Nothing here knows HTTP, SQL or a vendor's words.
//!
//! [`run`] is called on a thread of its own that owns the [`Stores`]; only the waiting for the CRM is async. Per page
//! the ledger keeps the observations first, then the cache its rows and the cursor, so that a crash between the two, or
//! a deleted cache, leaves history as it was.

mod account;
mod accounts;
pub mod backfill;
mod binding;
mod changes;
mod conversations;
pub mod error;
mod first;
mod haul;
mod leaving;
mod merges;
mod mine;
mod observe;
mod passes;
mod people;
pub mod plan;
mod push;
mod reader;
pub mod report;
mod run;
pub mod schema;
mod scope;
mod session;
pub mod status;

pub use account::Opening;
pub use error::SyncError;
pub use push::{PushEvent, PushOptions, PushReport, has_queued, push};
pub use report::{Opens, Scope, SyncEvent, SyncOptions, SyncReport, Urgent};
pub use run::run;
pub use session::Stores;
pub use status::SyncStatus;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
