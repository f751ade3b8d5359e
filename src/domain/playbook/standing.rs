//! How a bulk play stands: what became of each account, how far each step is, and what is not as it should be.
//!
//! An account on which the playbook was rightly not started is left out, and nothing more is to be said of it. It is an
//! exception if it was not started on it for another reason, or its run was given up or rests, or a step of it is
//! late, was left out by a person, or is one that a person is to look at (see [`RunStep::odd`]).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{Bulk, Outcome, Run, RunStep, StepState};
use crate::domain::record::RecordId;
use crate::domain::words::short_day;

/// How a bulk play stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its id.
    pub id: String,
    /// Id of the playbook.
    pub playbook: String,
    /// The playbook's version then.
    pub version: u32,
    /// What people call the playbook.
    pub title: String,
    /// Who started it: the owner's e-mail address.
    pub author: String,
    /// When (UTC).
    pub started: Timestamp,
    /// Its steps in the playbook's order, over all runs.
    pub steps: Vec<StepCount>,
    /// All accounts of its dry run that were found: exceptions first, those that were left out last, by name.
    pub accounts: Vec<AccountOf>,
}

/// How far a step is, over all runs: on how many accounts it stands how. It adds up to the runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepCount {
    /// Its id.
    pub step: String,
    /// Done.
    pub done: usize,
    /// Left out, by a person or since its condition did not hold.
    pub left_out: usize,
    /// Its turn has come, and it is late.
    pub late: usize,
    /// To be done and not late, also where its run rests.
    pub open: usize,
    /// Open, and nothing is decided of the condition under which alone it counts.
    pub undecided: usize,
    /// That condition; `None` where it always counts.
    pub only_if: Option<String>,
    /// Open when its run was given up.
    pub given_up: usize,
}

/// What became of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountOf {
    /// The account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Id of its run; `None` where none was started.
    pub run: Option<String>,
    /// Where that stands.
    pub state: RunState,
    /// Steps done or left out, and all steps.
    pub progress: (usize, usize),
    /// The step that can be done now, by when it is due and whose it is.
    pub current: Option<(String, Date, String)>,
    /// Why it is an exception, raw; `None` where it is as it should be.
    pub odd: Option<String>,
    /// Why it was rightly not started on it, raw; `None` where it is not left out.
    pub left_out: Option<String>,
}

/// Where the run on an account stands. Stored by these names in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// None was started.
    NotStarted,
    /// Something of it is to be done.
    UnderWay,
    /// It rests.
    Paused,
    /// Its last step is closed.
    Ended,
    /// It ended, and what it is for had been reached.
    Reached,
    /// It was given up.
    GivenUp,
}

impl StepCount {
    /// It in words: `30 done, 3 late, 5 to do`, `36 only if score > 40`.
    pub fn words(&self) -> String {
        let only_if = self.only_if.as_deref().unwrap_or_default();
        let only_if = format!("only if {only_if}");
        let counts = [
            (self.done, "done"),
            (self.late, "late"),
            (self.open, "to do"),
            (self.undecided, only_if.as_str()),
            (self.left_out, "left out"),
            (self.given_up, "given up"),
        ];
        let parts = counts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
        parts.join(", ")
    }
}

impl AccountOf {
    /// What became of it in words: `2 of 6, call due Wed, Mara Lindt`.
    pub fn words(&self, today: Date) -> String {
        let (closed, of) = self.progress;
        match (&self.current, self.state) {
            (Some((step, due, whose)), RunState::UnderWay) => {
                format!("{closed} of {of}, {step} due {}, {whose}", short_day(today, *due))
            }
            (_, RunState::NotStarted) => self.state.words().to_owned(),
            _ => format!("{}, {closed} of {of}", self.state.words()),
        }
    }
}

impl RunState {
    /// It in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotStarted => "not started",
            Self::UnderWay => "under way",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::Reached => "ended, reached",
            Self::GivenUp => "given up",
        }
    }

    fn of(run: &Run) -> Self {
        match (&run.abandoned, run.is_open()) {
            (Some(_), _) => Self::GivenUp,
            (None, true) if run.paused.is_some() => Self::Paused,
            (None, true) => Self::UnderWay,
            (None, false) => match run.ended {
                Some((_, Outcome::Reached)) => Self::Reached,
                _ => Self::Ended,
            },
        }
    }
}

