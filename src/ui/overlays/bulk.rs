//! A playbook on the accounts that are marked: which one, then what it would do on each, and the number that starts it.

use jiff::civil::Date;

use super::{open_box, place};
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::BulkPlay;
use crate::app::overlay::bulk::Stage;
use crate::domain::playbook::{Line, Plan, Spared};
use crate::domain::words::{counted, short_day};
use crate::ui::canvas::Canvas;
use crate::ui::panes::shown;
use crate::ui::theme::Role;

/// Cells for the name of an account, what is started, and whose its first step is.
const NAME: u16 = 24;
const STARTS: u16 = 17;
const WHOSE: u16 = 14;
/// Cells for the day by which the first step is due.
const DAY: u16 = 10;

/// Draws it over the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, bulk: &BulkPlay) {
    let area = bulk.area(model.size);
    let on = counted(bulk.accounts.len() as u64, "account", "accounts");
    match &bulk.stage {
        Stage::Choosing => {
            let (rows, len) = (bulk.page(model.size), bulk.len(&model.outbox));
            let place = place(bulk.cursor.at, rows, len);
            let inside = open_box(canvas, area, &format!("Play · {on}"), &place);
            choosing(model, canvas, inside, bulk);
        }
        Stage::Reading { .. } => {
            let inside = open_box(canvas, area, &format!("Play · {on}"), "");
            let text = "Reading the accounts: what it would do on each …";
            canvas.line(inside, 0).gap(2).text(text, Role::Dim);
        }
        Stage::Planned { plan, typed, .. } => {
            let page = bulk.page(model.size);
            let below = shown(bulk.cursor.top, page, plan.all());
            let title = format!("Play · {} · {on}", plan.title);
            let inside = open_box(canvas, area, &title, &below);
            heads(canvas, inside);
            let inside = inside.below(1);
            let lines = plan.lines().skip(bulk.cursor.top).take(page);
            for (row, line) in lines.enumerate() {
                one(canvas, inside.below(row as u16).top(1), line, model.today);
            }
            asked(canvas, inside.below(page as u16), plan, typed.text());
        }
    }
}

fn choosing(model: &Model, canvas: &mut Canvas, inside: Area, bulk: &BulkPlay) {
    let playbooks = &model.outbox.means.playbooks;
    if playbooks.is_empty() {
        let text = "There is no playbook: playbooks/*.toml have them.";
        canvas.line(inside, 0).gap(2).text(text, Role::Dim);
    }
    let rows = usize::from(inside.height).max(1);
    let top = (bulk.cursor.at + 1).saturating_sub(rows);
    for (row, playbook) in playbooks.iter().enumerate().skip(top).take(rows) {
        let selected = row == bulk.cursor.at;
        let mut line = canvas.line(inside, (row - top) as u16);
        let steps = counted(playbook.steps.len() as u64, "step", "steps");
        line.gap_right(1).bar(selected).gap(1);
        line.right(&steps, Role::Dim).gap_right(2);
        line.text(&playbook.title, Role::Plain.strong_if(selected));
    }
}

/// What stands in the columns.
fn heads(canvas: &mut Canvas, area: Area) {
    let mut line = canvas.line(area, 0);
    line.gap(3).gap_right(1);
    for (head, cells) in [
        ("account", NAME),
        ("starts", STARTS),
        ("first due", DAY),
        ("whose", WHOSE),
    ] {
        line.field(cells, head, Role::Dim).gap(1);
    }
    line.text("why", Role::Dim);
}

fn one(canvas: &mut Canvas, area: Area, line: &Line, today: Date) {
    let mut drawn = canvas.line(area, 0);
    drawn.gap(1).gap_right(1);
    match &line.does {
        Ok(starts) => {
            drawn
                .text("▶ ", Role::Here)
                .field(NAME, &line.name, Role::Plain)
                .gap(1);
            let tasks = match starts.tasks {
                0 => String::new(),
                tasks => format!(", {}", counted(tasks as u64, "task", "tasks")),
            };
            let what = format!("{}{tasks}", counted(starts.steps as u64, "step", "steps"));
            drawn.field(STARTS, &what, Role::Dim).gap(1);
            let (due, whose) = starts.first.as_ref().map_or_else(
                || (String::new(), ""),
                |(due, whose)| (short_day(today, *due), whose.as_str()),
            );
            drawn
                .field(DAY, &due, Role::Dim)
                .gap(1)
                .field(WHOSE, whose, Role::Plain)
                .gap(1);
            let reason = starts.reason.as_deref().unwrap_or_default();
            drawn.text(reason, Role::Dim);
        }
        Err(Spared { why, rightly }) => {
            let (sign, role) = if *rightly {
                ("○ ", Role::Dim)
            } else {
                ("▲ ", Role::Doubtful)
            };
            drawn
                .text(sign, role)
                .field(NAME, &line.name, Role::Dim)
                .gap(1)
                .text(why, role);
        }
    }
}

/// What is asked, and what was typed.
fn asked(canvas: &mut Canvas, area: Area, plan: &Plan, typed: &str) {
    canvas.rule(area, 0, Role::Dim);
    let fallen = plan.fallen();
    if !fallen.is_empty() {
        let words = format!(" {} ", fallen.join("; "));
        canvas
            .line(area, 0)
            .gap(1)
            .gap_right(1)
            .text(&words, Role::Doubtful);
    }
    let (starts, all) = (plan.starts(), plan.all());
    let left_out = match plan.left_out() {
        0 => String::new(),
        left_out => format!(" · {left_out} left out"),
    };
    let odd = match plan.exceptions() {
        0 => String::new(),
        odd => format!(" · {}", counted(odd as u64, "exception", "exceptions")),
    };
    let mut line = canvas.line(area, 1);
    line.gap(2);
    if starts == 0 {
        line.text("There is no account to start it on.", Role::Doubtful);
        return;
    }
    line.text(
        &format!("Starts on {starts} of {all}{left_out}{odd}."),
        Role::Plain,
    )
    .gap(1)
    .text("Type that number to start it:", Role::Plain)
    .gap(1)
    .text(&format!("{typed}▏"), Role::Plain.strong());
}
