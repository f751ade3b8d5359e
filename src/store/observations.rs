//! Observations of the ledger: what the CRM told about a record, when that became so, and when we saw it.
//!
//! One row holds the fields of one record that were new at one stamp. "New" is judged against the
//! ledger itself, never against the cache, so that a cache that was deleted changes no history.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};

use crate::domain::record::{Kind, RecordId};

use super::checksum::Checksum;
use super::error::StoreError;
use super::journal::{self, NewEvent};
use super::key::{Key, id_at, optional_id_at};
use super::ledger::{Ledger, next_sequence};
use super::{broken, verify};

/// Columns that [`read`] reads.
pub(super) const COLUMNS: &str =
    "sequence, kind, record, account, source, effective_at, recorded_at, fields, checksum";

/// Where an observation comes from. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Source {
    /// The record as it is while we read it: what the ledger has as the latest value is not noted again, and a value
    /// that is no newer by its stamp counts from the moment of reading, so that the past is never rewritten.
    Sync = 1,
    /// The CRM's own history of the property.
    History = 2,
}

/// Values of one record as they became at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The account it belongs to, where that is known and the record is not the account itself.
    pub account: Option<RecordId>,
    /// What kind of record.
    pub kind: Kind,
    /// The record.
    pub record: RecordId,
    /// Where it comes from.
    pub source: Source,
    /// When the values became so, by the CRM's clock (UTC); kept to the millisecond.
    pub effective_at: Timestamp,
    /// Values by field: a mapped property by its own name, a core field as `core:<name>`; `None` is empty.
    pub fields: BTreeMap<String, Option<String>>,
}

/// One value of one field, as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// What kind of record.
    pub kind: Kind,
    /// The record.
    pub record: RecordId,
    /// The field.
    pub field: String,
    /// What it became; `None` is empty.
    pub value: Option<String>,
    /// When it became so (UTC).
    pub effective_at: Timestamp,
    /// When the ledger noted it (UTC).
    pub recorded_at: Timestamp,
    /// Where it comes from.
    pub source: Source,
}

impl Ledger {
    /// Notes what is new in a batch, in one transaction, and says how many values were new.
    ///
    /// A value of the history is new when it differs from the one that the ledger has for that instant, and was not
    /// noted for that instant before. A value that was read now is new when it differs from the latest one, and counts
    /// from `now` unless its stamp is newer than that one's. To note a batch again changes nothing.
    pub fn observe(&mut self, batch: &[Observation], now: Timestamp) -> Result<usize, StoreError> {
        self.keep(batch, &[], now)
    }

    /// Notes what is new in a batch, as [`Ledger::observe`] does, and events with it, all or none: one wait for the
    /// disk. Says how many values were new.
    pub fn keep(
        &mut self,
        batch: &[Observation],
        events: &[NewEvent],
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut ordered: Vec<&Observation> = batch.iter().collect();
        ordered.sort_by_key(|observation| (observation.kind, &observation.record, observation.effective_at));
        if ordered.is_empty() && events.is_empty() {
            return Ok(0);
        }
        let author = self.author.clone();
        self.database.write(|transaction| {
            let mut writer = Writer {
                sequence: next_sequence(transaction, "observations")?,
                recorded: now.as_millisecond(),
                transaction,
            };
            let mut count = 0;
            for of_record in ordered.chunk_by(|a, b| a.kind == b.kind && a.record == b.record) {
                count += writer.note(of_record)?;
            }
            journal::append(transaction, &author, events, now)?;
            Ok(count)
        })
    }

    /// The values of one field up to and including an instant, by the instant they became so.
    pub fn series(
        &self,
        kind: Kind,
        id: &RecordId,
        field: &str,
        until: Timestamp,
    ) -> Result<Vec<Observed>, StoreError> {
        self.database.run(|connection| {
            let mut series = Vec::new();
            each_of_record(connection, kind, id.as_str(), |row| {
                if row.effective_at <= until {
                    row.hand_over(&[field], &mut |observed| series.push(observed));
                }
            })?;
            Ok(series)
        })
    }

    /// The values of these fields of one record, by the instant they became so.
    pub fn past(&self, kind: Kind, id: &RecordId, fields: &[&str]) -> Result<Vec<Observed>, StoreError> {
        self.database.run(|connection| {
            let mut past = Vec::new();
            each_of_record(connection, kind, id.as_str(), |row| {
                row.hand_over(fields, &mut |observed| past.push(observed));
            })?;
            Ok(past)
        })
    }

