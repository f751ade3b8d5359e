#![allow(clippy::unwrap_used)]

mod held;

use jiff::civil::{Date, DateTime, date};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::domain::desk::{DueItem, DueKind, HandoffCard, HandoffState};
use crate::domain::money::Currency;
use crate::domain::record::{Owner, RecordId};
use crate::domain::summary::{Band, CHURNED, Summary};

pub(super) fn owner(id: &str, name: &str) -> Owner {
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    Owner {
        user: None,
        id: RecordId::from(id),
        email: format!("{first}@x"),
        name: name.to_owned(),
        active: true,
        queue: false,
        teams: Vec::new(),
    }
}

/// An amber account of Mara's with $1,000 at stake, whose notice is far away.
pub(in crate::domain) fn line(id: &str) -> Summary {
    Summary {
        id: id.into(),
        name: format!("Account {id}"),
        domain: None,
        former_names: Vec::new(),
        arr: Some(1_000_000),
        arr_at_least: false,
        score: Some(55),
        band: Band::Amber,
        last_band: None,
        coverage: 100,
        delta: None,
        trend: [255; 8],
        measured: Vec::new(),
        notice_by: Some(date(2027, 11, 1)),
        ends: Some(date(2027, 12, 1)),
        monthly: false,
        segment: Some("SMB".to_owned()),
        stage: None,
        csm: Some("1".into()),
        csm_name: Some("Mara Lindt".to_owned()),
        last_touch: None,
        at_stake: Some(100_000),
        open_warnings: 0,
        worst: 0,
    }
}

fn now() -> DateTime {
    date(2026, 11, 23).at(9, 0, 0, 0)
}

fn utc(local: DateTime) -> Timestamp {
    local.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}

/// Since Friday at nine; now it is Monday.
fn frame() -> Frame {
    let since_local = date(2026, 11, 20).at(9, 0, 0, 0);
    Frame {
        since: utc(since_local),
        since_local,
        now: now(),
        me: "Mara Lindt".to_owned(),
    }
}

fn facts(line: &Summary) -> Facts<'_> {
    Facts {
        line,
        turn: None,
        warnings: Vec::new(),
        due: &[],
        handoffs: Vec::new(),
        goals: Vec::new(),
        moved: None,
        left: None,
        promises: Vec::new(),
    }
}

fn change(what: What) -> Change {
    Change {
        what,
        words: format!("{what:?}"),
        at: None,
    }
}

fn due(day: Date, owner: Option<&str>) -> DueItem {
    DueItem {
        kind: DueKind::Step,
        record: "t".into(),
        title: "Call the sponsor".to_owned(),
        account: Some("a".into()),
        account_name: String::new(),
        due: Some(day),
        at: None,
        body: String::new(),
        owner: owner.map(str::to_owned),
        pending: None,
        step: None,
        of_handoff: None,
        task: None,
    }
}

fn words(item: Option<Item>) -> Vec<String> {
    let changes = item.into_iter().flat_map(|item| item.changes);
    changes.map(|change| change.words).collect()
}

#[test]
fn what_became_late_since_then_is_told_and_what_was_late_before_is_not() {
    let line = line("a");
    let told = |day: Date, owner| {
        let due = [due(day, owner)];
        words(Item::of(
            Facts {
                due: &due,
                ..facts(&line)
            },
            &frame(),
        ))
    };
    // Due on Friday it is late from Saturday on.
    assert_eq!(
        told(date(2026, 11, 20), None),
        ["late 3 d: Call the sponsor (Mara Lindt)"]
    );
    assert_eq!(
        told(date(2026, 11, 22), Some("Tom Abara")),
        ["late 1 d: Call the sponsor (Tom Abara)"]
    );
    assert_eq!(told(date(2026, 11, 19), None), [""; 0], "late on Friday already");
    assert_eq!(told(date(2026, 11, 23), None), [""; 0], "due today");
}

#[test]
fn a_returned_handoff_is_told_once_with_who_asks_what() {
    let line = line("a");
    let told = |when: DateTime, state| {
        let card = HandoffCard {
            handoff: "H-1".to_owned(),
            account: "a".into(),
            account_name: String::new(),
            from_role: "onboarding".to_owned(),
            to_role: "csm".to_owned(),
            from: None,
            to: None,
            state,
            for_me: false,
            for_whom: None,
            text: "Which seats?\nAnd when?".to_owned(),
            subject: None,
            fields: None,
            when: utc(when),
            answer_by: None,
            answer_at: None,
            last: 2,
            gate: None,
            told: Vec::new(),
            events: Vec::new(),
        };
        let handoffs = vec![&card];
        words(Item::of(
            Facts {
                handoffs,
                ..facts(&line)
            },
            &frame(),
        ))
    };
    let (before, since) = (
        date(2026, 11, 19).at(9, 0, 0, 0),
        date(2026, 11, 21).at(9, 0, 0, 0),
    );
    assert_eq!(
        told(since, HandoffState::Returned),
        ["handoff onboarding → CSM returned: Which seats?"]
    );
    assert_eq!(told(before, HandoffState::Returned), [""; 0]);
    assert_eq!(told(since, HandoffState::Answered), [""; 0]);
}

