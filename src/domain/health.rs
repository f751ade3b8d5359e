//! The health model: metrics read through curves into measures, and measures into one score.
//!
//! All arithmetic is in whole numbers: points in hundredths, weights in thousandths. That is what
//! lets the parts of a change sum to it exactly.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::account_view::Freshness;
use super::period::Period;
use super::rates::round_half_even;
use super::summary::Band;

/// The most points that a stale measure may count, in hundredths.
const STALE_POINTS: i32 = 5_000;

/// `health.toml`: weighted measures and the thresholds of the bands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthModel {
    /// Rises with each change of the model.
    pub version: u32,
    /// Share of the weight that must be fresh for a band to be told, 0 to 1.
    pub coverage_floor: f64,
    /// Thresholds.
    pub bands: Bands,
    /// The measures, in the order in which they are shown.
    pub measures: Vec<Measure>,
    /// Other weights for some accounts.
    pub overrides: Overrides,
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

/// `[[measures]]`: a metric read through a curve to 0 … 100 points, with a weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawMeasure")]
pub struct Measure {
    /// Its id, e.g. `usage`.
    pub id: String,
    /// Its weight in thousandths.
    pub weight: i64,
    /// Id of the metric.
    pub metric: String,
    /// Id of the metric that it is divided by.
    pub per: Option<String>,
    /// Corners of the curve: (metric, points), rising in the metric.
    pub curve: Vec<(f64, f64)>,
    /// Older than this is stale.
    pub max_age: Period,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeasure {
    id: String,
    weight: f64,
    metric: String,
    per: Option<String>,
    curve: Vec<(f64, f64)>,
    max_age: Period,
}

impl TryFrom<RawMeasure> for Measure {
    type Error = String;

    fn try_from(raw: RawMeasure) -> Result<Self, String> {
        let id = &raw.id;
        if raw.curve.is_empty() || !raw.curve.iter().all(|corner| (0.0..=100.0).contains(&corner.1)) {
            return Err(format!(
                "the curve of `{id}` needs corners [metric, points] with points from 0 to 100"
            ));
        }
        if !raw.curve.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            return Err(format!("the curve of `{id}` must rise in its first number"));
        }
        Ok(Self {
            weight: weight_of(raw.weight).ok_or(format!("the weight of `{id}` must be from 0 to 1000"))?,
            id: raw.id,
            metric: raw.metric,
            per: raw.per,
            curve: raw.curve,
            max_age: raw.max_age,
        })
    }
}

fn weight_of(weight: f64) -> Option<i64> {
    (0.0..=1000.0)
        .contains(&weight)
        .then_some((weight * 1000.0).round() as i64)
}

/// `[overrides.segment.NAME]` and `[overrides.stage.NAME]`: other weights for some accounts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Overrides {
    /// By segment.
    pub segment: BTreeMap<String, WeightOverride>,
    /// By stage; these win over the segment's.
    pub stage: BTreeMap<String, WeightOverride>,
}

/// Other weights by measure id.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WeightOverride {
    /// Measure id → weight.
    pub weights: BTreeMap<String, Weight>,
}

/// A weight in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct Weight(pub i64);

impl TryFrom<f64> for Weight {
    type Error = String;

    fn try_from(weight: f64) -> Result<Self, String> {
        weight_of(weight)
            .map(Self)
            .ok_or("a weight must be from 0 to 1000".to_owned())
    }
}

impl Measure {
    /// Points of a metric's value in hundredths, 0 to 10,000: straight lines between the corners.
    pub fn points(&self, value: f64) -> Option<i32> {
        let (first, last) = (self.curve.first()?, self.curve.last()?);
        let points = if value <= first.0 {
            first.1
        } else if value >= last.0 {
            last.1
        } else {
            let above = self.curve.iter().position(|corner| corner.0 >= value)?;
            let (low, high) = (self.curve.get(above - 1)?, self.curve.get(above)?);
            low.1 + (high.1 - low.1) * (value - low.0) / (high.0 - low.0)
        };
        points
            .is_finite()
            .then(|| (points * 100.0).round_ties_even() as i32)
    }
}

impl HealthModel {
    /// The weights of the measures, in thousandths, for an account of this segment and stage.
    pub fn weights(&self, segment: Option<&str>, stage: Option<&str>) -> Vec<i64> {
        let by_segment = segment.and_then(|segment| self.overrides.segment.get(segment));
        let by_stage = stage.and_then(|stage| self.overrides.stage.get(stage));
        let weight = |measure: &Measure| {
            [by_stage, by_segment]
                .into_iter()
                .flatten()
                .find_map(|other| other.weights.get(&measure.id))
                .map_or(measure.weight, |weight| weight.0)
        };
        self.measures.iter().map(weight).collect()
    }

