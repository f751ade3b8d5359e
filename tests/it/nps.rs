//! `retain nps`: the figure adds up, is the same each time, and tells of a day of the past what was known then.

use std::fs;
use std::process::Output;

use serde_json::Value;

use super::driver::{Crm, Home, files};

fn answer(output: &Output) -> Value {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value}"))
}

fn check_sums(told: &Value) {
    let responses = number(&told["responses"]);
    for groups in ["segments", "owners"] {
        let groups = told[groups].as_array().unwrap();
        let sum: u64 = groups.iter().map(|group| number(&group["responses"])).sum();
        assert_eq!(sum, responses, "{told}");
    }
    let lists = ["wins", "passive", "pains"].map(|list| told[list].as_array().unwrap().len() as u64);
    assert_eq!(lists.iter().sum::<u64>(), responses);
    assert_eq!(
        number(&told["silent_accounts"]),
        told["silent"].as_array().unwrap().len() as u64
    );
    let known = told["nps"].is_i64();
    assert!(known == (responses >= 5), "{told}");
    assert!(known || told["nps_reason"].is_string());
    assert!(told["asked"].is_null() && told["asked_reason"].is_string());
}

#[test]
fn the_figure_adds_up_now_and_on_a_day_of_the_past() {
    let home = Home::synced();
    let now = answer(&home.run(&["nps", "--json"]));
    check_sums(&now);
    assert!(number(&now["responses"]) >= 5, "{now}");
    assert!(!now["silent"].as_array().unwrap().is_empty());
    let newest = now["pains"][0]["day"].as_str().unwrap();
    let then = answer(&home.run(&["nps", "--as-of", "2026-06-30", "--json"]));
    check_sums(&then);
    assert_eq!(then["as_of"], "2026-06-30");
    assert!(newest > "2026-06-30", "{newest}");
    assert_eq!(now["of_today"], serde_json::json!([]));
    assert_eq!(then["of_today"][1], "churn dates");
    for list in ["wins", "passive", "pains"] {
        for one in then[list].as_array().unwrap() {
            assert!(one["day"].as_str().unwrap() <= "2026-06-30", "{one}");
        }
    }
    for (by, own, others) in [
        ("owner", "owners", ["segments", "quarters", "wins", "silent"]),
        ("segment", "segments", ["owners", "quarters", "wins", "silent"]),
    ] {
        let told = answer(&home.run(&["nps", "--by", by, "--json"]));
        assert_eq!((&told[own], &told["nps"]), (&now[own], &now["nps"]), "{by}");
        assert!(others.iter().all(|other| told[other].is_null()), "{by}: {told}");
    }
    let wrong = home.run(&["nps", "--as-of", "tomorrow"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn the_same_call_gives_the_same_bytes_twice_and_after_the_cache_is_gone() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm);
    let asked = [
        &["nps"][..],
        &["nps", "--json"],
        &["nps", "--by", "owner", "--plain"],
        &["nps", "--by", "segment", "--as-of", "2026-08-15", "--json"],
    ];
    let say = || asked.map(|asked| String::from_utf8(home.run(asked).stdout).unwrap());
    let first = say();
    assert!(first.iter().all(|answer| !answer.is_empty()), "{first:#?}");
    assert_eq!(first, say());
    let cache = home.find("cache.db");
    for file in files(cache.parent().unwrap()) {
        let name = file.file_name().unwrap().to_string_lossy();
        if name.starts_with("cache.db") {
            fs::remove_file(&file).unwrap();
        }
    }
    assert!(home.run(&["sync"]).status.success());
    for (before, after) in first.iter().zip(say()) {
        assert_eq!(*before, after);
    }
}

#[test]
fn for_people_the_definition_stands_beside_the_figure() {
    let home = Home::synced();
    let output = home.run(&["nps"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for words in [
        "NPS ",
        "trend",
        "wins · ",
        "pains · ",
        "silent for 12 months",
        "by segment",
        "by CSM",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(
        text.contains("latest answer") && text.contains("data from"),
        "{text}"
    );
}

#[test]
fn without_the_scope_for_surveys_nothing_is_zero() {
    let crm = Crm::with_faults("no-scope=crm.objects.feedback_submissions.read");
    let home = Home::new(&crm);
    home.run(&["sync"]);
    let told = answer(&home.run(&["nps", "--json"]));
    for field in ["nps", "responses", "promoters", "silent_accounts"] {
        assert!(told[field].is_null(), "{field}: {told}");
        assert!(
            told[format!("{field}_reason")]
                .as_str()
                .unwrap()
                .contains("may not read")
        );
    }
}
