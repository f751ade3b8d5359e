//! What a CRM was found to hold: the input of the proposal.

use std::collections::BTreeMap;

use crate::crm::{Pipeline, Property};
use crate::domain::record::{Kind, Owner, Record};

/// A look at some records of a kind, with all their properties.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// The properties of the kind.
    pub properties: Vec<Property>,
    /// Some records, with every property in `mapped`.
    pub records: Vec<Record>,
    /// How many there are in all, as far as the CRM says.
    pub total: Option<u64>,
}

impl Sample {
    /// Share of the records in which a property is filled, 0 to 1.
    pub fn fill(&self, property: &str) -> f64 {
        let filled = self
            .records
            .iter()
            .filter(|record| record.mapped(property).is_some())
            .count();
        filled as f64 / (self.records.len().max(1)) as f64
    }

    /// The same in whole percent, 0 to 100.
    pub fn percent(&self, property: &str) -> f64 {
        (self.fill(property) * 100.0).round()
    }
}

/// A rule that could say which companies are accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The property.
    pub property: String,
    /// What people call it.
    pub label: String,
    /// The value that customers have.
    pub value: String,
    /// How many companies fit it.
    pub count: u64,
}

/// Everything that the proposal is made from.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Which companies are accounts; `None`: nothing says so, all are.
    pub rule: Option<Rule>,
    /// Companies that fit the rule.
    pub accounts: Sample,
    /// Contracts of the renewal pipelines, or of all when none is recognised.
    pub contracts: Sample,
    /// Some contacts.
    pub contacts: Sample,
    /// The pipelines of contracts.
    pub pipelines: Vec<Pipeline>,
    /// The pipelines among them that seem to be about renewals, by id.
    pub renewals: Vec<String>,
    /// How many contracts there are in each pipeline, by its id, as far as the CRM says.
    pub contracts_in: BTreeMap<String, u64>,
    /// All owners.
    pub owners: Vec<Owner>,
}

impl Facts {
    /// Whether the CRM has a property of this kind, as far as it was looked at.
    pub fn has(&self, kind: Kind, name: &str) -> bool {
        let sample = match kind {
            Kind::Account => &self.accounts,
            Kind::Contract => &self.contracts,
            _ => &self.contacts,
        };
        sample.properties.iter().any(|property| property.name == name)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub mod tests {
    use super::*;
    use crate::crm::ValueType;

    /// A property for tests.
    pub fn property(name: &str, label: &str, value_type: ValueType) -> Property {
        Property {
            name: name.into(),
            label: label.into(),
            value_type,
            options: Vec::new(),
            calculated: false,
            unique: false,
            read_only: false,
            is_owner: false,
        }
    }

    /// A record with these properties.
    pub fn record(values: &[(&str, &str)]) -> Record {
        Record {
            kind: Kind::Account,
            id: "1".into(),
            created: "2026-01-01T00:00:00Z".parse().unwrap(),
            changed: "2026-01-01T00:00:00Z".parse().unwrap(),
            archived: false,
            core: BTreeMap::new(),
            mapped: values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn fill_rates_are_shares() {
        let sample = Sample {
            records: vec![record(&[("a", "1")]), record(&[])],
            ..Sample::default()
        };
        assert!((sample.fill("a") - 0.5).abs() < f64::EPSILON);
        assert!(Sample::default().fill("a").abs() < f64::EPSILON);
    }
}
