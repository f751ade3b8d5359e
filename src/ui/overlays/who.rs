//! Whose account a requester is of: what was typed, and the accounts below.

use super::open_box;
use crate::app::Model;
use crate::app::overlay::WhoScreen;
use crate::domain::wrap::wrapped;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Most lines of one text.
const MOST_LINES: usize = 3;

/// Draws it over the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, screen: &WhoScreen) {
    let inside = open_box(canvas, WhoScreen::area(model.size), "Who asks?", "");
    canvas
        .line(inside, 0)
        .gap(1)
        .gap_right(1)
        .text("e-mail or domain: ", Role::Here.strong())
        .text(screen.input.text(), Role::Plain.strong())
        .text("▏", Role::Here);
    canvas.rule(inside, 1, Role::Dim);
    let list = inside.below(2);
    let said = match &screen.found {
        _ if screen.asked.is_some() => Some(("Looking …", Role::Dim)),
        None => Some((
            "The account of whoever asks, by the address of a contact, else by its domain.",
            Role::Dim,
        )),
        Some(Err(why)) => Some((why.as_str(), Role::Doubtful)),
        Some(Ok(_)) => None,
    };
    let cells = list.width.saturating_sub(5);
    if let Some((said, role)) = said {
        for (row, text) in wrapped(said, cells, MOST_LINES).iter().enumerate() {
            canvas.line(list, row as u16).gap(2).text(text, role);
        }
        return;
    }
    let mut row = 0;
    for (at, one) in screen.accounts().iter().enumerate().skip(screen.cursor.top) {
        let selected = at == screen.cursor.at;
        for (place, line) in one.lines(model.today).iter().enumerate() {
            let role = if place == 0 {
                Role::Plain.strong_if(selected)
            } else {
                Role::Plain.strong_if(false)
            };
            for text in wrapped(line, cells, MOST_LINES) {
                if row < list.height {
                    let indent = if place == 0 { 1 } else { 3 };
                    canvas
                        .line(list, row)
                        .bar(selected)
                        .gap(indent)
                        .gap_right(1)
                        .text(text.trim_start(), role);
                }
                row += 1;
            }
        }
        row += 1;
    }
}
