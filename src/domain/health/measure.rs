//! One measure: what it reads, how that becomes points, what it weighs, and how old it may be.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::expression::{Expression, Fault, Value};
use crate::domain::period::Period;
use crate::domain::vocabulary::Type;

/// Names that the score itself feeds: a measure of them would go round in a circle.
const CIRCULAR: [&str; 3] = ["score", "band", "at_stake"];

/// `[[measures]]`: a number or a text of the account, read as 0 … 100 points, with a weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its id, e.g. `usage`.
    pub id: String,
    /// Its weight in thousandths.
    pub weight: i64,
    /// What it reads.
    pub reads: Reads,
    /// How what it reads becomes points.
    pub scale: Scale,
    /// Older than this is stale.
    pub max_age: Period,
}

/// What a measure reads.
#[derive(Debug, Clone, PartialEq)]
pub enum Reads {
    /// A metric, or its share of another one.
    Metric {
        /// Id of the metric.
        metric: String,
        /// Id of the metric that it is divided by.
        per: Option<String>,
    },
    /// The value of an expression in the language of signals.
    Value(Expression),
}

/// How a value becomes points.
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// Corners of a curve: (number, points), rising in the number.
    Curve(Curve),
    /// A text's points in hundredths.
    Points(BTreeMap<String, i32>),
}

/// Corners (number, points), rising in the number, with straight lines between.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(f64, f64)>")]
pub struct Curve(Vec<(f64, f64)>);

/// A weight in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Weight(pub i64);

/// The points of a text, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64")]
struct PointsOf(f64);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeasure {
    id: String,
    weight: Weight,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Readable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curve: Option<Curve>,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<BTreeMap<String, PointsOf>>,
    max_age: Period,
}

/// An expression that a measure can read: a number or a text that does not rest on the score.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Readable(Expression);

impl TryFrom<String> for Readable {
    type Error = String;

    fn try_from(source: String) -> Result<Self, String> {
        let expression = Expression::try_from(source)?;
        let circular = |(name, column): &(String, usize)| {
            CIRCULAR.contains(&name.as_str()).then(|| Fault {
                message: format!("`{name}` rests on the score itself"),
                column: *column,
                meant: None,
            })
        };
        let mut faults: Vec<Fault> = expression.called().iter().filter_map(circular).collect();
        if expression.of() == Type::Bool {
            faults.push(Fault {
                message: "a measure needs a number or a text, this is true or false".to_owned(),
                column: 1,
                meant: Some(format!("{} ? 1 : 0", expression.source())),
            });
        }
        if faults.is_empty() {
            Ok(Self(expression))
        } else {
            Err(Fault::tell(faults))
        }
    }
}

impl From<Readable> for String {
    fn from(readable: Readable) -> Self {
        readable.0.into()
    }
}

/// What is wrong in a measure whose keys are sound one by one.
enum Misfit {
    Missing(&'static str),
    Told(String),
}

impl TryFrom<Vec<(f64, f64)>> for Curve {
    type Error = String;

    fn try_from(corners: Vec<(f64, f64)>) -> Result<Self, String> {
        if corners.is_empty() || !corners.iter().all(|corner| (0.0..=100.0).contains(&corner.1)) {
            return Err("a curve needs corners [number, points] with points from 0 to 100".to_owned());
        }
        if !corners.windows(2).all(|pair| pair[0].0 < pair[1].0)
            || !corners.iter().all(|one| one.0.is_finite())
        {
            return Err("a curve must rise in its first number".to_owned());
        }
        Ok(Self(corners))
    }
}

impl TryFrom<f64> for Weight {
    type Error = String;

    fn try_from(weight: f64) -> Result<Self, String> {
        (0.0..=1000.0)
            .contains(&weight)
            .then_some(Self((weight * 1000.0).round() as i64))
            .ok_or("a weight must be from 0 to 1000".to_owned())
    }
}

impl From<Weight> for f64 {
    fn from(weight: Weight) -> Self {
        weight.0 as Self / 1000.0
    }
}

impl TryFrom<f64> for PointsOf {
    type Error = String;

