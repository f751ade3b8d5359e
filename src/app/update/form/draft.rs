//! The drafts of forms: kept while one types, and on leaving; read when a form opens.

use super::forms;
use crate::app::cmd::{Cmd, RunId, WriteCmd};
use crate::app::model::Model;
use crate::app::overlay::form::Form;

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

/// Keeps everything that is not kept yet, as the program ends.
pub(in crate::app::update) fn kept_on_leaving(model: &mut Model) -> Vec<Cmd> {
    unsent(model)
        .filter_map(|form| form.draft.as_ref()?.due.and_then(|_| save(form)))
        .collect()
}

/// Forms whose text is not being queued: queueing drops the draft, and one kept after that would be sent twice.
fn unsent(model: &mut Model) -> impl Iterator<Item = &mut Form> {
    forms(model).filter(|form| form.sending.is_none())
}

fn save(form: &mut Form) -> Option<Cmd> {
    let text = form.draft_text();
    let draft = form.draft.as_mut()?;
    draft.leaves();
    Some(Cmd::Write(WriteCmd::SaveDraft {
        name: draft.name.clone(),
        text,
    }))
}

/// Closes a form; what was typed is kept and said so, and a draft that was emptied goes.
pub(super) fn close(model: &mut Model, mut form: Form) -> Vec<Cmd> {
    let has_words = form.has_words();
    let Some(draft) = &form.draft else {
        return Vec::new();
    };
    let (name, changed, kept) = (
        draft.name.clone(),
        draft.due.is_some(),
        draft.kept || draft.saving,
    );
    if !has_words {
        let drop = Cmd::Write(WriteCmd::DropDraft { name });
        return if kept { vec![drop] } else { Vec::new() };
    }
    model.told = Some("the draft is kept: the same key opens it again".to_owned());
    if changed {
        save(&mut form).into_iter().collect()
    } else {
        Vec::new()
    }
}

pub(in crate::app::update) fn draft_saved(model: &mut Model, name: &str) {
    for form in forms(model) {
        if let Some(draft) = form.draft.as_mut().filter(|draft| draft.name == name) {
            (draft.saving, draft.kept) = (false, true);
        }
    }
}

/// Something could not be kept: whoever waits for that says so, and tries again with the next letter.
pub(in crate::app::update) fn draft_unsaved(model: &mut Model) {
    for draft in forms(model).filter_map(|form| form.draft.as_mut()) {
        if std::mem::take(&mut draft.saving) {
            draft.failed = true;
        }
    }
}

pub(in crate::app::update) fn draft_loaded(model: &mut Model, run: RunId, text: Option<&str>) {
    let size = model.size;
    let Some(form) = forms(model).find(|form| form.asked == Some(run)) else {
        return;
    };
    form.asked = None;
    let Some(text) = text else {
        return;
    };
    form.restore(text);
    if let Some(draft) = &mut form.draft {
        draft.kept = true;
    }
    form.scroll(size);
    model.told = Some("here is what you had begun".to_owned());
}
