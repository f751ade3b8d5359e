//! What was kept before a form opened is neither replaced nor dropped before it was seen.

use jiff::SignedDuration;

use super::forms::{form, queued};
use super::*;
use crate::app::overlay::Overlay;
use crate::app::overlay::conflict::Decision;
use crate::app::overlay::form::Purpose;
use crate::app::play::{known, write};
use crate::domain::acts::edit::EditableField;
use crate::domain::outbox::{EntryId, State, Step, Write};
use crate::domain::record::ValueType;

fn wait(model: &mut Model, seconds: i64) -> Vec<Cmd> {
    let then = model.now + SignedDuration::from_secs(seconds);
    update(model, Msg::Clock(then))
}

fn read(model: &mut Model, text: &str, kept: bool) -> Vec<Cmd> {
    let run = form(model).asked.unwrap();
    let text = Some(text.to_owned());
    update(model, Msg::Outbox(OutboxMsg::DraftLoaded { run, text, kept }))
}

fn unread(model: &mut Model) {
    let run = form(model).asked.unwrap();
    let failure = failure(FailureKind::Storage, "the ledger cannot be read");
    update(model, Msg::Outbox(OutboxMsg::DraftUnread { run, failure }));
}

fn saves(orders: &[Cmd]) -> Vec<&str> {
    let texts = orders.iter().filter_map(|order| match order {
        Cmd::Write(WriteCmd::SaveDraft { text, .. }) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn what_is_pasted_before_the_earlier_draft_was_read_is_saved_behind_it_and_not_over_it() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    let orders = update(&mut model, Msg::Terminal(TerminalMsg::Pasted("Lea".to_owned())));
    assert!(
        orders.is_empty(),
        "it would be over the one that is being read: {orders:?}"
    );
    assert_eq!(
        deadline(&model),
        deadline(&known(120, 36)),
        "nobody is woken for it"
    );
    assert!(wait(&mut model, 60).is_empty());
    let orders = read(&mut model, "Ana", true);
    assert_eq!(saves(&orders), ["Ana\nLea"]);
}

#[test]
fn a_line_and_its_earlier_draft_are_both_there() {
    let mut model = known(120, 36);
    play(&mut model, "1 l");
    write(&mut model, "call: ok");
    read(&mut model, "meeting with Idris", true);
    assert_eq!(form(&model).field().text(), "meeting with Idris call: ok");
}

#[test]
fn what_is_queued_before_the_earlier_draft_was_seen_leaves_it() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    write(&mut model, "Lea");
    let (_, _, done) = queued(&play(&mut model, "ctrl-s"));
    assert!(done.is_empty(), "{done:?}");
}

#[test]
fn who_leaves_before_the_earlier_draft_was_seen_has_the_new_text_kept_beside_it() {
    for keys in ["<esc>", "ctrl-c"] {
        for is_unread in [false, true] {
            let mut model = known(120, 36);
            play(&mut model, "1 n");
            if is_unread {
                unread(&mut model);
            }
            write(&mut model, "Lea");
            let orders = play(&mut model, keys);
            let beside = |order: &Cmd| matches!(order, Cmd::Write(WriteCmd::KeepBeside { name, text }) if name == "note:1" && text == "Lea");
            assert!(
                orders.iter().any(beside) && saves(&orders).is_empty(),
                "{orders:?}"
            );
        }
    }
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    assert!(
        play(&mut model, "<esc>").is_empty(),
        "nothing was typed, and nothing is dropped"
    );
}

#[test]
fn a_draft_that_could_not_be_read_is_not_replaced_but_read_again() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    write(&mut model, "L");
    unread(&mut model);
    assert_eq!(
        form(&model).draft.as_ref().unwrap().words(),
        "the draft could not be saved"
    );
    assert!(wait(&mut model, 60).is_empty(), "only with the next letter");
    write(&mut model, "ea");
    let orders = wait(&mut model, 2);
    assert!(
        matches!(&orders[..], [Cmd::LoadDraft { name, .. }] if name == "note:1"),
        "{orders:?}"
    );
    let orders = read(&mut model, "Ana", true);
    assert_eq!(saves(&orders), ["Ana\nLea"]);
}

#[test]
fn a_draft_that_the_ledger_refused_is_saved_again_by_who_opens_it() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    read(&mut model, "Ana", false);
    assert_eq!(
        form(&model).draft.as_ref().unwrap().words(),
        "draft not saved yet"
    );
    assert_eq!(saves(&wait(&mut model, 2)), ["Ana"]);
}

#[test]
fn a_text_that_could_not_be_saved_is_tried_once_more_by_who_leaves() {
    for keys in ["<esc>", "ctrl-c"] {
        let mut model = known(120, 36);
        play(&mut model, "1 n");
        forms::nothing_begun(&mut model);
        write(&mut model, "Lea");
        wait(&mut model, 2);
        let failure = failure(FailureKind::Unsaved, "not saved: the disk is full");
        update(&mut model, Msg::Outbox(OutboxMsg::Unsaved(failure)));
        let orders = play(&mut model, keys);
        assert_eq!(saves(&orders), ["Lea"], "{keys}");
    }
}

