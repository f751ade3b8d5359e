//! `kill -9` at random moments of `retain sync`: what the next one makes of it equals an undisturbed run, in the
//! records, the history, the scores, the warnings and the desk.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use retain::domain::record::Kind;
use retain::store::{Cache, Ledger};
use retain::sync::{Scope, Stores};

use crate::driver::Home;
use crate::rig::{Rig, everything};

/// Most kills of one home before its last sync may end.
const KILLS: u32 = 4;

/// A home of one of the portals' CSM.
fn home(rig: &Rig) -> Home {
    let home = Home::of(&rig.server.url(), &rig.server.token, rig.server.portal);
    if rig.options.scope == Scope::All {
        let mine = std::fs::read_to_string(home.path().join("config/retain.toml")).unwrap();
        home.write(
            "retain.toml",
            &mine.replace("[profiles.test]", "[profiles.test]\nscope = \"all\""),
        );
    }
    home
}

fn spawn(home: &Home) -> Child {
    home.command(&["sync"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A sync that nobody kills ends well.
fn ends_well(home: &Home) {
    let output = home.command(&["sync"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
}

/// Everything that a sync leaves behind: records and links; history and journal; what is computed from both.
fn left_behind(home: &Home) -> Vec<String> {
    let stores = Stores {
        cache: Cache::open(&home.find("cache.db")).unwrap().0,
        ledger: Ledger::open(&home.find("ledger.db"), "the test").unwrap().0,
    };
    let (cache, mut all) = everything(&stores);
    all.extend(cache);
    let events = stores.ledger.events(None, &[]).unwrap();
    all.extend(events.iter().map(|event| {
        format!(
            "{:?} {} {} {}",
            event.account, event.kind, event.effective_at, event.payload
        )
    }));
    let mut lines = 0;
    stores
        .cache
        .each_summary(&mut |line| {
            lines += 1;
            all.push(format!("{line:?}"));
        })
        .unwrap();
    assert_eq!(lines, stores.cache.ids(Kind::Account).unwrap().len());
    all.extend(
        stores
            .cache
            .warnings()
            .unwrap()
            .iter()
            .map(|warning| format!("{warning:?}")),
    );
    all.push(format!("{:?}", stores.cache.desk().unwrap().unwrap()));
    assert_eq!(stores.ledger.check().unwrap(), [""; 0]);
    all.sort();
    all
}

/// The first difference of two runs.
fn difference(one: &[String], other: &[String]) -> Option<String> {
    let only = |these: &[String], those: &[String]| these.iter().find(|line| !those.contains(line)).cloned();
    let (missing, extra) = (only(other, one), only(one, other));
    (one != other).then(|| format!("missing: {missing:?}\nextra: {extra:?}"))
}

#[test]
fn a_sync_that_is_killed_anywhere_ends_as_an_undisturbed_one() {
    let rigs = [Rig::new(Scope::Me, 10), Rig::new(Scope::All, 2)];
    let undisturbed = rigs.map(|rig| {
        let home = home(&rig);
        let started = Instant::now();
        ends_well(&home);
        let took = started.elapsed();
        (took, left_behind(&home), rig)
    });
    let kills = crate::share(200);
    let (mut killed, mut moment, mut homes) = (0, 0.5_f64, 0);
    while killed < kills {
        // On a machine that has become faster since the undisturbed run, many moments lie behind the end.
        assert!(
            homes < 4 * kills,
            "hardly any was killed while it worked: {killed}"
        );
        let (took, whole, rig) = &undisturbed[homes as usize % undisturbed.len()];
        let home = home(rig);
        homes += 1;
        for _ in 0..KILLS {
            // The golden ratio spreads the moments evenly over the whole run.
            moment = (moment + 0.618_033_988_75).fract();
            let mut child = spawn(&home);
            std::thread::sleep(took.mul_f64(moment).max(Duration::from_millis(5)));
            child.kill().unwrap();
            if child.wait().unwrap().success() {
                break;
            }
            killed += 1;
        }
        ends_well(&home);
        let different = difference(&left_behind(&home), whole);
        assert_eq!(different, None, "home {homes}");
    }
    println!("{killed} killed while they worked, in {homes} homes");
}
