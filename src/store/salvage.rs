//! Saving what can be saved of a damaged ledger: every row whose checksum fits goes into a new file.
//!
//! The new file is complete and on disk before it takes the place of the damaged one, which is kept.
//! A crash at any point leaves either the damaged file, which is salvaged again, or the new one, which takes its place
//! before anybody looks at the damaged one.

mod tables;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, params_from_iter};

use super::aside;
use super::database::{Database, Durability, trust};
use super::error::{Notice, StoreError};
use super::files::with_suffix;
use super::leaves::{Leaves, Value};
use super::migrations::LEDGER;
use super::outbox::{self, Folded};
use super::{drafts, identity, journal};
use crate::domain::outbox::{Entry, State, Step, Write};
use crate::domain::words;
use tables::table_of;

/// Mends a damaged ledger: afterwards a sound one is in its place.
pub(super) fn mend(path: &Path) -> Result<Notice, StoreError> {
    // Nobody commits to the damaged file what would not be in the new one.
    let _held = Database::hold(path)?;
    let under_way = with_suffix(path, ".salvaging");
    aside::remove_with_companions(&under_way)?;
    let saved = salvage(path, &under_way)?;
    let kept = Successor::Salvaged.replace(&under_way, path)?;
    Ok(notice(Some(saved), kept.as_deref()))
}

/// Finishes what a crash cut off after the successor of a ledger was complete. The log of the ledger that it replaces may be
/// gone from its place then, and without it that one may even look sound.
pub(super) fn finish(path: &Path) -> Result<Option<Notice>, StoreError> {
    let mut successors = [Successor::Salvaged, Successor::Restored].into_iter();
    let Some(successor) = successors.find(|successor| successor.waits_for(path).is_file()) else {
        return Ok(None);
    };
    let _held = Database::hold(path)?;
    let kept = successor.put_in_place(path)?;
    Ok(Some(match successor {
        Successor::Salvaged => notice(None, kept.as_deref()),
        Successor::Restored => restored_notice(kept.as_deref()),
    }))
}

/// A ledger that takes the place of another one. A crash at any point leaves the old one whole, or the new one complete
/// under a name from which [`finish`] puts it in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Successor {
    /// What could be saved of a damaged one.
    Salvaged,
    /// A backup that a person brings back.
    Restored,
}

impl Successor {
    /// Lets a finished ledger take the place of another one, which nobody may write to meanwhile. Says where that is kept.
    pub(super) fn replace(self, finished: &Path, path: &Path) -> Result<Option<PathBuf>, StoreError> {
        aside::take_place(finished, &self.waits_for(path))?;
        self.put_in_place(path)
    }

    /// Where it is until it takes the other one's place: whatever has this name is complete.
    fn waits_for(self, path: &Path) -> PathBuf {
        let suffix = match self {
            Self::Salvaged => ".salvaged",
            Self::Restored => ".restored",
        };
        with_suffix(path, suffix)
    }

    fn put_in_place(self, path: &Path) -> Result<Option<PathBuf>, StoreError> {
        let kept_as = match self {
            Self::Salvaged => "corrupt",
            Self::Restored => "before-restore",
        };
        let kept = path
            .exists()
            .then(|| aside::keep_copy(path, kept_as))
            .transpose()?;
        aside::take_place(&self.waits_for(path), path)?;
        trust(path);
        Ok(kept)
    }
}

fn restored_notice(kept: Option<&Path>) -> Notice {
    let kept = kept.map(|kept| format!("the ledger before is kept as {}; ", kept.display()));
    Notice {
        summary: "a backup that was being brought back is in its place now: that had been cut off".to_owned(),
        hint: Some(format!(
            "{}`retain sync` brings it up to what the CRM has now, `retain outbox` shows what waits for your word",
            kept.unwrap_or_default()
        )),
    }
}

fn notice(saved: Option<Saved>, kept: Option<&Path>) -> Notice {
    let summary = match saved {
        Some(saved) => format!("the ledger was damaged: {}", saved.in_words()),
        None => "the ledger was damaged: what could be saved was saved".to_owned(),
    };
    let kept = kept.map(|kept| format!("the damaged file is kept as {}; ", kept.display()));
    Notice {
        summary,
        hint: Some(format!(
            "{}`retain sync` reads again what the CRM has, `retain outbox` shows what waits for your word, \
             `retain ledger restore FILE` brings back a backup",
            kept.unwrap_or_default()
        )),
    }
}

