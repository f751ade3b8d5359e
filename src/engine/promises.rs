//! Promises to customers that were kept in the CRM: somebody completed the task there, and no note says what became of it.
//!
//! The journal keeps when that was first seen, so that a later edit of the task changes nothing; nothing is written for it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::handoff::{MARK, Outcome, promise_words, promised_by};
use crate::domain::html;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::store::{Cache, Ledger, NewEvent};

use super::EngineError;
use super::interpret::activity;
use super::world::{World, noted_on};

/// The event of a journal that a task which was promised was completed in the CRM.
const KEPT: &str = "promise-kept";
/// That such a task was taken up again there.
const OPEN_AGAIN: &str = "promise-open-again";

/// What the journal keeps of a task; no words, since they may name a customer's people.
#[derive(Debug, Serialize, Deserialize)]
struct Noted {
    task: RecordId,
    /// Whose it was when it was completed.
    #[serde(default)]
    who: Option<RecordId>,
}

/// A promise that was kept in the CRM.
#[derive(Debug, Clone)]
struct Kept {
    /// When its task was completed (UTC), as far as the CRM told when it was first seen so.
    when: Timestamp,
    /// Whose task it was then.
    who: Option<RecordId>,
}

/// The tasks that were kept in the CRM, by what was noted last of each, on an account or on all.
fn kept(
    ledger: &Ledger,
    on: Option<(&World<'_>, &RecordId)>,
) -> Result<BTreeMap<RecordId, Kept>, EngineError> {
    let mut kept = BTreeMap::new();
    for event in noted_on(ledger, on, &[KEPT, OPEN_AGAIN])? {
        let Ok(Noted { task, who }) = serde_json::from_value(event.payload) else {
            continue;
        };
        if event.kind == KEPT {
            let when = event.effective_at;
            kept.insert(task, Kept { when, who });
        } else {
            kept.remove(&task);
        }
    }
    Ok(kept)
}

/// The lines of a task that was promised to a customer.
fn promised(task: &Record) -> Option<Vec<String>> {
    let body = task.core(Core::Body).filter(|_| !task.archived)?;
    let lines = html::lines(body);
    promised_by(&lines)?;
    Some(lines)
}

/// What notes say of promises, in their order.
fn told(notes: &[Record]) -> impl Iterator<Item = Outcome> {
    let notes = notes.iter().filter(|note| !note.archived);
    notes.filter_map(|note| {
        let body = note
            .core(Core::Body)
            .filter(|body| body.contains(MARK.trim_end()))?;
        Outcome::parse(&html::lines(body), activity::occurred(note))
    })
}

/// Keeps in the journal which promises were kept in the CRM, and which were taken up again there. `accounts` are those that
/// were judged; all where it is `None`. While a write of ours to a task is under way, nothing is concluded from it.
pub fn notice(
    cache: &Cache,
    ledger: &mut Ledger,
    world: &World<'_>,
    accounts: Option<&[RecordId]>,
) -> Result<(), EngineError> {
    if ledger.is_read_only() {
        return Ok(());
    }
    let known = kept(ledger, None)?;
    let mut changed: Vec<Record> = Vec::new();
    let mut look = |task: Record| {
        let is_done = task.core(Core::Done) == Some("true");
        let is_news = is_done != known.contains_key(&task.id);
        if is_news && promised(&task).is_some() && world.overlay.state(Kind::Task, &task.id).is_none() {
            changed.push(task);
        }
    };
    match accounts {
        None => cache.each_record(Kind::Task, &mut look)?,
        Some(accounts) => {
            for account in accounts {
                let tasks = cache.linked((Kind::Account, account), Kind::Task)?;
                tasks.into_iter().for_each(&mut look);
            }
        }
    }
    let mut events = Vec::new();
    for task in changed {
        let accounts = cache.linked_ids((Kind::Task, &task.id), Kind::Account)?;
        let Some(account) = accounts.into_iter().next() else {
            continue;
        };
        let is_done = task.core(Core::Done) == Some("true");
        if is_done && is_settled(cache, world, &account, &task)? {
            continue;
        }
        let noted = Noted {
            task: task.id.clone(),
            who: task.core(Core::Owner).map(RecordId::from).filter(|_| is_done),
        };
        events.push(NewEvent {
            account: Some(account),
            kind: if is_done { KEPT } else { OPEN_AGAIN }.to_owned(),
            effective_at: task.changed.min(world.now),
            payload: serde_json::to_value(noted).map_err(EngineError::Json)?,
        });
    }
    Ok(ledger.append(&events, world.now)?)
}

fn is_settled(
    cache: &Cache,
    world: &World<'_>,
    account: &RecordId,
    task: &Record,
) -> Result<bool, EngineError> {
    let notes = world.shown(cache).linked((Kind::Account, account), Kind::Note)?;
    Ok(untold(task, &notes).is_none())
}

/// The handoff, and who did what, of a promise of which no note says what became of it.
fn untold(task: &Record, notes: &[Record]) -> Option<(String, String)> {
    let lines = promised(task)?;
    let subject = task.line(Core::Subject).unwrap_or_default();
    let (handoff, words) = (promised_by(&lines)?, promise_words(&subject));
    let is_told = told(notes).any(|one| one.handoff == handoff && one.words == words);
    (!is_told).then(|| (handoff.to_owned(), words.to_owned()))
}

/// The promises of an account that were kept in the CRM; those of which a note tells are left to that.
pub fn kept_on(
    ledger: &Ledger,
    world: &World<'_>,
    account: &RecordId,
    (tasks, notes): (&[Record], &[Record]),
) -> Result<Vec<Outcome>, EngineError> {
    let kept = kept(ledger, Some((world, account)))?;
    let in_crm = tasks.iter().filter_map(|task| {
        let Kept { when, who } = kept.get(&task.id)?.clone();
        let (handoff, words) = untold(task, notes)?;
        Some(Outcome {
            handoff,
            words,
            kept: true,
            why: None,
            by: who.and_then(|who| world.name_of(&who).map(str::to_owned)),
            when,
        })
    });
    Ok(in_crm.collect())
}

/// What became of an account's promises: what a person said of each last, else that it was kept in the CRM.
pub fn outcomes(
    ledger: &Ledger,
    world: &World<'_>,
    account: &RecordId,
    (tasks, notes): (&[Record], &[Record]),
) -> Result<Vec<Outcome>, EngineError> {
    let mut outcomes: Vec<Outcome> = told(notes).collect();
    outcomes.sort_by_key(|one| std::cmp::Reverse(one.when));
    outcomes.extend(kept_on(ledger, world, account, (tasks, notes))?);
    Ok(outcomes)
}
