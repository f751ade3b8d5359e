//! A warning's life by hand and at random.
#![allow(clippy::unwrap_used)]

mod elsewhere;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::budget::{One, Told, Waiting, fill};
use super::*;
use crate::domain::desk::{Severity, WarningKind};
use crate::domain::record::RecordId;

const SIGNALS: [&str; 2] = ["usage-drop", "no-touch"];

fn at(hours: i64) -> Timestamp {
    let begin: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    begin.checked_add(SignedDuration::from_hours(hours)).unwrap()
}

fn event(what: What) -> WarningEvent {
    WarningEvent {
        account: RecordId::from("1"),
        what,
    }
}

fn opened(signal: &str) -> What {
    What::Opened(Opened {
        signal: signal.to_owned(),
        version: 1,
        since: date(2026, 11, 23),
        budgeted: true,
        severity: Severity::High,
        playbook: Some("waning-interest".to_owned()),
        ..Opened::default()
    })
}

fn closed(signal: &str, verdict: Verdict) -> What {
    What::Closed(Closed {
        signal: signal.to_owned(),
        verdict,
        why: "as every summer".to_owned(),
        level: Level::default(),
    })
}

fn snoozed(signal: &str) -> What {
    What::Snoozed(Snoozed {
        signal: signal.to_owned(),
        until: Some(date(2026, 12, 4)),
        or_worse: true,
        why: String::new(),
        level: Level::default(),
    })
}

fn woke(signal: &str) -> What {
    What::Woke {
        signal: signal.to_owned(),
        by: Waking::Worse("−46 %".to_owned(), "−61 %".to_owned()),
    }
}

fn cleared(signal: &str) -> What {
    What::Cleared {
        signal: signal.to_owned(),
        lost: false,
        gone: false,
    }
}

fn withdrawn(signal: &str) -> What {
    What::Withdrawn {
        signal: signal.to_owned(),
    }
}

fn taken_back(signal: &str) -> What {
    What::TakenBack {
        signal: signal.to_owned(),
    }
}

fn acknowledged(signal: &str) -> What {
    What::Acknowledged(Acknowledged {
        signal: signal.to_owned(),
    })
}

/// An hour lies between the events.
fn lives(whats: &[What]) -> Lives {
    let mut lives = Lives::default();
    for (hour, what) in whats.iter().enumerate() {
        lives.take(what, "dana", at(hour as i64));
    }
    lives
}

fn usage(whats: &[What]) -> Life {
    lives(whats).all().last().unwrap().clone()
}

#[test]
fn a_life_goes_through_its_states_and_knows_for_how_long() {
    let plan = Plan {
        playbook: "waning-interest".to_owned(),
        signal: Some("usage-drop".to_owned()),
        from: at(2),
        given_up: None,
        finished: None,
    };
    let life = usage(&[opened("usage-drop"), acknowledged("usage-drop")]);
    assert_eq!(life.stage(&[]), Stage::Acknowledged);
    let mut after = life.clone();
    after.cleared = Some((at(5), End::Recovered));
    assert_eq!(
        after.stages(std::slice::from_ref(&plan)),
        [
            (Stage::Open, at(0)),
            (Stage::Acknowledged, at(1)),
            (Stage::Planned, at(2)),
            (Stage::Recovered, at(5)),
        ]
    );
    after.cleared = Some((at(5), End::Lost));
    assert_eq!(after.stage(&[]), Stage::Lost);
    let given_up = Plan {
        given_up: Some(at(4)),
        ..plan.clone()
    };
    assert_eq!(life.stage(&[given_up]), Stage::Acknowledged);
    let others = Plan {
        signal: Some("no-touch".to_owned()),
        ..plan.clone()
    };
    assert_eq!(life.stage(&[others]), Stage::Acknowledged);
    let without_reason = Plan { signal: None, ..plan };
    assert_eq!(life.stage(&[without_reason]), Stage::Planned);
}

#[test]
fn a_plan_that_was_over_before_a_warning_opened_is_none_for_it() {
    let life = usage(&[cleared("usage-drop"), opened("usage-drop")]);
    let plan = |finished: Option<i64>| Plan {
        playbook: "waning-interest".to_owned(),
        signal: None,
        from: at(-9),
        given_up: None,
        finished: finished.map(at),
    };
    assert_eq!(life.stage(&[plan(None)]), Stage::Planned, "it is under way");
    assert_eq!(life.stage(&[plan(Some(-1))]), Stage::Open);
    assert_eq!(life.stage(&[plan(Some(3))]), Stage::Planned);
}

