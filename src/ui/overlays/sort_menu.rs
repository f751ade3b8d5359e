//! Columns to sort by.

use super::open_box;
use crate::app::Model;
use crate::app::column;
use crate::app::layout::Area;
use crate::app::overlay::SortMenu;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Cells of the menu: the longest order, its bar and the border.
const WIDTH: u16 = 37;

/// Draws the menu at the right of the list, so that the list is seen to change.
pub fn draw(model: &Model, canvas: &mut Canvas, body: Area, menu: &SortMenu) {
    let cursor = menu.cursor;
    let sorts = column::sorts();
    let (width, height) = (WIDTH.min(body.width), (sorts.len() as u16 + 2).min(body.height));
    let area = Area {
        x: body.x + body.width - width,
        y: body.y,
        width,
        height,
    };
    let inside = open_box(canvas, area, "Order", "");
    let top = (cursor.at + 1).saturating_sub(usize::from(inside.height));
    for (row, sort) in sorts
        .iter()
        .enumerate()
        .skip(top)
        .take(usize::from(inside.height))
    {
        let selected = row == cursor.at;
        let shown = if selected { model.accounts.sort } else { *sort };
        let mut line = canvas.line(inside, (row - top) as u16);
        line.bar(selected)
            .gap(1)
            .text(&column::words(shown), Role::Plain.strong_if(selected));
    }
}
