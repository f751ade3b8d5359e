//! The text of a file as rows, and what is wrong in it by line. Pure.

use std::collections::HashMap;

use jiff::civil::Date;

use serde_json::error::Category;

use crate::config::feeds::{Feed, Format};
use crate::domain::vocabulary::nearest;
use crate::engine::interpret::values;

use super::lacking::{Lacking, Object, no_column, strange};

/// Largest number of rows.
const MOST_ROWS: usize = 1_000_000;
/// Largest field, in bytes.
const LONGEST_FIELD: usize = 1_024;
/// So many bad rows are told one by one.
pub const TOLD: usize = 20;

/// A good row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its line, counted from 1.
    pub line: u64,
    /// What it calls the account, raw.
    pub key: String,
    /// The day of its numbers.
    pub day: Date,
    /// The numbers, in the order of the metrics; `None` is empty, which is unknown.
    pub numbers: Vec<Option<f64>>,
}

/// Bad rows: the first ones with their line, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bad {
    /// The first ones: line, and what is wrong. Raw text.
    pub told: Vec<(u64, String)>,
    /// All of them.
    pub count: usize,
}

impl Bad {
    /// Notes one more.
    pub fn add(&mut self, line: u64, what: String) {
        if self.told.len() < TOLD {
            self.told.push((line, what));
        }
        self.count += 1;
    }
}

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// Good rows, in their order.
    pub rows: Vec<Row>,
    /// Bad ones.
    pub bad: Bad,
    /// Columns that lines of JSON lack which are taken all the same: a sentence each, with the line. Raw text.
    pub lacks: Vec<String>,
}

/// How the days of a file are read.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// Today in my time zone: nothing is of a later day.
    pub today: Date,
    /// The day on which the file was written.
    pub written: Date,
}

/// Reads a file's text; the error is why nothing of it can be read.
pub fn parse(bytes: &[u8], feed: &Feed, columns: &[&str], days: Days) -> Result<Parsed, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = Reader {
        feed,
        days,
        parsed: Parsed::default(),
        seen: HashMap::new(),
    };
    match feed.format {
        Format::Csv => reader.csv(bytes, columns)?,
        Format::JsonLines => reader.json_lines(bytes, columns)?,
    }
    Ok(reader.parsed)
}

struct Reader<'a> {
    feed: &'a Feed,
    days: Days,
    parsed: Parsed,
    /// Line and place of the row by what it calls the account, and its day.
    seen: HashMap<(String, Date), usize>,
}

