//! A few lines about the account that every pane speaks of.

use super::risks::reasons_in;
use crate::app::Model;
use crate::app::layout::{Area, Pane};
use crate::domain::book::Row;
use crate::domain::countdown::Countdown;
use crate::domain::desk::DueItem;
use crate::domain::wrap::{cut, width, wrapped};
use crate::ui::canvas::Canvas;
use crate::ui::health;
use crate::ui::theme::{Ink, Role};
use crate::ui::{panes, words};

/// Below a single pane: a rule, the account, why it is in the queue, what is next, when it was last touched.
pub fn strip(model: &Model, canvas: &mut Canvas, area: Area) {
    if area.height == 0 {
        return;
    }
    canvas.rule(area, 0, Role::Dim);
    let area = area.below(1);
    let Some(row) = selected_row(model) else { return };
    account(model, canvas, area, row);
    reasons(model, canvas, area.below(1), row);
    in_run(model, canvas, area.below(2));
    let rest = area.below(3);
    let used = next(model, canvas, rest, row);
    touch(model, canvas, rest.below(used), row);
}

/// Below the steps: the account, where the step stands in its run or else why the account is in the queue, what the step says.
pub fn below(model: &Model, canvas: &mut Canvas, area: Area) {
    let Some(row) = selected_row(model) else { return };
    let area = area.below(1);
    account(model, canvas, area, row);
    if !in_run(model, canvas, area.below(1)) {
        reasons(model, canvas, area.below(1), row);
    }
    let rest = area.below(2);
    if model.pane != Pane::Steps || step_text(model, canvas, rest, 1) == 0 {
        touch(model, canvas, rest, row);
    }
}

fn selected_row(model: &Model) -> Option<Row<'_>> {
    model.accounts.book.row(model.selected.as_ref()?.row?)
}

fn account(model: &Model, canvas: &mut Canvas, area: Area, row: Row) {
    let mut line = canvas.line(area, 0);
    line.gap(1).gap_right(1);
    if row.has_churned() {
        line.text("churned", Role::Dim).gap(2);
    } else {
        let shown = words::Health::of(row.band(), row.last_band(), row.score());
        line.text(&shown.words(), health::role(shown).strong()).gap(2);
    }
    let stake = match row.at_stake() {
        Some(0) => None,
        None if row.has_churned() => None,
        stake => Some((words::money(stake, model.currency), stake.is_some())),
    };
    // Where not all has room, what is at stake stays.
    let kept = stake
        .as_ref()
        .map_or(0, |(money, _)| width("at stake ") + width(money));
    let name = cut(row.name(), line.left().saturating_sub(kept + 2));
    line.text(&name, Role::Plain.strong()).gap(2);
    let at_least = if row.arr_at_least() && row.arr().is_some() {
        "≥"
    } else {
        ""
    };
    let arr = words::money(row.arr(), model.currency);
    let arr = format!("{at_least}{arr}");
    let countdown = Countdown {
        notice_by: row.notice_by(),
        ends: row.ends(),
    };
    let notice = if countdown.notice_passed(model.today).is_some() {
        Some(("", countdown.words(model.today), Ink::from(Role::Dim)))
    } else {
        row.notice_by().map(|notice| {
            let days = words::until(model.today, notice);
            ("notice ", days, panes::urgency(model.today, notice).into())
        })
    };
    let free = line.left().saturating_sub(kept);
    let notice_cells = notice
        .as_ref()
        .map_or(0, |(before, days, _)| width(before) + width(days) + 2);
    let has_notice = notice_cells <= free;
    let beside = if has_notice { notice_cells } else { 0 };
    if width(&arr) + 2 + beside <= free {
        line.text(&arr, Role::Dim).gap(2);
    }
    if let Some((before, days, ink)) = notice.filter(|_| has_notice) {
        line.text(before, Role::Dim).text(&days, ink).gap(2);
    }
    if let Some((money, known)) = stake {
        let role = if known { Role::Bad } else { Role::Dim };
        line.text("at stake ", Role::Dim)
            .text(&money, role.strong_if(known));
    }
}

