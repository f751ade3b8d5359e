//! The only place that prints. All text passes the sanitiser; no escape byte is ever written.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::domain::text::SafeText;

use super::error::CliError;

/// How a command prints its answer.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// One JSON document instead of text.
    json: bool,
    /// Tab-separated fields without padding, for other programs.
    plain: bool,
}

/// A column of a printed table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its title.
    pub title: &'static str,
    /// Whether its values are numbers, aligned at the right.
    pub right: bool,
}

impl Column {
    /// A column of words.
    pub const fn words(title: &'static str) -> Self {
        Self { title, right: false }
    }

    /// A column of numbers.
    pub const fn number(title: &'static str) -> Self {
        Self { title, right: true }
    }
}

impl Output {
    /// Output as the flags ask for. A pipe reads as `--plain`.
    pub fn new(json: bool, plain: bool) -> Self {
        Self {
            json,
            plain: plain || !io::stdout().is_terminal(),
        }
    }

    /// Whether `--json` was given.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Whether another program reads, by `--plain` or through a pipe.
    pub fn is_plain(self) -> bool {
        self.plain
    }

    /// Prints one JSON document.
    pub fn json<T: Serialize>(self, value: &T) -> Result<(), CliError> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| CliError::failed("the answer cannot be written as JSON").because(&error))?;
        // Within JSON strings the serialiser escapes C0 itself; the rest of what could act on a
        // terminal becomes a replacement character, as everywhere.
        self.text(&text)
    }

    /// Prints one line.
    pub fn line(self, line: &str) -> Result<(), CliError> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", SafeText::line(line))?;
        Ok(out.flush()?)
    }

    /// Prints several lines; a final line break is added when it is missing.
    pub fn text(self, text: &str) -> Result<(), CliError> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        for line in text.lines() {
            writeln!(out, "{}", SafeText::line(line))?;
        }
        Ok(out.flush()?)
    }

    /// Prints bytes that this program itself has made, such as a manual page.
    pub fn raw(self, bytes: &[u8]) -> Result<(), CliError> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        Ok(out.flush()?)
    }

    /// Prints a table: aligned for people, tab-separated for programs.
    pub fn table(self, columns: &[Column], rows: &[Vec<String>]) -> Result<(), CliError> {
        let text = if self.plain {
            tab_separated(columns, rows)
        } else {
            aligned(columns, rows)
        };
        let mut out = io::BufWriter::new(io::stdout().lock());
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }
}

/// Prints on standard error, sanitised line by line. Nothing can be done when that fails.
pub fn complain(text: &str) {
    let mut err = io::stderr().lock();
    for line in text.lines() {
        let _ = writeln!(err, "{}", SafeText::line(line));
    }
}

fn titles(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|column| column.title.to_owned()).collect()
}

fn tab_separated(columns: &[Column], rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for row in std::iter::once(&titles(columns)).chain(rows) {
        let fields: Vec<String> = row
            .iter()
            .map(|field| SafeText::line(field).to_string())
            .collect();
        text.push_str(&fields.join("\t"));
        text.push('\n');
    }
    text
}

fn aligned(columns: &[Column], rows: &[Vec<String>]) -> String {
    let table: Vec<Vec<String>> = std::iter::once(&titles(columns))
        .chain(rows)
        .map(|row| {
            row.iter()
                .map(|field| SafeText::line(field).to_string())
                .collect()
        })
        .collect();
    let width = |index: usize| {
        table
            .iter()
            .filter_map(|row| row.get(index))
            .map(|field| field.width())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for row in &table {
        let mut line = String::new();
        for ((field, column), width) in row.iter().zip(columns).zip(&widths) {
            let padding = " ".repeat(width.saturating_sub(field.width()));
            if column.right {
                line.push_str(&padding);
                line.push_str(field);
            } else {
                line.push_str(field);
                line.push_str(&padding);
            }
            line.push_str("  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [Column::words("NAME"), Column::number("ARR")];

    #[test]
    fn a_table_is_aligned_by_width_not_by_characters() {
        let rows = vec![
            vec!["東京".to_owned(), "5".to_owned()],
            vec!["Acorn".to_owned(), "1200".to_owned()],
        ];
        assert_eq!(
            aligned(&COLUMNS, &rows),
            "NAME    ARR\n東京      5\nAcorn  1200\n"
        );
    }

    #[test]
    fn text_from_outside_prints_nothing_but_itself() {
        let rows = vec![vec!["\u{1b}[2Jx\ty".to_owned(), "\u{202e}".to_owned()]];
        for text in [aligned(&COLUMNS, &rows), tab_separated(&COLUMNS, &rows)] {
            assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
        }
        assert_eq!(
            tab_separated(&COLUMNS, &rows)
                .lines()
                .last()
                .map(|l| l.matches('\t').count()),
            Some(1)
        );
    }
}
