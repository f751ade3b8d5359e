//! The last line: what one can do here, or what one is typing, or what just happened.

use super::canvas::{Canvas, Line};
use super::theme::Role;
use super::words;
use crate::app::Model;
use crate::app::action::{ACTIONS, Action, Info};
use crate::app::keymap::chord_text;
use crate::app::layout::Area;
use crate::domain::wrap::{cut, width};

/// Draws the last line.
pub fn draw(model: &Model, canvas: &mut Canvas, area: Area) {
    let mut line = canvas.line(area, 0);
    line.gap(1).gap_right(1);
    if model.overlays.is_empty() && !model.accounts.filtering {
        grace(model, &mut line);
    }
    if let Some(told) = &model.told {
        line.text(told, Role::Plain);
    } else if let Some(overlay) = model.overlays.last() {
        hints(&mut line, overlay.hints(model));
    } else if model.accounts.filtering {
        filter(model, &mut line);
    } else if !model.pending.is_empty() {
        line.text(&chord_text(&model.pending), Role::Here.strong())
            .text(" …", Role::Dim);
    } else {
        actions(model, &mut line);
    }
}

/// What was done last and how long it can be taken back, as long as it can.
fn grace(model: &Model, line: &mut Line) {
    let keys = model.keymap.keys_of(Action::Undo, model.context());
    let (Some(act), Some(key)) = (model.outbox.in_grace(model.now), keys.first()) else {
        return;
    };
    let left = act.leaves_at.duration_since(model.now).as_millis().unsigned_abs();
    let behind = format!(" takes it back ({} s)", left.div_ceil(1_000));
    let fixed = width("queued:  · ") + width(key) + width(&behind);
    let title = cut(&act.title, line.left().saturating_sub(fixed));
    line.right(&behind, Role::Dim)
        .right(key, Role::Here.strong())
        .right(" · ", Role::Dim)
        .right(&title, Role::Plain)
        .right("queued: ", Role::Dim)
        .gap_right(3);
}

fn hints(line: &mut Line, keys: &[(&str, &str)]) {
    for (key, name) in keys {
        line.text(key, Role::Here.strong())
            .gap(1)
            .text(name, Role::Dim)
            .gap(3);
    }
}

/// The filter's input, what it finds, and how to leave it.
fn filter(model: &Model, line: &mut Line) {
    let list = &model.accounts;
    let found = format!(
        "{} of {}   {}",
        words::count(list.rows.len()),
        words::count(list.book.len()),
        words::sum(&list.arr, model.currency)
    );
    line.right(&found, Role::Dim).gap_right(3);
    line.text("/ ", Role::Here.strong())
        .text(list.filter.text(), Role::Plain.strong())
        .text("▏", Role::Here);
    if list.filter.text().is_empty() {
        line.text("words in any order, or ~ and letters with gaps", Role::Dim);
    } else {
        line.gap(3);
        hints(line, &[("enter", "keep"), ("esc", "clear")]);
    }
}

/// Actions of the table that can run here, most useful first, cut at the width.
fn actions(model: &Model, line: &mut Line) {
    let context = model.context();
    let mut shown: Vec<&Info> = ACTIONS
        .iter()
        .filter(|info| info.footer > 0 && info.is_for(context) && info.action.available(model).is_ok())
        .collect();
    shown.sort_by_key(|info| info.footer);
    for info in shown {
        let Some(key) = model.keymap.keys_of(info.action, context).into_iter().next() else {
            continue;
        };
        if line.left() < width(&key) + 1 + width(info.name) {
            break;
        }
        line.text(&key, Role::Here.strong())
            .gap(1)
            .text(info.name, Role::Dim)
            .gap(3);
    }
}
