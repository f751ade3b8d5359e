//! `risks`, `health`, `signals` and `nps` give the same bytes again after the cache was deleted and everything was read anew.

use jiff::Timestamp;
use retain::demo::{DemoOptions, start};

use super::driver::{Home, NOW, retain};

/// Of now, and of a day that is over.
const ASKED: [&[&str]; 17] = [
    &["risks", "--all", "--json"],
    &["risks", "--group-by", "signal", "--json"],
    &["risks", "--all", "--as-of", "2026-11-22", "--json"],
    &["health", "--json"],
    &["health", "--as-of", "2026-11-15", "--json"],
    &[
        "health",
        "--from",
        "2026-08-15",
        "--as-of",
        "2026-11-15",
        "--json",
    ],
    &["health", "juniper", "--json"],
    &["health", "juniper", "--as-of", "2026-11-15", "--json"],
    &["signals", "--json"],
    &["signals", "--as-of", "2026-11-15", "--json"],
    &["signals", "test", "usage-drop", "--json"],
    &["signals", "test", "usage-drop", "--as-of", "2026-11-15", "--json"],
    &[
        "signals",
        "backtest",
        "usage-drop",
        "--to",
        "2026-11-15",
        "--json",
    ],
    &["nps", "--json"],
    &["nps", "--by", "segment", "--json"],
    &["nps", "--as-of", "2026-08-15", "--json"],
    &["nps", "--by", "owner", "--as-of", "2026-08-15", "--json"],
];

fn run(home: &Home, now: &str, arguments: &[&str]) -> String {
    let mut command = retain();
    command.env("RETAIN_HOME", home.path()).args(["--now", now]);
    let output = command.args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn they_are_the_same_at_one_instant_and_of_a_day_that_is_over_whenever_the_crm_is_read() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    let server = runtime.block_on(start(DemoOptions::new(now))).unwrap();
    let home = Home::of(&server.url(), &server.token, server.portal);
    let earlier = "2026-11-21T08:00:00Z";
    run(&home, earlier, &["sync"]);
    run(&home, NOW, &["sync"]);
    let first = ASKED.map(|asked| run(&home, NOW, asked));
    assert_eq!(first, ASKED.map(|asked| run(&home, NOW, asked)));
    for (asked, told) in ASKED.iter().zip(&first) {
        assert!(told.len() > 1_000, "{asked:?} tells something: {told}");
    }
    home.delete_cache();
    run(&home, NOW, &["sync"]);
    for (asked, before) in ASKED.iter().zip(&first) {
        assert_eq!(run(&home, NOW, asked), *before, "{asked:?}");
    }
    // Read anew an hour later: what is told of a day that is over does not know of it.
    let later = "2026-11-23T09:50:00Z";
    home.delete_cache();
    run(&home, later, &["sync"]);
    for (asked, before) in ASKED.iter().zip(&first) {
        if asked.contains(&"--as-of") {
            assert_eq!(run(&home, later, asked), *before, "{asked:?}");
        }
    }
    // On a later day, in a world that has moved: what is worst now is no order of the day that is over.
    for _ in 0..40 {
        server.step();
    }
    let days_later = "2026-11-26T08:50:00Z";
    run(&home, days_later, &["sync"]);
    for (asked, before) in ASKED.iter().zip(&first) {
        if asked.contains(&"--as-of") {
            assert_eq!(run(&home, days_later, asked), *before, "{asked:?}");
        }
    }
}
