//! `retain standup`: what changed, a standup that is held, cut off and resumed, its minutes, and what the next one asks.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Output, Stdio};

use serde_json::Value;

use super::driver::{Crm, Home, NOW, Opening, retain};

/// Nine days later.
const LATER: &str = "2026-12-02T08:50:00Z";

fn at(home: &Home, now: &str, words: &[&str]) -> Output {
    let mut command = retain();
    command
        .env("RETAIN_HOME", home.path())
        .args(["--now", now])
        .args(words);
    command.output().unwrap()
}

fn ask(home: &Home, now: &str, words: &[&str]) -> Value {
    let output = at(home, now, &[words, &["--json"]].concat());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(home: &Home, now: &str, words: &[&str]) -> String {
    String::from_utf8(at(home, now, words).stdout).unwrap()
}

fn ids(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one["account"].as_str().or(one.as_str()).unwrap())
        .collect()
}

#[test]
fn a_standup_is_held_cut_off_resumed_and_the_next_one_asks_what_became_of_it() {
    let home = Home::synced().writing();
    let review = ask(&home, NOW, &["standup", "--print"]);
    assert_eq!(review["first"], true);
    assert_eq!(review["changes_since"], "2026-11-16T08:50:00Z", "seven days back");
    let agenda = ids(&review["agenda"]);
    assert!(agenda.len() >= 2, "{review}");
    let told = text(&home, NOW, &["standup", "--print"]);
    assert!(
        told.contains("no standup was held here before, so it looks back 7 days"),
        "{told}"
    );
    let begun = ask(&home, NOW, &["standup", "begin"]);
    assert_eq!(ids(&begun["on_agenda"]), agenda, "it goes over what was printed");
    let (first, second) = (agenda[0], agenda[1]);
    let decide = [
        "standup",
        "decide",
        first,
        "call the sponsor",
        "--who",
        "priya",
        "--by",
        "2026-11-27",
    ];
    let decision = ask(&home, NOW, &decide)["decision"].as_str().unwrap().to_owned();
    ask(&home, NOW, &["standup", "discussed", first]);
    // The line drops; somebody begins again.
    let resumed = ask(&home, NOW, &["standup", "begin"]);
    assert_eq!(resumed["standup"], begun["standup"], "it goes on");
    assert_eq!(ids(&resumed["discussed"]), [first]);
    ask(&home, NOW, &["standup", "discussed", second]);
    let ended = ask(&home, NOW, &["standup", "end"]);
    assert_eq!(ended["not_discussed"].as_array().unwrap().len(), agenda.len() - 2);
    let minutes = text(&home, NOW, &["standup", "--minutes"]);
    assert!(
        minutes.contains("- Priya Nair: call the sponsor, by Fri 27 Nov"),
        "{minutes}"
    );
    assert_eq!(
        minutes,
        text(&home, LATER, &["standup", "--minutes"]),
        "the same bytes"
    );
    let next = ask(&home, LATER, &["standup", "--print"]);
    assert_eq!(
        (&next["first"], &next["changes_since"]),
        (&Value::Bool(false), &begun["begun_at"])
    );
    assert_eq!(next["promise_counts"]["no_record"], 1, "{next}");
    let settle = ["standup", "settle", &decision, "not-kept", "she", "was", "ill"];
    ask(&home, LATER, &settle);
    let next = ask(&home, LATER, &["standup", "--print"]);
    assert_eq!(next["promise_counts"]["not_kept"], 1, "{next}");
    let told = text(&home, LATER, &["standup", "--print"]);
    assert!(told.contains("not kept: she was ill (Mara Lindt)"), "{told}");
    let team = ask(&home, LATER, &["standup", "--print", "--scope", "team"]);
    assert_eq!(team["first"], true, "the team's is another one");
}

