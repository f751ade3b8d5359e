//! A line that says what becomes of warnings, with how it is understood.

use super::open_box;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::warn::{Purpose, Warn};
use crate::domain::acts::warn::{CLOSE, PLAN, SNOOZE};
use crate::domain::wrap::wrapped;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Cells of the box.
const WIDTH: u16 = 78;
/// Most lines of one text.
const MOST_LINES: usize = 3;

/// Draws the line in the middle of the body.
pub fn draw(model: &Model, canvas: &mut Canvas, body: Area, warn: &Warn) {
    let cells = WIDTH.min(body.width).saturating_sub(6);
    let typed = wrapped(&format!("{}▏", warn.input.text()), cells, MOST_LINES);
    let hint = || {
        wrapped(hint(warn.purpose), cells, MOST_LINES)
            .into_iter()
            .map(|line| (line, Role::Dim))
    };
    let mut means: Vec<(String, Role)> = match warn.understood(&model.reading_occasion()) {
        _ if warn.input.text().trim().is_empty() => hint().collect(),
        Ok(means) => wrapped(&means, cells, MOST_LINES)
            .into_iter()
            .map(|line| (line, Role::Good))
            .collect(),
        // What is wrong, and below it how it is written.
        Err(why) => wrapped(&why, cells, MOST_LINES)
            .into_iter()
            .map(|line| (line, Role::Doubtful))
            .chain(hint())
            .collect(),
    };
    means.truncate(MOST_LINES + 1);
    let area = body.middle(WIDTH, (typed.len() + means.len()) as u16 + 6);
    let inside = open_box(canvas, area, warn.title(), "").below(1);
    let mut row = 0;
    let mut put = |text: &str, ink: crate::ui::theme::Ink| {
        canvas.line(inside, row).gap(2).gap_right(2).text(text, ink);
        row += 1;
    };
    put(&warn.about(), Role::Dim.into());
    for text in &typed {
        put(text, Role::Plain.strong());
    }
    put("", Role::Plain.into());
    for (text, role) in &means {
        put(text, (*role).into());
    }
}

/// What to write.
fn hint(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Close => CLOSE,
        Purpose::Snooze => SNOOZE,
        Purpose::Plan => PLAN,
    }
}
