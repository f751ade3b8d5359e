//! Before a command says that there is nothing to do, it asks the CRM: the cache may be old.

use serde_json::{Value, json};

use super::contract::client;
use super::driver::{Crm, Home};

/// What a command that must succeed answers, as JSON.
fn ask(home: &Home, arguments: &[&str]) -> Value {
    let output = home.run(&[arguments, &["--json"]].concat());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A colleague changes a property in the CRM.
pub fn set(crm: &Crm, path: &str, property: &str, value: &str) {
    let url = format!("{}/crm/objects/2026-09/{path}", crm.address);
    let change = json!({ "properties": { property: value } });
    let request = client::client().patch(url).bearer_auth(&crm.token).json(&change);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answer = runtime.block_on(request.send()).unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}

fn why_nothing(answer: &Value) -> &str {
    assert_eq!(answer["entries"], json!([]), "{answer}");
    answer["nothing_because"].as_str().unwrap()
}

#[test]
fn what_a_colleague_changed_since_the_sync_is_never_replaced_unseen_and_what_is_there_is_left_alone() {
    let mut crm = Crm::small();
    let home = Home::new(&crm).writing();
    assert!(home.run(&["sync"]).status.success());
    let happy = ["edit", "juniper", "sentiment=happy"];
    ask(&home, &happy);
    let told = ask(&home, &happy);
    assert!(
        why_nothing(&told).ends_with("sentiment is Happy already"),
        "{told}"
    );
    let fields = ask(&home, &["edit", "juniper"]);
    let fields = fields["fields"].as_array().unwrap();
    let is_it = |one: &&Value| one["value"] == "happy";
    let sentiment = fields.iter().find(is_it).unwrap();
    let (name, account) = (
        sentiment["field"].as_str().unwrap(),
        sentiment["record"].as_str().unwrap(),
    );
    set(&crm, &format!("companies/{account}"), name, "at_risk");
    // What was wanted is what was seen here, and not what the CRM has: who asks has not seen that.
    let output = home.run(&happy);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("you saw Happy, you want Happy, the CRM has At risk"),
        "{text}"
    );
    let held = home.run(&happy);
    let text = String::from_utf8_lossy(&held.stderr).into_owned();
    assert_eq!(held.status.code(), Some(1), "{text}");
    assert!(
        text.contains("holds sentiment") && text.contains("retain outbox resolve"),
        "{text}"
    );
    let listed = home.run(&["edit", "juniper"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(
        listed.contains("conflict (") && listed.contains("): Happy"),
        "{listed}"
    );
    let waits = ask(&home, &["edit", "juniper"]);
    let waits = waits["fields"].as_array().unwrap();
    let waits = waits.iter().find(|one| one["pending"] == "conflict").unwrap();
    let id = waits["entry"].to_string();
    let decided = ask(&home, &["outbox", "resolve", &id, "--take", "mine"]);
    assert_eq!(decided["entries"][0]["state"], "sent", "{decided}");
    // What the CRM has by now although it is not known here is not written either.
    set(&crm, &format!("companies/{account}"), name, "at_risk");
    let told = ask(&home, &["edit", "juniper", "sentiment=at_risk"]);
    let why = told["nothing_because"].as_str().unwrap();
    assert!(why.starts_with("the CRM has it already: sentiment"), "{told}");
    set(&crm, &format!("companies/{account}"), name, "happy");
    ask(&home, &["sync"]);

    let made = ask(&home, &["task", "add", "juniper", "Call Ana"]);
    let task = made["entries"][0]["record"].as_str().unwrap().to_owned();
    let done = ["task", "done", task.as_str()];
    ask(&home, &done);
    let told = ask(&home, &done);
    assert!(why_nothing(&told).ends_with("done already"), "{told}");
    set(&crm, &format!("tasks/{task}"), "hs_task_status", "NOT_STARTED");
    let told = ask(&home, &done);
    assert_eq!(told["entries"][0]["state"], "sent", "{told}");

    let give = ["task", "give", task.as_str(), "ida"];
    assert_eq!(
        ask(&home, &[&give[..], &["--queue"]].concat())["entries"][0]["state"],
        "queued"
    );
    let told = ask(&home, &[&give[..], &["--queue"]].concat());
    assert!(why_nothing(&told).contains("theirs already"), "{told}");
    ask(&home, &["sync"]);
    let told = ask(&home, &give);
    assert!(why_nothing(&told).contains("theirs already"), "{told}");

    crm.vanish();
    for arguments in [&happy[..], &done[..]] {
        let told = ask(&home, arguments);
        let why = why_nothing(&told);
        assert!(why.contains("as far as is known here (data from"), "{why}");
    }
    let queued = ask(&home, &["edit", "juniper", "sentiment=at_risk", "--queue"]);
    assert_eq!(queued["entries"][0]["state"], "queued");
    let told = ask(&home, &["edit", "juniper", "sentiment=at_risk"]);
    assert!(why_nothing(&told).contains("waits in the outbox"), "{told}");
}

#[test]
fn each_field_is_judged_by_what_the_crm_has_and_what_is_left_out_is_named() {
    let crm = Crm::small();
    let home = Home::new(&crm).writing();
    assert!(home.run(&["sync"]).status.success());
    ask(
        &home,
        &["edit", "juniper", "sentiment=happy", "segment=enterprise"],
    );
    let fields = ask(&home, &["edit", "juniper"]);
    let fields = fields["fields"].as_array().unwrap();
    let called = |label: &str| fields.iter().find(|one| one["label"] == label).unwrap();
    let (sentiment, segment) = (called("sentiment"), called("segment"));
    let account = format!("companies/{}", sentiment["record"].as_str().unwrap());
    let name = |field: &Value| field["field"].as_str().unwrap().to_owned();
    // One is so here and no more in the CRM, the other is to be changed: that is written, and the first to be decided.
    set(&crm, &account, &name(sentiment), "at_risk");
    let output = home.run(&["edit", "juniper", "sentiment=happy", "segment=mid", "--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let states = ["conflict", "sent"].map(|state| {
        told["entries"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["state"] == state)
    });
    assert_eq!(states, [true, true], "{told}");
    assert!(told["nothing_because"].is_null(), "{told}");
    let entries = told["entries"].as_array().unwrap();
    let conflict = entries.iter().find(|one| one["state"] == "conflict").unwrap();
    ask(
        &home,
        &["outbox", "resolve", &conflict["id"].to_string(), "--take", "mine"],
    );
    // What is so in the CRM too is named beside what is written.
    let told = ask(
        &home,
        &["edit", "juniper", "sentiment=happy", "segment=enterprise"],
    );
    assert_eq!(told["entries"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(
        told["nothing_because"],
        "nothing to change: sentiment is Happy already"
    );
    let output = home.run(&["edit", "juniper", "sentiment=happy", "segment=mid"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("sentiment is Happy already"), "{text}");
    // A look for one field does not make what nobody saw of another one seen.
    set(&crm, &account, &name(segment), "digital");
    let output = home.run(&[
        "edit",
        "juniper",
        "sentiment=happy",
        "segment=enterprise",
        "--json",
    ]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["entries"][0]["state"], "conflict", "{told}");
}

#[test]
fn the_crm_is_asked_for_no_longer_than_was_said() {
    let crm = Crm::small();
    let home = Home::new(&crm).writing();
    assert!(home.run(&["sync"]).status.success());
    let happy = ["edit", "juniper", "sentiment=happy", "--within", "1"];
    ask(&home, &happy);
    let slow = Crm::with_faults("latency=4s");
    let home = home.writing_to(&slow);
    let told = ask(&home, &happy);
    let why = why_nothing(&told);
    assert!(why.ends_with("the CRM takes too long to answer"), "{why}");
}

#[test]
fn a_change_that_is_turned_back_before_it_leaves_writes_nothing() {
    let crm = Crm::small();
    let home = Home::new(&crm).writing();
    assert!(home.run(&["sync"]).status.success());
    let fields = ask(&home, &["edit", "juniper"]);
    let mut fields = fields["fields"].as_array().unwrap().iter();
    let segment = fields.find(|one| one["label"] == "segment").unwrap();
    let (field, account) = (
        segment["field"].as_str().unwrap(),
        segment["record"].as_str().unwrap(),
    );
    let value = segment["value"].as_str().unwrap();
    let options = segment["options"].as_array().unwrap().iter();
    let mut others = options
        .map(|option| option["value"].as_str().unwrap())
        .filter(|other| *other != value);
    let (other, theirs) = (others.next().unwrap(), others.next().unwrap());
    let (there, back) = (format!("segment={other}"), format!("segment={value}"));
    let queue = |change: &str| ask(&home, &["edit", "juniper", change, "--queue"]);
    assert_eq!(queue(&there)["entries"][0]["state"], "queued");
    for turned in [queue(&back), {
        queue(&there);
        ask(&home, &["edit", "juniper", &back])
    }] {
        assert_eq!(turned["entries"].as_array().unwrap().len(), 1, "{turned}");
        assert_eq!(turned["entries"][0]["state"], "taken-back", "{turned}");
        let why = turned["nothing_because"].as_str().unwrap();
        assert!(why.contains("again: what waited is taken back"), "{why}");
    }
    // Where a colleague has changed it meanwhile, nothing of it all is dropped unseen.
    queue(&there);
    set(&crm, &format!("companies/{account}"), field, theirs);
    let told = ask(&home, &["edit", "juniper", &back]);
    assert_eq!(told["entries"][0]["state"], "queued", "{told}");
    let outbox = ask(&home, &["outbox"]);
    assert_eq!(outbox["counts"]["conflict"], 1, "{outbox}");
}
