//! An error as data: what the screen shows in place until it is read.

/// Where a failure shows and what it keeps from working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The CRM cannot be reached or limits us: the cache is shown with its age.
    Offline,
    /// The CRM does not accept who we are, or lacks a scope.
    Authentication,
    /// The sync went on, but something is missing or held back.
    Note,
    /// The CRM answered something that a sync could not use.
    Sync,
    /// The cache or the ledger could not be read or written.
    Storage,
    /// A file that a person can edit is wrong.
    Configuration,
    /// Something on this machine: the clipboard, a browser, the terminal.
    Machine,
}

/// An error as data, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where it belongs.
    pub kind: FailureKind,
    /// What failed, in one clear sentence without a full stop.
    pub summary: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Its causes, for those who want to know; never a secret.
    pub detail: Option<String>,
}
