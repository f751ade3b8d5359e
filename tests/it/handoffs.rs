//! A handoff between two people on one CRM, while somebody edits its notes there.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Output;

use serde_json::{Value, json};

use retain::domain::record::Kind;
use retain::store::Ledger;

use super::driver::{Cockpit, Crm, Home, Opening};

fn parsed(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{told}");
    serde_json::from_str(&text).unwrap()
}

/// The handoff with this id, as somebody sees it after a sync.
fn seen(home: &Home, id: &str) -> Value {
    assert!(home.run(&["sync"]).status.success());
    parsed(&home.run(&["handoff", "show", id, "--json"]))
}

/// Somebody writes this text into a note, in the CRM itself.
fn edit(crm: &Crm, note: &str, text: &str) {
    let host = crm.address.trim_start_matches("http://");
    let body = json!({ "properties": { "hs_note_body": text } }).to_string();
    let path = format!("/crm/objects/2026-09/notes/{note}");
    let request = format!(
        "PATCH {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        crm.token,
        body.len()
    );
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// Mara hands Juniper to Priya without all that is required, as she may: the id of the handoff.
fn passed(mara: &Home) -> String {
    let send = ["handoff", "send", "csm-to-csm", "juniper", "--to", "priya"];
    let refused = mara.run(&send);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && why.contains("--pass"), "{why}");
    let given = [
        "--field",
        "goals=Fewer escalations",
        "--pass",
        "I leave on Friday",
        "--json",
    ];
    let sent = parsed(&mara.run(&[&send[..], &given].concat()));
    let listed = parsed(&mara.run(&["handoff", "list", "--json"]));
    assert_eq!(listed["past_the_gate"], 1, "{listed}");
    assert!(sent["entries"][0]["record"].is_string(), "{sent}");
    // A second one of the same is a slip, unless somebody says otherwise.
    let again = mara.run(&[&send[..], &given].concat());
    let why = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(!again.status.success(), "{why}");
    assert!(why.contains("already") && why.contains("--again"), "{why}");
    let ours = |card: &&Value| card["to"] == "Priya Nair";
    let cards = listed["handoffs"].as_array().unwrap();
    let card = cards.iter().find(ours).unwrap();
    card["handoff"].as_str().unwrap().to_owned()
}

#[test]
fn it_is_returned_answered_and_accepted_whatever_somebody_makes_of_its_notes() {
    let crm = Crm::start();
    let mara = Home::new(&crm).writing();
    let priya = Home::new(&crm)
        .colleague("priya.nair@alderfinch.example")
        .writing();
    assert!(mara.run(&["sync"]).status.success());
    let id = passed(&mara);

    let there = seen(&priya, &id);
    assert_eq!(
        (&there["state"], &there["for_me"]),
        (&json!("sent"), &json!(true)),
        "{there}"
    );
    let gate = there["gate"].as_str().unwrap();
    assert!(
        gate.starts_with("passed by Mara Lindt: I leave on Friday (missing: "),
        "{gate}"
    );
    let back = [
        "handoff",
        "return",
        &id,
        "--ask",
        "goals=Whose?",
        "--ask",
        "By when?",
        "--json",
    ];
    let back = parsed(&priya.run(&back));
    assert_eq!(back["becomes"], "returned");
    assert!(
        back["entries"]
            .as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["state"] == "sent"),
        "{back}"
    );
    let note = back["entries"][0]["record"].as_str().unwrap();

    assert_eq!(seen(&mara, &id)["state"], "returned");
    edit(
        &crm,
        note,
        &format!(
            "<p>Handoff CSM → CSM: accepted</p><p>Question: When exactly?</p><p>retain: handoff {id} event 2</p>"
        ),
    );
    let there = seen(&mara, &id);
    assert_eq!(
        (&there["state"], &there["for_me"]),
        (&json!("returned"), &json!(true)),
        "{there}"
    );
    assert_eq!(there["text"], "Question: When exactly?");
    let answered = parsed(&mara.run(&["handoff", "answer", &id, "--say", "In May.", "--json"]));
    assert_eq!(answered["becomes"], "answered");

    let there = seen(&priya, &id);
    assert_eq!(
        (&there["state"], &there["for_me"]),
        (&json!("answered"), &json!(true)),
        "{there}"
    );
    let accepted = parsed(&priya.run(&["handoff", "accept", &id, "--json"]));
    let titles: Vec<&str> = accepted["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["title"].as_str().unwrap())
        .collect();
    assert!(titles.contains(&"CSM: Priya Nair"), "{titles:?}");
    assert!(
        titles
            .iter()
            .any(|title| title.starts_with("Task: Look again at Juniper")),
        "{titles:?}"
    );
    let there = seen(&mara, &id);
    assert_eq!(there["state"], "accepted", "{there}");
    // Then and now stand beside each other, for people and programs.
    let beside = &there["beside"];
    assert_eq!(beside["then"]["score"], beside["now"]["score"], "{there}");
    assert!(beside["tickets_then"].is_number(), "{there}");
    let text = priya.run(&["handoff", "show", &id]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("health: then ") && text.contains("open tickets: then "),
        "{text}"
    );
    assert_eq!(there["events"].as_array().unwrap().len(), 4);
    let late = mara.run(&["handoff", "accept", &id]);
    let why = String::from_utf8_lossy(&late.stderr).into_owned();
    assert!(why.contains("it was accepted already, by Priya Nair"), "{why}");
    // Nobody is left with a task to answer it.
    for home in [&mara, &priya] {
        let tasks = parsed(&home.run(&["task", "list", "juniper", "--json"]));
        assert!(
            !tasks.to_string().contains(&format!("handoff {id} task")),
            "{tasks}"
        );
    }
}

