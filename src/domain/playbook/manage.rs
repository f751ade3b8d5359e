//! A step is reassigned; a run is paused for a time, and resumed.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::act::{Deed, about, event, names, open_step, reason_given, task_of};
use super::event::{Doer, What};
use super::{Run, RunStep};
use crate::domain::acts::{Occasion, Somebody, task};
use crate::domain::outbox::NewEntry;

/// Gives an open step to somebody, and its task in the CRM with it.
pub fn reassign(on: &Occasion, run: &Run, account: &str, step: &str, to: &Somebody) -> Result<Deed, String> {
    let step = open_step(run, step)?;
    let (owner, name) = (step.step.owner.clone(), step.step.owner_name.clone());
    if owner == to.id {
        return Err(format!("`{}` is {name}'s already", step.step.id));
    }
    let task = task_of(step, &about(run, account), false);
    let (run_id, id) = names(run, step);
    let what = What::Reassigned {
        run: run_id,
        step: id,
        to: Doer {
            owner: to.id.clone(),
            name: to.name.clone(),
        },
        from: Doer { owner, name },
    };
    Ok(Deed {
        entries: task
            .map(|task| task::reassign(on, &task, to))
            .into_iter()
            .collect(),
        events: vec![event(run, what)],
    })
}

/// Pauses a run, with the reason: no step of it is due or late until it is resumed.
pub fn pause(run: &Run, why: &str) -> Result<Deed, String> {
    if let Some((_, why)) = &run.paused {
        return Err(format!("the run {} is paused already: {why}", run.id));
    }
    if !run.is_open() {
        return Err(format!("the run {} is over", run.id));
    }
    let what = What::Paused {
        run: run.id.clone(),
        why: reason_given(why, "a run is paused with a reason")?,
        since: None,
        due: BTreeMap::new(),
    };
    Ok(Deed {
        entries: Vec::new(),
        events: vec![event(run, what)],
    })
}

/// Resumes a run: its open steps, and their tasks in the CRM, are due as many business days of whose they are later as it
/// was paused.
pub fn resume(on: &Occasion, run: &Run, account: &str) -> Result<Deed, String> {
    let (since, why) = run
        .paused
        .clone()
        .filter(|_| run.is_open())
        .ok_or_else(|| format!("the run {} is not paused", run.id))?;
    let from = since.to_zoned(on.zone.clone()).date();
    let mut deed = Deed::default();
    let (mut due, mut before) = (BTreeMap::new(), BTreeMap::new());
    for step in run.steps.iter().filter(|one| one.is_open()) {
        let theirs = on.calendars.of(&step.step.owner);
        let paused = theirs.between(from, on.today());
        if paused == 0 {
            continue;
        }
        let day = theirs.after(step.step.due, paused);
        let day = day.ok_or_else(|| format!("`{}` would be due beyond the calendar", step.step.id))?;
        deed.entries.extend(put_off(on, run, account, step, day)?);
        before.insert(step.step.id.clone(), step.step.due);
        due.insert(step.step.id.clone(), day);
    }
    let what = What::Resumed {
        run: run.id.clone(),
        due,
        before,
        since: Some(since),
        why,
    };
    deed.events.push(event(run, what));
    Ok(deed)
}

fn put_off(
    on: &Occasion,
    run: &Run,
    account: &str,
    step: &RunStep,
    day: Date,
) -> Result<Option<NewEntry>, String> {
    let task = task_of(step, &about(run, account), false);
    task.map(|task| task::reschedule(on, &task, day, None))
        .transpose()
}
