//! Copies of the ledger: taken while it is in use, verified before they count.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, Row};

use super::aside;
use super::database::{Database, Durability, suspect};
use super::error::StoreError;
use super::files::{self, with_suffix};
use super::identity::{self, Identities};
use super::ledger::{ALIAS, FILE, Ledger, read_alias, read_file};
use super::lock::Opening;
use super::migrations::LEDGER;
use super::salvage::Successor;
use super::{drafts, journal, observations, outbox, salvage};
use crate::domain::words;

/// All pages at once: a commit of another program between two steps would let the copy begin anew, again and again.
const PAGES: i32 = -1;
/// Complaints that are told about one database.
const MOST_PROBLEMS: usize = 20;

/// What a person wants to know of a ledger before it is replaced, or replaces another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// How many entries it has.
    pub entries: u64,
    /// When something was last noted in it (UTC); `None` when nothing was.
    pub newest: Option<Timestamp>,
    /// How many writes in it did not arrive in the CRM as far as it knows.
    pub unsent: usize,
}

/// What came of restoring a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// How many entries the ledger has now.
    pub entries: u64,
    /// Where the ledger that was there before is kept.
    pub kept: Option<PathBuf>,
}

impl Ledger {
    /// Writes a verified copy to a file that must not be there yet, and says how many entries it has.
    pub fn backup(&self, to: &Path) -> Result<u64, StoreError> {
        if to.exists() {
            return Err(StoreError::Refused {
                path: to.to_owned(),
                reason: "it exists already".to_owned(),
            });
        }
        // A name that nobody has: what lies beside the copy may be a person's own.
        let (under_way, _) = files::temporary_beside(to).map_err(|error| StoreError::io(to, error))?;
        let outcome = copy(&self.database, &under_way)
            .and_then(|()| verified(&under_way))
            .and_then(|entries| {
                let placed = aside::take_place(&under_way, to).map(|()| entries);
                // Without the directory on disk it is not sure to stay, so it is not left there as if it were.
                placed.inspect_err(|_| {
                    if !under_way.exists() {
                        let _ = fs::remove_file(to);
                    }
                })
            });
        outcome.map_err(|error| {
            // A copy that does not count is not left lying about.
            let _ = aside::remove_with_companions(&under_way);
            match error {
                // What is wrong in the copy is wrong in the ledger, which the next start mends.
                StoreError::Damaged { reason, .. } => {
                    suspect(self.path());
                    StoreError::Damaged {
                        path: self.path().to_owned(),
                        reason,
                    }
                }
                error => error,
            }
        })
    }

    /// Puts a backup into the place of a ledger. The backup is verified first, the ledger that was
    /// there is kept beside. Whoever has it open writes to the new one from then on.
    pub fn restore(from: &Path, to: &Path) -> Result<Restored, StoreError> {
        let _opening = Opening::of(to)?;
        verified(from)?;
        // What a salvage had saved would take the place of the backup when the ledger is opened next.
        salvage::finish(to)?;
        let under_way = with_suffix(to, ".restoring");
        aside::remove_with_companions(&under_way)?;
        copy(&Database::open_copy(from, &LEDGER, false)?, &under_way)?;
        distrust(&under_way)?;
        let entries = verified(&under_way)?;
        // Reading it to verify it has left an empty log.
        aside::remove_companions(&under_way)?;
        // Nobody commits to the old file once its copy is kept.
        let _held = Database::hold(to)?;
        let kept = Successor::Restored.replace(&under_way, to)?;
        Ok(Restored { entries, kept })
    }

    /// What is wrong with the ledger, entry by entry; empty when all is well. Reads all of it.
    pub fn check(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.database.connection();
        let mut problems = in_one_sentence(&self.database.quick_check()?);
        problems.extend(unsound(
            connection,
            "observations",
            observations::COLUMNS,
            |row| observations::read(row).map(drop),
        ));
        let events = journal::list(connection).map_err(|error| self.database.fail(&error))?;
        problems.extend(unsound(connection, "events", events, |row| {
            journal::read(row, &Identities::default()).map(drop)
        }));
        if identity::are_named(connection).map_err(|error| self.database.fail(&error))? {
            problems.extend(unsound(connection, "identities", identity::COLUMNS, |row| {
                identity::read(row).map(drop)
            }));
        }
        problems.extend(unsound(connection, "aliases", ALIAS, |row| {
            read_alias(row).map(drop)
        }));
        problems.extend(unsound(connection, "files", FILE, |row| read_file(row).map(drop)));
        if self.database.stored_schema()? >= outbox::SINCE {
            problems.extend(unsound(connection, "outbox", outbox::ENTRY, |row| {
                outbox::read_entry(row).map(drop)
            }));
            problems.extend(unsound(connection, "outbox_steps", outbox::STEP, |row| {
                outbox::read_step(row).map(drop)
            }));
            problems.extend(unsound(connection, "drafts", drafts::COLUMNS, |row| {
                drafts::read(row).map(drop)
            }));
        }
        problems.truncate(MOST_PROBLEMS);
        Ok(problems)
    }

    /// Whether a ledger in which damage was seen is whole: a disk that once failed to read damages nothing.
    pub(super) fn is_sound(path: &Path) -> bool {
        Self::open_read_only(path)
            .and_then(|ledger| {
                let rows = ledger.check()?.is_empty() && ledger.outbox_damaged()?.is_empty();
                Ok(rows && ledger.database.integrity_check()?.is_empty())
            })
            .unwrap_or(false)
    }

