//! Asks the CRM what it holds: which kinds the key may read, and a sample of each kind that the proposal needs.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use crate::crm::{Condition, Crm, CrmError, Page, Pipeline, Property, Search, SearchOrder, ValueType};
use crate::domain::record::{Kind, Record, RecordId};

use super::facts::{Facts, Rule, Sample};
use super::words::words;

/// Records that are looked at of each kind.
const LOOK_AT: usize = 100;

/// A kind that the key cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The kind.
    pub kind: Kind,
    /// The scopes that are missing, as the CRM calls them; empty when it refused for another reason.
    pub scopes: Vec<String>,
    /// What cannot be shown without it.
    pub cost: &'static str,
}

/// Which kinds the key cannot read. Without accounts nothing works, so that is an error.
pub async fn closed_kinds<C: Crm + Clone + 'static>(crm: &C) -> Result<Vec<Closed>, CrmError> {
    // All at once: one after another they would take a slow CRM a minute.
    let mut asked = JoinSet::new();
    for kind in Kind::ALL {
        let crm = crm.clone();
        asked.spawn(async move { (kind, crm.list(kind, &[], None, false).await) });
    }
    let mut closed = Vec::new();
    while let Some(joined) = asked.join_next().await {
        let (kind, listed) = joined.map_err(|_| CrmError::Setup("a request was broken off".to_owned()))?;
        let scopes = match listed {
            Ok(_) => continue,
            Err(CrmError::MissingScope { scopes }) if kind != Kind::Account => scopes,
            Err(CrmError::Refused { .. }) if kind != Kind::Account => Vec::new(),
            Err(error) => return Err(error),
        };
        closed.push(Closed {
            kind,
            scopes,
            cost: cost(kind),
        });
    }
    closed.sort_by_key(|one| one.kind);
    Ok(closed)
}

/// What cannot be shown without a kind.
fn cost(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "nothing works",
        Kind::Contact => "no people, champions or departures",
        Kind::Contract => "no contracts, ARR or renewals",
        Kind::Ticket => "no tickets, and support is left out of the health score",
        Kind::Task => "no steps that are due",
        Kind::Note => "no notes and no handoffs",
        Kind::Call | Kind::Meeting | Kind::Email => "touchpoints of this kind are not counted",
        Kind::Survey => "no survey answers, and they are left out of the health score",
    }
}

/// Everything that the proposal is made from.
pub async fn look<C: Crm + Clone + 'static>(crm: &C, closed: &[Closed]) -> Result<Facts, CrmError> {
    let open = |kind: Kind| !closed.iter().any(|one| one.kind == kind);
    let properties = crm.properties(Kind::Account).await?;
    let rule = find_rule(crm, &properties).await?;
    let conditions = rule
        .iter()
        .map(|rule| Condition::OneOf(rule.property.clone(), vec![rule.value.clone()]));
    let mut facts = Facts {
        accounts: sample(crm, Kind::Account, properties, conditions.collect()).await?,
        rule,
        owners: crm.owners().await?,
        ..Facts::default()
    };
    if open(Kind::Contract) {
        facts.pipelines = crm.pipelines(Kind::Contract).await?;
        facts.renewals = renewals(&facts.pipelines);
        let mut conditions = Vec::new();
        if !facts.renewals.is_empty() {
            conditions.push(in_pipelines(facts.renewals.clone()));
        }
        facts.contracts_in = contracts_in(crm, &facts.pipelines).await;
        let properties = crm.properties(Kind::Contract).await?;
        facts.contracts = sample(crm, Kind::Contract, properties, conditions).await?;
    }
    if open(Kind::Contact) {
        let properties = crm.properties(Kind::Contact).await?;
        facts.contacts = sample(crm, Kind::Contact, properties, Vec::new()).await?;
    }
    Ok(facts)
}

fn in_pipelines(ids: Vec<String>) -> Condition {
    Condition::OneOf("pipeline".to_owned(), ids)
}

/// How many contracts there are in each pipeline; one of which the CRM does not say it is left out.
async fn contracts_in<C: Crm + Clone + 'static>(crm: &C, pipelines: &[Pipeline]) -> BTreeMap<String, u64> {
    let mut asked = JoinSet::new();
    for pipeline in pipelines {
        let (crm, id) = (crm.clone(), pipeline.id.clone());
        let search = by_id(Kind::Contract, vec![in_pipelines(vec![id.clone()])]);
        asked.spawn(async move { (id, crm.search(&search).await) });
    }
    let mut counts = BTreeMap::new();
    while let Some(joined) = asked.join_next().await {
        if let Ok((
            id,
            Ok(Page {
                total: Some(total), ..
            }),
        )) = joined
        {
            counts.insert(id, total);
        }
    }
    counts
}