    /// Everything that is known of an account and of the records that were noted as belonging to it,
    /// by the instant it became so.
    pub fn history_of_account(&self, account: &RecordId) -> Result<Vec<Observed>, StoreError> {
        self.database.run(|connection| {
            let mut history = Vec::new();
            let mut keep = |row: Noted| row.hand_over(&[], &mut |observed| history.push(observed));
            each_of_record(connection, Kind::Account, account.as_str(), &mut keep)?;
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM observations WHERE account = ?1 ORDER BY effective_at, sequence"
            ))?;
            let mut rows = statement.query([Key(account.as_str())])?;
            while let Some(row) = rows.next()? {
                keep(read(row)?);
            }
            history.sort_by_key(|observed| observed.effective_at);
            Ok(history)
        })
    }

    /// When the ledger noted its first observation (UTC); `None` when it has none.
    pub fn began(&self) -> Result<Option<Timestamp>, StoreError> {
        self.database.run(|connection| {
            let first = format!("SELECT {COLUMNS} FROM observations ORDER BY sequence LIMIT 1");
            let mut statement = connection.prepare_cached(&first)?;
            let mut rows = statement.query([])?;
            let first = rows.next()?.map(read).transpose()?;
            Ok(first.map(|noted| noted.recorded_at))
        })
    }

    /// The accounts of which something about this field was noted after an instant.
    pub fn accounts_noted_since(
        &self,
        field: &str,
        since: Timestamp,
    ) -> Result<BTreeSet<RecordId>, StoreError> {
        self.database.run(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM observations WHERE kind = ?1 AND recorded_at > ?2"
            ))?;
            let mut rows = statement.query((Kind::Account as u8, since.as_millisecond()))?;
            let mut found = BTreeSet::new();
            while let Some(row) = rows.next()? {
                let noted = read(row)?;
                if noted.fields.contains_key(field) {
                    found.insert(noted.record);
                }
            }
            Ok(found)
        })
    }

    /// Hands over the values of these fields (all fields when empty) of every account, account by
    /// account and in each by the instant they became so: `(account, field, value)`.
    pub fn each_series(
        &self,
        fields: &[&str],
        f: &mut dyn FnMut(&str, &str, Observed),
    ) -> Result<(), StoreError> {
        self.database.run(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM observations WHERE kind = ?1 ORDER BY record, effective_at, sequence"
            ))?;
            let mut rows = statement.query([Kind::Account as u8])?;
            while let Some(row) = rows.next()? {
                let noted = read(row)?;
                let account = noted.record.clone();
                noted.hand_over(fields, &mut |observed| {
                    let field = observed.field.clone();
                    f(account.as_str(), &field, observed);
                });
            }
            Ok(())
        })
    }
}

/// One row, read and verified.
pub(super) struct Noted {
    kind: Kind,
    record: RecordId,
    source: Source,
    effective_at: Timestamp,
    recorded_at: Timestamp,
    fields: BTreeMap<String, Option<String>>,
}

impl Noted {
    /// Hands over the values of the wanted fields, or of all when none is named.
    fn hand_over(self, wanted: &[&str], f: &mut dyn FnMut(Observed)) {
        for (field, value) in self.fields {
            if !wanted.is_empty() && !wanted.contains(&field.as_str()) {
                continue;
            }
            f(Observed {
                kind: self.kind,
                record: self.record.clone(),
                field,
                value,
                effective_at: self.effective_at,
                recorded_at: self.recorded_at,
                source: self.source,
            });
        }
    }
}

/// What the ledger knows of one record, by (instant, sequence).
type Known = Vec<(i64, BTreeMap<String, Option<String>>)>;

/// The values of an observation that are new.
type Fresh<'a> = BTreeMap<&'a str, Option<&'a str>>;

/// Whether a value adds something to what is known.
fn is_new(known: &Known, at: i64, field: &str, value: Option<&String>) -> bool {
    let until = known.partition_point(|(instant, _)| *instant <= at);
    let before = &known[..until];
    let as_of = before.iter().rev().find_map(|(_, fields)| fields.get(field));
    let differs = match as_of {
        Some(known) => known.as_ref() != value,
        None => value.is_some(),
    };
    let noted_then = || {
        before
            .iter()
            .rev()
            .take_while(|(instant, _)| *instant == at)
            .any(|(_, fields)| fields.get(field).is_some_and(|known| known.as_ref() == value))
    };
    differs && !noted_then()
}

/// From when on a value that was read now counts, if it is new: from its stamp, or from `now` when the ledger has a
/// value that is as new, because a value that the CRM computes moves no stamp.
fn read_now(known: &Known, at: i64, field: &str, value: Option<&String>, now: i64) -> Option<i64> {
    let latest = known
        .iter()
        .rev()
        .find_map(|(instant, fields)| Some((*instant, fields.get(field)?)));
    match latest {
        None => value.is_some().then_some(at),
        Some((_, known)) if known.as_ref() == value => None,
        Some((instant, _)) if at <= instant => Some(now.max(instant)),
        Some(_) => Some(at),
    }
}

struct Writer<'a> {
    transaction: &'a Transaction<'a>,
    sequence: i64,
    recorded: i64,
}

