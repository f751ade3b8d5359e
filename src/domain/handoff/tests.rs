//! What a handoff says, and that it reads as it was written.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::*;
use crate::app::play;
use crate::domain::account_view::{ContractLine, TimelineKind};
use crate::domain::acts::{About, Occasion, Somebody};
use crate::domain::calendar::{Calendar, Calendars};
use crate::domain::desk::{DueKind, HandoffState};
use crate::domain::outbox::{Field, NewEntry, Write};
use crate::domain::period::{BusinessDays, BusinessTime};
use crate::domain::record::{Core, Kind, RecordId};
use crate::domain::role::Role;

pub(super) fn occasion() -> Occasion {
    Occasion {
        me: Somebody {
            id: RecordId::from("12"),
            name: "Olu Ade".to_owned(),
        },
        now: "2026-11-20T08:50:00Z".parse().unwrap(),
        zone: TimeZone::UTC,
        calendars: Arc::new(Calendars::of_week(vec![Weekday::Monday, Weekday::Friday])),
        grace: SignedDuration::from_secs(10),
        act: "a1".to_owned(),
    }
}

/// The midnight with which a day begins.
pub(super) fn on(day: Date) -> Zoned {
    day.to_zoned(TimeZone::UTC).unwrap()
}

pub(super) fn juniper() -> About {
    About {
        id: RecordId::from("7"),
        name: "Juniper Freight".to_owned(),
    }
}

pub(super) fn template() -> Template {
    let field = |id: &str, required, prefill| FieldTemplate {
        id: id.to_owned(),
        title: format!("The {id}"),
        required,
        prefill,
        promise: false,
    };
    Template {
        from: Role::Onboarding,
        to: Role::Csm,
        phases: vec![4, 5],
        accept_within: BusinessTime::Days(BusinessDays(1)),
        takes_over: false,
        look_again_after: None,
        fields: vec![
            field("goals", true, None),
            field("people", true, Some(Prefill::People)),
            field("open", false, Some(Prefill::OpenTickets)),
        ],
    }
}

fn send(on: &Occasion, values: &[(&str, &str)]) -> Result<Vec<NewEntry>, String> {
    let values: BTreeMap<String, String> = values
        .iter()
        .map(|(id, text)| ((*id).to_owned(), (*text).to_owned()))
        .collect();
    let dana = Somebody {
        id: RecordId::from("11"),
        name: "Dana Reyes".to_owned(),
    };
    compose(
        on,
        &juniper(),
        &template(),
        &dana,
        Saying::of(&values, &Ground::default()),
    )
}

pub(super) fn value(entry: &NewEntry, field: Core) -> Option<&str> {
    let Write::Create { fields, .. } = &entry.write else {
        return None;
    };
    fields.get(&Field::Core(field)).map(String::as_str)
}

#[test]
fn a_handoff_is_to_be_answered_by_the_calendar_of_who_receives_it() {
    let holidays = vec!["11-23".to_owned().try_into().unwrap()];
    let week = Calendars::of_week(vec![Weekday::Monday, Weekday::Friday]);
    let by = |whose: &str| {
        let own = Calendar {
            holidays: holidays.clone(),
        };
        let on = Occasion {
            calendars: Arc::new(week.clone().with([(RecordId::from(whose), &own)])),
            ..occasion()
        };
        let sent = send(&on, &[("goals", "x"), ("people", "y")]).unwrap();
        value(&sent[1], Core::Due).unwrap().to_owned()
    };
    assert_eq!(
        by("12"),
        "2026-11-23T17:00:00Z",
        "the sender's holidays are the sender's"
    );
    assert_eq!(by("11"), "2026-11-27T17:00:00Z");
}

