//! The outbox in the ledger: entries and the steps that they took, both only ever added.
//!
//! Two programs may act on one entry at once, one takes it back while the other sends it: whether a step may
//! follow is judged under the lock in which it is written, and who comes second is told [`TooLate`]. An entry
//! that is not as it was written is counted, and never given out.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::domain::base32;
use crate::domain::outbox::{Entry, EntryId, NewEntry, OutboxCounts, State, Step, Undone, WritePermit};
use crate::domain::record::RecordId;

use super::broken;
use super::error::StoreError;
use super::journal::{self, NewEvent};
use super::ledger::Ledger;

mod act;
mod fold;
mod gone;
#[cfg(test)]
mod replaced_tests;
mod rows;
#[cfg(test)]
mod tests;

pub use act::{NewAct, OnAccounts};
pub(super) use fold::Folded;
pub use gone::is_left;
pub(super) use rows::{
    ENTRY, EntryColumns, STEP, StepColumns, insert_lost, insert_step, read_entry, read_step,
};

/// The version of the ledger's schema that brought the outbox.
pub(super) const SINCE: u32 = 2;
/// Length of an entry's key: sixty bits, so that among all that a whole team ever writes no two are the same.
const KEY_LENGTH: u32 = 12;

/// A step that cannot be taken any more, or never could: somebody else was faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLate {
    /// There is no such entry.
    #[error("there is no such entry in the outbox")]
    Missing,
    /// Where the entry stands by now.
    #[error("it is too late for that: the entry is {}", .0.word())]
    Stands(State),
    /// What is revised is not what the person saw.
    #[error("somebody changed it meanwhile: look at what it says now before you change it")]
    Changed,
    /// It is to be taken back, and left without an answer before.
    #[error(
        "it left once and was not answered, so the CRM may have it: it can be given up, but not taken back"
    )]
    MayBeThere,
}

impl TooLate {
    /// Why an entry, which stands here, does not take this step.
    fn of(entry: Option<&Entry>, state: Option<State>, step: &Step) -> Self {
        match (entry, state) {
            (Some(entry), _) if !entry.state.is_final() && entry.is_changed_since(step) => Self::Changed,
            (Some(entry), _)
                if *step == Step::TakenBack && entry.may_be_there() && entry.leaves_at().is_some() =>
            {
                Self::MayBeThere
            }
            (_, Some(state)) => Self::Stands(state),
            (_, None) => Self::Missing,
        }
    }
}

impl Ledger {
    /// Queues entries, all or none, each with a random key that no other entry of the ledger has; the drafts
    /// that they were made of are dropped with the same commit. What is returned is on disk.
    pub fn enqueue(
        &mut self,
        permit: WritePermit,
        entries: &[NewEntry],
        drafts_done: &[&str],
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let act = NewAct {
            entries,
            events: &[],
            drafts_done,
        };
        self.enqueue_noted(permit, act, now)
    }

    /// Adds a step to an entry, unless it comes too late. What is returned is on disk. Where the ledger was replaced since
    /// this handle read it, nothing is done.
    pub fn step(
        &mut self,
        id: EntryId,
        step: &Step,
        now: Timestamp,
    ) -> Result<Result<Entry, TooLate>, StoreError> {
        self.write_numbered(|transaction, folded| {
            let entry = match folded.entry(transaction, id)? {
                Some(entry) if entry.admits(step) && !entry.keeps_from(step, now) => entry,
                entry => return Ok(Err(TooLate::of(entry.as_ref(), folded.state(id), step))),
            };
            insert_step(transaction, folded.next_step(), id, step, now)?;
            Ok(Ok(after(entry, step, now)))
        })
    }

    /// Takes back all that a person did in one go, before any of it left; or nothing, and says why. With the same
    /// commit the journal gets these events.
    pub fn take_back(
        &mut self,
        act: &str,
        events: &[NewEvent],
        now: Timestamp,
    ) -> Result<Result<Vec<Entry>, TooLate>, StoreError> {
        self.write_outbox(|transaction, folded, author| {
            let mut of_act = Vec::new();
            let mut late = TooLate::Missing;
            for id in entries_of(transaction, act)? {
                let entry = folded.entry(transaction, id)?;
                late = TooLate::of(entry.as_ref(), folded.state(id), &Step::TakenBack);
                match entry {
                    Some(entry) if entry.admits(&Step::TakenBack) => of_act.push(entry),
                    // What somebody gave up before needs no taking back.
                    Some(entry) if matches!(entry.state, State::TakenBack | State::Discarded) => {}
                    _ => return Ok(Err(late)),
                }
            }
            if of_act.is_empty() {
                return Ok(Err(late));
            }
            for (sequence, entry) in (folded.next_step()..).zip(&of_act) {
                insert_step(transaction, sequence, entry.id, &Step::TakenBack, now)?;
            }
            journal::append(transaction, author, events, now)?;
            let taken = of_act.into_iter();
            Ok(Ok(taken
                .map(|entry| after(entry, &Step::TakenBack, now))
                .collect()))
        })
    }