    /// How much there is in the ledger of a file, and how new it is; an error when it is not sound.
    pub fn extent(path: &Path) -> Result<Extent, StoreError> {
        let entries = verified(path)?;
        let ledger = Self::open_copy(path)?;
        let outbox = ledger.database.stored_schema()? >= outbox::SINCE;
        let newest = ledger.database.run(|connection| {
            let mut tables = vec![
                "SELECT max(recorded_at) AS at FROM observations",
                "SELECT max(recorded_at) FROM events",
            ];
            if outbox {
                tables.push("SELECT max(at) FROM outbox_steps");
                tables.push("SELECT max(queued_at) FROM outbox");
            }
            let sql = format!("SELECT max(at) FROM ({})", tables.join(" UNION ALL "));
            connection.query_row(&sql, [], |row| row.get::<_, Option<i64>>(0))
        })?;
        let open = ledger.outbox_open()?;
        Ok(Extent {
            entries,
            newest: newest.and_then(|at| Timestamp::from_millisecond(at).ok()),
            unsent: open.iter().filter(|entry| !entry.state.is_final()).count(),
        })
    }

    /// Looks over all of a ledger; damage is remembered, so that the next [`Ledger::open`] mends it. Nothing happens
    /// where there is none yet.
    pub fn look_over(path: &Path) -> Result<(), StoreError> {
        let is_sound = Self::open_read_only(path)
            .and_then(|ledger| Ok(ledger.check()?.is_empty() && ledger.outbox_damaged()?.is_empty()));
        match is_sound {
            Ok(false) | Err(StoreError::Damaged { .. }) => suspect(path),
            Ok(true) | Err(StoreError::Missing { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// How many entries the ledger has.
    pub fn entries(&self) -> Result<u64, StoreError> {
        let mut tables = vec!["observations", "events", "aliases", "files"];
        if self.database.stored_schema()? >= outbox::SINCE {
            tables.extend(["outbox", "outbox_steps", "drafts"]);
        }
        self.database.run(|connection| {
            let mut entries = 0;
            for table in tables {
                let sql = format!("SELECT count(*) FROM {table}");
                entries += connection.query_row(&sql, [], |row| row.get::<_, u32>(0))?;
            }
            Ok(u64::from(entries))
        })
    }
}

/// What SQLite complains about, which are lines for who knows the pages of a database.
fn in_one_sentence(complaints: &[String]) -> Vec<String> {
    match complaints.len() {
        0 => Vec::new(),
        count => vec![format!(
            "its pages are not sound in {}",
            words::counted(count as u64, "place", "places")
        )],
    }
}

/// A copy does not know what was sent after it was made: nothing in it leaves by itself. Nor does it know what was noted
/// since, of which the next sync tells it what it can.
fn distrust(copy: &Path) -> Result<(), StoreError> {
    let mut database = Database::open(copy, &LEDGER, Durability::Full)?;
    database.write(|transaction| {
        salvage::distrust(
            transaction,
            "it waited in a backup that was brought back, so that it may have been sent already",
        )?;
        identity::take_new(transaction)?;
        journal::note_replaced(transaction, "restored")
    })?;
    database.close()?;
    aside::remove_companions(copy)
}

/// Reads a table whole and says what is wrong with it, if anything.
fn unsound(
    connection: &Connection,
    table: &str,
    columns: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<()>,
) -> Option<String> {
    let broken = connection
        .prepare(&format!("SELECT {columns} FROM {table} ORDER BY sequence"))
        .and_then(|mut statement| {
            let mut rows = statement.query([])?;
            let mut broken = 0_u64;
            while let Some(row) = rows.next()? {
                broken += u64::from(read(row).is_err());
            }
            Ok(broken)
        });
    match broken {
        Err(_) => Some(format!("{table} cannot be read to the end")),
        Ok(0) => None,
        Ok(broken) => Some(format!(
            "{} not as written in {table}",
            words::counted(broken, "entry is", "entries are")
        )),
    }
}

fn copy(from: &Database, to: &Path) -> Result<(), StoreError> {
    files::private_file(to)?;
    let fail = |error: &rusqlite::Error| StoreError::sqlite(to, error);
    let mut target = Connection::open(to).map_err(|error| fail(&error))?;
    {
        let backup = Backup::new(from.connection(), &mut target).map_err(|error| fail(&error))?;
        while backup.step(PAGES).map_err(|error| fail(&error))? != StepResult::Done {}
    }
    // One file that can be carried about, without a log beside it.
    target
        .execute_batch("PRAGMA journal_mode = DELETE")
        .and_then(|()| target.close().map_err(|(_, error)| error))
        .map_err(|error| fail(&error))
}

/// How many entries a copy has, if all of it is sound.
fn verified(path: &Path) -> Result<u64, StoreError> {
    let ledger = Ledger::open_copy(path)?;
    match ledger.check()?.first() {
        Some(problem) => Err(StoreError::Damaged {
            path: path.to_owned(),
            reason: problem.clone(),
        }),
        None => ledger.entries(),
    }
}

#[cfg(test)]
#[path = "backup_tests.rs"]
mod tests;
