//! `kill -9` at random moments of a sync: what the next one makes of it equals an undisturbed run.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use retain::crm::hubspot::{HubSpot, HubSpotOptions};
use retain::crm::transport::{Proxying, TransportOptions};
use retain::sync::{Scope, SyncOptions};

use crate::rig::{NOW, Rig, everything, mapping, open};

/// Tells the child what to sync: directory, address, token, owner, scope; one per line.
const CHILD: &str = "RETAIN_TEST_CRASH_CHILD";
/// Kills of one directory before its last sync may end.
const KILLS: u32 = 4;

/// Not a test by itself: the process that is killed.
#[test]
fn child() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let told: Vec<&str> = told.lines().collect();
    let [directory, base_url, token, me, scope] = told.as_slice() else {
        panic!("{told:?}")
    };
    let transport = TransportOptions {
        allow_loopback_http: true,
        proxy: Proxying::Off,
        sharing: None,
        ..TransportOptions::default()
    };
    let token = (*token).to_owned();
    let options = HubSpotOptions {
        base_url: (*base_url).to_owned(),
        transport,
        ..HubSpotOptions::default()
    };
    let crm = HubSpot::connect(options, Arc::new(move || Ok(token.clone()))).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let scope = if *scope == "all" { Scope::All } else { Scope::Me };
    let options = SyncOptions::new(scope, Some((*me).to_owned()), NOW.parse::<Timestamp>().unwrap());
    let mut stores = open(Path::new(directory));
    retain::sync::run(
        &crm,
        runtime.handle(),
        &mut stores,
        &mapping(),
        &options,
        &mut |_, _| {},
    )
    .unwrap();
}

fn spawn(rig: &Rig, directory: &Path) -> Child {
    let scope = if rig.options.scope == Scope::All {
        "all"
    } else {
        "me"
    };
    let told = [
        directory.to_str().unwrap(),
        &rig.server.url(),
        &rig.server.token,
        rig.server.me,
        scope,
    ]
    .join("\n");
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--nocapture"])
        .env(CHILD, told)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Forty kills at home, two hundred where `RETAIN_FULL` is set.
fn rounds() -> u32 {
    let kills = if std::env::var_os("RETAIN_FULL").is_some() {
        200
    } else {
        40
    };
    kills / KILLS
}

#[test]
fn a_sync_that_is_killed_anywhere_ends_as_an_undisturbed_one() {
    let rigs = [Rig::new(Scope::Me, 10), Rig::new(Scope::All, 2)];
    let undisturbed = rigs.map(|rig| {
        let directory = tempfile::tempdir().unwrap();
        let started = Instant::now();
        assert!(spawn(&rig, directory.path()).wait().unwrap().success());
        let took = started.elapsed();
        let whole = everything(&open(directory.path()));
        assert!(!whole.0.is_empty() && !whole.1.is_empty());
        (rig, took, whole)
    });
    let (mut killed, mut moment) = (0, 0.5_f64);
    for round in 0..rounds() {
        let (rig, took, whole) = &undisturbed[round as usize % undisturbed.len()];
        let directory = tempfile::tempdir().unwrap();
        for _ in 0..KILLS {
            // The golden ratio spreads the moments evenly over the whole run.
            moment = (moment + 0.618_033_988_75).fract();
            let mut child = spawn(rig, directory.path());
            std::thread::sleep(took.mul_f64(moment).max(Duration::from_millis(5)));
            child.kill().unwrap();
            killed += u32::from(!child.wait().unwrap().success());
        }
        assert!(spawn(rig, directory.path()).wait().unwrap().success());
        assert_eq!(&everything(&open(directory.path())), whole, "round {round}");
    }
    println!("{killed} of {} were killed before their end", rounds() * KILLS);
    assert!(killed >= rounds(), "hardly any was killed while it worked");
}
