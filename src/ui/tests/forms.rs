//! Frames of the forms.

use super::{SIZES, Theme, buffer, text};
use crate::app::overlay::Overlay;
use crate::app::overlay::form::FormLayout;
use crate::app::play::steps::stand_on;
use crate::app::play::{known, play, write};
use crate::app::{Model, Msg, OutboxMsg, update};
use crate::domain::outbox::{Field, OutboxView, State, Target, Write};
use crate::domain::record::RecordId;

/// Compares a form in both sizes with its picture. Words after `>` are typed, all else are keys.
fn check(name: &str, script: &[&str]) {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        for part in script {
            match part.strip_prefix('>') {
                Some(words) => write(&mut model, words),
                None => play(&mut model, part),
            };
        }
        let picture = text(&buffer(&model, Theme::default()));
        insta::assert_snapshot!(format!("{name}-{width}"), picture);
    }
}

#[test]
fn each_form_as_it_is_filled() {
    check(
        "form-note",
        &[
            "1 n",
            ">Ana is leaving; 深圳 stays.\nAsk who follows her.",
            "<left> <left>",
        ],
    );
    check(
        "form-task",
        &["1 t", ">Send the offer", "<tab>", ">fri", "<tab>", ">a"],
    );
    check(
        "form-log",
        &["1 l", ">call with Idris: went well; next: send the offer by fri"],
    );
    check("form-log-names", &["1 l", ">call with l"]);
    check("form-log-wrong", &["1 l", ">dinner with Lea", "<enter>"]);
    check("form-change", &["3 e", "ctrl-u", ">+2bd"]);
    check("fields", &["1 e j"]);
    check("plays", &["1 p"]);
    check("run-menu", &["1 p j <enter> p"]);
    check("handoffs", &["1 h"]);
    check(
        "form-handoff",
        &[
            "1 h <enter>",
            ">ben",
            "<tab>",
            ">Fewer escalations.\nOne tool.",
            "<tab>",
        ],
    );
    check("form-handoff-missing", &["1 h <enter>", ">ben", "ctrl-s"]);
    check("form-edit", &["1 e j <enter>", ">e"]);
    check("form-edit-wrong", &["1 e j j j <enter> ctrl-u", ">soon"]);
}

#[test]
fn what_is_wrong_with_a_field_stands_below_it() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        play(&mut model, "1 t <tab> <tab> <tab> ctrl-s");
        let picture = text(&buffer(&model, Theme::default()));
        let mut below = picture
            .lines()
            .skip_while(|line| !line.contains("subject"))
            .skip(1);
        assert!(below.next().unwrap().contains("▲ the task is empty"), "{picture}");
        assert!(below.next().unwrap().contains("due"), "{picture}");
        assert!(picture.contains("▲ not queued"), "{picture}");
    }
    // A day that is missing is read as nothing: what is wrong with it stands below it too.
    let mut model = known(120, 36);
    play(&mut model, "3 g e ctrl-u ctrl-s");
    let picture = text(&buffer(&model, Theme::default()));
    assert!(
        picture.contains("▲ a task that is put off needs a day"),
        "{picture}"
    );
}

#[test]
fn a_step_asks_for_its_note_or_why_it_is_left_out() {
    for (width, height) in SIZES {
        for (name, keys, words) in [
            ("form-step-note", "x", "They stay; Ana follows."),
            ("form-step-out", "-", ""),
        ] {
            let mut model = known(width, height);
            stand_on(&mut model, "call");
            play(&mut model, keys);
            write(&mut model, words);
            if words.is_empty() {
                play(&mut model, "<enter>");
            }
            let picture = text(&buffer(&model, Theme::default()));
            insta::assert_snapshot!(format!("{name}-{width}"), picture);
        }
    }
}

#[test]
fn a_form_says_where_its_draft_stands() {
    let mut model = known(80, 24);
    play(&mut model, "1 n");
    write(&mut model, "Ana");
    let shows = |model: &Model, words: &str| text(&buffer(model, Theme::default())).contains(words);
    assert!(shows(&model, "draft not saved yet"));
    let Some(Overlay::Form(form)) = model.overlays.last() else {
        panic!("no form")
    };
    let (run, text, kept) = (form.asked.unwrap(), None, false);
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::DraftLoaded { run, text, kept }),
    );
    let later = model.now + jiff::SignedDuration::from_secs(2);
    update(&mut model, Msg::Clock(later));
    let name = "note:1".to_owned();
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::DraftSaved { name, beside: None }),
    );
    assert!(shows(&model, "draft saved"));
    play(&mut model, "ctrl-s");
    assert!(shows(&model, "queueing …"));
}

