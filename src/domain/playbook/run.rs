//! A playbook on an account: what its events add up to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Evidence;
use super::event::{Branch, Outcome, PlayEvent, Reason, StartedStep, TAKEN_BACK, What};
use crate::domain::desk::TaskFacts;
use crate::domain::expression::Condition;
use crate::domain::outbox::Target;
use crate::domain::record::RecordId;

/// One playbook on one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id, e.g. `P-7K3M9QX2`.
    pub id: String,
    /// The account.
    pub account: RecordId,
    /// Id of the playbook.
    pub playbook: String,
    /// The playbook's version when it was started.
    pub version: u32,
    /// What people call the playbook.
    pub title: String,
    /// What it was started from, if it was a warning.
    pub reason: Option<Reason>,
    /// Who started it: the owner's e-mail address.
    pub author: String,
    /// When it was started (UTC).
    pub started: Timestamp,
    /// The word that the writes of its start carry.
    pub act: String,
    /// Id of the bulk play that it is part of.
    #[serde(default)]
    pub bulk: Option<String>,
    /// What it is for has been reached when this holds.
    pub exit_when: Option<Condition>,
    /// Whether that holds now; `None` when nothing is said of it, or it cannot be told.
    pub exit_reached: Option<bool>,
    /// What is to be done, in the playbook's order.
    pub steps: Vec<RunStep>,
    /// When and why it was given up.
    pub abandoned: Option<(Timestamp, String)>,
    /// Since when and why it is paused: then no step of it is due.
    #[serde(default)]
    pub paused: Option<(Timestamp, String)>,
    /// When its end was noted, and whether what it is for had been reached then.
    #[serde(default)]
    pub ended: Option<(Timestamp, Outcome)>,
}

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStep {
    /// What it was when the run started.
    #[serde(flatten)]
    pub step: StartedStep,
    /// Where it stands.
    pub state: StepState,
    /// When it came to stand there (UTC).
    pub since: Timestamp,
    /// What was decided of its condition; `None` while the steps before it are open, and where it has none.
    #[serde(default)]
    pub branch: Option<Branch>,
    /// Whether its task in the CRM was done when it was last seen.
    pub task_seen_done: bool,
    /// Whether it is done because its task was completed in the CRM, where nobody asks for evidence.
    #[serde(default)]
    pub closed_in_crm: bool,
    /// Who did it or left it out here, by e-mail address; `None` while it is open, and where no person of us did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Its task: the CRM's record, or the entry of the outbox that makes it.
    pub task: Option<Target>,
    /// Its task as the CRM wrote it; `None` where it was not read.
    #[serde(default)]
    pub facts: Option<TaskFacts>,
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum StepState {
    /// Still to be done.
    Open,
    /// Done.
    Done,
    /// Left out.
    Skipped {
        /// The reason that was given, raw.
        why: String,
    },
}

/// The runs that events add up to, in the order of their starts. Events are given in the journal's order, each with its
/// author and when it took effect; those of a run whose start is not there are left out.
pub fn runs<'a>(events: impl IntoIterator<Item = (&'a PlayEvent, &'a str, Timestamp)>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // Where each stands: a large team has thousands, and each has many events.
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (event, author, at) in events {
        let id = event.what.run();
        if let Some(run) = places.get(id).and_then(|place| runs.get_mut(*place)) {
            run.take(&event.what, at);
            run.know_who(&event.what, author);
        } else if let Some(run) = Run::begin(event, author, at) {
            places.insert(id, runs.len());
            runs.push(run);
        }
    }
    runs
}

/// The run of this playbook for this reason (a signal) that is under way: whoever starts it again is told so
/// first. Without a reason any run of it is the same play: its steps would be done twice.
pub fn running<'a>(runs: &'a [Run], playbook: &str, signal: Option<&str>) -> Option<&'a Run> {
    runs.iter().find(|run| {
        let reason = run.reason.as_ref().map(|reason| reason.signal.as_str());
        let same = signal.is_none() || reason == signal;
        run.is_open() && run.playbook == playbook && same
    })
}

