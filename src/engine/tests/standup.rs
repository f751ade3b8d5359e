//! What a standup goes over, by cache and journal; promises by their tasks.

use super::all;
use super::book::{Book, NOW, at, owner, record};
use super::plays::on;
use super::sent::arrived;
use crate::domain::acts::About;
use crate::domain::acts::task::{self, NewTask};
use crate::domain::money::Currency;
use crate::domain::outbox::{Entry, WritePermit};
use crate::domain::record::{Core, Kind};
use crate::domain::standup::{
    Decided, Ended, Happened, Kind as Decision, Order, Scope, StandupEvent, What, fold, open,
};
use crate::engine::standup::{self, Review};

const BEFORE: &str = "2026-11-16T08:50:00Z";
pub(super) const LATER: &str = "2026-11-27T09:00:00Z";

pub(super) fn scope(book: &Book, text: &str) -> Scope {
    let found = standup::scope(&book.cache, &book.setup, text, at(NOW));
    found.unwrap().unwrap()
}

fn review(book: &Book, since: Option<&str>, now: &str) -> Review {
    review_of(book, "mine", since, now)
}

pub(super) fn review_of(book: &Book, whose: &str, since: Option<&str>, now: &str) -> Review {
    let asked = (scope(book, whose), since.map(at), Order::Worst);
    standup::review(&book.cache, &book.ledger, &book.setup, asked, at(now)).unwrap()
}

/// What is told of each account: its id and the kinds of changes.
fn told(review: &Review) -> Vec<(String, Vec<What>)> {
    let items = review.agenda.items.iter();
    items
        .map(|item| {
            let what = item.changes.iter().map(|change| change.what);
            (item.line.id.to_string(), what.collect())
        })
        .collect()
}

/// Juniper Freight, whose usage fell by 45 % a week after signals first looked.
pub(super) fn fell() -> Book {
    let mut book = Book::new();
    book.synced(BEFORE);
    book.healthy("1", "Juniper Freight");
    book.healthy("2", "Kestrel Foods");
    all(&mut book, BEFORE);
    usage(&mut book, "22", "2026-11-20");
    book.synced(NOW);
    all(&mut book, NOW);
    book
}

fn usage(book: &mut Book, wau: &str, day: &str) {
    let measured = format!("{day}T00:00:00Z");
    book.account(
        "1",
        "Juniper Freight",
        &[("wau", wau), ("wau_updated_at", &measured)],
    );
    book.observe("1", "wau", &[(day, wau)]);
}

#[test]
fn a_warning_is_news_since_then_and_none_later_and_a_quiet_account_is_not_told_of() {
    let book = fell();
    let first = review(&book, None, NOW);
    assert!(first.agenda.first);
    assert_eq!(first.agenda.since, at(BEFORE), "seven days back");
    assert_eq!(first.agenda.accounts, 2);
    assert_eq!(told(&first), [("1".to_owned(), vec![What::WarningNew])]);
    let words = &first.agenda.items[0].changes[0].words;
    assert_eq!(words, "new: usage −45 % in 30 d");
    assert_eq!(told(&review(&book, Some(NOW), LATER)), []);
    assert_eq!(
        first.agenda,
        review(&book, None, NOW).agenda,
        "the same each time"
    );
}

#[test]
fn an_open_warning_is_worse_by_its_number_of_then_and_recovers() {
    let mut book = fell();
    usage(&mut book, "10", "2026-11-25");
    book.synced(LATER);
    all(&mut book, LATER);
    let worse = review(&book, Some("2026-11-24T00:00:00Z"), LATER);
    let change = &worse.agenda.items[0].changes;
    let warned = change.iter().find(|one| one.what == What::WarningWorse).unwrap();
    assert!(warned.words.contains("(−45 % → −75 %)"), "{change:?}");
    usage(&mut book, "40", "2026-11-28");
    let back = "2026-11-28T09:00:00Z";
    book.synced(back);
    all(&mut book, back);
    let better = review(&book, Some(LATER), back);
    let what = &told(&better)[0].1;
    assert!(what.contains(&What::WarningRecovered), "{what:?}");
}

#[test]
fn a_renewal_comes_near_and_a_task_becomes_late() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.contract("1-c", "1", "2026-02-01", "2027-01-17");
    let task = record(
        Kind::Task,
        "t1",
        &[
            (Core::Subject, "Call the sponsor"),
            (Core::Due, "2026-11-20T16:00:00Z"),
            (Core::Done, "false"),
            (Core::Owner, "o2"),
        ],
    );
    book.put(&task, Some("1"));
    book.owners(&[
        owner("o1", "Dana Reyes", "dana@alder.example"),
        owner("o2", "Olu Ade", "olu@alder.example"),
    ]);
    all(&mut book, NOW);
    let told_since = review(&book, None, NOW);
    let changes = &told_since.agenda.items[0].changes;
    let words: Vec<&str> = changes.iter().map(|one| one.words.as_str()).collect();
    assert!(
        words
            .iter()
            .any(|words| words.starts_with("renewal within 30 days")),
        "{words:?}"
    );
    assert!(
        words.contains(&"late 3 d: Call the sponsor (Olu Ade)"),
        "{words:?}"
    );
    let today = review(&book, Some("2026-11-23T00:00:00Z"), NOW);
    assert_eq!(told(&today), [], "that was told on Friday");
}

