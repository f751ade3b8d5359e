//! The fields of `--json` as the manual lists them: they are what the commands answer, each with its type and meaning.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use retain::cli::flags;
use serde_json::Value;

use super::driver::{Crm, Home, NOW, retain};
use super::outbox_screen;
use asked::ASKED;

mod asked;

/// What each field is: `name (type): meaning`, by hand.
const MEANINGS: &str = include_str!("fixtures/json_meanings.txt");

/// What stands at the head of the list.
const HEAD: &str = "\
What the commands answer with --json, each field as `name (type): meaning`. `name[]` is an item of a list, NAME a name
of your own. Types: text, number, true or false; day, 2026-11-27; time, an instant in UTC, 2026-11-23T08:50:00Z; clock, a
time of the day in your time zone, 09:00:00; money, {\"minor\": 8400000, \"currency\": \"USD\"}, in the smallest unit of the
currency, such as cents; object; list. The parts that several answers have are types too, and are told first. What is not
known is null, never 0, and then a field of the same name with `_reason` behind it says why.
";

/// Two days later.
const LATER: &str = "2026-11-25T08:50:00Z";

/// Parts that several answers have, each with fields that nothing else has together.
const PARTS: &[(&str, &[&str])] = &[
    ("data", &["lists_scored_by"]),
    ("account", &["former_names"]),
    ("risk", &["signals", "warnings"]),
    ("warning", &["states"]),
    ("sum", &["known_parts"]),
    ("score", &["model_hash"]),
    ("sight", &["inputs"]),
    ("group", &["name", "silent"]),
    ("response", &["contact", "score"]),
    ("handoff", &["gate"]),
    ("run", &["abandoned"]),
    ("bulk", &["started_on"]),
    ("entry", &["conflicting_fields"]),
    ("goal", &["baseline", "target"]),
];

/// Every field of an answer or a part of answers, with what it is declared to be.
type Fields = BTreeMap<String, (&'static str, &'static str)>;

/// What was found, by command or part.
struct Listed {
    meanings: BTreeMap<&'static str, (&'static str, &'static str)>,
    used: BTreeSet<&'static str>,
    fields: BTreeMap<String, Fields>,
    wrong: BTreeSet<String>,
}

impl Listed {
    fn new() -> Self {
        let meaning = |line: &'static str| {
            let (name, rest) = line.split_once(" (").expect(line);
            let (kind, meaning) = rest.split_once("): ").expect(line);
            (name, (kind, meaning))
        };
        let lines = MEANINGS
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self {
            meanings: lines.clone().map(meaning).collect(),
            used: BTreeSet::new(),
            fields: BTreeMap::new(),
            wrong: twice(lines.map(|line| meaning(line).0)),
        }
    }

    /// What is said of a field: the longest name that its own ends with counts.
    fn meaning(&mut self, of: &str, path: &str) -> Option<(&'static str, &'static str)> {
        let full = format!("{of}.{}", path.replace("[]", ""));
        let starts = std::iter::once(0).chain(full.match_indices('.').map(|(at, _)| at + 1));
        let found = starts
            .map(|at| &full[at..])
            .find_map(|name| self.meanings.get_key_value(name));
        let Some((name, meaning)) = found else {
            self.wrong.insert(format!("nothing says what it is: {full}"));
            return None;
        };
        self.used.insert(name);
        Some(*meaning)
    }

    fn gather(&mut self, of: &str, path: &str, value: &Value) {
        let Some((kind, meaning)) = self.meaning(of, path) else {
            return;
        };
        let fields = self.fields.entry(of.to_owned()).or_default();
        fields.insert(path.to_owned(), (kind, meaning));
        if !is(kind, value) {
            let value: String = value.to_string().chars().take(200).collect();
            self.wrong.insert(format!("{of}: {path} is no {kind}: {value}"));
        }
        if kind == "anything" {
            return;
        }
        match value {
            Value::Array(items) => {
                for item in items {
                    self.below(of, &format!("{path}[]"), item);
                }
            }
            value => self.below(of, path, value),
        }
    }

    /// The fields of an object; those of a part belong to it, wherever it stands.
    fn below(&mut self, of: &str, path: &str, value: &Value) {
        let Value::Object(own) = value else { return };
        if is("money", value) {
            return;
        }
        let (of, path) = match part(value) {
            Some(part) => (part, ""),
            None => (of, path),
        };
        for (name, value) in own.iter().filter(|(name, _)| !name.ends_with("_reason")) {
            let name = if path == "metrics" { "NAME" } else { name };
            let below = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            };
            self.gather(of, &below, value);
        }
    }

    fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        let mut told = BTreeSet::new();
        let parts = PARTS.iter().map(|(part, _)| *part);
        for name in parts
            .chain(ASKED.iter().map(|(name, _)| *name))
            .chain(["demo-server"])
        {
            if !told.insert(name) {
                continue;
            }
            let _ = writeln!(text, "\n{name}");
            for (path, (kind, meaning)) in &self.fields[name] {
                let _ = writeln!(text, "  {path} ({kind}): {meaning}");
            }
        }
        text
    }
}

