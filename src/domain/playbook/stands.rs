//! Where a step stands in its run, in words: for every screen and file the same.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Branch, Run, RunStep, StepState};
use crate::domain::record::Owner;
use crate::domain::words::weekday;

/// Where a step stands on a day.
#[derive(Debug, Clone, PartialEq)]
pub enum Stands<'a> {
    /// It was done.
    Done,
    /// It was left out, for this reason, raw.
    LeftOut(&'a str),
    /// It was open when its run was given up.
    GivenUp,
    /// Its run is paused.
    Rests,
    /// These come before it, and are open.
    Waits(Vec<&'a RunStep>),
    /// Its turn has come; whether it counts, by this condition, is decided with the next look at the account.
    Undecided(&'a str),
    /// Its turn has come, and whether it counts cannot be told, by this condition: a person decides.
    CannotTell(&'a str),
    /// It can be done, and its day has passed.
    Late,
    /// It can be done.
    Ready,
}

/// Who reads of runs, and what they know.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The day, in their time zone.
    pub today: Date,
    /// Their time zone.
    pub zone: &'a TimeZone,
    /// Everybody whom the CRM knows as one of us.
    pub owners: &'a [Owner],
}

impl Run {
    /// The open steps that come before an open one.
    pub fn waits_for(&self, step: &RunStep) -> Vec<&RunStep> {
        let before = step.step.after.iter().filter_map(|id| self.step(id));
        before.filter(|one| step.is_open() && one.is_open()).collect()
    }

    /// Where one of its steps stands on a day.
    pub fn stands<'a>(&'a self, step: &'a RunStep, today: Date) -> Stands<'a> {
        match &step.state {
            StepState::Done => return Stands::Done,
            StepState::Skipped { why } => return Stands::LeftOut(why),
            StepState::Open if self.abandoned.is_some() => return Stands::GivenUp,
            StepState::Open if self.paused.is_some() => return Stands::Rests,
            StepState::Open => {}
        }
        let before = self.waits_for(step);
        if !before.is_empty() {
            return Stands::Waits(before);
        }
        match &step.step.when {
            Some(when) if step.branch.is_none() => Stands::Undecided(when),
            Some(when) if step.branch == Some(Branch::CannotTell) => Stands::CannotTell(when),
            _ if self.is_step_late(step, today) => Stands::Late,
            _ => Stands::Ready,
        }
    }
}

impl Reader<'_> {
    /// A moment as the day that it is for them: `today`, `Fri 20 Nov`.
    fn day(&self, at: Timestamp) -> String {
        weekday(self.today, at.to_zoned(self.zone.clone()).date())
    }

    /// Who an e-mail address is, by name where the CRM has it, raw.
    fn name<'a>(&'a self, email: &'a str) -> &'a str {
        let owner = Owner::find(self.owners, email).filter(|owner| !owner.name.is_empty());
        owner.map_or(email, |owner| owner.name.as_str())
    }

    /// Who started a run, and when: `started Fri 20 Nov by Mara Lindt`.
    pub fn start(&self, run: &Run) -> String {
        format!("started {} by {}", self.day(run.started), self.name(&run.author))
    }

    /// What became of a run as a whole, or that it rests, each in a sentence, raw.
    pub fn state(&self, run: &Run) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some((at, why)) = &run.abandoned {
            lines.push(format!("given up {}: {why}", self.day(*at)));
        }
        if let Some((since, why)) = run.paused.as_ref().filter(|_| run.is_open()) {
            lines.push(format!("paused since {}: {why}", self.day(*since)));
        }
        if let Some((at, outcome)) = run.ended {
            lines.push(format!("ended {}; {}", self.day(at), outcome.words()));
        } else if run.exit_reached == Some(true) {
            lines.push("what it is for has been reached".to_owned());
        }
        lines
    }

    /// Where a step stands, raw: `done Fri 20 Nov by Mara Lindt`, `waits for Call the sponsor, due Wed 25 Nov`.
    pub fn step(&self, run: &Run, step: &RunStep) -> String {
        let (since, due) = (self.day(step.since), weekday(self.today, step.step.due));
        let by = step
            .by
            .as_deref()
            .map(|email| format!(" by {}", self.name(email)));
        let by = by.unwrap_or_default();
        match run.stands(step, self.today) {
            Stands::Done if step.lacks_evidence().is_some() => {
                format!("done in the CRM, seen {since}, without its evidence")
            }
            Stands::Done if step.closed_in_crm => format!("done in the CRM, seen {since}"),
            Stands::Done => format!("done {since}{by}"),
            Stands::LeftOut(why) => format!("left out {since}{by}: {why}"),
            Stands::GivenUp => "given up".to_owned(),
            Stands::Rests => format!("paused, was due {due}"),
            Stands::Waits(before) => {
                let before: Vec<&str> = before.iter().map(|one| one.step.title.as_str()).collect();
                let when = step.step.when.as_deref().filter(|_| step.is_undecided());
                let only = when.map(|when| format!(", then only if {when}"));
                let only = only.unwrap_or_default();
                format!("due {due}, waits for {}{only}", before.join(" and "))
            }
            Stands::Undecided(when) => {
                format!("due {due}, if {when}: decided with the next look at the account")
            }
            Stands::CannotTell(when) => {
                format!("due {due}, whether {when} cannot be told: do it or leave it out")
            }
            Stands::Late => format!("late, was due {due}"),
            Stands::Ready => format!("due {due}"),
        }
    }
}
