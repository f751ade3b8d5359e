//! Standup mode: what it goes over is read, it begins, accounts are talked about one after the other, it ends in minutes.
//!
//! It lies under everything that it opens. Nothing of it counts as noted before that is on disk.

mod decided;
mod minutes;

pub use self::decided::{decides, decides_on_warnings, forget, settle, takes_back};
pub use self::minutes::minutes_of;

use self::decided::{answered, log};
use super::overlay::{meaning, step};
use super::{account, action};
use crate::app::action::Action;
use crate::app::cmd::{Cmd, RunId, WriteCmd};
use crate::app::cursor::Cursor;
use crate::app::failure::Failure;
use crate::app::key::{Code, Key};
use crate::app::keymap::chord_text;
use crate::app::layout::Frame;
use crate::app::model::Model;
use crate::app::msg::StandupMsg;
use crate::app::standup::{MINE, Stage, Standup, TEAM};
use crate::domain::base32;
use crate::domain::record::RecordId;
use crate::domain::standup::{Begun, Discussed, Ended, Happened, Held, Order, StandupEvent, fold};

/// Opens it, and has read what it would go over; one that is open comes back.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    if let Some(standup) = &mut model.standup {
        standup.aside = false;
        return Vec::new();
    }
    load(model, MINE.to_owned(), Order::default())
}

fn load(model: &mut Model, scope: String, order: Order) -> Vec<Cmd> {
    let run = model.next_run();
    let standup = Standup::new(run, scope, order, model.now);
    let order = standup.order();
    model.standup = Some(Box::new(standup));
    order.into_iter().collect()
}

/// Opens it anew, on the same accounts: what it knew was read for other eyes. One that is under way goes on with one key.
pub(super) fn reopen(model: &mut Model, before: &Standup) -> Vec<Cmd> {
    load(model, before.scope.clone(), before.order)
}

pub(super) fn heard(model: &mut Model, msg: StandupMsg) -> Vec<Cmd> {
    match msg {
        StandupMsg::Loaded { run, prepared } => {
            if let Some(standup) = model.standup.as_mut().filter(|one| one.asked == Some(run)) {
                standup.asked = None;
                standup.prepared = Some(prepared);
            }
        }
        StandupMsg::Failed { run, why } => {
            if model.standup.as_ref().is_some_and(|one| one.asked == Some(run)) {
                model.standup = None;
                model.told = Some(why);
            }
        }
        StandupMsg::Kept(told) => model.told = Some(told),
    }
    Vec::new()
}

/// A key goes to what shows of it.
pub(super) fn pressed(model: &mut Model, key: Key) -> Vec<Cmd> {
    let Some(standup) = &model.standup else {
        return Vec::new();
    };
    match standup.stage {
        Stage::Review => in_review(model, key),
        Stage::Account => on_account(model, key),
        Stage::Roster => in_roster(model, key),
        Stage::Leaving => leaving(model, key),
        Stage::Minutes => minutes::on_minutes(model, key),
    }
}

fn in_review(model: &mut Model, key: Key) -> Vec<Cmd> {
    let Some((scope, order)) = model.standup.as_ref().map(|one| (one.scope.clone(), one.order)) else {
        return Vec::new();
    };
    match key.code {
        Code::Esc => close(model),
        Code::Tab if scope == MINE => load(model, TEAM.to_owned(), order),
        Code::Tab => load(model, MINE.to_owned(), order),
        Code::Char('b') => load(
            model,
            scope,
            match order {
                Order::Worst => Order::Owner,
                Order::Owner => Order::Worst,
            },
        ),
        Code::Enter => begin(model),
        _ if matches!(meaning(model, key), Some(Action::Leave | Action::Standup)) => close(model),
        _ => moved(model, key),
    }
}

/// The chosen line moves.
fn moved(model: &mut Model, key: Key) -> Vec<Cmd> {
    let Some(step) = step(meaning(model, key)) else {
        return other(model, key);
    };
    let page = usize::from(Frame::of(model.size, 0).between().height).saturating_sub(6);
    if let Some(standup) = &mut model.standup {
        let cursor = Cursor {
            at: standup.line,
            top: 0,
        };
        standup.line = cursor.moved(step, standup.agenda().len(), page).at;
    }
    Vec::new()
}

