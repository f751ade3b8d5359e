//! What a playbook becomes on an account, and what people and the CRM do to it.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::app::play;
use crate::domain::account_view::AccountView;
use crate::domain::acts::{Occasion, Somebody};
use crate::domain::calendar::Calendars;
use crate::domain::desk::TaskFacts;
use crate::domain::money::Currency;
use crate::domain::outbox::{EntryId, Field, NewEntry, Target, Write};
use crate::domain::record::{Core, Kind, Owner, RecordId};
use crate::domain::team::Roster;

#[path = "branch_tests.rs"]
mod branch_tests;
#[path = "bulk_tests.rs"]
mod bulk_tests;
#[path = "done_tests.rs"]
mod done_tests;
#[path = "manage_tests.rs"]
mod manage_tests;
#[path = "role_tests.rs"]
mod role_tests;
#[path = "stands_tests.rs"]
mod stands_tests;
#[path = "theirs_tests.rs"]
mod theirs_tests;

/// Friday, 20 November 2026, 09:50 in Amsterdam.
fn occasion() -> Occasion {
    Occasion {
        me: Somebody {
            id: RecordId::from("11"),
            name: "Mara Lindt".to_owned(),
        },
        now: "2026-11-20T08:50:00Z".parse().unwrap(),
        zone: TimeZone::fixed(jiff::tz::offset(1)),
        calendars: Arc::new(week()),
        grace: SignedDuration::from_secs(10),
        act: "a1".to_owned(),
    }
}

/// We work from Monday to Friday.
fn week() -> Calendars {
    Calendars::of_week(vec![
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
    ])
}

fn owners() -> Vec<Owner> {
    vec![Owner {
        user: None,
        id: RecordId::from("12"),
        email: "olu@alderfinch.example".to_owned(),
        name: "Olu Ade".to_owned(),
        active: true,
        queue: false,
        teams: Vec::new(),
    }]
}

fn template(text: &str) -> Template {
    Template::try_from(text.to_owned()).unwrap()
}

fn step(id: &str, due: i32, after: &[&str]) -> StepTemplate {
    StepTemplate {
        id: id.to_owned(),
        title: template("Do {{ name }}"),
        role: Role::Csm,
        person: None,
        due: BusinessDays(due),
        guidance: None,
        after: after.iter().map(|id| (*id).to_owned()).collect(),
        evidence: None,
        crm_task: false,
        kind: StepKind::Task,
        field: None,
        value: None,
        when: None,
    }
}

/// Two steps: `look`, and after it `call`, which is a task in the CRM and wants a note.
fn playbook() -> Playbook {
    let call = StepTemplate {
        title: template("Call {{ champion.name | default('the champion') }}"),
        guidance: Some(template(
            "Ask about {{ warning.reason }}; notice by {{ notice_by }}.",
        )),
        evidence: Some(Evidence::Note),
        crm_task: true,
        ..step("call", 2, &["look"])
    };
    Playbook {
        restores: Vec::new(),
        id: "waning".to_owned(),
        version: 3,
        title: "Waning".to_owned(),
        applies_when: None,
        exit_when: Some(Condition::try_from("score > 70".to_owned()).unwrap()),
        steps: vec![step("look", 1, &[]), call],
    }
}

fn view() -> AccountView {
    play::account()
}

fn begin(on: &Occasion, playbook: &Playbook, view: &AccountView) -> Result<Deed, String> {
    let owners = owners();
    let team = Team {
        owners: &owners,
        role: Role::Csm,
        roster: &Roster::default(),
        currency: Currency::USD,
    };
    start(on, playbook, view, team, view.warnings.first())
}

