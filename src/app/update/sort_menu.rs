//! Keys of the menu of orders.

use super::accounts;
use super::overlay::{meaning, open, step};
use crate::app::action::Action;
use crate::app::cmd::Cmd;
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
    let cursor = Cursor { at, top: 0 };
    open(model, Overlay::SortMenu(SortMenu { before, cursor }))
}

/// Moving sorts at once; left and right turn the direction; enter keeps it, esc goes back.
pub(super) fn pressed(model: &mut Model, mut menu: SortMenu, key: Key) -> Vec<Cmd> {
    let action = meaning(model, key);
    let sort = match (key.code, action) {
        (Code::Enter, _) => return Vec::new(),
        (Code::Esc, _) | (_, Some(Action::Leave)) => return accounts::sorted(model, menu.before),
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
    let orders = accounts::sorted(model, sort);
    model.overlays.push(Overlay::SortMenu(menu));
    orders
}
