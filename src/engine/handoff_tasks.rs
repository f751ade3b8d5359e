//! Tasks of handoffs: what each asks for is read from its last line when it is first seen, and kept in the journal. From then
//! on the task's id tells it, whatever somebody makes of its text in the CRM.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::handoff::{HandoffTask, MARK};
use crate::domain::html;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::store::{Cache, Event, Ledger, NewEvent};

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
}

impl HandoffTasks {
    /// Those that were seen, as the journal has them, on an account or on all.
    pub fn seen(ledger: &Ledger, on: Option<(&World<'_>, &RecordId)>) -> Result<Self, EngineError> {
        Ok(Self::of_events(&noted_on(ledger, on, &[BOUND])?))
    }

    /// Of a task the event that was noted first counts.
    fn of_events(events: &[Event]) -> Self {
        let mut known = BTreeMap::new();
        for Bound { task, is } in events.iter().filter_map(bound) {
            known.entry(task).or_insert(is);
        }
        Self { known }
    }

    /// What a task asks for, as it was when it was first seen, or as it says now; `None` when no handoff made it.
    pub fn of(&self, task: &Record) -> Option<HandoffTask> {
        let known = self.known.get(&task.id).cloned();
        known.or_else(|| says(task))
    }
}

fn bound(event: &Event) -> Option<Bound> {
    serde_json::from_value(event.payload.clone()).ok()
}

/// What the journal is to note of tasks, with what it has noted.
struct Noting {
    seen: HandoffTasks,
    /// The accounts with which each task was noted.
    noted: BTreeSet<(RecordId, RecordId)>,
    events: Vec<NewEvent>,
}

impl Noting {
    fn begin(ledger: &Ledger) -> Result<Self, EngineError> {
        let events = ledger.events(None, &[BOUND])?;
        let mut noted = BTreeSet::new();
        for event in &events {
            if let (Some(account), Some(bound)) = (&event.account, bound(event)) {
                noted.insert((bound.task, ledger.resolve(Kind::Account, account)?));
            }
        }
        Ok(Self {
            seen: HandoffTasks::of_events(&events),
            noted,
            events: Vec::new(),
        })
    }

    /// Takes up what a task of an account says that was not seen there before.
    fn look(&mut self, task: &Record, account: &RecordId) -> Result<(), EngineError> {
        let Some(is) = self.seen.of(task).filter(|_| !task.archived) else {
            return Ok(());
        };
        self.seen
            .known
            .entry(task.id.clone())
            .or_insert_with(|| is.clone());
        if self.noted.insert((task.id.clone(), account.clone())) {
            let task_id = task.id.clone();
            self.events.push(NewEvent {
                account: Some(account.clone()),
                kind: BOUND.to_owned(),
                effective_at: task.created,
                payload: serde_json::to_value(Bound { task: task_id, is }).map_err(EngineError::Json)?,
            });
        }
        Ok(())
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
    let mut noting = Noting::begin(ledger)?;
    match accounts {
        None => {
            let mut new = Vec::new();
            cache.each_record(Kind::Task, &mut |task| {
                if !noting.seen.known.contains_key(&task.id) && says(&task).is_some() {
                    new.push(task);
                }
            })?;
            for task in new {
                for account in cache.linked_ids((Kind::Task, &task.id), Kind::Account)? {
                    noting.look(&task, &account)?;
                }
            }
        }
        Some(accounts) => {
            for account in accounts {
                for task in cache.linked((Kind::Account, account), Kind::Task)? {
                    noting.look(&task, account)?;
                }
            }
        }
    }
    ledger.append(&noting.events, world.now)?;
    Ok(noting.seen)
}
