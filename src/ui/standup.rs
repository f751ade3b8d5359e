//! Standup mode: one account a screen, big and calm, to be read from across the room.

mod account;
mod lists;

use super::canvas::Canvas;
use super::theme::Role;
use super::words;
use crate::app::Model;
use crate::app::layout::{Area, Frame};
use crate::app::standup::{Stage, Standup};
use crate::domain::standup::{Standing, Tally};

/// On a screen of fewer columns the counts need the room.
const NARROW: u16 = 100;

/// Draws all but the last line.
pub fn draw(model: &Model, standup: &Standup, canvas: &mut Canvas) {
    let frame = Frame::of(model.size, model.banner());
    head(model, standup, canvas, frame.header);
    let between = frame.between();
    progress(standup, canvas, between.top(1));
    let body = between.below(1).above(model.banner());
    match standup.stage {
        Stage::Review => lists::review(model, standup, canvas, body),
        Stage::Account => account::draw(model, standup, canvas, body),
        Stage::Roster => lists::roster(standup, canvas, body),
        Stage::Leaving => lists::leaving(standup, canvas, body),
        Stage::Minutes => lists::minutes(model, standup, canvas, body),
    }
}

/// Which standup it is, where it stands and how long it may take; then what changed over all.
fn head(model: &Model, standup: &Standup, canvas: &mut Canvas, area: Area) {
    let clock = clock(model, standup);
    let mut line = canvas.line(area, 0);
    line.gap(1).gap_right(1).right(&clock, Role::Plain.strong());
    line.text("standup", Role::Plain.strong()).gap(2);
    let Some(begun) = standup.begun() else {
        line.text("reading what changed …", Role::Dim);
        return;
    };
    if model.is_redacted() {
        line.text("redacted", Role::Doubtful).gap(2);
    }
    line.text(&begun.title, Role::Plain);
    let since = begun.since_local.strftime("%a %-d %b %H:%M");
    let since = match (area.width < NARROW, begun.first) {
        (true, _) => format!("since {since}"),
        (false, true) => format!("since {since}, the first one"),
        (false, false) => format!("since the last one, {since}"),
    };
    let mut line = canvas.line(area, 1);
    line.gap(1).text(&since, Role::Dim).gap(4);
    let Tally {
        worse,
        better,
        kept,
        not_kept,
        no_record,
        ahead,
    } = begun.tally();
    let counts = [
        (worse, format!("▲ {worse} worse"), Role::Bad),
        (better, format!("● {better} better"), Role::Good),
        (kept, format!("✓ {kept} kept"), Role::Good),
        (not_kept, format!("✕ {not_kept} not"), Role::Bad),
        (no_record, format!("? {no_record} no record"), Role::Doubtful),
        (ahead, format!("○ {ahead} ahead"), Role::Dim),
    ];
    for (_, text, role) in counts.iter().filter(|(count, ..)| *count > 0) {
        line.text(text, *role).gap(2);
    }
}

/// `3 of 14   11 left, ends 09:14   this one 1 min`
fn clock(model: &Model, standup: &Standup) -> String {
    let all = standup.agenda().len();
    let (Some(budget), Some(_)) = (standup.budget(), standup.current()) else {
        return if standup.begun().is_some() {
            words::counted(all as u64, "account", "accounts")
        } else {
            String::new()
        };
    };
    let ends = budget.ends();
    let left = standup.left();
    let end = if ends > model.now {
        let ends = ends.to_zoned(model.zone.clone());
        format!("ends {}", ends.strftime("%H:%M"))
    } else {
        format!("over by {}", words::span(model.now.duration_since(ends)))
    };
    let this = model.now.duration_since(standup.since).as_mins().max(0);
    let this = if this == 0 {
        String::new()
    } else {
        format!("   this one {this} min")
    };
    format!("{} of {all}   {left} left, {end}{this}", standup.at + 1)
}

/// How far it is.
fn progress(standup: &Standup, canvas: &mut Canvas, area: Area) {
    canvas.rule(area, 0, Role::Dim);
    let all = standup.agenda().len();
    if standup.current().is_none() || all == 0 {
        return;
    }
    let done = usize::from(area.width) * (standup.at + 1) / all;
    canvas.repeat(area.x, area.y, done as u16, "━", Role::Here);
}

/// How a promise stands, by its sign's colour.
fn ink(standing: &Standing) -> Role {
    match standing {
        Standing::Kept { .. } => Role::Good,
        Standing::NotKept { .. } => Role::Bad,
        Standing::NoRecord => Role::Doubtful,
        Standing::Ahead => Role::Dim,
    }
}
