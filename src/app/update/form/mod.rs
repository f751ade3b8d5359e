//! Forms: they open, take keys, and are queued. Keeping their drafts is in [`draft`].

mod draft;
mod hold;
mod open;
mod overtaken;

pub(super) use self::draft::{
    clock_turned, draft_again, draft_loaded, draft_saved, draft_unread, draft_unsaved, kept_on_leaving,
    save_due,
};
pub(super) use self::hold::{held, not_held};
pub(super) use self::open::{
    account_read, change, edit_field, handoff, kept_note, known_view, log, missed, not_kept, note, read,
    reply, resume, revising, run, step, task,
};

use super::{confirm, outbox, overlay, typed};
use crate::app::cmd::{Cmd, RunId, WriteCmd};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::form::{Form, FormLayout, Purpose, Shape};
use crate::app::overlay::{Overlay, Question};
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::{Somebody, again};
use crate::domain::outbox::{Entry, ReadOnly, Remedy, State, Step, Write};
use crate::domain::playbook::Deed;

/// Keys of a form; the field with the cursor takes what the form does not.
pub(super) fn pressed(model: &mut Model, mut form: Box<Form>, key: Key) -> Vec<Cmd> {
    if form.sending.is_some() {
        model.told = Some("it is being queued: one moment".to_owned());
        return keep(model, form);
    }
    let is_line = form.field().shape != Shape::Text;
    match key.code {
        Code::Esc => return draft::close(model, *form),
        Code::Char('s') if key.ctrl => return queue(model, form),
        Code::Char('o') if key.ctrl && !is_line => return compose(model, form),
        Code::Enter if form.fields.len() == 1 && is_line => return queue(model, form),
        Code::Tab if form.purpose == Purpose::Log => complete_name(&mut form),
        Code::Enter | Code::Tab if is_line => to_field(&mut form, 1),
        Code::Tab if form.fields.len() > 1 => to_field(&mut form, 1),
        Code::BackTab => to_field(&mut form, -1),
        code if form.reads(code, model.size) => {}
        _ => type_into(model, &mut form, key),
    }
    keep(model, form)
}

/// Lays the form down again, with the cursor of its fields on the screen.
fn keep(model: &mut Model, mut form: Box<Form>) -> Vec<Cmd> {
    form.scroll(model.size);
    overlay::open(model, Overlay::Form(form))
}

fn type_into(model: &Model, form: &mut Form, key: Key) {
    let key = as_arrow(form, key);
    let window = FormLayout::of(form, model.size).window(form.at);
    let travels = matches!(
        key.code,
        Code::Up
            | Code::Down
            | Code::Left
            | Code::Right
            | Code::Home
            | Code::End
            | Code::PageUp
            | Code::PageDown
    );
    if form.field_mut().take(key, window) {
        let is_line = form.field().shape != Shape::Text;
        match key.code {
            // Nothing is above or below a line: the arrows go on to its neighbours.
            Code::Up if is_line && !is_choice(form) => to_field(form, -1),
            Code::Down if is_line && !is_choice(form) => to_field(form, 1),
            _ => {}
        }
        if !travels {
            typed(model, form);
        }
    }
}

/// `j` and `k` go up and down the values of a field as in every list, where no value is meant by them.
fn as_arrow(form: &Form, key: Key) -> Key {
    let code = match key.typed() {
        Some('j') => Code::Down,
        Some('k') => Code::Up,
        _ => return key,
    };
    let is_edit = matches!(form.purpose, Purpose::Edit(_));
    if is_edit && key.typed().is_some_and(|letter| form.field().is_moved_by(letter)) {
        return Key { code, ..key };
    }
    key
}

fn is_choice(form: &Form) -> bool {
    matches!(form.field().shape, Shape::Choice(_))
}

fn typed(model: &Model, form: &mut Form) {
    (form.wrong, form.to_blame) = (None, None);
    if let Some(draft) = &mut form.draft {
        draft.typed(model.now);
    }
}

/// To a field further on, around the end; what was chosen stands then by its label.
fn to_field(form: &mut Form, by: isize) {
    if is_choice(form) {
        form.field_mut().settle();
    }
    let len = form.fields.len();
    form.at = (form.at + if by > 0 { 1 } else { len - 1 }) % len;
}

/// Puts the first of the names that the beginning may mean in its place.
fn complete_name(form: &mut Form) {
    let (from, names) = form.names();
    let Some(name) = names.first().map(|name| (*name).to_owned()) else {
        return;
    };
    let text = form.fields[0].text();
    form.fields[0].replace(&format!("{}{name}", &text[..from]));
}

