//! Read-only in the real program: whatever is pressed or called, the CRM is only read and the outbox stays empty.

use std::path::Path;

use jiff::Timestamp;
use retain::demo::{DemoOptions, DemoServer, start};
use retain::store::Ledger;
use tokio::runtime::Runtime;

use super::driver::{Home, NOW, Opening};
use ways::{COMMANDS, Does};

mod ways;

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

fn ledger(home: &Home) -> Ledger {
    let path = home.find("ledger.db");
    Ledger::open_read_only(Path::new(&path)).unwrap()
}

fn queued(home: &Home) -> usize {
    let ledger = ledger(home);
    ledger.outbox_recent(100).unwrap().len() + ledger.outbox_open().unwrap().len()
}

/// How much the journal has, and how many texts wait to be sent one day.
fn noted(home: &Home) -> (i64, i64) {
    let ledger = ledger(home);
    (ledger.last_event().unwrap(), ledger.drafts_count().unwrap())
}

#[test]
fn no_command_writes_on_a_profile_that_is_read_only_or_with_the_flag_and_each_says_why() {
    let (_runtime, server) = small();
    let (new, flagged) = (home(&server), home(&server).writing());
    for (home, flag, word) in [
        (&new, None, "read_only"),
        (&flagged, Some("--read-only"), "--read-only"),
    ] {
        for (_, does) in COMMANDS {
            let (calls, is_refused) = match does {
                Does::Reads => continue,
                Does::Writes(calls) => (calls, true),
                Does::WritesToo(calls) => (calls, false),
            };
            for call in *calls {
                let before = noted(home);
                let arguments: Vec<&str> = ways::words(call).into_iter().chain(flag).collect();
                let output = home.run(&arguments);
                let said = String::from_utf8_lossy(&output.stderr).into_owned()
                    + &String::from_utf8_lossy(&output.stdout);
                assert_eq!(queued(home), 0, "{arguments:?}: {said}");
                if is_refused {
                    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
                    assert!(
                        said.contains("nothing is written") && said.contains(word),
                        "{arguments:?}: {said}"
                    );
                    assert_eq!(noted(home), before, "{arguments:?}: the journal stays as it is");
                }
            }
        }
    }
    assert_eq!(writes(&server), Vec::<String>::new());
    // Control: the same profile without the flag writes and notes, and the counts see it.
    let before = noted(&flagged);
    let output = flagged.run(&ways::words(
        "play start waning-interest juniper --again --anyway",
    ));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!writes(&server).is_empty());
    assert!(queued(&flagged) > 0);
    assert!(noted(&flagged) > before);
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
