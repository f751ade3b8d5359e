//! The account that is talked about: what changed, what was promised, what is open, what was decided.

use crate::app::Model;
use crate::app::layout::{Area, Shape};
use crate::app::standup::Standup;
use crate::domain::standup::{Decision, Line, Tone, What};
use crate::domain::wrap::wrapped;
use crate::ui::canvas::Canvas;
use crate::ui::theme::{Ink, Role};
use crate::ui::words;

use super::ink;

/// A sentence takes so many rows at most.
const MOST_ROWS: usize = 3;
/// So much of what is open and of what was decided before shows.
const MOST_OPEN: usize = 3;

/// What can be decided, and by which keys.
const DECIDE: [&str; 3] = [
    "t  assign: who, what, by when               p  start a play",
    "h  hand over                                z  snooze with a reason",
    "c  close: real, known or noise              n  note",
];

/// Where a goal was missed.
const MISSED: &str = "m  why a goal was missed, what changes, when to look again";

/// A row of the screen.
enum Row {
    Blank,
    /// The heading of a part.
    Title(&'static str),
    /// A sign and a text; of what goes on below a sentence the sign is empty.
    Said(&'static str, Role, String, Ink),
}

/// Draws it into an area.
pub fn draw(model: &Model, standup: &Standup, canvas: &mut Canvas, area: Area) {
    let Some(line) = standup.current() else { return };
    let airy = Shape::of(model.size) == Shape::Grid;
    let left = if airy { 4 } else { 2 };
    let mut top = u16::from(airy);
    canvas
        .line(area, top)
        .gap(left)
        .text(&line.name, Role::Plain.strong());
    canvas.line(area, top + 1).gap(left).text(&line.head, Role::Plain);
    top += 3;
    let text = area.width.saturating_sub(left + 5);
    let mut rows = rows(model, (standup, line), text);
    let room = usize::from(area.height.saturating_sub(top));
    if rows.len() + DECIDE.len() + 2 + usize::from(is_missed(line)) <= room {
        decide(&mut rows, model, line);
    }
    let cut = rows.len() > room;
    let shown = if cut { room.saturating_sub(1) } else { rows.len() };
    for (at, row) in rows.iter().take(shown).enumerate() {
        let mut out = canvas.line(area, top + at as u16);
        out.gap(left);
        match row {
            Row::Blank => {}
            Row::Title(title) => drop(out.text(title, Role::Dim)),
            Row::Said(sign, role, text, text_ink) => {
                out.gap(1).field(2, sign, *role).text(text, *text_ink);
            }
        }
    }
    if cut {
        canvas
            .line(area, top + shown as u16)
            .gap(left)
            .text("… enter shows all of the account", Role::Dim);
    }
}

fn rows(model: &Model, (standup, line): (&Standup, &Line), cells: u16) -> Vec<Row> {
    let mut rows = Vec::new();
    part(&mut rows, "What changed");
    for change in &line.changes {
        let (sign, role) = match change.what.tone() {
            Tone::Worse => ("▲", Role::Bad),
            Tone::Better => ("●", Role::Good),
            Tone::Neither => ("·", Role::Dim),
        };
        say(
            &mut rows,
            (sign, role),
            &change.words,
            Role::Plain.strong(),
            cells,
        );
    }
    if line.changes.is_empty() {
        say(&mut rows, ("·", Role::Dim), "nothing", Role::Dim.into(), cells);
    }
    promised(&mut rows, model, (standup, line), cells);
    decided(&mut rows, model, (standup, line), cells);
    open(&mut rows, model, cells);
    rows
}

fn part(rows: &mut Vec<Row>, title: &'static str) {
    if !rows.is_empty() {
        rows.push(Row::Blank);
    }
    rows.push(Row::Title(title));
}

fn say(rows: &mut Vec<Row>, (sign, role): (&'static str, Role), text: &str, text_ink: Ink, cells: u16) {
    for (at, part) in wrapped(text, cells, MOST_ROWS).into_iter().enumerate() {
        let sign = if at == 0 { sign } else { "" };
        rows.push(Row::Said(sign, role, part, text_ink));
    }
}

fn promised(rows: &mut Vec<Row>, model: &Model, (standup, line): (&Standup, &Line), cells: u16) {
    let Some(held) = standup.held.as_deref().filter(|_| !line.promises.is_empty()) else {
        return;
    };
    part(rows, "Promised last time");
    let me = model.outbox.me.as_ref().map_or("", |me| me.name.as_str());
    for promise in &line.promises {
        let standing = held.standing_of(promise, |_| me.to_owned());
        let is_open = standup
            .unsettled(&line.account)
            .is_some_and(|one| one.decision == promise.decision);
        let how = if is_open { ": l says whether" } else { "" };
        let text = format!("{} · {}{how}", promise.told(model.today), standing.words());
        say(
            rows,
            (standing.sign(), ink(&standing)),
            &text,
            Role::Plain.into(),
            cells,
        );
    }
}

fn decided(rows: &mut Vec<Row>, model: &Model, (standup, line): (&Standup, &Line), cells: u16) {
    let Some(held) = standup.held.as_deref().filter(|held| !held.decisions.is_empty()) else {
        return;
    };
    let (here, others): (Vec<&Decision>, Vec<&Decision>) = held
        .decisions
        .iter()
        .partition(|decision| decision.account == line.account);
    if !here.is_empty() {
        part(rows, "Decided");
        for decision in &here {
            let text = decision.told(model.today);
            say(rows, ("✓", Role::Good), &text, Role::Plain.strong(), cells);
        }
    }
    if !others.is_empty() {
        part(rows, "Decided so far");
        for decision in others.iter().rev().take(MOST_OPEN) {
            let text = format!("{}  {}", decision.name, decision.told(model.today));
            say(rows, ("", Role::Dim), &text, Role::Dim.into(), cells);
        }
    }
}

/// Whether a goal was missed, and nobody said why.
fn is_missed(line: &Line) -> bool {
    line.changes.iter().any(|change| change.what == What::GoalMissed)
}

/// What can be decided, where there is room to say so.
fn decide(rows: &mut Vec<Row>, model: &Model, line: &Line) {
    part(rows, "Decide");
    if model.is_redacted() {
        let why = "R shows everything again: decisions are made unmasked".to_owned();
        rows.push(Row::Said("", Role::Dim, why, Role::Dim.into()));
        return;
    }
    let keys = DECIDE.map(|keys| Row::Said("", Role::Dim, keys.to_owned(), Role::Dim.into()));
    rows.extend(keys);
    if is_missed(line) {
        rows.push(Row::Said("", Role::Dim, MISSED.to_owned(), Role::Dim.into()));
    }
}

/// What is open on the account, as its screen knows it.
fn open(rows: &mut Vec<Row>, model: &Model, cells: u16) {
    let account = model.account.as_ref();
    let Some(view) = account.and_then(|account| account.view.as_deref()) else {
        return;
    };
    if view.warnings.is_empty() && view.next.is_empty() {
        return;
    }
    part(rows, "Open");
    for warning in view.warnings.iter().take(MOST_OPEN) {
        let sign = words::warning_sign(Some(warning));
        say(
            rows,
            (sign, Role::Dim),
            &warning.reason,
            Role::Plain.into(),
            cells,
        );
    }
    for item in view.next.iter().take(MOST_OPEN) {
        let due = words::due(model.local(), item);
        let who = item
            .owner
            .as_ref()
            .map_or(String::new(), |owner| format!(", {owner}"));
        let text = format!("{} · {due}{who}", item.title);
        say(rows, ("·", Role::Dim), &text, Role::Plain.into(), cells);
    }
}
