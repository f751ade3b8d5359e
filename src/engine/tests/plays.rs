//! Runs of playbooks, bound to their tasks both ways, and what is due once.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::all;
use super::book::{Book, NOW, at, record, waning};
use crate::domain::account_view::AccountView;
use crate::domain::acts::{Occasion, Somebody};
use crate::domain::desk::{DueItem, DueKind};
use crate::domain::expression::Condition;
use crate::domain::money::Currency;
use crate::domain::outbox::{EntryId, Receipt, State, Step, Target, WritePermit};
use crate::domain::playbook::{
    self, Branch, Deed, Ground, Outcome, PlayEvent, Playbook, Run, StepState, Team, What,
};
use crate::domain::record::{Core, Kind};
use crate::domain::role::Role;
use crate::domain::team::Roster;
use crate::engine::{account_view, plays};
use crate::store::NewEvent;

pub(super) fn on(act: &str) -> Occasion {
    Occasion {
        me: Somebody {
            id: "o1".into(),
            name: "Dana Reyes".to_owned(),
        },
        now: at(NOW),
        zone: TimeZone::UTC,
        calendars: Arc::default(),
        grace: SignedDuration::from_secs(10),
        act: act.to_owned(),
    }
}

fn view(book: &mut Book) -> AccountView {
    all(book, NOW);
    let found = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    found.unwrap().unwrap()
}

pub(super) fn run(book: &mut Book) -> Run {
    view(book).plays.remove(0)
}

pub(super) fn due(book: &mut Book) -> Vec<DueItem> {
    all(book, NOW);
    book.cache.desk().unwrap().unwrap().due
}

pub(super) fn commit(book: &mut Book, deed: &Deed) -> Vec<EntryId> {
    let permit = WritePermit::unless(None).unwrap();
    let entries = plays::commit(&mut book.ledger, permit, deed, &[], at(NOW)).unwrap();
    let entries = entries.unwrap();
    entries.into_iter().map(|entry| entry.id).collect()
}

/// An account on which the shipped playbook for waning interest runs.
pub(super) fn started() -> (Book, Vec<EntryId>) {
    started_with(&|_| ())
}

/// The same with another form of the playbook.
fn started_with(change: &dyn Fn(&mut Playbook)) -> (Book, Vec<EntryId>) {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let mut playbooks = book.setup.playbooks.iter_mut();
    change(playbooks.find(|one| one.id == "waning-interest").unwrap());
    let entries = begin(&mut book);
    (book, entries)
}

/// The playbook for waning interest, as it is by now, starts on the first account.
pub(super) fn begin(book: &mut Book) -> Vec<EntryId> {
    let view = view(book);
    let mut playbooks = book.setup.playbooks.iter();
    let playbook = playbooks.find(|one| one.id == "waning-interest").unwrap();
    let team = Team {
        owners: &[],
        role: Role::Csm,
        roster: &Roster::default(),
        currency: Currency::USD,
    };
    let deed = playbook::start(&on("a1"), playbook, &view, team, None).unwrap();
    commit(book, &deed)
}

#[test]
fn what_runs_on_an_account_runs_on_the_one_that_it_is_merged_into() {
    let (mut book, _) = started();
    let bound = PlayEvent {
        account: "1".into(),
        what: What::Bound {
            run: "theirs".to_owned(),
            step: "call".to_owned(),
            task: "t9".into(),
            of: None,
            playbook: None,
            signal: None,
        },
    };
    let (kind, payload) = bound.stored();
    let noted = NewEvent {
        account: Some("1".into()),
        kind,
        effective_at: at(NOW),
        payload,
    };
    book.ledger.append(&[noted], at(NOW)).unwrap();
    book.healthy("2", "Juniper Freight Group");
    book.ledger
        .alias(Kind::Account, &"1".into(), &"2".into(), at(NOW))
        .unwrap();
    all(&mut book, NOW);
    let found = account_view(&book.cache, &book.ledger, &book.setup, &"2".into(), at(NOW));
    let found = found.unwrap().unwrap();
    assert_eq!(found.plays.len(), 1);
    assert_eq!(
        (found.plays[0].account.as_str(), found.plays[0].is_open()),
        ("2", true)
    );
    assert_eq!(found.colleagues.len(), 1);
}