/// What is wrong with names of which there are two.
fn twice<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    names
        .filter(|name| !seen.insert(*name))
        .map(|name| format!("it is said twice what it is: {name}"))
        .collect()
}

/// The part of answers that an object is.
fn part(value: &Value) -> Option<&'static str> {
    let has = |fields: &[&str]| fields.iter().all(|field| value.get(field).is_some());
    PARTS
        .iter()
        .find(|(_, fields)| has(fields))
        .map(|(part, _)| *part)
}

/// Whether a value is of a type as the list names it.
fn is(kind: &str, value: &Value) -> bool {
    if let Some(kind) = kind.strip_suffix(" or null") {
        return value.is_null() || is(kind, value);
    }
    match (kind, value) {
        ("anything", _)
        | ("text", Value::String(_))
        | ("number", Value::Number(_))
        | ("true or false", Value::Bool(_)) => true,
        ("day", Value::String(text)) => text.parse::<Date>().is_ok() && text.len() == 10,
        ("time", Value::String(text)) => text.parse::<Timestamp>().is_ok(),
        ("clock", Value::String(text)) => text.parse::<Time>().is_ok(),
        ("list", Value::Array(items)) => items.iter().all(|item| is("object", item)),
        ("money", Value::Object(own)) => own.len() == 2 && own.contains_key("minor"),
        ("object", Value::Object(_)) => !is("money", value) && part(value).is_none(),
        (kind, Value::Object(_)) => part(value) == Some(kind),
        (kind, Value::Array(items)) => kind
            .strip_prefix("list of ")
            .is_some_and(|kind| items.iter().all(|item| item.is_null() || is(kind, item))),
        _ => false,
    }
}

/// A home in which much is not as it should be.
fn in_trouble(crm: &Crm) -> Home {
    let home = Home::new(crm);
    home.append(
        "signals.toml",
        "[[signals]]\nid = \"nowhere\"\ntitle = \"nowhere\"\nwhen = \"stage == 'nowhere'\"\nkind = \"risk\"\n\
         severity = \"low\"\nversion = 1\n",
    );
    home.append(
        "team.toml",
        "[[people]]\nowner = \"mara.lindt@alderfinch.example\"\nrole = \"csm\"\nlead = \"ida.vance@alderfinch.example\"\n\
         away = [{ from = 2026-11-01, until = 2026-12-01 }]\n[[people]]\nowner = \"ida.vance@alderfinch.example\"\nrole = \"csm\"\n",
    );
    home.append("health.toml", "nonsense = 1\n");
    home.writing()
}

