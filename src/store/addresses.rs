//! By which addresses of mail contacts are found, and by which domains accounts: an index, so that nobody looks through all.

use rusqlite::{Connection, Row, params};

use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::domain::routing::host;

use super::cache::Cache;
use super::cache_records;
use super::error::StoreError;
use super::key::{Key, id_at};

/// What a record is found by; `None` for what is found by nothing.
fn address(record: &Record) -> Option<String> {
    let text = match record.kind {
        Kind::Contact => record.core(Core::Email)?.trim().to_lowercase(),
        Kind::Account => host(&record.core(Core::Domain)?.trim().to_lowercase()),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Notes by what a record is found from now on.
pub(super) fn put(connection: &Connection, record: &Record) -> rusqlite::Result<()> {
    if !matches!(record.kind, Kind::Contact | Kind::Account) {
        return Ok(());
    }
    remove(connection, record.kind, &record.id)?;
    if let Some(address) = address(record) {
        connection
            .prepare_cached("INSERT OR REPLACE INTO addresses (address, kind, id) VALUES (?1, ?2, ?3)")?
            .execute(params![address, record.kind as u8, Key(record.id.as_str())])?;
    }
    Ok(())
}

/// A record is found by nothing any more.
pub(super) fn remove(connection: &Connection, kind: Kind, id: &RecordId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM addresses WHERE kind = ?1 AND id = ?2")?
        .execute(params![kind as u8, Key(id.as_str())])?;
    Ok(())
}

/// Notes it for all records of a cache that an older program has written. What is damaged is found where it is read.
pub(super) fn fill(connection: &Connection) -> rusqlite::Result<()> {
    for kind in [Kind::Contact, Kind::Account] {
        for id in cache_records::ids(connection, kind)? {
            if let Ok(Some(record)) = cache_records::one(connection, kind, id.as_str()) {
                put(connection, &record)?;
            }
        }
    }
    Ok(())
}

impl Cache {
    /// The contacts with this address of mail, or the accounts with this domain, both in lower case.
    pub fn found_by(&self, kind: Kind, address: &str) -> Result<Vec<RecordId>, StoreError> {
        let id = |row: &Row<'_>| id_at(row, 0).map(RecordId);
        self.database.run(|connection| {
            connection
                .prepare_cached("SELECT id FROM addresses WHERE address = ?1 AND kind = ?2 ORDER BY id")?
                .query_map(params![address, kind as u8], id)?
                .collect()
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::store::CachePage;

    fn record(kind: Kind, id: &str, field: Core, value: &str) -> Record {
        Record {
            kind,
            id: id.into(),
            created: Timestamp::UNIX_EPOCH,
            changed: Timestamp::UNIX_EPOCH,
            archived: false,
            core: BTreeMap::from([(field, value.to_owned())]),
            mapped: BTreeMap::new(),
        }
    }

    fn put(cache: &mut Cache, records: &[Record], gone: &[(Kind, RecordId)]) {
        let page = CachePage {
            records,
            gone,
            ..CachePage::default()
        };
        cache.commit_page(&page).unwrap();
    }

    #[test]
    fn a_record_is_found_by_what_it_has_now_and_by_nothing_once_it_is_gone() {
        let home = tempfile::tempdir().unwrap();
        let (mut cache, _) = Cache::open(&home.path().join("cache.db")).unwrap();
        let ana = record(Kind::Contact, "1", Core::Email, " Ana@X.example");
        put(
            &mut cache,
            &[
                ana,
                record(Kind::Account, "2", Core::Domain, "https://www.X.example/"),
            ],
            &[],
        );
        let found = |cache: &Cache, kind, address: &str| cache.found_by(kind, address).unwrap();
        assert_eq!(found(&cache, Kind::Contact, "ana@x.example"), ["1".into()]);
        assert_eq!(found(&cache, Kind::Account, "x.example"), ["2".into()]);
        put(
            &mut cache,
            &[record(Kind::Contact, "1", Core::Email, "ana@y.example")],
            &[(Kind::Account, "2".into())],
        );
        assert!(found(&cache, Kind::Contact, "ana@x.example").is_empty());
        assert_eq!(found(&cache, Kind::Contact, "ana@y.example"), ["1".into()]);
        assert!(found(&cache, Kind::Account, "x.example").is_empty());
    }

    #[test]
    fn what_an_older_program_has_cached_is_found_too() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("cache.db");
        let (mut cache, _) = Cache::open(&path).unwrap();
        put(
            &mut cache,
            &[record(Kind::Contact, "1", Core::Email, "ana@x.example")],
            &[],
        );
        drop(cache);
        let older = Connection::open(&path).unwrap();
        let before = 2_i64;
        let later = "DROP TABLE addresses; DROP INDEX features_turn; \
                     ALTER TABLE features DROP COLUMN turns; ALTER TABLE features DROP COLUMN untold";
        older.execute_batch(later).unwrap();
        older
            .pragma_update(None, "user_version", before << 16 | before)
            .unwrap();
        drop(older);
        let (cache, _) = Cache::open(&path).unwrap();
        assert_eq!(
            cache.found_by(Kind::Contact, "ana@x.example").unwrap(),
            ["1".into()]
        );
    }
}
