//! Accounts are marked, and a playbook is started on all that are.

use super::*;
use crate::app::overlay::bulk::Stage;
use crate::app::overlay::standings::Line;
use crate::app::overlay::{BulkPlay, Overlay};
use crate::app::play::bulk::{bulk_due, half_paused, known_plan, planned, stand, standings, whole};
use crate::app::play::{forbid_writing, known, write};
use crate::app::run::Whole;
use crate::domain::playbook::{Deed, PlayEvent, What};

fn kept(orders: &[Cmd]) -> Option<(RunId, Deed)> {
    orders.iter().find_map(|order| match order {
        Cmd::Write(WriteCmd::Enqueue { run, deed, .. }) => Some((*run, deed.clone())),
        _ => None,
    })
}

fn bulk(model: &Model) -> &BulkPlay {
    match model.overlays.last() {
        Some(Overlay::Bulk(bulk)) => bulk,
        other => panic!("no bulk play: {other:?}"),
    }
}

#[test]
fn space_marks_the_line_and_goes_on_and_mark_all_marks_what_the_filter_shows() {
    let mut model = known(120, 36);
    play(&mut model, "1 g space space");
    assert_eq!((model.marked.len(), model.accounts.cursor.at), (2, 2));
    play(&mut model, "k space");
    assert_eq!(model.marked.len(), 1, "a second time takes the mark off");
    play(&mut model, "/ type:osprey <enter> : type:mark-all <enter>");
    assert_eq!(model.marked.len(), 2, "beside what is marked already");
    play(&mut model, ": type:mark-all <enter>");
    assert!(model.marked.is_empty(), "all that show are marked: none is");
}

#[test]
fn a_playbook_starts_on_what_is_marked_once_the_number_is_typed() {
    let mut model = known(120, 36);
    let orders = known_plan(&mut model);
    let Some(Cmd::PlanBulk {
        accounts, playbook, ..
    }) = orders.last()
    else {
        panic!("{orders:?}")
    };
    assert_eq!((accounts.len(), playbook.id.as_str()), (3, "waning-interest"));
    let Stage::Planned { plan, .. } = &bulk(&model).stage else {
        panic!("not planned")
    };
    assert_eq!((plan.starts(), plan.all(), plan.left_out()), (2, 3, 1));
    // Neither a yes nor another number.
    for wrong in ["<enter>", "y <enter>", "3 <enter>"] {
        assert!(kept(&play(&mut model, wrong)).is_none(), "{wrong}");
        assert!(model.told.as_deref().unwrap().contains("it is 2 accounts"));
        play(&mut model, "<backspace>");
    }
    let (run, deed) = kept(&play(&mut model, "2 <enter>")).unwrap();
    assert!(model.overlays.is_empty() && model.marked.is_empty());
    let told = model.told.clone().unwrap();
    assert!(
        told.contains("starts on 2, not on 1: B tells how it stands (B-"),
        "{told}"
    );
    let started = deed.events.iter();
    let started = started.filter(|event| matches!(&event.what, What::Started { bulk: Some(_), .. }));
    assert_eq!((started.count(), deed.events.len()), (2, 3));
    let leaves_at = model.reading_occasion().leaves_at();
    assert!(deed.entries.iter().all(|entry| entry.leaves_at == leaves_at));
    // One act, and every account's line is made anew.
    let orders = forms::answer(&mut model, run, deed.entries.clone());
    let rescored = orders.iter().find_map(|order| match order {
        Cmd::Rescore { accounts } => Some(accounts.len()),
        _ => None,
    });
    assert_eq!(rescored, Some(3));
    let act = deed.entries[0].act.clone();
    let orders = play(&mut model, "u");
    assert!(matches!(&orders[..], [Cmd::Write(WriteCmd::TakeBack { act: back })] if *back == act));
}

#[test]
fn a_plan_that_comes_too_late_or_fails_starts_nothing() {
    let mut model = known(120, 36);
    let orders = play(&mut model, "1 g space p <enter>");
    let Some(Cmd::PlanBulk { run, .. }) = orders.last() else {
        panic!("{orders:?}")
    };
    let stale = RunId(run.0 + 100);
    planned(&mut model, stale, Err("of another order".to_owned()));
    assert!(matches!(bulk(&model).stage, Stage::Reading { .. }));
    planned(&mut model, *run, Err("the cache cannot be read".to_owned()));
    assert!(matches!(bulk(&model).stage, Stage::Choosing));
    assert_eq!(model.told.as_deref(), Some("the cache cannot be read"));
    play(&mut model, "<esc>");
    assert!(model.overlays.is_empty() && model.marked.len() == 1);
}

#[test]
fn without_the_permit_nothing_is_planned() {
    let mut model = known(120, 36);
    play(&mut model, "1 g space");
    forbid_writing(&mut model);
    let orders = play(&mut model, "p");
    assert!(matches!(orders[..], [Cmd::LookForPermit]), "{orders:?}");
    assert!(model.overlays.is_empty());
    assert!(model.told.as_deref().unwrap().contains("--read-only"));
}

