//! The reader: it opens on a line of the account screen, and its keys.

use super::overlay::{instead, meaning, open, scrolled, step};
use crate::app::action::Action;
use crate::app::cmd::Cmd;
use crate::app::key::Key;
use crate::app::model::Model;
use crate::app::overlay::{Overlay, Reader};
use crate::app::reading;

/// Opens the full text of the selected line of the account screen.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    match reading::selected(model) {
        Some(reader) => open(model, Overlay::Reader(reader)),
        None => Vec::new(),
    }
}

/// Movements scroll, `copy` takes the text along, everything else closes.
pub(super) fn pressed(model: &mut Model, mut reader: Reader, key: Key) -> Vec<Cmd> {
    match meaning(model, key) {
        Some(Action::Copy) => {
            let orders = super::action::copied(model, &reader.to_text());
            model.overlays.push(Overlay::Reader(reader));
            orders
        }
        action => {
            let Some(step) = step(action) else {
                return instead(model, key);
            };
            let (page, last) = (
                reader.area(model.size).inside().height,
                reader.last_top(model.size),
            );
            reader.top = scrolled(reader.top, step, page, last);
            open(model, Overlay::Reader(reader))
        }
    }
}
