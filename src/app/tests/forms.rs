//! Forms: what is typed is understood, kept, queued, and never lost.

use jiff::SignedDuration;

use super::*;
use crate::app::overlay::Overlay;
use crate::app::overlay::form::{Form, FormLayout, Reading};
use crate::app::play::{known, write};
use crate::domain::outbox::{Entry, EntryId, Field, NewEntry, Write};
use crate::domain::record::{Core, Kind};

fn paste(model: &mut Model, text: &str) -> Vec<Cmd> {
    update(model, Msg::Terminal(TerminalMsg::Pasted(text.to_owned())))
}

fn wait(model: &mut Model, seconds: i64) -> Vec<Cmd> {
    let then = model.now + SignedDuration::from_secs(seconds);
    update(model, Msg::Clock(then))
}

pub(super) fn form(model: &Model) -> &Form {
    match model.overlays.last() {
        Some(Overlay::Form(form)) => form,
        other => panic!("no form but {other:?}"),
    }
}

fn status(model: &Model) -> &'static str {
    form(model).draft.as_ref().unwrap().words()
}

/// The draft of the form that is open was read: there is none.
pub(super) fn nothing_begun(model: &mut Model) {
    let run = form(model).asked.unwrap();
    let (text, kept) = (None, false);
    update(model, Msg::Outbox(OutboxMsg::DraftLoaded { run, text, kept }));
}

/// What is ordered to be queued, and under which number.
pub(super) fn queued(orders: &[Cmd]) -> (RunId, Vec<NewEntry>, Vec<String>) {
    match orders {
        [
            Cmd::Write(WriteCmd::Enqueue {
                run,
                deed,
                drafts_done,
                ..
            }),
        ] => (*run, deed.entries.clone(), drafts_done.clone()),
        other => panic!("nothing is queued but {other:?}"),
    }
}

fn value(entry: &NewEntry, core: Core) -> &str {
    match &entry.write {
        Write::Create { fields, .. } => fields.get(&Field::Core(core)).map_or("", String::as_str),
        other => panic!("nothing is made: {other:?}"),
    }
}

/// The ledger has them.
pub(super) fn answer(model: &mut Model, run: RunId, entries: Vec<NewEntry>) -> Vec<Cmd> {
    let entries = entries.into_iter().enumerate().map(|(at, new)| {
        let id = EntryId(at as i64);
        Entry::queued(id, "mara@x.example".to_owned(), "K7Q2".to_owned(), new, now())
    });
    let msg = OutboxMsg::Queued {
        run,
        entries: entries.collect(),
    };
    update(model, Msg::Outbox(msg))
}

#[test]
fn a_note_is_queued_from_any_pane_and_closes_only_when_it_is_on_disk() {
    for pane in ["1", "2", "3", "4", "1 <enter>"] {
        let mut model = known(120, 36);
        play(&mut model, pane);
        play(&mut model, "n");
        nothing_begun(&mut model);
        write(&mut model, "Ana is leaving.\nAsk who follows.");
        let (run, entries, drafts) = queued(&play(&mut model, "ctrl-s"));
        assert_eq!(
            value(&entries[0], Core::Body),
            "Ana is leaving.\nAsk who follows."
        );
        assert_eq!(value(&entries[0], Core::Owner), "7", "it is mine");
        let account = entries[0].account.clone().unwrap();
        assert_eq!(drafts, [format!("note:{account}")]);
        write(&mut model, "more");
        assert_eq!(form(&model).field().text(), "Ana is leaving.\nAsk who follows.");
        answer(&mut model, run, entries);
        assert!(model.overlays.is_empty(), "{pane}");
    }
}

#[test]
fn what_is_wrong_with_a_task_stands_at_its_field_and_the_cursor_goes_there() {
    let mut model = known(120, 36);
    play(&mut model, "1 t");
    nothing_begun(&mut model);
    play(&mut model, "<tab> <tab> <tab>");
    write(&mut model, "more about it");
    assert!(play(&mut model, "ctrl-s").is_empty());
    assert_eq!(
        (form(&model).at, form(&model).wrong_at(0)),
        (0, Some("the task is empty"))
    );
    write(&mut model, "Call");
    assert_eq!(form(&model).wrong_at(0), None, "until something is typed");
    play(&mut model, "<tab>");
    write(&mut model, "soon");
    play(&mut model, "<tab> <tab>");
    assert!(play(&mut model, "ctrl-s").is_empty());
    assert_eq!(form(&model).at, 1);
    let why = form(&model).wrong_at(1);
    assert!(why.is_some_and(|why| why.contains("`soon` is no day")));
}

