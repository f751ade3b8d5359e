//! What the subcommands answer: to people, with `--plain` and as JSON.

use std::process::Output;

use serde_json::Value;

use super::driver::{Crm, Home};

fn text(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(home: &Home, arguments: &[&str]) -> Value {
    let output = home.run(&[arguments, &["--json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

/// Every `null` stands beside a reason: its own, or that of the list that it is in.
pub fn without_reason(place: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let place = format!("{place}.{name}");
                let holds_null = value.is_null()
                    || value
                        .as_array()
                        .is_some_and(|items| items.iter().any(Value::is_null));
                let reason = fields.get(&format!("{name}_reason")).and_then(Value::as_str);
                if holds_null && reason.is_none_or(str::is_empty) {
                    found.push(place.clone());
                }
                without_reason(&place, value, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                without_reason(place, item, found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_null_says_why() {
    let home = Home::synced();
    home.append("retain.toml", "[display]\nzzz = 1\n");
    let mut answers = vec![
        json(&home, &["accounts"]),
        json(&home, &["risks"]),
        json(&home, &["status"]),
        json(&home, &["config", "show"]),
        json(&home, &["check"]),
        json(&home, &["doctor", "--offline"]),
        json(&home, &["handoff", "templates"]),
        json(&home, &["risks", "--as-of", "yesterday"]),
        json(&home, &["signals"]),
        json(&home, &["alarms"]),
    ];
    for name in ["Juniper Freight", "Harbour Retail", "Moss & Meridian"] {
        answers.push(json(&home, &["account", name]));
        answers.push(json(&home, &["brief", name]));
    }
    let mut found = Vec::new();
    for answer in &answers {
        without_reason("", answer, &mut found);
    }
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_score_without_a_band_is_not_shown_as_one() {
    let home = Home::synced();
    let line = text(&home.run(&["accounts", "harbour"]));
    assert!(line.contains("○ ?"), "{line}");
    assert!(text(&home.run(&["brief", "harbour"])).contains("health ○ ?, 30 % of the model has fresh data"));
    let answer = &json(&home, &["accounts", "harbour"])["accounts"][0];
    assert_eq!(answer["band"], "unknown");
    assert_eq!(answer["coverage_percent"], 30);
    assert!(
        answer["band_reason"]
            .as_str()
            .unwrap()
            .contains("below the floor")
    );
    assert_eq!(answer["last_band_reason"], "no band was ever known");
}

#[test]
fn an_account_is_named_exactly_or_the_candidates_are() {
    let home = Home::synced();
    let fails = |name: &str, said: &[&str]| {
        let output = home.run(&["account", name]);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(output.stdout.is_empty());
        for text in said {
            assert!(errors.contains(text), "`{text}` is not in\n{errors}");
        }
    };
    // Digits are an id as a whole: each id of the book has a 1 in it.
    fails(
        "1",
        &[
            "error: no account has the id `1`",
            "hint: `retain accounts WORD` lists",
        ],
    );
    fails("nobody", &["error: no account is called `nobody`", "hint:"]);
    fails(
        "press",
        &[
            "`press` means several accounts",
            "Hallam Press (",
            "Quill Press (",
            "hint:",
        ],
    );
    fails("e", &["and others"]);
    let id = json(&home, &["accounts", "juniper"])["accounts"][0]["id"].clone();
    let page = text(&home.run(&["account", id.as_str().unwrap()]));
    assert!(page.starts_with("Juniper Freight"), "{page}");
    let all = page.lines().count();
    let brief = text(&home.run(&["brief", "juniper"]));
    assert!(brief.lines().count() < all);
    assert!(
        brief.starts_with("Juniper Freight  juniperfreight.example"),
        "{brief}"
    );
}

#[test]
fn plain_has_no_display_forms_and_as_many_fields_as_its_header() {
    let home = Home::synced();
    for arguments in [
        &["accounts"][..],
        &["risks"],
        &["status"],
        &["check"],
        &["doctor", "--offline"],
        &["config", "show"],
        &["account", "Kestrel Foods"],
    ] {
        let answer = text(&home.run(&[arguments, &["--plain"]].concat()));
        let tabs = |line: &str| line.matches('\t').count();
        let expected = answer.lines().next().map_or(0, tabs);
        for line in answer.lines() {
            assert_eq!(tabs(line), expected, "{arguments:?}: {line}");
        }
        if arguments[0] != "config" && arguments[0] != "account" {
            assert!(
                !answer.contains(['$', '▲', '◆', '●', '○', '−', '≥']),
                "{arguments:?}:\n{answer}"
            );
        }
    }
    let risks = text(&home.run(&["risks", "--plain"]));
    assert!(
        risks.lines().any(|line| line.contains("\t84000.00 USD\t")),
        "{risks}"
    );
    let accounts = text(&home.run(&["accounts", "harbour", "--plain"]));
    assert!(accounts.contains("\tunknown\tnull\t"), "{accounts}");
}

#[test]
fn the_age_of_the_data_and_a_failed_sync_stand_under_every_answer() {
    let mut crm = Crm::start();
    let home = Home::synced_to(&crm);
    let last_line = |arguments: &[&str]| {
        let answer = text(&home.run(arguments));
        answer.lines().last().unwrap_or_default().to_owned()
    };
    let all = [
        &["accounts"][..],
        &["risks"],
        &["brief", "juniper"],
        &["account", "juniper"],
        &["accounts", "zzzz"],
    ];
    for arguments in all {
        assert_eq!(last_line(arguments), "data from 08:50, just now", "{arguments:?}");
    }
    // The day is one line, with its age in it.
    let day = text(&home.run(&["status"]));
    assert_eq!(day.lines().count(), 1, "{day}");
    assert!(day.trim_end().ends_with("; data from 08:50, just now"), "{day}");
    crm.vanish();
    assert!(!home.run(&["sync"]).status.success());
    for arguments in all {
        let line = last_line(arguments);
        assert!(
            line.starts_with("data from 08:50, just now; last sync failed: cannot reach the CRM at "),
            "{line}"
        );
    }
    let data = &json(&home, &["status"])["data"];
    assert_eq!(data["read_at"], "2026-11-23T08:50:00Z");
    assert!(data["failed"]["what"].as_str().unwrap().contains("cannot reach"));
    assert_eq!(
        text(&home.run(&["status", "--format", "tmux"])).lines().count(),
        1
    );
}

#[test]
fn risks_are_counted_in_one_way() {
    let home = Home::synced();
    let (status, risks) = (json(&home, &["status"]), json(&home, &["risks"]));
    let of_kind_risk = |row: &Value| {
        let warnings = row["warnings"].as_array().unwrap();
        warnings
            .iter()
            .filter(|warning| warning["kind"] == "risk")
            .count()
    };
    let counts: Vec<usize> = risks["risks"]
        .as_array()
        .unwrap()
        .iter()
        .map(of_kind_risk)
        .collect();
    let (all, accounts) = (
        counts.iter().sum::<usize>(),
        counts.iter().filter(|count| **count > 0).count(),
    );
    for (answer, name) in [(&status, "risks"), (&risks, "open_risks")] {
        assert_eq!(answer[name], all);
        assert_eq!(answer["accounts_at_risk"], accounts);
    }
    let line = text(&home.run(&["status"]));
    assert!(line.contains(&format!(" {all} risks,")), "{line}");
    let line = text(&home.run(&["status", "--format", "tmux"]));
    assert!(line.starts_with(&format!("▲{all} ")), "{line}");
    let queue = text(&home.run(&["risks"]));
    assert!(
        queue.contains(&format!("{all} risks on {accounts} accounts")),
        "{queue}"
    );
}

#[test]
fn a_filter_that_fits_nothing_says_so() {
    let answer = text(&Home::synced().run(&["accounts", "zzzz"]));
    assert!(
        answer.starts_with("nothing matches 'zzzz' (100 accounts)\n"),
        "{answer}"
    );
    let output = Home::synced().run(&["config", "show", "snyc"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors.contains("hint: did you mean `sync`?"), "{errors}");
}

#[test]
fn mistakes_in_a_file_are_told_from_its_top_and_shortly_where_the_day_is_asked_for() {
    let home = Home::synced();
    home.append(
        "retain.toml",
        "[display]\nasci = 1\ncolour = 2\n[renewals]\nhorizn = 3\n",
    );
    let errors = |arguments: &[&str]| String::from_utf8_lossy(&home.run(arguments).stderr).into_owned();
    let lines: Vec<u32> = errors(&["check"])
        .lines()
        .filter_map(|line| line.split(':').nth(1)?.parse().ok())
        .collect();
    assert!(lines.len() == 3 && lines.is_sorted(), "{lines:?}");
    assert_eq!(
        errors(&["status"]),
        "warning: 3 mistakes in retain.toml: `retain check` lists them\n"
    );
    home.append("signals.toml", "[signals.own]\n");
    for asked in [&["risks"][..], &["health"], &["signals"], &["nps"], &["accounts"]] {
        assert_eq!(
            errors(asked),
            "warning: 4 mistakes in retain.toml, signals.toml: `retain check` lists them\n",
            "{asked:?}"
        );
    }
    assert_eq!(errors(&["status", "--format", "tmux"]), "");
}

#[test]
fn an_address_that_cannot_be_one_is_told_with_its_line() {
    let crm = Crm::start();
    let home = Home::new(&crm);
    let settings = std::fs::read_to_string(home.path().join("config/retain.toml")).unwrap();
    let run = |address: &str, arguments: &[&str]| {
        home.write("retain.toml", &settings.replace(&crm.address, address));
        let output = home.run(arguments);
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (code, errors) = run("http://127.0.0.1:99999", &["check"]);
    assert_eq!(code, Some(2));
    let told = "retain.toml:7:12: `base_url` cannot be used: its port is not a number from 1 to 65535 (write an address like";
    assert!(errors.contains(told), "{errors}");
    // A path may be right, behind a gateway: only the answer tells.
    let (code, errors) = run(&format!("{}/crm/v3", crm.address), &["sync"]);
    assert_eq!(code, Some(2));
    let told = format!(
        "something answers at {}/crm/v3, but not the CRM's API",
        crm.address
    );
    assert!(errors.contains(&told) && errors.contains("hint: "), "{errors}");
}

#[test]
fn a_name_with_a_line_break_makes_no_line_of_its_own() {
    let crm = Crm::with_faults("hostile");
    let home = Home::new(&crm);
    assert!(home.run(&["sync"]).status.success());
    for arguments in [
        &["account", "tallinn"][..],
        &["brief", "tallinn"],
        &["account", "end"],
        &["risks"],
        &["status"],
    ] {
        let output = home.run(arguments);
        let all = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        // Of the name that begins with a line break and a tab, the tab alone is left before what follows.
        let forged = all.lines().find(|line| line.starts_with(" \u{fffd} end"));
        assert_eq!(forged, None, "{arguments:?}");
    }
}

#[test]
fn the_ledgers_errors_are_about_the_file_that_was_named() {
    let home = Home::synced();
    let fails = |arguments: &[&str], said: &str| {
        let output = home.run(&[&["ledger"], arguments].concat());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success());
        assert!(errors.contains(said) && errors.contains("hint: "), "{errors}");
        assert!(!errors.contains("retain sync"), "{errors}");
    };
    let place = |name: &str| home.path().join(name).display().to_string();
    fails(&["backup", &place("nowhere/copy")], "there is no directory ");
    fails(&["restore", &place("nothing")], "there is no file ");
    fails(&["restore", &place("config")], "there is no file ");
    fails(
        &["restore", &place("config/token")],
        "token is not a sound copy of a ledger",
    );
    let copy = place("copy");
    assert!(home.run(&["ledger", "backup", &copy]).status.success());
    fails(&["backup", &copy], "exists already");
    assert!(text(&home.run(&["ledger", "restore", "--yes", &copy])).contains("kept as"));
}
