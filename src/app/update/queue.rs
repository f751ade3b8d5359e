//! How the risk queue is looked at: which kind, grouped by what, what is opened.

use super::{action, desk, settle};
use crate::app::cmd::Cmd;
use crate::app::layout::Pane;
use crate::app::model::Model;
use crate::app::queue::Line;
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
    let desk = model.desk.warned();
    let Some(fold) = desk.and_then(|desk| model.desk.queue.fold(desk, at)) else {
        return false;
    };
    let queue = &mut model.desk.queue;
    let before = queue.lines.len();
    queue.turn(fold);
    model.desk.arrange();
    let opened = model.desk.queue.lines.len().saturating_sub(before);
    let page = model.layout().list(Pane::Risks).page();
    let cursor = model.cursor_mut(Pane::Risks);
    // As much of what it opens to shows as there is room for below the line itself.
    cursor.top = cursor.top.max((at + opened + 1).saturating_sub(page)).min(at);
    settle(model, Pane::Risks);
    true
}

/// Shows the heading of a group with its first line.
pub(super) fn show_heading(model: &mut Model, page: usize) {
    let cursor = model.cursor(Pane::Risks);
    let Some(above) = cursor.top.checked_sub(1) else {
        return;
    };
    let is_heading = matches!(model.desk.queue.lines.get(above), Some(Line::Heading { .. }));
    if is_heading && cursor.at - above < page {
        model.cursor_mut(Pane::Risks).top = above;
    }
}

/// The lines are others: the cursor stays on its line, if there is one.
fn arranged(model: &mut Model) -> Vec<Cmd> {
    let at = model.cursor(Pane::Risks).at;
    let kept = desk::key(&model.desk, Pane::Risks, at);
    model.desk.arrange();
    let is_there = kept.is_some_and(|kept| desk::keep(model, Pane::Risks, &kept));
    if !is_there {
        *model.cursor_mut(Pane::Risks) = crate::app::cursor::Cursor::default();
        settle(model, Pane::Risks);
    }
    action::select(model, Pane::Risks);
    Vec::new()
}
