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
    let mut line = canvas.line(inside, 0);
    line.gap(1)
        .gap_right(1)
        .text("e-mail or domain: ", Role::Here.strong());
    if screen.given {
        // The cursor stands before it, as what is typed takes its place.
        line.text("▏", Role::Here).text(screen.input.text(), Role::Dim);
    } else {
        line.text(screen.input.text(), Role::Plain.strong())
            .text("▏", Role::Here);
    }
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
    let rows = rows(model, screen, cells);
    let is_chosen = |row: &Row| row.at == screen.at;
    let begins = rows.iter().position(is_chosen).unwrap_or(0);
    let ends = rows.iter().rposition(is_chosen).map_or(0, |at| at + 1);
    // All of the chosen one shows, its beginning before all else.
    let top = ends.saturating_sub(list.height.into()).min(begins);
    let seen = rows.iter().skip(top).take(list.height.into());
    for (place, row) in seen.enumerate() {
        let selected = is_chosen(row) && !row.text.is_empty();
        canvas
            .line(list, place as u16)
            .bar(selected)
            .gap(if row.is_name { 1 } else { 3 })
            .gap_right(1)
            .text(&row.text, Role::Plain.strong_if(selected && row.is_name));
    }
}

/// A line of the list.
struct Row {
    /// Place of the account.
    at: usize,
    /// Whether it begins with the account's name.
    is_name: bool,
    /// What stands in it; nothing before an account.
    text: String,
}

/// What is told of the accounts, one after the other.
fn rows(model: &Model, screen: &WhoScreen, cells: u16) -> Vec<Row> {
    let mut rows = Vec::new();
    for (at, one) in screen.accounts().iter().enumerate() {
        if at > 0 {
            let (is_name, text) = (false, String::new());
            rows.push(Row { at, is_name, text });
        }
        for (place, line) in one.lines(model.today).iter().enumerate() {
            let is_name = place == 0;
            rows.extend(wrapped(line, cells, MOST_LINES).into_iter().map(|text| Row {
                at,
                is_name,
                text: text.trim_start().to_owned(),
            }));
        }
    }
    rows
}
