//! The past of records: history that the CRM kept, and values that come late.

use jiff::SignedDuration;

use super::bench::{A, Bench, account, set};
use crate::domain::record::PastValue;
use crate::sync::Scope;
use crate::sync::fake::id;

#[test]
fn the_past_is_filled_in_once() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), set(A, 1, "value", "22")]);
    let at = |back| bench.crm.now() - SignedDuration::from_hours(back);
    let past = |value: &str, back| PastValue {
        user: None,
        by: None,
        id: id(1),
        property: "value".to_owned(),
        value: Some(value.to_owned()),
        at: at(back),
    };
    let history = vec![past("41", 48), past("30", 24)];
    bench.crm.with(|state| state.history = history);
    bench.sync().unwrap();
    bench.sync().unwrap();
    let series = bench
        .stores
        .ledger
        .series(A, &id(1), "value", jiff::Timestamp::MAX)
        .unwrap();
    let values: Vec<&str> = series
        .iter()
        .map(|observed| observed.value.as_deref().unwrap())
        .collect();
    assert_eq!(values, ["41", "30", "22"]);
    assert_eq!(bench.calls("history"), 1);
    assert_eq!(
        bench
            .stores
            .ledger
            .events(Some(&id(1)), &["history-read"])
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_past_that_was_refused_is_asked_for_again() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), account(2)]);
    bench.sync().unwrap();
    let read = |bench: &Bench, number| {
        let events = bench.stores.ledger.events(Some(&id(number)), &["history-read"]);
        events.unwrap().len()
    };
    assert_eq!((read(&bench, 1), read(&bench, 2)), (1, 1));
    // Another property is mapped: the past is read once more.
    bench.mapping.account.region = Some("role".to_owned());
    bench.crm.with(|state| assert!(state.refused.insert(2)));
    bench.sync().unwrap();
    assert_eq!((read(&bench, 1), read(&bench, 2)), (2, 1));
    bench.crm.with(|state| state.refused.clear());
    bench.sync().unwrap();
    assert_eq!((read(&bench, 1), read(&bench, 2)), (2, 2));
}

#[test]
fn a_property_that_is_mapped_later_is_filled_in_too() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), set(A, 1, "role", "22")]);
    let past = PastValue {
        user: None,
        by: None,
        id: id(1),
        property: "role".to_owned(),
        value: Some("41".to_owned()),
        at: bench.crm.now() - SignedDuration::from_hours(48),
    };
    bench.crm.with(|state| state.history = vec![past]);
    bench.sync().unwrap();
    bench.mapping.account.region = Some("role".to_owned());
    bench.sync().unwrap();
    let series = bench
        .stores
        .ledger
        .series(A, &id(1), "role", jiff::Timestamp::MAX)
        .unwrap();
    assert_eq!(series.len(), 2);
    let calls = bench.calls("history");
    bench.sync().unwrap();
    assert_eq!(bench.calls("history"), calls);
}
