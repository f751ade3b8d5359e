//! Warnings as they stood at the end of a day that is over.

use std::cmp::Ordering;

use super::book::{Book, NOW, at};
use super::{all, falling};
use crate::config::mapping::ContractSource;
use crate::domain::record::Kind;
use crate::domain::warning::{Acknowledged, Stage, WarningEvent, What};
use crate::engine::{PastRisk, note_warnings, risks_as_of, signals};

const LATER: &str = "2026-11-27T09:00:00Z";

/// The warning of usage that was open at the end of a day, asked later.
fn then(book: &Book, end_of_day: &str) -> PastRisk {
    let found = risks_as_of(
        &book.cache,
        &book.ledger,
        &book.setup,
        (at(LATER), at(end_of_day)),
    );
    let mut found = found.unwrap().unwrap().into_iter();
    found.find(|one| one.life.opened.signal == "usage-drop").unwrap()
}

#[test]
fn before_signals_were_evaluated_no_warning_is_not_none() {
    let mut book = falling();
    all(&mut book, NOW);
    let known = |until| {
        let found = risks_as_of(&book.cache, &book.ledger, &book.setup, (at(LATER), at(until)));
        found.unwrap().map(|found| found.len())
    };
    assert_eq!(known("2026-11-01"), None);
    assert_eq!(known(NOW), Some(1));
}

#[test]
fn a_warning_of_the_past_is_told_as_it_stood_that_day_and_not_as_it_opened() {
    let mut book = falling();
    all(&mut book, NOW);
    let first = then(&book, "2026-11-24");
    let stood = first.stood.clone().unwrap();
    assert_eq!(first.reason(), "usage −45 % in 30 d");
    assert_eq!(
        (stood.since_opened, stood.score),
        (Some(Ordering::Equal), Some(80))
    );
    assert_eq!(first.line.stage(), Stage::Open);
    // Usage falls on, and somebody takes it on: of the day before nothing changes.
    book.account(
        "1",
        "Juniper Freight",
        &[("wau", "12"), ("wau_updated_at", "2026-11-25T00:00:00Z")],
    );
    book.observe("1", "wau", &[("2026-11-25", "12")]);
    let act = WarningEvent {
        account: "1".into(),
        what: What::Acknowledged(Acknowledged {
            signal: "usage-drop".to_owned(),
        }),
    };
    note_warnings(&mut book.ledger, &[act], at("2026-11-25T10:00:00Z"))
        .unwrap()
        .unwrap();
    all(&mut book, "2026-11-25T11:00:00Z");
    assert_eq!(then(&book, "2026-11-24"), first);
    let later = then(&book, "2026-11-26");
    let stood = later.stood.clone().unwrap();
    assert_eq!(later.reason(), "usage −70 % in 30 d");
    assert_eq!(later.life.opened.reason, "usage −45 % in 30 d", "as it opened");
    assert_eq!(stood.since_opened, Some(Ordering::Greater), "worse");
    assert_eq!(
        (later.line.level.words.as_str(), later.line.stage()),
        ("−70 %", Stage::Acknowledged)
    );
    assert!(
        stood.at_stake > first.at_stake(),
        "a lower score puts more at stake"
    );
    // Usage comes back: better than when it opened.
    book.observe("1", "wau", &[("2026-11-26", "25")]);
    let better = then(&book, "2026-11-27").stood.unwrap();
    assert_eq!(better.since_opened, Some(Ordering::Less), "better");
}

#[test]
fn a_day_that_is_not_over_is_told_as_of_now() {
    let mut book = falling();
    all(&mut book, NOW);
    let asked = |until: &str| risks_as_of(&book.cache, &book.ledger, &book.setup, (at(NOW), at(until)));
    assert_eq!(asked("2026-12-24").unwrap(), asked(NOW).unwrap());
}

#[test]
fn a_warning_whose_rule_is_not_in_force_any_more_is_told_as_it_opened_and_says_why() {
    let mut book = falling();
    all(&mut book, NOW);
    for signal in &mut book.setup.signals.signals {
        signal.version += 1;
    }
    let told = then(&book, "2026-11-24");
    assert!(told.stood.unwrap_err().contains("not in force"));
}

/// What the CRM says of the deal of the account from then on.
fn deal(book: &mut Book, when: &str, changed: &[(&str, &str)]) {
    let mut properties = vec![
        ("contract_start", "2026-02-01"),
        ("contract_end", "2026-12-20"),
        ("hs_arr", "84000"),
    ];
    properties.retain(|(name, _)| changed.iter().all(|(other, _)| name != other));
    properties.extend(changed);
    for (property, value) in &properties {
        book.observe_of(Kind::Contract, "1-c", property, &[(when, value)]);
    }
    book.deal("1-c", "1", &properties, "closedwon");
}

