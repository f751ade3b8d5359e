//! The fields of an account that can be edited.

use super::open_box;
use crate::app::Model;
use crate::app::layout::{Area, Frame};
use crate::app::overlay::Fields;
use crate::domain::acts::edit::EditableField;
use crate::domain::record::ValueType;
use crate::domain::wrap::{cut_middle, width};
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;
use crate::ui::words;

/// Most cells of the box.
const WIDEST: u16 = 72;
/// Most cells of the name of the contract that a field belongs to.
const MOST_OF_CONTRACT: u16 = 28;

/// Draws the list over the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, list: &Fields) {
    let body = Frame::of(model.size, 0).body;
    let fields = list.fields.as_deref().unwrap_or_default();
    let area = body.middle(
        WIDEST.min(body.width.saturating_sub(4)),
        fields.len().max(1) as u16 + 2,
    );
    let inside = open_box(canvas, area, &format!("Edit · {}", list.about.name), "");
    if fields.is_empty() {
        let text = match list.fields {
            None => "Reading the account …",
            Some(_) => "The mapping names no field that the CRM lets be written.",
        };
        canvas.line(inside, 0).gap(2).text(text, Role::Dim);
    }
    let labels = fields.iter().map(|field| width(&field.label)).max().unwrap_or(0);
    let rows = usize::from(inside.height);
    let top = (list.cursor.at + 1).saturating_sub(rows);
    for (row, field) in fields.iter().enumerate().skip(top).take(rows) {
        let line = inside.below((row - top) as u16).top(1);
        one(model, canvas, line, field, labels, row == list.cursor.at);
    }
}

fn one(model: &Model, canvas: &mut Canvas, area: Area, field: &EditableField, labels: u16, selected: bool) {
    let mut line = canvas.line(area, 0);
    line.gap_right(1).bar(selected).gap(1);
    line.field(labels, &field.label, Role::Dim).gap(2);
    if let Some(state) = field.pending {
        line.right(state.word(), Role::Dim)
            .right(&format!("{} ", words::pending(state)), Role::Here);
    }
    if let Some(contract) = &field.contract {
        line.right(
            &format!("  {}", cut_middle(contract, MOST_OF_CONTRACT)),
            Role::Dim,
        );
    }
    let shown = match (field.value_type, field.value.as_deref()) {
        (ValueType::Bool, Some("true")) => "yes".to_owned(),
        (ValueType::Bool, Some("false")) => "no".to_owned(),
        _ => field.shown(&model.outbox.people),
    };
    if shown.is_empty() {
        line.text("not set", Role::Dim);
    } else {
        line.text(&shown, Role::Plain.strong_if(selected));
    }
}
