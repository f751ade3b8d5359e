//! Runs of colleagues: found by the last line of their tasks in the CRM, from then on known by the tasks' ids.
//!
//! What the CRM's texts say is only noted and shown: nothing is written because of it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::acts::task::LEFT_OUT;
use crate::domain::html;
use crate::domain::outbox::Target;
use crate::domain::playbook::{BOUND, MARK, Mark, PlayEvent, Run, TheirRun, What, theirs};
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::account_view::who;
use super::world::{World, noted_on};

/// The runs of colleagues on an account, or on all, with how their tasks are now.
pub fn runs(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    account: Option<&RecordId>,
) -> Result<Vec<TheirRun>, EngineError> {
    let runs = theirs(&bound(ledger, account.map(|id| (world, id)))?);
    as_they_are(cache, ledger, world, runs)
}

/// The runs of colleagues on the accounts on which these runs are open, with how their tasks are now.
pub fn beside(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    own: &[Run],
) -> Result<Vec<TheirRun>, EngineError> {
    let open: BTreeSet<&RecordId> = own
        .iter()
        .filter(|run| run.is_open())
        .map(|run| &run.account)
        .collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let mut runs = theirs(&bound(ledger, None)?);
    runs.retain(|run| open.contains(&run.account));
    as_they_are(cache, ledger, world, runs)
}

fn as_they_are(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    mut runs: Vec<TheirRun>,
) -> Result<Vec<TheirRun>, EngineError> {
    for task in runs.iter_mut().flat_map(|run| &mut run.tasks) {
        let id = ledger.resolve(Kind::Task, &task.task)?;
        let record = cache.record(Kind::Task, &id)?.filter(|record| !record.archived);
        task.done = record
            .as_ref()
            .map(|record| record.core(Core::Done) == Some("true"));
        let subject = record.as_ref().and_then(|record| record.core(Core::Subject));
        task.left_out =
            task.done == Some(true) && subject.is_some_and(|subject| subject.starts_with(LEFT_OUT));
        task.owner = record.map(|record| who(world, &record)).unwrap_or_default();
    }
    Ok(runs)
}

/// The runs of colleagues on all accounts, with how their tasks are now.
pub fn colleagues(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    now: Timestamp,
) -> Result<Vec<TheirRun>, EngineError> {
    runs(cache, ledger, &World::read(cache, ledger, setup, now, &[])?, None)
}

/// What the journal notes of tasks that are seen with their last line for the first time: those of these accounts, or of
/// all. `own` are the runs that this ledger keeps: their tasks are bound by what we wrote, whatever a text says.
pub fn seen(
    cache: &Cache,
    ledger: &Ledger,
    own: &[Run],
    accounts: Option<&[RecordId]>,
) -> Result<Vec<PlayEvent>, EngineError> {
    let mut known: BTreeSet<RecordId> = BTreeSet::new();
    for event in bound(ledger, None)? {
        if let What::Bound { task, .. } = event.what {
            known.insert(task);
        }
    }
    known.extend(
        own.iter()
            .flat_map(|run| &run.steps)
            .filter_map(|step| match &step.task {
                Some(Target::Record(id)) => Some(id.clone()),
                _ => None,
            }),
    );
    let is_new = |mark: &Mark| own.iter().all(|run| run.id != mark.run);
    let mut found: Vec<(RecordId, Mark)> = Vec::new();
    let mut look = |task: &Record| {
        if !task.archived && !known.contains(&task.id) {
            let mark = mark_of(task).filter(is_new);
            found.extend(mark.map(|mark| (task.id.clone(), mark)));
        }
    };
    match accounts {
        None => cache.each_record(Kind::Task, &mut |task| look(&task))?,
        Some(accounts) => {
            for account in accounts {
                cache
                    .linked((Kind::Account, account), Kind::Task)?
                    .iter()
                    .for_each(&mut look);
            }
        }
    }
    let mut events = Vec::new();
    for (task, mark) in found {
        let account = cache
            .linked_ids((Kind::Task, &task), Kind::Account)?
            .into_iter()
            .next();
        events.extend(account.map(|account| PlayEvent {
            account,
            what: What::Bound {
                run: mark.run,
                step: mark.step,
                task,
                of: mark.place.map(|(_, of)| of),
                playbook: mark.playbook,
                signal: mark.signal,
            },
        }));
    }
    Ok(events)
}

fn mark_of(task: &Record) -> Option<Mark> {
    let body = task.core(Core::Body).filter(|body| body.contains(MARK))?;
    let lines = html::lines(body);
    Mark::read(lines.iter().map(String::as_str))
}

/// The tasks that were seen, as the journal has them, on an account or on all.
fn bound(ledger: &Ledger, on: Option<(&World<'_>, &RecordId)>) -> Result<Vec<PlayEvent>, EngineError> {
    let mut events = Vec::new();
    for event in noted_on(ledger, on, &[BOUND])? {
        let Some(id) = &event.account else { continue };
        let id = ledger.resolve(Kind::Account, id)?;
        events.extend(PlayEvent::read(&id, &event.kind, &event.payload));
    }
    Ok(events)
}
