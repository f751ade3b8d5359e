//! What lies over the screen: it takes the keys, scrolls as far as it has lines, asks, and closes.

use super::*;
use crate::app::account::AccountLayout;
use crate::app::action::{ACTIONS, Action, Topic};
use crate::app::overlay::{Help, Overlay, Palette, Reader};
use crate::app::play::account;
use crate::domain::account_view::{AccountView, WhyLine};
use crate::domain::handoff::{Asks, Beside, HandoffTask};
use crate::domain::summary::Band;

fn reader(model: &Model) -> &Reader {
    match model.overlays.last() {
        Some(Overlay::Reader(reader)) => reader,
        other => panic!("no reader but {other:?}"),
    }
}

#[test]
fn whoever_started_without_writing_is_not_asked_whether_the_profile_may_write() {
    let mut model = loaded(120, 36);
    forbid_writing(&mut model);
    assert!(play(&mut model, ": type:enable-w <enter>").is_empty());
    assert!(model.overlays.is_empty());
    let why = Action::EnableWrites.available(&model);
    assert!(why.unwrap_err().contains("as --read-only was given"));
}

#[test]
fn writing_is_allowed_only_after_a_yes() {
    for (answer, asked) in [
        ("y", true),
        ("n", false),
        ("<esc>", false),
        ("<enter> j x n", false),
    ] {
        let mut model = loaded(120, 36);
        forbid_by_profile(&mut model);
        assert!(
            play(&mut model, ": type:enable-w <enter>").is_empty(),
            "it asks first"
        );
        let orders = play(&mut model, answer);
        assert_eq!(matches!(orders[..], [Cmd::EnableWrites]), asked, "{answer}");
        assert!(model.overlays.is_empty(), "{answer} closes the question");
    }
}

#[test]
fn a_question_stays_until_it_is_answered_and_says_how() {
    let mut model = loaded(120, 36);
    forbid_by_profile(&mut model);
    play(&mut model, ": type:enable-w <enter> <enter>");
    assert!(matches!(model.overlays[..], [Overlay::Confirm(_)]));
    assert_eq!(model.told.as_deref(), Some("y is yes, n is no"));
}

#[test]
fn the_palette_has_what_can_run_now_before_what_cannot_and_first_what_is_called_so() {
    let mut model = loaded(120, 36);
    forbid_by_profile(&mut model);
    model.sync.notes.push("one".to_owned());
    let mut hits_of = |typed: &str| {
        play(&mut model, &format!("<esc> : {typed}"));
        let Some(Overlay::Palette(palette)) = model.overlays.last() else {
            panic!("{:?}", model.overlays)
        };
        let hits = palette.hits();
        let hits: Vec<(&str, bool)> = hits
            .iter()
            .map(|info| (info.id, palette.why_not(info.action).is_none()))
            .collect();
        hits
    };
    for typed in ["", "type:a", "type:no"] {
        let hits = hits_of(typed);
        let can = hits.iter().take_while(|(_, can)| *can).count();
        assert!(can > 0 && can < hits.len(), "{typed}: {hits:?}");
        assert!(hits[can..].iter().all(|(_, can)| !can), "{typed}: {hits:?}");
    }
    assert_eq!(hits_of("type:no")[0], ("notes", true), "it begins so");
    assert_eq!(hits_of("type:note")[0], ("note", false), "it is called so");
}

#[test]
fn overlays_lie_on_one_another_and_the_last_one_takes_the_keys() {
    let mut model = loaded(120, 36);
    model.overlays.push(Overlay::Palette(Palette::default()));
    model.overlays.push(Overlay::Help(Help::default()));
    update(&mut model, Msg::Terminal(TerminalMsg::Pasted("sort".to_owned())));
    play(&mut model, "x");
    let [Overlay::Palette(palette)] = &model.overlays[..] else {
        panic!("{:?}", model.overlays)
    };
    assert_eq!(palette.input.text(), "", "a paste over the help goes nowhere");
    update(&mut model, Msg::Terminal(TerminalMsg::Pasted("sort".to_owned())));
    play(&mut model, "<enter>");
    assert!(matches!(model.overlays[..], [Overlay::SortMenu(_)]));
}

