//! What can be handed over of an account, and what the chosen handoff has to say.

use super::open_box;
use crate::app::Model;
use crate::app::layout::{Area, Frame};
use crate::app::overlay::Handoffs;
use crate::domain::handoff::Template;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Most cells of the box.
const WIDEST: u16 = 80;
/// Most rows of the box.
const HIGHEST: u16 = 24;

/// Draws the list over the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, list: &Handoffs) {
    let body = Frame::of(model.size, 0).body;
    let area = body.middle(
        WIDEST.min(body.width.saturating_sub(4)),
        HIGHEST.min(body.height.saturating_sub(2)),
    );
    let inside = open_box(canvas, area, &format!("Hand over · {}", list.about.name), "");
    let choices = Handoffs::choices(&model.outbox);
    let said = match (&list.view, choices.is_empty()) {
        (None, _) => Some("Reading the account …"),
        (_, true) => Some("The organisation's phase has no handoffs: handoffs.toml says which it has."),
        _ => None,
    };
    if let Some(said) = said {
        canvas.line(inside, 0).gap(2).text(said, Role::Dim);
        return;
    }
    let rows = choices.len().min(usize::from(inside.height / 2).max(1));
    let top = (list.cursor.at + 1).saturating_sub(rows);
    for (row, (_, template)) in choices.iter().enumerate().skip(top).take(rows) {
        let mut line = canvas.line(inside, (row - top) as u16);
        let selected = row == list.cursor.at;
        line.bar(selected)
            .gap(1)
            .text(&template.roles(), Role::Plain.strong_if(selected));
    }
    let below = inside.below(rows as u16);
    canvas.rule(below, 0, Role::Dim);
    if let Some((_, template)) = choices.get(list.cursor.at) {
        says(canvas, below.below(1), template);
    }
}

/// What it has to say, a line each, and by when it is answered.
fn says(canvas: &mut Canvas, area: Area, template: &Template) {
    for (row, field) in template.fields.iter().enumerate() {
        let mut line = canvas.line(area, row as u16);
        line.gap(2).gap_right(1);
        if field.prefill.is_some() {
            line.right("filled from the account", Role::Dim).gap_right(2);
        }
        let required = if field.required { "* " } else { "  " };
        line.text(required, Role::Here).text(&field.title, Role::Plain);
    }
    canvas
        .line(area, template.fields.len() as u16)
        .gap(2)
        .text("* required", Role::Dim);
}
