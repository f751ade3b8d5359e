//! Drafts in the ledger: text that is being composed, so that a crash loses none of it.
//!
//! A draft is replaced in place; each version has a higher number than the one before, and one that was dropped
//! leaves an empty row. So the salvage, which may find old copies of pages, brings back the newest version and
//! nothing that was sent already.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::outbox::BESIDE;

use super::checksum::Checksum;
use super::error::StoreError;
use super::ledger::{Ledger, next_sequence};
use super::outbox::SINCE;
use super::{broken, verify};

/// Columns that [`read`] reads.
pub(super) const COLUMNS: &str = "sequence, name, body, saved_at, checksum";

/// A text that is being composed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is, e.g. `note:<account>`.
    pub name: String,
    /// The text. Raw.
    pub body: String,
    /// When it was saved (UTC).
    pub saved_at: Timestamp,
    /// What stands for this version of it, and for no other.
    pub mark: i64,
}

/// A text that was kept over a draft, or beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Under which name of its own, where somebody else has the draft's.
    pub beside: Option<String>,
    /// What stands for this version of it; `None` where it is part of a draft that was there already.
    pub mark: Option<i64>,
}

impl Ledger {
    /// Keeps a draft in the place of the one with the same name. It is on disk when this returns.
    pub fn put_draft(&mut self, name: &str, body: &str, now: Timestamp) -> Result<(), StoreError> {
        self.database
            .write(|transaction| put(transaction, name, Some(body), now).map(drop))
    }

    /// The same, unless somebody else keeps another text under this name by now: then it is kept beside that, as by
    /// [`Self::put_draft_beside`], and the name that it got is told. `is_mine` knows the marks of those that were read
    /// or kept here.
    pub fn put_draft_over(
        &mut self,
        name: &str,
        body: &str,
        is_mine: &dyn Fn(i64) -> bool,
        now: Timestamp,
    ) -> Result<Kept, StoreError> {
        self.database.write(|transaction| {
            let there = one(transaction, name)?;
            if there.is_none_or(|there| is_mine(there.mark) || there.body == body) {
                let mark = put(transaction, name, Some(body), now)?;
                return Ok(Kept { beside: None, mark });
            }
            let (beside, mark, _) = put_beside(transaction, name, body, now)?;
            let beside = Some(beside);
            Ok(Kept { beside, mark })
        })
    }

    /// Keeps a text beside the draft with this name, under one of its own, e.g. `note:<account>:+2`.
    /// Nothing is replaced. `false` when a draft has the text already. It is on disk when this returns.
    pub fn put_draft_beside(&mut self, name: &str, body: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.database
            .write(|transaction| put_beside(transaction, name, body, now).map(|(.., is_new)| is_new))
    }

    /// Drops a draft; nothing happens when there is none.
    pub fn drop_draft(&mut self, name: &str, now: Timestamp) -> Result<(), StoreError> {
        self.database
            .write(|transaction| put(transaction, name, None, now).map(drop))
    }

    /// The same for one that may go: what somebody else keeps under the name is looked at where it is dropped.
    pub fn drop_draft_if(
        &mut self,
        name: &str,
        may_go: &dyn Fn(i64) -> bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            let there = one(transaction, name)?;
            if there.is_none_or(|there| may_go(there.mark)) {
                put(transaction, name, None, now)?;
            }
            Ok(())
        })
    }

    /// The draft with this name.
    pub fn draft(&self, name: &str) -> Result<Option<Draft>, StoreError> {
        let known = self.database.stored_schema()? >= SINCE;
        self.database.run(|connection| {
            if !known {
                return Ok(None);
            }
            one(connection, name)
        })
    }

    /// How many drafts there are.
    pub fn drafts_count(&self) -> Result<i64, StoreError> {
        let known = self.database.stored_schema()? >= SINCE;
        self.database.run(|connection| {
            if !known {
                return Ok(0);
            }
            connection
                .prepare_cached("SELECT count(*) FROM drafts WHERE body IS NOT NULL")?
                .query_row([], |row| row.get(0))
        })
    }

    /// All drafts, the newest first.
    pub fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let known = self.database.stored_schema()? >= SINCE;
        self.database.run(|connection| {
            if !known {
                return Ok(Vec::new());
            }
            let mut statement =
                connection.prepare_cached(&format!("SELECT {COLUMNS} FROM drafts ORDER BY sequence DESC"))?;
            let drafts = statement.query_map([], read)?;
            drafts.filter_map(Result::transpose).collect()
        })
    }
}

impl Draft {
    /// Whether every letter of this text is in it, as the whole or as one of its fields.
    fn has(&self, text: &str) -> bool {
        self.body.contains(text.trim())
    }
}

/// Keeps a text under a name of its own; under which, its mark where that has nothing else, and whether no draft had it already.
fn put_beside(
    connection: &Connection,
    name: &str,
    body: &str,
    now: Timestamp,
) -> rusqlite::Result<(String, Option<i64>, bool)> {
    let mut own = name.to_owned();
    for number in 2_u32.. {
        match one(connection, &own)? {
            Some(draft) if draft.has(body) => {
                let mark = (draft.body == body).then_some(draft.mark);
                return Ok((own, mark, false));
            }
            Some(_) => own = format!("{name}{BESIDE}{number}"),
            None => break,
        }
    }
    let mark = put(connection, &own, Some(body), now)?;
    Ok((own, mark, true))
}

fn one(connection: &Connection, name: &str) -> rusqlite::Result<Option<Draft>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM drafts WHERE name = ?1"))?
        .query_row([name], read)
        .optional()
        .map(Option::flatten)
}

/// Keeps a draft, whose mark it gives, or drops it.
pub(super) fn put(
    connection: &Connection,
    name: &str,
    body: Option<&str>,
    now: Timestamp,
) -> rusqlite::Result<Option<i64>> {
    let sequence = next_sequence(connection, "drafts")?;
    let before = connection
        .prepare_cached("DELETE FROM drafts WHERE name = ?1")?
        .execute([name])?;
    if before == 0 && body.is_none() {
        return Ok(None);
    }
    let saved = now.as_millisecond();
    let mark = checksum(sequence, name, body, saved);
    connection
        .prepare_cached(&format!(
            "INSERT INTO drafts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5)"
        ))?
        .execute(params![sequence, name, body, saved, mark])?;
    Ok(body.map(|_| mark))
}

/// Keeps only the newest version of each draft.
pub(super) fn keep_newest(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DELETE FROM drafts WHERE sequence NOT IN (SELECT max(sequence) FROM drafts GROUP BY name)",
    )
}

/// A draft, verified; `None` is one that was dropped.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Option<Draft>> {
    let (name, body): (String, Option<String>) = (row.get(1)?, row.get(2)?);
    let saved = row.get(3)?;
    let mark = checksum(row.get(0)?, &name, body.as_deref(), saved);
    verify(mark, row.get(4)?)?;
    let saved_at = Timestamp::from_millisecond(saved).map_err(|_| broken("a timestamp"))?;
    Ok(body.map(|body| Draft {
        name,
        body,
        saved_at,
        mark,
    }))
}

/// The checksum of a draft.
pub(super) fn checksum(sequence: i64, name: &str, body: Option<&str>, saved: i64) -> i64 {
    Checksum::of("drafts")
        .number(sequence)
        .text(name)
        .optional(body)
        .number(saved)
        .value()
}