#[test]
fn what_a_contract_says_later_changes_nothing_of_a_day_that_is_over() {
    let mut book = falling();
    deal(&mut book, "2026-11-01", &[]);
    all(&mut book, NOW);
    let before = then(&book, "2026-11-24");
    let stood = before.stood.clone().unwrap();
    assert!(stood.knew_contracts && stood.at_stake.is_some_and(|stake| stake > 0));
    let everything = |book: &Book| {
        let when = (at(LATER), Some(at("2026-11-24")));
        let told = signals::everything(&book.cache, &book.ledger, &book.setup, when).unwrap();
        (format!("{:?}", told.accounts), told.contracts_later)
    };
    let told = everything(&book);
    assert_eq!(told.1, 0);
    // It is worth ten times as much from the next day on, and ends in another year.
    deal(
        &mut book,
        "2026-11-25",
        &[("contract_end", "2029-12-20"), ("hs_arr", "840000")],
    );
    all(&mut book, "2026-11-25T11:00:00Z");
    assert_eq!(then(&book, "2026-11-24"), before);
    assert_eq!(everything(&book), told);
    let later = then(&book, "2026-11-26").stood.unwrap();
    assert_ne!(later.at_stake, stood.at_stake, "of the next day it counts");
}

#[test]
fn what_the_ledger_knew_first_counts_before_it_and_is_told() {
    let mut book = falling();
    deal(&mut book, "2026-11-25", &[]);
    all(&mut book, NOW);
    let first = then(&book, "2026-11-24").stood.unwrap();
    assert!(!first.knew_contracts && first.at_stake.is_some());
    deal(&mut book, "2026-11-26", &[("hs_arr", "840000")]);
    assert_eq!(then(&book, "2026-11-24").stood.unwrap(), first);
    let known = then(&book, "2026-11-26").stood.unwrap();
    assert!(known.knew_contracts && known.at_stake > first.at_stake);
}

#[test]
fn a_property_that_was_mapped_later_is_not_empty_before_and_is_told() {
    let mut book = falling();
    deal(&mut book, "2026-11-01", &[]);
    all(&mut book, NOW);
    let known = then(&book, "2026-11-24").stood.unwrap();
    assert!(known.knew_contracts && known.at_stake.is_some());
    // Another deal that is the same, but its value is observed only since it was mapped.
    let mut later = falling();
    let observed = [
        ("contract_start", "2026-02-01", "2026-11-01"),
        ("contract_end", "2026-12-20", "2026-11-01"),
        ("hs_arr", "84000", "2026-11-25"),
    ];
    for (property, value, when) in observed {
        later.observe_of(Kind::Contract, "1-c", property, &[(when, value)]);
    }
    let properties = observed.map(|(property, value, _)| (property, value));
    later.deal("1-c", "1", &properties, "closedwon");
    all(&mut later, NOW);
    let stood = |day| then(&later, day).stood.unwrap();
    assert_eq!(stood("2026-11-24").at_stake, known.at_stake);
    assert!(!stood("2026-11-24").knew_contracts && stood("2026-11-26").knew_contracts);
}

#[test]
fn a_contract_that_the_crm_has_only_later_than_it_began_is_told() {
    let mut book = falling();
    deal(&mut book, "2026-11-25", &[]);
    let mut imported = book.cache.record(Kind::Contract, &"1-c".into()).unwrap().unwrap();
    imported.created = at("2026-11-25");
    book.put(&imported, Some("1"));
    all(&mut book, NOW);
    let knew = |day| then(&book, day).stood.unwrap().knew_contracts;
    assert!(!knew("2026-11-24") && knew("2026-11-26"));
}

#[test]
fn what_an_account_tells_beside_its_own_contract_may_be_observed_later() {
    let mut book = falling();
    book.setup.mapping.contracts.from = ContractSource::Account;
    book.setup.mapping.account.renewal_date = Some("renewal_date".to_owned());
    book.observe("1", "renewal_date", &[("2026-11-25", "2026-12-20")]);
    book.observe("1", "customer_tier", &[("2026-11-27", "enterprise")]);
    all(&mut book, NOW);
    let knew = |day| then(&book, day).stood.unwrap().knew_contracts;
    assert!(knew("2026-11-26") && !knew("2026-11-24"));
}
