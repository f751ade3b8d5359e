//! An account's measures as they can be tried.

use crate::domain::expression::{Unit, Value};
use crate::domain::health::what_if::{Means, Trial, WhatIf};
use crate::domain::health::{Measure, Reads, Scale, Seen};
use crate::domain::vocabulary::{self, OWN_METRICS};

use super::judge::Judge;
use super::moment::Moment;
use super::wanted::NOW;

/// The best answer to an NPS survey.
const MOST_NPS: f64 = 10.0;

/// The measures of the model in force, as this account has them today.
pub fn of(judge: &Judge<'_>) -> WhatIf {
    let model = &judge.world.setup.health;
    let weighing = judge.weighing_by(model, NOW);
    let measures = model.measures.iter().zip(weighing.measures);
    WhatIf {
        trials: measures
            .zip(&judge.measured)
            .map(|((measure, (weight, scale)), seen)| trial(judge, measure, weight, scale, *seen))
            .collect(),
        bands: model.bands,
        coverage_floor: model.coverage_floor,
    }
}

fn trial(judge: &Judge<'_>, measure: &Measure, weight: i64, scale: &Scale, seen: Seen) -> Trial {
    let label = |id: &str| judge.world.setup.mapping.label(id);
    let number = |id: &str| Moment::measured(judge, NOW).metric(id).map(|metric| metric.value);
    let (value, label, per, unit) = match &measure.reads {
        Reads::Metric {
            metric,
            per: Some(per),
        } => {
            let whole = number(per).filter(|whole| *whole > 0.0);
            let value = whole.and_then(|_| number(metric)).map(Value::Number);
            match whole {
                Some(whole) => (value, label(metric), Some((whole, label(per))), Unit::Plain),
                // Of how many is not known: only the share can be tried.
                None => (
                    value,
                    format!("{} of {}", label(metric), label(per)),
                    None,
                    Unit::Ratio,
                ),
            }
        }
        Reads::Metric { metric, per: None } => (
            number(metric).map(Value::Number),
            label(metric),
            None,
            Unit::Plain,
        ),
        Reads::Value(expression) => {
            let value = judge.read(measure, NOW).map(|reading| reading.value);
            (value, String::new(), None, expression.unit())
        }
    };
    Trial {
        measure: measure.id.clone(),
        weight,
        scale: scale.clone(),
        seen,
        whole: is_whole(measure, value.as_ref(), unit),
        label_of_one: label_of_one(judge, measure),
        limits: limits(measure),
        means: means(measure),
        value,
        label,
        per,
        unit,
    }
}

/// What one of what a measure counts is called, where that is another word; of what is mapped only the plural is known.
fn label_of_one(judge: &Judge<'_>, measure: &Measure) -> Option<String> {
    let Reads::Metric { metric, per: None } = &measure.reads else {
        return None;
    };
    let is_mapped = judge.world.setup.mapping.metrics.contains_key(metric);
    let own = vocabulary::own_label_of_one(metric).filter(|_| !is_mapped);
    own.map(str::to_owned)
}

/// What we count ourselves is whole, and so are answers to surveys; what has been a whole number, or is a part of
/// others, is taken to count things.
fn is_whole(measure: &Measure, value: Option<&Value>, unit: Unit) -> bool {
    match (&measure.reads, value) {
        (Reads::Metric { metric, per: None }, _) if OWN_METRICS.contains(&metric.as_str()) => true,
        (_, Some(Value::Number(number))) => unit != Unit::Share && number.fract() == 0.0,
        (Reads::Metric { per: Some(_), .. }, None) => unit == Unit::Plain,
        _ => unit == Unit::Days,
    }
}

/// The least and the most that a measure can read. Of what is mapped nothing is known, but that counts of parts are not
/// below nothing.
fn limits(measure: &Measure) -> (Option<f64>, Option<f64>) {
    match &measure.reads {
        Reads::Metric { metric, per: None } if metric == "nps" => (Some(0.0), Some(MOST_NPS)),
        Reads::Metric { metric, per: None } => {
            let is_own = OWN_METRICS.contains(&metric.as_str());
            (is_own.then_some(0.0), None)
        }
        Reads::Metric { per: Some(_), .. } => (Some(0.0), None),
        Reads::Value(_) if means(measure) == Means::Touch => (Some(0.0), None),
        Reads::Value(_) => (None, None),
    }
}

fn means(measure: &Measure) -> Means {
    match &measure.reads {
        Reads::Metric { metric, per: None } => match metric.as_str() {
            "days_since_touch" => Means::Touch,
            "sponsors" => Means::Champion,
            _ => Means::Unknown,
        },
        Reads::Value(expression) if expression.source().trim() == "days_since('last_touch')" => Means::Touch,
        _ => Means::Unknown,
    }
}
