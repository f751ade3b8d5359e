//! Forms open: on the account that the screen speaks of, or on one of its lines.

use super::super::overlay;
use crate::app::action::{about, selected_due};
use crate::app::cmd::Cmd;
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::overlay::form::Form;
use crate::app::step::PlayStep;
use crate::domain::account_view::AccountView;
use crate::domain::acts::About;
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::task::Task;
use crate::domain::acts::touch::Contact;
use crate::domain::record::RecordId;

/// A note on the account.
pub(in crate::app::update) fn note(model: &mut Model) -> Vec<Cmd> {
    about(model).map_or_else(Vec::new, |about| begin(model, Form::note(about)))
}

/// A task on the account.
pub(in crate::app::update) fn task(model: &mut Model) -> Vec<Cmd> {
    let Some(about) = about(model) else {
        return Vec::new();
    };
    let form = Form::task(about, &model.outbox.people, model.outbox.me.as_ref());
    begin(model, form)
}

/// A line that logs a touchpoint with the account. Its people come with the account.
pub(in crate::app::update) fn log(model: &mut Model) -> Vec<Cmd> {
    let Some(about) = about(model) else {
        return Vec::new();
    };
    let known = known_view(model, &about.id).map(contacts);
    let read = known.is_none().then(|| read(model, &about.id));
    let mut orders = begin(model, Form::log(about, known.unwrap_or_default()));
    orders.extend(read);
    orders
}

/// When the selected task is due and whose it is.
pub(in crate::app::update) fn change(model: &mut Model) -> Vec<Cmd> {
    let Some(item) = selected_due(model) else {
        return Vec::new();
    };
    let Some(task) = Task::of(item) else {
        return Vec::new();
    };
    let due = item.due.map(|day| (day, item.at));
    let form = Form::change(task, due, &model.outbox.people);
    begin(model, form)
}

/// One field of an account.
pub(in crate::app::update) fn edit_field(model: &mut Model, field: EditableField, about: About) -> Vec<Cmd> {
    let form = Form::edit(field, about, &model.outbox.people);
    begin(model, form)
}

/// What came of a step, or why it is left out.
pub(in crate::app::update) fn step(model: &mut Model, step: PlayStep) -> Vec<Cmd> {
    begin(model, Form::step(step))
}

/// An account was read: what waits for it has it.
pub(in crate::app::update) fn account_read(model: &mut Model, view: &AccountView) {
    let id = &view.summary.id;
    for overlay in &mut model.overlays {
        match overlay {
            Overlay::Form(form) if form.about.as_ref().is_some_and(|about| about.id == *id) => {
                form.contacts = contacts(view);
            }
            Overlay::Fields(list) if list.about.id == *id => list.read(view.editable.clone()),
            _ => {}
        }
    }
}

/// Those of an account that one can still speak with.
fn contacts(view: &AccountView) -> Vec<Contact> {
    let there = view.people.iter().filter(|person| !person.left);
    there
        .map(|person| Contact {
            id: person.id.clone(),
            name: person.name.clone(),
        })
        .collect()
}

/// The account as the screen has it, if it is this one.
pub(in crate::app::update) fn known_view<'a>(model: &'a Model, id: &RecordId) -> Option<&'a AccountView> {
    let account = model.account.as_ref().filter(|account| account.id == *id)?;
    account.view.as_deref()
}

/// Reads an account that is not on the screen.
pub(in crate::app::update) fn read(model: &mut Model, id: &RecordId) -> Cmd {
    let run = model.next_run();
    Cmd::OpenAccount { run, id: id.clone() }
}

/// Lays a form over the screen and asks for its draft.
fn begin(model: &mut Model, mut form: Form) -> Vec<Cmd> {
    let mut orders = Vec::new();
    if let Some(draft) = &form.draft {
        let (run, name) = (model.next_run(), draft.name.clone());
        form.asked = Some(run);
        orders.push(Cmd::LoadDraft { run, name });
    }
    form.scroll(model.size);
    overlay::open(model, Overlay::Form(Box::new(form)));
    orders
}
