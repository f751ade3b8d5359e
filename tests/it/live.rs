//! A world that moves: each step is in the cockpit's data after the next sync. Driven by steps, never by a time.

use std::process::Output;

use jiff::Timestamp;
use retain::demo::{DemoOptions, start};
use serde_json::Value;

use super::driver::{Home, NOW, retain};

fn answer(output: &Output) -> Value {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_happens_in_a_world_that_moves_is_there_after_the_next_sync() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    let options = DemoOptions {
        accounts: 12,
        ..DemoOptions::new(now)
    };
    let server = runtime.block_on(start(options)).unwrap();
    let home = Home::of(&server.url(), &server.token, server.portal);
    answer(&home.run(&["sync", "--json"]));
    let nothing = answer(&home.run(&["sync", "--json"]));
    assert_eq!(
        nothing["records_changed"], 0,
        "the world stands still without steps"
    );
    let told: Vec<String> = (0..12).map(|_| server.step()).collect();
    let moved = answer(&home.run(&["sync", "--json"]));
    // What happens at a colleague's customers is not in this cache.
    assert!(
        moved["records_changed"].as_u64().unwrap() >= 5,
        "{told:?} {moved}"
    );
    let accounts = answer(&home.run(&["accounts", "--json"]));
    let accounts = accounts["accounts"].as_array().unwrap();
    let is_mine = |name: &str| accounts.iter().any(|one| one["name"] == name);
    let tickets = told
        .iter()
        .filter_map(|step| step.split_once(" opens a ticket: "));
    let mut mine = tickets.filter(|(account, _)| is_mine(account));
    let (account, subject) = mine.next().unwrap();
    let view = answer(&home.run(&["account", account, "--json"]));
    assert!(view["tickets"].to_string().contains(subject), "{told:?} {view}");
}

#[test]
fn the_pace_is_for_a_world_that_moves_and_never_nothing() {
    for (arguments, says) in [
        (&["demo-server", "--pace", "5"][..], "--live"),
        (&["demo-server", "--live", "--pace", "0"], "0"),
        (&["demo", "--live", "--join", "http://127.0.0.1:1"], "--join"),
    ] {
        let output = retain().args(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(says), "{error}");
    }
}
