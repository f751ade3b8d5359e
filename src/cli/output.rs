//! The only place that prints. All text passes the sanitiser; the one escape that is ever written is
//! *dim*, on a terminal that has it.

mod plain;
mod table;

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::domain::ascii;
use crate::domain::text::SafeText;
use crate::domain::wrap::wrapped;

use super::error::CliError;
pub use plain::Plain;
pub use table::Column;
use table::aligned;

/// What a line that is too long goes on with, beside the indentation of its beginning.
const HANGING: &str = "  ";
/// So many lines at most of a paragraph that is wrapped.
const MOST_LINES: usize = 200;

/// Whether people are shown ASCII only: a fact of the terminal that the process was started in.
static ASCII: AtomicBool = AtomicBool::new(false);

/// From now on what people read is in ASCII only, or not. What programs read never changes.
pub fn show_ascii(only: bool) {
    ASCII.store(only, Ordering::Relaxed);
}

/// Whether people are shown ASCII only.
pub fn shows_ascii() -> bool {
    ASCII.load(Ordering::Relaxed)
}

/// A text as people may be shown it.
fn shown(text: &str) -> Cow<'_, str> {
    if shows_ascii() {
        ascii::only(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// In which form an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// For people.
    Text,
    /// For programs that read lines.
    Plain,
    /// One JSON document.
    Json,
}

/// How a command prints its answer.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    form: Form,
    /// The terminal's columns; `None` where there is no terminal, and nothing is cut or wrapped.
    width: Option<usize>,
    /// Whether the terminal can write dim, and a person wants it to.
    dims: bool,
    /// Whether amounts are not there since nobody may see them.
    redacts: bool,
}

impl Output {
    /// Output as the flags ask for, on standard output.
    pub fn new(json: bool, plain: bool) -> Self {
        let form = match (json, plain) {
            (true, _) => Form::Json,
            (_, true) => Form::Plain,
            _ => Form::Text,
        };
        let on_terminal = io::stdout().is_terminal();
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        Self {
            form,
            width: columns(io::stdout()),
            dims: on_terminal
                && variable("NO_COLOR").is_empty()
                && !matches!(variable("TERM").as_str(), "" | "dumb"),
            redacts: false,
        }
    }

    /// The same for an answer without people, customers and money, which it says.
    #[must_use]
    pub fn redacting(self, redacts: bool) -> Self {
        Self { redacts, ..self }
    }

    /// Whether `--json` was given.
    pub fn is_json(self) -> bool {
        self.form == Form::Json
    }

    /// Whether a person reads: neither `--json` nor `--plain` was given.
    pub fn is_text(self) -> bool {
        self.form == Form::Text
    }

    /// Prints an answer for programs: as JSON, or its values in lines.
    pub fn values(self, answer: &Value, plain: Plain) -> Result<(), CliError> {
        if self.redacts && self.is_json() {
            let mut answer = answer.clone();
            hide_amounts(&mut answer);
            answer["redacted"] = true.into();
            return self.json(&answer);
        }
        if self.is_json() {
            return self.json(answer);
        }
        print(&plain::lines(answer, plain))
    }

    /// Prints one of several answers for programs in a line of its own: as JSON, or the values of these fields.
    pub fn record(self, value: &Value, columns: &'static [&'static str]) -> Result<(), CliError> {
        if !self.is_json() {
            let table = serde_json::json!({ "records": [value] });
            let lines = plain::lines(&table, Plain::Table("records", columns));
            return print(&lines[1..]);
        }
        let text = serde_json::to_string(&sanitised(value.clone()))
            .map_err(|error| CliError::failed("the answer cannot be written as JSON").because(&error))?;
        print(&[text])
    }

    /// Prints one JSON document.
    pub fn json<T: Serialize>(self, value: &T) -> Result<(), CliError> {
        let text = document(value)
            .map_err(|error| CliError::failed("the answer cannot be written as JSON").because(&error))?;
        print(&[text])
    }

    /// Prints one line as it is, however long.
    pub fn line(self, line: &str) -> Result<(), CliError> {
        print(&[SafeText::line(&shown(line)).to_string()])
    }

    /// Prints several lines; those that are too long go on in the next one.
    pub fn text(self, text: &str) -> Result<(), CliError> {
        print(&self.fitted(text))
    }

    /// Prints what stands beside the answer: how much there is, how old it is, what to do next.
    pub fn aside(self, text: &str) -> Result<(), CliError> {
        let lines = self.fitted(text);
        print(&lines.iter().map(|line| self.dim(line)).collect::<Vec<_>>())
    }

    /// Prints a table with its titles.
    pub fn table(self, columns: &[Column], rows: &[Vec<String>]) -> Result<(), CliError> {
        let all: Vec<Vec<String>> = in_signs(&[table::titles(columns)])
            .chain(in_signs(rows))
            .collect();
        let mut lines = aligned(columns, &all, self.width);
        if let Some(titles) = lines.first_mut() {
            *titles = self.dim(titles);
        }
        print(&lines)
    }

    /// The rows of a table without titles as lines, indented by two.
    pub fn rows(self, columns: &[Column], rows: &[Vec<String>]) -> Vec<String> {
        let width = self.width.map(|width| width.saturating_sub(HANGING.len()));
        let lines = aligned(columns, &in_signs(rows).collect::<Vec<_>>(), width);
        lines.into_iter().map(|line| format!("{HANGING}{line}")).collect()
    }

    /// Prints bytes that this program itself has made, such as a manual page.
    pub fn raw(self, bytes: &[u8]) -> Result<(), CliError> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        Ok(out.flush()?)
    }

    /// The lines of a text, sanitised and no longer than the terminal's.
    fn fitted(self, text: &str) -> Vec<String> {
        let safe = text.lines().map(|line| SafeText::line(&shown(line)).to_string());
        match self.width {
            Some(width) => safe.flat_map(|line| hanging(line, width)).collect(),
            None => safe.collect(),
        }
    }

    fn dim(self, line: &str) -> String {
        if self.dims && !line.is_empty() {
            format!("\u{1b}[2m{line}\u{1b}[0m")
        } else {
            line.to_owned()
        }
    }
}