/// The CRM has the task that an entry makes, done or not.
fn arrived(book: &mut Book, entry: EntryId, id: &str, done: &str) {
    let fields = [
        (Core::Subject, "Call the champion"),
        (Core::Owner, "o1"),
        (Core::Due, "2026-11-26T17:00:00Z"),
        (Core::Done, done),
    ];
    book.put(&record(Kind::Task, id, &fields), Some("1"));
    let receipt = Receipt {
        record: id.into(),
        link: None,
        replaced: Vec::new(),
        there: false,
    };
    for step in [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        Step::Sent(receipt),
    ] {
        book.ledger.step(entry, &step, at(NOW)).unwrap().unwrap();
    }
}

/// What doing a step does.
pub(super) fn done(book: &mut Book, act: &str, step: &str, text: Option<&str>) -> Deed {
    let (view, people) = (&view(book), &[][..]);
    let run = view.plays.first().unwrap();
    playbook::complete(&on(act), run, Ground { view, people }, step, text).unwrap()
}

fn state(book: &mut Book, step: &str) -> StepState {
    run(book).step(step).unwrap().state.clone()
}

#[test]
fn a_run_shows_with_its_progress_and_each_of_its_steps_is_due_once() {
    let (mut book, entries) = started();
    let begun = run(&mut book);
    assert_eq!(
        (begun.progress(), begun.current().unwrap().step.id.as_str()),
        ((0, 5), "pull-usage")
    );
    assert_eq!(begun.exit_reached, Some(false));
    // Two tasks wait in the outbox; the two first steps have none, and what comes after them is not due yet.
    assert_eq!(entries.len(), 2);
    assert_eq!(begun.step("call").unwrap().task, Some(Target::Entry(entries[0])));
    let shown = |due: Vec<DueItem>| -> Vec<(DueKind, String, Option<State>)> {
        due.into_iter()
            .map(|item| (item.kind, item.step.unwrap().step, item.pending))
            .collect()
    };
    let pending = Some(State::Queued);
    let expected = [
        (DueKind::Step, "ask-support".to_owned(), None),
        (DueKind::Step, "pull-usage".to_owned(), None),
        (DueKind::Step, "call".to_owned(), pending),
        (DueKind::Step, "plan".to_owned(), pending),
    ];
    assert_eq!(shown(due(&mut book)), expected);
    // What waits for others is told apart from what can be done.
    let waits = |item: &DueItem| item.step.as_ref().unwrap().within.as_ref().unwrap().words();
    let waits: Vec<String> = due(&mut book).iter().map(waits).collect();
    assert_eq!(waits[0], "Waning interest, step 2 of 5, 0 closed");
    assert!(
        waits[2].starts_with("Waning interest, step 3 of 5, waits for "),
        "{waits:?}"
    );
    assert_eq!(
        due(&mut book).iter().map(DueItem::waits).collect::<Vec<_>>(),
        [false, false, true, true]
    );
    assert_eq!(shown(view(&mut book).next), expected);
    arrived(&mut book, entries[0], "t1", "false");
    let due = due(&mut book);
    let call: Vec<&DueItem> = due.iter().filter(|item| item.record == "t1".into()).collect();
    assert_eq!((due.len(), call.len(), call[0].kind), (4, 1, DueKind::Step));
}

