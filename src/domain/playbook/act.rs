//! What a person does with a playbook, as writes for the CRM and events for the journal.

use jiff::civil::Date;

use super::event::{PlayEvent, Reason, StartedStep, What};
use super::{Facts, Fell, Mark, Playbook, Run, RunStep, StepKind, StepState, StepTemplate, done};
use crate::domain::account_view::AccountView;
use crate::domain::acts::task::{self, NewTask, Task};
use crate::domain::acts::{About, Occasion, Somebody, first_line};
use crate::domain::base32;
use crate::domain::desk::Warning;
use crate::domain::money::Currency;
use crate::domain::outbox::{Field, NewEntry, Target, Write};
use crate::domain::record::{Core, Owner, RecordId};
use crate::domain::role::Role;
use crate::domain::team::Roster;

/// The longest title of a step, in characters: a task in the CRM takes no more.
const LONGEST_TITLE: usize = 240;
/// What an act does: kept together, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deed {
    /// Writes for the CRM.
    pub entries: Vec<NewEntry>,
    /// Events for the journal.
    pub events: Vec<PlayEvent>,
}

/// Who we are, as far as steps need to know.
#[derive(Debug, Clone, Copy)]
pub struct Team<'a> {
    /// Our people.
    pub owners: &'a [Owner],
    /// My role.
    pub role: Role,
    /// What everybody does, and who leads whom.
    pub roster: &'a Roster,
    /// Amounts are in this currency.
    pub currency: Currency,
}

impl Team<'_> {
    /// Whose a step of a role is on an account that this one of us looks after, as far as `team.toml` says it.
    pub(super) fn of_role(&self, role: Role, csm: Option<&RecordId>) -> Option<Somebody> {
        let found = Owner::find(self.owners, self.named(role, csm)?);
        found.filter(|owner| owner.active).map(Somebody::of)
    }

    /// Whom `team.toml` names for it: an e-mail address.
    fn named(&self, role: Role, csm: Option<&RecordId>) -> Option<&str> {
        if role == Role::Csm {
            return None;
        }
        let email = |id: &RecordId| self.owners.iter().find(|owner| owner.id == *id);
        let leads = csm
            .filter(|_| role == Role::Lead)
            .and_then(email)
            .and_then(|csm| self.roster.lead_of(&csm.email));
        leads.or_else(|| self.roster.only_one(role))
    }
}

/// Starts a playbook on an account, because of a warning or just so. The first event tells the run's id. The
/// error is one sentence for the person.
pub fn start(
    on: &Occasion,
    playbook: &Playbook,
    view: &AccountView,
    team: Team<'_>,
    warning: Option<&Warning>,
) -> Result<Deed, String> {
    let about = About {
        id: view.summary.id.clone(),
        name: view.summary.name.clone(),
    };
    let run = format!(
        "P-{}",
        base32::of_texts(&[&on.act, about.id.as_str(), &playbook.id], 8)
    );
    if let Some(why) = done::cannot_set(on, playbook, view, team) {
        return Err(why);
    }
    let facts = Facts::of(view, team.currency, warning, &on.me.name, on.today());
    let mut deed = Deed::default();
    let mut steps = Vec::new();
    let owners = playbook
        .steps
        .iter()
        .map(|template| owner_of(on, team, view, playbook, template))
        .collect::<Result<Vec<_>, _>>()?;
    let with_owners = || playbook.steps.iter().zip(&owners);
    let of = with_owners()
        .filter(|(step, (owner, _))| step.is_task_of(owner, on))
        .count();
    for (template, (owner, fell)) in with_owners() {
        let due = on.calendars.of(&owner.id).after(on.today(), template.due.0);
        let due = due.ok_or_else(|| format!("`{}` would be due beyond the calendar", template.id))?;
        let step = StartedStep {
            crm_task: template.is_task_of(owner, on),
            ..started(template, &facts, (owner, *fell), due)
        };
        if step.crm_task {
            let mark = Mark {
                run: run.clone(),
                step: template.id.clone(),
                place: Some((deed.entries.len() + 1, of)),
                playbook: Some(playbook.id.clone()),
                signal: warning.map(|warning| warning.signal.clone()),
            };
            let new = NewTask {
                subject: step.title.clone(),
                body: body(&step, &mark),
                due: Some(due),
                at: None,
                owner: Some(owner.clone()),
            };
            deed.entries.push(task::make(on, &about, &new)?);
        }
        steps.push(step);
    }
    let reason = warning.map(|warning| Reason {
        signal: warning.signal.clone(),
        words: warning.reason.clone(),
    });
    deed.events.push(PlayEvent {
        account: about.id,
        what: What::Started {
            run,
            act: on.act.clone(),
            playbook: What::whole(playbook),
            reason,
            steps,
            bulk: None,
        },
    });
    Ok(deed)
}