#[test]
fn a_task_that_was_decided_keeps_its_promise_once_it_is_done() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm).writing();
    ask(&home, NOW, &["standup", "begin"]);
    let decide = [
        "standup",
        "decide",
        "juniper",
        "call the sponsor",
        "--by",
        "2026-11-24",
        "--task",
    ];
    let decided = ask(&home, NOW, &decide);
    let task = decided["entries"][0]["record"].as_str().unwrap().to_owned();
    ask(&home, NOW, &["standup", "end"]);
    let count =
        |home: &Home, what: &str| ask(home, LATER, &["standup", "--print"])["promise_counts"][what].clone();
    assert_eq!(count(&home, "no_record"), 1);
    assert!(home.run(&["task", "done", &task]).status.success());
    assert_eq!(count(&home, "kept"), 1);
    let note = ask(&home, NOW, &["standup", "note"]);
    assert_eq!(note["entries"].as_array().unwrap().len(), 1, "{note}");
    assert_eq!(note["entries"][0]["state"], "sent", "{note}");
}

#[test]
fn minutes_replace_no_file_that_says_something_else() {
    let home = Home::synced().writing();
    ask(&home, NOW, &["standup", "begin"]);
    ask(&home, NOW, &["standup", "end"]);
    let file = home.path().join("minutes.md");
    let to = file.display().to_string();
    let write = ["standup", "--minutes", "--to", &to];
    assert!(at(&home, NOW, &write).status.success());
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written, text(&home, NOW, &["standup", "--minutes"]));
    assert!(
        at(&home, NOW, &write).status.success(),
        "the same again is nothing new"
    );
    fs::write(&file, "mine\n").unwrap();
    assert_eq!(at(&home, NOW, &write).status.code(), Some(2));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine\n");
}

#[test]
fn what_cannot_be_asked_says_what_can() {
    let home = Home::synced().writing();
    let told = |words: &[&str]| {
        let output = home.run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(told(&["standup"]).contains("--print"));
    assert!(told(&["standup", "--print", "--scope", "west"]).contains("segment:NAME"));
    assert!(told(&["standup", "end"]).contains("no standup of book of Mara Lindt is under way"));
    assert!(told(&["standup", "--minutes"]).contains("no standup was held"));
    assert!(told(&["standup", "--print", "--since", "tomorrow"]).contains("no day of the past"));
}

#[test]
fn in_the_cockpit_it_is_cut_off_goes_on_and_ends_in_minutes() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm).writing();
    let agenda = ids(&ask(&home, NOW, &["standup", "--print"])["agenda"]).len();
    let mut cockpit = Opening::new().open(&home);
    cockpit.press("S").shows("enter begins").press("<enter>");
    cockpit.shows(&format!("1 of {agenda}")).shows("What changed");
    cockpit.press("t").type_in("Call the sponsor").press("<ctrl-s>");
    cockpit
        .shows("Decided")
        .press("J")
        .shows(&format!("2 of {agenda}"));
    // The line drops.
    cockpit.lose_terminal();
    cockpit.ended();
    let mut cockpit = Opening::new().open(&home);
    cockpit
        .press("S")
        .shows("enter goes on where it was")
        .press("<enter>");
    cockpit.shows(&format!("2 of {agenda}"));
    cockpit.press("<esc>").shows("End the standup?").press("<enter>");
    cockpit.shows("# Standup: book of Mara Lindt").press("<esc>");
    let minutes = text(&home, NOW, &["standup", "--minutes"]);
    assert!(minutes.contains("- Mara Lindt: Call the sponsor"), "{minutes}");
    assert!(minutes.contains("2 discussed"), "{minutes}");
}

#[test]
fn what_changes_is_told_once_as_it_does() {
    let home = Home::synced().writing();
    let mut child = retain()
        .env("RETAIN_HOME", home.path())
        .args(["--now", NOW, "watch", "--json", "--since", "2026-11-16"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let first = next();
    assert!(
        first["words"].is_string() && first["account"].is_string(),
        "{first}"
    );
    let rows = ask(&home, NOW, &["risks", "--kind", "risk"]);
    let id = rows["risks"][0]["warnings"][0]["id"].as_str().unwrap();
    ask(
        &home,
        NOW,
        &["risks", "close", id, "noise", "as", "every", "summer"],
    );
    let mut all = std::iter::repeat_with(next);
    let told = all.find(|one| one["what"] == "warning-closed").unwrap();
    assert_eq!(told["account"], rows["risks"][0]["account"]);
    assert!(
        told["words"].as_str().unwrap().ends_with("as every summer"),
        "{told}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
}