#[test]
fn a_note_that_could_not_be_queued_stays_with_every_letter_and_says_why() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    nothing_begun(&mut model);
    play(&mut model, "ctrl-s");
    assert_eq!(form(&model).wrong.as_deref(), Some("the note is empty"));
    write(&mut model, "x");
    assert_eq!(form(&model).wrong, None);
    let (run, ..) = queued(&play(&mut model, "ctrl-s"));
    let failure = failure(FailureKind::Unsaved, "not saved: the disk is full");
    update(&mut model, Msg::Outbox(OutboxMsg::NotQueued { run, failure }));
    assert_eq!(form(&model).field().text(), "x");
    assert_eq!(form(&model).wrong.as_deref(), Some("not saved: the disk is full"));
    queued(&play(&mut model, "ctrl-s"));
}

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
fn a_megabyte_is_pasted_kept_at_once_and_what_is_too_much_is_refused_in_words() {
    let mut model = known(80, 24);
    play(&mut model, "1 n");
    nothing_begun(&mut model);
    let text = "Zürich 深圳 👩‍👩‍👧 done.\n".repeat(25_000);
    let orders = paste(&mut model, &text);
    assert!(matches!(&orders[..], [Cmd::Write(WriteCmd::SaveDraft { text: kept, .. })] if *kept == text));
    let note = form(&model);
    let window = FormLayout::of(note, model.size).window(0);
    assert!(note.field().editor.shown(window).row < window.height);
    paste(&mut model, &"x".repeat(4 << 20));
    assert!(form(&model).wrong.as_deref().unwrap().contains("too long"));
}

#[test]
fn the_cursor_stands_where_the_next_letter_goes_beside_wide_ones() {
    let mut model = known(80, 24);
    play(&mut model, "1 n");
    nothing_begun(&mut model);
    write(&mut model, "深圳云 a");
    let window = FormLayout::of(form(&model), model.size).window(0);
    assert_eq!(form(&model).field().editor.shown(window).column, 8);
    play(&mut model, "<left> <left> <left>");
    assert_eq!(form(&model).field().editor.shown(window).column, 4);
}

#[test]
fn the_persons_own_editor_takes_the_text_and_gives_it_back() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    write(&mut model, "one");
    assert!(play(&mut model, "ctrl-o").is_empty(), "its draft is not read yet");
    nothing_begun(&mut model);
    let orders = play(&mut model, "ctrl-o");
    let [
        Cmd::Write(WriteCmd::SaveDraft { text: kept, .. }),
        Cmd::Compose { run, name, text },
    ] = &orders[..]
    else {
        panic!("{orders:?}")
    };
    assert_eq!(
        [kept.as_str(), name, text],
        ["one", "note:1", "one"],
        "it is saved before the editor has it"
    );
    let name = name.clone();
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::DraftSaved { name, beside: None }),
    );
    let text = Ok("two\n".to_owned());
    let orders = update(
        &mut model,
        Msg::Terminal(TerminalMsg::Composed { run: *run, text }),
    );
    assert!(
        matches!(&orders[..], [Cmd::Write(WriteCmd::SaveDraft { text, .. })] if text == "two"),
        "{orders:?}"
    );
    assert_eq!(form(&model).field().text(), "two");
    let orders = play(&mut model, "ctrl-o");
    let [Cmd::Compose { run, .. }] = &orders[..] else {
        panic!("{orders:?}")
    };
    let text = Err("`vi` did not start".to_owned());
    update(
        &mut model,
        Msg::Terminal(TerminalMsg::Composed { run: *run, text }),
    );
    assert_eq!(form(&model).field().text(), "two");
    assert_eq!(form(&model).wrong.as_deref(), Some("`vi` did not start"));
}

pub(super) fn reading(model: &Model, at: usize) -> Option<Reading> {
    form(model).reading(at, &model.reading_occasion(), &model.outbox.people)
}

