//! What need not wait for the end of a sync: what is written while it is under way leaves, an account that is opened is
//! read, and that the CRM cannot be reached shows with the first attempt.

use jiff::Timestamp;
use retain::demo::faults::Faults;
use retain::demo::{DemoOptions, DemoServer, start};
use tokio::runtime::Runtime;

use super::driver::{Home, NOW, Opening, until};

/// How long each answer waits, so that there is a while during a sync.
const SLOW: &str = "latency=250ms";

/// A small CRM in this process, so that its requests can be looked at.
fn small(port: u16) -> (Runtime, DemoServer) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    let options = DemoOptions {
        accounts: 12,
        port,
        ..DemoOptions::new(now)
    };
    let server = runtime.block_on(start(options)).unwrap();
    (runtime, server)
}

/// A home that may write, synced with a CRM that is slow from now on.
fn slow(server: &DemoServer) -> Home {
    let home = Home::of(&server.url(), &server.token, server.portal).writing();
    assert!(home.run(&["sync"]).status.success());
    server.set_faults(Faults::parse(SLOW).unwrap());
    home
}

/// The paths that were asked for after so many.
fn paths(server: &DemoServer, after: usize) -> Vec<String> {
    let requests = server.requests().into_iter().skip(after);
    requests
        .map(|one| format!("{} {}", one.method, one.path))
        .collect()
}

/// Where the first and the last of the paths with this end are.
fn place(paths: &[String], end: &str) -> Option<(usize, usize)> {
    let is_it = |path: &String| path.ends_with(end);
    Some((paths.iter().position(is_it)?, paths.iter().rposition(is_it)?))
}

fn is_before(paths: &[String], one: &str, other: &str) {
    let (one_at, other_at) = (place(paths, one), place(paths, other));
    let before = one_at.zip(other_at).is_some_and(|(one, other)| one.0 < other.1);
    assert!(before, "{one} at {one_at:?}, {other} at {other_at:?}: {paths:#?}");
}

#[test]
fn a_note_that_is_written_while_the_cockpit_syncs_leaves_before_that_ends() {
    let (_runtime, server) = small(0);
    let home = slow(&server);
    let mut cockpit = Opening::new().open(&home);
    let before = server.requests().len();
    cockpit.press("1").send_raw(b"\x12", 1).send_raw(b"n", 1);
    cockpit.shows("Note ·").send_raw(b"hello\x13", 6).rest();
    is_before(&paths(&server, before), "notes/batch/create", "/search");
    cockpit.press("O").shows("✓ sent");
}

#[test]
fn a_note_of_another_program_leaves_before_retain_sync_ends() {
    let (_runtime, server) = small(0);
    let home = slow(&server);
    let before = server.requests().len();
    let mut sync = home.command(&["sync"]).spawn().unwrap();
    until("the sync to begin", String::new, || {
        (server.requests().len() > before + 1).then_some(())
    });
    let noted = home.run(&["note", "juniper", "hello"]);
    let said = String::from_utf8_lossy(&noted.stdout).into_owned();
    assert!(said.contains("another program of yours is talking"), "{said}");
    assert!(sync.wait().unwrap().success());
    is_before(&paths(&server, before), "notes/batch/create", "/search");
}

#[test]
fn an_account_that_is_opened_during_the_first_questions_of_a_sync_is_read_between_them() {
    let (_runtime, server) = small(0);
    let home = slow(&server);
    let mut cockpit = Opening::new().open(&home);
    let before = server.requests().len();
    cockpit.press("1").send_raw(b"\x12", 1);
    until("the sync to begin", String::new, || {
        (server.requests().len() > before).then_some(())
    });
    cockpit.send_raw(b"\r", 1).rest();
    let paths = paths(&server, before);
    let read = place(&paths, "companies/batch/read").unwrap().0;
    let searched = place(&paths, "/search").unwrap().0;
    assert!(read < searched, "{paths:#?}");
}

#[test]
fn that_the_crm_cannot_be_reached_shows_with_the_first_attempt_and_no_more_once_it_can() {
    let (runtime, server) = small(0);
    let home = slow(&server);
    let url = server.url();
    let port: u16 = url.rsplit(':').next().unwrap().parse().unwrap();
    let mut cockpit = Opening::new().open(&home);
    cockpit.lacks("offline");
    runtime.block_on(server.shutdown());
    drop(runtime);
    cockpit.send_raw(b"\x12", 1).shows("offline");
    assert!(cockpit.is_busy(), "it was told once the sync had given up");
    cockpit.rest().shows("offline");
    let (_runtime, _server) = small(port);
    cockpit.press("<ctrl-r>").hides("offline");
}
