//! State of the account list: the book, its order, the filter and what shows of it.

use std::sync::Arc;

use super::cmd::RunId;
use super::cursor::Cursor;
use super::input::Input;
use crate::domain::book::order::Sort;
use crate::domain::book::search::Query;
use crate::domain::book::{Book, Row};
use crate::domain::money::Sum;

/// The account list.
#[derive(Debug, Default)]
pub struct Accounts {
    /// The accounts that are known; only the worst few until `complete`.
    pub book: Arc<Book>,
    /// Whether anything was read from the cache yet.
    pub loaded: bool,
    /// Whether `book` is all of them.
    pub complete: bool,
    /// The order of the list; remembered while the program runs.
    pub sort: Sort,
    /// All rows of the book in that order, once it is worked out.
    pub order: Arc<[u32]>,
    /// The order to put the book in order that is in flight: only the beginning of `rows` is in order meanwhile.
    pub ordering: Option<RunId>,
    /// The rows that pass the filter, in the order in which they show.
    pub rows: Arc<[u32]>,
    /// What was typed into the filter.
    pub filter: Input,
    /// Whether keys go into the filter.
    pub filtering: bool,
    /// The filter that `rows` follow.
    pub query: Query,
    /// The order to rank that is in flight.
    pub ranking: Option<RunId>,
    /// ARR over `rows`.
    pub arr: Sum,
    /// Money at stake over `rows`.
    pub at_stake: Sum,
    /// Place in `rows`.
    pub cursor: Cursor,
    /// Whether a person has moved the cursor: until then it stays at the top, whoever comes there.
    pub touched: bool,
}

impl Accounts {
    /// The account at a place of the list.
    pub fn row_at(&self, at: usize) -> Option<Row<'_>> {
        self.rows.get(at).and_then(|row| self.book.row(*row))
    }

    /// The rows of `order` that this filter finds, but for a fuzzy one; among `within`, if those are hits of a wider one.
    pub fn hits(&self, query: &Query, within: Option<&[u32]>) -> Arc<[u32]> {
        if query.is_empty() {
            return Arc::clone(&self.order);
        }
        self.book.search(query, &self.order, within).into()
    }

    /// Whether a filter narrows the list.
    pub fn is_filtered(&self) -> bool {
        !self.query.is_empty()
    }
}
