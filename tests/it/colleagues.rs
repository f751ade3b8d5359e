//! A play of two people on one CRM: it is seen by the last line of its tasks, known by their ids from then on, and no
//! text makes anybody's program write.

use std::process::Output;

use reqwest::Client;
use serde_json::{Value, json};

use super::contract::client;
use super::driver::{Crm, Home};

const PRIYA: &str = "priya.nair@alderfinch.example";

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a command that must succeed answers.
fn ask(home: &Home, arguments: &[&str]) -> Value {
    let output = home.run(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A person changes the text of a task in the CRM.
fn edit(crm: &Crm, task: &str, body: &str) {
    let client: Client = client::client();
    let url = format!("{}/crm/objects/2026-09/tasks/{task}", crm.address);
    let change = json!({ "properties": { "hs_task_body": body } });
    let request = client.patch(url).bearer_auth(&crm.token).json(&change);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answer = runtime.block_on(request.send()).unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}

fn synced(home: &Home) {
    let output = home.run(&["sync"]);
    assert!(output.status.success(), "{}", err(&output));
}

/// The id of the task of a step, as whoever started the run knows it.
fn task_of(run: &Value, step: &str) -> String {
    let steps = run["run"]["steps"].as_array().unwrap();
    let found = steps.iter().find(|one| one["step"] == step).unwrap();
    found["task"].as_str().unwrap().to_owned()
}

#[test]
fn a_play_of_a_colleague_is_told_of_and_its_tasks_are_known_by_their_ids_whatever_people_do_to_their_texts() {
    let crm = Crm::small();
    let (mara, priya) = (
        Home::new(&crm).writing(),
        Home::new(&crm).colleague(PRIYA).writing(),
    );
    synced(&mara);
    synced(&priya);
    let start = [
        "play",
        "start",
        "waning-interest",
        "juniper",
        "--reason",
        "usage-drop",
    ];
    let started = ask(&mara, &start);
    let (call, plan) = (task_of(&started, "call"), task_of(&started, "plan"));
    // Before Priya's program sees it, somebody deletes the line of one task.
    edit(&crm, &plan, "A plan, please.");
    synced(&priya);
    let shown = ask(&priya, &["play", "show", "juniper"]);
    let theirs = &shown["colleagues"][0];
    assert_eq!(theirs["run"], started["run"]["run"], "{shown}");
    assert_eq!(
        (&theirs["playbook"], &theirs["signal"]),
        (&"waning-interest".into(), &"usage-drop".into())
    );
    assert_eq!(
        (&theirs["by"], &theirs["unlinked"], &theirs["tasks"][0]["task"]),
        (&"Mara Lindt".into(), &1.into(), &call.as_str().into())
    );
    assert_eq!(theirs["unlinked_steps"], serde_json::json!(["plan"]));
    let page = priya.run(&["play", "show", "juniper"]).stdout;
    let page = String::from_utf8_lossy(&page);
    assert!(page.contains("1 task (of step plan) is unlinked"), "{page}");
    let refused = priya.run(&start);
    let said = err(&refused);
    assert!(
        !refused.status.success()
            && said.contains("runs on Juniper Freight already")
            && said.contains("of Mara Lindt"),
        "{said}"
    );
    // Now the line of the other goes too: it is known by its id.
    edit(&crm, &call, "nothing of it");
    synced(&priya);
    let shown = ask(&priya, &["play", "show", "juniper"]);
    assert_eq!(
        shown["colleagues"][0]["tasks"][0]["task"],
        call.as_str(),
        "{shown}"
    );
    assert_eq!(
        ask(&priya, &["outbox"])["entries"],
        Value::Array(Vec::new()),
        "no text makes a write"
    );
    // Mara's run goes on by the tasks that she made.
    let done = priya.run(&["task", "done", &call]);
    assert!(done.status.success(), "{}", err(&done));
    synced(&mara);
    let run = started["run"]["run"].as_str().unwrap();
    let shown = ask(&mara, &["play", "show", run]);
    let steps = shown["runs"][0]["steps"].as_array().unwrap();
    let state = |id: &str| steps.iter().find(|one| one["step"] == id).unwrap()["state"].clone();
    assert_eq!(
        (state("call"), state("plan")),
        ("done".into(), "open".into()),
        "{shown}"
    );
    assert_eq!(
        shown["colleagues"],
        Value::Array(Vec::new()),
        "her own run is none of a colleague"
    );
}
