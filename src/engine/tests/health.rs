//! What the health model promises over real stores: ages, sentiment, windows, and that waiting raises no score.

use crate::domain::account_view::Freshness;
use crate::domain::health::HealthModel;
use crate::domain::record::Core;
use crate::domain::summary::Band;
use crate::engine::{What, Window, account_view, account_view_since, refresh, score_ledger};

use super::book::{Book, NOW, at, waning};
use super::{all, line};

fn model(measures: &str) -> HealthModel {
    toml::from_str(&format!("version = 2\ncoverage_floor = 0.5\n{measures}")).unwrap()
}

const SENTIMENT: &str = r#"
[[measures]]
id = "feeling"
weight = 10
value = "sentiment"
points = { good = 100, poor = 20 }
max_age = "90d"
"#;

/// Dana's account with a sentiment since a day.
fn felt(since: &str) -> Book {
    let mut book = Book::new();
    book.setup.health = model(SENTIMENT);
    book.account("1", "Juniper Freight", &[("hs_csm_sentiment", "good")]);
    book.observe("1", "hubspot_owner_id", &[("2026-01-01", "o1")]);
    book.observe("1", "hs_csm_sentiment", &[(since, "good")]);
    book
}

#[test]
fn the_sentiment_of_the_csm_counts_and_ages_from_the_day_on_which_it_was_set() {
    let mut book = felt("2026-10-01");
    all(&mut book, NOW);
    assert_eq!(
        (line(&book, "1").score, line(&book, "1").coverage),
        (Some(100), 100)
    );
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let view = view.unwrap().unwrap();
    let measure = &view.why.measures[0];
    assert_eq!(measure.words, "good, set 1 Oct");
    assert_eq!(measure.observed, Some(at("2026-10-01")));
    let mut old = felt("2026-08-01");
    all(&mut old, NOW);
    assert_eq!((line(&old, "1").score, line(&old, "1").coverage), (Some(50), 0));
}

/// What is stale counts the lower of its last points and 50 and covers nothing; it was observed once, after all.
#[test]
fn what_the_crm_has_no_property_for_any_more_counts_as_it_was_last_observed() {
    let lose = |book: &mut Book, name: &str, property: &str, left: &[(&str, &str)]| {
        let status =
            serde_json::json!({ "last_success": at(NOW), "missing_properties": [["account", property]] });
        let cache = &mut book.cache;
        cache.put_document("sync-status", &status.to_string()).unwrap();
        book.account("1", name, left);
        all(book, NOW);
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        view.unwrap().unwrap()
    };
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    for day in ["2026-10-20", "2026-11-21"] {
        let told = format!("{day}T00:00:00Z");
        book.observe("1", "wau_updated_at", &[(day, &told)]);
    }
    all(&mut book, NOW);
    assert_eq!(
        (line(&book, "1").score, line(&book, "1").coverage),
        (Some(98), 90)
    );
    let tier = [("customer_tier", "enterprise")];
    let view = lose(&mut book, "Juniper Freight", "wau", &tier);
    let lost = line(&book, "1");
    // 40 of the 90 counted 100 before and count 50 now.
    assert_eq!(
        (lost.score, lost.coverage, lost.band),
        (Some(76), 50, Band::Green)
    );
    let usage = &view.why.measures[0];
    assert_eq!((usage.points, usage.freshness), (Some(50.0), Freshness::Stale));
    assert_eq!(usage.observed, Some(at("2026-11-21")));
    let told = usage.observations.each_ref().map(|inputs| {
        let told = inputs.iter().flatten();
        let told = told.map(|one| (one.name.as_str(), one.value.as_str()));
        told.collect::<Vec<_>>()
    });
    let of = |users| vec![("weekly_active_users", users), ("seats_bought", "50")];
    assert_eq!(told, [of("40"), of("40")], "what JSON has at both ends");
    let window = Window::default();
    let told = score_ledger(
        &book.cache,
        &book.ledger,
        &book.setup,
        &"1".into(),
        window,
        at(NOW),
    );
    let told = told.unwrap().unwrap();
    assert_eq!((told.to.score, told.to.band), (lost.score, lost.band));
    assert_eq!(told.measures[0].now.observed, usage.observed);
    assert!(told.change.is_some_and(|change| change.of("usage") < 0));
    assert!(
        book.cache
            .desk()
            .unwrap()
            .unwrap()
            .cannot_tell
            .iter()
            .any(|(signal, _)| signal == "usage-drop"),
        "a signal goes by what is so now"
    );

    let mut book = felt("2026-10-01");
    lose(&mut book, "Juniper Freight", "hs_csm_sentiment", &[]);
    assert_eq!((line(&book, "1").score, line(&book, "1").coverage), (Some(50), 0));
    let mut never = Book::new();
    never.account("1", "Juniper Freight", &[]);
    let view = lose(&mut never, "Juniper Freight", "wau", &[]);
    assert_eq!(view.why.measures[0].freshness, Freshness::Unknown);
}

