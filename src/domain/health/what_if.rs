//! What if a measure read something else, or weighed something else: the score that this would make, and the
//! smallest changes that bring an account back to green. Nothing here is saved anywhere.

use std::collections::BTreeMap;

use super::measure::Scale;
use super::score::{Part, Score, Seen};
use super::{Bands, HealthModel};
use crate::domain::expression::{Unit, Value};
use crate::domain::summary::Band;
use crate::domain::values::{in_words, plain};

/// Full points, in hundredths.
const FULL: i32 = 10_000;
/// The largest weight that can be tried, in thousandths.
pub const HEAVIEST: i64 = 1_000_000;
/// Of more measures than this only so many are changed at once: all sets of them are tried.
const MANY: usize = 12;
/// The most measures that are changed at once when there are many.
const AT_ONCE: usize = 3;

/// A measure of an account as it can be tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Id of the measure.
    pub measure: String,
    /// Its weight for this account, in thousandths.
    pub weight: i64,
    /// How a value becomes points.
    pub scale: Scale,
    /// What it sees now.
    pub seen: Seen,
    /// What it reads now; `None` when it was never observed.
    pub value: Option<Value>,
    /// What the value counts, e.g. `weekly users`; raw.
    pub label: String,
    /// The same of one, where that is another word, e.g. `champion`.
    pub label_of_one: Option<String>,
    /// What the value is divided by before the curve, with what that counts: people think in users, not in shares.
    pub per: Option<(f64, String)>,
    /// Whether only whole numbers make sense.
    pub whole: bool,
    /// The least and the most that it can read, where there is one.
    pub limits: (Option<f64>, Option<f64>),
    /// What a person can do about it.
    pub means: Means,
    /// How its value is written.
    pub unit: Unit,
}

/// What a person can do about a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Means {
    /// Nothing that is known of.
    #[default]
    Unknown,
    /// Talk to the customer: then the last touch is today, and no other day can be reached.
    Touch,
    /// Win somebody for the part that a champion had.
    Champion,
}

/// An account's measures, to be tried.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WhatIf {
    /// One per measure of the model in force, in its order.
    pub trials: Vec<Trial>,
    /// Thresholds.
    pub bands: Bands,
    /// Share of the weight that must be fresh for a band to be told, 0 to 1.
    pub coverage_floor: f64,
}

/// What is tried.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tried {
    /// Other values, by the measure's place.
    pub values: BTreeMap<usize, Value>,
    /// Other weights in thousandths, by the measure's place.
    pub weights: BTreeMap<usize, i64>,
}

impl Tried {
    /// Whether nothing is tried.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.weights.is_empty()
    }
}

/// A value that a measure has to reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// The measure's place.
    pub at: usize,
    /// What it has to read; what it reads already when it only has to be observed again.
    pub to: Value,
}

/// What brings an account back to green.
#[derive(Debug, Clone, PartialEq)]
pub enum Way {
    /// Nothing: it is green.
    Green,
    /// These changes together, the fewest that do it; among as few, those with a champion in place of one who is gone,
    /// then those that lift the score least.
    By(Vec<Need>),
    /// Not even full points in every measure do.
    None,
    /// Of many measures more have to change at once than are searched for.
    Many,
}

impl Trial {
    /// Points of a value in hundredths; `None` when the scale has none for it.
    pub fn points(&self, value: &Value) -> Option<i32> {
        match (value, &self.per) {
            (Value::Number(number), Some((whole, _))) => self.scale.points(&Value::Number(number / whole)),
            _ => self.scale.points(value),
        }
    }

    /// A value in words with what it counts: `22 weekly users of 64 seats`.
    pub fn words(&self, value: &Value) -> String {
        let of_one = self.label_of_one.as_ref();
        let label = of_one
            .filter(|_| *value == Value::Number(1.0))
            .unwrap_or(&self.label);
        let label = if label.is_empty() {
            String::new()
        } else {
            format!(" {label}")
        };
        let per = self.per.as_ref();
        let of = per.map(|(whole, of)| format!(" of {} {of}", plain(*whole)));
        format!(
            "{}{label}{}",
            in_words(self.unit, Some(value)),
            of.unwrap_or_default()
        )
    }

    /// A change that is needed, in words: `usage 22 → 37 weekly users of 64 seats`.
    pub fn needed(&self, to: &Value) -> String {
        let words = self.words(to);
        match &self.value {
            Some(now) if self.means == Means::Touch && now != to => {
                format!(
                    "a touch now ({} {} → {words})",
                    self.measure,
                    in_words(self.unit, Some(now))
                )
            }
            None if self.means == Means::Touch => format!("a touch now ({} at {words})", self.measure),
            Some(now) if now == to => format!("{} observed again at {words}", self.measure),
            Some(now) => format!("{} {} → {words}", self.measure, in_words(self.unit, Some(now))),
            None => format!("{} observed at {words}", self.measure),
        }
    }

