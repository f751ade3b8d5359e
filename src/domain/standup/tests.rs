#![allow(clippy::unwrap_used)]

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
pub(super) fn line(id: &str) -> Summary {
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

/// A standup of three accounts that began at nine, and its events so many minutes later.
struct Story(Vec<(StandupEvent, Timestamp)>);

impl Story {
    fn new(id: &str) -> Self {
        let mut first = item(&line("a"), &[What::WarningNew]);
        first.promises = vec![promise(Standing::NoRecord)];
        let items = vec![
            first,
            item(&line("b"), &[What::BandWorse]),
            item(&line("c"), &[What::Renewal]),
        ];
        let mut story = Self(Vec::new());
        let begun = agenda(items).begun((id, "Mara Lindt"), 15, &frame(), Currency::USD);
        story.add(None, Happened::Begun(Box::new(begun)), 0);
        story
    }

    fn add(&mut self, account: Option<&str>, what: Happened, minute: i64) -> &mut Self {
        let account = account.map(RecordId::from);
        let at = utc(now()) + SignedDuration::from_mins(minute);
        self.0.push((StandupEvent { account, what }, at));
        self
    }

    fn discussed(&mut self, account: &str, from: i64, until: i64) -> &mut Self {
        let discussed = Discussed {
            standup: "S-1".to_owned(),
            from: utc(now()) + SignedDuration::from_mins(from),
            first_decision: None,
        };
        self.add(Some(account), Happened::Discussed(discussed), until)
    }

    fn decided(&mut self, account: &str, id: &str, by: Option<Date>, minute: i64) -> &mut Self {
        let decided = Decided {
            standup: "S-1".to_owned(),
            decision: id.to_owned(),
            name: format!("Account {account}"),
            kind: Kind::Assigned,
            who: Some("Priya Nair".to_owned()),
            words: "book the *review*".to_owned(),
            by,
            act: None,
        };
        self.add(Some(account), Happened::Decided(decided), minute)
    }

    fn settled(&mut self, standup: &str, decision: &str, during: Option<&str>, minute: i64) -> &mut Self {
        let settled = Settled {
            standup: standup.to_owned(),
            decision: decision.to_owned(),
            kept: false,
            why: "she was ill".to_owned(),
            during: during.map(str::to_owned),
        };
        self.add(Some("a"), Happened::Settled(settled), minute)
    }

    fn ended(&mut self, id: &str, minute: i64) -> &mut Self {
        let ended = Ended {
            standup: id.to_owned(),
            local: now() + SignedDuration::from_mins(minute),
            not_discussed: Vec::new(),
        };
        self.add(None, Happened::Ended(ended), minute)
    }

    fn fold(&self) -> Vec<Held> {
        fold(self.0.iter().map(|(event, at)| (event, "mara@x", *at)))
    }
}

fn name(email: &str) -> String {
    match email {
        "mara@x" => "Mara Lindt".to_owned(),
        other => other.to_owned(),
    }
}

#[test]
fn a_standup_that_was_cut_off_goes_on_where_it_was_and_the_time_between_does_not_count() {
    let mut story = Story::new("S-1");
    story.discussed("a", 0, 4).decided("b", "d1", None, 5);
    let held = story.fold();
    let open = open(&held, "book:1").unwrap();
    assert_eq!(open.goes_on_at(), Some(1), "nobody left the second one");
    assert_eq!(open.spent(), SignedDuration::from_mins(4));
    assert_eq!(last(&held, "book:1"), None);
    story
        .discussed("b", 60, 62)
        .discussed("c", 62, 63)
        .ended("S-1", 64);
    let held = story.fold();
    assert_eq!(super::open(&held, "book:1"), None);
    assert_eq!(super::open(&held, "team:41"), None);
    let last = last(&held, "book:1").unwrap();
    assert_eq!(last.spent(), SignedDuration::from_mins(7));
    assert_eq!(last.goes_on_at(), None);
    assert_eq!(super::last(&held, "team:41"), None, "another scope is another");
}

#[test]
fn what_comes_after_the_end_is_void_but_what_is_said_of_a_promise_and_what_is_taken_back() {
    let mut story = Story::new("S-1");
    story
        .decided("a", "d1", None, 1)
        .decided("a", "d2", None, 1)
        .ended("S-1", 9)
        .decided("a", "d3", None, 10)
        .discussed("c", 10, 11)
        .settled("S-1", "d1", None, 12);
    let back = TakenBack {
        standup: "S-1".to_owned(),
        decision: "d2".to_owned(),
    };
    story.add(Some("a"), Happened::TakenBack(back), 13);
    let held = story.fold();
    let decisions = &held[0].decisions;
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].id, "d1");
    assert!(decisions[0].said.as_ref().is_some_and(|said| !said.kept));
    assert_eq!(held[0].visits.len(), 0);
}

