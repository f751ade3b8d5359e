//! The cache: mirrors the CRM, holds what is computed from it, and may be thrown away at any time.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::domain::desk::{Apart, Desk, RiskRow, SegmentRow, Untold};
use crate::domain::record::{Kind, Record, RecordId};

use super::aside;
use super::cache_records;
use super::checksum::Checksum;
use super::database::{Database, Durability};
use super::documents;
use super::error::{Notice, StoreError};
use super::files;
use super::links;
use super::lock::Opening;
use super::migrations::CACHE;

/// Name of the document that holds the desk, with the first accounts of the risk queue.
const DESK: &str = "desk";
/// Name of the document that holds the rest of the risk queue.
const QUEUE: &str = "desk-queue";
/// So many accounts of the risk queue are in [`DESK`]: what a screen can show, read within a millisecond.
const FIRST_RISKS: usize = 100;
/// Name of the document that counts the changes of what the screen shows.
const GENERATION: &str = "generation";

/// One page of a sync: written whole or not at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct CachePage<'a> {
    /// Records as the CRM told them; a record that is there is replaced.
    pub records: &'a [Record],
    /// Links of some records, complete per (record, kind at the other end).
    pub links: &'a [LinkSet],
    /// Records that are no more, with their links.
    pub gone: &'a [(Kind, RecordId)],
    /// Where the sync of a stream goes on: (stream, JSON that belongs to `sync`).
    pub cursor: Option<(&'a str, &'a str)>,
}

/// All links of one record to one kind; replaces what was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSet {
    /// One end. Either end may be told; links are found from both.
    pub from: (Kind, RecordId),
    /// The kind of the other ends.
    pub to: Kind,
    /// The other ends.
    pub ids: Vec<RecordId>,
}

/// A connection to `cache.db`.
#[derive(Debug)]
pub struct Cache {
    pub(super) database: Database,
}

impl Cache {
    /// Opens or creates the cache. A damaged one is moved aside and begun anew, which the notice says.
    pub fn open(path: &Path) -> Result<(Self, Option<Notice>), StoreError> {
        let _opening = Opening::of(path)?;
        match Self::open_as_it_is(path) {
            Err(StoreError::Damaged { .. }) => {
                let kept = aside::move_aside(path)?;
                aside::keep_only(path, &kept);
                let notice = Notice {
                    summary: "the cache was damaged and is rebuilt from the CRM".to_owned(),
                    hint: Some(format!("the damaged file is kept as {}", kept.display())),
                };
                Ok((Self::open_as_it_is(path)?, Some(notice)))
            }
            other => Ok((other?, network_notice(path))),
        }
    }

