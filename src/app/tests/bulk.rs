//! Accounts are marked, and a playbook is started on all that are.

use super::*;
use crate::app::overlay::bulk::Stage;
use crate::app::overlay::{BulkPlay, Overlay};
use crate::app::play::bulk::{known_plan, planned};
use crate::app::play::{forbid_writing, known, write};
use crate::domain::playbook::{Deed, What};

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
    assert_eq!((plan.starts(), plan.lines.len()), (2, 3));
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
        told.contains("starts on 2, not on 1: `retain play show B-"),
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
    play(&mut model, "1 p G <enter> G <enter>");
    assert!(play(&mut model, "ctrl-s").is_empty(), "not without one");
    write(&mut model, "they signed");
    let (_, deed) = kept(&play(&mut model, "ctrl-s")).unwrap();
    let [event] = &deed.events[..] else {
        panic!("{deed:?}")
    };
    assert!(matches!(&event.what, What::Abandoned { why, .. } if why == "they signed"));
}
