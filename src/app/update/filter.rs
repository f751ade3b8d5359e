//! The filter of the account list: it narrows with every letter.

use std::sync::Arc;

use super::{accounts, action, settle};
use crate::app::cmd::{Cmd, RunId};
use crate::app::cursor::{Cursor, Step};
use crate::app::input::Input;
use crate::app::key::{Code, Key};
use crate::app::layout::Pane;
use crate::app::model::Model;
use crate::domain::book::search::Query;

/// Opens the input; what was typed before is still there.
pub(super) fn open(model: &mut Model) -> Vec<Cmd> {
    model.pane = Pane::Accounts;
    model.accounts.filtering = true;
    settle(model, Pane::Accounts);
    Vec::new()
}

/// Takes a key while the input is open; `None` leaves it to the keymap.
pub(super) fn pressed(model: &mut Model, key: Key) -> Option<Vec<Cmd>> {
    match key.code {
        Code::Enter => {
            model.accounts.filtering = false;
            Some(Vec::new())
        }
        Code::Esc => Some(clear(model)),
        Code::Down => Some(accounts::moved(model, Step::Down)),
        Code::Up => Some(accounts::moved(model, Step::Up)),
        Code::PageDown => Some(accounts::moved(model, Step::PageDown)),
        Code::PageUp => Some(accounts::moved(model, Step::PageUp)),
        Code::Backspace if model.accounts.filter.text().is_empty() => Some(clear(model)),
        _ => typed(model, |input| input.take(key)).or(Some(Vec::new())),
    }
}

/// Changes the input, if it is open, and what shows.
pub(super) fn typed(model: &mut Model, change: impl FnOnce(&mut Input) -> bool) -> Option<Vec<Cmd>> {
    if !model.accounts.filtering || !change(&mut model.accounts.filter) {
        return None;
    }
    let before = std::mem::take(&mut model.accounts.query);
    let orders = apply(model, Some(&before));
    model.accounts.cursor = Cursor::default();
    action::select(model, Pane::Accounts);
    Some(orders)
}

/// Closes the input and shows every account again, with the cursor on the account it was on.
pub(super) fn clear(model: &mut Model) -> Vec<Cmd> {
    let row = model.accounts.rows.get(model.accounts.cursor.at).copied();
    model.accounts.filtering = false;
    model.accounts.filter = Input::default();
    let orders = apply(model, None);
    accounts::follow(model, row);
    if model.selected.is_none() {
        action::select(model, Pane::Accounts);
    }
    orders
}

/// Works out the rows that show. `before` is the query that the present rows follow, if they do.
/// A fuzzy query keeps the former rows until its ranking arrives.
pub(super) fn apply(model: &mut Model, before: Option<&Query>) -> Vec<Cmd> {
    let query = Query::parse(model.accounts.filter.text());
    let list = &mut model.accounts;
    accounts::put_in_order(list);
    let within = before.filter(|before| query.narrows(before) && list.ranking.is_none());
    if query.is_fuzzy() {
        let rows = if within.is_some() {
            Arc::clone(&list.rows)
        } else {
            Arc::clone(&list.order)
        };
        let book = Arc::clone(&list.book);
        list.query = query.clone();
        let run = model.next_run();
        model.accounts.ranking = Some(run);
        if before.is_none() {
            // A new book: the former rows are numbers of the old one.
            let rows = Arc::clone(&model.accounts.order);
            shown(model, rows);
        }
        return vec![Cmd::RankFuzzily {
            run,
            book,
            query,
            rows,
        }];
    }
    list.ranking = None;
    let within = within.filter(|before| !before.is_empty()).map(|_| &*list.rows);
    let rows = list.hits(&query, within);
    list.query = query;
    shown(model, rows);
    Vec::new()
}

/// Hits of a fuzzy query arrived; a stale answer is dropped.
pub(super) fn ranked(model: &mut Model, run: RunId, rows: Arc<[u32]>) -> Vec<Cmd> {
    if model.accounts.ranking == Some(run) {
        model.accounts.ranking = None;
        shown(model, rows);
        model.accounts.cursor = Cursor::default();
        action::select(model, Pane::Accounts);
    }
    Vec::new()
}

fn shown(model: &mut Model, rows: Arc<[u32]>) {
    let list = &mut model.accounts;
    (list.arr, list.at_stake) = list.book.sums(&rows);
    list.rows = rows;
    settle(model, Pane::Accounts);
}
