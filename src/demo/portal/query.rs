//! Searches: filters over properties and associations, one sort, as HubSpot's search index answers them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Portal;
use super::object_type::ObjectType;
use super::row::{PropertyNumber, Row};
use super::schema::{Property, Source, ValueType};

/// What a filter asks of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Equal.
    Eq(String),
    /// Set and not equal, or not set.
    Neq(String),
    /// Below.
    Lt(String),
    /// At most.
    Lte(String),
    /// Above.
    Gt(String),
    /// At least.
    Gte(String),
    /// Within both, inclusive.
    Between(String, String),
    /// One of these.
    In(Vec<String>),
    /// None of these.
    NotIn(Vec<String>),
    /// Set.
    Has,
    /// Not set.
    HasNot,
    /// One of the words of the value; `*` stands for anything at either end.
    Token(String),
    /// Not one of the words.
    NotToken(String),
}

/// One condition: property name and test.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The property, or `associations.TYPE`.
    pub property: String,
    /// The test.
    pub test: Test,
}

/// A whole search without its page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// Any group, of which every filter must hold; no group matches everything.
    pub groups: Vec<Vec<Filter>>,
    /// Property to sort by and whether descending; by id when left out.
    pub sort: Option<(String, bool)>,
    /// Words that must stand in any text value.
    pub text: String,
}

/// The last searches, whose results are kept for their next pages.
#[derive(Debug, Default)]
pub struct Kept(Vec<(ObjectType, u64, Query, std::sync::Arc<[u64]>)>);

const KEPT: usize = 16;

impl Kept {
    /// Ids that match, in order; taken from an earlier page of the same search if nothing has changed since.
    pub fn run(&mut self, portal: &Portal, kind: ObjectType, query: &Query) -> std::sync::Arc<[u64]> {
        let table = portal.table(kind);
        let version = portal.version();
        let now = portal.now();
        let known = self
            .0
            .iter()
            .find(|kept| kept.0 == kind && kept.1 == version && kept.2 == *query);
        if let Some(known) = known.filter(|_| table.is_indexed(now)) {
            return known.3.clone();
        }
        let hits: std::sync::Arc<[u64]> = portal.search(kind, query).into();
        if table.is_indexed(now) {
            if self.0.len() >= KEPT {
                self.0.remove(0);
            }
            self.0.push((kind, version, query.clone(), hits.clone()));
        }
        hits
    }
}

/// A filter made ready for many rows.
enum Ready<'a> {
    Stamp(fn(&Row) -> i64, &'a Test),
    Value(PropertyNumber, &'a Property, &'a Test),
    Linked(HashSet<u64>),
    Never,
}

impl Portal {
    /// Ids of the records that match, in order. Archived records never match.
    pub fn search(&self, kind: ObjectType, query: &Query) -> Vec<u64> {
        let groups: Vec<Vec<Ready>> = query
            .groups
            .iter()
            .map(|group| group.iter().map(|filter| self.ready(kind, filter)).collect())
            .collect();
        let words: Vec<String> = query.text.split_whitespace().map(str::to_lowercase).collect();
        let matches = |row: &&Row| {
            row.archived.is_none()
                && (groups.is_empty()
                    || groups
                        .iter()
                        .any(|group| group.iter().all(|one| self.holds(kind, row, one))))
                && (words.is_empty() || has_words(row, &words))
        };
        let now = self.now();
        let mut hits: Vec<&Row> = if self.table(kind).is_indexed(now) {
            self.rows(kind).iter().filter(matches).collect()
        } else {
            self.table(kind)
                .indexed(now)
                .into_iter()
                .filter(matches)
                .collect()
        };
        if let Some((name, descending)) = &query.sort {
            self.sort(kind, &mut hits, name, *descending);
        }
        hits.into_iter().map(|row| row.id).collect()
    }

    fn ready<'a>(&'a self, kind: ObjectType, filter: &'a Filter) -> Ready<'a> {
        if let Some(other) = filter.property.strip_prefix("associations.") {
            return self.ready_link(kind, other, &filter.test);
        }
        match self.schema.find(kind, &filter.property) {
            Some((_, property)) if property.source == Source::Changed => {
                Ready::Stamp(|row| row.changed, &filter.test)
            }
            Some((_, property)) if property.source == Source::Created => {
                Ready::Stamp(|row| row.created, &filter.test)
            }
            Some((_, property)) if property.source == Source::Id => {
                Ready::Stamp(|row| row.id as i64, &filter.test)
            }
            Some((number, property)) => Ready::Value(number, property, &filter.test),
            None => Ready::Never,
        }
    }

