#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::Voice::{Detractor, Passive, Promoter};
use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn account(id: &str, segment: Option<&str>, arr: Option<i64>) -> Surveyed {
    Surveyed {
        id: id.into(),
        name: id.to_uppercase(),
        segment: segment.map(str::to_owned),
        owner: Some("Dana".to_owned()),
        arr,
        arr_at_least: false,
        contacts: 1,
        customer: true,
    }
}

fn answer(id: &str, contact: &str, account: &str, on: &str, score: f64) -> Answer {
    Answer {
        id: id.into(),
        contact: contact.into(),
        who: contact.to_owned(),
        accounts: vec![account.into()],
        at: format!("{on}T12:00:00Z").parse().unwrap(),
        day: day(on),
        score,
        words: format!("words of {id}"),
    }
}

fn check(promoters: u32, passives: u32, detractors: u32, words: &str) {
    let tally = Tally {
        promoters,
        passives,
        detractors,
    };
    assert_eq!(tally.words(), words, "{tally:?}");
}

#[test]
fn the_score_is_the_difference_of_two_shares_and_below_five_answers_there_is_none() {
    check(0, 0, 0, "none");
    check(4, 0, 0, "too few");
    check(5, 0, 0, "+100");
    check(0, 1, 4, "−80");
    check(2, 1, 2, "0");
    // 12.5 and 37.5: half to even.
    check(2, 5, 1, "+12");
    check(4, 3, 1, "+38");
    check(1, 5, 2, "−12");
    check(3, 3, 1, "+29");
}

#[test]
fn numbers_between_the_groups_belong_to_the_lower_one() {
    let told = [0.0, 6.0, 6.9, 7.0, 8.9, 9.0, 10.0].map(Voice::of);
    assert_eq!(
        told,
        [
            Detractor, Detractor, Detractor, Passive, Passive, Promoter, Promoter
        ]
    );
}

#[test]
fn of_each_contact_the_latest_answer_of_twelve_months_counts() {
    let accounts = [account("a", None, Some(1)), account("b", None, Some(2))];
    let answers = [
        answer("1", "ana", "a", "2025-11-23", 2.0),
        answer("2", "ana", "a", "2025-11-24", 10.0),
        answer("3", "ana", "a", "2026-05-01", 7.0),
        answer("4", "bo", "b", "2026-11-23", 3.0),
        answer("5", "bo", "b", "2026-11-24", 10.0),
        answer("6", "cy", "gone", "2026-11-01", 10.0),
    ];
    let told = report(day("2026-11-23"), &accounts, &answers);
    assert_eq!(told.from, day("2025-11-24"));
    assert_eq!(
        told.tally,
        Tally {
            promoters: 0,
            passives: 1,
            detractors: 1
        }
    );
    assert_eq!(told.passives[0].words, "words of 3");
    assert_eq!(told.pains[0].name, "B");
    assert_eq!((told.of_nobody, told.silent.len()), (1, 0));
}

#[test]
fn the_trend_has_six_quarters_each_with_the_latest_answers_in_it() {
    let accounts = [account("a", None, None)];
    let answers = [
        answer("1", "ana", "a", "2025-07-01", 10.0),
        answer("2", "ana", "a", "2025-09-30", 0.0),
        answer("3", "ana", "a", "2025-10-01", 10.0),
        answer("4", "bo", "a", "2026-11-24", 10.0),
    ];
    let told = report(day("2026-11-23"), &accounts, &answers);
    let names: Vec<String> = told.quarters.iter().map(Quarter::name).collect();
    assert_eq!(
        names,
        ["2025 Q3", "2025 Q4", "2026 Q1", "2026 Q2", "2026 Q3", "2026 Q4"]
    );
    let counts: Vec<(u32, u32)> = told
        .quarters
        .iter()
        .map(|quarter| (quarter.tally.promoters, quarter.tally.responses()))
        .collect();
    assert_eq!(counts, [(0, 1), (1, 1), (0, 0), (0, 0), (0, 0), (0, 0)]);
}