#[test]
fn what_a_person_closed_is_silent_until_it_clears_or_is_worse() {
    let closed_one = [opened("usage-drop"), closed("usage-drop", Verdict::Noise)];
    let all = lives(&closed_one);
    let life = all.current("usage-drop").unwrap();
    assert!(!life.is_open() && life.stage(&[]) == Stage::Accepted);
    let cleared_too = [&closed_one[..], &[cleared("usage-drop")]].concat();
    assert!(lives(&cleared_too).current("usage-drop").is_none());
    assert_eq!(
        usage(&cleared_too).stage(&[]),
        Stage::Accepted,
        "the end was the person's word"
    );
    let again = [&closed_one[..], &[opened("usage-drop")]].concat();
    assert_eq!(lives(&again).all().count(), 2);
    assert!(lives(&again).current("usage-drop").unwrap().is_open());
}

#[test]
fn a_snooze_ends_when_it_wakes_and_says_so_until_something_is_done() {
    let asleep = [opened("usage-drop"), snoozed("usage-drop")];
    assert!(usage(&asleep).snooze().is_some());
    let awake = [&asleep[..], &[woke("usage-drop")]].concat();
    assert_eq!(usage(&awake).snooze(), None);
    assert!(usage(&awake).waking().is_some());
    assert!(
        usage(&[&awake[..], &[acknowledged("usage-drop")]].concat())
            .waking()
            .is_none()
    );
    let back = [&awake[..], &[taken_back("usage-drop")]].concat();
    assert_eq!(usage(&back).acts, [], "the snooze and its end");
}

#[test]
fn the_last_act_of_a_person_is_taken_back_and_no_other() {
    let both = [
        opened("usage-drop"),
        acknowledged("usage-drop"),
        closed("usage-drop", Verdict::Real),
    ];
    let life = usage(&[&both[..], &[taken_back("usage-drop")]].concat());
    assert!(life.is_open() && life.stage(&[]) == Stage::Acknowledged);
    let life = usage(&[&both[..], &[taken_back("usage-drop"), taken_back("usage-drop")]].concat());
    assert_eq!(life.stage(&[]), Stage::Open);
}

#[test]
fn what_is_held_back_is_told_acted_on_or_critical() {
    assert!(usage(&[opened("usage-drop")]).is_held());
    let told = What::Told {
        signal: "usage-drop".to_owned(),
        csm: None,
        segment: None,
        joined: false,
    };
    assert!(!usage(&[opened("usage-drop"), told]).is_held());
    assert!(!usage(&[opened("usage-drop"), acknowledged("usage-drop")]).is_held());
    let What::Opened(critical) = opened("usage-drop") else {
        unreachable!()
    };
    let severity = Severity::Critical;
    assert!(!usage(&[What::Opened(Opened { severity, ..critical })]).is_held());
}

#[test]
fn events_are_read_as_they_were_stored() {
    for what in [
        opened("a"),
        closed("a", Verdict::Known),
        snoozed("a"),
        woke("a"),
        cleared("a"),
        withdrawn("a"),
        acknowledged("a"),
        taken_back("a"),
        What::Roused {
            signal: "a".to_owned(),
        },
        What::Told {
            signal: "a".to_owned(),
            csm: Some("o1".into()),
            segment: None,
            joined: true,
        },
        What::Planned(Planned {
            signal: "a".to_owned(),
            why: "Ana calls".to_owned(),
        }),
    ] {
        let event = event(what);
        let (kind, payload) = event.stored();
        assert!(KINDS.contains(&kind.as_str()), "{kind}");
        assert_eq!(WarningEvent::read(&event.account, &kind, &payload), Some(event));
    }
    let older = serde_json::json!({
        "signal": "usage-drop", "version": 1, "since": "2026-11-01", "standing": false,
        "reason": "usage −46 %", "kind": "risk",
    });
    let read = WarningEvent::read(&RecordId::from("1"), "warning-opened", &older).unwrap();
    assert!(!usage(&[read.what]).is_held(), "before there was a budget");
}

