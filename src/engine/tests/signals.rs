//! What signals see: each word of the vocabulary, those that ship, and their near misses.

use super::book::owner;
use super::*;
use crate::domain::expression::{Condition, Expression, Value};
use crate::domain::record::Owner;

/// A signal of the test's own with this condition, beside those that ship.
fn with_signal(book: &mut Book, when: &str) {
    let mut signal = book.setup.signals.signals[0].clone();
    signal.id = "own".to_owned();
    signal.when = Condition::try_from(when.to_owned()).unwrap();
    signal.clears_when = None;
    signal.evidence.clear();
    signal.title = "own".to_owned();
    book.setup.signals.signals = vec![signal];
}

/// Whether a condition holds on account 1.
fn holds(book: &mut Book, when: &str) -> Option<bool> {
    with_signal(book, when);
    all(book, NOW);
    let unknown = crate::engine::cannot_tell(&book.cache).unwrap();
    if unknown.iter().any(|(signal, _)| signal == "own") {
        return None;
    }
    Some(fired(book, "1").contains(&"own".to_owned()))
}

#[test]
fn a_slope_is_a_share_a_day_and_unknown_below_three_days() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    assert_eq!(
        holds(&mut book, "slope('weekly_active_users', days(60)) < 0"),
        None
    );
    // From 44 to 36 in 28 days: the mean is 40, so it loses 1/140 of it a day.
    let falling = [
        ("2026-10-25", "44"),
        ("2026-11-01", "42"),
        ("2026-11-08", "40"),
        ("2026-11-15", "38"),
        ("2026-11-22", "36"),
    ];
    book.observe("1", "wau", &falling);
    let slope = "slope('weekly_active_users', days(60))";
    assert_eq!(
        holds(&mut book, &format!("{slope} < -0.0071 && {slope} > -0.0072")),
        Some(true)
    );
    assert_eq!(
        holds(&mut book, "slope('weekly_active_users', days(10)) < 0"),
        None
    );
}

#[test]
fn a_median_is_that_of_the_segment_and_unknown_below_five_accounts() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    for (id, wau) in [("2", "50"), ("3", "60"), ("4", "70")] {
        book.account(id, id, &[("wau", wau), ("customer_tier", "enterprise")]);
    }
    let below = "metric('weekly_active_users') * 1.4 < median('weekly_active_users')";
    assert_eq!(holds(&mut book, below), None, "four are too few");
    book.account("6", "6", &[("wau", "80"), ("customer_tier", "enterprise")]);
    assert_eq!(
        holds(&mut book, below),
        Some(true),
        "the median of 40 50 60 70 80"
    );
}

#[test]
fn people_are_counted_by_role_and_unknown_while_nobody_has_any() {
    let mut book = Book::new();
    book.account("1", "Juniper Freight", &[]);
    book.contact("p", "1", &[]);
    assert_eq!(holds(&mut book, "people('decision maker') == 0"), None);
    book.contact("q", "1", &[("hs_buying_role", "DECISION_MAKER;CHAMPION")]);
    book.contact(
        "r",
        "1",
        &[("hs_buying_role", "DECISION_MAKER"), ("left_company", "true")],
    );
    assert_eq!(holds(&mut book, "people('decision maker') == 1"), Some(true));
    assert_eq!(holds(&mut book, "people('budget holder') == 0"), Some(true));
}

#[test]
fn what_a_contract_does_not_say_of_its_renewal_is_unknown_and_no_known_no() {
    let mut book = Book::new();
    book.account("1", "Juniper Freight", &[]);
    let conditions = ["auto_renew", "!auto_renew", "monthly", "!monthly"];
    let mut check = |properties: &[(&str, &str)], expected: [Option<bool>; 4]| {
        let term = [("contract_start", "2026-02-01"), ("contract_end", "2027-01-31")];
        book.deal("c", "1", &[&term[..], properties].concat(), "closedwon");
        let told = conditions.map(|when| holds(&mut book, when));
        assert_eq!(told, expected, "{properties:?}");
    };
    let (yes, no) = (Some(true), Some(false));
    check(&[], [None; 4]);
    check(
        &[("auto_renew", "true"), ("billing_period", "annual")],
        [yes, no, no, yes],
    );
    check(
        &[("auto_renew", "no"), ("billing_period", "monthly")],
        [no, yes, yes, no],
    );
    check(&[("auto_renew", "perhaps")], [None; 4]);
    book.setup.mapping.contracts.monthly = None;
    assert_eq!(holds(&mut book, "!monthly"), yes, "no property says which are");
}

