//! Moves data from the CRM into the cache and the ledger. Nothing here knows HTTP, SQL or a vendor's words.
//!
//! [`run`](crate::sync) is called on a thread of its own that owns the stores; only the waiting for the CRM is async.

pub mod error;
pub mod report;
pub mod status;

pub use error::SyncError;
pub use report::{Scope, SyncEvent, SyncOptions, SyncReport};
pub use status::SyncStatus;
