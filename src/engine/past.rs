//! The past of an account, as far as scores and signals ask for it.
//!
//! It is held while that one account is judged. What is kept beside its line reaches back only as far as signals and
//! measures ask now, see [`Past::keep_since`].

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::expression::{Condition, Expression};
use crate::domain::health::HealthModel;
use crate::domain::vocabulary::ONBOARDING;
use crate::store::Observed;

use super::interpret::values;
use super::world::trend_instants;

/// The instant now, among the wanted ones.
pub const NOW: usize = 0;
/// The first of the seven instants of the trend, the nearest first.
pub const TREND: usize = 1;
/// The instant that changes are counted from.
pub const BASE: usize = 8;
/// The first of the further instants that somebody asked for.
pub const EXTRA: usize = 9;

/// What is wanted of every account's past.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The metrics.
    pub metrics: Vec<WantedMetric>,
    /// The instants: now, the trend, the base, and others that were asked for.
    pub instants: Vec<Timestamp>,
    /// The ledger's field that names the CSM.
    pub csm: String,
    /// The ledger's field with the CSM's sentiment, if anything asks for it.
    sentiment: Option<String>,
    /// The ledger's field with the stage, and its values that mean onboarding.
    stage: Option<(String, Vec<String>)>,
    /// The roles whose people are counted, the first 64 of them.
    pub roles: Vec<String>,
    /// Ids of the metrics whose median over the segment is asked for.
    pub medians: Vec<String>,
    /// The longest time in days over which anything asks for the past of a metric.
    pub longest: f64,
    /// The longest time in days over which anything counts what happened.
    pub longest_count: f64,
}

/// A metric and the ledger's fields that tell of it.
#[derive(Debug, Clone)]
pub struct WantedMetric {
    /// Its id.
    pub id: String,
    /// The property with the number.
    pub property: String,
    /// The property with the time of the number.
    pub as_of: Option<String>,
}

/// Ledger's field of an account's name.
const NAME: &str = "core:name";

impl Wanted {
    /// What these health models, signals and the exits of playbooks ask for. The first model is the one in force.
    pub fn new(
        setup: &Setup,
        models: &[&HealthModel],
        (until, base): (Timestamp, Timestamp),
        extra: &[Timestamp],
    ) -> Self {
        let measures = || models.iter().flat_map(|model| &model.measures);
        let every = || {
            let measured = measures().filter_map(|measure| measure.reads.expression());
            asked(setup).chain(measured)
        };
        let metrics = measures()
            .flat_map(|measure| measure.reads.metrics())
            .chain(asked(setup).flat_map(Expression::metrics));
        let account = &setup.mapping.account;
        let mut wanted = Self {
            metrics: named(setup, metrics),
            instants: vec![until],
            csm: account.csm.clone().unwrap_or_else(|| "core:owner".to_owned()),
            sentiment: None,
            stage: account
                .stage
                .as_ref()
                .map(|stage| (stage.property.clone(), onboarding(&stage.values))),
            roles: once_each(every().flat_map(Expression::roles)),
            medians: once_each(every().flat_map(Expression::medians)),
            longest: every().map(Expression::longest_of_metrics).fold(0.0, f64::max),
            longest_count: every().map(Expression::longest_of_counts).fold(0.0, f64::max),
        };
        wanted.roles.truncate(MOST_ROLES);
        wanted.instants.extend(trend_instants(until));
        wanted.instants.push(base);
        wanted.instants.extend_from_slice(extra);
        if every()
            .flat_map(Expression::names)
            .any(|name| name == "sentiment")
        {
            wanted.sentiment.clone_from(&account.sentiment);
        }
        wanted
    }

    /// The ledger's fields to read.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields: Vec<&str> = vec![NAME, &self.csm];
        fields.extend(self.sentiment.as_deref());
        fields.extend(self.stage.as_ref().map(|(stage, _)| stage.as_str()));
        for metric in &self.metrics {
            fields.push(&metric.property);
            fields.extend(metric.as_of.as_deref());
        }
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// Place of a metric.
    pub fn metric(&self, id: &str) -> Option<usize> {
        self.metrics.iter().position(|metric| metric.id == id)
    }
}

/// As many roles are told apart.
const MOST_ROLES: usize = 64;

/// The CRM's values of the stage that mean onboarding.
fn onboarding(values: &std::collections::BTreeMap<String, String>) -> Vec<String> {
    let renamed = values.iter().filter(|(_, word)| *word == ONBOARDING);
    let mut found: Vec<String> = renamed.map(|(value, _)| value.clone()).collect();
    if !values.contains_key(ONBOARDING) {
        found.push(ONBOARDING.to_owned());
    }
    found
}

fn once_each<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let texts: BTreeSet<&str> = texts.collect();
    texts.into_iter().map(str::to_owned).collect()
}

/// What signals and the exits of playbooks ask for.
fn asked(setup: &Setup) -> impl Iterator<Item = &Expression> {
    let of_signals = setup.signals.signals.iter().flat_map(|signal| {
        let conditions = [Some(&signal.when), signal.clears_when.as_ref()];
        let conditions = conditions.into_iter().flatten().map(Condition::expression);
        conditions.chain(signal.evidence.iter().map(|evidence| &evidence.value))
    });
    let exits = setup
        .playbooks
        .iter()
        .filter_map(|playbook| playbook.exit_when.as_ref());
    of_signals.chain(exits.map(Condition::expression))
}

/// Those of these metrics that the mapping has a property for, once each.
fn named<'a>(setup: &Setup, ids: impl Iterator<Item = &'a str>) -> Vec<WantedMetric> {
    let ids: BTreeSet<&str> = ids.collect();
    let of = |id: &str| {
        let metric = setup.mapping.metrics.get(id)?;
        Some(WantedMetric {
            id: id.to_owned(),
            property: metric.property.clone()?,
            as_of: metric.as_of.clone(),
        })
    };
    ids.into_iter().filter_map(of).collect()
}

/// A metric from one observation on.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// From when on, in milliseconds since 1970.
    pub at: i64,
    /// The number; NaN is unknown.
    pub value: f64,
    /// When it was measured, in seconds since 1970; [`UNTOLD`] where nothing tells.
    pub since: i64,
}

/// Nothing tells when a number was measured.
pub const UNTOLD: i64 = i64::MIN;

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
    feelings: Vec<(i64, Option<Feeling>)>,
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
        let since = (point.since != UNTOLD).then_some(point.since);
        (!point.value.is_nan()).then_some((point.value, since))
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

    /// Lets go of what was before a millisecond since 1970, but for what was in force then.
    pub fn keep_since(&mut self, instant: i64) {
        for series in &mut self.series {
            let after = series.partition_point(|point| point.at <= instant);
            series.drain(..after.saturating_sub(1));
        }
        self.feelings.clear();
        self.former_names.clear();
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
        let since = self.as_of[metric].map_or(UNTOLD, |as_of| as_of.min(at).as_second());
        series.push(Point {
            at: at.as_millisecond(),
            value: value.unwrap_or(before),
            since,
        });
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
