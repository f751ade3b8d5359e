//! A step is done: in its order, with what shows that it was, and with what it changes in the CRM.

use super::act::{Deed, Team, about, event, names, open_step, task_of};
use super::event::{StartedStep, What};
use super::{Evidence, Playbook, Run, RunStep, StepKind};
use crate::domain::account_view::{AccountView, TimelineKind};
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::{Occasion, Somebody, note, task};
use crate::domain::outbox::NewEntry;

/// What a step stands on when it is done.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The account as it was read.
    pub view: &'a AccountView,
    /// Everybody of us who is active.
    pub people: &'a [Somebody],
}

/// Does a step, with a note on the account if one is given; without what has to be there it is not done. A step that
/// sets a field queues that change.
pub fn complete(
    on: &Occasion,
    run: &Run,
    ground: Ground<'_>,
    step: &str,
    text: Option<&str>,
) -> Result<Deed, String> {
    let step = open_step(run, step)?;
    if !run.is_ready(step) {
        return Err(too_early(run, step));
    }
    let text = text.filter(|text| !text.trim().is_empty());
    if let Some(why) = missing(run, step, ground.view, text) {
        return Err(why);
    }
    let about = about(run, &ground.view.summary.name);
    let mut deed = Deed::default();
    if let Some(text) = text {
        // Whoever reads it in the CRM sees no run.
        let told = format!("{}: {}", step.step.title, text.trim_start());
        deed.entries.push(note::note(on, &about, &told)?);
    }
    deed.entries.extend(change(on, run, ground, &step.step)?);
    deed.entries
        .extend(task_of(step, &about, false).map(|task| task::complete(on, &task)));
    let (run_id, step) = names(run, step);
    deed.events.push(event(run, What::Done { run: run_id, step }));
    Ok(deed)
}

/// Whether a step is done only with a note of what came of it.
pub fn needs_note(step: &RunStep) -> bool {
    step.step.evidence == Some(Evidence::Note)
}

/// Why the turn of an open step has not come.
fn too_early(run: &Run, step: &RunStep) -> String {
    let before = run.waits_for(step).into_iter();
    let before: Vec<&str> = before.map(|one| one.step.id.as_str()).collect();
    if before.is_empty() {
        return format!(
            "whether `{}` counts is decided with the next look at the account: ctrl-r, `retain sync`",
            step.step.id
        );
    }
    format!(
        "`{}` comes after {}: do or skip that first",
        step.step.id,
        before.join(" and ")
    )
}

/// Why a step cannot be done yet, and how what is missing is given; `None` when nothing is.
fn missing(run: &Run, step: &RunStep, view: &AccountView, text: Option<&str>) -> Option<String> {
    let (id, name) = (&step.step.id, &view.summary.name);
    let has_touch = || {
        let mut lines = view.timeline.iter();
        lines.any(|line| line.kind == TimelineKind::Touchpoint && line.when >= run.started)
    };
    match step.step.evidence? {
        Evidence::Note => text.is_none().then(|| {
            format!("`{id}` is not done without a note of what came of it: write one")
        }),
        Evidence::Touch => (!has_touch()).then(|| {
            format!(
                "`{id}` is not done without a call, meeting or e-mail on {name} since the run began: log one first (`l`, `retain log`)"
            )
        }),
        Evidence::Field => {
            let field = step.step.field.as_deref()?;
            let has_value = |found: &EditableField| found.value.as_ref().is_some_and(|value| !value.is_empty());
            match called(view, field) {
                Ok(found) if has_value(found) => None,
                Ok(_) => Some(format!(
                    "`{id}` is not done while {field} of {name} is empty: set it first (`e`, `retain edit`)"
                )),
                Err(why) => Some(why),
            }
        }
    }
}

/// The change that a step makes; none when it makes none, or the field has the value already.
fn change(
    on: &Occasion,
    run: &Run,
    ground: Ground<'_>,
    step: &StartedStep,
) -> Result<Option<NewEntry>, String> {
    let (StepKind::Set | StepKind::List, Some(field), Some(value)) = (step.kind, &step.field, &step.value)
    else {
        return Ok(None);
    };
    let field = called(ground.view, field)?;
    let to = field.parse(on, ground.people, value)?;
    if let Some(why) = field.doubt(on.today(), to.as_deref()) {
        return Err(format!(
            "{}: {why}: set it by hand (`e`, `retain edit`) and skip `{}`",
            field.name(),
            step.id
        ));
    }
    let about = about(run, &ground.view.summary.name);
    Ok(field.write(on, &about, ground.people, to))
}

/// Why a playbook cannot be started, where a step of it sets a field to what that does not take; `None` when nothing is
/// known that speaks against it.
pub(super) fn cannot_set(
    on: &Occasion,
    playbook: &Playbook,
    view: &AccountView,
    team: Team<'_>,
) -> Option<String> {
    let people = Somebody::active(team.owners);
    playbook.steps.iter().find_map(|step| {
        let field = called(view, step.about()?).ok()?;
        let why = field.parse(on, &people, step.value.as_deref()?).err()?;
        let (id, playbook) = (&step.id, &playbook.id);
        Some(format!(
            "`{id}` cannot be done: {why}; correct `value` in playbooks/{playbook}.toml"
        ))
    })
}

/// The field of the account, or of the contract that is to be decided next, that a playbook calls so.
fn called<'a>(view: &'a AccountView, name: &str) -> Result<&'a EditableField, String> {
    let next = view.running().next().map(|line| &line.id);
    let is_meant = |field: &&EditableField| {
        let is_offered = field.contract.is_none() || Some(&field.record) == next;
        is_offered && field.is_called(name)
    };
    view.editable.iter().find(is_meant).ok_or_else(|| {
        format!(
            "no field `{name}` of {} can be edited: `retain edit` lists those that can",
            view.summary.name
        )
    })
}
