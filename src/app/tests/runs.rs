//! A run of a playbook is looked at, and acted on from there.

use std::sync::Arc;

use super::forms::form;
use super::*;
use crate::app::overlay::{Overlay, RunView};
use crate::app::play::steps::stand_on;
use crate::app::play::{account, forbid_writing, known, write};
use crate::domain::desk::InRun;
use crate::domain::playbook::{StepState, What};

fn shown(model: &Model) -> &RunView {
    match model.overlays.last() {
        Some(Overlay::RunView(view)) => view,
        other => panic!("no run: {other:?}"),
    }
}

fn chosen(model: &Model) -> String {
    shown(model).chosen().unwrap().step.id.clone()
}

/// What is ordered to be kept.
fn kept(orders: &[Cmd]) -> Option<What> {
    orders.iter().find_map(|order| match order {
        Cmd::Write(WriteCmd::Enqueue { deed, .. }) => Some(deed.events[0].what.clone()),
        _ => None,
    })
}

#[test]
fn enter_on_a_step_opens_its_run_there_and_enter_again_the_account_at_its_line() {
    let mut model = known(120, 36);
    stand_on(&mut model, "decide");
    play(&mut model, "<enter>");
    assert_eq!(
        (shown(&model).id.as_str(), chosen(&model).as_str()),
        ("P-1", "decide")
    );
    assert!(model.account.is_none());
    play(&mut model, "k k j");
    assert_eq!(chosen(&model), "call", "closed steps can be chosen too");
    play(&mut model, "j <enter>");
    assert!(model.overlays.is_empty());
    let open = model.account.as_ref().unwrap();
    assert_eq!((open.id.as_str(), open.part), ("1", Part::Next));
}

#[test]
fn the_account_opens_on_the_line_of_the_step_whatever_was_closed_since() {
    let mut model = known(120, 36);
    stand_on(&mut model, "call");
    play(&mut model, "<enter>");
    let key = TerminalMsg::Key("enter".parse().unwrap());
    let orders = update(&mut model, Msg::Terminal(key));
    let Some(Cmd::OpenAccount { run, .. }) = orders.first() else {
        panic!("{orders:?}")
    };
    let mut view = account();
    let mut due = model.desk.desk.as_deref().unwrap().due[1].clone();
    let within = InRun {
        title: "Waning interest".to_owned(),
        place: 2,
        of: 4,
        closed: 1,
        waits: Vec::new(),
        only_if: None,
        also: None,
    };
    due.step.as_mut().unwrap().within = Some(within);
    view.next.push(due);
    let last = view.next.len() - 1;
    assert!(last > 0);
    let (run, view) = (*run, Some(Box::new(view)));
    update(&mut model, Msg::Account(AccountMsg::Loaded { run, view }));
    let open = model.account.as_ref().unwrap();
    assert_eq!(open.cursors[Part::Next.index()].at, last);
}

#[test]
fn where_nothing_may_be_written_a_run_asks_for_nothing_to_be_typed() {
    for key in ["x", "-", "e", "p"] {
        let mut model = known(120, 36);
        stand_on(&mut model, "look");
        play(&mut model, "<enter>");
        forbid_writing(&mut model);
        let orders = play(&mut model, key);
        assert!(matches!(orders[..], [Cmd::LookForPermit]), "{key}: {orders:?}");
        assert!(matches!(model.overlays[..], [Overlay::RunView(_)]), "{key}");
        assert!(model.told.clone().unwrap().contains("read-only"), "{key}");
        let hints = model.overlays[0].hints(&model);
        assert!(hints.iter().all(|(hint, _)| *hint != key), "{hints:?}");
    }
}

#[test]
fn all_of_a_step_is_read_from_its_run() {
    let mut model = known(120, 36);
    stand_on(&mut model, "call");
    play(&mut model, "<enter>");
    let Some(Overlay::RunView(view)) = model.overlays.last_mut() else {
        panic!("no run")
    };
    let run = &mut view.view.as_mut().unwrap().plays[0];
    let guidance = "Ask.\n".repeat(60);
    run.steps[1].step.guidance.clone_from(&guidance);
    play(&mut model, "f");
    let Some(Overlay::Reader(reader)) = model.overlays.last() else {
        panic!("{:?}", model.overlays)
    };
    assert_eq!(reader.text, guidance);
    play(&mut model, "G <esc>");
    assert_eq!(chosen(&model), "call");
}

