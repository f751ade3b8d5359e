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