/// The one run that these deeds add up to, read back from what the journal keeps; the CRM has its task as 77.
fn run(deeds: &[&Deed]) -> Run {
    let at: Timestamp = "2026-11-20T08:50:00Z".parse().unwrap();
    let stored = deeds.iter().flat_map(|deed| &deed.events).map(|event| {
        let (kind, payload) = event.stored();
        assert!(KINDS.contains(&kind.as_str()), "{kind}");
        PlayEvent::read(&event.account, &kind, &payload).unwrap()
    });
    let stored: Vec<PlayEvent> = stored.collect();
    let mut runs = runs(stored.iter().map(|event| (event, "mara@alderfinch.example", at)));
    assert_eq!(runs.len(), 1);
    let mut run = runs.remove(0);
    for one in run.steps.iter_mut().filter(|one| one.step.crm_task) {
        one.task = Some(Target::Record(RecordId::from("77")));
    }
    run
}

fn started() -> Deed {
    begin(&occasion(), &playbook(), &view()).unwrap()
}

/// Does a step on the account as the fixture has it.
fn finish(on: &Occasion, run: &Run, step: &str, text: Option<&str>) -> Result<Deed, String> {
    let (view, people) = (&view(), &[][..]);
    complete(on, run, Ground { view, people }, step, text)
}

/// What an entry sets a task's `done` to.
fn done(entry: &NewEntry) -> Option<(Target, String, String)> {
    let Write::Update {
        kind: Kind::Task,
        target,
        changes,
    } = &entry.write
    else {
        return None;
    };
    let change = changes
        .iter()
        .find(|change| change.field == Field::Core(Core::Done))?;
    Some((target.clone(), change.base.clone()?, change.to.clone()?))
}

/// What a task is called before and after a write.
fn renamed(entry: &NewEntry) -> Option<(String, String)> {
    let Write::Update { changes, .. } = &entry.write else {
        return None;
    };
    let subject = changes
        .iter()
        .find(|change| change.field == Field::Core(Core::Subject))?;
    Some((subject.base.clone()?, subject.to.clone()?))
}

fn states(run: &Run) -> Vec<&StepState> {
    run.steps.iter().map(|one| &one.state).collect()
}

#[test]
fn a_start_puts_in_what_is_known_counts_business_days_and_makes_the_tasks() {
    let deed = started();
    let run = run(&[&deed]);
    assert_eq!(
        (run.playbook.as_str(), run.version, run.title.as_str()),
        ("waning", 3, "Waning")
    );
    assert!(run.id.starts_with("P-") && run.id.len() == 10, "{}", run.id);
    assert_eq!(run.reason.as_ref().unwrap().signal, view().warnings[0].signal);
    assert_eq!(run.exit_when, playbook().exit_when);
    let call = &run.steps[1].step;
    // The champion of the fixture has left; Friday and two business days are Tuesday.
    assert_eq!(
        (call.title.as_str(), call.due),
        ("Call the champion", date(2026, 11, 24))
    );
    assert!(
        call.guidance.contains(&view().warnings[0].reason),
        "{}",
        call.guidance
    );
    assert_eq!(
        (call.owner.as_str(), call.owner_name.as_str()),
        ("11", "Mara Lindt")
    );
    let [entry] = deed.entries.as_slice() else {
        panic!("one task: {:?}", deed.entries)
    };
    let mark = bound_by(&entry.write).unwrap();
    assert_eq!((mark.run, mark.step.as_str()), (run.id.clone(), "call"));
    assert_eq!(
        (mark.place, mark.playbook.as_deref()),
        (Some((1, 1)), Some("waning"))
    );
    assert_eq!(
        mark.signal,
        run.reason.as_ref().map(|reason| reason.signal.clone())
    );
    assert_eq!(entry.act, run.act);
    assert!(!run.is_late(date(2026, 11, 23)) && run.is_late(date(2026, 11, 24)));
    let mut early = run.clone();
    early.steps[1].step.due = date(2026, 11, 20);
    assert!(!early.is_late(date(2026, 11, 23)), "its turn has not come");
    assert_eq!(run.progress(), (0, 2));
    assert_eq!(run.current().unwrap().step.id, "look");
}

