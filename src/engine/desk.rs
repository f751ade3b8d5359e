//! The desk: the risk queue, what is due for me, the handoffs, the day in one line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};

use crate::config::Setup;
use crate::domain::desk::{Day, Desk, DueItem, DueKind, HandoffCard, TaskFacts};
use crate::domain::handoff::Asks;
use crate::domain::html;
use crate::domain::money::Sum;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::domain::summary::Summary;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::budget;
use super::colleagues;
use super::complaints;
use super::handoff_tasks::HandoffTasks;
use super::handoffs::{self, Found, name_of};
use super::interpret::{activity, values};
use super::plays::{self, OpenSteps};
use super::queue::{self, Survey};
use super::world::World;

/// Builds the desk from account lines, warnings, tasks and notes.
pub fn desk(cache: &Cache, ledger: &Ledger, setup: &Setup, now: Timestamp) -> Result<Desk, EngineError> {
    let world = World::read(cache, ledger, setup, now, &[])?;
    let look = look(cache, &world)?;
    let found = handoffs::find(cache, ledger, &world)?;
    built(cache, ledger, &world, (look, found))
}

/// Lets the day's budget tell of what it has room for, notes what notes of handoffs say, then builds the desk. All go by the same look at the accounts.
/// Called under the lock for judging.
pub fn desk_in_budget(
    cache: &mut Cache,
    ledger: &mut Ledger,
    setup: &Setup,
    now: Timestamp,
) -> Result<Desk, EngineError> {
    let world = World::read(cache, ledger, setup, now, &[])?;
    let (sums, mut survey) = look(cache, &world)?;
    budget::fill(cache, ledger, &world, &mut survey)?;
    let found = handoffs::find(cache, ledger, &world)?;
    handoffs::notice(ledger, &world, &found)?;
    built(cache, ledger, &world, ((sums, survey), found))
}

fn built(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    ((mut day, survey), mut found): ((Day, Survey), Found),
) -> Result<Desk, EngineError> {
    let complaints = complaints::of_lead(cache, ledger, world, &found)?;
    let seen = std::mem::take(&mut found.tasks);
    let (handoffs, unlinked) = handoffs::all(cache, world, found)?;
    let runs = plays::runs(ledger, None)?;
    let theirs = colleagues::beside(cache, ledger, world, &runs)?;
    let steps = OpenSteps::of(runs, theirs, plays::waiting(ledger)?);
    let due = due(cache, world, complaints, (&steps, &seen))?;
    day.count_handoffs(&handoffs);
    let arr = arr(cache, &due, &handoffs)?;
    let queue = survey.queue(cache, &mut day)?;
    let mut desk = Desk {
        risks: queue.risks,
        segments: queue.segments,
        apart: queue.apart,
        counts: queue.counts,
        queue: queue.accounts,
        cannot_tell: queue::counts(cache)?,
        untold: queue::untold(cache)?,
        due,
        answers: Vec::new(),
        arr,
        handoffs,
        unlinked,
        day,
        unread: world.unread.clone(),
        signals_faulty: world.setup.signals_faulty,
        unjudged: !world.judged.all,
    };
    desk.lay_handoffs(&world.zone);
    desk.count_due(world.local());
    Ok(desk)
}

/// What is due for me but for handoffs: my open tasks, steps of playbooks, and those of whom I stand in for; the
/// complaints that go to the lead; and what another does of what I started, where no task in the CRM tells them.
fn due(
    cache: &Cache,
    world: &World<'_>,
    complaints: Vec<DueItem>,
    (steps, seen): (&OpenSteps, &HandoffTasks),
) -> Result<Vec<DueItem>, EngineError> {
    let mut tasks = Vec::new();
    let mine: Vec<&RecordId> = world.me.iter().chain(&world.covered).collect();
    if !mine.is_empty() {
        world.shown(cache).each_record(Kind::Task, &mut |task| {
            let owner = task.core(Core::Owner);
            if activity::is_open_task(&task) && mine.iter().any(|one| owner == Some(one.as_str())) {
                tasks.push(task);
            }
        })?;
    }
    let mut due = Vec::new();
    for task in &tasks {
        let account = world
            .shown(cache)
            .linked_ids((Kind::Task, &task.id), Kind::Account)?
            .into_iter()
            .next();
        due.push(task_item(cache, world, (task, seen), account)?);
    }
    if !mine.is_empty() {
        due.extend(steps.without_task(cache, world)?);
    }
    gather(&mut due, steps);
    due.extend(complaints);
    Ok(due)
}

