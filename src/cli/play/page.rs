//! A run of a playbook: for people, and as JSON.

use serde_json::Value;

use crate::cli::context::{Context, Workplace};
use crate::cli::shape::Shape;
use crate::domain::outbox::Target;
use crate::domain::playbook::{Reason, Run, RunStep, StepState};
use crate::domain::words;

/// A run for people: what it is, how far it is, one line per step.
pub fn page(run: &Run, name: &str, context: &Context, workplace: &Workplace) -> String {
    let today = workplace.setup.settings.day_of(context.now());
    let (done, of) = run.progress();
    let mut lines = vec![format!("{} on {name}: {done} of {of}   {}", run.title, run.id)];
    if let Some(reason) = &run.reason {
        lines.push(format!("  because of {}", reason.words));
    }
    if let Some((_, why)) = &run.abandoned {
        lines.push(format!("  given up: {why}"));
    }
    if let Some((since, why)) = run.paused.as_ref().filter(|_| run.is_open()) {
        let day = words::short_day(today, workplace.setup.settings.day_of(*since));
        lines.push(format!("  paused since {day}: {why}"));
    }
    if let Some((_, outcome)) = run.ended {
        lines.push(format!("  ended; {}", outcome.words()));
    } else if run.exit_reached == Some(true) {
        lines.push("  what it is for has been reached".to_owned());
    }
    lines.extend(run.steps.iter().map(|step| {
        let sign = match step.state {
            StepState::Done => "✓",
            StepState::Skipped { .. } => "–",
            StepState::Open if run.is_ready(step) => "▶",
            StepState::Open => "○",
        };
        let state = match &step.state {
            StepState::Open if step.is_undecided() => {
                format!("if {}", step.step.when.as_deref().unwrap_or_default())
            }
            StepState::Open if run.paused.is_none() && step.step.due < today => "late".to_owned(),
            StepState::Open => words::short_day(today, step.step.due),
            StepState::Done => "done".to_owned(),
            StepState::Skipped { why } => format!("left out: {why}"),
        };
        let asks = match (step.state == StepState::Open, step.step.evidence) {
            (true, Some(evidence)) => format!("; {}", evidence.asks()),
            _ if step.lacks_evidence().is_some() => ", in the CRM, without its evidence".to_owned(),
            _ => String::new(),
        };
        format!(
            "  {sign} {:<14} {} ({}, {state}{asks})",
            step.step.id, step.step.title, step.step.owner_name
        )
    }));
    lines.extend(run.steps.iter().filter_map(|step| {
        let when = step.doubtful()?;
        Some(format!(
            "  `{}`: whether `{when}` holds cannot be told: do it or skip it",
            step.step.id
        ))
    }));
    lines.join("\n")
}

/// A run as JSON.
pub fn shape(run: &Run, name: &str, context: &Context, workplace: &Workplace) -> Value {
    let today = workplace.setup.settings.day_of(context.now());
    let (done, of) = run.progress();
    let steps: Vec<Value> = run.steps.iter().map(|one| step(run, one)).collect();
    let shape = Shape::default()
        .with("run", &run.id)
        .with("account", &run.account)
        .with("account_name", name)
        .with("playbook", &run.playbook)
        .with("version", run.version)
        .with("title", &run.title);
    because(shape, run.reason.as_ref())
        .maybe("bulk", run.bulk.as_ref(), "it was started on this account alone")
        .with("author", &run.author)
        .with("started", run.started)
        .with("done", done)
        .with("of", of)
        .with("open", run.is_open())
        .with("late", run.is_late(today))
        .maybe(
            "current",
            run.current().map(|one| &one.step.id),
            "nothing can be done in it now",
        )
        .maybe(
            "exit_reached",
            run.exit_reached,
            "it has no exit, or only the account's own page can tell",
        )
        .maybe(
            "paused",
            run.paused.as_ref().map(|(_, why)| why),
            "it is not paused",
        )
        .maybe(
            "abandoned",
            run.abandoned.as_ref().map(|(_, why)| why),
            "it was not given up",
        )
        .maybe(
            "outcome",
            run.ended.map(|(_, outcome)| outcome),
            "its last step is not closed, or was before ends were noted",
        )
        .with("steps", steps)
        .done()
}

/// The warning that a run answers.
pub fn because(shape: Shape, reason: Option<&Reason>) -> Shape {
    let none = "no warning is its reason";
    shape.maybe("signal", reason.map(|one| &one.signal), none).maybe(
        "reason",
        reason.map(|one| &one.words),
        none,
    )
}

fn step(run: &Run, one: &RunStep) -> Value {
    let (state, why) = match &one.state {
        StepState::Open => ("open", None),
        StepState::Done => ("done", None),
        StepState::Skipped { why } => ("skipped", Some(why)),
    };
    Shape::default()
        .with("step", &one.step.id)
        .with("title", &one.step.title)
        .with("guidance", &one.step.guidance)
        .with("role", one.step.role)
        .with("owner", &one.step.owner)
        .with("owner_name", &one.step.owner_name)
        .with("kind", one.step.kind)
        .maybe("field", one.step.field.as_ref(), "it is about no field")
        .maybe("value", one.step.value.as_ref(), "it sets no field")
        .with("due", one.step.due)
        .with("after", &one.step.after)
        .maybe("when", one.step.when.as_ref(), "it always counts")
        .maybe("evidence", one.step.evidence, "it asks for none")
        .maybe(
            "branch",
            one.branch,
            "it always counts, or the steps before it are open",
        )
        .with("state", state)
        .with("since", one.since)
        .with("ready", run.is_ready(one))
        .maybe("skipped_because", why, "it was not left out")
        .maybe(
            "task",
            one.task.as_ref().map(Target::shown_id),
            "it has no task in the CRM",
        )
        .done()
}