#[test]
fn a_task_has_its_day_read_while_it_is_typed_and_an_owner_from_the_list() {
    let mut model = known(120, 36);
    play(&mut model, "1 t");
    nothing_begun(&mut model);
    write(&mut model, "Send the offer");
    play(&mut model, "<tab>");
    write(&mut model, "frx");
    assert!(matches!(reading(&model, 1), Some(Reading::Wrong(why)) if why.contains("is no day")));
    play(&mut model, "<backspace>");
    write(&mut model, "i");
    let means = Reading::Means(vec!["Fri 27 Nov 17:00".to_owned()]);
    assert_eq!(reading(&model, 1), Some(means));
    play(&mut model, "<tab>");
    assert_eq!(form(&model).field().text(), "Mara Lindt");
    write(&mut model, "os");
    play(&mut model, "<tab>");
    assert_eq!(form(&model).fields[2].text(), "Ben Osei");
    write(&mut model, "With SSO.\nAnd seats.");
    let (_, entries, drafts) = queued(&play(&mut model, "ctrl-s"));
    let task = &entries[0];
    assert_eq!(value(task, Core::Subject), "Send the offer");
    assert_eq!(value(task, Core::Due), "2026-11-27T17:00:00Z");
    assert_eq!(value(task, Core::Owner), "8");
    assert_eq!(value(task, Core::Body), "With SSO.\nAnd seats.");
    assert_eq!(drafts, ["task:1"]);
}

