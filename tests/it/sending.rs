//! What a person did is saved and sent, or it is told where it is.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Output;

use retain::domain::outbox::{Entry, Field, Write};
use retain::domain::record::Core;
use retain::store::Ledger;
use rusqlite::Connection;
use serde_json::Value;

use super::driver::{Crm, Home, Opening, files, until};

const CTRL_C: &[u8] = b"\x03";
const CTRL_S: &[u8] = b"\x13";

fn outbox(home: &Home) -> Vec<Entry> {
    let ledger = Ledger::open_read_only(&home.find("ledger.db")).unwrap();
    ledger.outbox_recent(100).unwrap()
}

fn has_text(entry: &Entry, text: &str) -> bool {
    match &entry.new.write {
        Write::Create { fields, .. } => fields[&Field::Core(Core::Body)].contains(text),
        _ => false,
    }
}

fn unsaved(home: &Home) -> Vec<PathBuf> {
    let mut files = files(home.path());
    files.retain(|path| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("unsaved-")
    });
    files
}

/// Another program has the ledger for as long as the value lives.
fn locked(home: &Home) -> Connection {
    let connection = Connection::open(home.find("ledger.db")).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

#[test]
fn what_the_ledger_did_not_take_before_the_end_is_kept_told_and_saved_by_the_next_start() {
    let home = Home::synced().writing();
    let mut cockpit = Opening::new().open(&home);
    cockpit.press("/").type_in("juniper").press("<enter> n");
    cockpit.type_in("Ana is leaving");
    let lock = locked(&home);
    cockpit.send_raw(CTRL_S, 1).send_raw(CTRL_C, 1);
    assert!(cockpit.ended().success());
    let [file] = &unsaved(&home)[..] else {
        panic!("{:?}", unsaved(&home));
    };
    let mode = std::fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let told = || {
        let bytes = cockpit.bytes();
        let text = String::from_utf8_lossy(&bytes).replace(['\r', '\n'], "");
        text.contains("It is kept in").then_some(())
    };
    until("what was not saved to be told", || cockpit.screen(), told);
    assert!(outbox(&home).is_empty(), "the other program has it still");
    drop(lock);
    let mut cockpit = Opening::new().open(&home);
    cockpit.shows("saved now");
    assert!(unsaved(&home).is_empty());
    let kept = outbox(&home);
    assert_eq!(kept.len(), 1);
    assert!(has_text(&kept[0], "Ana is leaving"));
}

#[test]
fn what_was_saved_after_all_is_not_saved_again() {
    let home = Home::synced().writing();
    let written = home.run(&["note", "juniper", "Ana is leaving", "--queue", "--json"]);
    assert!(written.status.success(), "{written:?}");
    let [entry] = &outbox(&home)[..] else {
        panic!("{written:?}");
    };
    // As a session leaves it whose last write went through while it was being kept.
    let orders = serde_json::json!({ "version": 1, "orders": [
        { "at": super::driver::NOW, "order": "queue", "entries": [entry.new], "events": [], "drafts_done": [] },
        { "at": super::driver::NOW, "order": "save-draft", "name": "note:1", "text": "half a thought" },
        { "at": super::driver::NOW, "order": "take-back", "act": "no such act" },
    ]});
    let path = home.find("ledger.db").with_file_name("unsaved-1-0.json");
    std::fs::write(&path, orders.to_string()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let written = home.run(&["note", "juniper", "Something else", "--queue"]);
    let told = String::from_utf8_lossy(&written.stderr).into_owned();
    assert!(
        told.contains("saved now, after the last session could not"),
        "{told}"
    );
    assert!(told.contains("too late for it: an undo"), "{told}");
    assert!(unsaved(&home).is_empty());
    let twice = outbox(&home)
        .into_iter()
        .filter(|entry| has_text(entry, "Ana is leaving"));
    assert_eq!(twice.count(), 1);
    let ledger = Ledger::open_read_only(&home.find("ledger.db")).unwrap();
    assert_eq!(ledger.draft("note:1").unwrap().unwrap().body, "half a thought");
}

/// From now on the cache's file is none.
fn spoil_cache(home: &Home) {
    use std::os::unix::fs::FileExt;
    let file = std::fs::File::options().write(true).open(home.find("cache.db"));
    file.unwrap().write_all_at(&[b'x'; 100], 0).unwrap();
}

#[test]
fn what_was_mended_while_something_was_sent_is_told() {
    let home = Home::synced().writing();
    let mut cockpit = Opening::new().open(&home);
    cockpit.press("/").type_in("juniper").press("<enter> n");
    cockpit.type_in("Ana is leaving");
    spoil_cache(&home);
    cockpit.send_raw(CTRL_S, 1);
    cockpit.shows("the cache was damaged and is rebuilt");
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn states(answer: &Value) -> Vec<&str> {
    let entries = answer["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["state"].as_str().unwrap())
        .collect()
}

#[test]
fn plays_and_handoffs_leave_at_once_like_every_other_write() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm).writing();
    let started = json(&home.run(&["play", "start", "renewal-rescue", "juniper", "--json"]));
    assert!(!states(&started).is_empty());
    assert!(states(&started).iter().all(|state| *state == "sent"), "{started}");
    let run = started["run"]["run"].as_str().unwrap();
    let why = [
        "play",
        "abandon",
        run,
        "--reason",
        "it was a mistake",
        "--queue",
        "--json",
    ];
    let abandoned = json(&home.run(&why));
    assert!(
        states(&abandoned).iter().all(|state| *state == "queued"),
        "{abandoned}"
    );
    let words = [
        &["handoff", "send", "csm-to-csm", "juniper", "--to", "PRIYA N"][..],
        &[
            "--field",
            "goals=G",
            "--field",
            "told_us=T",
            "--field",
            "next=N",
            "--field",
            "people=P",
            "--json",
        ],
    ];
    let handed = json(&home.run(&words.concat()));
    assert_eq!(states(&handed), ["sent", "sent"], "{handed}");
    let id = handed["handoff"].as_str().unwrap();
    let shown = json(&home.run(&["handoff", "show", id, "--json"]));
    assert_eq!(shown["to"], "Priya Nair", "{shown}");
    // Nobody hands over to themselves, nor to who does something else unless they say so.
    home.write(
        "team.toml",
        "[[people]]\nowner = \"ben.osei@alderfinch.example\"\nrole = \"support\"\n",
    );
    for (to, told) in [("mara", "to yourself"), ("ben", "--although-other-role")] {
        let refused = home.run(&["handoff", "send", "csm-to-csm", "marlow", "--to", to]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(told), "{said}");
    }
}

#[test]
fn a_play_is_started_for_the_open_warning_that_its_playbook_answers() {
    let home = Home::synced().writing();
    let risks = json(&home.run(&["risks", "--json"]));
    let mut warnings = risks["risks"].as_array().unwrap().iter().flat_map(|risk| {
        let warnings = risk["warnings"].as_array().unwrap();
        warnings.iter().filter(|warning| warning["playbook"].is_string())
    });
    let warning = warnings.next().unwrap();
    let text = |name: &str| warning[name].as_str().unwrap();
    let (account, playbook) = (text("account"), text("playbook"));
    let listed = json(&home.run(&["play", "list", account, "--json"]));
    let mut listed = listed["playbooks"].as_array().unwrap().iter();
    let answering = listed.find(|one| one["id"] == *playbook).unwrap();
    assert!(answering["signal"].is_string(), "{answering}");
    let start = ["play", "start", playbook, account, "--anyway", "--again"];
    let planned = json(&home.run(&[&start[..], &["--dry-run", "--json"]].concat()));
    assert_eq!(planned["signal"], answering["signal"], "{planned}");
    let started = json(&home.run(&[&start[..], &["--queue", "--json"]].concat()));
    assert_eq!(started["run"]["signal"], answering["signal"], "{started}");
    let run = started["run"]["run"].as_str().unwrap();
    let shown = json(&home.run(&["play", "show", run, "--json"]));
    assert!(shown["runs"][0]["reason"].is_string(), "{shown}");
    let page = home.run(&["play", "show", run]);
    assert!(String::from_utf8_lossy(&page.stdout).contains("because of "));
}

#[test]
fn a_playbook_that_does_not_apply_is_listed_so_and_started_only_with_anyway() {
    let home = Home::synced().writing();
    let mine = "version = 1\ntitle = \"Mine\"\napplies_when = \"count('contacts') > 5000\"\n[[steps]]\nid = \"a\"\ntitle = \"A\"\nrole = \"csm\"\ndue = \"+1bd\"\nevidence = \"note\"\n";
    std::fs::create_dir(home.path().join("config/playbooks")).unwrap();
    home.write("playbooks/mine.toml", mine);
    let listed = json(&home.run(&["play", "list", "juniper", "--json"]));
    let listed = listed["playbooks"].as_array().unwrap();
    let applies = |id: &str| &listed.iter().find(|one| one["id"] == id).unwrap()["applies"];
    assert_eq!(
        (applies("mine"), applies("renewal-rescue")),
        (&false.into(), &true.into())
    );
    let start = ["play", "start", "mine", "juniper", "--queue", "--json"];
    let refused = home.run(&start);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("does not apply to") && said.contains("--anyway"),
        "{said}"
    );
    let planned = json(&home.run(&["play", "start", "mine", "juniper", "--dry-run", "--json"]));
    let against = planned["against"][0].as_str().unwrap();
    assert!(against.contains("does not apply to"), "{planned}");
    assert_eq!(
        (&planned["steps"][0]["step"], &planned["steps"][0]["evidence"]),
        (&"a".into(), &"note".into())
    );
    let shown = json(&home.run(&["play", "show", "juniper", "--json"]));
    assert_eq!(shown["runs"], Value::Array(Vec::new()), "nothing was kept");
    let started = json(&home.run(&[&start[..], &["--anyway"]].concat()));
    assert_eq!(started["run"]["playbook"], "mine");
}

#[test]
fn a_step_that_sets_what_the_crm_does_not_take_is_told_by_check() {
    let home = Home::synced().writing();
    let set = |value: &str| {
        format!(
            "version = 1\ntitle = \"Mine\"\n[[steps]]\nid = \"a\"\ntitle = \"A\"\nrole = \"csm\"\ndue = \"+1bd\"\nkind = \"set\"\nfield = \"segment\"\nvalue = \"{value}\"\n"
        )
    };
    std::fs::create_dir(home.path().join("config/playbooks")).unwrap();
    home.write("playbooks/mine.toml", &set("no such segment"));
    let wrong = home.run(&["check"]);
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(
        !wrong.status.success() && said.contains("mine.toml:10: no value is called"),
        "{said}"
    );
    let fields = json(&home.run(&["edit", "juniper", "--json"]));
    let fields = fields["fields"].as_array().unwrap();
    let segment = fields
        .iter()
        .find(|one| one["field"] == "segment" || one["label"] == "segment")
        .unwrap();
    home.write(
        "playbooks/mine.toml",
        &set(segment["options"][0]["value"].as_str().unwrap()),
    );
    let right = home.run(&["check"]);
    assert!(
        right.status.success(),
        "{}",
        String::from_utf8_lossy(&right.stderr)
    );
    let started = json(&home.run(&["play", "start", "mine", "juniper", "--queue", "--json"]));
    let run = started["run"]["run"].as_str().unwrap();
    let done = json(&home.run(&["play", "done", run, "a", "--queue", "--json"]));
    assert_eq!(done["run"]["outcome"], "cannot-tell", "{done}");
    let counted = json(&home.run(&["play", "list", "--outcomes", "--json"]));
    assert_eq!(
        (
            &counted["outcomes"][0]["ended"],
            &counted["outcomes"][0]["median_days"]
        ),
        (&1.into(), &0.into())
    );
}

#[test]
fn a_run_is_paused_and_resumed_and_a_step_reassigned_on_the_command_line() {
    let home = Home::synced().writing();
    let started = json(&home.run(&["play", "start", "waning-interest", "juniper", "--queue", "--json"]));
    let run = started["run"]["run"].as_str().unwrap();
    let paused = json(&home.run(&["play", "pause", run, "--reason", "their freeze", "--json"]));
    assert_eq!(
        (&paused["run"]["paused"], &paused["run"]["current"]),
        (&"their freeze".into(), &Value::Null)
    );
    let refused = home.run(&["play", "done", run, "pull-usage"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("resume it first"));
    let on = json(&home.run(&["play", "resume", run, "--json"]));
    assert_eq!(
        (&on["run"]["paused"], &on["run"]["current"]),
        (&Value::Null, &"pull-usage".into())
    );
    let given = [
        "play",
        "reassign",
        run,
        "call",
        "priya.nair@alderfinch.example",
        "--queue",
        "--json",
    ];
    let given = json(&home.run(&given));
    let call = given["run"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["step"] == "call");
    assert_eq!(call.unwrap()["owner_name"], "Priya Nair");
    assert_eq!(given["entries"].as_array().unwrap().len(), 1, "{given}");
}

#[test]
fn taking_back_what_started_a_play_gives_the_run_up_and_taking_back_a_step_opens_it() {
    let home = Home::synced().writing();
    let start = |again: &[&str]| {
        let words = ["play", "start", "renewal-rescue", "juniper", "--queue", "--json"];
        json(&home.run(&[&words[..], again].concat()))
    };
    let started = start(&[]);
    let (run, entry) = (&started["run"]["run"], &started["entries"][0]["id"]);
    assert!(home.run(&["outbox", "undo", &entry.to_string()]).status.success());
    let shown = json(&home.run(&["play", "show", run.as_str().unwrap(), "--json"]));
    assert_eq!(shown["runs"][0]["open"], false, "{shown}");
    assert_eq!(shown["runs"][0]["abandoned"], "taken back");

    let started = start(&[]);
    let run = started["run"]["run"].as_str().unwrap();
    let steps = started["run"]["steps"].as_array().unwrap();
    let step = steps
        .iter()
        .find(|step| step["ready"] == true && !step["task"].is_null());
    let step = step.unwrap_or(&steps[0])["step"].as_str().unwrap();
    let done = json(&home.run(&[
        "play",
        "done",
        run,
        step,
        "--note",
        "it went well",
        "--queue",
        "--json",
    ]));
    let state = |answer: &Value| {
        let steps = answer["steps"].as_array().unwrap().iter();
        let found = steps.clone().find(|one| one["step"] == *step);
        found.unwrap()["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(&done["run"]), "done");
    let entry = &done["entries"][0]["id"];
    assert!(home.run(&["outbox", "undo", &entry.to_string()]).status.success());
    let shown = json(&home.run(&["play", "show", run, "--json"]));
    assert_eq!(state(&shown["runs"][0]), "open", "{shown}");
    assert_eq!(shown["runs"][0]["open"], true, "only the step is taken back");
}

#[test]
fn what_of_a_playbook_is_hardly_meant_so_is_noted_by_check_and_a_role_that_nobody_has_before_it_starts() {
    let home = Home::synced().writing();
    std::fs::create_dir(home.path().join("config/playbooks")).unwrap();
    let step = |id: &str, more: &str| format!("[[steps]]\nid = \"{id}\"\ntitle = \"{id}\"\n{more}\n");
    let (ask, call) = (
        step("ask", "role = \"vp\"\ndue = \"+5bd\""),
        step("call", "role = \"csm\"\ndue = \"+1bd\"\nafter = [\"ask\"]"),
    );
    let stranger = step(
        "write",
        "role = \"csm\"\ndue = \"+1bd\"\nperson = \"nobody@x.example\"",
    );
    let head = |version: u32| format!("version = {version}\ntitle = \"Mine\"\n");
    let check = || {
        let checked = home.run(&["check"]);
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert!(checked.status.success(), "{said}");
        said
    };
    home.write(
        "playbooks/mine.toml",
        &[head(1), ask.clone(), call.clone(), stranger].concat(),
    );
    let said = check();
    for note in [
        "mine.toml:6: nobody is known as VP: `ask` of mine falls to who looks after the account",
        "mine.toml:12: `call` is due 1 bd after the start, and waits for `ask`, which is due after 5 bd",
        "mine.toml:19: the CRM has nobody active who is `nobody@x.example`",
    ] {
        assert!(said.contains(note), "{note}: {said}");
    }
    home.write(
        "playbooks/mine.toml",
        &[head(1), ask.clone(), call.clone()].concat(),
    );
    let planned = home.run(&["play", "start", "mine", "juniper", "--dry-run"]);
    let told = [planned.stdout, planned.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(
        told.contains("ask: nobody is known as VP: it falls to "),
        "{told}"
    );
    let started = home.run(&["play", "start", "mine", "juniper", "--queue"]);
    let told = String::from_utf8_lossy(&started.stdout).into_owned();
    assert!(told.contains("nobody is known as VP: it falls to "), "{told}");
    // What earlier runs began with is another playbook of the same version.
    assert!(!check().contains("raise `version`"));
    let other = call.replace("title = \"call\"", "title = \"Write\"");
    home.write(
        "playbooks/mine.toml",
        &[head(1), ask.clone(), other.clone()].concat(),
    );
    let said = check();
    assert!(
        said.contains("mine.toml:1: `mine` is not what a run of") && said.contains("raise `version`"),
        "{said}"
    );
    home.write("playbooks/mine.toml", &[head(2), ask, other].concat());
    assert!(!check().contains("raise `version`"));
}
