//! The drafts of forms: kept while one types, and on leaving; read when a form opens.
//!
//! What was kept under the name before is neither replaced nor dropped before it was in the form: until then nothing is
//! saved, and who leaves has the new text kept beside it.

use super::super::failed;
use super::{forms, hold};
use crate::app::cmd::{Cmd, RunId, WriteCmd};
use crate::app::failure::Failure;
use crate::app::model::Model;
use crate::app::overlay::form::{Earlier, Form};
use crate::domain::acts::About;
use crate::domain::outbox::Entry;

/// What is told when another cockpit writes under the same name.
const OTHERS: &str = "another cockpit of yours keeps another draft of this: both are kept, O lists them";

/// What who closes a form with words is told.
const KEPT: &str = "the draft is kept: the same key opens it again";

/// The same where what waits is not changed by them.
const KEPT_BESIDE: &str = "the draft is kept; what waits leaves as it was, unless you go on with it";

/// Keeps what was typed in every form whose time has come.
pub(in crate::app::update) fn save_due(model: &mut Model) -> Vec<Cmd> {
    let now = model.now;
    unsent(model)
        .filter_map(|form| {
            let due = form.draft.as_ref()?.deadline()?;
            if due > now { None } else { save(form) }
        })
        .collect()
}

/// What is due as the clock turns: drafts are kept, and what is being changed is held for longer.
pub(in crate::app::update) fn clock_turned(model: &mut Model) -> Vec<Cmd> {
    let mut orders = hold::renew(model);
    orders.extend(save_due(model));
    orders
}

/// Keeps everything that is not kept yet, as the program ends.
pub(in crate::app::update) fn kept_on_leaving(model: &mut Model) -> Vec<Cmd> {
    let leave = |form: &mut Form| [save_and_leave(form), hold::release(form)];
    unsent(model).flat_map(leave).flatten().collect()
}

/// Forms whose text is not being queued: queueing drops the draft, and one kept after that would be sent twice.
fn unsent(model: &mut Model) -> impl Iterator<Item = &mut Form> {
    forms(model).filter(|form| form.sending.is_none())
}

/// Orders that the text be kept; where what was kept before could not be read, that is tried first.
fn save(form: &mut Form) -> Option<Cmd> {
    let text = form.draft_text();
    let draft = form.draft.as_mut()?;
    let name = draft.name.clone();
    if !draft.is_seen() {
        draft.earlier = Earlier::Awaited;
        let run = form.asked?;
        return Some(Cmd::LoadDraft { run, name });
    }
    draft.leaves();
    Some(Cmd::Write(WriteCmd::SaveDraft { name, text }))
}

/// Orders that what is not kept yet be kept, by a form that nobody sees any more.
fn save_and_leave(form: &mut Form) -> Option<Cmd> {
    let has_words = form.has_words();
    let text = form.draft_text();
    let draft = form.draft.as_mut().filter(|draft| draft.is_unsaved())?;
    if draft.is_seen() {
        return save(form);
    }
    let name = draft.name.clone();
    has_words.then_some(Cmd::Write(WriteCmd::KeepBeside { name, text }))
}

/// Keeps what is not kept yet at once: before the person's own editor takes the text, and after it.
pub(super) fn save_now(form: &mut Form) -> Option<Cmd> {
    let draft = form.draft.as_ref()?;
    if draft.is_unsaved() { save(form) } else { None }
}

/// Closes a form; what was typed is kept and said so, and a draft that was emptied goes.
pub(super) fn close(model: &mut Model, mut form: Form) -> Vec<Cmd> {
    let release = hold::release(&mut form);
    let is_held = release.is_some();
    let mut orders = closed(model, form);
    if is_held && model.told.as_deref() == Some(KEPT) {
        model.told = Some(KEPT_BESIDE.to_owned());
    }
    orders.extend(release);
    orders
}

fn closed(model: &mut Model, mut form: Form) -> Vec<Cmd> {
    let has_words = form.has_words();
    let Some(draft) = &form.draft else {
        return Vec::new();
    };
    let kept = draft.is_there();
    if !has_words {
        let name = draft.name.clone();
        let drop = Cmd::Write(WriteCmd::DropDraft {
            name,
            only_ours: true,
        });
        return if kept { vec![drop] } else { Vec::new() };
    }
    model.told = Some(KEPT.to_owned());
    save_and_leave(&mut form).into_iter().collect()
}

/// Keeps the text of a note or task that was taken back as the draft that it was made of.
pub(in crate::app::update) fn draft_again(model: &Model, entry: &Entry) -> Option<Cmd> {
    let people = &model.outbox.people;
    let about = About {
        id: entry.new.account.clone()?,
        name: String::new(),
    };
    let form = Form::made_again(&entry.new.write, about, people, &model.zone)?;
    let text = form.draft_text();
    let name = form.draft?.name;
    Some(Cmd::Write(WriteCmd::KeepBeside { name, text }))
}

/// A text is kept; where another cockpit keeps another one under its name, from now on beside that.
pub(in crate::app::update) fn draft_saved(model: &mut Model, name: &str, beside: Option<&str>) {
    for form in forms(model) {
        if let Some(draft) = form.draft.as_mut().filter(|draft| draft.name == name) {
            draft.answered(true);
            if let Some(beside) = beside {
                beside.clone_into(&mut draft.name);
            }
        }
    }
    if beside.is_some() {
        model.told = Some(OTHERS.to_owned());
    }
}

/// Something could not be kept: whoever waits for that says so, and tries again with the next letter.
pub(in crate::app::update) fn draft_unsaved(model: &mut Model) {
    // It may be that of a form that was closed with these words.
    model.told.take_if(|told| told == KEPT || told == KEPT_BESIDE);
    for draft in forms(model).filter_map(|form| form.draft.as_mut()) {
        if draft.saving > 0 {
            draft.answered(false);
        }
    }
}

/// What was kept before is read: it stands before what was typed meanwhile, and both are kept from now on.
pub(in crate::app::update) fn draft_loaded(
    model: &mut Model,
    run: RunId,
    text: Option<&str>,
    kept: bool,
) -> Vec<Cmd> {
    let (now, size) = (model.now, model.size);
    let Some(form) = forms(model).find(|form| form.asked == Some(run)) else {
        return Vec::new();
    };
    form.asked = None;
    if let Some(draft) = &mut form.draft {
        (draft.earlier, draft.failed) = (Earlier::Known, false);
        match text {
            Some(_) if kept => draft.kept = true,
            Some(_) => draft.typed(now),
            None => {}
        }
    }
    if let Some(text) = text {
        form.restore(text);
        form.scroll(size);
        model.told = Some("here is what you had begun".to_owned());
    }
    save_due(model)
}

/// What was kept before could not be read: that is tried again with the next letter.
pub(in crate::app::update) fn draft_unread(model: &mut Model, run: RunId, failure: Failure) -> Vec<Cmd> {
    let form = forms(model).find(|form| form.asked == Some(run));
    if let Some(draft) = form.and_then(|form| form.draft.as_mut()) {
        (draft.earlier, draft.failed, draft.due) = (Earlier::Unread, true, None);
    }
    failed(model, failure)
}
