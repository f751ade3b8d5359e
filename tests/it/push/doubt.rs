//! What may have arrived and was taken back, and what lost steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use retain::crm::{CrmWrite, NewRecord, Written};
use retain::domain::outbox::{Entry, Field, Remedy, State, Step, Target, Write};
use retain::domain::record::{Kind, RecordId};
use retain::store::Ledger;

use super::bench::{Bench, made, made_for, object, permit, update};
use super::meddler::{Meddler, Moment};
use super::poison::{refused, unreadable};

pub fn set(bench: &Bench, account: &RecordId, value: &str) {
    let number = account.as_str().parse().unwrap();
    bench
        .server
        .with_portal(|portal| portal.set(object(Kind::Account), number, "region", Some(value)));
}

/// The region of an account is to change from EMEA to APAC.
pub fn change(bench: &mut Bench, account: &RecordId) -> Entry {
    set(bench, account, "EMEA");
    let field = Field::Mapped("region".to_owned());
    let target = Target::Record(account.clone());
    let write = update(Kind::Account, target, field, Some("EMEA"), Some("APAC"));
    bench.queue(account, write)
}

#[test]
fn what_arrived_unanswered_and_was_taken_back_by_a_colleague_is_not_sent_again() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = change(&mut bench, &account);
    bench.set_faults("reset=1:commit:path=batch/update:times=1");
    let server = bench.server.clone();
    let number = account.as_str().parse().unwrap();
    let crm = Meddler::new(bench.crm.borrow().clone(), move |moment| {
        if moment == Moment::After {
            server.with_portal(|portal| portal.set(object(Kind::Account), number, "region", Some("EMEA")));
        }
    });
    bench.drain(&crm, 10);
    assert_eq!(bench.entry(&entry).state, State::Sent);
    assert_eq!(bench.writes().len(), 1, "{:?}", bench.writes());
    let theirs = bench.value(Kind::Account, &account, "region");
    assert_eq!(theirs.as_deref(), Some("EMEA"));
    let record = bench
        .stores
        .cache
        .record(Kind::Account, &account)
        .unwrap()
        .unwrap();
    assert_eq!(
        record.mapped("region"),
        Some("EMEA"),
        "the later value shows here"
    );
}

/// A change that gets no answer, is looked for, is not there, and lands then; and the CRM, of which each question about the
/// past of fields is counted.
fn landed_after_the_look(
    bench: &mut Bench,
    account: &RecordId,
) -> (Entry, Meddler<'static>, Arc<AtomicUsize>) {
    let entry = change(bench, account);
    let (asked, slow) = (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(1));
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.late = Box::new(move || slow.swap(0, Ordering::SeqCst) == 1);
    let count = Arc::clone(&asked);
    crm.past = Box::new(move || {
        count.fetch_add(1, Ordering::SeqCst);
        None
    });
    bench.push_with(&crm, &mut |_| ()).unwrap();
    assert_eq!(bench.entry(&entry).state, State::Retry);
    bench.wait(60);
    bench.land(&crm.held);
    assert_eq!(
        bench.value(Kind::Account, account, "region").as_deref(),
        Some("APAC")
    );
    (entry, crm, asked)
}

#[test]
fn what_landed_after_the_look_and_was_taken_back_by_a_colleague_is_not_sent_again() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let (entry, crm, asked) = landed_after_the_look(&mut bench, &account);
    bench.wait(60);
    set(&bench, &account, "EMEA");
    let before = asked.load(Ordering::SeqCst);
    bench.drain(&crm, 10);
    assert_eq!(bench.entry(&entry).state, State::Sent);
    let theirs = bench.value(Kind::Account, &account, "region");
    assert_eq!(theirs.as_deref(), Some("EMEA"), "the colleague's decision stands");
    assert_eq!(bench.writes().len(), 1, "{:?}", bench.writes());
    assert_eq!(
        asked.load(Ordering::SeqCst) - before,
        1,
        "the past is asked for once"
    );
    let cached = bench.stores.cache.record(Kind::Account, &account).unwrap();
    assert_eq!(cached.unwrap().mapped("region"), Some("EMEA"));
}

