//! What was promised in the last standups of a scope, and what became of it.

use std::collections::BTreeMap;

use super::task_entry;
use crate::domain::acts::task::LEFT_OUT;
use crate::domain::outbox::State;
use crate::domain::record::{Core, Kind, RecordId};
use crate::domain::standup::{Decision, Held, Promise, Standing, Task, to_check};
use crate::store::{Cache, Ledger};

use crate::engine::EngineError;
use crate::engine::world::World;

/// The promises that the next standup of a scope looks back at, by their accounts.
pub fn of(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    (held, scope): (&[Held], &str),
) -> Result<BTreeMap<RecordId, Vec<Promise>>, EngineError> {
    let mut promises: BTreeMap<RecordId, Vec<Promise>> = BTreeMap::new();
    for (made, decision) in to_check(held, scope, |held| world.day(held.at)) {
        let task = task_of(cache, ledger, world, decision)?;
        let name = |address: &str| world.name_of_author(address);
        let standing = Standing::of(decision, task, world.today, name);
        promises
            .entry(decision.account.clone())
            .or_default()
            .push(Promise::of(made, decision, standing));
    }
    Ok(promises)
}

/// What became of the task that a decision made: by the receipt of our own write, else by which task whoever wrote it said that
/// it is. One that was closed as left out was not done; one that this cache does not have tells nothing.
fn task_of(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    decision: &Decision,
) -> Result<Option<Task>, EngineError> {
    let Some(act) = &decision.act else {
        return Ok(None);
    };
    let own = task_entry(ledger, act)?;
    let id = match (&own, &decision.task) {
        (Some(entry), _) => match &entry.receipt {
            Some(receipt) => &receipt.record,
            None if matches!(entry.state, State::TakenBack | State::Discarded) => {
                return Ok(Some(Task::Missing));
            }
            None => return Ok(Some(Task::Open)),
        },
        (None, Some(task)) => task,
        (None, None) => return Ok(Some(Task::Missing)),
    };
    let id = ledger.resolve(Kind::Task, id)?;
    let task = world.shown(cache).record(Kind::Task, &id)?;
    let Some(task) = task.filter(|task| !task.archived) else {
        return Ok(Some(Task::Missing));
    };
    let is_left_out = task
        .core(Core::Subject)
        .is_some_and(|subject| subject.starts_with(LEFT_OUT));
    let is_done = task.core(Core::Done) == Some("true") && !is_left_out;
    Ok(Some(if is_done { Task::Done } else { Task::Open }))
}
