//! The health model: numbers read through curves into measures, and measures into one score.
//!
//! All arithmetic is in whole numbers: points in hundredths, weights in thousandths. That is what
//! lets the parts of a change sum to it exactly. What a measure sees is read in `engine`.

pub mod account;
pub mod ledger;
mod measure;
mod overrides;
mod score;
pub mod what_if;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::summary::Band;

pub use measure::{Curve, Measure, Reads, Scale, Weight};
pub use overrides::{Override, Overrides};
pub use score::{Part, Score, Seen};

/// `health.toml`: weighted measures and the thresholds of the bands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthModel {
    /// Rises with each change of the model.
    pub version: u32,
    /// Share of the weight that must be fresh for a band to be told, 0 to 1.
    #[serde(deserialize_with = "share")]
    pub coverage_floor: f64,
    /// Thresholds.
    pub bands: Bands,
    /// The measures, in the order in which they are shown.
    pub measures: Vec<Measure>,
    /// Other weights and curves for some accounts.
    pub overrides: Overrides,
}

fn share<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let share = f64::deserialize(from)?;
    if (0.0..=1.0).contains(&share) {
        return Ok(share);
    }
    Err(D::Error::custom(
        "a share of the weight must be from 0 to 1; try 0.5 for half of it",
    ))
}

/// `[bands]`: the lowest score of each band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawBands")]
pub struct Bands {
    /// Green from here.
    pub green: u8,
    /// Amber from here; red below.
    pub amber: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBands {
    green: u8,
    amber: u8,
}

impl Default for Bands {
    fn default() -> Self {
        Self { green: 75, amber: 50 }
    }
}

impl Bands {
    /// The band of a score, *unknown* below a floor of coverage, 0 to 1.
    fn band(self, score: &Score, floor: f64) -> Band {
        match score.shown() {
            Some(shown) if score.covers(floor) => self.of(shown),
            _ => Band::Unknown,
        }
    }

    /// The band of a shown score by the thresholds alone.
    fn of(self, shown: u8) -> Band {
        match shown {
            shown if shown >= self.green => Band::Green,
            shown if shown >= self.amber => Band::Amber,
            _ => Band::Red,
        }
    }
}

impl TryFrom<RawBands> for Bands {
    type Error = String;

    fn try_from(raw: RawBands) -> Result<Self, String> {
        if raw.amber >= raw.green || raw.green > 100 {
            return Err("amber must be below green, and green at most 100".to_owned());
        }
        Ok(Self {
            green: raw.green,
            amber: raw.amber,
        })
    }
}

/// How the measures count for one account on one day, in the model's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighing<'a> {
    /// Weight in thousandths, and how a value becomes points.
    pub measures: Vec<(i64, &'a Scale)>,
}

impl HealthModel {
    /// How the measures count for an account of this segment and stage on a day. The stage's override wins over the
    /// segment's, value by value; one that has expired by that day does not count.
    pub fn weighing(&self, segment: Option<&str>, stage: Option<&str>, day: Date) -> Weighing<'_> {
        let others = self.overrides.of(segment, stage, day);
        let of = |measure| overrides::weighed(&others, measure);
        Weighing {
            measures: self.measures.iter().map(of).collect(),
        }
    }

    /// The band of a score, *unknown* below the coverage floor.
    pub fn band(&self, score: &Score) -> Band {
        self.bands.band(score, self.coverage_floor)
    }

    /// The band of a shown score by the thresholds alone.
    pub fn band_of(&self, shown: u8) -> Band {
        self.bands.of(shown)
    }

    /// What cannot work in it although each value is sound: the way to the value, what is wrong, and what was meant.
    pub fn problems(&self) -> Vec<(Vec<String>, String, Option<String>)> {
        self.overrides.problems(&self.measures)
    }
}

#[cfg(test)]
mod tests;