#[test]
fn the_help_has_every_action_under_a_topic_and_scrolls_to_its_end_only() {
    for topic in Topic::ALL {
        assert!(
            ACTIONS.iter().any(|info| info.topic == topic),
            "{topic:?} is empty"
        );
    }
    let widest = ACTIONS.iter().map(|info| info.doc.chars().count()).max();
    assert!(widest <= Some(40), "a sentence is cut in the help: {widest:?}");
    for size in [(120, 36), (80, 24), (60, 16), (200, 60)] {
        let mut model = loaded(size.0, size.1);
        play(&mut model, "? G");
        let [Overlay::Help(help)] = model.overlays[..] else {
            panic!("closed")
        };
        assert_eq!(help.top, help.last_top(model.size), "{size:?}");
        play(&mut model, "j j k");
        let [Overlay::Help(after)] = model.overlays[..] else {
            panic!("closed")
        };
        assert_eq!(after.top, help.top.saturating_sub(1), "no key is lost at the end");
    }
}

#[test]
fn what_p_rests_on_is_told_with_the_points_of_the_curve() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter>");
    let view = model.account.as_mut().unwrap().view.as_mut().unwrap();
    let last = view.warnings.last_mut().unwrap();
    last.kind = crate::domain::desk::WarningKind::Risk;
    last.line.basis = Some(crate::domain::risk::Basis::Curve {
        score: 45,
        coverage: 90,
        from: (30, 500),
        to: (50, 320),
        raised: 3_555,
    });
    play(&mut model, "G <enter>");
    let facts = &reader(&model).facts;
    let told = |name: &str| {
        facts
            .iter()
            .find(|fact| fact.0 == name)
            .map(|fact| fact.1.clone())
    };
    let steps = told("P comes from").unwrap();
    assert!(
        steps.starts_with("score 45 is 36.5 %, between 30 → 50 % and 50 → 32 %"),
        "{steps}"
    );
    assert_eq!(
        told("curve of P").as_deref(),
        Some(crate::domain::risk::curve_in_words().as_str())
    );
}

#[test]
fn of_a_measure_that_the_model_of_then_did_not_have_that_is_told() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter>");
    let view = model.account.as_mut().unwrap().view.as_mut().unwrap();
    view.why.measures[0].observations[0] = None;
    play(&mut model, "<enter>");
    let facts = &reader(&model).facts;
    let told = |name: &str| facts.iter().find(|fact| fact.0 == name).unwrap().1.as_str();
    assert!(told("then").ends_with(": not in the model"), "{}", told("then"));
    assert!(told("now").starts_with("usage 2, "), "{}", told("now"));
}

#[test]
fn enter_on_a_line_of_the_account_opens_all_of_its_text() {
    let mut model = loaded(80, 24);
    play(&mut model, "1 <enter> <enter>");
    assert_eq!(reader(&model).title, "usage");
    let facts = &reader(&model).facts;
    for (label, fact) in [
        ("then", "on 23 Oct: usage 700, 25 Oct 04:50, 29 d ago"),
        ("now", "usage 2, 23 Nov 06:50, 2 h ago"),
    ] {
        assert!(facts.contains(&(label, fact.to_owned())), "{facts:?}");
    }
    play(&mut model, "<esc> G <enter>");
    assert_eq!(reader(&model).text, "champion left 7 d ago");
    play(&mut model, "<esc> k k <enter>");
    assert_eq!(reader(&model).title, "What fixes it");
    play(&mut model, "<esc> <tab> <tab> <enter>");
    assert!(model.overlays.is_empty(), "the chart has no line");
    assert_eq!(model.told.as_deref(), Some("open: there is no line to open"));
    for (title, fact) in [
        ("Timeline", "today"),
        ("Contract", "$66,000"),
        ("Contact", "idris@juniper.example"),
        ("Ticket", "SSO loop"),
    ] {
        play(&mut model, "<tab> <enter>");
        let reader = reader(&model);
        assert_eq!(reader.title, title);
        let all = format!("{:?}{}", reader.facts, reader.text);
        assert!(title == "Timeline" || all.contains(fact), "{all}");
        play(&mut model, "q");
    }
}