#[test]
fn a_step_is_for_the_person_named_or_me_or_who_looks_after_the_account() {
    let owner = |change: &dyn Fn(&mut StepTemplate)| {
        let mut playbook = playbook();
        change(&mut playbook.steps[0]);
        begin(&occasion(), &playbook, &view()).map(|deed| run(&[&deed]).steps[0].step.owner_name.clone())
    };
    assert_eq!(owner(&|_| {}), Ok("Mara Lindt".to_owned()));
    let csm = view().summary.csm_name.unwrap_or("Mara Lindt".to_owned());
    assert_eq!(owner(&|step| step.role = Role::Onboarding), Ok(csm));
    let named = |step: &mut StepTemplate| step.person = Some("OLU@alderfinch.example".to_owned());
    assert_eq!(owner(&named), Ok("Olu Ade".to_owned()));
    let error = owner(&|step| step.person = Some("nobody@x.example".to_owned())).unwrap_err();
    assert!(
        error.contains("nobody@x.example") && error.contains("playbooks/waning.toml"),
        "{error}"
    );
}

#[test]
fn a_step_that_comes_after_another_or_wants_a_note_is_not_done_without() {
    let on = occasion();
    let begun = started();
    let error = finish(&on, &run(&[&begun]), "call", Some("They stay.")).unwrap_err();
    assert!(error.contains("comes after look"), "{error}");
    let look = finish(&on, &run(&[&begun]), "look", None).unwrap();
    assert_eq!(look.entries, []);
    let now = run(&[&begun, &look]);
    assert_eq!(now.progress(), (1, 2));
    let error = finish(&on, &now, "call", Some("  ")).unwrap_err();
    assert!(error.contains("note"), "{error}");
    let call = finish(&on, &now, "call", Some("They stay.")).unwrap();
    assert_eq!(call.entries[0].write.kind(), Kind::Note);
    let task = Target::Record(RecordId::from("77"));
    assert_eq!(
        done(&call.entries[1]),
        Some((task, "false".to_owned(), "true".to_owned()))
    );
    let over = run(&[&begun, &look, &call]);
    assert!(!over.is_open() && over.current().is_none());
    assert!(
        finish(&on, &over, "call", None)
            .unwrap_err()
            .contains("done already")
    );
    assert!(
        finish(&on, &over, "coll", None)
            .unwrap_err()
            .contains("it has: look, call")
    );
}

#[test]
fn what_is_left_out_has_a_reason_closes_its_task_and_can_be_taken_up_again() {
    let on = occasion();
    let begun = started();
    assert!(skip(&on, &run(&[&begun]), "Juniper", "call", " ").is_err());
    let skipped = skip(&on, &run(&[&begun]), "Juniper", "call", "on leave").unwrap();
    assert_eq!(done(&skipped.entries[0]).unwrap().2, "true");
    // Who reads the task in the CRM is not to take it as done.
    let title = run(&[&begun]).steps[1].step.title.clone();
    let called = renamed(&skipped.entries[0]).unwrap();
    assert_eq!(called, (title.clone(), format!("Left out: {title} (on leave)")));
    assert_eq!(skipped.entries[0].title, format!("Left out: {title}"));
    let mut now = run(&[&begun, &skipped]);
    now.steps[1].facts = Some(TaskFacts {
        subject: Some(called.1.clone()),
        ..TaskFacts::default()
    });
    assert_eq!(
        states(&now)[1],
        &StepState::Skipped {
            why: "on leave".to_owned()
        }
    );
    let again = reopen(&on, &now, "Juniper", "call").unwrap();
    assert_eq!(done(&again.entries[0]).unwrap().2, "false");
    assert_eq!(renamed(&again.entries[0]), Some((called.1, title)));
    let now = run(&[&begun, &skipped, &again]);
    assert!(states(&now)[1] == &StepState::Open && reopen(&on, &now, "Juniper", "call").is_err());
}

