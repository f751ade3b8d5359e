#![allow(clippy::unwrap_used)]

use super::*;

const TODAY: &str = "2026-11-23";

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn contract(id: &str, start: &str, end: &str, outcome: Outcome) -> Contract {
    Contract {
        id: id.into(),
        name: id.to_owned(),
        arr: None,
        amount: None,
        start: Some(date(start)),
        end: Some(date(end)),
        end_untold: false,
        notice_by: None,
        auto_renew: None,
        monthly: Some(false),
        product: None,
        outcome,
    }
}

#[test]
fn a_contract_stands_where_its_term_and_its_successor_say() {
    let check = |contracts: &[Contract], state| {
        assert_eq!(contracts[0].state(contracts, date(TODAY)), state, "{contracts:?}");
    };
    let running = contract("a", "2026-01-01", "2026-12-31", Outcome::Won);
    check(std::slice::from_ref(&running), State::Active);
    check(
        &[contract("a", "2024-01-01", "2027-12-31", Outcome::Won)],
        State::Active,
    );
    let next = |outcome| contract("b", "2027-01-01", "2027-12-31", outcome);
    check(&[running.clone(), next(Outcome::Open)], State::Active);
    check(&[running.clone(), next(Outcome::Won)], State::Renewed);
    check(&[running.clone(), next(Outcome::Lost)], State::Churned);
    check(&[next(Outcome::Won)], State::Future);
    check(&[next(Outcome::Open)], State::Open);
    check(
        &[contract("a", "2025-11-01", "2026-10-31", Outcome::Won)],
        State::Late,
    );
    check(
        &[contract("a", "2025-01-01", "2025-12-31", Outcome::Won)],
        State::Ended,
    );
    let early = contract("b", "2026-11-01", "2027-10-31", Outcome::Won);
    check(&[running.clone(), early], State::Renewed);
    let other_product = Contract {
        product: Some("Routing".to_owned()),
        ..next(Outcome::Won)
    };
    check(
        &[
            Contract {
                product: Some("Platform".to_owned()),
                ..running
            },
            other_product,
        ],
        State::Active,
    );
}

#[test]
fn without_an_end_it_goes_on_until_a_later_one_about_the_same_product_begins() {
    let endless = |id: &str, start: &str, product: &str| Contract {
        end: None,
        auto_renew: Some(true),
        product: Some(product.to_owned()),
        ..contract(id, start, start, Outcome::Won)
    };
    let states =
        |all: &[Contract]| -> Vec<State> { all.iter().map(|one| one.state(all, date(TODAY))).collect() };
    let past = endless("a", "2024-01-01", "Platform");
    let terms = [
        past.clone(),
        endless("b", "2025-01-01", "Platform"),
        endless("c", "2026-01-01", "Platform"),
        endless("d", "2026-05-01", "Routing"),
    ];
    assert_eq!(
        states(&terms),
        [State::Ended, State::Ended, State::Active, State::Active]
    );
    let signed = [
        past.clone(),
        contract("b", "2027-01-01", "2027-12-31", Outcome::Won),
    ];
    assert_eq!(states(&signed), [State::Renewed, State::Future]);
    let refused = [past, contract("b", "2025-01-01", "2025-12-31", Outcome::Lost)];
    assert_eq!(states(&refused)[0], State::Active);
}

#[test]
fn where_the_crm_does_not_say_when_contracts_end_none_surely_runs() {
    let untold = Contract {
        end: None,
        end_untold: true,
        auto_renew: Some(true),
        ..contract("a", "2024-01-01", "2024-12-31", Outcome::Won)
    };
    let state = untold.state(std::slice::from_ref(&untold), date(TODAY));
    assert_eq!(state, State::Untold);
    assert!(!state.counts() && renewals(&[untold], date(TODAY)).is_empty());
}

