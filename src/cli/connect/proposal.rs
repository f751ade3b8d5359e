//! What the CRM's properties seem to mean: a pure function from what was found to a mapping with reasons.

use std::collections::BTreeMap;

use crate::config::mapping::{
    AccountMapping, ChurnMapping, ContactMapping, ContractMapping, ContractSource, Mapping, MetricMapping,
    MoneyMapping, MonthlyMapping, NoticeMapping, OutcomeMapping, StageMapping,
};
use crate::crm::{Pipeline, Property, Stage};

use super::facts::{Facts, Rule, Sample};
use super::words::{DAYS, FLAGS, NUMBERS, WORDS, Wanted, best, words};

/// Days before the end of a contract that are assumed where nothing says until when one can leave.
const NOTICE_DAYS: i32 = 30;

/// A mapping, and for each of its keys why.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proposal {
    /// What is proposed.
    pub mapping: Mapping,
    /// `account.segment` → `Customer tier: filled on 98 % of 100`.
    pub reasons: BTreeMap<String, String>,
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

/// What a property is called and how often it is filled.
pub fn reason(sample: &Sample, property: &Property) -> String {
    let percent = (sample.fill(&property.name) * 100.0).round();
    format!("{}: filled on {percent} % of {}", property.label, sample.records.len())
}

const fn wanted(types: &'static [crate::crm::ValueType], phrases: &'static [(&'static str, u32)]) -> Wanted {
    Wanted {
        types,
        owner: false,
        phrases,
        never: &[],
    }
}

const fn owner(phrases: &'static [(&'static str, u32)]) -> Wanted {
    Wanted {
        types: WORDS,
        owner: true,
        phrases,
        never: &[],
    }
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
            "no pipeline for renewals was recognised; the accounts themselves say what and until when".to_owned(),
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
    let reasons = [account.reasons, contracts.reasons, contact.reasons].into_iter().flatten().collect();
    Proposal { mapping, reasons }
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
        account.rule.insert(rule.property.clone(), vec![rule.value.clone()]);
        let reason = format!("{}: {} companies", rule.label, rule.count);
        draft.reasons.insert("account.where".to_owned(), reason);
    }
    account.csm = draft.find("account.csm", &owner(&[("csm", 10), ("customer success", 9), ("success manager", 9)]));
    account.commercial_owner = draft.find(
        "account.commercial_owner",
        &owner(&[("account manager", 10), ("commercial", 8), ("account executive", 7), ("sales", 5)]),
    );
    account.parent = draft.find(
        "account.parent",
        &wanted(&[crate::crm::ValueType::Number, crate::crm::ValueType::Text], &[("parent company", 10), ("parent account", 10)]),
    );
    account.segment = draft.find(
        "account.segment",
        &wanted(WORDS, &[("customer tier", 10), ("customer segment", 10), ("tier", 8), ("segment", 8)]),
    );
    account.region = draft.find("account.region", &wanted(WORDS, &[("region", 8), ("territory", 6)]));
    account.stage = draft
        .find(
            "account.stage",
            &wanted(WORDS, &[("customer stage", 10), ("success stage", 10), ("customer journey", 8), ("journey stage", 8)]),
        )
        .map(|property| StageMapping {
            property,
            values: BTreeMap::new(),
        });
    account.entitlement = draft.find(
        "account.entitlement",
        &wanted(WORDS, &[("support plan", 10), ("entitlement", 9), ("support tier", 9), ("support level", 9), ("sla", 5)]),
    );
    account.sentiment = draft.find(
        "account.sentiment",
        &wanted(WORDS, &[("csm sentiment", 10), ("csm pulse", 10), ("sentiment", 7), ("pulse", 5)]),
    );
    account.churned = draft
        .find(
            "account.churned",
            &wanted(DAYS, &[("churn date", 10), ("churned", 8), ("cancellation date", 8), ("cancelled", 5)]),
        )
        .map(|property| ChurnMapping {
            property,
            reason: draft.find(
                "account.churned.reason",
                &wanted(WORDS, &[("churn reason", 10), ("cancellation reason", 8), ("reason churn", 8)]),
            ),
        });
    account.arr = draft.find("account.arr", &AMOUNT).map(|property| MoneyMapping {
        property,
        currency: draft.find("account.arr.currency", &CURRENCY),
    });
    account.renewal_date = draft.find("account.renewal_date", &END);
    account
}

const AMOUNT: Wanted = Wanted {
    types: NUMBERS,
    owner: false,
    phrases: &[
        ("arr", 10),
        ("annual recurring", 10),
        ("annual contract", 9),
        ("acv", 8),
        ("annual value", 8),
        ("contract value", 6),
        ("amount", 3),
    ],
    never: &["employee", "home", "previous", "target"],
};

const CURRENCY: Wanted = wanted(WORDS, &[("currency code", 10), ("currency", 7)]);

