//! Standup mode: it begins once that is on disk, goes from account to account, and ends in minutes.

use super::super::play::outbox::conflicting;
use super::super::play::standup::{cut_off, events, loaded, prepared};
use super::super::play::{account, forbid_writing, known, play, write};
use super::super::standup::Stage;
use super::super::*;
use crate::domain::outbox::Entry;
use crate::domain::standup::{Happened, Kind, StandupEvent};

/// Everything that is noted is on disk.
fn answered(model: &mut Model, orders: &[Cmd]) -> Vec<Cmd> {
    let mut more = Vec::new();
    for order in orders {
        if let Cmd::Write(WriteCmd::Standup { run, .. }) = order {
            let done = Ok(());
            more.extend(update(
                model,
                Msg::Outbox(OutboxMsg::StandupNoted { run: *run, done }),
            ));
        }
    }
    more
}

/// Keys are pressed, and what they note is on disk.
fn press(model: &mut Model, keys: &str) -> Vec<Cmd> {
    let orders = play(model, keys);
    let more = answered(model, &orders);
    for order in &more {
        if let Cmd::OpenAccount { run, id, .. } = order {
            let view = (id.as_str() == "1").then(|| Box::new(account()));
            update(model, Msg::Account(AccountMsg::Loaded { run: *run, view }));
        }
    }
    [orders, more].concat()
}

fn opened() -> Model {
    let mut model = known(120, 36);
    let orders = play(&mut model, "S");
    loaded(&mut model, &orders, prepared());
    model
}

fn begun() -> Model {
    let mut model = opened();
    press(&mut model, "<enter>");
    model
}

fn stage(model: &Model) -> Stage {
    model.standup.as_ref().unwrap().stage
}

fn current(model: &Model) -> &str {
    &model.standup.as_ref().unwrap().current().unwrap().name
}

#[test]
fn it_begins_once_that_is_on_disk_and_opens_the_first_account() {
    let mut model = opened();
    assert_eq!(stage(&model), Stage::Review);
    let orders = play(&mut model, "<enter>");
    assert!(
        matches!(&events(&orders)[0].what, Happened::Begun(begun) if begun.standup.starts_with("S-")),
        "{orders:?}"
    );
    assert_eq!(stage(&model), Stage::Review, "not before it is on disk");
    let more = answered(&mut model, &orders);
    assert_eq!(
        (stage(&model), current(&model)),
        (Stage::Account, "Juniper Freight")
    );
    assert!(matches!(&more[0], Cmd::OpenAccount { id, .. } if id.as_str() == "1"));
}

#[test]
fn each_account_that_is_left_is_noted_and_after_the_last_one_it_asks_whether_to_end() {
    let mut model = begun();
    let orders = press(&mut model, "J");
    let [
        StandupEvent {
            account: Some(account),
            what: Happened::Discussed(_),
        },
    ] = &events(&orders)[..]
    else {
        panic!("{orders:?}")
    };
    assert_eq!((account.as_str(), current(&model)), ("1", "Kestrel Foods"));
    press(&mut model, "K");
    assert_eq!(current(&model), "Juniper Freight");
    press(&mut model, "K");
    assert_eq!(model.told.as_deref(), Some("this is the first account"));
    press(&mut model, "<tab> j j <enter>");
    assert_eq!((stage(&model), current(&model)), (Stage::Account, "Old Mill"));
    press(&mut model, "J");
    assert_eq!(stage(&model), Stage::Leaving);
    press(&mut model, "<esc>");
    assert_eq!(stage(&model), Stage::Account);
    let orders = press(&mut model, "<esc> <enter>");
    assert!(
        events(&orders)
            .iter()
            .any(|event| matches!(event.what, Happened::Ended(_)))
    );
    assert_eq!(stage(&model), Stage::Minutes);
    let orders = press(&mut model, "y");
    assert!(matches!(&orders[..], [Cmd::Copy { text }] if text.starts_with("# Standup: book of Mara Lindt")));
    press(&mut model, "<esc>");
    assert!(model.standup.is_none() && model.account.is_none());
}

