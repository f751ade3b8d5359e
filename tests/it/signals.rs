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