/// Orders that it be queued, unless what was typed is to be asked about first.
fn queue(model: &mut Model, mut form: Box<Form>) -> Vec<Cmd> {
    if is_choice(&form) {
        form.field_mut().settle();
    }
    let doubt = form.doubt(&model.reading_occasion(), &model.outbox.people);
    match doubt.filter(|_| model.may_write().is_ok()) {
        Some(why) => {
            let instead = form.receivers_leave().map(|leave| leave.instead.clone());
            keep(model, form);
            let question = match instead {
                Some(instead) => Question::Away { told: why, instead },
                None => Question::Doubtful(why),
            };
            confirm::ask(model, question)
        }
        None => order(model, form),
    }
}

/// What was asked about is meant: the form below is queued as it is.
pub(super) fn queue_all_the_same(model: &mut Model) -> Vec<Cmd> {
    match model.overlays.pop() {
        Some(Overlay::Form(form)) => order(model, form),
        other => {
            model.overlays.extend(other);
            Vec::new()
        }
    }
}

/// The handoff in the form below goes to somebody else.
pub(super) fn hand_to(model: &mut Model, to: &Somebody) -> Vec<Cmd> {
    match model.overlays.pop() {
        Some(Overlay::Form(mut form)) => match form.hand_to(to) {
            Ok(()) => order(model, form),
            Err(why) => {
                form.wrong = Some(why);
                keep(model, form)
            }
        },
        other => {
            model.overlays.extend(other);
            Vec::new()
        }
    }
}

/// Orders that it be queued. It stays on the screen until that is on disk.
fn order(model: &mut Model, mut form: Box<Form>) -> Vec<Cmd> {
    if matches!(form.purpose, Purpose::Revise(_)) {
        return revise(model, form);
    }
    form.to_blame = None;
    let people = std::sync::Arc::clone(&model.outbox.people);
    let seen = form.draft.iter().filter(|draft| draft.is_seen());
    let done = seen.map(|draft| draft.name.clone()).collect();
    let queued = model.occasion().and_then(|on| {
        if let Purpose::Edit(field) = &form.purpose
            && let Some(entry) = field.held_by(&model.outbox.view.open)
        {
            return Err(undecided(field, entry));
        }
        overtaken::check(model, &form)?;
        let mut deed = form.deed(&on, &people)?;
        if matches!(form.purpose, Purpose::Edit(_))
            && let Some(entry) = deed.entries.pop()
        {
            return outbox::edit(model, entry);
        }
        let act = form.purpose.undone_by(&on, &deed);
        outbox::commit(model, deed, done, act)
    });
    let orders = match queued {
        Ok((run, orders)) => {
            typed::keep(model, run, form.typed());
            form.sending = Some(run);
            orders
        }
        Err(why) => {
            form.wrong = Some(why);
            form.to_what_is_missing();
            form.to_what_is_wrong(&model.reading_occasion());
            Vec::new()
        }
    };
    keep(model, form);
    orders
}

/// That a field gets no other value before an entry of it is decided.
pub(super) fn undecided(field: &EditableField, entry: &Entry) -> String {
    let why = match (entry.state, entry.remedy) {
        (State::Conflict, _) => "somebody else changed it too",
        (_, Remedy::Discard) => "it cannot be sent",
        (_, Remedy::Resend | Remedy::Property) => "it was not sent",
        (_, Remedy::Edit | Remedy::Right | Remedy::Restore) => "the CRM refused it",
    };
    let (id, name) = (entry.id, field.name());
    format!("entry {id} of the outbox holds {name}, as {why}: decide that first")
}

/// Orders that what waits be written otherwise. It stays on the screen until that is on disk.
fn revise(model: &mut Model, mut form: Box<Form>) -> Vec<Cmd> {
    let orders = match revise_or_write(model, &form) {
        Ok((run, orders)) => {
            form.sending = Some(run);
            orders
        }
        Err(why) => {
            form.wrong = Some(why);
            Vec::new()
        }
    };
    keep(model, form);
    orders
}

/// The order that makes a write into what the form says: a step as long as it waits, else a write of its own. The error
/// is one sentence.
fn revise_or_write(model: &mut Model, form: &Form) -> Result<(RunId, Vec<Cmd>), String> {
    let (revising, write) = form.revised(&model.reading_occasion())?;
    model.may_write().map_err(|ReadOnly { why, .. }| why)?;
    let step = model.revised(&revising.title, &revising.write, write.clone());
    let id = revising.id;
    match model.outbox.view.entry(id).cloned() {
        Some(entry) if entry.state.is_final() => write_again(model, form, &entry, write, &step),
        Some(entry) if entry.state == State::Unknown => {
            Err("the CRM may have it: once that is known this changes it there".to_owned())
        }
        _ => {
            let order = WriteCmd::TakeStep { id, step };
            Ok((model.next_run(), vec![Cmd::Write(order)]))
        }
    }
}