#[test]
fn a_note_that_is_changed_by_a_command_while_it_waits_reaches_the_receiver_as_the_handoff_that_it_is() {
    let crm = Crm::start();
    let mara = Home::new(&crm).writing();
    let priya = Home::new(&crm)
        .colleague("priya.nair@alderfinch.example")
        .writing();
    assert!(mara.run(&["sync"]).status.success());
    let sent = parsed(&mara.run(&[
        "handoff",
        "send",
        "csm-to-csm",
        "juniper",
        "--to",
        "priya",
        "--field",
        "goals=Fewer escalations",
        "--pass",
        "I leave on Friday",
        "--queue",
        "--json",
    ]));
    let note = sent["entries"][0]["id"].to_string();
    let fields = parsed(&mara.run(&["outbox", "edit", &note, "--json"]));
    let lines = fields["fields"].as_array().unwrap();
    let text = lines.iter().find(|line| line["label"] == "text").unwrap();
    let words = text["value"].as_str().unwrap();
    assert!(
        words.contains("Fewer escalations") && !words.contains("retain:"),
        "{words}"
    );
    assert!(!words.contains("Fields:"), "the words alone: {words}");
    let title = words.split_once(':').unwrap().0;
    let head = mara.run(&["outbox", "edit", &note, "text=To: Mara Lindt", "--queue"]);
    assert!(String::from_utf8_lossy(&head.stderr).contains("head"), "{head:?}");
    let change = format!("text={title}: A quiet year");
    let changed = mara.run(&["outbox", "edit", &note, &change, "--queue"]);
    assert!(changed.status.success(), "{changed:?}");
    assert!(mara.run(&["sync"]).status.success());
    let ours = |home: &Home| {
        assert!(home.run(&["sync"]).status.success());
        let listed = parsed(&home.run(&["handoff", "list", "--json"]));
        let cards = listed["handoffs"].as_array().unwrap().clone();
        cards
            .into_iter()
            .find(|card| card["from"] == "Mara Lindt" && card["to"] == "Priya Nair")
    };
    for home in [&mara, &priya] {
        let card = ours(home).expect("the handoff is there for both");
        let shown = parsed(&home.run(&["handoff", "show", card["handoff"].as_str().unwrap(), "--json"]));
        assert_eq!(shown["state"], "sent", "{shown}");
        assert!(shown.to_string().contains("A quiet year"), "{shown}");
    }
}

#[test]
fn of_two_cockpits_with_the_same_reply_open_the_second_is_refused_and_keeps_its_words() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm).writing();
    let replying = || -> Cockpit {
        let mut cockpit = Opening::new().open(&home);
        cockpit
            .press("4 g j h")
            .shows("Return with questions")
            .press("j <enter>");
        cockpit.shows("Return the handoff");
        cockpit
    };
    let (mut one, mut other) = (replying(), replying());
    other.type_in("Who signs off?");
    one.type_in("By when?")
        .press("<ctrl-s>")
        .hides("Return the handoff");
    other.press("<ctrl-s>").shows("cannot follow that");
    other.shows("Who signs off?").shows("Return the handoff");
    let ledger = Ledger::open_read_only(&home.find("ledger.db")).unwrap();
    let queued = ledger.outbox_recent(100).unwrap();
    let notes = queued.iter().filter(|entry| entry.new.write.kind() == Kind::Note);
    assert_eq!(notes.count(), 1, "{queued:?}");
}
