//! Opening an account from another list: on the part and the line that the item is.

use super::*;
use crate::app::play::{account, known};
use crate::domain::desk::HandoffCard;

#[test]
fn enter_on_a_step_opens_the_account_on_that_step() {
    let mut model = known(120, 36);
    // Below somebody else's late task and my own call of today.
    play(&mut model, "3 g j j j <enter>");
    let account = model.account.as_ref().unwrap();
    assert_eq!(account.part, Part::Next);
    let view = account.view.as_deref().unwrap();
    let at = account.cursors[Part::Next.index()].at;
    assert_eq!(view.next[at].title, "Agree the recovery plan");
    assert_eq!(at, 2);
}

#[test]
fn enter_on_a_handoff_opens_the_account_on_that_handoff() {
    let mut model = known(120, 36);
    play(&mut model, "4 g");
    let enter = Msg::Terminal(TerminalMsg::Key("enter".parse().unwrap()));
    let orders = update(&mut model, enter);
    let Some(Cmd::OpenAccount { run, .. }) = orders.first() else {
        panic!("nothing is opened but {orders:?}");
    };
    assert_eq!(
        model.account.as_ref().unwrap().part,
        Part::Handoffs,
        "before it is read"
    );
    // The first one of the pane is the second one of its account.
    let mut view = account();
    let before = HandoffCard {
        handoff: "h1".to_owned(),
        ..view.handoffs[0].clone()
    };
    view.handoffs.push(before);
    let view = Some(Box::new(view));
    update(&mut model, Msg::Account(AccountMsg::Loaded { run: *run, view }));
    let account = model.account.as_ref().unwrap();
    assert_eq!(account.part, Part::Handoffs);
    assert_eq!(account.cursors[Part::Handoffs.index()].at, 1);
}

#[test]
fn the_cursor_is_put_there_once_and_stays_where_it_was_moved() {
    let mut model = known(120, 36);
    play(&mut model, "3 g j j j <enter> k");
    let run = model.next_run();
    let account = model.account.as_mut().unwrap();
    account.loading = Some(run);
    let view = account.view.clone();
    update(&mut model, Msg::Account(AccountMsg::Loaded { run, view }));
    assert_eq!(model.account.as_ref().unwrap().cursors[Part::Next.index()].at, 1);
}

#[test]
fn from_the_list_and_the_queue_it_opens_on_why() {
    for keys in ["1 <enter>", "2 <enter>"] {
        let mut model = known(120, 36);
        play(&mut model, keys);
        assert_eq!(model.account.unwrap().part, Part::Why, "{keys}");
    }
}
