//! A text of many lines that a person writes: plain data, so that a session replays from its log.
//!
//! Lines are broken softly at the width of the screen; nothing that shows depends on the length of the text
//! but the line that the cursor is in. Control characters never get in, and a paste is one change to undo.

mod rows;
mod undo;

use unicode_segmentation::UnicodeSegmentation;

use self::rows::{Row, row_of, rows};
use self::undo::{Change, Undo};
use super::key::{Code, Key};
use crate::domain::wrap::width;

/// More bytes than this are not taken.
pub const MOST: usize = 4 << 20;

/// A place in the text: the line, and the byte in it. Always between two graphemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// Line, counted from 0.
    pub line: usize,
    /// Byte in the line.
    pub byte: usize,
}

/// Width and height of the part of the screen that shows the text, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// Cells in a row.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// What is on the screen: rows of text, and where the cursor stands among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown<'a> {
    /// The rows that show, the first on top.
    pub rows: Vec<&'a str>,
    /// Row of the cursor, counted from the first that shows.
    pub row: u16,
    /// Cells to the left of the cursor.
    pub column: u16,
    /// Whether there is more text above.
    pub above: bool,
    /// Whether there is more text below.
    pub below: bool,
}

/// A text of many lines with a cursor and a past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    /// Never empty.
    lines: Vec<String>,
    at: Place,
    /// The column that moving up and down keeps to, in cells.
    column: Option<u16>,
    /// The first row that shows: a line, and a row of it.
    top: (usize, usize),
    bytes: usize,
    undo: Undo,
}

impl Default for Editor {
    fn default() -> Self {
        Self::new("")
    }
}

impl Editor {
    /// A text to be edited; the cursor is at its end.
    pub fn new(text: &str) -> Self {
        let mut editor = Self {
            lines: vec![String::new()],
            at: Place::default(),
            column: None,
            top: (0, 0),
            bytes: 0,
            undo: Undo::default(),
        };
        editor.insert(&clean(text));
        editor.undo = Undo::default();
        editor
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.lines.iter().all(|line| line.trim().is_empty())
    }

    /// How many bytes the text has.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Where the cursor stands.
    pub fn place(&self) -> Place {
        self.at
    }

    /// The first line that says anything, raw, and whether there is more than that.
    pub fn gist(&self) -> (&str, bool) {
        let mut written = self.lines.iter().filter(|line| !line.trim().is_empty());
        let first = written.next().map_or("", String::as_str);
        (first, written.next().is_some())
    }

    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Takes text that was pasted, as one change; `false` when it is too long to be taken.
    pub fn paste(&mut self, text: &str) -> bool {
        let text = clean(text);
        if self.bytes + text.len() > MOST {
            return false;
        }
        self.undo.close();
        self.change(self.at, self.at, &text);
        self.undo.close();
        true
    }

    /// Puts another text in place of all, as one change.
    pub fn replace(&mut self, text: &str) {
        let end = self.end();
        self.undo.close();
        self.change(Place::default(), end, &clean(text));
        self.undo.close();
    }

    /// Takes a key; `false` if it is not one of editing.
    pub fn take(&mut self, key: Key, window: Window) -> bool {
        let vertical = matches!(key.code, Code::Up | Code::Down | Code::PageUp | Code::PageDown);
        if !vertical {
            self.column = None;
        }
        let known = self.edit(key) || self.travel(key, window);
        if known {
            self.scroll(window);
        }
        known
    }

    /// Makes the row of the cursor show, and leaves no room below the text while there is text above the window.
    pub fn scroll(&mut self, window: Window) {
        let cursor = (self.at.line, self.cursor_row(window.width).0);
        self.top.0 = self.top.0.min(self.lines.len() - 1);
        if cursor < self.top {
            self.top = cursor;
            return;
        }
        // As many rows up from the cursor as the window has: the top is not before that.
        self.top = self.top.max(self.up_from(cursor, self.top, window));
        let last = self.lines.len() - 1;
        let end = (last, rows(&self.lines[last], window.width).len() - 1);
        self.top = self.top.min(self.up_from(end, (0, 0), window));
    }

    /// The row that shows first when this one shows last, but none before `first`.
    fn up_from(
        &self,
        (mut line, mut row): (usize, usize),
        first: (usize, usize),
        window: Window,
    ) -> (usize, usize) {
        let mut left = usize::from(window.height.max(1)) - 1;
        while left > 0 && (line, row) > first {
            if row > 0 {
                row -= 1;
            } else {
                line -= 1;
                row = rows(&self.lines[line], window.width).len() - 1;
            }
            left -= 1;
        }
        (line, row)
    }

