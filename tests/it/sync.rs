//! The sync against the embedded CRM: what a person gets.

use retain::domain::record::Kind;
use retain::sync::{Scope, SyncError, SyncEvent};

use crate::rig::{Rig, everything, hubspot, open};

#[test]
fn my_book_comes_whole_and_comes_early() {
    let mut rig = Rig::new(Scope::Me, 100);
    let report = rig.sync().unwrap();
    assert!(report.full);
    let mine = rig.customers(Some(&rig.me()));
    assert_eq!(mine.len(), 100);
    assert!(mine.is_subset(&rig.ids(Kind::Account)));
    rig.assert_as_in_the_portal();
    let usable = rig
        .events
        .iter()
        .position(|event| *event == SyncEvent::UsableList)
        .unwrap();
    let history = rig
        .events
        .iter()
        .position(|event| matches!(event, SyncEvent::Stage { what: "history", .. }));
    assert!(usable < history.unwrap());
    assert_eq!(rig.status().failed, None);
    assert!(rig.status().last_complete.is_some());
}

#[test]
fn a_second_sync_finds_nothing_new_and_asks_little() {
    let mut rig = Rig::new(Scope::Me, 100);
    rig.sync().unwrap();
    let before = (everything(&rig.stores), rig.server.requests().len());
    let report = rig.sync().unwrap();
    assert_eq!(report.observed, 0);
    assert!(!report.full);
    assert_eq!(everything(&rig.stores), before.0);
    let asked = rig.server.requests().len() - before.1;
    assert!(asked < 60, "{asked} requests");
}

#[test]
fn everyones_accounts_come_by_list() {
    let mut rig = Rig::new(Scope::All, 30);
    rig.sync().unwrap();
    assert_eq!(rig.ids(Kind::Account), rig.customers(None));
    rig.assert_as_in_the_portal();
}

#[test]
fn a_wrong_token_and_a_dead_server_are_told_and_leave_the_cache() {
    let mut rig = Rig::new(Scope::Me, 20);
    rig.sync().unwrap();
    let before = everything(&rig.stores);
    let right = std::mem::replace(&mut rig.crm, hubspot(&rig.server, "wrong"));
    let error = rig.sync().unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::Crm(retain::crm::CrmError::Authentication { .. })
        ),
        "{error}"
    );
    assert!(rig.status().failed.unwrap().hint.contains("doctor"));
    rig.crm = right;
    rig.set_faults("503=1");
    assert!(rig.sync().is_err());
    assert_eq!(everything(&rig.stores), before);
    rig.set_faults("");
    rig.sync().unwrap();
    assert_eq!(rig.status().failed, None);
}

#[test]
fn weather_does_not_change_what_arrives() {
    let mut calm = Rig::new(Scope::Me, 20);
    calm.sync().unwrap();
    let mut storm = Rig::with(
        Scope::Me,
        20,
        "429=0.05:retry-after=0, 500=0.03, reset=0.03:during, truncate=0.02, seed=3",
    );
    for _ in 0..20 {
        if storm.sync().is_ok() {
            break;
        }
    }
    storm.set_faults("");
    storm.sync().unwrap();
    assert_eq!(everything(&storm.stores), everything(&calm.stores));
}

#[test]
fn a_deleted_cache_leaves_history_as_it_was() {
    let mut rig = Rig::new(Scope::Me, 20);
    rig.sync().unwrap();
    let before = everything(&rig.stores);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(rig.directory.path().join(format!("cache.db{suffix}")));
    }
    rig.stores = open(rig.directory.path());
    rig.sync().unwrap();
    assert_eq!(everything(&rig.stores), before);
}
