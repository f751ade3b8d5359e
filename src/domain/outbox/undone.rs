//! What came of undoing what was done in one go.

use super::Entry;

/// What came of undoing an act of which some may have left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Undone {
    /// Entries that were taken back before they left, or given up after the CRM refused them.
    pub ended: Vec<Entry>,
    /// What was queued to make up for those that the CRM has.
    pub queued: Vec<Entry>,
    /// How many may be in the CRM, and stay as they are.
    pub left: usize,
}

impl Undone {
    /// Whether anything was undone.
    pub fn is_any(&self) -> bool {
        !self.ended.is_empty() || !self.queued.is_empty()
    }
}