/// What the CRM has is corrected there; what was taken back is written anew.
fn write_again(
    model: &mut Model,
    form: &Form,
    entry: &Entry,
    write: Write,
    step: &Step,
) -> Result<(RunId, Vec<Cmd>), String> {
    let on = model.occasion()?;
    let title = match step {
        Step::Revised {
            title: Some(title), ..
        } => title,
        _ => &entry.new.title,
    };
    let new = match entry.state {
        State::Sent => again::correct(&on, entry, &write, title)?,
        _ => again::anew(&on, entry, write, title)?,
    };
    let deed = Deed {
        entries: vec![new],
        events: Vec::new(),
    };
    let seen = form.draft.iter().filter(|draft| draft.is_seen());
    let done = seen.map(|draft| draft.name.clone()).collect();
    outbox::commit(model, deed, done, None)
}

/// A step of this entry is on disk: the form that ordered it closes, and its draft goes.
pub(super) fn revised(model: &mut Model, entry: &Entry) -> Vec<Cmd> {
    let is_done = |form: &Form| match &form.purpose {
        _ if form.sending.is_none() => false,
        Purpose::Revise(revising) => revising.id == entry.id,
        _ => false,
    };
    let drafts = forms(model).filter(|form| is_done(form));
    let drafts = drafts.filter_map(|form| form.draft.as_ref().filter(|draft| draft.is_there()));
    let drop = |name: &String| {
        let name = name.clone();
        Cmd::Write(WriteCmd::DropDraft {
            name,
            only_ours: true,
        })
    };
    let orders = drafts.map(|draft| drop(&draft.name)).collect();
    model
        .overlays
        .retain(|overlay| !matches!(overlay, Overlay::Form(form) if is_done(form)));
    orders
}

/// A step could not be taken: the form that ordered one says so and keeps every letter.
pub(super) fn not_revised(model: &mut Model, why: &str) {
    let now = model.now;
    for form in forms(model) {
        let ordered = matches!(form.purpose, Purpose::Revise(_));
        if ordered && form.sending.take().is_some() {
            form.wrong = Some(why.to_owned());
            if let Some(draft) = &mut form.draft {
                draft.typed(now);
            }
        }
    }
}

/// It is on disk: the form that it came from closes.
pub(super) fn queued(model: &mut Model, run: RunId) {
    model
        .overlays
        .retain(|overlay| !matches!(overlay, Overlay::Form(form) if form.sending == Some(run)));
}

/// It is not on disk: the form that it came from says so and keeps everything.
pub(super) fn not_queued(model: &mut Model, run: RunId, why: &str) {
    let now = model.now;
    for form in forms(model).filter(|form| form.sending == Some(run)) {
        form.sending = None;
        form.wrong = Some(why.to_owned());
        if let Some(draft) = &mut form.draft {
            draft.typed(now);
        }
    }
}

/// Whether a form on the screen says this already.
pub(super) fn says(model: &mut Model, why: &str) -> bool {
    forms(model).any(|form| form.wrong.as_deref() == Some(why))
}

/// Gives the text to the person's own editor; what is typed so far is saved first.
fn compose(model: &mut Model, mut form: Box<Form>) -> Vec<Cmd> {
    if form.draft.as_ref().is_some_and(|draft| !draft.is_seen()) {
        model.told = Some("what you had begun is not read yet: once more in a moment".to_owned());
        return keep(model, form);
    }
    let run = model.next_run();
    form.composing = Some(run);
    let mut orders: Vec<Cmd> = draft::save_now(&mut form).into_iter().collect();
    orders.extend(hold::in_editor(model, &mut form));
    let text = form.field().text();
    let name = form.draft.as_ref().map(|draft| draft.name.clone());
    let name = name.unwrap_or_else(|| form.field().label.clone());
    keep(model, form);
    orders.push(Cmd::Compose { run, name, text });
    orders
}

/// The person's own editor has ended: what it left is saved at once.
pub(super) fn composed(model: &mut Model, run: RunId, text: Result<String, String>) -> Vec<Cmd> {
    let size = model.size;
    let Some(form) = forms(model).find(|form| form.composing == Some(run)) else {
        return Vec::new();
    };
    form.composing = None;
    hold::back(form);
    let orders = match text {
        Ok(text) => {
            form.field_mut().replace(text.trim_end_matches('\n'));
            form.wrong = None;
            if let Some(draft) = &mut form.draft {
                draft.pasted();
            }
            draft::save_now(form).into_iter().collect()
        }
        Err(why) => {
            form.wrong = Some(why);
            Vec::new()
        }
    };
    form.scroll(size);
    orders
}

/// Brings the cursors of every form onto the screen.
pub(super) fn scroll(model: &mut Model) {
    let size = model.size;
    forms(model).for_each(|form| form.scroll(size));
}

/// Every form that is open.
fn forms(model: &mut Model) -> impl Iterator<Item = &mut Form> {
    model.overlays.iter_mut().filter_map(|overlay| match overlay {
        Overlay::Form(form) => Some(&mut **form),
        _ => None,
    })
}