/// The fields that hold amounts.
const AMOUNTS: [&str; 2] = ["arr", "at_stake"];

/// An amount that nobody may see is not there for that reason, and for no other.
fn hide_amounts(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for amount in AMOUNTS {
                if fields.contains_key(amount) {
                    fields.insert(amount.to_owned(), Value::Null);
                    fields.insert(format!("{amount}_reason"), "hidden by --redact".into());
                }
            }
            fields.values_mut().for_each(hide_amounts);
        }
        Value::Array(items) => items.iter_mut().for_each(hide_amounts),
        _ => {}
    }
}

/// The fields of a table as people may be shown them: before they are aligned, since what is spelled out is wider.
fn in_signs(rows: &[Vec<String>]) -> impl Iterator<Item = Vec<String>> {
    let row = |row: &Vec<String>| row.iter().map(|field| shown(field).into_owned()).collect();
    rows.iter().map(row)
}

/// A line that is too long as several, all but the first further in.
fn hanging(line: String, width: usize) -> Vec<String> {
    if line.width() <= width {
        return vec![line];
    }
    let (label, text) = line.split_at(label(&line));
    let (first, more) = if label.trim_end().is_empty() {
        (label.to_owned(), format!("{label}{HANGING}"))
    } else {
        (label.to_owned(), " ".repeat(label.width()))
    };
    let cells = width.saturating_sub(more.width()).max(1);
    let parts = wrapped(text, u16::try_from(cells).unwrap_or(u16::MAX), MOST_LINES);
    let placed = parts.into_iter().enumerate().map(|(number, part)| {
        let before = if number == 0 { &first } else { &more };
        format!("{before}{part}")
    });
    placed.collect()
}

/// Bytes before the text of a line: what it is indented by, and a word that a column stands behind, as in
/// `  problem  others may read it`.
fn label(line: &str) -> usize {
    const LONGEST: usize = 12;
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let word = rest.find(' ').unwrap_or(rest.len());
    let gap = rest[word..].len() - rest[word..].trim_start().len();
    if gap > 1 && word <= LONGEST {
        indent + word + gap
    } else {
        indent
    }
}

/// Writes lines that are sanitised already.
fn print(lines: &[String]) -> Result<(), CliError> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

/// Prints on standard error for people, sanitised line by line; on a terminal, lines that are too long go on in the next
/// one. Nothing can be done when that fails.
pub fn complain(text: &str) {
    let width = columns(io::stderr());
    for line in text.lines() {
        let line = SafeText::line(&shown(line)).to_string();
        let lines = match width {
            Some(width) => hanging(line, width),
            None => vec![line],
        };
        let _ = writeln!(io::stderr().lock(), "{}", lines.join("\n"));
    }
}

/// The columns of a terminal; `None` where it is none, and nothing is cut or wrapped.
fn columns(stream: impl IsTerminal + AsFd) -> Option<usize> {
    let size = stream
        .is_terminal()
        .then(|| rustix::termios::tcgetwinsize(stream).ok());
    let columns = usize::from(size.flatten()?.ws_col);
    (columns > 0).then_some(columns)
}

/// Prints one line on standard error for programs, sanitised.
pub fn complain_exactly(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", SafeText::line(line));
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_that_is_too_long_goes_on_further_in() {
        let lines = hanging("  one two three four".to_owned(), 12);
        assert_eq!(lines, ["  one two", "    three", "    four"]);
        let lines = hanging("  note     one two three".to_owned(), 19);
        assert_eq!(
            lines,
            ["  note     one two", "           three"],
            "its column is kept"
        );
        assert_eq!(hanging("short".to_owned(), 12), ["short"]);
        assert!(
            hanging("東京".repeat(9), 1).len() > 1,
            "no room at all is no panic"
        );
    }

    #[test]
    fn a_hidden_amount_is_null_for_that_reason() {
        let mut answer = json!({ "accounts": [{ "arr": { "minor": 8_400_000 }, "score": 41, "at_stake": null,
            "at_stake_reason": "no rate" }] });
        hide_amounts(&mut answer);
        let hidden = "hidden by --redact";
        assert_eq!(
            answer,
            json!({ "accounts": [{ "arr": null, "arr_reason": hidden, "score": 41, "at_stake": null,
                "at_stake_reason": hidden }] })
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
