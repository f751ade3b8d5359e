//! Keys of the outbox on the screen. What would write asks for the permit first and says why there is none.

use std::sync::Arc;

use super::overlay::{meaning, open, step};
use super::{action, ask, confirm, conflict, form, outbox};
use crate::app::action::Action;
use crate::app::cmd::{Cmd, WriteCmd};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::outbox::{Key as Selected, Row};
use crate::app::overlay::{Asked, OutboxScreen, Overlay, Question, Reader};
use crate::app::reading;
use crate::domain::acts::{again, undo};
use crate::domain::outbox::{Entry, EntryId, Remedy, State, Step};

/// Opens the outbox, read anew.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    model.overlays.push(Overlay::Outbox(OutboxScreen::default()));
    vec![Cmd::LoadOutbox]
}

/// The same on this entry.
pub(super) fn show_at(model: &mut Model, id: EntryId) -> Vec<Cmd> {
    let screen = OutboxScreen {
        on: Some(Selected::Entry(id)),
        ..OutboxScreen::default()
    };
    model.overlays.push(Overlay::Outbox(screen));
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
    if let Some(shown @ (Action::Help | Action::Decide | Action::Sync)) = action {
        return action::run(model, shown);
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
    let letter = match (key.typed(), key.code, row) {
        // A draft has nothing to look at but the text that goes on.
        (_, Code::Enter, Row::Draft(_)) => 'e',
        (_, Code::Enter, row) => return Ok(details(model, row)),
        _ if action == Some(Action::OpenInCrm) => return link(row),
        _ if action == Some(Action::Undo) => 'u',
        (Some(letter @ ('e' | 'r' | 'd')), ..) => letter,
        _ => return Err("enter, e, r, d, u and o work here; esc goes back".to_owned()),
    };
    model.may_write().map_err(|read_only| read_only.why)?;
    match row {
        Row::Entry(entry) => match letter {
            'e' => edit(model, entry),
            'r' => resend(model, entry),
            'd' => discard(model, entry),
            _ => undo(model, entry),
        },
        Row::Damaged(id) if letter == 'd' => {
            let about = "An entry that is not as it was written";
            Ok(ask::ask(model, Asked::GiveUp(id), about, ""))
        }
        Row::Damaged(_) => Err("it is not as it was written and is never sent: d gives it up".to_owned()),
        Row::Draft(draft) => match letter {
            'e' => form::resume(model, draft),
            'd' => Ok(confirm::ask(model, Question::DropDraft(draft.name.clone()))),
            _ => Err("a draft was not sent yet: enter goes on with it, d drops it".to_owned()),
        },
    }
}

fn discard(model: &mut Model, entry: &Entry) -> Result<Vec<Cmd>, String> {
    match entry.state {
        State::Sending => Err(BEING_SENT.to_owned()),
        state if state.is_final() => Err(format!(
            "it is {} already: there is nothing to discard",
            state.word()
        )),
        _ if entry.may_be_there() => {
            // What is given up here may be in the CRM all the same.
            let about = format!("The CRM may have it: {}", entry.new.title);
            Ok(ask::ask(model, Asked::Discard(entry.id), &about, ""))
        }
        _ => Ok(ask::ask(model, Asked::Discard(entry.id), &entry.new.title, "")),
    }
}

/// Said of what can be given up and nothing else.
const FORSAKEN: &str = "nothing can send it any more, as what it belongs to never comes: d gives it up";
const BEING_SENT: &str = "it is being sent right now: wait for the answer";

/// The full text, or the fields that conflict.
fn details(model: &mut Model, row: Row<'_>) -> Vec<Cmd> {
    match row {
        Row::Entry(entry) if entry.state == State::Conflict => conflict::show(model, entry),
        Row::Entry(entry) => {
            let reader = reading::outbox_entry(model, entry);
            open(model, Overlay::Reader(reader))
        }
        Row::Damaged(id) => open(
            model,
            Overlay::Reader(Reader {
                title: format!("Entry {id}"),
                text: "Its row in the ledger is not as it was written. It is never sent; d gives it up."
                    .to_owned(),
                ..Reader::default()
            }),
        ),
        Row::Draft(_) => Vec::new(),
    }
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
        State::Conflict => Ok(conflict::show(model, entry)),
        State::Parked if entry.remedy == Remedy::Discard => Err(FORSAKEN.to_owned()),
        State::Sending => Err(BEING_SENT.to_owned()),
        State::Unknown => Err("the CRM may have it already: r sends it again, d gives it up".to_owned()),
        State::Sent => Err("it is sent already: u undoes it in the CRM".to_owned()),
        State::TakenBack | State::Discarded => {
            again::check_anew(entry)?;
            form::revising(model, entry)
        }
        _ => form::revising(model, entry),
    }
}

fn resend(model: &mut Model, entry: &Entry) -> Result<Vec<Cmd>, String> {
    match entry.state {
        State::Parked if entry.remedy == Remedy::Discard => Err(FORSAKEN.to_owned()),
        State::Unknown => Ok(confirm::ask(model, Question::Resend(entry.id))),
        State::Conflict => Ok(conflict::show(model, entry)),
        _ if entry.admits(&Step::Resend { grace: None }) => Ok(take(entry, Step::Resend { grace: None })),
        State::Queued => Err("it leaves by itself once its grace is over".to_owned()),
        state => Err(format!("it is {} already", state.word())),
    }
}

fn undo(model: &mut Model, entry: &Entry) -> Result<Vec<Cmd>, String> {
    match entry.state {
        State::Sent if entry.was_there() => Err(undo::HAD.to_owned()),
        State::Sent => outbox::ask_undo(model, &entry.new.act),
        _ if entry.admits(&Step::TakenBack) => Ok(vec![Cmd::Write(WriteCmd::TakeBack {
            act: entry.new.act.clone(),
        })]),
        State::Sending => Err(BEING_SENT.to_owned()),
        state if state.is_final() => Err(format!("it is {}: nothing of it is in the CRM", state.word())),
        _ if entry.may_be_there() => {
            Err("it left without an answer, so the CRM may have it: d gives it up all the same".to_owned())
        }
        _ => Err("d gives it up".to_owned()),
    }
}

fn take(entry: &Entry, step: Step) -> Vec<Cmd> {
    vec![Cmd::Write(WriteCmd::TakeStep { id: entry.id, step })]
}
