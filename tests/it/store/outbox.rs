//! The outbox on disk: what was acknowledged is there, what comes too late is told, nothing altered is given out.

use std::collections::BTreeMap;
use std::fs;

use retain::domain::outbox::{
    Change, Entry, EntryId, Field, NewEntry, OutboxCounts, Receipt, Remedy, State, Step, Target, Write,
    WritePermit,
};
use retain::domain::record::{Core, Kind, ValueType};
use retain::store::{Ledger, TooLate};
use rusqlite::Connection;

use super::{Home, minute};

/// The permit of a tenant that nothing speaks against.
pub fn permit() -> WritePermit {
    WritePermit::unless(None).unwrap()
}

/// A note on account 7.
pub fn note(act: &str, body: &str) -> NewEntry {
    NewEntry {
        act: act.to_owned(),
        account: Some("7".into()),
        title: "Note on Juniper Foods".to_owned(),
        write: Write::Create {
            kind: Kind::Note,
            fields: BTreeMap::from([(Field::Core(Core::Body), body.to_owned())]),
            about: vec![(Kind::Account, Target::Record("7".into()))],
        },
        leaves_at: minute(1),
    }
}

/// A change of what another entry makes.
fn change_of(entry: EntryId) -> NewEntry {
    NewEntry {
        write: Write::Update {
            kind: Kind::Task,
            target: Target::Entry(entry),
            changes: vec![Change {
                field: Field::Core(Core::Done),
                base: None,
                to: Some("true".to_owned()),
                value_type: ValueType::Text,
            }],
        },
        ..note("b", "")
    }
}

/// That the CRM has it.
pub fn sent(record: &str) -> Step {
    Step::Sent(Receipt {
        record: record.into(),
        link: None,
        replaced: Vec::new(),
        there: false,
    })
}

fn queue(ledger: &mut Ledger, new: &[NewEntry]) -> Vec<Entry> {
    ledger.enqueue(permit(), new, &[], minute(0)).unwrap()
}

fn take(ledger: &mut Ledger, id: EntryId, step: &Step) -> Result<Entry, TooLate> {
    ledger.step(id, step, minute(2)).unwrap()
}

#[test]
fn entries_are_kept_with_keys_of_their_own_and_come_back_as_they_were() {
    let home = Home::new();
    let mut ledger = home.ledger();
    let new: Vec<NewEntry> = (0..500).map(|n| note("a", &format!("text {n}"))).collect();
    let queued = queue(&mut ledger, &new);
    let mut keys: Vec<&str> = queued.iter().map(|entry| entry.key.as_str()).collect();
    let letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    assert!(
        keys.iter()
            .all(|key| key.len() == 12 && key.chars().all(|letter| letters.contains(letter)))
    );
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 500);
    drop(ledger);
    let ledger = home.ledger();
    assert_eq!(ledger.outbox_open().unwrap(), queued);
    assert_eq!(ledger.entry(queued[7].id).unwrap().as_ref(), Some(&queued[7]));
    assert_eq!(ledger.entry(EntryId(501)).unwrap(), None);
    assert_eq!(queued[0].author, "test");
}

#[test]
fn of_two_that_act_at_once_one_is_told_that_it_came_too_late() {
    let home = Home::new();
    let (mut mine, mut theirs) = (home.ledger(), home.ledger());
    let queued = queue(&mut mine, &[note("a", "x"), note("a", "y"), note("b", "z")]);
    let first = queued[0].id;
    assert_eq!(
        take(
            &mut theirs,
            first,
            &Step::Sending {
                seen: None,
                keyed: false
            }
        )
        .unwrap()
        .state,
        State::Sending
    );
    let late = TooLate::Stands(State::Sending);
    assert_eq!(take(&mut mine, first, &Step::TakenBack), Err(late));
    assert_eq!(late.to_string(), "it is too late for that: the entry is sending");
    // The whole act or nothing of it.
    assert_eq!(mine.take_back("a", &[], minute(3)).unwrap(), Err(late));
    assert_eq!(mine.entry(queued[1].id).unwrap().unwrap().state, State::Queued);
    let back = mine.take_back("b", &[], minute(3)).unwrap().unwrap();
    assert_eq!(back.len(), 1);
    assert_eq!(
        take(
            &mut theirs,
            queued[2].id,
            &Step::Sending {
                seen: None,
                keyed: false
            }
        ),
        Err(TooLate::Stands(State::TakenBack))
    );
    assert_eq!(
        take(
            &mut mine,
            EntryId(99),
            &Step::Sending {
                seen: None,
                keyed: false
            }
        ),
        Err(TooLate::Missing)
    );
    assert_eq!(
        mine.take_back("no such act", &[], minute(3)).unwrap(),
        Err(TooLate::Missing)
    );
    let entry = take(&mut theirs, first, &sent("900")).unwrap();
    assert_eq!(mine.entry(first).unwrap(), Some(entry));
    assert_eq!(
        mine.take_back("b", &[], minute(4)).unwrap(),
        Err(TooLate::Stands(State::TakenBack))
    );
}

