//! Risk queue, steps and handoffs: data arrives, cursors move.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{action, alarms, bulk, follow, queue_filter, settle, standings, sync, team};
use crate::app::cmd::{Cmd, Replaced};
use crate::app::cursor::Step;
use crate::app::layout::Pane;
use crate::app::model::{DeskState, Model};
use crate::app::msg::DeskMsg;
use crate::app::outbox::Act;
use crate::domain::desk::DueItem;
use crate::domain::playbook::What;
use crate::domain::record::Kind;

const LISTS: [Pane; 3] = [Pane::Risks, Pane::Steps, Pane::Handoffs];

pub(super) fn heard(model: &mut Model, msg: DeskMsg) -> Vec<Cmd> {
    let desk = match msg {
        DeskMsg::Loaded(desk) => desk,
        DeskMsg::Narrowed { run, found } => return queue_filter::answered(model, run, found),
        DeskMsg::Alarms { run, report } => return alarms::read(model, run, report),
        DeskMsg::Planned { run, planned } => return bulk::planned(model, run, planned),
        DeskMsg::Standings { run, read } => return standings::read(model, run, read),
        DeskMsg::Team { run, read } => return team::heard(model, run, read),
        DeskMsg::Bulk { run, read } => return standings::whole(model, run, read),
        DeskMsg::AlarmsFailed { run, why } => return alarms::failed(model, run, why),
    };
    let kept = LISTS.map(|pane| from_cursor(model, pane));
    if model.desk.desk.is_some() && desk.is_none() {
        sync::cache_is_gone(model);
    }
    let before = std::mem::replace(&mut model.desk.desk, desk);
    model.desk.loaded = true;
    read_handoffs(model);
    count_due(model);
    model.desk.arrange();
    for (pane, kept) in LISTS.into_iter().zip(kept) {
        let is_gone = !kept.is_empty() && !keep_first(model, pane, &kept);
        // Another line is marked now, and what is done is done to its account.
        if is_gone && pane == model.pane {
            action::select(model, pane);
        }
    }
    back_to_what_was_taken_up(model);
    if model.selected.is_none() {
        action::select(model, model.pane);
    }
    follow::follow(model);
    let replaced = before.map(|before| Cmd::Discard(Replaced::Desk(before)));
    let mut orders = queue_filter::search(model);
    orders.extend(replaced);
    orders
}

/// Where something that is due was done by mistake and taken up again, the cursor goes back to it.
fn back_to_what_was_taken_up(model: &mut Model) {
    let awaited = std::mem::take(&mut model.desk.taken_up);
    if model.pane != Pane::Steps {
        return;
    }
    if awaited.iter().any(|kept| keep(model, Pane::Steps, kept)) {
        action::select(model, Pane::Steps);
    } else {
        model.desk.taken_up = awaited;
    }
}

/// An act is taken back: what it took from the list of steps is awaited there, as long as nobody looks elsewhere.
pub(super) fn await_what_is_taken_up(model: &mut Model, act: &Act) {
    if model.pane != Pane::Steps {
        return;
    }
    let steps = act.back.iter().filter_map(|event| match &event.what {
        What::Reopened { run, step } => Some(step_key(run, step)),
        _ => None,
    });
    let tasks = model.outbox.view.of_act(&act.word).filter_map(|entry| {
        let target = entry.new.write.target()?;
        (entry.new.write.kind() == Kind::Task).then(|| target.shown_id().to_string())
    });
    let at = model.cursor(Pane::Steps).at;
    let place = |kept: &str| {
        let mut places = 0..model.len(Pane::Steps);
        places.find(|at| key(&model.desk, Pane::Steps, *at).as_deref() == Some(kept))
    };
    // What has been there all the time stays where it is.
    let mut taken_up: Vec<String> = steps.chain(tasks).collect();
    taken_up.retain(|kept| place(kept).is_none_or(|place| place == at));
    model.desk.taken_up = taken_up;
}

/// The clock turned: what is late now counts as late, and on another day what is due on it. For whom handoffs wait changes
/// with the minute and not in between.
pub(super) fn clock_turned(model: &mut Model, (before, day_before): (Timestamp, Date)) {
    let minute = |at: Timestamp| at.as_second().div_euclid(60);
    let is_late = model.desk.next_late.is_some_and(|then| then <= model.now);
    let is_late = is_late || model.today != day_before;
    if is_late || minute(before) != minute(model.now) {
        count_anew(model, is_late);
    }
}

/// Other people are known: handoffs may wait for others.
pub(super) fn people_came(model: &mut Model) {
    count_anew(model, false);
}