const END: Wanted = Wanted {
    types: DAYS,
    owner: false,
    phrases: &[
        ("contract end", 10),
        ("subscription end", 10),
        ("renewal date", 9),
        ("term end", 8),
        ("end date", 7),
        ("expiry", 6),
        ("expiration", 6),
        ("expires", 6),
    ],
    never: &["reminder", "trial", "notice"],
};

fn propose_contracts(facts: &Facts, draft: &mut Draft<'_>) -> ContractMapping {
    let mut contracts = ContractMapping {
        from: ContractSource::Deals,
        ..ContractMapping::default()
    };
    let chosen: Vec<&Pipeline> =
        facts.pipelines.iter().filter(|pipeline| facts.renewals.contains(&pipeline.id)).collect();
    if chosen.is_empty() {
        let all = "no pipeline for renewals was recognised: every deal counts; name the right one here";
        draft.reasons.insert("contracts.where".to_owned(), all.to_owned());
    } else {
        contracts.rule.insert("pipeline".to_owned(), facts.renewals.clone());
        let labels: Vec<&str> = chosen.iter().map(|pipeline| pipeline.label.as_str()).collect();
        draft.reasons.insert("contracts.where".to_owned(), labels.join(", "));
        contracts.outcome = Some(outcome(&chosen));
    }
    contracts.arr = draft.find("contracts.arr", &AMOUNT).map(|property| MoneyMapping {
        property,
        currency: draft.find("contracts.arr.currency", &CURRENCY),
    });
    contracts.end = draft.find("contracts.end", &END);
    contracts.start = draft.find(
        "contracts.start",
        &wanted(DAYS, &[("contract start", 10), ("subscription start", 10), ("term start", 8), ("start date", 7)]),
    );
    let by = draft.find("contracts.notice_by", &wanted(DAYS, &[("notice by", 10), ("notice date", 9), ("notice", 6)]));
    contracts.notice_by = Some(notice(by));
    contracts.auto_renew = draft.find(
        "contracts.auto_renew",
        &wanted(FLAGS, &[("auto renew", 10), ("auto renewal", 10), ("automatic renewal", 10), ("autorenew", 10)]),
    );
    contracts.monthly = propose_monthly(draft);
    contracts.product = draft.find(
        "contracts.product",
        &wanted(WORDS, &[("product line", 10), ("product", 6), ("plan", 3)]),
    );
    contracts
}

fn outcome(chosen: &[&Pipeline]) -> OutcomeMapping {
    let stages = |which: fn(&Stage) -> bool| -> Vec<String> {
        let all = chosen.iter().flat_map(|pipeline| &pipeline.stages);
        all.filter(|stage| which(stage)).map(|stage| stage.id.clone()).collect()
    };
    OutcomeMapping {
        won: stages(|stage| stage.won),
        lost: stages(|stage| stage.closed && !stage.won),
    }
}

fn propose_monthly(draft: &mut Draft<'_>) -> Option<MonthlyMapping> {
    let period = wanted(WORDS, &[("billing period", 10), ("billing frequency", 10), ("billing cycle", 9), ("contract term", 5)]);
    let property = draft.property("contracts.monthly", &period)?;
    let value = property.options.iter().map(|(value, _)| value.as_str());
    let value = value.chain(["monthly"]).find(|value| value.to_lowercase().starts_with("month"))?;
    Some(MonthlyMapping {
        property: property.name.clone(),
        value: value.to_owned(),
    })
}

fn propose_contact(draft: &mut Draft<'_>) -> ContactMapping {
    ContactMapping {
        role: draft.find("contact.role", &wanted(WORDS, &[("buying role", 10), ("contact role", 9), ("role", 5), ("persona", 4)])),
        left: draft.find(
            "contact.left",
            &wanted(FLAGS, &[("left company", 10), ("no longer", 8), ("departed", 8), ("has left", 8)]),
        ),
    }
}

/// Usage, seats and surveys: (id, what people call it, where to look).
const METRICS: [(&str, &str, Wanted); 4] = [
    (
        "weekly_active_users",
        "weekly users",
        wanted(NUMBERS, &[("weekly active", 10), ("wau", 10), ("active user", 8), ("mau", 6), ("dau", 5)]),
    ),
    (
        "seats_bought",
        "seats",
        wanted(NUMBERS, &[("seat bought", 10), ("seat purchased", 10), ("licensed seat", 9), ("license", 6), ("licence", 6)]),
    ),
    (
        "seats_used",
        "used seats",
        wanted(NUMBERS, &[("seat used", 10), ("used seat", 10), ("seat active", 8), ("seat assigned", 8)]),
    ),
    ("nps", "NPS", wanted(NUMBERS, &[("nps", 8), ("promoter", 5)])),
];

fn propose_metrics(draft: &mut Draft<'_>) -> BTreeMap<String, MetricMapping> {
    let mut metrics = BTreeMap::new();
    for (id, label, wanted) in &METRICS {
        let Some(property) = draft.property(&format!("metrics.{id}"), wanted) else { continue };
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
