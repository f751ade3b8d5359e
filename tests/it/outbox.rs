//! `retain outbox`: what it lists, what a person can do with it, and that a read-only profile cannot.

use std::collections::BTreeMap;
use std::process::Output;

use retain::domain::outbox::{EntryId, Field, NewEntry, Remedy, Step, Target, Write, WritePermit};
use retain::domain::record::{Core, Kind};
use retain::store::Ledger;
use serde_json::Value;

use super::driver::{Crm, Home};

fn ledger(home: &Home) -> Ledger {
    Ledger::open(&home.find("ledger.db"), "mara.lindt@alderfinch.example")
        .unwrap()
        .0
}

/// Queues two entries of one act and one of another; the last is refused by the CRM.
fn filled(home: &Home) -> Vec<EntryId> {
    let now = super::driver::NOW.parse().unwrap();
    let note = |act: &str, title: &str| NewEntry {
        act: act.to_owned(),
        account: None,
        title: title.to_owned(),
        write: Write::Create {
            kind: Kind::Note,
            fields: BTreeMap::from([(Field::Core(Core::Body), title.to_owned())]),
            about: vec![(Kind::Account, Target::Record("7".into()))],
        },
        leaves_at: now,
    };
    let entries = [note("a", "first"), note("a", "second"), note("b", "third")];
    let mut ledger = ledger(home);
    let permit = WritePermit::unless(None).unwrap();
    let queued = ledger.enqueue(permit, &entries, &[], now).unwrap();
    let ids: Vec<EntryId> = queued.into_iter().map(|entry| entry.id).collect();
    for step in [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        Step::Parked {
            said: "Property x does not exist".to_owned(),
            remedy: Remedy::Edit,
        },
    ] {
        ledger.step(ids[2], &step, now).unwrap().unwrap();
    }
    ids
}

