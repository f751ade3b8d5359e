//! Signals on the command line: mistakes in their file, what they say of accounts and why, what they would have said.

use std::process::Output;

use serde_json::Value;

use super::driver::Home;

fn answer(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn check_tells_each_mistake_in_signals_with_file_line_and_column() {
    let home = Home::empty();
    home.write("signals.toml", include_str!("faults/signals.toml"));
    let output = home.run(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    let told: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("signals.toml:"))
        .collect();
    assert_eq!(told.len(), 25, "{said}");
    assert!(
        told[0].ends_with(":14:36: unknown function `mising` (did you mean `missing`?)"),
        "{}",
        told[0]
    );
    assert!(said.contains("25 things are wrong"), "{said}");
}

/// The accounts on which a signal is open, by name.
fn open(home: &Home, signal: &str) -> Vec<String> {
    let told = answer(&home.run(&["risks", "--json"]));
    let accounts = told["risks"].as_array().unwrap().iter();
    let fires = |row: &&Value| {
        let mut warnings = row["warnings"].as_array().unwrap().iter();
        warnings.any(|one| one["signal"] == signal)
    };
    accounts
        .filter(fires)
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn near_misses_of_the_demo_do_not_fire() {
    let home = Home::synced();
    // Signal, who fires it, and who only nearly does.
    let told = [
        ("nps-detractor", "Kestrel Foods", "Marlow & Pike"),
        ("ticket-spike", "Kestrel Foods", "Juniper Freight"),
        ("onboarding-stalled", "Osprey Clinics", "Vela Robotics"),
        ("entitlement-breach", "Osprey Clinics", "Kirkwall Ferries"),
        ("seats-above-90", "Brasserie Verte", "Lumen Optik"),
        ("owner-missing", "Vela Robotics", "Quill Press"),
        ("contradictory-data", "Sorrel & Sons", "Lindqvist Bygg"),
    ];
    for (signal, fires, nearly) in told {
        let open = open(&home, signal);
        assert!(open.contains(&fires.to_owned()), "{signal}: {open:?}");
        assert!(!open.contains(&nearly.to_owned()), "{signal}: {open:?}");
    }
}

#[test]
fn the_list_tells_how_many_are_open_and_of_whom_it_cannot_be_told() {
    let home = Home::synced();
    let told = answer(&home.run(&["signals", "--json"]));
    let signals = told["signals"].as_array().unwrap();
    assert_eq!(signals.len(), 13);
    let accounts = told["accounts"].as_u64().unwrap();
    for signal in signals {
        let open = signal["open"].as_u64().unwrap();
        let percent = open * 100 / accounts;
        assert!(
            (2..=10).contains(&percent),
            "{}: {open} of {accounts}",
            signal["id"]
        );
        assert_eq!(signal["open"], signal["holds"], "{}", signal["id"]);
        let untold = signal["cannot_tell"].as_u64().unwrap();
        let id = signal["id"].as_str().unwrap();
        let listed = answer(&home.run(&["signals", "--cannot-tell", id, "--json"]));
        let listed = listed["accounts"].as_array().unwrap();
        assert_eq!(listed.len() as u64, untold, "{id}");
        for account in listed {
            assert!(
                !account["unknown"].as_array().unwrap().is_empty(),
                "{id}: {account}"
            );
        }
    }
    let text = home.run(&["signals"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("usage-drop") && text.contains("waning-interest"),
        "{text}"
    );
}

#[test]
fn a_test_shows_each_term_with_its_value_and_why_it_holds() {
    let home = Home::synced();
    let told = answer(&home.run(&[
        "signals",
        "test",
        "usage-drop",
        "--account",
        "Juniper Freight",
        "--json",
    ]));
    let account = &told["accounts"][0];
    assert_eq!(account["holds"], true, "{account}");
    let change = &account["terms"][0];
    assert_eq!(change["term"], "change('weekly_active_users', days(30))");
    assert!(change["value"].as_f64().unwrap() <= -0.3, "{change}");
    let before = [
        "signals",
        "test",
        "usage-drop",
        "--account",
        "Juniper Freight",
        "--as-of",
        "60d",
        "--json",
    ];
    let told = answer(&home.run(&before));
    assert!(told["contracts_known_later"].is_u64(), "{told}");
    let text = home.run(&before[..7]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("segments, stages and names as they are today"),
        "{text}"
    );
    assert_eq!(told["accounts"][0]["holds"], false, "{}", told["accounts"][0]);
    let untold = ["signals", "test", "usage-drop", "--account", "Harbour Retail"];
    let said = home.run(&untold);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let why = "it cannot tell, as change('weekly_active_users', days(30)) is unknown";
    assert!(said.contains("cannot tell") && said.contains(why), "{said}");
    let wrong = home.run(&["signals", "test", "usage-dorp"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean `usage-drop`?"));
}

#[test]
fn a_backtest_sets_the_rule_of_a_file_beside_the_one_in_force() {
    let home = Home::synced();
    let file = home.path().join("other.toml");
    let other = "[[signals]]\nid = \"no-touch\"\nwhen = \"days_since('last_touch') >= 40\"\nversion = 2\n";
    std::fs::write(&file, other).unwrap();
    let file = file.to_str().unwrap();
    let call = ["signals", "backtest", "no-touch", "--with", file, "--json"];
    let output = home.run(&call);
    let told = answer(&output);
    let rules = told["rules"].as_array().unwrap();
    let fired = |rule: &Value| rule["fired"].as_u64().unwrap() + rule["standing"].as_u64().unwrap();
    assert_eq!(told["looks"], 53);
    assert!(
        fired(&rules[1]) > fired(&rules[0]) && fired(&rules[0]) > 0,
        "{told}"
    );
    assert_eq!(rules[1]["version"], 2);
    for rule in rules {
        let missed = rule["churns_missed"].as_u64().unwrap();
        assert!(
            rule["churns"].as_u64().unwrap() >= missed && rule["churns"] == 3,
            "{rule}"
        );
        for firing in rule["firings"].as_array().unwrap() {
            assert!(
                firing["from"].is_string() && firing["name"].is_string(),
                "{firing}"
            );
        }
    }
    assert_eq!(
        home.run(&call).stdout,
        output.stdout,
        "the same call gives the same bytes"
    );
    std::fs::write(file, "[[signals]]\nid = \"usage-drop\"\nversion = 2\n").unwrap();
    let other = home.run(&call);
    assert_eq!(other.status.code(), Some(2));
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(
        said.contains("other.toml changes nothing of `no-touch`") && said.contains("[[signals]] table"),
        "{said}"
    );
    std::fs::write(
        file,
        "[[signals]]\nid = \"no-touch\"\nwhen = \"days_since('last_tuch') > 3\"\n",
    )
    .unwrap();
    let wrong = home.run(&call);
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(
        said.contains("other.toml:3:20: unknown name `last_tuch`"),
        "{said}"
    );
}
