//! The team lead's table: a line per book, each of which opens to its accounts. It is read when it opens: nothing moves under
//! the eyes.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::{Cursor, Step};
use crate::app::layout::{Area, Frame, Size};
use crate::domain::record::RecordId;
use crate::domain::team_table::{BookAccount, BookRow, DEFINITION, TeamTable};
use crate::domain::wrap::wrapped;

/// Until something was read.
const NOTHING: &[Hint] = &[("esc", "close")];
/// In the table.
const TABLE: &[Hint] = &[
    ("enter", "the book"),
    ("tab", "everybody, or whom I lead"),
    ("y", "copy"),
    ("j k", "choose"),
    ("esc", "close"),
];
/// In a book.
const BOOK: &[Hint] = &[
    ("enter", "open the account"),
    ("y", "copy"),
    ("j k", "choose"),
    ("esc", "back to the table"),
];

/// Lines of the table around the books: heading, rule and total.
const AROUND: u16 = 3;
/// Lines above the accounts of a book: who, book, segments, load, a heading.
const HEAD: u16 = 5;

/// The team's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamScreen {
    /// The order that reads it.
    pub asked: RunId,
    /// Whether everybody is asked for.
    pub everybody: bool,
    /// What was read; `None` until then.
    pub table: Option<Box<TeamTable>>,
    /// Place in the table.
    pub cursor: Cursor,
    /// Place in the book that is open, if one is.
    pub book: Option<Cursor>,
}

impl TeamScreen {
    /// One that waits for what is read.
    pub fn new(asked: RunId, everybody: bool) -> Self {
        Self {
            asked,
            everybody,
            table: None,
            cursor: Cursor::default(),
            book: None,
        }
    }

    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        Frame::of(size, 0).between()
    }

    /// What the figures are, in as many lines as it needs; none where the screen is low.
    pub fn definition(size: Size) -> Vec<String> {
        let inside = Self::area(size).inside();
        wrapped(DEFINITION, inside.width.saturating_sub(2), 4)
    }

    /// How many books show.
    pub fn page(size: Size) -> usize {
        let foot = Self::definition(size).len() as u16;
        usize::from(Self::area(size).inside().height.saturating_sub(AROUND + foot)).max(1)
    }

    /// How many accounts of a book show.
    pub fn book_page(size: Size) -> usize {
        usize::from(Self::area(size).inside().height.saturating_sub(HEAD)).max(1)
    }

    /// What one can press.
    pub fn hints(&self) -> &'static [Hint] {
        match (&self.table, self.book) {
            (None, _) => NOTHING,
            (Some(_), None) => TABLE,
            (Some(_), Some(_)) => BOOK,
        }
    }

    /// The line under the cursor of the table.
    pub fn row(&self) -> Option<&BookRow> {
        self.table.as_deref()?.rows.get(self.cursor.at)
    }

    /// The account under the cursor of the book that is open.
    pub fn listed(&self) -> Option<&BookAccount> {
        self.row()?.listed.get(self.book?.at)
    }

    /// Its account, with its name.
    pub fn account(&self) -> Option<(&RecordId, &str)> {
        self.listed().map(|one| (&one.id, one.name.as_str()))
    }

    /// Moves in what shows.
    pub fn step(&mut self, step: Step, size: Size) {
        let Some(table) = self.table.as_deref() else {
            return;
        };
        match &mut self.book {
            Some(cursor) => {
                let listed = table.rows.get(self.cursor.at).map_or(0, |row| row.listed.len());
                *cursor = cursor.moved(step, listed, Self::book_page(size));
            }
            None => self.cursor = self.cursor.moved(step, table.rows.len(), Self::page(size)),
        }
    }
}
