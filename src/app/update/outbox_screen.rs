//! Keys of the outbox on the screen. What would write asks for the permit first and says why there is none.

use std::sync::Arc;

use super::overlay::{meaning, open, step};
use super::{ask, confirm, conflict};
use crate::app::action::Action;
use crate::app::cmd::{Cmd, WriteCmd};
use crate::app::input::Input;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::outbox::Row;
use crate::app::overlay::{Asked, Help, OutboxScreen, Overlay, Question, Reader};
use crate::app::reading;
use crate::domain::outbox::{Entry, State, Step, Write};

/// Opens the outbox, read anew.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    model.overlays.push(Overlay::Outbox(OutboxScreen::default()));
    vec![Cmd::LoadOutbox]
}

/// Movements choose, letters act on the selected row, esc and q go back.
pub(super) fn pressed(model: &mut Model, screen: &OutboxScreen, key: Key) -> Vec<Cmd> {
    let action = meaning(model, key);
    if key.code == Code::Esc || matches!(action, Some(Action::Leave | Action::Outbox)) {
        return Vec::new();
    }
    if let Some(step) = step(action) {
        let page = usize::from(OutboxScreen::area(model.size).inside().height / 2);
        let screen = screen.moved(&model.outbox.view, step, page);
        return open(model, Overlay::Outbox(screen));
    }
    model.overlays.push(Overlay::Outbox(screen.clone()));
    if action == Some(Action::Help) {
        return open(model, Overlay::Help(Help::default()));
    }
    let view = Arc::clone(&model.outbox.view);
    let orders = match screen.selected(&view) {
        None => Ok(Vec::new()),
        Some(row) => act(model, row, key, action),
    };
    orders.unwrap_or_else(|why| {
        model.told = Some(why);
        Vec::new()
    })
}

/// What a key does to a row; the error is one sentence.
fn act(model: &mut Model, row: Row<'_>, key: Key, action: Option<Action>) -> Result<Vec<Cmd>, String> {
    let letter = key.typed();
    if key.code == Code::Enter {
        return Ok(details(model, row));
    }
    if action == Some(Action::OpenInCrm) {
        return link(row);
    }
    if !(matches!(letter, Some('e' | 'r' | 'd')) || action == Some(Action::Undo)) {
        return Err("enter, e, r, d, u and o work here; esc goes back".to_owned());
    }
    model.may_write().map_err(|read_only| read_only.why)?;
    match (letter, row) {
        (Some('e'), Row::Entry(entry)) => edit(model, entry),
        (Some('r'), Row::Entry(entry)) => resend(model, entry),
        (Some('d'), Row::Entry(entry)) if entry.state.is_final() => Err(format!(
            "it is {} already: there is nothing to discard",
            entry.state.word()
        )),
        (Some('d'), Row::Entry(entry)) if entry.state == State::Sending => Err(BEING_SENT.to_owned()),
        (Some('d'), Row::Entry(entry)) => Ok(ask::ask(model, Asked::Discard(entry.id), &entry.new.title, "")),
        (Some('d'), Row::Damaged(id)) => Ok(ask::ask(
            model,
            Asked::GiveUp(id),
            "An entry that is not as it was written",
            "",
        )),
        (Some('d'), Row::Draft(draft)) => Ok(confirm::ask(model, Question::DropDraft(draft.name.clone()))),
        (Some('e' | 'r'), Row::Damaged(_)) => {
            Err("it is not as it was written and is never sent: d gives it up".to_owned())
        }
        (_, Row::Entry(entry)) => undo(model, entry),
        _ => Err("a draft was not sent yet".to_owned()),
    }
}

const BEING_SENT: &str = "it is being sent right now: wait for the answer";

/// The full text, or the fields that conflict.
fn details(model: &mut Model, row: Row<'_>) -> Vec<Cmd> {
    let reader = match row {
        Row::Entry(entry) if entry.state == State::Conflict => return conflict::show(model, entry),
        Row::Entry(entry) => reading::outbox_entry(model, entry),
        Row::Draft(draft) => Reader {
            title: format!("Draft: {}", draft.what()),
            text: draft.begins.clone(),
            ..Reader::default()
        },
        Row::Damaged(id) => Reader {
            title: format!("Entry {id}"),
            text: "Its row in the ledger is not as it was written. It is never sent; d gives it up."
                .to_owned(),
            ..Reader::default()
        },
    };
    open(model, Overlay::Reader(reader))
}

fn link(row: Row<'_>) -> Result<Vec<Cmd>, String> {
    let receipt = match row {
        Row::Entry(entry) => entry.receipt.as_ref(),
        _ => None,
    };
    let url = receipt.and_then(|receipt| receipt.link.clone());
    url.map(|url| vec![Cmd::OpenLink { url }])
        .ok_or_else(|| "the CRM gave no address for it".to_owned())
}

/// Changes what is written, before it is sent (again).
fn edit(model: &mut Model, entry: &Entry) -> Result<Vec<Cmd>, String> {
    match entry.state {
        State::Conflict => return Ok(conflict::show(model, entry)),
        State::Sending => return Err(BEING_SENT.to_owned()),
        State::Unknown => {
            return Err("the CRM may have it already: r sends it again, d gives it up".to_owned());
        }
        state if state.is_final() => {
            return Err(format!(
                "it is {} already: u undoes what the CRM has",
                state.word()
            ));
        }
        _ => {}
    }
    match &entry.new.write {
        Write::Update { changes, .. } if changes.len() == 1 => {
            let (asked, now) = (
                Asked::Value(entry.id, changes[0].field.clone()),
                changes[0].to.clone(),
            );
            Ok(ask::ask(model, asked, &entry.new.title, &now.unwrap_or_default()))
        }
        Write::Create { fields, .. } => {
            let text = fields.iter().find(|(field, _)| ask::is_text(field));
            let (field, text) = text.ok_or_else(|| "it has no text to edit".to_owned())?;
            let asked = Asked::Value(entry.id, field.clone());
            let mut line = Input::default();
            line.paste(text);
            if line.text() != text {
                return Err(
                    "it is too long to be edited in one line: take it back with u and write it anew"
                        .to_owned(),
                );
            }
            Ok(ask::ask(model, asked, &entry.new.title, text))
        }
        _ => Err("it has nothing to edit: r sends it again, d gives it up".to_owned()),
    }
}

fn resend(model: &mut Model, entry: &Entry) -> Result<Vec<Cmd>, String> {
    match entry.state {
        State::Unknown => Ok(confirm::ask(model, Question::Resend(entry.id))),
        State::Conflict => Ok(conflict::show(model, entry)),
        _ if entry.admits(&Step::Resend) => Ok(take(entry, Step::Resend)),
        State::Queued => Err("it leaves by itself once its grace is over".to_owned()),
        state => Err(format!("it is {} already", state.word())),
    }
}

fn undo(model: &mut Model, entry: &Entry) -> Result<Vec<Cmd>, String> {
    match entry.state {
        State::Sent => Ok(confirm::ask(model, Question::Undo(entry.new.act.clone()))),
        _ if entry.admits(&Step::TakenBack) => Ok(vec![Cmd::Write(WriteCmd::TakeBack {
            act: entry.new.act.clone(),
        })]),
        State::Sending => Err(BEING_SENT.to_owned()),
        state if state.is_final() => Err(format!("it is {}: nothing of it is in the CRM", state.word())),
        _ => Err("d gives it up".to_owned()),
    }
}

fn take(entry: &Entry, step: Step) -> Vec<Cmd> {
    vec![Cmd::Write(WriteCmd::TakeStep { id: entry.id, step })]
}