#[test]
fn as_long_as_the_past_is_not_told_nothing_is_written_over_what_may_have_arrived() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let (entry, mut crm, _) = landed_after_the_look(&mut bench, &account);
    set(&bench, &account, "EMEA");
    crm.past = Box::new(|| Some(unreadable()));
    bench.push_with(&crm, &mut |_| ()).unwrap();
    assert_eq!(bench.entry(&entry).state, State::Retry);
    // Nor is it asked for ever: a person decides.
    for _ in 0..4 {
        bench.wait(600);
        bench.push_with(&crm, &mut |_| ()).unwrap();
    }
    let asked = bench.entry(&entry);
    assert_eq!((asked.state, asked.remedy), (State::Parked, Remedy::Resend));
    assert_eq!(bench.writes().len(), 1, "{:?}", bench.writes());
    bench.step(&entry, &Step::Resend { grace: None });
    bench.drain(&crm, 10);
    assert_eq!(bench.entry(&entry).state, State::Sent);
}

#[test]
fn a_past_that_may_not_be_asked_for_says_nothing_and_holds_nothing_up() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let (entry, mut crm, _) = landed_after_the_look(&mut bench, &account);
    set(&bench, &account, "EMEA");
    crm.past = Box::new(|| Some(refused()));
    bench.drain(&crm, 10);
    assert_eq!(bench.entry(&entry).state, State::Sent);
}

#[test]
fn a_change_that_surely_did_not_leave_asks_nothing_of_the_past() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = change(&mut bench, &account);
    let (at, why) = (bench.clock.get(), "the CRM is busy".to_owned());
    let sending = Step::Sending {
        seen: Some(at),
        keyed: false,
    };
    bench.step(&entry, &sending);
    bench.step(&entry, &Step::Retry { at, why });
    let asked = AtomicUsize::new(0);
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.past = Box::new(|| {
        asked.fetch_add(1, Ordering::SeqCst);
        None
    });
    bench.drain(&crm, 10);
    assert_eq!(bench.entry(&entry).state, State::Sent);
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "what it replaced, once it is there"
    );
}

/// This left once without its key, got no answer, and is to leave again.
pub fn left_before(bench: &mut Bench, entry: &Entry) {
    let (at, why) = (bench.clock.get(), || "no answer".to_owned());
    for step in [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        Step::Unknown {
            why: why(),
            settled: false,
        },
        Step::Retry { at, why: why() },
    ] {
        bench.step(entry, &step);
    }
}

/// A note that timed out and was changed before it landed after all, as it was.
pub fn landed_late(bench: &mut Bench, account: &RecordId) -> Entry {
    let entry = bench.create(account, Kind::Note, "first");
    let at = bench.clock.get();
    left_before(bench, &entry);
    let revised = Step::Revised {
        write: made(Kind::Note, account, "second", at),
        title: None,
        base: None,
        grace: None,
    };
    bench.step(&entry, &revised);
    let Write::Create { fields, .. } = made(Kind::Note, account, "first", at) else {
        unreachable!()
    };
    let note = NewRecord {
        key: entry.key.clone(),
        fields,
        about: vec![(Kind::Account, account.clone())],
        author: "Mara".to_owned(),
        since: bench.clock.get(),
    };
    let crm = bench.crm.borrow().clone();
    let written = bench.runtime.block_on(crm.create(permit(), Kind::Note, &[note]));
    assert!(matches!(written.unwrap()[..], [Written::Done { .. }]));
    entry
}

#[test]
fn what_landed_before_it_was_changed_is_brought_up_to_the_change() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = landed_late(&mut bench, &account);
    let crm = bench.crm.borrow().clone();
    bench.drain(&crm, 10);
    let entry = bench.entry(&entry);
    assert_eq!(entry.state, State::Sent);
    let id = entry.receipt.unwrap().record;
    let body = bench.value(Kind::Note, &id, "hs_note_body").unwrap();
    assert!(body.contains("second") && !body.contains("first"), "{body}");
    assert_eq!(bench.stores.ledger.outbox_open().unwrap(), []);
}

#[test]
fn what_landed_before_it_was_changed_and_was_changed_there_too_is_a_conflict() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = landed_late(&mut bench, &account);
    let number = made_for(&bench.server, &entry)[0];
    let theirs = format!("theirs {}", entry.key);
    bench.server.with_portal(|portal| {
        assert!(portal.set(object(Kind::Note), number, "hs_note_body", Some(&theirs)));
    });
    let crm = bench.crm.borrow().clone();
    bench.drain(&crm, 10);
    assert_eq!(bench.entry(&entry).state, State::Sent);
    let open = bench.stores.ledger.outbox_open().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].state, State::Conflict);
    let id = RecordId(number.to_string());
    assert_eq!(bench.value(Kind::Note, &id, "hs_note_body"), Some(theirs));
}

