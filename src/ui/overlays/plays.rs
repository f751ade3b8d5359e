//! The playbooks that can be started on an account, and what the chosen one would do; its runs, and what is open of them.

use super::{open_box, place};
use crate::app::Model;
use crate::app::layout::{Area, Frame};
use crate::app::overlay::Plays;
use crate::app::overlay::plays::{Choice, Line};
use crate::domain::playbook::{Fit, Run, StartedStep, StepKind, What};
use crate::domain::words::short_day;
use crate::domain::wrap::wrapped;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Most cells of the box.
const WIDEST: u16 = 90;
/// Most rows of the box.
const HIGHEST: u16 = 24;

/// Cells of a day.
const DAY: u16 = 10;

/// Most lines of what speaks against a start.
const MOST_LINES: usize = 3;

/// Draws the list over the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, list: &Plays) {
    let body = Frame::of(model.size, model.banner()).body;
    let area = body.middle(
        WIDEST.min(body.width.saturating_sub(4)),
        HIGHEST.min(body.height.saturating_sub(2)),
    );
    let lines = list.lines(&model.outbox);
    let rows = lines.len().min(usize::from(area.inside().height / 2).max(1));
    let place = place(list.cursor.at, rows, lines.len());
    let inside = open_box(canvas, area, &format!("Play · {}", list.about.name), &place);
    if lines.is_empty() {
        let text = match list.view {
            None => "Reading the account …",
            Some(_) => "There is no playbook: playbooks/*.toml have them.",
        };
        canvas.line(inside, 0).gap(2).text(text, Role::Dim);
        return;
    }
    let top = (list.cursor.at + 1).saturating_sub(rows);
    for (row, line) in lines.iter().enumerate().skip(top).take(rows) {
        let selected = row == list.cursor.at;
        let area = inside.below((row - top) as u16).top(1);
        match line {
            Line::Start(choice) => one_choice(canvas, area, choice, selected),
            Line::Run(run) => one_run(canvas, area, run, selected),
        }
    }
    let below = inside.below(rows as u16);
    canvas.rule(below, 0, Role::Dim);
    match lines.get(list.cursor.at) {
        Some(Line::Start(choice)) => plan(model, canvas, below.below(1), choice),
        Some(Line::Run(run)) => {
            let open = run.steps.iter().filter(|step| step.is_open());
            for (row, step) in open.enumerate() {
                one(model, canvas, below.below(1 + row as u16).top(1), &step.step);
            }
        }
        None => {}
    }
}

/// A playbook, what speaks against it, and the warning that it answers.
fn one_choice(canvas: &mut Canvas, area: Area, choice: &Choice, selected: bool) {
    let mut line = canvas.line(area, 0);
    line.gap_right(1).bar(selected).gap(1);
    let aside = match choice.fit() {
        _ if choice.running.is_some() => Some("runs already"),
        _ if choice.is_colleagues() => Some("a colleague's runs"),
        Fit::Applies => choice.is_over().then_some("over at once"),
        Fit::DoesNot => Some("does not apply"),
        Fit::CannotTell => Some("cannot tell"),
    };
    if let Some(aside) = aside {
        line.right(aside, Role::Doubtful).gap_right(2);
    }
    line.text(&choice.playbook.title, Role::Plain.strong_if(selected));
    if let Some(warning) = choice.warning {
        line.gap(2).text(&warning.reason, Role::Dim);
    }
}

/// A run that is there already: how far it is, and whether it is paused.
fn one_run(canvas: &mut Canvas, area: Area, run: &Run, selected: bool) {
    let (done, of) = run.progress();
    let mut line = canvas.line(area, 0);
    line.gap_right(1).bar(selected).gap(1);
    line.text("▶", Role::Here).gap(1);
    line.right(&format!("{done} of {of}"), Role::Dim).gap_right(2);
    let paused = run.paused.as_ref().map(|(_, why)| format!("paused: {why}"));
    let what = paused.as_deref().unwrap_or("under way");
    line.text(&run.title, Role::Plain.strong_if(selected))
        .gap(2)
        .text(what, Role::Dim);
}

/// What speaks against starting it, and what that would do: a line per step.
fn plan(model: &Model, canvas: &mut Canvas, mut area: Area, choice: &Choice) {
    if let Some(why) = choice.doubt() {
        for line in wrapped(&why, area.width.saturating_sub(4), MOST_LINES) {
            canvas.line(area, 0).gap(2).text(&line, Role::Doubtful);
            area = area.below(1);
        }
    }
    let deed = choice.deed(&model.reading_occasion(), &model.outbox, model.currency);
    let deed = match deed {
        Ok(deed) => deed,
        Err(why) => {
            canvas.line(area, 0).gap(2).text(&why, Role::Bad);
            return;
        }
    };
    let Some(What::Started { steps, .. }) = deed.events.first().map(|event| &event.what) else {
        return;
    };
    let fallen = steps
        .iter()
        .filter_map(|step| Some((&step.title, step.fallen()?)));
    for (title, fallen) in fallen {
        canvas
            .line(area, 0)
            .gap(2)
            .gap_right(2)
            .text(&format!("{fallen}: {title}"), Role::Doubtful);
        area = area.below(1);
    }
    for (row, step) in steps.iter().enumerate() {
        one(model, canvas, area.below(row as u16).top(1), step);
    }
}

fn one(model: &Model, canvas: &mut Canvas, area: Area, step: &StartedStep) {
    let mut line = canvas.line(area, 0);
    line.gap(2).gap_right(1);
    if step.when.is_some() {
        line.right("conditional", Role::Doubtful).gap_right(2);
    }
    if let (StepKind::List, Some(list)) = (step.kind, &step.value) {
        line.right(&format!("list {list}"), Role::Here).gap_right(2);
    }
    if let (StepKind::Set, Some(field)) = (step.kind, &step.field) {
        line.right(&format!("sets {field}"), Role::Here).gap_right(2);
    }
    if step.crm_task {
        line.right("CRM task", Role::Here).gap_right(2);
    }
    line.right(&step.owner_name, Role::Dim).gap_right(2);
    line.column(DAY, &short_day(model.today, step.due), Role::Dim)
        .text(&step.title, Role::Plain);
}
