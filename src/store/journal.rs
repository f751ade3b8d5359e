//! The journal of the ledger: what happened, who noted it, and when it took effect.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::domain::record::RecordId;

use super::checksum::Checksum;
use super::error::StoreError;
use super::identity::{self, Identities};
use super::key::{Key, optional_id_at};
use super::ledger::{Ledger, next_sequence};
use super::{broken, verify};

/// Columns that [`read`] reads.
const LIST: &str =
    "sequence, author, kind, account, effective_at, recorded_at, payload, checksum, writer, written, clock";
/// The same of a ledger whose events do not say yet whose they are: all are its own, in their order.
const FORMER_LIST: &str =
    "sequence, author, kind, account, effective_at, recorded_at, payload, checksum, '', sequence, sequence";
/// The order of events, the same wherever they are read and however they came there.
const ORDER: &str = "clock, writer, written";
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
    /// Its number in this ledger: in which order they came here, which is not that of [`Self::place`].
    pub sequence: i64,
    /// Id of the ledger that noted it; empty where it does not say.
    pub writer: String,
    /// Its number in that ledger.
    pub written: i64,
    /// One more than the greatest that ledger knew when it noted it: what follows from another event is greater.
    pub clock: i64,
    /// Whether it was noted here, and not taken over from another ledger.
    pub here: bool,
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

impl Event {
    /// Its place in the order of events, which no wall clock can upset and which is the same in every ledger.
    pub fn place(&self) -> (i64, &str, i64) {
        (self.clock, &self.writer, self.written)
    }

    /// Puts events in their order.
    pub fn sort(events: &mut [Self]) {
        events.sort_by(|one, other| one.place().cmp(&other.place()));
    }
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
                    Event::sort(&mut found);
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
            let (list, ids) = (list(connection)?, Identities::read(connection)?);
            connection
                .prepare_cached(&format!(
                    "SELECT {list} FROM events WHERE kind = ?1 AND effective_at < ?2
                     ORDER BY sequence DESC LIMIT 1"
                ))?
                .query_row(params![LOOK, before.as_millisecond()], |row| read(row, &ids))
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
    let writer = identity::current(connection)?;
    let first = next_sequence(connection, "events")?;
    let clock = next_clock(connection)?;
    for (place, event) in (0..).zip(events) {
        let account = event.account.as_ref().map(RecordId::as_str);
        let payload = event.payload.to_string();
        let columns = Columns {
            sequence: first + place,
            author,
            kind: &event.kind,
            account,
            effective: event.effective_at.as_millisecond(),
            recorded: now.as_millisecond(),
            payload: &payload,
            writer: &writer,
            written: first + place,
            clock: clock + place,
        };
        columns.insert(connection)?;
    }
    Ok(())
}

/// The clock of the next event: it comes after all that is known here.
fn next_clock(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT ifnull(max(clock), 0) + 1 FROM events")?
        .query_row([], |row| row.get(0))
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

/// What [`read`] is given of each row.
pub(super) fn list(connection: &Connection) -> rusqlite::Result<&'static str> {
    Ok(if identity::are_named(connection)? {
        LIST
    } else {
        FORMER_LIST
    })
}

pub(super) fn select(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> rusqlite::Result<Vec<Event>> {
    let (list, ids) = (list(connection)?, Identities::read(connection)?);
    let order = if list == LIST { ORDER } else { "sequence" };
    connection
        .prepare_cached(&format!("SELECT {list} FROM events {condition} ORDER BY {order}"))?
        .query_map(parameters, |row| read(row, &ids))?
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
    Event::sort(&mut known);
    Ok(known)
}

/// All events that are as they were written; the others are left for the salvage.
pub(super) fn all_sound(connection: &Connection) -> rusqlite::Result<Vec<Event>> {
    let (list, ids) = (list(connection)?, Identities::read(connection)?);
    let rows: Vec<rusqlite::Result<Event>> = connection
        .prepare_cached(&format!("SELECT {list} FROM events ORDER BY sequence"))?
        .query_map([], |row| Ok(read(row, &ids)))?
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
        writer: &event.writer,
        written: event.written,
        clock: event.clock,
    };
    connection
        .prepare_cached("UPDATE events SET payload = ?2, checksum = ?3 WHERE sequence = ?1")?
        .execute(params![event.sequence, payload, columns.checksum()])?;
    Ok(())
}