#[test]
fn of_two_who_change_the_same_entry_the_second_is_told_and_replaces_nothing() {
    let home = Home::new();
    let (mut mine, mut theirs) = (home.ledger(), home.ledger());
    let first = queue(&mut mine, &[note("a", "first")]).remove(0);
    let revised = |text: &str| Step::Revised {
        write: note("a", text).write,
        title: None,
        grace: None,
        base: Some(first.new.write.clone()),
    };
    let kept = take(&mut theirs, first.id, &revised("theirs")).unwrap();
    let late = take(&mut mine, first.id, &revised("mine")).unwrap_err();
    assert_eq!(late, TooLate::Changed);
    assert!(late.to_string().contains("changed it meanwhile"), "{late}");
    assert_eq!(mine.entry(first.id).unwrap(), Some(kept));
    // In a ledger that was put back the number may be another entry's.
    let other = queue(&mut mine, &[note("b", "another")]).remove(0);
    assert_eq!(take(&mut mine, other.id, &revised("mine")), Err(TooLate::Changed));
    // What is done says so.
    take(&mut mine, first.id, &Step::TakenBack).unwrap();
    let late = take(&mut mine, first.id, &revised("mine"));
    assert_eq!(late, Err(TooLate::Stands(State::TakenBack)));
}

#[test]
fn what_may_have_left_is_not_told_to_be_taken_back() {
    let home = Home::new();
    let mut ledger = home.ledger();
    let queued = queue(&mut ledger, &[note("a", "left"), note("a", "waits")]);
    for step in [
        Step::Sending {
            seen: None,
            keyed: true,
        },
        Step::Unknown {
            why: "no answer".to_owned(),
            settled: false,
        },
        Step::Retry {
            at: minute(5),
            why: "the CRM does not have it".to_owned(),
        },
    ] {
        take(&mut ledger, queued[0].id, &step).unwrap();
    }
    let late = Err(TooLate::MayBeThere);
    assert_eq!(take(&mut ledger, queued[0].id, &Step::TakenBack), late);
    assert_eq!(
        ledger.take_back("a", &[], minute(3)).unwrap(),
        Err(TooLate::MayBeThere)
    );
    let undone = ledger.undo(permit(), "a", &[], &[], minute(3)).unwrap();
    assert_eq!((undone.ended.len(), undone.left), (1, 1));
    assert_eq!(ledger.entry(queued[0].id).unwrap().unwrap().state, State::Retry);
}

