//! The past of an account, as far as scores and signals ask for it.
//!
//! It is held while that one account is judged. What is kept beside its line reaches back only as far as signals and
//! measures of today ask, see `rows`.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::store::Observed;

use super::interpret::values;
use super::wanted::{NAME, Wanted};

/// A metric from one observation on.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// From when on, in milliseconds since 1970.
    pub at: i64,
    /// The number; NaN is unknown.
    pub value: f64,
    /// When it was measured, in seconds since 1970; [`UNTOLD`] where nothing tells.
    since: i64,
}

/// Nothing tells when a number was measured.
const UNTOLD: i64 = i64::MIN;

impl Point {
    /// A number from a millisecond on, and the second at which it was measured, if that is told.
    pub fn new(at: i64, value: f64, told: Option<i64>) -> Self {
        Self {
            at,
            value,
            since: told.unwrap_or(UNTOLD),
        }
    }

    /// The second since 1970 at which it was measured, if that is told.
    pub fn told(&self) -> Option<i64> {
        (self.since != UNTOLD).then_some(self.since)
    }
}

/// The CSM's sentiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feeling {
    /// As the CRM has it.
    pub text: String,
    /// When it was set, in seconds since 1970.
    pub since: i64,
}

/// What is kept of an account's past.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Metric by metric, its observations, oldest first.
    pub series: Vec<Vec<Point>>,
    /// Names that the account had before, the latest first.
    pub former_names: Vec<String>,
    /// When its CSM changed, in seconds since 1970, oldest first.
    pub owner_changes: Vec<i64>,
    /// When its stage became another, or was first observed, in seconds since 1970, and whether to onboarding.
    pub stages: Vec<(i64, bool)>,
    /// The CSM's sentiment from which millisecond on, oldest first; none when nothing asks for it. Another CSM takes it back.
    pub feelings: Vec<(i64, Option<Feeling>)>,
    /// The sentiment that the ledger last noted, whoever's it is.
    pub last_sentiment: Option<String>,
    /// The same, unless another CSM took over since.
    pub felt_now: Option<Feeling>,
}

impl Past {
    /// A metric's value at a millisecond since 1970, and the second at which it was measured, if that was told.
    pub fn at(&self, metric: usize, instant: i64) -> Option<(f64, Option<i64>)> {
        let series = self.series.get(metric)?;
        let after = series.partition_point(|point| point.at <= instant);
        let point = series.get(after.checked_sub(1)?)?;
        (!point.value.is_nan()).then_some((point.value, point.told()))
    }

    /// The CSM's sentiment at a millisecond since 1970: unknown from the day on which another CSM took over.
    pub fn feeling(&self, instant: i64) -> Option<&Feeling> {
        let after = self.feelings.partition_point(|(from, _)| *from <= instant);
        self.feelings.get(after.checked_sub(1)?)?.1.as_ref()
    }

    /// How a metric rises per day between two milliseconds since 1970, as a share of its mean: the line of least squares
    /// through the last value of each day on which it was observed. Unknown below three such days, and where the mean
    /// is not above zero.
    pub fn slope(&self, metric: usize, from: i64, until: i64) -> Option<f64> {
        let mut days: Vec<(i64, f64)> = Vec::new();
        let within = |point: &&Point| point.at > from && point.at <= until && !point.value.is_nan();
        for point in self.series.get(metric)?.iter().filter(within) {
            let day = point.at.div_euclid(86_400_000);
            match days.last_mut().filter(|(last, _)| *last == day) {
                Some(last) => last.1 = point.value,
                None => days.push((day, point.value)),
            }
        }
        let first = days.first().filter(|_| days.len() >= 3)?.0;
        let count = days.len() as f64;
        let mean_day = days.iter().map(|(day, _)| (day - first) as f64).sum::<f64>() / count;
        let mean = days.iter().map(|(_, value)| value).sum::<f64>() / count;
        let (mut above, mut below) = (0.0, 0.0);
        for (day, value) in &days {
            let from_mean = (day - first) as f64 - mean_day;
            above += from_mean * (value - mean);
            below += from_mean * from_mean;
        }
        (mean > 0.0).then(|| above / below / mean)
    }
}

/// Builds a [`Past`] from the ledger's observations, oldest first.
pub struct PastBuilder<'a> {
    wanted: &'a Wanted,
    names: Vec<String>,
    /// The CSM as last observed, if it ever was.
    csm: Vec<Option<String>>,
    /// The stage as last observed, if it ever was.
    stage: Vec<Option<String>>,
    as_of: Vec<Option<Timestamp>>,
    past: Past,
}

