<<<<<<< HEAD
//! What a person writes by keys arrives in the CRM, once, in their name.

use reqwest::Client;
use serde_json::Value;

use super::contract::client::client;
use super::driver::{Cockpit, Crm, Home, Opening, until};

/// A home of its own, synced.
fn open(crm: &Crm) -> (Home, Cockpit) {
    let home = Home::new(crm).writing();
    assert!(home.run(&["sync"]).status.success());
    let cockpit = Opening::new().open(&home);
    (home, cockpit)
}

/// All records of a kind that have a word in one of their properties.
fn having(crm: &Crm, path: &str, property: &str, word: &str) -> Vec<Value> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = client();
    let url = format!(
        "{}/crm/objects/2026-09/{path}?limit=100&associations=companies&properties={property},hubspot_owner_id",
        crm.address
    );
    let mut after = None;
    let mut found = Vec::new();
    loop {
        let page = runtime.block_on(get(&client, &url, &crm.token, after.as_deref()));
        let all = page["results"].as_array().unwrap();
        let has = |one: &&Value| {
            let text = one["properties"][property].as_str();
            text.is_some_and(|text| text.contains(word))
        };
        found.extend(all.iter().filter(has).cloned());
        match page["paging"]["next"]["after"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => return found,
        }
    }
}

async fn get(client: &Client, url: &str, token: &str, after: Option<&str>) -> Value {
    let url = after.map_or_else(|| url.to_owned(), |after| format!("{url}&after={after}"));
    let answer = client.get(url).bearer_auth(token).send().await.unwrap();
    answer.json().await.unwrap()
}

fn wait_for(crm: &Crm, cockpit: &Cockpit, path: &str, property: &str, word: &str) -> Value {
    let describe = || cockpit.screen();
    until(word, describe, || {
        having(crm, path, property, word).into_iter().next()
    })
}

