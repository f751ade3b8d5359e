//! Frames of a run, and of its steps among what is due.

use super::{SIZES, Theme, buffer, text};
use crate::app::overlay::Overlay;
use crate::app::play::steps::stand_on;
use crate::app::play::{ago, known, play};
use crate::app::{DeskMsg, Model, Msg, OutboxMsg, update};
use crate::domain::desk::InRun;
use crate::domain::expression::Condition;
use crate::domain::outbox::{Entry, EntryId};
use crate::domain::playbook::StepState;

fn picture(model: &Model) -> String {
    text(&buffer(model, Theme::default()))
}

#[test]
fn a_run_shows_each_step_and_where_it_stands() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        stand_on(&mut model, "call");
        play(&mut model, "<enter>");
        let Some(Overlay::RunView(view)) = model.overlays.last_mut() else {
            panic!("no run")
        };
        let run = &mut view.view.as_mut().unwrap().plays[0];
        run.exit_when = Condition::try_from("score > 70".to_owned()).ok();
        run.exit_reached = Some(false);
        run.steps[0].state = StepState::Done;
        run.steps[0].by = Some("mara@x.example".to_owned());
        run.steps[1].step.guidance = "Ask what changed, and who decides now.".to_owned();
        run.steps[1].step.due = run.steps[1].step.due.yesterday().unwrap();
        run.steps[3].state = StepState::Skipped {
            why: "they have them".to_owned(),
        };
        run.steps[3].since = ago(30);
        let picture = picture(&model);
        insta::assert_snapshot!(format!("run-{width}"), picture);
        for words in [
            "done today by mara@x.example",
            "late, was due Sun 22 Nov",
            "waits for Call the sponsor",
            "left out Sun 22 Nov: they have them",
            "because of no touch for 80 d",
            "asks for a note",
            "Ask what changed",
        ] {
            assert!(picture.contains(words), "{words}: {picture}");
        }
    }
}

#[test]
fn on_the_account_a_step_that_waits_says_so_too() {
    let mut model = known(120, 36);
    stand_on(&mut model, "decide");
    let mut step = model.desk.desk.as_deref().unwrap().due[1].step.clone().unwrap();
    step.within = Some(InRun {
        title: "Waning interest".to_owned(),
        place: 3,
        of: 4,
        closed: 1,
        waits: Vec::new(),
        only_if: Some("score > 40".to_owned()),
        also: None,
    });
    play(&mut model, "1 <enter>");
    let mut view = crate::app::play::account();
    view.next[1].step = Some(step);
    model.account.as_mut().unwrap().view = Some(Box::new(view));
    let picture = picture(&model);
    assert!(picture.contains("· only if score > 40"), "{picture}");
}

#[test]
fn a_step_that_waits_looks_different_and_whose_it_is_stands_beside_what_it_is() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        let mut desk = model.desk.desk.as_deref().unwrap().clone();
        stand_on(&mut model, "decide");
        let mut step = model.desk.desk.as_deref().unwrap().due[1].step.clone().unwrap();
        step.within = Some(InRun {
            title: "Waning interest".to_owned(),
            place: 3,
            of: 4,
            closed: 1,
            waits: vec!["Call the sponsor".to_owned()],
            only_if: None,
            also: None,
        });
        desk.due[1].step = Some(step);
        desk.due[0].owner = Some("Jonas Holm".to_owned());
        desk.due[0].title = "Call the new sponsor of the rollout".to_owned();
        update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
        play(&mut model, "3 g j");
        let picture = picture(&model);
        insta::assert_snapshot!(format!("steps-waiting-{width}"), picture);
        for words in [
            "Call the new sponsor",
            "for Jonas",
            if width == 120 { " JH " } else { "for Jonas" },
            "Kestrel F",
            "sponsor of the r",
            "○ today",
            "waits",
            "Waning interest, step 3 of 4, waits for Call the sponsor",
        ] {
            assert!(picture.contains(words), "{words}: {picture}");
        }
    }
}

#[test]
fn a_run_says_how_much_of_it_does_not_show_and_how_long_what_was_done_can_be_taken_back() {
    let mut model = known(80, 24);
    stand_on(&mut model, "call");
    play(&mut model, "<enter>");
    let Some(Overlay::RunView(view)) = model.overlays.last_mut() else {
        panic!("no run")
    };
    let run = &mut view.view.as_mut().unwrap().plays[0];
    run.steps[1].step.guidance = "Ask what changed.\n".repeat(12) + "The last line.";
    for at in 5..13 {
        let mut more = run.steps[0].clone();
        more.step.id = format!("more-{at}");
        run.steps.push(more);
    }
    let before = picture(&model);
    insta::assert_snapshot!("run-scrolls-80", before);
    assert!(before.contains(" of 12 "), "{before}");
    assert!(before.contains("more lines · f shows all"), "{before}");
}

#[test]
fn what_is_done_in_a_run_can_be_taken_back_there_and_that_says_so() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        stand_on(&mut model, "send");
        play(&mut model, "<enter>");
        let orders = play(&mut model, "x");
        let kept = orders.iter().find_map(|order| match order {
            crate::app::Cmd::Write(crate::app::cmd::WriteCmd::Enqueue { run, deed, .. }) => {
                Some((*run, deed.entries.clone()))
            }
            _ => None,
        });
        let (run, entries) = kept.unwrap();
        let entries = entries.into_iter().map(|new| {
            let (author, key) = ("mara".to_owned(), "K".to_owned());
            Entry::queued(EntryId(1), author, key, new, model.now)
        });
        let entries = entries.collect();
        update(&mut model, Msg::Outbox(OutboxMsg::Queued { run, entries }));
        model.told = None;
        let picture = picture(&model);
        let last = picture.lines().last().unwrap();
        assert!(
            last.contains("u takes it back (") && last.contains("esc close"),
            "{picture}"
        );
        assert!(last.contains("Send the figures") || width < 100, "{picture}");
    }
}
