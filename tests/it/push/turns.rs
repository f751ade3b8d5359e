//! Whose turn it is, and how long something is looked for: under several names, without a connection, without a
//! permission to look.

use retain::crm::CrmError;
use retain::domain::outbox::{Entry, Field, State, Step, Target};
use retain::domain::record::{Core, Kind, RecordId};

use super::bench::{Bench, update};
use super::meddler::Meddler;

fn put_off(bench: &mut Bench, entry: &Entry, seconds: i64) {
    let at = bench.clock.get() + jiff::SignedDuration::from_secs(seconds);
    let why = "busy".to_owned();
    bench.step(entry, &Step::Retry { at, why });
}

fn region(bench: &mut Bench, account: &RecordId, target: &RecordId, base: &str, to: &str) -> Entry {
    let field = Field::Mapped("region".to_owned());
    let target = Target::Record(target.clone());
    bench.queue(
        account,
        update(Kind::Account, target, field, Some(base), Some(to)),
    )
}

fn set_region(bench: &Bench, account: &RecordId) {
    let number = account.as_str().parse().unwrap();
    let object = super::bench::object(Kind::Account);
    bench
        .server
        .with_portal(|portal| portal.set(object, number, "region", Some("EMEA")));
}

#[test]
fn what_is_known_under_two_ids_by_a_merge_keeps_its_order() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    set_region(&bench, &account);
    let now = bench.clock.get();
    let old = RecordId::from("77");
    bench.ledger().alias(Kind::Account, &old, &account, now).unwrap();
    let first = region(&mut bench, &account, &old, "EMEA", "APAC");
    let second = region(&mut bench, &account, &account, "APAC", "Americas");
    put_off(&mut bench, &first, 60);
    bench.push().unwrap();
    assert_eq!(bench.entry(&second).state, State::Queued, "it overtook the first");
    bench.wait(61);
    bench.push().unwrap();
    bench.wait(1);
    bench.push().unwrap();
    assert_eq!(bench.entry(&first).state, State::Sent);
    assert_eq!(bench.entry(&second).state, State::Sent);
}

#[test]
fn what_is_known_by_its_entry_and_by_its_id_keeps_its_order() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let task = bench.create(&account, Kind::Task, "Send the offer");
    bench.push().unwrap();
    let id = bench.entry(&task).receipt.unwrap().record;
    let done = |target, base: &str, to: &str| {
        let field = Field::Core(Core::Done);
        update(Kind::Task, target, field, Some(base), Some(to))
    };
    let first = bench.queue(&account, done(Target::Entry(task.id), "false", "true"));
    let second = bench.queue(&account, done(Target::Record(id), "true", "false"));
    put_off(&mut bench, &first, 60);
    bench.push().unwrap();
    assert_eq!(bench.entry(&second).state, State::Queued, "it overtook the first");
    let crm = bench.crm.borrow().clone();
    bench.wait(61);
    bench.drain(&crm, 5);
    assert_eq!(bench.entry(&first).state, State::Sent);
    assert_eq!(bench.entry(&second).state, State::Sent);
}

#[test]
fn without_a_connection_the_ledger_grows_with_the_waits_and_not_with_the_entries() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let mut entries = Vec::new();
    for number in 0..20 {
        entries.push(bench.create(&account, Kind::Note, &format!("note {number}")));
    }
    bench.set_faults("503=1");
    let before = bench.ledger().outbox_length().unwrap();
    let mut pushes = 0;
    let until = bench.clock.get() + jiff::SignedDuration::from_hours(2);
    while bench.clock.get() < until {
        bench.reconnect_if_held();
        let report = bench.push().unwrap();
        pushes += 1;
        let next = report.next.expect("it is tried again by itself");
        let wait = next.duration_since(bench.clock.get()).as_secs();
        assert!(wait >= 1, "{wait} s");
        bench.wait(wait);
    }
    let grown = bench.ledger().outbox_length().unwrap() - before;
    assert!(grown <= pushes, "{grown} steps in {pushes} waits");
    assert!(pushes < 40, "{pushes} waits in two hours");
    assert!(
        entries[1..]
            .iter()
            .all(|entry| bench.entry(entry).state == State::Queued)
    );
    bench.set_faults("");
    bench.reconnect();
    let crm = bench.crm.borrow().clone();
    bench.drain(&crm, 10);
    assert!(
        entries
            .iter()
            .all(|entry| bench.entry(entry).state == State::Sent)
    );
}

fn unseen() -> CrmError {
    CrmError::Refused {
        request: "GET associations".to_owned(),
        status: 403,
        message: "the key may not read notes".to_owned(),
    }
}

#[test]
fn what_may_not_be_looked_for_is_given_to_the_person_after_settle() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    set_region(&bench, &account);
    let call = bench.create(&account, Kind::Call, "hello");
    let change = region(&mut bench, &account, &account, "EMEA", "APAC");
    for entry in [&call, &change] {
        bench.step(
            entry,
            &Step::Sending {
                seen: None,
                keyed: false,
            },
        );
    }
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.finds = || Some(unseen());
    crm.reads = Box::new(|_| Some(unseen()));
    let report = bench.drain(&crm, 30);
    assert_eq!(report.next, None, "it is looked for no more");
    assert_eq!(bench.writes(), [""; 0]);
    for entry in [&call, &change] {
        let entry = bench.entry(entry);
        assert_eq!(entry.state, State::Unknown);
        let said = entry.said.unwrap();
        assert!(said.contains("may not read notes"), "{said}");
        assert!(
            said.contains("send it again, which may make it twice, or discard it ("),
            "{said}"
        );
    }
}

#[test]
fn what_a_person_is_to_decide_is_not_looked_for_again_whatever_it_says() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let call = bench.create(&account, Kind::Call, "hello");
    bench.step(
        &call,
        &Step::Sending {
            seen: None,
            keyed: false,
        },
    );
    let why = "(erased)".to_owned();
    bench.step(&call, &Step::Unknown { why, settled: true });
    let before = bench.server.requests().len();
    let report = bench.push().unwrap();
    assert_eq!(report.next, None);
    assert_eq!(bench.server.requests().len(), before);
    // As it was written by a version that told it by the end of the sentence: looked for once more.
    let old = r#"{"step":"unknown","why":"it is not there: send it again, or discard it"}"#;
    let step: Step = serde_json::from_str(old).unwrap();
    bench.step(&call, &step);
    assert!(bench.push().unwrap().next.is_some());
    assert!(bench.server.requests().len() > before);
}