impl Run {
    fn begin(event: &PlayEvent, author: &str, at: Timestamp) -> Option<Self> {
        let What::Started {
            run,
            act,
            playbook,
            reason,
            steps,
            bulk,
        } = &event.what
        else {
            return None;
        };
        let text = |key: &str| playbook[key].as_str().unwrap_or_default().to_owned();
        let exit_when = playbook["exit_when"].as_str().map(str::to_owned);
        let step = |step: &StartedStep| RunStep {
            step: step.clone(),
            state: StepState::Open,
            since: at,
            branch: None,
            task_seen_done: false,
            closed_in_crm: false,
            by: None,
            task: None,
            facts: None,
        };
        Some(Self {
            id: run.clone(),
            account: event.account.clone(),
            playbook: text("id"),
            version: playbook["version"]
                .as_u64()
                .and_then(|version| version.try_into().ok())?,
            title: text("title"),
            reason: reason.clone(),
            author: author.to_owned(),
            started: at,
            act: act.clone(),
            bulk: bulk.clone(),
            exit_when: exit_when.and_then(|source| Condition::try_from(source).ok()),
            exit_reached: None,
            steps: steps.iter().map(step).collect(),
            abandoned: None,
            paused: None,
            ended: None,
        })
    }

    /// What it is after this happened to it.
    pub fn take(&mut self, what: &What, at: Timestamp) {
        match what {
            What::Started { .. } | What::NotStarted { .. } | What::Bound { .. } => {}
            // What never was is not given up too.
            What::Abandoned { why, .. } if why == TAKEN_BACK => self.abandoned = Some((at, why.clone())),
            What::Abandoned { why, .. } => {
                self.abandoned.get_or_insert((at, why.clone()));
            }
            What::TakenUp { .. } if self.was_taken_back() => {}
            What::TakenUp { .. } => self.abandoned = None,
            What::Ended { outcome, .. } => self.ended = Some((at, *outcome)),
            What::Paused { why, since, due, .. } => {
                self.paused = Some((since.unwrap_or(at), why.clone()));
                self.put_off(due);
            }
            What::Resumed { due, .. } => {
                self.paused = None;
                self.put_off(due);
            }
            What::Reassigned { step, to, .. } => {
                if let Some(step) = self.step_mut(step) {
                    step.step.owner = to.owner.clone();
                    step.step.owner_name.clone_from(&to.name);
                    step.step.fell = None;
                }
            }
            What::Done { step, .. } => self.close(step, StepState::Done, at),
            What::Skipped { step, why, .. } => self.close(step, StepState::Skipped { why: why.clone() }, at),
            What::Reopened { step, .. } => self.reopen(step, at),
            What::Branched {
                step, branch, when, ..
            } => self.branched(step, *branch, when, at),
            What::TaskSeen { step, done, .. } => {
                let is_given_up = self.abandoned.is_some();
                let Some(found) = self.step_mut(step) else { return };
                found.task_seen_done = *done;
                // The tasks of a run that is given up were closed with it, and nobody did them.
                if is_given_up {
                    return;
                }
                // What was left out stays left out, though its task is done.
                match (done, found.is_open()) {
                    (true, true) => {
                        found.enter(StepState::Done, at);
                        found.closed_in_crm = true;
                    }
                    (false, false) => self.reopen(step, at),
                    _ => {}
                }
            }
        }
    }

    /// Whoever closed it first: of one that is closed already so, another program merely says it again.
    fn know_who(&mut self, what: &What, author: &str) {
        if let What::Done { step, .. } | What::Skipped { step, .. } = what
            && let Some(step) = self.step_mut(step)
            && step.by.is_none()
            && !step.closed_in_crm
        {
            step.by = Some(author.to_owned());
        }
    }

    fn put_off(&mut self, due: &BTreeMap<String, Date>) {
        for (step, day) in due {
            if let Some(step) = self.step_mut(step) {
                step.step.due = *day;
            }
        }
    }

