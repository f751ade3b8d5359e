//! Where a warning stands, and how long it stood in each state.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::life::{Act, End, Life};
use crate::domain::playbook::Run;

/// Where a warning stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Nobody has said anything about it.
    #[default]
    Open,
    /// A person does not want to see it for a while, and nobody has taken it on.
    Snoozed,
    /// A person has taken it on.
    Acknowledged,
    /// A run of its playbook was started, or a person says that something is done.
    Planned,
    /// Its condition holds no more.
    Recovered,
    /// The customer has left.
    Lost,
    /// The account was deleted or merged in the CRM, or is not ours any more.
    Gone,
    /// The configuration has its signal no more.
    Withdrawn,
    /// A person closed it.
    Accepted,
}

impl Stage {
    /// The state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Acknowledged => "acknowledged",
            Self::Planned => "plan in place",
            Self::Recovered => "recovered",
            Self::Lost => "lost",
            Self::Gone => "gone",
            Self::Withdrawn => "withdrawn",
            Self::Accepted => "accepted",
        }
    }
}

/// A run of a playbook, as far as warnings need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Id of the playbook.
    pub playbook: String,
    /// Id of the signal that it was started from, if it was a warning.
    pub signal: Option<String>,
    /// When it was started (UTC).
    pub from: Timestamp,
    /// When it was given up (UTC).
    pub given_up: Option<Timestamp>,
    /// When the last of its steps was done or left out (UTC).
    pub finished: Option<Timestamp>,
}

impl Plan {
    /// That of a run.
    pub fn of(run: &Run) -> Self {
        let is_finished = run.steps.iter().all(|step| !step.is_open());
        let last = run.steps.iter().map(|step| step.since).max();
        Self {
            playbook: run.playbook.clone(),
            signal: run.reason.as_ref().map(|reason| reason.signal.clone()),
            from: run.started,
            given_up: run.abandoned.as_ref().map(|(at, _)| *at),
            finished: last.filter(|_| is_finished),
        }
    }

    /// From when to when it is a plan for this warning.
    fn covers(&self, life: &Life) -> Option<(Timestamp, Option<Timestamp>)> {
        let answers = match &self.signal {
            Some(signal) => *signal == life.opened.signal,
            None => life.opened.playbook.as_ref() == Some(&self.playbook),
        };
        let opened = life.opened_at;
        // One that was over before tells nothing of what came later.
        let was_over = self.given_up.or(self.finished).is_some_and(|end| end <= opened);
        (answers && !was_over).then(|| (self.from.max(opened), self.given_up))
    }
}

/// The plans that runs are.
pub fn plans(runs: &[Run]) -> Vec<Plan> {
    runs.iter().map(Plan::of).collect()
}

impl Life {
    /// The states that it went through, each with when it came into it (UTC); the last one is where it stands.
    pub fn stages(&self, plans: &[Plan]) -> Vec<(Stage, Timestamp)> {
        let mut stages = vec![(Stage::Open, self.opened_at)];
        for at in self.moments(plans) {
            let stage = self.stage_at(at, plans);
            if stages.last().is_some_and(|(last, _)| *last != stage) {
                stages.push((stage, at));
            }
        }
        stages
    }

    /// Where it stands.
    pub fn stage(&self, plans: &[Plan]) -> Stage {
        self.stages(plans).last().map_or(Stage::Open, |(stage, _)| *stage)
    }

    /// Whether somebody acted on it before it ended: acknowledged it, made a plan, or has a run of a playbook that answers it.
    /// To snooze it is to wait, and to close it is to judge it: neither does anything about it.
    pub fn was_acted_on(&self, plans: &[Plan]) -> bool {
        let is_act = |act: &Act| matches!(act, Act::Acknowledged | Act::Planned(_));
        let covers = |(from, _): (Timestamp, Option<Timestamp>)| self.end().is_none_or(|end| from <= end);
        let is_planned = plans.iter().filter_map(|plan| plan.covers(self)).any(covers);
        is_planned || self.acts.iter().any(|done| is_act(&done.act))
    }

    /// When anything about it may have changed, in order, as far as it goes.
    fn moments(&self, plans: &[Plan]) -> Vec<Timestamp> {
        let mut moments: Vec<Timestamp> = self.acts.iter().map(|done| done.at).collect();
        moments.extend(self.cleared.map(|(at, _)| at));
        for (from, until) in plans.iter().filter_map(|plan| plan.covers(self)) {
            moments.extend([from].into_iter().chain(until));
        }
        // What was said elsewhere may have been said before it stood here.
        for at in &mut moments {
            *at = self.opened_at.max(*at);
        }
        let end = self.end();
        moments.retain(|at| end.is_none_or(|end| *at <= end));
        moments.sort();
        moments
    }

    /// When it was over (UTC).
    pub fn end(&self) -> Option<Timestamp> {
        let closed = self.closing().map(|(_, done)| done.at);
        let end = closed.into_iter().chain(self.cleared.map(|(at, _)| at)).min();
        end.map(|end| self.opened_at.max(end))
    }

    fn stage_at(&self, at: Timestamp, plans: &[Plan]) -> Stage {
        if self.end().is_some_and(|end| end <= at) {
            return match (self.closing(), self.cleared) {
                (Some(_), _) => Stage::Accepted,
                (None, Some((_, End::Lost))) => Stage::Lost,
                (None, Some((_, End::Gone))) => Stage::Gone,
                (None, Some((_, End::Withdrawn))) => Stage::Withdrawn,
                _ => Stage::Recovered,
            };
        }
        let done: Vec<&Act> = self
            .acts
            .iter()
            .filter(|done| done.at <= at)
            .map(|done| &done.act)
            .collect();
        let runs = plans
            .iter()
            .filter_map(|plan| plan.covers(self))
            .any(|(from, until)| from <= at && until.is_none_or(|until| until > at));
        if runs || done.iter().any(|act| matches!(act, Act::Planned(_))) {
            Stage::Planned
        } else if done.iter().any(|act| matches!(act, Act::Acknowledged)) {
            Stage::Acknowledged
        } else if matches!(done.last(), Some(Act::Snoozed(_))) {
            Stage::Snoozed
        } else {
            Stage::Open
        }
    }
}