/// Leaves a step out, with the reason; its task in the CRM is closed, and called left out.
pub fn skip(on: &Occasion, run: &Run, account: &str, step: &str, why: &str) -> Result<Deed, String> {
    let step = open_step(run, step)?;
    let why = reason_given(why, "a step is left out with a reason")?;
    let task = task_of(step, &about(run, account), false);
    let (run_id, step) = names(run, step);
    Ok(Deed {
        entries: task
            .map(|task| task::leave_out(on, &task, &why))
            .into_iter()
            .collect(),
        events: vec![event(
            run,
            What::Skipped {
                run: run_id,
                step,
                why,
            },
        )],
    })
}

/// Takes up again a step that was done or left out, and its task in the CRM with it.
pub fn reopen(on: &Occasion, run: &Run, account: &str, step: &str) -> Result<Deed, String> {
    let step = find(run, step)?;
    if step.is_open() {
        return Err(format!("`{}` is open: there is nothing to undo", step.step.id));
    }
    let task = task_of(step, &about(run, account), true);
    let task = task.map(|task| task::reopen_as(on, &task, &step.step.title));
    let (run_id, step) = names(run, step);
    Ok(Deed {
        entries: task.into_iter().collect(),
        events: vec![event(run, What::Reopened { run: run_id, step })],
    })
}

/// Gives a run up, with the reason; the tasks of its open steps in the CRM are closed, and called left out.
pub fn abandon(on: &Occasion, run: &Run, account: &str, why: &str) -> Result<Deed, String> {
    if !run.is_open() {
        return Err(format!("the run {} is over", run.id));
    }
    let why = reason_given(why, "a run is given up with a reason")?;
    let about = about(run, account);
    let open = run.steps.iter().filter(|step| step.is_open());
    let tasks = open.filter_map(|step| task_of(step, &about, false));
    Ok(Deed {
        entries: tasks.map(|task| task::leave_out(on, &task, &why)).collect(),
        events: vec![event(
            run,
            What::Abandoned {
                run: run.id.clone(),
                why,
            },
        )],
    })
}

/// What the last line of the task says that a write of ours makes.
pub fn bound_by(write: &Write) -> Option<Mark> {
    let Write::Create { fields, .. } = write else {
        return None;
    };
    Mark::read(fields.get(&Field::Core(Core::Body))?.lines())
}

impl StepTemplate {
    /// Whether it is a task in the CRM where this one of us does it: what another does they would not see otherwise. One
    /// that counts only under a condition, sets a value or goes through a list is none, and stays with whoever started it.
    fn is_task_of(&self, owner: &Somebody, on: &Occasion) -> bool {
        let another = owner.id != on.me.id && self.kind == StepKind::Task && self.when.is_none();
        self.crm_task || another
    }
}

fn started(
    template: &StepTemplate,
    facts: &Facts,
    (owner, fell): (&Somebody, Option<Fell>),
    due: Date,
) -> StartedStep {
    let guidance = template.guidance.as_ref().map(|guidance| guidance.render(facts));
    StartedStep {
        id: template.id.clone(),
        title: first_line(&template.title.render(facts), LONGEST_TITLE),
        guidance: guidance.unwrap_or_default(),
        role: template.role,
        owner: owner.id.clone(),
        owner_name: owner.name.clone(),
        fell,
        due,
        after: template.after.clone(),
        evidence: template.evidence,
        crm_task: template.crm_task,
        kind: template.kind,
        field: template.about().map(str::to_owned),
        value: template.value.clone(),
        when: template.when.clone().map(String::from),
    }
}

fn body(step: &StartedStep, mark: &Mark) -> String {
    let mark = mark.line();
    if step.guidance.is_empty() {
        mark
    } else {
        format!("{}\n\n{mark}", step.guidance)
    }
}

