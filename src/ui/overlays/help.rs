//! Every key and what it does, by topic; and what the signs mean.

use super::open_box;
use crate::app::Model;
use crate::app::action::Info;
use crate::app::layout::Area;
use crate::app::overlay::Help;
use crate::app::overlay::help::{COLUMN, Line, Sign, columns};
use crate::ui::canvas::Canvas;
use crate::ui::panes::shown;
use crate::ui::theme::{self, Ink, Role};

/// Cells for the keys.
const KEYS: u16 = 16;

/// Draws the help over the body.
pub fn draw(model: &Model, canvas: &mut Canvas, help: Help) {
    let area = help.area(model.size);
    let columns = columns(model.size);
    let rows = usize::from(area.inside().height);
    let top = help.top.min(help.last_top(model.size));
    let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
    let below = if longest > rows {
        shown(top, rows, longest)
    } else {
        "dim: not now, : says why".to_owned()
    };
    let mut rest = open_box(canvas, area, "Keys and signs", &below);
    for column in columns {
        let (here, right) = rest.split(COLUMN);
        rest = right;
        for (row, line) in column.iter().skip(top).take(rows).enumerate() {
            draw_line(model, canvas, here.below(row as u16), line);
        }
    }
}

fn draw_line(model: &Model, canvas: &mut Canvas, area: Area, line: &Line) {
    match line {
        Line::Heading(title) => {
            canvas.line(area, 0).gap(1).text(title, Role::Plain.strong());
        }
        Line::Action(info) => action(model, canvas, area, info),
        Line::Sign(sign) => draw_sign(canvas, area, *sign),
        Line::Blank => {}
    }
}

fn draw_sign(canvas: &mut Canvas, area: Area, sign: Sign) {
    let drawn = canvas.theme().sign(sign.sign);
    fields(
        canvas,
        area,
        (drawn, theme::sign(sign.sign).into()),
        (sign.meaning, Role::Plain),
    );
}

fn action(model: &Model, canvas: &mut Canvas, area: Area, info: &Info) {
    let mut keys = model.keymap.keys_of(info.action, model.context()).join(" ");
    if keys.is_empty() {
        keys = format!(":{}", info.id);
    }
    let (ink, text) = match info.action.available(model) {
        Ok(()) => (Role::Here.strong(), Role::Plain),
        Err(_) => (Role::Dim.into(), Role::Dim),
    };
    fields(canvas, area, (&keys, ink), (info.doc, text));
}

/// What is explained and what it means; a blank more than the next column begins with sets them apart.
fn fields(canvas: &mut Canvas, area: Area, (what, ink): (&str, Ink), (means, role): (&str, Role)) {
    canvas
        .line(area, 0)
        .gap_right(1)
        .gap(1)
        .field(KEYS, what, ink)
        .gap(1)
        .text(means, role);
}
