//! What the rows of the outbox add up to. Rows are only ever added, so that a handle reads each of them once.
//!
//! Whether an entry may still be sent hangs on no step being overlooked: steps are read in the order of the
//! table, without an index, every one is verified, and none may be missing in between or, by a second count, at
//! the end. Otherwise the ledger counts as damaged, and nothing is given out before it is mended.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::Connection;

use super::rows::{self, STEP, StoredStep};
use crate::domain::outbox::{Entry, EntryId, State};
use crate::store::broken;

/// The entries of a ledger, as far as this handle has read them.
#[derive(Debug, Default)]
pub(in crate::store) struct Folded {
    /// Of which file they are.
    turn: u64,
    last_step: i64,
    last_entry: i64,
    trails: BTreeMap<EntryId, Trail>,
    open: BTreeMap<EntryId, Entry>,
    damaged: BTreeSet<EntryId>,
}

/// The steps of one entry.
#[derive(Debug, Default)]
struct Trail {
    steps: Vec<i64>,
    /// The final state and when it came.
    end: Option<(State, Timestamp)>,
}

impl Folded {
    /// Which of the files that stood at the path one after another was read.
    pub(super) fn turn(&self) -> u64 {
        self.turn
    }

    /// What was read of another file does not count any more.
    pub(super) fn turn_to(&mut self, turn: u64) {
        if self.turn != turn {
            self.turn = turn;
            self.forget();
        }
    }

    /// All rows are read again when they are needed next.
    pub(in crate::store) fn forget(&mut self) {
        *self = Self {
            turn: self.turn,
            ..Self::default()
        };
    }

    /// Reads what was added since. Says whether an entry was seen that is not as it was written.
    pub(in crate::store) fn catch_up(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let outcome = self.read_on(connection);
        if outcome.is_err() {
            // What was read halfway adds up to nothing.
            self.forget();
        }
        outcome
    }

    fn read_on(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        // Steps first: the entry of a step that is there is there too.
        let mut touched = self.follow(new_steps(connection, self.last_step)?);
        // Numbers count as given up to the highest one that a checksum proves.
        let mut highest = touched.last().map_or(0, |id| id.0);
        let there = new_entries(connection, self.last_entry)?;
        touched.extend(&there);
        let mut altered = false;
        for id in touched {
            self.open.remove(&id);
            self.damaged.remove(&id);
            if self.end(id).is_some() {
                continue;
            }
            match self.load(connection, id) {
                Ok(Some(entry)) => {
                    self.open.insert(id, entry);
                    highest = highest.max(id.0);
                }
                Err(error @ rusqlite::Error::SqliteFailure(..)) => return Err(error),
                other => {
                    altered |= other.is_err();
                    self.damaged.insert(id);
                }
            }
        }
        self.note_gaps(&there, highest);
        Ok(altered)
    }

    /// Notes to which entries these steps belong, and says which entries they are.
    fn follow(&mut self, steps: Vec<StoredStep>) -> BTreeSet<EntryId> {
        let mut touched = BTreeSet::new();
        for step in steps {
            self.last_step = step.sequence;
            let Some(state) = step.state else { continue };
            let trail = self.trails.entry(step.entry).or_default();
            trail.steps.push(step.sequence);
            trail.end = state.is_final().then_some((state, step.at));
            touched.insert(step.entry);
        }
        touched
    }

    /// Entries whose number was given but which are gone are damaged too.
    fn note_gaps(&mut self, there: &BTreeSet<EntryId>, highest: i64) {
        for id in (self.last_entry + 1..=highest).map(EntryId) {
            if !there.contains(&id) && self.end(id).is_none() {
                self.damaged.insert(id);
            }
        }
        self.last_entry = self.last_entry.max(highest);
    }

    fn end(&self, id: EntryId) -> Option<(State, Timestamp)> {
        self.trails.get(&id).and_then(|trail| trail.end)
    }