/// What came of a salvage: how many rows are saved, and how many of what are known to be lost.
#[derive(Debug, Clone, Default)]
struct Saved {
    rows: u64,
    lost: BTreeMap<&'static str, u64>,
}

impl Saved {
    fn in_words(&self) -> String {
        let lost: u64 = self.lost.values().sum();
        if lost == 0 {
            // A page that cannot be read does not say how many rows it held.
            return format!(
                "{} saved, how many were lost is not known",
                words::counted(self.rows, "entry was", "entries were")
            );
        }
        let kinds: Vec<String> = self
            .lost
            .iter()
            .map(|(kind, lost)| format!("{kind}: {lost}"))
            .collect();
        format!(
            "at least {lost} of {} lost ({})",
            words::counted(self.rows + lost, "entry", "entries"),
            kinds.join(", ")
        )
    }

    /// So many at least of this kind are lost.
    fn lose(&mut self, kind: &'static str, lost: u64) {
        if lost > 0 {
            let known = self.lost.entry(kind).or_default();
            *known = lost.max(*known);
        }
    }
}

fn salvage(from: &Path, to: &Path) -> Result<Saved, StoreError> {
    let leaves = Leaves::open(from).map_err(|error| StoreError::io(from, error))?;
    let mut database = Database::open(to, &LEDGER, Durability::Full)?;
    let mut read = Ok(());
    let saved = database.write(|transaction| {
        identity::forget(transaction)?;
        let mut rows = 0;
        let mut suspicious = HashSet::new();
        let mut failed = None;
        let outcome = leaves.each_row(&mut |rowid, values| {
            if failed.is_some() {
                return;
            }
            match accept(transaction, rowid, values) {
                Ok(Verdict::New) => rows += 1,
                Ok(Verdict::Known) => {}
                // Rows of ours keep their number outside of the values, those of the schema do not.
                Ok(Verdict::Broken) if values.first() != Some(&Value::Null) => {}
                Ok(Verdict::Broken) => {
                    suspicious.insert((values.len(), rowid));
                }
                Err(error) => failed = Some(error),
            }
        });
        let unreadable = outcome.unwrap_or_else(|error| {
            read = Err(StoreError::io(from, error));
            0
        });
        failed.map_or(Ok(()), Err)?;
        let mut saved = Saved {
            rows,
            ..Saved::default()
        };
        saved.lose("unreadable", unreadable);
        identity::mend(transaction)?;
        still_missing(transaction, &suspicious, &mut saved)?;
        gaps(transaction, &mut saved)?;
        drafts::keep_newest(transaction)?;
        distrust(
            transaction,
            "the ledger was damaged, so that it may have been sent already",
        )?;
        identity::take_new(transaction)?;
        journal::note_replaced(transaction, "salvaged")?;
        Ok(saved)
    })?;
    read?;
    database.close()?;
    Ok(saved)
}

/// Steps may be missing, among them that an entry was sent: none leaves by itself any more, each is held against
/// what the CRM has. The gaps that lost steps leave are filled, so that later ones are seen.
pub(super) fn distrust(transaction: &Transaction<'_>, why: &str) -> rusqlite::Result<()> {
    let gaps: Vec<i64> = transaction
        .prepare(
            "WITH RECURSIVE numbers(n) AS (
                 SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < (SELECT max(sequence) FROM outbox_steps)
             ) SELECT n FROM numbers WHERE n <= (SELECT max(sequence) FROM outbox_steps)
                 AND n NOT IN (SELECT sequence FROM outbox_steps)",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for sequence in gaps {
        outbox::insert_lost(transaction, sequence)?;
    }
    let mut folded = Folded::default();
    folded.catch_up(transaction)?;
    let mut sequence = folded.next_step();
    for entry in folded.open().filter(|entry| may_be_done_twice(entry)) {
        if !matches!(entry.state, State::Sending | State::Unknown) {
            outbox::insert_step(
                transaction,
                sequence,
                entry.id,
                &Step::Sending {
                    seen: None,
                    keyed: false,
                },
                entry.since,
            )?;
            sequence += 1;
        }
        outbox::insert_step(transaction, sequence, entry.id, &doubted(entry, why), entry.since)?;
        sequence += 1;
    }
    Ok(())
}

