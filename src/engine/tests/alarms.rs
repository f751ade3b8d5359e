//! How the alarms do as of a day, and rules played back over the past.

use std::collections::BTreeMap;

use super::all;
use super::book::{Book, NOW, at};
use crate::domain::health::HealthModel;
use crate::domain::record::Kind;
use crate::domain::signal::Signal;
use crate::domain::summary::Band;
use crate::domain::warning::{AlarmReport, CaseLine, Closed, Level, Verdict, WarningEvent, What};
use crate::engine::playback::{History, Load, Period, Played, play_back};
use crate::engine::{self, note_warnings};
use crate::store::{Observation, Source};

fn report(book: &Book, until: Option<&str>) -> AlarmReport {
    engine::alarms(&book.cache, &book.ledger, &book.setup, at(NOW), until.map(at)).unwrap()
}

/// A property of account 1 was read then, and noted.
fn noted(book: &mut Book, when: &str, property: &str, value: &str) {
    let seen = Observation {
        account: None,
        kind: Kind::Account,
        record: "1".into(),
        source: Source::Sync,
        effective_at: at("2026-11-01"),
        fields: BTreeMap::from([(property.to_owned(), Some(value.to_owned()))]),
    };
    book.ledger.observe(&[seen], at(when)).unwrap();
}

#[test]
fn a_churn_is_told_as_of_a_day_by_what_was_noted_until_then() {
    let mut book = Book::new();
    let left = [("churn_date", "2026-11-01"), ("churn_reason", "price")];
    book.account("1", "Old Mill", &left);
    noted(&mut book, "2026-11-10", "account_manager", "o1");
    noted(&mut book, "2026-11-10", "churn_date", "2026-10-01");
    noted(&mut book, "2026-11-15", "churn_reason", "product");
    noted(&mut book, "2026-11-20", "churn_date", "2026-11-01");
    noted(&mut book, "2026-11-20", "churn_reason", "price");
    all(&mut book, NOW);
    let told = |until: Option<&str>| -> Vec<(String, Option<String>)> {
        let churns = report(&book, until).churns.into_iter();
        churns.map(|churn| (churn.on.to_string(), churn.reason)).collect()
    };
    let reason = |reason: &str| Some(reason.to_owned());
    assert!(
        report(&book, Some("2026-11-09")).began_later,
        "the ledger knew nothing yet"
    );
    assert!(!report(&book, Some("2026-11-12")).began_later);
    assert!(!report(&book, None).began_later);
    assert_eq!(told(Some("2026-11-12")), [("2026-10-01".to_owned(), None)]);
    assert_eq!(
        told(Some("2026-11-16")),
        [("2026-10-01".to_owned(), reason("product"))]
    );
    let now = [("2026-11-01".to_owned(), reason("price"))];
    assert_eq!(told(Some("2026-11-21")), now);
    assert_eq!(told(None), now);
}

#[test]
fn signals_that_first_looked_later_had_not_looked_as_of_a_day() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    all(&mut book, NOW);
    assert!(report(&book, None).first_look.is_some());
    assert_eq!(report(&book, Some("2026-11-20")).first_look, None);
}

#[test]
fn what_was_judged_is_listed_first_with_who_said_so_and_why() {
    let mut book = Book::new();
    for (id, name) in [
        ("1", "Juniper Freight"),
        ("2", "Kestrel Foods"),
        ("3", "Old Mill"),
    ] {
        book.account(id, name, &[]);
    }
    all(&mut book, NOW);
    let closed = WarningEvent {
        account: "2".into(),
        what: What::Closed(Closed {
            signal: "renewal-date-missing".to_owned(),
            verdict: Verdict::Known,
            why: "signed on paper".to_owned(),
            level: Level {
                words: "12 d".to_owned(),
                band: Some(Band::Amber),
                ..Level::default()
            },
        }),
    };
    note_warnings(&mut book.ledger, &[closed], at(NOW))
        .unwrap()
        .unwrap();
    let report = report(&book, None);
    let of = |id: &str| report.signals.iter().find(|one| one.signal == id).unwrap();
    let missing = of("renewal-date-missing");
    let names: Vec<&str> = missing.cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["Kestrel Foods", "Juniper Freight", "Old Mill"]);
    assert_eq!(missing.cases.len(), missing.tally.fired as usize);
    let said: Vec<String> = missing.cases.iter().map(CaseLine::why).collect();
    assert_eq!(said, ["dana: “signed on paper”, seeing 12 d, amber", "", ""]);
    assert_eq!(missing.cases[0].words(), "known");
    assert_eq!(of("usage-drop").cases, []);
}