#[test]
fn another_csm_takes_the_sentiment_back_until_they_say_their_own() {
    let mut book = felt("2026-10-01");
    book.observe("1", "hubspot_owner_id", &[("2026-11-01", "o2")]);
    all(&mut book, NOW);
    let before = line(&book, "1");
    assert_eq!((before.score, before.band), (None, Band::Unknown));
    assert_eq!(before.trend[6], 100, "in October it was Dana's own");
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let told = view.unwrap().unwrap().why.measures.remove(0);
    assert_eq!(told.words, "set before the account changed hands: counts no more");
    assert_eq!(
        told.observed,
        Some(at("2026-10-01")),
        "it is not as if nobody had ever said it"
    );
    book.account("1", "Juniper Freight", &[("hs_csm_sentiment", "poor")]);
    all(&mut book, NOW);
    assert_eq!(
        line(&book, "1").score,
        Some(20),
        "what the ledger does not have yet was set just now"
    );
    book.observe("1", "hs_csm_sentiment", &[("2026-11-20", "poor")]);
    all(&mut book, NOW);
    assert_eq!(line(&book, "1").score, Some(20));
}

#[test]
fn a_change_over_a_window_is_known_at_every_instant_of_the_past() {
    let mut book = Book::new();
    book.setup.health = model(
        r#"
[[measures]]
id = "momentum"
weight = 10
value = "change('weekly_active_users', days(30))"
curve = [[-0.5, 0], [0, 100]]
max_age = "30d"
"#,
    );
    book.account(
        "1",
        "Juniper Freight",
        &[("wau", "20"), ("wau_updated_at", "2026-11-22T00:00:00Z")],
    );
    book.observe(
        "1",
        "wau",
        &[("2025-01-01", "40"), ("2026-09-20", "30"), ("2026-11-10", "20")],
    );
    all(&mut book, NOW);
    let line = line(&book, "1");
    // 30 → 20, and four and eight weeks before: 30 → 30 and 40 → 30.
    assert_eq!((line.score, line.trend[6], line.trend[5]), (Some(33), 100, 50));
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let measure = &view.unwrap().unwrap().why.measures[0];
    assert_eq!(
        (measure.words.as_str(), measure.freshness),
        ("−33 %, was 0 %", Freshness::Fresh)
    );
}

#[test]
fn a_count_of_tickets_and_days_since_an_event_are_measures() {
    let mut book = Book::new();
    book.setup.health = model(
        r#"
[[measures]]
id = "recent"
weight = 10
value = "count('tickets', days(60))"
curve = [[0, 100], [4, 0]]
max_age = "7d"
[[measures]]
id = "contacts"
weight = 10
value = "count('contacts')"
curve = [[0, 0], [2, 100]]
max_age = "7d"
"#,
    );
    book.account("1", "Juniper Freight", &[]);
    book.contact("p", "1", &[]);
    book.ticket("t", "1", "2026-11-10", &[(Core::Subject, "SSO")]);
    all(&mut book, NOW);
    let shown = line(&book, "1");
    assert_eq!((shown.score, shown.trend[6]), (Some(62), 75));
    // Neither rests on a metric: what they rest on is what they count.
    let observed = |book: &Book, id: &str| {
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW)).unwrap();
        let measures = view.unwrap().why.measures;
        let measure = measures.into_iter().find(|one| one.id == id).unwrap();
        measure.observations.map(|inputs| {
            let inputs = inputs?.into_iter();
            Some(inputs.map(|one| (one.name, one.value)).collect::<Vec<_>>())
        })
    };
    let told = |id: &str, value: &str| Some(vec![(id.to_owned(), value.to_owned())]);
    assert_eq!(
        observed(&book, "recent"),
        [told("recent", "0"), told("recent", "1")]
    );
    // The model of then did not have it.
    let mut later = book.setup.health.measures[0].clone();
    later.id = "later".to_owned();
    book.setup.health.measures.push(later);
    all(&mut book, NOW);
    assert_eq!(observed(&book, "later"), [None, told("later", "1")]);
}

