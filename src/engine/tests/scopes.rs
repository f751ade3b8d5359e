//! What the key may not read is unknown: it is neither none nor missing.

use super::book::{Book, NOW, at};
use super::{all, fired, line};
use crate::config::mapping::ContractSource;
use crate::domain::account_view::{AccountView, Freshness};
use crate::domain::expression::Condition;
use crate::domain::record::Kind;
use crate::domain::summary::Band;
use crate::domain::unread::Unread;
use crate::engine::account_view;

/// The sync came to its end without these kinds.
fn without(book: &mut Book, kinds: &[&str]) {
    let missing: Vec<_> = kinds.iter().map(|kind| (*kind, "a scope")).collect();
    let status = serde_json::json!({ "last_success": at(NOW), "missing_scopes": missing });
    book.cache
        .put_document("sync-status", &status.to_string())
        .unwrap();
}

#[test]
fn a_desk_made_before_all_was_judged_says_so() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    crate::engine::keep_desk(&mut book.cache, &book.ledger, &book.setup, at(NOW)).unwrap();
    let unjudged = |book: &Book| book.cache.desk().unwrap().unwrap().unjudged;
    assert!(unjudged(&book));
    assert!(book.cache.top_of_desk().unwrap().unwrap().unjudged);
    all(&mut book, NOW);
    assert!(!unjudged(&book));
}

#[test]
fn where_the_crm_does_not_say_when_contracts_end_arr_is_unknown_or_at_least() {
    let mut book = Book::new();
    let without = |book: &mut Book, missing: &[(&str, &str)]| {
        let status = serde_json::json!({ "last_success": at(NOW), "missing_properties": missing });
        let cache = &mut book.cache;
        cache.put_document("sync-status", &status.to_string()).unwrap();
        all(book, NOW);
    };
    for (id, start) in [("a", "2024-02-01"), ("b", "2025-02-01"), ("c", "2026-02-01")] {
        let properties = [
            ("contract_start", start),
            ("hs_arr", "84000"),
            ("auto_renew", "true"),
        ];
        book.account("1", "Harbour Retail", &[]);
        book.deal(id, "1", &properties, "closedwon");
    }
    without(&mut book, &[]);
    let before = line(&book, "1");
    assert_eq!((before.arr, before.arr_at_least), (Some(8_400_000), false));
    assert_eq!(fired(&book, "1"), ["renewal-date-missing"]);
    without(&mut book, &[("contract", "contract_end")]);
    let after = line(&book, "1");
    assert_eq!((after.arr, after.at_stake, after.ends), (None, None, None));
    let desk = book.cache.desk().unwrap().unwrap();
    assert_eq!((desk.day.arr.known, desk.day.arr.unknown), (0, 1));
    for signal in ["renewal-date-missing", "contradictory-data"] {
        assert!(desk.cannot_tell.contains(&(signal.to_owned(), 1)), "{signal}");
    }
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let states = view.unwrap().unwrap().contracts;
    assert!(states.iter().all(|one| one.state == "unknown"), "{states:?}");
    // What is still known to run is what it surely pays.
    book.contract("d", "1", "2026-02-01", "2027-01-31");
    without(&mut book, &[("contract", "contract_end")]);
    let partly = line(&book, "1");
    assert_eq!(
        (partly.arr, partly.arr_at_least, partly.at_stake),
        (Some(8_400_000), true, None)
    );
    book.setup.mapping.contracts.end = None;
    without(&mut book, &[]);
    assert_eq!(line(&book, "1").arr, None, "no property is mapped");
}

#[test]
fn a_touch_is_not_told_while_one_kind_of_touchpoint_is_hidden() {
    for kind in ["call", "meeting", "e-mail"] {
        let mut book = Book::new();
        book.healthy("1", "Juniper Freight");
        book.touch("1-t", "1", "2026-06-01");
        without(&mut book, &[kind]);
        all(&mut book, NOW);
        assert_eq!(line(&book, "1").last_touch, None, "{kind}");
        assert!(!fired(&book, "1").contains(&"no-touch".to_owned()), "{kind}");
        let desk = book.cache.desk().unwrap().unwrap();
        assert!(
            desk.cannot_tell.iter().any(|(signal, _)| signal == "no-touch"),
            "{kind}: {:?}",
            desk.cannot_tell
        );
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        let measures = view.unwrap().unwrap().why.measures;
        let touch = measures.iter().find(|measure| measure.id == "touch").unwrap();
        assert_eq!(touch.freshness, Freshness::Unknown, "{touch:?}");
        assert!(
            touch.words.starts_with("last call 1 Jun, or later: "),
            "{touch:?}"
        );
    }
}

