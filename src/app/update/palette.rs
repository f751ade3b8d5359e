//! Keys of the palette.

use super::action;
use super::overlay::open;
use crate::app::cmd::Cmd;
use crate::app::cursor::{Cursor, Step};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{Overlay, Palette};

/// How many lines a movement by page goes.
const PAGE: usize = 10;

/// Letters narrow, arrows choose, enter runs.
pub(super) fn pressed(model: &mut Model, mut palette: Palette, key: Key) -> Vec<Cmd> {
    let step = match key.code {
        Code::Esc => return Vec::new(),
        Code::Enter => return run_hit(model, palette),
        Code::Backspace if palette.input.text().is_empty() => return Vec::new(),
        Code::Down | Code::Tab => Some(Step::Down),
        Code::Up | Code::BackTab => Some(Step::Up),
        Code::PageDown => Some(Step::PageDown),
        Code::PageUp => Some(Step::PageUp),
        Code::Char('n') if key.ctrl => Some(Step::Down),
        Code::Char('p') if key.ctrl => Some(Step::Up),
        _ => None,
    };
    match step {
        Some(step) => palette.cursor = palette.cursor.moved(step, palette.hits().len(), PAGE),
        None if palette.input.take(key) => palette.cursor = Cursor::default(),
        None => {}
    }
    open(model, Overlay::Palette(palette))
}

fn run_hit(model: &mut Model, palette: Palette) -> Vec<Cmd> {
    let Some(info) = palette.hits().get(palette.cursor.at).copied() else {
        model.told = Some(format!("no action is called “{}”", palette.input.text()));
        return open(model, Overlay::Palette(palette));
    };
    action::run(model, info.action)
}