#[test]
fn late_steps_come_first_and_are_counted_without_anybody_asking() {
    let (mut book, entries) = started();
    arrived(&mut book, entries[0], "t1", "false");
    let task = record(
        Kind::Task,
        "t9",
        &[
            (Core::Subject, "Send the deck"),
            (Core::Owner, "o1"),
            (Core::Due, "2026-12-24T17:00:00Z"),
            (Core::Done, "false"),
        ],
    );
    book.put(&task, Some("1"));
    let on = |book: &mut Book, day: &str| {
        all(book, day);
        let desk = book.cache.desk().unwrap().unwrap();
        let steps = desk.due.iter().take_while(|item| item.kind == DueKind::Step);
        (desk.day.late, steps.count(), desk.due.len())
    };
    assert_eq!(on(&mut book, NOW), (0, 4, 5));
    // A month later nobody has touched it: the turn of the day is enough.
    assert_eq!(on(&mut book, "2026-12-23T09:00:00Z"), (4, 4, 5));
}

#[test]
fn a_task_that_a_person_completes_in_the_crm_completes_its_step_once_and_reopens_it() {
    let (mut book, entries) = started();
    arrived(&mut book, entries[0], "t1", "false");
    assert_eq!(state(&mut book, "call"), StepState::Open);
    let complete = |book: &mut Book, done: &str| {
        book.put(
            &record(Kind::Task, "t1", &[(Core::Owner, "o1"), (Core::Done, done)]),
            Some("1"),
        );
        all(book, NOW);
        all(book, NOW);
    };
    complete(&mut book, "true");
    assert_eq!(state(&mut book, "call"), StepState::Done);
    let seen = book
        .ledger
        .events(Some(&"1".into()), &["step-task-seen"])
        .unwrap();
    assert_eq!(seen.len(), 1, "noted once, however often one looks");
    complete(&mut book, "false");
    assert_eq!(state(&mut book, "call"), StepState::Open);
}

#[test]
fn a_step_that_is_done_here_completes_its_task_and_nothing_is_concluded_while_that_is_under_way() {
    let (mut book, entries) = started();
    arrived(&mut book, entries[0], "t1", "false");
    for step in ["pull-usage", "ask-support"] {
        let deed = done(&mut book, step, step, None);
        commit(&mut book, &deed);
    }
    let deed = done(&mut book, "c", "call", Some("They stay."));
    let written = commit(&mut book, &deed);
    let update = book.ledger.entry(written[1]).unwrap().unwrap();
    assert_eq!(update.new.write.target(), Some(&Target::Record("t1".into())));
    assert_eq!(state(&mut book, "call"), StepState::Done);
    assert!(due(&mut book).iter().all(|item| item.record != "t1".into()));
    // The CRM still says open; our write is on its way.
    assert_eq!(book.ledger.events(None, &["step-task-seen"]).unwrap(), []);
    let undone = playbook::reopen(&on("u"), &run(&mut book), "Juniper", "call").unwrap();
    commit(&mut book, &undone);
    assert_eq!(state(&mut book, "call"), StepState::Open);
}

#[test]
fn a_step_that_is_given_to_another_and_has_no_task_stays_with_whoever_started_it() {
    let (mut book, entries) = started();
    arrived(&mut book, entries[0], "t1", "false");
    let tom = Somebody {
        id: "o2".into(),
        name: "Tom Abara".to_owned(),
    };
    let given = playbook::reassign(&on("r"), &run(&mut book), "Juniper", "pull-usage", &tom).unwrap();
    assert!(given.entries.is_empty(), "it has no task that could be given");
    commit(&mut book, &given);
    let due = due(&mut book);
    let whose = |id: &str| {
        let is_it = |item: &&DueItem| item.step.as_ref().is_some_and(|step| step.step == id);
        due.iter().find(is_it).map(|item| item.owner.clone())
    };
    assert_eq!(whose("pull-usage"), Some(Some("Tom Abara".to_owned())));
    assert_eq!(whose("ask-support"), Some(None));
}

#[test]
fn a_start_that_is_taken_back_leaves_steps_without_tasks() {
    let (mut book, _) = started();
    book.ledger.take_back("a1", &[], at(NOW)).unwrap().unwrap();
    let run = run(&mut book);
    assert!(run.steps.iter().all(|step| step.task.is_none()));
    assert_eq!(run.progress(), (0, 5));
}

