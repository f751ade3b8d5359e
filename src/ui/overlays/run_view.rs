//! A run of a playbook: what it is, its steps and where each stands, and what the chosen one asks for.

use super::open_box;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::RunView;
use crate::app::reading::runs;
use crate::domain::playbook::{self, Reader, Run, RunStep, Stands};
use crate::domain::words::counted;
use crate::domain::wrap::{width, wrapped};
use crate::ui::canvas::Canvas;
use crate::ui::panes::shown;
use crate::ui::theme::{self, Ink, Role};

/// More lines than this are not counted of one text.
const MOST_LINES: usize = 2_000;
/// Most rows of what the chosen step asks for.
const MOST_OF_STEP: u16 = 11;
/// Most cells of a step's title, where others are longer.
const TITLE: u16 = 40;

/// Draws it over everything between the header and the last line.
pub fn draw(model: &Model, canvas: &mut Canvas, view: &RunView) {
    let area = RunView::area(model.size);
    let Some(run) = view.run() else {
        let title = format!("Run · {}", view.about.name);
        let inside = open_box(canvas, area, &title, &view.id);
        let said = match view.view {
            None => "Reading the account …",
            Some(_) => {
                "This run is not known here any more: its start was taken back, or it is another ledger's."
            }
        };
        canvas.line(inside, 1).gap(2).text(said, Role::Dim);
        return;
    };
    let title = format!("{} · {}", run.title, view.about.name);
    let inside = open_box(canvas, area, &title, &run.id);
    let reader = runs::of_runs(model);
    let mut rest = head(canvas, inside, (view, run), reader);
    let below = MOST_OF_STEP.min(rest.height.saturating_sub(1) / 2);
    canvas.rule(rest, 0, Role::Dim);
    let (rows, len) = (usize::from(rest.height - 1 - below), run.steps.len());
    if len > rows {
        let some = shown(first(view, rows), rows, len);
        canvas
            .line(rest, 0)
            .gap_right(2)
            .right(&format!(" {some} "), Role::Dim);
    }
    rest = rest.below(1);
    steps(canvas, rest.above(below), (view, run), reader);
    if let Some(step) = view.chosen() {
        let rest = rest.bottom(below);
        canvas.rule(rest, 0, Role::Dim);
        details(canvas, rest.below(1), step, &reader.step(run, step));
    }
}

/// What it is, since when, why, where it stands as a whole and what it is for; returns what is left.
fn head(canvas: &mut Canvas, area: Area, (view, run): (&RunView, &Run), reader: Reader<'_>) -> Area {
    let (closed, of) = run.progress();
    let mut line = canvas.line(area, 0);
    line.gap(1).gap_right(1);
    line.text(&format!("{closed} of {of}"), Role::Plain.strong())
        .text(" closed", Role::Plain)
        .gap(3)
        .text(&reader.start(run), Role::Plain)
        .gap(3)
        .text(&format!("version {}", run.version), Role::Dim);
    if let Some(bulk) = &run.bulk {
        line.gap(3).text(&format!("part of {bulk}"), Role::Dim);
    }
    let because = run
        .reason
        .iter()
        .map(|reason| (format!("because of {}", reason.words), Role::Dim));
    let state = reader.state(run).into_iter().map(|words| (words, Role::Doubtful));
    let theirs = view.view.as_deref().map(|view| view.colleagues.as_slice());
    let also = playbook::also(run, theirs.unwrap_or_default()).map(|words| (words, Role::Doubtful));
    let exit = run.exit_when.iter().map(|exit| {
        let now = match run.exit_reached {
            Some(true) => "now",
            Some(false) => "not yet",
            None => "that cannot be told",
        };
        (
            format!("reached once {}: {now}", String::from(exit.clone())),
            Role::Dim,
        )
    });
    let mut rest = area.below(1);
    for (words, role) in because.chain(also).chain(state).chain(exit) {
        canvas.line(rest, 0).gap(1).gap_right(1).text(&words, role);
        rest = rest.below(1);
    }
    rest
}

/// The first step that shows in so many rows.
fn first(view: &RunView, rows: usize) -> usize {
    (view.at() + 1).saturating_sub(rows)
}

fn steps(canvas: &mut Canvas, area: Area, (view, run): (&RunView, &Run), reader: Reader<'_>) {
    let titles = run.steps.iter().map(|one| width(&one.step.title));
    let titles = titles.max().unwrap_or(0).min(TITLE).min(area.width / 2);
    let (at, rows) = (view.at(), usize::from(area.height));
    let top = first(view, rows);
    for (row, step) in run.steps.iter().enumerate().skip(top).take(rows) {
        let selected = row == at;
        let (sign, mark, text) = look(run, step, reader);
        let sign = canvas.theme().sign(sign);
        let mut line = canvas.line(area, (row - top) as u16);
        line.gap_right(1).bar(selected);
        line.text(sign, mark).gap(1);
        line.right(&step.step.owner_name, Role::Dim).gap_right(2);
        line.field(titles, &step.step.title, text.strong_if(selected))
            .gap(3);
        let words = if mark == Role::Bad { Role::Bad } else { Role::Dim };
        line.text(&reader.step(run, step), words);
    }
}

/// Symbol, its role and the role of the title.
fn look(run: &Run, step: &RunStep, reader: Reader<'_>) -> (&'static str, Role, Role) {
    match run.stands(step, reader.today) {
        Stands::Done if step.lacks_evidence().is_some() => ("◆", Role::Doubtful, Role::Dim),
        Stands::Done => ("✓", Role::Good, Role::Dim),
        Stands::LeftOut(_) | Stands::GivenUp => ("–", Role::Dim, Role::Dim),
        Stands::CannotTell(_) => ("◆", Role::Doubtful, Role::Plain),
        Stands::Late => (theme::LATE, Role::Bad, Role::Plain),
        Stands::Ready => ("▶", Role::Here, Role::Plain),
        Stands::Rests | Stands::Waits(_) | Stands::Undecided(_) => ("○", Role::Dim, Role::Dim),
    }
}

/// The chosen step: its title and where it stands, uncut; what it asks for, and how it is done.
fn details(canvas: &mut Canvas, area: Area, step: &RunStep, stands: &str) {
    let one = &step.step;
    let cells = area.width.saturating_sub(2);
    let mut lines: Vec<(String, Ink)> = Vec::new();
    let asks = runs::asks(one);
    for (text, ink) in [
        (one.title.as_str(), Role::Plain.strong()),
        (stands, Role::Plain.into()),
        (&asks, Role::Dim.into()),
        (&one.guidance, Role::Plain.into()),
    ] {
        let text = wrapped(text, cells, MOST_LINES);
        lines.extend(text.into_iter().map(|line| (line, ink)));
    }
    let rows = usize::from(area.height);
    // What does not fit is told in a row of its own.
    let shown = if lines.len() > rows {
        rows.saturating_sub(1)
    } else {
        rows
    };
    for (row, (text, ink)) in lines.iter().take(shown).enumerate() {
        canvas.line(area, row as u16).gap(1).gap_right(1).text(text, *ink);
    }
    let hidden = lines.len().saturating_sub(shown);
    if hidden > 0 {
        let more = counted(hidden as u64, "more line", "more lines");
        let mut line = canvas.line(area.bottom(1), 0);
        line.gap(1).text(&more, Role::Dim).text(" · ", Role::Dim);
        line.text("f", Role::Here.strong()).text(" shows all", Role::Dim);
    }
}
