//! How the risk queue is looked at: which kind, grouped by what, what is opened.

use super::{action, desk, settle};
use crate::app::cmd::Cmd;
use crate::app::layout::Pane;
use crate::app::model::Model;
use crate::domain::desk::WarningKind;

/// Shows the next kind of warning; after the last the first.
pub(super) fn tab(model: &mut Model) -> Vec<Cmd> {
    let all = WarningKind::ALL;
    let queue = &mut model.desk.queue;
    let at = all.iter().position(|kind| *kind == queue.tab).unwrap_or_default();
    queue.tab = all[(at + 1) % all.len()];
    arranged(model)
}

/// Groups by something else.
pub(super) fn group(model: &mut Model) -> Vec<Cmd> {
    let queue = &mut model.desk.queue;
    queue.by = queue.by.next();
    arranged(model)
}

/// Opens the line, or closes it again; `false` when it opens to nothing.
pub(super) fn toggle(model: &mut Model) -> bool {
    let at = model.cursor(Pane::Risks).at;
    let desk = model.desk.desk.as_deref();
    let Some(fold) = desk.and_then(|desk| model.desk.queue.fold(desk, at)) else {
        return false;
    };
    let queue = &mut model.desk.queue;
    if !queue.open.remove(&fold) {
        queue.open.insert(fold);
    }
    queue.arrange(model.desk.desk.as_deref());
    settle(model, Pane::Risks);
    true
}

/// The lines are others: the cursor stays on its line, if there is one.
fn arranged(model: &mut Model) -> Vec<Cmd> {
    let at = model.cursor(Pane::Risks).at;
    let kept = desk::key(&model.desk, Pane::Risks, at);
    model.desk.queue.arrange(model.desk.desk.as_deref());
    let is_there = kept.is_some_and(|kept| desk::keep(model, Pane::Risks, &kept));
    if !is_there {
        *model.cursor_mut(Pane::Risks) = crate::app::cursor::Cursor::default();
        settle(model, Pane::Risks);
    }
    action::select(model, Pane::Risks);
    Vec::new()
}