/// Everything that could move by itself: ages, days until a date, an override that ends.
const RESTLESS: &str = r#"
[[measures]]
id = "usage"
weight = 40
metric = "weekly_active_users"
per = "seats_bought"
curve = [[0, 0], [1, 100]]
max_age = "14d"
[[measures]]
id = "decision"
weight = 20
value = "days_until('decision')"
curve = [[0, 100], [200, 0]]
max_age = "60d"
[[measures]]
id = "quiet"
weight = 20
value = "days_since('last_touch')"
curve = [[0, 0], [90, 100]]
max_age = "30d"
[[measures]]
id = "tickets"
weight = 20
metric = "ticket_load"
curve = [[0, 100], [5, 0]]
max_age = "120d"
[overrides.segment.enterprise]
until = "2026-12-15"
weights = { usage = 400 }
"#;

#[test]
fn while_no_sync_completes_score_and_band_never_rise() {
    let mut book = Book::new();
    book.setup.health = model(RESTLESS);
    for (id, usage) in [("1", "0"), ("2", "10"), ("3", "25"), ("4", "45"), ("5", "50")] {
        book.healthy(id, "Juniper Freight");
        let usual = [
            ("wau_updated_at", "2026-11-22T00:00:00Z"),
            ("customer_tier", "enterprise"),
        ];
        book.account(id, "Juniper Freight", &[&usual[..], &[("wau", usage)]].concat());
        book.ticket(&format!("{id}-u"), id, "2026-11-01", &[(Core::Subject, "SSO")]);
    }
    all(&mut book, NOW);
    let seen = |book: &Book| -> Vec<_> {
        let lines = ["1", "2", "3", "4", "5"].map(|id| line(book, id));
        lines
            .iter()
            .map(|line| (line.score, line.last_band.unwrap_or(line.band), line.coverage))
            .collect()
    };
    let mut before = seen(&book);
    let mut fell = 0;
    for days in [1, 2, 8, 15, 23, 31, 47, 61, 90, 130, 200, 400] {
        let now = at(NOW)
            .checked_add(jiff::SignedDuration::from_hours(24 * days))
            .unwrap();
        refresh(&mut book.cache, &mut book.ledger, &book.setup, What::All, now).unwrap();
        let after = seen(&book);
        for (was, is) in before.iter().zip(&after) {
            assert!(
                is.0 <= was.0 && is.1 <= was.1 && is.2 <= was.2,
                "{was:?} → {is:?} after {days} d"
            );
            fell += u32::from(is.0 < was.0);
        }
        before = after;
    }
    assert!(fell > 3, "something must have gone stale: {before:?}");
}

#[test]
fn the_model_in_force_is_noted_whole_when_it_is_first_used() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let noted = |book: &Book| book.ledger.events(None, &["health-model"]).unwrap();
    all(&mut book, NOW);
    all(&mut book, "2026-11-24T08:00:00Z");
    assert_eq!(noted(&book).len(), 1);
    let first = book.setup.health.clone();
    book.setup.health.measures[0].weight = 1_000;
    all(&mut book, "2026-11-25T08:00:00Z");
    book.setup.health = first.clone();
    all(&mut book, "2026-11-26T08:00:00Z");
    let events = noted(&book);
    assert_eq!(events.len(), 3, "and again when it comes back");
    assert_eq!(events[0].payload["hash"], events[2].payload["hash"]);
    assert_eq!(events[0].payload["version"], 1);
    let kept: HealthModel = serde_json::from_value(events[0].payload["model"].clone()).unwrap();
    assert_eq!(kept, first);
}

#[test]
fn the_chart_has_the_median_of_the_segment_week_by_week_once_there_are_enough_accounts() {
    let mut book = Book::new();
    book.setup.health = model(
        r#"
[[measures]]
id = "usage"
weight = 10
metric = "weekly_active_users"
curve = [[0, 0], [100, 100]]
max_age = "9999d"
"#,
    );
    let now = [10, 20, 30, 40, 50];
    for (at, users) in now.iter().enumerate() {
        let id = (at + 1).to_string();
        let users = users.to_string();
        book.account(&id, "x", &[("customer_tier", "enterprise"), ("wau", &users)]);
        let before = (at * 10 + 50).to_string();
        book.observe(&id, "wau", &[("2025-06-01", &before), ("2026-11-20", &users)]);
    }
    book.account("6", "alone", &[("customer_tier", "small"), ("wau", "70")]);
    book.observe("6", "wau", &[("2025-06-01", "70")]);
    all(&mut book, NOW);
    let chart = |id: &str| {
        let view = account_view(&book.cache, &book.ledger, &book.setup, &id.into(), at(NOW));
        view.unwrap().unwrap().chart
    };
    let first = chart("1");
    assert_eq!((first[52].score, first[52].median), (Some(10), Some(30)));
    assert_eq!((first[45].score, first[45].median), (Some(50), Some(70)));
    assert!(
        chart("6").iter().all(|point| point.median.is_none()),
        "one is no segment"
    );
}

