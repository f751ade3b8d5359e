//! What waits and is being changed is held in the outbox: ordered as the form opens, again while it is open, and let go
//! as it closes.

use jiff::{SignedDuration, Timestamp};

use super::forms;
use crate::app::cmd::{Cmd, WriteCmd};
use crate::app::model::Model;
use crate::app::overlay::form::{Form, Hold, Purpose};
use crate::domain::outbox::{Entry, EntryId, Step};

/// What is told in a form whose entry was sent before it could be held.
const LEFT: &str = "it left before it could be held: ctrl-s changes what the CRM has then";

/// Holds what a form changes from now on.
pub(super) fn begin(model: &Model, form: &mut Form) -> Option<Cmd> {
    order(form, Hold::begun(model.now), model)
}

/// Holds it for as long as one may need in one's own editor.
pub(super) fn in_editor(model: &Model, form: &mut Form) -> Option<Cmd> {
    form.hold()?;
    order(form, Hold::in_editor(model.now), model)
}

/// The person's own editor has ended: as the clock turns it is held for no longer than usual.
pub(super) fn back(form: &mut Form) {
    for hold in form.hold_mut().into_iter().flatten() {
        hold.until = Timestamp::MIN;
    }
}

/// Orders again what lasts not much longer.
pub(super) fn renew(model: &mut Model) -> Vec<Cmd> {
    let (now, grace) = (model.now, model.outbox.means.grace);
    let due = |form: &&mut Form| form.hold().is_some_and(|hold| hold.renewed_at() <= now);
    let due = forms(model).filter(|form| form.sending.is_none()).filter(due);
    due.filter_map(|form| step(form, Hold::begun(now), grace))
        .collect()
}

/// Lets go what a form changes.
pub(super) fn release(form: &mut Form) -> Option<Cmd> {
    form.hold_mut()?.take()?;
    let step = Step::Released;
    id(form).map(|id| Cmd::Write(WriteCmd::TakeStep { id, step }))
}

/// An entry took a step. If that holds it, whoever changes it knows.
pub(in crate::app::update) fn held(model: &mut Model, entry: &Entry) {
    let of_it = forms(model).filter(|form| id(form) == Some(entry.id));
    for hold in of_it.filter_map(Form::hold_mut).flatten() {
        hold.asked = false;
    }
}

/// A step came too late: a form that waits to hold its entry says so.
pub(in crate::app::update) fn not_held(model: &mut Model) {
    let asks = |form: &&mut Form| form.sending.is_none() && form.hold().is_some_and(|hold| hold.asked);
    for form in forms(model).filter(asks) {
        form.wrong = Some(LEFT.to_owned());
        form.hold_mut().and_then(Option::take);
    }
}

fn order(form: &mut Form, hold: Hold, model: &Model) -> Option<Cmd> {
    step(form, hold, model.outbox.means.grace)
}

fn step(form: &mut Form, hold: Hold, grace: SignedDuration) -> Option<Cmd> {
    *form.hold_mut()? = Some(hold);
    let until = hold.until;
    let step = Step::Held {
        until,
        grace,
        by: None,
    };
    id(form).map(|id| Cmd::Write(WriteCmd::TakeStep { id, step }))
}

fn id(form: &Form) -> Option<EntryId> {
    match &form.purpose {
        Purpose::Revise(revising) => Some(revising.id),
        _ => None,
    }
}
