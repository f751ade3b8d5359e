//! A run of a playbook: for people, and as JSON.

use serde_json::Value;

use crate::cli::context::{Context, Workplace};
use crate::cli::shape::Shape;
use crate::domain::outbox::Target;
use crate::domain::playbook::{self, Reader, Reason, Run, RunStep, Stands, StepState, TheirRun};

/// A run for people: what it is, how far it is, one line per step.
pub fn page(run: &Run, name: &str, reader: Reader<'_>, theirs: &[TheirRun]) -> String {
    let (done, of) = run.progress();
    let mut lines = vec![format!("{} on {name}: {done} of {of}   {}", run.title, run.id)];
    let version = format!("{} version {}", run.playbook, run.version);
    lines.push(format!("  {}, {version}", reader.start(run)));
    if let Some(reason) = &run.reason {
        lines.push(format!("  because of {}", reason.words));
    }
    lines.extend(playbook::also(run, theirs).map(|also| format!("  ! {also}")));
    lines.extend(reader.state(run).iter().map(|state| format!("  {state}")));
    lines.extend(run.steps.iter().map(|step| {
        let sign = match run.stands(step, reader.today) {
            Stands::Done => "✓",
            Stands::LeftOut(_) | Stands::GivenUp => "–",
            Stands::Late | Stands::Ready | Stands::CannotTell(_) => "▶",
            Stands::Waits(_) | Stands::Undecided(_) | Stands::Rests => "○",
        };
        let state = reader.step(run, step);
        let asks = match (step.is_open(), step.step.evidence) {
            (true, Some(evidence)) => format!("; {}", evidence.asks()),
            _ => String::new(),
        };
        let fell = step.step.fallen().filter(|_| step.is_open());
        let fell = fell.map(|fell| format!("; {fell}")).unwrap_or_default();
        format!(
            "  {sign} {:<14} {} ({}, {state}{asks}{fell})",
            step.step.id, step.step.title, step.step.owner_name
        )
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
    let waits_for: Vec<&str> = run
        .waits_for(one)
        .into_iter()
        .map(|before| before.step.id.as_str())
        .collect();
    Shape::default()
        .with("step", &one.step.id)
        .with("title", &one.step.title)
        .with("guidance", &one.step.guidance)
        .with("role", one.step.role)
        .with("owner", &one.step.owner)
        .with("owner_name", &one.step.owner_name)
        .maybe(
            "fell",
            one.step.fallen(),
            "it is of whoever has its role, or is named",
        )
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
        .with("waits_for", waits_for)
        .maybe(
            "by",
            one.by.as_ref(),
            "it is open, or nobody did it or left it out with retain",
        )
        .maybe("skipped_because", why, "it was not left out")
        .maybe(
            "task",
            one.task.as_ref().map(Target::shown_id),
            "it has no task in the CRM",
        )
        .done()
}