#[test]
fn what_is_open_comes_with_what_it_waits_for_and_what_is_done_stays_to_be_seen() {
    let home = Home::new();
    let mut ledger = home.ledger();
    let first = queue(&mut ledger, &[note("a", "x"), note("a", "other")]);
    for (entry, record) in first.iter().zip(["900", "901"]) {
        let sending = Step::Sending {
            seen: None,
            keyed: false,
        };
        take(&mut ledger, entry.id, &sending).unwrap();
        take(&mut ledger, entry.id, &sent(record)).unwrap();
    }
    queue(&mut ledger, &[change_of(first[0].id)]);
    let parked = queue(&mut ledger, &[note("c", "p")])[0].id;
    take(
        &mut ledger,
        parked,
        &Step::Sending {
            seen: None,
            keyed: false,
        },
    )
    .unwrap();
    take(
        &mut ledger,
        parked,
        &Step::Parked {
            said: "no".to_owned(),
            remedy: Remedy::Edit,
        },
    )
    .unwrap();
    for ledger in [
        &ledger,
        &home.ledger(),
        &Ledger::open_read_only(&home.ledger_db()).unwrap(),
    ] {
        let ids = |entries: Vec<Entry>| entries.into_iter().map(|entry| entry.id.0).collect::<Vec<_>>();
        assert_eq!(ids(ledger.outbox_open().unwrap()), [1, 3, 4]);
        assert_eq!(ids(ledger.outbox_recent(3).unwrap()), [4, 3, 2]);
        assert_eq!(ids(ledger.outbox_sent(minute(2)).unwrap()), [1, 2]);
        assert_eq!(ids(ledger.outbox_sent(minute(3)).unwrap()), [0; 0]);
        let to = |records: &[&str]| {
            let records: Vec<_> = records.iter().map(|record| (*record).into()).collect();
            ids(ledger.outbox_sent_to(&records).unwrap())
        };
        assert_eq!(to(&["900"]), [1]);
        assert_eq!(to(&["7", "901"]), [2]);
        assert_eq!((to(&["90"]), to(&[])), (vec![], vec![]), "another record");
        let expected = OutboxCounts {
            waiting: 1,
            parked: 1,
            ..OutboxCounts::default()
        };
        assert_eq!(ledger.outbox_counts().unwrap(), expected);
    }
}

#[test]
fn a_draft_goes_with_the_commit_that_queues_it() {
    let home = Home::new();
    let mut ledger = home.ledger();
    ledger.put_draft("note:7", "hel", minute(0)).unwrap();
    ledger.put_draft("note:8", "other", minute(0)).unwrap();
    ledger.put_draft("note:7", "hello", minute(1)).unwrap();
    let found = home.ledger().draft("note:7").unwrap().unwrap();
    assert_eq!((found.body.as_str(), found.saved_at), ("hello", minute(1)));
    let names = |ledger: &Ledger| -> Vec<String> {
        ledger
            .drafts()
            .unwrap()
            .into_iter()
            .map(|draft| draft.name)
            .collect()
    };
    assert_eq!(names(&ledger), ["note:7", "note:8"]);
    ledger
        .enqueue(permit(), &[note("a", "hello")], &["note:7"], minute(2))
        .unwrap();
    assert_eq!(names(&home.ledger()), ["note:8"]);
    ledger.drop_draft("note:8", minute(3)).unwrap();
    ledger.drop_draft("never there", minute(3)).unwrap();
    assert_eq!(names(&home.ledger()), [""; 0]);
    assert_eq!(ledger.check().unwrap(), [""; 0]);
}

#[test]
fn a_draft_that_somebody_else_keeps_by_now_is_not_dropped() {
    let home = Home::new();
    let mut ledger = home.ledger();
    let mark = |home: &Home| home.ledger().draft("note:7").unwrap().map(|draft| draft.mark);
    ledger.put_draft("note:7", "the same", minute(0)).unwrap();
    let mine = mark(&home).unwrap();
    ledger.put_draft("note:7", "the same", minute(0)).unwrap();
    let theirs = mark(&home);
    let mut drop = |mine: i64| {
        let may_go = |there: i64| there == mine;
        ledger.drop_draft_if("note:7", &may_go, minute(1)).unwrap();
        mark(&home)
    };
    assert_eq!(drop(mine), theirs, "each version has a mark of its own");
    assert_eq!(drop(theirs.unwrap()), None);
    assert_eq!(drop(mine), None, "there is none any more");
}

#[test]
fn a_ledger_from_before_the_outbox_is_read_as_it_is_and_backed_up() {
    let home = Home::new();
    fs::create_dir_all(home.ledger_db().parent().unwrap()).unwrap();
    Connection::open(home.ledger_db())
        .unwrap()
        .execute_batch(include_str!("../schemas/ledger-1.sql"))
        .unwrap();
    let ledger = Ledger::open_read_only(&home.ledger_db()).unwrap();
    assert_eq!(ledger.outbox_open().unwrap(), []);
    assert_eq!(ledger.drafts().unwrap(), []);
    assert_eq!(ledger.draft("note:7").unwrap(), None);
    assert_eq!(ledger.check().unwrap(), [""; 0]);
    assert_eq!(ledger.entries().unwrap(), 0);
    let file = home.path().join("copy.db");
    ledger.backup(&file).unwrap();
    Ledger::restore(&file, &home.ledger_db()).unwrap();
    // The same reader sees what another process brings.
    let ledger = Ledger::open_read_only(&home.ledger_db()).unwrap();
    queue(&mut home.ledger(), &[note("a", "x")]);
    assert_eq!(ledger.outbox_open().unwrap().len(), 1);
}

