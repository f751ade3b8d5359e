//! The account screen: it opens, is read, and its cursor moves.

use super::{action, ask, done, follow, form, overlay, routing};
use crate::app::account::{AccountScreen, Part, Sought};
use crate::app::cmd::Cmd;
use crate::app::cursor::{Cursor, Step};
use crate::app::failure::{Failure, FailureKind};
use crate::app::layout::Pane;
use crate::app::model::{Model, Selected};
use crate::app::msg::AccountMsg;
use crate::app::overlay::{Asked, RoutingScreen};
use crate::app::span::Span;
use crate::domain::acts::days;
use crate::domain::desk::DueItem;
use crate::domain::record::RecordId;

/// How far half a page moves here: parts differ in height, and their items too.
const PAGE: usize = 8;

/// Opens the account of the selected item, on the part and the line that the item is.
pub(super) fn open(model: &mut Model) -> Vec<Cmd> {
    let Some(id) = model.account_at(model.pane, model.cursor(model.pane).at) else {
        return Vec::new();
    };
    action::select(model, model.pane);
    model.accounts.touched |= model.pane == Pane::Accounts;
    let row = model
        .selected
        .as_ref()
        .and_then(|selected| model.accounts.book.row(selected.row?));
    let name = row.map_or_else(|| id.to_string(), |row| row.name().to_owned());
    let sought = sought(model);
    enter(model, id, name, sought)
}

/// Opens an account that another screen speaks of; the cockpit goes to it.
pub(super) fn open_of(model: &mut Model, id: RecordId, name: String) -> Vec<Cmd> {
    let row = model.accounts.book.find(&id);
    model.selected = Some(Selected { id: id.clone(), row });
    follow::follow(model);
    enter(model, id, name, None)
}

/// Opens the account of a question; one step outwards leads back to the routing desk, to that question.
pub(super) fn open_from_desk(
    model: &mut Model,
    (id, name): (RecordId, String),
    desk: Box<RoutingScreen>,
) -> Vec<Cmd> {
    let orders = open_of(model, id, name);
    if let Some(account) = &mut model.account {
        account.desk = Some(desk);
    }
    orders
}

/// Goes from the account one step outwards, back to the routing desk where it was opened from that; `None` where no account
/// is open.
pub(super) fn close(model: &mut Model) -> Option<Vec<Cmd>> {
    let account = model.account.take()?;
    Some(match account.desk {
        Some(desk) => routing::back(model, desk),
        None => Vec::new(),
    })
}

/// Opens an account that a run is looked at on, at the line of a step of it where it has one.
pub(super) fn open_at_step(
    model: &mut Model,
    (id, name): (RecordId, String),
    (run, step): (&str, &str),
) -> Vec<Cmd> {
    let desk = model.desk.desk.as_deref();
    let is_it = |item: &&DueItem| {
        let of = item.step.as_ref();
        of.is_some_and(|of| of.run == run && of.step == step)
    };
    let line = desk.and_then(|desk| desk.due.iter().find(is_it)).cloned();
    let row = model.accounts.book.find(&id);
    model.selected = Some(Selected { id: id.clone(), row });
    follow::follow(model);
    enter(model, id, name, line.map(Box::new).map(Sought::Due))
}

fn enter(model: &mut Model, id: RecordId, name: String, sought: Option<Sought>) -> Vec<Cmd> {
    let run = model.next_run();
    model.account = Some(AccountScreen {
        id: id.clone(),
        name,
        loading: Some(run),
        view: None,
        failure: None,
        part: sought.as_ref().map_or(Part::Why, Sought::part),
        span: Span::default(),
        full: false,
        cursors: [Cursor::default(); 9],
        sought,
        desk: None,
    });
    let read = Cmd::ReadAccount { id: id.clone() };
    let open = Cmd::OpenAccount { run, id, since: None };
    vec![open, read]
}

