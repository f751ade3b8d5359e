//! Why a score changed between two times: parts by measure and cause that sum to the change exactly.
//!
//! The change is walked in three steps, each of which sums exactly: the model of then gives way to the model of now
//! over the data of then; the data of now come in as if nothing had gone stale meanwhile; what went stale goes stale.

use serde::{Deserialize, Serialize};

use super::score::{Part, Score, Seen};
use crate::domain::rates::round_half_even;

/// What did a part of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// What the measure sees is another.
    DataChanged,
    /// The measure's value became older than its maximum age.
    WentStale,
    /// Weight, curve, age or the measure itself is another.
    ModelChanged,
}

impl Cause {
    /// The cause in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::DataChanged => "data changed",
            Self::WentStale => "went stale",
            Self::ModelChanged => "model changed",
        }
    }
}

/// One measure in a [`Sheet`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Id of the measure.
    pub measure: String,
    /// Its weight in thousandths.
    pub weight: i64,
    /// What it sees.
    pub seen: Seen,
}

/// An account's measures by one model at one time, in the model's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// One line per measure.
    pub lines: Vec<Line>,
}

impl Sheet {
    fn line(&self, measure: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.measure == measure)
    }

    /// The score that it makes.
    pub fn score(&self) -> Score {
        let part = |line: &Line| Part::new(line.weight, line.seen);
        Score {
            parts: self.lines.iter().map(part).collect(),
        }
    }

    /// The score with one part for each of these measures; one that the model lacks weighs nothing.
    fn aligned(&self, measures: &[&str]) -> Score {
        let part = |measure: &&str| {
            self.line(measure).map_or(Part::new(0, Seen::default()), |line| {
                Part::new(line.weight, line.seen)
            })
        };
        Score {
            parts: measures.iter().map(part).collect(),
        }
    }

    /// The same as if nothing had gone stale since `then`.
    fn fresh_since(&self, then: &Self) -> Self {
        let mut fresh = self.clone();
        for line in &mut fresh.lines {
            line.seen.stale &= then.line(&line.measure).is_some_and(|then| then.seen.stale);
        }
        fresh
    }
}

/// What one measure did to a score for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Id of the measure.
    pub measure: String,
    /// What did it.
    pub cause: Cause,
    /// Tenths of a point, never zero.
    pub tenths: i32,
}

/// A change of the score and what made it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The score before, in tenths of a point: rounded to whole points its parts could not be told as they are.
    pub from: i32,
    /// The score after, in tenths of a point.
    pub to: i32,
    /// What made it up, the largest first; the tenths sum to the change exactly.
    pub entries: Vec<Entry>,
}

/// What made the score change from `then`, by the model of then, to `now`, by the model of now. `rescored` is the
/// data of then by the model of now. `None` when either score is unknown.
///
/// When the model of now knows nothing of the data of then, the whole change is the model's.
pub fn change(then: &Sheet, rescored: &Sheet, now: &Sheet) -> Option<Change> {
    let mut measures: Vec<&str> = Vec::new();
    for line in now.lines.iter().chain(&rescored.lines).chain(&then.lines) {
        if !measures.contains(&line.measure.as_str()) {
            measures.push(&line.measure);
        }
    }
    let [start, remodelled, fresh, end] =
        [then, rescored, &now.fresh_since(rescored), now].map(|sheet| sheet.aligned(&measures));
    let mut entries = Vec::new();
    let mut walk = |from: &Score, to: &Score, cause: Cause| {
        let tenths = to.change_since(from)?;
        let moved = measures.iter().zip(tenths).filter(|(_, tenths)| *tenths != 0);
        entries.extend(moved.map(|(measure, tenths)| Entry {
            measure: (*measure).to_owned(),
            cause,
            tenths,
        }));
        Some(())
    };
    if remodelled.shown().is_some() {
        walk(&start, &remodelled, Cause::ModelChanged)?;
        walk(&remodelled, &fresh, Cause::DataChanged)?;
    } else {
        walk(&start, &fresh, Cause::ModelChanged)?;
    }
    walk(&fresh, &end, Cause::WentStale)?;
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.tenths.abs()));
    Some(Change {
        from: start.tenths()?,
        to: end.tenths()?,
        entries,
    })
}

impl Change {
    /// The change in one line: `72 → 57.5 = usage −9, sponsor −5.5`; a cause stands behind its part unless it is the data.
    pub fn words(&self) -> String {
        let entries: Vec<String> = self.entries.iter().map(Entry::words).collect();
        let sum = if entries.is_empty() {
            "nothing moved it".to_owned()
        } else {
            entries.join(", ")
        };
        format!("{} → {} = {sum}", points(self.from), points(self.to))
    }

    /// What a measure did for all causes together, in tenths of a point.
    pub fn of(&self, measure: &str) -> i32 {
        let of = self.entries.iter().filter(|entry| entry.measure == measure);
        of.map(|entry| entry.tenths).sum()
    }
}

impl Entry {
    fn words(&self) -> String {
        let tenths = signed(self.tenths);
        match self.cause {
            Cause::DataChanged => format!("{} {tenths}", self.measure),
            cause => format!("{} {tenths} ({})", self.measure, cause.words()),
        }
    }
}

/// A score in tenths of a point as people read it: `72`, `57.5`.
pub fn points(tenths: i32) -> String {
    signed(tenths).trim_start_matches('+').to_owned()
}

/// Hundredths of a point in tenths, as far as they are shown: rounded half to even.
pub fn tenths(hundredths: i32) -> i32 {
    round_half_even(hundredths.into(), 10) as i32
}

/// Tenths of a point as people read them: `−9`, `+3.5`, `0`.
pub fn signed(tenths: i32) -> String {
    let (whole, part) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    let sign = match tenths {
        ..0 => "−",
        0 => "",
        1.. => "+",
    };
    match part {
        0 => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
