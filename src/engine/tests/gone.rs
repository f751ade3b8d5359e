//! The warnings of an account that is not here any more end, once, and begin anew when it is back; of a customer that has left
//! nothing is awaited.

use super::book::{Book, NOW, at, record};
use super::{all, falling, fired, line, warnings};
use crate::domain::record::{Core, Kind, RecordId};
use crate::domain::warning::Stage;
use crate::engine::{What, account_view, refresh, risks_as_of};
use crate::store::account::{GONE, SEEN};
use crate::store::{Cache, CachePage, NewEvent};

const LATER: &str = "2026-11-25T09:00:00Z";

fn note(book: &mut Book, kind: &str, when: &str) {
    let event = NewEvent {
        account: Some("1".into()),
        kind: kind.to_owned(),
        effective_at: at(when),
        payload: serde_json::json!({}),
    };
    book.ledger.append(&[event], at(when)).unwrap();
}

fn open_on(book: &Book, day: &str) -> usize {
    let found = risks_as_of(&book.cache, &book.ledger, &book.setup, (at(LATER), at(day)));
    found.unwrap().map_or(0, |found| found.len())
}

/// The account is taken out of the cache.
fn take_out(cache: &mut Cache) {
    let page = CachePage {
        gone: &[(Kind::Account, RecordId::from("1"))],
        ..CachePage::default()
    };
    cache.commit_page(&page).unwrap();
}

fn ends(book: &Book) -> usize {
    let events = book.ledger.events(None, &["warning-cleared"]).unwrap();
    assert!(
        events.iter().all(|event| event.payload["gone"] == true),
        "{events:?}"
    );
    events.len()
}

#[test]
fn an_account_that_leaves_ends_its_warnings_once_in_whatever_way_it_goes() {
    type Leave = fn(&mut Book);
    let ways: [(&str, Leave); 4] = [
        ("deleted, and told of", |book| {
            take_out(&mut book.cache);
            let what = What::Accounts(&["1".into()]);
            refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(LATER)).unwrap();
        }),
        ("deleted", |book| {
            take_out(&mut book.cache);
            all(book, LATER);
        }),
        ("no account any more", |book| {
            let mut prospect = record(Kind::Account, "1", &[(Core::Name, "Juniper Freight")]);
            prospect
                .mapped
                .insert("lifecyclestage".to_owned(), "lead".to_owned());
            book.put(&prospect, None);
            all(book, LATER);
        }),
        ("gone while there was no cache", |book| {
            take_out(&mut book.cache);
            book.cache.put_summaries(&[], &["1".into()]).unwrap();
            note(book, GONE, LATER);
            all(book, LATER);
        }),
    ];
    for (way, leave) in ways {
        let mut book = falling();
        all(&mut book, NOW);
        leave(&mut book);
        assert_eq!((ends(&book), open_on(&book, "2026-11-26")), (1, 0), "{way}");
        assert_eq!(open_on(&book, "2026-11-24"), 1, "{way}: as it was known then");
        all(&mut book, LATER);
        assert_eq!(ends(&book), 1, "{way}: once");
        let events = book.ledger.events(Some(&"1".into()), &[]).unwrap();
        let lives = crate::engine::lives::lives(&"1".into(), &events);
        let stages: Vec<Stage> = lives.all().map(|life| life.stage(&[])).collect();
        assert_eq!(stages, [Stage::Gone], "{way}: neither recovered nor lost");
    }
}

#[test]
fn what_holds_on_an_account_that_is_back_was_there_before_we_looked() {
    let mut book = falling();
    note(&mut book, SEEN, NOW);
    all(&mut book, NOW);
    take_out(&mut book.cache);
    note(&mut book, GONE, LATER);
    all(&mut book, LATER);
    let back = "2026-11-26T09:00:00Z";
    note(&mut book, SEEN, back);
    let wau = [("wau", "22"), ("wau_updated_at", "2026-11-25T00:00:00Z")];
    book.account("1", "Juniper Freight", &wau);
    all(&mut book, back);
    let found = warnings(&book, "1");
    assert_eq!(found[0].signal, "usage-drop");
    assert!(found.iter().all(|warning| warning.standing), "{found:?}");
    all(&mut book, "2026-11-27T09:00:00Z");
    assert_eq!(
        (ends(&book), warnings(&book, "1").len()),
        (1, found.len()),
        "they go on"
    );
}

#[test]
fn an_account_that_has_left_comes_last_and_warns_of_nothing() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.account("2", "Old Mill", &[("churn_date", "2026-07-04")]);
    all(&mut book, NOW);
    let order: Vec<RecordId> = book
        .cache
        .top_summaries(9)
        .unwrap()
        .into_iter()
        .map(|line| line.id)
        .collect();
    assert_eq!(order, [RecordId::from("1"), RecordId::from("2")]);
    assert_eq!((fired(&book, "2"), line(&book, "2").at_stake), (vec![], Some(0)));
    let mut fell = falling();
    all(&mut fell, NOW);
    assert!(line(&fell, "1").delta.is_some());
    fell.account(
        "1",
        "Juniper Freight",
        &[("churn_date", "2026-11-04"), ("wau", "22")],
    );
    all(&mut fell, NOW);
    assert_eq!(line(&fell, "1").delta, None, "nothing is awaited of who has left");
    // Nothing of it is to be brought back, and its band is nobody's.
    book.ticket("k1", "2", "2026-06-01", &[(Core::Priority, "urgent")]);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"2".into(), at(NOW));
    let view = view.unwrap().unwrap();
    assert_eq!((view.fixes, view.why.band_since), (vec![], None));
}