/// It goes on where it was, or begins: all that its minutes need of this moment is noted.
fn begin(model: &mut Model) -> Vec<Cmd> {
    let Some(standup) = model.standup.as_ref().filter(|one| one.noting.is_empty()) else {
        return Vec::new();
    };
    if let Some(open) = standup.open().cloned() {
        return go_on(model, open);
    }
    let Some(begun) = standup.prepared.as_ref().map(|prepared| prepared.begun.clone()) else {
        return Vec::new();
    };
    if begun.agenda.is_empty() {
        model.told = Some("nothing changed: there is nothing to go over".to_owned());
        return Vec::new();
    }
    // It has names in it, which are put back in place of pseudonyms before it is noted.
    let begun = model
        .may_note()
        .map_err(|read_only| read_only.why)
        .and_then(|_| model.occasion())
        .map(|on| Begun {
            standup: format!("S-{}", base32::of_texts(&[&on.act, &begun.scope], 8)),
            by: on.me.name,
            local: model.local(),
            ..begun
        });
    match begun {
        Ok(begun) => note(model, None, Happened::Begun(Box::new(begun))),
        Err(why) => {
            model.told = Some(why);
            Vec::new()
        }
    }
}

fn go_on(model: &mut Model, held: Held) -> Vec<Cmd> {
    if let Some(standup) = &mut model.standup {
        standup.at = held.goes_on_at().unwrap_or(0);
        standup.held = Some(Box::new(held));
        standup.stage = Stage::Account;
    }
    open(model)
}

/// The account of the agenda is opened beneath: what is done is done with it.
fn open(model: &mut Model) -> Vec<Cmd> {
    let now = model.now;
    let Some(standup) = &mut model.standup else {
        return Vec::new();
    };
    standup.since = now;
    standup.line = standup.at;
    let line = standup
        .current()
        .map(|line| (line.account.clone(), line.name.clone()));
    line.map_or_else(Vec::new, |(id, name)| account::open_of(model, id, name))
}

/// Orders that something be noted.
fn note(model: &mut Model, account: Option<RecordId>, what: Happened) -> Vec<Cmd> {
    let run = model.next_run();
    let events = vec![StandupEvent { account, what }];
    if let Some(standup) = &mut model.standup {
        standup.noting.push((run, events.clone()));
    }
    vec![Cmd::Write(WriteCmd::Standup { run, events })]
}

/// What was ordered with this number is on disk.
pub(super) fn noted(model: &mut Model, run: RunId) -> Vec<Cmd> {
    let now = model.now;
    let Some(standup) = &mut model.standup else {
        return Vec::new();
    };
    let Some(at) = standup.noting.iter().position(|(other, _)| *other == run) else {
        return Vec::new();
    };
    let (_, events) = standup.noting.remove(at);
    let mut begun = None;
    for event in &events {
        match &mut standup.held {
            Some(held) => held.take(event, now),
            None => begun = fold([(event, "", now)]).pop(),
        }
        if let (Happened::Settled(settled), Some(held)) = (&event.what, &mut standup.held) {
            held.settle(settled, "", now);
        }
    }
    let settles = events.iter().any(settles);
    if standup.held.as_ref().is_some_and(|held| held.ended.is_some()) {
        standup.stage = Stage::Minutes;
        standup.line = 0;
    }
    if settles {
        answered(model, true);
    }
    begun.map_or_else(Vec::new, |held| go_on(model, held))
}

fn settles(event: &StandupEvent) -> bool {
    matches!(event.what, Happened::Settled(_))
}

/// What was ordered with this number could not be kept.
pub(super) fn not_noted(model: &mut Model, run: RunId) {
    if let Some(standup) = &mut model.standup {
        standup.noting.retain(|(other, _)| *other != run);
    }
}

/// The same, and why is told.
pub(super) fn refused(model: &mut Model, run: RunId, failure: Failure) -> Vec<Cmd> {
    let noting = model.standup.as_ref().map_or(&[][..], |standup| &standup.noting);
    let mut settling = noting.iter().filter(|(other, _)| *other == run);
    if settling.any(|(_, events)| events.iter().any(settles)) {
        answered(model, false);
    }
    not_noted(model, run);
    super::failed(model, failure)
}

fn on_account(model: &mut Model, key: Key) -> Vec<Cmd> {
    match key.code {
        Code::Char('J') => go(model, 1),
        Code::Char('K') => go(model, -1),
        Code::Tab => stage(model, Stage::Roster),
        Code::Esc => stage(model, Stage::Leaving),
        Code::Enter => {
            if let Some(standup) = &mut model.standup {
                standup.aside = true;
            }
            Vec::new()
        }
        _ => match meaning(model, key) {
            Some(Action::Leave) => stage(model, Stage::Leaving),
            Some(Action::Log) => log(model),
            Some(action) if acts(action) => action::run(model, action),
            _ => other(model, key),
        },
    }
}

