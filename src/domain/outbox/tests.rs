//! The rules of the outbox.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::domain::record::{Core, Kind, RecordId, ValueType};

mod merging;
mod revising;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn new(write: Write) -> NewEntry {
    NewEntry {
        act: "a".to_owned(),
        account: Some(RecordId::from("7")),
        title: String::new(),
        write,
        leaves_at: at(10),
    }
}

fn entry(id: i64, write: Write, steps: &[Step]) -> Entry {
    let mut entry = Entry::queued(EntryId(id), "mara".into(), format!("K{id}"), new(write), at(0));
    for step in steps {
        assert!(step.may_follow(entry.state), "{step:?} after {:?}", entry.state);
        entry.take(step.clone(), at(20));
    }
    entry
}

fn note() -> Write {
    Write::Create {
        kind: Kind::Note,
        fields: BTreeMap::from([(Field::Core(Core::Body), "hello".to_owned())]),
        about: vec![(Kind::Account, Target::Record(RecordId::from("7")))],
    }
}

fn update(target: Target, field: &str) -> Write {
    Write::Update {
        kind: Kind::Task,
        target,
        changes: vec![Change {
            field: Field::from(field.to_owned()),
            base: None,
            to: Some("x".to_owned()),
            value_type: ValueType::Text,
        }],
    }
}

fn record(id: &str) -> Target {
    Target::Record(RecordId::from(id))
}

fn ids(entries: &[Entry], second: i64) -> Vec<i64> {
    due(entries, at(second)).into_iter().map(|id| id.0).collect()
}

#[test]
fn on_leaving_it_is_said_what_waits_and_who_is_needed() {
    let counts = |waiting, parked| OutboxCounts {
        waiting,
        parked,
        ..OutboxCounts::default()
    };
    assert_eq!(counts(0, 0).farewell(false), None);
    assert_eq!(counts(0, 0).lost(false), None);
    for (count, kept, said) in [
        (
            1,
            false,
            "1 change is not in the CRM yet: it is lost with the demo",
        ),
        (
            2,
            false,
            "2 changes are not in the CRM yet: they are lost with the demo",
        ),
        (
            1,
            true,
            "1 change is not in the CRM yet: it is kept, but the demo's CRM is gone",
        ),
    ] {
        assert_eq!(counts(count, 0).lost(kept).unwrap(), said);
    }
    assert_eq!(
        counts(2, 0).farewell(false).unwrap(),
        "2 changes wait in the outbox; `retain sync` or the next start sends them"
    );
    assert_eq!(
        counts(1, 1).farewell(true).unwrap(),
        "1 change waits in the outbox; nothing is sent as long as this profile may not write; \
         1 change needs you: `retain outbox`"
    );
}

#[test]
fn an_entry_leaves_after_its_grace() {
    let entries = [entry(1, note(), &[])];
    assert_eq!(ids(&entries, 9), Vec::<i64>::new());
    assert_eq!(ids(&entries, 10), [1]);
    assert_eq!(next_moment(&entries), Some(at(10)));
}

#[test]
fn entries_on_one_record_keep_their_order_and_hold_up_no_other_record() {
    let retry = Step::Retry {
        at: at(60),
        why: "busy".into(),
    };
    let entries = [
        entry(
            1,
            update(record("5"), "core:due"),
            &[
                Step::Sending {
                    seen: None,
                    keyed: false,
                },
                retry,
            ],
        ),
        entry(2, update(record("5"), "core:owner"), &[]),
        entry(3, update(record("6"), "core:due"), &[]),
    ];
    assert_eq!(ids(&entries, 30), [3]);
    assert_eq!(ids(&entries, 60), [1, 3]);
}

#[test]
fn what_a_person_must_decide_holds_back_only_what_depends_on_it() {
    let parked = [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        Step::Parked {
            said: "no".into(),
            remedy: Remedy::Edit,
        },
    ];
    let entries = [
        entry(1, update(record("5"), "core:due"), &parked),
        entry(2, update(record("5"), "core:owner"), &[]),
        entry(3, update(record("5"), "core:due"), &[]),
        entry(4, note(), &parked),
        entry(5, update(Target::Entry(EntryId(4)), "core:done"), &[]),
    ];
    assert_eq!(ids(&entries, 30), [2]);
}

#[test]
fn what_belongs_to_a_new_record_follows_it() {
    let sent = Step::Sent(Receipt {
        record: RecordId::from("900"),
        link: None,
        replaced: Vec::new(),
        there: false,
    });
    let after = entry(2, update(Target::Entry(EntryId(1)), "core:done"), &[]);
    let waiting = [
        entry(
            1,
            note(),
            &[Step::Sending {
                seen: None,
                keyed: false,
            }],
        ),
        after.clone(),
    ];
    assert_eq!(ids(&waiting, 30), Vec::<i64>::new());
    let arrived = [
        entry(
            1,
            note(),
            &[
                Step::Sending {
                    seen: None,
                    keyed: false,
                },
                sent,
            ],
        ),
        after,
    ];
    assert_eq!(ids(&arrived, 30), [2]);
}

