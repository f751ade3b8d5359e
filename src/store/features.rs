//! Features in the cache: what signals and scores ask of each account, as `engine` packed it.

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::record::RecordId;

use super::cache::Cache;
use super::checksum::Checksum;
use super::error::StoreError;
use super::verify;

impl Cache {
    /// Writes the features of accounts, in one transaction.
    pub fn put_features(&mut self, features: &[(RecordId, Vec<u8>)]) -> Result<(), StoreError> {
        if features.is_empty() {
            return Ok(());
        }
        self.database.write(|transaction| {
            let mut statement = transaction
                .prepare_cached("INSERT OR REPLACE INTO features (id, line, checksum) VALUES (?1, ?2, ?3)")?;
            for (id, line) in features {
                statement.execute(params![id.as_str(), line, checksum(id.as_str(), line)])?;
            }
            Ok(())
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