#[test]
fn a_task_that_was_completed_in_the_crm_completes_its_step_and_back_whoever_was_first() {
    let on = occasion();
    let begun = started();
    let seen = |run: &Run, done: bool| Deed {
        entries: Vec::new(),
        events: run.seen(&run.steps[1], done).into_iter().collect(),
    };
    let now = run(&[&begun]);
    assert_eq!(seen(&now, false).events, [], "it was open and is");
    let there = seen(&now, true);
    let now = run(&[&begun, &there]);
    assert_eq!(states(&now)[1], &StepState::Done);
    let back = seen(&now, false);
    assert_eq!(states(&run(&[&begun, &there, &back]))[1], &StepState::Open);
    // I take it up again; until the CRM has that, its task reads as before and says nothing new.
    let again = reopen(&on, &now, "Juniper", "call").unwrap();
    let now = run(&[&begun, &there, &again]);
    assert_eq!(
        (states(&now)[1], seen(&now, true).events.len()),
        (&StepState::Open, 0)
    );
    // What was left out stays so when its task is then seen closed.
    let skipped = skip(&on, &run(&[&begun]), "Juniper", "call", "on leave").unwrap();
    let closed = seen(&run(&[&begun, &skipped]), true);
    assert!(matches!(
        states(&run(&[&begun, &skipped, &closed]))[1],
        StepState::Skipped { .. }
    ));
}

#[test]
fn a_run_that_is_given_up_closes_its_open_tasks_and_nothing_more_is_done_in_it() {
    let on = occasion();
    let begun = started();
    let given_up = abandon(&on, &run(&[&begun]), "Juniper", "they left").unwrap();
    assert_eq!(given_up.entries.len(), 1);
    let over = run(&[&begun, &given_up]);
    assert!(!over.is_open() && over.abandoned.is_some() && !over.is_late(Date::MAX));
    assert!(finish(&on, &over, "look", None).unwrap_err().contains("given up"));
    assert!(abandon(&on, &over, "Juniper", "again").is_err());
    let undone = Deed {
        events: given_up.events.iter().filter_map(PlayEvent::undone).collect(),
        ..Deed::default()
    };
    let again = run(&[&begun, &given_up, &undone]);
    assert!(
        again.is_under_way() && again.abandoned.is_none(),
        "what was undone goes on"
    );
    let at_last = abandon(&on, &again, "Juniper", "for good").unwrap();
    let over = run(&[&begun, &given_up, &undone, &at_last]);
    assert_eq!(over.abandoned.unwrap().1, "for good");
    // Its tasks were closed with it: to see that is not to see them done, also where they cannot be taken up again.
    let seen = Deed {
        events: vec![run(&[&begun, &given_up]).seen(&again.steps[1], true).unwrap()],
        ..Deed::default()
    };
    let again = run(&[&begun, &given_up, &seen, &undone]);
    assert_eq!(states(&again)[1], &StepState::Open);
    assert_eq!(again.seen(&again.steps[1], true), None, "that was seen");
    // A start that was taken back never was, in whatever order the two are undone.
    let never = Deed {
        events: begun.events.iter().filter_map(PlayEvent::undone).collect(),
        ..Deed::default()
    };
    for order in [[&never, &undone], [&undone, &never]] {
        let over = run(&[&begun, &given_up, order[0], order[1]]);
        assert!(over.was_taken_back() && !over.is_open());
    }
}

#[test]
fn the_same_play_for_the_same_reason_is_found_while_it_runs() {
    let on = occasion();
    let begun = started();
    let signal = view().warnings[0].signal.clone();
    let now = [run(&[&begun])];
    assert!(running(&now, "waning", Some(&signal)).is_some());
    assert!(
        running(&now, "waning", Some("other")).is_none() && running(&now, "other", Some(&signal)).is_none()
    );
    assert!(
        running(&now, "waning", None).is_some(),
        "without a reason it is the same play"
    );
    let given_up = abandon(&on, &now[0], "Juniper", "no").unwrap();
    assert!(running(&[run(&[&begun, &given_up])], "waning", Some(&signal)).is_none());
}

