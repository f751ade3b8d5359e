//! One connection to one of our databases: how it is opened, what every statement goes through.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, ffi};

use super::error::StoreError;
use super::files::{self, FileId};
use super::lock::Opening;
use super::migrations::{Schema, stored_version};

/// How long a statement waits for another process.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it sleeps before it tries again. SQLite's own waiting sleeps for 100 ms at a time, and among programs that write
/// without a pause one may then find the file busy at each of its tries.
const NAP: Duration = Duration::from_millis(2);
/// Statements that are kept prepared.
const PREPARED: usize = 64;
/// The oldest SQLite whose WAL is safe with several processes.
const OLDEST_SQLITE: i32 = 3_051_003;

/// What waits for another process; it says `false` once it has waited for long enough.
fn waiting() -> impl FnMut(i32) -> bool + Send + 'static {
    let mut since = Instant::now();
    move |tried| {
        if tried == 0 {
            since = Instant::now();
        }
        if since.elapsed() >= PATIENCE {
            return false;
        }
        std::thread::sleep(NAP);
        true
    }
}

/// Reads as little of a database as makes `SQLite` look at its journal.
fn read_schema(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

/// Whether who was killed while it wrote has left something that only a connection for writing takes back: the journal of a
/// file without a write-ahead log, as on a network, and as every file is in its first moments.
fn is_unfinished(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    code.is_some_and(|code| {
        matches!(
            code,
            ffi::SQLITE_READONLY_ROLLBACK | ffi::SQLITE_READONLY_RECOVERY
        )
    })
}

/// How durable a commit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// A power cut may take the last commits: for what can be fetched again.
    Normal,
    /// A commit that was answered survives a power cut, and is in the file that stands at the path.
    Full,
}

/// One connection. Owned by one thread at a time.
#[derive(Debug)]
pub(super) struct Database {
    connection: Connection,
    path: PathBuf,
    read_only: bool,
    /// The versions (its, ours) when a newer program wrote it: what we cannot read then is no damage.
    newer: Option<(u32, u32)>,
    /// Whether damage is remembered beside the file; a file that is another's is left without a trace.
    remembers: bool,
    /// What is known of the file, where what is written has to be in the one that stands at the path.
    standing: Option<Standing>,
}

/// The file that a connection was opened on: another may be put into its place.
#[derive(Debug)]
struct Standing {
    file: FileId,
    schema: &'static Schema,
    /// How often another file was taken up.
    turns: u64,
}

impl Database {
    /// Opens for writing; creates and migrates as needed. The caller holds [`super::lock::Opening`].
    pub(super) fn open(
        path: &Path,
        schema: &'static Schema,
        durability: Durability,
    ) -> Result<Self, StoreError> {
        files::private_file(path)?;
        if is_suspect(path) {
            return Err(StoreError::Damaged {
                path: path.to_owned(),
                reason: "damage was seen while reading it".to_owned(),
            });
        }
        Self::open_what_stands(path, schema, durability, 0)
    }

    fn open_what_stands(
        path: &Path,
        schema: &'static Schema,
        durability: Durability,
        turns: u64,
    ) -> Result<Self, StoreError> {
        let identity = || files::identity(path).map_err(|error| StoreError::io(path, error));
        let mut file = identity()?;
        let mut database = Self::connect(path, false)?;
        // Whoever does not know our locks may put another one there in between.
        while identity()? != file {
            file = identity()?;
            database = Self::connect(path, false)?;
        }
        if durability == Durability::Full {
            database.standing = Some(Standing { file, schema, turns });
        }
        database.tune(durability)?;
        database.migrate(schema)?;
        Ok(database)
    }

    /// Keeps everybody from committing to a file while another takes its place. `None` where it is too damaged to be
    /// locked, or not there.
    pub(super) fn hold(path: &Path) -> Result<Option<Self>, StoreError> {
        // SQLite would throw away the log of a file that is empty, and with it the last entries.
        if std::fs::metadata(path).map_or(0, |found| found.len()) == 0 {
            return Ok(None);
        }
        let held = Self::connect(path, false)?;
        // What the log holds is still to be read, and to be kept.
        let locked = held
            .connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
            .and_then(|_| held.connection.execute_batch("BEGIN IMMEDIATE"));
        match locked.map_err(|error| StoreError::sqlite(path, &error)) {
            Ok(()) => Ok(Some(held)),
            Err(busy @ StoreError::Busy { .. }) => Err(busy),
            Err(_) => Ok(None),
        }
    }

    /// Opens for reading only. The database must be there; a newer schema is accepted when asked for.
    pub(super) fn open_read_only(path: &Path, schema: &Schema, newer_too: bool) -> Result<Self, StoreError> {
        Self::open_to_read(path, schema, newer_too, true)
    }

    /// The same for a copy that a person keeps: nothing is left beside it, whatever is found.
    pub(super) fn open_copy(path: &Path, schema: &Schema, newer_too: bool) -> Result<Self, StoreError> {
        Self::open_to_read(path, schema, newer_too, false)
    }

