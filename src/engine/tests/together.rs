//! Several programs that score the same accounts at once.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;

use super::book::{Book, NOW, at};
use crate::domain::record::RecordId;
use crate::engine::{What, refresh};
use crate::store::{Cache, Ledger};

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