fn rule(when: &str, severity: &str) -> Signal {
    let told = serde_json::json!({
        "id": "own", "title": "own", "when": when, "severity": severity, "kind": "risk", "version": 1,
    });
    serde_json::from_value(told).unwrap()
}

/// What a rule would have said, looked at every day from the beginning of December 2025 on.
fn history(book: &Book, rule: &Signal) -> History {
    played(book, rule).histories.remove(0)
}

fn played(book: &Book, rule: &Signal) -> Played {
    let period = Period {
        from: at("2025-12-01"),
        until: at(NOW),
        every: 1,
    };
    let stores = (&book.cache, &book.ledger);
    play_back(stores, &book.setup, &[rule], period, at(NOW)).unwrap()
}

#[test]
fn a_backtest_says_of_how_many_accounts_contracts_were_known_only_later() {
    let mut book = Book::new();
    for (id, known) in [("1", "2025-11-01"), ("2", "2026-05-01")] {
        book.account(id, "Old Mill", &[]);
        let (deal, start, end) = (format!("{id}-c"), "2026-02-01", "2027-01-31");
        for (property, value) in [
            ("contract_start", start),
            ("contract_end", end),
            ("hs_arr", "84000"),
        ] {
            book.observe_of(Kind::Contract, &deal, property, &[(known, value)]);
        }
        book.contract(&deal, id, start, end);
    }
    all(&mut book, NOW);
    assert_eq!(played(&book, &rule(QUIET, "high")).contracts_later, 1);
}

/// It speaks at the end of December 2025 of an account that was last touched at its beginning.
const QUIET: &str = "days_since('last_touch') > 20 && days_since('last_touch') < 40";

/// A model of the usage alone, with these bands.
fn model(green: u8, amber: u8) -> HealthModel {
    let bands = format!("version = 1\ncoverage_floor = 0.1\n[bands]\ngreen = {green}\namber = {amber}\n");
    let usage = "[[measures]]\nid = \"usage\"\nweight = 1\nmetric = \"weekly_active_users\"\n\
                 per = \"seats_bought\"\ncurve = [[0, 0], [1, 100]]\nmax_age = \"900d\"\n";
    toml::from_str(&(bands + usage)).unwrap()
}

#[test]
fn an_account_that_another_model_calls_red_has_not_turned_red() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.setup.signals.signals = vec![rule("score > 1", "high")];
    book.setup.health = model(70, 50);
    all(&mut book, NOW);
    let to_red = |book: &Book| report(book, None).signals.remove(0).tally.to_red;
    book.setup.health = model(95, 90);
    all(&mut book, "2026-11-24T08:50:00Z");
    assert_eq!(super::line(&book, "1").band, Band::Red);
    assert_eq!(to_red(&book), [0; 0]);
    book.setup.health = model(70, 50);
    all(&mut book, "2026-11-25T08:50:00Z");
    book.account("1", "Juniper Freight", &[("wau", "5")]);
    book.observe("1", "wau", &[("2026-11-26", "5")]);
    book.synced("2026-11-26T08:50:00Z");
    all(&mut book, "2026-11-26T08:50:00Z");
    assert_eq!(super::line(&book, "1").band, Band::Red);
    assert_eq!(to_red(&book), [3]);
}

