//! Configuration as a tree that knows where each value was written.
//!
//! Layers are laid over each other here; what a value means is not known here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, meant};
use super::slip::slips;

/// The key that takes a table away.
pub(super) const ENABLED: &str = "enabled";

/// Which layer a value came from. Later ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Shipped with the program.
    BuiltIn,
    /// The team's, on a shared box.
    Team,
    /// The user's own.
    User,
    /// An environment variable.
    Environment,
    /// A flag of the command line.
    Flag,
}

impl Layer {
    /// The layer in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::BuiltIn => "built in",
            Self::Team => "team",
            Self::User => "user",
            Self::Environment => "environment",
            Self::Flag => "flag",
        }
    }
}

/// A text that values are read from.
#[derive(Debug)]
pub struct Source {
    /// The layer.
    pub layer: Layer,
    /// Path of the file, or name of the variable or flag.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Where each of its lines begins, as byte offsets: the line of every key is asked for.
    lines: Vec<usize>,
}

impl Source {
    /// A text of a layer, read from the file, variable or flag of this name.
    pub fn new(layer: Layer, name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Self {
            layer,
            name: name.into(),
            text,
            lines,
        }
    }
}

/// Where a value was written.
#[derive(Debug, Clone)]
pub struct Place {
    /// The text.
    pub source: Arc<Source>,
    /// Byte offset in it.
    pub offset: usize,
}

impl Place {
    /// Line and column, both counted from 1.
    pub fn line_and_column(&self) -> (u32, u32) {
        let Source { text, lines, .. } = &*self.source;
        let line = lines.partition_point(|begin| *begin <= self.offset);
        let begin = lines[line.saturating_sub(1)];
        let before = text.get(begin..self.offset).unwrap_or_default();
        (line as u32, before.chars().count() as u32 + 1)
    }

    /// The place of a character within the text in quotes that stands here, counted from 1 as its reader sees it.
    #[must_use]
    pub fn inside(&self, column: usize) -> Self {
        let written = self.source.text.get(self.offset..).unwrap_or_default();
        let raw = written.starts_with('\'');
        let quotes = if written.starts_with("\"\"\"") || written.starts_with("'''") {
            3
        } else {
            1
        };
        let mut rest = written.get(quotes..).unwrap_or_default();
        if quotes == 3 {
            // A line's end right behind the quotes is no part of the text.
            rest = rest
                .strip_prefix("\r\n")
                .or_else(|| rest.strip_prefix('\n'))
                .unwrap_or(rest);
        }
        for _ in 1..column {
            rest = match rest.strip_prefix('\\').filter(|_| !raw) {
                Some(escaped) => behind_escape(escaped),
                None => rest
                    .get(rest.chars().next().map_or(0, char::len_utf8)..)
                    .unwrap_or_default(),
            };
        }
        Self {
            source: Arc::clone(&self.source),
            offset: self.offset + written.len() - rest.len(),
        }
    }

    /// A complaint about this place.
    pub fn diagnostic(&self, message: impl Into<String>, hint: Option<String>) -> Diagnostic {
        let (line, column) = self.line_and_column();
        Diagnostic {
            file: self.source.name.clone(),
            line,
            column,
            message: message.into(),
            hint,
        }
    }
}

/// A value and where it was written.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it was written.
    pub place: Place,
    /// What a lower layer says, which this one hides.
    pub below: Option<Box<Node>>,
}

/// A value.
#[derive(Debug, Clone)]
pub enum Value {
    /// A text; a date counts as one.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A list.
    Array(Vec<Node>),
    /// A table: key → (where the key stands, its value).
    Table(BTreeMap<String, (Place, Node)>),
}

/// A part of a text that is read as a whole or not at all. Among those that begin at one place the innermost comes last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    /// A key of the outermost table with all below it.
    Key(String),
    /// A table of a list.
    Item(String, usize),
    /// A table of a table.
    Below(String, String),
}

impl Node {
    /// An empty table.
    pub fn empty(source: &Arc<Source>) -> Self {
        let place = Place {
            source: Arc::clone(source),
            offset: 0,
        };
        Self {
            value: Value::Table(BTreeMap::new()),
            place,
            below: None,
        }
    }

    /// Reads a text. What cannot be read is reported, and the section that it stands in is left out: half a section would
    /// be taken for a whole one. Of a list of tables, and of a table of tables, that is the one table.
    pub fn parse(source: &Arc<Source>, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        let mut tree = from_table(table.get_ref(), source, 0);
        // All are found before any goes: with one gone, the place of another error would be in its neighbour.
        let faulty = errors
            .iter()
            .filter_map(|error| tree.section_at(error.span().map_or(0, |span| span.start)))
            .collect();
        tree.leave_out(&faulty);
        let complaints = errors
            .iter()
            .map(|error| (error.message(), error.span().unwrap_or_default()));
        for slip in slips(&source.text, complaints) {
            let place = Place {
                source: Arc::clone(source),
                offset: slip.offset,
            };
            diagnostics.push(place.diagnostic(slip.message, Some(slip.hint)));
        }
        tree
    }