/// What the cursor stands on, where the account has a line of its own for it.
fn sought(model: &Model) -> Option<Sought> {
    let (desk, at) = (model.desk.desk.as_deref()?, model.cursor(model.pane).at);
    match model.pane {
        Pane::Accounts | Pane::Risks => None,
        Pane::Steps => model.desk.due_at(at).cloned().map(Box::new).map(Sought::Due),
        Pane::Handoffs => desk
            .handoffs
            .get(at)
            .map(|card| Sought::Handoff(card.handoff.clone())),
    }
}

/// Reads the open account again, with the old content in place.
pub(super) fn reload(model: &mut Model) -> Option<Cmd> {
    let run = model.next_run();
    let account = model.account.as_mut()?;
    account.loading = Some(run);
    Some(Cmd::OpenAccount {
        run,
        id: account.id.clone(),
        since: account.span.from(model.now, &model.zone),
    })
}

/// Counts the change of the score over a longer or a shorter time.
pub(super) fn widen(model: &mut Model, longer: bool) -> Vec<Cmd> {
    let Some(account) = &mut model.account else {
        return Vec::new();
    };
    account.part = Part::Why;
    let span = account.span.stepped(longer);
    if span == account.span {
        let end = if longer { "longest" } else { "shortest" };
        model.told = Some(format!("that is the {end} time; :since takes any day"));
        return Vec::new();
    }
    account.span = span;
    reload(model).into_iter().collect()
}

/// Asks for the day from which the change is counted.
pub(super) fn ask_since(model: &mut Model) -> Vec<Cmd> {
    let name = model.account.as_ref().map(|account| account.name.clone());
    ask::ask(model, Asked::Since, &name.unwrap_or_default(), "")
}

/// Counts the change of the score from a day that was typed.
pub(super) fn since(model: &mut Model, text: &str) -> Vec<Cmd> {
    let day = days::past(model.today, text).filter(|day| *day < model.today);
    let Some(account) = &mut model.account else {
        return Vec::new();
    };
    let Some(day) = day else {
        let name = account.name.clone();
        model.told = Some(format!(
            "`{text}` is no day before today: write {}",
            days::PAST_EXAMPLES
        ));
        return ask::ask(model, Asked::Since, &name, text);
    };
    account.part = Part::Why;
    account.span = Span::Since(day);
    reload(model).into_iter().collect()
}

pub(super) fn heard(model: &mut Model, msg: AccountMsg) -> Vec<Cmd> {
    if let Some(orders) = done::read(model, &msg) {
        return orders;
    }
    let orders = overlay::account_read(model, &msg);
    if let AccountMsg::Loaded { view: Some(view), .. } = &msg {
        form::account_read(model, view);
    }
    let Some(account) = &mut model.account else {
        return orders;
    };
    match msg {
        AccountMsg::Loaded { run, view } if account.loading == Some(run) => {
            account.loading = None;
            account.failure = if view.is_some() { None } else { Some(gone()) };
            account.view = view.or(account.view.take());
            account.seek();
            for part in Part::ALL {
                let len = account.len(part);
                let cursor = &mut account.cursors[part.index()];
                *cursor = cursor.within(len, PAGE);
            }
        }
        AccountMsg::ReadAnew { id } if account.id == id => {
            return reload(model).into_iter().collect();
        }
        AccountMsg::Failed { run, failure } if account.loading == Some(run) => {
            account.loading = None;
            account.failure = Some(failure);
        }
        AccountMsg::Loaded { .. } | AccountMsg::ReadAnew { .. } | AccountMsg::Failed { .. } => {}
    }
    orders
}

fn gone() -> Failure {
    Failure {
        kind: FailureKind::Storage,
        summary: "The cache has no such account".to_owned(),
        hint: Some("it may have left the scope; esc goes back, ctrl-r syncs".to_owned()),
        detail: None,
    }
}

pub(super) fn moved(model: &mut Model, step: Step) -> Vec<Cmd> {
    if let Some(account) = &mut model.account {
        let len = account.len(account.part);
        let cursor = &mut account.cursors[account.part.index()];
        *cursor = cursor.moved(step, len, PAGE);
    }
    Vec::new()
}