#[test]
fn an_account_without_a_change_is_not_on_the_agenda_and_one_that_left_says_only_that() {
    let quiet = line("a");
    assert_eq!(Item::of(facts(&quiet), &frame()), None);
    let mut gone = line("b");
    gone.worst = CHURNED;
    let warned = Facts {
        warnings: vec![change(What::WarningNew)],
        ..facts(&gone)
    };
    assert_eq!(Item::of(warned, &frame()), None, "it left long ago");
    let left = Facts {
        warnings: vec![change(What::WarningNew)],
        left: Some(Left {
            on: Some(date(2026, 11, 21)),
        }),
        ..facts(&gone)
    };
    let told = Item::of(left, &frame());
    assert_eq!(words(told.clone()), ["the customer left on Sat 21 Nov"]);
    let head = told.unwrap().head(Currency::USD, now().date());
    assert_eq!(head, "has left · Mara Lindt");
}

fn item(line: &Summary, what: &[What]) -> Item {
    let warnings = what.iter().map(|what| change(*what)).collect();
    Item::of(
        Facts {
            warnings,
            ..facts(line)
        },
        &frame(),
    )
    .unwrap()
}

fn scope() -> Scope {
    let me = owner("1", "Mara Lindt");
    let (roster, segments) = Default::default();
    Scope::mine(&Place {
        me: &me,
        owners: std::slice::from_ref(&me),
        roster: &roster,
        segments: &segments,
        today: now().date(),
    })
}

fn agenda(items: Vec<Item>) -> Agenda {
    Agenda {
        scope: scope(),
        since: frame().since,
        first: false,
        accounts: 52,
        items,
        beside: Vec::new(),
    }
}

#[test]
fn accounts_come_as_the_queue_ranks_them_or_by_who_looks_after_them() {
    let of = |id: &str, at_stake: Option<i64>, csm: Option<&str>| {
        let mut line = line(id);
        line.at_stake = at_stake;
        line.csm_name = csm.map(str::to_owned);
        item(&line, &[What::WarningNew])
    };
    let items = vec![
        of("d", Some(0), Some("Ann")),
        of("b", Some(900), None),
        of("c", None, Some("Zoe")),
        of("e", Some(500), Some("Zoe")),
        of("a", Some(500), Some("Zoe")),
    ];
    let order = |order| {
        let mut agenda = agenda(items.clone());
        agenda.sort(order, now().date());
        let mut reversed = Agenda {
            items: items.iter().rev().cloned().collect(),
            ..agenda.clone()
        };
        reversed.sort(order, now().date());
        assert_eq!(agenda, reversed, "whatever the order they came in");
        agenda
            .items
            .iter()
            .map(|item| item.line.id.as_str())
            .collect::<String>()
    };
    assert_eq!(order(Order::Worst), "baecd");
    assert_eq!(order(Order::Owner), "daecb");
}

#[test]
fn an_account_is_worse_if_anything_is_and_better_only_if_nothing_is() {
    let of = |what: &[What]| item(&line("a"), what);
    let mut all = agenda(vec![
        of(&[What::WarningRecovered, What::WarningNew]),
        of(&[What::WarningRecovered, What::WarningClosed]),
        of(&[What::Renewal]),
    ]);
    all.items[2].promises = vec![promise(Standing::NoRecord), promise(Standing::Kept { by: None })];
    let tally = all.tally();
    assert_eq!((tally.worse, tally.better), (1, 1));
    assert_eq!(tally.promises().as_deref(), Some("promises: 1 kept, 1 no record"));
}

fn promise(standing: Standing) -> Promise {
    Promise {
        standup: "S-0".to_owned(),
        decision: "d0".to_owned(),
        account: "a".into(),
        name: "Account a".to_owned(),
        who: Some("Tom Abara".to_owned()),
        what: "call the sponsor".to_owned(),
        by: Some(date(2026, 11, 20)),
        standing,
    }
}