#[test]
fn a_look_decides_the_branches_whose_turn_has_come_and_how_a_run_ended_once() {
    let (mut book, _) = started_with(&|playbook| {
        playbook
            .steps
            .retain(|step| ["pull-usage", "ask-support"].contains(&step.id.as_str()));
        playbook.steps[1].when = Condition::try_from("count('contacts') > 9".to_owned()).ok();
        playbook.steps[1].after = vec!["pull-usage".to_owned()];
    });
    assert_eq!(run(&mut book).step("ask-support").unwrap().branch, None);
    let deed = done(&mut book, "look", "pull-usage", None);
    commit(&mut book, &deed);
    let ended = run(&mut book);
    assert_eq!(ended.step("ask-support").unwrap().branch, Some(Branch::LeftOut));
    assert_eq!(ended.ended.map(|(_, outcome)| outcome), Some(Outcome::NotReached));
    all(&mut book, NOW);
    let noted = |kind: &str| book.ledger.events(Some(&"1".into()), &[kind]).unwrap().len();
    assert_eq!((noted("step-branched"), noted("play-ended")), (1, 1));
}

#[test]
fn no_step_of_a_paused_run_is_due_and_its_task_in_the_crm_neither() {
    let (mut book, entries) = started();
    arrived(&mut book, entries[0], "t1", "false");
    assert_eq!(due(&mut book).len(), 4);
    assert_eq!(
        run(&mut book)
            .step("call")
            .unwrap()
            .facts
            .as_ref()
            .unwrap()
            .owner
            .as_deref(),
        Some("o1")
    );
    let paused = playbook::pause(&run(&mut book), "their freeze").unwrap();
    commit(&mut book, &paused);
    assert_eq!(due(&mut book), []);
    assert_eq!(view(&mut book).next, []);
    let on = playbook::resume(&on("r"), &run(&mut book), "Juniper Freight").unwrap();
    commit(&mut book, &on);
    assert_eq!(due(&mut book).len(), 4);
}

#[test]
fn a_colleagues_task_is_bound_when_it_is_seen_and_by_its_id_from_then_on() {
    let (mut book, entries) = started();
    arrived(&mut book, entries[0], "t1", "false");
    let put = |book: &mut Book, body: &str, done: &str| {
        let fields = [
            (Core::Subject, "Call"),
            (Core::Owner, "o2"),
            (Core::Body, body),
            (Core::Done, done),
        ];
        book.put(&record(Kind::Task, "t9", &fields), Some("1"));
    };
    let body = "<p>Ask.</p><p>retain: play P-9 step call, task 1 of 2, waning-interest for usage-drop</p>";
    put(&mut book, body, "false");
    let entries_before = book.ledger.outbox_open().unwrap().len();
    let theirs = view(&mut book).colleagues.remove(0);
    assert_eq!(
        (theirs.id.as_str(), theirs.playbook.as_deref()),
        ("P-9", Some("waning-interest"))
    );
    assert!(theirs.is_open() && theirs.unlinked() == Some(1));
    all(&mut book, NOW);
    let noted = book.ledger.events(None, &["step-task-bound"]).unwrap();
    assert_eq!(noted.len(), 1, "once, and none of our own tasks");
    assert_eq!(
        book.ledger.outbox_open().unwrap().len(),
        entries_before,
        "nothing is written because of a text"
    );
    // Its line is deleted, or says something else: it stays what it is.
    put(&mut book, "<p>retain: play P-5 step other</p>", "true");
    let theirs = view(&mut book).colleagues;
    assert_eq!(
        (theirs.len(), theirs[0].id.as_str(), theirs[0].is_open()),
        (1, "P-9", false)
    );
}

#[test]
fn a_task_whose_text_names_one_of_our_runs_is_not_taken_for_its_step() {
    let (mut book, _) = started();
    let run = run(&mut book).id;
    let body = format!("<p>retain: play {run} step call</p>");
    book.put(
        &record(Kind::Task, "t9", &[(Core::Body, &body), (Core::Done, "true")]),
        Some("1"),
    );
    all(&mut book, NOW);
    assert_eq!(state(&mut book, "call"), StepState::Open);
    assert_eq!(view(&mut book).colleagues, []);
}

