//! An account is handed over: a form from a template, filled from the account, queued as one note and one task.

use std::sync::Arc;

use super::forms::{answer, form, nothing_begun, queued};
use super::*;
use crate::app::overlay::form::{Form, Handing, Purpose, Reading, Shape};
use crate::app::overlay::{Confirm, Overlay, Question};
use crate::app::play::{account, forbid_writing, known, write};
use crate::domain::acts::{About, Somebody};
use crate::domain::desk::{DueKind, HandoffState};
use crate::domain::handoff;
use crate::domain::outbox::{Field, NewEntry, Write};
use crate::domain::record::{Core, Kind, Owner};
use crate::domain::role::Role;
use crate::domain::team::{Away, Member, Roster};

/// The form of the first template, with all that is required.
fn filled(model: &mut Model) {
    play(model, "1 h <enter>");
    nothing_begun(model);
    write(model, "ben");
    play(model, "<tab>");
    write(model, "Fewer escalations.\nOne tool.");
    play(model, "<tab>");
    write(model, "SSO, by me, by May");
}

fn body(write: &Write) -> &str {
    match write {
        Write::Create { fields, .. } => &fields[&Field::Core(Core::Body)],
        other => panic!("nothing is made: {other:?}"),
    }
}

#[test]
fn my_roles_handoff_comes_first_and_says_where_each_text_comes_from() {
    let mut model = known(120, 36);
    play(&mut model, "1 h <enter>");
    assert_eq!(form(&model).title(), "Handoff CSM → CSM · Juniper Freight");
    let from: Vec<Option<&str>> = form(&model)
        .fields
        .iter()
        .map(|field| field.from.as_deref())
        .collect();
    assert_eq!(
        from,
        [
            None,
            None,
            None,
            Some("contacts with a role"),
            Some("contracts in force"),
            None,
            None,
            None
        ]
    );
    assert!(form(&model).fields[3].text().contains("buyer"));
    let names: Vec<String> = form(&model).fields[0]
        .matches()
        .iter()
        .map(|(_, name)| name.clone())
        .collect();
    assert_eq!(names, ["Ben Osei", "Idris Okafor"], "not to myself");
}

#[test]
fn a_handoff_is_one_act_of_a_note_and_a_task_for_the_receiver() {
    let mut model = known(120, 36);
    filled(&mut model);
    let (run, entries, drafts) = queued(&play(&mut model, "ctrl-s"));
    assert_eq!(drafts, ["handoff:1:csm-to-csm"]);
    let kinds: Vec<Kind> = entries.iter().map(|entry| entry.write.kind()).collect();
    assert_eq!(kinds, [Kind::Note, Kind::Task]);
    assert_eq!(entries[0].act, entries[1].act);
    let note = body(&entries[0].write);
    assert!(
        note.starts_with("Handoff CSM → CSM: sent\nFrom: Mara Lindt\nTo: Ben Osei\nFields: 4 of 5\n"),
        "{note}"
    );
    assert!(note.contains("Fewer escalations.\nOne tool."), "{note}");
    assert!(note.contains("Who is who: "), "{note}");
    let Write::Create { fields, .. } = &entries[1].write else {
        panic!("no task")
    };
    assert_eq!(fields[&Field::Core(Core::Owner)], "8");
    answer(&mut model, run, entries);
    assert!(model.overlays.is_empty());
    let orders = play(&mut model, "u");
    assert!(matches!(&orders[..], [Cmd::Write(WriteCmd::TakeBack { .. })]));
}

#[test]
fn what_is_missing_is_said_and_gone_to_and_nothing_is_lost() {
    let mut model = known(120, 36);
    play(&mut model, "1 h <enter>");
    assert!(play(&mut model, "ctrl-s").is_empty());
    assert_eq!(form(&model).wrong.as_deref(), Some("choose who receives it"));
    write(&mut model, "ben");
    assert!(play(&mut model, "ctrl-s").is_empty());
    let wrong = form(&model).wrong.clone().unwrap();
    assert!(
        wrong.contains("The customer's goals, in their words, and 1 more"),
        "{wrong}"
    );
    assert_eq!(
        (form(&model).at, form(&model).fields[0].text()),
        (1, "Ben Osei".to_owned())
    );
    write(&mut model, "x");
    // A text from the account that was emptied is as missing as one that was never written.
    play(&mut model, "<tab> <tab> ctrl-u");
    let (goals, _) = (form(&model).fields[1].text(), play(&mut model, "ctrl-s"));
    // The cursor stays in a field that is refused, and leaves one that is not for the first that is.
    assert_eq!((form(&model).at, goals.as_str()), (3, "x"));
    play(&mut model, "<shift-tab> <shift-tab> ctrl-s");
    assert_eq!((form(&model).at, goals.as_str()), (2, "x"));
}

#[test]
fn somebody_lets_it_pass_without_what_is_required() {
    let mut model = known(120, 36);
    play(&mut model, "1 h <enter>");
    nothing_begun(&mut model);
    write(&mut model, "ben");
    play(&mut model, "<shift-tab> <shift-tab>");
    write(&mut model, "go-live is tomorrow");
    play(&mut model, "<tab> ctrl-u");
    write(&mut model, "idris");
    let (_, entries, _) = queued(&play(&mut model, "ctrl-s"));
    let note = body(&entries[0].write);
    assert!(
        note.contains("\nGate: passed by Idris Okafor: go-live is tomorrow (missing: "),
        "{note}"
    );
}

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