    fn open_to_read(
        path: &Path,
        schema: &Schema,
        newer_too: bool,
        remembers: bool,
    ) -> Result<Self, StoreError> {
        // What may not be looked at is not missing.
        std::fs::metadata(path).map_err(|error| StoreError::io(path, error))?;
        let mut database = Self::connect(path, true)?;
        // A copy that a person keeps is left as it is.
        if remembers && read_schema(&database.connection).is_err_and(|error| is_unfinished(&error)) {
            let writer = Self::connect(path, false)?;
            writer.run(read_schema)?;
            database = Self::connect(path, true)?;
        }
        database.remembers = remembers;
        database.run(|connection| connection.execute_batch("PRAGMA cache_size = -2048"))?;
        match database.version(schema) {
            Ok(0) => Err(StoreError::Missing {
                path: path.to_owned(),
            }),
            Ok(_) => Ok(database),
            Err(StoreError::Newer { found, known, .. }) if newer_too => {
                database.newer = Some((found, known));
                Ok(database)
            }
            Err(error) => Err(error),
        }
    }

    /// The database's file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it was opened for reading only.
    pub(super) fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The connection itself, for backups.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Closes the connection, with all of the log in the database itself.
    pub(super) fn close(self) -> Result<(), StoreError> {
        let Self { connection, path, .. } = self;
        connection
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
            .and_then(|()| connection.close().map_err(|(_, error)| error))
            .map_err(|error| StoreError::sqlite(&path, &error))
    }