/// What can be done with the account that shows.
fn acts(action: Action) -> bool {
    matches!(
        action,
        Action::Task
            | Action::Play
            | Action::Handoff
            | Action::Snooze
            | Action::CloseWarning
            | Action::Acknowledge
            | Action::Plan
            | Action::Note
            | Action::MissedGoal
            | Action::Undo
            | Action::OpenInCrm
            | Action::Outbox
            | Action::Decide
            | Action::Help
            | Action::Sync
            | Action::Redact
    )
}

fn other(model: &mut Model, key: Key) -> Vec<Cmd> {
    if let Some(action @ (Action::Help | Action::Outbox | Action::Sync | Action::Redact)) =
        meaning(model, key)
    {
        return action::run(model, action);
    }
    model.told = Some(format!("{} does nothing in a standup", chord_text(&[key])));
    Vec::new()
}

fn stage(model: &mut Model, stage: Stage) -> Vec<Cmd> {
    if let Some(standup) = &mut model.standup {
        standup.stage = stage;
        standup.line = standup.at;
    }
    Vec::new()
}

/// Leaves the account that shows, which is noted, for the one so many places further.
fn go(model: &mut Model, by: isize) -> Vec<Cmd> {
    let Some(standup) = &model.standup else {
        return Vec::new();
    };
    let to = standup.at.checked_add_signed(by);
    match to {
        None => {
            model.told = Some("this is the first account".to_owned());
            Vec::new()
        }
        Some(to) if to >= standup.agenda().len() => stage(model, Stage::Leaving),
        Some(to) => go_to(model, to),
    }
}

fn go_to(model: &mut Model, to: usize) -> Vec<Cmd> {
    let mut orders = left(model);
    if let Some(standup) = &mut model.standup {
        standup.at = to;
        standup.stage = Stage::Account;
    }
    orders.extend(open(model));
    orders
}

/// Notes that the account that shows was talked about.
fn left(model: &mut Model) -> Vec<Cmd> {
    let Some(standup) = &model.standup else {
        return Vec::new();
    };
    let (Some(held), Some(line)) = (standup.held.as_deref(), standup.current()) else {
        return Vec::new();
    };
    let decided = held.decided_on(&line.account).map(|decision| decision.at);
    let first = decided.filter(|at| *at >= standup.since).min();
    let discussed = Discussed {
        standup: held.id.clone(),
        from: standup.since,
        first_decision: first.map(|at| at.duration_since(standup.since).as_secs()),
    };
    let account = line.account.clone();
    note(model, Some(account), Happened::Discussed(discussed))
}

fn in_roster(model: &mut Model, key: Key) -> Vec<Cmd> {
    match key.code {
        Code::Esc | Code::Tab => stage(model, Stage::Account),
        Code::Enter => {
            let to = model.standup.as_ref().map_or(0, |standup| standup.line);
            if model.standup.as_ref().is_some_and(|standup| standup.at == to) {
                return stage(model, Stage::Account);
            }
            go_to(model, to)
        }
        _ => moved(model, key),
    }
}

fn leaving(model: &mut Model, key: Key) -> Vec<Cmd> {
    match key.code {
        Code::Esc => stage(model, Stage::Account),
        Code::Enter => end(model),
        _ if meaning(model, key) == Some(Action::Leave) => {
            model.told = Some("left as it is: S goes on where it was".to_owned());
            let orders = close(model);
            model.told = Some("left as it is: S goes on where it was".to_owned());
            orders
        }
        _ => other(model, key),
    }
}

/// It ends: what nobody talked about goes to the minutes as not discussed.
fn end(model: &mut Model) -> Vec<Cmd> {
    let mut orders = left(model);
    let local = model.local();
    let Some(standup) = &model.standup else {
        return orders;
    };
    let Some(held) = standup.held.as_deref() else {
        return orders;
    };
    let current = standup.current().map(|line| &line.account);
    let rest = held.not_discussed().map(|line| &line.account);
    let ended = Ended {
        standup: held.id.clone(),
        local,
        not_discussed: rest
            .filter(|account| Some(*account) != current)
            .cloned()
            .collect(),
    };
    orders.extend(note(model, None, Happened::Ended(ended)));
    orders
}

fn close(model: &mut Model) -> Vec<Cmd> {
    model.standup = None;
    model.account = None;
    Vec::new()
}
