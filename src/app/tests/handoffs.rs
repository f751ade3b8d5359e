//! An account is handed over: a form from a template, filled from the account, queued as one note and one task.

mod receivers;

use super::forms::{answer, form, nothing_begun, queued};
use super::*;
use crate::app::overlay::form::{Form, Handing, Reading};
use crate::app::overlay::{Confirm, Overlay, Question};
use crate::app::play::{account, forbid_writing, known, write};
use crate::domain::acts::About;
use crate::domain::handoff;
use crate::domain::outbox::{Field, Write};
use crate::domain::record::{Core, Kind};

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
        first: None,
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