/// Days since a touch that is known are the most that they can be.
#[test]
fn a_touch_so_recent_that_a_later_one_would_count_no_more_proves_itself() {
    let measured = |day: &str| {
        let mut book = Book::new();
        book.healthy("1", "Juniper Freight");
        book.touch("1-t", "1", day);
        without(&mut book, &["e-mail"]);
        all(&mut book, NOW);
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        let measures = view.unwrap().unwrap().why.measures;
        let touch = measures
            .into_iter()
            .find(|measure| measure.id == "touch")
            .unwrap();
        (touch.points, touch.freshness)
    };
    assert_eq!(measured("2026-11-09"), (Some(100.0), Freshness::Fresh));
    assert_eq!(measured("2026-11-08"), (None, Freshness::Unknown));
}

#[test]
fn renewals_are_not_missing_while_contracts_are_hidden() {
    let mut book = Book::new();
    book.account("1", "Harbour Retail", &[]);
    book.healthy("2", "Juniper Freight");
    without(&mut book, &["contract"]);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), [""; 0]);
    let line = line(&book, "2");
    assert_eq!(
        (line.ends, line.notice_by, line.arr, line.at_stake),
        (None, None, None, None)
    );
    let desk = book.cache.desk().unwrap().unwrap();
    assert!(
        desk.cannot_tell.contains(&("renewal-date-missing".to_owned(), 2)),
        "{:?}",
        desk.cannot_tell
    );
}

#[test]
fn no_list_and_no_word_says_that_there_is_none_of_what_is_hidden() {
    let mut book = Book::new();
    book.account("1", "Juniper Freight", &[]);
    let view = |book: &mut Book| {
        all(book, NOW);
        let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
        view.unwrap().unwrap()
    };
    let words = |view: &AccountView| -> Vec<String> {
        let measures = view.why.measures.iter();
        measures.map(|measure| measure.words.clone()).collect()
    };
    let open = view(&mut book);
    assert_eq!(open.unread, Unread::default());
    assert!(words(&open).contains(&"NPS never asked or answered".to_owned()));
    without(&mut book, &["contact", "task", "ticket", "contract"]);
    let hidden = view(&mut book);
    let words = words(&hidden);
    for said in [
        "champion unknown: the key cannot read contacts",
        "tickets unknown: the key cannot read them",
        "NPS unknown: the key cannot read contacts",
    ] {
        assert!(words.contains(&said.to_owned()), "{said}: {words:?}");
    }
    let why = hidden.unread.why(&[Kind::Contact]);
    assert_eq!(
        why.as_deref(),
        Some("the CRM key may not read contacts (it lacks a scope)")
    );
    let desk = book.cache.desk().unwrap().unwrap();
    assert!(desk.told(true).late.is_err() && desk.told(true).handoffs_for_me.is_ok());
    // What the account's own properties tell of needs no right to read deals.
    book.setup.mapping.contracts.from = ContractSource::Account;
    assert!(!view(&mut book).unread.hides(Kind::Contract));
}

#[test]
fn a_score_below_the_coverage_floor_is_none_in_trend_and_chart() {
    let mut book = Book::new();
    book.account("1", "Harbour Retail", &[]);
    book.touch("1-t", "1", "2026-11-20");
    all(&mut book, NOW);
    let line = line(&book, "1");
    assert!(line.score.is_some() && line.band == Band::Unknown, "{line:?}");
    assert_eq!(line.trend[7], 255);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let chart = view.unwrap().unwrap().chart;
    assert_eq!(chart.last().unwrap().score, None);
}

#[test]
fn days_beside_a_date_are_days_of_the_calendar() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    // A week ago by the calendar, six days and sixteen hours by the clock.
    book.touch("1-t", "1", "2026-11-16T16:50:00Z");
    book.setup.signals.signals[0].when =
        Condition::try_from("days_since('last_touch') == 7".to_owned()).unwrap();
    let id = book.setup.signals.signals[0].id.clone();
    all(&mut book, NOW);
    assert!(fired(&book, "1").contains(&id), "{:?}", fired(&book, "1"));
}
