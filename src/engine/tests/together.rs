//! Several programs that score the same accounts at once.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;

use super::book::{Book, NOW, at, record};
use crate::domain::record::RecordId;
use crate::domain::record::{Core, Kind};
use crate::engine::{What, keep_desk, refresh, refresh_between};
use crate::store::lock::SyncLock;
use crate::store::{Cache, CachePage, Ledger};

#[test]
fn programs_that_score_at_once_note_each_event_once() {
    let mut book = Book::new();
    let ids: Vec<RecordId> = (0..40).map(|number| RecordId(number.to_string())).collect();
    for id in &ids {
        book.account(id.as_str(), "Harbour Retail", &[]);
    }
    let (cache, ledger) = (book.cache.path().to_owned(), book.ledger.path().to_owned());
    let together = Barrier::new(3);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut cache = Cache::open(&cache).unwrap().0;
                let mut ledger = Ledger::open(&ledger, "dana").unwrap().0;
                together.wait();
                let what = What::Accounts(&ids);
                refresh(&mut cache, &mut ledger, &book.setup, what, at(NOW)).unwrap();
            });
        }
    });
    let mut noted: BTreeMap<String, u32> = BTreeMap::new();
    for event in book.ledger.events(None, &[]).unwrap() {
        let about = event.account.map(|account| account.0).unwrap_or_default();
        *noted
            .entry(format!("{} {about} {}", event.kind, event.payload))
            .or_default() += 1;
    }
    assert!(noted.len() > ids.len(), "each has a warning");
    noted.retain(|_, times| *times > 1);
    assert!(noted.is_empty(), "noted more than once: {noted:?}");
}

/// What is done between two batches may wait for a network.
#[test]
fn between_two_batches_others_may_judge_and_what_they_came_to_stays() {
    let mut book = Book::new();
    // One batch and a bit, so that the account that is changed in between comes after it.
    for number in 0..501 {
        book.account(&format!("{number:03}"), "Harbour Retail", &[]);
    }
    let last = RecordId("500".to_owned());
    let (cache, ledger) = (book.cache.path().to_owned(), book.ledger.path().to_owned());
    let lock = ledger.with_file_name("ledger.db.scoring");
    let (mut times, mut asked) = (0, 0);
    refresh_between(
        &mut book.cache,
        &mut book.ledger,
        &book.setup,
        What::All,
        at(NOW),
        &mut || {
            asked += 1;
            let free = SyncLock::acquire(&lock).unwrap();
            if free.map(drop).is_err() {
                return;
            }
            times += 1;
            // After the pulses, the medians and the first batch.
            if times == 3 {
                let mut cache = Cache::open(&cache).unwrap().0;
                let mut ledger = Ledger::open(&ledger, "dana").unwrap().0;
                super::overlay::rename(&mut ledger, &last, "Juniper Freight");
                let what = What::Accounts(std::slice::from_ref(&last));
                refresh(&mut cache, &mut ledger, &book.setup, what, at(NOW)).unwrap();
            }
        },
    )
    .unwrap();
    assert_eq!((times, asked > 3), (asked, true), "the lock was held");
    assert_eq!(
        book.cache.summary(&last).unwrap().unwrap().name,
        "Juniper Freight"
    );
}

#[test]
fn no_desk_lies_over_one_that_was_made_of_newer_data() {
    let mut book = Book::new();
    book.account("1", "Harbour Retail", &[]);
    let (cache, ledger) = (book.cache.path().to_owned(), book.ledger.path().to_owned());
    let lock = ledger.with_file_name("ledger.db.scoring");
    let judged = SyncLock::acquire(&lock).unwrap().unwrap();
    let (desk, setup, begun) = (book.cache.desk().unwrap(), &book.setup, Barrier::new(2));
    assert!(desk.is_none());
    thread::scope(|scope| {
        let keeping = scope.spawn(|| {
            let mut cache = Cache::open(&cache).unwrap().0;
            let ledger = Ledger::open(&ledger, "dana").unwrap().0;
            begun.wait();
            keep_desk(&mut cache, &ledger, setup, at(NOW)).unwrap();
        });
        begun.wait();
        let core = [
            (Core::Owner, "o1"),
            (Core::Subject, "Write the plan"),
            (Core::Done, "false"),
        ];
        let task = record(Kind::Task, "t", &core);
        let page = CachePage {
            records: std::slice::from_ref(&task),
            ..CachePage::default()
        };
        let mut cache = Cache::open(book.cache.path()).unwrap().0;
        cache.commit_page(&page).unwrap();
        drop(judged);
        keeping.join().unwrap();
    });
    assert_eq!(book.cache.desk().unwrap().unwrap().due.len(), 1);
}