#[test]
fn a_run_is_given_up_from_its_menu_with_a_reason() {
    let mut model = known(120, 36);
    play(&mut model, "1 p j <enter> p G <enter>");
    assert!(play(&mut model, "ctrl-s").is_empty(), "not without one");
    write(&mut model, "they signed");
    let (_, deed) = kept(&play(&mut model, "ctrl-s")).unwrap();
    let [event] = &deed.events[..] else {
        panic!("{deed:?}")
    };
    assert!(matches!(&event.what, What::Abandoned { why, .. } if why == "they signed"));
}

/// The steps with the cursor on the line of the bulk play.
fn on_the_bulk_play() -> Model {
    let mut model = known(120, 36);
    bulk_due(&mut model);
    play(&mut model, "3 g");
    while model.desk.steps.bulk(model.cursor(Pane::Steps).at).is_none() {
        let at = model.cursor(Pane::Steps).at;
        play(&mut model, "j");
        assert_ne!(model.cursor(Pane::Steps).at, at, "{:?}", model.desk.steps.lines);
    }
    model
}

#[test]
fn a_step_of_a_bulk_play_is_one_line_that_opens_to_its_accounts() {
    let mut model = on_the_bulk_play();
    let (closed, at) = (model.len(Pane::Steps), model.cursor(Pane::Steps).at);
    let bulk = model.desk.steps.bulk(at).unwrap();
    assert_eq!((bulk.to_do, bulk.late, bulk.odd, bulk.items.len()), (7, 1, 1, 5));
    // It is none of the things that can be done, and names no account.
    assert!(play(&mut model, "x").is_empty());
    let told = model.told.clone().unwrap();
    assert!(
        told.contains("open the line first (enter): it is due on 5 accounts"),
        "{told}"
    );
    play(&mut model, "n");
    assert!(model.overlays.is_empty());
    play(&mut model, "<enter>");
    assert!(model.account.is_none());
    assert_eq!(model.len(Pane::Steps), closed + 5);
    play(&mut model, "j");
    let run = model
        .desk
        .due_at(at + 1)
        .and_then(|item| item.step.clone())
        .unwrap()
        .run;
    assert_eq!(run, "P-4");
    assert!(matches!(&play(&mut model, "x")[..], [Cmd::OpenAccount { id, .. }, ..] if id.as_str() == "4"));
    // New data: the cursor stays on the account, and what was opened stays open.
    bulk_due(&mut model);
    assert_eq!(
        (model.len(Pane::Steps), model.cursor(Pane::Steps).at),
        (closed + 5, at + 1)
    );
    play(&mut model, "k <enter>");
    assert_eq!(model.len(Pane::Steps), closed);
}

#[test]
fn what_becomes_late_gets_a_line_of_its_own_and_the_cursor_stays_on_it() {
    let mut model = on_the_bulk_play();
    play(&mut model, "<enter> j");
    let run = |model: &Model| {
        let item = model.desk.due_at(model.cursor(Pane::Steps).at);
        item.and_then(|item| item.step.clone()).unwrap().run
    };
    assert_eq!(run(&model), "P-4");
    let late = model.now + SignedDuration::from_hours(24);
    update(&mut model, Msg::Clock(late));
    assert_eq!(run(&model), "P-4");
    // One is left that is not late: it stands alone.
    assert!(
        model
            .desk
            .steps
            .lines
            .iter()
            .enumerate()
            .all(|(at, _)| model.desk.steps.bulk(at).is_none())
    );
}

#[test]
fn how_bulk_plays_stand_opens_at_the_one_under_the_cursor_and_leads_to_its_accounts() {
    let mut model = on_the_bulk_play();
    let orders = play(&mut model, "B");
    let [Cmd::LoadStandings { run, today }] = orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!(today, model.today);
    stand(&mut model, RunId(run.0 + 9), Ok(Vec::new()));
    stand(&mut model, run, Ok(standings()));
    let screen = |model: &Model| match model.overlays.last() {
        Some(Overlay::Standings(screen)) => screen.clone(),
        other => panic!("{other:?}"),
    };
    let now = screen(&model);
    assert_eq!(
        now.chosen(),
        Some(Line::Play(1)),
        "the second of those that were read"
    );
    // Its steps, then its accounts; the one that was left out is behind the last line.
    assert_eq!(now.lines.len(), 2 + 2 + 5);
    play(&mut model, "j j j j j");
    assert_eq!(screen(&model).chosen(), Some(Line::LeftOut(1)));
    play(&mut model, "<enter> j");
    assert_eq!(screen(&model).account().unwrap().name, "Account 9");
    play(&mut model, "k <enter>");
    assert_eq!(screen(&model).lines.len(), 2 + 2 + 5);
    play(&mut model, "k k k k k");
    play(&mut model, "j");
    assert_eq!(screen(&model).chosen(), Some(Line::Account(1, 0)));
    assert_eq!(screen(&model).account().unwrap().name, "Account 2");
    play(&mut model, "y");
    assert_eq!(model.told.as_deref(), Some("copied: Account 2"));
    play(&mut model, "k <enter>");
    assert_eq!(screen(&model).lines.len(), 2);
    let orders = play(&mut model, "<enter> j <enter>");
    assert!(
        matches!(&orders[..], [Cmd::OpenAccount { id, .. }, _] if id.as_str() == "2"),
        "{orders:?}"
    );
    // What cannot be read is told.
    let mut model = known(120, 36);
    let orders = play(&mut model, "B");
    let [Cmd::LoadStandings { run, .. }] = orders[..] else {
        panic!("{orders:?}")
    };
    stand(&mut model, run, Err("the ledger cannot be read".to_owned()));
    assert!(model.overlays.is_empty());
    assert_eq!(model.told.as_deref(), Some("the ledger cannot be read"));
}

