//! A text to be typed before something is done.

use super::open_box;
use crate::app::Model;
use crate::app::overlay::Ask;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Draws the question with what was typed in the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, ask: &Ask) {
    let inside = open_box(canvas, ask.area(model.size), ask.asked.title(), "").below(1);
    canvas
        .line(inside, 0)
        .gap(2)
        .gap_right(2)
        .text(&ask.about, Role::Dim);
    let area = ask.text_area(model.size);
    let shown = ask.field.editor.shown(ask.window(model.size));
    for (row, text) in shown.rows.iter().enumerate() {
        canvas.line(area, row as u16).text(text, Role::Plain.strong());
    }
    if !ask.sending {
        canvas.cursor(area.x + shown.column, area.y + shown.row);
    }
}
