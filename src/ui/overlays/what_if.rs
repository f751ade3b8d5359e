//! What-if: the measures with what is tried, the score and the book that this makes, and what makes it green.

use super::open_box;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::WhatIfScreen;
use crate::domain::book::trial::BandCounts;
use crate::domain::health::Score;
use crate::domain::health::ledger::tenths;
use crate::domain::health::what_if::{Trial, Tried, WhatIf};
use crate::domain::summary::Band;
use crate::domain::values::{in_words, plain};
use crate::domain::words::{count, counted};
use crate::domain::wrap::{width, wrapped};
use crate::ui::canvas::Canvas;
use crate::ui::theme::{self, Role};

/// Cells of a figure's column.
const FIGURE: u16 = 7;
/// Cells of what is tried at most.
const TRY: u16 = 12;
/// With fewer cells the points are left out.
const ROOMY: u16 = 84;
/// Most lines of what makes it green.
const MOST_LINES: usize = 4;

/// Draws it over the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, screen: &WhatIfScreen) {
    let title = format!("What if · {}", screen.about.name);
    let inside = open_box(canvas, screen.area(model.size), &title, "");
    let Some(what_if) = screen.what_if() else {
        canvas
            .line(inside, 0)
            .gap(2)
            .text("Reading the account …", Role::Dim);
        return;
    };
    let (now, then) = (what_if.score(&Tried::default()), what_if.score(&screen.tried));
    head(canvas, inside, screen, what_if, (&now, &then));
    let table = inside.below(2);
    measures(canvas, table, screen, what_if, &then);
    let mut rest = table.below(what_if.trials.len() as u16 + 1);
    total(canvas, rest, what_if, &then);
    rest = rest.below(3);
    let words = screen.way.as_ref().map_or_else(
        || "Working out what makes it green …".to_owned(),
        |way| what_if.words(way, &screen.tried.weights),
    );
    for line in wrapped(&words, inside.width.saturating_sub(4), MOST_LINES) {
        canvas.line(rest, 0).gap(2).text(&line, Role::Plain);
        rest = rest.below(1);
    }
    book(canvas, rest.below(1), screen);
}

fn figure(score: &Score) -> String {
    score
        .shown()
        .map_or_else(|| "?".to_owned(), |score| score.to_string())
}

/// `45 → 75  ▲ red → ● green   90 % has data   place 3 → 61 of 97, lowest first`
fn head(
    canvas: &mut Canvas,
    inside: Area,
    screen: &WhatIfScreen,
    what_if: &WhatIf,
    (now, then): (&Score, &Score),
) {
    let mut line = canvas.line(inside, 0);
    line.gap(2).gap_right(2);
    if let Some(book) = &screen.book {
        let place = |place: Option<u32>| place.map_or_else(|| "?".to_owned(), |place| count(place as usize));
        let (before, after) = (place(book.place_before), place(book.place_after));
        let places = if before == after {
            before
        } else {
            format!("{before} → {after}")
        };
        let known = count(book.known as usize);
        line.right(&format!("place {places} of {known}, lowest first"), Role::Dim);
    }
    let shown = if screen.tried.is_empty() {
        &[now][..]
    } else {
        &[now, then][..]
    };
    for (at, score) in shown.iter().enumerate() {
        let band = what_if.band(score);
        let (sign, role) = theme::band(band);
        line.text(if at == 0 { "" } else { "  →  " }, Role::Dim);
        line.text(sign, role).gap(1).text(&figure(score), role.strong());
        line.text(&format!(" {}", word(band)), Role::Dim);
    }
    line.gap(3)
        .text(&format!("{} % has data", then.coverage()), Role::Dim);
}

/// Tenths of a point, which are none below zero, so that the points stand below each other.
fn with_tenth(tenths: i32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn word(band: Band) -> &'static str {
    match band {
        Band::Unknown => "unknown: too little is fresh",
        known => known.word(),
    }
}

