//! A person whom the CRM has deleted for good leaves no trace in the files; one who is only archived keeps theirs.

use std::path::Path;

use retain::demo::ObjectType;
use retain::domain::record::{Kind, RecordId};
use retain::store::erase::contact::{BACK, ERASED, GONE};
use retain::sync::Scope;

use crate::rig::Rig;

/// Nobody has this name.
const NAME: &str = "Zyxwutrina";
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Which files below a directory hold the name.
fn files_with_the_name(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        if memchr::memmem::find(&bytes, NAME.as_bytes()).is_some() {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found.sort();
    found
}

fn noted(rig: &Rig, kind: &str) -> usize {
    rig.stores.ledger.events(None, &[kind]).unwrap().len()
}

/// A portal in which somebody has written a contact's name into a property that is mapped, after its first sync.
fn with_a_person(scope: Scope) -> (Rig, u64) {
    let mut rig = Rig::new(scope, 10);
    rig.sync().unwrap();
    let account = rig.account_with(Kind::Contact);
    let contact = *rig.linked(account, Kind::Contact).first().unwrap();
    rig.portal(|portal| {
        for (property, value) in [
            ("firstname", NAME.to_owned()),
            ("hs_buying_role", format!("{NAME}'s deputy")),
        ] {
            assert!(portal.set(ObjectType::Contacts, contact, property, Some(&value)));
        }
    });
    rig.wait(60);
    rig.sync().unwrap();
    let observed = rig.stores.ledger.observed(Kind::Contact).unwrap();
    assert!(observed.contains(&RecordId(contact.to_string())));
    let files = files_with_the_name(rig.directory.path());
    assert!(!files.is_empty(), "the test sees the name where it is");
    (rig, contact)
}

#[test]
fn an_archived_person_is_noted_as_gone_and_comes_back_whole() {
    for scope in [Scope::Me, Scope::All] {
        let (mut rig, contact) = with_a_person(scope);
        let id = RecordId(contact.to_string());
        let known = |rig: &Rig| {
            let ledger = &rig.stores.ledger;
            ledger
                .series(Kind::Contact, &id, "hs_buying_role", jiff::Timestamp::MAX)
                .unwrap()
        };
        let before = known(&rig);
        assert!(!before.is_empty());
        rig.portal(|portal| assert!(portal.archive(ObjectType::Contacts, contact)));
        rig.wait(2 * HOUR);
        rig.sync().unwrap();
        assert_eq!(rig.record(Kind::Contact, contact), None);
        let gone = rig.stores.ledger.events(None, &[GONE]).unwrap();
        assert_eq!(gone.len(), 1);
        assert!(gone[0].account.is_some());
        assert_eq!(gone[0].payload, serde_json::json!({ "contact": id.as_str() }));
        for _ in 0..3 {
            rig.wait(DAY);
            rig.full().unwrap();
        }
        assert_eq!((noted(&rig, GONE), noted(&rig, ERASED)), (1, 0));
        assert_eq!(known(&rig), before);
        rig.portal(|portal| assert!(portal.restore(ObjectType::Contacts, contact)));
        rig.full().unwrap();
        assert!(rig.record(Kind::Contact, contact).is_some());
        assert_eq!((noted(&rig, BACK), noted(&rig, ERASED)), (1, 0));
        assert_eq!(known(&rig), before);
    }
}

#[test]
fn a_person_who_was_deleted_for_good_is_in_no_file_any_more() {
    for archived_first in [false, true] {
        let (mut rig, contact) = with_a_person(Scope::Me);
        if archived_first {
            rig.portal(|portal| assert!(portal.archive(ObjectType::Contacts, contact)));
            rig.wait(2 * HOUR);
            rig.sync().unwrap();
        }
        rig.portal(|portal| assert!(portal.purge(ObjectType::Contacts, contact)));
        rig.wait(DAY);
        rig.full().unwrap();
        assert_eq!(noted(&rig, GONE), 1, "archived first: {archived_first}");
        rig.wait(DAY);
        rig.full().unwrap();
        assert_eq!(
            (noted(&rig, GONE), noted(&rig, ERASED)),
            (1, 1),
            "archived first: {archived_first}"
        );
        let observed = rig.stores.ledger.observed(Kind::Contact).unwrap();
        assert!(!observed.contains(&RecordId(contact.to_string())));
        let files = files_with_the_name(rig.directory.path());
        assert!(files.is_empty(), "archived first: {archived_first}: {files:?}");
        assert_eq!(rig.stores.ledger.check().unwrap(), [""; 0]);
        rig.wait(DAY);
        rig.full().unwrap();
        assert_eq!((noted(&rig, GONE), noted(&rig, ERASED)), (1, 1));
    }
}

/// Whoever leaves my book is somebody else's customer, and no deleted person.
#[test]
fn a_person_whose_account_leaves_my_book_is_not_erased() {
    let (mut rig, contact) = with_a_person(Scope::Me);
    let accounts = rig
        .stores
        .cache
        .linked_ids((Kind::Contact, &RecordId(contact.to_string())), Kind::Account);
    for account in accounts.unwrap() {
        let account = account.as_str().parse().unwrap();
        rig.portal(|portal| portal.set(ObjectType::Companies, account, "lifecyclestage", Some("lead")));
    }
    for _ in 0..3 {
        rig.wait(DAY);
        rig.full().unwrap();
    }
    assert_eq!(rig.record(Kind::Contact, contact), None);
    assert_eq!((noted(&rig, GONE), noted(&rig, ERASED)), (0, 0));
}
