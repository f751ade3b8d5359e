//! The ledger: an append-only journal of what cannot be asked again. Rows are never changed; drafts alone are replaced.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::domain::record::{Kind, RecordId};

use super::cache::network_notice;
use super::checksum::Checksum;
use super::database::{Database, Durability, is_suspect, trust};
use super::error::{Notice, StoreError};
use super::files;
use super::key::{Key, id_at};
use super::lock::{Opening, SyncLock};
use super::migrations::LEDGER;
use super::outbox::Folded;
use super::{broken, salvage, verify};

/// How many merges are followed from one id.
const MOST_MERGES: usize = 64;

/// A connection to `ledger.db`.
#[derive(Debug)]
pub struct Ledger {
    pub(super) database: Database,
    pub(super) author: String,
    /// What the rows of the outbox add up to, as far as they were read.
    pub(super) folded: RefCell<Folded>,
    /// On a network file system only one process may have the ledger.
    _alone: Option<SyncLock>,
}

/// That a record is now known by another id, because the CRM merged it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// What kind of record.
    pub kind: Kind,
    /// The id it had.
    pub old: RecordId,
    /// The id of the record it was merged into.
    pub new: RecordId,
}

impl Ledger {
    /// Opens or creates the ledger on behalf of `author`, whose name every event carries.
    ///
    /// A damaged ledger is salvaged row by row into a new file and the damaged one is kept; one that
    /// a newer program wrote is opened for reading only. The notice says so. When the file is replaced while it is open,
    /// the next write goes to the new one.
    pub fn open(path: &Path, author: &str) -> Result<(Self, Option<Notice>), StoreError> {
        let _opening = Opening::of(path)?;
        let alone = Self::alone(path)?;
        // Before anything else: what was saved may be all that is left of the log.
        let finished = salvage::finish(path)?;
        let emptied = size(path) == Some(0);
        if is_suspect(path) && Self::is_sound(path) {
            trust(path);
        }
        let (database, notice) = match Self::database(path, emptied) {
            Ok(database) => (database, emptied.then(emptied_notice)),
            Err(StoreError::Newer { found, known, .. }) => {
                let database = Database::open_read_only(path, &LEDGER, true)?;
                (database, Some(newer_notice(found, known)))
            }
            Err(StoreError::Damaged { .. }) => {
                let notice = salvage::mend(path)?;
                (Database::open(path, &LEDGER, Durability::Full)?, Some(notice))
            }
            Err(error) => return Err(error),
        };
        let ledger = Self {
            database,
            author: author.to_owned(),
            folded: RefCell::default(),
            _alone: alone,
        };
        let notice = finished.or(notice).or_else(|| network_notice(path));
        Ok((ledger, notice))
    }