    /// What shows in a window; call [`Self::scroll`] before.
    pub fn shown(&self, window: Window) -> Shown<'_> {
        let mut shown = Shown {
            above: self.top > (0, 0),
            ..Shown::default()
        };
        let height = usize::from(window.height);
        let cursor = (self.at.line, self.cursor_row(window.width));
        for (number, line) in self.lines.iter().enumerate().skip(self.top.0) {
            let skipped = if number == self.top.0 { self.top.1 } else { 0 };
            for (place, row) in rows(line, window.width).into_iter().enumerate().skip(skipped) {
                if shown.rows.len() == height {
                    shown.below = true;
                    return shown;
                }
                if (number, place) == (cursor.0, cursor.1.0) {
                    shown.row = u16::try_from(shown.rows.len()).unwrap_or(u16::MAX);
                    shown.column = width(&line[row.start..self.at.byte]).min(window.width.saturating_sub(1));
                }
                shown.rows.push(line[row.start..row.end].trim_end_matches(' '));
            }
        }
        shown
    }

    fn edit(&mut self, key: Key) -> bool {
        match key.code {
            _ if key.typed().is_some() => {
                if let Some(typed) = key.typed().filter(|typed| !typed.is_control()) {
                    self.typed(typed);
                }
            }
            Code::Enter if !key.ctrl => self.typed('\n'),
            Code::Tab => self.insert("    "),
            Code::Backspace if key.alt || key.ctrl => self.erase(self.word_before(self.at)),
            Code::Backspace => self.erase(self.before(self.at)),
            Code::Delete => self.erase(self.after(self.at)),
            Code::Char('h') if key.ctrl => self.erase(self.before(self.at)),
            Code::Char('d') if key.ctrl => self.erase(self.after(self.at)),
            Code::Char('w') if key.ctrl => self.erase(self.word_before(self.at)),
            Code::Char('u') if key.ctrl => self.erase(Place { byte: 0, ..self.at }),
            Code::Char('k') if key.ctrl => self.erase(self.line_end_or_next()),
            Code::Char('_' | '/' | '7') if key.ctrl => self.undo_one(),
            Code::Char('u') if key.alt => self.undo_one(),
            Code::Char('r') if key.alt => self.redo_one(),
            _ => return false,
        }
        true
    }

    fn travel(&mut self, key: Key, window: Window) -> bool {
        let page = window.height.saturating_sub(1).max(1);
        let word = key.ctrl || key.alt;
        let to = match key.code {
            Code::Left if word => self.word_before(self.at),
            Code::Right if word => self.word_after(self.at),
            Code::Left => self.before(self.at),
            Code::Right => self.after(self.at),
            Code::Home if key.ctrl => Place::default(),
            Code::End if key.ctrl => self.end(),
            Code::Home => Place { byte: 0, ..self.at },
            Code::End => self.line_end(),
            Code::Char('a') if key.ctrl => Place { byte: 0, ..self.at },
            Code::Char('e') if key.ctrl => self.line_end(),
            Code::Char('b') if key.ctrl => self.before(self.at),
            Code::Char('f') if key.ctrl => self.after(self.at),
            Code::Char('b') if key.alt => self.word_before(self.at),
            Code::Char('f') if key.alt => self.word_after(self.at),
            Code::Up => self.vertically(window, -1),
            Code::Down => self.vertically(window, 1),
            Code::PageUp => self.vertically(window, -i32::from(page)),
            Code::PageDown => self.vertically(window, i32::from(page)),
            _ => return false,
        };
        self.at = to;
        self.undo.close();
        true
    }

    fn typed(&mut self, character: char) {
        let mut text = [0; 4];
        self.insert(character.encode_utf8(&mut text));
    }

    fn insert(&mut self, text: &str) {
        if self.bytes + text.len() <= MOST {
            self.change(self.at, self.at, text);
        }
    }

    fn erase(&mut self, to: Place) {
        let (from, until) = (self.at.min(to), self.at.max(to));
        if from < until {
            self.change(from, until, "");
        }
    }

    /// The one way in which text changes: what stands between two places becomes another text.
    fn change(&mut self, from: Place, until: Place, text: &str) {
        let removed = self.splice(from, until, text);
        self.undo.note(Change {
            from,
            removed,
            inserted: text.to_owned(),
        });
    }

    /// Puts a text between two places, gives what stood there, and leaves the cursor behind the text.
    fn splice(&mut self, from: Place, until: Place, text: &str) -> String {
        let removed = self.between(from, until);
        let tail = self.lines[until.line].split_off(until.byte);
        self.lines.drain(from.line + 1..=until.line.max(from.line));
        self.lines[from.line].truncate(from.byte);
        let mut parts = text.split('\n');
        self.lines[from.line].push_str(parts.next().unwrap_or_default());
        let more: Vec<String> = parts.map(str::to_owned).collect();
        let last = from.line + more.len();
        let next = from.line + 1;
        self.lines.splice(next..next, more);
        self.at = Place {
            line: last,
            byte: self.lines[last].len(),
        };
        self.lines[last].push_str(&tail);
        self.bytes = self.bytes + text.len() - removed.len();
        self.at = self.aligned(self.at);
        removed
    }

    /// A place at the end of the grapheme that it is in: what was typed may have joined its neighbour.
    fn aligned(&self, place: Place) -> Place {
        let line = &self.lines[place.line];
        let mut cursor = unicode_segmentation::GraphemeCursor::new(place.byte, line.len(), true);
        let byte = match cursor.is_boundary(line, 0) {
            Ok(false) => cursor.next_boundary(line, 0).ok().flatten(),
            _ => None,
        };
        Place {
            byte: byte.unwrap_or(place.byte),
            ..place
        }
    }

    fn between(&self, from: Place, until: Place) -> String {
        if from.line == until.line {
            return self.lines[from.line][from.byte..until.byte].to_owned();
        }
        let mut text = self.lines[from.line][from.byte..].to_owned();
        for line in &self.lines[from.line + 1..until.line] {
            text.push('\n');
            text.push_str(line);
        }
        text.push('\n');
        text.push_str(&self.lines[until.line][..until.byte]);
        text
    }

    fn undo_one(&mut self) {
        if let Some(change) = self.undo.back() {
            let until = after(change.from, &change.inserted);
            self.splice(change.from, until, &change.removed);
        }
    }

    fn redo_one(&mut self) {
        if let Some(change) = self.undo.forth() {
            let until = after(change.from, &change.removed);
            self.splice(change.from, until, &change.inserted);
        }
    }

    fn end(&self) -> Place {
        let line = self.lines.len() - 1;
        Place {
            line,
            byte: self.lines[line].len(),
        }
    }

    fn line_end(&self) -> Place {
        Place {
            byte: self.lines[self.at.line].len(),
            ..self.at
        }
    }

    /// The end of the line, or of the line break for a cursor that stands there.
    fn line_end_or_next(&self) -> Place {
        let end = self.line_end();
        if end == self.at { self.after(end) } else { end }
    }

    fn before(&self, place: Place) -> Place {
        let text = &self.lines[place.line][..place.byte];
        match (text.grapheme_indices(true).next_back(), place.line) {
            (Some((byte, _)), _) => Place { byte, ..place },
            (None, 0) => place,
            (None, line) => Place {
                line: line - 1,
                byte: self.lines[line - 1].len(),
            },
        }
    }

    fn after(&self, place: Place) -> Place {
        let text = &self.lines[place.line][place.byte..];
        match text.graphemes(true).next() {
            Some(grapheme) => Place {
                byte: place.byte + grapheme.len(),
                ..place
            },
            None if place.line + 1 < self.lines.len() => Place {
                line: place.line + 1,
                byte: 0,
            },
            None => place,
        }
    }

    fn word_before(&self, place: Place) -> Place {
        let text = &self.lines[place.line][..place.byte];
        let word = text
            .split_word_bound_indices()
            .rfind(|(_, word)| !word.trim().is_empty());
        match word {
            Some((byte, _)) => Place { byte, ..place },
            None if place.byte > 0 => Place { byte: 0, ..place },
            None => self.before(place),
        }
    }

    fn word_after(&self, place: Place) -> Place {
        let text = &self.lines[place.line][place.byte..];
        let word = text
            .split_word_bound_indices()
            .find(|(_, word)| !word.trim().is_empty());
        match word {
            Some((byte, word)) => Place {
                byte: place.byte + byte + word.len(),
                ..place
            },
            None if !text.is_empty() => Place {
                byte: self.lines[place.line].len(),
                ..place
            },
            None => self.after(place),
        }
    }

    /// The row of the cursor in its line, and the row itself.
    fn cursor_row(&self, cells: u16) -> (usize, Row) {
        row_of(&self.lines[self.at.line], self.at.byte, cells)
    }

    /// So many rows down (or up, when negative), in the same column as far as the row goes.
    fn vertically(&mut self, window: Window, by: i32) -> Place {
        let (mut number, row) = self.cursor_row(window.width);
        let mut line = self.at.line;
        let column = self
            .column
            .unwrap_or_else(|| width(&self.lines[line][row.start..self.at.byte]));
        self.column = Some(column);
        let mut there = rows(&self.lines[line], window.width);
        for _ in 0..by.unsigned_abs() {
            if by > 0 && number + 1 < there.len() {
                number += 1;
            } else if by > 0 && line + 1 < self.lines.len() {
                line += 1;
                there = rows(&self.lines[line], window.width);
                number = 0;
            } else if by < 0 && number > 0 {
                number -= 1;
            } else if by < 0 && line > 0 {
                line -= 1;
                there = rows(&self.lines[line], window.width);
                number = there.len() - 1;
            } else {
                break;
            }
        }
        let byte = there[number].byte_at(&self.lines[line], column, number + 1 == there.len());
        Place { line, byte }
    }
}

/// The place behind a text that begins at a place.
fn after(from: Place, text: &str) -> Place {
    match text.rsplit_once('\n') {
        None => Place {
            byte: from.byte + text.len(),
            ..from
        },
        Some((before, last)) => Place {
            line: from.line + before.matches('\n').count() + 1,
            byte: last.len(),
        },
    }
}

/// Text without control characters; line breaks of all kinds are one, a tab is four spaces.
fn clean(text: &str) -> String {
    let text = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let text = text.replace('\t', "    ");
    text.chars()
        .filter(|one| *one == '\n' || !one.is_control())
        .collect()
}

#[cfg(test)]
mod tests;
