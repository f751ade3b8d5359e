//! A run of a playbook: what it is, its steps and where each stands, and what the chosen one asks for.

use super::open_box;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::RunView;
use crate::domain::playbook::{Reader, Run, RunStep, Stands, StepKind};
use crate::domain::words::{self, counted};
use crate::domain::wrap::{width, wrapped};
use crate::ui::canvas::Canvas;
use crate::ui::theme::{self, Ink, Role};

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
    let reader = Reader {
        today: model.today,
        zone: &model.zone,
        owners: &model.outbox.owners,
    };
    let mut rest = head(canvas, inside, run, reader);
    canvas.rule(rest, 0, Role::Dim);
    rest = rest.below(1);
    let below = MOST_OF_STEP.min(rest.height / 2);
    steps(canvas, rest.above(below), (view, run), reader);
    if let Some(step) = view.chosen() {
        let rest = rest.bottom(below);
        canvas.rule(rest, 0, Role::Dim);
        details(canvas, rest.below(1), step, &reader.step(run, step));
    }
}

/// What it is, since when, why, where it stands as a whole and what it is for; returns what is left.
fn head(canvas: &mut Canvas, area: Area, run: &Run, reader: Reader<'_>) -> Area {
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
    for (words, role) in because.chain(state).chain(exit) {
        canvas.line(rest, 0).gap(1).gap_right(1).text(&words, role);
        rest = rest.below(1);
    }
    rest
}

fn steps(canvas: &mut Canvas, area: Area, (view, run): (&RunView, &Run), reader: Reader<'_>) {
    let titles = run.steps.iter().map(|one| width(&one.step.title));
    let titles = titles.max().unwrap_or(0).min(TITLE).min(area.width / 2);
    let (at, rows) = (view.at(), usize::from(area.height));
    let top = (at + 1).saturating_sub(rows);
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
    let mut facts = vec![format!("{} of the {}", one.id, words::role(one.role.word()))];
    facts.extend(one.evidence.map(|evidence| evidence.asks().to_owned()));
    match (one.kind, &one.field, &one.value) {
        (StepKind::List, _, Some(list)) => facts.push(format!("puts it on list {list}")),
        (StepKind::Set, Some(field), Some(value)) => facts.push(format!("sets {field} to {value}")),
        _ => {}
    }
    facts.extend(one.fallen());
    facts.extend(one.crm_task.then(|| "a task in the CRM too".to_owned()));
    facts.extend(one.when.iter().map(|when| format!("only if {when}")));
    let cells = area.width.saturating_sub(2);
    let rows = usize::from(area.height);
    let mut lines: Vec<(String, Ink)> = Vec::new();
    let facts = facts.join(" · ");
    for (text, ink) in [
        (one.title.as_str(), Role::Plain.strong()),
        (stands, Role::Plain.into()),
        (&facts, Role::Dim.into()),
        (&one.guidance, Role::Plain.into()),
    ] {
        lines.extend(wrapped(text, cells, rows).into_iter().map(|line| (line, ink)));
    }
    let hidden = lines.len().saturating_sub(rows);
    for (row, (text, ink)) in lines.iter().take(rows).enumerate() {
        canvas.line(area, row as u16).gap(1).gap_right(1).text(text, *ink);
    }
    if hidden > 0 {
        let more = counted(hidden as u64, "more line", "more lines");
        let more = format!(" {more}: enter, enter");
        canvas
            .line(area.bottom(1), 0)
            .gap_right(1)
            .right(&more, Role::Dim);
    }
}