    /// An entry with all its steps, verified; `None` when its own row is gone.
    fn load(&self, connection: &Connection, id: EntryId) -> rusqlite::Result<Option<Entry>> {
        let Some(mut entry) = rows::entry(connection, id)? else {
            return Ok(None);
        };
        for sequence in self.steps_of(id) {
            let stored = rows::step(connection, *sequence)?;
            entry.take(stored.step()?, stored.at);
        }
        Ok(Some(entry))
    }

    /// The numbers of an entry's steps, in their order.
    pub(in crate::store) fn steps_of(&self, id: EntryId) -> &[i64] {
        self.trails.get(&id).map_or(&[][..], |trail| &trail.steps)
    }

    /// An entry, whatever its state.
    pub(super) fn entry(&self, connection: &Connection, id: EntryId) -> rusqlite::Result<Option<Entry>> {
        match self.open.get(&id) {
            Some(entry) => Ok(Some(entry.clone())),
            None if self.end(id).is_some() => self.load(connection, id),
            None => Ok(None),
        }
    }

    /// Where an entry stands, if it can be read.
    pub(super) fn state(&self, id: EntryId) -> Option<State> {
        let open = self.open.get(&id).map(|entry| entry.state);
        open.or_else(|| self.end(id).map(|(state, _)| state))
    }

    /// Entries that are not final, in their order.
    pub(in crate::store) fn open(&self) -> impl Iterator<Item = &Entry> {
        self.open.values()
    }

    /// Entries that arrived at this instant or later.
    pub(super) fn sent_since(&self, since: Timestamp) -> impl Iterator<Item = EntryId> {
        let sent = move |trail: &Trail| matches!(trail.end, Some((State::Sent, at)) if at >= since);
        let found = self.trails.iter().filter(move |(_, trail)| sent(trail));
        found.map(|(id, _)| *id)
    }

    /// Entries that cannot be read any more and were not ended.
    pub(super) fn damaged(&self) -> &BTreeSet<EntryId> {
        &self.damaged
    }

    /// Entries that can be read, newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = EntryId> {
        let ended = self.trails.iter().filter(|(_, trail)| trail.end.is_some());
        let mut ids: Vec<EntryId> = self.open.keys().copied().collect();
        ids.extend(ended.map(|(id, _)| *id));
        ids.sort_unstable_by(|one, other| other.cmp(one));
        ids.into_iter()
    }

    /// The number that the next entry gets.
    pub(super) fn next_entry(&self) -> i64 {
        let of_damaged = self.damaged.last().map_or(0, |id| id.0);
        self.last_entry.max(of_damaged).saturating_add(1)
    }

    /// The number that the next step gets.
    pub(in crate::store) fn next_step(&self) -> i64 {
        self.last_step + 1
    }
}

/// The steps after this one, verified, none missing.
fn new_steps(connection: &Connection, after: i64) -> rusqlite::Result<Vec<StoredStep>> {
    // Counted before they are read: another process may add some in between.
    let counted: i64 = connection
        .prepare_cached("SELECT ifnull(max(sequence), 0) FROM outbox_steps INDEXED BY outbox_steps_again")?
        .query_row([], |row| row.get(0))?;
    let steps: Vec<StoredStep> = connection
        .prepare_cached(&format!(
            "SELECT {STEP} FROM outbox_steps NOT INDEXED WHERE sequence > ?1 ORDER BY sequence"
        ))?
        .query_map([after], rows::read_step)?
        .collect::<rusqlite::Result<_>>()?;
    let in_order = (after + 1..)
        .zip(&steps)
        .all(|(place, step)| place == step.sequence);
    if in_order && after + steps.len() as i64 >= counted {
        return Ok(steps);
    }
    Err(broken("the steps of the outbox"))
}

/// The numbers of the entries after this one.
fn new_entries(connection: &Connection, after: i64) -> rusqlite::Result<BTreeSet<EntryId>> {
    connection
        .prepare_cached("SELECT sequence FROM outbox NOT INDEXED WHERE sequence > ?1 ORDER BY sequence")?
        .query_map([after], |row| row.get(0).map(EntryId))?
        .collect()
}
