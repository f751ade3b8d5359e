//! What is kept beside an account's line says the same of it as reading everything anew, also on later days.

use proptest::prelude::*;

use super::the_same::written;
use super::*;
use crate::domain::expression::{Condition, Expression};
use crate::engine::columns;
use crate::engine::judge::Judge;
use crate::engine::moment::Moment;
use crate::engine::world::World;
use crate::engine::{rows, signals};
use crate::store::{CachePage, LinkSet};

/// Everything that the vocabulary has.
const ASKED: [&str; 43] = [
    "stage",
    "segment",
    "region",
    "entitlement",
    "sentiment",
    "csm",
    "commercial_owner",
    "csm_active",
    "band",
    "score",
    "coverage",
    "arr",
    "at_stake",
    "monthly",
    "auto_renew",
    "notice_given",
    "contradictions",
    "metric('weekly_active_users')",
    "metric('nps')",
    "metric('sponsors')",
    "metric('ticket_load')",
    "metric('days_since_touch')",
    "median('weekly_active_users')",
    "change('weekly_active_users', days(30))",
    "change('seats_used', days(90))",
    "change('nps', days(100))",
    "slope('weekly_active_users', weeks(8))",
    "days_since('created')",
    "days_since('last_touch')",
    "hours_since('last_survey')",
    "days_since('champion_left')",
    "days_since('owner_changed')",
    "days_since('stage_changed')",
    "days_since('onboarding_started')",
    "hours_since('oldest_urgent_ticket')",
    "days_since('last_ticket')",
    "days_until('decision')",
    "days_until('renewal_date')",
    "count('tickets', days(30))",
    "count('touchpoints', days(45))",
    "count('contracts')",
    "people('decision maker')",
    "raised('complaint')",
];

/// What happens to an account: what, on which day (counted back from now), and a number.
type Happening = (u8, i64, u8);

fn day(back: i64) -> String {
    at(NOW)
        .checked_sub(jiff::SignedDuration::from_hours(24 * back - 3))
        .unwrap()
        .to_string()
}

fn happen(book: &mut Book, place: usize, (what, back, number): Happening) {
    let (id, when) = (format!("x{place}"), day(back));
    let text = number.to_string();
    let stages = ["onboarding", "adoption", "renewal"];
    match what {
        0..=3 => book.observe("1", "wau", &[(&when, &text)]),
        4 => book.observe("1", "wau_updated_at", &[(&when, &day(back + 1))]),
        5 => book.observe("1", "seats_used", &[(&when, &text)]),
        6 => book.observe("1", "customer_stage", &[(&when, stages[usize::from(number % 3)])]),
        7 => book.observe(
            "1",
            "hubspot_owner_id",
            &[(&when, ["o1", "o2"][usize::from(number % 2)])],
        ),
        8 => book.observe(
            "1",
            "hs_csm_sentiment",
            &[(&when, ["happy", "at_risk"][usize::from(number % 2)])],
        ),
        9 => {
            let role = ["CHAMPION", "DECISION_MAKER", "", "DECISION_MAKER;CHAMPION"][usize::from(number % 4)];
            let left = if number > 128 { "true" } else { "" };
            book.contact(&id, "1", &[("hs_buying_role", role), ("left_company", left)]);
            // Nobody is seen to have left before they have: until its day comes, such a stamp counts from the day it is read.
            book.observe_of(Kind::Contact, &id, "left_company", &[(&day(back + 1), left)]);
        }
        10 | 11 => {
            let closed = day(back - i64::from(number % 40));
            let core = [
                (Core::Priority, ["low", "urgent"][usize::from(number % 2)]),
                (Core::Closed, ["true", "false"][usize::from(number % 3 / 2)]),
                (Core::ClosedAt, &closed),
                (
                    Core::Subject,
                    ["a complaint", "hello"][usize::from(number % 5 / 3)],
                ),
            ];
            book.ticket(&id, "1", &when, &core);
        }
        // Some of them are still to come.
        12 => book.touch(&id, "1", &day(back - 50)),
        13 => {
            let answer = (number % 11).to_string();
            let core = [
                (Core::SurveyKind, "nps"),
                (Core::Score, &answer),
                (Core::Occurred, &when),
            ];
            let survey = record(Kind::Survey, &id, &core);
            let link = LinkSet {
                from: (Kind::Survey, id.as_str().into()),
                to: Kind::Contact,
                ids: vec!["1-p".into()],
            };
            let page = CachePage {
                records: &[survey],
                links: &[link],
                ..CachePage::default()
            };
            book.cache.commit_page(&page).unwrap();
        }
        _ => {
            let (start, end) = (&day(back + 100)[..10], &day(back - 265)[..10]);
            let stage = ["closedwon", "closedlost", "upcoming"][usize::from(number % 3)];
            let term = [
                ("contract_start", start),
                ("contract_end", end),
                ("hs_arr", text.as_str()),
            ];
            book.deal(&id, "1", &term, stage);
        }
    }
}

/// The book with one signal that asks for everything, judged at [`NOW`].
fn judged(happenings: &[Happening]) -> Book {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.account(
        "1",
        "Juniper Freight",
        &[
            ("wau", "31"),
            ("wau_updated_at", "2026-11-22T00:00:00Z"),
            ("customer_stage", "onboarding"),
            ("hs_csm_sentiment", "happy"),
            ("customer_tier", "small"),
            ("support_plan", "24x7"),
        ],
    );
    for (place, one) in happenings.iter().enumerate() {
        happen(&mut book, place, *one);
    }
    let mut signal = book.setup.signals.signals[0].clone();
    signal.id = "all".to_owned();
    signal.when = Condition::try_from(
        ASKED
            .iter()
            .map(|asked| format!("({asked} == {asked})"))
            .collect::<Vec<_>>()
            .join(" && "),
    )
    .unwrap();
    book.setup.signals.signals.push(signal);
    all(&mut book, NOW);
    book
}

