//! How the steps are looked at: which bulk plays are opened.

use super::settle;
use crate::app::layout::Pane;
use crate::app::model::Model;

/// Opens the bulk play of the line, or closes it again; `false` when the line is none.
pub(super) fn toggle(model: &mut Model) -> bool {
    let at = model.cursor(Pane::Steps).at;
    let Some(key) = model.desk.steps.bulk(at).map(|bulk| bulk.key.clone()) else {
        return false;
    };
    let before = model.len(Pane::Steps);
    model.desk.steps.turn(key);
    model.desk.arrange_steps(model.local());
    let opened = model.len(Pane::Steps).saturating_sub(before);
    let page = model.layout().list(Pane::Steps).page();
    let cursor = model.cursor_mut(Pane::Steps);
    // As much of what it opens to shows as there is room for below the line itself.
    cursor.top = cursor.top.max((at + opened + 1).saturating_sub(page)).min(at);
    settle(model, Pane::Steps);
    true
}
