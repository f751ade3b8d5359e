//! What the CRM's properties seem to mean: a pure function from what was found to a mapping with reasons.

use std::collections::BTreeMap;

use crate::config::mapping::{
    AccountMapping, ChurnMapping, ContactMapping, ContractMapping, ContractSource, Mapping, MetricMapping,
    MoneyMapping, MonthlyMapping, NoticeMapping, OutcomeMapping, StageMapping,
};
use crate::crm::{Pipeline, Property, Stage};

use super::facts::{Facts, Rule, Sample};
use super::patterns;
use super::words::{DAYS, Wanted, best, score, words};

/// Days before the end of a contract that are assumed where nothing says until when one can leave.
const NOTICE_DAYS: i32 = 30;

/// A mapping, and for each of its keys why.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proposal {
    /// What is proposed.
    pub mapping: Mapping,
    /// `account.segment` → `tier (Customer tier): filled on 98 % of 100 looked at`.
    pub reasons: BTreeMap<String, String>,
    /// What will be unknown or may be wrong for want of a better property, in sentences.
    pub warnings: Vec<String>,
}

/// Collects properties with their reasons.
struct Draft<'a> {
    sample: &'a Sample,
    reasons: BTreeMap<String, String>,
    taken: Vec<&'a str>,
}

impl<'a> Draft<'a> {
    fn new(sample: &'a Sample) -> Self {
        Self {
            sample,
            reasons: BTreeMap::new(),
            taken: Vec::new(),
        }
    }

    fn find(&mut self, key: &str, wanted: &Wanted) -> Option<String> {
        self.property(key, wanted).map(|property| property.name.clone())
    }

    fn property(&mut self, key: &str, wanted: &Wanted) -> Option<&'a Property> {
        let found = best(self.sample, wanted, &self.taken)?;
        self.taken.push(&found.name);
        self.reasons.insert(key.to_owned(), reason(self.sample, found));
        Some(found)
    }
}

/// A property's name in the CRM, what people call it, and how often it is filled.
pub fn reason(sample: &Sample, property: &Property) -> String {
    let percent = sample.percent(&property.name);
    format!(
        "{}: filled on {percent} % of {} looked at",
        named(&property.name, &property.label),
        sample.records.len()
    )
}

/// As `mapping.toml` has to name it, and as the CRM shows it.
fn named(name: &str, label: &str) -> String {
    if label.is_empty() || label == name {
        return name.to_owned();
    }
    format!("{name} ({label})")
}

/// The mapping that fits what was found.
pub fn propose(facts: &Facts) -> Proposal {
    let mut account = Draft::new(&facts.accounts);
    let mut mapping = Mapping {
        account: propose_account(facts.rule.as_ref(), &mut account),
        ..Mapping::default()
    };
    mapping.metrics = propose_metrics(&mut account);
    let mut contracts = Draft::new(&facts.contracts);
    mapping.contracts = if facts.renewals.is_empty() && has_contract(&mapping.account) {
        contracts.reasons.insert(
            "contracts.from".to_owned(),
            "no pipeline for renewals was recognised; the accounts themselves say what and until when"
                .to_owned(),
        );
        ContractMapping {
            from: ContractSource::Account,
            notice_by: Some(notice(None)),
            ..ContractMapping::default()
        }
    } else {
        mapping.account.arr = None;
        mapping.account.renewal_date = None;
        for key in ["account.arr", "account.renewal_date"] {
            account.reasons.remove(key);
        }
        propose_contracts(facts, &mut contracts)
    };
    let mut contact = Draft::new(&facts.contacts);
    mapping.contact = propose_contact(&mut contact);
    let reasons = [account.reasons, contracts.reasons, contact.reasons]
        .into_iter()
        .flatten()
        .collect();
    Proposal {
        warnings: doubts(facts, &mapping),
        mapping,
        reasons,
    }
}

