//! Promises to customers that were kept in the CRM: somebody completed the task there, and no note says what became of it.
//!
//! The journal keeps when that was first seen, and of which a note told first, so that a later edit of the task or of the
//! note changes nothing; nothing is written for it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::handoff::{HandoffTask, MARK, Outcome};
use crate::domain::html;
use crate::domain::overtaken::Overtaken;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::domain::team_journal::{
    PROMISE_KEPT as KEPT, PROMISE_OPEN_AGAIN as OPEN_AGAIN, PROMISE_TOLD as TOLD,
};
use crate::store::{Cache, Event, Ledger, NewEvent};

use super::EngineError;
use super::handoff_tasks::HandoffTasks;
use super::interpret::activity;
use super::world::{World, noted_on};

/// All kinds of events that tell what became of the task of a promise.
pub const KINDS: [&str; 3] = [KEPT, TOLD, OPEN_AGAIN];

/// What the journal keeps of the end of a task. What was promised is kept once, where the task was first seen
/// (`handoff-task-bound`), since it may name a customer's people, who are erased from there.
#[derive(Debug, Serialize, Deserialize)]
struct Noted {
    task: RecordId,
    /// Whose it was when it was completed.
    #[serde(default)]
    who: Option<RecordId>,
    /// Whether the promise was kept, where a note told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept: Option<bool>,
}

/// How a promise ended whose task is completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// In the CRM alone.
    Kept {
        /// When its task was completed (UTC), as far as the CRM told when it was first seen so.
        when: Timestamp,
        /// Whose task it was then.
        who: Option<RecordId>,
    },
    /// As a note said.
    Told {
        /// Whether it was kept.
        kept: bool,
        /// When that was said (UTC).
        when: Timestamp,
    },
}

/// The tasks of promises that ended, by what was noted last of each, and whether that was noted here. Events are given in the
/// journal's order.
fn ended(events: Vec<Event>) -> BTreeMap<RecordId, (End, bool)> {
    let mut ended = BTreeMap::new();
    for event in events {
        let Ok(Noted { task, who, kept }) = serde_json::from_value(event.payload) else {
            continue;
        };
        let (when, here) = (event.effective_at, event.here);
        match (event.kind.as_str(), kept) {
            (KEPT, _) => ended.insert(task, (End::Kept { when, who }, here)),
            (TOLD, Some(kept)) => ended.insert(task, (End::Told { kept, when }, here)),
            _ => ended.remove(&task),
        };
    }
    ended
}

