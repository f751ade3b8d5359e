//! How bulk plays stand: each with how many accounts stand how, opened to its steps and its accounts.

use super::open_box;
use crate::app::Model;
use crate::app::overlay::Standings;
use crate::app::overlay::standings::Line;
use crate::domain::playbook::{AccountOf, Standing, StepCount};
use crate::domain::words::{counted, short_day};
use crate::domain::wrap::width;
use crate::ui::canvas::{Canvas, Line as Drawn};
use crate::ui::panes::shown;
use crate::ui::theme::Role;

/// Cells of a playbook's name, and of an account's.
const TITLE: u16 = 22;
const ACCOUNT: u16 = 26;
/// Cells of a step's id.
const STEP: u16 = 16;

/// Draws it over everything between the header and the last line.
pub fn draw(model: &Model, canvas: &mut Canvas, screen: &Standings) {
    let area = Standings::area(model.size);
    let said = match &screen.read {
        None => Some("Reading the journal …"),
        Some(read) if read.is_empty() => {
            Some("No playbook was started on many accounts yet: mark accounts with space, then p.")
        }
        Some(_) => None,
    };
    if let Some(said) = said {
        let inside = open_box(canvas, area, "Bulk plays", "");
        canvas.line(inside, 1).gap(2).text(said, Role::Dim);
        return;
    }
    let inside = usize::from(area.inside().height);
    let below = shown(screen.cursor.top, inside, screen.lines.len());
    let inside = open_box(canvas, area, "Bulk plays", &below);
    for (row, (line, selected)) in screen.shown(model.size).enumerate() {
        let mut out = canvas.line(inside, row as u16);
        out.bar(selected).gap_right(1);
        let (Line::Play(at) | Line::Step(at, _) | Line::Account(at, _)) = line;
        let Some(standing) = screen.play(at) else { continue };
        match line {
            Line::Play(_) => play(model, &mut out, standing, selected),
            Line::Step(_, at) => step(&mut out, at, &standing.steps[at]),
            Line::Account(_, at) => account(model, &mut out, &standing.accounts[at], selected),
        }
    }
}

fn play(model: &Model, out: &mut Drawn<'_, '_>, standing: &Standing, selected: bool) {
    let since = standing.started.to_zoned(model.zone.clone()).date();
    out.right(&short_day(model.today, since), Role::Dim).gap_right(2);
    let odd = standing.exceptions().count();
    if odd > 0 {
        let odd = counted(odd as u64, "exception", "exceptions");
        out.right(&odd, Role::Doubtful).gap_right(2);
    }
    out.gap(1)
        .field(TITLE, &standing.title, Role::Plain.strong_if(selected))
        .gap(1);
    let words = standing.words();
    let short = words
        .strip_prefix("started on ")
        .filter(|_| out.left() < width(&words));
    out.text(short.unwrap_or(&words), Role::Plain);
}

fn step(out: &mut Drawn<'_, '_>, at: usize, step: &StepCount) {
    out.gap(3)
        .field(8, &format!("step {}", at + 1), Role::Dim)
        .field(STEP, &step.step, Role::Dim)
        .gap(1)
        .text(&step.words(), Role::Dim);
}

fn account(model: &Model, out: &mut Drawn<'_, '_>, one: &AccountOf, selected: bool) {
    let (sign, role) = match one.odd {
        Some(_) => ("▲ ", Role::Doubtful),
        None => ("  ", Role::Dim),
    };
    out.gap(3)
        .text(sign, role)
        .field(ACCOUNT, &one.name, Role::Plain.strong_if(selected))
        .gap(1);
    match &one.odd {
        Some(why) => out.text(why, Role::Doubtful),
        None => out.text(&one.words(model.today), Role::Dim),
    };
}
