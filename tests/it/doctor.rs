//! `doctor` and `ledger` as a person calls them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use retain::store::Ledger;
use serde_json::Value;

use crate::store::minute;

const PROFILE: &str = r#"
default_profile = "north"
[profiles.north]
base_url = "http://127.0.0.1:9"
tenant = "4711"
token_file = "TOKEN"
"#;

fn retain(home: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_retain"))
        .args(words)
        .env_clear()
        .env("RETAIN_HOME", home)
        .output()
        .unwrap()
}

/// A home with a profile and a token; nothing was synced.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let token = home.path().join("token");
    fs::write(&token, "pat-eu1-0000\n").unwrap();
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
    fs::create_dir(home.path().join("config")).unwrap();
    let settings = home.path().join("config/retain.toml");
    fs::write(&settings, PROFILE.replace("TOKEN", &token.display().to_string())).unwrap();
    fs::set_permissions(&settings, fs::Permissions::from_mode(0o600)).unwrap();
    home
}

fn findings(output: &Output) -> Vec<Value> {
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["findings"].as_array().unwrap().clone()
}

fn problems(output: &Output) -> Vec<String> {
    let of = |finding: &Value| format!("{}: {}", finding["area"], finding["what"]).replace('"', "");
    findings(output)
        .iter()
        .filter(|finding| finding["level"] == "problem")
        .map(of)
        .collect()
}

#[test]
fn a_fresh_machine_has_no_problem() {
    let home = tempfile::tempdir().unwrap();
    let output = retain(home.path(), &["doctor"]);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("no CRM is connected yet") && text.contains("`retain connect`"),
        "{text}"
    );
}

#[test]
fn each_thing_that_is_wrong_is_named_with_what_to_do() {
    let home = home();
    let output = retain(home.path(), &["doctor", "--offline", "--json"]);
    assert_eq!(problems(&output), [""; 0]);
    assert_eq!(output.status.code(), Some(0));

    let state = home.path().join("state/north/hubspot-4711");
    let (mut ledger, _) = Ledger::open(&state.join("ledger.db"), "t").unwrap();
    ledger.record_look(minute(1)).unwrap();
    drop(ledger);
    fs::set_permissions(state.join("ledger.db"), fs::Permissions::from_mode(0o644)).unwrap();
    let cache = home.path().join("cache/north/hubspot-4711");
    fs::create_dir_all(&cache).unwrap();
    fs::write(
        cache.join("cache.db"),
        "no database at all, but long enough to be read as one".repeat(40),
    )
    .unwrap();
    fs::set_permissions(home.path().join("token"), fs::Permissions::from_mode(0o644)).unwrap();
    let config = home.path().join("config/retain.toml");
    fs::write(&config, fs::read_to_string(&config).unwrap() + "scop = \"me\"\n").unwrap();

    let output = retain(home.path(), &["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let problems = problems(&output);
    for expected in [
        "configuration: ",
        "scop",
        "ledger.db: others may use it",
        "cache.db is damaged",
        "token: ",
    ] {
        assert!(
            problems.iter().any(|problem| problem.contains(expected)),
            "{expected} in {problems:#?}"
        );
    }
    for finding in findings(&output) {
        assert!(
            finding["level"] != "problem" || finding["hint"].is_string(),
            "{finding}"
        );
    }
    // Without a token the CRM is not asked.
    assert!(!problems.iter().any(|problem| problem.starts_with("crm")));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("pat-eu1"));
}

#[test]
fn a_crm_that_is_not_there_is_a_problem_of_its_own() {
    let home = home();
    let output = retain(home.path(), &["doctor", "--json"]);
    let problems = problems(&output);
    assert!(
        problems.len() == 1 && problems[0].starts_with("crm: cannot reach the CRM"),
        "{problems:#?}"
    );
}

#[test]
fn the_ledger_is_copied_and_brought_back() {
    let home = home();
    let file = home.path().join("copy.db");
    let words = |verb| ["ledger", verb, file.to_str().unwrap()];
    let output = retain(home.path(), &words("backup"));
    assert_eq!(
        output.status.code(),
        Some(1),
        "there is no ledger yet: {output:?}"
    );

    let path = home.path().join("state/north/hubspot-4711/ledger.db");
    let (mut ledger, _) = Ledger::open(&path, "t").unwrap();
    ledger.record_look(minute(1)).unwrap();
    assert!(retain(home.path(), &words("backup")).status.success());
    ledger.record_look(minute(2)).unwrap();
    drop(ledger);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let output = retain(home.path(), &words("backup"));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("exists already"),
        "{output:?}"
    );
    let output = retain(home.path(), &words("restore"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("now:  2 entries, last noted") && said.contains("then: 1 entry, last noted"),
        "{said}"
    );
    assert!(
        said.contains("nobody to answer") && said.contains("--yes"),
        "{said}"
    );
    assert_eq!(Ledger::open(&path, "t").unwrap().0.entries().unwrap(), 2);
    let output = retain(home.path(), &[&words("restore")[..], &["--yes"]].concat());
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("before-restore-1"), "{said}");
    // One more than was told of the copy, and why.
    assert!(
        said.contains("has 2 entries now: those of the copy, and what was noted of bringing it back"),
        "{said}"
    );
    let (ledger, _) = Ledger::open(&path, "t").unwrap();
    assert_eq!(ledger.last_look(minute(9)).unwrap(), Some(minute(1)));
}
