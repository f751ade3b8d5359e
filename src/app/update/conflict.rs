//! Keys of the conflict view: a decision for each field, and the merged result is sent.

use super::ask;
use super::overlay::{meaning, open, step};
use crate::app::cmd::{Cmd, WriteCmd};
use crate::app::cursor::{Cursor, Step as Move};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::conflict::Decision;
use crate::app::overlay::{Asked, ConflictView, Overlay};
use crate::domain::outbox::Entry;

/// What is told while an order is not answered yet.
pub(super) const ONE_MOMENT: &str = "it is being saved: one moment";

/// Opens the fields of an entry that somebody else changed too.
pub(super) fn show(model: &mut Model, entry: &Entry) -> Vec<Cmd> {
    open(
        model,
        Overlay::Conflict(Box::new(ConflictView::new(entry.clone()))),
    )
}

/// Letters decide, enter sends, esc leaves it for later.
pub(super) fn pressed(model: &mut Model, mut view: Box<ConflictView>, key: Key) -> Vec<Cmd> {
    if view.sending {
        model.told = Some(ONE_MOMENT.to_owned());
        return open(model, Overlay::Conflict(view));
    }
    match (key.typed(), key.code) {
        (_, Code::Esc) | (Some('q'), _) => return Vec::new(),
        (_, Code::Enter) => return send(model, view),
        (Some('m'), _) => view.decide(Decision::Mine),
        (Some('t'), _) => view.decide(Decision::Theirs),
        (Some('e'), _) => return edit(model, view),
        _ => {
            if let Some(step) = step(meaning(model, key)) {
                view.at = moved(&view, step);
            }
        }
    }
    open(model, Overlay::Conflict(view))
}

fn moved(view: &ConflictView, step: Move) -> usize {
    let cursor = Cursor { at: view.at, top: 0 };
    cursor.moved(step, view.decided.len(), 1).at
}

fn edit(model: &mut Model, view: Box<ConflictView>) -> Vec<Cmd> {
    if view.is_archive() {
        let why = "it is to be archived: m archives it all the same, t keeps it as the CRM has it";
        model.told = Some(why.to_owned());
        return open(model, Overlay::Conflict(view));
    }
    let (at, title) = (view.at, view.entry.new.title.clone());
    let now = view.selected().and_then(|conflict| conflict.mine.clone());
    model.overlays.push(Overlay::Conflict(view));
    ask::ask(model, Asked::Merge(at), &title, &now.unwrap_or_default())
}

/// The value that was typed for a field of the view below.
pub(super) fn typed(model: &mut Model, at: usize, text: String) -> Vec<Cmd> {
    if let Some(Overlay::Conflict(view)) = model.overlays.last_mut() {
        view.at = at;
        view.decide(Decision::Other(Some(text).filter(|text| !text.is_empty())));
    }
    Vec::new()
}

/// Orders the result. The view stays with every decision until that is on disk.
fn send(model: &mut Model, mut view: Box<ConflictView>) -> Vec<Cmd> {
    if let Err(read_only) = model.may_write() {
        model.told = Some(read_only.why);
        return open(model, Overlay::Conflict(view));
    }
    if let Some(step) = view.step() {
        let id = view.id();
        view.sending = true;
        open(model, Overlay::Conflict(view));
        return vec![Cmd::Write(WriteCmd::TakeStep { id, step })];
    }
    model.told = Some("decide every field first: m keeps mine, t takes theirs, e edits".to_owned());
    open(model, Overlay::Conflict(view))
}
