//! A line to be typed before something is done.

use super::open_box;
use crate::app::layout::Area;
use crate::app::overlay::Ask;
use crate::domain::wrap::wrapped;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Cells of the box.
const WIDTH: u16 = 76;
/// Most lines of what is typed.
const MOST_LINES: usize = 5;

/// Draws the question with what was typed in the middle of the body.
pub fn draw(canvas: &mut Canvas, body: Area, ask: &Ask) {
    let cells = WIDTH.min(body.width).saturating_sub(6);
    let typed = wrapped(&format!("{}▏", ask.input.text()), cells, MOST_LINES);
    let area = body.middle(WIDTH, typed.len() as u16 + 5);
    let inside = open_box(canvas, area, ask.asked.title(), "").below(1);
    canvas
        .line(inside, 0)
        .gap(2)
        .gap_right(2)
        .text(&ask.about, Role::Dim);
    for (row, text) in typed.iter().enumerate() {
        canvas
            .line(inside, row as u16 + 1)
            .gap(2)
            .text(text, Role::Plain.strong());
    }
}