fn writable(home: &Home) {
    let path = home.path().join("config/retain.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replacen("\ntenant", "\nread_only = false\ntenant", 1);
    assert!(text.contains("read_only = false"), "{text}");
    home.write("retain.toml", &text);
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn states(home: &Home) -> Vec<String> {
    let output = home.run(&["outbox", "--json"]);
    let answer: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", err(&output)));
    let entries = answer["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| {
            format!(
                "{} {}",
                entry["title"].as_str().unwrap(),
                entry["state"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn the_outbox_is_listed_and_counted_and_each_entry_says_what_to_do() {
    let home = Home::synced();
    assert!(out(&home.run(&["outbox"])).contains("nothing was written yet"));
    assert!(!out(&home.run(&["status"])).contains("outbox"));
    filled(&home);
    assert_eq!(states(&home), ["third parked", "second queued", "first queued"]);
    let text = out(&home.run(&["outbox"]));
    assert!(
        text.contains("the CRM refused it: Property x does not exist"),
        "{text}"
    );
    let status = out(&home.run(&["status"]));
    assert!(
        status.contains("2 to send, 1 in the outbox for you to decide"),
        "{status}"
    );
    let tmux = out(&home.run(&["status", "--format", "tmux"]));
    assert!(tmux.contains("outbox 3"), "{tmux}");
    let plain = out(&home.run(&["outbox", "--plain"]));
    assert!(
        plain.starts_with("id\tstate\tsince\t") && plain.lines().count() == 4,
        "{plain}"
    );
    let json: Value = serde_json::from_slice(&home.run(&["outbox", "--json"]).stdout).unwrap();
    let mut missing = Vec::new();
    super::answers::without_reason("outbox", &json, &mut missing);
    assert_eq!(missing, [""; 0]);
    let json: Value = serde_json::from_slice(&home.run(&["status", "--json"]).stdout).unwrap();
    assert_eq!(
        (&json["outbox"]["waiting"], &json["outbox"]["parked"]),
        (&2.into(), &1.into())
    );
}

#[test]
fn a_person_takes_back_sends_again_and_gives_up_with_a_reason() {
    let home = Home::synced();
    let ids = filled(&home);
    writable(&home);
    let first = ids[0].to_string();
    assert!(home.run(&["outbox", "undo", &first]).status.success());
    assert_eq!(
        states(&home),
        ["third parked", "second taken-back", "first taken-back"]
    );
    let late = home.run(&["outbox", "undo", &first]);
    assert!(
        err(&late).contains("too late") && !late.status.success(),
        "{}",
        err(&late)
    );
    let third = ids[2].to_string();
    let resend = ["outbox", "resend", &third, "--queue"];
    assert!(home.run(&resend).status.success());
    assert_eq!(states(&home)[0], "third queued");
    assert!(
        home.run(&["outbox", "discard", &third, "--reason", "no longer true"])
            .status
            .success()
    );
    assert!(out(&home.run(&["outbox"])).contains("no longer true"));
    // As in the cockpit, a reason may be left out.
    let made = home.run(&["note", "juniper", "fourth", "--queue", "--json"]);
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let fourth = made["entries"][0]["id"].to_string();
    let without = home.run(&["outbox", "discard", &fourth]);
    assert!(without.status.success(), "{}", err(&without));
    let none = home.run(&["outbox", "resend", "99"]);
    assert!(err(&none).contains("there is no entry 99"), "{}", err(&none));
}

#[test]
fn nothing_of_it_can_be_done_read_only_and_each_says_why() {
    let home = Home::synced();
    let id = filled(&home)[2].to_string();
    let before = states(&home);
    let all = [
        &["outbox", "undo", &id][..],
        &["outbox", "resend", &id],
        &["outbox", "discard", &id, "--reason", "x"],
        &["outbox", "edit", &id, "text=x"],
        &["outbox", "resolve", &id, "--take", "mine"],
    ];
    for arguments in all {
        let output = home.run(&[arguments, &["--read-only"]].concat());
        assert!(err(&output).contains("--read-only was given"), "{}", err(&output));
    }
    home.write(
        "retain.toml",
        &std::fs::read_to_string(home.path().join("config/retain.toml"))
            .unwrap()
            .replace("read_only = false", "read_only = true"),
    );
    for arguments in all {
        let output = home.run(arguments);
        assert!(err(&output).contains("is read-only"), "{}", err(&output));
    }
    assert_eq!(states(&home), before);
}

/// What the lists show of Juniper's segment.
fn segment(home: &Home) -> String {
    let answer = home.run(&["accounts", "juniper", "--json"]);
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    answer["accounts"][0]["segment"].as_str().unwrap().to_owned()
}

#[test]
fn what_the_crm_refused_or_a_person_took_back_shows_no_more_in_the_lists() {
    let crm = Crm::with_faults("require=companies.customer_tier=digital>churn_reason");
    let home = Home::new(&crm).writing();
    assert!(home.run(&["sync"]).status.success());
    let before = segment(&home);
    assert_ne!(before, "digital");
    let edit = ["edit", "juniper", "segment=digital", "--queue"];
    let actions = [&["undo", "1"][..], &["discard", "2", "--reason", "no"]];
    for action in actions {
        let queued = home.run(&edit);
        assert!(queued.status.success(), "{queued:?}");
        assert_ne!(segment(&home), before, "it shows at once");
        let done = home.run(&[&["outbox"], action].concat());
        assert!(done.status.success(), "{done:?}");
        assert_eq!(segment(&home), before, "{action:?}");
    }
    let refused = home.run(&["edit", "juniper", "segment=digital"]);
    assert!(err(&refused).contains("the CRM refused it"), "{refused:?}");
    assert_eq!(segment(&home), before, "refused");
    let resend = ["outbox", "resend", "3", "--queue"];
    assert!(home.run(&resend).status.success());
    assert_ne!(segment(&home), before, "it is on its way again");
}

#[test]
fn a_ledger_that_cannot_be_read_is_told_as_that_and_not_as_an_entry_that_is_not_there() {
    let home = Home::synced();
    writable(&home);
    let ids = filled(&home);
    let number = ids[2].to_string();
    let path = home.find("ledger.db");
    for word in ["resolve", "edit"] {
        let sound = home.run(&["outbox", word, &number]);
        assert!(!err(&sound).contains("no entry"), "{}", err(&sound));
        let missing = home.run(&["outbox", word, "99"]);
        assert!(
            err(&missing).contains("there is no entry 99"),
            "{}",
            err(&missing)
        );
    }
    for side in ["-wal", "-shm"] {
        drop(std::fs::remove_file(path.with_extension(format!("db{side}"))));
    }
    std::fs::write(&path, [b'x'; 8_192]).unwrap();
    for word in ["resolve", "edit"] {
        let damaged = home.run(&["outbox", word, &number]);
        assert!(!err(&damaged).contains("no entry"), "{}", err(&damaged));
        assert_ne!(damaged.status.code(), Some(0), "{}", err(&damaged));
    }
}