#[test]
fn who_has_contacts_and_gave_no_answer_is_silent_by_arr_and_unknown_is_last() {
    let mut accounts = vec![
        account("small", None, Some(100)),
        account("unknown", None, None),
        account("large", None, Some(900)),
        account("speaks", None, Some(5)),
        account("churned", None, Some(5)),
        account("alone", None, Some(5)),
    ];
    accounts[4].customer = false;
    accounts[5].contacts = 0;
    let answers = [
        answer("1", "ana", "speaks", "2026-11-01", 8.0),
        answer("2", "bo", "small", "2025-01-01", 8.0),
    ];
    let told = report(day("2026-11-23"), &accounts, &answers);
    let names: Vec<&str> = told.silent.iter().map(|one| one.account.as_str()).collect();
    assert_eq!(names, ["large", "small", "unknown"]);
    assert_eq!(told.silent[1].last, Some(day("2025-01-01")));
    assert_eq!(told.silent[0].last, None);
    let sum = told.silent_arr();
    assert_eq!((sum.known, sum.unknown, told.askable), (1_000, 1, 4));
}

#[test]
fn groups_are_counted_and_those_without_one_come_last() {
    let accounts = [
        account("a", Some("smb"), None),
        account("b", None, None),
        account("c", Some("enterprise"), None),
    ];
    let answers = [
        answer("1", "ana", "a", "2026-11-01", 9.0),
        answer("2", "bo", "b", "2026-11-01", 1.0),
    ];
    let told = report(day("2026-11-23"), &accounts, &answers);
    let groups: Vec<(Option<&str>, u32, u32, u32)> = told
        .segments
        .iter()
        .map(|group| {
            (
                group.name.as_deref(),
                group.tally.responses(),
                group.silent,
                group.accounts,
            )
        })
        .collect();
    assert_eq!(
        groups,
        [
            (Some("enterprise"), 0, 1, 1),
            (Some("smb"), 1, 0, 1),
            (None, 1, 0, 1)
        ]
    );
    assert_eq!(told.owners.len(), 1);
}

#[test]
fn a_group_counts_the_accounts_whose_answers_it_counts_those_that_have_left_too() {
    let left = |id| Surveyed {
        customer: false,
        ..account(id, Some("smb"), None)
    };
    let accounts = [left("a"), left("b"), account("c", Some("smb"), None)];
    let told = report(
        day("2026-11-23"),
        &accounts,
        &[answer("1", "ana", "a", "2026-11-01", 9.0)],
    );
    let smb = &told.segments[0];
    assert_eq!((smb.tally.responses(), smb.accounts, smb.silent), (1, 2, 1));
    assert_eq!(told.askable, 1, "who has left is not asked");
}

proptest! {
    #[test]
    fn groups_and_verbatims_add_up_whatever_the_answers(
        given in prop::collection::vec((0_usize..4, 0_usize..6, 0_i64..800, 0_u8..=10), 0..60)
    ) {
        let accounts: Vec<Surveyed> = (0..4)
            .map(|at| account(&at.to_string(), (at % 2 == 0).then_some("even"), Some(at)))
            .collect();
        let answers: Vec<Answer> = given
            .iter()
            .enumerate()
            .map(|(at, (account, contact, back, score))| {
                let on = day("2026-11-23").checked_sub(Span::new().days(*back)).unwrap();
                let contact = format!("{account}-{contact}");
                answer(&at.to_string(), &contact, &account.to_string(), &on.to_string(), f64::from(*score))
            })
            .collect();
        let told = report(day("2026-11-23"), &accounts, &answers);
        let responses = told.tally.responses();
        for groups in [&told.segments, &told.owners] {
            prop_assert_eq!(groups.iter().map(|group| group.tally.responses()).sum::<u32>(), responses);
            prop_assert_eq!(groups.iter().map(|group| group.silent).sum::<u32>() as usize, told.silent.len());
        }
        let listed = told.wins.len() + told.passives.len() + told.pains.len();
        prop_assert_eq!(listed as u32, responses);
        prop_assert!(told.tally.score().is_none_or(|score| (-100..=100).contains(&score)));
        let mut other = answers.clone();
        other.reverse();
        prop_assert_eq!(report(day("2026-11-23"), &accounts, &other), told);
    }
}