    /// The band of a score, *unknown* below the coverage floor.
    pub fn band(&self, score: &Score) -> Band {
        match score.shown() {
            Some(shown) if f64::from(score.coverage()) >= self.coverage_floor * 100.0 => self.band_of(shown),
            _ => Band::Unknown,
        }
    }

    /// The band of a shown score by the thresholds alone.
    pub fn band_of(&self, shown: u8) -> Band {
        match shown {
            shown if shown >= self.bands.green => Band::Green,
            shown if shown >= self.bands.amber => Band::Amber,
            _ => Band::Red,
        }
    }
}

/// One measure at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its weight in thousandths.
    pub weight: i64,
    /// What it counts, in hundredths of a point; `None` when never observed.
    pub points: Option<i32>,
    /// Whether its value is fresh.
    pub freshness: Freshness,
}

impl Part {
    /// A measure with these points, or none: a stale one counts the lower of them and 50.
    pub fn new(weight: i64, points: Option<i32>, stale: bool) -> Self {
        let (points, freshness) = match points {
            None => (None, Freshness::Unknown),
            Some(points) if stale => (Some(points.min(STALE_POINTS)), Freshness::Stale),
            Some(points) => (Some(points), Freshness::Fresh),
        };
        Self {
            weight,
            points,
            freshness,
        }
    }

    fn counted(&self) -> Option<(i128, i128)> {
        let points = self.points?;
        (self.weight > 0).then_some((i128::from(self.weight), i128::from(points)))
    }
}

/// The measures of an account at one time, in the model's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Score {
    /// One part per measure of the model.
    pub parts: Vec<Part>,
}

impl Score {
    /// Σ weight × points and Σ weight over the measures that were ever observed.
    fn mean(&self) -> (i128, i128) {
        self.parts
            .iter()
            .filter_map(Part::counted)
            .fold((0, 0), |(sum, weight), (w, p)| (sum + w * p, weight + w))
    }

    /// The score as shown, 0 to 100; `None` when nothing was ever observed.
    pub fn shown(&self) -> Option<u8> {
        let (sum, weight) = self.mean();
        (weight > 0).then(|| round_half_even(sum, weight * 100) as u8)
    }

    /// The share of the weight whose measure is fresh, in percent, rounded down.
    pub fn coverage(&self) -> u8 {
        let all: i64 = self.parts.iter().map(|part| part.weight).sum();
        let fresh = |part: &&Part| part.freshness == Freshness::Fresh;
        let known: i64 = self.parts.iter().filter(fresh).map(|part| part.weight).sum();
        if all > 0 { (known * 100 / all) as u8 } else { 0 }
    }

    /// What each measure did to the change of the shown score since `base`, in tenths of a point.
    ///
    /// The parts sum to the change exactly. A measure that was there both times counts by the change
    /// of its points; one that came or went by how far it pulled the mean from where it was. What
    /// rounding leaves goes to the largest part. `None` when either score is unknown.
    pub fn change_since(&self, base: &Self) -> Option<Vec<i32>> {
        let change = (i128::from(self.shown()?) - i128::from(base.shown()?)) * 10;
        let ((base_sum, base_weight), (_, weight)) = (base.mean(), self.mean());
        // Hundredths of a point × base_weight × weight, so that nothing is divided before the end.
        let pull = |w: i128, points: i128| w * (points * base_weight - base_sum);
        let exact: Vec<i128> = self
            .parts
            .iter()
            .zip(&base.parts)
            .map(|(now, then)| match (now.counted(), then.counted()) {
                (Some((w, p)), then) => pull(w, p) - then.map_or(0, |(w, p)| pull(w, p)),
                (None, Some((w, p))) => -pull(w, p),
                (None, None) => 0,
            })
            .collect();
        let mut tenths: Vec<i128> = exact
            .iter()
            .map(|part| round_half_even(*part, 10 * weight * base_weight))
            .collect();
        let rest = change - tenths.iter().sum::<i128>();
        let largest = (0..exact.len()).max_by_key(|at| (exact[*at].abs(), std::cmp::Reverse(*at)))?;
        tenths[largest] += rest;
        Some(tenths.into_iter().map(|part| part as i32).collect())
    }
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
