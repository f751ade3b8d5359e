//! The tabs of a small screen, and the rule below them with the focused one marked.

use crate::app::Model;
use crate::app::layout::{Area, Pane};
use crate::domain::desk::{DUE, WarningKind};
use crate::domain::record::Kind;
use crate::domain::wrap::width;
use crate::ui::canvas::Canvas;
use crate::ui::panes::risks;
use crate::ui::theme::{Ink, Role};
use crate::ui::widgets::border::fitting;
use crate::ui::words;

/// Draws both lines.
pub fn draw(model: &Model, canvas: &mut Canvas, area: Area) {
    row(canvas, area, &labels(model), model.pane.index());
}

/// The names of the panes, with how much each has.
pub fn labels(model: &Model) -> [(String, String); 4] {
    Pane::ALL.map(|pane| label(model, pane))
}

/// Draws what else stands in the border of a pane or part: at the right end of the tabs, and of the rule below them.
pub fn beside(
    canvas: &mut Canvas,
    area: Area,
    (labels, focused): (&[(String, String)], usize),
    (right, below): (&[(String, Ink)], &str),
) {
    let taken: u16 = labels.iter().map(needs).sum();
    let mut line = canvas.line(area, 0);
    line.gap(taken + 1).gap_right(1);
    for (text, ink) in fitting(right, line.left()).iter().rev() {
        line.right(text, *ink);
    }
    let mut rule = canvas.line(area, 1);
    rule.gap(marked(labels, focused)).gap_right(1);
    if !below.is_empty() {
        rule.right(&format!(" {below} "), Role::Dim);
    }
}

/// Cells for a text in the rule below the tabs.
pub fn room_below(labels: &[(String, String)], focused: usize, cells: u16) -> u16 {
    cells.saturating_sub(marked(labels, focused) + 3)
}

/// Cells of the rule up to the end of the mark below the focused label, which stays whole.
fn marked(labels: &[(String, String)], focused: usize) -> u16 {
    labels[..=focused].iter().map(needs).sum::<u16>() + 1
}

/// Draws labels in a line with a rule below, thick under the focused one.
pub fn row(canvas: &mut Canvas, area: Area, labels: &[(String, String)], focused: usize) {
    canvas.rule(area, 1, Role::Dim);
    let mut x = area.x + 1;
    let first = first_shown(area.width.saturating_sub(1), labels, focused);
    for (at, (name, count)) in labels.iter().enumerate().skip(first) {
        let here = at == focused;
        let left = (area.x + area.width).saturating_sub(x);
        let mut used = canvas.put(
            x,
            area.y,
            left,
            name,
            if here {
                Role::Plain.strong()
            } else {
                Role::Dim.into()
            },
        );
        if !count.is_empty() && left > used + 1 {
            used += 1 + canvas.put(x + used + 1, area.y, left - used - 1, count, Role::Dim);
        }
        if here {
            canvas.repeat(x, area.y + 1, used.min(left), "━", Role::Here);
        }
        x = x.saturating_add(width(name).max(used) + 3);
    }
}

/// The first label that shows: those before it give way so that the focused one is whole.
fn first_shown(cells: u16, labels: &[(String, String)], focused: usize) -> usize {
    let reach = |first: usize| labels[first..=focused].iter().map(needs).sum::<u16>();
    (0..focused)
        .find(|first| reach(*first) <= cells + 3)
        .unwrap_or(focused)
}

/// Cells of a label with the gap behind it.
fn needs((name, count): &(String, String)) -> u16 {
    let count = if count.is_empty() { 0 } else { width(count) + 1 };
    width(name) + count + 3
}

/// How many a list has; `?` where the key may not read all of these kinds, and before the first sync has ended and was judged where there is none.
fn listed(model: &Model, pane: Pane, kinds: &[Kind]) -> String {
    let desk = model.desk.desk.as_deref();
    match desk.and_then(|desk| desk.unread.why(kinds)) {
        Some(_) => "?".to_owned(),
        None if model.len(pane) == 0 && (!model.is_judged() || model.awaits_book()) => "?".to_owned(),
        None => words::count(model.len(pane)),
    }
}

fn label(model: &Model, pane: Pane) -> (String, String) {
    let list = &model.accounts;
    let desk = model.desk.desk.as_deref();
    let known = if pane == Pane::Accounts {
        list.complete
    } else {
        model.desk.desk.is_some()
    };
    let (name, count) = match pane {
        Pane::Accounts if list.is_filtered() => (
            "1 Accounts",
            format!(
                "{} of {}",
                words::count(list.rows.len()),
                words::count(list.book.len())
            ),
        ),
        Pane::Accounts => ("1 Accounts", listed(model, pane, &[])),
        Pane::Risks if model.desk.queue.tab != WarningKind::Risk => {
            let queue = &model.desk.queue;
            let name = match queue.tab {
                WarningKind::Defect => "2 Defects",
                _ => "2 Opportunities",
            };
            let of_tab = WarningKind::ALL.into_iter().zip(queue.counts);
            let count = of_tab
                .filter(|(kind, _)| *kind == queue.tab)
                .map(|(_, count)| count)
                .sum::<u32>();
            if model.desk.filter.is_on() {
                return (name.to_owned(), risks::found(model));
            }
            let unknown = count == 0 && desk.is_some_and(|desk| desk.told(model.has_synced()).risks.is_err());
            let count = words::count(count as usize);
            (name, if unknown { "?".to_owned() } else { count })
        }
        Pane::Risks if model.desk.filter.is_on() => ("2 Risks", risks::found(model)),
        Pane::Risks => (
            "2 Risks",
            desk.map_or_else(String::new, |desk| {
                words::known(&desk.told(model.has_synced()).risks)
            }),
        ),
        Pane::Steps => ("3 Steps", listed(model, pane, DUE)),
        Pane::Handoffs => ("4 Handoffs", listed(model, pane, &[Kind::Note])),
    };
    (name.to_owned(), if known { count } else { String::new() })
}
