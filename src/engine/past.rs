//! The past of an account, thinned to the few instants that scores and signals ask for.
//!
//! Whole histories are never held: of each metric only its value at each wanted instant is kept.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::expression::Condition;
use crate::store::Observed;

use super::interpret::values;
use super::world::{days_before, trend_instants};

/// The instant now, among the wanted ones.
pub const NOW: usize = 0;
/// The first of the seven instants of the trend, the nearest first.
pub const TREND: usize = 1;
/// The instant that changes are counted from.
pub const BASE: usize = 8;

/// What is wanted of every account's past.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The metrics.
    pub metrics: Vec<WantedMetric>,
    /// The instants: now, the trend, the base, windows of signals, others.
    pub instants: Vec<Timestamp>,
    /// Windows in days and where their beginnings stand among the instants.
    pub windows: Vec<(f64, usize)>,
    /// The ledger's field that names the CSM.
    pub csm: String,
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
    /// What health, signals and the exits of playbooks ask for.
    pub fn new(setup: &Setup, until: Timestamp, base: Timestamp, extra: &[Timestamp]) -> Self {
        let signals = &setup.signals.signals;
        let exits = setup
            .playbooks
            .iter()
            .filter_map(|playbook| playbook.exit_when.as_ref());
        let expressions = || {
            let of_signals = signals.iter().flat_map(|signal| {
                let conditions = [Some(&signal.when), signal.clears_when.as_ref()];
                let conditions = conditions.into_iter().flatten().map(Condition::expression);
                conditions.chain(signal.evidence.iter().map(|evidence| &evidence.value))
            });
            of_signals.chain(exits.clone().map(Condition::expression))
        };
        let measured = setup
            .health
            .measures
            .iter()
            .flat_map(|measure| std::iter::once(measure.metric.as_str()).chain(measure.per.as_deref()));
        let mut ids: Vec<&str> = measured
            .chain(expressions().flat_map(|one| one.metrics()))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let metrics = ids.into_iter().filter_map(|id| {
            let metric = setup.mapping.metrics.get(id)?;
            Some(WantedMetric {
                id: id.to_owned(),
                property: metric.property.clone()?,
                as_of: metric.as_of.clone(),
            })
        });
        let mut instants = vec![until];
        instants.extend(trend_instants(until));
        instants.push(base);
        let mut windows: Vec<(f64, usize)> = Vec::new();
        for (_, days) in expressions().flat_map(|one| one.windows()) {
            if !windows.iter().any(|(known, _)| same(*known, days)) {
                windows.push((days, instants.len()));
                instants.push(days_before(until, days as i64));
            }
        }
        instants.extend_from_slice(extra);
        Self {
            metrics: metrics.collect(),
            instants,
            windows,
            csm: setup
                .mapping
                .account
                .csm
                .clone()
                .unwrap_or_else(|| "core:owner".to_owned()),
        }
    }

    /// The ledger's fields to read.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields: Vec<&str> = vec![NAME, &self.csm];
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

    /// Place of the instant at which a window of so many days begins.
    pub fn window(&self, days: f64) -> Option<usize> {
        self.windows
            .iter()
            .find(|(known, _)| same(*known, days))
            .map(|(_, at)| *at)
    }
}

fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// A metric's value at one instant, small because there are many.
#[derive(Debug, Clone, Copy)]
struct Point {
    /// The number; NaN is unknown.
    value: f32,
    /// When it was measured, in minutes since 1970; [`UNTOLD`] where nothing tells.
    since: i32,
}

/// Nothing tells when a number was measured.
const UNTOLD: i32 = i32::MIN;

/// What is kept of an account's past.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Metric by metric, one point per instant.
    points: Box<[Point]>,
    /// Names that the account had before, the latest first.
    pub former_names: Vec<String>,
    /// When its CSM last changed.
    pub owner_changed: Option<Timestamp>,
}

impl Past {
    /// A metric's value at an instant, and the second since 1970 at which it was measured, if that was told.
    pub fn at(&self, wanted: &Wanted, metric: usize, instant: usize) -> Option<(f64, Option<i64>)> {
        let point = self.points.get(metric * wanted.instants.len() + instant)?;
        let since = (point.since != UNTOLD).then(|| i64::from(point.since) * 60);
        (!point.value.is_nan()).then(|| (f64::from(point.value), since))
    }
}

/// Builds a [`Past`] from the ledger's observations, oldest first.
pub struct PastBuilder<'a> {
    wanted: &'a Wanted,
    points: Vec<Point>,
    names: Vec<String>,
    /// The CSM as last observed; outside nothing was observed yet.
    csm: Vec<Option<String>>,
    owner_changed: Option<Timestamp>,
    as_of: Vec<Option<Timestamp>>,
}

impl<'a> PastBuilder<'a> {
    /// Nothing observed yet.
    pub fn new(wanted: &'a Wanted) -> Self {
        let unknown = Point {
            value: f32::NAN,
            since: UNTOLD,
        };
        Self {
            wanted,
            points: vec![unknown; wanted.metrics.len() * wanted.instants.len()],
            names: Vec::new(),
            csm: Vec::new(),
            owner_changed: None,
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
                self.owner_changed = Some(at);
            }
            self.csm = vec![observed.value.clone()];
        }
        for (index, metric) in self.wanted.metrics.iter().enumerate() {
            if field == metric.property {
                let value = observed.value.as_deref().and_then(values::number);
                self.write(index, at, Some(value.map_or(f32::NAN, |value| value as f32)));
            } else if Some(field) == metric.as_of.as_deref() {
                self.as_of[index] = observed.value.as_deref().and_then(values::instant);
                self.write(index, at, None);
            }
        }
    }

    /// From `at` on the metric has this value, or the value it had with another time.
    fn write(&mut self, metric: usize, at: Timestamp, value: Option<f32>) {
        let width = self.wanted.instants.len();
        // A time that is told of a number is never later than the moment it was told.
        let told = self.as_of[metric].map(|as_of| as_of.min(at).as_second() / 60);
        let since = told.map_or(UNTOLD, |minutes| i32::try_from(minutes).unwrap_or(UNTOLD));
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
            owner_changed: self.owner_changed,
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
