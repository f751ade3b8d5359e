//! When somebody last spoke with a contact; and accounts by the id that was merged away.

use super::book::{Book, NOW, at};
use crate::domain::account_view::AccountView;
use crate::domain::record::{Kind, RecordId};
use crate::engine::{account_view, find_account};
use crate::store::{CachePage, LinkSet};

use super::{all, fired, line};

/// These calls were with this contact.
fn with(book: &mut Book, contact: &str, calls: &[&str]) {
    let link = LinkSet {
        from: (Kind::Contact, RecordId::from(contact)),
        to: Kind::Call,
        ids: calls.iter().map(|id| RecordId::from(*id)).collect(),
    };
    let page = CachePage {
        links: std::slice::from_ref(&link),
        ..CachePage::default()
    };
    book.cache.commit_page(&page).unwrap();
}

#[test]
fn the_last_touch_is_with_the_contact_and_not_with_the_account() {
    let mut book = Book::new();
    book.healthy("1", "Alder Bakery");
    book.contact("1-q", "1", &[]);
    book.touch("old", "1", "2026-10-02");
    book.touch("ahead", "1", "2026-12-24");
    with(&mut book, "1-p", &["old", "ahead", "elsewhere"]);
    all(&mut book, NOW);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW))
        .unwrap()
        .unwrap();
    let last = |id: &str| {
        view.people
            .iter()
            .find(|one| one.id.as_str() == id)
            .unwrap()
            .last_touch
    };
    assert_eq!(
        last("1-p"),
        Some("2026-10-02".parse().unwrap()),
        "not a meeting to come"
    );
    assert_eq!(last("1-q"), None, "unknown stays unknown");
    assert_eq!(line(&book, "1").last_touch, Some("2026-11-20".parse().unwrap()));
}

#[test]
fn an_id_that_was_merged_away_means_the_account_it_lives_on_in() {
    let mut book = Book::new();
    book.healthy("3", "Alder Bakery");
    all(&mut book, NOW);
    for (old, new) in [("1", "2"), ("2", "3")] {
        let (old, new) = (RecordId::from(old), RecordId::from(new));
        book.ledger.alias(Kind::Account, &old, &new, at(NOW)).unwrap();
    }
    for text in ["1", "2", " 3 "] {
        let found = find_account(&book.cache, &book.ledger, text).unwrap();
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].id.as_str(), "3");
    }
    assert!(find_account(&book.cache, &book.ledger, "4").unwrap().is_empty());
}

fn seen(book: &Book, now: &str) -> AccountView {
    account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(now))
        .unwrap()
        .unwrap()
}

#[test]
fn the_words_of_a_score_name_the_champion_who_left_last_with_their_own_day() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let gone = |left| [("hs_buying_role", "CHAMPION"), ("left_company", left)];
    book.contact("1-p", "1", &gone("2026-03-01"));
    book.contact("2-p", "1", &gone("2026-11-19"));
    all(&mut book, NOW);
    let view = seen(&book, NOW);
    let words = view.why.measures.iter().find(|one| one.id == "sponsor");
    assert_eq!(words.unwrap().words, "champion Ida 2-p left 19 Nov");
}

#[test]
fn a_day_on_which_somebody_is_to_leave_is_no_departure_before_it_comes() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let leaves = [("hs_buying_role", "CHAMPION"), ("left_company", "2027-01-31")];
    book.contact("1-p", "1", &leaves);
    all(&mut book, NOW);
    let view = seen(&book, NOW);
    let words = view.why.measures.iter().find(|one| one.id == "sponsor");
    assert_eq!(words.unwrap().words, "champion Ida 1-p");
    assert!(!view.people[0].left && view.people[0].left_on.is_none());
    assert!(!fired(&book, "1").contains(&"champion-left".to_owned()));
    all(&mut book, "2027-01-31T12:00:00Z");
    let view = seen(&book, "2027-01-31T12:00:00Z");
    assert!(view.people[0].left, "{:?}", view.people);
    let words = view.why.measures.iter().find(|one| one.id == "sponsor");
    assert_eq!(
        words.unwrap().words,
        "champion Ida 1-p left 31 Jan: stale, counts at most 50"
    );
}