    /// A text as a value of this measure; the error is one sentence.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        let value = match &self.scale {
            Scale::Points(points) => Some(text.to_lowercase())
                .filter(|text| points.contains_key(text))
                .map(Value::Text)
                .ok_or_else(|| {
                    let known: Vec<&str> = points.keys().map(String::as_str).collect();
                    format!("`{text}` has no points; try one of {}", known.join(", "))
                })?,
            Scale::Curve(_) => {
                let (number, share) = match text.strip_suffix('%') {
                    Some(rest) => (rest.trim_end(), true),
                    None => (text, false),
                };
                let plain = number.replace('−', "-");
                let parsed = plain.parse::<f64>().ok().filter(|number| number.is_finite());
                let number = parsed.ok_or_else(|| format!("`{text}` is not a number"))?;
                Value::Number(if share { number / 100.0 } else { number })
            }
        };
        let says = |limit: f64, than: &str| {
            format!(
                "`{text}` cannot be: {} is never {than} {}",
                self.measure,
                plain(limit)
            )
        };
        if let Value::Number(number) = value {
            match self.limits {
                (Some(least), _) if number < least => return Err(says(least, "below")),
                (_, Some(most)) if number > most => return Err(says(most, "above")),
                _ => {}
            }
        }
        self.points(&value)
            .map(|_| value)
            .ok_or_else(|| format!("`{text}` has no points"))
    }

    /// Whether it can read this number at all.
    fn is_possible(&self, number: f64) -> bool {
        let (least, most) = self.limits;
        least.is_none_or(|least| number >= least)
            && most.is_none_or(|most| number <= most)
            && (!self.whole || number.fract() == 0.0)
            && (self.means != Means::Touch || number == 0.0)
    }

    /// Whether a champion was there and is gone.
    fn lacks_a_champion(&self) -> bool {
        self.means == Means::Champion && self.value == Some(Value::Number(0.0))
    }

    /// The value next to the present one that gives at least these points (in hundredths).
    fn reach(&self, points: i32) -> Option<Value> {
        let enough = |value: &Value| self.points(value).is_some_and(|got| got >= points);
        if let Some(value) = self.value.as_ref().filter(|value| enough(value)) {
            return Some(value.clone());
        }
        if self.means == Means::Touch {
            return Some(Value::Number(0.0)).filter(enough);
        }
        let curve = match &self.scale {
            Scale::Points(words) => {
                let fits = words.iter().filter(|(_, got)| **got >= points);
                let least = fits.min_by_key(|(word, got)| (**got, (*word).clone()))?;
                return Some(Value::Text(least.0.clone()));
            }
            Scale::Curve(curve) => curve,
        };
        let times = self.per.as_ref().map_or(1.0, |(whole, _)| *whole);
        let from = match &self.value {
            Some(Value::Number(number)) => Some(number / times),
            _ => None,
        };
        let exact = curve.reach(points, from)? * times;
        let up = from.is_none_or(|from| exact > from * times);
        let step = if self.whole { 1.0 } else { 0.01 };
        let rounded = if up {
            (exact / step - 1e-9).ceil() * step
        } else {
            (exact / step + 1e-9).floor() * step
        };
        let mut candidates = [rounded, exact].into_iter().filter(|one| self.is_possible(*one));
        candidates.find_map(|one| Some(Value::Number(one)).filter(enough))
    }
}

impl WhatIf {
    /// The score with what is tried in place of what is.
    pub fn score(&self, tried: &Tried) -> Score {
        let part = |(at, trial): (usize, &Trial)| {
            let weight = tried.weights.get(&at).copied().unwrap_or(trial.weight);
            let seen = match tried.values.get(&at) {
                Some(value) => Seen {
                    points: trial.points(value),
                    stale: false,
                },
                None => trial.seen,
            };
            Part::new(weight, seen)
        };
        Score {
            parts: self.trials.iter().enumerate().map(part).collect(),
        }
    }

    /// The band of a score.
    pub fn band(&self, score: &Score) -> Band {
        self.bands.band(score, self.coverage_floor)
    }

    /// The score with another champion and nothing else, where theirs is gone and the way does without one.
    fn champion_alone(&self, needs: &[Need], weights: &BTreeMap<usize, i64>) -> Option<(&Trial, u8)> {
        let at = self.trials.iter().position(Trial::lacks_a_champion)?;
        let weight = weights.get(&at).copied().unwrap_or(self.trials[at].weight);
        if weight <= 0 || needs.iter().any(|need| need.at == at) {
            return None;
        }
        let score = self.score(&Tried {
            values: BTreeMap::from([(at, Value::Number(1.0))]),
            weights: weights.clone(),
        });
        Some((&self.trials[at], score.shown()?))
    }

