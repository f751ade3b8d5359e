//! The rows of the outbox: how they are written, read and verified.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::outbox::{Entry, EntryId, State, Step};
use crate::domain::outbox::{NewEntry, Write};
use crate::domain::record::RecordId;
use crate::store::checksum::Checksum;
use crate::store::key::{Key, optional_id_at};
use crate::store::{broken, verify};

/// Columns that [`read_entry`] reads.
pub(in crate::store) const ENTRY: &str =
    "sequence, author, key, act, account, title, write, queued_at, leaves_at, checksum";
/// Columns that [`read_step`] reads.
pub(in crate::store) const STEP: &str = "sequence, entry, state, at, step, checksum";
/// What stands in the place of a step that was lost to damage, so that a step which is missing later is seen.
pub(in crate::store) const LOST: &str = "lost";

/// The columns of an entry that its checksum covers.
pub(in crate::store) struct EntryColumns<'a> {
    pub(in crate::store) sequence: i64,
    pub(in crate::store) author: &'a str,
    pub(in crate::store) key: &'a str,
    pub(in crate::store) act: &'a str,
    pub(in crate::store) account: Option<&'a str>,
    pub(in crate::store) title: &'a str,
    pub(in crate::store) write: &'a str,
    pub(in crate::store) queued: i64,
    pub(in crate::store) leaves: i64,
}

impl EntryColumns<'_> {
    /// The checksum of the row.
    pub(in crate::store) fn checksum(&self) -> i64 {
        Checksum::of("outbox")
            .number(self.sequence)
            .text(self.author)
            .text(self.key)
            .text(self.act)
            .optional(self.account)
            .text(self.title)
            .text(self.write)
            .number(self.queued)
            .number(self.leaves)
            .value()
    }
}

/// The columns of a step that its checksum covers.
pub(in crate::store) struct StepColumns<'a> {
    pub(in crate::store) sequence: i64,
    pub(in crate::store) entry: i64,
    pub(in crate::store) state: &'a str,
    pub(in crate::store) at: i64,
    pub(in crate::store) step: &'a str,
}

impl StepColumns<'_> {
    /// The checksum of the row.
    pub(in crate::store) fn checksum(&self) -> i64 {
        Checksum::of("outbox_steps")
            .number(self.sequence)
            .number(self.entry)
            .text(self.state)
            .number(self.at)
            .text(self.step)
            .value()
    }
}

/// A step as it is stored, verified; what it says is read only where it is wanted.
pub(in crate::store) struct StoredStep {
    pub(super) sequence: i64,
    pub(super) entry: EntryId,
    /// The state that follows; `None` is a step that was lost.
    pub(super) state: Option<State>,
    pub(super) at: Timestamp,
    step: String,
}

impl StoredStep {
    /// What it says.
    pub(super) fn step(&self) -> rusqlite::Result<Step> {
        serde_json::from_str(&self.step).map_err(|_| broken("a step of the outbox"))
    }
}

/// Entries with a step that may name this record as the one at which they arrived: as the texts of the steps say, of which
/// none is read.
pub(super) fn sent_to(connection: &Connection, record: &RecordId) -> rusqlite::Result<Vec<EntryId>> {
    let named = format!("\"record\":{}", serde_json::json!(record.as_str()));
    connection
        .prepare_cached("SELECT entry FROM outbox_steps WHERE instr(step, ?1) > 0")?
        .query_map([named], |row| row.get(0).map(EntryId))?
        .collect()
}

/// The entries of an account.
pub(super) fn on_account(connection: &Connection, account: &RecordId) -> rusqlite::Result<Vec<EntryId>> {
    connection
        .prepare_cached("SELECT sequence FROM outbox WHERE account = ?1")?
        .query_map([Key(account.as_str())], |row| row.get(0).map(EntryId))?
        .collect()
}

