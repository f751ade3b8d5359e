//! What need not wait for the end of a sync: what is written while it is under way leaves, an account that is opened is
//! read, and that the CRM cannot be reached shows with the first attempt.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use retain::config::{Dirs, load};
use retain::demo::faults::Faults;
use retain::demo::{DemoOptions, DemoServer, start};
use retain::domain::acts::{About, Occasion, Somebody, touch};
use retain::domain::record::{Kind, Owner};
use retain::runtime::clock::Clock;
use retain::runtime::worker::{Order, Worker};
use retain::store::{Cache, Ledger};
use retain::sync::{Stores, SyncEvent};
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
fn a_note_does_not_wait_for_an_answer_that_a_sync_waits_for() {
    let (_runtime, server) = small(0);
    let home = Home::of(&server.url(), &server.token, server.portal).writing();
    assert!(home.run(&["sync"]).status.success());
    let mut cockpit = Opening::new().open(&home);
    let before = server.requests().len();
    server.set_faults(Faults::parse("stall=1:60s:path=/search:times=1").unwrap());
    cockpit.press("1").send_raw(b"\x12", 1);
    until("the sync to wait", String::new, || {
        place(&paths(&server, before), "/search")
    });
    cockpit.send_raw(b"n", 1).shows("Note ·");
    cockpit.send_raw(b"hello\x13", 6).rest();
    let paths = paths(&server, before);
    let created = place(&paths, "notes/batch/create").unwrap().0;
    let asked = paths
        .iter()
        .take(created)
        .filter(|path| path.ends_with("/search"));
    assert_eq!(asked.count(), 1, "{paths:#?}");
    let again = place(&paths, "/search").unwrap().1;
    assert!(again > created, "the sync did not go on: {paths:#?}");
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

#[test]
fn a_crm_whose_rate_limit_is_used_up_is_told_at_once_and_its_refusals_are_no_sign_of_life() {
    let (_runtime, server) = small(0);
    let home = slow(&server);
    let mut cockpit = Opening::new().open(&home);
    cockpit.shows("● now");
    server.set_faults(Faults::parse("429=1:retry-after=5").unwrap());
    cockpit
        .send_raw(b"\x12", 1)
        .shows("▲ waiting for the CRM (rate limit)");
    cockpit.lacks("● now");
    let status = home.run(&["status"]);
    let said = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(said.contains("waiting for the CRM (rate limit)"), "{said}");
    server.set_faults(Faults::parse("").unwrap());
    cockpit.rest().shows("● now").lacks("rate limit");
}

#[test]
fn retain_sync_says_on_a_terminal_at_once_what_it_waits_for() {
    let (_runtime, server) = small(0);
    let home = Home::of(&server.url(), &server.token, server.portal);
    server.set_faults(Faults::parse("stall=1:60s:times=1").unwrap());
    let mut sync = Opening::new().argument("sync").begin(&home);
    sync.shows("connection …").lacks("0/0");
}

#[test]
fn what_is_queued_while_all_accounts_are_scored_leaves_between_two_steps_of_that_and_is_scored_after_it() {
    let (_runtime, server) = small(0);
    let home = Home::of(&server.url(), &server.token, server.portal).writing();
    assert!(home.run(&["sync"]).status.success());
    let dirs = Dirs {
        team: None,
        user: Some(home.path().join("config")),
    };
    let (setup, now) = (load(&dirs, &[], None).setup, NOW.parse().unwrap());
    let permit = setup.write_permit().unwrap();
    let mut stores = Stores {
        cache: Cache::open(&home.find("cache.db")).unwrap().0,
        ledger: Ledger::open(&home.find("ledger.db"), "mara").unwrap().0,
    };
    let owners = stores.cache.document("owners").unwrap().unwrap();
    let owners: Vec<Owner> = serde_json::from_str(&owners).unwrap();
    let on = Occasion {
        me: Somebody::of(Owner::find(&owners, server.me).unwrap()),
        now,
        zone: TimeZone::UTC,
        calendars: Arc::default(),
        grace: SignedDuration::ZERO,
        act: "call".to_owned(),
    };
    let before = |id| stores.cache.summary(id).unwrap().unwrap();
    let ids = stores.cache.ids(Kind::Account).unwrap();
    let before = ids
        .iter()
        .map(before)
        .find(|line| line.last_touch != Some(on.today()));
    let before = before.unwrap();
    let about = About {
        id: before.id.clone(),
        name: before.name,
    };
    let call = touch::parse(&on, &[], "call: all is well").unwrap();
    let call = call.write(&on, &about).unwrap();
    let worker = Worker::new(&setup, Arc::default()).unwrap();
    let order = Order {
        now,
        full: true,
        accept_deletes: false,
    };
    let (mut read, mut pauses, mut sent) = (false, 0, 0);
    let mut hear = |event: &SyncEvent, stores: &mut Stores| match event {
        SyncEvent::Finished(_) => read = true,
        SyncEvent::Between if read => {
            pauses += 1;
            // The first one is before the scoring.
            if pauses == 2 {
                stores.ledger.enqueue(permit, &call, &[], now).unwrap();
                let clock = Clock::Fixed(now);
                sent = worker.push(&setup, stores, clock, &mut |_| ()).unwrap().sent;
            }
        }
        _ => {}
    };
    worker.sync(&setup, &mut stores, order, &mut hear).unwrap();
    assert_eq!(sent, 1, "of {pauses} pauses");
    let after = stores.cache.summary(&before.id).unwrap().unwrap();
    assert_eq!(after.last_touch, Some(on.today()));
}
