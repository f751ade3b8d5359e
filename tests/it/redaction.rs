//! `R` and `--redact`: nobody who looks on learns whose names, addresses, texts and amounts these are.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Output};
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::driver::{Cockpit, Home, NOW, Opening, retain, until};

/// What a pane, an account, a standup and its minutes are looked at with.
const WALK: &str = "1 g j f f 2 f f 3 f f 4 f f 1 g <enter> <tab> <tab> <tab> <tab> <tab> <tab> <tab> <tab> y <esc> \
    1 y : <esc> ? <esc> S <enter> J <tab> <tab> J <esc> <enter> j y f <esc>";

fn run(home: &Home, words: &[&str]) -> Output {
    let mut command = retain();
    command
        .env("RETAIN_HOME", home.path())
        .current_dir(home.path())
        .args(["--now", NOW])
        .args(words);
    command.output().unwrap()
}

fn told(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

fn json(home: &Home, words: &[&str]) -> Value {
    let output = run(home, &[words, &["--json"]].concat());
    assert!(output.status.success(), "{words:?}: {}", told(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Names of accounts, people and their addresses, what somebody wrote, and of the first accounts everything around them. They are
/// the same in every home that was synced with the CRM that all share.
fn canaries(home: &Home) -> &'static BTreeSet<String> {
    static FOUND: OnceLock<BTreeSet<String>> = OnceLock::new();
    FOUND.get_or_init(|| look_for_canaries(home))
}

fn look_for_canaries(home: &Home) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut take = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        if text.chars().count() > 3 {
            found.insert(text.chars().take(24).collect::<String>());
        }
    };
    let all = json(home, &["accounts"]);
    let accounts = all["accounts"].as_array().unwrap();
    for account in accounts {
        for field in ["name", "domain", "csm_name"] {
            take(&account[field]);
        }
    }
    for account in accounts.iter().take(3) {
        let view = json(home, &["account", account["id"].as_str().unwrap()]);
        take(&view["commercial_owner"]);
        take(&view["parent"]);
        let each = |list: &str| view[list].as_array().cloned().unwrap_or_default();
        for person in each("people") {
            for field in ["name", "email"] {
                take(&person[field]);
            }
        }
        for ticket in each("tickets") {
            take(&ticket["subject"]);
        }
        for note in each("notes") {
            for field in ["text", "who"] {
                take(&note[field]);
            }
        }
        for contract in each("contracts") {
            take(&contract["name"]);
        }
    }
    found
}

/// Which of them stand in a text, and amounts.
fn leaks(text: &str, canaries: &BTreeSet<String>) -> Vec<String> {
    let named = canaries.iter().filter(|canary| text.contains(canary.as_str()));
    let letters: Vec<char> = text.chars().collect();
    let amounts = letters
        .windows(2)
        .filter(|pair| matches!(pair[0], '$' | '€' | '£') && pair[1].is_ascii_digit());
    named
        .cloned()
        .chain(amounts.map(|pair| pair.iter().collect()))
        .collect()
}

/// All that was copied to the clipboard.
fn copied(bytes: &str) -> String {
    let sequences = bytes.split("\u{1b}]52;c;").skip(1);
    let texts = sequences.filter_map(|rest| STANDARD.decode(rest.split('\u{7}').next()?).ok());
    texts
        .map(|text| String::from_utf8_lossy(&text).into_owned() + "\n")
        .collect()
}

/// Presses keys one by one; all that the screen showed after each.
fn walk(cockpit: &mut Cockpit, keys: &str) -> String {
    let mut seen = cockpit.screen();
    for key in keys.split_whitespace() {
        cockpit.press(key);
        seen += &cockpit.screen();
    }
    seen
}

fn written_since(cockpit: &Cockpit, mark: usize) -> String {
    String::from_utf8_lossy(&cockpit.bytes()[mark..]).into_owned()
}

#[test]
fn r_clears_the_screen_and_nothing_names_anybody_from_then_on() {
    let home = Home::synced().writing();
    let canaries = canaries(&home);
    assert!(canaries.len() > 100, "{canaries:?}");
    let mut cockpit = Opening::new().open(&home);
    let seen = walk(&mut cockpit, "1 g <enter> <tab> <esc> 2 3 4 1 y");
    assert!(
        leaks(&seen, canaries).len() > 15,
        "the control: {:?}",
        leaks(&seen, canaries)
    );
    assert!(!leaks(&copied(&written_since(&cockpit, 0)), canaries).is_empty());
    let mark = cockpit.bytes().len();
    cockpit.press("R").shows("redacted").shows("Account ");
    let seen = walk(&mut cockpit, WALK);
    let written = written_since(&cockpit, mark);
    assert!(written.contains("\u{1b}[3J"), "what had scrolled out is cleared");
    assert!(
        seen.contains("Discussed") && seen.contains("Person "),
        "the walk saw the minutes"
    );
    let minutes: Vec<String> = fs::read_dir(home.path())
        .unwrap()
        .filter_map(|file| fs::read_to_string(file.unwrap().path()).ok())
        .filter(|text| text.starts_with("# Standup"))
        .collect();
    assert_eq!(minutes.len(), 1, "they are in a file");
    for (what, text) in [
        ("the screen", &seen),
        ("the terminal", &written),
        ("the clipboard", &copied(&written)),
        ("the minutes", &minutes.concat()),
    ] {
        assert!(text.contains("Account "), "{what} tells something");
        assert_eq!(leaks(text, canaries), Vec::<String>::new(), "{what}");
    }
    // What was noted of the standup has the names, for whoever may see them.
    let held = told(&run(&home, &["standup", "--minutes"]));
    assert!(
        !leaks(&held, canaries).is_empty() && !held.contains("Account "),
        "{held}"
    );
    let masked = told(&run(&home, &["standup", "--minutes", "--redact"]));
    assert_eq!(leaks(&masked, canaries), Vec::<String>::new(), "{masked}");
    cockpit.press("R").hides("redacted");
    assert!(!leaks(&cockpit.screen(), canaries).is_empty(), "it shows again");
}

#[test]
fn with_redact_nothing_names_anybody_from_the_first_frame_and_everybody_goes_by_one_pseudonym() {
    let home = Home::synced();
    let canaries = canaries(&home);
    let mut cockpit = Opening::new().argument("--redact").open(&home);
    let seen = walk(&mut cockpit, "1 g <enter> <esc> S <esc>");
    let written = written_since(&cockpit, 0);
    assert!(written.contains("\u{1b}[3J"));
    assert_eq!(leaks(&(seen.clone() + &written), canaries), Vec::<String>::new());
    let listed = told(&run(&home, &["accounts", "--redact", "--limit", "1"]));
    let at = listed.find("Account ").unwrap();
    let pseudonym = &listed[at..at + "Account 7Q4K2".len()];
    assert!(seen.contains(pseudonym), "{pseudonym} is nowhere in\n{seen}");
}

#[test]
fn commands_answer_without_names_texts_and_amounts_or_not_at_all() {
    let home = Home::synced();
    let canaries = canaries(&home);
    let all = json(&home, &["accounts", "--limit", "1"]);
    let id = all["accounts"][0]["id"].as_str().unwrap();
    let asked: [&[&str]; 8] = [
        &["accounts", "--limit", "40"],
        &["account", id],
        &["brief", id],
        &["risks", "--all"],
        &["standup", "--print", "--scope", "team"],
        &["status"],
        &["watch", "--since", "7d ago", "--once"],
        &["account", id, "--plain"],
    ];
    for words in asked {
        let plain = told(&run(&home, words));
        // The one line of `status` has nothing but sums.
        assert!(
            !leaks(&plain, canaries).is_empty(),
            "the control of {words:?}: {plain}"
        );
        let output = run(&home, &[words, &["--redact"]].concat());
        assert!(output.status.success(), "{words:?}: {}", told(&output));
        assert_eq!(
            leaks(&told(&output), canaries),
            Vec::<String>::new(),
            "{words:?}: {}",
            told(&output)
        );
    }
    let masked = json(&home, &["account", id, "--redact"]);
    assert_eq!(leaks(&masked.to_string(), canaries), Vec::<String>::new());
    let account = &masked["account"];
    assert!(
        account["arr"].is_null() && account["arr_reason"] == "hidden by --redact",
        "{account}"
    );
    assert_ne!(account["id"], id, "whoever may ask the CRM learns nothing by it");
    assert_eq!(masked["redacted"], true);
    let refused = [
        &["nps", "--redact"][..],
        &["risks", "close", "x", "--redact", "noise"],
    ];
    for words in refused {
        let output = run(&home, words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(told(&output).contains("cannot be redacted"), "{}", told(&output));
    }
}

/// A terminal within tmux, which keeps what scrolls out of it.
struct Tmux<'a> {
    home: &'a Home,
}

impl Tmux<'_> {
    fn run(&self, words: &[&str]) -> Option<String> {
        let mut command = Command::new("tmux");
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .env("RETAIN_HOME", self.home.path())
            .env("HOME", self.home.path())
            .arg("-S")
            .arg(self.home.path().join("tmux"))
            .args(["-f", "/dev/null"])
            .args(words);
        let output = command.output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// What shows, and all that has scrolled out above it.
    fn all(&self) -> String {
        self.run(&["capture-pane", "-p", "-S", "-"]).unwrap_or_default()
    }

    fn waits(&self, what: &str, is: impl Fn(&str) -> bool) {
        until(what, || self.all(), || is(&self.all()).then_some(()));
    }
}

impl Drop for Tmux<'_> {
    fn drop(&mut self) {
        self.run(&["kill-server"]);
    }
}

