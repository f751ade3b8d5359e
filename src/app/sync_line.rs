//! What the header tells about the data's age and the sync.

use jiff::{SignedDuration, Timestamp};

use super::failure::Failure;

/// How far a sync is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What it is at, in one or two words: `accounts`, `contacts`.
    pub what: String,
    /// How many are done.
    pub done: u64,
    /// Of how many, if that is known.
    pub total: Option<u64>,
    /// When it last came a step further (UTC), if that was told.
    pub moved: Option<Timestamp>,
    /// Whether it waits for the CRM, whose rate limit is used up.
    pub limited: bool,
}

/// What a sync does that the CRM makes wait.
pub const WAITING: &str = "waiting for the CRM (rate limit)";

/// A sync that came no step further for so long is stalled.
const STALLED: SignedDuration = SignedDuration::from_secs(60);
/// Without the end of one for so many times as long as they are apart, syncs have stalled.
const MISSED: i32 = 3;

/// Where the sync stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncLine {
    /// When the last complete sync ended (UTC); `None` before the first.
    pub last_success: Option<Timestamp>,
    /// What is under way.
    pub under_way: Option<Progress>,
    /// Why the last attempt failed; cleared by the next success.
    pub failed: Option<Failure>,
    /// What the last sync could not read or held back, one sentence each, raw.
    pub notes: Vec<String>,
    /// How far apart syncs are that come by themselves; `None` where none do.
    pub every: Option<SignedDuration>,
    /// Until when the CRM asked to be left alone (UTC).
    pub not_before: Option<Timestamp>,
    /// What keeps a sync from beginning, in a few words, if that is known.
    pub kept_by: Option<String>,
}

impl SyncLine {
    /// Since when the sync that is under way stands still, if it does.
    pub fn stalled(&self, now: Timestamp) -> Option<Timestamp> {
        let moved = self.under_way.as_ref()?.moved?;
        (now.duration_since(moved) >= STALLED).then_some(moved)
    }

    /// Whether the sync that is under way waits for the CRM, whose rate limit is used up.
    pub fn is_limited(&self) -> bool {
        self.under_way.as_ref().is_some_and(|progress| progress.limited)
    }

    /// Since when no sync came to its end, if several should have by now and none is under way.
    pub fn overdue(&self, now: Timestamp) -> Option<Timestamp> {
        let since = self.last_success.filter(|_| self.under_way.is_none())?;
        (now >= self.overdue_at()?).then_some(since)
    }

    /// From when on syncs have stalled unless one comes to its end.
    pub fn overdue_at(&self) -> Option<Timestamp> {
        let missed = self.every?.saturating_mul(MISSED);
        self.last_success?.checked_add(missed.max(STALLED)).ok()
    }
}
