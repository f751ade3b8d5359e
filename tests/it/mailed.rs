//! A customer's e-mail goes through the routing desk: handed over by a command, and then read in the CRM itself.

use std::collections::BTreeMap;

use retain::demo::{DemoOptions, DemoServer, ObjectType, Portal, start};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::driver::{Home, NOW};

const SUBJECT: &str = "Third week without an answer";
/// Ben of support, who has the e-mail, and Mara, the account's CSM.
const BEN: &str = "700041";
const MARA: &str = "700001";

/// A small CRM in which a customer of Mara's wrote to support two hours ago: with the ids of the account and the e-mail.
fn mailed() -> (Runtime, DemoServer, u64, u64) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let options = DemoOptions {
        accounts: 12,
        ..DemoOptions::new(NOW.parse().unwrap())
    };
    let server = runtime.block_on(start(options)).unwrap();
    let (account, mail) = server.with_portal(|portal| {
        let account = portal.find(ObjectType::Companies, "name", "Juniper Freight")[0];
        let values = [
            ("hs_timestamp", "2026-11-23T06:50:00Z"),
            ("hs_email_subject", SUBJECT),
            ("hs_email_text", "This is unacceptable."),
            ("hs_email_direction", "INCOMING_EMAIL"),
            ("hs_email_status", "SENT"),
            ("hubspot_owner_id", BEN),
        ];
        let values = values.map(|(name, value)| (name.to_owned(), Some(value.to_owned())));
        let mail = portal
            .create(ObjectType::Emails, &values.into_iter().collect())
            .unwrap();
        assert!(portal.link((ObjectType::Companies, account), (ObjectType::Emails, mail)));
        (account, mail)
    });
    (runtime, server, account, mail)
}

fn answer(home: &Home, arguments: &[&str]) -> Value {
    let output = home.run(&[arguments, &["--json"]].concat());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The open question with this id, as somebody sees it after a sync.
fn question(home: &Home, id: &str) -> Option<Value> {
    answer(home, &["sync"]);
    let listed = answer(home, &["route", "list"]);
    let mut all = listed["questions"].as_array().unwrap().iter();
    all.find(|one| one["id"] == id).cloned()
}

/// The records of a kind that hang on another record and say something in a property, by their other properties.
fn saying(
    portal: &Portal,
    kind: ObjectType,
    on: (ObjectType, u64),
    (property, words): (&str, &str),
) -> Vec<BTreeMap<String, String>> {
    let mut ids: Vec<u64> = portal.links.of(on, kind).collect();
    ids.retain(|id| {
        let text = portal.value(kind, *id, property).unwrap_or_default();
        text.contains(words)
    });
    let told = |id: u64| {
        let names = [
            "hubspot_owner_id",
            "hs_note_body",
            "hs_task_subject",
            "hs_task_body",
        ];
        let values = names.map(|name| (name.to_owned(), portal.value(kind, id, name).unwrap_or_default()));
        values.into_iter().collect()
    };
    ids.into_iter().map(told).collect()
}

#[test]
fn an_e_mail_is_handed_over_to_the_csm_with_its_owner_a_note_a_task_and_what_was_promised() {
    let (_runtime, server, account, mail) = mailed();
    let id = mail.to_string();
    let home = || Home::of(&server.url(), &server.token, server.portal);
    let ben = home().colleague("ben.osei@alderfinch.example").writing();
    assert_eq!(question(&ben, &id), None, "the mapping names no e-mails");
    let emails = "[emails]\ninbound = { hs_email_direction = [\"INCOMING_EMAIL\"] }\n";
    ben.write("mapping.toml", emails);
    let open = question(&ben, &id).unwrap();
    let told = ["kind", "subject", "desk", "had_by", "owner_name"].map(|name| open[name].as_str().unwrap());
    assert_eq!(told, ["email", SUBJECT, "csm", "support", "Ben Osei"], "{open}");

    let promised = ["--field", "promised=Mara calls by 16:00"];
    let sent = answer(&ben, &[&["route", "hand-over", &id][..], &promised].concat());
    assert_eq!(
        (&sent["to_name"], &sent["misroute"]),
        (&Value::from("Mara Lindt"), &Value::from(true)),
        "{sent}"
    );
    let entries = sent["entries"].as_array().unwrap();
    assert!(entries.iter().all(|entry| entry["state"] == "sent"), "{sent}");

    server.with_portal(|portal| {
        let owner = portal.value(ObjectType::Emails, mail, "hubspot_owner_id");
        assert_eq!(owner.as_deref(), Some(MARA), "the e-mail is hers");
        let on = (ObjectType::Companies, account);
        let [note] = saying(portal, ObjectType::Notes, on, ("hs_note_body", SUBJECT))
            .try_into()
            .unwrap();
        let body = &note["hs_note_body"];
        for words in [
            "Handoff support → CSM: sent",
            "To: Mara Lindt",
            &format!("e-mail {id} from support to CSM"),
            "This is unacceptable.",
        ] {
            assert!(body.contains(words), "{words}: {body}");
        }
        let asks = saying(portal, ObjectType::Tasks, on, ("hs_task_subject", "Mara calls"));
        let owners: Vec<&str> = asks
            .iter()
            .map(|task| task["hubspot_owner_id"].as_str())
            .collect();
        assert_eq!(owners, [MARA], "the promise is a task of hers: {asks:?}");
    });

    // Mara finds it among her steps, and the desk says that she has it.
    let mara = home().writing();
    mara.write("mapping.toml", emails);
    let seen = question(&mara, &id).unwrap();
    assert_eq!(
        (&seen["had_by"], &seen["mine"]),
        (&Value::from("csm"), &Value::from(true))
    );
    let handoffs = answer(&mara, &["handoff", "list"]);
    let waits = |card: &&Value| card["for_me"] == true && card["account_name"] == "Juniper Freight";
    let found = handoffs["handoffs"].as_array().unwrap().iter().find(waits);
    assert_eq!(found.unwrap()["state"], "sent", "{handoffs}");
}
