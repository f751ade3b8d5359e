//! Tasks of handoffs: what each asks for is read from its last line when it is first seen, and kept in the journal. From then
//! on the task's id tells it, whatever somebody makes of its text in the CRM.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::handoff::{HandoffTask, MARK};
use crate::domain::html;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::store::{Cache, Ledger, NewEvent};

use super::EngineError;
use super::world::{World, noted_on};

/// The event of a journal that keeps what a task of a handoff was when it was first seen.
const BOUND: &str = "handoff-task-bound";

/// What the journal keeps of such a task.
#[derive(Debug, Serialize, Deserialize)]
struct Bound {
    task: RecordId,
    #[serde(flatten)]
    is: HandoffTask,
}

/// What is known of tasks of handoffs by their ids.
#[derive(Debug, Default)]
pub struct HandoffTasks {
    known: BTreeMap<RecordId, HandoffTask>,
    /// The accounts with which each was noted.
    noted: BTreeSet<(RecordId, RecordId)>,
}

impl HandoffTasks {
    /// Those that were seen, as the journal has them, on an account or on all.
    pub fn seen(ledger: &Ledger, on: Option<(&World<'_>, &RecordId)>) -> Result<Self, EngineError> {
        let mut seen = Self::default();
        for event in noted_on(ledger, on, &[BOUND])? {
            let Ok(Bound { task, is }) = serde_json::from_value(event.payload) else {
                continue;
            };
            if let Some(account) = &event.account {
                let account = ledger.resolve(Kind::Account, account)?;
                seen.noted.insert((task.clone(), account));
            }
            seen.known.entry(task).or_insert(is);
        }
        Ok(seen)
    }

    /// What a task asks for, as it was when it was first seen, or as it says now; `None` when no handoff made it.
    pub fn of(&self, task: &Record) -> Option<HandoffTask> {
        let known = self.known.get(&task.id).cloned();
        known.or_else(|| says(task))
    }

    /// Takes up what a task of an account says that was not seen there before: what the journal notes of it.
    fn notice(&mut self, task: &Record, account: &RecordId) -> Result<Option<NewEvent>, EngineError> {
        let Some(is) = self.of(task).filter(|_| !task.archived) else {
            return Ok(None);
        };
        self.known.entry(task.id.clone()).or_insert_with(|| is.clone());
        if !self.noted.insert((task.id.clone(), account.clone())) {
            return Ok(None);
        }
        let task_id = task.id.clone();
        Ok(Some(NewEvent {
            account: Some(account.clone()),
            kind: BOUND.to_owned(),
            effective_at: task.created,
            payload: serde_json::to_value(Bound { task: task_id, is }).map_err(EngineError::Json)?,
        }))
    }
}

/// What a task says now.
fn says(task: &Record) -> Option<HandoffTask> {
    // Most tasks are none: they are not taken apart.
    let body = task
        .core(Core::Body)
        .filter(|body| body.contains(MARK.trim_end()))?;
    HandoffTask::read(&html::lines(body), &task.line(Core::Subject).unwrap_or_default())
}

/// Keeps in the journal what tasks of handoffs ask for that were not seen before, and tells of all that were seen. `accounts`
/// are those that were judged; all where it is `None`. What is on its way still has no id of the CRM's.
pub fn notice(
    cache: &Cache,
    ledger: &mut Ledger,
    world: &World<'_>,
    accounts: Option<&[RecordId]>,
) -> Result<HandoffTasks, EngineError> {
    let mut seen = HandoffTasks::seen(ledger, None)?;
    let mut events = Vec::new();
    match accounts {
        None => {
            let mut new = Vec::new();
            cache.each_record(Kind::Task, &mut |task| {
                if !seen.known.contains_key(&task.id) && says(&task).is_some() {
                    new.push(task);
                }
            })?;
            for task in new {
                for account in cache.linked_ids((Kind::Task, &task.id), Kind::Account)? {
                    events.extend(seen.notice(&task, &account)?);
                }
            }
        }
        Some(accounts) => {
            for account in accounts {
                for task in cache.linked((Kind::Account, account), Kind::Task)? {
                    events.extend(seen.notice(&task, account)?);
                }
            }
        }
    }
    ledger.append(&events, world.now)?;
    Ok(seen)
}