#[test]
fn a_task_without_a_day_an_owner_or_text_is_mine_today_and_what_is_wrong_is_told_in_place() {
    let mut model = known(80, 24);
    play(&mut model, "1 t ctrl-s");
    assert_eq!(form(&model).wrong.as_deref(), Some("the task is empty"));
    write(&mut model, "Call");
    play(&mut model, "<enter>");
    write(&mut model, "soon");
    play(&mut model, "ctrl-s");
    assert!(
        form(&model)
            .wrong
            .as_deref()
            .unwrap()
            .contains("`soon` is no day")
    );
    play(&mut model, "ctrl-u <down> <backspace>");
    write(&mut model, "nobody");
    play(&mut model, "ctrl-s");
    assert!(
        form(&model)
            .wrong
            .as_deref()
            .unwrap()
            .contains("nothing is called “nobody”")
    );
    play(&mut model, "ctrl-u");
    let (_, entries, _) = queued(&play(&mut model, "ctrl-s"));
    assert_eq!(value(&entries[0], Core::Due), "2026-11-23T17:00:00Z");
    assert_eq!(value(&entries[0], Core::Owner), "7");
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

#[test]
fn the_log_completes_the_accounts_people_and_tells_how_it_understands_the_line() {
    let mut model = known(120, 36);
    let orders = play(&mut model, "1 l");
    assert!(
        orders
            .iter()
            .any(|order| matches!(order, Cmd::OpenAccount { .. })),
        "the people come with the account"
    );
    let someone = form(&model).contacts[0].clone();
    let begins: String = someone.name.to_lowercase().chars().take(3).collect();
    write(&mut model, &format!("call with {begins}"));
    assert!(form(&model).names().1.contains(&someone.name.as_str()));
    play(&mut model, "<tab>");
    assert_eq!(form(&model).field().text(), format!("call with {}", someone.name));
    write(&mut model, ": went well; next: send the offer by fri");
    let Some(Reading::Means(lines)) = reading(&model, 0) else {
        panic!("{:?}", reading(&model, 0))
    };
    let expected = [
        format!("Call · {} · today 08:50", someone.name),
        "outcome: went well".to_owned(),
        "next: send the offer, Fri 27 Nov 17:00".to_owned(),
    ];
    assert_eq!(lines, expected);
    let (_, entries, _) = queued(&play(&mut model, "<enter>"));
    let kinds: Vec<Kind> = entries.iter().map(|entry| entry.write.kind()).collect();
    assert_eq!(kinds, [Kind::Call, Kind::Task]);
    assert_eq!(entries[0].act, entries[1].act, "undone in one go");
}

#[test]
fn a_line_that_was_taken_back_is_in_the_log_again() {
    let mut model = known(120, 36);
    play(&mut model, "1 l");
    nothing_begun(&mut model);
    let someone = form(&model).contacts[0].name.clone();
    let line = format!("call with {someone}: went well; next: send the offer by fri");
    write(&mut model, &line);
    let (run, entries, _) = queued(&play(&mut model, "<enter>"));
    assert_eq!(entries.len(), 2);
    answer(&mut model, run, entries.clone());
    let entries = entries.into_iter().enumerate().map(|(at, new)| {
        let id = EntryId(at as i64);
        Entry::queued(id, String::new(), String::new(), new, model.now)
    });
    let back = OutboxMsg::TakenBack(entries.collect());
    let orders = update(&mut model, Msg::Outbox(back));
    assert!(
        orders.iter().any(|order| matches!(order,
            Cmd::Write(WriteCmd::KeepBeside { name, text }) if name == "log:1" && *text == line)),
        "{orders:?}"
    );
    let told = model.told.unwrap();
    assert!(told.ends_with("its text is a draft again: l opens it"), "{told}");
    // What was begun since has the name, and its key.
    let typed = |name: &str| crate::app::outbox::Typed {
        name: name.to_owned(),
        text: "t".to_owned(),
    };
    let begun = crate::domain::outbox::DraftLine {
        name: "log:1".to_owned(),
        ..play::outbox::mixed().drafts[0].clone()
    };
    for (begun, name, ending) in [
        (vec![begun], "log:1", "O has it"),
        (Vec::new(), "handoff:1:csm-to-csm", "h opens it"),
        (Vec::new(), "handoff:1:csm-to-csm Q-1", "O has it"),
    ] {
        let mut model = known(120, 36);
        let view = crate::domain::outbox::OutboxView {
            drafts: begun,
            ..Default::default()
        };
        update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
        play(&mut model, "1 l");
        nothing_begun(&mut model);
        write(&mut model, &line);
        let (run, entries, _) = queued(&play(&mut model, "<enter>"));
        answer(&mut model, run, entries.clone());
        model.outbox.acts.last_mut().unwrap().typed = Some(typed(name));
        let entries = entries.into_iter().enumerate().map(|(at, new)| {
            let id = EntryId(at as i64);
            Entry::queued(id, String::new(), String::new(), new, model.now)
        });
        let back = OutboxMsg::TakenBack(entries.collect());
        update(&mut model, Msg::Outbox(back));
        let told = model.told.unwrap();
        assert!(told.ends_with(ending), "{told}");
    }
}

#[test]
fn a_screen_that_shows_nothing_takes_no_text_and_says_what_closes_the_form() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    nothing_begun(&mut model);
    let (small, large) = ((40, 10), (120, 36));
    let resized = |model: &mut Model, (width, height)| {
        update(model, Msg::Terminal(TerminalMsg::Resized(Size { width, height })));
    };
    resized(&mut model, small);
    play(&mut model, "q x <enter>");
    paste(&mut model, "unseen");
    assert!(model.told.as_deref().unwrap().contains("too small"));
    resized(&mut model, large);
    assert_eq!(form(&model).fields[0].text(), "");
    resized(&mut model, small);
    play(&mut model, "<esc>");
    assert!(model.overlays.is_empty());
    play(&mut model, "n");
    assert!(model.overlays.is_empty(), "nothing opens unseen");
    assert!(matches!(play(&mut model, "q")[..], [.., Cmd::Quit]));
}

#[test]
fn a_line_that_is_not_understood_is_not_queued_and_says_what_is_missing() {
    let mut model = known(120, 36);
    play(&mut model, "1 l");
    write(&mut model, "dinner with Ana");
    assert!(play(&mut model, "<enter>").is_empty());
    assert!(form(&model).wrong.as_deref().unwrap().contains("begin with call"));
}

#[test]
fn a_form_on_a_screen_that_shrinks_keeps_its_cursor_on_it() {
    let mut model = known(120, 36);
    play(&mut model, "1 n");
    nothing_begun(&mut model);
    write(&mut model, &"line\n".repeat(25));
    for size in [(60, 16), (200, 60), (10, 3)] {
        let size = Size {
            width: size.0,
            height: size.1,
        };
        update(&mut model, Msg::Terminal(TerminalMsg::Resized(size)));
        let window = FormLayout::of(form(&model), size).window(0);
        assert!(
            form(&model).field().editor.shown(window).row < window.height,
            "{size:?}"
        );
    }
}
