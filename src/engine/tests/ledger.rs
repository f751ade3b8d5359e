//! The score ledger over real stores: parts by cause, both models, any window.

use jiff::civil::date;

use crate::domain::account_view::{BandSince, Freshness};
use crate::domain::health::HealthModel;
use crate::domain::health::account::ScoreLedger;
use crate::domain::health::ledger::Cause;
use crate::domain::record::Kind;
use crate::domain::summary::Band;
use crate::engine::{Window, account_view, model_of_same_version, score_ledger};

use super::all;
use super::book::{Book, NOW, at};

fn told(book: &Book, from: Option<&str>, to: Option<&str>, now: &str) -> ScoreLedger {
    let window = Window {
        from: from.map(at),
        to: to.map(at),
    };
    let told = score_ledger(
        &book.cache,
        &book.ledger,
        &book.setup,
        &"1".into(),
        window,
        at(now),
    );
    told.unwrap().unwrap()
}

fn words(told: &ScoreLedger) -> String {
    told.change.as_ref().unwrap().words()
}

const TWO: &str = r#"
version = 7
coverage_floor = 0.1
[[measures]]
id = "usage"
weight = 50
metric = "weekly_active_users"
per = "seats_bought"
curve = [[0, 0], [1, 100]]
max_age = "14d"
[[measures]]
id = "touch"
weight = 50
metric = "days_since_touch"
curve = [[0, 100], [100, 0]]
max_age = "7d"
"#;

/// 40 of 50 seats in use until 10 November, then 30; a call on 3 September and on 20 November.
fn book() -> Book {
    let mut book = Book::new();
    book.setup.health = toml::from_str(TWO).unwrap();
    book.account(
        "1",
        "Juniper Freight",
        &[("wau", "30"), ("wau_updated_at", "2026-11-22T00:00:00Z")],
    );
    book.observe("1", "wau", &[("2026-01-01", "40"), ("2026-11-10", "30")]);
    book.observe(
        "1",
        "seats_bought",
        &[("2026-01-01", "50"), ("2026-11-20", "51"), ("2026-11-21", "50")],
    );
    book.touch("t1", "1", "2026-09-03");
    book.touch("t2", "1", "2026-11-20");
    book
}

#[test]
fn a_change_is_told_between_any_two_instants_with_what_was_seen_at_both() {
    let mut book = book();
    all(&mut book, NOW);
    // 80 and 50 (a touch 50 days ago), now 60 and 97.
    let now = told(&book, Some("2026-10-23"), None, NOW);
    assert_eq!(words(&now), "65 → 78.5 = touch +23.5, usage −10");
    let usage = &now.measures[0];
    let value = |sight: &crate::domain::health::account::Sight| sight.value.clone().unwrap();
    assert_eq!(
        (value(&usage.then), value(&usage.now)),
        ("0.8".to_owned(), "0.6".to_owned())
    );
    let inputs: Vec<_> = usage
        .now
        .inputs
        .iter()
        .map(|one| (one.name.as_str(), one.value.as_str()))
        .collect();
    assert_eq!(inputs, [("weekly_active_users", "30"), ("seats_bought", "50")]);
    assert_eq!(usage.now.inputs[0].observed, at("2026-11-22"));
    // A window that lies in the past sees nothing of the call that came after it.
    let past = told(&book, Some("2026-10-23"), Some("2026-11-12"), NOW);
    assert_eq!(words(&past), "65 → 45 = usage −10, touch −10");
    assert_eq!(
        (past.from.day.to_string(), past.to.day.to_string()),
        ("2026-10-23".to_owned(), "2026-11-12".to_owned())
    );
    let before = told(&book, Some("2025-12-31"), None, NOW);
    assert_eq!(
        (before.from.score, before.change),
        (None, None),
        "the ledger does not reach back so far"
    );
    let unborn = told(&book, Some("2025-01-01"), None, NOW);
    assert_eq!(unborn.from.score, None, "the account was made later");
}