#[test]
fn what_is_not_in_the_crm_yet_is_marked_in_every_list() {
    let mut model = known(120, 36);
    play(&mut model, "1 <enter>");
    let view = model.account.as_mut().unwrap().view.as_mut().unwrap();
    view.next[0].pending = Some(State::Queued);
    view.timeline[0].pending = Some(State::Sending);
    view.notes[0].pending = Some(State::Unknown);
    let (task, line) = (view.next[0].title.clone(), view.timeline[0].words.clone());
    let screen = text(&buffer(&model, Theme::default()));
    assert!(screen.contains(&format!("→ {task}")), "{screen}");
    assert!(screen.contains(&format!("→ {line}")), "{screen}");
    play(&mut model, "<tab> <tab> <tab> <tab> <tab> <tab> <tab>");
    let screen = text(&buffer(&model, Theme::default()));
    assert!(screen.contains("○ unknown"), "{screen}");
    play(&mut model, "<esc> 3 g");
    let due = &mut model.desk.desk.as_mut().unwrap().due[0];
    due.pending = Some(State::Retry);
    let title = due.title.clone();
    assert!(text(&buffer(&model, Theme::default())).contains(&format!("→ {title}")));
}

#[test]
fn a_line_that_is_longer_than_its_row_says_that_there_is_more_of_it() {
    let mut model = known(80, 24);
    play(&mut model, "1 t");
    let long = "Send the offer with the prices of last year, the new terms, and what Idris asked for";
    write(&mut model, long);
    let row = |model: &Model| {
        let picture = text(&buffer(model, Theme::default()));
        let row = picture.lines().find(|line| line.contains("subject"));
        row.unwrap().to_owned()
    };
    assert!(row(&model).contains("…"), "{}", row(&model));
    assert!(row(&model).contains("asked for"), "{}", row(&model));
    play(&mut model, "<home>");
    let first = row(&model);
    assert!(
        first.contains("subject  Send the offer") && first.contains('…'),
        "{first}"
    );
}

#[test]
fn the_labels_of_a_handoff_are_read_whole_and_there_is_room_to_write() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        play(&mut model, "1 h <enter>");
        write(&mut model, "ben");
        for _ in 0..5 {
            play(&mut model, "<tab>");
            let picture = text(&buffer(&model, Theme::default()));
            let Some(Overlay::Form(form)) = model.overlays.last() else {
                panic!("no form")
            };
            for field in &form.fields {
                assert!(picture.contains(&field.label), "{}: {picture}", field.label);
            }
            let layout = FormLayout::of(form, model.size);
            assert!(layout.fields[form.at].width > 40, "{picture}");
        }
    }
}

#[test]
fn of_several_texts_the_one_with_the_keys_grows_with_what_stands_in_it() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        play(&mut model, "1 h <enter>");
        write(&mut model, "ben");
        play(&mut model, "<tab>");
        let rows = |model: &Model| {
            let Some(Overlay::Form(form)) = model.overlays.last() else {
                panic!("no form")
            };
            let layout = FormLayout::of(form, model.size);
            let heights: Vec<u16> = layout.fields.iter().map(|area| area.height).collect();
            (heights, layout.outer)
        };
        let (empty, outer) = rows(&model);
        let only = |at: usize, rows: u16| {
            let rows = (0..8).map(|one| if one == at { rows } else { 1 });
            rows.collect::<Vec<u16>>()
        };
        assert_eq!(empty, only(1, 3), "an empty text takes three rows");
        play(&mut model, "<tab>");
        assert_eq!(rows(&model), (only(2, 3), outer), "the box stays as it is");
        write(&mut model, "one\ntwo\nthree\nfour\nfive");
        let (filled, larger) = rows(&model);
        // As far as the screen is high enough.
        assert!(filled[2] == 5 || (height == 24 && filled[2] == 3), "{filled:?}");
        assert!(larger.height >= outer.height);
    }
}

#[test]
fn a_long_label_is_cut_between_words() {
    for width in [70, 74, 80, 86, 92] {
        let mut model = known(width, 24);
        play(&mut model, "1 h <enter>");
        let label = "* What the customer was told about the prices of next year, and by whom of us";
        if let Some(Overlay::Form(form)) = model.overlays.last_mut() {
            form.fields[1].label = label.to_owned();
        }
        let picture = text(&buffer(&model, Theme::default()));
        let line = picture.lines().find(|line| line.contains("* What the")).unwrap();
        let shown = line.split('…').next().unwrap();
        let shown = shown.trim_start_matches(|letter| letter != '*').trim_end();
        let rest = label.strip_prefix(shown);
        assert!(rest.is_some_and(|rest| rest.starts_with(' ')), "{line}");
    }
}

