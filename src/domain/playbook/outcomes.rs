//! What came of the runs of each version of a playbook.

use super::{Outcome, Run};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What came of the runs of one version of a playbook. Starts that were taken back are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Id of the playbook.
    pub playbook: String,
    /// Its version.
    pub version: u32,
    /// What people called it.
    pub title: String,
    /// How many were started.
    pub started: usize,
    /// How many are under way.
    pub under_way: usize,
    /// How many came to the end of their last step.
    pub ended: usize,
    /// Of how many of those the exit was reached.
    pub reached: usize,
    /// Of how many of those that could not be told.
    pub cannot_tell: usize,
    /// How many were given up.
    pub given_up: usize,
    /// The middle one of the days, whole ones of 24 hours, that it took those that ended; of two the lower.
    pub median_days: Option<i64>,
}

/// What came of these runs, by playbook and version.
pub fn tally(runs: &[Run]) -> Vec<Tally> {
    let counts = |run: &&Run| !run.was_taken_back();
    let key = |run: &Run| (run.playbook.clone(), run.version);
    let mut keys: Vec<(String, u32)> = runs.iter().filter(counts).map(key).collect();
    keys.sort();
    keys.dedup();
    let of = |wanted: (String, u32)| {
        let its: Vec<&Run> = runs
            .iter()
            .filter(counts)
            .filter(|run| key(run) == wanted)
            .collect();
        one(wanted, &its)
    };
    keys.into_iter().map(of).collect()
}

fn one((playbook, version): (String, u32), runs: &[&Run]) -> Tally {
    let number = |is: &dyn Fn(&Run) -> bool| runs.iter().filter(|run| is(run)).count();
    let ended = |run: &Run| run.abandoned.is_none() && !run.is_open();
    let outcome = |run: &Run| run.ended.map_or(Outcome::CannotTell, |(_, outcome)| outcome);
    let days = |run: &&Run| Some((run.ended?.0.as_second() - run.started.as_second()) / DAY);
    let mut took: Vec<i64> = runs.iter().filter(|run| ended(run)).filter_map(days).collect();
    took.sort_unstable();
    Tally {
        playbook,
        version,
        title: runs.last().map(|run| run.title.clone()).unwrap_or_default(),
        started: runs.len(),
        under_way: number(&Run::is_open),
        ended: number(&ended),
        reached: number(&|run| ended(run) && outcome(run) == Outcome::Reached),
        cannot_tell: number(&|run| ended(run) && outcome(run) == Outcome::CannotTell),
        given_up: number(&|run| run.abandoned.is_some()),
        median_days: took.get(took.len().saturating_sub(1) / 2).copied(),
    }
}