impl Reader<'_> {
    fn csv(&mut self, bytes: &[u8], columns: &[&str]) -> Result<(), String> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(std::io::Cursor::new(bytes));
        let titles = reader.byte_headers().map_err(|error| error.to_string())?.clone();
        let place = |title: &str| {
            let is_it = |one: &[u8]| one.trim_ascii() == title.as_bytes();
            match titles.iter().filter(|one| is_it(one)).count() {
                0 => {
                    let others = titles
                        .iter()
                        .filter_map(|one| std::str::from_utf8(one.trim_ascii()).ok());
                    Err(no_column(title, nearest(title, others)))
                }
                1 => Ok(titles.iter().position(is_it).unwrap_or_default()),
                several => Err(format!("it has {several} columns `{title}`")),
            }
        };
        let key = place(self.feed.key.word())?;
        let as_of = self.feed.as_of.as_deref().map(place).transpose()?;
        let numbers = columns
            .iter()
            .copied()
            .map(place)
            .collect::<Result<Vec<_>, _>>()?;
        let mut record = csv::ByteRecord::new();
        let mut lines = Lines {
            bytes,
            before: 0,
            line: 1,
        };
        while reader
            .read_byte_record(&mut record)
            .map_err(|error| error.to_string())?
        {
            let line = lines.at(record.position().map_or(0, csv::Position::byte));
            self.count()?;
            if let Some(next) = behind_unclosed(
                bytes,
                (record.position(), reader.position()),
                record.len() == titles.len(),
            ) {
                self.parsed
                    .bad
                    .add(line, "a quote in it is not closed".to_owned());
                let mut place = csv::Position::new();
                place.set_byte(next);
                reader.seek(place).map_err(|error| error.to_string())?;
                continue;
            }
            if record.len() != titles.len() {
                let what = format!("it has {} fields, the titles {}", record.len(), titles.len());
                self.parsed.bad.add(line, what);
                continue;
            }
            let field = |at: usize| text(record.get(at).unwrap_or_default());
            let row = || -> Result<Fields, String> {
                Ok(Fields {
                    key: field(key)?,
                    as_of: as_of.map(field).transpose()?,
                    numbers: numbers.iter().map(|at| field(*at)).collect::<Result<_, _>>()?,
                })
            };
            self.take(line, row(), columns);
        }
        Ok(())
    }

    fn json_lines(&mut self, bytes: &[u8], columns: &[&str]) -> Result<(), String> {
        let needed = [Some(self.feed.key.word()), self.feed.as_of.as_deref()];
        let mut names: Vec<&str> = needed.into_iter().flatten().collect();
        let always = names.len();
        names.extend(columns);
        let mut lacking = Lacking::new(&names);
        for (at, text) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let (line, text) = (at as u64 + 1, text.trim_ascii());
            if text.is_empty() {
                continue;
            }
            self.count()?;
            let mut row = || -> Result<Fields, String> {
                let object: Object = serde_json::from_slice(text).map_err(|error| no_object(&error))?;
                lacking.look(line, &object);
                // A number that is not there is unknown.
                if let Some(name) = names[..always].iter().find(|name| !object.contains_key(**name)) {
                    // What was meant is looked for only where it is told.
                    let is_told = self.parsed.bad.told.len() < TOLD;
                    let meant = is_told.then(|| nearest(name, strange(&object, &names)));
                    return Err(no_column(name, meant.flatten()));
                }
                let field = |name: &str| match object.get(name) {
                    None | Some(serde_json::Value::Null) => Ok(String::new()),
                    Some(serde_json::Value::String(text)) if text.len() > LONGEST_FIELD => {
                        Err("a field is too long".to_owned())
                    }
                    Some(serde_json::Value::String(text)) => Ok(text.trim().to_owned()),
                    Some(serde_json::Value::Number(number)) => Ok(number.to_string()),
                    Some(_) => Err(format!("`{name}` is neither a text nor a number")),
                };
                Ok(Fields {
                    key: field(self.feed.key.word())?,
                    as_of: self.feed.as_of.as_deref().map(field).transpose()?,
                    numbers: columns.iter().map(|name| field(name)).collect::<Result<_, _>>()?,
                })
            };
            let row = row();
            self.take(line, row, columns);
        }
        if let Some(why) = lacking.of_all(always) {
            return Err(why);
        }
        self.parsed.lacks = lacking.told_of_others(always);
        Ok(())
    }

    fn count(&self) -> Result<(), String> {
        if self.parsed.rows.len() + self.parsed.bad.count >= MOST_ROWS {
            return Err("it has more than 1,000,000 rows".to_owned());
        }
        Ok(())
    }

    /// Takes a row, or notes what is wrong with it. The first row of an account and day counts.
    fn take(&mut self, line: u64, fields: Result<Fields, String>, columns: &[&str]) {
        let row = fields.and_then(|fields| self.row(line, fields, columns));
        let row = row.and_then(|row| match self.seen.get(&(row.key.clone(), row.day)) {
            Some(first) if self.parsed.rows[*first].numbers != row.numbers => Err(format!(
                "`{}` has other numbers for {} in line {}, which counts",
                row.key, row.day, self.parsed.rows[*first].line
            )),
            Some(_) => Ok(None),
            None => Ok(Some(row)),
        });
        match row {
            Ok(None) => {}
            Ok(Some(row)) => {
                let place = (row.key.clone(), row.day);
                self.seen.insert(place, self.parsed.rows.len());
                self.parsed.rows.push(row);
            }
            Err(what) => self.parsed.bad.add(line, what),
        }
    }

    fn row(&self, line: u64, fields: Fields, columns: &[&str]) -> Result<Row, String> {
        if fields.key.is_empty() {
            return Err(format!("its {} is empty", self.feed.key.word()));
        }
        let day = match &fields.as_of {
            None => self.days.written,
            Some(text) => values::date(text).ok_or_else(|| format!("`{text}` is no day"))?,
        };
        if day > self.days.today {
            return Err(format!("{day} is still to come"));
        }
        let number = |(text, column): (&String, &&str)| match text.as_str() {
            "" => Ok(None),
            text => values::number(text)
                .map(Some)
                .ok_or_else(|| format!("`{text}` in `{column}` is no number")),
        };
        let numbers = fields.numbers.iter().zip(columns).map(number);
        Ok(Row {
            line,
            key: fields.key,
            day,
            numbers: numbers.collect::<Result<_, _>>()?,
        })
    }
}

