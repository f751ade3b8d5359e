//! A handoff that waits for me is accepted, returned or answered from its line, by the keys that are there already.

use super::forms::{answer, form, nothing_begun, queued};
use super::*;
use crate::app::overlay::Overlay;
use crate::app::overlay::form::{Field as FormField, Reading};
use crate::app::play::{account, forbid_writing, known, write};
use crate::domain::desk::{DueKind, HandoffState};
use crate::domain::handoff::{self, Asks, HandoffTask};
use crate::domain::outbox::{Field, Write};
use crate::domain::record::{Core, Kind};

/// A model whose first account has a handoff that waits for me, open in the list of `h`.
fn waiting(state: HandoffState, text: &str, keys: &str) -> Model {
    let mut model = known(120, 36);
    let desk = model.desk.desk.as_mut().unwrap();
    let id = crate::domain::record::RecordId::from("1");
    desk.handoffs[0].account = id.clone();
    let mut card = desk.handoffs[0].clone();
    (card.state, card.text) = (state, text.to_owned());
    for item in &mut desk.due {
        (item.kind, item.record) = (DueKind::Handoff, card.handoff.as_str().into());
        item.account = Some(id.clone());
    }
    play(&mut model, keys);
    let mut view = account();
    view.handoffs.push(card);
    view.handoff_tasks = vec![view.next[0].clone()];
    view.handoff_tasks[0].of_handoff = Some(HandoffTask {
        handoff: "h1".to_owned(),
        asks: Asks::Answer,
        words: None,
    });
    let Some(Overlay::Handoffs(list)) = model.overlays.last_mut() else {
        panic!("no list: {:?}", model.told)
    };
    list.view = Some(Box::new(view));
    model
}

fn body(write: &Write) -> &str {
    match write {
        Write::Create { fields, .. } => &fields[&Field::Core(Core::Body)],
        other => panic!("nothing is made: {other:?}"),
    }
}

#[test]
fn it_is_accepted_from_pane_four_and_from_the_steps_with_one_act_that_can_be_undone() {
    for keys in ["4 g h", "3 g h", "3 g x"] {
        let mut model = waiting(HandoffState::Sent, "All fields are known.", keys);
        play(&mut model, "<enter>");
        assert_eq!(
            form(&model).title(),
            "Accept the handoff from Ben Osei · Juniper Freight",
            "{keys}"
        );
        nothing_begun(&mut model);
        let (run, entries, drafts) = queued(&play(&mut model, "ctrl-s"));
        assert_eq!(drafts, ["reply:1:h1 accepted"]);
        let kinds: Vec<Kind> = entries.iter().map(|entry| entry.write.kind()).collect();
        assert_eq!(kinds, [Kind::Note, Kind::Task]);
        let note = body(&entries[0].write);
        assert!(
            note.ends_with("By: Mara Lindt\nretain: handoff h1 event 2"),
            "{note}"
        );
        answer(&mut model, run, entries);
        assert!(model.overlays.is_empty());
        let orders = play(&mut model, "u");
        assert!(matches!(&orders[..], [Cmd::Write(WriteCmd::TakeBack { .. })]));
    }
}

#[test]
fn it_is_returned_with_a_question_and_a_returned_one_is_answered() {
    let mut model = waiting(HandoffState::Sent, "All fields are known.", "4 g h");
    play(&mut model, "j <enter>");
    assert_eq!(
        form(&model).title(),
        "Return the handoff to Ben Osei · Juniper Freight"
    );
    nothing_begun(&mut model);
    play(&mut model, "ctrl-s");
    let wrong = form(&model).wrong.as_deref();
    assert_eq!(
        wrong,
        Some("ask something: a handoff is returned with a question")
    );
    write(&mut model, "Who signs off?");
    let (_, entries, _) = queued(&play(&mut model, "ctrl-s"));
    assert!(body(&entries[0].write).contains("Question: Who signs off?"));
    assert!(
        body(&entries[2].write).ends_with("retain: handoff h1 task"),
        "one for who sent it"
    );

    let mut model = waiting(HandoffState::Returned, "Question on Goals: Whose?", "4 g h");
    play(&mut model, "<enter>");
    assert_eq!(form(&model).title(), "Answer Mara Lindt · Juniper Freight");
    let asked = form(&model).reading(0, &model.reading_occasion(), &[]);
    assert_eq!(asked, Some(Reading::Hint("asked: Whose?".to_owned())));
    nothing_begun(&mut model);
    write(&mut model, "The board's.");
    let (_, entries, _) = queued(&play(&mut model, "ctrl-s"));
    assert!(body(&entries[0].write).contains("Answer on Goals: The board's."));
}

