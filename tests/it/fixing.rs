//! `retain doctor --fix` against the embedded CRM, which keeps our key on notes and tasks only.

use std::process::Output;

use super::driver::{Crm, Home};

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_key_is_added_where_it_is_missing_after_a_question_and_then_nothing_is_left_to_do() {
    let crm = Crm::start();
    let home = Home::new(&crm).writing();
    let lacking =
        || out(&home.run(&["doctor"])).contains("`retain doctor --fix` adds a text property `retain_key`");
    assert!(lacking());
    let unasked = home.run(&["doctor", "--fix"]);
    assert!(
        err(&unasked).contains("calls, meetings, e") && err(&unasked).contains("nobody to answer"),
        "{}",
        err(&unasked)
    );
    assert!(lacking(), "nothing is added before somebody has said yes");
    let fixed = home.run(&["doctor", "--fix", "--yes"]);
    assert!(
        out(&fixed).contains("`retain_key` was added to: calls, meetings, e"),
        "{} {}",
        out(&fixed),
        err(&fixed)
    );
    assert!(!lacking());
    let again = home.run(&["doctor", "--fix", "--yes"]);
    assert!(out(&again).contains("nothing is to be done"), "{}", out(&again));
}

#[test]
fn without_the_right_to_it_each_cause_is_told() {
    let crm = Crm::with_faults("no-scope=crm.schemas.contacts.write");
    let home = Home::new(&crm);
    let read_only = home.run(&["doctor", "--fix", "--yes"]);
    assert!(
        !read_only.status.success() && err(&read_only).contains("is read-only"),
        "{}",
        err(&read_only)
    );
    let home = home.writing();
    let flag = home.run(&["doctor", "--fix", "--yes", "--read-only"]);
    assert!(err(&flag).contains("--read-only was given"), "{}", err(&flag));
    let scope = home.run(&["doctor", "--fix", "--yes"]);
    assert!(
        !scope.status.success() && err(&scope).contains("crm.schemas.contacts.write"),
        "{}",
        err(&scope)
    );
}

#[test]
fn nothing_is_added_to_another_portal_than_that_of_the_profile_or_of_what_was_synced() {
    let (crm, other) = (Crm::small(), Crm::small());
    let of_profile = Home::of(&crm.address, &crm.token, crm.portal + 1).writing();
    let synced = Home::new(&other).writing();
    let settings = std::fs::read_to_string(synced.path().join("config/retain.toml")).unwrap();
    let settings = settings.replace(&format!("tenant = \"{}\"\n", other.portal), "");
    synced.write("retain.toml", &settings);
    assert!(synced.run(&["sync"]).status.success());
    let mut cache = retain::store::Cache::open(&synced.find("cache.db")).unwrap().0;
    let tenant = cache.document("tenant").unwrap().unwrap();
    let elsewhere = tenant.replace(&other.portal.to_string(), "77");
    assert_ne!(tenant, elsewhere);
    cache.put_document("tenant", &elsewhere).unwrap();
    for home in [of_profile, synced] {
        let fixed = home.run(&["doctor", "--fix", "--yes"]);
        assert_eq!(fixed.status.code(), Some(2), "{}", err(&fixed));
        assert!(err(&fixed).contains("this key opens tenant"), "{}", err(&fixed));
    }
    for crm in [crm, other] {
        let told = out(&Home::new(&crm).writing().run(&["doctor"]));
        assert!(told.contains("`retain doctor --fix` adds"), "{told}");
    }
}

#[test]
fn why_it_was_not_added_shows_in_the_exit_code() {
    let mut crm = Crm::small();
    let home = Home::new(&crm).writing();
    home.write("token", "another-token-than-that");
    let fix = || home.run(&["doctor", "--fix", "--yes"]);
    assert_eq!(fix().status.code(), Some(3), "{}", err(&fix()));
    home.write("token", "");
    assert_eq!(fix().status.code(), Some(3), "{}", err(&fix()));
    home.write("token", &crm.token);
    crm.vanish();
    assert_eq!(fix().status.code(), Some(4), "{}", err(&fix()));
}

#[test]
fn when_the_last_sync_ended_is_told_as_a_moment() {
    let home = Home::synced();
    let told = out(&home.run(&["doctor", "--offline"]));
    assert!(
        told.contains("the last sync came to its end at 2026-11-23T08:50:00Z"),
        "{told}"
    );
    let old = out(&home.run(&["doctor", "--offline", "--now", "2026-11-26T08:50:00Z"]));
    assert!(old.contains("problem  the last sync came to its end"), "{old}");
}