fn refresh_one(book: &mut Book, id: &str, when: &str) {
    let one = [id.into()];
    let (cache, ledger) = (&mut book.cache, &mut book.ledger);
    engine::refresh(cache, ledger, &book.setup, engine::What::Accounts(&one), at(when)).unwrap();
}

#[test]
fn nor_has_one_that_is_judged_by_another_model_after_that_was_noted() {
    not_turned_red_by_another_model(None);
}

#[test]
fn nor_has_one_of_a_book_that_a_former_version_has_judged() {
    not_turned_red_by_another_model(Some("true"));
}

/// What the cache keeps of the run that judged all accounts is as it was written, or as it was written once.
fn not_turned_red_by_another_model(judged: Option<&str>) {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.healthy("2", "Marlow & Pike");
    book.setup.signals.signals = vec![rule("score > 1", "high")];
    book.setup.health = model(70, 50);
    all(&mut book, NOW);
    if let Some(judged) = judged {
        book.cache.put_document("judged", judged).unwrap();
    }
    book.setup.health = model(95, 90);
    // One account alone is judged by it, as after a write; a run over all of them comes later.
    refresh_one(&mut book, "1", "2026-11-24T08:50:00Z");
    all(&mut book, "2026-11-25T08:50:00Z");
    let to_red = |book: &Book| report(book, None).signals.remove(0).tally.to_red;
    assert_eq!(super::line(&book, "2").band, Band::Red);
    assert_eq!(to_red(&book), [0; 0]);
    book.setup.health = model(70, 50);
    all(&mut book, "2026-11-26T08:50:00Z");
    book.account("2", "Marlow & Pike", &[("wau", "5")]);
    book.observe("2", "wau", &[("2026-11-27", "5")]);
    book.synced("2026-11-27T08:50:00Z");
    refresh_one(&mut book, "2", "2026-11-27T08:50:00Z");
    assert_eq!(to_red(&book), [4]);
}

#[test]
fn a_rule_has_not_missed_a_churn_that_came_while_it_spoke_or_soon_after() {
    let mut book = Book::new();
    book.account("1", "Old Mill", &[("churn_date", "2026-11-10")]);
    book.touch("t1", "1", "2025-12-03");
    book.account("2", "Alder Works", &[("churn_date", "2026-11-11")]);
    all(&mut book, NOW);
    let found = history(&book, &rule("days_since('last_touch') > 20", "high"));
    assert_eq!((found.churns, found.firings.len()), (2, 1));
    assert!(found.firings[0].before_churn.is_some_and(|days| days > 300));
    assert_eq!(found.missed, []);
    assert_eq!(
        found.untold, 1,
        "of Alder Works no touch is known: it could not tell"
    );
    assert_eq!(
        found.cannot_tell, 2,
        "accounts, however many looks: Old Mill has none before its first touch"
    );
    // What cleared in January has nothing to do with November.
    let cleared = history(&book, &rule(QUIET, "high"));
    assert_eq!(
        (cleared.firings.len(), cleared.firings[0].before_churn),
        (1, None)
    );
    let missed: Vec<&str> = cleared.missed.iter().map(|(id, ..)| id.as_str()).collect();
    assert_eq!((missed, cleared.untold), (vec!["1"], 1));
}

#[test]
fn what_a_rule_takes_of_the_budget_is_by_the_setting_and_nothing_when_it_is_critical() {
    let mut book = Book::new();
    for id in ["1", "2"] {
        book.account(id, "Old Mill", &[]);
        book.touch(&format!("t{id}"), id, "2025-12-03");
    }
    all(&mut book, NOW);
    let load = |above_budget| Load {
        most_between_looks: 2,
        above_budget,
    };
    assert_eq!(history(&book, &rule(QUIET, "high")).load, Some(load(0)));
    book.setup.settings.warnings.budget = 1;
    assert_eq!(history(&book, &rule(QUIET, "high")).load, Some(load(1)));
    assert_eq!(history(&book, &rule(QUIET, "critical")).load, None);
}
