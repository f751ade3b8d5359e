//! Runs of colleagues, as far as the tasks of their steps in the CRM tell.

use serde::{Deserialize, Serialize};

use super::event::{PlayEvent, What};
use super::{Playbook, Run, StepKind, StepTemplate};
use crate::domain::record::RecordId;

/// A run that another ledger keeps: what its tasks that were seen say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TheirRun {
    /// Its id.
    pub id: String,
    /// The account.
    pub account: RecordId,
    /// Id of the playbook; tasks of earlier versions do not say.
    pub playbook: Option<String>,
    /// Id of the signal that it was started from.
    pub signal: Option<String>,
    /// How many tasks it made, as its tasks say.
    pub of: Option<usize>,
    /// Those of its tasks that were seen, in the order in which they were.
    pub tasks: Vec<TheirTask>,
}

/// A task of a step of a colleague's run. It is bound by its id from when it was seen: its text may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TheirTask {
    /// Id of the step.
    pub step: String,
    /// The task.
    pub task: RecordId,
    /// Whether it is done; `None` where it is not here any more.
    pub done: Option<bool>,
    /// Whether it was closed without having been done, as its subject says.
    #[serde(default)]
    pub left_out: bool,
    /// Name of who does it, raw; empty where that is not known.
    pub owner: String,
}

/// The runs of colleagues that these events of the journal tell of, in the order in which they were seen.
pub fn theirs<'a>(events: impl IntoIterator<Item = &'a PlayEvent>) -> Vec<TheirRun> {
    let mut runs: Vec<TheirRun> = Vec::new();
    for event in events {
        let What::Bound {
            run,
            step,
            task,
            of,
            playbook,
            signal,
        } = &event.what
        else {
            continue;
        };
        let seen = TheirTask {
            step: step.clone(),
            task: task.clone(),
            done: None,
            left_out: false,
            owner: String::new(),
        };
        if let Some(known) = runs.iter_mut().find(|known| known.id == *run) {
            if known.tasks.iter().all(|one| one.task != seen.task) {
                known.tasks.push(seen);
            }
            continue;
        }
        runs.push(TheirRun {
            id: run.clone(),
            account: event.account.clone(),
            playbook: playbook.clone(),
            signal: signal.clone(),
            of: *of,
            tasks: vec![seen],
        });
    }
    runs
}

/// The run of a colleague that does the same for the same reason and is under way, as [`running`](super::running) has it
/// of one's own.
pub fn colleague<'a>(runs: &'a [TheirRun], playbook: &str, signal: Option<&str>) -> Option<&'a TheirRun> {
    runs.iter().find(|run| run.does(playbook, signal))
}

/// That a colleague does the same for the same reason on the account of a run under way, raw; `None` where nobody does. Two
/// who began before either saw the other learn it by this.
pub fn also(run: &Run, theirs: &[TheirRun]) -> Option<String> {
    if !run.is_open() {
        return None;
    }
    let signal = run.reason.as_ref().map(|reason| reason.signal.as_str());
    let mut theirs = theirs.iter().filter(|other| other.account == run.account);
    let other = theirs.find(|other| other.does(&run.playbook, signal))?;
    Some(format!("{} does the same: {}", other.by(), other.id))
}

impl TheirRun {
    /// Whether it is of this playbook, for this reason where one is given, and under way.
    fn does(&self, playbook: &str, signal: Option<&str>) -> bool {
        let same = signal.is_none() || self.signal.as_deref() == signal;
        self.is_open() && self.playbook.as_deref() == Some(playbook) && same
    }

    /// Whether a task of it that was seen is still open.
    pub fn is_open(&self) -> bool {
        self.tasks.iter().any(|one| one.done == Some(false))
    }

    /// How many of its tasks are not linked: never seen with their last line, which somebody deleted before, or not
    /// readable; `None` where its tasks do not say how many there are.
    pub fn unlinked(&self) -> Option<usize> {
        Some(self.of?.saturating_sub(self.tasks.len()))
    }

    /// Ids of the steps that a task which is not linked may be of, in the playbook's order, by the playbook as it is now:
    /// those that make tasks and of which none was seen. They may be more than are [`unlinked`](Self::unlinked): one that
    /// another does is a task too.
    pub fn unseen(&self, playbook: &Playbook) -> Vec<String> {
        let Some(missing) = self.unlinked().filter(|missing| *missing > 0) else {
            return Vec::new();
        };
        let may_be = |step: &&StepTemplate| {
            let is_task = step.crm_task || (step.kind == StepKind::Task && step.when.is_none());
            is_task && self.tasks.iter().all(|seen| seen.step != step.id)
        };
        let mut steps: Vec<&StepTemplate> = playbook.steps.iter().filter(may_be).collect();
        if steps.iter().filter(|step| step.crm_task).count() == missing {
            steps.retain(|step| step.crm_task);
        }
        steps.into_iter().map(|step| step.id.clone()).collect()
    }

    /// Whose it is: the names of who does its tasks, raw.
    pub fn by(&self) -> String {
        let mut names: Vec<&str> = self.tasks.iter().map(|one| one.owner.as_str()).collect();
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        match names.as_slice() {
            [] => "a colleague".to_owned(),
            names => names.join(" and "),
        }
    }
}
