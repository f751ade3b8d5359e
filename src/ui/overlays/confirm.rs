//! A question: what is asked, what yes means, and the two answers.

use super::open_box;
use crate::app::layout::Area;
use crate::app::overlay::Confirm;
use crate::domain::wrap::wrapped;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Cells of the box.
const WIDTH: u16 = 66;
/// Most lines of a paragraph.
const MOST_LINES: usize = 8;

/// Draws the question in the middle of the body.
pub fn draw(canvas: &mut Canvas, body: Area, confirm: &Confirm) {
    let cells = WIDTH.min(body.width).saturating_sub(6);
    let mut lines = Vec::new();
    if let Some(subject) = confirm.question.subject() {
        lines.extend(wrapped(subject, cells, MOST_LINES));
        lines.push(String::new());
    }
    let named = lines.len();
    for paragraph in confirm.question.meaning() {
        lines.extend(wrapped(paragraph, cells, MOST_LINES));
        lines.push(String::new());
    }
    let instead = confirm.question.instead();
    let more = u16::from(!instead.is_empty()) + instead.len() as u16;
    let area = body.middle(WIDTH, lines.len() as u16 + 4 + more);
    let inside = open_box(canvas, area, confirm.question.title(), "").below(1);
    for (row, text) in lines.iter().enumerate() {
        canvas
            .line(inside, row as u16)
            .gap(2)
            .text(text, Role::Plain.strong_if(row < named));
    }
    for (row, (who, what)) in instead.iter().enumerate() {
        canvas
            .line(inside, (lines.len() + row) as u16)
            .gap(2)
            .text(&(row + 1).to_string(), Role::Here.strong())
            .text(&format!(" hand it to {}, {what}", who.name), Role::Plain);
    }
    canvas
        .line(inside.bottom(1), 0)
        .gap(2)
        .text("y", Role::Here.strong())
        .text(" yes", Role::Dim)
        .gap(3)
        .text("n", Role::Here.strong())
        .text(" no", Role::Dim);
}
