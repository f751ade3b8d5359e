//! The journal of the ledger: what happened, who noted it, and when it took effect.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::domain::record::RecordId;

use super::checksum::Checksum;
use super::error::StoreError;
use super::key::{Key, optional_id_at};
use super::ledger::{Ledger, next_sequence};
use super::{broken, verify};

/// Columns that [`read`] reads.
pub(super) const LIST: &str = "sequence, author, kind, account, effective_at, recorded_at, payload, checksum";
/// Kinds of events that tell which accounts are here.
pub mod account {
    /// An account is in the cache from now on.
    pub const SEEN: &str = "account-seen";
    /// An account is not in the cache any more.
    pub const GONE: &str = "account-gone";
}

/// Kind of the event that the ledger is not the one that was: it was salvaged, or a backup was brought back. What was
/// noted before may not be in it.
pub const REPLACED: &str = "ledger-replaced";

/// Kind of the event that somebody looked at the cockpit.
const LOOK: &str = "look";

/// Something that happened, to be noted.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// The account it is about, if it is about one.
    pub account: Option<RecordId>,
    /// What happened, in kebab-case: `account-seen`, `warning-opened`, `band-changed` …
    pub kind: String,
    /// When it took effect (UTC); kept to the millisecond.
    pub effective_at: Timestamp,
    /// What is to be remembered about it.
    pub payload: serde_json::Value,
}

/// Something that happened, as it was noted.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its place in the journal: the order of events, which no clock can upset.
    pub sequence: i64,
    /// Who noted it.
    pub author: String,
    /// The account it is about, if it is about one.
    pub account: Option<RecordId>,
    /// What happened.
    pub kind: String,
    /// When it took effect (UTC).
    pub effective_at: Timestamp,
    /// When it was noted (UTC).
    pub recorded_at: Timestamp,
    /// What is to be remembered about it.
    pub payload: serde_json::Value,
}

impl Ledger {
    /// Notes events, all or none.
    pub fn append(&mut self, events: &[NewEvent], now: Timestamp) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let author = self.author.clone();
        self.database
            .write(|transaction| append(transaction, &author, events, now))
    }

    /// Notes events, all or none, if what the journal has of their accounts admits them. Both is one transaction: nobody
    /// notes anything in between. The accounts' events of these kinds are given in their order.
    pub fn append_if<E>(
        &mut self,
        events: &[NewEvent],
        kinds: &[&str],
        admit: impl FnOnce(&[Event]) -> Result<(), E>,
        now: Timestamp,
    ) -> Result<Result<(), E>, StoreError> {
        let author = self.author.clone();
        let accounts = events.iter().filter_map(|event| event.account.clone());
        let accounts: BTreeSet<RecordId> = accounts.collect();
        self.database.write(|transaction| {
            let known = of_accounts(transaction, &accounts, kinds)?;
            let admitted = admit(&known);
            if admitted.is_ok() {
                append(transaction, &author, events, now)?;
            }
            Ok(admitted)
        })
    }

    /// Events in their order, of one account or of all, of these kinds or (when empty) of every kind.
    pub fn events(&self, account: Option<&RecordId>, kinds: &[&str]) -> Result<Vec<Event>, StoreError> {
        self.database.run(|connection| {
            let mut events: Vec<Event> = match (account, kinds) {
                (Some(account), _) => select(connection, "WHERE account = ?1", [Key(account.as_str())])?,
                (None, []) => select(connection, "", [])?,
                (None, kinds) => {
                    let mut found = Vec::new();
                    for kind in kinds {
                        found.extend(select(connection, "WHERE kind = ?1", [kind])?);
                    }
                    found.sort_by_key(|event| event.sequence);
                    found
                }
            };
            if !kinds.is_empty() {
                events.retain(|event| kinds.contains(&event.kind.as_str()));
            }
            Ok(events)
        })
    }

    /// The accounts that any event of these kinds is about.
    pub fn accounts_with(&self, kinds: &[&str]) -> Result<BTreeSet<RecordId>, StoreError> {
        self.database.run(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT account FROM events WHERE kind = ?1 AND account IS NOT NULL")?;
            let mut found = BTreeSet::new();
            for kind in kinds {
                let mut rows = statement.query([kind])?;
                while let Some(row) = rows.next()? {
                    found.extend(optional_id_at(row, 0)?.map(RecordId));
                }
            }
            Ok(found)
        })
    }

    /// The number of the newest event; 0 before the first.
    pub fn last_event(&self) -> Result<i64, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached("SELECT ifnull(max(sequence), 0) FROM events")?
                .query_row([], |row| row.get(0))
        })
    }

    /// Events of a kind that took effect then or later, in their order.
    pub fn events_since(&self, kind: &str, since: Timestamp) -> Result<Vec<Event>, StoreError> {
        self.database.run(|connection| {
            select(
                connection,
                "WHERE kind = ?1 AND effective_at >= ?2",
                params![kind, since.as_millisecond()],
            )
        })
    }

    /// When somebody last looked before this instant.
    pub fn last_look(&self, before: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {LIST} FROM events WHERE kind = ?1 AND effective_at < ?2
                     ORDER BY sequence DESC LIMIT 1"
                ))?
                .query_row(params![LOOK, before.as_millisecond()], read)
                .optional()
                .map(|found| found.map(|event| event.effective_at))
        })
    }

    /// Notes that somebody looks now.
    pub fn record_look(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let look = NewEvent {
            account: None,
            kind: LOOK.to_owned(),
            effective_at: now,
            payload: serde_json::Value::Null,
        };
        self.append(&[look], now)
    }
}

