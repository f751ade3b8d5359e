//! What waits for nothing, and what the CRM refuses to be asked about, hold nothing else up.

use std::sync::atomic::{AtomicUsize, Ordering};

use retain::crm::CrmError;
use retain::domain::outbox::{EntryId, Field, Remedy, State, Step, Target};
use retain::domain::record::{Core, Kind};

use super::bench::{Bench, object, update};
use super::doubt::change;
use super::meddler::Meddler;

#[test]
fn what_belongs_to_something_given_up_or_gone_is_parked_even_when_nothing_else_is_due() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let task = bench.create(&account, Kind::Task, "Send the offer");
    let done = |id| {
        let field = Field::Core(Core::Done);
        update(Kind::Task, Target::Entry(id), field, Some("false"), Some("true"))
    };
    let forsaken = bench.queue(&account, done(task.id));
    let why = String::new();
    bench.step(&task, &Step::Discarded { why });
    bench.push().unwrap();
    let hopeless = |bench: &Bench, entry| {
        let entry = bench.entry(entry);
        assert_eq!((entry.state, entry.remedy), (State::Parked, Remedy::Discard));
    };
    hopeless(&bench, &forsaken);
    let lost = bench.queue(&account, done(EntryId(999)));
    bench.push().unwrap();
    hopeless(&bench, &lost);
}

pub fn refused() -> CrmError {
    CrmError::Refused {
        request: "POST read".to_owned(),
        status: 400,
        message: "not this one".to_owned(),
    }
}

pub fn unreadable() -> CrmError {
    CrmError::BadAnswer {
        request: "POST read".to_owned(),
        reason: "not JSON".to_owned(),
    }
}

#[test]
fn one_entry_that_cannot_be_asked_about_holds_nothing_up() {
    for (error, state) in [
        (refused as fn() -> CrmError, State::Parked),
        (unreadable, State::Retry),
    ] {
        let mut bench = Bench::new();
        let (bad, good) = (bench.account(0), bench.account(1));
        let poisoned = change(&mut bench, &bad);
        let sound = change(&mut bench, &good);
        let note = bench.create(&good, Kind::Note, "hello");
        let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
        crm.reads = Box::new(move |ids| ids.contains(&bad).then(error));
        let report = bench.push_with(&crm, &mut |_| ()).unwrap();
        assert_eq!(report.stopped, None);
        assert_eq!(bench.entry(&poisoned).state, state);
        assert_eq!(bench.entry(&sound).state, State::Sent);
        assert_eq!(bench.entry(&note).state, State::Sent);
    }
}

#[test]
fn one_that_is_missing_and_refused_when_asked_for_alone_is_not_there() {
    let mut bench = Bench::new();
    let (bad, good) = (bench.account(0), bench.account(1));
    let poisoned = change(&mut bench, &bad);
    let sound = change(&mut bench, &good);
    let number = bad.as_str().parse().unwrap();
    bench
        .server
        .with_portal(|portal| portal.purge(object(Kind::Account), number));
    let asked = AtomicUsize::new(0);
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.reads = Box::new(move |ids| {
        let again = ids.contains(&bad) && asked.fetch_add(1, Ordering::SeqCst) > 0;
        again.then(refused)
    });
    let report = bench.push_with(&crm, &mut |_| ()).unwrap();
    assert_eq!(report.stopped, None);
    assert_eq!(bench.entry(&poisoned).state, State::Parked);
    assert_eq!(bench.entry(&sound).state, State::Sent);
}
