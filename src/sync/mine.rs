//! What waits for me, and for whom I stand in: our open tasks and handoffs are always in scope, and bring the accounts that
//! they are about.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::error::SyncError;
use super::plan::Walk;
use super::scope::OWNER;
use super::session::Session;
use crate::crm::{Condition, Crm, Hit};
use crate::domain::record::{Core, Kind, Owner, Record, RecordId};
use crate::domain::{handoff, html};

/// The word by which handoff notes are searched.
const WORD: &str = "handoff";
/// Name of the stream.
const HANDOFFS: &str = "handoffs";
/// For so long a handoff brings its account.
const BRINGS: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Accounts that handoffs of mine are about, and of those for whom I stand in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Handoffs {
    /// Whose. Of others nothing is known up to the watermark, and what those brought who are back is theirs alone.
    #[serde(default)]
    of: BTreeSet<RecordId>,
    /// Notes are read up to here.
    watermark: Option<Timestamp>,
    /// Account and when its newest handoff note was written.
    accounts: BTreeMap<RecordId, Timestamp>,
}

impl<C: Crm> Session<'_, C> {
    /// Finds my open tasks and the accounts that they bring.
    pub fn find_mine(&mut self) -> Result<Vec<Hit>, SyncError> {
        let Some(me) = self.whose.me.clone() else {
            return Ok(Vec::new());
        };
        let mine = std::iter::once(&me).chain(&self.whose.covers);
        let mine = mine.map(|owner| owner.0.clone()).collect();
        let conditions = [Condition::OneOf(OWNER.to_owned(), mine), Condition::Open];
        let mut tasks = Vec::new();
        let mut walk = Walk::everything();
        while let Some(search) = walk.search(Kind::Task, &conditions) {
            tasks.extend(walk.take(self.reader.search(&search)?));
        }
        self.newest = tasks
            .iter()
            .map(|hit| hit.changed)
            .fold(self.newest, Timestamp::max);
        let ids: Vec<RecordId> = tasks.iter().map(|hit| hit.id.clone()).collect();
        for (_, accounts) in self.reader.links(Kind::Task, Kind::Account, &ids)? {
            self.whose.brought.extend(accounts);
        }
        Ok(tasks)
    }

    /// Reads and keeps those of my open tasks that are new or newer than here. One that is not open any more is found
    /// with the changes of its kind.
    pub fn keep_mine(&mut self, tasks: &[Hit]) -> Result<(), SyncError> {
        let mut wanted = Vec::new();
        for Hit { id, changed } in tasks {
            let here = self.stores.cache.record(Kind::Task, id)?;
            if here.is_none_or(|here| self.is_newer(*changed, here.changed)) {
                wanted.push(id.clone());
            }
        }
        for part in wanted.chunks(500) {
            let haul = self.haul_of(Kind::Task, part, true)?;
            let touched = self.keep(haul)?;
            self.tell_changed(touched);
        }
        Ok(())
    }

    /// Finds handoff notes that name me, and the accounts that they bring. Only what was written since the last sync is
    /// read, since a portal holds many.
    pub fn find_handoffs(&mut self, owners: &[Owner]) -> Result<(), SyncError> {
        let is_mine = |owner: &&Owner| {
            Some(&owner.id) == self.whose.me.as_ref() || self.whose.covers.contains(&owner.id)
        };
        let mine: Vec<&Owner> = owners.iter().filter(is_mine).collect();
        if mine.is_empty() || self.whose.owners.is_none() {
            return Ok(());
        }
        let known_before = self.newest;
        let oldest = self.options.now.saturating_sub(BRINGS).unwrap_or(Timestamp::MIN);
        let of: BTreeSet<RecordId> = mine.iter().map(|owner| owner.id.clone()).collect();
        let before: Handoffs = self.cursor(HANDOFFS)?.unwrap_or_default();
        let mut handoffs = if before.of == of {
            before.clone()
        } else {
            Handoffs {
                of,
                ..Handoffs::default()
            }
        };
        let from = handoffs
            .watermark
            .and_then(|mark| mark.saturating_sub(self.options.lookback).ok());
        let mut walk = Walk::since(from.unwrap_or(oldest).max(oldest));
        while let Some(search) = walk.search(Kind::Note, &[Condition::Mentions(WORD.to_owned())]) {
            let ids: Vec<RecordId> = walk
                .take(self.reader.search(&search)?)
                .into_iter()
                .map(|hit| hit.id)
                .collect();
            let notes = self.reader.read(Kind::Note, &ids)?.records;
            let named: BTreeMap<RecordId, Timestamp> = notes
                .into_iter()
                .filter(|note| mine.iter().any(|person| names(note, person)))
                .map(|note| (note.id, note.changed))
                .collect();
            let ids: Vec<RecordId> = named.keys().cloned().collect();
            for (note, accounts) in self.reader.links(Kind::Note, Kind::Account, &ids)? {
                let written = named.get(&note).copied().unwrap_or(self.options.now);
                for account in accounts {
                    let newest = handoffs.accounts.entry(account).or_insert(written);
                    *newest = written.max(*newest);
                }
            }
        }
        // What the key may not read now is looked for again from the same place on.
        if self.reader.is_open(Kind::Note) {
            handoffs.watermark = Some(handoffs.watermark.unwrap_or(Timestamp::MIN).max(known_before));
        } else {
            handoffs = before;
        }
        handoffs.accounts.retain(|_, written| *written >= oldest);
        self.whose.brought.extend(handoffs.accounts.keys().cloned());
        self.put_cursor(HANDOFFS, &handoffs)
    }
}

/// Whether a note is a handoff that names this person as giver or receiver.
fn names(note: &Record, person: &Owner) -> bool {
    let event = note
        .core(Core::Body)
        .and_then(|body| handoff::parse(&html::lines(body), note.changed));
    event.is_some_and(|event| {
        [event.from, event.to].into_iter().flatten().any(|named| {
            let named = named.trim().to_lowercase();
            !named.is_empty()
                && [&person.name, &person.email]
                    .into_iter()
                    .any(|one| one.to_lowercase() == named)
        })
    })
}
