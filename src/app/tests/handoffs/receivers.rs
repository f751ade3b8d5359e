//! Who receives a handoff: whose role it is, who is away and stands in, and for whom it waits as time goes on.

use std::sync::Arc;

use super::super::forms::{form, nothing_begun, queued};
use super::super::*;
use super::{body, filled};
use crate::app::overlay::form::{Purpose, Reading, Shape};
use crate::app::overlay::{Confirm, Overlay, Question};
use crate::app::play::known;
use crate::domain::acts::Somebody;
use crate::domain::desk::{DueKind, HandoffState};
use crate::domain::outbox::NewEntry;
use crate::domain::record::Owner;
use crate::domain::role::Role;
use crate::domain::team::{Away, Member, Roster};

#[test]
fn who_does_something_else_is_offered_behind_whom_it_is_for() {
    let mut model = known(120, 36);
    let first = |model: &mut Model| {
        play(model, "1 h <enter>");
        nothing_begun(model);
        let Shape::Choice(offered) = &form(model).fields[0].shape else {
            panic!("nobody to choose")
        };
        offered[0].1.clone()
    };
    let before = first(&mut model);
    let email = "first@x";
    let of_name = model.outbox.people.iter().find(|one| one.name == before).unwrap();
    model.outbox.owners = [Owner {
        email: email.to_owned(),
        ..owner(of_name.id.as_str(), &before)
    }]
    .into();
    let Purpose::Handoff(handing) = &form(&model).purpose else {
        panic!("no handoff")
    };
    let role = [Role::Support, Role::Csm]
        .into_iter()
        .find(|role| *role != handing.template.to);
    let people = vec![Member {
        role,
        ..member(email, None, Vec::new())
    }];
    model.outbox.means.roster = Roster {
        people,
        ..Roster::default()
    }
    .into();
    play(&mut model, "<esc>");
    assert_ne!(first(&mut model), before);
}

#[test]
fn whose_role_it_is_is_offered_first_and_of_whom_no_role_is_known_before_who_does_another() {
    let mut model = known(120, 36);
    let olu = Somebody {
        id: "10".into(),
        name: "Olu Ade".to_owned(),
    };
    let mut all = model.outbox.people.to_vec();
    all.push(olu);
    model.outbox.owners = all.iter().map(|one| owner(one.id.as_str(), &one.name)).collect();
    model.outbox.people = all.into();
    let does = |email: &str, role| Member {
        role: Some(role),
        ..member(email, None, Vec::new())
    };
    model.outbox.means.roster = Roster {
        people: vec![does("ben@x", Role::Support), does("olu@x", Role::Csm)],
        ..Roster::default()
    }
    .into();
    play(&mut model, "1 h <enter>");
    nothing_begun(&mut model);
    let Shape::Choice(offered) = &form(&model).fields[0].shape else {
        panic!("nobody to choose")
    };
    let names: Vec<&str> = offered.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["Olu Ade", "Idris Okafor", "Ben Osei"]);
}

#[test]
fn who_hands_over_to_somebody_away_is_told_who_stands_in_and_asked_before_it_is_queued() {
    let mut model = known(120, 36);
    let ben = Owner {
        user: None,
        id: "8".into(),
        email: "ben@x".to_owned(),
        name: "Ben Osei".to_owned(),
        active: true,
        queue: false,
        teams: Vec::new(),
    };
    let leave = Away {
        from: model.today,
        until: model.today,
        deputy: Some("idris@x".to_owned()),
    };
    let idris = Owner {
        id: "9".into(),
        email: "idris@x".to_owned(),
        name: "Idris Okafor".to_owned(),
        ..ben.clone()
    };
    model.outbox.owners = [ben, idris].into();
    let people = vec![Member {
        owner: "ben@x".to_owned(),
        role: None,
        calendar: None,
        lead: None,
        away: vec![leave],
    }];
    model.outbox.means.roster = Roster {
        people,
        ..Roster::default()
    }
    .into();
    filled(&mut model);
    let told = "Ben Osei is away until 2026-11-23, and Idris Okafor stands in";
    let seen = form(&model).reading(0, &model.reading_occasion(), &[]);
    assert_eq!(seen, Some(Reading::Wrong(told.to_owned())));
    assert!(play(&mut model, "ctrl-s").is_empty());
    assert!(matches!(
        model.overlays.last(),
        Some(Overlay::Confirm(Confirm { question: Question::Away { told: why, .. } })) if why == told
    ));
    let to = |entries: &[NewEntry]| {
        let note = body(&entries[0].write);
        note.lines().nth(2).unwrap().to_owned()
    };
    // Back in the form, then all the same; and once more to who stands in.
    play(&mut model, "n");
    assert!(matches!(model.overlays.last(), Some(Overlay::Form(_))));
    let mut other = known(120, 36);
    other.outbox.owners = Arc::clone(&model.outbox.owners);
    other.outbox.means.roster = Arc::clone(&model.outbox.means.roster);
    filled(&mut other);
    play(&mut other, "ctrl-s");
    assert!(play(&mut other, "2").is_empty(), "there is but one");
    assert_eq!(to(&queued(&play(&mut other, "1")).1), "To: Idris Okafor");
    play(&mut model, "ctrl-s");
    assert_eq!(to(&queued(&play(&mut model, "y")).1), "To: Ben Osei");
}