#[test]
fn a_field_that_waits_for_a_decision_shows_both_values_and_says_so() {
    let mut model = known(80, 24);
    play(&mut model, "1 e");
    let mut entry = crate::app::play::outbox::conflicting();
    if let Write::Update { target, changes, .. } = &mut entry.new.write {
        *target = Target::Record(RecordId::from("1"));
        changes[0].field = Field::Mapped("customer_segment".to_owned());
    }
    let view = OutboxView {
        open: vec![entry],
        ..OutboxView::default()
    };
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    let shown = text(&buffer(&model, Theme::default()));
    let line = shown.lines().find(|line| line.contains("segment")).unwrap();
    assert!(line.contains("Mid-market · mine: Enterprise"), "{line}");
    assert!(line.contains("◆ conflict"), "{line}");
}

#[test]
fn a_form_says_how_much_of_it_is_filled_and_how_many_fields_there_is_no_room_for() {
    let mut model = known(80, 24);
    play(&mut model, "1 h <enter>");
    let Some(Overlay::Form(form)) = model.overlays.last_mut() else {
        panic!("no form")
    };
    let more = vec![form.fields[1].clone(); 12];
    form.fields.extend(more);
    let (above, below) = FormLayout::of(form, model.size).hidden();
    assert!(above == 0 && below > 0);
    let picture = text(&buffer(&model, Theme::default()));
    let told = format!("2 of 5 fields filled · {below} more below");
    assert!(picture.contains(&told), "{picture}");
}

#[test]
fn what_is_accepted_can_be_read_beside_what_is_written() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        model.desk.desk.as_mut().unwrap().handoffs[0].account = RecordId::from("1");
        play(&mut model, "4 g h");
        let mut view = crate::app::play::account();
        let mut card = model.desk.desk.as_ref().unwrap().handoffs[0].clone();
        let told: Vec<String> = (1..=20).map(|at| format!("They told us {at}.\n")).collect();
        let told = told.concat();
        let notes = [
            format!("sent\nFrom: Ben Osei\nGoals: go live in May\n{told}retain: handoff h1 event 1"),
            "returned\nBy: Ida Vance\nQuestion: Who signs off?\nretain: handoff h1 event 2".to_owned(),
            "answered\nBy: Ben Osei\nAnswer: The board.\nretain: handoff h1 event 3".to_owned(),
        ];
        card.events = notes
            .iter()
            .filter_map(|note| {
                let note = format!("Handoff onboarding → CSM: {note}");
                let lines: Vec<String> = note.lines().map(str::to_owned).collect();
                crate::domain::handoff::parse(&lines, model.now)
            })
            .collect();
        view.handoffs = vec![card];
        let Some(Overlay::Handoffs(list)) = model.overlays.last_mut() else {
            panic!("no list: {:?}", model.told)
        };
        list.view = Some(Box::new(view));
        play(&mut model, "<enter>");
        write(&mut model, "Thanks.");
        let first = text(&buffer(&model, Theme::default()));
        for words in [
            "Goals: go live in May",
            "They told us 1.",
            "words to go with it",
            "Thanks.",
            "page-down read on",
        ] {
            assert!(first.contains(words), "{words}: {first}");
        }
        assert!(!first.contains("The board."), "{first}");
        play(&mut model, "<page-down> <page-down> <page-down> <page-down>");
        let last = text(&buffer(&model, Theme::default()));
        for words in [
            "Ida Vance returned it:",
            "Question: Who signs off?",
            "Answer: The board.",
            "Thanks.",
        ] {
            assert!(last.contains(words), "{words}: {last}");
        }
        play(&mut model, "<page-up> <page-up> <page-up> <page-up>");
        assert_eq!(text(&buffer(&model, Theme::default())), first);
    }
}

#[test]
fn that_somebody_else_changed_the_field_too_is_seen_beside_the_list_of_fields() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        play(&mut model, "1 e");
        let summary = "Somebody else changed the segment too: yours waits".to_owned();
        let failure = crate::app::failure::Failure {
            kind: crate::app::failure::FailureKind::Conflict,
            summary,
            hint: Some("c shows what they set".to_owned()),
            detail: None,
        };
        update(&mut model, Msg::Failed(failure));
        let picture = text(&buffer(&model, Theme::default()));
        assert!(picture.contains("Somebody else changed the segment"), "{picture}");
        assert!(picture.contains("shows what they set"), "{picture}");
        assert!(picture.contains("Edit · Juniper Freight"), "{picture}");
    }
}

#[test]
fn j_and_k_choose_a_value_where_none_begins_so() {
    let picture = |keys: &str| {
        let mut model = known(80, 24);
        play(&mut model, &format!("1 e j <enter> {keys}"));
        text(&buffer(&model, Theme::default()))
    };
    assert_eq!(picture("j"), picture("<down>"));
    assert_eq!(picture("k j"), picture("<up> <down>"));
    assert_ne!(picture("j"), picture(""));
    // Once something is typed, and where a value begins so, they are letters.
    assert!(picture("e j").contains("ej▏"));
}
