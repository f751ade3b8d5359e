//! `retain risks` and `retain alarms`: what is said of warnings is kept, told as of a day, and counted.

use std::process::Output;

use serde_json::Value;

use super::driver::Home;

fn answer(output: &Output) -> Value {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ask(home: &Home, words: &[&str]) -> Value {
    answer(&home.run(&[words, &["--json"]].concat()))
}

/// Ids of the warnings in a list of accounts.
fn ids(rows: &Value) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    let warnings = rows.flat_map(|row| row["warnings"].as_array().unwrap());
    warnings
        .map(|warning| warning["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_is_said_of_a_warning_takes_it_out_of_the_queue_and_back() {
    let home = Home::synced().writing();
    let before = ask(&home, &["risks", "--all"]);
    let id = ids(&before["risks"])[0].clone();
    let said = ask(&home, &["risks", "close", &id, "noise", "as", "every", "summer"]);
    assert_eq!(
        (said["warning"].as_str(), said["said"].as_str()),
        (Some(id.as_str()), Some("closed as noise"))
    );
    let after = ask(&home, &["risks", "--all"]);
    assert!(!ids(&after["risks"]).contains(&id));
    assert_eq!(ids(&after["closed"]), [id.as_str()]);
    let closed = &after["closed"][0]["warnings"][0];
    assert_eq!(closed["closed"]["verdict"], "noise");
    assert_eq!(closed["closed"]["why"], "as every summer");
    assert_eq!(closed["state"], "accepted");
    let again = home.run(&["risks", "close", &id, "real"]);
    assert_eq!(again.status.code(), Some(2), "it is closed already");
    ask(&home, &["risks", "undo", &id]);
    assert_eq!(ask(&home, &["risks", "--all"])["risks"], before["risks"]);
    ask(&home, &["risks", "snooze", &id, "+2w", "waits"]);
    let asleep = ask(&home, &["risks", "--all"]);
    assert_eq!(ids(&asleep["snoozed"]), [id.as_str()]);
    assert_eq!(
        asleep["open_risks"].as_u64().unwrap() + 1,
        before["open_risks"].as_u64().unwrap()
    );
    ask(&home, &["risks", "wake", &id]);
    ask(&home, &["risks", "snooze", &id, "worse", "waits"]);
    let asleep = ask(&home, &["risks", "--all"])["snoozed"][0]["warnings"][0]["snoozed"].clone();
    assert_eq!(
        (&asleep["until"], &asleep["why"]),
        (&Value::Null, &Value::from("waits"))
    );
    ask(&home, &["risks", "wake", &id]);
    assert!(ids(&ask(&home, &["risks"])["risks"]).contains(&id));
    let past = ask(&home, &["risks", "--as-of", "yesterday"]);
    assert_eq!((&past["warnings"], &past["total"]), (&Value::Null, &Value::Null));
    assert_eq!(
        past["warnings_reason"],
        "signals were first evaluated after that day"
    );
    let today = ask(&home, &["risks", "--as-of", "today"]);
    assert!(today["contracts_known_later"].is_u64(), "{today}");
    assert!(
        today["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["id"] == id.as_str())
    );
}

#[test]
fn the_text_lists_the_accounts_of_a_segment_warning_and_says_that_sums_of_groups_overlap() {
    let home = Home::synced();
    home.write(
        "signals.toml",
        "[[signals]]\nid = \"everybody\"\ntitle = \"everybody\"\nwhen = \"arr > 0\"\nseverity = \"low\"\nkind = \"risk\"\n\
         version = 1\n",
    );
    assert!(home.run(&["sync"]).status.success());
    let all = ask(&home, &["risks", "--all"]);
    let segments = all["segments"].as_array().unwrap();
    let of = segments.iter().find(|one| one["signal"] == "everybody").unwrap();
    let text = |words: &[&str]| String::from_utf8(home.run(words).stdout).unwrap();
    let told = text(&["risks", "--all"]);
    let heading = format!(
        "everybody on {} of {} accounts of {}",
        of["true_for"],
        of["of"],
        of["segment"].as_str().unwrap()
    );
    let after = told.split_once(&heading).expect(&told).1;
    let listed: Vec<&str> = after
        .lines()
        .skip(1)
        .take_while(|line| !line.contains(" accounts of "))
        .collect();
    let ids = of["accounts"].as_array().unwrap();
    assert!(ids.len() > 3);
    for id in ids.iter().take(5) {
        let account = ask(&home, &["account", id.as_str().unwrap()]);
        let name = account["account"]["name"].as_str().unwrap();
        assert!(listed.iter().any(|line| line.contains(name)), "{name}: {told}");
    }
    let short = text(&["risks"]);
    assert!(
        short.contains(&heading) && short.lines().count() < told.lines().count() / 2,
        "{short}"
    );
    let overlap = "stands in each of its groups";
    assert!(text(&["risks", "--group-by", "signal"]).contains(overlap));
    assert!(!text(&["risks", "--group-by", "owner"]).contains(overlap));
}

#[test]
fn the_alarms_count_what_was_judged_and_the_record_of_churns_what_was_said() {
    let home = Home::synced().writing();
    let rows = ask(&home, &["risks", "--kind", "risk"]);
    let warning = &rows["risks"][0]["warnings"][0];
    let (id, signal) = (
        warning["id"].as_str().unwrap(),
        warning["signal"].as_str().unwrap(),
    );
    ask(&home, &["risks", "ack", id]);
    ask(&home, &["risks", "close", id, "real"]);
    let alarms = ask(&home, &["alarms"]);
    let of = alarms["signals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["signal"] == signal)
        .unwrap();
    assert_eq!((of["acted"].as_u64(), of["real"].as_u64()), (Some(1), Some(1)));
    assert_eq!(of["precision_interval"], Value::Null, "one says nothing");
    let churn = alarms["churns"][0].clone();
    assert!(
        churn["owner"].is_string() && churn["reason"].is_string(),
        "{churn}"
    );
    assert_eq!(churn["looked"], false, "it had left before signals looked");
    ask(
        &home,
        &[
            "alarms",
            "judge",
            churn["account"].as_str().unwrap(),
            "yes",
            "we",
            "saw",
            "it",
        ],
    );
    let judged = ask(&home, &["alarms"])["churns"][0]["avoidable"].clone();
    assert_eq!(
        (judged["yes"].as_bool(), judged["why"].as_str()),
        (Some(true), Some("we saw it"))
    );
    assert_eq!(ask(&home, &["alarms"]), ask(&home, &["alarms"]));
    assert_eq!(alarms["of_today"], serde_json::json!([]));
    let before = ask(&home, &["alarms", "--as-of", "yesterday"]);
    for (field, why) in [
        ("signals", "signals were first evaluated after that day"),
        ("first_look", "signals were first evaluated after that day"),
        ("churns", "the ledger began after that day"),
        ("missed", "the ledger began after that day"),
        ("left_before_signals_looked", "the ledger began after that day"),
    ] {
        let reason = format!("{field}_reason");
        assert_eq!(
            (&before[field], before[&reason].as_str()),
            (&Value::Null, Some(why))
        );
    }
    let text = |words: &[&str]| String::from_utf8(home.run(words).stdout).unwrap();
    let told = text(&["alarms", "--as-of", "yesterday"]);
    assert_eq!(told, "unknown: signals were first evaluated after that day\n");
    let told = text(&["alarms", "--churns", "--as-of", "yesterday"]);
    assert_eq!(
        told,
        "unknown which customers had left: the ledger began after that day\n"
    );
    assert_eq!(before["first_look"], Value::Null);
    assert_ne!(before["of_today"], serde_json::json!([]));
    let today = ask(&home, &["alarms", "--as-of", "today"]);
    assert_eq!(
        today["churns"].as_array().map(Vec::len),
        alarms["churns"].as_array().map(Vec::len)
    );
}

#[test]
fn nothing_is_said_of_a_warning_where_nothing_may_be_written() {
    let home = Home::synced().writing();
    let id = ids(&ask(&home, &["risks"])["risks"])[0].clone();
    for act in [
        &["close", &id, "noise"][..],
        &["snooze", &id, "fri"],
        &["ack", &id],
    ] {
        let output = home.run(&[&["--read-only", "risks"], act].concat());
        assert_eq!(output.status.code(), Some(2), "{act:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("--read-only"), "{told}");
    }
}