/// Who is away, and what is late, is so by now, whenever the desk was built; the cursors stay on what they are on.
fn count_anew(model: &mut Model, is_late: bool) {
    let kept = [Pane::Handoffs, Pane::Steps].map(|pane| key(&model.desk, pane, model.cursor(pane).at));
    let [handoff, step] = kept;
    let is_changed = read_handoffs(model);
    if let Some(kept) = handoff {
        keep(model, Pane::Handoffs, &kept);
    }
    if is_changed || is_late {
        count_due(model);
        let is_gone = step.is_some_and(|kept| !keep(model, Pane::Steps, &kept));
        if is_gone && model.pane == Pane::Steps {
            action::select(model, Pane::Steps);
        }
    }
}

/// Says whether something else is due by it.
fn read_handoffs(model: &mut Model) -> bool {
    let now = model.now.to_zoned(model.zone.clone());
    let Model { outbox, desk, .. } = model;
    let me = outbox.me.as_ref();
    let me = me.and_then(|me| outbox.owners.iter().find(|owner| owner.id == me.id));
    let (Some(me), Some(desk)) = (me, desk.desk.as_mut()) else {
        return false;
    };
    let means = &outbox.means;
    desk.count_handoffs((me, means.role), (&means.roster, &outbox.owners), &now)
}

fn count_due(model: &mut Model) {
    let now = model.now.to_zoned(model.zone.clone());
    model.desk.arrange_steps(now.datetime());
    model.desk.next_late = model.desk.desk.as_mut().and_then(|desk| {
        desk.count_due(now.datetime());
        let next = desk.next_late(&now)?.to_zoned(model.zone.clone());
        next.ok().map(|next| next.timestamp())
    });
}

/// What makes an item of a list the same one after new data.
pub(super) fn key(state: &DeskState, pane: Pane, at: usize) -> Option<String> {
    let desk = state.desk.as_deref()?;
    match pane {
        Pane::Accounts => None,
        Pane::Risks => state.queue.key(state.warned()?, at),
        Pane::Steps => match state.steps.bulk(at) {
            Some(bulk) => Some(bulk.key.clone()),
            None => state.due_at(at).map(due_key),
        },
        Pane::Handoffs => match desk.handoffs.get(at) {
            Some(handoff) => Some(handoff.handoff.clone()),
            None => state.unlinked_at(at).map(|one| one.record.to_string()),
        },
    }
}

fn due_key(due: &DueItem) -> String {
    // A step without a task has no record.
    due.step
        .as_ref()
        .map_or_else(|| due.record.to_string(), |step| step_key(&step.run, &step.step))
}

fn step_key(run: &str, step: &str) -> String {
    format!("{run} {step}")
}

/// What marks the item under the cursor of a list; of steps also those behind it: what is done there makes room for what
/// comes next, wherever something else becomes due.
fn from_cursor(model: &Model, pane: Pane) -> Vec<String> {
    let (at, len) = (model.cursor(pane).at, model.len(pane));
    let places = if pane == Pane::Steps { at..len } else { at..at + 1 };
    places.filter_map(|at| key(&model.desk, pane, at)).collect()
}

/// Puts the cursor on the first of these items, or, where it is gone, on the next one of them that is there. Says whether
/// it is the first.
fn keep_first(model: &mut Model, pane: Pane, kept: &[String]) -> bool {
    let places = (0..model.len(pane)).rev();
    let places = places.filter_map(|at| Some((key(&model.desk, pane, at)?, at)));
    let places: BTreeMap<String, usize> = places.collect();
    let mut found = kept.iter().map(|kept| places.get(kept).copied()).enumerate();
    let found = found.find_map(|(nth, place)| Some((nth, place?)));
    go_to(model, pane, found.map(|(_, place)| place));
    found.is_some_and(|(nth, _)| nth == 0)
}

/// Puts the cursor where the kept item is now; if it is gone, it stays at its place. Says whether it is there.
pub(super) fn keep(model: &mut Model, pane: Pane, kept: &str) -> bool {
    let place = (0..model.len(pane)).find(|at| key(&model.desk, pane, *at).as_deref() == Some(kept));
    go_to(model, pane, place);
    place.is_some()
}

/// Puts the cursor on a place, as high on the screen as it was; without one it stays.
fn go_to(model: &mut Model, pane: Pane, place: Option<usize>) {
    if let Some(at) = place {
        let cursor = model.cursor_mut(pane);
        let height = cursor.at.saturating_sub(cursor.top);
        (cursor.at, cursor.top) = (at, at.saturating_sub(height));
    }
    settle(model, pane);
}

pub(super) fn moved(model: &mut Model, pane: Pane, step: Step) -> Vec<Cmd> {
    let (len, page) = (model.len(pane), model.layout().list(pane).page());
    model.desk.taken_up.clear();
    let cursor = model.cursor_mut(pane);
    *cursor = cursor.moved(step, len, page);
    action::select(model, pane);
    Vec::new()
}
