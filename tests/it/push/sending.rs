//! What is sent, in what form, and what becomes of each answer.

use retain::domain::outbox::{Field, State, Step, Target, Write};
use retain::domain::record::{Core, Kind, RecordId};

use super::bench::{Bench, made, update};

const WRITTEN: [Kind; 5] = [Kind::Note, Kind::Task, Kind::Call, Kind::Meeting, Kind::Email];

#[test]
fn each_kind_arrives_signed_linked_and_in_the_cache() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entries: Vec<_> = WRITTEN
        .into_iter()
        .map(|kind| bench.create(&account, kind, "Spoke with \"Ana\" & co:\n1 < 2 is well"))
        .collect();
    let report = bench.push().unwrap();
    assert_eq!((report.sent, report.waiting, report.needs_a_person), (5, 0, 0));
    for entry in entries {
        let entry = bench.entry(&entry);
        assert_eq!(entry.state, State::Sent, "{entry:?}");
        let receipt = entry.receipt.as_ref().unwrap();
        assert!(receipt.link.as_ref().unwrap().ends_with(receipt.record.as_str()));
        let kind = entry.new.write.kind();
        assert_eq!(
            bench.made(&entry),
            [receipt.record.as_str().parse::<u64>().unwrap()]
        );
        let record = bench.stores.cache.record(kind, &receipt.record).unwrap().unwrap();
        let lines = retain::domain::html::lines(record.core(Core::Body).unwrap());
        assert_eq!(
            lines[..2],
            ["Spoke with \"Ana\" & co:", "1 < 2 is well"],
            "{kind:?}"
        );
        assert_eq!(
            lines.last().unwrap(),
            &format!("Mara Lindt · retain {}", entry.key)
        );
        let linked = bench
            .stores
            .cache
            .linked_ids((Kind::Account, &account), kind)
            .unwrap();
        assert!(linked.contains(&receipt.record), "{kind:?}");
    }
    assert_eq!(bench.push().unwrap().sent, 0);
    assert_eq!(bench.writes().len(), 5);
}

#[test]
fn what_follows_a_new_record_leaves_after_it_and_can_be_taken_back() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let task = bench.create(&account, Kind::Task, "Send the offer");
    let done = update(
        Kind::Task,
        Target::Entry(task.id),
        Field::Core(Core::Done),
        Some("false"),
        Some("true"),
    );
    let done = bench.queue(&account, done);
    let archive = Write::Archive {
        kind: Kind::Task,
        target: Target::Entry(task.id),
    };
    let archive = bench.queue(&account, archive);
    assert_eq!(bench.push().unwrap().sent, 3);
    let id = bench.entry(&task).receipt.unwrap().record;
    assert_eq!(
        bench.value(Kind::Task, &id, "hs_task_status").as_deref(),
        Some("COMPLETED")
    );
    assert_eq!(bench.entry(&done).state, State::Sent);
    assert_eq!(bench.entry(&archive).state, State::Sent);
    assert_eq!(bench.stores.cache.record(Kind::Task, &id).unwrap(), None);
}

#[test]
fn a_refused_entry_is_parked_with_the_crms_words_and_holds_nothing_up() {
    for faults in ["", "untraced"] {
        let mut bench = Bench::new();
        bench.set_faults(faults);
        let account = bench.account(0);
        let mut entries = Vec::new();
        for kind in [Kind::Task, Kind::Call] {
            for number in 0..7 {
                entries.push((number, bench.create(&account, kind, "all is well")));
            }
        }
        for (number, entry) in &entries {
            if let (
                3,
                Write::Create {
                    kind,
                    mut fields,
                    about,
                },
            ) = (number, entry.new.write.clone())
            {
                fields.insert(Field::Core(Core::Owner), "1".to_owned());
                let write = Write::Create { kind, fields, about };
                bench.step(
                    entry,
                    &Step::Revised {
                        write,
                        title: None,
                        base: None,
                        grace: None,
                    },
                );
            }
        }
        let report = bench.push().unwrap();
        assert_eq!((report.sent, report.needs_a_person), (12, 2), "{faults}");
        for (number, entry) in &entries {
            let entry = bench.entry(entry);
            if *number == 3 {
                assert_eq!(entry.state, State::Parked);
                assert_eq!(entry.said.as_deref(), Some("Owner 1 does not exist"), "{faults}");
            } else {
                assert_eq!(
                    (entry.state, bench.made(&entry).len()),
                    (State::Sent, 1),
                    "{faults}"
                );
            }
        }
    }
}