    /// Undoes all that a person did in one go, of which some may have left: what waits is taken back, what was refused
    /// given up, and what makes up for the rest queued. With the same commit the journal gets these events, unless
    /// nothing could be undone.
    pub fn undo(
        &mut self,
        _permit: WritePermit,
        act: &str,
        back: &[NewEntry],
        events: &[NewEvent],
        now: Timestamp,
    ) -> Result<Undone, StoreError> {
        self.write_outbox(|transaction, folded, author| {
            let mut undone = Undone::default();
            for id in entries_of(transaction, act)? {
                let Some(entry) = folded.entry(transaction, id)? else {
                    continue;
                };
                if let Some(step) = end(&entry) {
                    let sequence = folded.next_step() + undone.ended.len() as i64;
                    insert_step(transaction, sequence, id, &step, now)?;
                    undone.ended.push(after(entry, &step, now));
                } else if !matches!(entry.state, State::TakenBack | State::Discarded) {
                    undone.left += 1;
                }
            }
            undone.left = undone.left.saturating_sub(back.len());
            undone.queued = queue(transaction, folded, author, back, now)?;
            if undone.is_any() {
                journal::append(transaction, author, events, now)?;
            }
            Ok(undone)
        })
    }

    /// Gives up an entry that is damaged: nothing of it is shown or counted any more. Nothing happens to any
    /// other entry.
    pub fn give_up_damaged(&mut self, id: EntryId, why: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.write_numbered(|transaction, folded| {
            if !folded.damaged().contains(&id) {
                return Ok(false);
            }
            let step = Step::Discarded { why: why.to_owned() };
            insert_step(transaction, folded.next_step(), id, &step, now)?;
            Ok(true)
        })
    }

    /// An entry, whatever its state; `None` when there is none, or it is damaged.
    pub fn entry(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        self.outbox(|folded, connection| folded.entry(connection, id))
    }

    /// What a person did in one go, in the order in which it was made.
    pub fn entries_of_act(&self, act: &str) -> Result<Vec<Entry>, StoreError> {
        self.outbox(|folded, connection| {
            let mut entries = Vec::new();
            for id in entries_of(connection, act)? {
                entries.extend(folded.entry(connection, id)?);
            }
            Ok(entries)
        })
    }

    /// Entries that are not final, and those that they wait for, in the order in which they were made.
    pub fn outbox_open(&self) -> Result<Vec<Entry>, StoreError> {
        self.outbox(|folded, connection| {
            let mut entries: Vec<Entry> = folded.open().cloned().collect();
            let waited: BTreeSet<EntryId> = folded
                .open()
                .flat_map(|entry| entry.new.write.waits_for())
                .collect();
            for id in waited {
                let done = folded.entry(connection, id)?;
                entries.extend(done.filter(|entry| entry.state.is_final()));
            }
            entries.sort_by_key(|entry| entry.id);
            Ok(entries)
        })
    }

    /// Entries that arrived at this instant or later, in the order in which they were made.
    pub fn outbox_sent(&self, since: Timestamp) -> Result<Vec<Entry>, StoreError> {
        self.outbox(|folded, connection| {
            let mut sent = Vec::new();
            for id in folded.sent_since(since) {
                sent.extend(folded.entry(connection, id)?);
            }
            Ok(sent)
        })
    }

    /// Entries that arrived at one of these records, in the order in which they were made.
    pub fn outbox_sent_to(&self, records: &[RecordId]) -> Result<Vec<Entry>, StoreError> {
        self.outbox(|folded, connection| {
            let mut found = BTreeSet::new();
            for record in records {
                found.extend(rows::sent_to(connection, record)?);
            }
            let mut sent = Vec::new();
            for id in found {
                let entry = folded.entry(connection, id)?;
                sent.extend(entry.filter(|entry| {
                    let receipt = entry.receipt.as_ref();
                    receipt.is_some_and(|receipt| records.contains(&receipt.record))
                }));
            }
            Ok(sent)
        })
    }

    /// The newest entries whatever their state, newest first, at most so many.
    pub fn outbox_recent(&self, most: usize) -> Result<Vec<Entry>, StoreError> {
        self.outbox(|folded, connection| {
            let mut recent = Vec::new();
            for id in folded.newest_first().take(most) {
                recent.extend(folded.entry(connection, id)?);
            }
            Ok(recent)
        })
    }