#[test]
fn the_change_is_counted_from_any_instant() {
    let mut book = felt("2026-10-01");
    book.setup.health = model(
        r#"
[[measures]]
id = "usage"
weight = 10
metric = "weekly_active_users"
curve = [[0, 0], [100, 100]]
max_age = "9999d"
"#,
    );
    book.account("1", "Juniper Freight", &[("wau", "20")]);
    book.observe(
        "1",
        "wau",
        &[("2025-01-01", "80"), ("2026-05-01", "60"), ("2026-11-20", "20")],
    );
    all(&mut book, NOW);
    let since = |day: &str| {
        let view = account_view_since(
            &book.cache,
            &book.ledger,
            &book.setup,
            &"1".into(),
            Some(at(day)),
            at(NOW),
        );
        let why = view.unwrap().unwrap().why;
        (
            why.base_score,
            why.measures[0].change_tenths,
            why.measures[0].words.clone(),
        )
    };
    assert_eq!(
        since("2026-06-01"),
        (Some(60), Some(-400), "weekly users 60 → 20, −67 %".to_owned())
    );
    assert_eq!(
        since("2026-04-01"),
        (Some(80), Some(-600), "weekly users 80 → 20, −75 %".to_owned())
    );
}

#[test]
fn a_feed_that_tells_no_time_lives_again_with_the_first_value_that_a_delta_brings() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    for metric in book.setup.mapping.metrics.values_mut() {
        metric.as_of = None;
    }
    book.setup.mapping.metrics.retain(|id, _| id != "seats_used");
    let freshness = |book: &Book, now: &str| {
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(now));
        view.unwrap().unwrap().why.measures[0].freshness
    };
    all(&mut book, NOW);
    assert_eq!(freshness(&book, NOW), Freshness::Stale);
    book.observe("1", "wau", &[("2026-11-22", "41")]);
    let changed = ["1".into()];
    let what = What::Accounts(&changed);
    refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
    assert_eq!(freshness(&book, NOW), Freshness::Fresh);
}

#[test]
fn a_part_that_would_bring_points_back_has_the_playbook_that_can_help_the_account() {
    let mut book = waning();
    book.observe("1", "wau", &[("2026-11-10", "10")]);
    book.contact("left", "1", &[]);
    book.ticket("k", "1", "2026-11-20", &[(Core::Priority, "urgent")]);
    all(&mut book, NOW);
    let fixes = |book: &Book| {
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        let fixes = view.unwrap().unwrap().fixes.into_iter();
        let named = fixes.map(|fix| (fix.measure, fix.playbook.map(|(id, _)| id)));
        named.collect::<Vec<_>>()
    };
    let with = |measure: &str, playbook: Option<&str>| (measure.to_owned(), playbook.map(str::to_owned));
    assert_eq!(
        fixes(&book),
        [
            with("usage", Some("waning-interest")),
            with("tickets", None),
            // A champion is there: that one left is not what costs points.
            with("sponsor", None),
        ]
    );
    // One that is not for this account, or whose end is reached already, is not named; the next that fits is.
    let mut playbooks = book.setup.playbooks.clone();
    let waning = playbooks
        .iter_mut()
        .find(|one| one.id == "waning-interest")
        .unwrap();
    waning.applies_when = Some("stage == 'onboarding'".to_owned().try_into().unwrap());
    let mut other = waning.clone();
    (other.id, other.applies_when) = ("other".to_owned(), None);
    book.setup.playbooks = playbooks.clone().into_iter().chain([other.clone()]).collect();
    assert_eq!(fixes(&book)[0], with("usage", Some("other")));
    other.exit_when = Some("count('contacts') > 0".to_owned().try_into().unwrap());
    book.setup.playbooks = playbooks.into_iter().chain([other]).collect();
    assert_eq!(
        fixes(&book)[0],
        with("usage", Some("waning-interest")),
        "whether it is for the account cannot be told, as its stage is unknown"
    );
}