#[test]
fn an_admins_rule_parks_and_the_edited_entry_arrives() {
    let mut bench = Bench::new();
    bench.set_faults("require=companies.hs_csm_sentiment=at_risk>churn_reason");
    let account = bench.account(0);
    let number = account.as_str().parse().unwrap();
    bench.server.with_portal(|portal| {
        let companies = super::bench::object(Kind::Account);
        portal.set(companies, number, "hs_csm_sentiment", Some("happy"));
        portal.set(companies, number, "churn_reason", None)
    });
    let base = bench.value(Kind::Account, &account, "hs_csm_sentiment");
    let field = |name: &str| Field::Mapped(name.to_owned());
    let write = update(
        Kind::Account,
        Target::Record(account.clone()),
        field("hs_csm_sentiment"),
        base.as_deref(),
        Some("at_risk"),
    );
    let entry = bench.queue(&account, write.clone());
    bench.push().unwrap();
    let parked = bench.entry(&entry);
    assert_eq!(parked.state, State::Parked);
    assert!(parked.said.unwrap().contains("churn_reason"));
    let Write::Update {
        kind,
        target,
        mut changes,
    } = write
    else {
        unreachable!()
    };
    changes.push(retain::domain::outbox::Change {
        field: field("churn_reason"),
        base: bench.value(Kind::Account, &account, "churn_reason"),
        to: Some("price".to_owned()),
        value_type: retain::domain::record::ValueType::Text,
    });
    let write = Write::Update {
        kind,
        target,
        changes,
    };
    bench.step(
        &entry,
        &Step::Revised {
            write,
            title: None,
            base: None,
            grace: None,
        },
    );
    bench.push().unwrap();
    let entry = bench.entry(&entry);
    assert_eq!(entry.state, State::Sent, "{:?}", entry.said);
    assert_eq!(
        bench
            .value(Kind::Account, &account, "hs_csm_sentiment")
            .as_deref(),
        Some("at_risk")
    );
}

#[test]
fn offline_a_refused_token_and_limits_put_off_and_leave_no_doubt() {
    for (fault, words) in [
        ("reset=1:before:path=details", "cannot reach the CRM"),
        ("401=1", "does not accept the token"),
        ("429=1:retry-after=20:path=batch/create", "rate limit"),
        ("423=1:path=batch/create", "HTTP 423"),
    ] {
        let mut bench = Bench::new();
        let account = bench.account(0);
        let entry = bench.create(&account, Kind::Call, "hello");
        bench.set_faults(fault);
        let report = bench.push().unwrap();
        let waiting = bench.entry(&entry);
        assert_eq!(waiting.state, State::Retry, "{fault}");
        assert!(waiting.said.as_ref().unwrap().contains(words), "{waiting:?}");
        assert_eq!(report.next, waiting.retry_at, "{fault}");
        if fault.contains("retry-after") {
            let wait = waiting.retry_at.unwrap().duration_since(bench.clock.get());
            assert!(wait.as_secs() >= 20, "{wait}");
            assert_eq!(bench.writes().len(), 1, "the outbox waits, not the request");
        }
        bench.set_faults("");
        bench.reconnect();
        bench.wait(60);
        bench.push().unwrap();
        let entry = bench.entry(&entry);
        assert_eq!(
            (entry.state, bench.made(&entry).len()),
            (State::Sent, 1),
            "{fault}"
        );
    }
}

