//! What is told of entries of the outbox.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::*;
use crate::domain::outbox::{Change, Field, NewEntry, OutboxView, Receipt, Remedy, Target};
use crate::domain::record::{Core, Kind, ValueType};

#[test]
fn only_what_is_not_done_is_told() {
    assert_eq!(in_words(&OutboxCounts::default()), None);
    let counts = OutboxCounts {
        waiting: 1,
        sending: 1,
        looked_for: 1,
        unknown: 1,
        damaged: 2,
        ..OutboxCounts::default()
    };
    let expected = "2 to send, 1 looked for, 3 in the outbox for you to decide";
    assert_eq!(in_words(&counts).as_deref(), Some(expected));
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An entry that takes these steps a minute after it was queued.
fn entry(id: i64, write: Write, steps: Vec<Step>) -> Entry {
    let queued = at("2026-11-23T08:50:00Z");
    let new = NewEntry {
        act: format!("a{id}"),
        account: None,
        title: "Note".to_owned(),
        write,
        leaves_at: queued,
    };
    let mut entry = Entry::queued(EntryId(id), String::new(), String::new(), new, queued);
    for step in steps {
        entry.take(step, at("2026-11-23T08:51:00Z"));
    }
    entry
}

fn note() -> Write {
    Write::Create {
        kind: Kind::Note,
        fields: [].into(),
        about: Vec::new(),
    }
}

fn names(done: Vec<Entry>) -> Names {
    Names {
        view: OutboxView {
            done,
            ..OutboxView::default()
        },
        zone: TimeZone::UTC,
        settle: SignedDuration::from_secs(120),
        not_before: None,
        now: at("2026-11-23T08:52:00Z"),
    }
}

#[test]
fn what_was_not_answered_is_looked_for_before_a_person_is_asked() {
    let unknown = |settled| {
        let why = "504".to_owned();
        let sending = Step::Sending {
            seen: None,
            keyed: false,
        };
        entry(1, note(), vec![sending, Step::Unknown { why, settled }])
    };
    let told = |settled| what_to_do(&unknown(settled), &names(Vec::new()));
    let until = "each sync looks for it until 2026-11-23 08:53; if it is unknown still after that, ";
    assert!(told(false).contains(until), "{}", told(false));
    assert!(
        told(true).contains("504; look in the CRM, then"),
        "{}",
        told(true)
    );
}

#[test]
fn what_waits_for_a_decision_about_another_entry_says_so() {
    let change = || Write::Update {
        kind: Kind::Account,
        target: Target::Record("7".into()),
        changes: Vec::new(),
    };
    let parked = entry(
        1,
        change(),
        vec![Step::Parked {
            said: "no".to_owned(),
            remedy: Remedy::Edit,
        }],
    );
    let mut archive = entry(2, change(), Vec::new());
    archive.new.write = Write::Archive {
        kind: Kind::Account,
        target: Target::Record("7".into()),
    };
    let mut names = names(Vec::new());
    names.view.open = vec![parked, archive.clone()];
    let told = what_to_do(&archive, &names);
    assert!(
        told.starts_with("waits until you have decided about 1;"),
        "{told}"
    );
}

#[test]
fn of_what_was_refused_only_what_helps_is_told() {
    let told = |remedy, write: Write| {
        let parked = Step::Parked {
            said: "no".to_owned(),
            remedy,
        };
        let entry = entry(5, write, vec![parked]);
        let names = names(vec![entry.clone()]);
        let told = what_to_do(&entry, &names);
        assert_eq!(shape(&entry, &names)["what_to_do"], told.as_str());
        assert!(
            told.ends_with("`retain outbox discard 5 --reason TEXT` gives it up"),
            "{told}"
        );
        // What was not asked was not refused.
        let unsent = matches!(remedy, Remedy::Resend | Remedy::Discard);
        assert_eq!(told.starts_with("the CRM refused it: no; "), !unsent, "{told}");
        assert_eq!(told.contains("sent: no; "), unsent, "{told}");
        ["outbox edit", "outbox resend", "give the key", "restored"].map(|words| told.contains(words))
    };
    let none = || Write::Archive {
        kind: Kind::Note,
        target: Target::Record("77".into()),
    };
    let typed = Write::Create {
        kind: Kind::Note,
        fields: BTreeMap::from([(Field::Core(Core::Body), "Ana leaves".to_owned())]),
        about: Vec::new(),
    };
    assert_eq!(told(Remedy::Edit, typed), [true, true, false, false]);
    assert_eq!(told(Remedy::Edit, none()), [false, true, false, false]);
    assert_eq!(told(Remedy::Right, note()), [false, true, true, false]);
    assert_eq!(told(Remedy::Restore, note()), [false, true, false, true]);
    assert_eq!(told(Remedy::Resend, note()), [false, true, false, false]);
    assert_eq!(told(Remedy::Discard, note()), [false, false, false, false]);
}

#[test]
fn what_was_undone_in_the_crm_says_so() {
    let receipt = Receipt {
        record: "77".into(),
        link: None,
        replaced: Vec::new(),
        there: false,
    };
    let sent = || {
        vec![
            Step::Sending {
                seen: None,
                keyed: false,
            },
            Step::Sent(receipt.clone()),
        ]
    };
    let made = entry(1, note(), sent());
    let archive = Write::Archive {
        kind: Kind::Note,
        target: Target::Record("77".into()),
    };
    let queued = names(vec![entry(2, archive.clone(), Vec::new())]);
    assert_eq!(what_to_do(&made, &queued), "2 is to undo it and is queued");
    let undone = names(vec![entry(2, archive, sent())]);
    assert_eq!(what_to_do(&made, &undone), "was undone by 2");
    assert_eq!(shape(&made, &undone)["undone_by"], 2);
    let alone = shape(&made, &names(Vec::new()));
    assert!(alone["undone_by"].is_null() && alone["undone_by_reason"].is_string());
}

#[test]
fn a_value_that_somebody_gives_again_undoes_nothing() {
    let receipt = Receipt {
        record: "7".into(),
        link: None,
        replaced: Vec::new(),
        there: false,
    };
    let change = |base: &str, to: &str| Write::Update {
        kind: Kind::Account,
        target: Target::Record("7".into()),
        changes: vec![Change {
            field: Field::Mapped("csm".to_owned()),
            base: Some(base.to_owned()),
            to: Some(to.to_owned()),
            value_type: ValueType::Text,
        }],
    };
    let sent = || {
        vec![
            Step::Sending {
                seen: None,
                keyed: false,
            },
            Step::Sent(receipt.clone()),
        ]
    };
    let given = entry(1, change("mara", "ida"), sent());
    let mut back = entry(2, change("ida", "mara"), sent());
    assert_eq!(undone_by(&given, &names(vec![back.clone()])), None);
    back.new.title = "Undo: CSM: Ida Vance".to_owned();
    let undone = names(vec![back]);
    assert_eq!(what_to_do(&given, &undone), "was undone by 2");
}

#[test]
fn why_there_is_no_attempt_agrees_with_where_the_entry_stands() {
    let queued = shape(&entry(1, note(), Vec::new()), &names(Vec::new()));
    let why = queued["retry_at_reason"].as_str().unwrap();
    assert!(why.contains("leaves by itself"), "{why}");
    let retry = Step::Retry {
        at: at("2026-11-23T09:00:00Z"),
        why: "cannot reach the CRM".to_owned(),
    };
    let waits = shape(&entry(1, note(), vec![retry]), &names(Vec::new()));
    let why = waits["tried_at_reason"].as_str().unwrap();
    assert!(why.starts_with("nothing of it has left yet"), "{why}");
}

#[test]
fn what_waits_says_for_what_and_until_when() {
    let sending = || Step::Sending {
        seen: None,
        keyed: false,
    };
    let retry = Step::Retry {
        at: at("2026-11-23T08:53:00Z"),
        why: "the CRM has trouble".to_owned(),
    };
    let mut names = names(Vec::new());
    let sent = entry(1, note(), vec![sending()]);
    assert_eq!(
        what_to_do(&sent, &names),
        "is being sent: no answer from the CRM since 2026-11-23 08:51"
    );
    let tried = entry(1, note(), vec![sending(), retry]);
    assert_eq!(
        what_to_do(&tried, &names),
        "is tried again by itself at 2026-11-23 08:53: the CRM has trouble"
    );
    names.not_before = Some(at("2026-11-23T08:55:00Z"));
    let limited = "waits for the CRM's limit until 2026-11-23 08:55, then leaves by itself";
    assert_eq!(what_to_do(&tried, &names), limited);
    let queued = what_to_do(&entry(1, note(), Vec::new()), &names);
    assert_eq!(queued, format!("{limited}; `retain outbox undo 1` takes it back"));
}

#[test]
fn what_a_program_holds_that_is_gone_is_not_called_held() {
    let here = keeper::this();
    let held = |pid| {
        let by = Some(crate::domain::outbox::Keeper { pid, ..here.clone() });
        let step = Step::Held {
            until: at("2026-11-23T08:56:00Z"),
            grace: SignedDuration::ZERO,
            by,
        };
        what_to_do(&entry(1, note(), vec![step]), &names(Vec::new()))
    };
    assert!(held(here.pid).starts_with("is being changed in the cockpit"));
    assert!(held(i32::MAX as u32).starts_with("leaves by itself"));
}

#[test]
fn an_account_that_is_gone_is_told_by_its_id() {
    let mut entry = entry(4, note(), Vec::new());
    entry.new.account = Some(RecordId::from("10000000042"));
    let row = fields(&entry, None, &names(Vec::new()), at("2026-11-23T08:52:00Z"));
    assert!(row.iter().any(|cell| cell == "10000000042"), "{row:?}");
}
