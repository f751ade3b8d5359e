//! Drafts: when what is typed is saved, and how it comes back.

use super::*;

#[test]
fn what_is_being_queued_is_not_kept_as_a_draft_behind_it() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    nothing_begun(&mut model);
    write(&mut model, "x");
    let (run, ..) = queued(&play(&mut model, "ctrl-s"));
    assert_eq!(deadline(&model), deadline(&known(120, 36)), "nothing is due");
    assert!(wait(&mut model, 60).is_empty(), "it would be sent twice");
    let failure = failure(FailureKind::Unsaved, "not saved: the disk is full");
    update(&mut model, Msg::Outbox(OutboxMsg::NotQueued { run, failure }));
    let orders = wait(&mut model, 2);
    assert!(
        matches!(&orders[..], [Cmd::Write(WriteCmd::SaveDraft { text, .. })] if text == "x"),
        "{orders:?}"
    );
    play(&mut model, "ctrl-s");
    let orders = play(&mut model, "ctrl-c");
    let saves = |order: &Cmd| matches!(order, Cmd::Write(WriteCmd::SaveDraft { .. }));
    assert!(!orders.iter().any(saves), "{orders:?}");
}

#[test]
fn a_draft_is_saved_two_seconds_after_the_first_letter_and_said_so_only_then() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    nothing_begun(&mut model);
    assert_eq!(status(&model), "");
    write(&mut model, "a");
    assert_eq!(deadline(&model), Some(now() + SignedDuration::from_secs(2)));
    assert!(wait(&mut model, 1).is_empty());
    write(&mut model, "b");
    let orders = wait(&mut model, 1);
    assert!(
        matches!(&orders[..], [Cmd::Write(WriteCmd::SaveDraft { name, text })] if name == "note:1" && text == "ab"),
        "{orders:?}"
    );
    assert_eq!(status(&model), "draft not saved yet");
    write(&mut model, "c");
    assert!(wait(&mut model, 60).is_empty(), "one order at a time");
    let name = "note:1".to_owned();
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::DraftSaved {
            name: name.clone(),
            beside: None,
        }),
    );
    assert_eq!(status(&model), "draft not saved yet", "c is not");
    assert_eq!(wait(&mut model, 0).len(), 1);
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::DraftSaved { name, beside: None }),
    );
    assert_eq!(status(&model), "draft saved");
}

#[test]
fn a_draft_that_cannot_be_saved_is_told_and_tried_again_with_the_next_letter() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    nothing_begun(&mut model);
    write(&mut model, "a");
    wait(&mut model, 2);
    let failure = failure(FailureKind::Unsaved, "not saved: the disk is full");
    update(&mut model, Msg::Outbox(OutboxMsg::Unsaved(failure)));
    assert_eq!(status(&model), "the draft could not be saved");
    assert!(wait(&mut model, 10).is_empty());
    write(&mut model, "b");
    assert_eq!(wait(&mut model, 2).len(), 1);
}

#[test]
fn leaving_keeps_the_draft_and_the_same_key_opens_it_again() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    nothing_begun(&mut model);
    write(&mut model, "Ana");
    let orders = play(&mut model, "<esc>");
    assert!(matches!(&orders[..], [Cmd::Write(WriteCmd::SaveDraft { text, .. })] if text == "Ana"));
    assert!(model.told.as_deref().unwrap().contains("the draft is kept"));
    let orders = play(&mut model, "n");
    let [Cmd::LoadDraft { run, name }] = &orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!(name, "note:1");
    // What is typed before the draft was read stays.
    write(&mut model, "Lea");
    let text = Some("Ana".to_owned());
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::DraftLoaded {
            run: *run,
            text,
            kept: true,
        }),
    );
    assert_eq!(form(&model).field().text(), "Ana\nLea");
    play(&mut model, "ctrl-u <backspace> ctrl-u");
    let orders = play(&mut model, "<esc>");
    assert!(
        matches!(
            &orders[..],
            [Cmd::Write(WriteCmd::DropDraft { only_ours: true, .. })]
        ),
        "{orders:?}"
    );
}

#[test]
fn quitting_in_the_middle_of_a_word_keeps_it() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    nothing_begun(&mut model);
    write(&mut model, "Ana");
    let orders = play(&mut model, "ctrl-c");
    assert!(matches!(
        orders[..],
        [Cmd::Write(WriteCmd::SaveDraft { .. }), Cmd::RecordLook, Cmd::Quit]
    ));
}

#[test]
fn a_draft_of_a_task_comes_back_field_by_field() {
    let mut model = known(120, 36);
    play(&mut model, "1 t");
    nothing_begun(&mut model);
    write(&mut model, "Offer");
    play(&mut model, "<tab>");
    write(&mut model, "fri");
    play(&mut model, "<tab> <down> <tab>");
    write(&mut model, "one\ntwo");
    let orders = play(&mut model, "<esc>");
    let [Cmd::Write(WriteCmd::SaveDraft { text, .. })] = &orders[..] else {
        panic!("{orders:?}")
    };
    let text = text.clone();
    let orders = play(&mut model, "t");
    let [Cmd::LoadDraft { run, .. }] = &orders[..] else {
        panic!("{orders:?}")
    };
    let (run, text) = (*run, Some(text));
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::DraftLoaded {
            run,
            text,
            kept: true,
        }),
    );
    let texts: Vec<String> = form(&model)
        .fields
        .iter()
        .map(overlay::form::Field::text)
        .collect();
    assert_eq!(texts, ["Offer", "fri", "Ben Osei", "one\ntwo"]);
}
