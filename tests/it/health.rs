//! `retain health`: every score of the demo is explained to the last digit, and always with the same bytes.

use std::fs;
use std::process::Output;

use serde_json::Value;

use super::driver::{Crm, Home, Opening, files};

fn answer(output: &Output) -> Value {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The parts sum to the change, and each score has its coverage, each value its age.
fn check_parts(told: &Value) -> bool {
    assert!(told["to"]["coverage_percent"].is_u64(), "{told}");
    for measure in told["measures"].as_array().unwrap() {
        let now = &measure["now"];
        assert_eq!(
            now["value"].is_null(),
            now["observed"].is_null(),
            "a value without its age: {measure}"
        );
    }
    let Some(parts) = told["parts"].as_array() else {
        assert!(told["parts_reason"].is_string());
        return false;
    };
    let sum: i64 = parts.iter().map(|part| part["tenths"].as_i64().unwrap()).sum();
    assert_eq!(sum, told["change_tenths"].as_i64().unwrap(), "{told}");
    let is_known = |end: &Value| end["band"] != "unknown";
    let score = |end: &str| told[end]["score"].as_i64().filter(|_| is_known(&told[end]));
    let shown = score("to").zip(score("from")).map(|(to, from)| to - from);
    assert_eq!(told["change"].as_i64(), shown);
    true
}

#[test]
fn the_parts_of_every_account_of_the_demo_sum_to_the_change_of_its_score() {
    let home = Home::synced();
    let accounts = answer(&home.run(&["accounts", "--json"]));
    let mut explained = 0;
    for account in accounts["accounts"].as_array().unwrap() {
        let id = account["id"].as_str().unwrap();
        let told = answer(&home.run(&["health", id, "--json"]));
        for field in ["score", "band", "last_band"] {
            assert_eq!(told["to"][field], account[field], "{field} of {id}");
        }
        assert_eq!(
            told["to"]["score"].is_null(),
            told["to"]["score_reason"].is_string(),
            "{id}"
        );
        explained += u32::from(check_parts(&told));
    }
    assert!(
        explained > 10,
        "only {explained} accounts have a change that can be told"
    );
}

#[test]
fn the_same_call_gives_the_same_bytes_twice_and_after_the_cache_is_gone() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm);
    let asked = [
        &["health", "juniper", "--json"][..],
        &[
            "health",
            "juniper",
            "--from",
            "2026-09-01",
            "--as-of",
            "2026-10-15",
            "--json",
        ],
        &["health", "juniper", "--plain"],
        &["health", "--json"],
        &["health", "--plain"],
    ];
    let say = || asked.map(|asked| String::from_utf8(home.run(asked).stdout).unwrap());
    let first = say();
    assert!(first.iter().all(|answer| !answer.is_empty()), "{first:#?}");
    assert_eq!(first, say());
    let cache = home.find("cache.db");
    for file in files(cache.parent().unwrap()) {
        if file
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("cache.db")
        {
            fs::remove_file(file).unwrap();
        }
    }
    assert!(home.run(&["sync"]).status.success());
    for (before, after) in first.iter().zip(say()) {
        assert_eq!(*before, after);
    }
}

#[test]
fn a_changed_model_is_in_force_from_the_next_start_on_without_a_sync() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm);
    drop(crm);
    let accounts = || {
        let answer = answer(&home.run(&["accounts", "juniper", "--json"]));
        (
            answer["data"]["lists_scored_by"].clone(),
            answer["accounts"][0]["score"].clone(),
        )
    };
    let (by, before) = accounts();
    assert_eq!(by, "model in force");
    home.write("health.toml", "[[measures]]\nid = \"usage\"\nweight = 1\n");
    assert_eq!(accounts(), ("former model".into(), before.clone()));
    for list in ["accounts", "risks", "health"] {
        let told = String::from_utf8(home.run(&[list]).stdout).unwrap();
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("scored by the former model"), "{list}: {told}");
    }
    let mut cockpit = Opening::new().open(&home);
    cockpit.lacks("former model");
    cockpit.send_raw(b"q", 1);
    assert!(cockpit.ended().success());
    let alone = answer(&home.run(&["health", "juniper", "--json"]))["to"]["score"].clone();
    assert_ne!(alone, before);
    assert_eq!(accounts(), ("model in force".into(), alone));
}

