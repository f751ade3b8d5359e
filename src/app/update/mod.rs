//! What each message changes: one call per arm; the logic is with its feature.

mod account;
mod accounts;
mod action;
mod alarms;
mod ask;
mod awaiting;
mod bulk;
mod confirm;
mod conflict;
mod desk;
mod done;
mod fields;
mod filter;
mod follow;
mod form;
mod handoffs;
mod help;
mod key;
mod nps;
mod outbox;
mod outbox_screen;
mod overlay;
mod palette;
mod plays;
mod queue;
mod queue_filter;
mod reader;
mod redact;
mod routing;
mod run_menu;
mod run_view;
mod sort_menu;
mod standings;
mod standup;
mod steps;
mod sync;
mod team;
mod theirs;
mod typed;
mod warn;
mod what_if;
mod who;

use jiff::{Timestamp, Zoned};

pub use self::standup::minutes_of;

use super::cmd::Cmd;
use super::failure::{Failure, FailureKind};
use super::input::Input;
use super::layout::{Pane, Shape, Size};
use super::model::Model;
use super::msg::{Msg, NpsMsg, TerminalMsg};
use super::overlay::{Overlay, TOO_LONG};
use crate::domain::words;

/// More failures than this are not kept: the oldest goes.
const MOST_FAILURES: usize = 5;

/// Changes the model by what happened and returns the orders that follow from it.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Cmd> {
    match msg {
        Msg::Clock(now) => clock_turned(model, now),
        Msg::Terminal(msg) => terminal(model, msg),
        Msg::Book(msg) => {
            let orders = accounts::heard(model, msg);
            follow::follow(model);
            orders
        }
        Msg::Desk(msg) => desk::heard(model, msg),
        Msg::Account(msg) => account::heard(model, msg),
        Msg::Sync(msg) => sync::heard(model, msg),
        Msg::Outbox(msg) => outbox::heard(model, msg),
        Msg::Nps(NpsMsg::Loaded { run, told }) => nps::heard(model, run, told),
        Msg::Nps(NpsMsg::Failed { run, why }) => nps::failed(model, run, why),
        Msg::Routing(msg) => routing::heard(model, msg),
        Msg::Standup(msg) => standup::heard(model, msg),
        Msg::Failed(failure) => failed(model, failure),
    }
}

/// The orders with which a session ends: what is being typed is kept, and that a person looked.
pub fn last_orders(model: &mut Model) -> Vec<Cmd> {
    let mut orders = form::kept_on_leaving(model);
    orders.push(Cmd::RecordLook);
    orders
}

fn terminal(model: &mut Model, msg: TerminalMsg) -> Vec<Cmd> {
    match msg {
        TerminalMsg::Resized(size) => resized(model, size),
        TerminalMsg::Key(key) => key::pressed(model, key),
        TerminalMsg::Pasted(text) => pasted(model, &text),
        TerminalMsg::PasteCut(dropped) => {
            model.told = Some(format!(
                "the paste was too long: its last {} bytes are not here",
                words::grouped(dropped as u128)
            ));
            Vec::new()
        }
        TerminalMsg::Told(text) => {
            model.told = Some(text);
            say_once(model);
            Vec::new()
        }
        TerminalMsg::Composed { run, text } => form::composed(model, run, text),
    }
}

fn clock_turned(model: &mut Model, now: Timestamp) -> Vec<Cmd> {
    let then = std::mem::replace(&mut model.now, now);
    let day = Zoned::new(now, model.zone.clone()).date();
    let before = std::mem::replace(&mut model.today, day);
    desk::clock_turned(model, (then, before));
    sync::clock_turned(model);
    if before != day {
        alarms::lay_out(model);
    }
    form::clock_turned(model)
}

fn resized(model: &mut Model, size: Size) -> Vec<Cmd> {
    model.size = size;
    form::scroll(model);
    alarms::lay_out(model);
    standings::settle(model);
    team::settle(model);
    settle_all(model);
    Vec::new()
}

/// Puts every cursor back into its list and its screen.
fn settle_all(model: &mut Model) {
    for pane in Pane::ALL {
        settle(model, pane);
    }
}

/// Puts the cursor of a pane back into its list; what shows of it is around the cursor where the focus is, elsewhere
/// around the account that every pane speaks of, if it is there.
fn settle(model: &mut Model, pane: Pane) {
    let (len, page) = (model.len(pane), model.layout().list(pane).page());
    let followed = model.followed[pane.index()];
    let has_focus = model.pane == pane;
    let cursor = model.cursor_mut(pane);
    *cursor = if has_focus {
        cursor.within(len, page)
    } else {
        cursor.aside(followed, len, page)
    };
    if pane == Pane::Risks && has_focus {
        queue::show_heading(model, page);
    }
}

/// A paste goes into an open input and nowhere else.
fn pasted(model: &mut Model, text: &str) -> Vec<Cmd> {
    let size = model.size;
    if Shape::of(size) == Shape::TooSmall {
        model.told = Some("what was pasted is not here: the screen was too small to show it".to_owned());
        return Vec::new();
    }
    if let Some(overlay) = model.overlays.last_mut() {
        let taken = overlay.paste(text);
        if let Overlay::Ask(ask) = overlay {
            ask.field.editor.scroll(ask.window(size));
        }
        if !taken {
            model.told = Some(TOO_LONG.to_owned());
        }
        form::scroll(model);
        return form::save_due(model);
    }
    let mut taken = true;
    let paste = |input: &mut Input| {
        taken = input.paste(text);
        taken
    };
    let orders = if model.desk.filter.typing {
        queue_filter::typed(model, paste)
    } else {
        filter::typed(model, paste)
    };
    if !taken {
        model.told = Some(TOO_LONG.to_owned());
    }
    orders.unwrap_or_default()
}

fn failed(model: &mut Model, failure: Failure) -> Vec<Cmd> {
    model.unreadable |= failure.kind == FailureKind::Storage;
    let is_told = |known: &Failure| {
        *known == failure || known.kind == FailureKind::Loss && known.summary == failure.summary
    };
    if !model.failures.iter().any(is_told) {
        let losses = model
            .failures
            .iter()
            .rev()
            .take_while(|known| known.kind == FailureKind::Loss);
        let behind = if failure.kind == FailureKind::Loss {
            0
        } else {
            losses.count()
        };
        // What lies over the screen hides it.
        if !model.overlays.is_empty() && !form::says(model, &failure.summary) {
            model.told = Some(failure.summary.clone());
        }
        model.failures.insert(model.failures.len() - behind, failure);
    }
    if model.failures.len() > MOST_FAILURES {
        model.failures.remove(0);
    }
    say_once(model);
    settle_all(model);
    Vec::new()
}

/// What the failure on the screen says needs no second place, and the keys of the last line theirs.
fn say_once(model: &mut Model) {
    let says = |told: &String| {
        let failure = model.failures.last();
        failure.is_some_and(|failure| told.contains(&failure.summary))
    };
    if model.overlays.is_empty() && model.told.as_ref().is_some_and(says) {
        model.told = None;
    }
}
