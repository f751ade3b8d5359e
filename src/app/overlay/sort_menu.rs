//! The menu of orders for the account list.

use super::Hint;
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
}