#[test]
fn an_account_that_only_left_my_book_is_told_with_who_has_it_now_also_once_the_cache_has_it_no_more() {
    let mut book = fell();
    book.owners(&[
        owner("o1", "Dana Reyes", "dana@alder.example"),
        owner("o2", "Olu Ade", "olu@alder.example"),
    ]);
    let csm = "hubspot_owner_id";
    book.observe("2", csm, &[("2026-01-01", "o1"), ("2026-11-20", "o2")]);
    book.observe("2", "core:name", &[("2026-01-01", "Kestrel Foods")]);
    book.account("2", "Kestrel Foods", &[(csm, "o2")]);
    all(&mut book, NOW);
    let words = |book: &Book| {
        let review = review(book, None, NOW);
        let item = review
            .agenda
            .items
            .iter()
            .find(|item| item.line.id.as_str() == "2");
        item.map(|item| (item.line.name.clone(), item.changes[0].words.clone()))
    };
    let told = (
        "Kestrel Foods".to_owned(),
        "left the book: Olu Ade looks after it now".to_owned(),
    );
    assert_eq!(words(&book), Some(told.clone()));
    let gone = [(Kind::Account, "2".into())];
    let page = crate::store::CachePage {
        gone: &gone,
        ..crate::store::CachePage::default()
    };
    book.cache.commit_page(&page).unwrap();
    book.cache.put_summaries(&[], &["2".into()]).unwrap();
    assert_eq!(words(&book), Some(told));
    let later = told_later(&book);
    assert!(!later.iter().any(|(id, _)| id == "2"), "{later:?}");
}

fn told_later(book: &Book) -> Vec<(String, Vec<What>)> {
    told(&review(book, Some(NOW), LATER))
}

#[test]
fn a_customer_that_left_is_told_once_by_its_day() {
    let mut book = fell();
    book.account("2", "Kestrel Foods", &[("churn_date", "2026-11-21")]);
    all(&mut book, NOW);
    let left = told(&review(&book, None, NOW));
    assert!(left.contains(&("2".to_owned(), vec![What::Left])), "{left:?}");
    let later = told(&review(&book, Some("2026-11-22T00:00:00Z"), NOW));
    assert!(!later.iter().any(|(id, _)| id == "2"), "{later:?}");
}

pub(super) fn begun(book: &mut Book, whose: &str, now: &str) {
    let reviewed = review_of(book, whose, None, now);
    let begun = reviewed
        .agenda
        .begun(("S-1", "Dana Reyes"), 15, &reviewed.frame, Currency::USD);
    note(book, None, Happened::Begun(Box::new(begun)), now);
}

fn note(book: &mut Book, account: Option<&str>, what: Happened, now: &str) {
    let event = StandupEvent {
        account: account.map(Into::into),
        what,
    };
    standup::note(&mut book.ledger, &[event], at(now)).unwrap();
}

/// Dana decides in a standup that somebody calls, as a task, and the standup ends.
pub(super) fn decided(book: &mut Book, whose: &str) -> Entry {
    begun(book, whose, NOW);
    let about = About {
        id: "1".into(),
        name: "Juniper Freight".to_owned(),
    };
    let new = NewTask {
        subject: "Call the sponsor".to_owned(),
        due: Some("2026-11-24".parse().unwrap()),
        ..NewTask::default()
    };
    let entry = task::make(&on("a1"), &about, &new).unwrap();
    let decided = Decided {
        standup: "S-1".to_owned(),
        decision: "D-1".to_owned(),
        name: "Juniper Freight".to_owned(),
        kind: Decision::Assigned,
        who: Some("Dana Reyes".to_owned()),
        words: "Call the sponsor".to_owned(),
        by: new.due,
        act: Some(entry.act.clone()),
    };
    let event = StandupEvent {
        account: Some("1".into()),
        what: Happened::Decided(decided),
    };
    let permit = WritePermit::unless(None).unwrap();
    let kept = standup::note_with(&mut book.ledger, permit, (&[event], &[entry]), at(NOW)).unwrap();
    let ended = Ended {
        standup: "S-1".to_owned(),
        local: "2026-11-23T09:10:00".parse().unwrap(),
        not_discussed: Vec::new(),
    };
    note(book, None, Happened::Ended(ended), NOW);
    kept.into_iter().next().unwrap()
}

fn standing(book: &Book) -> &'static str {
    let review = review(book, None, LATER);
    assert!(!review.agenda.first);
    assert_eq!(review.agenda.since, at(NOW), "since the last one");
    let mut promises = review.agenda.items.iter().flat_map(|item| &item.promises);
    promises.next().unwrap().standing.word()
}

#[test]
fn the_next_standup_looks_back_at_a_promise_and_its_task_keeps_it() {
    let mut book = fell();
    let entry = decided(&mut book, "mine");
    assert_eq!(standing(&book), "no record", "it waits, and its day has passed");
    arrived(&mut book, &entry, "t9");
    let task =
        |done: &str, subject: &str| record(Kind::Task, "t9", &[(Core::Subject, subject), (Core::Done, done)]);
    book.put(&task("false", "Call the sponsor"), Some("1"));
    assert_eq!(standing(&book), "no record");
    book.put(&task("true", "Left out: Call the sponsor (ill)"), Some("1"));
    assert_eq!(standing(&book), "no record", "nobody did it");
    book.put(&task("true", "Call the sponsor"), Some("1"));
    assert_eq!(standing(&book), "kept");
}

#[test]
fn a_standup_of_another_scope_resets_nothing_and_one_under_way_goes_on() {
    let mut book = fell();
    begun(&mut book, "mine", NOW);
    let held = standup::all(&book.ledger, &book.setup).unwrap();
    let own = scope(&book, "mine");
    assert_eq!(open(&held, &own.key).map(|held| held.id.as_str()), Some("S-1"));
    assert!(review(&book, None, LATER).agenda.first, "it did not end yet");
    let of_segment = (scope(&book, "segment:enterprise"), None, Order::Worst);
    let other = standup::review(&book.cache, &book.ledger, &book.setup, of_segment, at(LATER));
    assert!(other.unwrap().agenda.first);
    assert_eq!(fold([]), []);
}
