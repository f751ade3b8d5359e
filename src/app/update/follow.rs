//! The panes that have not the focus follow the account that every pane speaks of: its first line there is scrolled
//! into sight. Nothing moves where the focus is, and no cursor does.

use super::settle_all;
use crate::app::layout::Pane;
use crate::app::model::{Model, Selected};

/// The account, or a list, is another: finds the account where the focus is not.
pub(super) fn follow(model: &mut Model) {
    let focused = model.pane;
    model.followed = Pane::ALL.map(|pane| {
        let selected = model.selected.as_ref().filter(|_| pane != focused)?;
        place(model, pane, selected)
    });
    settle_all(model);
}

fn place(model: &Model, pane: Pane, selected: &Selected) -> Option<usize> {
    let desk = model.desk.desk.as_deref();
    match pane {
        Pane::Accounts => {
            let row = selected.row?;
            model.accounts.rows.iter().position(|other| *other == row)
        }
        Pane::Risks => {
            let (desk, queue) = (model.desk.warned()?, &model.desk.queue);
            let is_it = |at: &usize| {
                queue
                    .account_of(desk, *at)
                    .is_some_and(|(id, _)| *id == selected.id)
            };
            (0..queue.lines.len()).find(is_it)
        }
        Pane::Steps => model.desk.steps.line_of(&desk?.due, &selected.id),
        Pane::Handoffs => desk?.handoffs.iter().position(|card| card.account == selected.id),
    }
}
