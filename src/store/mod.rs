//! SQLite: the cache that mirrors the CRM and the ledger that cannot be fetched again. The only place that says SQL.
//!
//! Per profile there are two databases. `cache.db` may be thrown away and is rebuilt unasked when it
//! is damaged; `ledger.db` is an append-only journal whose rows prove by a checksum that they are as
//! they were written, and which is salvaged row by row. No transaction needs both: per page the
//! ledger commits its observations first, then the cache its rows and cursor.
//!
//! A handle is synchronous and owned by one thread; readers open connections of their own, so that
//! they never queue behind a writer. What values mean is not known here: see `engine` and `domain`.

mod addresses;
mod aside;
mod backup;
mod cache;
mod cache_records;
mod checksum;
pub mod composing;
mod database;
pub mod documents;
mod drafts;
pub mod erase;
mod error;
mod features;
pub mod files;
mod identity;
pub mod inspect;
mod journal;
pub mod keeper;
mod key;
mod leaves;
mod ledger;
mod links;
pub mod lock;
pub mod mask_key;
mod migrations;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod network_tests;
mod observations;
mod outbox;
mod overlay;
pub mod pack;
pub mod recovery;
mod salvage;
mod summaries;
pub mod team_files;
mod team_journal;
pub mod watch;

pub use backup::{Extent, Restored};
pub use cache::{Cache, CachePage, LinkSet};
pub use drafts::Draft;
pub use error::{Notice, StoreError};
pub use features::Features;
pub use journal::{Event, NewEvent, REPLACED, account};
pub use ledger::{Alias, Ledger};
pub use observations::{Observation, Observed, Source};
pub use outbox::{NewAct, OnAccounts, TooLate, is_left};
pub use overlay::{Overlay, Shown};
pub use team_journal::TakenOver;

/// An error for content that was not written by us, or not so.
fn broken(what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        0,
        rusqlite::types::Type::Blob,
        format!("{what} cannot be read").into(),
    )
}

/// Holds the checksum of a row against the stored one.
fn verify(computed: i64, stored: i64) -> rusqlite::Result<()> {
    if computed == stored {
        return Ok(());
    }
    Err(broken("a row whose checksum does not fit"))
}
