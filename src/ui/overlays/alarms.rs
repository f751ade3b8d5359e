//! How the alarms do: signals with what was judged of them, then the customers that left.

use super::open_box;
use crate::app::Model;
use crate::app::overlay::Alarms;
use crate::app::reading::alarms::Line;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// What the numbers of a signal are.
const COLUMNS: [(&str, u16); 5] = [
    ("fired", 7),
    ("acted", 7),
    ("real", 6),
    ("known", 7),
    ("noise", 7),
];
/// Cells of a signal's name at most.
const NAME: u16 = 26;

/// Draws it over everything between the header and the last line.
pub fn draw(model: &Model, canvas: &mut Canvas, screen: &Alarms) {
    let area = Alarms::area(model.size);
    if screen.report.is_none() {
        let inside = open_box(canvas, area, "Alarms", "");
        canvas
            .line(inside, 1)
            .gap(2)
            .text("Reading the journal …", Role::Dim);
        return;
    }
    let below = "precision: real of judged, with its 95 % interval from 10 judged on";
    let inside = open_box(canvas, area, "Alarms", below);
    for (row, line) in screen.shown(model.size).iter().enumerate() {
        let mut out = canvas.line(inside, row as u16);
        out.gap(1).gap_right(1);
        match line {
            Line::Blank => {}
            Line::Heading(text) => drop(out.text(text, Role::Plain.strong())),
            Line::Columns => {
                out.gap(1).field(NAME, "signal", Role::Dim);
                for (name, cells) in COLUMNS {
                    out.number(cells, name, Role::Dim);
                }
                out.gap(2).text("precision", Role::Dim);
            }
            Line::Signal(name, numbers, precision) => {
                out.gap(1).field(NAME, name, Role::Plain);
                for (number, (_, cells)) in numbers.iter().zip(COLUMNS) {
                    let role = if *number == 0 { Role::Dim } else { Role::Plain };
                    out.number(cells, &number.to_string(), role);
                }
                out.gap(2).text(precision, Role::Plain.strong());
            }
            Line::Said(text) => drop(out.gap(3).text(text, Role::Dim)),
            Line::Suggested(text) => drop(out.gap(3).text("◆ ", Role::Doubtful).text(text, Role::Plain)),
            Line::Churn(text, is_missed) => {
                let (sign, role) = if *is_missed {
                    ("▲ ", Role::Bad)
                } else {
                    ("  ", Role::Dim)
                };
                out.text(sign, role).text(text, Role::Plain);
            }
        }
    }
}