    /// Where the value of a key of this table stands.
    pub(super) fn place_of(&self, key: &str) -> Option<Place> {
        Some(self.at(&[key])?.place.clone())
    }

    /// The section of this text that begins last at or before a place.
    fn section_at(&self, offset: usize) -> Option<Section> {
        let Value::Table(table) = &self.value else {
            return None;
        };
        let mut begins: Vec<(usize, Section)> = Vec::new();
        for (key, (place, node)) in table {
            begins.push((place.offset, Section::Key(key.clone())));
            match &node.value {
                Value::Array(items) => begins.extend(items.iter().enumerate().filter_map(|(at, item)| {
                    let is_table = matches!(item.value, Value::Table(_)) && !item.is_inline();
                    is_table.then(|| (item.place.offset, Section::Item(key.clone(), at)))
                })),
                Value::Table(below) => begins.extend(below.iter().filter_map(|(name, (place, node))| {
                    let is_table = matches!(node.value, Value::Table(_)) && !node.is_inline();
                    is_table.then(|| (place.offset, Section::Below(key.clone(), name.clone())))
                })),
                _ => {}
            }
        }
        let before = begins.into_iter().filter(|(begin, _)| *begin <= offset);
        before.max().map(|(_, section)| section)
    }

    fn leave_out(&mut self, sections: &BTreeSet<Section>) {
        let Value::Table(table) = &mut self.value else {
            return;
        };
        // From the last one on, so that the places of the others in their list hold.
        for section in sections.iter().rev() {
            match section {
                Section::Key(key) => drop(table.remove(key)),
                Section::Item(key, at) => {
                    if let Some((_, list)) = table.get_mut(key)
                        && let Value::Array(items) = &mut list.value
                    {
                        items.remove(*at);
                    }
                }
                Section::Below(key, name) => {
                    if let Some((_, below)) = table.get_mut(key)
                        && let Value::Table(below) = &mut below.value
                    {
                        below.remove(name);
                    }
                }
            }
        }
    }

    /// The node at a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| match &node.value {
            Value::Table(table) => table.get(*key).map(|(_, node)| node),
            Value::Array(items) => items.iter().find(|item| item.id() == Some(key)),
            _ => None,
        })
    }

    /// An element of a list.
    pub fn item(&self, place: usize) -> Option<&Self> {
        match &self.value {
            Value::Array(items) => items.get(place),
            _ => None,
        }
    }

    /// The first key of a table under which a table stands.
    pub(super) fn first_table(&self) -> Option<&str> {
        let Value::Table(table) = &self.value else {
            return None;
        };
        let mut tables = table
            .iter()
            .filter(|(_, (_, node))| matches!(node.value, Value::Table(_)));
        tables.next().map(|(key, _)| key.as_str())
    }

    /// The `id` of a table.
    pub fn id(&self) -> Option<&str> {
        match &self.value {
            Value::Table(table) => match &table.get("id")?.1.value {
                Value::Text(id) => Some(id),
                _ => None,
            },
            _ => None,
        }
    }

    /// Lays an upper layer over this one: `[sections]` merge key by key, arrays of tables by `id`,
    /// everything else (a value, a list, an inline `{ … }` table) is replaced as a whole.
    #[must_use]
    pub fn overlaid_by(self, upper: Self) -> Self {
        let replaces = upper.is_inline();
        match (self.value, upper.value) {
            (Value::Table(mut lower), Value::Table(above)) if !replaces => {
                for (key, (place, node)) in above {
                    let node = match lower.remove(&key) {
                        Some((_, below)) => below.overlaid_by(node),
                        None => node,
                    };
                    lower.insert(key, (place, node));
                }
                Self {
                    value: Value::Table(lower),
                    place: upper.place,
                    below: None,
                }
            }
            (Value::Array(lower), Value::Array(above)) if all_have_ids(&lower) && all_have_ids(&above) => {
                Self {
                    value: Value::Array(merged_by_id(lower, above)),
                    place: upper.place,
                    below: None,
                }
            }
            (lower, above) => Self {
                value: above,
                place: upper.place,
                below: Some(Box::new(Self {
                    value: lower,
                    place: self.place,
                    below: self.below,
                })),
            },
        }
    }

    /// Removes the tables that say `enabled = false`. One that says nothing else, over nothing in a lower layer, switches
    /// nothing off, which is told.
    pub fn drop_disabled(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let mut idle: Vec<(String, Place)> = Vec::new();
        let mut keep = |name: Option<&str>, place: &Place, node: &mut Self| {
            let says_more = node.below.is_some() || node.says_more_than_enabled();
            let is_off = node.take_enabled() == Some(false);
            if let Some(name) = name.filter(|_| is_off && !says_more) {
                idle.push((name.to_owned(), place.clone()));
            }
            !is_off
        };
        let mut names: Vec<&str> = Vec::new();
        match &mut self.value {
            Value::Table(table) => {
                table.retain(|key, (place, node)| keep(Some(key), place, node));
                names.extend(table.keys().map(String::as_str));
            }
            Value::Array(items) => {
                items.retain_mut(|node| {
                    let id = node.id().map(str::to_owned);
                    let place = node.place_of("id").unwrap_or_else(|| node.place.clone());
                    keep(id.as_deref(), &place, node)
                });
                names.extend(items.iter().filter_map(Self::id));
            }
            _ => return,
        }
        for (name, place) in idle {
            let message = format!("there is no `{name}` to switch off");
            diagnostics.push(place.diagnostic(message, meant(&name, &names, "what is here")));
        }
        match &mut self.value {
            Value::Table(table) => {
                let nodes = table.values_mut();
                nodes.for_each(|(_, node)| node.drop_disabled(diagnostics));
            }
            Value::Array(items) => items.iter_mut().for_each(|node| node.drop_disabled(diagnostics)),
            _ => {}
        }
    }

    /// Whether a table has keys beside its `id` and whether it counts.
    pub(super) fn says_more_than_enabled(&self) -> bool {
        match &self.value {
            Value::Table(table) => table.keys().any(|key| !["id", ENABLED].contains(&key.as_str())),
            _ => true,
        }
    }

    /// Takes out whether a table says that it counts.
    pub(super) fn take_enabled(&mut self) -> Option<bool> {
        let Value::Table(table) = &mut self.value else {
            return None;
        };
        let Value::Bool(enabled) = table.get(ENABLED)?.1.value else {
            return None;
        };
        table.remove(ENABLED);
        Some(enabled)
    }

    /// Gives a table that does not say its `id` this one.
    pub(super) fn name(&mut self, id: &str) {
        let place = self.place.clone();
        if let Value::Table(table) = &mut self.value {
            table.entry("id".to_owned()).or_insert_with(|| {
                let named = Self {
                    value: Value::Text(id.to_owned()),
                    place: place.clone(),
                    below: None,
                };
                (place, named)
            });
        }
    }

    fn is_inline(&self) -> bool {
        self.place.source.text.as_bytes().get(self.place.offset) == Some(&b'{')
    }
}