/// Appends an entry that was just queued.
pub(super) fn insert_entry(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    let write = serde_json::to_string(&entry.new.write).map_err(|_| broken("a write"))?;
    let columns = EntryColumns {
        sequence: entry.id.0,
        author: &entry.author,
        key: &entry.key,
        act: &entry.new.act,
        account: entry.new.account.as_ref().map(RecordId::as_str),
        title: &entry.new.title,
        write: &write,
        queued: entry.queued_at.as_millisecond(),
        leaves: entry.new.leaves_at.as_millisecond(),
    };
    connection
        .prepare_cached(&format!(
            "INSERT INTO outbox ({ENTRY}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        ))?
        .execute(params![
            columns.sequence,
            columns.author,
            columns.key,
            columns.act,
            columns.account.map(Key),
            columns.title,
            columns.write,
            columns.queued,
            columns.leaves,
            columns.checksum()
        ])?;
    Ok(())
}

/// Appends a step to an entry.
pub(in crate::store) fn insert_step(
    connection: &Connection,
    sequence: i64,
    entry: EntryId,
    step: &Step,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let text = serde_json::to_string(step).map_err(|_| broken("a step of the outbox"))?;
    put_step(
        connection,
        &StepColumns {
            sequence,
            entry: entry.0,
            state: &state_text(step.state()),
            at: at.as_millisecond(),
            step: &text,
        },
    )
}

/// Says that the step with this number was lost.
pub(in crate::store) fn insert_lost(connection: &Connection, sequence: i64) -> rusqlite::Result<()> {
    put_step(
        connection,
        &StepColumns {
            sequence,
            entry: 0,
            state: LOST,
            at: 0,
            step: "",
        },
    )
}

fn put_step(connection: &Connection, columns: &StepColumns<'_>) -> rusqlite::Result<()> {
    connection
        .prepare_cached(&format!(
            "INSERT INTO outbox_steps ({STEP}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        ))?
        .execute(params![
            columns.sequence,
            columns.entry,
            columns.state,
            columns.at,
            columns.step,
            columns.checksum()
        ])?;
    Ok(())
}

/// An entry as it was queued, verified; `None` when there is no such row.
pub(super) fn entry(connection: &Connection, id: EntryId) -> rusqlite::Result<Option<Entry>> {
    connection
        .prepare_cached(&format!("SELECT {ENTRY} FROM outbox WHERE sequence = ?1"))?
        .query_row([id.0], read_entry)
        .optional()
}

/// A step by its number, verified.
pub(super) fn step(connection: &Connection, sequence: i64) -> rusqlite::Result<StoredStep> {
    connection
        .prepare_cached(&format!("SELECT {STEP} FROM outbox_steps WHERE sequence = ?1"))?
        .query_row([sequence], read_step)
}

/// An entry as it was queued, verified.
pub(in crate::store) fn read_entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let account = optional_id_at(row, 4)?;
    let columns = EntryColumns {
        sequence: row.get(0)?,
        author: text(row, 1)?,
        key: text(row, 2)?,
        act: text(row, 3)?,
        account: account.as_deref(),
        title: text(row, 5)?,
        write: text(row, 6)?,
        queued: row.get(7)?,
        leaves: row.get(8)?,
    };
    verify(columns.checksum(), row.get(9)?)?;
    let write: Write = serde_json::from_str(columns.write).map_err(|_| broken("a write"))?;
    let new = NewEntry {
        act: columns.act.to_owned(),
        title: columns.title.to_owned(),
        write,
        leaves_at: instant(columns.leaves)?,
        account: account.clone().map(RecordId),
    };
    let (author, key) = (columns.author.to_owned(), columns.key.to_owned());
    let (id, queued_at) = (EntryId(columns.sequence), instant(columns.queued)?);
    Ok(Entry::queued(id, author, key, new, queued_at))
}

/// A step, verified.
pub(in crate::store) fn read_step(row: &Row<'_>) -> rusqlite::Result<StoredStep> {
    let columns = StepColumns {
        sequence: row.get(0)?,
        entry: row.get(1)?,
        state: text(row, 2)?,
        at: row.get(3)?,
        step: text(row, 4)?,
    };
    verify(columns.checksum(), row.get(5)?)?;
    Ok(StoredStep {
        sequence: columns.sequence,
        entry: EntryId(columns.entry),
        state: match columns.state {
            LOST => None,
            word => Some(state_of(word).ok_or_else(|| broken("the state of an entry"))?),
        },
        at: instant(columns.at)?,
        step: columns.step.to_owned(),
    })
}

/// The text in this column, without a copy.
fn text<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<&'a str> {
    Ok(row.get_ref(column)?.as_str()?)
}

fn instant(stamp: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(stamp).map_err(|_| broken("a timestamp"))
}

/// A state as it is stored: the word of its serialised form.
fn state_text(state: State) -> String {
    let value = serde_json::to_value(state).ok();
    let word = value.and_then(|value| value.as_str().map(str::to_owned));
    word.unwrap_or_default()
}

fn state_of(word: &str) -> Option<State> {
    serde_json::from_value(serde_json::Value::from(word)).ok()
}
