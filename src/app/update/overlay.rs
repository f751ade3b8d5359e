//! Help, palette and sort menu: they open, take keys, and close.

use super::{accounts, action};
use crate::app::action::{ACTIONS, Action};
use crate::app::cmd::Cmd;
use crate::app::column;
use crate::app::cursor::{Cursor, Step};
use crate::app::input::Input;
use crate::app::key::{Code, Key};
use crate::app::keymap::Meaning;
use crate::app::model::Model;
use crate::app::overlay::{Overlay, Palette};
use crate::domain::book::order::Sort;

/// How many lines a movement by page goes.
const PAGE: usize = 10;

pub(super) fn open_help(model: &mut Model) -> Vec<Cmd> {
    model.overlay = Some(Overlay::Help(Cursor::default()));
    Vec::new()
}

pub(super) fn open_palette(model: &mut Model) -> Vec<Cmd> {
    model.overlay = Some(Overlay::Palette(Palette::default()));
    Vec::new()
}

pub(super) fn open_sort_menu(model: &mut Model) -> Vec<Cmd> {
    let before = model.accounts.sort;
    let at = column::sorts()
        .iter()
        .position(|sort| sort.by == before.by)
        .unwrap_or(0);
    model.overlay = Some(Overlay::SortMenu {
        before,
        cursor: Cursor { at, top: 0 },
    });
    Vec::new()
}

/// A key goes to what is open.
pub(super) fn pressed(model: &mut Model, key: Key) -> Vec<Cmd> {
    match model.overlay.take() {
        None => Vec::new(),
        Some(Overlay::Help(cursor)) => help(model, cursor, key),
        Some(Overlay::Palette(palette)) => in_palette(model, palette, key),
        Some(Overlay::SortMenu { before, cursor }) => in_sort_menu(model, before, cursor, key),
    }
}

/// Changes the palette's input, if it is open.
pub(super) fn typed(model: &mut Model, change: impl FnOnce(&mut Input) -> bool) -> Option<Vec<Cmd>> {
    let Some(Overlay::Palette(palette)) = &mut model.overlay else {
        return None;
    };
    change(&mut palette.input).then(|| {
        palette.cursor = Cursor::default();
        Vec::new()
    })
}

/// What the keymap means by a key in a list without an input: a movement, or the action itself.
fn meaning(model: &Model, key: Key) -> Option<Action> {
    match model.keymap.meaning(&[key], model.context()) {
        Meaning::Run(action) => Some(action),
        _ => None,
    }
}

fn step(action: Option<Action>) -> Option<Step> {
    Some(match action? {
        Action::MoveDown => Step::Down,
        Action::MoveUp => Step::Up,
        Action::MoveFirst => Step::First,
        Action::MoveLast => Step::Last,
        Action::HalfPageDown => Step::HalfPageDown,
        Action::HalfPageUp => Step::HalfPageUp,
        Action::PageDown => Step::PageDown,
        Action::PageUp => Step::PageUp,
        _ => return None,
    })
}

/// Movements scroll, everything else closes.
fn help(model: &mut Model, cursor: Cursor, key: Key) -> Vec<Cmd> {
    if let Some(step) = step(meaning(model, key)) {
        model.overlay = Some(Overlay::Help(cursor.moved(step, ACTIONS.len(), 1)));
    }
    Vec::new()
}

fn in_palette(model: &mut Model, mut palette: Palette, key: Key) -> Vec<Cmd> {
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
    model.overlay = Some(Overlay::Palette(palette));
    Vec::new()
}

fn run_hit(model: &mut Model, palette: Palette) -> Vec<Cmd> {
    let Some(info) = palette.hits().get(palette.cursor.at).copied() else {
        model.told = Some(format!("no action is called “{}”", palette.input.text()));
        model.overlay = Some(Overlay::Palette(palette));
        return Vec::new();
    };
    action::run(model, info.action)
}

/// Moving sorts at once; left and right turn the direction; enter keeps it, esc goes back.
fn in_sort_menu(model: &mut Model, before: Sort, cursor: Cursor, key: Key) -> Vec<Cmd> {
    let sorts = column::sorts();
    let action = meaning(model, key);
    let orders = match key.code {
        Code::Enter => return Vec::new(),
        Code::Esc => return accounts::sorted(model, before),
        Code::Left | Code::Right | Code::Char(' ') => {
            let turned = Sort {
                descending: !model.accounts.sort.descending,
                ..model.accounts.sort
            };
            (cursor, accounts::sorted(model, turned))
        }
        _ => {
            let step = if action == Some(Action::Sort) {
                Some(Step::Down)
            } else {
                step(action)
            };
            let Some(step) = step else {
                return if action == Some(Action::Leave) {
                    accounts::sorted(model, before)
                } else {
                    Vec::new()
                };
            };
            let cursor = cursor.moved(step, sorts.len(), sorts.len());
            (cursor, accounts::sorted(model, sorts[cursor.at]))
        }
    };
    model.overlay = Some(Overlay::SortMenu {
        before,
        cursor: orders.0,
    });
    orders.1
}
