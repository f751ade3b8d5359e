//! What a person writes by keys arrives in the CRM, once, in their name.

use reqwest::Client;
use serde_json::Value;

use super::contract::client::client;
use super::driver::{Cockpit, Crm, Home, Opening, until};

/// A home of its own, synced.
fn open(crm: &Crm) -> (Home, Cockpit) {
    let home = Home::synced_to(crm).writing();
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

/// Each was told that its draft is saved: neither may take the other's place.
#[test]
fn what_two_cockpits_of_one_person_write_on_one_account_is_kept_apart() {
    let home = Home::synced().writing();
    let open = || {
        let mut cockpit = Opening::new().open(&home);
        cockpit.press("/").type_in("juniper").press("<enter> n");
        cockpit
    };
    let (mut one, mut other) = (open(), open());
    one.type_in("first thought");
    other.type_in("second thought");
    one.press("<esc>").shows("the draft is kept");
    other.press("<esc>").shows("both are kept").press("O");
    other.shows("first thought").shows("second thought");
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
}

#[test]
fn whoever_quits_while_something_waits_is_told_how_it_leaves_and_nobody_else_is() {
    let home = Home::synced().writing();
    let settings = std::fs::read_to_string(home.path().join("config/retain.toml")).unwrap();
    // The clock of the tests stands still: what has a grace never leaves.
    home.write(
        "retain.toml",
        &settings.replace("grace = \"0s\"", "grace = \"10s\""),
    );
    let quit = |cockpit: &mut Cockpit| {
        cockpit.send_raw(b"\x03", 1);
        assert!(cockpit.ended().success());
        cockpit.left_the_terminal_as_it_was();
        cockpit.screen()
    };
    let mut cockpit = Opening::new().open(&home);
    assert!(!quit(&mut cockpit).contains("outbox"));
    let mut cockpit = Opening::new().open(&home);
    cockpit.press("/").type_in("juniper").press("<enter> n");
    cockpit.type_in("later").press("<ctrl-s>").shows("takes it back");
    let words = quit(&mut cockpit);
    let told = "1 change waits in the outbox; `retain sync` or the next start sends it";
    assert!(words.contains(told), "{words}");
}

/// What a command answers as JSON.
fn told(home: &Home, arguments: &[&str]) -> Value {
    let output = home.run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_is_put_back_to_what_it_was_shows_as_the_crm_has_it() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm).writing();
    let stage = || told(&home, &["account", "tallinn", "--json"])["account"]["stage"].clone();
    let before = stage();
    assert_ne!(before, "renewal");
    told(&home, &["edit", "tallinn", "stage=renewal", "--json"]);
    assert_eq!(stage(), "renewal");
    let back = format!("stage={}", before.as_str().unwrap());
    told(&home, &["edit", "tallinn", &back, "--json"]);
    assert_eq!(stage(), before, "as soon as it is sent");
    assert!(home.run(&["sync"]).status.success());
    assert_eq!(stage(), before, "and after a sync");
    // A task that is taken up again is open again.
    told(
        &home,
        &[
            "task",
            "add",
            "tallinn",
            "Send the gap list",
            "--due",
            "+2bd",
            "--json",
        ],
    );
    let open = || {
        let tasks = told(&home, &["task", "list", "tallinn", "--json"])["tasks"].clone();
        let tasks = tasks
            .as_array()
            .unwrap()
            .iter()
            .filter(|task| task["subject"] == "Send the gap list");
        tasks
            .map(|task| task["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let task = open().pop().unwrap();
    told(&home, &["task", "done", &task, "--json"]);
    assert!(open().is_empty());
    told(&home, &["task", "reopen", &task, "--json"]);
    assert_eq!(open(), [task]);
}

#[test]
fn putting_off_a_task_that_a_colleague_completed_says_so_and_the_same_day_twice_is_written_once() {
    let crm = Crm::small();
    let priya = "priya.nair@alderfinch.example";
    let (mara, priya) = (
        Home::new(&crm).writing(),
        Home::new(&crm).colleague(priya).writing(),
    );
    assert!(mara.run(&["sync"]).status.success());
    let made = told(&mara, &["task", "add", "juniper", "Send the gap list", "--json"]);
    let task = made["entries"][0]["record"].as_str().unwrap().to_owned();
    assert!(priya.run(&["sync"]).status.success());
    let due = |day: &str| mara.run(&["task", "due", &task, day, "--json"]);
    let first: Value = serde_json::from_slice(&due("+2bd 9:30").stdout).unwrap();
    let title = first["entries"][0]["title"].as_str().unwrap();
    assert!(title.contains(" 09:30: Send"), "{title}");
    let second: Value = serde_json::from_slice(&due("+2bd 9:30").stdout).unwrap();
    assert_eq!(second["entries"], serde_json::json!([]), "{second}");
    told(&priya, &["task", "done", &task, "--json"]);
    let late = due("+3bd");
    let said = String::from_utf8_lossy(&late.stderr).into_owned();
    assert!(said.contains("the task is completed in the CRM"), "{said}");
    let unknown = mara.run(&["task", "due", "no-such-task", "+3bd"]);
    assert_eq!(unknown.status.code(), Some(2), "as of an unknown account");
}

#[test]
fn a_line_on_the_command_line_tells_its_days() {
    let crm = Crm::small();
    let home = Home::new(&crm).writing();
    assert!(home.run(&["sync"]).status.success());
    let line = "call with Zoe 3 days ago: went well; next: send the deck by 20 feb 2028 9:30";
    let logged = home.run(&["log", "juniper", line, "--queue"]);
    let said = String::from_utf8_lossy(&logged.stderr).into_owned();
    assert!(said.contains("it was "), "{said}");
    assert!(
        said.contains("the next step is due Sun 20 Feb 2028 09:30"),
        "{said}"
    );
}
