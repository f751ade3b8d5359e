//! What can be answered on an account and what handed over of it, and what the chosen handoff has to say.

use super::{open_box, place};
use crate::app::Model;
use crate::app::layout::{Area, Frame};
use crate::app::overlay::Handoffs;
use crate::app::overlay::handoffs::Choice;
use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::handoff::{self, FormField, Template};
use crate::domain::wrap::wrapped;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;
use crate::ui::words;

/// Most cells of the box.
const WIDEST: u16 = 80;
/// Most rows of the box.
const HIGHEST: u16 = 24;

/// Draws the list over the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, list: &Handoffs) {
    let body = Frame::of(model.size, model.banner()).body;
    let area = body.middle(
        WIDEST.min(body.width.saturating_sub(4)),
        HIGHEST.min(body.height.saturating_sub(2)),
    );
    let choices = list.choices(&model.outbox);
    let rows = choices.len().min(usize::from(area.inside().height / 2).max(1));
    let place = place(list.cursor.at, rows, choices.len());
    let inside = open_box(canvas, area, &format!("Hand over · {}", list.about.name), &place);
    let said = match (&list.view, choices.is_empty()) {
        (None, _) => Some("Reading the account …"),
        (_, true) => Some("The organisation's phase has no handoffs: handoffs.toml says which it has."),
        _ => None,
    };
    if let Some(said) = said {
        canvas.line(inside, 0).gap(2).text(said, Role::Dim);
        return;
    }
    let top = (list.cursor.at + 1).saturating_sub(rows);
    for (row, choice) in choices.iter().enumerate().skip(top).take(rows) {
        let mut line = canvas.line(inside, (row - top) as u16);
        let selected = row == list.cursor.at;
        line.bar(selected).gap(1);
        match choice {
            Choice::Send(id) => {
                let roles = template(model, id).map(Template::roles).unwrap_or_default();
                line.text(&roles, Role::Plain.strong_if(selected));
            }
            Choice::Reply(handoff, to) => {
                let card = list.card(handoff);
                line.gap_right(1).right(handoff, Role::Dim).gap_right(2);
                line.text(verb(*to), Role::Here.strong_if(selected)).gap(1);
                line.text(
                    &card.map(whose).unwrap_or_default(),
                    Role::Plain.strong_if(selected),
                );
            }
        }
    }
    let below = inside.below(rows as u16);
    canvas.rule(below, 0, Role::Dim);
    match choices.get(list.cursor.at) {
        Some(Choice::Send(id)) => {
            if let Some(template) = template(model, id) {
                says(canvas, below.below(1), template, &filled(model, list, template));
            }
        }
        Some(Choice::Reply(handoff, _)) => {
            if let Some(card) = list.card(handoff) {
                said_so_far(canvas, below.below(1), card);
            }
        }
        None => {}
    }
}

fn template<'a>(model: &'a Model, id: &str) -> Option<&'a Template> {
    let mut templates = model.outbox.means.handoffs.iter();
    templates
        .find(|(known, _)| known == id)
        .map(|(_, template)| template)
}

fn verb(to: HandoffState) -> &'static str {
    match to {
        HandoffState::Accepted | HandoffState::Sent => "Accept",
        HandoffState::Returned => "Return with questions",
        HandoffState::Answered => "Answer",
    }
}

/// Whose handoff it is, and between which roles.
fn whose(card: &HandoffCard) -> String {
    let roles = format!(
        "{} → {}",
        words::role(&card.from_role),
        words::role(&card.to_role)
    );
    let other = match card.state {
        HandoffState::Returned => card.to.as_ref().map(|to| format!(", returned by {to}")),
        _ => card.from.as_ref().map(|from| format!(", from {from}")),
    };
    format!("{roles}{}", other.unwrap_or_default())
}

/// What does not fit, then what the newest note says.
fn said_so_far(canvas: &mut Canvas, area: Area, card: &HandoffCard) {
    let width = area.width.saturating_sub(3);
    let rows = usize::from(area.height);
    let told = card.told.iter().map(|told| (told.as_str(), Role::Doubtful));
    let text = card.text.lines().map(|line| (line, Role::Plain));
    let lines = told.chain(text).flat_map(|(line, role)| {
        wrapped(line, width, rows)
            .into_iter()
            .map(move |line| (line, role))
    });
    for (row, (line, role)) in lines.take(rows).enumerate() {
        canvas.line(area, row as u16).gap(2).text(&line, role);
    }
}

/// Its fields as the account fills them.
fn filled(model: &Model, list: &Handoffs, template: &Template) -> Vec<FormField> {
    let now = model.reading_occasion().here();
    let view = list.view.iter();
    view.flat_map(|view| handoff::form(template, view, &now))
        .collect()
}

/// What it has to say, a line each, with what fills it where the account has that, and which of it is required.
fn says(canvas: &mut Canvas, area: Area, template: &Template, filled: &[FormField]) {
    for (row, field) in template.fields.iter().enumerate() {
        let mut line = canvas.line(area, row as u16);
        line.gap(2).gap_right(1);
        if let Some(from) = filled.get(row).and_then(|field| field.from.as_deref()) {
            line.right(&format!("from {from}"), Role::Dim).gap_right(2);
        }
        let required = if field.required { "* " } else { "  " };
        line.text(required, Role::Here).text(&field.title, Role::Plain);
    }
    canvas
        .line(area, template.fields.len() as u16)
        .gap(2)
        .text("* required", Role::Dim);
}