/// The task of a promise of which an event tells, and by what that overtakes an act; `None` in its place where the task was
/// taken up again.
pub fn overtakes(event: &Event) -> Option<(RecordId, Option<Overtaken>)> {
    if !KINDS.contains(&event.kind.as_str()) {
        return None;
    }
    let noted: Noted = serde_json::from_value(event.payload.clone()).ok()?;
    let did = match noted.kept {
        Some(true) => "said that it was kept",
        Some(false) => "said that it was not kept",
        None => "completed its task in the CRM",
    };
    let overtaken = Overtaken {
        who: None,
        did: did.to_owned(),
        when: event.effective_at,
    };
    Some((noted.task, (event.kind != OPEN_AGAIN).then_some(overtaken)))
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

/// Keeps in the journal which promises were kept in the CRM, of which of those that are done a note tells, and which were
/// taken up again there. `accounts` are those that were judged; all where it is `None`. While a write of ours to a task is
/// under way, nothing is concluded from it.
pub fn notice(
    cache: &Cache,
    ledger: &mut Ledger,
    world: &World<'_>,
    accounts: Option<&[RecordId]>,
    seen: &HandoffTasks,
) -> Result<(), EngineError> {
    let known = ended(noted_on(ledger, None, &KINDS)?);
    let mut changed: Vec<(Record, HandoffTask)> = Vec::new();
    let mut look = |task: Record| {
        let is_done = task.core(Core::Done) == Some("true");
        // A colleague's program may have seen it completed before this one: what is cached of it may be from before then.
        let is_of_before = |when: Timestamp, here: bool| !here && task.changed <= when;
        let is_news = match known.get(&task.id) {
            None => is_done,
            // A note may come later.
            Some((End::Kept { when, .. }, here)) => is_done || !is_of_before(*when, *here),
            Some((End::Told { when, .. }, here)) => !is_done && !is_of_before(*when, *here),
        };
        if !is_news || task.archived || world.overlay.state(Kind::Task, &task.id).is_some() {
            return;
        }
        let promise = seen.of(&task).filter(|task| task.words.is_some());
        changed.extend(promise.map(|promise| (task, promise)));
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
    for (task, promise) in changed {
        let accounts = cache.linked_ids((Kind::Task, &task.id), Kind::Account)?;
        let Some(account) = accounts.into_iter().next() else {
            continue;
        };
        let is_done = task.core(Core::Done) == Some("true");
        let said = if is_done {
            said(&notes_on(cache, world, &account)?, &promise)
        } else {
            None
        };
        let (kind, when) = match &said {
            Some(said) => (TOLD, said.when),
            None if !is_done => (OPEN_AGAIN, task.changed),
            None if known.contains_key(&task.id) => continue,
            None => (KEPT, task.changed),
        };
        let noted = Noted {
            task: task.id.clone(),
            who: task
                .core(Core::Owner)
                .map(RecordId::from)
                .filter(|_| kind == KEPT),
            kept: said.map(|said| said.kept),
        };
        events.push(NewEvent {
            account: Some(account),
            kind: kind.to_owned(),
            effective_at: when.min(world.now),
            payload: serde_json::to_value(noted).map_err(EngineError::Json)?,
        });
    }
    Ok(ledger.append(&events, world.now)?)
}

fn notes_on(cache: &Cache, world: &World<'_>, account: &RecordId) -> Result<Vec<Record>, EngineError> {
    let shown = world.shown(cache);
    Ok(shown.linked((Kind::Account, account), Kind::Note)?)
}

/// What a note said last of a promise.
fn said(notes: &[Record], promise: &HandoffTask) -> Option<Outcome> {
    let words = promise.words.as_deref().unwrap_or_default();
    let its = |one: &Outcome| one.is_of(&promise.handoff, words);
    told(notes).filter(its).max_by_key(|one| one.when)
}

/// The promises of an account that were kept in the CRM; those of which a note tells are left to that.
pub fn kept_on(
    ledger: &Ledger,
    world: &World<'_>,
    account: &RecordId,
    (tasks, notes): (&[Record], &[Record]),
) -> Result<Vec<Outcome>, EngineError> {
    let mut untold = untold(ledger, world, account, (tasks, notes))?;
    untold.retain(|(end, _)| matches!(end, End::Kept { .. }));
    Ok(untold.into_iter().map(|(_, outcome)| outcome).collect())
}

/// What became of the promises of an account of which no note tells now, by what was noted of their tasks.
fn untold(
    ledger: &Ledger,
    world: &World<'_>,
    account: &RecordId,
    (tasks, notes): (&[Record], &[Record]),
) -> Result<Vec<(End, Outcome)>, EngineError> {
    let on = Some((world, account));
    let mut ended = ended(noted_on(ledger, on, &KINDS)?);
    let seen = HandoffTasks::seen(ledger, on)?;
    let untold = tasks.iter().filter_map(|task| {
        let (end, _) = ended.remove(&task.id)?;
        let promise = seen.of(task).filter(|promise| said(notes, promise).is_none())?;
        let (kept, when, who) = match &end {
            End::Kept { when, who } => (true, *when, who.as_ref()),
            End::Told { kept, when } => (*kept, *when, None),
        };
        let outcome = Outcome {
            handoff: promise.handoff,
            words: promise.words?,
            kept,
            why: None,
            by: who.and_then(|who| world.name_of(who).map(str::to_owned)),
            when,
        };
        Some((end, outcome))
    });
    Ok(untold.collect())
}

/// What became of an account's promises: what a person said of each last, else what was noted of its task.
pub fn outcomes(
    ledger: &Ledger,
    world: &World<'_>,
    account: &RecordId,
    (tasks, notes): (&[Record], &[Record]),
) -> Result<Vec<Outcome>, EngineError> {
    let mut outcomes: Vec<Outcome> = told(notes).collect();
    outcomes.sort_by_key(|one| std::cmp::Reverse(one.when));
    let noted = untold(ledger, world, account, (tasks, notes))?;
    outcomes.extend(noted.into_iter().map(|(_, outcome)| outcome));
    Ok(outcomes)
}
