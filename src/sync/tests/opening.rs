//! Opening one account, what brings accounts, and clocks that are wrong.

use jiff::SignedDuration;

use super::bench::{A, Bench, account, child, set};
use crate::domain::record::Kind;
use crate::domain::team::{Away, Member, Roster};
use crate::sync::fake::{Edit, id};
use crate::sync::status::Cause;
use crate::sync::{Scope, SyncError, SyncOptions, run};

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
    bench.open(&options, 1).unwrap();
    assert_eq!(bench.local(A)[&id(1)].mapped("value"), Some("new"));
    assert_eq!(bench.local(Kind::Note).len(), 1);
    assert_eq!(bench.local(A)[&id(2)].mapped("value"), None);
    bench.sync().unwrap();
    bench.assert_same();
}

#[test]
fn opening_an_account_by_the_key_of_another_portal_changes_nothing() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), account(2)]);
    bench.sync().unwrap();
    // The other portal has an account of the same number, and none of another.
    bench.edit([set(A, 2, "value", "theirs")]);
    bench.crm.with(|state| {
        state.records.remove(&(A, 1));
        state.tenant = "other".to_owned();
    });
    let options = SyncOptions::new(Scope::Me, Some("1".to_owned()), bench.crm.now());
    for account in [1, 2] {
        let opened = bench.open(&options, account);
        assert!(matches!(opened, Err(SyncError::OtherTenant { .. })), "{opened:?}");
    }
    assert_eq!(bench.accounts(), [1, 2]);
    assert_eq!(bench.local(A)[&id(2)].mapped("value"), None);
    assert_eq!(bench.gone_events().len(), 0);
}

#[test]
fn whose_portal_it_is_is_asked_once_for_all_accounts_that_are_opened() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), account(2)]);
    bench.sync().unwrap();
    let before = bench.calls("tenant");
    let options = SyncOptions::new(Scope::Me, Some("1".to_owned()), bench.crm.now());
    for account in [1, 2, 1] {
        bench.open(&options, account).unwrap();
    }
    assert_eq!(bench.calls("tenant"), before + 1);
}

#[test]
fn opening_an_account_obeys_and_keeps_the_wait_that_the_crm_asks_for() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1)]);
    bench.sync().unwrap();
    let wait = std::time::Duration::from_mins(1);
    bench.crm.with(|state| state.limited = Some(wait));
    let options = SyncOptions::new(Scope::Me, Some("1".to_owned()), bench.crm.now());
    let limited = bench.open(&options, 1);
    assert!(limited.is_err_and(|error| error.cause() == Cause::Limited));
    let kept = bench.status().not_before.unwrap();
    assert!(kept >= options.now + SignedDuration::from_mins(1));
    bench.crm.with(|state| state.limited = None);
    let before = bench.crm.with(|state| state.calls);
    let held = bench.open(&options, 1);
    assert!(matches!(held, Err(SyncError::Waiting { .. })), "{held:?}");
    assert_eq!(bench.crm.with(|state| state.calls), before, "nothing was asked");
    let later = SyncOptions {
        now: kept + SignedDuration::from_secs(1),
        ..options
    };
    bench.open(&later, 1).unwrap();
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
    bench.open(&options, 1).unwrap();
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
fn handoffs_of_whom_i_stand_in_for_bring_their_accounts_while_i_do() {
    let mut bench = Bench::new(Scope::Me, 3);
    let to = |who: &str| {
        format!(
            "<p>Handoff Sales&rarr;CSM: sent</p><p>To: {who}@example.com</p><p>retain: handoff H-1 event 1</p>"
        )
    };
    bench.edit([account(1), account(2), account(3)]);
    bench.edit([
        set(A, 2, "owner", "3"),
        set(A, 3, "owner", "3"),
        child(Kind::Note, 11, 2),
        child(Kind::Note, 12, 3),
        set(Kind::Note, 11, "body", &to("you")),
        set(Kind::Note, 12, "body", &to("me")),
    ]);
    bench.sync().unwrap();
    assert_eq!(bench.accounts(), [1, 3]);
    let away = Away {
        from: "1970-01-01".parse().unwrap(),
        until: "9999-01-01".parse().unwrap(),
        deputy: Some("me@example.com".to_owned()),
    };
    bench.team.people = vec![Member {
        owner: "you@example.com".to_owned(),
        role: None,
        lead: None,
        calendar: None,
        away: vec![away],
    }];
    bench.edit([Edit::Wait(1_000)]);
    bench.sync().unwrap();
    assert_eq!(bench.accounts(), [1, 2, 3], "what was sent before the leave too");
    bench.team = Roster::default();
    bench.edit([Edit::Wait(1_000)]);
    bench.sync().unwrap();
    assert_eq!(bench.accounts(), [1, 3], "what is theirs goes with it");
}

#[test]
fn of_several_handoffs_the_newest_says_how_long_the_account_stays() {
    let day = 24 * 3_600_000;
    let body =
        "<p>Handoff Sales&rarr;CSM: sent</p><p>To: me@example.com</p><p>retain: handoff H-1 event 1</p>";
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), account(2), set(A, 2, "owner", "3")]);
    bench.edit([
        child(Kind::Note, 11, 2),
        child(Kind::Note, 12, 2),
        set(Kind::Note, 12, "body", body),
        Edit::Wait(10 * day),
        set(Kind::Note, 11, "body", body),
        Edit::Wait(1_000),
        set(A, 1, "value", "2"),
    ]);
    // From the second sync on the notes are not read again.
    bench.sync().unwrap();
    bench.sync().unwrap();
    // The older one, with the higher number, is over; the newer one is not.
    bench.edit([Edit::Wait(85 * day)]);
    bench.sync().unwrap();
    assert_eq!(bench.accounts(), [1, 2]);
    bench.edit([Edit::Wait(10 * day)]);
    bench.sync().unwrap();
    assert_eq!(bench.accounts(), [1]);
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
