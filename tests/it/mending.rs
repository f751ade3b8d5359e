//! What waits for a person is mended by a command as in the cockpit: conflicts are decided, what the CRM refused gets the
//! field that it asks for, and tasks are named by the ids that other commands take.

use std::process::Output;

use serde_json::Value;

use super::driver::{Crm, Home, Opening};

/// The CRM asks for a reason with this segment.
const ASKS: &str = "require=companies.customer_tier=digital>churn_reason";
const PRIYA: &str = "priya.nair@alderfinch.example";

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs a command that must succeed; what it printed.
fn run(home: &Home, arguments: &[&str]) -> String {
    let output = home.run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    out(&output)
}

fn json(home: &Home, arguments: &[&str]) -> Value {
    let text = run(home, &[arguments, &["--json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn synced(crm: &Crm) -> Home {
    let home = Home::new(crm).writing();
    run(&home, &["sync"]);
    home
}

/// A home in whose outbox the CRM has refused a segment, as it asks for a reason with it.
fn refused(crm: &Crm) -> Home {
    let home = synced(crm);
    let refused = home.run(&["edit", "juniper", "segment=digital"]);
    assert!(err(&refused).contains("the CRM refused it"), "{}", err(&refused));
    home
}

#[test]
fn the_field_that_the_crm_asks_for_is_supplied_by_a_command() {
    let crm = Crm::with_faults(ASKS);
    let home = refused(&crm);
    let advice = run(&home, &["outbox"]);
    for words in ["retain outbox edit 1", "discard 1 --reason TEXT"] {
        assert!(advice.contains(words), "{advice}");
    }
    let listed = run(&home, &["outbox", "edit", "1"]);
    assert!(listed.contains("the CRM asks for it"), "{listed}");
    let fields = json(&home, &["outbox", "edit", "1"]);
    assert_eq!(fields["fields"][1]["field"], "churn_reason");
    assert_eq!(fields["fields"][1]["asked"], true);
    let wrong = home.run(&["outbox", "edit", "1", "nonsense=1"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", err(&wrong));
    let answer = json(&home, &["outbox", "edit", "1", "churn_reason=price"]);
    assert_eq!(answer["entries"][0]["state"], "sent", "{answer}");
    let late = home.run(&["outbox", "edit", "1", "churn_reason=other"]);
    assert!(err(&late).contains("1 is sent"), "{}", err(&late));
}

#[test]
fn what_was_refused_is_sent_again_at_once_unless_it_is_only_queued() {
    let crm = Crm::with_faults(ASKS);
    let home = refused(&crm);
    let queued = run(&home, &["outbox", "resend", "1", "--queue"]);
    assert!(queued.starts_with("queued"), "{queued}");
    // The CRM is asked at once, and refuses it once more.
    run(&home, &["sync"]);
    let again = home.run(&["outbox", "resend", "1"]);
    assert!(err(&again).contains("the CRM refused it"), "{}", err(&again));
    run(&home, &["outbox", "edit", "1", "segment=small", "--queue"]);
    let state = json(&home, &["outbox"]);
    assert_eq!(state["entries"][0]["state"], "queued");
    assert!(
        state["entries"][0]["title"].as_str().unwrap().contains("Small"),
        "it is called by what it sets now: {state}"
    );
    run(&home, &["sync"]);
    assert_eq!(json(&home, &["outbox"])["entries"][0]["state"], "sent");
}

#[test]
fn the_field_that_the_crm_asks_for_is_in_the_form_of_what_it_refused() {
    let crm = Crm::with_faults(ASKS);
    let home = refused(&crm);
    let mut cockpit = Opening::new().open(&home);
    cockpit.press("O").shows("parked").press("e");
    cockpit.shows("churn reason").type_in("price").press("<ctrl-s>");
    cockpit.hides("churn reason").shows("✓ sent").lacks("Needs you");
}

#[test]
fn a_conflict_is_decided_by_a_command() {
    let crm = Crm::small();
    let mara = synced(&crm);
    let priya = Home::new(&crm).colleague(PRIYA).writing();
    run(&priya, &["sync"]);
    run(&priya, &["edit", "juniper", "segment=small"]);
    let conflict = mara.run(&["edit", "juniper", "segment=mid"]);
    assert_eq!(conflict.status.code(), Some(1), "{}", err(&conflict));
    let open = json(&mara, &["outbox"]);
    assert_eq!(open["entries"][0]["state"], "conflict", "{open}");
    let told = run(&mara, &["outbox"]);
    assert!(told.contains("retain outbox resolve 1"), "{told}");
    // As the cockpit calls it, from what and when the CRM got it.
    assert!(
        told.contains("somebody else changed segment (by another program, 20")
            && !told.contains("customer_segment"),
        "{told}"
    );
    let listed = run(&mara, &["outbox", "resolve", "1"]);
    for words in ["Mid-market", "Small", "Enterprise"] {
        assert!(listed.contains(words), "{listed}");
    }
    let shown = json(&mara, &["outbox", "resolve", "1"]);
    assert_eq!(shown["fields"].as_array().unwrap().len(), 1);
    let unknown = mara.run(&["outbox", "resolve", "1", "--mine", "region"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", err(&unknown));
    let answer = json(&mara, &["outbox", "resolve", "1", "segment=digital"]);
    assert_eq!(answer["entries"][0]["state"], "sent", "{answer}");
    assert!(
        answer["entries"][0]["title"]
            .as_str()
            .unwrap()
            .contains("Digital")
    );
    // Once more, and what the CRM has stays.
    run(&priya, &["sync"]);
    run(&priya, &["edit", "juniper", "segment=small"]);
    let conflict = mara.run(&["edit", "juniper", "segment=mid"]);
    assert_eq!(conflict.status.code(), Some(1), "{}", err(&conflict));
    let answer = json(&mara, &["outbox", "resolve", "2", "--take", "theirs"]);
    assert_eq!(answer["entries"][0]["state"], "discarded", "{answer}");
    let account = json(&synced(&crm), &["accounts", "juniper"]);
    assert_eq!(account["accounts"][0]["segment"], "small", "{account}");
}

#[test]
fn tasks_are_listed_with_the_ids_that_complete_them() {
    let crm = Crm::small();
    let home = synced(&crm);
    run(&home, &["task", "add", "juniper", "Send the offer", "--queue"]);
    let tasks = json(&home, &["task", "list", "juniper"]);
    let of = |tasks: &Value, subject: &str| {
        let tasks = tasks["tasks"].as_array().unwrap().clone();
        let mut of = tasks.into_iter().filter(|task| task["subject"] == subject);
        of.next().map(|task| task["id"].as_str().unwrap().to_owned())
    };
    let waiting = of(&tasks, "Send the offer").unwrap();
    assert_eq!(waiting, "outbox:1");
    let mine = run(&home, &["task", "list"]);
    assert!(
        mine.contains("Send the offer") && mine.contains("outbox:1"),
        "{mine}"
    );
    run(&home, &["task", "done", &waiting]);
    let tasks = json(&home, &["task", "list", "juniper"]);
    assert_eq!(of(&tasks, "Send the offer"), None);
    run(&home, &["task", "add", "juniper", "Call Ana"]);
    let id = of(&json(&home, &["task", "list"]), "Call Ana").unwrap();
    assert!(id.parse::<u64>().is_ok(), "{id}");
    run(&home, &["task", "due", &id, "fri"]);
    run(&home, &["task", "done", &id]);
    assert_eq!(of(&json(&home, &["task", "list"]), "Call Ana"), None);
    let none = home.run(&["task", "done", "12345678901"]);
    assert!(err(&none).contains("retain task list"), "{}", err(&none));
}

#[test]
fn the_task_of_a_step_is_done_by_the_rules_of_its_step() {
    let crm = Crm::small();
    let home = synced(&crm);
    let start = [
        "play",
        "start",
        "detractor-follow-up",
        "juniper",
        "--anyway",
        "--again",
    ];
    let started = json(&home, &start);
    let play = started["run"]["run"].as_str().unwrap();
    let steps = started["run"]["steps"].as_array().unwrap();
    let at = steps.iter().position(|step| step["step"] == "one-thing").unwrap();
    let title = steps[at]["title"].as_str().unwrap();
    let tasks = json(&home, &["task", "list", "juniper"]);
    let mut tasks = tasks["tasks"].as_array().unwrap().iter();
    let is_it = |task: &&Value| task["subject"].as_str().unwrap().contains(title);
    let task = tasks.find(is_it).unwrap()["id"].as_str().unwrap();
    let early = home.run(&["task", "done", task]);
    assert!(err(&early).contains("comes after"), "{}", err(&early));
    for before in &steps[..at] {
        let before = before["step"].as_str().unwrap();
        // One that does not count is out already.
        home.run(&["play", "skip", play, before, "--reason", "known"]);
    }
    for done in [&["task", "done", task][..], &["play", "done", play, "one-thing"]] {
        let without = home.run(done);
        let told = err(&without);
        assert!(
            told.contains("not done without a note") && told.contains("`--note TEXT` writes it"),
            "{told}"
        );
    }
    run(&home, &["task", "done", task, "--note", "They want one thing"]);
    let again = run(&home, &["task", "done", task]);
    assert!(again.contains("is done already"), "{again}");
    let shown = run(&home, &["play", "show", play]);
    assert!(shown.contains("✓ one-thing"), "{shown}");
}

#[test]
fn the_outbox_lists_drafts_too() {
    let crm = Crm::small();
    let home = synced(&crm);
    let mut cockpit = Opening::new().open(&home);
    cockpit.press("n").type_in("Half a thought").press("<esc>");
    cockpit.shows("the draft is kept").send_raw(b"\x03", 1);
    assert!(cockpit.ended().success());
    let told = run(&home, &["outbox"]);
    assert!(
        told.contains("note: Half a thought") && told.contains("1 draft"),
        "{told}"
    );
    let drafts = &json(&home, &["outbox"])["drafts"];
    assert_eq!(drafts[0]["state"], "draft", "{drafts}");
    assert_eq!(drafts[0]["begins"], "Half a thought", "{drafts}");
}
