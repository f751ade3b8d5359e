//! Takes files into the ledger, and lays the latest numbers beside the accounts' records in the cache.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::file::{Read, Whole, read, told};
use super::parse::Row;
use crate::config::Setup;
use crate::config::feeds::{Feed, FeedKey, fields};
use crate::config::mapping::is_account;
use crate::domain::record::{Core, Kind, RecordId};
use crate::engine::EngineError;
use crate::engine::interpret::values;
use crate::engine::world::document;
use crate::store::{Cache, Ledger, Observation, Source, documents};

/// So many unknown keys are named.
const NAMED: usize = 3;

/// What came of one look at all files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Accounts whose numbers are others now.
    pub changed: Vec<RecordId>,
    /// What is wrong, a sentence each, beginning with the file. Raw text.
    pub wrong: Vec<String>,
    /// How many values were new to the ledger.
    pub observed: usize,
}

/// What is known of the files from the last look, by path and way of reading.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Known(BTreeMap<String, Last>);

/// A file as it was seen last.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Last {
    /// As it was taken.
    taken: Option<String>,
    /// As it was seen unfinished.
    seen: Option<String>,
    /// What was wrong in it.
    wrong: Vec<String>,
    /// Whether it names accounts that were not known: it is read again when accounts may have come.
    names_unknown: bool,
}

/// Looks at every file that metrics come from and takes in those that were written since. `all` reads files again that
/// name accounts which were not known.
pub fn import(
    cache: &mut Cache,
    ledger: &mut Ledger,
    setup: &Setup,
    all: bool,
    now: Timestamp,
) -> Result<Taken, EngineError> {
    let feeds = setup.mapping.feeds();
    let is_new = cache.document(documents::FEEDS)?.is_none();
    let mut taken = Taken::default();
    if feeds.is_empty() && is_new {
        return Ok(taken);
    }
    let before: Known = document(cache, documents::FEEDS)?;
    let mut known = Known::default();
    let mut told_of = BTreeSet::new();
    for (feed, columns) in feeds {
        let name = format!("{feed:?} {columns:?}");
        let last = before.0.get(&name).cloned().unwrap_or_default();
        let unread = || {
            super::stamps(setup)
                .into_iter()
                .find(|(path, _)| *path == feed.path.display().to_string())
        };
        let unchanged = unread().is_some_and(|(_, stamp)| stamp.is_some() && stamp == last.taken);
        let next = if unchanged && !(all && last.names_unknown) {
            last
        } else {
            let mut looking = Looking {
                cache,
                ledger,
                setup,
                now,
                told_of: &mut told_of,
                taken: &mut taken,
            };
            looking.at(feed, &columns, last)?
        };
        let path = feed.path.display();
        taken
            .wrong
            .extend(next.wrong.iter().map(|what| format!("{path}: {what}")));
        known.0.insert(name, next);
    }
    if is_new {
        told_of.extend(of_ledger(ledger, setup)?);
    }
    taken.changed = lay(cache, ledger, setup, &told_of, now)?;
    let json = serde_json::to_string(&known).map_err(EngineError::Json)?;
    cache.put_document(documents::FEEDS, &json)?;
    Ok(taken)
}

/// One look at one file.
struct Looking<'a> {
    cache: &'a Cache,
    ledger: &'a mut Ledger,
    setup: &'a Setup,
    now: Timestamp,
    /// The accounts of which a file told.
    told_of: &'a mut BTreeSet<RecordId>,
    taken: &'a mut Taken,
}

impl Looking<'_> {
    fn at(&mut self, feed: &Feed, columns: &[(&str, &str)], last: Last) -> Result<Last, EngineError> {
        let titles: Vec<&str> = columns.iter().map(|(_, column)| *column).collect();
        Ok(
            match read(feed, &titles, self.setup, self.now, last.seen.as_deref()) {
                Read::Closed(why) => Last {
                    wrong: vec![why],
                    ..last
                },
                Read::Unfinished(stamp, why) => Last {
                    seen: Some(stamp),
                    wrong: vec![why],
                    ..last
                },
                Read::Whole(whole) => self.take(feed, columns, &whole)?,
            },
        )
    }

    /// Takes a whole file in, in one transaction.
    fn take(&mut self, feed: &Feed, columns: &[(&str, &str)], whole: &Whole) -> Result<Last, EngineError> {
        let accounts = accounts(self.cache, self.setup, feed.key)?;
        let mut wrong = told(&whole.parsed);
        let (mut batch, mut unknown, mut several) = (Vec::new(), Vec::new(), Vec::new());
        for row in &whole.parsed.rows {
            let account = match accounts.get(&normal(feed.key, &row.key)) {
                Some(Some(account)) => account,
                Some(None) => {
                    several.push(row);
                    continue;
                }
                None => {
                    unknown.push(row);
                    continue;
                }
            };
            let mut observed = BTreeMap::new();
            for ((metric, _), number) in columns.iter().zip(&row.numbers) {
                let (value, as_of) = fields(metric);
                observed.insert(value, number.map(|number| number.to_string()));
                observed.insert(as_of, Some(row.day.to_string()));
            }
            self.told_of.insert(account.clone());
            batch.push(Observation {
                account: None,
                kind: Kind::Account,
                record: account.clone(),
                source: Source::History,
                effective_at: values::instant(&row.day.to_string())
                    .unwrap_or(self.now)
                    .min(self.now),
                fields: observed,
            });
        }
        self.taken.observed += self.ledger.observe(&batch, self.now)?;
        wrong.extend(named(&unknown, "unknown here"));
        wrong.extend(named(&several, "the name of several accounts"));
        Ok(Last {
            taken: Some(whole.stamp.clone()),
            seen: None,
            wrong,
            names_unknown: !unknown.is_empty(),
        })
    }
}

