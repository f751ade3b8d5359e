//! The account list: data arrives, the cursor moves, the order changes.

use std::sync::Arc;

use super::{action, filter, settle};
use crate::app::cmd::Cmd;
use crate::app::cursor::Step;
use crate::app::layout::Pane;
use crate::app::model::Model;
use crate::app::msg::BookMsg;
use crate::domain::book::Book;
use crate::domain::book::order::Sort;

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
            model.accounts.complete = true;
            model.unreadable = false;
            replaced(model, book, order)
        }
        BookMsg::Ranked { run, rows } => filter::ranked(model, run, rows),
    }
}

/// Takes a new book; the selection stays on its account.
fn replaced(model: &mut Model, book: Arc<Book>, order: Arc<[u32]>) -> Vec<Cmd> {
    let selected = model
        .accounts
        .row_at(model.accounts.cursor.at)
        .map(|row| row.id().into());
    model.accounts.book = book;
    model.accounts.order = order;
    let orders = filter::apply(model, None);
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
    model.accounts.cursor = model.accounts.cursor.moved(step, len, page);
    model.accounts.touched = true;
    action::select(model, Pane::Accounts);
    Vec::new()
}

/// Puts the list into another order; it begins at its top.
pub(super) fn sorted(model: &mut Model, sort: Sort) -> Vec<Cmd> {
    if sort == model.accounts.sort {
        return Vec::new();
    }
    model.accounts.sort = sort;
    model.accounts.order = model.accounts.book.order(sort).into();
    let orders = filter::apply(model, None);
    model.accounts.cursor = model
        .accounts
        .cursor
        .moved(Step::First, model.accounts.rows.len(), 1);
    action::select(model, Pane::Accounts);
    orders
}