#[test]
fn what_was_not_answered_is_read_back_or_given_to_a_person() {
    // The CRM has it and the answer was lost: it is found, with a key or without.
    for kind in WRITTEN {
        for fault in [
            "reset=1:commit",
            "504=1:commit",
            "truncate=1",
            "garbage=1",
            "reset=1:during",
        ] {
            let mut bench = Bench::new();
            let account = bench.account(0);
            let entry = bench.create(&account, kind, "hello");
            bench.set_faults(&format!("{fault}:path=batch/create:times=1"));
            bench.push().unwrap();
            let entry = bench.entry(&entry);
            assert_eq!(
                (entry.state, bench.made(&entry).len()),
                (State::Sent, 1),
                "{kind:?} {fault}"
            );
            assert_eq!(bench.writes().len(), 1, "{kind:?} {fault}");
        }
    }
    // It surely is not there: with a key it is sent again by itself, without one a person decides.
    for (kind, is_keyed) in [(Kind::Note, true), (Kind::Call, false)] {
        let mut bench = Bench::new();
        let account = bench.account(0);
        let entry = bench.create(&account, kind, "hello");
        bench.set_faults("reset=1:before:path=batch/create:times=1");
        let report = bench.push().unwrap();
        let crm = bench.crm.borrow().clone();
        if is_keyed {
            bench.drain(&crm, 5);
        } else {
            assert!(report.next.unwrap() > bench.clock.get());
            assert_eq!(bench.entry(&entry).state, State::Unknown);
            assert_eq!(
                bench.drain(&crm, 60).next,
                None,
                "it is looked for until settle, no longer"
            );
            let unknown = bench.entry(&entry);
            assert_eq!(unknown.state, State::Unknown);
            assert!(unknown.said.unwrap().contains("send it again"));
            bench.step(&entry, &Step::Resend { grace: None });
            bench.push().unwrap();
        }
        let entry = bench.entry(&entry);
        assert_eq!(
            (entry.state, bench.made(&entry).len()),
            (State::Sent, 1),
            "{kind:?}"
        );
    }
}

#[test]
fn a_merged_account_is_followed() {
    let mut bench = Bench::new();
    let (account, other) = (bench.account(0), bench.account(1));
    let number = |id: &RecordId| id.as_str().parse::<u64>().unwrap();
    let base = bench.value(Kind::Account, &account, "region");
    let winner = bench.server.with_portal(|portal| {
        portal.merge(
            super::bench::object(Kind::Account),
            number(&other),
            number(&account),
            true,
        )
    });
    let winner = RecordId(winner.unwrap().to_string());
    let now = bench.clock.get();
    bench
        .ledger()
        .alias(Kind::Account, &account, &winner, now)
        .unwrap();
    let note = bench.queue(&account, made(Kind::Note, &account, "hello", now));
    let theirs = bench.value(Kind::Account, &winner, "region");
    let change = update(
        Kind::Account,
        Target::Record(account.clone()),
        Field::Mapped("region".to_owned()),
        theirs.as_deref(),
        Some("APAC"),
    );
    let change = bench.queue(&account, change);
    bench.push().unwrap();
    assert_eq!(bench.entry(&note).state, State::Sent, "{base:?}");
    let change = bench.entry(&change);
    assert_eq!(
        change.receipt.map(|receipt| receipt.record),
        Some(winner.clone()),
        "{:?}",
        change.said
    );
    assert_eq!(
        bench.value(Kind::Account, &winner, "region").as_deref(),
        Some("APAC")
    );
    let called = bench.account_name(&account);
    assert_ne!(called, account.as_str(), "by its name, and no number");
}

#[test]
fn what_waits_about_a_contact_that_was_merged_leaves_about_the_one_it_lives_on_in() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let contacts = bench.stores.cache.ids(Kind::Contact).unwrap();
    let number = |id: &RecordId| id.as_str().parse::<u64>().unwrap();
    let now = bench.clock.get();
    let mut write = made(Kind::Call, &account, "hello", now);
    if let Write::Create { about, .. } = &mut write {
        about.push((Kind::Contact, Target::Record(contacts[0].clone())));
    }
    let call = bench.queue(&account, write);
    let merged = bench.server.with_portal(|portal| {
        let object = super::bench::object(Kind::Contact);
        portal.merge(object, number(&contacts[1]), number(&contacts[0]), true)
    });
    let merged = RecordId(merged.unwrap().to_string());
    bench.wait(60);
    bench.sync();
    let now = bench.ledger().resolve(Kind::Contact, &contacts[0]).unwrap();
    assert_eq!(now, merged, "what waits leaves under the new id");
    bench.push().unwrap();
    let call = bench.entry(&call);
    assert_eq!(call.state, State::Sent, "{:?}", call.said);
    let record = call.receipt.unwrap().record;
    let linked = bench
        .stores
        .cache
        .linked_ids((Kind::Call, &record), Kind::Contact);
    assert_eq!(linked.unwrap(), [merged]);
}