#[test]
fn a_run_that_is_looked_at_stays_where_it_cannot_be_read_anew() {
    let mut model = known(120, 36);
    stand_on(&mut model, "call");
    play(&mut model, "<enter>");
    update(&mut model, Msg::Outbox(OutboxMsg::Changed));
    let run = shown(&model).asked;
    let failure = failure(FailureKind::Storage, "the cache is locked");
    update(&mut model, Msg::Account(AccountMsg::Failed { run, failure }));
    assert_eq!(chosen(&model), "call");
    assert_eq!(model.told.as_deref(), Some("the cache is locked"));
    // Where the account is gone there is nothing to look at.
    let view = None;
    update(&mut model, Msg::Account(AccountMsg::Loaded { run, view }));
    assert!(model.overlays.is_empty());
}

#[test]
fn enter_on_a_task_that_is_no_step_opens_the_account() {
    let mut model = known(120, 36);
    play(&mut model, "3 g <enter>");
    assert!(model.overlays.is_empty() && model.account.is_some());
}

#[test]
fn what_a_step_allows_is_done_from_the_run_which_stays_and_is_read_anew() {
    let mut model = known(120, 36);
    stand_on(&mut model, "send");
    play(&mut model, "<enter>");
    let orders = play(&mut model, "x");
    assert!(matches!(kept(&orders), Some(What::Done { step, .. }) if step == "send"));
    assert_eq!(chosen(&model), "send");
    let orders = update(&mut model, Msg::Outbox(OutboxMsg::Changed));
    let asked = shown(&model).asked;
    assert!(
        orders
            .iter()
            .any(|order| matches!(order, Cmd::OpenAccount { run, .. } if *run == asked)),
        "{orders:?}"
    );
    // What is read anew lies where it lay, with the same step chosen.
    let mut view = account();
    view.plays[0].steps[3].state = StepState::Done;
    let msg = AccountMsg::Loaded {
        run: asked,
        view: Some(Box::new(view)),
    };
    update(&mut model, Msg::Account(msg));
    assert_eq!(chosen(&model), "send");
    assert!(kept(&play(&mut model, "e")).is_none());
    assert!(
        model.told.as_deref().unwrap().contains("closed already"),
        "{:?}",
        model.told
    );
}

#[test]
fn a_step_is_left_out_or_reassigned_and_the_run_paused_from_the_run() {
    let mut model = known(120, 36);
    stand_on(&mut model, "look");
    play(&mut model, "<enter> -");
    write(&mut model, "they wrote");
    let orders = play(&mut model, "<enter>");
    assert!(matches!(kept(&orders), Some(What::Skipped { why, .. }) if why == "they wrote"));

    let mut model = known(120, 36);
    stand_on(&mut model, "call");
    play(&mut model, "<enter> e");
    assert!(form(&model).title().contains("Reassign: Call the sponsor"));
    write(&mut model, "ben");
    let orders = play(&mut model, "<enter>");
    assert!(matches!(kept(&orders), Some(What::Reassigned { step, .. }) if step == "call"));

    let mut model = known(120, 36);
    stand_on(&mut model, "call");
    play(&mut model, "<enter> p");
    assert!(matches!(
        model.overlays[..],
        [Overlay::RunView(_), Overlay::RunMenu(_)]
    ));
    play(&mut model, "<esc> <esc>");
    assert!(model.overlays.is_empty());
}

#[test]
fn what_is_typed_before_the_form_of_a_step_opens_is_typed_into_it() {
    let mut model = known(120, 36);
    stand_on(&mut model, "look");
    play(&mut model, "<enter>");
    // The account is not read yet when the next keys come.
    let keys = ["-", "e", "q"].map(|key| Msg::Terminal(TerminalMsg::Key(key.parse().unwrap())));
    let mut orders = Vec::new();
    for key in keys {
        orders.extend(update(&mut model, key));
    }
    let [Cmd::OpenAccount { run, .. }] = orders[..] else {
        panic!("{orders:?}")
    };
    let view = Some(Box::new(account()));
    update(&mut model, Msg::Account(AccountMsg::Loaded { run, view }));
    assert_eq!(form(&model).field().text(), "eq");
}

#[test]
fn in_the_list_of_playbooks_a_run_stands_at_its_playbook_and_opens() {
    let mut model = known(120, 36);
    // The playbook that runs answers no warning, and is not for the account.
    model.outbox.means.answers = Arc::new([]);
    play(&mut model, "1 p");
    let Some(Overlay::Plays(list)) = model.overlays.last_mut() else {
        panic!("no list")
    };
    let applies = &mut list.view.as_mut().unwrap().applies;
    applies.insert("waning-interest".to_owned(), Some(false));
    play(&mut model, "j <enter>");
    assert_eq!(shown(&model).id, "P-1");
}
