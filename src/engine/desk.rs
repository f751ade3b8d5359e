//! The desk: the risk queue, what is due for me, the handoffs, the day in one line.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};

use crate::config::Setup;
use crate::domain::desk::{Day, Desk, DueItem, DueKind, HandoffCard, HandoffState, TaskFacts};
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
    ((mut day, survey), found): ((Day, Survey), Found),
) -> Result<Desk, EngineError> {
    let complaints = complaints::of_lead(cache, ledger, world, &found)?;
    let (handoffs, unlinked) = handoffs::all(cache, world, found)?;
    let runs = plays::runs(ledger, None)?;
    let theirs = colleagues::beside(cache, ledger, world, &runs)?;
    let steps = OpenSteps::of(runs, theirs, plays::waiting(ledger)?);
    let seen = HandoffTasks::seen(ledger, None)?;
    let due = due(cache, world, (&handoffs, complaints), (&steps, &seen))?;
    day.count_handoffs(&handoffs);
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
        handoffs,
        unlinked,
        day,
        unread: world.unread.clone(),
        signals_faulty: world.setup.signals_faulty,
        unjudged: !world.judged,
    };
    desk.count_due(world.local());
    Ok(desk)
}

/// What is due for me: my open tasks, steps of playbooks, handoffs that wait for me, and those of whom I stand in for; the
/// complaints that go to the lead; and what another does of what I started, where no task in the CRM tells them.
fn due(
    cache: &Cache,
    world: &World<'_>,
    (handoffs, complaints): (&[HandoffCard], Vec<DueItem>),
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
    gather(&mut due, handoffs, steps);
    for card in handoffs.iter().filter(|card| card.for_me) {
        due.push(handoff_item(cache, world, card)?);
    }
    due.extend(complaints);
    let mut arr = BTreeMap::new();
    for id in due.iter().filter_map(|item| item.account.as_ref()) {
        if !arr.contains_key(id) {
            arr.insert(id.clone(), cache.summary(id)?.and_then(|line| line.arr));
        }
    }
    sort_due(&mut due, &|id| arr.get(id).copied().flatten());
    Ok(due)
}

/// Takes together what is one thing to do: a step and its task, a handoff and the task to answer it; what is paused goes.
pub fn gather(due: &mut Vec<DueItem>, handoffs: &[HandoffCard], steps: &OpenSteps) {
    for item in due.iter_mut() {
        steps.mark(item);
    }
    due.retain(|item| !steps.is_paused(item));
    due.retain(|item| {
        let task = item.of_handoff.as_ref();
        let answers = |card: &HandoffCard| task.is_some_and(|task| task.is(Asks::Answer, &card.handoff));
        !handoffs.iter().any(|card| card.for_me && answers(card))
    });
}

/// By day and time, those without a day last; what is due together, by the ARR of its account, the largest first.
pub fn sort_due(due: &mut [DueItem], arr: &dyn Fn(&RecordId) -> Option<i64>) {
    due.sort_by(|one, other| {
        let key = |item: &DueItem| {
            let arr = item.account.as_ref().and_then(arr);
            (
                item.due.is_none(),
                item.due,
                item.at.unwrap_or(Time::MAX),
                Reverse(arr),
            )
        };
        (key(one), &one.title, &one.record).cmp(&(key(other), &other.title, &other.record))
    });
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

/// A handoff that waits for me as something that is due; one of a question by its subject.
pub fn handoff_item(cache: &Cache, world: &World<'_>, card: &HandoffCard) -> Result<DueItem, EngineError> {
    let begun = card.events.iter().find(|event| event.number == 1);
    let question = match begun.and_then(|event| event.routed.as_ref()) {
        Some(routed) => world.shown(cache).record(routed.kind, &routed.question)?,
        None => None,
    };
    let title = match (card.state, question.and_then(|record| record.line(Core::Subject))) {
        (HandoffState::Returned, Some(subject)) => format!("Answer what came back: {subject}"),
        (HandoffState::Returned, None) => "Answer the returned handoff".to_owned(),
        (_, Some(subject)) => format!("Accept or return: {subject}"),
        (_, None) => "Accept or return the handoff".to_owned(),
    };
    let (due, at) = card.answers_here(&world.zone).unzip();
    Ok(DueItem {
        pending: None,
        task: None,
        kind: DueKind::Handoff,
        record: RecordId(card.handoff.clone()),
        title,
        account: Some(card.account.clone()),
        account_name: card.account_name.clone(),
        due,
        at: at.flatten(),
        body: card.text.clone(),
        owner: card.for_whom.clone(),
        step: None,
        of_handoff: None,
    })
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_due_together_is_listed_by_the_money_that_it_is_about() {
        let item = |account: &str, day: i8, at: Option<Time>| DueItem {
            kind: DueKind::Task,
            record: RecordId::from(account),
            title: account.to_owned(),
            account: Some(RecordId::from(account)),
            account_name: String::new(),
            due: (day > 0).then(|| date(2026, 11, day)),
            at,
            body: String::new(),
            owner: None,
            pending: None,
            step: None,
            task: None,
            of_handoff: None,
        };
        let nine = Some(Time::constant(9, 0, 0, 0));
        let mut due = vec![
            item("a-none", 23, None),
            item("b-small", 23, None),
            item("c-large", 23, None),
            item("d-early", 23, nine),
            item("e-before", 22, None),
            item("f-undated", 0, None),
        ];
        let arr = |id: &RecordId| match id.as_str() {
            "b-small" => Some(100),
            "c-large" | "f-undated" => Some(900),
            _ => None,
        };
        sort_due(&mut due, &arr);
        let order: Vec<&str> = due.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(
            order,
            ["e-before", "d-early", "c-large", "b-small", "a-none", "f-undated"]
        );
    }
}
