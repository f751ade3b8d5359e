//! What lies over the screen, a file each; and the failure above the last line.

mod alarms;
mod ask;
mod bulk;
mod confirm;
mod conflict;
mod fields;
mod form;
mod handoffs;
mod help;
mod nps;
mod outbox;
mod palette;
mod plays;
mod reader;
mod routing;
mod run_menu;
mod run_view;
mod sort_menu;
mod standings;
mod team;
mod warn;
mod what_if;
mod who;

use super::canvas::Canvas;
use super::theme::Role;
use super::widgets::border;
use crate::app::Model;
use crate::app::action::Action;
use crate::app::failure::FailureKind;
use crate::app::layout::Area;
use crate::app::overlay::Overlay;

/// Draws what is open, the last one uppermost.
pub fn draw(model: &Model, canvas: &mut Canvas, body: Area) {
    for overlay in &model.overlays {
        match overlay {
            Overlay::Help(help) => help::draw(model, canvas, *help),
            Overlay::Palette(palette) => palette::draw(model, canvas, body, palette),
            Overlay::SortMenu(menu) => sort_menu::draw(model, canvas, body, menu),
            Overlay::Confirm(confirm) => confirm::draw(canvas, body, confirm),
            Overlay::Outbox(screen) => outbox::draw(model, canvas, screen),
            Overlay::Conflict(view) => conflict::draw(model, canvas, view),
            Overlay::Ask(ask) => ask::draw(model, canvas, ask),
            Overlay::Reader(reader) => reader::draw(model, canvas, reader),
            Overlay::Form(form) => form::draw(model, canvas, form),
            Overlay::Fields(list) => fields::draw(model, canvas, list),
            Overlay::Plays(list) => plays::draw(model, canvas, list),
            Overlay::Bulk(play) => bulk::draw(model, canvas, play),
            Overlay::Standings(screen) => standings::draw(model, canvas, screen),
            Overlay::RunMenu(menu) => run_menu::draw(model, canvas, menu),
            Overlay::RunView(view) => run_view::draw(model, canvas, view),
            Overlay::Handoffs(list) => handoffs::draw(model, canvas, list),
            Overlay::WhatIf(screen) => what_if::draw(model, canvas, screen),
            Overlay::Warn(line) => warn::draw(model, canvas, body, line),
            Overlay::Alarms(screen) => alarms::draw(model, canvas, screen),
            Overlay::Team(screen) => team::draw(model, canvas, screen),
            Overlay::Nps(screen) => nps::draw(model, canvas, screen),
            Overlay::Routing(screen) => routing::draw(model, canvas, screen),
            Overlay::Who(screen) => who::draw(model, canvas, screen),
        }
    }
}

/// Which of a list's lines is chosen, where not all of them show: `1 of 8`.
fn place(at: usize, rows: usize, len: usize) -> String {
    if len > rows {
        format!("{} of {len}", at + 1)
    } else {
        String::new()
    }
}

/// An emptied box with a title; returns its inside.
fn open_box(canvas: &mut Canvas, area: Area, title: &str, below: &str) -> Area {
    canvas.clear(area);
    let border = border::Border {
        title: title.to_owned(),
        below: below.to_owned(),
        focused: true,
        ..border::Border::default()
    };
    border::draw(canvas, area, &border);
    area.inside()
}

/// The newest failure: what failed and what to do, until it is dismissed.
pub fn failure(model: &Model, canvas: &mut Canvas, area: Area) {
    let Some(failure) = model.failures.last() else {
        return;
    };
    let (symbol, role) = match failure.kind {
        FailureKind::Note | FailureKind::Conflict | FailureKind::Replaced => ("◆ ", Role::Doubtful),
        _ => ("▲ ", Role::Bad),
    };
    let mut line = canvas.line(area, 0);
    line.gap(1).gap_right(1);
    let keys = model.keymap.keys_of(Action::Dismiss, model.context());
    if let Some(key) = keys.first() {
        line.right(" dismiss", Role::Dim).right(key, Role::Here.strong());
        let more = model.failures.len() - 1;
        if more > 0 {
            line.right(&format!("{more} more   "), Role::Dim);
        }
    }
    line.text(symbol, role);
    for (row, (hint, text)) in failure.lines(area.width).into_iter().enumerate() {
        let mut line = canvas.line(area, row as u16);
        line.gap(3);
        match text.strip_prefix("hint: ").filter(|_| hint) {
            Some(text) => line.text("hint: ", Role::Dim).text(text, Role::Plain),
            None if hint => line.text(&text, Role::Plain),
            None => line.text(&text, Role::Plain.strong()),
        };
    }
}