impl Standing {
    /// How a bulk play stands on a day. `waiting` has what waits for a person in the outbox, in words, by the id under which
    /// the record is shown; `name` tells what an account is called.
    pub fn of(
        bulk: &Bulk,
        today: Date,
        waiting: &BTreeMap<RecordId, String>,
        name: &dyn Fn(&RecordId) -> String,
    ) -> Self {
        let not_started = bulk.not_started.iter().map(|(account, spared)| AccountOf {
            account: account.clone(),
            name: name(account),
            run: None,
            state: RunState::NotStarted,
            progress: (0, 0),
            current: None,
            odd: (!spared.rightly).then(|| spared.why.clone()),
            left_out: spared.rightly.then(|| spared.why.clone()),
        });
        let runs = bulk.runs.iter().map(|run| AccountOf {
            account: run.account.clone(),
            name: name(&run.account),
            run: Some(run.id.clone()),
            state: RunState::of(run),
            progress: run.progress(),
            current: run.current().map(|step| {
                let step = &step.step;
                (step.id.clone(), step.due, step.owner_name.clone())
            }),
            odd: odd(run, today, waiting),
            left_out: None,
        });
        let mut accounts: Vec<AccountOf> = not_started.chain(runs).collect();
        accounts.sort_by(|one, other| {
            let key = |one: &AccountOf| (one.left_out.is_some(), one.odd.is_none(), one.name.to_lowercase());
            (key(one), &one.account).cmp(&(key(other), &other.account))
        });
        Self {
            id: bulk.id.clone(),
            playbook: bulk.playbook.clone(),
            version: bulk.version,
            title: bulk.title.clone(),
            author: bulk.author.clone(),
            started: bulk.started,
            steps: steps(&bulk.runs, today),
            accounts,
        }
    }

    /// On how many accounts it stands so.
    pub fn count(&self, states: &[RunState]) -> usize {
        let is_so = |one: &&AccountOf| states.contains(&one.state);
        self.accounts.iter().filter(is_so).count()
    }

    /// On how many accounts it was started.
    pub fn started_on(&self) -> usize {
        self.accounts.len() - self.count(&[RunState::NotStarted])
    }

    /// The accounts on which it is not as it should be, each with why.
    pub fn exceptions(&self) -> impl Iterator<Item = (&AccountOf, &str)> {
        self.accounts
            .iter()
            .filter_map(|one| Some((one, one.odd.as_deref()?)))
    }

    /// The accounts on which it was rightly not started, each with why.
    pub fn left_out(&self) -> impl Iterator<Item = (&AccountOf, &str)> {
        self.accounts
            .iter()
            .filter_map(|one| Some((one, one.left_out.as_deref()?)))
    }

    /// How it stands in words: `started on 38 of 42: 30 under way, 8 ended`.
    pub fn words(&self) -> String {
        let counts = [
            (&[RunState::UnderWay][..], "under way"),
            (&[RunState::Paused], "paused"),
            (&[RunState::Ended, RunState::Reached], "ended"),
            (&[RunState::GivenUp], "given up"),
        ];
        let parts: Vec<String> = counts
            .into_iter()
            .map(|(states, word)| (self.count(states), word))
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        format!(
            "started on {} of {}: {}",
            self.started_on(),
            self.accounts.len(),
            parts.join(", ")
        )
    }
}

/// How far each step is.
fn steps(runs: &[Run], today: Date) -> Vec<StepCount> {
    let first = runs.first().map_or(&[][..], |run| &run.steps);
    let count = |step: &RunStep| {
        let mut count = StepCount {
            step: step.step.id.clone(),
            done: 0,
            left_out: 0,
            late: 0,
            open: 0,
            undecided: 0,
            only_if: step.step.when.clone(),
            given_up: 0,
        };
        for run in runs {
            let Some(step) = run.step(&step.step.id) else {
                continue;
            };
            *match step.state {
                StepState::Done => &mut count.done,
                StepState::Skipped { .. } => &mut count.left_out,
                StepState::Open if run.abandoned.is_some() => &mut count.given_up,
                StepState::Open if step.is_undecided() => &mut count.undecided,
                StepState::Open if run.is_step_late(step, today) => &mut count.late,
                StepState::Open => &mut count.open,
            } += 1;
        }
        count
    };
    first.iter().map(count).collect()
}

/// Why a run is an exception, in a few words; `None` where it is as it should be.
fn odd(run: &Run, today: Date, waiting: &BTreeMap<RecordId, String>) -> Option<String> {
    if let Some((_, why)) = &run.abandoned {
        return Some(format!("given up: {why}"));
    }
    if let Some((_, why)) = run.paused.as_ref().filter(|_| run.is_open()) {
        return Some(format!("paused: {why}"));
    }
    if let Some(why) = run.steps.iter().find_map(|step| step.odd(waiting)) {
        return Some(why);
    }
    if let Some(step) = run.steps.iter().find(|step| run.is_step_late(step, today)) {
        return Some(format!(
            "late: `{}`, due {}, {}",
            step.step.id,
            short_day(today, step.step.due),
            step.step.owner_name
        ));
    }
    run.steps.iter().find_map(|step| match &step.state {
        StepState::Skipped { why } if step.branch.is_none() => {
            Some(format!("`{}` was left out: {why}", step.step.id))
        }
        _ => None,
    })
}
