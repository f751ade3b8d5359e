//! The score ledger of one account over a window, as `retain health` and the account screen show it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ledger::Change;
use crate::domain::account_view::Freshness;
use crate::domain::record::RecordId;
use crate::domain::summary::Band;

/// An account's score at one end of a window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// The instant (UTC).
    pub at: Timestamp,
    /// Its day, where the person is.
    pub day: Date,
    /// The score in whole points; `None` when it cannot be told.
    pub score: Option<u8>,
    /// Why nothing can be told of it: the account, or what is kept of it, began later.
    pub untold: Option<String>,
    /// Its band.
    pub band: Band,
    /// Share of the weight whose measure is fresh, in percent.
    pub coverage: u8,
    /// Version of the model that was in force.
    pub model: u32,
    /// Hash of that model.
    pub hash: String,
}

impl End {
    /// The score as far as it is shown: below the coverage floor it says little.
    pub fn shown(&self) -> Option<u8> {
        self.score.filter(|_| self.band != Band::Unknown)
    }
}

/// A value that a measure rested on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Id of the metric, or `sentiment`.
    pub name: String,
    /// As people read it, raw.
    pub value: String,
    /// Since when it was so, or when it was last told (UTC).
    pub observed: Timestamp,
}

/// What a measure saw at one end of a window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    /// What it read, as people read it, raw; `None` when never observed.
    pub value: Option<String>,
    /// Whether it reads what an expression gives, and no metric.
    pub computed: bool,
    /// Points that it counted, in hundredths; `None` when never observed.
    pub points: Option<i32>,
    /// Weight in thousandths; 0 when the model of that time had no such measure.
    pub weight: i64,
    /// Whether the value was fresh.
    pub freshness: Freshness,
    /// From when its age counts (UTC).
    pub observed: Option<Timestamp>,
    /// What the value was made of.
    pub inputs: Vec<Input>,
}

/// One measure over the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureChange {
    /// Id of the measure.
    pub id: String,
    /// What it saw at the beginning.
    pub then: Sight,
    /// What it sees at the end.
    pub now: Sight,
    /// Share of the account's segment that has as many points or fewer today, in percent; `None` unless the window ends now and
    /// there are enough accounts to compare with.
    pub percentile: Option<u8>,
}

/// Why the score of an account changed between two instants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreLedger {
    /// Id of the account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Its segment, raw.
    pub segment: Option<String>,
    /// The beginning.
    pub from: End,
    /// The end.
    pub to: End,
    /// What changed; `None` when either score cannot be told.
    pub change: Option<Change>,
    /// Each measure of either model.
    pub measures: Vec<MeasureChange>,
}

impl ScoreLedger {
    /// The scores at both ends and what changed between them, where both are shown.
    pub fn shown(&self) -> Option<((u8, u8), &Change)> {
        let scores = self.from.shown().zip(self.to.shown())?;
        Some((scores, self.change.as_ref()?))
    }
}