#[test]
fn a_text_that_is_kept_beside_another_opens_by_its_own_name() {
    for what in ["note:1:+2", "task:1:+2", "log:1:+3", "handoff:1:csm-to-csm:+2"] {
        let mut model = known(120, 36);
        let view = crate::domain::outbox::OutboxView {
            drafts: vec![crate::domain::outbox::DraftLine {
                name: what.to_owned(),
                begins: "Ana".to_owned(),
                saved_at: now(),
            }],
            ..Default::default()
        };
        update(
            &mut model,
            Msg::Outbox(OutboxMsg::Loaded(std::sync::Arc::new(view))),
        );
        let orders = play(&mut model, "O <enter>");
        assert!(
            orders
                .iter()
                .any(|order| matches!(order, Cmd::LoadDraft { name, .. } if name == what)),
            "{what}: {orders:?}"
        );
    }
}

/// The outbox with an entry in every state, on the row with this number.
fn outbox_on(row: usize) -> Model {
    let mut model = known(120, 36);
    let view = play::outbox::mixed();
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    play(&mut model, &format!("O {}", "j ".repeat(row)));
    model
}

fn refuse(model: &mut Model) {
    let failure = failure(FailureKind::Unsaved, "not saved: the disk is full");
    update(model, Msg::Outbox(OutboxMsg::Unsaved(failure)));
}

/// The ledger took a step of the entry with this number.
fn taken(model: &mut Model, id: i64) -> Vec<Cmd> {
    let entry = model.outbox.view.entry(EntryId(id)).unwrap().clone();
    update(model, Msg::Outbox(OutboxMsg::StepTaken(entry.into())))
}

#[test]
fn a_decided_conflict_stays_with_every_decision_until_it_is_on_disk() {
    let mut model = outbox_on(1);
    let orders = play(&mut model, "<enter> t m <enter>");
    assert!(
        matches!(&orders[..], [Cmd::Write(WriteCmd::TakeStep { .. })]),
        "{orders:?}"
    );
    let decided = |model: &Model| match model.overlays.last() {
        Some(Overlay::Conflict(view)) => view.decided.iter().filter(|one| one.is_some()).count(),
        other => panic!("no conflict but {other:?}"),
    };
    assert_eq!(decided(&model), 2);
    assert!(play(&mut model, "<enter>").is_empty(), "once is enough");
    refuse(&mut model);
    assert_eq!(decided(&model), 2, "nothing is lost");
    assert_eq!(play(&mut model, "<enter>").len(), 1, "it can be sent again");
    taken(&mut model, 2);
    assert!(matches!(model.overlays[..], [Overlay::Outbox(_)]));
}

#[test]
fn a_reason_stays_until_what_it_is_for_is_on_disk() {
    for (row, id) in [(0, Some(1)), (3, None)] {
        let mut model = outbox_on(row);
        assert_eq!(play(&mut model, "d type:wrong <enter>").len(), 1);
        refuse(&mut model);
        assert!(matches!(model.overlays.last(), Some(Overlay::Ask(ask)) if ask.field.text() == "wrong"));
        assert_eq!(play(&mut model, "<enter>").len(), 1);
        if let Some(id) = id {
            taken(&mut model, id);
        } else {
            update(&mut model, Msg::Outbox(OutboxMsg::Changed));
        }
        assert!(matches!(model.overlays[..], [Overlay::Outbox(_)]), "{row}");
    }
}

#[test]
fn a_text_that_is_revised_has_a_draft_which_goes_with_the_step() {
    let mut model = outbox_on(4);
    play(&mut model, "e");
    forms::nothing_begun(&mut model);
    write(&mut model, "Now ");
    let orders = wait(&mut model, 2);
    let [Cmd::Write(WriteCmd::SaveDraft { name, .. })] = &orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!(name, "revise:1:4");
    let name = name.clone();
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::DraftSaved { name, beside: None }),
    );
    play(&mut model, "ctrl-s");
    let orders = taken(&mut model, 4);
    assert!(
        matches!(&orders[0], Cmd::Write(WriteCmd::DropDraft { name, .. }) if name == "revise:1:4"),
        "{orders:?}"
    );
    assert!(matches!(model.overlays[..], [Overlay::Outbox(_)]));
}

#[test]
fn a_revised_text_opens_again_whatever_became_of_its_entry() {
    // It waits, it was sent, nothing of it is known any more.
    for (id, is_open) in [(4, true), (9, true), (99, false)] {
        let mut view = play::outbox::mixed();
        view.drafts[0].name = format!("revise:1:{id}");
        let mut model = known(120, 36);
        update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
        play(&mut model, "O j j j j j j j <enter>");
        assert_eq!(
            form(&model).draft.as_ref().unwrap().name,
            format!("revise:1:{id}")
        );
        let purpose = &form(&model).purpose;
        assert_eq!(matches!(purpose, Purpose::Revise(_)), is_open, "{purpose:?}");
        assert_eq!(*purpose == Purpose::Note, !is_open);
    }
}

