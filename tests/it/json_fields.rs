//! The fields of `--json` as the manual lists them: they are what the commands answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::driver::Home;

/// What is asked, command by command; `COPY` is a file that is not there yet.
const READ: &[&str] = &[
    "sync",
    "accounts",
    "account juniper",
    "account tallinn",
    "account harbour",
    "brief juniper",
    "risks",
    "risks --all",
    "alarms",
    "alarms --churns",
    "health",
    "health juniper",
    "health juniper --from 60d",
    "health juniper --weight usage=0",
    "signals",
    "signals test champion-left",
    "signals backtest champion-left",
    "nps",
    "task list",
    "edit juniper",
    "play list juniper",
    "handoff list",
    "handoff templates",
    "route list",
    "route stats",
    "route test invoice",
    "who juniperfreight.example",
    "status",
    "doctor --offline",
    "check",
    "ledger backup COPY",
    "note juniper Hello --queue",
    "log juniper call:hello --queue",
    "task add juniper Hello --queue",
    "edit juniper segment=mid --queue",
    "play start renewal-rescue juniper --queue",
    "outbox",
];

/// Each field with what it may hold.
type Fields = BTreeMap<String, BTreeSet<&'static str>>;

/// Fields whose name is somebody's own, such as that of a measure.
const OWN_NAMES: &[&str] = &["metrics"];

fn gather(value: &Value, path: &str, fields: &mut Fields) {
    let mut note = |what| {
        fields.entry(path.to_owned()).or_default().insert(what);
    };
    match value {
        Value::Null => note("null"),
        Value::Bool(_) => note("true or false"),
        Value::Number(_) => note("number"),
        Value::String(_) => note("text"),
        Value::Array(items) => {
            if items.is_empty() {
                note("list");
            }
            for item in items {
                gather(item, &format!("{path}[]"), fields);
            }
        }
        Value::Object(own) if own.len() == 2 && own.contains_key("minor") => note("money"),
        Value::Object(own) => {
            for (name, value) in own.iter().filter(|(name, _)| !name.ends_with("_reason")) {
                let name = if OWN_NAMES.contains(&path) { "NAME" } else { name };
                let below = if path.is_empty() {
                    name.to_owned()
                } else {
                    format!("{path}.{name}")
                };
                gather(value, &below, fields);
            }
        }
    }
}

/// Without what says less than another line: that a list was empty, or a thing not there, which has fields elsewhere.
fn without_what_others_say(fields: &Fields) -> Fields {
    let has_parts = |path: &str| {
        let below = |other: &String| {
            other
                .strip_prefix(path)
                .is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        fields.keys().any(below)
    };
    let mut kept = fields.clone();
    kept.retain(|path, what| {
        if has_parts(path) {
            what.remove("list");
        }
        !what.is_empty()
    });
    kept
}

fn listed() -> String {
    let home = Home::synced().writing();
    let copy = home.path().join("copy.db");
    let mut commands: BTreeMap<String, Fields> = BTreeMap::new();
    let mut order = Vec::new();
    for line in READ {
        let mut words: Vec<&str> = line.split(' ').collect();
        for word in &mut words {
            if *word == "COPY" {
                *word = copy.to_str().unwrap();
            }
        }
        words.push("--json");
        let output = home.run(&words);
        let told = String::from_utf8_lossy(&output.stderr);
        let answer: Result<Value, _> = serde_json::from_slice(&output.stdout);
        let answer = answer.unwrap_or_else(|_| panic!("{line}: {told}"));
        let name = name(line);
        if !order.contains(&name) {
            order.push(name.clone());
        }
        gather(&answer, "", commands.entry(name).or_default());
    }
    let mut text = String::new();
    for name in order {
        let _ = writeln!(text, "{name}");
        for (path, what) in without_what_others_say(&commands[&name]) {
            let what: Vec<&str> = what.into_iter().collect();
            let _ = writeln!(text, "  {path}: {}", what.join(", "));
        }
    }
    text
}

/// The words of a command: a subcommand that has some of its own is named with that.
fn name(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let has_own = ["signals", "task", "play", "handoff", "route", "ledger"];
    let second = words.get(1).filter(|_| has_own.contains(&words[0]));
    second.map_or_else(|| words[0].to_owned(), |second| format!("{} {second}", words[0]))
}

#[test]
fn the_manual_lists_the_fields_that_the_commands_answer() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/json_fields.txt");
    let answered = listed();
    if std::env::var_os("RETAIN_WRITE_REFERENCES").is_some() {
        std::fs::write(&path, &answered).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        answered,
        "src/cli/json_fields.txt is out of date: run this test with RETAIN_WRITE_REFERENCES=1"
    );
}