#[test]
fn every_shipped_playbook_can_be_started_and_no_title_of_it_breaks() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let view = view(&mut book);
    let team = Team {
        owners: &[],
        role: Role::Csm,
        roster: &Roster::default(),
        currency: Currency::USD,
    };
    for playbook in &book.setup.playbooks {
        let deed = playbook::start(&on("a1"), playbook, &view, team, None).unwrap();
        let What::Started { steps, .. } = &deed.events[0].what else {
            panic!("{deed:?}")
        };
        for step in steps {
            let texts = format!("{} {}", step.title, step.guidance);
            assert!(
                !texts.contains("{{") && !texts.contains("{%"),
                "{}: {texts}",
                playbook.id
            );
        }
        assert!(!deed.entries.is_empty(), "{} shows to nobody else", playbook.id);
    }
}

#[test]
fn whom_a_playbook_is_for_is_told_of_each_account() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let applies = |book: &mut Book, id: &str| view(book).applies[id];
    // Less use, or nobody who spoke with them for long, and nothing else is waning interest.
    assert_eq!(applies(&mut book, "waning-interest"), Some(false));
    assert_eq!(applies(&mut waning(), "waning-interest"), Some(true));
    let asks = |asks: &str| Condition::try_from(asks.to_owned()).ok();
    book.setup.playbooks[0].applies_when = asks("metric('nowhere') > 3");
    book.setup.playbooks[1].applies_when = asks("count('contacts') > 9");
    let [first, second] = [0, 1].map(|at| book.setup.playbooks[at].id.clone());
    assert_eq!(applies(&mut book, &first), None);
    assert_eq!(applies(&mut book, &second), Some(false));
}

#[test]
fn the_playbook_of_full_seats_is_for_no_account_on_which_it_would_be_over_at_once() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let mut check = |used: &str, expected: (Option<bool>, bool)| {
        book.account("1", "Juniper Freight", &[("seats_used", used)]);
        let (view, id) = (view(&mut book), "expansion-by-seats");
        assert_eq!(
            (view.applies[id], view.over.contains(id)),
            expected,
            "{used} of 50"
        );
    };
    check("40", (Some(false), true));
    check("43", (Some(true), false));
}

#[test]
fn the_task_to_answer_a_handoff_does_not_stand_beside_the_handoff() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let body = "<p>Handoff support → CSM: sent</p><p>To: Dana Reyes</p><p>He waits.</p><p>retain: handoff H-1 event 1</p>";
    book.put(&record(Kind::Note, "n", &[(Core::Body, body)]), Some("1"));
    let task = |id: &str, handoff: &str| {
        let body = format!("<p>Read it.</p><p>retain: handoff {handoff} task</p>");
        record(
            Kind::Task,
            id,
            &[(Core::Subject, id), (Core::Owner, "o1"), (Core::Body, &body)],
        )
    };
    book.put(&task("answer", "H-1"), Some("1"));
    book.put(&task("other", "H-2"), Some("1"));
    let due = due(&mut book);
    let due: Vec<(DueKind, &str)> = due.iter().map(|item| (item.kind, item.title.as_str())).collect();
    assert_eq!(
        due,
        [
            (DueKind::Handoff, "Accept or return the handoff"),
            (DueKind::Task, "other")
        ]
    );
}

#[test]
fn a_playbook_that_is_for_others_brings_nothing_back_and_one_that_would_be_over_is_told() {
    let mut book = waning();
    let found = view(&mut book);
    assert!(
        found.over.contains("value-review"),
        "she was met: {:?}",
        found.over
    );
    assert!(!found.over.contains("waning-interest"), "{:?}", found.over);
    assert_eq!(found.applies["champion-left"], Some(false));
    let sponsor = found.fixes.iter().find(|fix| fix.measure == "sponsor");
    assert_eq!(sponsor.unwrap_or_else(|| panic!("{found:?}")).playbook, None);
}