fn reasons(model: &Model, canvas: &mut Canvas, area: Area, row: Row) {
    let desk = model.desk.desk.as_deref();
    let risk = desk.and_then(|desk| desk.risks.iter().find(|risk| risk.account.as_str() == row.id()));
    let cells = area.width.saturating_sub(2);
    let text = match risk {
        Some(risk) => reasons_in(risk, cells),
        None if !model.desk.loaded => String::new(),
        None if !model.is_judged() => "warnings not known yet".to_owned(),
        None if desk.is_some_and(|desk| desk.signals_faulty) => {
            "warnings unknown: signals.toml has mistakes".to_owned()
        }
        // They may be held back, asleep, a segment's or on an account of somebody else's.
        None => match row.open_warnings() {
            0 => "no open warning".to_owned(),
            open => format!(
                "{}, none in the queue itself",
                words::counted(open.into(), "open warning", "open warnings")
            ),
        },
    };
    canvas.line(area, 0).gap(1).gap_right(1).text(&text, Role::Dim);
}

/// The account's next step, or the words of the selected one; returns the lines it took.
fn next(model: &Model, canvas: &mut Canvas, area: Area, row: Row) -> u16 {
    if model.pane == Pane::Steps {
        return step_text(model, canvas, area, area.height.saturating_sub(1));
    }
    let due = model.desk.desk.as_deref().map_or(&[][..], |desk| &desk.due);
    let of_account = |item: &&DueItem| item.account.as_ref().is_some_and(|id| id.as_str() == row.id());
    let Some(item) = due.iter().find(of_account) else {
        return 0;
    };
    let mut line = canvas.line(area, 0);
    line.gap(1)
        .gap_right(1)
        .text("next ", Role::Dim)
        .text(&words::due(model.local(), item), Role::Here)
        .gap(2);
    line.text(&item.title, Role::Plain);
    1
}

/// Where the selected step stands in its run; `false` where it is no step of one.
fn in_run(model: &Model, canvas: &mut Canvas, area: Area) -> bool {
    let item = model.desk.due_at(model.cursor(Pane::Steps).at);
    let step = item.and_then(|item| item.step.as_ref());
    let Some(within) = step
        .and_then(|step| step.within.as_ref())
        .filter(|_| model.pane == Pane::Steps)
    else {
        return false;
    };
    canvas
        .line(area, 0)
        .gap(1)
        .gap_right(1)
        .text(&within.words(), Role::Dim);
    true
}

/// What the selected step says, in at most `most` lines; returns the lines it took.
fn step_text(model: &Model, canvas: &mut Canvas, area: Area, most: u16) -> u16 {
    let item = model.desk.due_at(model.cursor(Pane::Steps).at);
    // Why it is an exception comes first.
    let odd = item.and_then(|item| item.part_of()?.odd.as_deref());
    let body = item
        .map(|item| item.body.as_str())
        .filter(|body| !body.is_empty());
    let text: Vec<&str> = odd.into_iter().chain(body).collect();
    let lines = wrapped(&text.join("\n"), area.width.saturating_sub(2), usize::from(most));
    for (row, text) in lines.iter().enumerate() {
        canvas
            .line(area, row as u16)
            .gap(1)
            .gap_right(1)
            .text(text, Role::Plain);
    }
    lines.len() as u16
}

fn touch(model: &Model, canvas: &mut Canvas, area: Area, row: Row) {
    let mut line = canvas.line(area, 0);
    line.gap(1).gap_right(1).text("last touch ", Role::Dim);
    match row.last_touch() {
        Some(day) => {
            line.text(&words::calendar_day(model.today, day), Role::Plain);
            line.text(&format!(", {}", words::ago(model.today, day)), Role::Dim);
        }
        None => {
            line.text("?", Role::Dim);
        }
    }
    if let Some(csm) = row.csm() {
        line.gap(3).text("CSM ", Role::Dim).text(csm, Role::Plain);
    }
    if let Some(segment) = row.segment() {
        line.gap(3).text(segment, Role::Dim);
    }
}