/// Lines by offset, whose order is rising. The reader's own count is one less behind a line that ends as in DOS.
struct Lines<'a> {
    bytes: &'a [u8],
    before: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, offset: u64) -> u64 {
        let offset = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.bytes.len());
        // The end of the line before may still be ahead, and empty lines.
        let is_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let ends = self.bytes[offset..].iter().take_while(is_end).count();
        let passed = &self.bytes[self.before..offset + ends];
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.before = offset + ends;
        self.line
    }
}

/// Where the next line begins, behind a row between two places whose quote is not closed: it ends within the quote, or goes
/// over lines to the next quote, which opens a field of another row. A sound field may go over lines.
fn behind_unclosed(
    bytes: &[u8],
    (start, end): (Option<&csv::Position>, &csv::Position),
    has_all_fields: bool,
) -> Option<u64> {
    let place = |at: &csv::Position| usize::try_from(at.byte()).map_or(bytes.len(), |at| at.min(bytes.len()));
    let (start, end) = (start.map_or(0, place), place(end));
    let is_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
    let start = start + bytes[start..end].iter().take_while(is_end).count();
    let ends = bytes[start..end].iter().rev().take_while(is_end).count();
    let row = &bytes[start..end - ends];
    let (mut is_field, mut is_quoted, mut goes_on, mut before) = (false, false, false, b',');
    for byte in row {
        match byte {
            b'"' if is_field => is_quoted = !is_quoted,
            b'"' if before == b',' => (is_field, is_quoted) = (true, true),
            b',' if !is_quoted => is_field = false,
            _ => goes_on |= is_field && !is_quoted,
        }
        before = *byte;
    }
    let line_end = memchr::memchr(b'\n', row);
    let is_unclosed = is_quoted || line_end.is_some() && (goes_on || !has_all_fields);
    let behind = line_end.map_or(end, |at| start + at + 1);
    is_unclosed.then_some(behind as u64)
}

/// A row's fields, trimmed.
struct Fields {
    key: String,
    as_of: Option<String>,
    numbers: Vec<String>,
}

fn text(bytes: &[u8]) -> Result<String, String> {
    if bytes.len() > LONGEST_FIELD {
        return Err("a field is too long".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    Ok(text.trim().to_owned())
}

/// What keeps a line from being a JSON object, and from which character on where that is known.
fn no_object(error: &serde_json::Error) -> String {
    const NO_OBJECT: &str = "it is no JSON object, such as {\"domain\": \"a.example\", \"seats\": 12}";
    match error.classify() {
        Category::Syntax => format!("{NO_OBJECT}: see its character {}", error.column().max(1)),
        Category::Eof => format!("{NO_OBJECT}: its end is missing"),
        Category::Data | Category::Io => NO_OBJECT.to_owned(),
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