    /// Opens the cache for reading only, beside whoever writes. A newer schema is tried too; an older one is brought up
    /// first, since what reads it asks for what only the newest has. Where that cannot be written it is read as it is.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let database = Database::open_read_only(path, &CACHE, true)?;
        if database.stored_schema()? >= CACHE.version() {
            return Ok(Self { database });
        }
        drop(database);
        // Whatever stands in the way of that is told by the next one who writes.
        drop(Self::open(path));
        let database = Database::open_read_only(path, &CACHE, true)?;
        Ok(Self { database })
    }

    fn open_as_it_is(path: &Path) -> Result<Self, StoreError> {
        let database = Database::open(path, &CACHE, Durability::Normal)?;
        Ok(Self { database })
    }

    /// The cache's file.
    pub fn path(&self) -> &Path {
        self.database.path()
    }

    /// Writes one page of a sync in one transaction: records, links, what is gone, and the cursor.
    pub fn commit_page(&mut self, page: &CachePage<'_>) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            cache_records::put(transaction, page.records)?;
            for set in page.links {
                links::replace(transaction, set)?;
            }
            for (kind, id) in page.gone {
                cache_records::remove(transaction, *kind, id)?;
                links::remove(transaction, *kind, id)?;
            }
            if let Some((stream, body)) = page.cursor {
                put_text(transaction, TextTable::Cursors, stream, body)?;
            }
            Ok(())
        })
    }

    /// One record.
    pub fn record(&self, kind: Kind, id: &RecordId) -> Result<Option<Record>, StoreError> {
        self.database
            .run(|connection| cache_records::one(connection, kind, id.as_str()))
    }

    /// Those of the records that are there, in the order of `ids`.
    pub fn records(&self, kind: Kind, ids: &[RecordId]) -> Result<Vec<Record>, StoreError> {
        self.database
            .run(|connection| cache_records::many(connection, kind, ids.iter().map(RecordId::as_str)))
    }

    /// The records of a kind that are linked to one record, in the order of their ids.
    pub fn linked(&self, from: (Kind, &RecordId), to: Kind) -> Result<Vec<Record>, StoreError> {
        self.database.run(|connection| {
            let ids = links::of(connection, from.0, from.1, to)?;
            cache_records::many(connection, to, ids.iter().map(String::as_str))
        })
    }

    /// The ids of a kind that are linked to one record, also those whose records are not there.
    pub fn linked_ids(&self, from: (Kind, &RecordId), to: Kind) -> Result<Vec<RecordId>, StoreError> {
        let ids = self
            .database
            .run(|connection| links::of(connection, from.0, from.1, to))?;
        Ok(ids.into_iter().map(RecordId).collect())
    }

    /// Hands over every record of a kind, in the order of their ids.
    pub fn each_record(&self, kind: Kind, f: &mut dyn FnMut(Record)) -> Result<(), StoreError> {
        self.database
            .run(|connection| cache_records::each(connection, kind, f))
    }

    /// Hands over every link between two kinds as (id of `from`, id of `to`), ordered by the first.
    pub fn each_link(&self, from: Kind, to: Kind, f: &mut dyn FnMut(&str, &str)) -> Result<(), StoreError> {
        self.database
            .run(|connection| links::each(connection, from, to, f))
    }

    /// The ids of all records of a kind.
    pub fn ids(&self, kind: Kind) -> Result<Vec<RecordId>, StoreError> {
        self.database
            .run(|connection| cache_records::ids(connection, kind))
    }

    /// The next so many ids of a kind in their order, after one or from the first: for what walks over all of them.
    pub fn ids_after(
        &self,
        kind: Kind,
        after: Option<&RecordId>,
        most: usize,
    ) -> Result<Vec<RecordId>, StoreError> {
        let after = after.map(RecordId::as_str);
        self.database
            .run(|connection| cache_records::ids_after(connection, kind, after, most))
    }

    /// Whether a record is there.
    pub fn has(&self, kind: Kind, id: &RecordId) -> Result<bool, StoreError> {
        self.database
            .run(|connection| cache_records::has(connection, kind, id.as_str()))
    }

    /// How many records of a kind there are.
    pub fn count(&self, kind: Kind) -> Result<u64, StoreError> {
        self.database
            .run(|connection| cache_records::count(connection, kind))
    }

    /// How many records of all kinds there are.
    pub fn count_all(&self) -> Result<u64, StoreError> {
        Kind::ALL
            .iter()
            .try_fold(0, |sum, kind| Ok(sum + self.count(*kind)?))
    }

    /// A document by its name, e.g. `owners` or `sync-status`.
    pub fn document(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.database
            .run(|connection| text(connection, TextTable::Documents, name))
    }

    /// Writes a document; nothing happens when it is there already.
    pub fn put_document(&mut self, name: &str, json: &str) -> Result<(), StoreError> {
        if self.document(name)?.as_deref() == Some(json) {
            return Ok(());
        }
        self.database
            .write(|transaction| put_text(transaction, TextTable::Documents, name, json))
    }

    /// Writes many documents, by name, in one transaction.
    pub fn put_documents(&mut self, documents: &[(String, String)]) -> Result<(), StoreError> {
        if documents.is_empty() {
            return Ok(());
        }
        self.database.write(|transaction| {
            documents
                .iter()
                .try_for_each(|(name, json)| put_text(transaction, TextTable::Documents, name, json))
        })
    }

    /// A number that grows when summaries or the desk change, and with nothing else: what the screen shows.
    pub fn generation(&self) -> Result<u64, StoreError> {
        Ok(counted(self.document(GENERATION)?.as_deref()))
    }

    /// Where the sync of a stream goes on, as `sync` wrote it.
    pub fn cursor(&self, stream: &str) -> Result<Option<String>, StoreError> {
        self.database
            .run(|connection| text(connection, TextTable::Cursors, stream))
    }

    /// Drops what was computed from the journal and quotes it, once texts were erased there: warnings and the desk. They are
    /// made anew with everything else, as the mark of what is scored goes with them.
    pub fn forget_quotes(&mut self) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            next_generation(transaction)?;
            transaction.execute("DELETE FROM warnings", [])?;
            for name in [DESK, QUEUE, documents::SCORED] {
                transaction.execute("DELETE FROM documents WHERE name = ?1", [name])?;
            }
            Ok(())
        })
    }

    /// Writes the desk.
    pub fn put_desk(&mut self, desk: &Desk) -> Result<(), StoreError> {
        let (first, rest) = desk.risks.split_at(desk.risks.len().min(FIRST_RISKS));
        let without_rows = |segment: &SegmentRow| SegmentRow {
            rows: Vec::new(),
            ..segment.clone()
        };
        let top = Desk {
            risks: first.to_vec(),
            cannot_tell: desk.cannot_tell.clone(),
            untold: Vec::new(),
            signals_faulty: desk.signals_faulty,
            unjudged: desk.unjudged,
            segments: desk.segments.iter().map(without_rows).collect(),
            apart: Apart::default(),
            counts: desk.counts.clone(),
            due: desk.due.clone(),
            answers: desk.answers.clone(),
            arr: desk.arr.clone(),
            handoffs: desk.handoffs.clone(),
            unlinked: desk.unlinked.clone(),
            day: desk.day.clone(),
            unread: desk.unread.clone(),
            queue: desk.queue,
        };
        let rest = Rest {
            risks: rest.to_vec(),
            segments: desk.segments.clone(),
            apart: desk.apart.clone(),
            untold: desk.untold.clone(),
        };
        let json = serde_json::to_string(&top).and_then(|top| Ok((top, serde_json::to_string(&rest)?)));
        let (top, rest) = json.map_err(|error| StoreError::Database {
            path: self.path().to_owned(),
            message: format!("the desk cannot be written as JSON: {error}"),
        })?;
        let is = |name, json: &str| Ok(self.document(name)?.as_deref() == Some(json));
        if is(DESK, &top)? && is(QUEUE, &rest)? {
            return Ok(());
        }
        self.database.write(|transaction| {
            next_generation(transaction)?;
            put_text(transaction, TextTable::Documents, DESK, &top)?;
            put_text(transaction, TextTable::Documents, QUEUE, &rest)
        })
    }

    /// The desk, as it was last written.
    pub fn desk(&self) -> Result<Option<Desk>, StoreError> {
        self.at_once(|| {
            let Some(mut desk) = self.top_of_desk()? else {
                return Ok(None);
            };
            let rest = self.document(QUEUE)?;
            let rest: Option<Rest> = rest.and_then(|json| serde_json::from_str(&json).ok());
            let rest = rest.unwrap_or_default();
            desk.risks.extend(rest.risks);
            (desk.segments, desk.apart, desk.untold) = (rest.segments, rest.apart, rest.untold);
            Ok(Some(desk))
        })
    }

    /// The desk with the first accounts of the risk queue only: what the first screen shows.
    pub fn top_of_desk(&self) -> Result<Option<Desk>, StoreError> {
        let json = self.document(DESK)?;
        // An older program's desk may lack fields; it is built anew after the next refresh.
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// A number that changes when another connection has committed, in this process or another.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        self.database.data_version()
    }

    /// Does many reads in one transaction: they see one state, and lock once instead of each time.
    pub fn at_once<T, E: From<StoreError>>(&self, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.database.at_once(read)
    }
}