    fn try_from(points: f64) -> Result<Self, String> {
        (0.0..=100.0)
            .contains(&points)
            .then_some(Self(points))
            .ok_or("points must be from 0 to 100".to_owned())
    }
}

impl RawMeasure {
    fn checked(self) -> Result<Measure, Misfit> {
        let reads = match (self.metric, self.value) {
            (Some(metric), None) => Reads::Metric {
                metric,
                per: self.per,
            },
            (None, Some(_)) if self.per.is_some() => {
                return Err(told(
                    "`per` divides a `metric`",
                    "write the division into `value`",
                ));
            }
            (None, Some(Readable(value))) => Reads::Value(value),
            (Some(_), Some(_)) => {
                return Err(told(
                    "`metric` and `value` exclude one another",
                    "metric = \"\" to take back what a lower layer says",
                ));
            }
            (None, None) => return Err(Misfit::Missing("metric` or `value")),
        };
        let is_text = reads.of() == Type::Text;
        let scale = match (is_text, self.curve, self.points) {
            (_, Some(_), Some(_)) => {
                return Err(told(
                    "`curve` and `points` exclude one another",
                    "curve = \"\" to take back what a lower layer says",
                ));
            }
            (true, Some(_), None) => {
                return Err(told(
                    "a curve needs a number, this is a text",
                    "`points = { good = 100 }`",
                ));
            }
            (false, None, Some(_)) => {
                return Err(told("points by word need a text, this is a number", "a `curve`"));
            }
            (false, Some(curve), None) => Scale::Curve(curve),
            (true, None, Some(points)) => Scale::Points(in_hundredths(points)),
            (false, None, None) => return Err(Misfit::Missing("curve")),
            (true, None, None) => return Err(Misfit::Missing("points")),
        };
        Ok(Measure {
            id: self.id,
            weight: self.weight.0,
            reads,
            scale,
            max_age: self.max_age,
        })
    }
}

fn told(what: &str, instead: &str) -> Misfit {
    Misfit::Told(format!("{what}; try {instead}"))
}

fn in_hundredths(points: BTreeMap<String, PointsOf>) -> BTreeMap<String, i32> {
    let hundredths = |points: PointsOf| (points.0 * 100.0).round_ties_even() as i32;
    let word = |word: String| word.to_lowercase();
    points
        .into_iter()
        .map(|(text, points)| (word(text), hundredths(points)))
        .collect()
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RawMeasure::deserialize(deserializer)?
            .checked()
            .map_err(|misfit| match misfit {
                Misfit::Missing(key) => D::Error::missing_field(key),
                Misfit::Told(text) => D::Error::custom(text),
            })
    }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let one = self.clone();
        let (metric, per, value) = match one.reads {
            Reads::Metric { metric, per } => (Some(metric), per, None),
            Reads::Value(value) => (None, None, Some(Readable(value))),
        };
        let (curve, points) = match one.scale {
            Scale::Curve(curve) => (Some(curve), None),
            Scale::Points(points) => (None, Some(points)),
        };
        let in_points = |(text, points): (String, i32)| (text, PointsOf(f64::from(points) / 100.0));
        RawMeasure {
            id: one.id,
            weight: Weight(one.weight),
            metric,
            per,
            value,
            curve,
            points: points.map(|points| points.into_iter().map(in_points).collect()),
            max_age: one.max_age,
        }
        .serialize(serializer)
    }
}

impl Reads {
    /// The type of what it reads.
    pub fn of(&self) -> Type {
        match self {
            Self::Metric { .. } => Type::Number,
            Self::Value(value) => value.of(),
        }
    }

    /// Ids of the metrics that it reads.
    pub fn metrics(&self) -> Vec<&str> {
        match self {
            Self::Metric { metric, per } => std::iter::once(metric.as_str()).chain(per.as_deref()).collect(),
            Self::Value(value) => value.metrics(),
        }
    }

    /// The expression, if it is one.
    pub fn expression(&self) -> Option<&Expression> {
        match self {
            Self::Metric { .. } => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl Scale {
    /// The most points that it gives, in hundredths.
    pub fn best(&self) -> i32 {
        match self {
            Self::Curve(curve) => {
                let best = curve.0.iter().map(|corner| corner.1).fold(0.0, f64::max);
                (best * 100.0).round_ties_even() as i32
            }
            Self::Points(points) => points.values().copied().max().unwrap_or(0),
        }
    }

    /// Points of a value in hundredths, 0 to 10,000; `None` for a text without points.
    pub fn points(&self, value: &Value) -> Option<i32> {
        match (self, value) {
            (Self::Curve(curve), Value::Number(number)) => curve.points(*number),
            (Self::Points(points), Value::Text(text)) => points.get(&text.trim().to_lowercase()).copied(),
            _ => None,
        }
    }
}

impl Curve {
    /// The number next to `from` that has at least these points (in hundredths); the first one without `from`.
    /// `None` where the curve never reaches them.
    pub fn reach(&self, points: i32, from: Option<f64>) -> Option<f64> {
        let points = f64::from(points) / 100.0;
        let crossing = |pair: &[(f64, f64)]| {
            let (low, high) = (pair[0], pair[1]);
            let crosses = (low.1 < points) != (high.1 < points);
            crosses.then(|| low.0 + (high.0 - low.0) * (points - low.1) / (high.1 - low.1))
        };
        let corners = self.0.iter().filter(|corner| corner.1 >= points);
        let candidates = self.0.windows(2).filter_map(crossing);
        let candidates = candidates.chain(corners.map(|corner| corner.0));
        let near = |number: &f64| from.map_or(0.0, |from| (number - from).abs());
        candidates.min_by(|one, other| near(one).total_cmp(&near(other)))
    }

    /// Points of a number in hundredths, 0 to 10,000: straight lines between the corners, flat outside.
    pub fn points(&self, value: f64) -> Option<i32> {
        let (first, last) = (self.0.first()?, self.0.last()?);
        let points = if value <= first.0 {
            first.1
        } else if value >= last.0 {
            last.1
        } else {
            let above = self.0.iter().position(|corner| corner.0 >= value)?;
            let (low, high) = (self.0.get(above - 1)?, self.0.get(above)?);
            low.1 + (high.1 - low.1) * (value - low.0) / (high.0 - low.0)
        };
        points
            .is_finite()
            .then(|| (points * 100.0).round_ties_even() as i32)
    }
}