#[test]
fn owners_are_missing_when_nobody_is_named_or_the_one_has_left() {
    let mut book = Book::new();
    book.owners(&[Owner {
        active: false,
        ..owner("o9", "Paula Marsh", "Paula@alder.example")
    }]);
    let seller = ("account_manager", "o9");
    book.account("1", "Nobody's", &[("hubspot_owner_id", ""), seller]);
    book.account("2", "Paula's", &[("hubspot_owner_id", "o9"), seller]);
    book.account(
        "3",
        "Unsold",
        &[("hubspot_owner_id", "o7"), ("account_manager", "")],
    );
    all(&mut book, NOW);
    let reason = |id: &str| {
        let found = warnings(&book, id)
            .into_iter()
            .find(|one| one.signal == "owner-missing");
        found.map(|one| one.reason)
    };
    assert_eq!(reason("1").as_deref(), Some("no CSM"));
    assert_eq!(reason("2").as_deref(), Some("paula@alder.example has left"));
    assert_eq!(reason("3").as_deref(), Some("no commercial owner"));
}

#[test]
fn a_stage_is_timed_from_its_beginning() {
    let mut book = Book::new();
    book.account("1", "Osprey Clinics", &[("customer_stage", "onboarding")]);
    book.observe(
        "1",
        "customer_stage",
        &[("2026-01-10", "new"), ("2026-07-06", "onboarding")],
    );
    assert_eq!(
        holds(
            &mut book,
            "days_since('onboarding_started') == 140 && days_since('stage_changed') == 140"
        ),
        Some(true)
    );
    book.account("1", "Osprey Clinics", &[("customer_stage", "adoption")]);
    book.observe("1", "customer_stage", &[("2026-11-13", "adoption")]);
    assert_eq!(holds(&mut book, "days_since('stage_changed') == 10"), Some(true));
    assert_eq!(holds(&mut book, "days_since('onboarding_started') > 0"), None);
}

#[test]
fn what_cannot_be_so_is_named() {
    let mut book = Book::new();
    book.account("1", "Sorrel & Sons", &[("seats_used", "61")]);
    let term = |start: &'static str, end: &'static str, arr: &'static str| {
        [("contract_start", start), ("contract_end", end), ("hs_arr", arr)]
    };
    book.deal("a", "1", &term("2026-12-01", "2026-02-01", "9000"), "closedwon");
    book.deal("b", "1", &term("2026-02-01", "2027-01-31", "-5"), "closedwon");
    let mut dear = record(
        Kind::Contract,
        "c",
        &[
            (Core::Name, "Insights"),
            (Core::Pipeline, "renewals"),
            (Core::StageId, "closedwon"),
            (Core::Amount, "108000"),
        ],
    );
    dear.mapped = term("2026-02-01", "2027-01-31", "9000")
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    book.put(&dear, Some("1"));
    all(&mut book, NOW);
    let found = warnings(&book, "1")
        .into_iter()
        .find(|one| one.signal == "contradictory-data");
    let expected = "a contract ends 2026-02-01, before it begins 2026-12-01; \
        a contract has a negative annual value; the amount of Insights is 12 times its annual value; \
        61 seats are used and 50 bought";
    assert_eq!(found.unwrap().reason, expected);
}

#[test]
fn an_account_that_has_left_is_asked_only_for_what_contradicts_itself() {
    let mut book = Book::new();
    book.healthy("1", "Old Mill");
    book.account("1", "Old Mill", &[("churn_date", "2026-07-04")]);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), ["contradictory-data"]);
}