#[test]
fn a_new_version_of_a_playbook_leaves_a_run_as_it_was_begun() {
    let begun = started();
    let What::Started { playbook: kept, .. } = &begun.events[0].what else {
        panic!("a start")
    };
    assert_eq!(
        serde_json::from_value::<Playbook>(kept.clone()).unwrap(),
        playbook()
    );
}

#[test]
fn only_our_own_write_binds_a_task() {
    let begun = started();
    let update = Write::Update {
        kind: Kind::Task,
        target: Target::Entry(EntryId(1)),
        changes: Vec::new(),
    };
    assert_eq!(bound_by(&update), None);
    assert!(bound_by(&begun.entries[0].write).is_some());
}

#[test]
fn templates_say_unknown_where_nothing_is_known_and_are_checked_for_names() {
    let mut view = view();
    view.summary.segment = None;
    view.metrics.insert("wau".to_owned(), 22.0);
    view.summary.arr_at_least = true;
    let facts = Facts::of(&view, Currency::USD, None, "Mara", date(2026, 11, 20));
    let said = |text: &str| template(text).render(&facts);
    assert_eq!(said("{{ arr }} a year"), "at least $84,000 a year");
    assert_eq!(
        said("{{ segment }}, {{ metrics.wau }}, {{ metrics.other }}"),
        "unknown, 22, unknown"
    );
    assert_eq!(
        said("{{ champion.name | default('them') }} {{ warning.reason }}"),
        "them unknown"
    );
    assert_eq!(
        said("{% if champion %}yes{% else %}no{% endif %} {{ me }} {{ today }}"),
        "no Mara 2026-11-20"
    );
    for wrong in [
        "{{ nobody }}",
        "{{ champion.phone }}",
        "{{ name",
        "{% if %}",
        "{{ name | loud }}",
    ] {
        assert!(Template::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
    assert_eq!(template("{{ metrics.wau }} {{ name }}").metrics(), ["wau"]);
}

#[test]
fn a_playbook_says_of_which_accounts_it_is_and_what_speaks_against_a_start() {
    let mut view = view();
    let misfit = |view: &AccountView, asks: Option<&str>| {
        let asks = asks.map(|asks| Condition::try_from(asks.to_owned()).unwrap());
        let playbook = Playbook {
            applies_when: asks,
            ..playbook()
        };
        playbook.misfit(view)
    };
    let asks = Some("stage == 'adoption'");
    assert_eq!(misfit(&view, None), None);
    let why = misfit(&view, asks).unwrap();
    assert!(
        why.starts_with("whether `Waning` applies to") && why.contains("cannot be told"),
        "{why}"
    );
    view.applies.insert("waning".to_owned(), Some(false));
    let why = misfit(&view, asks).unwrap();
    assert!(
        why.contains("does not apply") && why.ends_with("`stage == 'adoption'`"),
        "{why}"
    );
    view.applies.insert("waning".to_owned(), Some(true));
    assert_eq!(misfit(&view, asks), None);
}

#[test]
fn circles_of_steps_are_found() {
    let with = |steps: Vec<StepTemplate>| Playbook { steps, ..playbook() }.problems();
    assert_eq!(with(vec![step("a", 1, &["b"]), step("b", 1, &[])]), []);
    let told = with(vec![
        step("a", 1, &["b"]),
        step("b", 1, &["a"]),
        step("c", 1, &["b"]),
    ]);
    assert_eq!(told.len(), 1);
    assert!(told[0].message.contains("a, b"), "{told:?}");
    assert_eq!(with(vec![step("Not an id", 1, &[])]).len(), 1);
}