/// `B` on the first bulk play of two, and what `p` there brings; the bulk play has a run that goes on and one that rests.
fn acting_on_all(model: &mut Model) -> Vec<Cmd> {
    let orders = play(model, "B");
    let [Cmd::LoadStandings { run, .. }] = orders[..] else {
        panic!("{orders:?}")
    };
    stand(model, run, Ok(standings()));
    play(model, "p")
}

/// The menu of the first bulk play of `B`.
fn menu(model: &mut Model) {
    let orders = acting_on_all(model);
    let [Cmd::LoadBulk { run, ref id, .. }] = orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!(id, "B-0");
    whole(model, RunId(run.0 + 9), Ok(Box::new(half_paused())));
    assert!(matches!(model.overlays.last(), Some(Overlay::Standings(_))));
    whole(model, run, Ok(Box::new(half_paused())));
    assert!(matches!(model.overlays.last(), Some(Overlay::RunMenu(_))));
}

#[test]
fn what_was_done_with_a_bulk_play_is_taken_back_where_it_was_done() {
    let mut model = known(120, 36);
    menu(&mut model);
    let (run, deed) = kept(&play(&mut model, "j <enter>")).unwrap();
    forms::answer(&mut model, run, deed.entries);
    assert!(matches!(model.overlays.last(), Some(Overlay::Standings(_))));
    let (_, back) = kept(&play(&mut model, "u")).unwrap();
    assert!(
        matches!(&back.events[..], [one] if matches!(one.what, What::Paused { .. })),
        "{:?}",
        back.events
    );
    assert!(matches!(model.overlays.last(), Some(Overlay::Standings(_))));
}

#[test]
fn all_of_a_bulk_play_is_paused_and_given_up_with_a_reason_and_resumed() {
    let mut model = known(120, 36);
    menu(&mut model);
    play(&mut model, "<enter>");
    assert!(
        kept(&play(&mut model, "<enter>")).is_none(),
        "not without a reason"
    );
    write(&mut model, "their freeze");
    let (run, deed) = kept(&play(&mut model, "<enter>")).unwrap();
    let paused = |event: &PlayEvent| matches!(&event.what, What::Paused { why, .. } if why == "their freeze");
    assert_eq!((deed.events.len(), paused(&deed.events[0])), (1, true));
    // How they stand is read anew, and the cursor stays.
    let orders = forms::answer(&mut model, run, deed.entries);
    let reads = |order: &&Cmd| matches!(order, Cmd::LoadStandings { .. });
    assert_eq!(orders.iter().filter(reads).count(), 1, "{orders:?}");
    assert!(matches!(model.overlays.last(), Some(Overlay::Standings(_))));

    let mut model = known(120, 36);
    menu(&mut model);
    let (_, deed) = kept(&play(&mut model, "j <enter>")).unwrap();
    assert!(matches!(&deed.events[..], [one] if matches!(one.what, What::Resumed { .. })));

    let mut model = known(120, 36);
    menu(&mut model);
    play(&mut model, "G <enter>");
    write(&mut model, "the campaign is off");
    let (_, deed) = kept(&play(&mut model, "<enter>")).unwrap();
    let given_up = |event: &&PlayEvent| matches!(event.what, What::Abandoned { .. });
    assert_eq!(deed.events.iter().filter(given_up).count(), 2);
}

#[test]
fn without_the_permit_or_where_it_is_over_nothing_is_done_with_a_bulk_play() {
    let mut model = known(120, 36);
    forbid_writing(&mut model);
    let orders = acting_on_all(&mut model);
    assert!(matches!(orders[..], [Cmd::LookForPermit]), "{orders:?}");
    let mut model = known(120, 36);
    let orders = acting_on_all(&mut model);
    let [Cmd::LoadBulk { run, .. }] = orders[..] else {
        panic!("{orders:?}")
    };
    let Whole { mut bulk, names, .. } = half_paused();
    bulk.runs.clear();
    let over = Whole::new(bulk, names);
    whole(&mut model, run, Ok(Box::new(over)));
    assert!(model.told.as_deref().unwrap().contains("is over"));
}
