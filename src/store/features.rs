//! Features in the cache: what signals and scores ask of each account, as `engine` packed it.

use rusqlite::{OptionalExtension, Row, params};

use jiff::Timestamp;

use crate::domain::record::RecordId;

use super::cache::Cache;
use super::checksum::Checksum;
use super::error::StoreError;
use super::verify;

/// What is kept of one account.
#[derive(Debug, Clone)]
pub struct Features {
    /// The account.
    pub account: RecordId,
    /// What signals and scores ask of it, packed.
    pub line: Vec<u8>,
    /// The signals that cannot tell of it, an id a line; `None` where all can.
    pub untold: Option<String>,
    /// The second since 1970 (UTC) at which an hour turns that a condition counts on it; `None` where none counts any.
    pub turns: Option<i64>,
}

impl Cache {
    /// Writes the features of accounts, in one transaction.
    pub fn put_features(&mut self, features: &[Features]) -> Result<(), StoreError> {
        if features.is_empty() {
            return Ok(());
        }
        self.database.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT OR REPLACE INTO features (id, line, checksum, untold, turns) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for one in features {
                let id = one.account.as_str();
                let sum = checksum(id, &one.line);
                statement.execute(params![id, one.line, sum, one.untold, one.turns])?;
            }
            Ok(())
        })
    }

    /// The accounts on which an hour has turned that a condition counts, in the order of their ids.
    pub fn turned(&self, now: Timestamp) -> Result<Vec<RecordId>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached("SELECT id FROM features WHERE turns <= ?1 ORDER BY id")?
                .query_map([now.as_second()], |row| row.get(0).map(RecordId))?
                .collect()
        })
    }

    /// The features of one account.
    pub fn features(&self, id: &RecordId) -> Result<Option<Vec<u8>>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached("SELECT id, line, checksum FROM features WHERE id = ?1")?
                .query_row([id.as_str()], |row| Ok(read(row)?.1))
                .optional()
        })
    }

    /// The signals that could not tell of an account when it was last judged, an id a line.
    pub fn untold(&self, id: &RecordId) -> Result<Option<String>, StoreError> {
        self.database.run(|connection| {
            let untold = connection
                .prepare_cached("SELECT untold FROM features WHERE id = ?1")?
                .query_row([id.as_str()], |row| row.get(0))
                .optional()?;
            Ok(untold.flatten())
        })
    }

    /// The features of so many accounts whose ids come after one, in the order of their ids.
    pub fn features_after(
        &self,
        after: Option<&RecordId>,
        most: usize,
    ) -> Result<Vec<(RecordId, Vec<u8>)>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached("SELECT id, line, checksum FROM features WHERE id > ?1 ORDER BY id LIMIT ?2")?
                .query_map(params![after.map_or("", RecordId::as_str), most as i64], read)?
                .collect()
        })
    }

    /// The accounts that have a summary and no features, in the order of their ids.
    pub fn without_features(&self) -> Result<Vec<RecordId>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached(
                    "SELECT id FROM summaries WHERE id NOT IN (SELECT id FROM features) ORDER BY id",
                )?
                .query_map([], |row| row.get(0).map(RecordId))?
                .collect()
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<(RecordId, Vec<u8>)> {
    let id: String = row.get(0)?;
    let line = row.get_ref(1)?.as_blob()?;
    verify(checksum(&id, line), row.get(2)?)?;
    Ok((RecordId(id), line.to_vec()))
}

fn checksum(id: &str, line: &[u8]) -> i64 {
    Checksum::of("features").text(id).bytes(line).value()
}
