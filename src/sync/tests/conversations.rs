//! With whom touchpoints were, and who opened tickets.

use super::bench::{A, Bench, account, child, set};
use crate::domain::record::Kind;
use crate::sync::fake::{Edit, Key, id};
use crate::sync::{Scope, SyncOptions};

const ANA: Key = (Kind::Contact, 11);

fn with_ana(kind: Kind, number: u64) -> [Edit; 2] {
    [child(kind, number, 1), Edit::Link(ANA, (kind, number), true)]
}

fn known(bench: &Bench, kind: Kind) -> Vec<u64> {
    let linked = bench.stores.cache.linked_ids((ANA.0, &id(ANA.1)), kind).unwrap();
    linked.iter().map(|id| id.as_str().parse().unwrap()).collect()
}

#[test]
fn the_first_sync_a_later_one_and_a_changed_link_tell_with_whom_a_touchpoint_was() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 3);
        bench.edit([account(1), child(Kind::Contact, 11, 1)]);
        bench.edit(with_ana(Kind::Call, 21));
        bench.sync().unwrap();
        assert_eq!(known(&bench, Kind::Call), [21]);
        bench.edit([Edit::Wait(100)]);
        bench.edit(with_ana(Kind::Email, 22));
        bench.sync().unwrap();
        assert_eq!(known(&bench, Kind::Email), [22]);
        bench.edit([Edit::Wait(100)]);
        bench.edit(with_ana(Kind::Ticket, 23));
        bench.sync().unwrap();
        assert_eq!(known(&bench, Kind::Ticket), [23], "who opened it");
        bench.edit([Edit::Link(ANA, (Kind::Call, 21), false)]);
        bench.sync().unwrap();
        assert!(
            known(&bench, Kind::Call).is_empty(),
            "a change of links moves no stamp"
        );
    }
}

#[test]
fn of_a_large_book_the_sync_after_the_first_tells_it() {
    let mut bench = Bench::new(Scope::All, 500);
    bench.edit((1..=2_001).map(account));
    bench.edit([child(Kind::Contact, 11, 1)]);
    bench.edit(with_ana(Kind::Ticket, 21));
    bench.sync().unwrap();
    assert!(
        known(&bench, Kind::Ticket).is_empty(),
        "the first is not kept waiting"
    );
    bench.edit([Edit::Wait(60_000)]);
    bench.sync().unwrap();
    assert_eq!(known(&bench, Kind::Ticket), [21]);
    bench.crm.with(|state| state.asked.clear());
    bench.edit([Edit::Wait(60_000)]);
    bench.sync().unwrap();
    let asked = bench.crm.with(|state| state.asked.join(", "));
    assert!(!asked.contains("links contact"), "{asked}");
}

#[test]
fn contacts_are_asked_about_together() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1)]);
    bench.edit((11..60).map(|number| child(Kind::Contact, number, 1)));
    bench.sync().unwrap();
    bench.edit([Edit::Wait(10), set(A, 1, "value", "2")]);
    bench.crm.with(|state| state.asked.clear());
    bench.sync().unwrap();
    for kind in [Kind::Call, Kind::Meeting, Kind::Email, Kind::Ticket] {
        let call = format!("links contact {}", kind.word());
        let times = bench
            .crm
            .with(|state| state.asked.iter().filter(|asked| **asked == call).count());
        assert_eq!(times, 1, "{call}");
    }
}

#[test]
fn opening_an_account_tells_it_at_once() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), child(Kind::Contact, 11, 1)]);
    bench.sync().unwrap();
    bench.edit([Edit::Wait(10)]);
    bench.edit(with_ana(Kind::Meeting, 21));
    let options = SyncOptions::new(Scope::Me, Some("1".to_owned()), bench.crm.now());
    bench.open(&options, 1).unwrap();
    assert_eq!(known(&bench, Kind::Meeting), [21]);
}

#[test]
fn properties_of_tickets_are_asked_for_only_where_the_mapping_names_some() {
    for rule in [None, Some("role")] {
        let mut bench = Bench::new(Scope::Me, 3);
        let names = rule
            .into_iter()
            .map(|name| (name.to_owned(), vec!["x".to_owned()]));
        bench.mapping.tickets.rule = names.collect();
        bench.edit([
            account(1),
            child(Kind::Ticket, 21, 1),
            set(Kind::Ticket, 21, "role", "x"),
        ]);
        bench.sync().unwrap();
        let ticket = bench.stores.cache.record(Kind::Ticket, &id(21)).unwrap().unwrap();
        assert_eq!(ticket.mapped("role"), rule.map(|_| "x"));
    }
}
