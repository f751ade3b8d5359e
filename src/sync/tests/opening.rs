//! Opening one account, what brings accounts, and clocks that are wrong.

use jiff::SignedDuration;

use super::bench::{A, Bench, account, child, set};
use crate::domain::record::Kind;
use crate::sync::fake::{Edit, id};
use crate::sync::{Scope, SyncOptions, account as one, run};

#[test]
fn opening_an_account_reads_it_at_once_and_moves_no_watermark() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), account(2)]);
    bench.sync().unwrap();
    bench.edit([
        Edit::Wait(10),
        set(A, 1, "value", "new"),
        set(A, 2, "value", "new"),
        child(Kind::Note, 11, 1),
    ]);
    let options = SyncOptions::new(Scope::Me, Some("1".to_owned()), bench.crm.now());
    one(
        &bench.crm,
        bench.runtime.handle(),
        &mut bench.stores,
        &bench.mapping,
        &options,
        &id(1),
        &mut |_, _| {},
    )
    .unwrap();
    assert_eq!(bench.local(A)[&id(1)].mapped("value"), Some("new"));
    assert_eq!(bench.local(Kind::Note).len(), 1);
    assert_eq!(bench.local(A)[&id(2)].mapped("value"), None);
    bench.sync().unwrap();
    bench.assert_same();
}

#[test]
fn opening_an_account_lets_nothing_go_while_the_rule_cannot_be_told() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), child(Kind::Note, 11, 1)]);
    bench.sync().unwrap();
    bench
        .crm
        .with(|state| assert!(state.without.insert("type".to_owned())));
    bench.sync().unwrap();
    let options = SyncOptions::new(Scope::Me, Some("1".to_owned()), bench.crm.now());
    let (runtime, crm) = (bench.runtime.handle(), &bench.crm);
    one(
        crm,
        runtime,
        &mut bench.stores,
        &bench.mapping,
        &options,
        &id(1),
        &mut |_, _| {},
    )
    .unwrap();
    assert_eq!(bench.accounts(), [1]);
}

#[test]
fn a_handoff_that_names_me_brings_its_account() {
    let mut bench = Bench::new(Scope::Me, 3);
    let body = "<p>Handoff Sales&rarr;CSM: sent</p><p>To: <b>me@</b>example.com</p><p>retain: handoff H-1 event 1</p>";
    let other = body.replace("me@", "them-and-me@");
    bench.edit([
        account(1),
        account(2),
        account(3),
        set(A, 2, "owner", "3"),
        set(A, 3, "owner", "3"),
    ]);
    bench.edit([
        child(Kind::Note, 11, 2),
        child(Kind::Note, 12, 3),
        set(Kind::Note, 11, "body", body),
        set(Kind::Note, 12, "body", &other),
    ]);
    bench.sync().unwrap();
    assert_eq!(bench.accounts(), [1, 2]);
    bench.edit([Edit::Wait(100), set(Kind::Note, 12, "body", body)]);
    bench.sync().unwrap();
    assert_eq!(bench.accounts(), [1, 2, 3]);
}

#[test]
fn a_clock_that_is_wrong_hides_nothing() {
    for skew in [-7_200_000_i64, 7_200_000] {
        let mut bench = Bench::new(Scope::All, 3);
        bench.edit([account(1), child(Kind::Contact, 11, 1)]);
        let sync = |bench: &mut Bench| {
            let now = bench.crm.now() + SignedDuration::from_millis(skew);
            let options = SyncOptions::new(Scope::All, None, now);
            run(
                &bench.crm,
                bench.runtime.handle(),
                &mut bench.stores,
                &bench.mapping,
                &options,
                &mut |_, _| {},
            )
        };
        sync(&mut bench).unwrap();
        bench.edit([
            Edit::Wait(60_000),
            set(A, 1, "value", "2"),
            set(Kind::Contact, 11, "role", "champion"),
        ]);
        sync(&mut bench).unwrap();
        bench.edit([Edit::Wait(60_000), set(A, 1, "value", "3")]);
        sync(&mut bench).unwrap();
        bench.assert_nothing_missing();
    }
}