fn measures(canvas: &mut Canvas, table: Area, screen: &WhatIfScreen, what_if: &WhatIf, then: &Score) {
    let names = what_if.trials.iter().map(|trial| width(&trial.measure));
    let names = names.max().unwrap_or(0).clamp(7, 16);
    let roomy = table.width >= ROOMY;
    let mut line = canvas.line(table, 0);
    line.gap(2).gap_right(1);
    columns_at_right(
        &mut line,
        roomy,
        &["points", "weight", "counts"].map(|title| (title.to_owned(), Role::Dim)),
    );
    line.field(names, "measure", Role::Dim)
        .gap(1)
        .field(TRY, "try", Role::Dim)
        .gap(1)
        .text("now", Role::Dim);
    let counts = then.counts();
    for (at, trial) in what_if.trials.iter().enumerate() {
        let selected = at == screen.at;
        let mut line = canvas.line(table, at as u16 + 1);
        line.gap_right(1).bar(selected).gap(1);
        let part = &then.parts[at];
        let points = part
            .points
            .map_or_else(|| "?".to_owned(), |points| with_tenth(tenths(points)));
        let weight = plain(part.weight as f64 / 1000.0);
        let tried_weight = screen.tried.weights.contains_key(&at);
        let counted = counts.get(at).copied().flatten();
        let counted = counted.map_or_else(|| "–".to_owned(), with_tenth);
        let tried = screen.tried.values.get(&at);
        let mark = |tried: bool| if tried { Role::Here } else { Role::Plain };
        columns_at_right(
            &mut line,
            roomy,
            &[
                (points, mark(tried.is_some())),
                (weight, mark(tried_weight)),
                (counted, Role::Plain),
            ],
        );
        line.field(names, &trial.measure, Role::Plain.strong_if(selected))
            .gap(1);
        let tried = tried.map(|value| in_words(trial.unit, Some(value)));
        line.field(
            TRY,
            tried.as_deref().unwrap_or("·"),
            if tried.is_some() { Role::Here } else { Role::Dim },
        )
        .gap(1)
        .text(&reads(trial), Role::Dim);
    }
}

/// The figures of a line, right-aligned; the first, the points, only where there is room.
fn columns_at_right(line: &mut crate::ui::canvas::Line<'_, '_>, roomy: bool, figures: &[(String, Role); 3]) {
    for (text, role) in figures.iter().skip(usize::from(!roomy)).rev() {
        let padding = usize::from(FIGURE).saturating_sub(usize::from(width(text)));
        line.right(&format!(" {}{text}", " ".repeat(padding)), *role);
    }
}

/// What it reads now: `22 weekly users of 64 seats`.
fn reads(trial: &Trial) -> String {
    let stale = if trial.seen.stale { ", stale" } else { "" };
    match &trial.value {
        Some(value) => format!("{}{stale}", trial.words(value)),
        None => "no value counts".to_owned(),
    }
}

fn total(canvas: &mut Canvas, area: Area, what_if: &WhatIf, then: &Score) {
    let roomy = area.width >= ROOMY;
    let cells = (FIGURE + 1) * if roomy { 3 } else { 2 };
    canvas.repeat(
        area.x + area.width.saturating_sub(cells),
        area.y,
        cells.saturating_sub(1),
        "─",
        Role::Dim,
    );
    let (_, role) = theme::band(what_if.band(then));
    canvas.line(area, 1).gap_right(1).right(
        &then.tenths().map_or_else(|| "?".to_owned(), with_tenth),
        role.strong(),
    );
}

/// Accounts by band as they are and as they would be.
fn book(canvas: &mut Canvas, area: Area, screen: &WhatIfScreen) {
    let mut line = canvas.line(area, 0);
    line.gap(2).text("Whole book", Role::Plain.strong()).gap(2);
    let Some(book) = &screen.book else {
        line.text("…", Role::Dim);
        return;
    };
    let of = |counts: &BandCounts| [counts.red, counts.unknown, counts.amber, counts.green];
    let bands = [Band::Red, Band::Unknown, Band::Amber, Band::Green];
    for ((band, before), after) in bands.into_iter().zip(of(&book.before)).zip(of(&book.after)) {
        let (sign, role) = theme::band(band);
        line.text(sign, role)
            .gap(1)
            .text(&count(before as usize), Role::Plain);
        if before != after {
            line.text(&format!(" → {}", count(after as usize)), Role::Here);
        }
        line.gap(3);
    }
    if book.moved > 0 {
        let moved = counted(book.moved.into(), "account changes band", "accounts change band");
        line.text(&moved, Role::Dim);
    }
    canvas.line(area, 1).gap(2).text(
        "Nothing is saved. W keeps tried weights in your own health.toml.",
        Role::Dim,
    );
}