#[test]
fn of_lines_that_end_together_one_that_says_nothing_leaves_it_unknown_whether_all_renew_by_themselves() {
    let line = |id: &str, auto_renew, monthly| Contract {
        auto_renew,
        monthly,
        ..contract(id, "2026-01-01", "2026-12-31", Outcome::Won)
    };
    let told = |other: Contract| {
        let found = renewals(&[line("a", Some(true), Some(false)), other], date(TODAY));
        assert_eq!(found.len(), 1, "they are one decision");
        (found[0].auto_renew, found[0].monthly)
    };
    assert_eq!(told(line("b", None, None)), (None, Some(false)));
    assert_eq!(told(line("b", Some(false), None)), (Some(false), Some(false)));
    assert_eq!(
        told(line("b", Some(true), Some(false))),
        (Some(true), Some(false))
    );
}

#[test]
fn a_monthly_contract_always_has_its_next_end_within_the_month() {
    let monthly = Contract {
        monthly: Some(true),
        notice_by: Some(date("2026-01-26")),
        ..contract("m", "2026-01-01", "2026-01-31", Outcome::Won)
    };
    assert_eq!(monthly.end_on(date(TODAY)), Some(date("2026-11-30")));
    assert_eq!(
        monthly.state(std::slice::from_ref(&monthly), date(TODAY)),
        State::Active
    );
    assert_eq!(renewals(&[monthly], date(TODAY)).len(), 1);
}

#[test]
fn one_that_renews_by_itself_begins_another_term_of_the_same_length() {
    let auto = Contract {
        auto_renew: Some(true),
        notice_by: Some(date("2025-09-30")),
        ..contract("a", "2024-11-01", "2025-10-31", Outcome::Won)
    };
    assert_eq!(auto.end_on(date(TODAY)), Some(date("2027-10-31")));
    assert_eq!(auto.notice_on(date(TODAY)), Some(date("2027-09-30")));
}

#[test]
fn contracts_that_end_together_are_one_renewal_with_several_lines() {
    let other = contract("c", "2026-03-01", "2027-02-28", Outcome::Won);
    let co_terminous = contract("b", "2026-06-01", "2026-12-31", Outcome::Won);
    let product = |name: &str, contract: Contract| Contract {
        product: Some(name.to_owned()),
        ..contract
    };
    let all = [
        product("c", other),
        product("a", contract("a", "2026-01-01", "2026-12-31", Outcome::Won)),
        product("b", co_terminous),
    ];
    let found = renewals(&all, date(TODAY));
    let lines: Vec<_> = found
        .iter()
        .map(|renewal| (renewal.end, renewal.lines.len()))
        .collect();
    assert_eq!(lines, [(date("2026-12-31"), 2), (date("2027-02-28"), 1)]);
}

#[test]
fn the_countdown_runs_to_notice_by_until_it_has_passed() {
    let mut with_notice = contract("a", "2026-01-01", "2026-12-31", Outcome::Won);
    with_notice.notice_by = Some(date("2026-12-01"));
    let renewal = &renewals(&[with_notice], date(TODAY))[0];
    assert_eq!(renewal.decision(date(TODAY)), date("2026-12-01"));
    assert_eq!(renewal.decision(date("2026-12-02")), date("2026-12-31"));
}

#[test]
fn a_renewal_of_several_lines_can_be_left_as_long_as_one_of_them_can() {
    let line = |id: &str, notice: Option<&str>| Contract {
        notice_by: notice.map(date),
        auto_renew: Some(true),
        ..contract(id, "2026-01-01", "2026-12-31", Outcome::Won)
    };
    let check = |lines: &[Contract], notice: Option<&str>, locked_in: bool| {
        let renewal = &renewals(lines, date(TODAY))[0];
        assert_eq!(renewal.notice_by, notice.map(date));
        assert_eq!(
            crate::domain::risk::locked_in(renewal, date(TODAY)).is_some(),
            locked_in
        );
    };
    let passed = line("a", Some("2026-11-01"));
    let lines = [
        passed.clone(),
        line("b", Some("2026-12-01")),
        line("c", Some("2026-12-09")),
    ];
    check(&lines, Some("2026-12-01"), false);
    check(&[passed.clone(), line("b", None)], None, false);
    check(&[passed, line("b", Some("2026-11-20"))], Some("2026-11-20"), true);
}