/// Each signal that ships beside those of the first five: what fires it, and what only nearly does.
#[test]
fn the_other_seven_fire_and_have_near_misses() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let seller = ("account_manager", "o1");
    let well: [(&str, &str); 4] = [
        ("wau", "40"),
        ("wau_updated_at", "2026-11-22T00:00:00Z"),
        ("customer_tier", "enterprise"),
        seller,
    ];
    let mut check = |properties: &[(&str, &str)], set: &dyn Fn(&mut Book), fires: &[&str]| {
        book.account("1", "Juniper Freight", &[&well[..], properties].concat());
        set(&mut book);
        all(&mut book, NOW);
        assert_eq!(fired(&book, "1"), fires, "{properties:?}");
    };
    let nothing = |_: &mut Book| {};
    let adoption = ("customer_stage", "adoption");
    check(&[adoption], &nothing, &[]);
    check(&[adoption, ("seats_used", "45")], &nothing, &["seats-above-90"]);
    check(&[adoption, ("seats_used", "43")], &nothing, &["seats-above-90"]);
    check(&[adoption, ("seats_used", "42")], &nothing, &[]);
    check(&[adoption, ("seats_used", "44")], &nothing, &[]);
    let survey = |id: &'static str, day: &'static str, score: &'static str| {
        move |book: &mut Book| {
            let when = at(day).to_string();
            let core = [
                (Core::SurveyKind, "nps"),
                (Core::Score, score),
                (Core::Occurred, &when),
            ];
            let survey = record(Kind::Survey, id, &core);
            let link = crate::store::LinkSet {
                from: (Kind::Survey, id.into()),
                to: Kind::Contact,
                ids: vec!["1-p".into()],
            };
            let page = crate::store::CachePage {
                records: &[survey],
                links: &[link],
                ..crate::store::CachePage::default()
            };
            book.cache.commit_page(&page).unwrap();
        }
    };
    check(&[adoption], &survey("s1", "2026-08-01", "2"), &[]);
    check(&[adoption], &survey("s2", "2026-10-20", "7"), &[]);
    check(&[adoption], &survey("s3", "2026-11-10", "6"), &["nps-detractor"]);
    check(&[adoption], &survey("s4", "2026-11-20", "9"), &[]);
    let entitled = [adoption, ("support_plan", "business hours")];
    let urgent =
        |day: &'static str| move |book: &mut Book| book.ticket("k0", "1", day, &[(Core::Priority, "urgent")]);
    check(&entitled, &urgent("2026-11-20T09:00:00Z"), &[]);
    check(
        &entitled,
        &urgent("2026-11-20T07:00:00Z"),
        &["entitlement-breach"],
    );
    let solved = |book: &mut Book| {
        let core = [(Core::Closed, "true"), (Core::ClosedAt, "2026-11-22T00:00:00Z")];
        book.ticket("k0", "1", "2026-11-20", &core);
    };
    check(&entitled, &solved, &[]);
    let says = |text: &'static str| {
        move |book: &mut Book| book.ticket("k0", "1", "2026-11-22", &[(Core::Subject, text)])
    };
    check(&[adoption], &says("No complaints so far"), &[]);
    check(&[adoption], &says("Another complaint"), &["complaint"]);
    check(&[adoption], &says("Thank you"), &[]);
    let two_more = |book: &mut Book| {
        let core = [(Core::Closed, "true"), (Core::ClosedAt, "2026-11-22T00:00:00Z")];
        book.ticket("k1", "1", "2026-11-18", &core);
        for (id, day) in [("o1", "2026-09-10"), ("o2", "2026-09-20"), ("o3", "2026-10-01")] {
            book.ticket(id, "1", day, &core);
        }
        book.ticket("k2", "1", "2026-11-19", &core);
    };
    check(&[adoption], &two_more, &[]);
    let a_fourth = |book: &mut Book| {
        let core = [(Core::Closed, "true"), (Core::ClosedAt, "2026-11-22T00:00:00Z")];
        book.ticket("k3", "1", "2026-11-17", &core);
    };
    check(&[adoption], &a_fourth, &["ticket-spike"]);
    let quiet = |book: &mut Book| {
        for id in ["k1", "k2", "k3"] {
            let core = [(Core::Closed, "true"), (Core::ClosedAt, "2026-09-22T00:00:00Z")];
            book.ticket(id, "1", "2026-09-21", &core);
        }
    };
    check(&[adoption], &quiet, &[]);
    let begun = |day: &'static str| {
        move |book: &mut Book| book.observe("1", "customer_stage", &[(day, "onboarding")])
    };
    let onboarding = ("customer_stage", "onboarding");
    check(&[onboarding, ("seats_used", "48")], &begun("2026-08-26"), &[]);
    check(&[onboarding], &begun("2026-08-20"), &["onboarding-stalled"]);
}

#[test]
fn a_breach_of_the_entitlement_says_how_long_it_lasts_and_how_long_is_allowed() {
    let mut book = Book::new();
    let properties = [("customer_stage", "adoption"), ("support_plan", "business hours")];
    book.account("1", "Juniper Freight", &properties);
    book.ticket("k0", "1", "2026-11-17T07:00:00Z", &[(Core::Priority, "urgent")]);
    all(&mut book, NOW);
    let warnings = warnings(&book, "1");
    let breach = warnings
        .iter()
        .find(|one| one.signal == "entitlement-breach")
        .unwrap();
    assert_eq!(
        breach.reason,
        "urgent or high ticket open for 6 d 1 h, 3 d allowed (business hours)"
    );
    let open = ("open".to_owned(), "145 h".to_owned());
    assert!(
        breach.evidence.contains(&open),
        "exact where it is evidence: {:?}",
        breach.evidence
    );
}

#[test]
fn hours_are_whole_ones() {
    let mut book = Book::new();
    book.account("1", "Juniper Freight", &[]);
    book.ticket("k", "1", "2026-11-22T23:00:00Z", &[(Core::Priority, "urgent")]);
    assert_eq!(
        holds(&mut book, "hours_since('oldest_urgent_ticket') == 9"),
        Some(true)
    );
    let expression = Expression::try_from("hours_since('last_ticket')".to_owned()).unwrap();
    assert_eq!(
        crate::domain::values::in_words(expression.unit(), Some(&Value::Number(9.0))),
        "9 h"
    );
}