    fn close(&mut self, step: &str, state: StepState, at: Timestamp) {
        if let Some(step) = self.step_mut(step) {
            step.enter(state, at);
        }
    }

    /// A step is open again: what was decided because it was closed is open again too.
    fn reopen(&mut self, step: &str, at: Timestamp) {
        let Some(found) = self.step_mut(step) else { return };
        found.enter(StepState::Open, at);
        self.ended = None;
        let decided = |one: &&RunStep| one.branch.is_some() && one.step.after.iter().any(|id| id == step);
        let decided: Vec<String> = self
            .steps
            .iter()
            .filter(decided)
            .map(|one| one.step.id.clone())
            .collect();
        for id in decided {
            let Some(one) = self.step_mut(&id) else { continue };
            let was_left_out = one.branch.take() == Some(Branch::LeftOut) && !one.is_open();
            if was_left_out {
                self.reopen(&id, at);
            }
        }
    }

    fn branched(&mut self, step: &str, branch: Branch, when: &str, at: Timestamp) {
        let Some(step) = self.step_mut(step) else { return };
        step.branch = Some(branch);
        if branch == Branch::LeftOut && step.is_open() {
            let why = format!("`{when}` does not hold");
            step.enter(StepState::Skipped { why }, at);
        }
    }

    fn step_mut(&mut self, id: &str) -> Option<&mut RunStep> {
        self.steps.iter_mut().find(|one| one.step.id == id)
    }

    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&RunStep> {
        self.steps.iter().find(|one| one.step.id == id)
    }

    /// Whether something of it is still to be done.
    pub fn is_open(&self) -> bool {
        self.abandoned.is_none() && self.steps.iter().any(RunStep::is_open)
    }

    /// Whether its start was taken back: then it never was.
    pub fn was_taken_back(&self) -> bool {
        self.abandoned.as_ref().is_some_and(|(_, why)| why == TAKEN_BACK)
    }

    /// Whether something of it is still to be done, and it is not paused.
    pub fn is_under_way(&self) -> bool {
        self.is_open() && self.paused.is_none()
    }

    /// Steps done or left out, and all steps: `2 of 6`.
    pub fn progress(&self) -> (usize, usize) {
        let closed = self.steps.iter().filter(|one| !one.is_open()).count();
        (closed, self.steps.len())
    }

    /// Whether a step can be done now: the run is not paused, it is open, every step before it is not, and it counts as far
    /// as anybody can tell.
    pub fn is_ready(&self, step: &RunStep) -> bool {
        self.paused.is_none() && self.has_its_turn(step) && !step.is_undecided()
    }

    /// Whether a step is open and every step before it is not.
    fn has_its_turn(&self, step: &RunStep) -> bool {
        self.abandoned.is_none() && step.is_open() && self.waits_for(step).is_empty()
    }

    /// Whether something of it is to be decided by how the account is now: of a step whether it counts, or how it ended.
    pub fn is_to_be_told(&self) -> bool {
        let has_ended = self.abandoned.is_none() && !self.is_open() && self.ended.is_none();
        has_ended || self.undecided().is_some()
    }

    /// The conditions, as they were written, by which something of it is or will be told: of each step whether it counts, and
    /// of the run how it ended. None once it was given up, or its end is noted.
    pub fn asks(&self) -> impl Iterator<Item = &str> {
        let is_over = self.abandoned.is_some() || (self.ended.is_some() && !self.is_open());
        let exit = self.exit_when.iter().map(|exit| exit.expression().source());
        let branches = self.steps.iter().filter_map(|one| one.step.when.as_deref());
        exit.chain(branches).filter(move |_| !is_over)
    }

    /// The first step of which it is to be decided whether it counts.
    fn undecided(&self) -> Option<&RunStep> {
        let mut steps = self.steps.iter();
        steps.find(|one| self.has_its_turn(one) && one.is_undecided())
    }

