//! Keys of the help.

use super::overlay::{instead, meaning, open, scrolled, step};
use crate::app::cmd::Cmd;
use crate::app::key::Key;
use crate::app::model::Model;
use crate::app::overlay::{Help, Overlay};

/// Movements scroll, everything else closes.
pub(super) fn pressed(model: &mut Model, help: Help, key: Key) -> Vec<Cmd> {
    let Some(step) = step(meaning(model, key)) else {
        return instead(model, key);
    };
    let (page, last) = (help.area(model.size).inside().height, help.last_top(model.size));
    let top = scrolled(help.top, step, page, last);
    open(model, Overlay::Help(Help { top }))
}