    /// Brings all of the log into the database and empties it; `false` while somebody else reads.
    pub(super) fn empty_log(&self) -> Result<bool, StoreError> {
        self.run(|connection| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)))
            .map(|busy: i64| busy == 0)
    }

    /// What `SQLite` itself finds wrong; empty when all is well.
    pub(super) fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        self.found_by("PRAGMA quick_check(20)")
    }

    /// The same, with every index held against its table: takes several times as long.
    pub(super) fn integrity_check(&self) -> Result<Vec<String>, StoreError> {
        self.found_by("PRAGMA integrity_check(20)")
    }

    fn found_by(&self, check: &str) -> Result<Vec<String>, StoreError> {
        self.run(|connection| {
            connection
                .prepare(check)?
                .query_map([], |row| row.get(0))?
                .filter(|line| !matches!(line.as_deref(), Ok("ok")))
                .collect()
        })
    }

    /// The version of the schema as the file says it.
    pub(super) fn stored_schema(&self) -> Result<u32, StoreError> {
        self.run(|connection| connection.pragma_query_value(None, "user_version", |row| row.get(0)))
            .map(|number: u32| stored_version(number).unwrap_or(0))
    }

    /// The error that a newer program wrote it, when one did and it was opened for reading all the same.
    pub(super) fn newer(&self) -> Option<StoreError> {
        self.newer.map(|(found, known)| StoreError::Newer {
            path: self.path.clone(),
            found,
            known,
        })
    }

    /// A number that changes when another connection has committed, in this process or another.
    pub(super) fn data_version(&self) -> Result<i64, StoreError> {
        self.run(|connection| connection.pragma_query_value(None, "data_version", |row| row.get(0)))
    }

    /// Reads.
    pub(super) fn run<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        read(&self.connection).map_err(|error| self.fail(&error))
    }

    /// Does many reads in one transaction. One inside another is part of the outer one.
    pub(super) fn at_once<T, E: From<StoreError>>(
        &self,
        read: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        if !self.connection.is_autocommit() {
            return read();
        }
        // Ends when it is dropped; there is nothing to commit.
        let _transaction = self
            .connection
            .unchecked_transaction()
            .map_err(|error| self.fail(&error))?;
        read()
    }

    /// Writes, all or nothing. The lock is taken at once: a transaction that begins as a reader
    /// fails when somebody else wrote meanwhile, whatever the busy timeout. A ledger is written to the file that
    /// stands at the path, whichever was opened.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.write_on(|transaction, _| work(transaction))
    }

    /// The same, and tells how often another file was taken up in the place of the one before.
    pub(super) fn write_on<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, u64) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        if self.read_only {
            return Err(StoreError::ReadOnly {
                path: self.path.clone(),
            });
        }
        loop {
            self.take_up_what_stands()?;
            let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)
                .map_err(|error| self.fail(&error))?;
            // Who replaces a file holds this lock: from here on it stays where it is.
            if self.stands()? {
                let outcome = work(&transaction, self.turns()).and_then(|value| {
                    transaction.commit()?;
                    Ok(value)
                });
                return outcome.map_err(|error| self.fail(&error));
            }
        }
    }

    /// Whether the file that is open is the one at the path.
    fn stands(&self) -> Result<bool, StoreError> {
        let Some(standing) = &self.standing else {
            return Ok(true);
        };
        let file = files::identity(&self.path).map_err(|error| StoreError::io(&self.path, error))?;
        Ok(file == standing.file)
    }

    /// Opens the file that stands at the path, if it is another than the one that is open.
    pub(super) fn take_up_what_stands(&mut self) -> Result<(), StoreError> {
        match &self.standing {
            Some(standing) if !self.stands()? => {
                let _opening = Opening::of(&self.path)?;
                let turns = standing.turns + 1;
                *self = Self::open_what_stands(&self.path, standing.schema, Durability::Full, turns)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A number that grows with each file that was taken up in the place of another.
    pub(super) fn turns(&self) -> u64 {
        self.standing.as_ref().map_or(0, |standing| standing.turns)
    }

    /// Our error for a statement's; damage to a file of ours is remembered, so that the next start mends it.
    pub(super) fn fail(&self, error: &rusqlite::Error) -> StoreError {
        match (StoreError::sqlite(&self.path, error), self.newer) {
            (StoreError::Damaged { path, .. }, Some((found, known))) => {
                StoreError::Newer { path, found, known }
            }
            (error @ StoreError::Damaged { .. }, None) => {
                if self.remembers {
                    suspect(&self.path);
                }
                error
            }
            (error, _) => error,
        }
    }

    fn connect(path: &Path, read_only: bool) -> Result<Self, StoreError> {
        let fail = |error: &rusqlite::Error| StoreError::sqlite(path, error);
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(StoreError::Database {
                path: path.to_owned(),
                message: format!("SQLite {} is too old to be safe", rusqlite::version()),
            });
        }
        let mode = if read_only {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        } else {
            OpenFlags::SQLITE_OPEN_READ_WRITE
        };
        let mut connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|error| fail(&error))?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        connection
            .busy_handler(Some(waiting()))
            .and_then(|()| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true))
            .and_then(|_| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false))
            // Else a statement is prepared anew each time other values are bound to it: a quarter of a sync's time.
            .and_then(|_| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true))
            .and_then(|_| connection.execute_batch("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY"))
            .map_err(|error| fail(&error))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            read_only,
            newer: None,
            remembers: true,
            standing: None,
        })
    }

    /// WAL where it works; on a network file system a rollback journal, as WAL needs shared memory.
    fn tune(&self, durability: Durability) -> Result<(), StoreError> {
        let network = files::on_network(&self.path);
        let journal = if network { "DELETE" } else { "WAL" };
        let synchronous = if network || durability == Durability::Full {
            "FULL"
        } else {
            "NORMAL"
        };
        self.run(|connection| {
            connection.execute_batch(&format!(
                "PRAGMA page_size = {PAGE_SIZE};
                 PRAGMA journal_mode = {journal};
                 PRAGMA synchronous = {synchronous};
                 PRAGMA cache_size = -2048;
                 PRAGMA secure_delete = ON;
                 PRAGMA wal_autocheckpoint = 2000;
                 PRAGMA journal_size_limit = 33554432;"
            ))
        })
    }

    fn migrate(&mut self, schema: &Schema) -> Result<(), StoreError> {
        if self.version(schema)? == schema.version() {
            return Ok(());
        }
        self.write(|transaction| {
            // Read again under the lock: another process may have been faster.
            let number = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            schema.migrate(transaction, stored_version(number).unwrap_or(schema.version()))
        })
    }

    /// The schema's version; 0 is a file that nothing was written to yet.
    fn version(&self, schema: &Schema) -> Result<u32, StoreError> {
        let (application, number, tables): (i32, u32, u32) = self.run(|connection| {
            let pragma = |name| connection.pragma_query_value(None, name, |row| row.get(0));
            let tables = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            Ok((
                connection.pragma_query_value(None, "application_id", |row| row.get(0))?,
                pragma("user_version")?,
                tables,
            ))
        })?;
        let damaged = |reason: &str| {
            Err(StoreError::Damaged {
                path: self.path.clone(),
                reason: reason.to_owned(),
            })
        };
        if (application, number, tables) == (0, 0, 0) {
            return Ok(0);
        }
        if application != schema.application {
            return damaged("it is not the database that belongs here");
        }
        match stored_version(number) {
            Some(found) if found > schema.version() => Err(StoreError::Newer {
                path: self.path.clone(),
                found,
                known: schema.version(),
            }),
            Some(found) if found > 0 && tables > 0 => Ok(found),
            _ => damaged("its schema is gone"),
        }
    }
}

/// Size of a page of both databases, bytes. The salvage of the ledger relies on it.
pub(super) const PAGE_SIZE: usize = 8192;

/// Remembers that damage was seen, so that the next start mends it.
pub(super) fn suspect(path: &Path) {
    // Where this cannot be remembered, the next read finds the damage again.
    let _ = files::private_file(&marker(path));
}

/// Whether damage was seen in an earlier run.
pub(super) fn is_suspect(path: &Path) -> bool {
    marker(path).exists()
}

/// Forgets that damage was seen.
pub(super) fn trust(path: &Path) {
    let _ = std::fs::remove_file(marker(path));
}

fn marker(path: &Path) -> PathBuf {
    files::with_suffix(path, ".suspect")
}