impl Writer<'_> {
    /// Notes what is new about one record.
    fn note(&mut self, observations: &[&Observation]) -> rusqlite::Result<usize> {
        let mut known = Known::new();
        let (kind, record) = (observations[0].kind, &observations[0].record);
        each_of_record(self.transaction, kind, record.as_str(), |row| {
            known.push((row.effective_at.as_millisecond(), row.fields));
        })?;
        let mut count = 0;
        for observation in observations {
            for (at, fresh) in self.fresh(&known, observation) {
                count += fresh.len();
                self.insert(observation, at, &fresh)?;
                // Most records come once in a batch: then nobody asks for it again.
                if observations.len() > 1 {
                    let owned = fresh
                        .into_iter()
                        .map(|(field, value)| (field.to_owned(), value.map(str::to_owned)));
                    let place = known.partition_point(|(instant, _)| *instant <= at);
                    known.insert(place, (at, owned.collect()));
                }
            }
        }
        Ok(count)
    }

    /// The values of an observation that are new, by the instant from which on they count.
    fn fresh<'o>(&self, known: &Known, observation: &'o Observation) -> BTreeMap<i64, Fresh<'o>> {
        let at = observation.effective_at.as_millisecond();
        let mut fresh: BTreeMap<i64, Fresh<'o>> = BTreeMap::new();
        for (field, value) in &observation.fields {
            let counts = match observation.source {
                Source::History => is_new(known, at, field, value.as_ref()).then_some(at),
                Source::Sync => read_now(known, at, field, value.as_ref(), self.recorded),
            };
            if let Some(from) = counts {
                fresh.entry(from).or_default().insert(field, value.as_deref());
            }
        }
        fresh
    }

    fn insert(&mut self, observation: &Observation, at: i64, fresh: &Fresh<'_>) -> rusqlite::Result<()> {
        let fields = serde_json::to_string(fresh).map_err(|_| broken("an observation"))?;
        let own = observation.kind == Kind::Account;
        let account = observation
            .account
            .as_ref()
            .filter(|_| !own)
            .map(RecordId::as_str);
        let checksum = Columns {
            sequence: self.sequence,
            kind: observation.kind as i64,
            record: observation.record.as_str(),
            account,
            source: observation.source as i64,
            effective: at,
            recorded: self.recorded,
            fields: &fields,
        }
        .checksum();
        self.transaction
            .prepare_cached(
                "INSERT INTO observations
                 (sequence, kind, record, account, source, effective_at, recorded_at, fields, checksum)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                self.sequence,
                observation.kind as u8,
                Key(observation.record.as_str()),
                account.map(Key),
                observation.source as u8,
                at,
                self.recorded,
                fields,
                checksum
            ])?;
        self.sequence += 1;
        Ok(())
    }
}

/// The columns that a row's checksum covers.
pub(super) struct Columns<'a> {
    pub(super) sequence: i64,
    pub(super) kind: i64,
    pub(super) record: &'a str,
    pub(super) account: Option<&'a str>,
    pub(super) source: i64,
    pub(super) effective: i64,
    pub(super) recorded: i64,
    pub(super) fields: &'a str,
}

impl Columns<'_> {
    /// The checksum of the row.
    pub(super) fn checksum(&self) -> i64 {
        Checksum::of("observations")
            .number(self.sequence)
            .number(self.kind)
            .text(self.record)
            .optional(self.account)
            .number(self.source)
            .number(self.effective)
            .number(self.recorded)
            .text(self.fields)
            .value()
    }
}

fn each_of_record(
    connection: &Connection,
    kind: Kind,
    record: &str,
    mut f: impl FnMut(Noted),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM observations WHERE kind = ?1 AND record = ?2 ORDER BY effective_at, sequence"
    ))?;
    let mut rows = statement.query(params![kind as u8, Key(record)])?;
    while let Some(row) = rows.next()? {
        f(read(row)?);
    }
    Ok(())
}

/// A row, verified.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Noted> {
    let record = id_at(row, 2)?;
    let account = optional_id_at(row, 3)?;
    let columns = Columns {
        sequence: row.get(0)?,
        kind: row.get(1)?,
        record: &record,
        account: account.as_deref(),
        source: row.get(4)?,
        effective: row.get(5)?,
        recorded: row.get(6)?,
        fields: row.get_ref(7)?.as_str()?,
    };
    verify(columns.checksum(), row.get(8)?)?;
    let time = |stamp| Timestamp::from_millisecond(stamp).map_err(|_| broken("a timestamp"));
    Ok(Noted {
        kind: u8::try_from(columns.kind)
            .ok()
            .and_then(Kind::from_number)
            .ok_or_else(|| broken("the kind of an observation"))?,
        source: match columns.source {
            1 => Source::Sync,
            2 => Source::History,
            _ => return Err(broken("the source of an observation")),
        },
        effective_at: time(columns.effective)?,
        recorded_at: time(columns.recorded)?,
        fields: serde_json::from_str(columns.fields).map_err(|_| broken("an observation"))?,
        record: RecordId(record),
    })
}
