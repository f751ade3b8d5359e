//! What is true at the first look at it is standing, and what comes later is new: by the journal, whatever the cache has.

use super::book::{Book, NOW, at};
use super::{all, warnings};
use crate::domain::record::RecordId;
use crate::engine::{What, refresh};
use crate::store::NewEvent;
use crate::store::account::SEEN;

const AN_HOUR_LATER: &str = "2026-11-23T09:50:00Z";
const NEXT_DAY: &str = "2026-11-24T09:00:00Z";

/// Its usage is by 45 % less than it was.
fn fall(book: &mut Book, id: &str) {
    let less = [("wau", "22"), ("wau_updated_at", "2026-11-22T00:00:00Z")];
    book.account(id, "Juniper Freight", &less);
    book.observe(id, "wau", &[("2026-11-10", "22")]);
}

/// The sync tells that it is here from now on.
fn seen(book: &mut Book, id: &str, when: &str) {
    let event = NewEvent {
        account: Some(id.into()),
        kind: SEEN.to_owned(),
        effective_at: at(when),
        payload: serde_json::json!({}),
    };
    book.ledger.append(&[event], at(when)).unwrap();
}

/// Accounts that are well.
fn well(ids: &[&str]) -> Book {
    let mut book = Book::new();
    for id in ids {
        seen(&mut book, id, NOW);
        book.healthy(id, "Juniper Freight");
    }
    book
}

fn is_standing(book: &Book, id: &str) -> bool {
    let found = warnings(book, id);
    assert_eq!(found[0].signal, "usage-drop");
    found[0].standing
}

fn only(book: &mut Book, ids: &[&str], now: &str) {
    let ids: Vec<RecordId> = ids.iter().map(|id| RecordId::from(*id)).collect();
    let what = What::Accounts(&ids);
    refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(now)).unwrap();
}

#[test]
fn what_trips_after_the_first_look_is_new_even_within_the_hour() {
    let mut book = well(&["1", "2"]);
    fall(&mut book, "1");
    all(&mut book, NOW);
    fall(&mut book, "2");
    only(&mut book, &["2"], AN_HOUR_LATER);
    assert_eq!((is_standing(&book, "1"), is_standing(&book, "2")), (true, false));
}

#[test]
fn a_first_look_that_was_cut_off_is_a_first_look_still_when_it_is_begun_again() {
    let mut book = well(&["1", "2"]);
    fall(&mut book, "1");
    fall(&mut book, "2");
    only(&mut book, &["1"], NOW);
    all(&mut book, NEXT_DAY);
    assert!(is_standing(&book, "1") && is_standing(&book, "2"));
    // The next version of the rule, by its warnings alone.
    let mut signals = book.setup.signals.signals.iter_mut();
    signals.find(|signal| signal.id == "usage-drop").unwrap().version = 2;
    book.healthy("2", "Juniper Freight");
    only(&mut book, &["2"], NEXT_DAY);
    fall(&mut book, "2");
    only(&mut book, &["2"], "2026-11-25T09:00:00Z");
    assert!(is_standing(&book, "2"), "nobody has looked at all accounts");
    let (cache, ledger) = (&mut book.cache, &mut book.ledger);
    refresh(
        cache,
        ledger,
        &book.setup,
        What::Warnings,
        at("2026-11-25T09:00:00Z"),
    )
    .unwrap();
    book.healthy("1", "Juniper Freight");
    only(&mut book, &["1"], "2026-11-26T09:00:00Z");
    fall(&mut book, "1");
    only(&mut book, &["1"], "2026-11-26T09:00:00Z");
    assert!(!is_standing(&book, "1"));
}

#[test]
fn what_holds_on_an_account_as_it_comes_is_standing_and_what_trips_there_later_is_new() {
    let mut book = well(&["1"]);
    all(&mut book, NOW);
    for id in ["2", "3"] {
        seen(&mut book, id, AN_HOUR_LATER);
        book.healthy(id, "Kestrel Foods");
    }
    fall(&mut book, "2");
    only(&mut book, &["2", "3"], AN_HOUR_LATER);
    fall(&mut book, "3");
    all(&mut book, NEXT_DAY);
    assert_eq!((is_standing(&book, "2"), is_standing(&book, "3")), (true, false));
}

/// What the journal has of warnings after a day on which one account fell and another came.
fn journal(cache_is_deleted: bool) -> Vec<String> {
    let mut book = well(&["1", "2"]);
    fall(&mut book, "1");
    all(&mut book, NOW);
    if cache_is_deleted {
        let ids = ["1".into(), "2".into()];
        book.cache.put_summaries(&[], &ids).unwrap();
        for id in &ids {
            book.cache.put_warnings(id, &[]).unwrap();
        }
    }
    seen(&mut book, "3", NEXT_DAY);
    for id in ["3", "2"] {
        book.healthy(id, "Juniper Freight");
        fall(&mut book, id);
    }
    all(&mut book, NEXT_DAY);
    let events = book.ledger.events(None, &[]).unwrap().into_iter();
    let words = |event: crate::store::Event| {
        let account = event.account.map(|id| id.to_string());
        format!(
            "{account:?} {} {} {}",
            event.kind, event.effective_at, event.payload
        )
    };
    events.map(words).collect()
}

#[test]
fn after_a_deleted_cache_the_history_is_that_of_an_undisturbed_run() {
    let undisturbed = journal(false);
    let opened = undisturbed
        .iter()
        .filter(|words| words.contains("warning-opened"));
    assert_eq!(opened.count(), 3);
    assert_eq!(journal(true), undisturbed);
}