#[test]
fn for_people_the_change_stands_in_one_line_and_a_window_can_be_chosen() {
    let home = Home::synced();
    let output = home.run(&["health", "juniper"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains(" → ") && text.contains(" = ") && text.contains("usage"),
        "{text}"
    );
    let past = answer(&home.run(&["health", "juniper", "--from", "60d", "--to", "30d", "--json"]));
    assert_eq!(
        (&past["from"]["day"], &past["to"]["day"]),
        (&"2026-09-24".into(), &"2026-10-24".into())
    );
    check_parts(&past);
    let other_year = home.run(&["health", "juniper", "--from", "2024-06-01", "--to", "2024-12-24"]);
    let text = String::from_utf8_lossy(&other_year.stdout).into_owned();
    assert!(text.contains("1 Jun 2024 → 24 Dec 2024"), "{text}");
    for wrong in [["--from", "tomorrow"], ["--from", "today"]] {
        let output = home.run(&[&["health", "juniper"], &wrong[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn the_book_as_of_a_day_agrees_with_each_account_alone() {
    let home = Home::synced();
    let told = answer(&home.run(&[
        "health", "--from", "60d", "--as-of", "30d", "--limit", "5", "--json",
    ]));
    assert_eq!(told["as_of"], "2026-10-24");
    let lines = told["accounts"].as_array().unwrap();
    assert_eq!(lines.len(), 5, "{told}");
    for line in lines {
        let id = line["id"].as_str().unwrap();
        let alone = answer(&home.run(&["health", id, "--from", "60d", "--to", "30d", "--json"]));
        assert_eq!(alone["to"]["score"], line["score"], "{line}");
        assert_eq!(alone["change"], line["delta"], "{line}");
    }
    let again = home.run(&[
        "health", "--from", "60d", "--as-of", "30d", "--limit", "5", "--json",
    ]);
    assert_eq!(answer(&again), told);
}

#[test]
fn below_the_coverage_floor_a_score_and_its_change_are_null_with_the_reason() {
    let home = Home::synced();
    let is_unshown = |told: &Value| {
        let why = told["score_reason"].as_str().unwrap_or_default();
        told["band"] == "unknown" && told["score"].is_null() && why.contains("fresh data")
    };
    let book = answer(&home.run(&["health", "--from", "30d", "--limit", "200", "--json"]));
    assert_eq!(book["bands"]["unknown"], 1, "Harbour Retail");
    for line in book["accounts"].as_array().unwrap() {
        assert!(line["score"].is_u64() && line["band"] != "unknown", "{line}");
    }
    let alone = answer(&home.run(&["health", "harbour", "--from", "30d", "--json"]));
    assert!(is_unshown(&alone["to"]), "{alone}");
    assert!(
        alone["change"].is_null() && alone["words_reason"].is_string(),
        "{alone}"
    );
    assert!(
        alone["parts"].is_null() && alone["change_tenths"].is_null(),
        "{alone}"
    );
    let listed = answer(&home.run(&["accounts", "harbour", "--json"]));
    assert!(is_unshown(&listed["accounts"][0]), "{listed}");
    let page = answer(&home.run(&["account", "Harbour Retail", "--json"]));
    let why = page["why"]["score_reason"].as_str().unwrap();
    assert!(
        page["why"]["score"].is_null() && why.contains("fresh data"),
        "{why}"
    );
}

#[test]
fn what_is_tried_changes_the_score_and_nothing_else() {
    let home = Home::synced();
    let id = {
        let accounts = answer(&home.run(&["accounts", "--json"]));
        let red = accounts["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["band"] == "red");
        red.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let before = answer(&home.run(&["health", &id, "--json"]));
    let told = answer(&home.run(&["health", &id, "--green", "--json"]));
    assert_eq!(told["before"]["score"], before["to"]["score"]);
    assert_eq!(told["after"]["band"], "green", "{told}");
    let changes = told["green"]["changes"].as_array().unwrap();
    assert!(!changes.is_empty());
    // What was found can be tried one by one, and gives the same.
    let tries: Vec<String> = changes
        .iter()
        .map(|change| format!("{}={}", change["measure"].as_str().unwrap(), change["to"]))
        .collect();
    let mut call = vec!["health", &id, "--json"];
    for one in &tries {
        call.extend(["--try", one]);
    }
    assert_eq!(answer(&home.run(&call))["after"], told["after"]);
    let counts = told["measures"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|measure| measure["counts"].as_f64());
    let sum = counts.sum::<f64>();
    assert!(
        (sum - told["after"]["exact"].as_f64().unwrap()).abs() < 1e-6,
        "{sum} {told}"
    );
    let weighed = answer(&home.run(&["health", &id, "--weight", "usage=0", "--json"]));
    assert!(weighed["accounts_changing_band"].as_u64().unwrap() > 0);
    assert_eq!(
        answer(&home.run(&["health", &id, "--json"]))["to"],
        before["to"],
        "nothing is saved"
    );
    let wrong = home.run(&["health", &id, "--try", "usge=3"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean `usage`?"));
}