#[test]
fn the_task_to_look_again_and_the_handoff_show_then_beside_now() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter>");
    let mut view = account();
    view.next[0].body = "At that time:\nHealth: 62, amber".to_owned();
    view.next[0].of_handoff = Some(HandoffTask {
        handoff: "H-7".to_owned(),
        asks: Asks::Look,
        words: None,
    });
    let beside = Beside {
        accepted: ago(700),
        then: Some((62, Band::Amber)),
        now: Some((41, Band::Red)),
        tickets: None,
    };
    view.beside.insert("H-7".to_owned(), beside);
    view.handoffs[0].handoff = "H-7".to_owned();
    let open = model.account.as_mut().unwrap();
    open.view = Some(Box::new(view));
    for part in [Part::Next, Part::Handoffs] {
        model.account.as_mut().unwrap().part = part;
        play(&mut model, "<enter>");
        let told = format!("{:?}", reader(&model).facts);
        assert!(
            told.contains("then 62, amber → now 41, red (−21)"),
            "{part:?}: {told}"
        );
        assert!(told.contains("(\"open tickets\", \"unknown\")"), "{told}");
        play(&mut model, "<esc>");
    }
}

#[test]
fn a_long_note_is_read_to_its_last_word_and_copied_whole() {
    let mut model = loaded(80, 24);
    play(&mut model, "1 <enter> <shift-tab> <shift-tab>");
    let words: Vec<String> = (0..900).map(|word| format!("word{word}")).collect();
    let view = model.account.as_mut().unwrap().view.as_deref_mut().unwrap();
    view.notes[0].text = words.join(" ");
    play(&mut model, "<enter> G");
    let open = reader(&model).clone();
    let lines = open.lines(open.cells(model.size));
    assert!(lines.last().unwrap().text.ends_with("word899"));
    assert_eq!(open.top, open.last_top(model.size));
    assert_eq!(
        open.top + usize::from(open.area(model.size).inside().height),
        lines.len()
    );
    let orders = play(&mut model, "y");
    assert!(matches!(&orders[..], [Cmd::Copy { text }] if text.ends_with("word899")));
    assert_eq!(reader(&model), &open, "it stays open, where it was");
    play(&mut model, "<esc>");
    assert!(model.overlays.is_empty() && model.account.is_some());
}

#[test]
fn a_part_takes_the_whole_screen_and_gives_it_back_before_the_account_closes() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter> <tab> f");
    let account = model.account.as_ref().unwrap();
    let layout = AccountLayout::of(model.size, 0, account.part, account.full);
    assert_eq!(layout.parts[Part::Next.index()], Some(layout.frame.body));
    assert!(layout.parts[Part::Why.index()].is_none());
    play(&mut model, "<tab>");
    assert!(model.account.as_ref().unwrap().full, "the next part is full too");
    play(&mut model, "<esc>");
    assert!(!model.account.as_ref().unwrap().full && !model.full);
    play(&mut model, "q");
    assert!(model.account.is_none());
}

#[test]
fn a_paste_that_was_cut_says_so_where_one_writes() {
    let mut model = play::known(120, 36);
    play(&mut model, "1 n");
    update(
        &mut model,
        Msg::Terminal(TerminalMsg::Pasted("a long text".to_owned())),
    );
    update(&mut model, Msg::Terminal(TerminalMsg::PasteCut(11_424)));
    assert!(model.told.as_deref().unwrap().contains("last 11,424 bytes"));
}

#[test]
fn a_failure_under_what_lies_over_the_screen_is_told_in_the_last_line() {
    let mut model = loaded(120, 36);
    play(&mut model, "O");
    let refused = failure(FailureKind::Unsaved, "not saved: the disk is full");
    update(&mut model, Msg::Outbox(OutboxMsg::Unsaved(refused.clone())));
    assert_eq!(model.told.as_deref(), Some("not saved: the disk is full"));
    play(&mut model, "j <esc>");
    assert!(
        model.told.is_none() && model.failures == [refused],
        "then it shows itself"
    );
}

#[test]
fn what_fixes_it_stands_above_many_measures_and_below_few() {
    let mut view = account();
    let kinds = |view: &AccountView| -> String {
        let lines = (0..view.why_lines()).map(|at| match view.why_line(at) {
            Some(WhyLine::Measure(_)) => 'm',
            Some(WhyLine::Fix(_)) => 'f',
            Some(WhyLine::Warning(_)) => 'w',
            None => '?',
        });
        lines.collect()
    };
    let (few, last) = (kinds(&view), view.last_measure());
    assert!(few.starts_with("mmmmmmf") && few.ends_with('w'), "{few}");
    assert_eq!(last, few.rfind('m'));
    let more = view.why.measures.clone();
    view.why.measures.extend(more);
    let many = kinds(&view);
    assert!(
        many.starts_with('f') && many.ends_with('w') && many.contains("fmmmmmmmmmmmmw"),
        "{many}"
    );
    assert_eq!(view.last_measure(), many.rfind('m'));
}