fn owner(id: &str, name: &str) -> Owner {
    let first = name.split(' ').next().unwrap_or_default();
    Owner {
        user: None,
        id: id.into(),
        email: format!("{}@x", first.to_lowercase()),
        name: name.to_owned(),
        active: true,
        queue: false,
        teams: Vec::new(),
    }
}

fn member(owner: &str, lead: Option<&str>, away: Vec<Away>) -> Member {
    Member {
        owner: owner.to_owned(),
        role: None,
        lead: lead.map(str::to_owned),
        calendar: None,
        away,
    }
}

#[test]
fn what_is_late_since_the_last_look_and_who_is_away_by_now_is_counted_for_whom_it_waits_now() {
    let mut model = known(120, 36);
    let tomorrow = model.today.tomorrow().unwrap();
    let leave = Away {
        from: tomorrow,
        until: tomorrow,
        deputy: Some("mara@x".to_owned()),
    };
    let people = vec![
        member("ben@x", Some("mara@x"), Vec::new()),
        member("idris@x", None, vec![leave]),
    ];
    model.outbox.means.roster = Roster {
        people,
        ..Roster::default()
    }
    .into();
    let mut desk = play::desk();
    desk.handoffs.truncate(2);
    for (card, to) in desk.handoffs.iter_mut().zip(["Ben Osei", "Idris Okafor"]) {
        (card.state, card.answer_by) = (HandoffState::Sent, Some(model.today));
        card.to = Some(to.to_owned());
    }
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let all = ["Mara Lindt", "Ben Osei", "Idris Okafor"];
    let owners: Vec<Owner> = all
        .iter()
        .zip(["7", "8", "9"])
        .map(|(name, id)| owner(id, name))
        .collect();
    let told = OutboxMsg::PeopleLoaded {
        me: model.outbox.me.clone(),
        people: Arc::clone(&model.outbox.people),
        owners: owners.into(),
    };
    update(&mut model, Msg::Outbox(told));
    let counted = |model: &Model| {
        let desk = model.desk.desk.as_deref().unwrap();
        let whom = desk.handoffs.iter().map(|card| card.for_whom.clone());
        (desk.day.handoffs_for_me, whom.collect::<Vec<_>>())
    };
    // What is due tells of the same handoffs, wherever it stands.
    let due = |model: &Model| {
        let lines = 0..model.len(Pane::Steps);
        let due = lines.filter_map(|at| model.desk.due_at(at));
        let waits = due.filter(|item| item.kind == DueKind::Handoff);
        waits.map(|item| item.owner.clone()).collect::<Vec<_>>()
    };
    assert_eq!(counted(&model), (0, vec![None, None]));
    assert_eq!(due(&model), [None; 0]);
    let late = |model: &Model| model.desk.desk.as_deref().unwrap().day.late;
    let before = late(&model);
    play(&mut model, "3 G");
    let marked = model.desk.due_at(model.cursor(Pane::Steps).at).cloned();
    let later = model.now + SignedDuration::from_hours(24);
    update(&mut model, Msg::Clock(later));
    let [ben, idris] = ["Ben Osei", "Idris Okafor"].map(|name| Some(name.to_owned()));
    assert_eq!(counted(&model), (2, vec![ben.clone(), idris.clone()]));
    let mut both = due(&model);
    both.sort();
    assert_eq!(both, [ben.clone(), idris]);
    assert!(late(&model) >= before + 2, "both are late");
    let at = model.cursor(Pane::Steps).at;
    assert_eq!(
        model.desk.due_at(at),
        marked.as_ref(),
        "the cursor stays on what it was on"
    );
    // Idris is back.
    let later = model.now + SignedDuration::from_hours(24);
    update(&mut model, Msg::Clock(later));
    assert_eq!(counted(&model), (1, vec![ben.clone(), None]));
    assert_eq!(due(&model), [ben]);
}

