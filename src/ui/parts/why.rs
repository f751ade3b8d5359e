//! Why the score is what it is: a line for each measure, the total, what brings points back, and the open warnings.

use super::Spot;
use crate::app::Model;
use crate::app::action::Action;
use crate::app::layout::Area;
use crate::domain::account_view::{AccountView, Fix, Freshness, MeasureLine, WhyLine};
use crate::domain::desk::Warning;
use crate::domain::health::ledger::{Cause, points, signed};
use crate::domain::summary::Band;
use crate::domain::wrap::width;
use crate::ui::canvas::Canvas;
use crate::ui::theme::{self, Role};
use crate::ui::words;

/// Cells of an age.
const AGE: u16 = 5;
/// Cells of the share of the segment that has as many points or fewer.
const PERCENTILE: u16 = 3;

/// Draws the part.
pub fn draw(model: &Model, view: &AccountView, canvas: &mut Canvas, spot: &Spot) {
    let measures = &view.why.measures;
    let names = measures
        .iter()
        .map(|line| width(&line.id))
        .max()
        .unwrap_or(0)
        .clamp(8, 16);
    let has_percentiles = measures.iter().any(|line| line.percentile.is_some());
    // The last measure carries the total below it, so that both scroll together.
    let last = view.last_measure();
    let heights: Vec<u16> = (0..view.why_lines())
        .map(|at| if last == Some(at) { 4 } else { 1 })
        .collect();
    let teach = "No measure yet: health.toml says what counts, the first sync brings the data.";
    spot.items(canvas, &heights, teach, |canvas, at, area, selected| {
        match view.why_line(at) {
            Some(WhyLine::Measure(line)) => {
                measure(model, canvas, area, (names, has_percentiles), line, selected);
                if last == Some(at) {
                    total(model, view, canvas, area, names);
                }
            }
            Some(WhyLine::Fix(one)) => fix(model, canvas, area, one, selected),
            Some(WhyLine::Warning(warning)) => open_warning(model, canvas, area, warning, selected),
            None => {}
        }
    });
}

fn measure(
    model: &Model,
    canvas: &mut Canvas,
    area: Area,
    (names, has_percentiles): (u16, bool),
    measure: &MeasureLine,
    selected: bool,
) {
    let fresh = measure.freshness == Freshness::Fresh;
    let moved = measure.change_tenths.is_some_and(|tenths| tenths != 0);
    let mut line = canvas.line(area, 0);
    line.gap_right(1).bar(selected).gap(1);
    let name = if fresh { Role::Plain } else { Role::Dim };
    line.field(names, &measure.id, name.strong_if(selected)).gap(1);
    let (change, role) = change(measure.change_tenths);
    line.number(6, &change, role.strong_if(moved)).gap(3);
    let age = measure.observed.map_or_else(
        || "never".to_owned(),
        |then| words::age(model.now, then, &model.zone),
    );
    let age_role = if measure.freshness == Freshness::Stale {
        Role::Doubtful
    } else {
        Role::Dim
    };
    // Each in a column of its own, so that they can be compared down the lines.
    line.right(&padded(&age, AGE), age_role).gap_right(1);
    let percentile = measure
        .percentile
        .map_or_else(String::new, |percent| format!("p{percent}"));
    if has_percentiles {
        line.right(&padded(&percentile, PERCENTILE), Role::Dim)
            .gap_right(2);
    } else {
        line.gap_right(1);
    }
    line.text(
        &measure.words,
        if fresh && moved { Role::Plain } else { Role::Dim },
    );
    if measure.freshness == Freshness::Stale && !measure.words.contains("stale") {
        line.text("  stale", Role::Doubtful);
    }
    line.text(&causes(measure), Role::Doubtful);
}

fn padded(text: &str, cells: u16) -> String {
    let padding = usize::from(cells.saturating_sub(width(text)));
    format!("{}{text}", " ".repeat(padding))
}