impl<'a> PastBuilder<'a> {
    /// Nothing observed yet.
    pub fn new(wanted: &'a Wanted) -> Self {
        Self {
            wanted,
            names: Vec::new(),
            csm: Vec::new(),
            stage: Vec::new(),
            as_of: vec![None; wanted.metrics.len()],
            past: Past {
                series: vec![Vec::new(); wanted.metrics.len()],
                ..Past::default()
            },
        }
    }

    /// Takes in the next observation.
    pub fn take(&mut self, observed: &Observed) {
        let (field, at) = (observed.field.as_str(), observed.effective_at);
        if field == NAME
            && let Some(name) = &observed.value
        {
            self.names.retain(|known| known != name);
            self.names.push(name.clone());
        }
        if field == self.wanted.csm {
            if self.csm.last().is_some_and(|before| *before != observed.value) {
                self.past.owner_changes.push(at.as_second());
                self.take_back_feelings(at);
            }
            self.csm = vec![observed.value.clone()];
        }
        if let Some((stage, onboarding)) = &self.wanted.stage
            && field == stage
            && self.stage.last() != Some(&observed.value)
        {
            let begins = observed
                .value
                .as_ref()
                .is_some_and(|value| onboarding.contains(value));
            self.past.stages.push((at.as_second(), begins));
            self.stage = vec![observed.value.clone()];
        }
        if self.wanted.sentiment.as_deref() == Some(field) {
            self.feel(observed.value.as_ref(), at);
        }
        for (index, metric) in self.wanted.metrics.iter().enumerate() {
            if field == metric.property {
                let value = observed.value.as_deref().and_then(values::number);
                self.write(index, at, Some(value.unwrap_or(f64::NAN)));
            } else if Some(field) == metric.as_of.as_deref() {
                self.as_of[index] = observed.value.as_deref().and_then(values::instant);
                self.write(index, at, None);
            }
        }
    }

    /// From `at` on the CSM feels so.
    fn feel(&mut self, text: Option<&String>, at: Timestamp) {
        let feeling = text.map(|text| Feeling {
            text: text.clone(),
            since: at.as_second(),
        });
        self.past.last_sentiment = text.cloned();
        self.past.felt_now.clone_from(&feeling);
        self.past.feelings.push((at.as_millisecond(), feeling));
    }

    /// From `at` on another CSM looks after the account: what was felt before is another person's.
    fn take_back_feelings(&mut self, at: Timestamp) {
        let of_another = |feeling: &mut Feeling| feeling.since < at.as_second();
        if self.past.felt_now.take_if(of_another).is_some() {
            self.past.feelings.push((at.as_millisecond(), None));
        }
    }

    /// From `at` on the metric has this value, or the value it had with another time.
    fn write(&mut self, metric: usize, at: Timestamp, value: Option<f64>) {
        let series = &mut self.past.series[metric];
        let before = series.last().map_or(f64::NAN, |point| point.value);
        // A time that is told of a number is never later than the moment it was told.
        let told = self.as_of[metric].map(|as_of| as_of.min(at).as_second());
        series.push(Point::new(at.as_millisecond(), value.unwrap_or(before), told));
    }

    /// What is kept.
    pub fn finish(mut self, current_name: Option<&str>) -> Past {
        let current = current_name
            .map(str::to_owned)
            .or_else(|| self.names.last().cloned());
        self.names.retain(|name| Some(name) != current.as_ref());
        self.names.reverse();
        self.past.former_names = self.names;
        self.past
    }
}

/// The past of an account that others were merged into: first its own history, then theirs.
///
/// Two series of one field are never mixed, or a merge would look like growth or decline: what was merged tells only
/// what was before the survivor's own first value. Its names all stay findable, and whose it was is not asked.
pub fn joined(wanted: &Wanted, histories: Vec<Vec<Observed>>) -> Past {
    let mut begun: HashMap<String, Timestamp> = HashMap::new();
    let mut parts = Vec::new();
    for (place, mut history) in histories.into_iter().enumerate() {
        history.retain(|one| match one.field.as_str() {
            NAME => true,
            field if field == wanted.csm => place == 0,
            field => begun.get(field).is_none_or(|begin| one.effective_at < *begin),
        });
        for one in &history {
            let begin = begun.entry(one.field.clone()).or_insert(one.effective_at);
            *begin = one.effective_at.min(*begin);
        }
        parts.push(history);
    }
    let mut builder = PastBuilder::new(wanted);
    parts
        .iter()
        .rev()
        .flatten()
        .for_each(|observed| builder.take(observed));
    builder.finish(None)
}