    /// Opens the ledger for reading only, beside whoever writes.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::to_read(Database::open_read_only(path, &LEDGER, true)?))
    }

    /// The same for a copy that a person keeps: nothing is left beside it, whatever is found.
    pub(super) fn open_copy(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::to_read(Database::open_copy(path, &LEDGER, true)?))
    }

    fn to_read(database: Database) -> Self {
        Self {
            database,
            author: String::new(),
            folded: RefCell::default(),
            _alone: None,
        }
    }

    /// The ledger's file.
    pub fn path(&self) -> &Path {
        self.database.path()
    }

    /// The error that a newer program wrote it, when one did: then nothing can be noted in it.
    pub fn newer(&self) -> Option<StoreError> {
        self.database.newer()
    }

    /// Whether nothing can be written, because a newer program wrote the ledger or it was asked for.
    pub fn is_read_only(&self) -> bool {
        self.database.is_read_only()
    }

    /// Does many reads in one transaction: they see one state, and lock once instead of each time.
    pub fn at_once<T, E: From<StoreError>>(&self, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.database.at_once(read)
    }

    /// Notes that the CRM merged one record into another. Nothing happens when that is known.
    pub fn alias(
        &mut self,
        kind: Kind,
        old: &RecordId,
        new: &RecordId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.database.take_up_what_stands()?;
        if old == new
            || self
                .database
                .run(|connection| target(connection, kind, old.as_str()))?
                .as_deref()
                == Some(new.as_str())
        {
            return Ok(());
        }
        let recorded = now.as_millisecond();
        self.database.write(|transaction| {
            let sequence = next_sequence(transaction, "aliases")?;
            let checksum = alias_checksum(sequence, kind, old.as_str(), new.as_str(), recorded);
            transaction
                .prepare_cached(
                    "INSERT INTO aliases (sequence, kind, old, new, recorded_at, checksum)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    sequence,
                    kind as u8,
                    Key(old.as_str()),
                    Key(new.as_str()),
                    recorded,
                    checksum
                ])?;
            Ok(())
        })
    }

    /// The id that a record is known by now, after all merges.
    pub fn resolve(&self, kind: Kind, id: &RecordId) -> Result<RecordId, StoreError> {
        self.database.run(|connection| {
            let mut current = id.as_str().to_owned();
            for _ in 0..MOST_MERGES {
                match target(connection, kind, &current)? {
                    Some(next) if next != id.as_str() => current = next,
                    _ => break,
                }
            }
            Ok(RecordId(current))
        })
    }

    /// Every merge that is known, oldest first.
    pub fn aliases(&self) -> Result<Vec<Alias>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached(&format!("SELECT {ALIAS} FROM aliases ORDER BY sequence"))?
                .query_map([], read_alias)?
                .collect()
        })
    }

    /// Keeps a configuration file whole, once per content, and gives its SHA-256 in hexadecimal.
    pub fn keep_file(&mut self, name: &str, content: &str, now: Timestamp) -> Result<String, StoreError> {
        let hash = hex(&Sha256::digest(content.as_bytes()));
        self.database.take_up_what_stands()?;
        if self.file(&hash)?.is_some() {
            return Ok(hash);
        }
        let recorded = now.as_millisecond();
        self.database.write(|transaction| {
            let sequence = next_sequence(transaction, "files")?;
            transaction
                .prepare_cached(
                    "INSERT INTO files (sequence, name, hash, content, recorded_at, checksum)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    sequence,
                    name,
                    hash,
                    content,
                    recorded,
                    file_checksum(sequence, name, &hash, content, recorded)
                ])?;
            Ok(())
        })?;
        Ok(hash)
    }

    /// The content of a configuration file that was kept, by its hash.
    pub fn file(&self, hash: &str) -> Result<Option<String>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {FILE} FROM files WHERE hash = ?1 ORDER BY sequence LIMIT 1"
                ))?
                .query_row([hash], read_file)
                .optional()
        })
    }

    fn database(path: &Path, emptied: bool) -> Result<Database, StoreError> {
        // SQLite would throw away a log whose database is empty, and with it the last entries.
        if emptied && size(&files::with_suffix(path, "-wal")).is_some_and(|size| size > 0) {
            return Err(StoreError::Damaged {
                path: path.to_owned(),
                reason: "the file is empty, its log is not".to_owned(),
            });
        }
        Database::open(path, &LEDGER, Durability::Full)
    }

    fn alone(path: &Path) -> Result<Option<SyncLock>, StoreError> {
        if !files::on_network(files::directory_of(path)) {
            return Ok(None);
        }
        match SyncLock::acquire(&files::with_suffix(path, ".alone"))? {
            Ok(lock) => Ok(Some(lock)),
            // Another connection of this process has it already.
            Err(holder) if holder.pid == Some(std::process::id()) => Ok(None),
            Err(holder) => Err(StoreError::InUse {
                path: path.to_owned(),
                holder: Box::new(holder),
            }),
        }
    }
}

/// Size of a file, bytes; `None` when it is not there.
fn size(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|found| found.len())
}