#[test]
fn a_promise_is_kept_by_its_task_or_by_a_persons_word_and_else_there_is_no_record() {
    let mut story = Story::new("S-1");
    story.decided("a", "d1", Some(date(2026, 11, 24)), 1);
    let held = story.fold();
    let decision = &held[0].decisions[0];
    let standing = |task, day| Standing::of(decision, task, date(2026, 11, day), name).word();
    assert_eq!(standing(None, 24), "still ahead");
    assert_eq!(standing(None, 25), "no record");
    assert_eq!(standing(Some(Task::Open), 25), "no record");
    assert_eq!(standing(Some(Task::Missing), 25), "no record");
    assert_eq!(standing(Some(Task::Done), 24), "kept");
    story.settled("S-1", "d1", None, 2);
    let held = story.fold();
    let said = Standing::of(&held[0].decisions[0], Some(Task::Done), date(2026, 11, 25), name);
    assert_eq!(
        said.words(),
        "not kept: she was ill (Mara Lindt)",
        "a person's word counts"
    );
}

#[test]
fn the_next_standup_looks_back_at_the_last_one_and_at_what_was_still_ahead_before() {
    let mut story = Story::new("S-1");
    story
        .decided("a", "past", Some(date(2026, 11, 22)), 1)
        .decided("b", "ahead", Some(date(2026, 11, 30)), 1)
        .decided("c", "undated", None, 1)
        .ended("S-1", 9);
    let ids = |held: &[Held]| -> Vec<String> {
        let found = to_check(held, "book:1", |held| held.begun.local.date());
        found
            .into_iter()
            .map(|(_, decision)| decision.id.clone())
            .collect()
    };
    assert_eq!(ids(&story.fold()), ["past", "ahead", "undated"]);
    let mut next = Story::new("S-2");
    next.ended("S-2", 9);
    story.0.extend(
        next.0
            .into_iter()
            .map(|(event, at)| (event, at + SignedDuration::from_hours(24))),
    );
    assert_eq!(ids(&story.fold()), ["ahead"]);
    story.settled("S-1", "ahead", None, 60);
    assert_eq!(
        ids(&story.fold()),
        [""; 0],
        "it was said before the last one began"
    );
    assert_eq!(
        to_check(&story.fold(), "team:41", |held| held.begun.local.date()).len(),
        0
    );
}

#[test]
fn events_are_read_as_they_were_stored() {
    let mut story = Story::new("S-1");
    let back = TakenBack {
        standup: "S-1".to_owned(),
        decision: "d1".to_owned(),
    };
    story
        .discussed("a", 0, 1)
        .decided("a", "d1", Some(date(2026, 11, 24)), 1)
        .settled("S-0", "d0", Some("S-1"), 2)
        .add(Some("a"), Happened::TakenBack(back), 3)
        .ended("S-1", 4);
    let mut kinds = Vec::new();
    for (event, _) in &story.0 {
        let (kind, payload) = event.stored();
        let read = StandupEvent::read(event.account.as_ref(), &kind, &payload);
        assert_eq!(read.as_ref(), Some(event));
        kinds.push(kind);
    }
    kinds.sort_unstable();
    let mut known = KINDS.to_vec();
    known.sort_unstable();
    assert_eq!(kinds, known);
}

#[test]
fn minutes_are_made_of_the_events_alone() {
    let mut story = Story::new("S-1");
    story
        .settled("S-0", "d0", Some("S-1"), 1)
        .decided("a", "d1", Some(date(2026, 11, 24)), 2)
        .discussed("a", 0, 3)
        .discussed("b", 3, 5)
        .ended("S-1", 6);
    let held = story.fold();
    let told = minutes(&held[0], &name);
    assert_eq!(
        told,
        "\
# Standup: book of Mara Lindt

Mon 23 Nov 2026 09:00 to 09:06, held by Mara Lindt
Changes since Fri 20 Nov 2026 09:00, the last standup.
3 of 52 accounts on the agenda · 2 discussed · 1 not · first decision after 2 min · 5 min talked of 15 min

## Discussed

### Account a

◆ 55 · $1k at stake · notice in 343 d · Mara Lindt

- WarningNew

Promised last time:

- Tom Abara: call the sponsor, by Fri 20 Nov: not kept: she was ill (Mara Lindt)

Decided:

- Priya Nair: book the \\*review\\*, by Tue 24 Nov

### Account b

◆ 55 · $1k at stake · notice in 343 d · Mara Lindt

- BandWorse

Nothing was decided.

## Not discussed

- Account c: Renewal
"
    );
    let note = note_of(&held[0], &"a".into(), &name).unwrap();
    assert!(note.contains("book the *review*, by Tue 24 Nov"), "{note}");
    assert!(
        !note.contains("Account b"),
        "each account's note is about it alone: {note}"
    );
    assert_eq!(note_of(&held[0], &"c".into(), &name), None);
}
