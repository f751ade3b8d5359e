//! The only place that prints. All text passes the sanitiser; no escape byte is ever written.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use serde_json::Value;
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
        let text = document(value)
            .map_err(|error| CliError::failed("the answer cannot be written as JSON").because(&error))?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        writeln!(out, "{text}")?;
        Ok(out.flush()?)
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

/// A JSON document whose texts are sanitised before they are written: once quotes and commas stand around
/// them, a hostile text could take one of these with it.
fn document<T: Serialize>(value: &T) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&sanitised(serde_json::to_value(value)?))
}

fn sanitised(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(safe_lines(&text)),
        Value::Array(items) => items.into_iter().map(sanitised).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (safe_lines(&name), sanitised(value)))
            .collect(),
        other => other,
    }
}

/// Several lines stay several lines: the serialiser writes the break as an escape.
fn safe_lines(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| SafeText::line(line).to_string())
        .collect();
    lines.join("\n")
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
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

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

    #[test]
    fn a_hostile_text_takes_no_quote_with_it() {
        let marks = "a".to_owned() + &"\u{301}".repeat(40);
        let text =
            document(&json!({ "name": marks, "note": "one\ntwo\u{1b}[2J", "next": "\u{301}" })).unwrap();
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["note"], "one\ntwo\u{fffd}[2J");
        assert!(!text.contains('\u{1b}'));
    }

    proptest! {
        #[test]
        fn json_stays_json_whatever_a_text_holds(text in "(\\PC|[\"\\\\\u{301}\u{200d}\u{202e}\u{e0041}\u{7f}\u{9b}\u{1b}\n\r\t]){0,40}", key in "\\PC{0,5}") {
            let written = document(&json!({ "text": text, "map": { key: [text] }, "last": 1 })).unwrap();
            let read: Value = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(&read["last"], 1);
            let hostile = |one: char| matches!(one, '\u{1b}' | '\u{9b}' | '\u{202e}' | '\u{7f}');
            prop_assert!(!written.contains(hostile));
        }
    }
}