    /// What the journal notes once it is asked how the account is: of each step whose turn has come whether it counts,
    /// and how the run ended if its last step is closed. `holds` says of a condition whether it holds. What ended before
    /// `since` did so under other facts: its outcome cannot be told.
    pub fn told(&self, holds: impl Fn(&Condition) -> Option<bool>, since: Timestamp) -> Vec<PlayEvent> {
        let mut run = self.clone();
        let mut events = Vec::new();
        let mut note = |run: &mut Self, what: What| {
            let at = run.steps.iter().map(|one| one.since).max();
            run.take(&what, at.unwrap_or(run.started));
            events.push(PlayEvent {
                account: run.account.clone(),
                what,
            });
        };
        while let Some(step) = run.undecided() {
            let when = step.step.when.clone().unwrap_or_default();
            let condition = Condition::try_from(when.clone()).ok();
            let what = What::Branched {
                run: run.id.clone(),
                step: step.step.id.clone(),
                branch: condition.and_then(|condition| holds(&condition)).into(),
                when,
            };
            note(&mut run, what);
        }
        if run.is_to_be_told() {
            let is_recent = run.steps.iter().any(|one| one.since >= since);
            let exit = run.exit_when.as_ref().filter(|_| is_recent);
            let what = What::Ended {
                run: run.id.clone(),
                outcome: exit.and_then(&holds).into(),
            };
            note(&mut run, what);
        }
        events
    }

    /// The step that is to be done next: of those that can be done now the one that is due first.
    pub fn current(&self) -> Option<&RunStep> {
        let ready = self.steps.iter().filter(|one| self.is_ready(one));
        ready.min_by_key(|one| one.step.due)
    }

    /// Whether a step is past its due day: one that can be done now.
    pub fn is_step_late(&self, step: &RunStep, today: Date) -> bool {
        self.is_ready(step) && step.step.due < today
    }

    /// Whether any of its steps is past its due day.
    pub fn is_late(&self, today: Date) -> bool {
        self.steps.iter().any(|step| self.is_step_late(step, today))
    }

    /// What the journal notes when the step's task in the CRM is done, or open: nothing unless that is
    /// different from when it was last seen.
    pub fn seen(&self, step: &RunStep, done: bool) -> Option<PlayEvent> {
        (done != step.task_seen_done).then(|| PlayEvent {
            account: self.account.clone(),
            what: What::TaskSeen {
                run: self.id.clone(),
                step: step.step.id.clone(),
                done,
            },
        })
    }
}

impl RunStep {
    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        self.state == StepState::Open
    }

    /// Whether it counts only under a condition of which nothing was decided yet.
    pub fn is_undecided(&self) -> bool {
        self.step.when.is_some() && self.branch.is_none()
    }

    /// Its condition, where that could not be told: a person decides.
    pub fn doubtful(&self) -> Option<&str> {
        let when = self.step.when.as_deref()?;
        (self.is_open() && self.branch == Some(Branch::CannotTell)).then_some(when)
    }

    /// Why a person is to look at it, whatever the day: nobody can tell whether it counts, its task waits for a person by
    /// `waiting` (words by the id under which a record is shown), or it was closed without the evidence that it asks for.
    pub fn odd(&self, waiting: &BTreeMap<RecordId, String>) -> Option<String> {
        let id = &self.step.id;
        if let Some(when) = self.doubtful() {
            return Some(format!(
                "`{id}`: whether `{when}` holds cannot be told: do it or skip it"
            ));
        }
        let task = self.task.as_ref().map(Target::shown_id);
        if let Some(why) = task.and_then(|task| waiting.get(&task)) {
            return Some(format!("the task of `{id}` is {why}"));
        }
        let asks = self.lacks_evidence()?;
        Some(format!(
            "`{id}` was completed in the CRM without its evidence ({})",
            asks.word()
        ))
    }

    /// The evidence that it asks for, where it was completed in the CRM and nobody was asked for it.
    pub fn lacks_evidence(&self) -> Option<Evidence> {
        self.step.evidence.filter(|_| self.closed_in_crm)
    }

    fn enter(&mut self, state: StepState, at: Timestamp) {
        if self.state != state {
            self.closed_in_crm = false;
            self.by = None;
            self.state = state;
            self.since = at;
        }
    }
}
