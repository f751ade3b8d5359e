//! What the accounts of a segment have in common: how their points are spread.
//!
//! Counted while all accounts are judged and kept in the cache, so that one account can be set beside the others
//! without judging them again.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::account_view::FEWEST_OF_SEGMENT as FEWEST;
use crate::domain::contract::days_between;
use crate::domain::rates::round_half_even;
use crate::domain::record::Kind;
use crate::store::Cache;

use super::EngineError;
use super::interpret::account;
use super::judge::Judge;
use super::world::{World, document};

/// Name of the document that holds them.
const SEGMENTS: &str = "segments";
/// Days before and after a day that its week has.
const WEEK_HALF: i64 = 3;

/// How whole points from 0 to 100 are spread: how many have each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Spread(Vec<u32>);

impl Spread {
    pub(super) fn add(&mut self, points: u8) {
        self.0.resize(101, 0);
        self.0[usize::from(points.min(100))] += 1;
    }

    fn count(&self) -> u32 {
        self.0.iter().sum()
    }

    /// The middle one; between two the mean, rounded half to even. `None` when there are too few.
    pub(super) fn median(&self) -> Option<u8> {
        let all = self.count();
        let at = |place: u32| {
            let mut before = 0;
            self.0.iter().position(|count| {
                before += count;
                before > place
            })
        };
        let (low, high) = (at(all.checked_sub(1)? / 2)?, at(all / 2)?);
        (all >= FEWEST).then(|| round_half_even((low + high) as i128, 2) as u8)
    }
}

/// How exact points, in hundredths, are spread while they are counted: how many have each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Points(BTreeMap<i32, u32>);

impl Points {
    fn add(&mut self, points: i32) {
        *self.0.entry(points).or_default() += 1;
    }

    /// From which points on the percentile is which; `None` when there are too few.
    fn steps(&self) -> Option<Steps> {
        let all: u32 = self.0.values().sum();
        let (mut not_more, mut steps) = (0, Vec::new());
        for (points, count) in &self.0 {
            not_more += count;
            let percentile = (u64::from(not_more) * 100 / u64::from(all)) as u8;
            if steps.last().map_or(0, |(_, below)| *below) < percentile {
                steps.push((*points, percentile));
            }
        }
        (all >= FEWEST).then_some(Steps(steps))
    }
}

/// From which exact points on, in hundredths, the percentile is which: at most a hundred steps, however many accounts there
/// are, and as exact as to count them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Steps(Vec<(i32, u8)>);

impl Steps {
    /// The share that has as many or fewer, in percent, rounded down. Only who is at the best has 100, however many are.
    fn percentile(&self, points: i32) -> u8 {
        let above = self.0.partition_point(|(from, _)| *from <= points);
        let step = above.checked_sub(1).and_then(|at| self.0.get(at));
        step.map_or(0, |(_, percentile)| *percentile)
    }
}

/// The accounts of one segment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Segment {
    /// Its accounts with a score.
    scored: u32,
    /// By measure id, the points that are counted so far.
    #[serde(skip)]
    points: BTreeMap<String, Points>,
    /// By measure id, what the points came to when all were counted; none where there were too few.
    percentiles: BTreeMap<String, Steps>,
    /// The median score, week by week.
    medians: BTreeMap<Date, u8>,
}

/// All segments by name; accounts without one are a segment of their own, with an empty name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Segments {
    segments: BTreeMap<String, Segment>,
}

impl Segments {
    /// As they were when all accounts were last judged.
    pub fn read(cache: &Cache) -> Result<Self, EngineError> {
        document(cache, SEGMENTS)
    }

    /// Keeps them, once all accounts are counted.
    pub fn keep(mut self, cache: &mut Cache) -> Result<(), EngineError> {
        for segment in self.segments.values_mut() {
            let steps = |(measure, points): (&String, &Points)| Some((measure.clone(), points.steps()?));
            segment.percentiles = segment.points.iter().filter_map(steps).collect();
        }
        let json = serde_json::to_string(&self).map_err(EngineError::Json)?;
        Ok(cache.put_document(SEGMENTS, &json)?)
    }

