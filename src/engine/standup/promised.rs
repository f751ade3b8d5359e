//! What was promised in the last standups of a scope, and what became of it.

use std::collections::BTreeMap;

use crate::domain::acts::task::LEFT_OUT;
use crate::domain::outbox::{State, Write};
use crate::domain::record::{Core, Kind, RecordId};
use crate::domain::standup::{Held, Promise, Standing, Task, to_check};
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
        let task = match &decision.act {
            Some(act) => Some(task_of(cache, ledger, world, act)?),
            None => None,
        };
        let name = |address: &str| world.name_of_author(address);
        let standing = Standing::of(decision, task, world.today, name);
        promises
            .entry(decision.account.clone())
            .or_default()
            .push(Promise::of(made, decision, standing));
    }
    Ok(promises)
}

/// What became of the task that an act made, by the receipt of our own write. One that was closed as left out was not done.
fn task_of(cache: &Cache, ledger: &Ledger, world: &World<'_>, act: &str) -> Result<Task, EngineError> {
    let makes = |write: &Write| matches!(write, Write::Create { kind: Kind::Task, .. });
    let entries = ledger.entries_of_act(act)?;
    let Some(entry) = entries.into_iter().find(|entry| makes(&entry.new.write)) else {
        return Ok(Task::Missing);
    };
    let Some(receipt) = &entry.receipt else {
        let is_given_up = matches!(entry.state, State::TakenBack | State::Discarded);
        return Ok(if is_given_up { Task::Missing } else { Task::Open });
    };
    let id = ledger.resolve(Kind::Task, &receipt.record)?;
    let task = world.shown(cache).record(Kind::Task, &id)?;
    let Some(task) = task.filter(|task| !task.archived) else {
        return Ok(Task::Missing);
    };
    let is_left_out = task
        .core(Core::Subject)
        .is_some_and(|subject| subject.starts_with(LEFT_OUT));
    let is_done = task.core(Core::Done) == Some("true") && !is_left_out;
    Ok(if is_done { Task::Done } else { Task::Open })
}