/// Whether an entry that was sent meanwhile could be sent once more unseen. A conflict and what was refused leave only when a
/// person says so, and a change is held against what the CRM has by then; what is made is made a second time.
fn may_be_done_twice(entry: &Entry) -> bool {
    let makes = matches!(entry.new.write, Write::Create { .. });
    makes || !matches!(entry.state, State::Conflict | State::Parked)
}

/// That it may have been sent, with what the CRM had said of it before.
fn doubted(entry: &Entry, why: &str) -> Step {
    let refused = entry.said.as_ref().filter(|_| entry.state == State::Parked);
    let why = match refused {
        Some(said) => format!("{why} (before that {}: {said})", entry.remedy.became()),
        None => why.to_owned(),
    };
    Step::Doubted { why }
}

/// Tables whose rows are numbered without a gap and never removed, and what is said of them.
const GAPLESS: [(&str, &str); 3] = [
    ("events", "events"),
    ("outbox", "outbox"),
    ("outbox_steps", "steps of the outbox"),
];

/// Rows that their numbers tell of, and that are not there.
fn gaps(transaction: &Transaction<'_>, saved: &mut Saved) -> rusqlite::Result<()> {
    for (table, kind) in GAPLESS {
        let sql = format!("SELECT ifnull(max(sequence), 0) - count(*) FROM {table}");
        let missing: i64 = transaction.query_row(&sql, [], |row| row.get(0))?;
        saved.lose(kind, missing.unsigned_abs());
    }
    Ok(())
}

/// Those of the rows that were broken in one copy of their page and sound in no other.
fn still_missing(
    transaction: &Transaction<'_>,
    broken: &HashSet<(usize, i64)>,
    saved: &mut Saved,
) -> rusqlite::Result<()> {
    let mut missing: BTreeMap<&'static str, u64> = BTreeMap::new();
    for (columns, sequence) in broken {
        let (kind, tables): (_, &[&str]) = match *columns {
            10 => ("outbox", &["outbox"]),
            9 => ("observations", &["observations"]),
            8 | EVENT => ("events", &["events"]),
            6 => ("merges, files or steps", &["aliases", "files", "outbox_steps"]),
            5 => ("drafts", &["drafts"]),
            // Not a row of ours: a page of the schema, or no row at all.
            _ => continue,
        };
        let mut found = false;
        for table in tables {
            found |= transaction
                .prepare_cached(&format!("SELECT 1 FROM {table} WHERE sequence = ?1"))?
                .exists([sequence])?;
        }
        *missing.entry(kind).or_default() += u64::from(!found);
    }
    for (kind, lost) in missing {
        saved.lose(kind, lost);
    }
    Ok(())
}

/// So many columns has an event that says whose it is; one of before has three less.
const EVENT: usize = 11;

/// What became of a row.
enum Verdict {
    New,
    Known,
    Broken,
}

/// Takes a row over, as it stands, if its checksum fits a table of the ledger.
fn accept(connection: &Connection, rowid: i64, values: &[Value]) -> rusqlite::Result<Verdict> {
    let Some(table) = table_of(rowid, values) else {
        return Ok(Verdict::Broken);
    };
    let places = ", ?".repeat(values.len() - 1);
    let sql = match (table, values.len()) {
        // Whose an event of before is, is said once all are found.
        ("events", 8) => {
            "INSERT OR IGNORE INTO events (sequence, author, kind, account, effective_at, recorded_at,
                              payload, checksum, written)
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?1)"
                .to_owned()
        }
        _ => format!("INSERT OR IGNORE INTO {table} VALUES (?{places})"),
    };
    let mut statement = connection.prepare_cached(&sql)?;
    // The first column is the row's number, which SQLite keeps outside of the values.
    let all = std::iter::once(Value::Number(rowid)).chain(values[1..].iter().cloned());
    Ok(match statement.execute(params_from_iter(all))? {
        0 => Verdict::Known,
        // Under which id the ledger wrote is no entry of it.
        _ if table == "identities" => Verdict::Known,
        _ => Verdict::New,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lost_unseen_is_not_told_as_nothing() {
        let mut saved = Saved {
            rows: 8,
            ..Saved::default()
        };
        let told = |saved: &Saved| notice(Some(saved.clone()), Some(Path::new("kept"))).summary;
        assert!(told(&saved).ends_with("8 entries were saved, how many were lost is not known"));
        saved.lose("events", 2);
        saved.lose("events", 1);
        saved.lose("outbox", 1);
        assert!(told(&saved).ends_with("at least 3 of 11 entries lost (events: 2, outbox: 1)"));
    }
}