/// What stands behind an escape whose backslash was read: `n`, `u00e9`, or a line's end with what is blank after it.
fn behind_escape(escaped: &str) -> &str {
    let length = match escaped.chars().next() {
        Some('x') => 3,
        Some('u') => 5,
        Some('U') => 9,
        Some(blank) if blank.is_whitespace() => {
            // It stands for nothing: the next character is the one that counts.
            let behind = escaped.trim_start();
            return behind
                .get(behind.chars().next().map_or(0, char::len_utf8)..)
                .unwrap_or_default();
        }
        Some(other) => other.len_utf8(),
        None => 0,
    };
    escaped.get(length..).unwrap_or_default()
}

fn all_have_ids(items: &[Node]) -> bool {
    items.iter().all(|item| item.id().is_some())
}

fn merged_by_id(lower: Vec<Node>, above: Vec<Node>) -> Vec<Node> {
    let mut merged = lower;
    for node in above {
        match merged.iter().position(|below| below.id() == node.id()) {
            Some(at) => {
                let below = merged.remove(at);
                merged.insert(at, below.overlaid_by(node));
            }
            None => merged.push(node),
        }
    }
    merged
}

fn from_table(table: &DeTable<'_>, source: &Arc<Source>, offset: usize) -> Node {
    let place = |offset| Place {
        source: Arc::clone(source),
        offset,
    };
    let entries = table.iter().map(|(key, value)| {
        let node = from_value(value.get_ref(), source, value.span().start);
        (key.get_ref().to_string(), (place(key.span().start), node))
    });
    Node {
        value: Value::Table(entries.collect()),
        place: place(offset),
        below: None,
    }
}

fn from_value(value: &DeValue<'_>, source: &Arc<Source>, offset: usize) -> Node {
    let value = match value {
        DeValue::Table(table) => return from_table(table, source, offset),
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Text(number.to_string()), Value::Integer),
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .map_or(Value::Text(number.to_string()), Value::Float),
        DeValue::Boolean(yes) => Value::Bool(*yes),
        DeValue::Datetime(date) => Value::Text(date.to_string()),
        DeValue::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| from_value(item.get_ref(), source, item.span().start))
                .collect(),
        ),
    };
    Node {
        value,
        place: Place {
            source: Arc::clone(source),
            offset,
        },
        below: None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_place_tells_the_line_and_the_column_as_its_reader_counts_them() {
        let text = "a = 1\n\nß = \"✓\"\nend";
        let source = Arc::new(Source::new(Layer::User, "f", text));
        let at = |offset| {
            let source = Arc::clone(&source);
            Place { source, offset }.line_and_column()
        };
        let of = |part: &str| at(text.find(part).unwrap());
        assert_eq!((at(0), of("1")), ((1, 1), (1, 5)));
        assert_eq!((of("\n"), of("\n\n")), ((1, 6), (1, 6)));
        assert_eq!((of("ß"), of("✓"), of("end")), ((3, 1), (3, 6), (4, 1)));
        assert_eq!(at(text.len()), (4, 4));
    }
}
