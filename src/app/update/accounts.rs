//! The account list: data arrives, the cursor moves, the order changes.

use std::sync::Arc;

use super::{action, filter, settle, sort_menu, what_if};
use crate::app::accounts::Accounts;
use crate::app::cmd::{Cmd, Replaced, RunId};
use crate::app::column;
use crate::app::cursor::Step;
use crate::app::layout::Pane;
use crate::app::model::Model;
use crate::app::msg::BookMsg;
use crate::domain::book::Book;
use crate::domain::book::order::Sort;

/// Up to so many accounts are put in order within the time that a frame takes.
const AT_ONCE: usize = 10_000;
/// More rows than a screen has.
const SCREENFUL: usize = 500;

pub(super) fn heard(model: &mut Model, msg: BookMsg) -> Vec<Cmd> {
    match msg {
        BookMsg::FirstPageLoaded(summaries) => {
            if model.accounts.complete {
                return Vec::new();
            }
            let book = Book::from_summaries(summaries);
            // The page is the worst by the engine's key: whatever the order, these rows come as they are.
            let rows: Vec<u32> = (0..book.len() as u32).collect();
            model.accounts.loaded |= !book.is_empty();
            replaced(model, Arc::new(book), rows.into())
        }
        BookMsg::Loaded { book, sort, rows } => {
            let order = if sort == model.accounts.sort {
                rows
            } else {
                book.order(model.accounts.sort).into()
            };
            model.accounts.loaded = true;
            // While the first sync goes on the list stays at its top; what a person has seen whole stays where it is.
            model.accounts.touched |= model.accounts.complete && model.has_synced();
            model.accounts.complete = true;
            model.unreadable = false;
            replaced(model, book, order)
        }
        BookMsg::Ordered { run, rows } => ordered(model, run, rows),
        BookMsg::Prepared { run, orders } => sort_menu::prepared(model, run, orders),
        BookMsg::Ranked { run, rows } => filter::ranked(model, run, rows),
        BookMsg::Tried { run, trial, way } => what_if::worked_out(model, run, trial, way),
    }
}

/// Takes a new book; the selection stays on its account.
fn replaced(model: &mut Model, book: Arc<Book>, order: Arc<[u32]>) -> Vec<Cmd> {
    let selected = model
        .accounts
        .row_at(model.accounts.cursor.at)
        .map(|row| row.id().into());
    let before = std::mem::replace(&mut model.accounts.book, book);
    model.accounts.order = order;
    model.accounts.ordering = None;
    let mut orders = filter::apply(model, None);
    orders.push(Cmd::Discard(Replaced::Book(before)));
    orders.extend(sort_menu::book_replaced(model));
    let row = selected.and_then(|id| model.accounts.book.find(&id));
    if model.accounts.touched {
        follow(model, row);
    } else if model.pane == Pane::Accounts && model.account.is_none() {
        model.selected = None;
    }
    match &mut model.selected {
        Some(selected) => selected.row = model.accounts.book.find(&selected.id),
        None => action::select(model, model.pane),
    }
    orders
}

/// Puts the cursor on a row of the book, if the list shows it, at the height at which it was.
pub(super) fn follow(model: &mut Model, row: Option<u32>) {
    let place = row.and_then(|row| model.accounts.rows.iter().position(|other| *other == row));
    if let Some(at) = place {
        let cursor = &mut model.accounts.cursor;
        let height = cursor.at - cursor.top.min(cursor.at);
        (cursor.at, cursor.top) = (at, at.saturating_sub(height));
    }
    settle(model, Pane::Accounts);
}

pub(super) fn moved(model: &mut Model, step: Step) -> Vec<Cmd> {
    let (len, page) = (
        model.accounts.rows.len(),
        model.layout().list(Pane::Accounts).page(),
    );
    // What is ranked shows in an order of its own.
    if !model.accounts.query.is_fuzzy() {
        put_in_order(&mut model.accounts);
    }
    model.accounts.cursor = model.accounts.cursor.moved(step, len, page);
    model.accounts.touched = true;
    action::select(model, Pane::Accounts);
    Vec::new()
}

/// Works out the whole order here and now, if it has not come yet and a key needs it.
pub(super) fn put_in_order(list: &mut Accounts) {
    if list.ordering.is_some() {
        let order = list.book.order(list.sort).into();
        put_into(list, order);
    }
}

/// Shows the list in this order of the whole book. Which accounts show does not depend on it.
fn put_into(list: &mut Accounts, order: Arc<[u32]>) {
    list.ordering = None;
    list.order = order;
    if !list.query.is_fuzzy() {
        list.rows = list.hits(&list.query, None);
    }
}

/// Has the orders of the menu worked out on another thread, where that takes longer than a frame.
pub(super) fn prepare(model: &mut Model) -> Option<(RunId, Cmd)> {
    let book = Arc::clone(&model.accounts.book);
    (book.len() > AT_ONCE).then(|| {
        let run = model.next_run();
        let sorts = column::sorts();
        (run, Cmd::PrepareOrders { run, book, sorts })
    })
}

/// Shows the beginning of the order at once; all of it comes from another thread. Which accounts show, and so their
/// number and their sums, does not depend on the order.
fn begin_order(model: &mut Model) -> Vec<Cmd> {
    let run = model.next_run();
    let list = &mut model.accounts;
    list.ordering = Some(run);
    if !list.query.is_fuzzy() {
        list.rows = list.book.begun(list.sort, &list.rows, SCREENFUL).into();
    }
    vec![Cmd::OrderBook {
        run,
        book: Arc::clone(&list.book),
        sort: list.sort,
    }]
}

/// The whole order arrived; a stale one is dropped.
fn ordered(model: &mut Model, run: RunId, rows: Arc<[u32]>) -> Vec<Cmd> {
    let list = &mut model.accounts;
    if list.ordering != Some(run) {
        return Vec::new();
    }
    list.ordering = None;
    list.order = rows;
    filter::apply(model, None)
}

/// Puts the list into another order, which may have been prepared; it begins at its top.
pub(super) fn sorted(model: &mut Model, sort: Sort, prepared: Option<Arc<[u32]>>) -> Vec<Cmd> {
    if sort == model.accounts.sort {
        return Vec::new();
    }
    let list = &mut model.accounts;
    list.sort = sort;
    let orders = if let Some(order) = prepared {
        put_into(list, order);
        Vec::new()
    } else if list.book.len() > AT_ONCE {
        begin_order(model)
    } else {
        list.order = list.book.order(sort).into();
        filter::apply(model, None)
    };
    model.accounts.cursor = model
        .accounts
        .cursor
        .moved(Step::First, model.accounts.rows.len(), 1);
    action::select(model, Pane::Accounts);
    orders
}
