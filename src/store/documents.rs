//! Names of the documents in the cache that more than one room reads. What is in them is known to whoever writes them.

use crate::domain::record::{Kind, RecordId};

/// Whose portal it is, as `crm::Tenant`.
pub const TENANT: &str = "tenant";
/// All of us as a list of `domain::record::Owner`, archived ones too.
pub const OWNERS: &str = "owners";
/// How the sync stands, as `sync::status::SyncStatus`.
pub const SYNC_STATUS: &str = "sync-status";
/// When the CRM last answered: within a long step nothing else tells that the sync goes on.
pub const SYNC_HEARTBEAT: &str = "sync-heartbeat";
/// Since when the CRM makes a sync wait, as its rate limit is used up; `null` while it does not.
pub const SYNC_LIMITED: &str = "sync-limited";
/// When the ledger was last looked over whole (UTC), as JSON.
pub const LEDGER_LOOK: &str = "ledger-look";

/// For what day and configuration everything is scored; without it all is scored anew.
pub const SCORED: &str = "scored";

/// What is known of the files that metrics come from.
pub const FEEDS: &str = "feeds";
/// A document that says that nothing is known: what it is about is read again.
pub const NOTHING_KNOWN: &str = "{}";

/// The latest numbers of an account that came from files, by the ledger's fields.
pub fn fed(account: &RecordId) -> String {
    format!("fed.{account}")
}

/// What the CRM's fields of a kind are called, as a list of `crm::Property`.
pub fn properties(kind: Kind) -> String {
    format!("properties.{}", kind.word())
}
