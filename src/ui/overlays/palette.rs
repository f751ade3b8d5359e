//! Actions by name.

use super::open_box;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::Palette;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Draws the palette over the upper part of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, body: Area, palette: &Palette) {
    let hits = palette.hits();
    let height = (hits.len() as u16).clamp(1, 12) + 3;
    let area = Area {
        y: body.y + 1,
        ..body.middle(76, height)
    };
    let area = area.top(height.min(body.height.saturating_sub(1)));
    let inside = open_box(canvas, area, "Run", "");
    let mut input = canvas.line(inside, 0);
    input
        .gap(1)
        .text(": ", Role::Here.strong())
        .text(palette.input.text(), Role::Plain.strong());
    input.text("▏", Role::Here);
    let list = inside.below(1);
    let top = (palette.cursor.at + 1).saturating_sub(usize::from(list.height));
    if hits.is_empty() {
        canvas
            .line(list, 0)
            .gap(3)
            .text("No action has these words.", Role::Dim);
    }
    for (row, info) in hits.iter().skip(top).take(usize::from(list.height)).enumerate() {
        let selected = top + row == palette.cursor.at;
        let why = palette.why_not(info.action);
        let role = if why.is_some() { Role::Dim } else { Role::Plain };
        let mut line = canvas.line(list, row as u16);
        line.gap_right(1).bar(selected).gap(2);
        let keys = model.keymap.keys_of(info.action, model.context());
        line.right(keys.first().map_or("", String::as_str), Role::Here)
            .gap_right(2);
        line.field(16, info.id, role.strong_if(selected && why.is_none()))
            .gap(1);
        line.text(why.unwrap_or(info.doc), Role::Dim);
    }
}