#[test]
fn one_that_was_cut_off_goes_on_at_the_account_that_nobody_left() {
    let mut model = known(120, 36);
    let orders = play(&mut model, "S");
    loaded(&mut model, &orders, cut_off());
    let orders = press(&mut model, "<enter>");
    assert_eq!(events(&orders), [], "it had begun");
    assert_eq!(current(&model), "Kestrel Foods");
    assert_eq!(model.standup.as_ref().unwrap().left(), 2);
    press(&mut model, "<esc> q");
    assert!(model.standup.is_none());
    assert_eq!(
        model.told.as_deref(),
        Some("left as it is: S goes on where it was")
    );
}

#[test]
fn a_task_that_is_made_is_a_decision_noted_with_it_and_taken_back_with_it() {
    let mut model = begun();
    play(&mut model, "t");
    write(&mut model, "Call Idris");
    let orders = play(&mut model, "<ctrl-s>");
    let [
        StandupEvent {
            what: Happened::Decided(decided),
            ..
        },
    ] = &events(&orders)[..]
    else {
        panic!("{orders:?}")
    };
    assert_eq!(
        (decided.kind, decided.words.as_str()),
        (Kind::Assigned, "Call Idris")
    );
    assert_eq!(decided.who.as_deref(), Some("Mara Lindt"));
    let found = orders.iter().find_map(|order| match order {
        Cmd::Write(WriteCmd::Enqueue { run, deed, .. }) => Some((*run, deed.entries[0].clone())),
        _ => None,
    });
    let (run, new) = found.unwrap();
    let held = |model: &Model| {
        model
            .standup
            .as_ref()
            .unwrap()
            .held
            .as_ref()
            .unwrap()
            .decisions
            .len()
    };
    assert_eq!(held(&model), 0, "not before it is on disk");
    let entry = Entry { new, ..conflicting() };
    let entries = vec![entry.clone()];
    update(&mut model, Msg::Outbox(OutboxMsg::Queued { run, entries }));
    assert_eq!(held(&model), 1);
    update(&mut model, Msg::Outbox(OutboxMsg::TakenBack(vec![entry])));
    assert_eq!(held(&model), 0);
}

#[test]
fn a_warning_that_is_closed_is_a_decision_too() {
    let mut model = begun();
    play(&mut model, "c");
    write(&mut model, "noise as every summer");
    let orders = play(&mut model, "<enter>");
    let decided = events(&orders).into_iter().find_map(|event| match event.what {
        Happened::Decided(decided) => Some(decided),
        _ => None,
    });
    assert_eq!(decided.unwrap().kind, Kind::Closed);
}

#[test]
fn l_says_whether_a_promise_was_kept_and_why_not() {
    let mut model = begun();
    play(&mut model, "l");
    write(&mut model, "he was ill");
    let orders = press(&mut model, "<enter>");
    let [
        StandupEvent {
            what: Happened::Settled(settled),
            ..
        },
    ] = &events(&orders)[..]
    else {
        panic!("{orders:?}")
    };
    assert!(!settled.kept && settled.why == "he was ill");
    assert!(model.overlays.is_empty(), "it is on disk");
    play(&mut model, "l");
    assert!(
        matches!(model.overlays.last(), Some(overlay::Overlay::Form(_))),
        "nothing is left to be said of promises: it logs a touchpoint"
    );
}

#[test]
fn the_account_shows_whole_and_leads_back() {
    let mut model = begun();
    press(&mut model, "<enter>");
    assert!(model.in_standup().is_none() && model.account.is_some());
    press(&mut model, "<esc>");
    assert_eq!(current(&model), "Juniper Freight");
    assert!(model.in_standup().is_some());
}

#[test]
fn nothing_begins_where_nothing_may_be_written_or_nothing_changed() {
    let mut model = opened();
    forbid_writing(&mut model);
    let orders = play(&mut model, "<enter>");
    assert_eq!(events(&orders), []);
    assert!(
        model
            .told
            .as_ref()
            .is_some_and(|told| told.contains("--read-only"))
    );
    let mut model = known(120, 36);
    let orders = play(&mut model, "S");
    let mut nothing = prepared();
    nothing.begun.agenda.clear();
    loaded(&mut model, &orders, nothing);
    play(&mut model, "<enter>");
    assert_eq!(
        model.told.as_deref(),
        Some("nothing changed: there is nothing to go over")
    );
    let orders = play(&mut model, "<tab>");
    assert!(
        matches!(&orders[..], [Cmd::LoadStandup { scope, .. }] if scope == "team"),
        "{orders:?}"
    );
}
