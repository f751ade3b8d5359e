//! Forms: what is typed is understood, kept, queued, and never lost.

use jiff::SignedDuration;

use super::*;
use crate::app::overlay::Overlay;
use crate::app::overlay::form::{Form, FormLayout, Reading};
use crate::app::play::{known, write};
use crate::domain::outbox::{Entry, EntryId, Field, NewEntry, Write};
use crate::domain::record::{Core, Kind};

mod drafts;
mod logging;

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
