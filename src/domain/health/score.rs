//! What the measures of an account see at one time, and the score that they make.

use serde::{Deserialize, Serialize};

use crate::domain::account_view::Freshness;
use crate::domain::rates::round_half_even;

/// The most points that a stale measure may count, in hundredths.
const STALE_POINTS: i32 = 5_000;

/// What one measure sees at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Points of its value in hundredths, 0 to 10,000; `None` when never observed.
    pub points: Option<i32>,
    /// Whether the value is older than the measure's maximum age.
    pub stale: bool,
}

impl Seen {
    /// In one small number: 0 when never observed, else the points with the lowest bit for stale.
    pub fn packed(self) -> u16 {
        self.points
            .and_then(|points| u16::try_from(points * 2 + 2).ok())
            .map_or(0, |points| points + u16::from(self.stale))
    }

    /// From that number.
    pub fn unpacked(packed: u16) -> Self {
        Self {
            points: (packed > 1).then(|| i32::from(packed) / 2 - 1),
            stale: packed > 1 && packed & 1 == 1,
        }
    }
}

/// One measure at one time, as it counts.
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
    /// A measure that sees this: a stale one counts the lower of its points and 50.
    pub fn new(weight: i64, seen: Seen) -> Self {
        let (points, freshness) = match seen.points {
            None => (None, Freshness::Unknown),
            Some(points) if seen.stale => (Some(points.min(STALE_POINTS)), Freshness::Stale),
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

    /// What each measure would bring back at its best, in tenths of a point of the score; nothing where it was never
    /// observed, since then it is outside the mean.
    pub fn recoverable(&self) -> Vec<i32> {
        let (_, all) = self.mean();
        let lost = |part: &Part| {
            let (weight, points) = part.counted()?;
            Some(round_half_even(weight * (10_000 - points), all.checked_mul(10)?) as i32)
        };
        self.parts
            .iter()
            .map(|part| lost(part).unwrap_or_default())
            .collect()
    }

    /// The share of the weight whose measure is fresh, in percent, rounded half to even. Whether it reaches the
    /// floor is a matter of [`Self::covers`].
    pub fn coverage(&self) -> u8 {
        match self.all_weight() {
            0 => 0,
            all => round_half_even(i128::from(self.fresh_weight()) * 100, all.into()) as u8,
        }
    }

    fn all_weight(&self) -> i64 {
        self.parts.iter().map(|part| part.weight).sum()
    }

    fn fresh_weight(&self) -> i64 {
        let fresh = |part: &&Part| part.freshness == Freshness::Fresh;
        self.parts.iter().filter(fresh).map(|part| part.weight).sum()
    }

    /// Whether the share of the weight whose measure is fresh reaches a floor, 0 to 1: exactly, to a ten-thousandth of
    /// the floor, so that a share which stands on it counts.
    pub fn covers(&self, floor: f64) -> bool {
        let floor = (floor * 10_000.0).round() as i64;
        self.fresh_weight() * 10_000 >= self.all_weight() * floor
    }

    /// The score in tenths of a point; `None` when nothing was ever observed.
    pub fn tenths(&self) -> Option<i32> {
        let (sum, weight) = self.mean();
        (weight > 0).then(|| round_half_even(sum, weight * 10) as i32)
    }

    /// What each measure counts in the score, in tenths of a point; `None` for one that was never observed, and nothing
    /// for one that weighs nothing. They sum to
    /// [`Score::tenths`] exactly: a tenth that rounding leaves goes to the part whose rounding it changes least.
    pub fn counts(&self) -> Vec<Option<i32>> {
        let (_, weight) = self.mean();
        let Some(all) = self.tenths() else {
            return vec![None; self.parts.len()];
        };
        let counted: Vec<Option<(i128, i128)>> = self.parts.iter().map(Part::counted).collect();
        let exact: Vec<i128> = counted
            .iter()
            .map(|part| part.map_or(0, |(w, p)| w * p))
            .collect();
        let tenths = rounded_to_sum(&exact, weight * 10, all.into());
        let known = self.parts.iter().map(|part| part.points.is_some());
        known
            .zip(tenths)
            .map(|(known, tenths)| known.then_some(tenths as i32))
            .collect()
    }

    /// What each measure did to the change of [`Score::tenths`] since `base`, in tenths of a point.
    ///
    /// The parts sum to the change exactly; none is off by more than what rounding to tenths leaves. A measure that was there both times counts by the change
    /// of its points; one that came or went by how far it pulled the mean from where it was. What
    /// rounding leaves goes to the part whose rounding it changes least. `None` when either score is unknown.
    pub fn change_since(&self, base: &Self) -> Option<Vec<i32>> {
        let change = i128::from(self.tenths()?) - i128::from(base.tenths()?);
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
        let tenths = rounded_to_sum(&exact, 10 * weight * base_weight, change);
        Some(tenths.into_iter().map(|part| part as i32).collect())
    }
}

/// Each part over `unit` as a whole number, rounded half to even, such that they sum to `sum`: what is left over or too
/// much goes by ones to the parts whose rounding it changes least, of equal ones to the largest. A part that is nothing stays nothing.
fn rounded_to_sum(exact: &[i128], unit: i128, sum: i128) -> Vec<i128> {
    let mut whole: Vec<i128> = exact.iter().map(|part| round_half_even(*part, unit)).collect();
    let rest = sum - whole.iter().sum::<i128>();
    let step = rest.signum();
    let mut nearest: Vec<usize> = (0..exact.len()).filter(|at| exact[*at] != 0).collect();
    nearest.sort_by_key(|at| {
        let off = (whole[*at] + step) * unit - exact[*at];
        (off.abs(), std::cmp::Reverse(exact[*at].abs()))
    });
    for at in nearest.iter().cycle().take(rest.unsigned_abs() as usize) {
        whole[*at] += step;
    }
    whole
}
