//! The number that a signal's condition is about: what "worse" means for it, and where its threshold lies.
//!
//! It is read off the rule itself: the first line of evidence that the condition compares with a number. Under
//! `change(…) <= -0.30` lower is worse, and the threshold is −0.30.

use serde::{Deserialize, Serialize};

use super::event::Level;
use crate::domain::expression::Value;
use crate::domain::signal::{Evidence, Signal};
use crate::domain::values::in_words;

/// Thousandths in one.
pub const UNIT: i64 = 1_000;
/// Without `rearm`, a warning is worse once its number moved by this part of itself: a fifth.
const PART: i64 = 5;

/// Which way is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Worse {
    /// Lower numbers are worse.
    Lower,
    /// Higher numbers are worse.
    Higher,
}

/// The number that a signal's condition is about.
#[derive(Debug, Clone, Copy)]
pub struct Gauge<'a> {
    /// The evidence that shows it.
    pub evidence: &'a Evidence,
    /// Which way is worse.
    pub worse: Worse,
    /// From where on the condition holds, in thousandths; `None` where that is not the same for all accounts.
    pub threshold: Option<i64>,
    /// Whether it holds at the threshold itself.
    pub at_it: bool,
    /// Whether the condition cannot hold on this side of the threshold.
    pub needed: bool,
}

/// A number in thousandths; `None` when it is none, or too large for that.
pub fn thousandths(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => whole(*number),
        _ => None,
    }
}

fn whole(number: f64) -> Option<i64> {
    let scaled = (number * UNIT as f64).round_ties_even();
    (scaled.abs() < 9.0e15).then_some(scaled as i64)
}

impl<'a> Gauge<'a> {
    /// That of a signal; `None` when its condition compares none of its evidence with a number.
    pub fn of(signal: &'a Signal) -> Option<Self> {
        signal.evidence.iter().find_map(|evidence| {
            let bound = signal.when.bound_on(&evidence.value)?;
            let worse = if bound.below { Worse::Lower } else { Worse::Higher };
            Some(Self {
                evidence,
                worse,
                threshold: match bound.number {
                    Some(number) => Some(whole(number)?),
                    None => None,
                },
                at_it: bound.at_it,
                needed: bound.needed,
            })
        })
    }

    /// How bad a level is, in thousandths: the more the worse.
    pub fn harm(&self, level: i64) -> i64 {
        match self.worse {
            Worse::Lower => -level,
            Worse::Higher => level,
        }
    }

    /// Whether `now` is worse than `then` by this much or more; without it, by a fifth of `then`. Levels in thousandths.
    pub fn is_worse(&self, then: i64, now: i64, by: Option<f64>) -> bool {
        self.harm(now) >= self.harm(then).saturating_add(step(then, by))
    }

    /// The level from which on it is worse than `then`, in the same way.
    fn worse_from(&self, then: i64, by: Option<f64>) -> i64 {
        self.harm(self.harm(then).saturating_add(step(then, by)))
    }
}

/// By how much a level must move to be worse, in thousandths.
fn step(then: i64, by: Option<f64>) -> i64 {
    by.and_then(whole).unwrap_or_else(|| then.abs() / PART).max(1)
}

/// From where on a warning at this level is worse by its number, in words: `open at 4 d or more`. `None` where it has none.
pub fn worse_from(signal: &Signal, level: &Level) -> Option<String> {
    let gauge = Gauge::of(signal)?;
    let from = gauge.worse_from(level.gauge?, signal.rearm);
    let from = in_words(
        gauge.evidence.value.unit(),
        Some(&Value::Number(from as f64 / UNIT as f64)),
    );
    let beyond = match gauge.worse {
        Worse::Lower => "less",
        Worse::Higher => "more",
    };
    Some(format!("{} at {from} or {beyond}", gauge.evidence.label))
}

/// Whether a warning became worse by its signal's `rearm` since this level; how it was and how it is, in words.
pub fn past_rearm(signal: &Signal, then: &Level, now: &Level) -> Option<(String, String)> {
    signal.rearm?;
    moved(signal, then, now)
}

/// Whether a snoozed warning became worse since this level: by its number, or since the account fell into a worse band.
pub fn got_worse(signal: &Signal, then: &Level, now: &Level) -> Option<(String, String)> {
    moved(signal, then, now).or_else(|| {
        let (before, band) = (then.band?, now.band?);
        // Unknown is no worse than anything: nothing is known of it.
        let is_known = [before, band]
            .into_iter()
            .all(|band| band != crate::domain::summary::Band::Unknown);
        (is_known && band < before).then(|| (before.word().to_owned(), band.word().to_owned()))
    })
}

/// How a warning's number compares with what it was, however little it moved: greater is worse. `None` where it has none,
/// or one of them is unknown.
pub fn compared(signal: &Signal, then: &Level, now: &Level) -> Option<std::cmp::Ordering> {
    let gauge = Gauge::of(signal)?;
    Some(gauge.harm(now.gauge?).cmp(&gauge.harm(then.gauge?)))
}

fn moved(signal: &Signal, then: &Level, now: &Level) -> Option<(String, String)> {
    let gauge = Gauge::of(signal)?;
    let is_worse = gauge.is_worse(then.gauge?, now.gauge?, signal.rearm);
    is_worse.then(|| (then.words.clone(), now.words.clone()))
}

#[cfg(test)]
#[path = "gauge_tests.rs"]
mod tests;