/// What is to be said loudly of a mapping, since the figures that people look at first rest on it.
fn doubts(facts: &Facts, mapping: &Mapping) -> Vec<String> {
    let mut doubts = Vec::new();
    if mapping.account.rule.is_empty() {
        doubts.push(
            "nothing says which companies are customers, so every company counts as an account".to_owned(),
        );
    }
    let (of_deals, sample, arr, key) = match mapping.contracts.from {
        ContractSource::Deals => (true, &facts.contracts, &mapping.contracts.arr, "contracts.arr"),
        ContractSource::Account => (false, &facts.accounts, &mapping.account.arr, "account.arr"),
    };
    if of_deals && !sample.properties.is_empty() && mapping.contracts.end.is_none() {
        doubts.push(
            "no property seems to hold when a contract ends, so those that are over cannot be told from those in force: ARR, \
             renewals and what is at stake are unknown until `end` in [contracts] of mapping.toml names one"
                .to_owned(),
        );
    }
    let amount = arr.as_ref().and_then(|arr| {
        let found = sample.properties.iter().find(|one| one.name == arr.property)?;
        (score(found, &patterns::AMOUNT)? < patterns::SAYS_ANNUAL).then_some(found)
    });
    if let Some(amount) = amount {
        doubts.push(format!(
            "{key} is read from `{}` ({}), which does not say that it is of one year: where contracts run for several \
             years it may be their total, and ARR too high",
            amount.name, amount.label
        ));
    }
    doubts
}

fn has_contract(account: &AccountMapping) -> bool {
    account.arr.is_some() || account.renewal_date.is_some()
}

fn notice(property: Option<String>) -> NoticeMapping {
    NoticeMapping {
        days_before_end: Some(NOTICE_DAYS),
        property,
    }
}

fn propose_account(rule: Option<&Rule>, draft: &mut Draft<'_>) -> AccountMapping {
    let mut account = AccountMapping::default();
    if let Some(rule) = rule {
        account
            .rule
            .insert(rule.property.clone(), vec![rule.value.clone()]);
        let is = format!("{} = {}", rule.property, rule.value);
        let reason = format!("{}: {} companies", named(&is, &rule.label), rule.count);
        draft.reasons.insert("account.where".to_owned(), reason);
    }
    account.csm = draft.find("account.csm", &patterns::CSM);
    if account.csm.is_none() {
        let reason = "no property of its own: the company's owner looks after it";
        draft.reasons.insert("account.csm".to_owned(), reason.to_owned());
    }
    account.commercial_owner = draft.find("account.commercial_owner", &patterns::COMMERCIAL_OWNER);
    account.parent = draft.find("account.parent", &patterns::PARENT);
    account.segment = draft.find("account.segment", &patterns::SEGMENT);
    account.region = draft.find("account.region", &patterns::REGION);
    account.stage = draft
        .find("account.stage", &patterns::STAGE)
        .map(|property| StageMapping {
            property,
            values: BTreeMap::new(),
        });
    account.entitlement = draft.find("account.entitlement", &patterns::ENTITLEMENT);
    account.sentiment = draft.find("account.sentiment", &patterns::SENTIMENT);
    account.churned = draft
        .find("account.churned", &patterns::CHURNED)
        .map(|property| ChurnMapping {
            property,
            reason: draft.find("account.churned.reason", &patterns::CHURN_REASON),
        });
    account.arr = draft
        .find("account.arr", &patterns::AMOUNT)
        .map(|property| MoneyMapping {
            property,
            currency: draft.find("account.arr.currency", &patterns::CURRENCY),
        });
    account.renewal_date = draft.find("account.renewal_date", &patterns::END);
    account
}