#[test]
fn a_handoff_that_was_begun_is_there_again_with_its_receiver() {
    let mut model = known(120, 36);
    filled(&mut model);
    let orders = play(&mut model, "<esc>");
    let [Cmd::Write(WriteCmd::SaveDraft { name, text })] = &orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!(name, "handoff:1:csm-to-csm");
    let orders = play(&mut model, "h <enter>");
    let Some(Cmd::LoadDraft { run, .. }) = orders.last() else {
        panic!("{orders:?}")
    };
    let (run, text) = (*run, Some(text.clone()));
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::DraftLoaded {
            run,
            text,
            kept: true,
        }),
    );
    assert_eq!(form(&model).fields[0].text(), "Ben Osei");
    assert_eq!(form(&model).fields[1].text(), "Fewer escalations.\nOne tool.");
    assert!(!queued(&play(&mut model, "ctrl-s")).1.is_empty());
}

#[test]
fn nothing_is_handed_over_of_an_account_that_is_gone_or_without_the_permit() {
    let mut model = known(120, 36);
    play(&mut model, "1 j h");
    assert!(model.overlays.is_empty());
    assert!(model.told.as_deref().unwrap().contains("no such account"));
    forbid_writing(&mut model);
    let orders = play(&mut model, "1 g h");
    assert!(matches!(orders[..], [Cmd::LookForPermit]), "{orders:?}");
    assert!(model.told.as_deref().unwrap().contains("--read-only"));
    assert!(
        !model
            .overlays
            .iter()
            .any(|overlay| matches!(overlay, Overlay::Handoffs(_)))
    );
}

#[test]
fn what_is_handed_over_already_and_not_accepted_is_asked_about_before_it_goes_a_second_time() {
    use crate::domain::desk::HandoffState;
    for (state, is_asked) in [(HandoffState::Returned, true), (HandoffState::Accepted, false)] {
        let mut model = known(120, 36);
        play(&mut model, "1 <enter>");
        let view = model.account.as_mut().unwrap().view.as_mut().unwrap();
        let card = &mut view.handoffs[0];
        (card.from_role, card.to_role) = ("csm".to_owned(), "csm".to_owned());
        card.state = state;
        play(&mut model, "h <enter>");
        nothing_begun(&mut model);
        write(&mut model, "ben");
        play(&mut model, "<tab>");
        write(&mut model, "Fewer escalations.");
        play(&mut model, "<tab>");
        write(&mut model, "SSO, by me, by May");
        let orders = play(&mut model, "ctrl-s");
        match model.overlays.last() {
            Some(Overlay::Confirm(confirm)) if is_asked => {
                let Question::Doubtful(why) = &confirm.question else {
                    panic!("{confirm:?}")
                };
                assert!(
                    why.contains("already: h9 is returned, and not accepted yet"),
                    "{why}"
                );
            }
            _ => {
                assert!(!is_asked);
                queued(&orders);
            }
        }
    }
}

#[test]
fn the_form_reads_what_was_promised_as_it_is_sent() {
    let model = known(120, 36);
    let mut template = model.outbox.means.handoffs[1].1.clone();
    template.fields[1].promise = true;
    template.fields[1].prefill = Some(handoff::Prefill::Promises);
    let mut view = account();
    view.followed = vec![handoff::Followed {
        what: handoff::Follow::Promised,
        text: "Mara calls".to_owned(),
        who: Some("Ben Osei".to_owned()),
        when: "2026-11-20T09:00:00Z".parse().unwrap(),
        handoff: "H-1".to_owned(),
        outcome: None,
    }];
    let on = model.reading_occasion();
    let handing = Handing::new("csm-to-csm", &template, &view, &on.here());
    let about = About {
        id: "1".into(),
        name: "Juniper Freight".to_owned(),
    };
    let mut form = Form::handoff(about, handing, &[], None);
    assert_eq!(form.fields[2].text(), "Mara calls (Ben Osei, 2026-11-20)");
    let earlier = "promised by earlier handoffs and open: no task more; a line more is a new promise";
    assert_eq!(form.reading(2, &on, &[]), Some(Reading::Hint(earlier.to_owned())));
    let new = "Mara meets them (Berlin, 2026-11-24)";
    form.fields[2].replace(&format!("Mara calls (Ben Osei, 2026-11-20)\n{new}"));
    let doubt = format!("“{new}” says no day that can be read");
    let read = form.reading(2, &on, &[]);
    assert!(
        matches!(&read, Some(Reading::Wrong(why)) if why.starts_with(&doubt)),
        "{read:?}"
    );
    form.fields[2].replace("");
    let required = "required: e.g. Mara calls by 16:00, or nothing";
    assert_eq!(
        form.reading(2, &on, &[]),
        Some(Reading::Hint(required.to_owned()))
    );
}

fn owner(id: &str, name: &str) -> Owner {
    let first = name.split(' ').next().unwrap_or_default();
    Owner {
        user: None,
        id: id.into(),
        email: format!("{}@x", first.to_lowercase()),
        name: name.to_owned(),
        active: true,
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
fn a_promise_that_is_past_is_asked_about_before_it_is_sent() {
    let mut model = known(120, 36);
    let mut templates = model.outbox.means.handoffs.to_vec();
    for (_, template) in &mut templates {
        template.fields[1].promise = true;
    }
    model.outbox.means.handoffs = templates.into();
    filled(&mut model);
    play(&mut model, "ctrl-u");
    write(&mut model, "Mara calls by 00:01");
    assert!(matches!(
        form(&model).reading(2, &model.reading_occasion(), &[]),
        Some(Reading::Wrong(why)) if why.contains("is past already")
    ));
    assert!(play(&mut model, "ctrl-s").is_empty());
    assert!(matches!(
        model.overlays.last(),
        Some(Overlay::Confirm(Confirm { question: Question::Doubtful(why) })) if why.contains("is past already")
    ));
    assert_eq!(
        queued(&play(&mut model, "y")).1.len(),
        3,
        "note, task and promise"
    );
}