/// `2 keys are unknown here: a.example (line 2), b.example (line 7)`.
fn named(rows: &[&Row], what: &str) -> Option<String> {
    let mut distinct = BTreeSet::new();
    let mut first = Vec::new();
    for row in rows {
        if distinct.insert(row.key.as_str()) && first.len() < NAMED {
            first.push(format!("{} (line {})", row.key, row.line));
        }
    }
    let are = if distinct.len() == 1 { "key is" } else { "keys are" };
    let more = if distinct.len() > NAMED { ", …" } else { "" };
    (!distinct.is_empty()).then(|| format!("{} {are} {what}: {}{more}", distinct.len(), first.join(", ")))
}

/// The accounts by what a file calls them; `None` where that means several.
fn accounts(
    cache: &Cache,
    setup: &Setup,
    key: FeedKey,
) -> Result<HashMap<String, Option<RecordId>>, EngineError> {
    let mut found: HashMap<String, Option<RecordId>> = HashMap::new();
    cache.each_record(Kind::Account, &mut |record| {
        if !is_account(&record, &setup.mapping) {
            return;
        }
        let name = match key {
            FeedKey::Id => Some(record.id.to_string()),
            FeedKey::Domain => record.line(Core::Domain),
            FeedKey::Name => record.line(Core::Name),
        };
        if let Some(name) = name {
            found
                .entry(normal(key, &name))
                .and_modify(|other| *other = None)
                .or_insert(Some(record.id));
        }
    })?;
    Ok(found)
}

/// A key without what does not matter: case, and `www.` before a domain.
fn normal(key: FeedKey, text: &str) -> String {
    let text = text.trim().to_lowercase();
    match key {
        FeedKey::Domain => text.strip_prefix("www.").map_or(text.clone(), str::to_owned),
        FeedKey::Id | FeedKey::Name => text,
    }
}

/// Every account of which a file once told.
fn of_ledger(ledger: &Ledger, setup: &Setup) -> Result<BTreeSet<RecordId>, EngineError> {
    let fields = of_files(setup);
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let mut found = BTreeSet::new();
    if !fields.is_empty() {
        ledger.each_series(&fields, &mut |account, _, _| {
            found.insert(RecordId::from(account));
        })?;
    }
    Ok(found)
}

/// The ledger's fields of the metrics that come from files.
fn of_files(setup: &Setup) -> Vec<String> {
    let fed = setup
        .mapping
        .metrics
        .iter()
        .filter(|(_, metric)| metric.fed.is_some());
    fed.flat_map(|(id, _)| <[String; 2]>::from(fields(id))).collect()
}

/// Lays the latest numbers of these accounts beside their records; tells of which they are others now.
fn lay(
    cache: &mut Cache,
    ledger: &Ledger,
    setup: &Setup,
    accounts: &BTreeSet<RecordId>,
    now: Timestamp,
) -> Result<Vec<RecordId>, EngineError> {
    let fields = of_files(setup);
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let (mut changed, mut laid) = (Vec::new(), Vec::new());
    for account in accounts {
        let mut latest: BTreeMap<String, String> = BTreeMap::new();
        for observed in ledger.past(Kind::Account, account, &fields)? {
            match observed.value {
                _ if observed.effective_at > now => {}
                Some(value) => drop(latest.insert(observed.field, value)),
                None => drop(latest.remove(&observed.field)),
            }
        }
        let json = serde_json::to_string(&latest).map_err(EngineError::Json)?;
        let name = documents::fed(account);
        if cache.document(&name)?.as_deref() != Some(&json) {
            changed.push(account.clone());
            laid.push((name, json));
        }
    }
    cache.put_documents(&laid)?;
    Ok(changed)
}