/// What the first screen does not show of the desk.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Rest {
    risks: Vec<RiskRow>,
    segments: Vec<SegmentRow>,
    apart: Apart,
    untold: Vec<Untold>,
}

/// Counts a change of what the screen shows, in the transaction that makes it.
pub(super) fn next_generation(connection: &Connection) -> rusqlite::Result<()> {
    let before = counted(text(connection, TextTable::Documents, GENERATION)?.as_deref());
    let next = before.wrapping_add(1).to_string();
    put_text(connection, TextTable::Documents, GENERATION, &next)
}

fn counted(document: Option<&str>) -> u64 {
    document.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// What a person with a home directory on the network must know.
pub(super) fn network_notice(path: &Path) -> Option<Notice> {
    files::on_network(path).then(|| Notice {
        summary: "the files lie on a network file system: slower, and for one process only".to_owned(),
        hint: Some("set RETAIN_HOME to a directory on a local disk".to_owned()),
    })
}

/// The tables of named texts.
#[derive(Clone, Copy)]
enum TextTable {
    Documents,
    Cursors,
}

impl TextTable {
    fn name(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Cursors => "cursors",
        }
    }

    fn read(self) -> &'static str {
        match self {
            Self::Documents => "SELECT body, checksum FROM documents WHERE name = ?1",
            Self::Cursors => "SELECT body, checksum FROM cursors WHERE stream = ?1",
        }
    }

    fn write(self) -> &'static str {
        match self {
            Self::Documents => "INSERT OR REPLACE INTO documents (name, body, checksum) VALUES (?1, ?2, ?3)",
            Self::Cursors => "INSERT OR REPLACE INTO cursors (stream, body, checksum) VALUES (?1, ?2, ?3)",
        }
    }

    fn checksum(self, name: &str, body: &str) -> i64 {
        Checksum::of(self.name()).text(name).text(body).value()
    }
}