/// Gives up to `count` events behind this number to a writer where they do not say whose they are: their numbers and their
/// order stay. Says the last one that was looked at. One that is not as it was written stays so.
pub(super) fn name(
    connection: &Connection,
    writer: &str,
    after: i64,
    count: i64,
) -> rusqlite::Result<Option<i64>> {
    let rows: Vec<(i64, Option<i64>)> = connection
        .prepare_cached(
            "SELECT sequence, author, kind, account, effective_at, recorded_at, payload, checksum
             FROM events WHERE sequence > ?1 AND writer = '' ORDER BY sequence LIMIT ?2",
        )?
        .query_map([after, count], |row| named(row, writer))?
        .collect::<rusqlite::Result<_>>()?;
    let last = rows.last().map(|(sequence, _)| *sequence);
    let mut update = connection.prepare_cached(
        "UPDATE events SET writer = ?2, written = ?1, clock = ?1, checksum = ?3 WHERE sequence = ?1",
    )?;
    for (sequence, checksum) in rows {
        if let Some(checksum) = checksum {
            update.execute(params![sequence, writer, checksum])?;
        }
    }
    Ok(last)
}

/// The number of a row of before, and its checksum once it says whose it is; `None` where it is not as it was written.
fn named(row: &Row<'_>, writer: &str) -> rusqlite::Result<(i64, Option<i64>)> {
    let sequence = row.get(0)?;
    let (author, kind): (String, String) = (row.get(1)?, row.get(2)?);
    let account = optional_id_at(row, 3)?;
    let payload: String = row.get(6)?;
    let former = Columns {
        sequence,
        author: &author,
        kind: &kind,
        account: account.as_deref(),
        effective: row.get(4)?,
        recorded: row.get(5)?,
        payload: &payload,
        writer: "",
        written: sequence,
        clock: sequence,
    };
    let is_sound = verify(former.checksum(), row.get(7)?).is_ok();
    let named = Columns { writer, ..former };
    Ok((sequence, is_sound.then(|| named.checksum())))
}

/// An event, verified.
pub(super) fn read(row: &Row<'_>, ids: &Identities) -> rusqlite::Result<Event> {
    let sequence = row.get(0)?;
    let (author, kind): (String, String) = (row.get(1)?, row.get(2)?);
    let account = optional_id_at(row, 3)?;
    let (effective, recorded) = (row.get(4)?, row.get(5)?);
    let payload = row.get_ref(6)?.as_str()?;
    let (writer, written, clock): (String, i64, i64) = (row.get(8)?, row.get(9)?, row.get(10)?);
    let columns = Columns {
        sequence,
        author: &author,
        kind: &kind,
        account: account.as_deref(),
        effective,
        recorded,
        payload,
        writer: &writer,
        written,
        clock,
    };
    verify(columns.checksum(), row.get(7)?)?;
    let time = |stamp| Timestamp::from_millisecond(stamp).map_err(|_| broken("a timestamp"));
    Ok(Event {
        sequence,
        here: ids.noted(sequence, &writer),
        writer,
        written,
        clock,
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
    /// Empty in a row of before, whose checksum does not cover what follows.
    pub(super) writer: &'a str,
    pub(super) written: i64,
    pub(super) clock: i64,
}

impl Columns<'_> {
    /// The checksum of the row.
    pub(super) fn checksum(&self) -> i64 {
        let checksum = Checksum::of("events")
            .number(self.sequence)
            .text(self.author)
            .text(self.kind)
            .optional(self.account)
            .number(self.effective)
            .number(self.recorded)
            .text(self.payload);
        if self.writer.is_empty() {
            return checksum.value();
        }
        checksum
            .text(self.writer)
            .number(self.written)
            .number(self.clock)
            .value()
    }

    /// Puts the row into the table.
    pub(super) fn insert(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO events (sequence, author, kind, account, effective_at, recorded_at, payload, checksum,
                     writer, written, clock)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                self.sequence,
                self.author,
                self.kind,
                self.account.map(Key),
                self.effective,
                self.recorded,
                self.payload,
                self.checksum(),
                self.writer,
                self.written,
                self.clock
            ])?;
        Ok(())
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