/// Known ARR of the accounts on which something is due or handed over, minor units of the reporting currency.
fn arr(
    cache: &Cache,
    due: &[DueItem],
    handoffs: &[HandoffCard],
) -> Result<BTreeMap<RecordId, i64>, EngineError> {
    let due = due.iter().filter_map(|item| item.account.as_ref());
    let on: BTreeSet<&RecordId> = due.chain(handoffs.iter().map(|card| &card.account)).collect();
    let mut arr = BTreeMap::new();
    for id in on {
        let known = cache.summary(id)?.and_then(|line| line.arr);
        arr.extend(known.map(|known| (id.clone(), known)));
    }
    Ok(arr)
}

/// Takes together what is one thing to do, a step and its task; what is paused goes.
pub fn gather(due: &mut Vec<DueItem>, steps: &OpenSteps) {
    for item in due.iter_mut() {
        steps.mark(item);
    }
    due.retain(|item| !steps.is_paused(item));
}

/// What the CRM says of a task that a change of it goes by.
pub fn facts(task: &Record) -> TaskFacts {
    let value = |field| task.core(field).map(str::to_owned);
    TaskFacts {
        subject: value(Core::Subject),
        due: value(Core::Due),
        done: value(Core::Done),
        owner: value(Core::Owner),
    }
}

/// A task of somebody as something that is due, by what was seen of tasks of handoffs.
pub fn task_item(
    cache: &Cache,
    world: &World<'_>,
    (task, seen): (&Record, &HandoffTasks),
    account: Option<RecordId>,
) -> Result<DueItem, EngineError> {
    let due = task.core(Core::Due).and_then(values::instant);
    let due = due.map(|due| due.to_zoned(world.zone.clone()).datetime());
    let account_name = match &account {
        Some(account) => name_of(world.shown(cache), account)?,
        None => String::new(),
    };
    let body = task.core(Core::Body).map(html::lines).unwrap_or_default();
    let of_handoff = seen.of(task);
    Ok(DueItem {
        pending: world.overlay.state(Kind::Task, &task.id),
        task: Some(facts(task)),
        kind: match &of_handoff {
            Some(task) if task.asks == Asks::Promise => DueKind::Promise,
            _ => DueKind::Task,
        },
        record: task.id.clone(),
        title: task
            .line(Core::Subject)
            .unwrap_or_else(|| "task without a subject".to_owned()),
        account,
        account_name,
        due: due.map(DateTime::date),
        at: due.map(DateTime::time).filter(|time| *time != Time::midnight()),
        body: body.join("\n"),
        owner: other_owner(world, task),
        step: None,
        of_handoff,
    })
}

/// Name of whose record it is when that is not me.
fn other_owner(world: &World<'_>, record: &Record) -> Option<String> {
    let owner = record.core(Core::Owner).map(RecordId::from);
    if owner.is_some() && owner == world.me {
        return None;
    }
    let name = owner.and_then(|owner| world.name_of(&owner).map(str::to_owned));
    Some(name.unwrap_or_else(|| "?".to_owned()))
}

/// The sums, and what is known of warnings from the same look at the accounts; what else the day counts is counted where
/// its items are.
fn look(cache: &Cache, world: &World<'_>) -> Result<(Day, Survey), EngineError> {
    // Tasks and handoffs bring accounts of others into the cache; they are not in my sums, as long as one is mine.
    let only = world.me.as_ref().filter(|_| world.is_of_mine());
    let (mut mine, mut all) = (Day::default(), Day::default());
    let mut has_own = false;
    let survey = Survey::read(cache, world, &mut |summary| {
        add(&mut all, summary);
        if only.is_none() || summary.csm.as_ref() == only {
            has_own = true;
            add(&mut mine, summary);
        }
    })?;
    // Onboarding and support look after no account: what they work on are those of others.
    let shared = !has_own && only.is_some() && all.arr != Sum::default();
    let day = if shared { Day { shared, ..all } } else { mine };
    Ok((day, survey))
}

fn add(day: &mut Day, summary: &Summary) {
    day.arr.add(summary.arr);
    if summary.arr_at_least {
        day.arr.unknown += 1;
    }
    day.at_stake.add(summary.at_stake);
}