#[test]
fn a_handoff_is_a_note_that_reads_as_its_first_event_and_a_task_for_who_receives_it() {
    let sent = send(
        &occasion(),
        &[("goals", "Go live.\nIn May."), ("people", "Ana, champion")],
    )
    .unwrap();
    let [note, task] = sent.as_slice() else {
        panic!("two writes: {sent:?}")
    };
    let body = value(note, Core::Body).unwrap();
    let lines: Vec<String> = body.lines().map(str::to_owned).collect();
    let event = parse(&lines, Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!((event.number, event.state), (1, HandoffState::Sent));
    assert_eq!(
        (event.from_role.as_str(), event.to_role.as_str()),
        ("onboarding", "csm")
    );
    assert_eq!(
        (event.from.as_deref(), event.to.as_deref()),
        (Some("Olu Ade"), Some("Dana Reyes"))
    );
    assert_eq!(event.fields, Some((2, 3)));
    // Friday; we work on Mondays and Fridays.
    assert_eq!(event.answer_by, Some(date(2026, 11, 23)));
    assert_eq!(
        event.text,
        "The goals: Go live.\nIn May.\nThe people: Ana, champion"
    );
    assert_eq!(
        (task.write.kind(), value(task, Core::Owner)),
        (Kind::Task, Some("11"))
    );
    let asked: Vec<String> = value(task, Core::Body)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let asks = HandoffTask::read(&asked, "").unwrap();
    assert!(asks.is(Asks::Answer, &event.handoff), "{asks:?}");
    assert_eq!(value(task, Core::Due), Some("2026-11-23T17:00:00Z"));
    let other = send(
        &Occasion {
            act: "a2".to_owned(),
            ..occasion()
        },
        &[("goals", "x"), ("people", "y")],
    );
    assert!(
        !value(&other.unwrap()[0], Core::Body)
            .unwrap()
            .contains(&event.handoff)
    );
}

#[test]
fn nothing_is_sent_while_a_required_field_is_empty_and_all_of_them_are_named() {
    let error = send(&occasion(), &[("goals", "  ")]).unwrap_err();
    assert_eq!(
        error,
        "the handoff still needs: The goals (goals); The people (people)"
    );
    let error = send(&occasion(), &[("goal", "x")]).unwrap_err();
    assert_eq!(error, "there is no field `goal`; there is: goals, people, open");
}

#[test]
fn nothing_is_handed_over_from_me_to_me() {
    let on = occasion();
    let values = BTreeMap::from(["goals", "people"].map(|id| (id.to_owned(), "x".to_owned())));
    let refused = compose(
        &on,
        &juniper(),
        &template(),
        &on.me,
        Saying::of(&values, &Ground::default()),
    );
    assert_eq!(refused.unwrap_err(), TO_MYSELF);
}

#[test]
fn somebody_lets_it_pass_by_name_and_reason_and_the_note_says_what_is_missing() {
    let values = BTreeMap::from([("people".to_owned(), "Ana".to_owned())]);
    let dana = Somebody {
        id: RecordId::from("11"),
        name: "Dana Reyes".to_owned(),
    };
    let sent = |why: &str, values: &BTreeMap<String, String>| {
        let pass = Pass {
            by: "Priya Nair".to_owned(),
            why: why.to_owned(),
        };
        let ground = Ground::default();
        let saying = Saying {
            pass: Some(&pass),
            ..Saying::of(values, &ground)
        };
        compose(&occasion(), &juniper(), &template(), &dana, saying)
    };
    let entries = sent(" go-live is\ntomorrow", &values).unwrap();
    let lines: Vec<String> = value(&entries[0], Core::Body)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let event = parse(&lines, Timestamp::UNIX_EPOCH).unwrap();
    let gate = "passed by Priya Nair: go-live is tomorrow (missing: The goals)";
    assert_eq!((event.gate.as_deref(), event.fields), (Some(gate), Some((1, 3))));
    assert_eq!(event.text, "The people: Ana");
    assert_eq!(sent(" ", &values).unwrap_err(), "say why Priya Nair lets it pass");
    let all = BTreeMap::from(["goals", "people"].map(|id| (id.to_owned(), "x".to_owned())));
    assert!(sent("why", &all).unwrap_err().starts_with("nothing is missing"));
}

#[test]
fn the_form_is_filled_from_the_account_and_says_where_from() {
    let form = form(&template(), &play::account(), &on(date(2026, 11, 23)));
    let found: Vec<(&str, bool, Option<&str>)> = form
        .iter()
        .map(|field| (field.id.as_str(), field.text.is_empty(), field.from.as_deref()))
        .collect();
    let expected = [
        ("goals", true, None),
        ("people", false, Some("contacts with a role")),
        ("open", false, Some("open tickets")),
    ];
    assert_eq!(found, expected);
    assert!(
        !form[1].text.contains("Dana Wolf"),
        "who left is nobody to speak to: {}",
        form[1].text
    );
}

#[test]
fn an_organisation_has_the_handoffs_of_its_phase() {
    let templates = Templates {
        handoffs: BTreeMap::from([("onboarding-to-csm".to_owned(), template())]),
    };
    assert_eq!(templates.of_phase(4).count(), 1);
    assert_eq!(templates.of_phase(1).count(), 0);
    assert_eq!(templates.problems(), []);
}

#[test]
fn what_is_due_stands_in_a_handoff_by_its_date() {
    let mut template = template();
    template.fields = vec![FieldTemplate {
        id: "due".to_owned(),
        title: "What is due".to_owned(),
        required: false,
        prefill: Some(Prefill::NextSteps),
        promise: false,
    }];
    let mut view = play::account();
    let mut item = view.next.remove(0);
    item.title = "Fix ticket".to_owned();
    (item.due, item.at) = (Some(date(2026, 11, 28)), None);
    view.next = vec![item];
    let told = |today| form(&template, &view, &on(today));
    let late = format!("{:?}", told(date(2026, 11, 30)));
    assert!(late.contains("Fix ticket (due 28 Nov)"), "{late}");
    assert_eq!(late, format!("{:?}", told(date(2026, 11, 28))));
}

#[test]
fn the_contracts_in_force_are_those_that_count() {
    let mut template = template();
    template.fields = vec![FieldTemplate {
        id: "contracts".to_owned(),
        title: "Contracts".to_owned(),
        required: false,
        prefill: Some(Prefill::Contracts),
        promise: false,
    }];
    let mut view = play::account();
    let line = view.contracts.remove(0);
    let states = [
        "active", "renewed", "churned", "late", "future", "ended", "open", "unknown",
    ];
    let in_state = |state: &str| ContractLine {
        name: state.to_owned(),
        state: state.to_owned(),
        ..line.clone()
    };
    view.contracts = states.map(in_state).to_vec();
    let text = form(&template, &view, &on(date(2026, 11, 23))).remove(0).text;
    let told: Vec<&str> = states.into_iter().filter(|state| text.contains(*state)).collect();
    assert_eq!(told, ["active", "renewed", "churned", "late"]);
}

#[test]
fn the_last_touch_is_told_with_its_day_and_who_had_it_and_a_handoffs_own_task_is_not_due() {
    let mut template = template();
    template.fields = [("due", Prefill::NextSteps), ("last", Prefill::LastTouch)]
        .map(|(id, prefill)| FieldTemplate {
            id: id.to_owned(),
            title: id.to_owned(),
            required: false,
            prefill: Some(prefill),
            promise: false,
        })
        .to_vec();
    let mut view = play::account();
    let mut own = view.next[0].clone();
    (own.kind, own.title) = (
        DueKind::Task,
        "Accept or return the handoff of Juniper".to_owned(),
    );
    own.of_handoff = Some(HandoffTask {
        handoff: "H-7".to_owned(),
        asks: Asks::Answer,
        words: None,
    });
    let mut waits = own.clone();
    (waits.kind, waits.of_handoff) = (DueKind::Handoff, None);
    let mut call = own.clone();
    (call.title, call.of_handoff) = ("Call Ana".to_owned(), None);
    view.next = vec![own, waits, call];
    let line = view
        .timeline
        .iter_mut()
        .find(|line| line.kind == TimelineKind::Touchpoint);
    let line = line.unwrap();
    line.when = "2026-11-19T10:00:00Z".parse().unwrap();
    (line.words, line.who) = ("call: Roadmap questions".to_owned(), "Mara Lindt".to_owned());
    let told = form(&template, &view, &on(date(2026, 11, 23)));
    assert!(
        told[0].text.starts_with("Call Ana") && !told[0].text.contains("Accept"),
        "{}",
        told[0].text
    );
    assert_eq!(told[1].text, "19 Nov, call: Roadmap questions (Mara Lindt)");
}
