//! What is read of a step of a run.

use super::{Facts, reader};
use crate::app::model::Model;
use crate::app::overlay::Reader;
use crate::domain::playbook::{self, Run, RunStep, StartedStep, StepKind};
use crate::domain::words;

/// What puts a run into words here.
pub fn of_runs(model: &Model) -> playbook::Reader<'_> {
    playbook::Reader {
        today: model.today,
        zone: &model.zone,
        owners: &model.outbox.owners,
    }
}

/// A step of a run, whole.
pub fn step(model: &Model, run: &Run, one: &RunStep) -> Reader {
    let facts: Facts = vec![
        ("step", one.step.title.clone()),
        ("for", one.step.owner_name.clone()),
        ("stands", of_runs(model).step(run, one)),
        ("asks", asks(&one.step)),
    ];
    reader(run.title.clone(), facts, one.step.guidance.clone())
}

/// What a step is and asks for, in a line.
pub fn asks(one: &StartedStep) -> String {
    let mut asks = vec![format!("{} of the {}", one.id, words::role(one.role.word()))];
    asks.extend(one.evidence.map(|evidence| evidence.asks().to_owned()));
    match (one.kind, &one.field, &one.value) {
        (StepKind::List, _, Some(list)) => asks.push(format!("puts it on list {list}")),
        (StepKind::Set, Some(field), Some(value)) => asks.push(format!("sets {field} to {value}")),
        _ => {}
    }
    asks.extend(one.fallen());
    asks.extend(one.crm_task.then(|| "a task in the CRM too".to_owned()));
    asks.extend(one.when.iter().map(|when| format!("only if {when}")));
    asks.join(" · ")
}