fn text(connection: &Connection, table: TextTable, name: &str) -> rusqlite::Result<Option<String>> {
    let found: Option<(String, i64)> = connection
        .prepare_cached(table.read())?
        .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found
        .map(|(body, checksum)| {
            super::verify(table.checksum(name, &body), checksum)?;
            Ok(body)
        })
        .transpose()
}

fn put_text(connection: &Connection, table: TextTable, name: &str, body: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(table.write())?
        .execute(params![name, body, table.checksum(name, body)])?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn other_values_do_not_prepare_a_statement_anew() {
        let home = tempfile::tempdir().unwrap();
        let (cache, _) = Cache::open(&home.path().join("cache.db")).unwrap();
        let connection = cache.database.connection();
        let mut statement = connection
            .prepare("SELECT b FROM links WHERE pair = ?1 AND a = ?2 ORDER BY b")
            .unwrap();
        for pair in 0..5 {
            assert!(!statement.exists(params![pair, "7"]).unwrap());
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }

    #[test]
    fn the_generation_grows_with_what_the_screen_shows_and_with_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let (mut cache, _) = Cache::open(&home.path().join("cache.db")).unwrap();
        assert_eq!(cache.generation().unwrap(), 0);
        cache.put_document("sync-status", "1").unwrap();
        cache.put_summaries(&[], &[]).unwrap();
        assert_eq!(cache.generation().unwrap(), 0, "a bare status shows nothing new");
        cache.put_summaries(&[], &["1".into()]).unwrap();
        assert_eq!(cache.generation().unwrap(), 1);
    }

    #[test]
    fn a_full_disk_is_said_and_what_was_saved_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("cache.db");
        let (mut cache, _) = Cache::open(&path).unwrap();
        cache.put_document("small", "1").unwrap();
        // A limit on pages gives the same error as a file system without room.
        let limit = |cache: &Cache| {
            cache
                .database
                .connection()
                .execute_batch("PRAGMA max_page_count = 1")
        };
        limit(&cache).unwrap();
        let error = cache.put_document("large", &"x".repeat(100_000)).unwrap_err();
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
        assert!(error.to_string().contains("disk is full"));
        assert!(error.hint().contains("space"));
        assert_eq!(cache.document("small").unwrap().as_deref(), Some("1"));
        drop(cache);
        let (cache, notice) = Cache::open(&path).unwrap();
        assert_eq!(notice, None);
        assert_eq!(cache.document("small").unwrap().as_deref(), Some("1"));
        assert_eq!(cache.document("large").unwrap(), None);
    }
}