fn listed() -> Listed {
    let home = Home::synced().writing();
    outbox_screen::fill(&home);
    home.append("mapping.toml", retain::demo::GOALS);
    let mut crm = Crm::small_with_faults("rename=companies.wau>usage,no-scope=sales-email-read");
    let trouble = in_trouble(&crm);
    let address = crm.address.clone();
    let copy = home.path().join("copy.db").display().to_string();
    let token = trouble.path().join("config/token").display().to_string();
    let mut listed = Listed::new();
    let mut answers: Vec<Value> = Vec::new();
    for (name, lines) in ASKED {
        for line in *lines {
            let words = |line: &str| -> Vec<String> {
                let word = |word: &str| match word.strip_prefix('@') {
                    Some(field) => answers
                        .iter()
                        .rev()
                        .find_map(|answer| answer.pointer(field))
                        .map_or_else(
                            || panic!("no answer has {field}"),
                            |found| found.as_str().map_or_else(|| found.to_string(), str::to_owned),
                        ),
                    None => word
                        .replace("COPY", &copy)
                        .replace("URL", &address)
                        .replace("TOKEN", &token),
                };
                line.split(' ').map(word).chain(["--json".to_owned()]).collect()
            };
            let mut command = retain();
            let (place, line) = match line.split_once(' ') {
                Some((place @ ("later" | "trouble" | "alone"), line)) => (place, line),
                _ => ("", *line),
            };
            if place == "alone" {
                crm.vanish();
            }
            let home = if ["", "later"].contains(&place) {
                &home
            } else {
                &trouble
            };
            let now = if place == "later" { LATER } else { NOW };
            command.env("RETAIN_HOME", home.path()).args(["--now", now]);
            let output = command.args(words(line)).output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            // One that goes on answering has a line for each answer.
            let first = output.stdout.split(|byte| *byte == b'\n').next();
            let answer = serde_json::from_slice(&output.stdout);
            let answer = match answer.or_else(|_| serde_json::from_slice(first.unwrap_or_default())) {
                Ok(answer) => answer,
                Err(_) => serde_json::from_str::<Value>(told.lines().last().unwrap_or_default())
                    .unwrap_or_else(|_| panic!("{line}: {told}")),
            };
            if answer.get("error").is_some() && !name.starts_with("an error") {
                listed.wrong.insert(format!("{line}: {answer}"));
                continue;
            }
            let is_of = |one: &str| one.split(' ').next() == line.split(' ').next();
            if name.split(", ").any(is_of) || name.starts_with("an error") {
                match part(&answer) {
                    Some(_) => listed.gather(name, "the answer", &answer),
                    None => listed.below(name, "", &answer),
                }
            }
            answers.push(answer);
        }
    }
    listed.below("demo-server", "", &crm.told);
    listed
}

#[test]
fn the_manual_lists_the_fields_that_the_commands_answer() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/json_fields.txt");
    let mut listed = listed();
    let unused: Vec<&str> = listed
        .meanings
        .keys()
        .copied()
        .filter(|name| !listed.used.contains(name))
        .collect();
    listed
        .wrong
        .extend(unused.iter().map(|name| format!("no answer has it: {name}")));
    let wrong: Vec<&str> = listed.wrong.iter().map(String::as_str).collect();
    assert!(
        wrong.is_empty(),
        "tests/it/fixtures/json_meanings.txt:\n{}",
        wrong.join("\n")
    );
    let answered = listed.text();
    if std::env::var_os("RETAIN_WRITE_REFERENCES").is_some() {
        std::fs::write(&path, &answered).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        answered,
        "src/cli/json_fields.txt is out of date: run this test with RETAIN_WRITE_REFERENCES=1"
    );
}

/// A command that answers for programs and is asked nothing here would be missing in the list.
#[test]
fn every_command_that_answers_is_asked() {
    fn leaves(command: &clap::Command, above: &str, found: &mut Vec<String>) {
        for one in command.get_subcommands() {
            let name = format!("{above} {}", one.get_name()).trim().to_owned();
            let answers = |arg: &clap::Arg| arg.get_id() == "json" && !arg.is_hide_set();
            let is_alone = one.get_subcommands().all(|below| below.get_name() == "help");
            if is_alone && one.get_name() != "help" && one.get_arguments().any(answers) {
                found.push(name.clone());
            }
            leaves(one, &name, found);
        }
    }
    let mut found = Vec::new();
    leaves(&flags::command(), "", &mut found);
    assert!(found.len() > 40, "{found:?}");
    let names: Vec<&str> = ASKED.iter().flat_map(|(name, _)| name.split(", ")).collect();
    let is_asked = |name: &String| {
        names
            .iter()
            .any(|asked| asked == name || asked.starts_with(&format!("{name} ")))
    };
    let missing: Vec<&String> = found.iter().filter(|name| !is_asked(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