async fn sample<C: Crm>(
    crm: &C,
    kind: Kind,
    properties: Vec<Property>,
    conditions: Vec<Condition>,
) -> Result<Sample, CrmError> {
    let found = crm.search(&by_id(kind, conditions)).await?;
    let ids: Vec<RecordId> = found.items.into_iter().take(LOOK_AT).map(|hit| hit.id).collect();
    let names: Vec<String> = properties.iter().map(|property| property.name.clone()).collect();
    let records: Vec<Record> = crm.read(kind, &ids, &names).await?.records;
    Ok(Sample {
        properties,
        records,
        total: found.total,
    })
}

fn by_id(kind: Kind, conditions: Vec<Condition>) -> Search {
    Search {
        kind,
        conditions,
        order: SearchOrder::Id,
        after: None,
    }
}

/// The property and value that most customers' companies seem to have in common.
async fn find_rule<C: Crm>(crm: &C, properties: &[Property]) -> Result<Option<Rule>, CrmError> {
    for (property, value) in rules(properties) {
        let condition = Condition::OneOf(property.name.clone(), vec![value.clone()]);
        let count = crm
            .search(&by_id(Kind::Account, vec![condition]))
            .await?
            .total
            .unwrap_or(0);
        if count > 0 {
            return Ok(Some(Rule {
                property: property.name.clone(),
                label: property.label.clone(),
                value,
                count,
            }));
        }
    }
    Ok(None)
}

/// Rules that come into question, the most telling first.
fn rules(properties: &[Property]) -> Vec<(&Property, String)> {
    let mut rules: Vec<(u32, &Property, String)> = Vec::new();
    for property in properties {
        let words = words(property);
        let says = |word: &str| words.iter().any(|own| own == word);
        if property.value_type == ValueType::Bool && says("customer") {
            rules.push((
                if says("current") || says("is") || says("active") {
                    8
                } else {
                    3
                },
                property,
                "true".to_owned(),
            ));
        }
        let weights = [
            ("lifecycle", 10),
            ("lifecyclestage", 10),
            ("status", 6),
            ("stage", 5),
            ("type", 4),
        ];
        let weight = weights
            .iter()
            .filter(|(word, _)| says(word))
            .map(|(_, weight)| *weight)
            .max();
        let customer = property.options.iter().find(|(value, label)| {
            let is = |text: &str| {
                matches!(
                    text.to_lowercase().as_str(),
                    "customer" | "customers" | "active customer" | "client"
                )
            };
            is(value) || is(label)
        });
        if let (Some(weight), Some((value, _))) = (weight, customer) {
            rules.push((weight, property, value.clone()));
        }
    }
    rules.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
    rules
        .into_iter()
        .map(|(_, property, value)| (property, value))
        .collect()
}

/// The pipelines that seem to be about renewals, by id.
fn renewals(pipelines: &[Pipeline]) -> Vec<String> {
    let about = |pipeline: &&Pipeline, starts: &[&str]| {
        let text = format!("{} {}", pipeline.id, pipeline.label).to_lowercase();
        let mut words = text.split(|character: char| !character.is_alphanumeric());
        words.any(|word| starts.iter().any(|start| word.starts_with(start)))
    };
    let named = |starts: &[&str]| -> Vec<String> {
        pipelines
            .iter()
            .filter(|pipeline| about(pipeline, starts))
            .map(|pipeline| pipeline.id.clone())
            .collect()
    };
    let renewals = named(&["renew"]);
    if renewals.is_empty() {
        named(&["subscription", "contract"])
    } else {
        renewals
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::tests::property;
    use super::*;

    #[test]
    fn the_most_telling_rule_comes_first() {
        let choice = |name: &str, label: &str, value: &str| Property {
            options: vec![("lead".into(), "Lead".into()), (value.into(), "Customer".into())],
            ..property(name, label, ValueType::Choice)
        };
        let properties = [
            choice("type", "Type", "CUSTOMER"),
            choice("lifecyclestage", "Lifecycle stage", "customer"),
            property("is_customer", "Is customer", ValueType::Bool),
            choice("colour", "Colour", "customer"),
        ];
        let found: Vec<(&str, String)> = rules(&properties)
            .into_iter()
            .map(|(property, value)| (property.name.as_str(), value))
            .collect();
        let expected = [
            ("lifecyclestage", "customer"),
            ("is_customer", "true"),
            ("type", "CUSTOMER"),
        ];
        assert_eq!(found, expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn renewal_pipelines_are_known_by_their_words() {
        let pipeline = |id: &str, label: &str| Pipeline {
            id: id.into(),
            label: label.into(),
            stages: Vec::new(),
        };
        assert_eq!(
            renewals(&[pipeline("default", "Sales"), pipeline("77", "Renewals EMEA")]),
            ["77"]
        );
        assert_eq!(
            renewals(&[pipeline("1", "Contracts"), pipeline("2", "New")]),
            ["1"]
        );
        assert!(renewals(&[pipeline("default", "Sales")]).is_empty());
    }
}