    /// Counts an account that is judged.
    pub fn count(&mut self, judge: &Judge<'_>) {
        if judge.has_churned() {
            return;
        }
        let name = judge.account.segment.as_deref().unwrap_or_default();
        if !self.segments.contains_key(name) {
            self.segments.insert(name.to_owned(), Segment::default());
        }
        let Some(segment) = self.segments.get_mut(name) else {
            return;
        };
        segment.scored += u32::from(judge.score.shown().is_some());
        for (measure, part) in judge.world.setup.health.measures.iter().zip(&judge.score.parts) {
            let Some(points) = part.points else { continue };
            if !segment.points.contains_key(&measure.id) {
                segment.points.insert(measure.id.clone(), Points::default());
            }
            if let Some(spread) = segment.points.get_mut(&measure.id) {
                spread.add(points);
            }
        }
    }

    /// Takes in the medians of a segment.
    pub(super) fn put_medians(&mut self, segment: &str, medians: BTreeMap<Date, u8>) {
        self.segments.entry(segment.to_owned()).or_default().medians = medians;
    }

    /// The median score of an account's segment in the week around a day.
    pub fn median_on(&self, segment: Option<&str>, day: Date) -> Option<u8> {
        let medians = &self.segments.get(segment.unwrap_or_default())?.medians;
        let days = Span::new().days(WEEK_HALF);
        let (from, to) = (day.checked_sub(days).ok()?, day.checked_add(days).ok()?);
        let near = medians.range(from..=to);
        let nearest = near.min_by_key(|(known, _)| (days_between(**known, day).abs(), **known));
        nearest.map(|(_, median)| *median)
    }

    /// How many accounts of an account's segment have a score, where they are too few for a median.
    pub fn too_few(&self, segment: Option<&str>) -> Option<u32> {
        let segment = self.segments.get(segment.unwrap_or_default())?;
        Some(segment.scored).filter(|scored| *scored < FEWEST)
    }

    /// The share of an account's segment that has as many points in a measure or fewer, in percent, itself among them.
    pub fn percentile(&self, segment: Option<&str>, measure: &str, points: i32) -> Option<u8> {
        let segment = self.segments.get(segment.unwrap_or_default())?;
        Some(segment.percentiles.get(measure)?.percentile(points))
    }
}

/// Name of the document with the medians.
const MEDIANS: &str = "medians";

/// By segment and metric: the median of its accounts. Accounts without a segment are one of their own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Medians(BTreeMap<String, BTreeMap<String, f64>>);

impl Medians {
    /// As they were when all accounts were last looked through.
    pub fn read(cache: &Cache) -> Result<Self, EngineError> {
        document(cache, MEDIANS)
    }

    /// Keeps them.
    pub fn keep(&self, cache: &mut Cache) -> Result<(), EngineError> {
        let json = serde_json::to_string(self).map_err(EngineError::Json)?;
        Ok(cache.put_document(MEDIANS, &json)?)
    }

    /// Those that signals and measures ask for, over the accounts that have not left.
    pub fn find(cache: &Cache, world: &World<'_>) -> Result<Self, EngineError> {
        let mut values: BTreeMap<String, BTreeMap<&str, Vec<f64>>> = BTreeMap::new();
        if world.wanted.medians.is_empty() {
            return Ok(Self::default());
        }
        world.shown(cache).each_record(Kind::Account, &mut |record| {
            let account = account::account(&record, &world.setup.mapping);
            let stays = |one: &account::Account| !one.has_left(world.today, world.today);
            let Some(account) = account.filter(stays) else {
                return;
            };
            let segment = values.entry(account.segment.unwrap_or_default()).or_default();
            for id in &world.wanted.medians {
                if let Some(reading) = account.metrics.get(id) {
                    segment.entry(id).or_default().push(reading.value);
                }
            }
        })?;
        let of = |(id, values): (&str, Vec<f64>)| Some((id.to_owned(), median(values)?));
        let segments = values
            .into_iter()
            .map(|(segment, metrics)| (segment, metrics.into_iter().filter_map(of).collect()));
        Ok(Self(segments.collect()))
    }

