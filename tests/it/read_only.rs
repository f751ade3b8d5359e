//! Read-only in the real program: whatever is pressed or called, the CRM is only read and the outbox stays empty.

use std::path::Path;

use jiff::Timestamp;
use retain::demo::{DemoOptions, DemoServer, start};
use retain::store::Ledger;
use tokio::runtime::Runtime;

use super::driver::{Home, NOW, Opening};

/// A small CRM in this process, so that its requests can be counted.
fn small() -> (Runtime, DemoServer) {
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
    (runtime, server)
}

fn home(server: &DemoServer) -> Home {
    let home = Home::of(&server.url(), &server.token, server.portal);
    assert!(home.run(&["sync"]).status.success());
    home
}

/// Requests that are neither GET nor one of the reading POSTs.
fn writes(server: &DemoServer) -> Vec<String> {
    let requests = server.requests().into_iter();
    let reads = |path: &str| path.ends_with("/search") || path.ends_with("/batch/read");
    let writing = requests.filter(|one| one.method != "GET" && !(one.method == "POST" && reads(&one.path)));
    writing
        .map(|one| format!("{} {}", one.method, one.path))
        .collect()
}

fn queued(home: &Home) -> usize {
    let path = home.find("ledger.db");
    let ledger = Ledger::open_read_only(Path::new(&path)).unwrap();
    ledger.outbox_recent(100).unwrap().len() + ledger.outbox_open().unwrap().len()
}

/// Every command that writes, as somebody would call it.
const COMMANDS: [&[&str]; 22] = [
    &["note", "juniper", "hello"],
    &["log", "juniper", "call: went well"],
    &["task", "add", "juniper", "send the offer"],
    &["task", "done", "1"],
    &["task", "reopen", "1"],
    &["task", "due", "1", "fri"],
    &["task", "give", "1", "ida"],
    &["edit", "juniper", "segment=small"],
    &["play", "start", "waning-interest", "juniper"],
    &["play", "done", "P-1", "call"],
    &["play", "skip", "P-1", "call", "--reason", "x"],
    &["play", "undo", "P-1", "call"],
    &["play", "abandon", "P-1", "--reason", "x"],
    &[
        "handoff",
        "send",
        "csm-to-csm",
        "juniper",
        "--to",
        "priya.nair@alderfinch.example",
    ],
    &["outbox", "undo", "1"],
    &["outbox", "undo", "1", "--in-crm"],
    &["outbox", "resend", "1"],
    &["outbox", "discard", "1", "--reason", "x"],
    &["outbox", "edit", "1", "text=x"],
    &["outbox", "resolve", "1", "--take", "mine"],
    &["note", "juniper", "hello", "--json"],
    &["doctor", "--fix"],
];

#[test]
fn no_command_writes_on_a_profile_that_is_read_only_or_with_the_flag_and_each_says_why() {
    let (_runtime, server) = small();
    let (new, flagged) = (home(&server), home(&server).writing());
    for command in COMMANDS {
        for (home, flag, word) in [
            (&new, None, "read_only"),
            (&flagged, Some("--read-only"), "--read-only"),
        ] {
            let arguments: Vec<&str> = command.iter().copied().chain(flag).collect();
            let output = home.run(&arguments);
            let said = String::from_utf8_lossy(&output.stderr).into_owned()
                + &String::from_utf8_lossy(&output.stdout);
            assert_eq!(queued(home), 0, "{arguments:?}: {said}");
            if command[0] != "doctor" {
                assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
                assert!(
                    said.contains("nothing is written") && said.contains(word),
                    "{arguments:?}: {said}"
                );
            }
        }
    }
    assert_eq!(writes(&server), Vec::<String>::new());
    // Control: the same profile without the flag writes, and the count sees it.
    let output = flagged.run(COMMANDS[0]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!writes(&server).is_empty());
    assert_eq!(queued(&flagged), 1);
}

#[test]
fn what_a_play_would_do_is_told_also_where_nothing_may_be_written() {
    let (_runtime, server) = small();
    let home = home(&server);
    for accounts in [&["juniper"][..], &["--account", "juniper"]] {
        let start = ["play", "start", "value-review", "--dry-run", "--read-only"];
        let output = home.run(&[&start, accounts].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{accounts:?}: {said}");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!told.trim().is_empty(), "{accounts:?}: {said}");
    }
    assert_eq!(queued(&home), 0);
    assert_eq!(writes(&server), Vec::<String>::new());
}

#[test]
fn no_key_and_no_palette_entry_of_the_cockpit_writes_and_each_says_why() {
    let (_runtime, server) = small();
    let (new, flagged) = (home(&server), home(&server).writing());
    for (home, flag) in [(&new, None), (&flagged, Some("--read-only"))] {
        let opening = flag.map_or_else(Opening::new, |flag| Opening::new().argument(flag));
        let mut cockpit = opening.open(home);
        cockpit.shows("read-only");
        for screen in ["1", "2", "3", "4", "1 <enter>"] {
            cockpit.press(screen);
            for key in ["n", "t", "l", "e", "p", "h", "u", "!"] {
                cockpit.press(key).shows("nothing is written").press("<up>");
            }
        }
        for entry in [
            "note", "task", "log", "edit", "done", "play", "handoff", "undo", "decide",
        ] {
            cockpit.press(":").type_in(entry).press("<enter>");
            cockpit.shows("nothing is written").press("<up>");
        }
        cockpit.send_raw(b"\x03", 1);
        assert!(cockpit.ended().success());
        assert_eq!(queued(home), 0);
    }
    assert_eq!(writes(&server), Vec::<String>::new());
    // Control: the same keys write where it is allowed.
    let mut cockpit = Opening::new().open(&flagged);
    cockpit.press("1 n").type_in("hello").press("<ctrl-s>");
    super::driver::until("the note to arrive", String::new, || {
        (!writes(&server).is_empty()).then_some(())
    });
}

#[test]
fn writing_that_is_allowed_in_the_cockpit_is_allowed_at_once() {
    let (_runtime, server) = small();
    let home = home(&server);
    home.append("retain.toml", "[outbox]\ngrace = \"0s\"\n");
    let mut cockpit = Opening::new().open(&home);
    cockpit.shows("read-only");
    cockpit.press(":").type_in("enable-writes").press("<enter>");
    cockpit.shows("Allow writing").press("y");
    cockpit.shows("may write from now on").lacks("read-only");
    cockpit.press("1 n").type_in("hello").press("<ctrl-s>");
    cockpit.press("O").shows("✓ sent");
    assert_eq!(writes(&server).len(), 1);
    cockpit.send_raw(b"\x03", 1);
    assert!(cockpit.ended().success());
    let output = home.run(&["note", "juniper", "hello"]);
    assert!(output.status.success(), "{output:?}");
}
