//! What lies over the screen: it opens, takes keys, and closes. One call per arm; the keys of each are in a file.
//!
//! A key takes the last overlay off the screen; the one that stays open lies down again with [`open`].

use super::{
    action, alarms, ask, bulk, confirm, conflict, fields, form, handoffs, help, nps, outbox_screen, palette,
    plays, reader, routing, run_menu, run_view, sort_menu, standings, team, warn, what_if, who,
};
use crate::app::action::Action;
use crate::app::cmd::Cmd;
use crate::app::cursor::Step;
use crate::app::key::Key;
use crate::app::keymap::{Meaning, chord_text};
use crate::app::model::Model;
use crate::app::msg::AccountMsg;
use crate::app::overlay::Overlay;

/// Lays something over the screen.
pub(super) fn open(model: &mut Model, overlay: Overlay) -> Vec<Cmd> {
    model.overlays.push(overlay);
    Vec::new()
}

/// An account was read, or why not is told: what waits for it has it, or closes. What shows one that was read before goes
/// on showing that where it could not be read now.
pub(super) fn account_read(model: &mut Model, msg: &AccountMsg) -> Vec<Cmd> {
    let (run, view, why) = match msg {
        AccountMsg::Loaded { run, view } => (run, view.as_ref(), "the cache has no such account any more"),
        AccountMsg::Failed { run, failure } => (run, None, failure.summary.as_str()),
        AccountMsg::ReadAnew { .. } => return Vec::new(),
    };
    let Some(at) = model
        .overlays
        .iter_mut()
        .position(|overlay| overlay.awaits(*run).is_some())
    else {
        return Vec::new();
    };
    if let (Some(awaited), Some(view)) = (model.overlays[at].awaits(*run), view) {
        *awaited = Some(view.clone());
        let mut orders = handoffs::resumed(model, at);
        orders.extend(what_if::resumed(model, at));
        return orders;
    }
    let shows = model.overlays[at]
        .awaits(*run)
        .is_some_and(|shown| shown.is_some());
    if !(shows && matches!(msg, AccountMsg::Failed { .. })) {
        model.overlays.remove(at);
    }
    model.told = Some(why.to_owned());
    Vec::new()
}

/// A key goes to what lies over everything else.
pub(super) fn pressed(model: &mut Model, key: Key) -> Vec<Cmd> {
    match model.overlays.pop() {
        None => Vec::new(),
        Some(Overlay::Help(help)) => help::pressed(model, help, key),
        Some(Overlay::Palette(palette)) => palette::pressed(model, palette, key),
        Some(Overlay::SortMenu(menu)) => sort_menu::pressed(model, menu, key),
        Some(Overlay::Confirm(confirm)) => confirm::pressed(model, confirm, key),
        Some(Overlay::Outbox(screen)) => outbox_screen::pressed(model, &screen, key),
        Some(Overlay::Conflict(view)) => conflict::pressed(model, view, key),
        Some(Overlay::Ask(ask)) => ask::pressed(model, ask, key),
        Some(Overlay::Reader(reader)) => reader::pressed(model, reader, key),
        Some(Overlay::Form(form)) => form::pressed(model, form, key),
        Some(Overlay::Fields(list)) => fields::pressed(model, list, key),
        Some(Overlay::Plays(list)) => plays::pressed(model, list, key),
        Some(Overlay::Bulk(play)) => bulk::pressed(model, play, key),
        Some(Overlay::Standings(screen)) => standings::pressed(model, screen, key),
        Some(Overlay::RunMenu(menu)) => run_menu::pressed(model, menu, key),
        Some(Overlay::RunView(view)) => run_view::pressed(model, view, key),
        Some(Overlay::Handoffs(list)) => handoffs::pressed(model, list, key),
        Some(Overlay::WhatIf(screen)) => what_if::pressed(model, screen, key),
        Some(Overlay::Warn(line)) => warn::pressed(model, line, key),
        Some(Overlay::Alarms(screen)) => alarms::pressed(model, screen, key),
        Some(Overlay::Team(screen)) => team::pressed(model, screen, key),
        Some(Overlay::Nps(screen)) => nps::pressed(model, screen, key),
        Some(Overlay::Routing(screen)) => routing::pressed(model, screen, key),
        Some(Overlay::Who(screen)) => who::pressed(model, screen, key),
    }
}

/// A key that is none of those of a screen which stays open, and on which nothing is typed: what shows from everywhere
/// opens over it, and of any other key it is told that it does nothing.
pub(super) fn other(model: &mut Model, key: Key) -> Vec<Cmd> {
    match meaning(model, key) {
        Some(action) if from_everywhere(action) => action::run(model, action),
        _ => {
            model.told = Some(format!("{} does nothing here; esc closes", chord_text(&[key])));
            Vec::new()
        }
    }
}

/// A key that closes what lay over everything else: what shows from everywhere shows instead of it.
pub(super) fn instead(model: &mut Model, key: Key) -> Vec<Cmd> {
    match meaning(model, key) {
        Some(action @ (Action::Outbox | Action::Decide)) if model.overlays.is_empty() => {
            action::run(model, action)
        }
        _ => Vec::new(),
    }
}

fn from_everywhere(action: Action) -> bool {
    matches!(
        action,
        Action::Outbox | Action::Decide | Action::Help | Action::Sync
    )
}

/// What the keymap means by a key where nothing is typed.
pub(super) fn meaning(model: &Model, key: Key) -> Option<Action> {
    match model.keymap.meaning(&[key], model.context()) {
        Meaning::Run(action) => Some(action),
        _ => None,
    }
}

/// The movement that an action is, if it is one.
pub(super) fn step(action: Option<Action>) -> Option<Step> {
    Some(match action? {
        Action::MoveDown => Step::Down,
        Action::MoveUp => Step::Up,
        Action::MoveFirst => Step::First,
        Action::MoveLast => Step::Last,
        Action::HalfPageDown => Step::HalfPageDown,
        Action::HalfPageUp => Step::HalfPageUp,
        Action::PageDown => Step::PageDown,
        Action::PageUp => Step::PageUp,
        _ => return None,
    })
}

/// A text of which the line `top` is the first that shows, after a movement; `last` is as far as it goes.
pub(super) fn scrolled(top: usize, step: Step, page: u16, last: usize) -> usize {
    let page = usize::from(page).saturating_sub(1).max(1);
    let half = (page / 2).max(1);
    let moved = match step {
        Step::Down => top + 1,
        Step::Up => top.saturating_sub(1),
        Step::HalfPageDown => top + half,
        Step::HalfPageUp => top.saturating_sub(half),
        Step::PageDown => top + page,
        Step::PageUp => top.saturating_sub(page),
        Step::First => 0,
        Step::Last => last,
    };
    moved.min(last)
}
