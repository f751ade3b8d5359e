//! Overlays that ordered something to be kept: they stay with what was typed and decided until that is answered.

use std::sync::Arc;

use super::form;
use crate::app::cmd::Cmd;
use crate::app::model::Model;
use crate::app::overlay::form::Purpose;
use crate::app::overlay::{Ask, Asked, Overlay};
use crate::domain::outbox::{Entry, EntryId};

/// Whether something on the screen waits for the answer that what stood still goes on as it was decided there.
pub(super) fn decides(model: &Model, id: EntryId) -> bool {
    model.overlays.iter().any(|overlay| match overlay {
        Overlay::Conflict(view) => view.sending && view.id() == id,
        Overlay::Form(form) => match &form.purpose {
            // What waits is held while it is changed; what stands still need not be.
            Purpose::Revise(revising) => {
                form.sending.is_some() && revising.id == id && revising.hold.is_none()
            }
            _ => false,
        },
        _ => false,
    })
}

/// A step of this entry is on disk: whatever ordered it closes.
pub(super) fn step_taken(model: &mut Model, entry: &Entry) -> Vec<Cmd> {
    let id = entry.id;
    if entry.held.is_some() {
        form::held(model, entry);
        return Vec::new();
    }
    let is_done = |overlay: &Overlay| match overlay {
        Overlay::Conflict(view) => view.sending && view.id() == id,
        Overlay::Ask(ask) => ask.sending && ask.asked == Asked::Discard(id),
        _ => false,
    };
    let open = model.overlays.len();
    model.overlays.retain(|overlay| !is_done(overlay));
    let orders = form::revised(model, entry);
    if model.overlays.len() < open {
        select_next(model, id);
    }
    orders
}

/// The outbox changed: what gave up a damaged entry closes.
pub(super) fn given_up(model: &mut Model) {
    let given_up = |overlay: &Overlay| match overlay {
        Overlay::Ask(Ask {
            sending: true,
            asked: Asked::GiveUp(id),
            ..
        }) => Some(*id),
        _ => None,
    };
    let ids: Vec<EntryId> = model.overlays.iter().filter_map(given_up).collect();
    model.overlays.retain(|overlay| given_up(overlay).is_none());
    for id in ids {
        select_next(model, id);
    }
}

/// What was decided in what has closed gives way to the next one that needs a person. Nothing else moves the selection:
/// neither what was done with one key, nor what others did.
fn select_next(model: &mut Model, id: EntryId) {
    let view = Arc::clone(&model.outbox.view);
    for overlay in &mut model.overlays {
        if let Overlay::Outbox(screen) = overlay {
            *screen = screen.after_deciding(&view, id);
        }
    }
}

/// Something could not be done: whatever ordered it keeps every letter and can be changed again.
pub(super) fn not_done(model: &mut Model, why: &str) {
    for overlay in &mut model.overlays {
        match overlay {
            Overlay::Conflict(view) => view.sending = false,
            Overlay::Ask(ask) => ask.sending = false,
            _ => {}
        }
    }
    form::not_revised(model, why);
}
