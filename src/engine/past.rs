//! The past of an account, thinned to the few instants that scores and signals ask for.
//!
//! Whole histories are never held: of each metric only its value at each wanted instant is kept.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::expression::{Condition, Expression};
use crate::domain::health::HealthModel;
use crate::store::Observed;

use super::interpret::values;
use super::world::{days_before, trend_instants};

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
    /// The instants: now, the trend, the base, others that were asked for, the beginnings of windows.
    pub instants: Vec<Timestamp>,
    /// Windows: days, at which instant they end, and where their beginnings stand among the instants.
    windows: Vec<(f64, usize, usize)>,
    /// The ledger's field that names the CSM.
    pub csm: String,
    /// The ledger's field with the CSM's sentiment, if anything asks for it.
    sentiment: Option<String>,
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
        let measured = || measures().filter_map(|measure| measure.reads.expression());
        let metrics = measures()
            .flat_map(|measure| measure.reads.metrics())
            .chain(asked(setup).flat_map(Expression::metrics));
        let mut wanted = Self {
            metrics: named(setup, metrics),
            instants: vec![until],
            windows: Vec::new(),
            csm: setup
                .mapping
                .account
                .csm
                .clone()
                .unwrap_or_else(|| "core:owner".to_owned()),
            sentiment: None,
        };
        wanted.instants.extend(trend_instants(until));
        wanted.instants.push(base);
        wanted.instants.extend_from_slice(extra);
        asked(setup)
            .flat_map(Expression::windows)
            .for_each(|(_, days)| wanted.add_window(days, NOW));
        // Measures are asked for at every instant, signals only now.
        let every = wanted.instants.len();
        for (_, days) in measured().flat_map(Expression::windows) {
            (0..every).for_each(|at| wanted.add_window(days, at));
        }
        let mut names = asked(setup).chain(measured()).flat_map(Expression::names);
        if names.any(|name| name == "sentiment") {
            wanted.sentiment.clone_from(&setup.mapping.account.sentiment);
        }
        wanted
    }

    fn add_window(&mut self, days: f64, end: usize) {
        if self.window(days, end).is_none() {
            self.windows.push((days, end, self.instants.len()));
            self.instants.push(days_before(self.instants[end], days as i64));
        }
    }

    /// The ledger's fields to read.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields: Vec<&str> = vec![NAME, &self.csm];
        fields.extend(self.sentiment.as_deref());
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

    /// Place of the instant at which a window of so many days begins that ends at an instant.
    pub fn window(&self, days: f64, end: usize) -> Option<usize> {
        self.windows
            .iter()
            .find(|(known, at, _)| *at == end && same(*known, days))
            .map(|(.., at)| *at)
    }
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

fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// A metric's value at one instant.
#[derive(Debug, Clone, Copy)]
struct Point {
    /// The number; NaN is unknown.
    value: f64,
    /// When it was measured, in seconds since 1970; [`UNTOLD`] where nothing tells.
    since: i64,
}

/// Nothing tells when a number was measured.
const UNTOLD: i64 = i64::MIN;

/// The CSM's sentiment at one instant.
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
    /// Metric by metric, one point per instant.
    points: Box<[Point]>,
    /// Names that the account had before, the latest first.
    pub former_names: Vec<String>,
    /// When its CSM changed, in seconds since 1970, oldest first.
    pub owner_changes: Vec<i64>,
    /// The CSM's sentiment, one per instant; none when nothing asks for it. Another CSM takes it back.
    feelings: Vec<Option<Feeling>>,
    /// The sentiment that the ledger last noted, whoever's it is.
    pub last_sentiment: Option<String>,
    /// The same, unless another CSM took over since.
    pub felt_now: Option<Feeling>,
}

impl Past {
    /// A metric's value at an instant, and the second since 1970 at which it was measured, if that was told.
    pub fn at(&self, wanted: &Wanted, metric: usize, instant: usize) -> Option<(f64, Option<i64>)> {
        let point = self.points.get(metric * wanted.instants.len() + instant)?;
        let since = (point.since != UNTOLD).then_some(point.since);
        (!point.value.is_nan()).then_some((point.value, since))
    }

    /// The CSM's sentiment at an instant: unknown from the day on which another CSM took over.
    pub fn feeling(&self, instant: usize) -> Option<&Feeling> {
        self.feelings.get(instant)?.as_ref()
    }
}

/// Builds a [`Past`] from the ledger's observations, oldest first.
pub struct PastBuilder<'a> {
    wanted: &'a Wanted,
    points: Vec<Point>,
    names: Vec<String>,
    /// The CSM as last observed; outside nothing was observed yet.
    csm: Vec<Option<String>>,
    owner_changes: Vec<i64>,
    feelings: Vec<Option<Feeling>>,
    last_sentiment: Option<String>,
    felt_now: Option<Feeling>,
    as_of: Vec<Option<Timestamp>>,
}

impl<'a> PastBuilder<'a> {
    /// Nothing observed yet.
    pub fn new(wanted: &'a Wanted) -> Self {
        let unknown = Point {
            value: f64::NAN,
            since: UNTOLD,
        };
        Self {
            wanted,
            points: vec![unknown; wanted.metrics.len() * wanted.instants.len()],
            names: Vec::new(),
            csm: Vec::new(),
            owner_changes: Vec::new(),
            feelings: match wanted.sentiment {
                Some(_) => vec![None; wanted.instants.len()],
                None => Vec::new(),
            },
            last_sentiment: None,
            felt_now: None,
            as_of: vec![None; wanted.metrics.len()],
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
                self.owner_changes.push(at.as_second());
                self.take_back_feelings(at);
            }
            self.csm = vec![observed.value.clone()];
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
        self.last_sentiment = text.cloned();
        self.felt_now.clone_from(&feeling);
        self.felt_from(at).for_each(|felt| felt.clone_from(&feeling));
    }

    /// From `at` on another CSM looks after the account: what was felt before is another person's.
    fn take_back_feelings(&mut self, at: Timestamp) {
        let of_another = |feeling: &mut Feeling| feeling.since < at.as_second();
        self.felt_now.take_if(of_another);
        self.felt_from(at).for_each(|felt| {
            felt.take_if(of_another);
        });
    }

    fn felt_from(&mut self, at: Timestamp) -> impl Iterator<Item = &mut Option<Feeling>> {
        let instants = self.wanted.instants.iter();
        let felt = instants.zip(&mut self.feelings);
        felt.filter_map(move |(instant, felt)| (*instant >= at).then_some(felt))
    }

    /// From `at` on the metric has this value, or the value it had with another time.
    fn write(&mut self, metric: usize, at: Timestamp, value: Option<f64>) {
        let width = self.wanted.instants.len();
        // A time that is told of a number is never later than the moment it was told.
        let since = self.as_of[metric].map_or(UNTOLD, |as_of| as_of.min(at).as_second());
        for (instant, point) in self
            .wanted
            .instants
            .iter()
            .zip(&mut self.points[metric * width..][..width])
        {
            if *instant >= at {
                point.since = since;
                point.value = value.unwrap_or(point.value);
            }
        }
    }

    /// What is kept.
    pub fn finish(mut self, current_name: Option<&str>) -> Past {
        let current = current_name
            .map(str::to_owned)
            .or_else(|| self.names.last().cloned());
        self.names.retain(|name| Some(name) != current.as_ref());
        self.names.reverse();
        Past {
            points: self.points.into(),
            former_names: self.names,
            owner_changes: self.owner_changes,
            feelings: self.feelings,
            last_sentiment: self.last_sentiment,
            felt_now: self.felt_now,
        }
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
