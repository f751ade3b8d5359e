//! The border of a pane with its title, what stands at its right, and the count below.

use crate::app::layout::Area;
use crate::domain::wrap::width;
use crate::ui::canvas::Canvas;
use crate::ui::theme::{Ink, Role};

/// What is written into a border.
#[derive(Debug, Default)]
pub struct Border {
    /// Number of the pane, if it has one.
    pub number: Option<usize>,
    /// Its title.
    pub title: String,
    /// Context behind the title.
    pub context: String,
    /// At the right of the top line; the last pieces go first where they do not fit.
    pub right: Vec<(String, Ink)>,
    /// At the right of the bottom line.
    pub below: String,
    /// Whether the pane has the focus.
    pub focused: bool,
}

/// Draws a border with what is written into it.
pub fn draw(canvas: &mut Canvas, area: Area, border: &Border) {
    if area.width < 4 || area.height < 2 {
        return;
    }
    frame(canvas, area, if border.focused { Role::Here } else { Role::Dim });
    if border.focused && !canvas.theme().colours_tell() {
        canvas.repeat(area.x + 1, area.y, area.width - 2, "━", Role::Here.strong());
    }
    let top = Area {
        x: area.x + 2,
        width: area.width - 4,
        ..area
    };
    let mut line = canvas.line(top, 0);
    // A blank at each end, two between, a piece of the line; the right side has a blank at each end too.
    let number = if border.number.is_some() { 2 } else { 0 };
    let title = number + width(&border.title) + width(&border.context) + 7;
    let right = fitting(&border.right, line.left().saturating_sub(title));
    if !right.is_empty() {
        line.right(" ", Role::Plain);
        for (text, ink) in right.iter().rev() {
            line.right(text, *ink);
        }
        line.right(" ", Role::Plain);
    }
    line.text(" ", Role::Plain);
    if let Some(number) = border.number {
        line.text(&format!("{number} "), Role::Dim);
    }
    line.text(&border.title, Role::Plain.strong());
    if !border.context.is_empty() && line.left() > width(&border.context) + 3 {
        line.text("  ", Role::Plain).text(&border.context, Role::Dim);
    }
    line.text(" ", Role::Plain);
    if !border.below.is_empty() {
        canvas
            .line(top, area.height - 1)
            .right(&format!(" {} ", border.below), Role::Dim);
    }
}

/// The first pieces that fit.
pub fn fitting(pieces: &[(String, Ink)], cells: u16) -> &[(String, Ink)] {
    let mut used = 0;
    let fit = pieces.iter().take_while(|(text, _)| {
        used += width(text);
        used <= cells
    });
    &pieces[..fit.count()]
}

/// Draws four lines with round corners.
pub fn frame(canvas: &mut Canvas, area: Area, role: Role) {
    if area.width < 2 || area.height < 2 {
        return;
    }
    let (right, bottom) = (area.x + area.width - 1, area.y + area.height - 1);
    for y in [area.y, bottom] {
        canvas.repeat(area.x, y, area.width, "─", role);
    }
    for y in area.y + 1..bottom {
        canvas.repeat(area.x, y, 1, "│", role);
        canvas.repeat(right, y, 1, "│", role);
    }
    for (x, y, corner) in [
        (area.x, area.y, "╭"),
        (right, area.y, "╮"),
        (area.x, bottom, "╰"),
        (right, bottom, "╯"),
    ] {
        canvas.repeat(x, y, 1, corner, role);
    }
}