#[test]
fn a_reply_that_was_begun_is_there_again() {
    let mut model = waiting(HandoffState::Sent, "All.", "4 g h");
    play(&mut model, "j <enter>");
    nothing_begun(&mut model);
    write(&mut model, "Who signs");
    let orders = play(&mut model, "<esc>");
    let [Cmd::Write(WriteCmd::SaveDraft { name, text })] = &orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!(
        (name.as_str(), text.as_str()),
        ("reply:1:h1 returned", "Who signs")
    );
}

#[test]
fn a_handoff_that_moved_on_under_the_open_form_is_told_at_once_and_the_words_stay() {
    let mut model = waiting(HandoffState::Sent, "All.", "4 g h");
    play(&mut model, "j <enter>");
    nothing_begun(&mut model);
    write(&mut model, "Who signs off?");
    let card = &mut model.desk.desk.as_mut().unwrap().handoffs[0];
    let said = "Handoff CSM → CSM: accepted\nBy: Ida Berg\nretain: handoff h1 event 2";
    let lines: Vec<String> = said.lines().map(str::to_owned).collect();
    card.events.extend(handoff::parse(&lines, model.now));
    (card.state, card.last) = (HandoffState::Accepted, 2);
    let orders = play(&mut model, "ctrl-s");
    assert!(orders.is_empty(), "{orders:?}");
    let wrong = form(&model).wrong.clone().unwrap();
    assert!(
        wrong.starts_with("Ida Berg accepted it today at ") && wrong.ends_with("cannot follow that"),
        "{wrong}"
    );
    assert!(form(&model).sending.is_none());
    let texts: Vec<String> = form(&model).fields.iter().map(FormField::text).collect();
    assert_eq!(texts.concat(), "Who signs off?");
}

#[test]
fn nothing_is_replied_without_the_permit() {
    let mut model = known(120, 36);
    forbid_writing(&mut model);
    play(&mut model, "4 g h");
    assert!(model.overlays.is_empty());
    assert!(model.told.as_deref().unwrap().contains("--read-only"));
}

#[test]
fn who_returns_it_sees_beside_each_field_what_its_sender_wrote() {
    let mut model = waiting(HandoffState::Sent, "", "4 g h");
    let Some(Overlay::Handoffs(list)) = model.overlays.last_mut() else {
        panic!("no list")
    };
    let cards = &mut list.view.as_mut().unwrap().handoffs;
    let card = cards.last_mut().unwrap();
    (card.from_role, card.to_role) = ("csm".to_owned(), "csm".to_owned());
    let said = "Handoff CSM → CSM: sent\nThe customer's goals, in their words: One tool.\nretain: handoff h1 event 1";
    let lines: Vec<String> = said.lines().map(str::to_owned).collect();
    card.events = handoff::parse(&lines, card.when).into_iter().collect();
    play(&mut model, "j <enter>");
    nothing_begun(&mut model);
    let fields: Vec<&str> = form(&model)
        .fields
        .iter()
        .map(|field| field.beside.as_str())
        .collect();
    assert_eq!(fields, ["One tool.", "", "", "", "", ""]);
    let read = |at| form(&model).reading(at, &model.reading_occasion(), &model.outbox.people);
    assert_eq!(
        read(0),
        Some(Reading::Hint("Ben Osei wrote: One tool.".to_owned()))
    );
    assert!(matches!(read(1), Some(Reading::Hint(hint)) if hint.contains("gets a task to answer")));
}