fn propose_contracts(facts: &Facts, draft: &mut Draft<'_>) -> ContractMapping {
    let mut contracts = ContractMapping {
        from: ContractSource::Deals,
        ..ContractMapping::default()
    };
    let chosen: Vec<&Pipeline> = facts
        .pipelines
        .iter()
        .filter(|pipeline| facts.renewals.contains(&pipeline.id))
        .collect();
    if chosen.is_empty() {
        let why = if facts.contracts.properties.is_empty() {
            "the key may not read contracts, so nothing was looked at: connect again once it may"
        } else {
            "no pipeline for renewals was recognised: every deal counts; name the right one here"
        };
        draft.reasons.insert("contracts.where".to_owned(), why.to_owned());
    } else {
        contracts
            .rule
            .insert("pipeline".to_owned(), facts.renewals.clone());
        let labels = chosen.iter().map(|pipeline| named(&pipeline.id, &pipeline.label));
        let labels: Vec<String> = labels.collect();
        draft
            .reasons
            .insert("contracts.where".to_owned(), labels.join(", "));
        contracts.outcome = Some(outcome(&chosen));
    }
    contracts.arr = draft
        .find("contracts.arr", &patterns::AMOUNT)
        .map(|property| MoneyMapping {
            property,
            currency: draft.find("contracts.arr.currency", &patterns::CURRENCY),
        });
    contracts.end = draft.find("contracts.end", &patterns::END);
    contracts.start = draft.find("contracts.start", &patterns::START);
    let by = draft.find("contracts.notice_by", &patterns::NOTICE);
    contracts.notice_by = Some(notice(by));
    contracts.auto_renew = draft.find("contracts.auto_renew", &patterns::AUTO_RENEW);
    contracts.monthly = propose_monthly(draft);
    contracts.product = draft.find("contracts.product", &patterns::PRODUCT);
    contracts
}

fn outcome(chosen: &[&Pipeline]) -> OutcomeMapping {
    let stages = |which: fn(&Stage) -> bool| -> Vec<String> {
        let all = chosen.iter().flat_map(|pipeline| &pipeline.stages);
        all.filter(|stage| which(stage))
            .map(|stage| stage.id.clone())
            .collect()
    };
    OutcomeMapping {
        won: stages(|stage| stage.won),
        lost: stages(|stage| stage.closed && !stage.won),
    }
}

fn propose_monthly(draft: &mut Draft<'_>) -> Option<MonthlyMapping> {
    let period = patterns::BILLING_PERIOD;
    let property = draft.property("contracts.monthly", &period)?;
    let value = property.options.iter().map(|(value, _)| value.as_str());
    let value = value
        .chain(["monthly"])
        .find(|value| value.to_lowercase().starts_with("month"))?;
    Some(MonthlyMapping {
        property: property.name.clone(),
        value: value.to_owned(),
    })
}

fn propose_contact(draft: &mut Draft<'_>) -> ContactMapping {
    ContactMapping {
        role: draft.find("contact.role", &patterns::ROLE),
        left: draft.find("contact.left", &patterns::LEFT),
    }
}

fn propose_metrics(draft: &mut Draft<'_>) -> BTreeMap<String, MetricMapping> {
    let mut metrics = BTreeMap::new();
    for (id, label, wanted) in &patterns::METRICS {
        let Some(property) = draft.property(&format!("metrics.{id}"), wanted) else {
            continue;
        };
        let metric = MetricMapping {
            property: Some(property.name.clone()),
            as_of: as_of(draft.sample, property),
            label: Some((*label).to_owned()),
            ..MetricMapping::default()
        };
        metrics.insert((*id).to_owned(), metric);
    }
    metrics
}

/// The time of a number: a date that shares its first word and says when it was updated.
fn as_of(sample: &Sample, number: &Property) -> Option<String> {
    let first = words(number).into_iter().next()?;
    let found = sample.properties.iter().find(|property| {
        let words = words(property);
        let says = |word: &str| words.iter().any(|own| own == word);
        DAYS.contains(&property.value_type)
            && says(&first)
            && (says("updated") || says("synced") || says("as") && says("of"))
            && sample.fill(&property.name) > 0.0
    });
    found.map(|property| property.name.clone())
}

#[cfg(test)]
mod tests;