/// A call that left without a key of ours, which the CRM keeps on notes and tasks only, and was not answered.
fn unanswered_call(bench: &mut Bench) -> Entry {
    let account = bench.account(0);
    let entry = bench.create(&account, Kind::Call, "hello");
    bench.set_faults("reset=1:before:path=batch/create:times=1");
    bench.push().unwrap();
    bench.set_faults("");
    let entry = bench.entry(&entry);
    assert_eq!(entry.state, State::Unknown, "{entry:?}");
    entry
}

/// What an unanswered call leaves in the CRM when it comes after all.
fn lands(bench: &Bench, entry: &Entry) {
    let Write::Create { fields, about, .. } = entry.new.write.clone() else {
        unreachable!()
    };
    let about = about.into_iter().map(|(kind, target)| match target {
        Target::Record(id) => (kind, id),
        Target::Entry(_) => unreachable!(),
    });
    let record = NewRecord {
        key: entry.key.clone(),
        fields,
        about: about.collect(),
        author: "Mara".to_owned(),
        since: bench.clock.get(),
    };
    let crm = bench.crm.borrow().clone();
    let written = bench
        .runtime
        .block_on(crm.create(permit(), Kind::Call, &[record]));
    assert!(matches!(written.unwrap()[..], [Written::Done { .. }]));
}

#[test]
fn what_left_without_a_key_is_not_sent_again_by_itself_once_there_is_one() {
    let mut bench = Bench::new();
    let entry = unanswered_call(&mut bench);
    let crm = bench.crm.borrow().clone();
    let key = bench
        .runtime
        .block_on(crm.make_key(permit(), Kind::Call, "retain_key"));
    assert_eq!(key.unwrap(), Ok(()));
    bench.reconnect();
    let before = bench.writes().len();
    let crm = bench.crm.borrow().clone();
    bench.drain(&crm, 60);
    let waits = bench.entry(&entry);
    assert_eq!((waits.state, waits.settled), (State::Unknown, true), "{waits:?}");
    assert_eq!(bench.writes().len(), before, "{:?}", bench.writes());
    // With the key it can be made once only, and then leaves by itself as often as it takes.
    bench.step(&entry, &Step::Resend { grace: None });
    bench.drain(&crm, 10);
    assert_eq!(
        (bench.entry(&entry).state, bench.made(&entry).len()),
        (State::Sent, 1)
    );
}

#[test]
fn what_is_sent_again_without_a_key_and_came_meanwhile_is_found_and_not_made_twice() {
    for keyed_by_now in [false, true] {
        let mut bench = Bench::new();
        let entry = unanswered_call(&mut bench);
        let crm = bench.crm.borrow().clone();
        bench.drain(&crm, 60);
        assert!(bench.entry(&entry).settled);
        lands(&bench, &entry);
        if keyed_by_now {
            let key = bench
                .runtime
                .block_on(crm.make_key(permit(), Kind::Call, "retain_key"));
            assert_eq!(key.unwrap(), Ok(()));
            bench.reconnect();
        }
        bench.step(&entry, &Step::Resend { grace: None });
        let crm = bench.crm.borrow().clone();
        bench.drain(&crm, 10);
        let found = bench.entry(&entry);
        assert_eq!(
            (found.state, bench.made(&entry).len()),
            (State::Sent, 1),
            "{found:?}"
        );
        let id = found.receipt.unwrap().record;
        assert!(bench.stores.cache.record(Kind::Call, &id).unwrap().is_some());
    }
}

