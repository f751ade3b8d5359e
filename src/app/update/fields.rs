//! Keys of the list of fields that can be edited.

use super::conflict::{self, ONE_MOMENT};
use super::form::{self, known_view, read};
use super::overlay::{meaning, open, other, step};
use super::{action, outbox, outbox_screen};
use crate::app::account::Part;
use crate::app::action::{Action, about};
use crate::app::cmd::{Cmd, RunId};
use crate::app::cursor::Step;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{Fields, Overlay};
use crate::domain::acts::About;
use crate::domain::acts::edit::EditableField;
use crate::domain::outbox::State;
use crate::domain::record::{RecordId, ValueType};

/// How many lines a movement by page goes.
const PAGE: usize = 10;

/// Opens the list on the account that the screen speaks of.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let Some(about) = about(model) else {
        return Vec::new();
    };
    let contract = marked_contract(model).cloned();
    let known = known_view(model, &about.id);
    let is_known = known.is_some();
    let list = Fields::new(about, contract, known);
    let read = (!is_known).then(|| read(model, &list.about.id));
    open(model, Overlay::Fields(list));
    read.into_iter().collect()
}

/// The contract under the cursor of the account screen.
fn marked_contract(model: &Model) -> Option<&RecordId> {
    let account = model
        .account
        .as_ref()
        .filter(|account| account.part == Part::Contract)?;
    let at = account.cursors[Part::Contract.index()].at;
    account.view.as_ref()?.contracts.get(at).map(|line| &line.id)
}

/// Movements choose, enter edits.
pub(super) fn pressed(model: &mut Model, mut list: Fields, key: Key) -> Vec<Cmd> {
    if list.typing {
        return typed(model, list, key);
    }
    if key.code == Code::Esc && !list.filter.text().is_empty() {
        list.show_all();
        return open(model, Overlay::Fields(list));
    }
    if key.code == Code::Esc || key.typed() == Some('q') {
        return Vec::new();
    }
    let chosen = list.selected().cloned().filter(|_| key.code == Code::Enter);
    let meaning = meaning(model, key);
    let step = step(meaning);
    if let Some(step) = step {
        let len = list.shown().len();
        list.cursor = list.cursor.moved(step, len, PAGE);
    }
    let about = list.about.clone();
    list.typing = meaning == Some(Action::Filter);
    let is_typing = list.typing;
    open(model, Overlay::Fields(list));
    match chosen {
        None if is_typing => Vec::new(),
        // What was set last shows in this list.
        None if meaning == Some(Action::Undo) => action::run(model, Action::Undo),
        Some(field) => edit(model, field, about),
        None if step.is_some() || key.code == Code::Enter => Vec::new(),
        None => other(model, key),
    }
}

/// Words narrow the list, arrows choose, enter keeps what shows, esc shows all of it again.
fn typed(model: &mut Model, mut list: Fields, key: Key) -> Vec<Cmd> {
    let step = match key.code {
        Code::Down => Some(Step::Down),
        Code::Up => Some(Step::Up),
        _ => None,
    };
    match (key.code, step) {
        (Code::Esc, _) => list.show_all(),
        (Code::Enter, _) => list.typing = list.selected().is_none(),
        (_, Some(step)) => list.cursor = list.cursor.moved(step, list.shown().len(), PAGE),
        _ => list.narrow(key),
    }
    open(model, Overlay::Fields(list))
}

/// Edits a field, or turns it if it is a yes or a no. One of which a person has to decide first opens that.
fn edit(model: &mut Model, field: EditableField, about: About) -> Vec<Cmd> {
    let view = std::sync::Arc::clone(&model.outbox.view);
    if let Some(entry) = field.held_by(&view.open) {
        let orders = match entry.state {
            State::Conflict => conflict::show(model, entry),
            _ => outbox_screen::show_at(model, entry.id),
        };
        model.told = Some(form::undecided(&field, entry));
        return orders;
    }
    match field.value_type {
        ValueType::Bool if list(model).is_some_and(|list| list.turning.is_some()) => {
            model.told = Some(ONE_MOMENT.to_owned());
            Vec::new()
        }
        ValueType::Bool => toggle(model, &field, &about),
        _ => form::edit_field(model, field, about),
    }
}

/// Turns a yes into a no, and all else into a yes.
fn toggle(model: &mut Model, field: &EditableField, about: &About) -> Vec<Cmd> {
    let to = field.value.as_deref() != Some("true");
    let people = std::sync::Arc::clone(&model.outbox.people);
    let entry = model
        .occasion()
        .map(|on| field.write(&on, about, &people, Some(to.to_string())));
    let queued = entry.and_then(|entry| entry.map(|entry| outbox::edit(model, entry)).transpose());
    match queued {
        Ok(ordered) => {
            let (run, orders) = ordered.unzip();
            if let Some(list) = list(model) {
                list.turning = run;
            }
            orders.unwrap_or_default()
        }
        Err(why) => {
            model.told = Some(why);
            Vec::new()
        }
    }
}

/// What this order was to turn could not be: it can be tried again.
pub(super) fn not_turned(model: &mut Model, run: RunId) {
    if let Some(list) = list(model) {
        list.turning = list.turning.filter(|turning| *turning != run);
    }
}

fn list(model: &mut Model) -> Option<&mut Fields> {
    model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Fields(list) => Some(list),
        _ => None,
    })
}

/// Something was queued about these accounts: a list that shows one of them is read again.
pub(super) fn reread(model: &mut Model, changed: impl Fn(&RecordId) -> bool) -> Option<Cmd> {
    let id = list(model)?.about.id.clone();
    let is_open = model.account.as_ref().is_some_and(|account| account.id == id);
    (changed(&id) && !is_open).then(|| read(model, &id))
}
