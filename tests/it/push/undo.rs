//! Taking back what was made: nobody else's work on it goes with it unseen, and nothing is archived twice.

use retain::domain::outbox::{Entry, Field, State, Step, Target, Write};
use retain::domain::record::{Core, Kind};

use super::bench::{Bench, object, update};
use super::meddler::{Meddler, Moment};

/// A record that was made and sent, and what takes it back.
fn made_and_taken_back(bench: &mut Bench, kind: Kind) -> (u64, Entry) {
    let account = bench.account(0);
    let entry = bench.create(&account, kind, "One line\n\nand another\n");
    bench.push().unwrap();
    let entry = bench.entry(&entry);
    assert_eq!(entry.state, State::Sent, "{:?}", entry.said);
    let record = entry.receipt.unwrap().record;
    let number = record.as_str().parse().unwrap();
    let target = Target::Record(record);
    (number, bench.queue(&account, Write::Archive { kind, target }))
}

pub fn is_archived(bench: &Bench, kind: Kind, number: u64) -> bool {
    bench.server.with_portal(|portal| {
        portal
            .row(object(kind), number)
            .is_some_and(|row| row.archived.is_some())
    })
}

#[test]
fn what_only_we_have_written_to_is_archived() {
    for kind in [Kind::Note, Kind::Task, Kind::Call, Kind::Meeting, Kind::Email] {
        let mut bench = Bench::new();
        let (number, back) = made_and_taken_back(&mut bench, kind);
        if kind == Kind::Task {
            let account = bench.account(0);
            let target = Target::Record(number.to_string().as_str().into());
            let done = Field::Core(Core::Done);
            let done = bench.queue(&account, update(kind, target, done, Some("false"), Some("true")));
            bench.step(&back, &Step::Discarded { why: String::new() });
            bench.push().unwrap();
            assert_eq!(bench.entry(&done).state, State::Sent);
            let target = Target::Entry(retain::domain::outbox::EntryId(1));
            let back = bench.queue(&account, Write::Archive { kind, target });
            bench.push().unwrap();
            assert_eq!(
                bench.entry(&back).state,
                State::Sent,
                "our own change is no colleague's"
            );
        } else {
            bench.push().unwrap();
            let back = bench.entry(&back);
            assert_eq!(back.state, State::Sent, "{kind:?} {:?}", back.conflicts);
        }
        assert!(is_archived(&bench, kind, number), "{kind:?}");
    }
}

#[test]
fn what_a_colleague_has_changed_since_is_asked_about() {
    for (kind, name, value, field) in [
        (Kind::Task, "hs_task_subject", "Theirs", Core::Subject),
        (Kind::Task, "hs_task_status", "COMPLETED", Core::Done),
        (Kind::Note, "hs_note_body", "<p>Theirs</p>", Core::Body),
    ] {
        let mut bench = Bench::new();
        let (number, back) = made_and_taken_back(&mut bench, kind);
        let set = |value: &str| {
            bench
                .server
                .with_portal(|portal| portal.set(object(kind), number, name, Some(value)))
        };
        assert!(set(value));
        bench.push().unwrap();
        let asked = bench.entry(&back);
        assert_eq!(asked.state, State::Conflict, "{name}");
        assert_eq!(asked.conflicts.len(), 1);
        assert_eq!(asked.conflicts[0].field, Field::Core(field));
        assert!(asked.conflicts[0].theirs_at.is_some());
        let by = asked.conflicts[0].theirs_by.as_deref();
        assert_eq!(by, Some("somebody in the CRM"));
        assert!(!is_archived(&bench, kind, number));
        bench.step(&back, &Step::Resend { grace: None });
        bench.push().unwrap();
        assert_eq!(
            bench.entry(&back).state,
            State::Sent,
            "the person has seen it and decided"
        );
        assert!(is_archived(&bench, kind, number));
    }
}

#[test]
fn what_was_changed_again_after_the_person_decided_is_asked_about_again() {
    let mut bench = Bench::new();
    let (number, back) = made_and_taken_back(&mut bench, Kind::Task);
    for theirs in ["Theirs", "Theirs, and more"] {
        let object = object(Kind::Task);
        bench
            .server
            .with_portal(|portal| portal.set(object, number, "hs_task_subject", Some(theirs)));
        bench.push().unwrap();
        let asked = bench.entry(&back);
        assert_eq!(asked.conflicts[0].theirs.as_deref(), Some(theirs));
        bench.step(&back, &Step::Resend { grace: None });
    }
    bench.push().unwrap();
    assert_eq!(bench.entry(&back).state, State::Sent);
}

#[test]
fn what_was_archived_unanswered_and_restored_is_not_archived_again() {
    let mut bench = Bench::new();
    let (number, back) = made_and_taken_back(&mut bench, Kind::Note);
    bench.set_faults("reset=1:commit:path=batch/archive:times=1");
    let server = bench.server.clone();
    let crm = Meddler::new(bench.crm.borrow().clone(), move |moment| {
        if moment == Moment::After {
            server.with_portal(|portal| portal.restore(object(Kind::Note), number));
        }
    });
    let report = bench.drain(&crm, 40);
    assert!(
        !is_archived(&bench, Kind::Note, number),
        "somebody had restored it"
    );
    let back = bench.entry(&back);
    assert_eq!((back.state, report.next), (State::Unknown, None));
    assert!(
        back.said.as_ref().unwrap().contains("has it again"),
        "{:?}",
        back.said
    );
    let archived = bench
        .writes()
        .into_iter()
        .filter(|write| write.contains("archive"));
    assert_eq!(archived.count(), 1);
}

#[test]
fn what_was_archived_unanswered_and_is_gone_has_arrived() {
    let mut bench = Bench::new();
    let (_, back) = made_and_taken_back(&mut bench, Kind::Note);
    bench.set_faults("reset=1:commit:path=batch/archive:times=1");
    bench.push().unwrap();
    assert_eq!(bench.entry(&back).state, State::Sent);
}
