//! What can go wrong while the read models are made.

use crate::store::StoreError;

/// Why the read models could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The cache or the ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A read model could not be written as JSON.
    #[error("a read model cannot be written")]
    Json(#[source] serde_json::Error),
}
