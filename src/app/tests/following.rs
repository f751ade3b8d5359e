//! The panes follow the account; what is due becomes late; the marked line is opened in the CRM.

use jiff::civil::Time;
use jiff::{SignedDuration, ToSpan};

use super::*;
use crate::app::play::desk;
use crate::domain::record::Kind;
use crate::domain::summary::Summary;

fn book_of(count: u32) -> Vec<Summary> {
    let account = |id| summary(id, &format!("Account {id}"), 5_000_000, Some(50), None, 30);
    (1..=count).map(account).collect()
}

/// A desk with so many accounts in each of its lists, and the accounts in the same order.
fn many(count: u32) -> Model {
    let mut model = loaded(120, 36);
    let accounts = book_of(count);
    let mut desk = desk();
    let (risk, due, card) = (
        desk.risks[0].clone(),
        desk.due[1].clone(),
        desk.handoffs[0].clone(),
    );
    (desk.risks, desk.due, desk.handoffs) = (Vec::new(), Vec::new(), Vec::new());
    desk.cannot_tell.clear();
    for account in &accounts {
        desk.risks.push(crate::domain::desk::RiskRow {
            account: account.id.clone(),
            ..risk.clone()
        });
        desk.due.push(crate::domain::desk::DueItem {
            account: Some(account.id.clone()),
            record: account.id.clone(),
            ..due.clone()
        });
        desk.handoffs.push(crate::domain::desk::HandoffCard {
            account: account.id.clone(),
            handoff: account.id.to_string(),
            ..card.clone()
        });
    }
    load_book(&mut model, accounts);
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    model
}

/// Whether the pane shows the account that every pane speaks of.
fn shows(model: &Model, pane: Pane) -> bool {
    let selected = model.selected.clone().unwrap();
    let (top, page) = (model.cursor(pane).top, model.layout().list(pane).page());
    (top..top + page).any(|at| model.account_at(pane, at).as_ref() == Some(&selected.id))
}