    /// That of a metric over a segment; `None` when it was not asked for or there are too few accounts.
    pub fn of(&self, segment: Option<&str>, metric: &str) -> Option<f64> {
        self.0.get(segment.unwrap_or_default())?.get(metric).copied()
    }
}

/// The middle one, or the mean of the two in the middle; `None` when there are too few.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let (count, middle) = (values.len(), values.len() / 2);
    if count < FEWEST as usize {
        return None;
    }
    let upper = *values.get(middle)?;
    Some(if count % 2 == 1 {
        upper
    } else {
        f64::midpoint(*values.get(middle - 1)?, upper)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn spread(points: &[u8]) -> Spread {
        let mut spread = Spread::default();
        for points in points {
            spread.add(*points);
        }
        spread
    }

    #[test]
    fn points_tell_how_many_are_not_above_as_they_are_and_not_as_they_are_printed() {
        let points = |points: &[i32]| {
            let mut spread = Points::default();
            for points in points {
                spread.add(*points);
            }
            spread
        };
        let five = points(&[0, 4_000, 6_000, 6_000, 10_000]).steps().unwrap();
        let told = [6_000, 0, 10_000].map(|points| five.percentile(points));
        assert_eq!(told, [80, 20, 100]);
        let best = points(&[4_000, 10_000, 10_000, 10_000, 10_000]).steps().unwrap();
        assert_eq!(
            best.percentile(10_000),
            100,
            "the best one is good, however many share it"
        );
        let near = points(&[4_000, 9_982, 10_000, 10_000, 10_000]).steps().unwrap();
        assert_eq!(near.percentile(9_982), 40, "99.82 is not 100");
        let kept: Steps = serde_json::from_str(&serde_json::to_string(&near).unwrap()).unwrap();
        assert_eq!(kept, near);
        assert_eq!(points(&[0, 4_000, 6_000, 10_000]).steps(), None, "too few");
    }

    #[test]
    fn what_is_kept_of_points_stays_small_and_exact_however_many_accounts_there_are() {
        let mut many = Points::default();
        (0..=10_000).for_each(|points| (0..=points % 3).for_each(|_| many.add(points)));
        let steps = many.steps().unwrap();
        assert!(serde_json::to_string(&steps).unwrap().len() < 1_500);
        let all: u32 = many.0.values().sum();
        for points in [-1, 0, 1, 499, 500, 5_000, 9_899, 9_999, 10_000] {
            let not_more: u32 = many.0.range(..=points).map(|(_, count)| count).sum();
            assert_eq!(
                u32::from(steps.percentile(points)),
                not_more * 100 / all,
                "{points}"
            );
        }
    }

    #[test]
    fn the_middle_is_told_unless_there_are_too_few() {
        assert_eq!(spread(&[0, 40, 60, 60, 100]).median(), Some(60));
        assert_eq!(spread(&[0, 1, 2, 3, 4, 5]).median(), Some(2), "between two");
        assert_eq!(median(vec![9.0, 1.0, 5.0, 3.0, 7.0]), Some(5.0));
        assert_eq!(median(vec![9.0, 1.0, 5.0, 3.0, 7.0, 6.0]), Some(5.5));
        assert_eq!(median(vec![9.0, 1.0, 5.0, 3.0]), None, "too few");
        assert_eq!(
            spread(&[0, 40, 60, 100]).median(),
            None,
            "too few to compare with"
        );
    }
}