    /// What brings the account back to green with these weights, in a sentence or two.
    pub fn words(&self, way: &Way, weights: &BTreeMap<usize, i64>) -> String {
        let from = self.bands.green;
        match way {
            Way::Green => format!("Green from {from}: it is green as it is."),
            Way::None => format!("Green from {from}: not even full points in every measure make it green."),
            Way::Many => format!("Green from {from}: it takes more than {AT_ONCE} measures at once."),
            Way::By(needs) => {
                let needed = |need: &Need| self.trials[need.at].needed(&need.to);
                let champion = self.champion_alone(needs, weights);
                let words: Vec<String> = needs.iter().map(needed).collect();
                let alone = match champion {
                    Some((trial, score)) => {
                        format!(
                            " Another champion ({} 0 → 1) alone makes it {score}.",
                            trial.measure
                        )
                    }
                    None => String::new(),
                };
                format!("Green from {from}: {}.{alone}", words.join(", and "))
            }
        }
    }

    /// The fewest changes that bring the account back to green, with these weights.
    pub fn back_to_green(&self, weights: &BTreeMap<usize, i64>) -> Way {
        let tried = |needs: &[Need]| Tried {
            values: needs.iter().map(|need| (need.at, need.to.clone())).collect(),
            weights: weights.clone(),
        };
        let is_green = |needs: &[Need]| self.band(&self.score(&tried(needs))) == Band::Green;
        if is_green(&[]) {
            return Way::Green;
        }
        let open: Vec<usize> = (0..self.trials.len())
            .filter(|at| weights.get(at).copied().unwrap_or(self.trials[*at].weight) > 0)
            .collect();
        if self.least(&open, &is_green).is_none()
            && open.iter().all(|at| self.trials[*at].seen.points.is_some())
        {
            // Not even all of them at their best; one that was never observed could only lower the mean.
            return Way::None;
        }
        let few = open.len() <= MANY;
        for size in 1..=if few { open.len() } else { AT_ONCE } {
            let ways = sets(&open, size)
                .into_iter()
                .filter_map(|set| self.least(&set, &is_green));
            // A champion who is gone is looked for first: nothing else lasts without one.
            let has_champion =
                |needs: &Vec<Need>| needs.iter().any(|need| self.trials[need.at].lacks_a_champion());
            let lift = |needs: &Vec<Need>| self.score(&tried(needs)).shown().unwrap_or(u8::MAX);
            if let Some(way) = ways.min_by_key(|needs| (!has_champion(needs), lift(needs))) {
                return Way::By(way);
            }
        }
        if few { Way::None } else { Way::Many }
    }

    /// The lowest common level of points to which these measures have to be raised; those that are above it already
    /// stay as they are, and have to be fresh.
    fn least(&self, chosen: &[usize], is_green: &impl Fn(&[Need]) -> bool) -> Option<Vec<Need>> {
        let at_level = |level: i32| -> Option<Vec<Need>> {
            let need = |at: &usize| {
                let trial = &self.trials[*at];
                let to = trial.reach(level.min(trial.scale.best()))?;
                Some(Need { at: *at, to })
            };
            chosen.iter().map(need).collect()
        };
        let holds = |level: i32| at_level(level).filter(|needs| is_green(needs));
        holds(FULL)?;
        let (mut too_low, mut enough) = (-1, FULL);
        while enough - too_low > 1 {
            let middle = i32::midpoint(too_low, enough);
            if holds(middle).is_some() {
                enough = middle;
            } else {
                too_low = middle;
            }
        }
        holds(enough)
    }
}

/// All sets of so many of these, in the order in which they stand.
fn sets(of: &[usize], size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let with = |at: usize| {
        let rest = sets(&of[at + 1..], size - 1);
        rest.into_iter()
            .map(move |set| std::iter::once(of[at]).chain(set).collect())
    };
    (0..of.len()).flat_map(with).collect()
}

impl HealthModel {
    /// The same model with other weights, in thousandths, by measure id. Overrides by segment and stage still win.
    #[must_use]
    pub fn reweighed(&self, weights: &[(String, i64)]) -> Self {
        let mut model = self.clone();
        for measure in &mut model.measures {
            if let Some((_, weight)) = weights.iter().find(|(id, _)| *id == measure.id) {
                measure.weight = *weight;
            }
        }
        model
    }
}

#[cfg(test)]
#[path = "what_if_tests.rs"]
mod tests;