#[test]
fn the_other_panes_show_the_account_and_their_cursors_stay() {
    let mut model = many(200);
    for (keys, focused) in [
        ("1", Pane::Accounts),
        ("2", Pane::Risks),
        ("3", Pane::Steps),
        ("4", Pane::Handoffs),
    ] {
        play(&mut model, keys);
        play(&mut model, "g");
        let before = Pane::ALL.map(|pane| model.cursor(pane).at);
        for moves in ["G", "k", "k", "ctrl-u", "g"] {
            play(&mut model, moves);
            for pane in Pane::ALL {
                assert!(shows(&model, pane), "{keys} {moves} {pane:?}");
                if pane != focused {
                    assert_eq!(
                        model.cursor(pane).at,
                        before[pane.index()],
                        "{keys} {moves} {pane:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn nothing_moves_in_the_focused_pane_when_the_account_or_the_data_comes_from_elsewhere() {
    let mut model = many(200);
    play(&mut model, "1 G 2 G k");
    let cursor = model.cursor(Pane::Risks);
    let desk = model.desk.desk.clone();
    update(&mut model, Msg::Desk(DeskMsg::Loaded(desk)));
    load_book(&mut model, book_of(200));
    assert_eq!(model.cursor(Pane::Risks), cursor);
    assert!(shows(&model, Pane::Accounts) && shows(&model, Pane::Steps));
    // Where a pane has the focus again, its own cursor is in sight.
    play(&mut model, "2 g 1");
    let cursor = model.cursor(Pane::Accounts);
    assert!(cursor.top <= cursor.at);
    assert_eq!(cursor.at, 199);
}

#[test]
fn what_has_a_time_becomes_late_with_the_clock_without_a_sync() {
    let mut model = loaded(120, 36);
    let mut desk = desk();
    let today = model.today;
    desk.due.truncate(1);
    (desk.due[0].due, desk.due[0].at) = (Some(today), Some(Time::constant(9, 0, 0, 0)));
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let counts = |model: &Model| {
        let day = &model.desk.desk.as_ref().unwrap().day;
        (day.due_today, day.late)
    };
    assert_eq!(counts(&model), (1, 0), "at {}", model.now);
    let late_at = today
        .at(9, 1, 0, 0)
        .to_zoned(model.zone.clone())
        .unwrap()
        .timestamp();
    model.sync.last_success = None;
    assert_eq!(deadline(&model), Some(late_at), "the cockpit wakes for it");
    update(&mut model, Msg::Clock(late_at - SignedDuration::from_secs(1)));
    assert_eq!(counts(&model), (1, 0));
    update(&mut model, Msg::Clock(late_at));
    assert_eq!(counts(&model), (0, 1));
}

#[test]
fn at_midnight_what_was_due_is_late_and_what_comes_is_due() {
    let mut model = loaded(120, 36);
    let mut desk = desk();
    let today = model.today;
    desk.due.truncate(2);
    (desk.due[0].due, desk.due[0].at) = (Some(today), None);
    (desk.due[1].due, desk.due[1].at) = (Some(today.tomorrow().unwrap()), None);
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let midnight = today.tomorrow().unwrap().at(0, 0, 0, 0);
    let midnight = midnight.to_zoned(model.zone.clone()).unwrap().timestamp();
    for (then, expected) in [(midnight - 1.second(), (1, 0)), (midnight, (1, 1))] {
        update(&mut model, Msg::Clock(then));
        let day = &model.desk.desk.as_ref().unwrap().day;
        assert_eq!((day.due_today, day.late), expected, "{then}");
    }
}

#[test]
fn o_opens_the_account_or_the_task_of_the_marked_line() {
    let mut model = loaded(120, 36);
    let mut opened = |keys: &str| match &play(&mut model, keys)[..] {
        [Cmd::OpenRecord { kind, id }] => Some((*kind, id.to_string())),
        _ => None,
    };
    let account = |id: &str| Some((Kind::Account, id.to_owned()));
    assert_eq!(opened("1 o"), account("1"));
    assert_eq!(opened("2 j o"), account("2"));
    assert!(matches!(opened("3 g o"), Some((Kind::Task, _))));
    // A handoff that waits is a note: its account is opened.
    assert!(matches!(opened("3 g j j o"), Some((Kind::Account, _))));
    assert!(matches!(opened("4 g o"), Some((Kind::Account, _))));
}

#[test]
fn the_cockpit_wakes_when_a_sync_should_have_come() {
    let mut model = loaded(120, 36);
    let began = model.now;
    model.sync.last_success = Some(began);
    model.sync.every = Some(SignedDuration::from_mins(30));
    let after = |minutes| began + SignedDuration::from_mins(minutes);
    assert_eq!(model.sync.overdue(after(89)), None);
    assert_eq!(model.sync.overdue(after(90)), Some(began));
    update(&mut model, Msg::Clock(after(80)));
    assert_eq!(
        deadline(&model),
        Some(after(90)),
        "an age of hours would wake it later"
    );
    model.sync.under_way = Some(Progress {
        what: "accounts".to_owned(),
        done: 0,
        total: None,
        moved: None,
        limited: false,
    });
    assert_eq!(model.sync.overdue(after(90)), None, "one is under way");
}

#[test]
fn where_nothing_shows_yet_no_line_is_opened() {
    let mut model = fresh(120, 36);
    for (keys, name) in [("<enter>", "open"), ("o", "open in CRM")] {
        assert!(play(&mut model, keys).is_empty());
        assert_eq!(
            model.told.as_deref(),
            Some(&*format!("{name}: there is no line here"))
        );
    }
}

#[test]
fn a_filter_without_hits_leaves_no_account_to_write_on() {
    let mut model = loaded(120, 36);
    play(&mut model, "1");
    assert!(model.selected.is_some());
    play(&mut model, "/ type:zzzz <enter>");
    assert_eq!(model.selected, None);
    play(&mut model, "n");
    assert!(
        model.overlays.is_empty(),
        "nothing is written on what does not show"
    );
    play(&mut model, "<esc>");
    assert!(model.selected.is_some(), "the list is whole again");
}
