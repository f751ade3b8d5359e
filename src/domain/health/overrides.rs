//! Other weights and curves for the accounts of a segment or a stage, with a reason and for a time.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::measure::{Curve, Measure, Scale, Weight};
use crate::domain::vocabulary::nearest;

/// `[overrides.segment.NAME]` and `[overrides.stage.NAME]`: other weights and curves for some accounts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Overrides {
    /// By segment.
    pub segment: BTreeMap<String, Override>,
    /// By stage; these win over the segment's.
    pub stage: BTreeMap<String, Override>,
}

/// Other weights and curves by measure id.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Override {
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day on which it counts; for ever without one.
    #[serde(deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Measure id → weight.
    pub weights: BTreeMap<String, Weight>,
    /// Measure id → curve, as a scale, so that it can stand for the measure's own.
    #[serde(with = "curves")]
    pub curves: BTreeMap<String, Scale>,
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    let read = |text: String| {
        text.parse()
            .map_err(|_| D::Error::custom(format!("`{text}` is no day; try one like \"2027-03-31\"")))
    };
    text.map(read).transpose()
}

mod curves {
    use serde::{Serialize, Serializer};

    use super::{BTreeMap, Curve, Deserialize, Deserializer, Scale};

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Scale>, D::Error> {
        let curves = BTreeMap::<String, Curve>::deserialize(from)?;
        Ok(curves
            .into_iter()
            .map(|(id, curve)| (id, Scale::Curve(curve)))
            .collect())
    }

    pub fn serialize<S: Serializer>(curves: &BTreeMap<String, Scale>, into: S) -> Result<S::Ok, S::Error> {
        let plain: BTreeMap<&String, &Curve> = curves
            .iter()
            .filter_map(|(id, scale)| match scale {
                Scale::Curve(curve) => Some((id, curve)),
                Scale::Points(_) => None,
            })
            .collect();
        plain.serialize(into)
    }
}

impl Override {
    /// Whether it has expired by a day.
    pub fn is_expired(&self, day: Date) -> bool {
        self.until.is_some_and(|until| day > until)
    }
}

impl Overrides {
    /// Those that count for an account of this segment and stage on a day, the stage's first.
    pub(super) fn of(&self, segment: Option<&str>, stage: Option<&str>, day: Date) -> [Option<&Override>; 2] {
        let by_stage = stage.and_then(|stage| self.stage.get(stage));
        let by_segment = segment.and_then(|segment| self.segment.get(segment));
        [by_stage, by_segment].map(|other| other.filter(|other| !other.is_expired(day)))
    }

    /// Whether any of them ends one day, so that the day matters.
    pub fn are_dated(&self) -> bool {
        self.all().any(|(_, _, one)| one.until.is_some())
    }

    /// All of them with the table and the name that they stand under.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &String, &Override)> {
        let segments = self.segment.iter().map(|(name, one)| ("segment", name, one));
        segments.chain(self.stage.iter().map(|(name, one)| ("stage", name, one)))
    }

    pub(super) fn problems(&self, measures: &[Measure]) -> Vec<(Vec<String>, String, Option<String>)> {
        let mut found = Vec::new();
        for (table, name, one) in self.all() {
            let named = one.weights.keys().map(|id| ("weights", id));
            for (key, id) in named.chain(one.curves.keys().map(|id| ("curves", id))) {
                let measure = measures.iter().find(|measure| measure.id == *id);
                let (message, hint) = match measure {
                    None => {
                        let near = nearest(id, measures.iter().map(|measure| measure.id.as_str()));
                        (
                            format!("no measure is called `{id}`"),
                            near.map(|near| format!("did you mean `{near}`?")),
                        )
                    }
                    Some(measure) if key == "curves" && matches!(measure.scale, Scale::Points(_)) => {
                        (format!("`{id}` has points by word, and no curve"), None)
                    }
                    Some(_) => continue,
                };
                let path = ["overrides", table, name, key, id].map(str::to_owned).to_vec();
                found.push((path, message, hint));
            }
        }
        found
    }
}

/// A measure's weight in thousandths and its scale, after the overrides in their order.
pub(super) fn weighed<'a>(others: &[Option<&'a Override>; 2], measure: &'a Measure) -> (i64, &'a Scale) {
    let others = || others.iter().flatten();
    let weight = others().find_map(|other| other.weights.get(&measure.id));
    let curve = others()
        .find_map(|other| other.curves.get(&measure.id))
        .filter(|_| matches!(measure.scale, Scale::Curve(_)));
    (
        weight.map_or(measure.weight, |weight| weight.0),
        curve.unwrap_or(&measure.scale),
    )
}
