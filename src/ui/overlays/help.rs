//! Every key and what it does, from the table of actions.

use super::open_box;
use crate::app::Model;
use crate::app::action::{ACTIONS, Info};
use crate::app::cursor::Cursor;
use crate::app::layout::Area;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;
use crate::ui::widgets::spark::spark;

/// Cells for the keys.
const KEYS: u16 = 17;

/// What the symbols mean, below the keys.
const SYMBOLS: [(&str, Role, &str); 6] = [
    ("▲", Role::Bad, "red: below the amber threshold"),
    ("◆", Role::Doubtful, "amber: between the thresholds"),
    ("●", Role::Good, "green"),
    ("○", Role::Dim, "unknown: too little data to tell"),
    ("△", Role::Chance, "opportunity"),
    ("?", Role::Dim, "not known; never counted as zero"),
];

/// Draws the help over the body.
pub fn draw(model: &Model, canvas: &mut Canvas, body: Area, cursor: Cursor) {
    let all = ACTIONS.len() + SYMBOLS.len() + 3;
    let area = body.middle(86, (all as u16).saturating_add(2));
    let inside = open_box(canvas, area, "Keys", "");
    // Keys that work here come first; the others say where they do.
    let (here, elsewhere): (Vec<&Info>, Vec<&Info>) = ACTIONS
        .iter()
        .partition(|info| info.is_for(model.context()) && info.action.available(model).is_ok());
    let mut row = 0_usize;
    let top = cursor.at.min(all.saturating_sub(usize::from(inside.height)));
    let place = |row: &mut usize| {
        let shown = row.checked_sub(top).and_then(|row| u16::try_from(row).ok());
        *row += 1;
        shown.filter(|row| *row < inside.height)
    };
    for info in here {
        if let Some(at) = place(&mut row) {
            action(model, canvas, inside, at, info, None);
        }
    }
    place(&mut row);
    for info in elsewhere {
        let why = info.action.available(model).err();
        if let Some(at) = place(&mut row) {
            action(model, canvas, inside, at, info, why.as_deref());
        }
    }
    place(&mut row);
    for (symbol, role, words) in SYMBOLS {
        if let Some(at) = place(&mut row) {
            canvas
                .line(inside, at)
                .gap(1)
                .field(KEYS, symbol, role)
                .gap(1)
                .text(words, Role::Plain);
        }
    }
    if let Some(at) = place(&mut row) {
        let bars = spark([10, 25, 40, 55, 70, 85, 95, 100]);
        let words = "score over eight months of four weeks, today at the right";
        canvas
            .line(inside, at)
            .gap(1)
            .field(KEYS, &bars, Role::Dim)
            .gap(1)
            .text(words, Role::Plain);
    }
}

fn action(model: &Model, canvas: &mut Canvas, inside: Area, row: u16, info: &Info, why: Option<&str>) {
    let mut keys = model.keymap.keys_of(info.action, model.context()).join(" ");
    if keys.is_empty() {
        keys = if info.keys.is_empty() {
            format!(":{}", info.id)
        } else {
            info.keys.join(" ")
        };
    }
    let (ink, text) = match why {
        None => (Role::Here.strong(), Role::Plain),
        Some(_) => (Role::Dim.into(), Role::Dim),
    };
    let mut line = canvas.line(inside, row);
    line.gap(1).gap_right(1).field(KEYS, &keys, ink).gap(1);
    if let Some(why) = why {
        line.right(why, Role::Dim).gap_right(2);
    }
    line.text(info.doc, text);
}
