//! What is wanted of every account's past: fields of the ledger, instants, and how far back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::Setup;
use crate::domain::expression::{Condition, Expression};
use crate::domain::health::HealthModel;
use crate::domain::money::Currency;
use crate::domain::playbook::Playbook;
use crate::domain::vocabulary::ONBOARDING;
use crate::store::Cache;

use super::EngineError;
use super::world::{document, trend_instants};

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
    pub sentiment: Option<String>,
    /// The ledger's field with the stage, and its values that mean onboarding.
    pub stage: Option<(String, Vec<String>)>,
    /// The roles whose people are counted, the first 64 of them.
    pub roles: Vec<String>,
    /// Ids of the metrics whose median over the segment is asked for.
    pub medians: Vec<String>,
    /// The events since which signals and playbooks count hours.
    pub hours: Vec<String>,
    /// The longest time in days over which anything counts what happened.
    pub longest_count: f64,
    /// What of it is kept beside each account's line.
    pub asks: Asks,
}

/// What is kept beside each account's line: all that was ever asked for since the mapping is as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Asks {
    /// Hash of what the values of records mean.
    basis: String,
    /// Each with the longest time in days over which its past is kept.
    metrics: BTreeMap<String, f64>,
    roles: Vec<String>,
    longest_count: f64,
    sentiment: bool,
}

/// Raised when what is kept is packed in another way.
const PACKING: u32 = 3;
/// Name of the document that says what is kept.
const ASKS: &str = "features";

impl Asks {
    /// What is kept in a cache.
    pub fn read(cache: &Cache) -> Result<Self, EngineError> {
        document(cache, ASKS)
    }

    /// Notes that it is kept from now on.
    pub fn keep(&self, cache: &mut Cache) -> Result<(), EngineError> {
        let json = serde_json::to_string(self).map_err(EngineError::Json)?;
        Ok(cache.put_document(ASKS, &json)?)
    }

    /// A number for it, for how it is packed and for the tenant's currency: what was kept for another one is not to be
    /// read by this one.
    pub fn layout(&self, home: Option<Currency>) -> u64 {
        number_of(&format!("{PACKING} {self:?} {home:?}"))
    }
}

/// A number for a text.
fn number_of(text: &str) -> u64 {
    let hash = Sha256::digest(text);
    let first = hash.iter().take(8);
    first.fold(0, |number, byte| (number << 8) | u64::from(*byte))
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
    /// The longest time in days over which anything asks for its past, seen from today.
    pub longest: f64,
}

/// Ledger's field of an account's name.
pub const NAME: &str = "core:name";

impl Wanted {
    /// What these health models, signals, playbooks and runs ask for. The first model is the one in force; of runs it is what
    /// no playbook in force asks.
    pub fn new(
        setup: &Setup,
        models: &[&HealthModel],
        of_runs: &[Condition],
        (until, opening, base): (Timestamp, Timestamp, Timestamp),
        extra: &[Timestamp],
        kept: Asks,
    ) -> Self {
        let basis = format!("{:?} {}", setup.mapping, setup.routing.raising());
        let basis = format!("{:016x}", number_of(&basis));
        let kept = if kept.basis == basis {
            kept
        } else {
            Asks::default()
        };
        let measures = || models.iter().flat_map(|model| &model.measures);
        let every = || {
            let measured = measures().filter_map(|measure| measure.reads.expression());
            asked(setup, of_runs).chain(measured)
        };
        let metrics = measures()
            .flat_map(|measure| measure.reads.metrics())
            .chain(asked(setup, of_runs).flat_map(Expression::metrics))
            .chain(kept.metrics.keys().map(String::as_str));
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
            hours: once_each(asked(setup, of_runs).flat_map(Expression::hours)),
            roles: once_each(
                every()
                    .flat_map(Expression::roles)
                    .chain(kept.roles.iter().map(String::as_str)),
            ),
            medians: once_each(every().flat_map(Expression::medians)),
            longest_count: every()
                .map(Expression::longest_of_counts)
                .fold(kept.longest_count, f64::max),
            asks: Asks::default(),
        };
        wanted.roles.truncate(MOST_ROLES);
        let kept_windows = kept.metrics.iter().map(|(id, days)| (id.as_str(), *days));
        for (id, days) in every().flat_map(Expression::windows).chain(kept_windows) {
            if let Some(metric) = wanted.metrics.iter_mut().find(|one| one.id == id) {
                metric.longest = metric.longest.max(days);
            }
        }
        wanted.instants.extend(trend_instants(opening));
        wanted.instants.push(base);
        wanted.instants.extend_from_slice(extra);
        let sentiment = every()
            .flat_map(Expression::names)
            .any(|name| name == "sentiment");
        if sentiment || kept.sentiment {
            wanted.sentiment.clone_from(&account.sentiment);
        }
        let windows = wanted.metrics.iter();
        wanted.asks = Asks {
            basis,
            metrics: windows.map(|one| (one.id.clone(), one.longest)).collect(),
            roles: wanted.roles.clone(),
            longest_count: wanted.longest_count,
            sentiment: sentiment || kept.sentiment,
        };
        wanted
    }

    /// Whether somebody asked for further instants.
    pub fn looks_back(&self) -> bool {
        self.instants.len() > EXTRA
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
fn onboarding(values: &BTreeMap<String, String>) -> Vec<String> {
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

/// What signals, playbooks and runs ask for.
fn asked<'a>(setup: &'a Setup, of_runs: &'a [Condition]) -> impl Iterator<Item = &'a Expression> {
    let of_signals = setup.signals.signals.iter().flat_map(|signal| {
        let conditions = [Some(&signal.when), signal.clears_when.as_ref()];
        let conditions = conditions.into_iter().flatten().map(Condition::expression);
        conditions.chain(signal.evidence.iter().map(|evidence| &evidence.value))
    });
    let of_playbooks = setup.playbooks.iter().flat_map(Playbook::conditions);
    let of_playbooks = of_playbooks.map(|(_, condition)| condition.expression());
    let of_runs = of_runs.iter().map(Condition::expression);
    of_signals.chain(of_playbooks).chain(of_runs)
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
            longest: 0.0,
        })
    };
    ids.into_iter().filter_map(of).collect()
}