/// The outbox with what the CRM takes in the fields that are written.
fn typed_outbox() -> Model {
    let mut view = play::outbox::mixed();
    let Write::Update { kind, changes, .. } = &view.open[1].new.write else {
        panic!("no change")
    };
    for (change, value_type) in changes.iter().zip([ValueType::Choice, ValueType::Date]) {
        let of_it = view
            .values
            .iter()
            .filter(|((field, _), _)| *field == change.field);
        let options = of_it.map(|((_, value), label)| (value.clone(), label.clone()));
        let editable = EditableField {
            contract: None,
            kind: *kind,
            record: "2".into(),
            field: change.field.clone(),
            label: view.label(&change.field),
            value_type,
            is_owner: false,
            options: options.collect(),
            value: None,
            pending: None,
            term: None,
            amount: None,
        };
        view.properties.insert((*kind, change.field.clone()), editable);
    }
    // The same changes, as they wait before anybody else changed anything.
    let mut waiting = view.open[1].clone();
    (waiting.id, waiting.state) = (EntryId(40), State::Queued);
    waiting.conflicts.clear();
    view.open[0] = waiting;
    let mut model = known(120, 36);
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    play(&mut model, "O");
    model
}

/// What the write that is ordered makes of its fields.
fn made(orders: &[Cmd]) -> Vec<Option<String>> {
    match orders {
        [
            Cmd::Write(WriteCmd::TakeStep {
                step:
                    Step::Revised {
                        write: Write::Update { changes, .. },
                        ..
                    },
                ..
            }),
        ] => changes.iter().map(|change| change.to.clone()).collect(),
        other => panic!("nothing is revised but {other:?}"),
    }
}

#[test]
fn a_value_that_is_typed_over_a_conflict_is_read_as_its_field_is() {
    let mut model = typed_outbox();
    play(&mut model, "<enter> e ctrl-u type:huge <enter>");
    assert!(
        model
            .told
            .as_deref()
            .unwrap()
            .contains("no value is called `huge`"),
        "{:?}",
        model.told
    );
    assert!(matches!(model.overlays.last(), Some(Overlay::Ask(ask)) if ask.field.text() == "huge"));
    play(&mut model, "ctrl-u type:small <enter> e ctrl-u");
    write(&mut model, "fri");
    let orders = play(&mut model, "<enter> <enter>");
    assert_eq!(
        made(&orders),
        [Some("2026-11-27".to_owned())],
        "small is what they have"
    );
}

#[test]
fn a_long_text_of_many_lines_is_edited_over_a_conflict_without_losing_a_letter() {
    let mut view = play::outbox::mixed();
    let long = format!("{}\nsecond line", "why it went. ".repeat(60).trim_end());
    let Write::Update { changes, .. } = &mut view.open[1].new.write else {
        panic!("no change")
    };
    changes[0].to = Some(long.clone());
    view.open[1].conflicts[0].mine = Some(long.clone());
    let mut model = known(120, 36);
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    play(&mut model, "O j <enter> e");
    play(&mut model, "<enter> type:third ctrl-s");
    let Some(Overlay::Conflict(view)) = model.overlays.last() else {
        panic!("{:?}", model.overlays)
    };
    let expected = format!("{long}\nthird");
    assert_eq!(view.decided[0], Some(Decision::Other(Some(expected))));
}

#[test]
fn a_paste_that_is_too_long_is_refused_whole_and_one_while_it_is_saved_goes_nowhere() {
    let mut model = outbox_on(0);
    play(&mut model, "d type:wrong <enter>");
    update(
        &mut model,
        Msg::Terminal(TerminalMsg::Pasted(" and more".to_owned())),
    );
    assert!(matches!(model.overlays.last(), Some(Overlay::Ask(ask)) if ask.field.text() == "wrong"));
    let mut model = known(120, 36);
    play(&mut model, "2 c type:known");
    update(
        &mut model,
        Msg::Terminal(TerminalMsg::Pasted("long ".repeat(400))),
    );
    assert!(matches!(model.overlays.last(), Some(Overlay::Warn(warn)) if warn.input.text() == "known"));
    assert_eq!(
        model.told.as_deref(),
        Some("the pasted text is too long and was left out")
    );
}

#[test]
fn a_change_that_waits_is_revised_as_its_field_is_edited() {
    let mut model = typed_outbox();
    play(&mut model, "j j j e");
    forms::nothing_begun(&mut model);
    assert_eq!(
        form(&model).fields[0].text(),
        "Enterprise",
        "it is chosen by its label"
    );
    play(&mut model, "<tab> ctrl-u type:frx");
    assert!(play(&mut model, "ctrl-s").is_empty());
    assert!(form(&model).wrong.as_deref().unwrap().contains("is no day"));
    play(&mut model, "ctrl-u");
    write(&mut model, "fri");
    let orders = play(&mut model, "ctrl-s");
    let expected = ["ent", "2026-11-27"].map(|value| Some(value.to_owned()));
    assert_eq!(made(&orders), expected);
}