#[test]
fn tmux_keeps_nothing_of_what_was_on_the_screen_before() {
    let home = Home::synced();
    let tmux = Tmux { home: &home };
    if tmux.run(&["-V"]).is_none() {
        // There is none on this machine.
        return;
    }
    let canaries = canaries(&home);
    let retain = env!("CARGO_BIN_EXE_retain");
    let script =
        format!("{retain} accounts; echo listed; read x; {retain} --now {NOW} --redact; echo left; read x");
    tmux.run(&["new-session", "-d", "-x", "120", "-y", "36", &script]);
    tmux.waits("the list", |text| text.contains("listed"));
    assert!(
        leaks(&tmux.all(), canaries).len() > 20,
        "the control: {}",
        tmux.all()
    );
    tmux.run(&["send-keys", "Enter"]);
    tmux.waits("the cockpit", |text| {
        text.contains("redacted") && text.contains("Account ")
    });
    assert_eq!(
        leaks(&tmux.all(), canaries),
        Vec::<String>::new(),
        "{}",
        tmux.all()
    );
    tmux.run(&["send-keys", "q"]);
    tmux.waits("the shell", |text| text.contains("left"));
    assert_eq!(
        leaks(&tmux.all(), canaries),
        Vec::<String>::new(),
        "{}",
        tmux.all()
    );
}