/// Every answer, and the score, from what is kept and from everything.
fn check(book: &Book, now: &str) {
    let world = World::read(&book.cache, &book.ledger, &book.setup, at(now), &[]).unwrap();
    let id = "1".into();
    let anew = columns::read_anew(&book.cache, &book.ledger, &world, &id)
        .unwrap()
        .unwrap();
    let line = book.cache.features(&id).unwrap().unwrap();
    let kept = rows::unpack(&world, &id, &line).expect("nothing was logged since, so it is kept");
    let judges = [&anew, &kept].map(|row| Judge::new(&world, &row.account, &row.own));
    assert_eq!(judges[0].score, judges[1].score, "{now}");
    for asked in ASKED {
        let expression = Expression::try_from(asked.to_owned()).unwrap();
        let values = [&judges[0], &judges[1]].map(|judge| expression.value(&Moment::now(judge)));
        assert_eq!(values[0], values[1], "{asked} on {now}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_says_the_same_as_reading_everything_anew(
        happenings in prop::collection::vec((0_u8..16, 0_i64..400, any::<u8>()), 0..40),
    ) {
        let mut book = judged(&happenings);
        check(&book, NOW);
        // The day turns while nothing is synced, then syncs find nothing new.
        check(&book, "2026-11-25T07:00:00Z");
        for day in ["2026-11-24T08:00:00Z", "2026-12-20T08:00:00Z", "2027-02-10T08:00:00Z"] {
            book.synced(day);
            check(&book, day);
        }
    }
}

#[test]
fn what_was_kept_for_other_questions_is_read_anew() {
    let mut book = judged(&[]);
    let cold = |book: &Book| {
        signals::everything(&book.cache, &book.ledger, &book.setup, (at(NOW), None))
            .unwrap()
            .cold
    };
    assert_eq!(cold(&book), 0);
    let ask = |book: &mut Book, when: &str| {
        let signal = book.setup.signals.signals.last_mut().unwrap();
        signal.when = Condition::try_from(when.to_owned()).unwrap();
    };
    ask(
        &mut book,
        "change('weekly_active_users', days(14)) < 0 && people('decision maker') > 0",
    );
    assert_eq!(cold(&book), 0, "less than was kept");
    ask(&mut book, "change('weekly_active_users', days(100)) < 0");
    assert_eq!(cold(&book), 1, "it reaches further back");
    all(&mut book, NOW);
    assert_eq!(cold(&book), 0);
    ask(&mut book, "people('budget holder') > 0");
    assert_eq!(cold(&book), 1, "another role");
    book.account("2", "New", &[]);
    all(&mut book, NOW);
    assert_eq!(cold(&book), 0);
    book.setup.mapping.account.region = None;
    assert_eq!(cold(&book), 2, "values mean something else");
}

#[test]
fn an_account_that_is_gone_keeps_nothing() {
    let mut book = judged(&[]);
    book.account("2", "Prospect", &[]);
    all(&mut book, NOW);
    assert_eq!(book.cache.features_after(None, 9).unwrap().len(), 2);
    book.account("2", "Prospect", &[("lifecyclestage", "lead")]);
    all(&mut book, NOW);
    assert_eq!(book.cache.features_after(None, 9).unwrap().len(), 1);
}

#[test]
fn what_cannot_be_told_says_which_term_was_unknown() {
    let mut book = judged(&[]);
    book.account(
        "1",
        "Juniper Freight",
        &[("seats_bought", ""), ("customer_stage", "adoption")],
    );
    all(&mut book, NOW);
    let told = signals::everything(&book.cache, &book.ledger, &book.setup, (at(NOW), None)).unwrap();
    let place = book
        .setup
        .signals
        .signals
        .iter()
        .position(|one| one.id == "seats-above-90")
        .unwrap();
    let said = told.accounts[0]
        .said
        .iter()
        .find(|said| said.signal == place)
        .unwrap();
    assert_eq!(said.holds, None);
    assert_eq!(said.unknown, ["metric('seats_used')", "metric('seats_bought')"]);
}

#[test]
fn a_changed_signal_is_evaluated_from_what_is_kept_and_says_the_same_as_everything_anew() {
    let mut books = [judged(&[]), judged(&[])];
    for (book, what) in books.iter_mut().zip([What::Warnings, What::All]) {
        let signal = book.setup.signals.signals.last_mut().unwrap();
        signal.when = Condition::try_from("metric('weekly_active_users') > 30".to_owned()).unwrap();
        signal.clears_when = None;
        refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
    }
    assert_eq!(written(&books[0]), written(&books[1]));
    assert!(fired(&books[0], "1").contains(&"all".to_owned()));
    assert_eq!(
        line(&books[0], "1").open_warnings,
        line(&books[1], "1").open_warnings
    );
    // What has changed in the CRM since is read when its account is judged, not here.
    let book = &mut books[0];
    book.account("1", "Juniper Freight", &[("wau", "3")]);
    let again = |book: &mut Book, what: What<'_>| {
        refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
        fired(book, "1").contains(&"all".to_owned())
    };
    assert!(again(book, What::Warnings));
    assert!(!again(book, What::All));
}
