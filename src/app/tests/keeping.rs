//! What was kept before a form opened is neither replaced nor dropped before it was seen.

use jiff::SignedDuration;

use super::forms::{form, queued};
use super::*;
use crate::app::play::{known, write};

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
