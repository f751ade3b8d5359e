//! Where a line is broken softly.

use unicode_segmentation::UnicodeSegmentation;

use super::Editor;
use crate::domain::wrap::{is_plain, width};

/// A row of a line: the bytes from `start` to `end`. A space at which the line was broken belongs to the row
/// before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Row {
    /// The first byte.
    pub start: usize,
    /// The byte behind the last.
    pub end: usize,
}

impl Row {
    /// The place in the row that is nearest to a column. A row that is not the `last` of its line ends before
    /// its last grapheme: the place behind it belongs to the next row.
    pub fn byte_at(self, line: &str, column: u16, last: bool) -> usize {
        let mut cells = 0;
        let mut byte = self.start;
        let text = &line[self.start..self.end];
        for (at, grapheme) in text.grapheme_indices(true) {
            let is_end = at + grapheme.len() == text.len();
            if cells >= column || (is_end && !last) {
                return self.start + at;
            }
            cells += width(grapheme);
            byte = self.start + at + grapheme.len();
        }
        byte
    }
}

/// The rows of a line in so many cells; never none. One cell is kept for a cursor behind the last letter.
pub(super) fn rows(line: &str, cells: u16) -> Vec<Row> {
    let cells = cells.saturating_sub(1).max(1);
    if line.len() <= usize::from(cells) && is_plain(line) {
        return vec![Row {
            start: 0,
            end: line.len(),
        }];
    }
    let mut rows = Vec::new();
    let (mut start, mut used, mut space) = (0, 0, None);
    for (at, grapheme) in line.grapheme_indices(true) {
        let needs = width(grapheme);
        // A space at the end of a row may stand outside.
        if used + needs > cells && grapheme != " " && at > start {
            let end = space.filter(|space| *space > start).unwrap_or(at);
            rows.push(Row { start, end });
            used = width(&line[end..at]);
            start = end;
            space = None;
        }
        used += needs;
        if grapheme == " " {
            space = Some(at + 1);
        }
    }
    rows.push(Row {
        start,
        end: line.len(),
    });
    rows
}

/// The row of a line that a byte is in, with its number.
pub(super) fn row_of(line: &str, byte: usize, cells: u16) -> (usize, Row) {
    let rows = rows(line, cells);
    let number = rows.iter().rposition(|row| row.start <= byte).unwrap_or(0);
    (number, rows[number])
}

impl Editor {
    /// How many rows the text fills in so many cells.
    pub fn rows(&self, cells: u16) -> usize {
        self.lines.iter().map(|line| rows(line, cells).len()).sum()
    }
}
