//! What was mapped to a property of accounts that the CRM does not have: renamed, archived, or hidden from the key.
//!
//! Nothing can be observed of it any more. What the ledger observed last still counts in the score, as stale.

use std::collections::BTreeSet;

use crate::config::Setup;
use crate::domain::health::Reads;

/// Metrics, and the sentiment, of which the CRM has no property.
#[derive(Debug, Default)]
pub struct Lost {
    metrics: BTreeSet<String>,
    /// Whether the CSM's sentiment is lost.
    pub sentiment: bool,
}

impl Lost {
    /// What is mapped to a property that is missing.
    pub fn of(setup: &Setup, is_missing: impl Fn(&str) -> bool) -> Self {
        let mapping = &setup.mapping;
        let metrics = mapping.metrics.iter();
        Self {
            metrics: metrics
                .filter(|(_, metric)| metric.property.as_deref().is_some_and(&is_missing))
                .map(|(id, _)| id.clone())
                .collect(),
            sentiment: mapping.account.sentiment.as_deref().is_some_and(&is_missing),
        }
    }

    /// Whether a metric is lost.
    pub fn has(&self, metric: &str) -> bool {
        self.metrics.contains(metric)
    }

    /// Whether something that a measure reads is lost.
    pub fn touches(&self, reads: &Reads) -> bool {
        let names = reads.expression().map(|one| one.names()).unwrap_or_default();
        reads.metrics().iter().any(|metric| self.has(metric))
            || (self.sentiment && names.contains(&"sentiment"))
    }
}
