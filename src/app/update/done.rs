//! Tasks, and steps of playbooks, that are there: done or left out with one key.
//!
//! What may be done in a run is known once its account was read: the key reads it, the answer does it.

use std::sync::Arc;

use super::{form, key, outbox};
use crate::app::action::{completed, selected_due};
use crate::app::cmd::Cmd;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::msg::AccountMsg;
use crate::app::outbox::Act;
use crate::app::overlay::Overlay;
use crate::app::step::{AwaitedStep, PlayStep, StepAct};
use crate::domain::account_view::AccountView;
use crate::domain::acts::task::{self, Task};
use crate::domain::desk::{DueItem, StepRef};
use crate::domain::handoff::Promised;
use crate::domain::record::RecordId;

/// Completes the selected task or step.
pub(super) fn done(model: &mut Model) -> Vec<Cmd> {
    let Some(item) = selected_due(model) else {
        return Vec::new();
    };
    if item.step.is_some() {
        return step(model, StepAct::Done);
    }
    let Some(task) = Task::of(item) else {
        return Vec::new();
    };
    let promised = promised(item);
    let queued = model.occasion().and_then(|on| {
        let entries = match promised {
            Some(promised) => promised.settle(&on, Ok(()))?,
            None => vec![task::complete(&on, &task)],
        };
        outbox::queue(model, entries, Vec::new())
    });
    told(model, queued.map(|(_, orders)| orders))
}

/// What was promised to the customer, if that is what is due.
fn promised(item: &DueItem) -> Option<Promised> {
    Promised::of(Task::of(item)?, item.of_handoff.as_ref()?)
}

/// Leaves the selected step out, or says of a promise that it was not kept: both with a reason.
pub(super) fn left_out(model: &mut Model) -> Vec<Cmd> {
    match selected_due(model).and_then(promised) {
        Some(promised) => form::not_kept(model, promised),
        None => step(model, StepAct::LeaveOut),
    }
}

/// Takes up again the task of the account that was completed from here last.
pub(super) fn reopen(model: &mut Model) -> Vec<Cmd> {
    let queued = completed(model).and_then(|task| {
        let on = model.occasion()?;
        outbox::queue(model, vec![task::reopen(&on, &task)], Vec::new())
    });
    told(model, queued.map(|(_, orders)| orders))
}

/// Does something with the selected step: first its run is read.
pub(super) fn step(model: &mut Model, act: StepAct) -> Vec<Cmd> {
    let found = selected_due(model).and_then(|item| item.step.clone().zip(item.account.clone()));
    found.map_or_else(Vec::new, |(step, id)| read_for(model, step, id, act))
}

/// Reads the run of a step, of an account: then the step is done, or what it needs is asked for.
pub(super) fn read_for(model: &mut Model, step: StepRef, id: RecordId, act: StepAct) -> Vec<Cmd> {
    let run = model.next_run();
    model.outbox.awaited = Some(AwaitedStep {
        run,
        step,
        act,
        keys: Vec::new(),
    });
    vec![Cmd::OpenAccount { run, id, since: None }]
}

/// What was read for a step, if this is it: the step is done, or what it needs is asked for.
pub(super) fn read(model: &mut Model, msg: &AccountMsg) -> Option<Vec<Cmd>> {
    let (run, view) = match msg {
        AccountMsg::Loaded { run, view } => {
            let gone = || "the cache has no such account any more".to_owned();
            (run, view.as_deref().ok_or_else(gone))
        }
        AccountMsg::Failed { run, failure } => (run, Err(failure.summary.clone())),
        AccountMsg::ReadAnew { .. } => return None,
    };
    let mut awaited = model.outbox.awaited.take_if(|awaited| awaited.run == *run)?;
    let keys = std::mem::take(&mut awaited.keys);
    let orders = view.and_then(|view| begin(model, view, awaited));
    // What was typed for a form that does not open means nothing else.
    let keys = if orders.is_ok() { keys } else { Vec::new() };
    let mut orders = told(model, orders);
    for key in keys {
        orders.extend(key::pressed(model, key));
    }
    Some(orders)
}

/// While a step is awaited keys wait for what becomes of it; esc gives it up.
pub(super) fn waits(model: &mut Model, key: Key) -> bool {
    let is_free = matches!(model.overlays.last(), None | Some(Overlay::RunView(_)));
    let Some(awaited) = model.outbox.awaited.as_mut().filter(|_| is_free) else {
        return false;
    };
    if key.code == Code::Esc {
        model.outbox.awaited = None;
    } else {
        awaited.keys.push(key);
    }
    true
}

fn begin(model: &mut Model, view: &AccountView, awaited: AwaitedStep) -> Result<Vec<Cmd>, String> {
    let run = view.plays.iter().find(|run| run.id == awaited.step.run);
    let step = PlayStep {
        run: run
            .ok_or("the run of this step is not known here any more")?
            .clone(),
        view: view.clone(),
        step: awaited.step.step,
        act: awaited.act,
    };
    let people = Arc::clone(&model.outbox.people);
    if step.needs_text() {
        // What cannot be done whatever is typed is told before anybody types.
        step.deed(&model.reading_occasion(), &people, "any")?;
        return Ok(form::step(model, step));
    }
    let on = model.occasion()?;
    let deed = step.deed(&on, &people, "")?;
    let act = Act::of(&on, step.title(), &deed);
    let (_, orders) = outbox::commit(model, deed, Vec::new(), Some(act))?;
    Ok(orders)
}

fn told(model: &mut Model, orders: Result<Vec<Cmd>, String>) -> Vec<Cmd> {
    orders.unwrap_or_else(|why| {
        model.told = Some(why);
        Vec::new()
    })
}
