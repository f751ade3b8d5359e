//! The fields of an account that can be edited.

use super::open_box;
use crate::app::Model;
use crate::app::layout::{Area, Frame};
use crate::app::overlay::Fields;
use crate::domain::acts::edit::EditableField;
use crate::domain::outbox::State;
use crate::domain::wrap::{cut_middle, width};
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;
use crate::ui::{panes, words};

/// Most cells of the box.
const WIDEST: u16 = 96;
/// The name of the contract that a field belongs to has at least so many cells, more where its value leaves them.
const LEAST_OF_CONTRACT: u16 = 12;
/// Cells of what stands in the place of a value that is not set.
const NOT_SET: u16 = 7;

/// Draws the list over the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, list: &Fields) {
    let body = Frame::of(model.size, model.banner()).body;
    let all = list.fields.as_ref().map_or(0, Vec::len);
    let fields = list.shown();
    // It keeps its height while one narrows it.
    let area = body.middle(WIDEST.min(body.width.saturating_sub(4)), all.max(1) as u16 + 2);
    let rows = usize::from(area.inside().height);
    let top = (list.cursor.at + 1).saturating_sub(rows);
    let below = if fields.len() > rows {
        panes::shown(top, rows, fields.len())
    } else {
        String::new()
    };
    let filter = match (list.typing, list.filter.text()) {
        (false, "") => String::new(),
        (true, text) => format!(" · / {text}▏"),
        (false, text) => format!(" · / {text}"),
    };
    let title = format!("Edit · {}{filter}", list.about.name);
    let inside = open_box(canvas, area, &title, &below);
    if fields.is_empty() {
        let text = match list.fields {
            None => "Reading the account …",
            Some(_) if all > 0 => "No field is called so.",
            Some(_) => "The mapping names no field that the CRM lets be written.",
        };
        canvas.line(inside, 0).gap(2).text(text, Role::Dim);
    }
    let labels = fields.iter().map(|field| width(&field.label)).max().unwrap_or(0);
    let states = fields.iter().map(|field| width(&state(model, field))).max();
    let cells = (labels, states.unwrap_or(0));
    for (row, field) in fields.iter().enumerate().skip(top).take(rows) {
        let line = inside.below((row - top) as u16).top(1);
        one(model, canvas, line, field, cells, row == list.cursor.at);
    }
}

/// Where the write of a field stands that is not in the CRM; empty where nothing waits.
fn state(model: &Model, field: &EditableField) -> String {
    let mark = match field.waiting(&model.outbox.view.open).map(|entry| entry.state) {
        Some(state @ State::Conflict) => Some(("◆", state)),
        Some(state @ State::Parked) => Some(("▲", state)),
        _ => field.pending.map(|state| (words::pending(state), state)),
    };
    mark.map_or_else(String::new, |(mark, state)| format!("{mark} {}", state.word()))
}

fn one(
    model: &Model,
    canvas: &mut Canvas,
    area: Area,
    field: &EditableField,
    (labels, states): (u16, u16),
    selected: bool,
) {
    let people = &model.outbox.people;
    let held = field.held_by(&model.outbox.view.open);
    let mut line = canvas.line(area, 0);
    line.gap_right(1).bar(selected).gap(1);
    line.field(labels, &field.label, Role::Dim).gap(2);
    if states > 0 {
        let state = state(model, field);
        let role = held.map_or(Role::Here, |_| Role::Doubtful);
        let rest = states - width(&state);
        line.gap_right(rest).right(&state, role);
    }
    let shown = field.told(people, &model.zone);
    let mine = held.map(|entry| field.wanted(entry, people, &model.zone));
    let mine = mine.map_or_else(String::new, |mine| match mine.as_str() {
        "" => " · mine: not set".to_owned(),
        mine => format!(" · mine: {mine}"),
    });
    if let Some(contract) = &field.contract {
        // What the value leaves is its.
        let value = width(&shown).max(NOT_SET) + width(&mine);
        let free = line.left().saturating_sub(value + 6);
        let contract = cut_middle(contract, free.max(LEAST_OF_CONTRACT));
        line.right(&format!("  {contract}  "), Role::Dim);
    }
    if shown.is_empty() {
        line.text("not set", Role::Dim);
    } else {
        line.text(&shown, Role::Plain.strong_if(selected));
    }
    line.text(&mine, Role::Doubtful);
}