#[test]
fn a_feed_that_dies_is_told_as_stale_and_not_as_a_change_of_the_data() {
    let mut book = book();
    all(&mut book, NOW);
    let later = "2026-12-20T08:50:00Z";
    all(&mut book, later);
    let told = told(&book, Some("2026-11-22"), None, later);
    let causes: Vec<_> = told
        .change
        .as_ref()
        .unwrap()
        .entries
        .iter()
        .map(|one| (one.measure.as_str(), one.cause))
        .collect();
    assert_eq!(
        causes,
        [
            ("touch", Cause::WentStale),
            ("usage", Cause::WentStale),
            ("touch", Cause::DataChanged)
        ]
    );
    assert_eq!(told.measures[0].now.freshness, Freshness::Stale);
    let sum: i32 = told.change.unwrap().entries.iter().map(|one| one.tenths).sum();
    let ends = told.from.score.zip(told.to.score).unwrap();
    assert_eq!(sum, (i32::from(ends.1) - i32::from(ends.0)) * 10);
}

#[test]
fn a_model_of_the_same_version_with_other_numbers_is_found_in_the_journal() {
    let mut book = book();
    all(&mut book, "2026-11-22T12:00:00Z");
    let found = |book: &Book| model_of_same_version(&book.ledger, &book.setup.health).unwrap();
    assert_eq!(found(&book), None);
    let heavier = TWO.replacen("weight = 50", "weight = 150", 1);
    book.setup.health = toml::from_str::<HealthModel>(&heavier).unwrap();
    let noted = Some("2026-11-22T12:00:00Z".parse().unwrap());
    assert_eq!(found(&book), noted);
    all(&mut book, NOW);
    assert_eq!(found(&book), noted, "once it is in force too");
    let raised = heavier.replace("version = 7", "version = 8");
    book.setup.health = toml::from_str::<HealthModel>(&raised).unwrap();
    assert_eq!(found(&book), None);
}

#[test]
fn a_model_that_changed_is_told_apart_and_both_are_named() {
    let mut book = book();
    all(&mut book, "2026-11-22T12:00:00Z");
    let heavier = TWO
        .replace("version = 7", "version = 8")
        .replacen("weight = 50", "weight = 150", 1);
    book.setup.health = toml::from_str::<HealthModel>(&heavier).unwrap();
    all(&mut book, NOW);
    let told = told(&book, Some("2026-11-22T13:00:00Z"), None, NOW);
    assert_eq!((told.from.model, told.to.model), (7, 8));
    assert_ne!(told.from.hash, told.to.hash);
    let change = told.change.unwrap();
    assert!(
        change.entries.iter().any(|one| one.cause == Cause::ModelChanged),
        "{}",
        change.words()
    );
    // The same window ends before the model changed: nothing of it is told.
    let before = self::told(&book, Some("2026-10-23"), Some("2026-11-22T13:00:00Z"), NOW);
    assert_eq!((before.from.model, before.to.model), (7, 7));
    let causes = before.change.unwrap();
    assert!(
        causes.entries.iter().all(|one| one.cause == Cause::DataChanged),
        "{}",
        causes.words()
    );
}

#[test]
fn a_measure_that_the_model_gained_has_no_past_weight() {
    let mut book = book();
    let one = TWO.split("[[measures]]\nid = \"touch\"").next().unwrap();
    book.setup.health = toml::from_str(one).unwrap();
    all(&mut book, "2026-11-22T12:00:00Z");
    book.setup.health = toml::from_str(TWO).unwrap();
    all(&mut book, NOW);
    let told = told(&book, Some("2026-11-22T13:00:00Z"), None, NOW);
    assert_eq!(told.measures[1].then.weight, 0);
    assert_eq!(words(&told), "60 → 78.5 = touch +19 (model changed), touch −0.5");
}

#[test]
fn points_are_set_beside_those_of_the_segment_when_it_is_large_enough() {
    let mut book = book();
    for id in ["2", "3", "4", "5"] {
        book.account(
            id,
            "Kestrel Foods",
            &[("wau", id), ("wau_updated_at", "2026-11-22T00:00:00Z")],
        );
    }
    all(&mut book, NOW);
    let percentile = |book: &Book, to| told(book, Some("2026-10-23"), to, NOW).measures[0].percentile;
    assert_eq!(percentile(&book, None), Some(100), "it has the most");
    assert_eq!(
        percentile(&book, Some("2026-11-12")),
        None,
        "today's segment says nothing of then"
    );
}

