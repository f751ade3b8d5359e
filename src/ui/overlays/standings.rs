//! How bulk plays stand: each with how many accounts stand how, opened to its steps and its accounts.

use super::open_box;
use crate::app::Model;
use crate::app::overlay::Standings;
use crate::app::overlay::standings::{Figures, Line};
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
        let (Line::Play(at) | Line::Step(at, _) | Line::Account(at, _) | Line::LeftOut(at)) = line;
        let Some((standing, figures)) = screen.play(at).zip(screen.figures(at)) else {
            continue;
        };
        match line {
            Line::Play(_) => play(model, &mut out, (standing, figures), selected),
            Line::Step(_, at) => step(&mut out, at, &standing.steps[at]),
            Line::LeftOut(_) => {
                let shows = screen.all.contains(&standing.id);
                left_out(&mut out, figures, shows, selected);
            }
            Line::Account(_, at) => account(model, &mut out, &standing.accounts[at], selected),
        }
    }
}

fn play(model: &Model, out: &mut Drawn<'_, '_>, (standing, figures): (&Standing, &Figures), selected: bool) {
    let since = standing.started.to_zoned(model.zone.clone()).date();
    out.right(&short_day(model.today, since), Role::Dim).gap_right(2);
    if figures.left_out > 0 {
        out.right(&format!("{} left out", figures.left_out), Role::Dim)
            .gap_right(2);
    }
    if figures.odd > 0 {
        let odd = counted(figures.odd as u64, "exception", "exceptions");
        out.right(&odd, Role::Doubtful).gap_right(2);
    }
    out.gap(1)
        .field(TITLE, &standing.title, Role::Plain.strong_if(selected))
        .gap(1);
    let words = &figures.words;
    let short = words
        .strip_prefix("started on ")
        .filter(|_| out.left() < width(words));
    out.text(short.unwrap_or(words), Role::Plain);
}

fn step(out: &mut Drawn<'_, '_>, at: usize, step: &StepCount) {
    out.gap(3)
        .field(8, &format!("step {}", at + 1), Role::Dim)
        .field(STEP, &step.step, Role::Dim)
        .gap(1)
        .text(&step.words(), Role::Dim);
}

/// How many accounts were left out, and whether each shows below.
fn left_out(out: &mut Drawn<'_, '_>, figures: &Figures, shows: bool, selected: bool) {
    let sign = if shows { "− " } else { "+ " };
    let count = format!("{} left out", figures.left_out);
    out.gap(3)
        .text(sign, Role::Dim)
        .field(ACCOUNT, &count, Role::Dim.strong_if(selected))
        .gap(1)
        .text("rightly not started", Role::Dim);
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
    match (&one.odd, &one.left_out) {
        (Some(why), _) => out.text(why, Role::Doubtful),
        (None, Some(why)) => out.text(why, Role::Dim),
        (None, None) => out.text(&one.words(model.today), Role::Dim),
    };
}
