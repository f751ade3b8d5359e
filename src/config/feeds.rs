//! Metrics that come from files which a warehouse drops: what `[metrics.ID] csv = …` says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::diagnostic::Diagnostic;
use super::mapping::Mapping;
use super::place::Place;
use super::tree::{Node, Value};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Fields between commas under a line of titles.
    Csv,
    /// A JSON object a line.
    JsonLines,
}

/// By what the rows of a file name accounts. It is the name of the column too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedKey {
    /// By web domain.
    Domain,
    /// By the CRM's id.
    Id,
    /// By name.
    Name,
}

impl FeedKey {
    /// The title of its column.
    pub fn word(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Id => "id",
            Self::Name => "name",
        }
    }
}

/// A file and how it is to be read; several metrics may come from one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Feed {
    /// Where it lies.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
    /// By what it names accounts.
    pub key: FeedKey,
    /// The column with the day of the numbers; without one they are of the day on which the file was written.
    pub as_of: Option<String>,
}

/// Where a metric comes from, if it is a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fed {
    /// The file.
    pub feed: Feed,
    /// The column with the number.
    pub column: String,
}

/// The ledger's fields of a metric that comes from a file: the number, and the day that it is of. No property of a CRM
/// has a colon.
pub fn fields(metric: &str) -> (String, String) {
    (format!("file:{metric}"), format!("file:{metric}:as-of"))
}

impl Mapping {
    /// The files that metrics come from, each with (metric, column).
    pub fn feeds(&self) -> BTreeMap<&Feed, Vec<(&str, &str)>> {
        let mut feeds: BTreeMap<&Feed, Vec<(&str, &str)>> = BTreeMap::new();
        for (id, metric) in &self.metrics {
            if let Some(fed) = &metric.fed {
                feeds.entry(&fed.feed).or_default().push((id, &fed.column));
            }
        }
        feeds
    }
}

type Table = BTreeMap<String, (Place, Node)>;

fn table(node: &mut Node) -> Option<&mut Table> {
    match &mut node.value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

fn metrics(tree: &mut Node) -> impl Iterator<Item = (&String, &mut Table)> {
    let metrics = table(tree).and_then(|root| table(&mut root.get_mut("metrics")?.1));
    metrics
        .into_iter()
        .flatten()
        .filter_map(|(id, (_, metric))| Some((id, table(metric)?)))
}

fn is_of_file(metric: &Table) -> bool {
    metric.contains_key("csv") || metric.contains_key("jsonl")
}

/// A relative path begins where the mapping lies that names it, and a layer that says from where a metric comes leaves
/// nothing of what a lower one says of that.
pub(super) fn overlay(lower: &mut Node, upper: &mut Node, directory: &Path) {
    for (id, metric) in metrics(upper) {
        for key in ["csv", "jsonl"] {
            if let Some((_, node)) = metric.get_mut(key)
                && let Value::Text(path) = &mut node.value
                && !path.is_empty()
            {
                *path = directory.join(&*path).display().to_string();
            }
        }
        let of_file = is_of_file(metric);
        if !of_file && !metric.contains_key("property") {
            continue;
        }
        let below = metrics(lower).find(|(other, _)| *other == id);
        if let Some((_, below)) = below
            && (of_file || is_of_file(below))
        {
            for key in ["property", "as_of", "csv", "jsonl", "key", "column"] {
                below.remove(key);
            }
        }
    }
}

/// Puts together what is said of files, and tells what is missing. Such a metric is then read like any other one, under
/// the ledger's fields for it.
pub(super) fn settle(mapping: &mut Mapping, tree: &mut Node, diagnostics: &mut Vec<Diagnostic>) {
    let places: BTreeMap<String, Place> = metrics(tree)
        .filter_map(|(id, metric)| {
            let (place, _) = metric.get("csv").or_else(|| metric.get("jsonl"))?;
            Some((id.clone(), place.clone()))
        })
        .collect();
    for (id, metric) in &mut mapping.metrics {
        let (path, format) = match (&metric.csv, &metric.jsonl) {
            (None, None) => continue,
            (Some(path), _) => (path, Format::Csv),
            (None, Some(path)) => (path, Format::JsonLines),
        };
        let mut wrong = |message: &str, hint: &str| {
            if let Some(place) = places.get(id) {
                diagnostics.push(place.diagnostic(message, Some(hint.to_owned())));
            }
        };
        if metric.csv.is_some() && metric.jsonl.is_some() {
            wrong(
                "a metric comes from one file: `csv` or `jsonl`",
                "leave one of them out",
            );
        }
        if metric.property.is_some() {
            wrong(
                "a metric comes from a file or from a property",
                "leave `property` out, or the file",
            );
        }
        let Some(key) = metric.key else {
            wrong(
                "it is not said by what the file names accounts",
                "add key = \"domain\", \"id\" or \"name\"",
            );
            metric.property = None;
            continue;
        };
        metric.fed = Some(Fed {
            column: metric.column.clone().unwrap_or_else(|| id.clone()),
            feed: Feed {
                path: PathBuf::from(path),
                format,
                key,
                as_of: metric.as_of.take(),
            },
        });
        let (number, as_of) = fields(id);
        (metric.property, metric.as_of) = (Some(number), Some(as_of));
    }
}
