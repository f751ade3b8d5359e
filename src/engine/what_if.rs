//! An account's measures as they can be tried.

use crate::domain::expression::{Unit, Value};
use crate::domain::health::what_if::{Trial, WhatIf};
use crate::domain::health::{Measure, Reads, Scale, Seen};

use super::judge::Judge;
use super::moment::Moment;
use super::wanted::NOW;

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
            (
                value,
                label(metric),
                whole.map(|whole| (whole, label(per))),
                Unit::Plain,
            )
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
        whole: is_whole(value.as_ref(), unit),
        value,
        label,
        per,
        unit,
    }
}

/// What has been a whole number is taken to count things.
fn is_whole(value: Option<&Value>, unit: Unit) -> bool {
    match value {
        Some(Value::Number(number)) => unit != Unit::Share && number.fract() == 0.0,
        _ => unit == Unit::Days,
    }
}
