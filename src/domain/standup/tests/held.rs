//! Standups that are held: cut off, gone on with, ended, and what the next one makes of them.

use super::*;

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
    let bound = Bound {
        standup: "S-1".to_owned(),
        decision: "d1".to_owned(),
        task: "t9".into(),
    };
    story
        .discussed("a", 0, 1)
        .decided("a", "d1", Some(date(2026, 11, 24)), 1)
        .settled("S-0", "d0", Some("S-1"), 2)
        .add(Some("a"), Happened::TakenBack(back), 3)
        .ended("S-1", 4)
        .add(Some("a"), Happened::Bound(bound), 5);
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

#[test]
fn a_standup_that_nobody_ended_is_left_behind_once_another_one_was_held() {
    let mut story = Story::new("S-1");
    let later = Story::new("S-2").0.remove(0);
    let Happened::Begun(begun) = later.0.what else {
        panic!("no beginning")
    };
    story.add(None, Happened::Begun(begun), 30);
    assert_eq!(
        open(&story.fold(), "book:1").map(|open| open.id.clone()),
        Some("S-2".to_owned())
    );
    story.ended("S-2", 40);
    assert_eq!(open(&story.fold(), "book:1"), None);
}
