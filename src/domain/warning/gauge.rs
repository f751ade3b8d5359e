//! The number that a signal's condition is about: what "worse" means for it, and where its threshold lies.
//!
//! It is read off the rule itself: the first line of evidence that the condition compares with a number. Under
//! `change(…) <= -0.30` lower is worse, and the threshold is −0.30.

use serde::{Deserialize, Serialize};

use super::event::Level;
use crate::domain::expression::Value;
use crate::domain::signal::{Evidence, Signal};

/// Thousandths in one.
const UNIT: f64 = 1_000.0;
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
    /// From where on the condition holds, in thousandths.
    pub threshold: i64,
}

/// A number in thousandths; `None` when it is none, or too large for that.
pub fn thousandths(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => whole(*number),
        _ => None,
    }
}

fn whole(number: f64) -> Option<i64> {
    let scaled = (number * UNIT).round_ties_even();
    (scaled.abs() < 9.0e15).then_some(scaled as i64)
}

impl<'a> Gauge<'a> {
    /// That of a signal; `None` when its condition compares none of its evidence with a number.
    pub fn of(signal: &'a Signal) -> Option<Self> {
        let condition = spaceless(&String::from(signal.when.clone()));
        signal.evidence.iter().find_map(|evidence| {
            let value = spaceless(&String::from(evidence.value.clone()));
            compared(&condition, &value).map(|(worse, threshold)| Self {
                evidence,
                worse,
                threshold,
            })
        })
    }

    /// Whether `now` is worse than `then` by more than this much, in thousandths; without it, by a fifth of `then`.
    pub fn is_worse(&self, then: i64, now: i64, by: Option<f64>) -> bool {
        let by = by.and_then(whole).unwrap_or_else(|| then.abs() / PART).max(1);
        let moved = match self.worse {
            Worse::Lower => then.saturating_sub(now),
            Worse::Higher => now.saturating_sub(then),
        };
        moved >= by
    }
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

fn moved(signal: &Signal, then: &Level, now: &Level) -> Option<(String, String)> {
    let gauge = Gauge::of(signal)?;
    let is_worse = gauge.is_worse(then.gauge?, now.gauge?, signal.rearm);
    is_worse.then(|| (then.words.clone(), now.words.clone()))
}

/// A source without spaces outside of its texts.
fn spaceless(source: &str) -> String {
    let mut quoted = false;
    source
        .chars()
        .filter(|letter| {
            quoted ^= *letter == '\'';
            quoted || !letter.is_whitespace()
        })
        .collect()
}

/// How a condition compares a value with a number, where it does so first.
fn compared(condition: &str, value: &str) -> Option<(Worse, i64)> {
    condition.match_indices(value).find_map(|(at, _)| {
        let before = condition[..at].chars().next_back();
        // `score` is no part of `my_score`.
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
            return None;
        }
        let rest = &condition[at + value.len()..];
        let (worse, number) = if let Some(rest) = rest.strip_prefix('<') {
            (Worse::Lower, rest)
        } else {
            (Worse::Higher, rest.strip_prefix('>')?)
        };
        let number = number.strip_prefix('=').unwrap_or(number);
        let end = number.char_indices().find(|(at, letter)| {
            !(letter.is_ascii_digit() || *letter == '.' || (*at == 0 && *letter == '-'))
        });
        let number = &number[..end.map_or(number.len(), |(at, _)| at)];
        Some((worse, whole(number.parse().ok()?)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_comparison_with_a_number_says_what_is_worse_and_from_where_on() {
        let usage = "change('wau', days(30)) <= -0.30 && stage != 'on boarding'";
        assert_eq!(
            compared(&spaceless(usage), "change('wau',days(30))"),
            Some((Worse::Lower, -300))
        );
        let both = spaceless("days_until('decision') <= 45 && days_until('decision') >= 0");
        assert_eq!(
            compared(&both, "days_until('decision')"),
            Some((Worse::Lower, 45_000))
        );
        assert_eq!(
            compared("nps_score<5&&score>=7.5", "score"),
            Some((Worse::Higher, 7_500))
        );
        assert_eq!(compared("count('champions')==0", "count('champions')"), None);
        assert_eq!(compared("score<metric('x')", "score"), None);
        assert_eq!(spaceless("a  <  'b c'"), "a<'b c'");
    }
}