#[test]
fn the_account_screen_and_the_list_count_from_the_score_that_the_model_of_then_made() {
    let mut book = book();
    all(&mut book, "2026-10-20T12:00:00Z");
    let lighter = TWO.replace("id = \"touch\"", "id = \"calls\"");
    book.setup.health = toml::from_str(&lighter).unwrap();
    all(&mut book, NOW);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let view = view.unwrap().unwrap();
    let (why, line) = (&view.why, super::line(&book, "1"));
    let change = i32::from(why.score.unwrap()) - i32::from(why.base_score.unwrap());
    let tenths: i32 = why
        .measures
        .iter()
        .map(|measure| measure.change_tenths.unwrap())
        .sum();
    let (then, now) = why.tenths.unwrap();
    assert_eq!(tenths, now - then, "{why:?}");
    assert_eq!(line.delta.map(i32::from), Some(change));
    let gone = why.measures.last().unwrap();
    assert_eq!(
        (gone.id.as_str(), gone.words.as_str()),
        ("touch", "no longer in the model")
    );
    assert!(gone.causes.iter().all(|(cause, _)| *cause == Cause::ModelChanged));
}

#[test]
fn without_a_band_the_list_tells_no_change_and_the_account_no_total() {
    let mut book = book();
    book.setup.health.coverage_floor = 0.9;
    let later = "2026-12-20T09:00:00Z";
    all(&mut book, later);
    let line = super::line(&book, "1");
    assert_eq!((line.band, line.score.is_some()), (Band::Unknown, true));
    assert_eq!(line.delta, None, "{line:?}");
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(later));
    let why = view.unwrap().unwrap().why;
    assert!(why.base_score.is_some(), "it had a band then");
    assert_eq!(why.tenths, None);
}

/// A champion, and usage that weighs less.
const CHAMPION: &str = r#"
version = 1
coverage_floor = 0.1
[[measures]]
id = "sponsor"
weight = 60
metric = "sponsors"
curve = [[0, 0], [1, 100]]
max_age = "14d"
[[measures]]
id = "usage"
weight = 40
metric = "weekly_active_users"
per = "seats_bought"
curve = [[0, 0], [1, 100]]
max_age = "14d"
"#;

#[test]
fn a_band_is_what_it_is_since_the_very_day_as_the_days_ledgers_tell_it() {
    let mut book = book();
    book.setup.health = toml::from_str(CHAMPION).unwrap();
    book.contact(
        "p",
        "1",
        &[("hs_buying_role", "CHAMPION"), ("left_company", "true")],
    );
    book.observe_of(Kind::Contact, "p", "left_company", &[("2026-10-28", "true")]);
    all(&mut book, NOW);
    let since = |book: &Book| {
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        view.unwrap().unwrap().why.band_since
    };
    let found = since(&book).unwrap();
    let before = found.before().unwrap();
    assert_eq!(
        (found.day().unwrap(), before.day, before.score),
        (date(2026, 10, 28), date(2026, 10, 27), Some(92))
    );
    assert_eq!(found.words(date(2026, 11, 23)), "since 28 Oct · was 92 on 27 Oct");
    for (day, band) in [("27", Band::Green), ("28", Band::Red), ("29", Band::Red)] {
        let end = told(&book, None, Some(&format!("2026-10-{day}T23:59:59Z")), NOW).to;
        assert_eq!(end.band, band, "{day}");
    }
    // Where what is kept begins later than the band, it was so on the first day that can be told, or before.
    let mut late = Book::new();
    late.setup.health = toml::from_str(CHAMPION).unwrap();
    late.account(
        "1",
        "Juniper Freight",
        &[("wau", "5"), ("wau_updated_at", "2026-11-22T00:00:00Z")],
    );
    late.observe("1", "wau", &[("2026-11-10", "5")]);
    late.observe("1", "seats_bought", &[("2026-11-10", "50")]);
    all(&mut late, NOW);
    let found = since(&late).unwrap();
    assert_eq!(found, BandSince::OrBefore(date(2026, 11, 10)));
    assert_eq!(found.words(date(2026, 11, 23)), "since 10 Nov or before");
    // As far as it is looked back it was red.
    let mut old = Book::new();
    old.setup.health = toml::from_str(CHAMPION).unwrap();
    old.account("1", "Juniper Freight", &[]);
    let gone = [("hs_buying_role", "CHAMPION"), ("left_company", "true")];
    old.contact("p", "1", &gone);
    old.observe_of(Kind::Contact, "p", "left_company", &[("2025-08-01", "true")]);
    all(&mut old, NOW);
    let found = since(&old).unwrap();
    assert_eq!(found, BandSince::OverAYear);
    assert_eq!(found.words(date(2026, 11, 23)), "for over a year");
}