/// Appends events inside a transaction.
pub(super) fn append(
    connection: &Connection,
    author: &str,
    events: &[NewEvent],
    now: Timestamp,
) -> rusqlite::Result<()> {
    let first = next_sequence(connection, "events")?;
    for (sequence, event) in (first..).zip(events) {
        insert(connection, sequence, author, event, now)?;
    }
    Ok(())
}

/// Notes that this ledger takes the place of another, of which something may be missing. Nobody asks for the time here:
/// it counts from what was noted last.
pub(super) fn note_replaced(connection: &Connection, why: &str) -> rusqlite::Result<()> {
    let newest: i64 = connection.query_row(
        "SELECT ifnull(max(at), 0) FROM (SELECT max(recorded_at) AS at FROM observations
         UNION ALL SELECT max(recorded_at) FROM events)",
        [],
        |row| row.get(0),
    )?;
    let newest = Timestamp::from_millisecond(newest).unwrap_or_default();
    let replaced = NewEvent {
        account: None,
        kind: REPLACED.to_owned(),
        effective_at: newest,
        payload: json!({ "why": why }),
    };
    append(connection, "", &[replaced], newest)
}

fn insert(
    connection: &Connection,
    sequence: i64,
    author: &str,
    event: &NewEvent,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let account = event.account.as_ref().map(RecordId::as_str);
    let (effective, recorded) = (event.effective_at.as_millisecond(), now.as_millisecond());
    let payload = event.payload.to_string();
    let columns = Columns {
        sequence,
        author,
        kind: &event.kind,
        account,
        effective,
        recorded,
        payload: &payload,
    };
    connection
        .prepare_cached(
            "INSERT INTO events (sequence, author, kind, account, effective_at, recorded_at, payload, checksum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            sequence,
            author,
            event.kind,
            account.map(Key),
            effective,
            recorded,
            payload,
            columns.checksum()
        ])?;
    Ok(())
}