/// The number of the next row of a table. Rows are numbered by us, since the checksum covers it.
pub(super) fn next_sequence(connection: &Connection, table: &str) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(&format!("SELECT ifnull(max(sequence), 0) + 1 FROM {table}"))?
        .query_row([], |row| row.get(0))
}

/// Columns that [`read_alias`] reads.
pub(super) const ALIAS: &str = "sequence, kind, old, new, recorded_at, checksum";
/// Columns that [`read_file`] reads.
pub(super) const FILE: &str = "sequence, name, hash, content, recorded_at, checksum";

fn target(connection: &Connection, kind: Kind, old: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached(&format!(
            "SELECT {ALIAS} FROM aliases WHERE kind = ?1 AND old = ?2 ORDER BY sequence DESC LIMIT 1"
        ))?
        .query_row(params![kind as u8, Key(old)], read_alias)
        .optional()
        .map(|found| found.map(|alias| alias.new.0))
}

/// These ids, and all others by which the same records were or are known.
pub(super) fn all_names(
    connection: &Connection,
    kind: Kind,
    mut ids: BTreeSet<RecordId>,
) -> rusqlite::Result<BTreeSet<RecordId>> {
    let mut aliases: Vec<Alias> = connection
        .prepare_cached(&format!(
            "SELECT {ALIAS} FROM aliases WHERE kind = ?1 ORDER BY sequence"
        ))?
        .query_map([kind as u8], read_alias)?
        .collect::<rusqlite::Result<_>>()?;
    loop {
        let known = aliases.len();
        aliases.retain(|alias| {
            let is_one = ids.contains(&alias.old) || ids.contains(&alias.new);
            if is_one {
                ids.extend([alias.old.clone(), alias.new.clone()]);
            }
            !is_one
        });
        if aliases.len() == known {
            return Ok(ids);
        }
    }
}

/// A merge, verified.
pub(super) fn read_alias(row: &Row<'_>) -> rusqlite::Result<Alias> {
    let kind = Kind::from_number(row.get(1)?).ok_or_else(|| broken("the kind of an alias"))?;
    let (old, new) = (id_at(row, 2)?, id_at(row, 3)?);
    verify(
        alias_checksum(row.get(0)?, kind, &old, &new, row.get(4)?),
        row.get(5)?,
    )?;
    Ok(Alias {
        kind,
        old: RecordId(old),
        new: RecordId(new),
    })
}

/// The content of a configuration file, verified.
pub(super) fn read_file(row: &Row<'_>) -> rusqlite::Result<String> {
    let (name, hash, content): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let computed = file_checksum(row.get(0)?, &name, &hash, &content, row.get(4)?);
    verify(computed, row.get(5)?)?;
    Ok(content)
}

/// The checksum of an alias.
pub(super) fn alias_checksum(sequence: i64, kind: Kind, old: &str, new: &str, recorded: i64) -> i64 {
    Checksum::of("aliases")
        .number(sequence)
        .number(kind as i64)
        .text(old)
        .text(new)
        .number(recorded)
        .value()
}

/// The checksum of a configuration file.
pub(super) fn file_checksum(sequence: i64, name: &str, hash: &str, content: &str, recorded: i64) -> i64 {
    Checksum::of("files")
        .number(sequence)
        .text(name)
        .text(hash)
        .text(content)
        .number(recorded)
        .value()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn newer_notice(found: u32, known: u32) -> Notice {
    Notice {
        summary: format!(
            "the ledger was written by a newer retain (schema {found}, this one knows {known}) and is \
             open for reading only"
        ),
        hint: Some("install the newest retain".to_owned()),
    }
}

fn emptied_notice() -> Notice {
    Notice {
        summary: "the ledger was there but empty, so history begins today".to_owned(),
        hint: Some("`retain ledger restore FILE` brings back a backup".to_owned()),
    }
}