#[test]
fn a_stage_segment_or_role_that_nobody_has_is_told_with_what_was_meant() {
    let mut book = Book::new();
    let unseen = |book: &mut Book, when: &str| -> Vec<String> {
        with_signal(book, when);
        let signals = &book.setup.signals.signals;
        let found = crate::engine::unseen(&book.cache, &book.setup, signals).unwrap();
        found.iter().map(crate::engine::Unseen::words).collect()
    };
    let slip = "stage == 'adoptoin' || segment in ['Enterprize', 'enterprise']";
    all(&mut book, NOW);
    assert_eq!(unseen(&mut book, slip), [""; 0], "of no account nothing is known");
    let words = [("customer_tier", "enterprise"), ("customer_stage", "adoption")];
    book.account("1", "Juniper Freight", &words);
    all(&mut book, NOW);
    let told = [
        "no account has the stage `adoptoin` (did you mean `adoption`?)",
        "no account has the segment `Enterprize` (did you mean `enterprise`?)",
    ];
    assert_eq!(unseen(&mut book, slip), told);
    assert_eq!(
        unseen(&mut book, "stage == 'onboarding' || csm == 'ana'"),
        [""; 0]
    );
    let slip = "people('decision maker') == 0 || people('desicion maker') == 0";
    assert_eq!(unseen(&mut book, slip), [""; 0], "no contact has a role yet");
    book.contact("p", "1", &[("hs_buying_role", "CHAMPION;DECISION_MAKER")]);
    all(&mut book, NOW);
    let told = "no contact has the role `desicion maker` (did you mean `decision maker`?)";
    assert_eq!(unseen(&mut book, slip), [told]);
    let overrides = "[overrides.segment.nosuch]\n[overrides.segment.enterprise]\n[overrides.stage.onbording]\n\
                     [overrides.stage.onboarding]\n";
    book.setup.health = toml::from_str(overrides).unwrap();
    let found = crate::engine::unseen_overrides(&book.cache, &book.setup).unwrap();
    let told: Vec<_> = found.iter().map(|one| (one.key.as_str(), one.words())).collect();
    let segment = "no account has the segment `nosuch`".to_owned();
    let stage = "no account has the stage `onbording` (did you mean `onboarding`?)".to_owned();
    assert_eq!(
        told,
        [
            ("overrides.segment.nosuch", segment),
            ("overrides.stage.onbording", stage)
        ]
    );
}

#[test]
fn the_reason_of_a_warning_stays_words_when_what_it_names_is_unknown_by_now() {
    let mut book = falling();
    for signal in &mut book.setup.signals.signals {
        if signal.id == "usage-drop" {
            signal.title = "{{ weekly_users | days }} of usage".to_owned();
            signal.clears_when = None;
        }
    }
    let reason = |book: &Book| warnings(book, "1")[0].reason.clone();
    all(&mut book, NOW);
    assert_eq!(reason(&book), "22 d of usage");
    book.account("1", "Juniper Freight", &[]);
    all(&mut book, NOW);
    assert_eq!(reason(&book), "22 d of usage", "the last that is known");
}

#[test]
fn the_arr_of_a_contract_that_ran_out_undecided_is_unknown_and_never_zero() {
    let mut book = Book::new();
    book.account("1", "Juniper Freight", &[]);
    let check = |book: &mut Book, known: bool| {
        assert_eq!(holds(book, "arr < 1"), known.then_some(true));
        let (line, zero) = (line(book, "1"), known.then_some(0));
        assert_eq!((line.arr, line.at_stake), (zero, zero));
    };
    let term = |start, end| [("contract_start", start), ("contract_end", end)];
    book.contract("a", "1", "2024-02-01", "2025-01-31");
    check(&mut book, false);
    book.deal("b", "1", &term("2023-02-01", "2024-01-31"), "closedlost");
    check(&mut book, false);
    book.deal("b", "1", &term("2025-02-01", "2026-01-31"), "closedlost");
    check(&mut book, true);
}

#[test]
fn what_came_after_a_day_that_is_over_is_not_counted_there() {
    let mut book = Book::new();
    book.account("1", "Old Mill", &[]);
    book.account_of("2026-11-20", "2", "Alder Works", &[]);
    with_signal(&mut book, "days_since('last_touch') > 20");
    all(&mut book, NOW);
    let asked = |as_of| {
        let when = (at(NOW), as_of);
        let told = crate::engine::signals::everything(&book.cache, &book.ledger, &book.setup, when);
        told.unwrap().asked
    };
    assert_eq!((asked(None), asked(Some(at("2026-11-15")))), (2, 1));
}
