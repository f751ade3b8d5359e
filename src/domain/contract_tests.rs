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
    let early = |start: &str| contract("b", start, "2027-12-31", Outcome::Won);
    check(&[running.clone(), early("2026-11-24")], State::Renewed);
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
fn of_two_terms_of_one_contract_one_counts_on_each_day() {
    let base = contract("a", "2026-01-01", "2026-12-31", Outcome::Won);
    let rolled = Contract {
        auto_renew: Some(true),
        ..contract("a", "2024-01-01", "2024-12-31", Outcome::Won)
    };
    let monthly = Contract {
        monthly: Some(true),
        ..contract("a", "2024-01-01", "2024-01-31", Outcome::Won)
    };
    for base in [base, rolled, monthly] {
        for start in ["2026-10-20", "2026-12-20", "2027-01-01", "2027-01-20"] {
            let all = [base.clone(), contract("b", start, "2027-12-31", Outcome::Won)];
            let counts = |day: Date| all.iter().filter(|one| one.state(&all, day).counts()).count();
            let days = date("2026-09-01").series(1.day()).take(150);
            let days: Vec<Date> = days.filter(|day| counts(*day) != 1).collect();
            let gap = base.auto_renew.is_none() && !base.is_monthly() && start == "2027-01-20";
            assert_eq!(
                days.len(),
                if gap { 19 } else { 0 },
                "{base:?} then {start}: {days:?}"
            );
            assert_eq!(all[0].state(&all, date("2026-10-19")), State::Renewed);
            assert_eq!(all[0].state(&all, date("2027-01-20")), State::Ended);
            assert!(
                tell(&all, date("2027-01-10")),
                "between the two nothing is in force"
            );
        }
    }
}

#[test]
fn one_that_rolled_over_is_lost_from_the_end_of_the_term_before() {
    let base = |auto_renew, monthly| Contract {
        auto_renew: Some(auto_renew),
        monthly: Some(monthly),
        notice_by: Some(date("2024-12-01")),
        ..contract("a", "2024-01-01", "2024-12-31", Outcome::Won)
    };
    for base in [base(true, false), base(false, true)] {
        // Until the end of April: no month before is the last one.
        for (start, end) in [("2027-01-01", "2026-12-31"), ("2027-05-01", "2027-04-30")] {
            let lost = contract("b", start, "2028-12-31", Outcome::Lost);
            let all = [base.clone(), lost];
            let renewals = renewals(&all, date(TODAY));
            if !base.is_monthly() && end != "2026-12-31" {
                assert_eq!(
                    renewals[0].state,
                    State::Active,
                    "in the midst of a term nothing is lost"
                );
                continue;
            }
            assert_eq!((renewals[0].state, renewals[0].end), (State::Churned, date(end)));
            let over = date(end).tomorrow().unwrap();
            assert_eq!(all[0].state(&all, date(end)), State::Churned);
            assert_eq!(all[0].state(&all, over), State::Ended);
            assert!(tell(&all, over));
        }
    }
    let all = [
        base(true, false),
        contract("b", "2027-01-01", "2027-12-31", Outcome::Lost),
    ];
    assert_eq!(renewals(&all, date(TODAY))[0].notice_by, Some(date("2026-12-01")));
}

#[test]
fn after_a_signed_renewal_the_end_of_the_signed_term_is_the_next_decision() {
    let running = contract("a", "2026-01-01", "2026-12-31", Outcome::Won);
    let signed = Contract {
        notice_by: Some(date("2027-12-01")),
        ..contract("b", "2027-01-01", "2027-12-31", Outcome::Won)
    };
    let endless = Contract {
        end: None,
        ..running.clone()
    };
    let next = |all: &[Contract]| -> Vec<(Date, Option<Date>, State)> {
        let found = renewals(all, date(TODAY)).into_iter();
        found.map(|one| (one.end, one.notice_by, one.state)).collect()
    };
    let (end, notice) = (date("2027-12-31"), Some(date("2027-12-01")));
    let open = contract("c", "2028-01-01", "2028-12-31", Outcome::Open);
    let lost = contract("c", "2028-01-01", "2028-12-31", Outcome::Lost);
    let won = contract("c", "2028-01-01", "2028-12-31", Outcome::Won);
    for before in [running, endless] {
        let with = |after: &[Contract]| next(&[&[before.clone(), signed.clone()], after].concat());
        assert_eq!(with(&[]), [(end, notice, State::Active)], "{before:?}");
        assert_eq!(with(std::slice::from_ref(&open)), [(end, notice, State::Active)]);
        assert_eq!(with(std::slice::from_ref(&lost)), [(end, notice, State::Churned)]);
        assert_eq!(
            with(std::slice::from_ref(&won)),
            [(date("2028-12-31"), None, State::Active)],
            "signed for two terms"
        );
    }
    assert_eq!(next(&[signed]), [], "what begins later and continues nothing");
}

#[test]
fn what_is_bought_in_the_midst_of_a_term_is_beside_it() {
    let base = contract("a", "2026-01-01", "2026-12-31", Outcome::Won);
    let more = |outcome| contract("b", "2026-06-01", "2027-05-31", outcome);
    let all = [base.clone(), more(Outcome::Won)];
    assert_eq!(renewals(&all, date(TODAY)).len(), 2, "both are to be decided");
    let refused = [base.clone(), more(Outcome::Lost)];
    assert_eq!(refused[0].state(&refused, date(TODAY)), State::Active);
    let renewed = [base, contract("c", "2027-01-01", "2027-12-31", Outcome::Won)];
    assert_eq!(renewed[0].state(&renewed, date(TODAY)), State::Renewed);
}

#[test]
fn contracts_tell_what_is_in_force_where_it_is_known_what_became_of_each() {
    let check = |contracts: &[Contract], told: bool| {
        assert_eq!(tell(contracts, date(TODAY)), told, "{contracts:?}");
    };
    let past = contract("a", "2024-01-01", "2024-12-31", Outcome::Won);
    let lost = |start: &str| contract("b", start, "2027-12-31", Outcome::Lost);
    let now = Contract {
        product: Some("Routing".to_owned()),
        ..contract("c", "2026-01-01", "2026-12-31", Outcome::Won)
    };
    check(&[], false);
    check(std::slice::from_ref(&past), false);
    check(&[past.clone(), lost("2025-01-01")], true);
    check(&[past.clone(), lost("2022-01-01")], false);
    check(&[past.clone(), lost("2026-06-01")], false);
    check(&[lost("2025-01-01")], false);
    check(&[contract("b", "2027-01-01", "2027-12-31", Outcome::Open)], false);
    check(&[contract("b", "2027-01-01", "2027-12-31", Outcome::Won)], false);
    check(&[past, now], true);
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
fn a_term_of_several_years_begins_another_one_of_as_many() {
    for (start, end, next) in [
        ("2023-11-01", "2026-10-31", "2029-10-31"),
        ("2022-11-01", "2026-10-31", "2030-10-31"),
        ("2016-11-01", "2026-10-31", "2036-10-31"),
        ("2026-04-30", "2026-10-30", "2027-04-30"),
    ] {
        let auto = Contract {
            auto_renew: Some(true),
            ..contract("a", start, end, Outcome::Won)
        };
        assert_eq!(auto.end_on(date(TODAY)), Some(date(next)), "{start}");
    }
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
