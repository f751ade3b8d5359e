//! A run of a playbook is looked at, and acted on from there.

use std::sync::Arc;

use super::forms::form;
use super::*;
use crate::app::account::Sought;
use crate::app::overlay::{Overlay, RunView};
use crate::app::play::steps::stand_on;
use crate::app::play::{account, known, write};
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
    assert!(matches!(&open.sought, None | Some(Sought::Due(_))));
    assert_eq!((open.id.as_str(), open.part), ("1", Part::Next));
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
