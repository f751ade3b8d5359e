//! The last line: what one can do here, or what one is typing, or what just happened.

use super::canvas::{Canvas, Line};
use super::theme::Role;
use super::{panes, words};
use crate::app::Model;
use crate::app::action::{ACTIONS, Action, Info};
use crate::app::keymap::chord_text;
use crate::app::layout::Area;
use crate::app::overlay::Overlay;
use crate::domain::wrap::{cut, width, wrapped};

/// A message takes so many lines at most.
const MOST_LINES: usize = 3;
/// Cells that hints keep beside what can be taken back.
const HINTS: u16 = 40;
/// On a screen of fewer columns every cell goes to what was done, beside the three most useful hints.
const NARROW: u16 = 100;
/// Cells of these.
const FEW_HINTS: u16 = 33;

/// Draws the last line; a message that is longer takes the lines above it too, until the next key.
pub fn draw(model: &Model, canvas: &mut Canvas, area: Area) {
    if let Some(told) = &model.told {
        return say(model, canvas, area, told);
    }
    let mut line = canvas.line(area, 0);
    line.gap(1).gap_right(1);
    if let Some(overlay) = model.overlays.last() {
        let keys = overlay.hints(model);
        // What is done in the list of fields, or in a run, is taken back there.
        match overlay {
            Overlay::Fields(list) if !list.typing => {
                grace(model, &mut line, keys.iter().map(|hint| cells(hint) + 3).sum());
            }
            Overlay::RunView(_) | Overlay::Standings(_) | Overlay::Routing(_) => {
                grace(model, &mut line, kept_for_hints(area));
            }
            _ => {}
        }
        hints(&mut line, keys);
    } else if let Some(standup) = model.in_standup() {
        grace(model, &mut line, kept_for_hints(area));
        hints(&mut line, standup.hints());
    } else if model.desk.filter.typing {
        let found = if model.desk.filter.is_on() {
            panes::risks::found(model)
        } else {
            String::new()
        };
        filter(&mut line, model.desk.filter.input.text(), &found);
    } else if model.accounts.filtering {
        let list = &model.accounts;
        let found = format!(
            "{} of {}   {}",
            words::count(list.rows.len()),
            words::count(list.book.len()),
            words::sum(&list.arr, model.currency)
        );
        filter(&mut line, list.filter.text(), &found);
    } else if !model.pending.is_empty() {
        line.text(&chord_text(&model.pending), Role::Here.strong())
            .text(" …", Role::Dim);
    } else {
        grace(model, &mut line, kept_for_hints(area));
        actions(model, &mut line);
    }
}

/// What just happened, whole; beside it what can be taken back, where there is room for all of that.
fn say(model: &Model, canvas: &mut Canvas, area: Area, told: &str) {
    let cells = area.width.saturating_sub(2);
    let lines = wrapped(told, cells, MOST_LINES);
    let more = lines.len().saturating_sub(1) as u16;
    let all = Area {
        y: area.y.saturating_sub(more),
        height: area.height + more.min(area.y),
        ..area
    };
    canvas.clear(all);
    for (row, text) in lines.iter().enumerate() {
        let mut line = canvas.line(all, row as u16);
        line.gap(1).gap_right(1);
        if lines.len() == 1 && model.overlays.is_empty() {
            grace(model, &mut line, width(text) + 3);
        }
        line.text(text, Role::Plain);
    }
}

/// Cells that hints keep on a last line of this width.
fn kept_for_hints(area: Area) -> u16 {
    if area.width < NARROW { FEW_HINTS } else { HINTS }
}

/// What was done last and how long it can be taken back, as long as it can; it leaves so many cells to others.
fn grace(model: &Model, line: &mut Line, others: u16) {
    let keys = model.keymap.keys_of(Action::Undo, model.context());
    let (Some(act), Some(key)) = (model.outbox.in_grace(model.now), keys.first()) else {
        return;
    };
    let left = act.leaves_at.duration_since(model.now).as_millis().unsigned_abs();
    let behind = format!(" takes it back ({} s)", left.div_ceil(1_000));
    let fixed = width(" · ") + width(key) + width(&behind);
    let free = line.left().saturating_sub(others);
    if free < fixed {
        return;
    }
    // That it can be taken back says that it waits.
    let queued = if model.size.width < NARROW { "" } else { "queued: " };
    let title = cut(&format!("{queued}{}", act.title), free - fixed);
    line.right(&behind, Role::Dim)
        .right(key, Role::Here.strong())
        .right(" · ", Role::Dim)
        .right(&title, Role::Plain)
        .gap_right(3);
}

/// Cells of a hint.
fn cells((key, name): &(&str, &str)) -> u16 {
    width(key) + 1 + width(name)
}

/// Hints, each whole or not at all; the last one, which leads out, always.
fn hints(line: &mut Line, keys: &[(&str, &str)]) {
    let Some((last, others)) = keys.split_last() else {
        return;
    };
    let room = line.left().saturating_sub(cells(last));
    let mut used = 0;
    let fitting = others.iter().take_while(|hint| {
        used += cells(hint) + 3;
        used <= room
    });
    for (key, name) in fitting.chain([last]) {
        line.text(key, Role::Here.strong())
            .gap(1)
            .text(name, Role::Dim)
            .gap(3);
    }
}

/// The filter's input, what it finds, and how to leave it.
fn filter(line: &mut Line, typed: &str, found: &str) {
    line.right(found, Role::Dim).gap_right(3);
    line.text("/ ", Role::Here.strong())
        .text(typed, Role::Plain.strong())
        .text("▏", Role::Here);
    if typed.is_empty() {
        line.text("words in any order, or ~ and letters with gaps", Role::Dim);
    } else {
        line.gap(3);
        hints(line, &[("enter", "keep"), ("esc", "clear")]);
    }
}

/// Actions of the table that can run here, the most useful first, as many as there is room for; at last the key
/// that shows all of them.
fn actions(model: &Model, line: &mut Line) {
    let context = model.context();
    let mut shown: Vec<&Info> = ACTIONS
        .iter()
        .filter(|info| info.footer > 0 && info.is_for(context) && info.action.available(model).is_ok())
        .collect();
    shown.sort_by_key(|info| info.footer);
    let key = |info: &Info| model.keymap.keys_of(info.action, context).into_iter().next();
    let help = Action::Help.info();
    let help = key(help).map(|key| (key, help.name));
    let reserved = help
        .as_ref()
        .map_or(0, |(key, name)| width(key) + 1 + width(name));
    for info in shown {
        let Some(key) = key(info) else {
            continue;
        };
        if line.left() < width(&key) + 1 + width(info.name) + 3 + reserved {
            break;
        }
        line.text(&key, Role::Here.strong())
            .gap(1)
            .text(info.name, Role::Dim)
            .gap(3);
    }
    if let Some((key, name)) = help.filter(|_| line.left() >= reserved) {
        line.text(&key, Role::Here.strong()).gap(1).text(name, Role::Dim);
    }
}