    /// How many entries wait for what.
    pub fn outbox_counts(&self) -> Result<OutboxCounts, StoreError> {
        self.outbox(|folded, _| Ok(OutboxCounts::of(folded.open(), folded.damaged().len())))
    }

    /// A number that grows with each entry and each step, whoever added them.
    pub fn outbox_length(&self) -> Result<i64, StoreError> {
        let known = self.database.stored_schema()? >= SINCE;
        self.database.run(|connection| {
            if !known {
                return Ok(0);
            }
            connection
                .prepare_cached(
                    "SELECT (SELECT ifnull(max(sequence), 0) FROM outbox)
                          + (SELECT ifnull(max(sequence), 0) FROM outbox_steps)",
                )?
                .query_row([], |row| row.get(0))
        })
    }

    /// Entries that are not as they were written, or are gone, and that nobody gave up.
    pub fn outbox_damaged(&self) -> Result<Vec<EntryId>, StoreError> {
        self.outbox(|folded, _| Ok(folded.damaged().iter().copied().collect()))
    }

    /// Writes, knowing what the rows add up to.
    pub(super) fn write_outbox<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Folded, &str) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let (author, folded) = (&self.author, self.folded.get_mut());
        self.database.write_on(|transaction, turn| {
            folded.turn_to(turn);
            folded.catch_up(transaction)?;
            work(transaction, folded, author)
        })
    }

    /// The same for an entry that is called by its number: in another file it may be the number of another entry.
    fn write_numbered<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Folded) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let turn = self.folded.get_mut().turn();
        let done = self.write_outbox(|transaction, folded, _| {
            if folded.turn() != turn {
                return Ok(None);
            }
            work(transaction, folded).map(Some)
        })?;
        done.ok_or_else(|| StoreError::Replaced {
            path: self.path().to_owned(),
        })
    }

    /// Reads from what the rows add up to now.
    fn outbox<T>(
        &self,
        read: impl FnOnce(&Folded, &Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut folded = self.folded.borrow_mut();
        folded.turn_to(self.database.turns());
        let known = self.database.stored_schema()? >= SINCE;
        let (value, altered) = self.database.run(|connection| {
            let altered = known && folded.catch_up(connection)?;
            Ok((read(&folded, connection)?, altered))
        })?;
        if altered {
            // The next start mends it; until then the others are given out.
            drop(self.database.fail(&broken("an entry of the outbox")));
        }
        Ok(value)
    }
}

/// Appends entries, each with a key of its own.
fn queue(
    connection: &Connection,
    folded: &Folded,
    author: &str,
    entries: &[NewEntry],
    now: Timestamp,
) -> rusqlite::Result<Vec<Entry>> {
    let mut queued = Vec::with_capacity(entries.len());
    for (id, new) in (folded.next_entry()..).zip(entries) {
        let new = NewEntry {
            leaves_at: to_millisecond(new.leaves_at),
            ..new.clone()
        };
        let key = free_key(connection)?;
        let entry = Entry::queued(EntryId(id), author.to_owned(), key, new, to_millisecond(now));
        rows::insert_entry(connection, &entry)?;
        queued.push(entry);
    }
    Ok(queued)
}

/// The step that undoes an entry which the CRM surely does not have; `None` when it may, or when nothing of it is left.
fn end(entry: &Entry) -> Option<Step> {
    let discarded = Step::Discarded {
        why: "undone".to_owned(),
    };
    match entry.state {
        _ if entry.may_be_there() => None,
        State::Queued | State::Retry => Some(Step::TakenBack),
        State::Parked | State::Conflict => Some(discarded),
        _ => None,
    }
}

/// An entry after a step.
fn after(mut entry: Entry, step: &Step, now: Timestamp) -> Entry {
    entry.take(step.clone(), to_millisecond(now));
    entry
}

/// The entries that a person made in one go.
fn entries_of(connection: &Connection, act: &str) -> rusqlite::Result<Vec<EntryId>> {
    connection
        .prepare_cached("SELECT sequence FROM outbox WHERE act = ?1 ORDER BY sequence")?
        .query_map([act], |row| row.get(0).map(EntryId))?
        .collect()
}

/// An instant as it is stored.
fn to_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// A random key that no entry has.
fn free_key(connection: &Connection) -> rusqlite::Result<String> {
    loop {
        let key = random_key();
        let taken: Option<i64> = connection
            .prepare_cached("SELECT 1 FROM outbox WHERE key = ?1")?
            .query_row([&key], |row| row.get(0))
            .optional()?;
        if taken.is_none() {
            return Ok(key);
        }
    }
}

fn random_key() -> String {
    // The standard library's hasher is keyed by the system, for each value of `RandomState` anew.
    let number = RandomState::new().build_hasher().finish();
    base32::letters(number, KEY_LENGTH)
}
