//! How the alarms do: signals with what was judged of them, then the customers that left.

use super::open_box;
use crate::app::Model;
use crate::app::overlay::Alarms;
use crate::app::reading::alarms::Line;
use crate::domain::team_journal::ONLY_YOU;
use crate::ui::canvas::Canvas;
use crate::ui::panes::shown;
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
/// Cells of a day, and of an account's name.
const DAY: u16 = 10;
const ACCOUNT: u16 = 26;
/// What the last column is.
const PRECISION: &str = "precision: real of all judged, 95 % interval from 10 on";

/// Draws it over everything between the header and the last line.
pub fn draw(model: &Model, canvas: &mut Canvas, screen: &Alarms) {
    let area = Alarms::area(model.size);
    let title = if model.outbox.means.shared {
        "Alarms".to_owned()
    } else {
        format!("Alarms · {ONLY_YOU}")
    };
    if screen.report.is_none() {
        let inside = open_box(canvas, area, &title, "");
        canvas
            .line(inside, 1)
            .gap(2)
            .text("Reading the journal …", Role::Dim);
        return;
    }
    let below = format!("{PRECISION} · {}", shown(screen.at, 1, screen.rows.len()));
    let inside = open_box(canvas, area, &title, &below);
    for (row, laid) in screen.shown(model.size).iter().enumerate() {
        let selected = laid.row == Some(screen.at);
        let mut out = canvas.line(inside, row as u16);
        out.bar(selected).gap_right(1);
        let name = Role::Plain.strong_if(selected);
        match &laid.line {
            Line::Blank => {}
            Line::Heading(text) => drop(out.text(text, Role::Plain.strong())),
            Line::Columns => {
                out.gap(1).field(NAME, "signal", Role::Dim);
                for (name, cells) in COLUMNS {
                    out.number(cells, name, Role::Dim);
                }
                out.gap(2).text("precision", Role::Dim);
            }
            Line::Signal(text, numbers, precision) => {
                out.gap(1).field(NAME, text, name);
                for (number, (_, cells)) in numbers.iter().zip(COLUMNS) {
                    let role = if *number == 0 { Role::Dim } else { Role::Plain };
                    out.number(cells, &number.to_string(), role);
                }
                out.gap(2).text(precision, Role::Plain.strong());
            }
            Line::Case(day, account, became) => {
                out.gap(3)
                    .field(DAY, day, Role::Dim)
                    .field(ACCOUNT, account, name)
                    .gap(2)
                    .text(became, Role::Plain);
            }
            Line::Said(text) => drop(out.gap(3).text(text, Role::Dim)),
            Line::SaidOfCase(text) => drop(out.gap(3 + DAY).text(text, Role::Dim)),
            Line::Suggested(text) => drop(out.gap(3).text("◆ ", Role::Doubtful).text(text, Role::Plain)),
            Line::Churn(day, text, is_missed) => {
                let (sign, role) = if *is_missed {
                    ("▲ ", Role::Bad)
                } else {
                    ("  ", Role::Dim)
                };
                out.text(sign, role).field(DAY, day, Role::Dim).text(text, name);
            }
        }
    }
}