/// What did the measure's part in the change, unless it was the data alone.
fn causes(measure: &MeasureLine) -> String {
    let causes = &measure.causes;
    if causes.iter().all(|(cause, _)| *cause == Cause::DataChanged) {
        return String::new();
    }
    let words = causes.iter().map(|(cause, tenths)| match causes.len() {
        1 => cause.words().to_owned(),
        _ => format!("{} {}", signed(*tenths), cause.words()),
    });
    format!("  {}", words.collect::<Vec<_>>().join(", "))
}

/// A part of the score's change, in points with a tenth where there is one.
fn change(tenths: Option<i32>) -> (String, Role) {
    let Some(tenths) = tenths else {
        return ("?".to_owned(), Role::Dim);
    };
    let (size, rest) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    let text = if rest == 0 {
        size.to_string()
    } else {
        format!("{size}.{rest}")
    };
    match tenths {
        0 => ("0".to_owned(), Role::Dim),
        ..-20 => (format!("−{text}"), Role::Bad),
        -20..0 => (format!("−{text}"), Role::Doubtful),
        _ => (format!("+{text}"), Role::Good),
    }
}

fn total(model: &Model, view: &AccountView, canvas: &mut Canvas, area: Area, names: u16) {
    canvas.repeat(area.x + 2, area.y + 1, names + 7, "─", Role::Dim);
    let score = |score: Option<u8>| score.map_or_else(|| "?".to_owned(), |score| score.to_string());
    let mut line = canvas.line(area, 2);
    // Below the coverage floor the score tells little, and is not shown.
    let is_told = view.summary.band != Band::Unknown;
    let now = view.why.score.filter(|_| is_told);
    let both = view.why.tenths.filter(|_| is_told);
    let (then, now) = match both {
        Some((then, now)) => (points(then), points(now)),
        None => (score(view.why.base_score), score(now)),
    };
    line.gap(2).field(names, &now, Role::Plain.strong()).gap(1);
    let (change, role) = change(both.map(|(then, now)| now - then));
    line.number(6, &change, role.strong());
    let mut from = format!(
        "from {then} on {}",
        words::calendar_day(model.today, view.why.base_day)
    );
    if let Some(span) = model.account.as_ref().and_then(|account| account.span.words()) {
        from = format!("{from}, {span}");
    }
    line.gap(3).text(&from, Role::Dim);
}

/// What brings points back, and the playbook for it: `usage would bring back +21.3   Waning interest`; a plain task where
/// none fits.
fn fix(model: &Model, canvas: &mut Canvas, area: Area, fix: &Fix, selected: bool) {
    let mut line = canvas.line(area, 0);
    line.gap_right(1)
        .bar(selected)
        .gap(1)
        .text("△", Role::Chance)
        .gap(1);
    let (action, with) = match &fix.playbook {
        Some((_, title)) => (Action::Play, title.as_str()),
        None => (Action::Task, "no playbook fits: a task"),
    };
    let keys = model.keymap.keys_of(action, model.context());
    let key = keys.first().map_or(String::new(), ToString::to_string);
    line.right(&key, Role::Here.strong()).gap_right(1);
    let words = format!("{} would bring back {}", fix.measure, signed(fix.tenths));
    line.text(&words, Role::Plain.strong_if(selected)).gap(3);
    line.text(with, Role::Dim);
}

fn open_warning(model: &Model, canvas: &mut Canvas, area: Area, warning: &Warning, selected: bool) {
    let symbol = words::warning_sign(Some(warning));
    let mut line = canvas.line(area, 0);
    line.gap_right(1)
        .bar(selected)
        .gap(1)
        .text(symbol, theme::sign(symbol))
        .gap(1);
    line.right(&words::since(model.today, warning.since), Role::Dim)
        .gap_right(2);
    line.text(&warning.reason, Role::Plain.strong_if(selected));
    if let Some(said) = warning.line.said(model.today) {
        line.gap(3).text(&said, Role::Here);
    }
    let seen: Vec<String> = warning
        .evidence
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    line.gap(3).text(&seen.join(" · "), Role::Dim);
}
