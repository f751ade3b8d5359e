//! Goals of accounts with what was said of those that were missed. That is a note in the CRM; the journal keeps what each said when
//! it was first seen, for the team too, so that a later edit of the note changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::goal::{Goal, MARK, Told, last_told, parse};
use crate::domain::html;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::domain::team_journal::GOAL_TOLD;
use crate::store::{Cache, Ledger, NewEvent};

use super::EngineError;
use super::interpret::account::Account;
use super::interpret::{self, activity};
use super::world::{World, noted_on};

/// What the journal keeps of such a note.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Noted {
    note: RecordId,
    goal: String,
    due: String,
    #[serde(flatten)]
    told: Told,
}

/// What a note says of a goal now.
fn says(note: &Record) -> Option<Noted> {
    let body = note
        .core(Core::Body)
        .filter(|body| !note.archived && body.contains(MARK.trim_end()))?;
    let ((goal, due), told) = parse(&html::lines(body))?;
    Some(Noted {
        note: note.id.clone(),
        goal,
        due,
        told,
    })
}

/// The goals of an account, with what was said of each. `notes` are those of the account.
pub fn of_account(
    ledger: &Ledger,
    world: &World<'_>,
    (record, account): (&Record, &Account),
    notes: &[Record],
) -> Result<Vec<Goal>, EngineError> {
    let mapping = &world.setup.mapping;
    let name = |owner: &RecordId| world.name_of(owner).map(str::to_owned);
    let mut goals = interpret::goal::goals(record, account, mapping, name);
    if goals.is_empty() {
        return Ok(goals);
    }
    let mut said: BTreeMap<RecordId, (Timestamp, Noted)> = BTreeMap::new();
    for event in noted_on(ledger, Some((world, &account.id)), &[GOAL_TOLD])? {
        if let Ok(noted) = serde_json::from_value::<Noted>(event.payload) {
            said.entry(noted.note.clone())
                .or_insert((event.effective_at, noted));
        }
    }
    for note in notes {
        if let Some(noted) = says(note) {
            said.entry(note.id.clone())
                .or_insert((activity::occurred(note), noted));
        }
    }
    let said = said.into_values();
    let said: Vec<_> = said
        .map(|(at, noted)| (at, (noted.goal, noted.due), noted.told))
        .collect();
    for goal in &mut goals {
        if let Some(due) = goal.due {
            goal.told = last_told(said.iter().cloned(), (&goal.id, due));
        }
    }
    Ok(goals)
}

/// Keeps in the journal what notes say of goals, each as it is first seen. `accounts` are those that were judged; all where it is
/// `None`. Without goals in the mapping nobody looks.
pub fn notice(
    cache: &Cache,
    ledger: &mut Ledger,
    world: &World<'_>,
    accounts: Option<&[RecordId]>,
) -> Result<(), EngineError> {
    if world.setup.mapping.goals.is_empty() {
        return Ok(());
    }
    let mut found: Vec<(Timestamp, Noted)> = Vec::new();
    let mut look = |note: Record| {
        found.extend(says(&note).map(|noted| (activity::occurred(&note), noted)));
    };
    match accounts {
        None => cache.each_record(Kind::Note, &mut look)?,
        Some(accounts) => {
            for account in accounts {
                let notes = cache.linked((Kind::Account, account), Kind::Note)?;
                notes.into_iter().for_each(&mut look);
            }
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let known = noted_on(ledger, None, &[GOAL_TOLD])?.into_iter();
    let known: BTreeSet<RecordId> = known
        .filter_map(|event| serde_json::from_value::<Noted>(event.payload).ok())
        .map(|noted| noted.note)
        .collect();
    let mut events = Vec::new();
    for (at, noted) in found
        .into_iter()
        .filter(|(_, noted)| !known.contains(&noted.note))
    {
        let accounts = cache.linked_ids((Kind::Note, &noted.note), Kind::Account)?;
        let Some(account) = accounts.into_iter().next() else {
            continue;
        };
        events.push(NewEvent {
            account: Some(account),
            kind: GOAL_TOLD.to_owned(),
            effective_at: at.min(world.now),
            payload: serde_json::to_value(noted).map_err(EngineError::Json)?,
        });
    }
    Ok(ledger.append(&events, world.now)?)
}

/// The goals of an account by its id, read for a list.
pub fn on(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    id: &RecordId,
) -> Result<Vec<Goal>, EngineError> {
    let shown = world.shown(cache);
    let Some(record) = shown.record(Kind::Account, id)? else {
        return Ok(Vec::new());
    };
    let mapping = &world.setup.mapping;
    let Some(account) = interpret::account::account(&record, mapping) else {
        return Ok(Vec::new());
    };
    // Most accounts have none: their notes are not read.
    if interpret::goal::goals(&record, &account, mapping, |_| None).is_empty() {
        return Ok(Vec::new());
    }
    let notes = shown.linked((Kind::Account, id), Kind::Note)?;
    of_account(ledger, world, (&record, &account), &notes)
}