#[test]
fn nothing_follows_the_end_and_nothing_is_sent_twice_by_itself() {
    let all = [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        Step::Retry {
            at: at(0),
            why: String::new(),
        },
        Step::Unknown {
            why: String::new(),
            settled: false,
        },
        Step::Conflict { fields: Vec::new() },
        Step::Parked {
            said: String::new(),
            remedy: Remedy::Edit,
        },
        Step::Revised {
            write: note(),
            title: None,
            base: None,
            grace: None,
        },
        Step::Resend { grace: None },
        Step::Held {
            until: at(0),
            grace: SignedDuration::ZERO,
            by: None,
        },
        Step::Released,
        Step::TakenBack,
        Step::Discarded { why: String::new() },
    ];
    for step in &all {
        for end in [State::Sent, State::TakenBack, State::Discarded] {
            assert!(!step.may_follow(end), "{step:?} after {end:?}");
        }
    }
    for state in [State::Unknown, State::Conflict, State::Parked, State::Sending] {
        assert!(
            !Step::Sending {
                seen: None,
                keyed: false
            }
            .may_follow(state),
            "an attempt after {state:?}"
        );
    }
    assert!(!Step::TakenBack.may_follow(State::Sending));
    assert!(
        !Step::Revised {
            write: note(),
            title: None,
            base: None,
            grace: None
        }
        .may_follow(State::Unknown)
    );
}

#[test]
fn what_is_being_changed_does_not_leave_by_itself_until_it_is_let_go_or_the_hold_is_over() {
    let grace = SignedDuration::from_secs(10);
    let held = |second| Step::Held {
        until: at(second),
        grace,
        by: None,
    };
    let mut one = entry(1, note(), &[held(320)]);
    let by_itself = [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        Step::Retry {
            at: at(30),
            why: String::new(),
        },
        Step::Conflict { fields: Vec::new() },
    ];
    let kept = |one: &Entry, second| by_itself.iter().all(|step| one.keeps_from(step, at(second)));
    assert!(kept(&one, 319) && !kept(&one, 320), "a crash holds it no longer");
    assert_eq!(ids(std::slice::from_ref(&one), 319), [] as [i64; 0]);
    assert_eq!(ids(std::slice::from_ref(&one), 320), [1]);
    assert!(!one.keeps_from(&Step::TakenBack, at(30)), "a person may");
    one.take(held(640), at(200));
    assert!(kept(&one, 639));
    for over in [
        Step::Released,
        Step::Revised {
            write: note(),
            title: None,
            base: None,
            grace: None,
        },
    ] {
        let mut over_now = one.clone();
        over_now.take(over, at(300));
        assert_eq!(over_now.leaves_at(), Some(at(310)), "its grace begins anew");
        assert!(!kept(&over_now, 301) && !over_now.admits(&Step::Released));
    }
    assert!(!entry(1, note(), &[]).admits(&Step::Released), "nothing holds it");
    assert!(!held(9).may_follow(State::Sending) && !held(9).may_follow(State::Parked));
}

#[test]
fn what_waits_for_a_persons_decision_about_another_one_names_it() {
    let conflict = [Step::Conflict { fields: Vec::new() }];
    let of = |id, field, steps: &[Step]| entry(id, update(record("5"), field), steps);
    let open = [
        of(1, "core:due", &conflict),
        of(2, "core:due", &[]),
        of(3, "core:owner", &[]),
        entry(4, update(record("6"), "core:due"), &[]),
    ];
    let waits: Vec<Option<i64>> = open
        .iter()
        .map(|one| waits_on(&open, one).map(|other| other.id.0))
        .collect();
    assert_eq!(waits, [None, Some(1), None, None]);
    let decided = [of(1, "core:due", &[]), of(2, "core:due", &[])];
    assert_eq!(
        waits_on(&decided, &decided[1]),
        None,
        "it leaves after it by itself"
    );
}

#[test]
fn what_is_still_looked_for_needs_nobody_yet() {
    let unknown = |settled| {
        let why = "503".to_owned();
        let steps = [
            Step::Sending {
                seen: None,
                keyed: false,
            },
            Step::Unknown { why, settled },
        ];
        entry(1, note(), &steps)
    };
    let settle = SignedDuration::from_secs(120);
    assert_eq!(unknown(false).looked_for_until(settle), Some(at(140)));
    assert!(!unknown(false).needs_a_person());
    let counts = OutboxCounts::of(&[unknown(false), unknown(true)], 0);
    assert_eq!((counts.leaving(), counts.needs_a_person()), (0, 1));
    assert_eq!(counts.on_their_way().collect::<Vec<_>>(), ["1 looked for"]);
    assert_eq!(
        counts.farewell(false).unwrap(),
        "1 change may be in the CRM; `retain sync` or the next start looks for it; 1 change needs you: `retain outbox`"
    );
    assert_eq!(unknown(true).looked_for_until(settle), None);
    assert!(unknown(true).needs_a_person());
}