fn waiting<'a>(csm: &'a str, rank: i64, account: &'a str) -> Waiting<'a> {
    Waiting {
        csm: Some(csm),
        kind: WarningKind::Risk,
        rank: Some(rank),
        since: date(2026, 11, 23),
        account,
        signal: "usage-drop",
        segment: None,
        joins: false,
    }
}

#[test]
fn the_budget_is_filled_by_rank_for_each_csm_and_a_segment_counts_once() {
    let all = [
        waiting("a", 1, "1"),
        waiting("a", 9, "2"),
        waiting("a", 9, "0"),
        waiting("b", 0, "3"),
        Waiting {
            kind: WarningKind::Opportunity,
            ..waiting("b", 99, "4")
        },
    ];
    let accounts = |found: Vec<Told>| -> Vec<String> {
        let accounts = found.iter().map(|one| one.account.to_string());
        accounts.collect()
    };
    assert_eq!(accounts(fill(&all, &BTreeMap::new(), 1)), ["0", "3"]);
    assert_eq!(accounts(fill(&all, &BTreeMap::new(), 2)), ["0", "2", "3", "4"]);
    assert_eq!(accounts(fill(&all, &BTreeMap::new(), 0)), [""; 0]);
    let of_segment = |account| Waiting {
        segment: Some("SMB"),
        ..waiting("a", 5, account)
    };
    let many = [of_segment("1"), of_segment("2"), waiting("a", 1, "3")];
    assert_eq!(accounts(fill(&many, &BTreeMap::new(), 1)), ["1", "2"]);
    let told = BTreeSet::from([One::of("7", "usage-drop", None)]);
    let told = BTreeMap::from([(Some("a".into()), told)]);
    assert_eq!(accounts(fill(&[waiting("a", 1, "1")], &told, 1)), [""; 0]);
}

#[test]
fn what_is_of_unknown_rank_takes_turns_with_what_is_known_the_oldest_first() {
    let unknown = |account, day| Waiting {
        rank: None,
        since: date(2026, 11, day),
        ..waiting("a", 0, account)
    };
    let all = [
        unknown("1", 20),
        unknown("2", 12),
        waiting("a", 9, "3"),
        waiting("a", 8, "4"),
        waiting("a", 7, "5"),
    ];
    for (budget, expected) in [(1, "3"), (2, "32"), (3, "324"), (4, "3241"), (9, "32415")] {
        let told = fill(&all, &BTreeMap::new(), budget);
        let accounts: Vec<&str> = told.iter().map(|one| one.account.as_str()).collect();
        assert_eq!(accounts.concat(), expected);
    }
}

#[test]
fn a_tally_counts_ends_and_verdicts() {
    let with_level = |level: i64, verdict: Verdict| {
        let mut life = usage(&[opened("usage-drop"), closed("usage-drop", verdict)]);
        life.opened.level.gauge = Some(level);
        life
    };
    let mut all: Vec<Life> = [-310, -320, -330, -350]
        .map(|level| with_level(level, Verdict::Noise))
        .to_vec();
    all.push(with_level(-340, Verdict::Real));
    all.push(with_level(-335, Verdict::Known));
    let case = |life| alarms::Case {
        life,
        plans: &[],
        day: date(2026, 11, 23),
        red: Some(date(2026, 11, 30)),
        churned: None,
    };
    let found = alarms::tallies(all.iter().map(case));
    let (_, tally) = &found[0];
    assert_eq!((tally.fired, tally.real, tally.known, tally.noise), (6, 1, 1, 4));
    assert_eq!((tally.precision(), tally.interval()), (Some(17), None));
    assert_eq!(alarms::median(&tally.to_red), Some(7));
    let noise = vec![with_level(-310, Verdict::Noise); 12];
    let found = alarms::tallies(noise.iter().map(case));
    assert!(found[0].1.is_better_mute());
}

