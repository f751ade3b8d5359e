//! Keys of the menu of orders.

use std::sync::Arc;

use super::accounts;
use super::overlay::{meaning, open, step};
use crate::app::action::Action;
use crate::app::cmd::{Cmd, RunId};
use crate::app::column;
use crate::app::cursor::{Cursor, Step};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{Overlay, SortMenu};
use crate::domain::book::order::Sort;

/// Opens the menu on the present order.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let before = model.accounts.sort;
    let at = column::sorts()
        .iter()
        .position(|sort| sort.by == before.by)
        .unwrap_or(0);
    let prepare = accounts::prepare(model);
    let menu = SortMenu {
        before,
        cursor: Cursor { at, top: 0 },
        preparing: prepare.as_ref().map(|(run, _)| *run),
        prepared: Vec::new(),
    };
    open(model, Overlay::SortMenu(menu));
    prepare.into_iter().map(|(_, order)| order).collect()
}

/// Orders were prepared: the menu that waits for them has them.
pub(super) fn prepared(model: &mut Model, run: RunId, orders: Vec<(Sort, Arc<[u32]>)>) -> Vec<Cmd> {
    let menu = menu(model).filter(|menu| menu.preparing == Some(run));
    if let Some(menu) = menu {
        menu.prepared = orders;
    }
    Vec::new()
}

/// Another book came: what was prepared of the one before is of no use.
pub(super) fn book_replaced(model: &mut Model) -> Option<Cmd> {
    let prepare = menu(model).is_some().then(|| accounts::prepare(model));
    let (run, order) = prepare.flatten().unzip();
    if let Some(menu) = menu(model) {
        menu.preparing = run;
        menu.prepared.clear();
    }
    order
}

fn menu(model: &mut Model) -> Option<&mut SortMenu> {
    model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::SortMenu(menu) => Some(menu),
        _ => None,
    })
}

/// Moving sorts at once; left and right turn the direction; enter keeps it, esc goes back.
pub(super) fn pressed(model: &mut Model, mut menu: SortMenu, key: Key) -> Vec<Cmd> {
    let action = meaning(model, key);
    let sort = match (key.code, action) {
        (Code::Enter, _) => return Vec::new(),
        (Code::Esc, _) | (_, Some(Action::Leave)) => {
            return accounts::sorted(model, menu.before, menu.prepared(menu.before));
        }
        (Code::Left | Code::Right | Code::Char(' '), _) => Sort {
            descending: !model.accounts.sort.descending,
            ..model.accounts.sort
        },
        _ => {
            let again = (action == Some(Action::Sort)).then_some(Step::Down);
            let Some(step) = again.or_else(|| step(action)) else {
                return Vec::new();
            };
            let sorts = column::sorts();
            menu.cursor = menu.cursor.moved(step, sorts.len(), sorts.len());
            sorts[menu.cursor.at]
        }
    };
    let orders = accounts::sorted(model, sort, menu.prepared(sort));
    model.overlays.push(Overlay::SortMenu(menu));
    orders
}
