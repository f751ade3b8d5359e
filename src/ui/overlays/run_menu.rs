//! What can be done with a run of a playbook, or with all of a bulk play.

use super::open_box;
use crate::app::Model;
use crate::app::layout::Frame;
use crate::app::overlay::RunMenu;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Most cells of the box.
const WIDEST: u16 = 72;

/// Draws the menu over the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, menu: &RunMenu) {
    let body = Frame::of(model.size, model.banner()).body;
    let choices = menu.choices();
    let area = body.middle(
        WIDEST.min(body.width.saturating_sub(4)),
        (choices.len() as u16 + 2).min(body.height),
    );
    let title = format!("{} · {}", menu.played.title(), menu.played.place());
    let inside = open_box(canvas, area, &title, menu.played.id());
    let rows = usize::from(inside.height);
    let top = (menu.cursor.at + 1).saturating_sub(rows);
    for (row, choice) in choices.iter().enumerate().skip(top).take(rows) {
        let selected = row == menu.cursor.at;
        let mut line = canvas.line(inside, (row - top) as u16);
        line.bar(selected)
            .gap(1)
            .text(&choice.title(), Role::Plain.strong_if(selected));
    }
}
