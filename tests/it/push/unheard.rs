//! What the CRM has and does not tell, what it asks of every program, and what is asked of it again or not at all.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::SignedDuration;
use retain::crm::{CrmError, CrmWrite, NewRecord, Written};
use retain::domain::outbox::{Entry, Field, State, Step, Write};
use retain::domain::record::{Core, Kind, RecordId};

use super::bench::{Bench, connect, made, permit};
use super::doubt::{change, landed_late, left_before, set};
use super::meddler::Meddler;
use super::poison::refused;

fn unanswered() -> CrmError {
    CrmError::Unanswered {
        origin: "http://127.0.0.1".to_owned(),
    }
}

/// How often something was asked whose path ends so.
fn asked(bench: &Bench, end: &str) -> usize {
    let requests = bench.server.requests().into_iter();
    requests.filter(|request| request.path.ends_with(end)).count()
}

#[test]
fn what_was_changed_meanwhile_is_not_lost_where_the_record_cannot_be_read() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = landed_late(&mut bench, &account);
    let is_closed = AtomicBool::new(true);
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.reads = Box::new(|_| is_closed.load(Ordering::SeqCst).then(refused));
    bench.drain(&crm, 10);
    let landed = bench.entry(&entry);
    assert_eq!(landed.state, State::Sent);
    let note = landed.receipt.unwrap().record;
    let open = bench.stores.ledger.outbox_open().unwrap();
    let [rest] = &open[..] else {
        panic!("{open:?}");
    };
    assert_eq!(rest.state, State::Parked, "it is told and not lost: {rest:?}");
    is_closed.store(false, Ordering::SeqCst);
    bench.step(rest, &Step::Resend { grace: None });
    bench.drain(&crm, 10);
    assert_eq!(bench.entry(rest).state, State::Sent);
    let body = bench.value(Kind::Note, &note, "hs_note_body").unwrap();
    assert!(body.contains("second") && !body.contains("first"), "{body}");
    assert!(body.contains(&entry.key), "it stays signed: {body}");
}

#[test]
fn a_crm_that_does_not_answer_is_asked_once_and_not_for_each_of_many() {
    let mut bench = Bench::new();
    let entries: Vec<Entry> = (0..3)
        .map(|place| {
            let account = bench.account(place);
            change(&mut bench, &account)
        })
        .collect();
    let (times, is_silent) = (AtomicUsize::new(0), AtomicBool::new(true));
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.past = Box::new(|| {
        times.fetch_add(1, Ordering::SeqCst);
        is_silent.load(Ordering::SeqCst).then(unanswered)
    });
    let report = bench.push_with(&crm, &mut |_| ()).unwrap();
    assert_eq!(times.load(Ordering::SeqCst), 1);
    assert!(report.stopped.is_some() && report.kept_waiting, "{report:?}");
    for entry in &entries {
        assert_eq!(bench.entry(entry).state, State::Unknown);
    }
    is_silent.store(false, Ordering::SeqCst);
    bench.drain(&crm, 10);
    for entry in &entries {
        assert_eq!(bench.entry(entry).state, State::Sent);
    }
    assert_eq!(bench.writes().len(), 1, "{:?}", bench.writes());
}

#[test]
fn nothing_more_is_made_or_read_where_what_was_made_is_not_answered_for() {
    let mut bench = Bench::new();
    for place in 0..3 {
        let account = bench.account(place);
        landed_late(&mut bench, &account);
    }
    let times = AtomicUsize::new(0);
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.reads = Box::new(|_| {
        times.fetch_add(1, Ordering::SeqCst);
        Some(unanswered())
    });
    let report = bench.push_with(&crm, &mut |_| ()).unwrap();
    assert_eq!(times.load(Ordering::SeqCst), 1);
    assert!(report.stopped.is_some());
}

#[test]
fn what_was_about_to_leave_is_put_off_where_a_question_about_another_is_not_answered() {
    let mut bench = Bench::new();
    let (first, second) = (bench.account(0), bench.account(1));
    let changed = change(&mut bench, &first);
    let contested = change(&mut bench, &second);
    set(&bench, &second, "LATAM");
    let is_silent = AtomicBool::new(true);
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.past = Box::new(|| is_silent.load(Ordering::SeqCst).then(unanswered));
    let report = bench.push_with(&crm, &mut |_| ()).unwrap();
    assert!(report.stopped.is_some() && report.kept_waiting, "{report:?}");
    assert_eq!(bench.entry(&contested).state, State::Conflict);
    assert_eq!(bench.entry(&changed).state, State::Retry);
    assert_eq!(bench.writes(), [""; 0], "nothing more is asked, or written");
    is_silent.store(false, Ordering::SeqCst);
    bench.drain(&crm, 10);
    assert_eq!(bench.entry(&changed).state, State::Sent);
    assert_eq!(bench.writes().len(), 1, "{:?}", bench.writes());
}

