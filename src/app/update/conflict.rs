//! Keys of the conflict view: a decision for each field, and the merged result is sent.

use std::sync::Arc;

use super::ask;
use super::overlay::{meaning, open, step};
use crate::app::cmd::{Cmd, WriteCmd};
use crate::app::cursor::{Cursor, Step as Move};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::conflict::Decision;
use crate::app::overlay::{Asked, ConflictView, Overlay};
use crate::app::reading;
use crate::domain::acts::edit::EditableField;
use crate::domain::outbox::{Conflict, Entry, State, Step, own_words, reworded};
use crate::domain::record::ValueType;

/// What is told while an order is not answered yet.
pub(super) const ONE_MOMENT: &str = "it is being saved: one moment";

/// Opens the fields of an entry that somebody else changed too.
pub(super) fn show(model: &mut Model, entry: &Entry) -> Vec<Cmd> {
    open(
        model,
        Overlay::Conflict(Box::new(ConflictView::new(entry.clone()))),
    )
}

/// The outbox was read: what was decided elsewhere meanwhile is not asked about any more, and what the CRM has by now
/// is what shows.
pub(super) fn reread(model: &mut Model) {
    let view = Arc::clone(&model.outbox.view);
    let mut told = None;
    model.overlays.retain_mut(|overlay| {
        let Overlay::Conflict(shown) = overlay else {
            return true;
        };
        let now = view.entry(shown.id());
        if shown.sending || now.is_some_and(|now| now.conflicts == shown.entry.conflicts) {
            return true;
        }
        let now = now.filter(|now| now.state == State::Conflict);
        let why = match now {
            Some(_) => "somebody changed it once more: decide again",
            None => "it was decided elsewhere meanwhile: O shows where it stands",
        };
        told = Some(why.to_owned());
        if let Some(now) = now {
            **shown = ConflictView::new(now.clone());
        }
        now.is_some()
    });
    model.told = told.or(model.told.take());
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
        (Some('f'), _) => {
            let full = reading::conflict(model, &view);
            model.overlays.push(Overlay::Conflict(view));
            return full.map_or_else(Vec::new, |full| open(model, Overlay::Reader(full)));
        }
        _ => {
            if let Some(step) = step(meaning(model, key)) {
                view.at = moved(&view, step);
            } else {
                model.told = Some("m, t, e, f and enter work here; esc leaves it for later".to_owned());
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
    let (at, title) = (view.at, about(model, &view));
    let now = view.selected().and_then(|conflict| {
        // By its label where what is typed is read by labels too.
        let (names, mine) = (&model.outbox.view, conflict.mine.as_deref());
        match names.editable_in(&view.entry.new.write, &conflict.field) {
            Some(field) if matches!(field.value_type, ValueType::Date | ValueType::DateTime) => {
                let value = conflict.mine.clone();
                Some(EditableField { value, ..field }.shown(&[], &model.zone))
            }
            Some(_) => names.value(&conflict.field, mine).map(str::to_owned),
            None => mine.map(|mine| own_words(&conflict.field, mine).to_owned()),
        }
    });
    model.overlays.push(Overlay::Conflict(view));
    ask::ask(model, Asked::Merge(at), &title, &now.unwrap_or_default())
}

/// What the selected field may be, where the CRM takes only some values; else what the entry is.
fn about(model: &Model, view: &ConflictView) -> String {
    let kind = view.entry.new.write.kind();
    let field = view
        .selected()
        .and_then(|conflict| model.outbox.view.editable(kind, &conflict.field));
    let options = field.map_or_else(Vec::new, |field| field.options);
    if options.is_empty() {
        return view.entry.new.title.clone();
    }
    let labels: Vec<String> = options.into_iter().map(|(_, label)| label).collect();
    format!("one of {}", labels.join(", "))
}

/// The value that was typed for a field of the view below; one that the field cannot have is asked for again.
pub(super) fn typed(model: &mut Model, at: usize, text: &str) -> Vec<Cmd> {
    let value = meant(model, at, text);
    let Some(Overlay::Conflict(view)) = model.overlays.last_mut() else {
        return Vec::new();
    };
    view.at = at;
    match value {
        Ok(value) => {
            view.decide(Decision::Other(value));
            Vec::new()
        }
        Err(why) => {
            let view = view.clone();
            let title = about(model, &view);
            model.told = Some(why);
            ask::ask(model, Asked::Merge(at), &title, text)
        }
    }
}

/// What a text means for a field of the view, as the CRM keeps it; `None` empties it. The error is one sentence.
fn meant(model: &Model, at: usize, text: &str) -> Result<Option<String>, String> {
    let typed = Some(text.to_owned()).filter(|text| !text.is_empty());
    let Some(Overlay::Conflict(view)) = model.overlays.last() else {
        return Ok(typed);
    };
    let Some(Conflict { field, mine, .. }) = view.entry.conflicts.get(at) else {
        return Ok(typed);
    };
    match model.outbox.view.editable_in(&view.entry.new.write, field) {
        Some(editable) => {
            let value = mine.clone();
            let editable = EditableField { value, ..editable };
            editable.parse(&model.reading_occasion(), &model.outbox.people, text)
        }
        None => reworded(field, mine.as_deref(), typed),
    }
}

/// Orders the result. The view stays with every decision until that is on disk.
fn send(model: &mut Model, mut view: Box<ConflictView>) -> Vec<Cmd> {
    if let Err(read_only) = model.may_write() {
        model.told = Some(read_only.why);
        return open(model, Overlay::Conflict(view));
    }
    if let Some(step) = view.step() {
        let id = view.id();
        let step = match step {
            Step::Revised { write, .. } => model.revised(&view.entry.new.title, &view.entry.new.write, write),
            Step::Resend { .. } => Step::Resend {
                grace: Some(model.outbox.means.grace),
            },
            other => other,
        };
        view.sending = true;
        open(model, Overlay::Conflict(view));
        return vec![Cmd::Write(WriteCmd::TakeStep { id, step })];
    }
    model.told = Some("decide every field first: m keeps mine, t takes theirs, e edits".to_owned());
    open(model, Overlay::Conflict(view))
}
