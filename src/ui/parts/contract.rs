//! Goals of the success plan, and below them contracts, those that end next first.

use super::Spot;
use crate::app::Model;
use crate::app::layout::Area;
use crate::domain::account_view::{AccountView, ContractLine, TermLine};
use crate::domain::goal::{Goal, State};
use crate::domain::values::plain;
use crate::domain::wrap::width;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;
use crate::ui::{panes, words};

/// Draws the part: a contract's name and value, its terms below, and the parent below the last one.
pub fn draw(model: &Model, view: &AccountView, canvas: &mut Canvas, spot: &Spot) {
    let cells = spot.inside.width.saturating_sub(3);
    let flowed: Vec<_> = view
        .contracts
        .iter()
        .map(|contract| flowed(terms(model, contract), cells))
        .collect();
    let mut heights: Vec<u16> = view.goals.iter().map(|_| 2).collect();
    heights.extend(flowed.iter().map(|lines| lines.len() as u16 + 1));
    if let Some(last) = heights
        .last_mut()
        .filter(|_| view.parent.is_some() && !flowed.is_empty())
    {
        *last += 1;
    }
    let teach = "No contract: the mapping found none for this account.";
    spot.items(canvas, &heights, teach, |canvas, at, area, selected| {
        let contract = match view.term_line(at) {
            Some(TermLine::Contract(contract)) => contract,
            Some(TermLine::Goal(one)) => return goal(model, canvas, area, (one, selected)),
            None => return,
        };
        let at = at - view.goals.len();
        let mut line = canvas.line(area, 0);
        line.gap_right(1).bar(selected).gap(1);
        let arr = contract.arr.map_or_else(|| "?".to_owned(), words::exact);
        let known = if contract.arr.is_some() {
            Role::Plain
        } else {
            Role::Dim
        };
        line.right(&arr, known).gap_right(2);
        line.text(&contract.name, state_role(contract).strong_if(selected));
        for (row, terms) in flowed[at].iter().enumerate() {
            let mut line = canvas.line(area, row as u16 + 1);
            line.bar(selected).gap(1).gap_right(1);
            for (place, (term, role)) in terms.iter().enumerate() {
                if place > 0 {
                    line.text(" · ", Role::Dim);
                }
                line.text(term, *role);
            }
        }
        if let Some(parent) = view.parent.as_deref().filter(|_| at + 1 == flowed.len()) {
            let mut line = canvas.line(area, flowed[at].len() as u16 + 1);
            line.gap(2)
                .gap_right(2)
                .text("parent ", Role::Dim)
                .text(parent, Role::Plain);
        }
    });
}

/// A goal of the success plan: what is to be reached, and where it stands; of one that was missed what was before and is after.
fn goal(model: &Model, canvas: &mut Canvas, area: Area, (goal, selected): (&Goal, bool)) {
    let state = goal.state(model.today);
    let (sign, role) = match state {
        State::Reached => ("✓", Role::Good),
        State::Ahead => ("○", Role::Dim),
        State::Missed => ("▲", Role::Bad),
        State::Unknown => ("?", Role::Dim),
    };
    let mut line = canvas.line(area, 0);
    line.gap_right(1).bar(selected).gap(1);
    let now = goal.value.map_or_else(|| "?".to_owned(), plain);
    line.right(&format!("{now} {}", state.word()), role).gap_right(2);
    line.text(sign, role)
        .gap(1)
        .text(&goal.aim(), Role::Plain.strong_if(selected));
    let by = goal
        .due
        .map_or_else(|| "?".to_owned(), |due| words::calendar_day(model.today, due));
    let below = match (goal.before_and_after(model.today), state) {
        (Some(beside), _) => beside,
        (None, State::Missed) => format!("by {by} · nobody said why yet: m"),
        (None, _) => format!("by {by} · {}", goal.title),
    };
    canvas
        .line(area, 1)
        .bar(selected)
        .gap(3)
        .gap_right(1)
        .text(&below, Role::Dim);
}

fn state_role(contract: &ContractLine) -> Role {
    match contract.state.as_str() {
        "ended" | "churned" => Role::Dim,
        _ => Role::Plain,
    }
}

/// The terms, what matters first: until when they can leave, when it ends, how it goes on.
fn terms(model: &Model, contract: &ContractLine) -> Vec<(String, Role)> {
    let mut terms = Vec::new();
    match contract.state.as_str() {
        "active" | "ended" => {}
        state @ ("late" | "churned") => terms.push((state.to_owned(), Role::Bad)),
        state => terms.push((state.to_owned(), Role::Dim)),
    }
    if let Some(notice) = contract.notice_by.filter(|_| contract.state != "ended") {
        let day = words::calendar_day(model.today, notice);
        terms.push(if notice < model.today {
            (format!("notice passed {day}"), Role::Dim)
        } else {
            (format!("notice by {day}"), panes::urgency(model.today, notice))
        });
    }
    let end = contract.end.map(|end| words::calendar_day(model.today, end));
    let (ends, role) = match contract.state.as_str() {
        "ended" => ("ended", Role::Dim),
        _ => ("ends", Role::Plain),
    };
    terms.push((format!("{ends} {}", end.as_deref().unwrap_or("?")), role));
    let goes_on = match (contract.monthly, contract.auto_renew) {
        (Some(true), _) => "monthly",
        (_, Some(true)) => "auto-renews",
        (_, Some(false)) => "must renew",
        (_, None) => return terms,
    };
    terms.push((goes_on.to_owned(), Role::Dim));
    terms
}

/// The terms in lines of this width, each term whole.
fn flowed(terms: Vec<(String, Role)>, cells: u16) -> Vec<Vec<(String, Role)>> {
    let mut lines: Vec<Vec<(String, Role)>> = vec![Vec::new()];
    let mut used = 0;
    for (term, role) in terms {
        let needs = width(&term) + 3;
        if used + needs > cells + 3 && used > 0 {
            lines.push(Vec::new());
            used = 0;
        }
        used += needs;
        if let Some(line) = lines.last_mut() {
            line.push((term, role));
        }
    }
    lines
}