fn select(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> rusqlite::Result<Vec<Event>> {
    connection
        .prepare_cached(&format!(
            "SELECT {LIST} FROM events {condition} ORDER BY sequence"
        ))?
        .query_map(parameters, read)?
        .collect()
}

/// The events of these accounts that are of these kinds, in their order.
pub(super) fn of_accounts(
    connection: &Connection,
    accounts: &BTreeSet<RecordId>,
    kinds: &[&str],
) -> rusqlite::Result<Vec<Event>> {
    let mut known = Vec::new();
    for account in accounts {
        known.extend(select(connection, "WHERE account = ?1", [Key(account.as_str())])?);
    }
    known.retain(|event| kinds.contains(&event.kind.as_str()));
    known.sort_by_key(|event| event.sequence);
    Ok(known)
}

/// All events that are as they were written; the others are left for the salvage.
pub(super) fn all_sound(connection: &Connection) -> rusqlite::Result<Vec<Event>> {
    let rows: Vec<rusqlite::Result<Event>> = connection
        .prepare_cached(&format!("SELECT {LIST} FROM events ORDER BY sequence"))?
        .query_map([], |row| Ok(read(row)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().flatten().collect())
}

/// Puts another payload into an event: only an erasure may.
pub(super) fn put_payload(
    connection: &Connection,
    event: &Event,
    payload: &serde_json::Value,
) -> rusqlite::Result<()> {
    let payload = payload.to_string();
    let columns = Columns {
        sequence: event.sequence,
        author: &event.author,
        kind: &event.kind,
        account: event.account.as_ref().map(RecordId::as_str),
        effective: event.effective_at.as_millisecond(),
        recorded: event.recorded_at.as_millisecond(),
        payload: &payload,
    };
    connection
        .prepare_cached("UPDATE events SET payload = ?2, checksum = ?3 WHERE sequence = ?1")?
        .execute(params![event.sequence, payload, columns.checksum()])?;
    Ok(())
}

/// An event, verified.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    let sequence = row.get(0)?;
    let (author, kind): (String, String) = (row.get(1)?, row.get(2)?);
    let account = optional_id_at(row, 3)?;
    let (effective, recorded) = (row.get(4)?, row.get(5)?);
    let payload = row.get_ref(6)?.as_str()?;
    let columns = Columns {
        sequence,
        author: &author,
        kind: &kind,
        account: account.as_deref(),
        effective,
        recorded,
        payload,
    };
    verify(columns.checksum(), row.get(7)?)?;
    let time = |stamp| Timestamp::from_millisecond(stamp).map_err(|_| broken("a timestamp"));
    Ok(Event {
        sequence,
        payload: serde_json::from_str(payload).map_err(|_| broken("the payload of an event"))?,
        author,
        account: account.map(RecordId),
        kind,
        effective_at: time(effective)?,
        recorded_at: time(recorded)?,
    })
}

/// The columns that a row's checksum covers.
pub(super) struct Columns<'a> {
    pub(super) sequence: i64,
    pub(super) author: &'a str,
    pub(super) kind: &'a str,
    pub(super) account: Option<&'a str>,
    pub(super) effective: i64,
    pub(super) recorded: i64,
    pub(super) payload: &'a str,
}

impl Columns<'_> {
    /// The checksum of the row.
    pub(super) fn checksum(&self) -> i64 {
        Checksum::of("events")
            .number(self.sequence)
            .text(self.author)
            .text(self.kind)
            .optional(self.account)
            .number(self.effective)
            .number(self.recorded)
            .text(self.payload)
            .value()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn nobody_notes_anything_between_the_look_at_the_journal_and_the_note() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ledger.db");
        let mut ledger = Ledger::open(&path, "dana").unwrap().0;
        let now: Timestamp = "2026-11-23T08:50:00Z".parse().unwrap();
        let event = NewEvent {
            account: Some("1".into()),
            kind: "warning-opened".to_owned(),
            effective_at: now,
            payload: serde_json::Value::Null,
        };
        let once = |known: &[Event]| {
            let other = Connection::open(&path).unwrap();
            other.busy_timeout(std::time::Duration::ZERO).unwrap();
            assert!(
                other.execute_batch("BEGIN IMMEDIATE").is_err(),
                "it is locked out"
            );
            match known {
                [] => Ok(()),
                _ => Err("there is one"),
            }
        };
        for expected in [Ok(()), Err("there is one")] {
            let events = std::slice::from_ref(&event);
            let noted = ledger.append_if(events, &["warning-opened"], once, now).unwrap();
            assert_eq!(noted, expected);
        }
        assert_eq!(ledger.last_event().unwrap(), 1);
    }
}