#[test]
fn what_was_withdrawn_is_neither_open_nor_recovered_nor_lost_and_opens_anew() {
    let acts = [
        opened("usage-drop"),
        snoozed("usage-drop"),
        withdrawn("usage-drop"),
    ];
    let life = usage(&acts);
    assert_eq!(life.stage(&[]), Stage::Withdrawn);
    let case = alarms::Case {
        life: &life,
        plans: &[],
        day: date(2026, 11, 23),
        red: None,
        churned: Some(date(2026, 11, 30)),
    };
    let (_, tally) = alarms::tallies([case]).remove(0);
    assert_eq!((tally.fired, tally.withdrawn), (1, 1));
    assert_eq!(
        (tally.open, tally.recovered, tally.lost, tally.real),
        (0, 0, 0, 0)
    );
    let again = lives(&[&acts[..], &[opened("usage-drop")]].concat());
    assert_eq!(again.all().count(), 2);
    let current = again.current("usage-drop").unwrap();
    assert!(current.is_open() && current.snooze().is_none());
    // A verdict stays what it was, and its silence ends with the signal.
    let judged = [
        opened("usage-drop"),
        closed("usage-drop", Verdict::Noise),
        withdrawn("usage-drop"),
    ];
    assert_eq!(usage(&judged).stage(&[]), Stage::Accepted);
    assert!(lives(&judged).current("usage-drop").is_none());
}

#[test]
fn a_chance_or_a_defect_on_an_account_that_left_is_not_real_by_that() {
    let lost = |kind| {
        let What::Opened(opened) = opened("usage-drop") else {
            unreachable!()
        };
        let gone = What::Cleared {
            signal: "usage-drop".to_owned(),
            lost: true,
            gone: false,
        };
        let life = usage(&[What::Opened(Opened { kind, ..opened }), gone]);
        let case = alarms::Case {
            life: &life,
            plans: &[],
            day: date(2026, 11, 23),
            red: None,
            churned: Some(date(2026, 11, 30)),
        };
        let (_, tally) = alarms::tallies([case]).remove(0);
        (tally.lost, tally.real)
    };
    assert_eq!(lost(WarningKind::Risk), (1, 1));
    assert_eq!(lost(WarningKind::Opportunity), (1, 0));
    assert_eq!(lost(WarningKind::Defect), (1, 0));
}

fn any_what() -> impl Strategy<Value = What> {
    (0..2_usize, 0..9_usize).prop_map(|(signal, what)| {
        let signal = SIGNALS[signal];
        match what {
            0 => opened(signal),
            1 => cleared(signal),
            2 => acknowledged(signal),
            3 => snoozed(signal),
            4 => woke(signal),
            5 => closed(signal, Verdict::Noise),
            6 => taken_back(signal),
            7 => withdrawn(signal),
            _ => What::Roused {
                signal: signal.to_owned(),
            },
        }
    })
}

proptest! {
    #[test]
    fn of_a_signal_never_two_are_open_and_its_states_rise_in_time(whats in prop::collection::vec(any_what(), 0..40)) {
        let lives = lives(&whats);
        for signal in SIGNALS {
            let of_signal: Vec<&Life> = lives.all().filter(|life| life.opened.signal == signal).collect();
            prop_assert!(of_signal.iter().filter(|life| life.is_open()).count() <= 1);
            for life in of_signal {
                let stages = life.stages(&[]);
                prop_assert!(stages.is_sorted_by_key(|(_, at)| *at), "{stages:?}");
                prop_assert!(life.snooze().is_none() || life.closing().is_none());
            }
        }
    }

    #[test]
    fn one_signal_knows_nothing_of_the_others(whats in prop::collection::vec(any_what(), 0..40)) {
        let all = lives(&whats);
        for signal in SIGNALS {
            let mut alone = Lives::default();
            for (hour, what) in whats.iter().enumerate().filter(|(_, what)| what.signal() == signal) {
                alone.take(what, "dana", at(hour as i64));
            }
            prop_assert_eq!(alone.current(signal), all.current(signal));
        }
    }
}

#[test]
fn a_warning_that_was_only_snoozed_is_snoozed_and_not_acknowledged() {
    let asleep = [opened("usage-drop"), snoozed("usage-drop")];
    assert_eq!(usage(&asleep).stage(&[]), Stage::Snoozed);
    assert!(!usage(&asleep).was_acted_on(&[]), "to wait is not to act");
    let woken = [&asleep[..], &[woke("usage-drop")]].concat();
    assert_eq!(usage(&woken).stage(&[]), Stage::Open);
    let mine = [&asleep[..], &[acknowledged("usage-drop")]].concat();
    assert_eq!(usage(&mine).stage(&[]), Stage::Acknowledged);
    assert!(usage(&mine).was_acted_on(&[]));
}