#[test]
fn what_was_about_to_be_made_is_put_off_where_another_cannot_be_looked_for() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let plain = bench.create(&account, Kind::Call, "hello");
    let again = bench.create(&account, Kind::Call, "and again");
    left_before(&mut bench, &again);
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.finds = || Some(unanswered());
    let report = bench.push_with(&crm, &mut |_| ()).unwrap();
    assert!(report.stopped.is_some(), "{report:?}");
    assert_eq!(bench.entry(&plain).state, State::Retry);
    assert_eq!(bench.writes(), [""; 0]);
    crm.finds = || None;
    bench.drain(&crm, 10);
    for entry in [&plain, &again] {
        assert_eq!(bench.entry(entry).state, State::Sent);
        assert_eq!(bench.made(entry).len(), 1);
    }
}

#[test]
fn a_wait_that_a_busy_crm_asks_a_push_for_holds_for_every_program() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = bench.create(&account, Kind::Note, "hello");
    bench.set_faults("503=1:retry-after=300:path=details");
    let report = bench.push().unwrap();
    let until = bench.clock.get() + SignedDuration::from_secs(300);
    assert!(report.next.unwrap() >= until, "{report:?}");
    assert!(bench.entry(&entry).retry_at.unwrap() >= until);
    bench.set_faults("");
    // As another program does, whose connection knows nothing of it.
    bench.reopen();
    bench.wait(30);
    let before = bench.server.requests().len();
    let later = bench.create(&account, Kind::Note, "and more");
    let report = bench.push().unwrap();
    assert!(report.kept_waiting, "{report:?}");
    assert_eq!(bench.server.requests().len(), before);
    bench.wait(300);
    let crm = bench.crm.borrow().clone();
    bench.drain(&crm, 5);
    assert_eq!(bench.entry(&later).state, State::Sent);
}

/// A record about an account, and one that the CRM refuses.
fn two(bench: &Bench, kind: Kind, account: &RecordId) -> [NewRecord; 2] {
    let record = |key: &str, owner: Option<&str>| {
        let Write::Create {
            mut fields, about, ..
        } = made(kind, account, "hello", bench.clock.get())
        else {
            unreachable!()
        };
        let about = about.into_iter().map(|(kind, target)| (kind, target.shown_id()));
        fields.extend(owner.map(|owner| (Field::Core(Core::Owner), owner.to_owned())));
        NewRecord {
            key: key.to_owned(),
            fields,
            about: about.collect(),
            author: "Mara".to_owned(),
            since: bench.clock.get() - SignedDuration::from_hours(48),
        }
    };
    [record("SOUND", None), record("WRONG", Some("1"))]
}

#[test]
fn a_batch_that_is_refused_as_a_whole_does_not_read_the_past_of_its_accounts() {
    let bench = Bench::new();
    let account = bench.account(0);
    let crm = bench.crm.borrow().clone();
    let old: Vec<NewRecord> = (0..150)
        .map(|number| NewRecord {
            key: format!("OLD{number}"),
            ..two(&bench, Kind::Task, &account)[0].clone()
        })
        .collect();
    let create = |records: &[NewRecord]| {
        let made = bench.runtime.block_on(crm.create(permit(), Kind::Task, records));
        made.unwrap()
    };
    assert!(create(&old).iter().all(|one| matches!(one, Written::Done { .. })));
    bench.wait(5 * 24 * 3_600);
    bench.set_faults("untraced");
    let counts = || {
        let of_account = asked(&bench, "companies/tasks/batch/read");
        (of_account, asked(&bench, "tasks/batch/read") - of_account)
    };
    let before = counts();
    let written = create(&two(&bench, Kind::Task, &account));
    assert!(
        matches!(written[..], [Written::Done { .. }, Written::Refused { .. }]),
        "{written:?}"
    );
    let after = counts();
    // The key is looked for, and once more that of what is refused in the end.
    assert_eq!((after.0 - before.0, after.1 - before.1), (0, 2));
}

#[test]
fn a_key_that_the_crm_gets_or_loses_is_known_after_the_next_sync() {
    let mut bench = Bench::new();
    let crm = bench.crm.borrow().clone();
    let is_keyed = |bench: &Bench| bench.runtime.block_on(crm.is_keyed(Kind::Call)).unwrap();
    assert!(!is_keyed(&bench));
    let other = connect(&bench.server, Some(permit()));
    let key = bench
        .runtime
        .block_on(other.make_key(permit(), Kind::Call, "retain_key"));
    assert_eq!(key.unwrap(), Ok(()));
    bench.sync();
    assert!(is_keyed(&bench));
}
