#![allow(clippy::unwrap_used)]

use super::super::facts::tests::{property, record};
use super::*;
use crate::crm::ValueType::{Bool, Choice, Date, DateTime, Number, Text};

fn owned(name: &str, label: &str) -> Property {
    Property {
        is_owner: true,
        ..property(name, label, Choice)
    }
}

/// A sample in which every property is filled.
fn filled(properties: Vec<Property>) -> Sample {
    let values: Vec<(&str, &str)> = properties
        .iter()
        .map(|property| (property.name.as_str(), "1"))
        .collect();
    Sample {
        records: vec![record(&values)],
        properties,
        total: Some(1),
    }
}

fn renewals() -> Pipeline {
    let stage = |id: &str, closed, won| Stage {
        id: id.into(),
        label: id.into(),
        closed,
        won,
    };
    Pipeline {
        id: "p2".into(),
        label: "Renewals".into(),
        stages: vec![
            stage("talks", false, false),
            stage("signed", true, true),
            stage("gone", true, false),
        ],
    }
}

#[test]
fn a_portal_with_renewals_as_deals() {
    let mut billing = property("billing_period", "Billing period", Choice);
    billing.options = vec![
        ("YEAR".into(), "Yearly".into()),
        ("MONTH".into(), "Monthly".into()),
    ];
    let facts = Facts {
        rule: Some(Rule {
            property: "lifecyclestage".into(),
            label: "Lifecycle stage".into(),
            value: "customer".into(),
            count: 42,
        }),
        accounts: filled(vec![
            owned("owner", "Company owner"),
            owned("cs_lead", "Customer success manager"),
            property("customer_tier", "Tier", Choice),
            property("wau", "Weekly active users", Number),
            property("wau_updated_at", "WAU updated", DateTime),
            property("seats_bought", "Seats bought", Number),
        ]),
        contracts: filled(vec![
            property("amount", "Amount", Number),
            property("arr_custom", "ARR", Number),
            property("deal_currency_code", "Currency", Choice),
            property("contract_end", "Contract end", Date),
            property("contract_start", "Contract start", Date),
            property("auto_renew", "Auto-renew", Bool),
            billing,
        ]),
        contacts: filled(vec![
            property("left_company", "Left company", Bool),
            property("role", "Role", Text),
        ]),
        pipelines: vec![renewals()],
        renewals: vec!["p2".into()],
        owners: Vec::new(),
        ..Facts::default()
    };
    let Proposal {
        mapping,
        reasons,
        warnings,
    } = propose(&facts);
    assert_eq!(warnings, [""; 0]);
    assert_eq!(mapping.account.rule["lifecyclestage"], ["customer"]);
    assert_eq!(mapping.account.csm.as_deref(), Some("cs_lead"));
    assert_eq!(mapping.account.segment.as_deref(), Some("customer_tier"));
    assert_eq!(mapping.contracts.rule["pipeline"], ["p2"]);
    assert_eq!(mapping.contracts.arr.unwrap().property, "arr_custom");
    assert_eq!(mapping.contracts.outcome.unwrap().lost, ["gone"]);
    assert_eq!(mapping.contracts.end.as_deref(), Some("contract_end"));
    assert_eq!(mapping.contracts.monthly.unwrap().value, "MONTH");
    assert_eq!(mapping.contracts.auto_renew.as_deref(), Some("auto_renew"));
    let users = &mapping.metrics["weekly_active_users"];
    assert_eq!(
        (users.property.as_deref(), users.as_of.as_deref()),
        (Some("wau"), Some("wau_updated_at"))
    );
    assert_eq!(mapping.contact.left.as_deref(), Some("left_company"));
    // With the CRM's own names, which are what `mapping.toml` has to say.
    assert_eq!(
        reasons["account.segment"],
        "customer_tier (Tier): filled on 100 % of 1 looked at"
    );
    assert_eq!(
        reasons["account.where"],
        "lifecyclestage = customer (Lifecycle stage): 42 companies"
    );
    assert_eq!(reasons["contracts.where"], "p2 (Renewals)");
}

#[test]
fn what_arr_rests_on_is_doubted_loudly() {
    let facts = Facts {
        contracts: filled(vec![
            property("amount", "Amount", Number),
            property("contract_start", "Contract start", Date),
            property("auto_renew", "Auto-renew", Bool),
        ]),
        pipelines: vec![renewals()],
        renewals: vec!["p2".into()],
        ..Facts::default()
    };
    let warnings = propose(&facts).warnings;
    let [all, end, amount] = warnings.as_slice() else {
        panic!("{warnings:?}");
    };
    assert!(all.contains("every company counts"), "{all}");
    assert!(
        end.contains("no property seems to hold when a contract ends"),
        "{end}"
    );
    assert!(
        amount.starts_with("contracts.arr is read from `amount` (Amount)"),
        "{amount}"
    );
}

#[test]
fn a_portal_with_arr_and_renewal_date_on_the_company() {
    let facts = Facts {
        accounts: filled(vec![
            property("arr", "ARR", Number),
            property("renewal_date", "Renewal date", Date),
        ]),
        contracts: filled(vec![property("amount", "Amount", Number)]),
        ..Facts::default()
    };
    let mapping = propose(&facts).mapping;
    assert_eq!(mapping.contracts.from, ContractSource::Account);
    assert_eq!(mapping.account.arr.unwrap().property, "arr");
    assert_eq!(mapping.account.renewal_date.as_deref(), Some("renewal_date"));
    assert!(mapping.account.rule.is_empty() && mapping.contracts.arr.is_none());
}

#[test]
fn what_is_not_there_stays_unmapped() {
    let proposal = propose(&Facts::default());
    assert_eq!(proposal.mapping.account, AccountMapping::default());
    assert!(proposal.mapping.metrics.is_empty() && proposal.mapping.contracts.arr.is_none());
    // Without properties the key could not look at contracts at all.
    assert!(proposal.reasons["contracts.where"].contains("may not read contracts"));
    let mut facts = Facts::default();
    facts.contracts.properties = vec![property("amount", "Amount", Number)];
    assert!(propose(&facts).reasons["contracts.where"].contains("no pipeline"));
}
