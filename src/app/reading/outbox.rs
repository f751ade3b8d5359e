//! What the reader shows of an entry of the outbox.

use jiff::Timestamp;

use super::{moment, reader};
use crate::app::model::Model;
use crate::app::overlay::{ConflictView, Reader};
use crate::domain::acts::undo;
use crate::domain::outbox::{Change, Conflict, Entry, Field, Receipt, State, Write};
use crate::domain::record::Core;

/// An entry of the outbox in full.
pub fn outbox_entry(model: &Model, entry: &Entry) -> Reader {
    let view = &model.outbox.view;
    let account = entry.new.account.as_ref();
    let text = match &entry.new.write {
        Write::Create { fields, .. } => {
            let text = fields
                .get(&Field::Core(Core::Body))
                .or_else(|| fields.get(&Field::Core(Core::Subject)));
            text.cloned().unwrap_or_default()
        }
        Write::Update { changes, .. } => {
            let line = |change: &Change| {
                let (from, to) = (change.base.as_deref(), change.to.as_deref());
                let (from, to) = (value(model, &change.field, from), value(model, &change.field, to));
                format!("{}: {from} → {to}", view.label(&change.field))
            };
            changes.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        Write::Archive { .. } => String::new(),
    };
    let receipt = entry.receipt.as_ref();
    let replaced = receipt.map_or_else(Vec::new, |receipt| replaced(model, receipt));
    let facts = vec![
        ("what", entry.new.title.clone()),
        (
            "account",
            account
                .map(|id| view.account_name(id).to_owned())
                .unwrap_or_default(),
        ),
        ("state", entry.state.word().to_owned()),
        ("since", moment(model, entry.since)),
        (
            "undo",
            undone(model, entry).map(|(told, _)| told).unwrap_or_default(),
        ),
        ("says", entry.said.clone().unwrap_or_default()),
        ("to do", entry.remedy.before().unwrap_or_default().to_owned()),
        (
            "again",
            entry.retry_at.map(|at| moment(model, at)).unwrap_or_default(),
        ),
        ("attempts", entry.attempts.to_string()),
        ("queued", moment(model, entry.queued_at)),
        (
            "CRM id",
            receipt
                .map(|receipt| receipt.record.to_string())
                .unwrap_or_default(),
        ),
        (
            "link",
            receipt
                .and_then(|receipt| receipt.link.clone())
                .unwrap_or_default(),
        ),
        ("replaced", replaced.join("; ")),
        (
            "written",
            receipt
                .filter(|receipt| receipt.there)
                .map_or_else(String::new, |_| "nothing: the CRM had it already".to_owned()),
        ),
        ("key", entry.key.clone()),
    ];
    reader("Outbox".to_owned(), facts, text)
}

/// A value of a field as people read it: by its label where it has one, a moment in my time zone.
pub fn value(model: &Model, field: &Field, value: Option<&str>) -> String {
    match model.outbox.view.value(field, value) {
        None => "nothing".to_owned(),
        Some(text) => match text.parse::<Timestamp>() {
            Ok(at) => moment(model, at),
            Err(_) => text.to_owned(),
        },
    }
}

/// What stands about a field of a conflict, in full.
pub fn conflict(model: &Model, view: &ConflictView) -> Option<Reader> {
    let conflict = view.selected()?;
    let word = |text: &Option<String>| value(model, &conflict.field, text.as_deref());
    let result = view.result(view.at);
    let facts = vec![
        ("what I saw", word(&conflict.base)),
        ("mine", word(&conflict.mine)),
        ("theirs", word(&conflict.theirs)),
        ("set", conflict.set(|at| moment(model, at)).unwrap_or_default()),
        (
            "is sent",
            result
                .map(|sent| value(model, &conflict.field, sent))
                .unwrap_or_default(),
        ),
    ];
    let label = model.outbox.view.label(&conflict.field);
    Some(reader(label, facts, String::new()))
}

/// That the CRM has an entry no more as it was sent, or soon will not, in words, and whether it is so already; `None`
/// where nothing takes it back.
pub fn undone(model: &Model, entry: &Entry) -> Option<(String, bool)> {
    let other = undo::under_way(entry, model.outbox.view.all())?;
    let is_done = other.state == State::Sent;
    let told = if is_done {
        format!("undone in the CRM · {}", moment(model, other.since))
    } else {
        format!("the CRM has it; what is to undo it is {}", other.state.word())
    };
    Some((told, is_done))
}

/// What our values replaced that came in between, a sentence each.
pub fn replaced(model: &Model, receipt: &Receipt) -> Vec<String> {
    let view = &model.outbox.view;
    let sentence = |conflict: &Conflict| {
        let theirs = value(model, &conflict.field, conflict.theirs.as_deref());
        let at = conflict
            .set(|at| moment(model, at))
            .map(|set| format!(", set {set}"));
        let label = view.label(&conflict.field);
        format!(
            "your value of {label} replaced {theirs}{}",
            at.unwrap_or_default()
        )
    };
    receipt.replaced.iter().map(sentence).collect()
}
