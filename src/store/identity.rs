//! Who a ledger is: the id that its own events carry, wherever they are read.
//!
//! One that takes the place of another takes a new id, so that no two write under one. Under which id it wrote when is
//! kept, so that it knows its own events from those of others.

use std::hash::{BuildHasher, Hasher, RandomState};

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::base32;

use super::checksum::Checksum;
use super::journal;
use super::ledger::next_sequence;
use super::migrations::stored_version;
use super::verify;

/// The first version of the schema in which events say whose they are.
const SINCE: u32 = 3;
/// Columns that [`read`] reads.
pub(super) const COLUMNS: &str = "sequence, id, checksum";
/// Letters of an id.
const LENGTH: u32 = 10;
/// So many events are named at a time.
const BATCH: i64 = 1_000;

/// Under which ids a ledger has written, each with the first of its events that may carry it.
#[derive(Debug, Default)]
pub(super) struct Identities(Vec<(i64, String)>);

impl Identities {
    /// All of them, oldest first; none in a ledger whose events do not say yet whose they are.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        if !are_named(connection)? {
            return Ok(Self::default());
        }
        let all = connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM identities ORDER BY sequence"))?
            .query_map([], read)?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Self(all))
    }

    /// Whether the event with this number was noted here, and not taken over from a file of its writer.
    pub(super) fn noted(&self, sequence: i64, writer: &str) -> bool {
        let mut reigns = self.0.iter().rev();
        let reign = reigns.find(|(from, _)| *from <= sequence);
        // A ledger of before had no events but its own.
        writer.is_empty() || reign.is_some_and(|(_, id)| id == writer)
    }

    /// The ids, oldest first: the last one is that of now.
    pub(super) fn into_ids(self) -> Vec<String> {
        self.0.into_iter().map(|(_, id)| id).collect()
    }
}

/// Whether events say whose they are.
pub(super) fn are_named(connection: &Connection) -> rusqlite::Result<bool> {
    let number = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(stored_version(number).is_some_and(|version| version >= SINCE))
}

/// The id under which a ledger writes now.
pub(super) fn current(connection: &Connection) -> rusqlite::Result<String> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM identities ORDER BY sequence DESC LIMIT 1"
        ))?
        .query_row([], read)
        .map(|(_, id)| id)
}

/// Gives a ledger its first id, and all that it has noted so far to that.
pub(super) fn begin(connection: &Connection) -> rusqlite::Result<()> {
    name_events(connection)?;
    connection.execute_batch(
        "CREATE INDEX events_by_account ON events (account, clock) WHERE account IS NOT NULL;
         CREATE INDEX events_by_kind ON events (kind, clock);
         CREATE INDEX events_by_clock ON events (clock);
         CREATE UNIQUE INDEX events_by_writer ON events (writer, written);",
    )
}

/// What is noted from now on carries another id.
pub(super) fn take_new(connection: &Connection) -> rusqlite::Result<()> {
    insert(connection, next_sequence(connection, "events")?, &random())
}

/// Forgets under which ids a new ledger would write: that of another takes its place.
pub(super) fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("DELETE FROM identities")
}

/// Mends what a salvage has found: rows of before that do not say whose they are, and ids that were lost.
pub(super) fn mend(connection: &Connection) -> rusqlite::Result<()> {
    if Identities::read(connection)?.0.is_empty() {
        // What was noted here has the same number here and there.
        let found: Vec<(i64, String)> = connection
            .prepare(
                "SELECT min(sequence), writer FROM events WHERE writer <> '' AND written = sequence
                 GROUP BY writer",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (sequence, id) in found {
            insert(connection, sequence, &id)?;
        }
    }
    name_events(connection)
}

/// Gives the events that do not say whose they are to the first id; there is one afterwards.
fn name_events(connection: &Connection) -> rusqlite::Result<()> {
    let first = connection
        .prepare(&format!(
            "SELECT {COLUMNS} FROM identities ORDER BY sequence LIMIT 1"
        ))?
        .query_row([], read)
        .optional()?;
    let first = if let Some((_, id)) = first {
        id
    } else {
        let id = random();
        insert(connection, 1, &id)?;
        id
    };
    let mut after = 0;
    while let Some(last) = journal::name(connection, &first, after, BATCH)? {
        after = last;
    }
    Ok(())
}

fn insert(connection: &Connection, sequence: i64, id: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO identities (sequence, id, checksum) VALUES (?1, ?2, ?3)")?
        .execute(params![sequence, id, checksum(sequence, id)])?;
    Ok(())
}

/// The checksum of an id.
pub(super) fn checksum(sequence: i64, id: &str) -> i64 {
    Checksum::of("identities").number(sequence).text(id).value()
}

/// An id with the first event that may carry it, verified.
pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, String)> {
    let (sequence, id): (i64, String) = (row.get(0)?, row.get(1)?);
    verify(checksum(sequence, &id), row.get(2)?)?;
    Ok((sequence, id))
}

/// An id that no other ledger has.
fn random() -> String {
    // The standard library's hasher is keyed by the system, for each value of `RandomState` anew.
    base32::letters(RandomState::new().build_hasher().finish(), LENGTH)
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