#[test]
fn the_cockpit_wakes_for_an_answer_that_is_late_and_the_lead_has_it_first_in_the_list() {
    let mut model = known(120, 36);
    model.outbox.means.roster = Roster {
        people: vec![member("ben@x", Some("mara@x"), Vec::new())],
        ..Roster::default()
    }
    .into();
    let ben = owner("8", "Ben Osei");
    model.outbox.owners = vec![owner("7", "Mara Lindt"), ben].into();
    let answer_at: jiff::Timestamp = "2026-11-23T09:30:00Z".parse().unwrap();
    let mut desk = play::desk();
    desk.due.clear();
    desk.handoffs.truncate(2);
    for (card, to) in desk.handoffs.iter_mut().zip(["Idris Okafor", "Ben Osei"]) {
        (card.state, card.answer_by, card.answer_at) = (HandoffState::Sent, None, None);
        card.to = Some(to.to_owned());
    }
    desk.handoffs[1].when = desk.handoffs[0].when - SignedDuration::from_hours(1);
    desk.handoffs[1].answer_at = Some(answer_at);
    let first = desk.handoffs[0].handoff.clone();
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let order = |model: &Model| {
        let desk = model.desk.desk.as_deref().unwrap();
        let names = desk.handoffs.iter().map(|card| card.to.clone().unwrap());
        (desk.day.handoffs_for_me, names.collect::<Vec<_>>())
    };
    play(&mut model, "4");
    assert_eq!(
        order(&model),
        (0, vec!["Idris Okafor".to_owned(), "Ben Osei".to_owned()])
    );
    let late_at = answer_at + SignedDuration::from_mins(1);
    assert_eq!(model.desk.next_late, Some(late_at));
    update(&mut model, Msg::Clock(late_at - SignedDuration::from_secs(1)));
    assert_eq!(order(&model).0, 0, "its minute is not over");
    update(&mut model, Msg::Clock(late_at));
    assert_eq!(
        order(&model),
        (1, vec!["Ben Osei".to_owned(), "Idris Okafor".to_owned()])
    );
    let at = model.cursor(Pane::Handoffs).at;
    let marked = &model.desk.desk.as_deref().unwrap().handoffs[at];
    assert_eq!(marked.handoff, first, "the cursor stays on its handoff");
    // It is looked at with the minute, not with each key.
    model.outbox.means.roster = Roster::default().into();
    update(&mut model, Msg::Clock(late_at + SignedDuration::from_secs(59)));
    assert_eq!(order(&model).0, 1);
    update(&mut model, Msg::Clock(late_at + SignedDuration::from_mins(1)));
    assert_eq!(order(&model).0, 0);
}

#[test]
fn a_queue_receives_no_handoff_where_people_are_and_closing_the_form_keeps_its_draft() {
    let mut model = known(120, 36);
    let offered = |model: &mut Model| -> Vec<String> {
        play(model, "1 h <enter>");
        let Shape::Choice(offered) = &form(model).fields[0].shape else {
            panic!("nobody to choose")
        };
        let names = offered.iter().map(|one| one.1.clone()).collect();
        let esc = form(model).hints().iter().find(|(key, _)| *key == "esc");
        assert_eq!(esc.unwrap().1, "close, draft kept");
        play(model, "<esc>");
        names
    };
    let people = offered(&mut model);
    assert!(people.len() > 1, "{people:?}");
    let queue = |model: &Model, names: &[String]| -> Vec<Owner> {
        let people = model.outbox.people.iter();
        let those = people.filter(|one| names.contains(&one.name));
        let owners = those.map(|one| Owner {
            queue: true,
            ..owner(one.id.as_str(), &one.name)
        });
        owners.collect()
    };
    model.outbox.owners = queue(&model, &people[..1]).into();
    assert_eq!(offered(&mut model), people[1..]);
    // Where nobody else is, it is.
    model.outbox.owners = queue(&model, &people).into();
    assert_eq!(offered(&mut model), people);
}
