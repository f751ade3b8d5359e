//! The menu of orders for the account list.

use std::sync::Arc;

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::Cursor;
use crate::domain::book::order::Sort;

/// What one can press in it.
pub const HINTS: &[Hint] = &[
    ("j k", "choose"),
    ("space", "turn around"),
    ("enter", "keep"),
    ("esc", "as before"),
];

/// Columns to sort by; moving shows the order at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortMenu {
    /// The order to go back to.
    pub before: Sort,
    /// Place in [`column::sorts`](crate::app::column::sorts).
    pub cursor: Cursor,
    /// The order to prepare them that is in flight, or was answered.
    pub preparing: Option<RunId>,
    /// Orders of the whole book that were prepared.
    pub prepared: Vec<(Sort, Arc<[u32]>)>,
}

impl SortMenu {
    /// The whole book in an order, if that was prepared.
    pub fn prepared(&self, sort: Sort) -> Option<Arc<[u32]>> {
        let found = self.prepared.iter().find(|(prepared, _)| *prepared == sort);
        found.map(|(_, rows)| Arc::clone(rows))
    }
}
