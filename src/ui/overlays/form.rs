//! A form: labels, fields, what may be chosen, how it is understood, and where it stands.

use super::open_box;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::form::{Field, Form, FormLayout, Purpose, Reading, Shape};
use crate::domain::text::one_line;
use crate::domain::wrap::{cut_words, width, wrapped};
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;
use crate::ui::{panes, words};

/// How a text begins has so many cells before where it comes from has any.
const LEAST_GIST: u16 = 16;

/// Draws a form over the body.
pub fn draw(model: &Model, canvas: &mut Canvas, form: &Form) {
    let layout = FormLayout::of(form, model.size);
    let below = below(form, &layout);
    open_box(canvas, layout.outer, &form.title(), &below);
    shown(canvas, form, &layout);
    for at in 0..form.fields.len() {
        field(model, canvas, form, &layout, at);
    }
    if let Some(why) = form.wrong_at(form.at).filter(|_| layout.wrong.height > 0) {
        let mut line = canvas.line(layout.wrong, 0);
        line.text("▲ ", Role::Bad).text(why, Role::Doubtful);
    }
    choices(canvas, form.field(), layout.list);
    says(model, canvas, form, layout.says);
    status(model, canvas, form, layout.status);
}

/// How much of a handoff is filled, how many fields there is no room for, and where one is in a long text.
fn below(form: &Form, layout: &FormLayout) -> String {
    let filled = form
        .filled()
        .map(|(filled, all)| format!("{filled} of {all} fields filled"));
    let more = |count: usize, place: &str| (count > 0).then(|| format!("{count} more {place}"));
    let (above, below) = layout.hidden();
    let lines = Some(lines(form, layout)).filter(|lines| !lines.is_empty());
    let parts = [filled, more(above, "above"), more(below, "below"), lines];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What it is about, and a rule above what is written.
fn shown(canvas: &mut Canvas, form: &Form, layout: &FormLayout) {
    let (area, rule) = (layout.shown, layout.rule());
    let Some(shown) = form.shown.as_ref().filter(|_| rule.height > 0) else {
        return;
    };
    let lines = shown.lines(area.width);
    let seen = lines.iter().skip(shown.top).take(area.height.into());
    for (row, text) in seen.enumerate() {
        canvas.line(area, row as u16).text(text, Role::Plain);
    }
    canvas.rule(rule, 0, Role::Dim);
    let label = format!(" {} ", form.field().label);
    canvas.line(rule, 0).gap(2).text(&label, Role::Here);
    let rows = usize::from(area.height);
    if lines.len() > rows {
        let place = panes::shown(shown.top, rows, lines.len());
        canvas.line(rule, 0).right(&format!(" {place} "), Role::Dim);
    }
}

/// Where one is in a text that is longer than its window.
fn lines(form: &Form, layout: &FormLayout) -> String {
    let editor = &form.field().editor;
    let shown = editor.shown(layout.window(form.at));
    if !shown.above && !shown.below {
        return String::new();
    }
    format!(
        "line {} of {}",
        words::count(editor.place().line + 1),
        words::count(editor.lines())
    )
}

fn field(model: &Model, canvas: &mut Canvas, form: &Form, layout: &FormLayout, at: usize) {
    let (field, area, focused) = (&form.fields[at], layout.fields[at], at == form.at);
    if area.height == 0 {
        return;
    }
    if layout.labels > 0 {
        let title = layout.titles[at];
        let role = if focused { Role::Here } else { Role::Dim };
        let label = cut_words(&field.label, title.width);
        canvas.line(title, 0).text(&label, role.strong_if(focused));
    }
    if field.shape == Shape::Text && area.height == 1 && !focused {
        return gist(canvas, field, area);
    }
    let shown = field.editor.shown(layout.window(at));
    for (row, text) in shown.rows.iter().enumerate() {
        canvas.line(area, row as u16).text(text, Role::Plain);
    }
    if area.height == 1 && field.shape != Shape::Text && layout.labels > 0 {
        // Of a line that is longer than its row only a part shows.
        let at = |x| Area { x, width: 1, ..area };
        if shown.above {
            canvas.line(at(area.x - 1), 0).text("…", Role::Dim);
        }
        if shown.below {
            canvas.line(at(area.x + area.width), 0).text("…", Role::Dim);
        }
    }
    if focused && form.sending.is_none() {
        canvas.cursor(area.x + shown.column, area.y + shown.row);
    }
    if field.shape == Shape::Day {
        let beside = Area {
            x: area.x + area.width,
            width: layout.status.width.saturating_sub(layout.labels + area.width),
            ..area
        };
        reading(model, canvas, form, at, beside);
    }
}

/// A long text in one row, as long as the keys go elsewhere: how it begins, and where that comes from.
fn gist(canvas: &mut Canvas, field: &Field, area: Area) {
    let mut line = canvas.line(area, 0);
    let from = field.from.as_ref().filter(|_| field.is_untouched());
    let from = from.map(|from| format!("from {from}"));
    if let Some(from) = from.filter(|from| width(from) + LEAST_GIST <= area.width) {
        line.right(&from, Role::Dim).gap_right(2);
    }
    if field.editor.is_blank() && !field.beside.is_empty() {
        line.gap_right(2)
            .text(&format!("“{}”", one_line(&field.beside)), Role::Dim);
        return;
    }
    let (first, more) = field.editor.gist();
    if more {
        line.gap_right(2).text(first, Role::Plain).text(" …", Role::Dim);
    } else {
        line.text(first, Role::Plain);
    }
}

/// The values that match, with the one that would be taken.
fn choices(canvas: &mut Canvas, field: &Field, area: Area) {
    let (matches, picked) = (field.matches(), field.picked());
    let rows = usize::from(area.height);
    let top = picked.map_or(0, |at| (at + 1).saturating_sub(rows));
    for (row, (_, label)) in matches.iter().skip(top).take(rows).enumerate() {
        let chosen = picked == Some(top + row);
        let role = if chosen { Role::Plain } else { Role::Dim };
        let mut line = canvas.line(area, row as u16);
        line.bar(chosen).gap(1).text(label, role.strong_if(chosen));
        if row + 1 == rows && top + rows < matches.len() {
            line.gap(2)
                .text(&format!("and {} more", matches.len() - top - rows), Role::Dim);
        }
    }
}

fn says(model: &Model, canvas: &mut Canvas, form: &Form, area: Area) {
    if area.height == 0 {
        return;
    }
    if form.purpose != Purpose::Log {
        // While nothing is wrong the row below is free: who is away, and what else is to be said, is said whole.
        let free = u16::from(form.wrong.is_none());
        let height = area.height + free;
        return reading(model, canvas, form, form.at, Area { height, ..area });
    }
    reading(model, canvas, form, form.at, area);
    let (_, names) = form.names();
    if let Some((first, others)) = names.split_first() {
        let mut line = canvas.line(area, area.height - 1);
        line.text("tab ", Role::Here.strong()).text(first, Role::Plain);
        for other in others {
            line.text(" · ", Role::Dim).text(other, Role::Dim);
        }
    }
}

fn reading(model: &Model, canvas: &mut Canvas, form: &Form, at: usize, area: Area) {
    let (lines, role) = match form.reading(at, &model.reading_occasion(), &model.outbox.people) {
        None => return,
        Some(Reading::Hint(hint)) => (vec![hint], Role::Dim),
        Some(Reading::Means(lines)) => (lines, Role::Plain),
        Some(Reading::Wrong(why)) => (vec![why], Role::Doubtful),
    };
    let rows = usize::from(area.height);
    let wrapped = lines.iter().flat_map(|line| wrapped(line, area.width, rows));
    for (row, text) in wrapped.take(rows).enumerate() {
        canvas.line(area, row as u16).text(&text, role);
    }
}

/// What is wrong, or that it is being queued, or where the draft stands.
fn status(model: &Model, canvas: &mut Canvas, form: &Form, area: Area) {
    if let Some(why) = form.wrong.as_ref().filter(|_| form.sending.is_none()) {
        let reading = form.reading(form.at, &model.reading_occasion(), &model.outbox.people);
        // The sentence stands already at the field, or where what is typed is read.
        let is_said = form.wrong_at(form.at).is_some() || reading == Some(Reading::Wrong(why.clone()));
        let why = if is_said { "not queued" } else { why };
        let rows = wrapped(why, area.width.saturating_sub(2), usize::from(area.height));
        let below = area.bottom(rows.len() as u16);
        for (row, text) in rows.iter().enumerate() {
            let sign = if row == 0 { "▲ " } else { "  " };
            canvas
                .line(below, row as u16)
                .text(sign, Role::Bad)
                .text(text, Role::Plain);
        }
        return;
    }
    let mut line = canvas.line(area.bottom(1), 0);
    if form.sending.is_some() {
        line.text("queueing …", Role::Here);
        return;
    }
    let words = form.draft.as_ref().map_or("", |draft| draft.words());
    line.text(words, Role::Dim);
}