#[test]
fn what_may_have_arrived_is_looked_for_among_what_is_no_older_than_it() {
    let bench = Bench::new();
    let account = bench.account(0);
    let about = vec![(Kind::Account, account.clone())];
    let crm = bench.crm.borrow().clone();
    let note = |number: u64| {
        let Write::Create { fields, .. } = made(Kind::Note, &account, "hello", bench.clock.get()) else {
            unreachable!()
        };
        NewRecord {
            key: format!("KEY{number}"),
            fields,
            about: about.clone(),
            author: "Mara".to_owned(),
            since: bench.clock.get(),
        }
    };
    let notes: Vec<NewRecord> = (0..150).map(note).collect();
    let written = bench.runtime.block_on(crm.create(permit(), Kind::Note, &notes));
    assert!(
        written
            .unwrap()
            .iter()
            .all(|one| matches!(one, Written::Done { .. }))
    );
    let read = || {
        let requests = bench.server.requests().into_iter();
        requests
            .filter(|request| {
                request.path.contains("/objects/") && request.path.ends_with("notes/batch/read")
            })
            .count()
    };
    let look = |since| {
        let before = read();
        let keys = ["ELSEWHERE".to_owned()];
        let found = bench
            .runtime
            .block_on(crm.find_by_key(Kind::Note, &about, &keys, since));
        assert_eq!(found.unwrap().len(), 0);
        read() - before
    };
    let day = jiff::SignedDuration::from_hours(24);
    // One question by the unique key; the others read what hangs on the account.
    assert!(look(bench.clock.get() - day) > 2);
    assert_eq!(look(bench.clock.get() + day), 2);
}

#[test]
fn what_lost_steps_is_found_or_waits_for_a_person() {
    let mut bench = Bench::new();
    let (there, not_there) = (bench.account(0), bench.account(1));
    let found = change(&mut bench, &there);
    set(&bench, &there, "APAC");
    let note = bench.create(&not_there, Kind::Note, "hello");
    let entries = [found.clone(), change(&mut bench, &not_there), note];
    for entry in &entries {
        bench.step(
            entry,
            &Step::Sending {
                seen: None,
                keyed: false,
            },
        );
        let why = "the ledger was damaged".to_owned();
        bench.step(entry, &Step::Doubted { why });
    }
    let crm = bench.crm.borrow().clone();
    bench.drain(&crm, 60);
    assert_eq!(bench.entry(&found).state, State::Sent);
    assert_eq!(bench.writes(), [""; 0], "nothing leaves by itself");
    for entry in &entries[1..] {
        assert_eq!(bench.entry(entry).state, State::Unknown);
        bench.step(entry, &Step::Resend { grace: None });
    }
    bench.drain(&crm, 10);
    for entry in &entries {
        assert_eq!(bench.entry(entry).state, State::Sent, "{:?}", bench.entry(entry));
    }
}

#[test]
fn what_was_refused_before_a_backup_and_sent_after_it_is_not_made_twice() {
    for (kind, is_there) in [(Kind::Note, true), (Kind::Call, true), (Kind::Call, false)] {
        let mut bench = Bench::new();
        let account = bench.account(0);
        let entry = bench.create(&account, kind, "hello");
        let (said, remedy) = ("cost_center is required".to_owned(), Remedy::Edit);
        let sending = Step::Sending {
            seen: None,
            keyed: false,
        };
        bench.step(&entry, &sending);
        bench.step(&entry, &Step::Parked { said, remedy });
        let path = bench.stores.ledger.path().to_owned();
        let copy = path.with_file_name("copy.db");
        bench.stores.ledger.backup(&copy).unwrap();
        if is_there {
            // It is mended and sent, and then the disk dies.
            bench.step(&entry, &Step::Resend { grace: None });
            bench.push().unwrap();
            assert_eq!(bench.made(&entry).len(), 1);
        }
        Ledger::restore(&copy, &path).unwrap();
        bench.reopen_stores();
        let now = bench.entry(&entry);
        assert_eq!((now.state, now.doubted), (State::Unknown, true));
        let said = now.said.unwrap_or_default();
        let told = [
            "may have been sent already",
            "the CRM refused it: cost_center is required",
        ];
        assert!(told.iter().all(|words| said.contains(words)), "{said}");
        if !is_there {
            let crm = bench.crm.borrow().clone();
            bench.drain(&crm, 60);
            assert_eq!(bench.made(&entry).len(), 0, "nothing leaves by itself");
        }
        // Whoever sends it again at once, before anything was looked for.
        bench.step(&entry, &Step::Resend { grace: None });
        bench.push().unwrap();
        assert_eq!(bench.entry(&entry).state, State::Sent, "{kind:?}");
        assert_eq!(bench.made(&entry).len(), 1, "{kind:?}");
    }
}