    fn ready_link(&self, kind: ObjectType, other: &str, test: &Test) -> Ready<'_> {
        let Some(other) = ObjectType::parse(other) else {
            return Ready::Never;
        };
        let ids: &[String] = match test {
            Test::Eq(id) => std::slice::from_ref(id),
            Test::In(ids) => ids,
            _ => return Ready::Never,
        };
        let ids = ids.iter().filter_map(|id| id.parse().ok());
        Ready::Linked(ids.flat_map(|id| self.links.of((other, id), kind)).collect())
    }

    fn holds(&self, kind: ObjectType, row: &Row, filter: &Ready) -> bool {
        match filter {
            Ready::Stamp(stamp, test) => number_holds(stamp(row) as f64, test),
            Ready::Value(number, property, test) => {
                value_holds(property, self.read(kind, row, *number, property).as_deref(), test)
            }
            Ready::Linked(ids) => ids.contains(&row.id),
            Ready::Never => false,
        }
    }

    fn sort(&self, kind: ObjectType, hits: &mut [&Row], name: &str, descending: bool) {
        let direct = |ordering: Ordering| if descending { ordering.reverse() } else { ordering };
        let Some((number, property)) = self.schema.find(kind, name) else {
            return;
        };
        match property.source {
            Source::Changed => hits.sort_by(|a, b| direct(a.changed.cmp(&b.changed))),
            Source::Created => hits.sort_by(|a, b| direct(a.created.cmp(&b.created))),
            Source::Id => hits.sort_by(|a, b| direct(a.id.cmp(&b.id))),
            _ => {
                let key = |row: &Row| {
                    let value = self.read(kind, row, number, property).map(Cow::into_owned);
                    let number = value.as_deref().and_then(|value| as_number(property, value));
                    (number.unwrap_or(f64::INFINITY), value)
                };
                let mut keyed: Vec<_> = hits.iter().map(|row| (key(row), *row)).collect();
                keyed.sort_by(|a, b| direct(a.0.0.total_cmp(&b.0.0).then_with(|| a.0.1.cmp(&b.0.1))));
                for (place, (_, row)) in keyed.into_iter().enumerate() {
                    hits[place] = row;
                }
            }
        }
    }
}

fn number_holds(value: f64, test: &Test) -> bool {
    let number = |text: &str| milliseconds(text).map(|at| at as f64);
    let compare = |text: &str, wanted: fn(Ordering) -> bool| {
        number(text).is_some_and(|other| value.partial_cmp(&other).is_some_and(wanted))
    };
    match test {
        Test::Eq(other) => compare(other, Ordering::is_eq),
        Test::Neq(other) => compare(other, Ordering::is_ne),
        Test::Lt(other) => compare(other, Ordering::is_lt),
        Test::Lte(other) => compare(other, Ordering::is_le),
        Test::Gt(other) => compare(other, Ordering::is_gt),
        Test::Gte(other) => compare(other, Ordering::is_ge),
        Test::Between(low, high) => compare(low, Ordering::is_ge) && compare(high, Ordering::is_le),
        Test::In(others) => others.iter().any(|other| compare(other, Ordering::is_eq)),
        Test::NotIn(others) => !others.iter().any(|other| compare(other, Ordering::is_eq)),
        Test::Has => true,
        _ => false,
    }
}

fn value_holds(property: &Property, value: Option<&str>, test: &Test) -> bool {
    let Some(value) = value else {
        return matches!(
            test,
            Test::HasNot | Test::Neq(_) | Test::NotIn(_) | Test::NotToken(_)
        );
    };
    match test {
        Test::Has => return true,
        Test::HasNot => return false,
        Test::Token(word) => return has_token(value, word),
        Test::NotToken(word) => return !has_token(value, word),
        _ => {}
    }
    if let Some(number) = as_number(property, value) {
        return number_holds(number, test);
    }
    // For texts HubSpot's index is in lower case, and IN takes values as they are written.
    let is_text = matches!(property.value, ValueType::Text | ValueType::Html);
    let value: Cow<str> = if is_text {
        value.to_lowercase().into()
    } else {
        value.into()
    };
    let same = |other: &str| {
        if is_text {
            value == other.to_lowercase()
        } else {
            value == other
        }
    };
    match test {
        Test::Eq(other) => same(other),
        Test::Neq(other) => !same(other),
        Test::In(others) => others.iter().any(|other| *other == value),
        Test::NotIn(others) => !others.iter().any(|other| *other == value),
        Test::Lt(other) => *value < **other,
        Test::Lte(other) => *value <= **other,
        Test::Gt(other) => *value > **other,
        Test::Gte(other) => *value >= **other,
        Test::Between(low, high) => *value >= **low && *value <= **high,
        _ => false,
    }
}

fn as_number(property: &Property, value: &str) -> Option<f64> {
    match property.value {
        ValueType::Number => value.trim().parse().ok(),
        ValueType::Date | ValueType::DateTime => milliseconds(value).map(|at| at as f64),
        _ => None,
    }
}

fn has_token(value: &str, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    let core = wanted.trim_matches('*');
    value
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .any(|word| match (wanted.starts_with('*'), wanted.ends_with('*')) {
            (true, true) => word.contains(core),
            (true, false) => word.ends_with(core),
            (false, true) => word.starts_with(core),
            (false, false) => word == core,
        })
}

fn has_words(row: &Row, words: &[String]) -> bool {
    let values: Vec<String> = row.values.iter().map(|(_, value)| value.to_lowercase()).collect();
    words
        .iter()
        .all(|word| values.iter().any(|value| value.contains(word.as_str())))
}

/// An instant or day as Unix milliseconds: epoch milliseconds, RFC 3339 or an ISO day.
pub(in crate::demo) fn milliseconds(text: &str) -> Option<i64> {
    if let Ok(number) = text.trim().parse::<i64>() {
        return Some(number);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_millisecond());
    }
    let day: Date = text.parse().ok()?;
    let midnight = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(midnight.timestamp().as_millisecond())
}
