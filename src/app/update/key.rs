//! A key was pressed: the innermost input takes it, else the keymap says what it does.

use super::{action, done, filter, overlay, queue_filter, standup};
use crate::app::action::Action;
use crate::app::cmd::Cmd;
use crate::app::key::{Code, Key};
use crate::app::keymap::{Meaning, chord_text};
use crate::app::layout::Shape;
use crate::app::model::Model;

pub(super) fn pressed(model: &mut Model, key: Key) -> Vec<Cmd> {
    (model.told, model.wanted) = (None, None);
    if let Some(orders) = always(model, key) {
        return orders;
    }
    if is_unseen(model, key) {
        return Vec::new();
    }
    if done::waits(model, key) {
        return Vec::new();
    }
    if !model.overlays.is_empty() {
        return overlay::pressed(model, key);
    }
    if model.in_standup().is_some() {
        return standup::pressed(model, key);
    }
    if model.desk.filter.typing {
        return queue_filter::pressed(model, key);
    }
    if model.accounts.filtering
        && let Some(orders) = filter::pressed(model, key)
    {
        return orders;
    }
    model.pending.push(key);
    match model.keymap.meaning(&model.pending, model.context()) {
        Meaning::Begins => Vec::new(),
        Meaning::Run(action) => {
            model.pending.clear();
            action::run(model, action)
        }
        Meaning::Nothing => {
            let keys = std::mem::take(&mut model.pending);
            model.told = Some(format!(
                "{} does nothing here; ? shows every key",
                chord_text(&keys)
            ));
            Vec::new()
        }
    }
}

/// Whether a screen that is too small to show anything takes no such key: what it cannot show is only left.
fn is_unseen(model: &Model, key: Key) -> bool {
    if Shape::of(model.size) != Shape::TooSmall {
        return false;
    }
    if model.esc_closes() {
        return key.code != Code::Esc;
    }
    model.keymap.meaning(&[key], model.context()) != Meaning::Run(Action::Leave)
}

/// Ending, stopping and redrawing work whatever is open, unless the key types a character.
fn always(model: &mut Model, key: Key) -> Option<Vec<Cmd>> {
    if key.typed().is_some() {
        return None;
    }
    match model.keymap.meaning(&[key], model.context()) {
        Meaning::Run(action @ (Action::Quit | Action::Suspend | Action::Redraw)) => {
            model.pending.clear();
            Some(action::run(model, action))
        }
        _ => None,
    }
}
