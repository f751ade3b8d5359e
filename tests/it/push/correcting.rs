//! What a person changes while it waits, and what they change of it once the CRM has it.

use jiff::SignedDuration;
use retain::domain::acts::{Occasion, Somebody, again};
use retain::domain::html;
use retain::domain::outbox::{Entry, Field, State, Step};
use retain::domain::record::{Core, Kind, RecordId, ValueType};

use super::bench::{Bench, object};

fn occasion(bench: &Bench) -> Occasion {
    Occasion {
        me: Somebody {
            id: RecordId::from("1"),
            name: "Mara Lindt".to_owned(),
        },
        now: bench.clock.get(),
        zone: jiff::tz::TimeZone::UTC,
        calendars: std::sync::Arc::default(),
        grace: SignedDuration::ZERO,
        act: "correction".to_owned(),
    }
}

/// A note that the CRM has, and the write that makes it say something else.
fn corrected(bench: &mut Bench, text: &str, to: &str) -> (u64, Entry) {
    let account = bench.account(0);
    let entry = bench.create(&account, Kind::Note, text);
    bench.push().unwrap();
    let entry = bench.entry(&entry);
    let number = entry.receipt.as_ref().unwrap().record.as_str().parse().unwrap();
    let mut write = entry.new.write.clone();
    let body = Field::Core(Core::Body);
    write.set(&body, Some(to.to_owned()), ValueType::Text).unwrap();
    let new = again::correct(&occasion(bench), &entry, &write, "Note").unwrap();
    bench.wait(30);
    (number, bench.queue(&account, new.write))
}

/// The lines that the CRM has, without empty ones.
fn lines_of(bench: &Bench, number: u64) -> Vec<String> {
    let id = RecordId(number.to_string());
    let body = bench.value(Kind::Note, &id, "hs_note_body").unwrap();
    let mut lines = html::lines(&body);
    lines.retain(|line| !line.is_empty());
    lines
}

#[test]
fn a_note_that_was_sent_is_corrected_and_still_says_whose_it_is() {
    let mut bench = Bench::new();
    let (number, correction) = corrected(&mut bench, "Dear team\nold", "Dear team\n\nnew");
    let before = lines_of(&bench, number);
    bench.push().unwrap();
    let correction = bench.entry(&correction);
    assert_eq!(correction.state, State::Sent, "{:?}", correction.conflicts);
    let (signature, old) = before.split_last().unwrap();
    assert!(
        signature.contains("· retain ") && old == ["Dear team", "old"],
        "{before:?}"
    );
    assert_eq!(lines_of(&bench, number), ["Dear team", "new", signature]);
}

#[test]
fn what_a_colleague_wrote_into_it_meanwhile_is_not_overwritten() {
    let mut bench = Bench::new();
    let (number, correction) = corrected(&mut bench, "Dear team", "Dear all");
    bench.server.with_portal(|portal| {
        portal.set(object(Kind::Note), number, "hs_note_body", Some("Tom was here"));
    });
    bench.push().unwrap();
    assert_eq!(bench.entry(&correction).state, State::Conflict);
}

#[test]
fn what_is_taken_up_to_be_changed_does_not_leave_even_where_it_was_about_to() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = bench.create(&account, Kind::Note, "old");
    let (until, grace) = (
        bench.clock.get() + SignedDuration::from_secs(300),
        SignedDuration::from_secs(10),
    );
    bench.step(
        &entry,
        &Step::Held {
            until,
            grace,
            by: None,
        },
    );
    bench.wait(60);
    bench.push().unwrap();
    assert_eq!(bench.entry(&entry).state, State::Queued);
    // The program that sends had looked at it before.
    let now = bench.clock.get();
    let late = bench.ledger().step(
        entry.id,
        &Step::Sending {
            seen: None,
            keyed: false,
        },
        now,
    );
    assert!(late.unwrap().is_err());
    bench.step(&entry, &Step::Released);
    bench.push().unwrap();
    assert_eq!(bench.entry(&entry).state, State::Queued, "its grace begins anew");
    bench.wait(11);
    bench.push().unwrap();
    assert_eq!(bench.entry(&entry).state, State::Sent);
}

#[test]
fn what_a_program_held_that_crashed_leaves_in_the_end() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = bench.create(&account, Kind::Note, "old");
    let until = bench.clock.get() + SignedDuration::from_secs(300);
    let grace = SignedDuration::ZERO;
    bench.step(
        &entry,
        &Step::Held {
            until,
            grace,
            by: None,
        },
    );
    bench.reopen();
    bench.wait(301);
    bench.push().unwrap();
    assert_eq!(bench.entry(&entry).state, State::Sent);
}

#[test]
fn what_a_program_held_that_is_gone_is_let_go_at_once() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = bench.create(&account, Kind::Note, "old");
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let by = Some(retain::domain::outbox::Keeper {
        pid: child.id(),
        began: None,
        ..retain::store::keeper::this()
    });
    child.wait().unwrap();
    let (until, grace) = (
        bench.clock.get() + SignedDuration::from_secs(300),
        SignedDuration::from_secs(10),
    );
    bench.step(&entry, &Step::Held { until, grace, by });
    let report = bench.push().unwrap();
    assert_eq!(
        report.next,
        Some(bench.clock.get() + grace),
        "its grace begins anew"
    );
    bench.wait(11);
    bench.push().unwrap();
    assert_eq!(bench.entry(&entry).state, State::Sent);

    let entry = bench.create(&account, Kind::Note, "new");
    let until = bench.clock.get() + SignedDuration::from_secs(300);
    let by = Some(retain::store::keeper::this());
    bench.step(&entry, &Step::Held { until, grace, by });
    bench.push().unwrap();
    assert_eq!(bench.entry(&entry).leaves_at(), Some(until), "we are here");
}
