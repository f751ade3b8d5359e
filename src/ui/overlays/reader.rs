//! The full text of a line.

use super::open_box;
use crate::app::Model;
use crate::app::overlay::Reader;
use crate::ui::canvas::Canvas;
use crate::ui::panes::shown;
use crate::ui::theme::Role;

/// Draws the text over the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, reader: &Reader) {
    let area = reader.area(model.size);
    let lines = reader.lines(reader.cells(model.size));
    let rows = usize::from(area.inside().height);
    let top = reader.top.min(reader.last_top(model.size));
    let below = if lines.len() > rows {
        shown(top, rows, lines.len())
    } else {
        String::new()
    };
    let inside = open_box(canvas, area, &reader.title, &below);
    let labels = reader.label_cells();
    for (row, text) in lines.iter().skip(top).take(rows).enumerate() {
        let mut line = canvas.line(inside, row as u16);
        line.gap(1).gap_right(1);
        if let Some(label) = text.label {
            line.field(labels, label, Role::Dim);
        }
        line.text(&text.text, Role::Plain);
    }
}
