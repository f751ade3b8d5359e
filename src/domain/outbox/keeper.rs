//! Which program holds an entry while a person changes it there.

use serde::{Deserialize, Serialize};

/// A process on a machine. The field names are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeper {
    /// The machine's name.
    pub host: String,
    /// The process's number there.
    pub pid: u32,
    /// When it began, in the machine's own count, so that another process with its number is not taken for it; `None`
    /// where the machine does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<u64>,
}