/// The person that is named; else I myself, if it is my role's; for a lead's step whoever leads the CSM of the account; for
/// any role but the CSM's the one of us whose it is, if there is but one; else who looks after the account, and why.
fn owner_of(
    on: &Occasion,
    team: Team<'_>,
    view: &AccountView,
    playbook: &Playbook,
    step: &StepTemplate,
) -> Result<(Somebody, Option<Fell>), String> {
    if let Some(person) = &step.person {
        let found = Owner::find(team.owners, person).filter(|owner| owner.active);
        let found = found.ok_or_else(|| {
            format!(
                "`{}` is for {person}, whom the CRM does not have: correct `person` in playbooks/{}.toml",
                step.id, playbook.id
            )
        })?;
        return Ok((Somebody::of(found), None));
    }
    let csm = (view.summary.csm.clone()).zip(view.summary.csm_name.clone());
    if step.role == team.role {
        return Ok((on.me.clone(), None));
    }
    let after = csm.as_ref().map(|(id, _)| id);
    let of_role = team.of_role(step.role, after);
    let fell = match step.role {
        Role::Csm => csm.is_none().then_some(Fell::NoCsm),
        role if team.named(role, after).is_some() => Some(Fell::Gone),
        role => Fell::of(team.roster, role),
    };
    Ok(match (of_role, csm) {
        (Some(of_role), _) => (of_role, None),
        (None, Some((id, name))) => (Somebody { id, name }, fell),
        (None, None) => (on.me.clone(), fell),
    })
}

pub(super) fn about(run: &Run, account: &str) -> About {
    About {
        id: run.account.clone(),
        name: account.to_owned(),
    }
}

/// The open step of a run under way whose task in the CRM this is.
pub fn step_of<'a>(runs: &'a [Run], task: &Target) -> Option<(&'a Run, &'a RunStep)> {
    let open = runs.iter().filter(|run| run.is_open());
    let mut steps = open.flat_map(|run| run.steps.iter().map(move |step| (run, step)));
    let is_it = |step: &RunStep| step.task.as_ref().map(Target::shown_id) == Some(task.shown_id());
    steps.find(|(_, step)| step.is_open() && is_it(step))
}

/// The step's task in the CRM, if it is known, with what it was: done or open.
pub(super) fn task_of(step: &RunStep, about: &About, done: bool) -> Option<Task> {
    let called = step.facts.as_ref().and_then(|facts| facts.subject.clone());
    Some(Task {
        target: step.task.clone()?,
        subject: called.unwrap_or_else(|| step.step.title.clone()),
        due: step.facts.as_ref().and_then(|facts| facts.due.clone()),
        done: Some(done.to_string()),
        owner: step.facts.as_ref().and_then(|facts| facts.owner.clone()),
        about: Some(about.clone()),
    })
}

fn find<'a>(run: &'a Run, step: &str) -> Result<&'a RunStep, String> {
    let known = || {
        run.steps
            .iter()
            .map(|one| one.step.id.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    run.step(step)
        .ok_or_else(|| format!("the run {} has no step `{step}`; it has: {}", run.id, known()))
}

pub(super) fn open_step<'a>(run: &'a Run, step: &str) -> Result<&'a RunStep, String> {
    let step = find(run, step)?;
    match &step.state {
        _ if run.abandoned.is_some() => Err(format!("the run {} was given up", run.id)),
        StepState::Open => match &run.paused {
            Some((_, why)) => Err(format!("the run {} is paused ({why}): resume it first", run.id)),
            None => Ok(step),
        },
        StepState::Done => Err(format!("`{}` is done already", step.step.id)),
        StepState::Skipped { .. } => Err(format!("`{}` was left out already", step.step.id)),
    }
}

pub(super) fn reason_given(why: &str, rule: &str) -> Result<String, String> {
    match why.trim() {
        "" => Err(format!("{rule}: say why")),
        why => Ok(why.to_owned()),
    }
}

pub(super) fn names(run: &Run, step: &RunStep) -> (String, String) {
    (run.id.clone(), step.step.id.clone())
}

pub(super) fn event(run: &Run, what: What) -> PlayEvent {
    PlayEvent {
        account: run.account.clone(),
        what,
    }
}
