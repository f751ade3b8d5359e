//! Playbooks: what a team does when something happens to an account, step by step, and the runs of them.
//!
//! A [`Playbook`] is what a file says. A [`Run`] is one playbook on one account: what the journal's
//! [`PlayEvent`]s add up to, never changed by assignment. [`start`], [`complete`], [`skip`], [`reopen`],
//! [`reassign`], [`pause`], [`resume`] and [`abandon`] turn what a person means into a [`Deed`]: writes for the CRM and events for the journal, which
//! are kept together or not at all. Nothing is stored or sent here.

mod act;
mod bulk;
mod check;
mod done;
mod event;
mod facts;
mod fell;
mod fit;
mod manage;
mod mark;
mod outcomes;
mod run;
mod standing;
mod stands;
mod template;
mod theirs;

use serde::{Deserialize, Serialize};

use super::acts::edit::LIST;
use super::expression::Condition;
use super::period::BusinessDays;
use super::role::Role;

pub use act::{Deed, Team, abandon, bound_by, reopen, skip, start, step_of};
pub use bulk::{Because, Bulk, Line, Plan, Spared, Starts, WithAll, bulks, started_on};
pub use check::Problem;
pub use done::{Ground, complete, needs_note};
pub use event::{
    BOUND, Branch, Doer, KINDS, NOT_STARTED, Outcome, PlayEvent, Reason, STARTED, StartedStep, What,
};
pub use facts::Facts;
pub use fell::{Fell, Unmanned, unmanned};
pub use fit::Fit;
pub use manage::{pause, reassign, resume};
pub use mark::{MARK, Mark};
pub use outcomes::{Tally, tally};
pub use run::{Run, RunStep, StepState, running, runs};
pub use standing::{AccountOf, RunState, Standing, StepCount};
pub use stands::{Reader, Stands};
pub use template::Template;
pub use theirs::{TheirRun, TheirTask, also, colleague, theirs};

/// One file of `playbooks/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// Its id, which is also the name of its file without `.toml`.
    pub id: String,
    /// Rises with each change. A run keeps the version that it was started with.
    pub version: u32,
    /// What people call it.
    pub title: String,
    /// It is for accounts of which this holds; for all where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies_when: Option<Condition>,
    /// What it is for has been reached when this holds.
    #[serde(default)]
    pub exit_when: Option<Condition>,
    /// Ids of the measures of `health.toml` that it brings back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restores: Vec<String>,
    /// What is to be done, in this order.
    #[serde(default)]
    pub steps: Vec<StepTemplate>,
}

/// `[[steps]]`: one thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTemplate {
    /// Its id within the playbook: small letters, digits and hyphens.
    pub id: String,
    /// What is to be done, in one line.
    pub title: Template,
    /// Who does it, by role: I myself if it is mine, else who looks after the account.
    pub role: Role,
    /// Who does it, by name or e-mail address, whatever the role.
    #[serde(default)]
    pub person: Option<String>,
    /// What doing it does.
    #[serde(default)]
    pub kind: StepKind,
    /// The field of the account, or of the contract that is to be decided next, that it sets or that shows that it was
    /// done: called as in `retain edit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What it sets the field to, as a person would type it; the list that it puts the account on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// By when, in business days after the start.
    pub due: BusinessDays,
    /// How to do it.
    #[serde(default)]
    pub guidance: Option<Template>,
    /// It counts only if this holds when the steps before it are closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Ids of the steps that come before it.
    #[serde(default)]
    pub after: Vec<String>,
    /// What has to be there before it is done.
    #[serde(default)]
    pub evidence: Option<Evidence>,
    /// Whether it is a task in the CRM too: completing either completes both.
    #[serde(default)]
    pub crm_task: bool,
}

impl StepTemplate {
    /// The field that it is about: that of the lists, where it puts the account on one.
    pub fn about(&self) -> Option<&str> {
        match self.kind {
            StepKind::List => Some(LIST),
            StepKind::Task | StepKind::Set => self.field.as_deref(),
        }
    }
}

/// What doing a step does. Stored by these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// A person does something.
    #[default]
    Task,
    /// A field in the CRM is changed.
    Set,
    /// The account is put on a list of the CRM, which sends: the property is set on which those lists are built.
    List,
}

impl StepKind {
    /// Its word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Set => "set",
            Self::List => "list",
        }
    }
}

/// What shows that a step was done. Stored by these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// A note on the account, written as it is done.
    Note,
    /// A call, meeting or e-mail on the account since the run began.
    Touch,
    /// A field that is not empty any more.
    Field,
}

impl Evidence {
    /// What has to be there before the step is done, in words.
    pub fn asks(self) -> &'static str {
        match self {
            Self::Note => "asks for a note",
            Self::Touch => "asks for a call, a meeting or an e-mail",
            Self::Field => "asks for a field that is not empty",
        }
    }

    /// Its word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Touch => "touch",
            Self::Field => "field",
        }
    }
}

impl Playbook {
    /// Its conditions, each with where it is written.
    pub fn conditions(&self) -> impl Iterator<Item = (Vec<&str>, &Condition)> {
        let whole = [
            ("applies_when", self.applies_when.as_ref()),
            ("exit_when", self.exit_when.as_ref()),
        ];
        let whole = whole.into_iter();
        let whole = whole.filter_map(|(key, condition)| Some((vec![key], condition?)));
        let steps = self.steps.iter();
        whole.chain(steps.filter_map(|step| Some((vec!["steps", &step.id, "when"], step.when.as_ref()?))))
    }

    /// What is wrong with its title, and with how its steps hang together.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = check::problems(&self.steps);
        problems.extend(check::title(&self.title));
        problems
    }

    /// What is hardly meant so, though it works: each with the step and the key that it is about.
    pub fn oddities(&self) -> Vec<(&str, &'static str, String)> {
        check::oddities(&self.steps)
    }
}

#[cfg(test)]
mod tests;