#[test]
fn a_note_that_is_typed_is_in_the_crm_once_with_its_owner_and_who_wrote_it() {
    let crm = Crm::start();
    let (_home, mut cockpit) = open(&crm);
    cockpit.press("/").type_in("juniper").press("<enter> n");
    cockpit
        .type_in("Ana is leaving")
        .press("<enter>")
        .type_in("Ask who follows");
    cockpit.press("<ctrl-s>").lacks("draft");
    let note = wait_for(&crm, &cockpit, "notes", "hs_note_body", "Ana is leaving");
    let body = note["properties"]["hs_note_body"].as_str().unwrap();
    assert!(body.contains("Ask who follows"), "{body}");
    assert!(body.contains("Mara Lindt · retain "), "{body}");
    assert!(
        note["properties"]["hubspot_owner_id"]
            .as_str()
            .is_some_and(|id| !id.is_empty())
    );
    assert_eq!(
        note["associations"]["companies"]["results"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    cockpit.press("<enter>").shows("Timeline");
    assert_eq!(having(&crm, "notes", "hs_note_body", "Ana is leaving").len(), 1);
}

#[test]
fn a_line_logs_a_call_and_its_next_step_becomes_a_task() {
    let crm = Crm::start();
    let (_home, mut cockpit) = open(&crm);
    cockpit.press("/").type_in("juniper").press("<enter> l");
    cockpit.type_in("call: went well; next: send the pricing by fri");
    cockpit
        .shows("next: send the pricing, Fri 27 Nov")
        .press("<enter>");
    wait_for(&crm, &cockpit, "calls", "hs_call_body", "went well");
    wait_for(&crm, &cockpit, "tasks", "hs_task_subject", "send the pricing");
}

#[test]
fn what_is_typed_survives_leaving_the_form_and_the_program() {
    let home = Home::synced().writing();
    let mut cockpit = Opening::new().open(&home);
    cockpit
        .press("/")
        .type_in("juniper")
        .press("<enter> n")
        .type_in("half a thought");
    cockpit.send_raw(b"\x03", 1);
    assert!(cockpit.ended().success());
    let mut cockpit = Opening::new().open(&home);
    cockpit
        .press("/")
        .type_in("juniper")
        .press("<enter> n")
        .shows("half a thought");
    cockpit.press("<esc>").shows("the draft is kept");
}

#[test]
fn the_persons_own_editor_has_the_terminal_and_gives_it_back() {
    let home = Home::synced().writing();
    home.write("editor", "#!/bin/sh\nsed -i 's/half/whole/' \"$1\"\n");
    let editor = format!("sh {}", home.path().join("config/editor").display());
    let mut cockpit = Opening::new().variable("EDITOR", &editor).open(&home);
    cockpit
        .press("/")
        .type_in("juniper")
        .press("<enter> n")
        .type_in("half a thought");
    cockpit
        .press("<ctrl-o>")
        .shows("whole a thought")
        .shows("Juniper");
=======
//! What is written from the command line reaches the CRM once, or says why not.

use std::process::Output;

use serde_json::Value;

use super::driver::{Crm, Home};

fn answer(output: &Output) -> Value {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn told(output: &Output, code: i32) -> String {
    assert_eq!(
        output.status.code(),
        Some(code),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A home that may write, with everything synced.
fn writable(crm: &Crm) -> Home {
    let home = Home::new(crm);
    home.allow_writing();
    let synced = home.run(&["sync"]);
    assert!(
        synced.status.success(),
        "{}",
        String::from_utf8_lossy(&synced.stderr)
    );
    home
}

fn states(answer: &Value) -> Vec<&str> {
    let entries = answer["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["state"].as_str().unwrap())
        .collect()
}

#[test]
fn what_is_written_is_in_the_crm_for_others_too() {
    let crm = Crm::start();
    let home = writable(&crm);
    let note = answer(&home.run(&[
        "note",
        "juniper",
        "Spoke about <SSO> & more.\nThey wait.",
        "--json",
    ]));
    assert_eq!(states(&note), ["sent"]);
    let logged = "call with idris: went well; next: send the offer by fri";
    let log = answer(&home.run(&["log", "juniper", logged, "--json"]));
    assert_eq!(states(&log), ["sent", "sent"]);
    let task = log["entries"][1]["record"].as_str().unwrap();
    assert_eq!(
        states(&answer(&home.run(&["task", "due", task, "+1w", "--json"]))),
        ["sent"]
    );
    assert_eq!(
        states(&answer(&home.run(&["task", "give", task, "tom", "--json"]))),
        ["sent"]
    );
    assert_eq!(
        states(&answer(&home.run(&["task", "done", task, "--json"]))),
        ["sent"]
    );
    assert_eq!(
        states(&answer(&home.run(&["edit", "juniper", "segment=mid", "--json"]))),
        ["sent"]
    );

    // A colleague, with a cache of their own.
    let other = Home::new(&crm);
    assert!(other.run(&["sync"]).status.success());
    let account = answer(&other.run(&["account", "Juniper Freight", "--json"]));
    let notes = account["notes"].as_array().unwrap();
    let mine: Vec<&Value> = notes
        .iter()
        .filter(|note| note["text"].as_str().unwrap().contains("<SSO> & more."))
        .collect();
    assert_eq!(mine.len(), 1, "{notes:#?}");
    assert!(mine[0]["text"].as_str().unwrap().contains("Mara Lindt · retain "));
    let timeline = account["timeline"].as_array().unwrap();
    let call = timeline
        .iter()
        .find(|line| line["words"].as_str().unwrap().contains("Idris Okafor"));
    assert!(call.is_some(), "{timeline:#?}");
    assert_ne!(
        account["segment"],
        answer(&Home::synced().run(&["account", "Juniper Freight", "--json"]))["segment"]
    );
}

#[test]
fn without_the_crm_it_waits_and_leaves_with_the_next_sync() {
    let mut crm = Crm::start();
    let home = writable(&crm);
    // The tests' clock stands still: no grace would ever pass.
    home.append("retain.toml", "[outbox]\ngrace = \"0s\"\n");
    let queued = answer(&home.run(&["note", "juniper", "later", "--queue", "--json"]));
    assert_eq!(states(&queued), ["queued"]);
    assert!(home.run(&["sync"]).status.success());
    let outbox = answer(&home.run(&["outbox", "--json"]));
    assert_eq!(states(&outbox), ["sent"]);
    crm.vanish();
    let output = home.run(&["note", "juniper", "offline", "--json"]);
    let waiting = answer(&output);
    assert_eq!(states(&waiting), ["retry"], "{waiting}");
    assert!(
        waiting["waits_because"]
            .as_str()
            .is_some_and(|why| !why.is_empty()),
        "{waiting}"
    );
}

#[test]
fn a_read_only_profile_writes_nothing_and_says_why() {
    let home = Home::synced();
    for words in [
        &["note", "juniper", "x"][..],
        &["log", "juniper", "call: x"],
        &["task", "add", "juniper", "x"],
        &["task", "done", "1"],
        &["edit", "juniper", "segment=mid"],
    ] {
        let error = told(&home.run(words), 2);
        assert!(
            error.contains("read-only") && error.contains(":enable-writes"),
            "{words:?}: {error}"
        );
    }
    home.allow_writing();
    let error = told(&home.run(&["note", "juniper", "x", "--read-only"]), 2);
    assert!(error.contains("--read-only"), "{error}");
    assert_eq!(
        states(&answer(&home.run(&["outbox", "--json"]))),
        Vec::<&str>::new()
    );
}

#[test]
fn what_cannot_be_understood_is_said_and_queues_nothing() {
    let home = Home::synced();
    home.allow_writing();
    for (words, part) in [
        (&["log", "juniper", "hello"][..], "begin with call"),
        (&["log", "juniper", "call with nobody: x"], "there is "),
        (&["task", "add", "juniper", "x", "--due", "someday"], "is no day"),
        (&["task", "done", "1"], "no task has the id"),
        (&["task", "add", "juniper", "x", "--owner", "zoe"], "nobody of us"),
        (&["edit", "juniper", "colour=red"], "no field"),
        (&["edit", "juniper", "segment=purple"], "no value is called"),
        (&["note", "juniper", " "], "the note is empty"),
    ] {
        let output = home.run(words);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && error.contains(part),
            "{words:?}: {error}"
        );
    }
    assert_eq!(
        states(&answer(&home.run(&["outbox", "--json"]))),
        Vec::<&str>::new()
    );
}

#[test]
fn a_colleague_joins_the_demo_of_another() {
    let crm = Crm::start();
    let home = Home::empty();
    let joined = home.run(&["demo", "--as", "ida", "--join", &crm.address, "--json"]);
    assert!(
        joined.status.success(),
        "{}",
        String::from_utf8_lossy(&joined.stderr)
    );
    let error = told(&home.run(&["demo", "--as", "nobody", "--join", &crm.address]), 2);
    assert!(error.contains("Ida Vance"), "{error}");
>>>>>>> a05d7cc (note, log, task and edit on the command line: on disk first, then sent at once; two people on one demo)
}
