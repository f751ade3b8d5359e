//! Rules 13 to 16: bad records, limits, merges, a schema that drifts.

use super::*;

#[test]
fn rule_13_one_bad_record_spoils_no_batch() {
    let mut rig = synced(5);
    let contacts = rig.ids(Kind::Contact);
    let gone = first(&contacts);
    for id in &contacts {
        set(&rig, ObjectType::Contacts, *id, "jobtitle", "New");
    }
    rig.portal(|portal| assert!(portal.purge(ObjectType::Contacts, gone)));
    rig.wait(5);
    rig.sync().unwrap();
    assert_eq!(with_title(&rig, "New"), contacts.len() - 1);

    // A batch that is refused as a whole is asked for again in halves.
    rig.set_faults("400=1:path=contacts/batch/read:times=1");
    for id in contacts.iter().skip(1) {
        set(&rig, ObjectType::Contacts, *id, "jobtitle", "Newer");
    }
    rig.wait(5);
    rig.sync().unwrap();
    assert_eq!(with_title(&rig, "Newer"), contacts.len() - 1);
}

#[test]
fn rule_14_the_limit_is_waited_for_in_each_of_its_three_forms() {
    let mut calm = Rig::new(Scope::Me, 10);
    calm.sync().unwrap();
    for form in [":retry-after=1", ":retry-after=date", ""] {
        let mut rig = Rig::with(
            Scope::Me,
            10,
            &format!("429=1{form}:path=contacts/batch/read:times=1"),
        );
        rig.sync().unwrap();
        assert_eq!(everything(&rig.stores), everything(&calm.stores), "429{form}");
    }
    // What is waited for: what the header says; without one, the ten seconds of the limit.
    for (form, least, most) in [
        (":retry-after=3", 3, 9),
        (":retry-after=date", 1, 9),
        ("", 10, 60),
    ] {
        let rig = Rig::with(
            Scope::Me,
            1,
            &format!("429=1{form}:path=contacts/batch/read:times=1"),
        );
        let ids = [RecordId::from("1")];
        let began = Instant::now();
        let read = rig.runtime.block_on(rig.crm.read(Kind::Contact, &ids, &[]));
        let waited = began.elapsed().as_secs_f32();
        assert!(read.is_ok(), "429{form}: {read:?}");
        assert!(
            (least as f32..most as f32).contains(&waited),
            "429{form}: {waited} s"
        );
    }
}

#[test]
fn rule_15_a_merged_account_is_followed_under_its_new_id() {
    for (scope, new_id) in [(Scope::Me, false), (Scope::Me, true), (Scope::All, true)] {
        let mut rig = Rig::new(scope, 30);
        rig.sync().unwrap();
        let mine: Vec<u64> = rig.customers(Some(&rig.me())).into_iter().take(2).collect();
        let (winner, loser) = (mine[0], mine[1]);
        let result = rig
            .portal(|portal| portal.merge(ObjectType::Companies, winner, loser, new_id))
            .unwrap();
        // The CRM's own list of merged ids may be incomplete.
        rig.portal(|portal| portal.set_quietly(ObjectType::Companies, result, "hs_merged_object_ids", None));
        rig.wait(60);
        rig.sync().unwrap();
        rig.full().unwrap();
        assert!(rig.record(Kind::Account, result).is_some());
        assert_eq!(rig.record(Kind::Account, loser), None);
        let old = RecordId(loser.to_string());
        assert_eq!(
            rig.stores.ledger.resolve(Kind::Account, &old).unwrap().as_str(),
            result.to_string()
        );
        let gone = rig.stores.ledger.events(Some(&old), &["account-gone"]).unwrap();
        assert_eq!(gone[0].payload["why"], "merged", "a merge is no loss");
        rig.assert_as_in_the_portal();
    }
}

#[test]
fn rule_15_what_hangs_on_accounts_is_followed_too() {
    for (kind, object) in [
        (Kind::Contact, ObjectType::Contacts),
        (Kind::Contract, ObjectType::Deals),
        (Kind::Ticket, ObjectType::Tickets),
    ] {
        for listed in [true, false] {
            let mut rig = Rig::new(Scope::Me, 30);
            rig.sync().unwrap();
            let known: Vec<u64> = rig.ids(kind).into_iter().take(2).collect();
            let result = rig.portal(|portal| {
                let result = portal.merge(object, known[0], known[1], true).unwrap();
                if !listed {
                    portal.set_quietly(object, result, "hs_merged_object_ids", None);
                }
                result
            });
            rig.wait(60);
            rig.sync().unwrap();
            rig.full().unwrap();
            for old in &known {
                let old = RecordId(old.to_string());
                let now = rig.stores.ledger.resolve(kind, &old).unwrap();
                assert_eq!(now.as_str(), result.to_string(), "{kind:?}, listed: {listed}");
            }
            let gone = rig.stores.ledger.events(None, &["contact-gone"]).unwrap();
            assert_eq!(gone.len(), 0, "a merge is no loss");
            rig.assert_as_in_the_portal();
        }
    }
}

#[test]
fn rule_16_a_schema_that_drifts_fails_nothing_and_is_named() {
    let mut rig = Rig::new(Scope::Me, 20);
    rig.sync().unwrap();
    let before = rig.ids(Kind::Account);
    rig.set_faults("missing=companies.wau, rename=companies.region>area, no-scope=tickets");
    rig.wait(HOUR);
    rig.sync().unwrap();
    let status = rig.status();
    for property in ["wau", "region"] {
        assert!(
            status
                .missing_properties
                .contains(&("account".into(), property.into())),
            "{status:?}"
        );
    }
    assert!(
        status
            .missing_scopes
            .contains(&("ticket".into(), "tickets".into())),
        "{status:?}"
    );
    assert_eq!(rig.ids(Kind::Account), before);
    assert!(!rig.ids(Kind::Ticket).is_empty(), "what was read before stays");
    let warned = rig
        .events
        .iter()
        .filter(|event| matches!(event, SyncEvent::Warning(_)))
        .count();
    assert!(warned >= 3);
}