/// Changes one byte of a text in a file.
fn alter(home: &Home, text: &str) {
    let mut bytes = fs::read(home.ledger_db()).unwrap();
    let places: Vec<usize> = bytes
        .windows(text.len())
        .enumerate()
        .filter(|(_, window)| *window == text.as_bytes())
        .map(|(place, _)| place)
        .collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place] ^= 1;
    }
    fs::write(home.ledger_db(), bytes).unwrap();
}

#[test]
fn an_altered_entry_is_counted_and_never_given_out_and_given_up_by_a_person() {
    let home = Home::new();
    queue(
        &mut home.ledger(),
        &[note("a", "one"), note("a", "two two two"), note("a", "three")],
    );
    alter(&home, "two two two");
    let ids = |entries: Vec<Entry>| entries.into_iter().map(|entry| entry.id.0).collect::<Vec<_>>();
    let ledger = home.ledger();
    assert_eq!(ids(ledger.outbox_open().unwrap()), [1, 3]);
    assert_eq!(ids(ledger.outbox_recent(9).unwrap()), [3, 1]);
    assert_eq!(ledger.outbox_counts().unwrap().damaged, 1);
    assert!(ledger.check().unwrap()[0].contains("1 entry is not as written in outbox"));
    drop(ledger);
    // The next start mends the ledger; what is lost is still counted, and nothing leaves by itself.
    let (ledger, notice) = Ledger::open(&home.ledger_db(), "test").unwrap();
    assert!(notice.unwrap().summary.contains("at least 1 of "));
    assert_eq!(ledger.outbox_damaged().unwrap(), [EntryId(2)]);
    assert!(
        ledger
            .outbox_open()
            .unwrap()
            .iter()
            .all(|entry| entry.state == State::Unknown)
    );
    drop(ledger);
    let mut ledger = home.ledger();
    assert!(!ledger.give_up_damaged(EntryId(1), "", minute(5)).unwrap());
    assert!(ledger.give_up_damaged(EntryId(2), "seen", minute(5)).unwrap());
    assert!(!ledger.give_up_damaged(EntryId(2), "seen", minute(5)).unwrap());
    for ledger in [&ledger, &home.ledger()] {
        assert_eq!(ledger.outbox_counts().unwrap().damaged, 0);
        assert_eq!(ids(ledger.outbox_recent(9).unwrap()), [3, 1]);
        assert_eq!(ledger.entry(EntryId(2)).unwrap(), None);
    }
    assert_eq!(queue(&mut ledger, &[note("b", "four")])[0].id, EntryId(4));
}

#[test]
fn with_an_altered_step_nothing_is_given_out_until_it_is_mended() {
    let home = Home::new();
    let mut ledger = home.ledger();
    let queued = queue(&mut ledger, &[note("a", "one"), note("b", "two")]);
    take(
        &mut ledger,
        queued[0].id,
        &Step::Sending {
            seen: None,
            keyed: false,
        },
    )
    .unwrap();
    take(&mut ledger, queued[0].id, &sent("900900900")).unwrap();
    drop(ledger);
    alter(&home, "900900900");
    let mut ledger = home.ledger();
    assert!(ledger.outbox_open().is_err());
    assert!(
        ledger
            .step(
                queued[1].id,
                &Step::Sending {
                    seen: None,
                    keyed: false
                },
                minute(4)
            )
            .is_err()
    );
    drop(ledger);
    let (ledger, _) = Ledger::open(&home.ledger_db(), "test").unwrap();
    let open = ledger.outbox_open().unwrap();
    assert_eq!(
        open.iter().map(|entry| entry.state).collect::<Vec<_>>(),
        [State::Unknown; 2]
    );
    drop(ledger);
    let mut ledger = home.ledger();
    take(&mut ledger, queued[0].id, &sent("900")).unwrap();
    assert_eq!(home.ledger().outbox_open().unwrap().len(), 1);
}