#[test]
fn a_permit_needs_that_nothing_speaks_against_it() {
    assert!(WritePermit::unless(None).is_ok());
    let refused = WritePermit::unless(Some(ReadOnly {
        why: "the profile is read-only".to_owned(),
        by_profile: true,
    }));
    assert_eq!(refused.unwrap_err().to_string(), "the profile is read-only");
}

proptest! {
    /// Whatever the states and times: of two entries on the same fields of one record never both leave, and
    /// never the later one while the earlier is on its way.
    #[test]
    fn never_two_at_once_on_one_record(
        rows in proptest::collection::vec((0_u8..3, 0_u8..2, 0_u8..5), 1..20),
        second in 0_i64..100,
    ) {
        let entries: Vec<Entry> = (1..).zip(&rows).map(|(id, (target, field, state))| {
            let write = update(record(&target.to_string()), ["core:due", "core:owner"][usize::from(*field)]);
            let steps: &[Step] = match state {
                0 => &[],
                1 => &[Step::Sending { seen: None, keyed: false }],
                2 => &[Step::Sending { seen: None, keyed: false }, Step::Retry { at: at(50), why: String::new() }],
                3 => &[Step::Sending { seen: None, keyed: false }, Step::Unknown { why: String::new(), settled: false }],
                _ => &[Step::Sending { seen: None, keyed: false }, Step::Parked { said: String::new(), remedy: Remedy::Edit }],
            };
            entry(id, write, steps)
        }).collect();
        let leaving = due(&entries, at(second));
        for (place, one) in leaving.iter().enumerate() {
            let target = |id: &EntryId| entries[id.0 as usize - 1].new.write.target().cloned();
            for other in &leaving[place + 1..] {
                prop_assert_ne!(target(one), target(other));
            }
            let earlier = entries.iter().take_while(|entry| entry.id != *one);
            for earlier in earlier.filter(|entry| entry.new.write.target().cloned() == target(one)) {
                prop_assert!(earlier.state.needs_a_person(), "{one} overtakes {}", earlier.id);
            }
        }
        let again = due(&entries, at(second) + SignedDuration::from_secs(0));
        prop_assert_eq!(leaving, again);
    }
}

#[test]
fn what_a_person_decides_about_can_be_taken_back_like_what_is_new_where_that_is_said() {
    let stopped = [
        Step::Conflict { fields: Vec::new() },
        Step::Parked {
            said: String::new(),
            remedy: Remedy::Edit,
        },
    ];
    for step in stopped {
        for (grace, leaves) in [(Some(SignedDuration::from_secs(10)), 70), (None, 0)] {
            let mut one = entry(1, note(), std::slice::from_ref(&step));
            one.new.leaves_at = at(0);
            let mut again = one.clone();
            let revised = Step::Revised {
                write: note(),
                title: None,
                base: None,
                grace,
            };
            one.take(revised, at(60));
            again.take(Step::Resend { grace }, at(60));
            let expected = Some(at(leaves));
            assert_eq!((one.leaves_at(), again.leaves_at()), (expected, expected));
            assert!(one.admits(&Step::TakenBack) && again.admits(&Step::TakenBack));
        }
    }
}

#[test]
fn only_the_last_that_waits_on_a_record_is_turned_back_and_only_by_what_was_before() {
    let change = |field: &str, base: &str, to: &str| Write::Update {
        kind: Kind::Account,
        target: Target::Record(RecordId::from("1")),
        changes: vec![Change {
            field: Field::Mapped(field.to_owned()),
            base: Some(base.to_owned()),
            to: Some(to.to_owned()),
            value_type: ValueType::Bool,
        }],
    };
    let back = change("auto_renew", "true", "false");
    let turned = entry(1, change("auto_renew", "false", "true"), &[]);
    let found = |open: &[Entry], new: &Write| turned_back(open, new).map(|entry| entry.id.0);
    assert_eq!(found(std::slice::from_ref(&turned), &back), Some(1));
    let further = change("auto_renew", "true", "");
    assert_eq!(found(std::slice::from_ref(&turned), &further), None);
    // Per-record order: what came after it may rest on it.
    let later = entry(2, change("segment", "mid", "ent"), &[]);
    assert_eq!(found(&[turned.clone(), later], &back), None);
    let sending = Step::Sending {
        seen: None,
        keyed: false,
    };
    let why = String::new();
    let unknown = Step::Unknown {
        why: why.clone(),
        settled: false,
    };
    let (at, at_work) = (at(20), sending.clone());
    for steps in [
        vec![at_work],
        vec![sending.clone(), unknown.clone()],
        vec![sending, unknown, Step::Retry { at, why }],
    ] {
        let left = entry(1, turned.new.write.clone(), &steps);
        assert_eq!(found(&[left], &back), None, "the CRM may have it");
    }
}
