//! Pane 1: every account, one line each.

use super::{ENDED, Spot};
use crate::app::Model;
use crate::app::column::{self, Align, Column, GAP, Shows};
use crate::domain::book::Row;
use crate::domain::book::order::Sort;
use crate::domain::record::RecordId;
use crate::domain::summary::Band;
use crate::ui::canvas::{Canvas, Line, Mark};
use crate::ui::theme::{Ink, Role};
use crate::ui::widgets::border::Border;
use crate::ui::widgets::spark::spark;
use crate::ui::{health as shown, panes, words};

/// Cells of a score beside its sign.
const SCORE: u16 = 4;

/// Draws the pane.
pub fn draw(model: &Model, canvas: &mut Canvas, spot: &Spot) {
    let list = &model.accounts;
    spot.border(model, canvas, border(model, spot));
    if list.rows.is_empty() {
        return spot.teach(canvas, &empty(model));
    }
    let columns = column::fitting(spot.list.items.width.saturating_sub(1));
    headings(canvas, spot, &columns, list.sort);
    for at in list.cursor.top..list.rows.len() {
        let (Some(area), Some(row)) = (spot.item(at, list.cursor.top), list.row_at(at)) else {
            break;
        };
        let spoken = model.selected.as_ref().and_then(|selected| selected.row);
        let is_spoken_of = spoken.is_some() && spoken == list.rows.get(at).copied();
        let bar = spot.mark(at == list.cursor.at, is_spoken_of);
        let selected = bar == Mark::Selected;
        let mut line = canvas.line(area, 0);
        let marked = !model.marked.is_empty() && model.marked.contains(&RecordId::from(row.id()));
        line.mark(bar);
        if marked {
            line.text("•", Role::Here.strong()).gap(column::BAR - 2);
        } else {
            line.gap(column::BAR - 1);
        }
        for column in &columns {
            cell(model, &mut line, column, row, selected);
            line.gap(GAP);
        }
    }
}

fn border(model: &Model, spot: &Spot) -> Border {
    let list = &model.accounts;
    let context = if list.is_filtered() {
        format!(
            "/ {}  {} of {}",
            list.filter.text(),
            words::count(list.rows.len()),
            words::count(list.book.len())
        )
    } else {
        column::words(list.sort)
    };
    let right = if list.is_filtered() {
        vec![(words::sum(&list.arr, model.currency), Role::Plain.strong())]
    } else {
        Vec::new()
    };
    let context = match model.marked.len() {
        0 => context,
        marked => format!("{} marked · {context}", words::count(marked)),
    };
    Border {
        number: Some(1),
        title: "Accounts".to_owned(),
        context,
        right,
        below: foot(model, spot.list.page()),
        ..Border::default()
    }
}

/// Which of them show.
fn foot(model: &Model, page: usize) -> String {
    let list = &model.accounts;
    match (list.rows.len(), list.complete) {
        (0, _) => String::new(),
        (len, true) => panes::shown(list.cursor.top, page, len),
        (_, false) => "the worst first, reading the rest …".to_owned(),
    }
}

fn empty(model: &Model) -> Vec<&'static str> {
    let list = &model.accounts;
    if list.is_filtered() {
        vec![
            "No account has these words.",
            "Fewer letters find more; ~ finds letters with gaps; esc clears.",
        ]
    } else if !list.complete || model.awaits_book() {
        vec![model.reading()]
    } else if model.awaits_scores() {
        vec![ENDED, "Its accounts show as soon as they are scored."]
    } else if model.awaits_first_sync() {
        vec![
            "The first sync is under way.",
            "The worst accounts show as soon as the first page is here.",
        ]
    } else {
        vec![
            "No accounts yet.",
            "They come from the CRM by the rule in mapping.toml.",
            "ctrl-r syncs now; “retain check” explains the rule.",
        ]
    }
}

fn headings(canvas: &mut Canvas, spot: &Spot, columns: &[Column], sort: Sort) {
    let mut line = canvas.line(spot.list.head, 0);
    line.gap(column::BAR);
    for column in columns {
        // The column that the list is in the order of.
        let ink = if column.sort == sort.by {
            Role::Here
        } else {
            Role::Dim
        };
        match column.align {
            Align::Left => line.field(column.width, column.title, ink),
            Align::Right => line.number(column.width, column.title, ink),
        };
        line.gap(GAP);
    }
}

fn cell(model: &Model, line: &mut Line, column: &Column, row: Row, selected: bool) {
    let width = column.width;
    match column.shows {
        Shows::Name => {
            let role = if row.has_churned() { Role::Dim } else { Role::Plain };
            let name = if model.is_of_another(row) {
                format!("({})", row.name())
            } else {
                row.name().to_owned()
            };
            line.field(width, &name, role.strong_if(selected));
        }
        Shows::Health => health(line, width, row),
        Shows::Trend => {
            let role = if row.has_churned() {
                Role::Dim
            } else {
                trend_role(row.band())
            };
            line.field(width, &spark(row.trend()), role);
        }
        Shows::Csm => text(line, width, row.csm()),
        Shows::Segment => text(line, width, row.segment()),
        Shows::Stage => text(line, width, row.stage()),
        Shows::Arr | Shows::Coverage | Shows::Delta | Shows::Notice | Shows::AtStake | Shows::LastTouch => {
            let (text, ink) = figure(model, column.shows, row);
            line.number(width, &text, ink);
        }
    }
}

fn text(line: &mut Line, width: u16, text: Option<&str>) {
    line.field(width, text.unwrap_or("?"), Role::Dim);
}

fn figure(model: &Model, shows: Shows, row: Row) -> (String, Ink) {
    let money = |minor: Option<i64>| words::money(minor, model.currency);
    match shows {
        Shows::Arr if row.arr_at_least() && row.arr().is_some() => {
            (format!("≥{}", money(row.arr())), Role::Plain.into())
        }
        Shows::Arr => (money(row.arr()), known(row.arr().is_some())),
        Shows::AtStake => (
            words::at_stake(row.at_stake(), model.currency),
            known(row.at_stake().is_some_and(|minor| minor != 0)),
        ),
        // Nothing is awaited of who has left.
        Shows::Coverage | Shows::Delta | Shows::Notice if row.has_churned() => {
            ("·".to_owned(), Role::Dim.into())
        }
        Shows::Coverage => (format!("{} %", row.coverage()), Role::Dim.into()),
        Shows::Delta => {
            let role = match row.delta() {
                Some(down) if down < 0 => Role::Bad,
                Some(up) if up > 0 => Role::Good,
                _ => Role::Dim,
            };
            (words::change(row.delta().map(i32::from)), role.into())
        }
        Shows::LastTouch => row
            .last_touch()
            .map_or(("?".to_owned(), Role::Dim.into()), |day| {
                (words::since(model.today, day), Role::Plain.into())
            }),
        _ => match (row.notice_by(), row.monthly()) {
            (_, true) => ("month".to_owned(), Role::Dim.into()),
            (Some(day), _) if day < model.today => ("passed".to_owned(), Role::Dim.into()),
            (Some(day), _) => (
                words::until(model.today, day),
                panes::urgency(model.today, day).into(),
            ),
            (None, _) => ("?".to_owned(), Role::Dim.into()),
        },
    }
}

fn known(known: bool) -> Ink {
    if known {
        Role::Plain.into()
    } else {
        Role::Dim.into()
    }
}

/// Sign and score; without a present band the last one, quiet and with a question mark. Who has left has none.
fn health(line: &mut Line, width: u16, row: Row) {
    if row.has_churned() {
        line.number(width, "churned", Role::Dim);
        return;
    }
    let health = words::Health::of(row.band(), row.last_band(), row.score());
    let score = match (health.stale, health.score) {
        (true, _) => format!("{}?", health.figure()),
        (false, None) => "unk".to_owned(),
        (false, Some(_)) => health.figure(),
    };
    let role = shown::role(health);
    line.gap(width.saturating_sub(SCORE + 1))
        .text(words::sign(health.band), role)
        .number(SCORE, &score, role);
}

fn trend_role(band: Band) -> Role {
    match band {
        Band::Red => Role::Bad,
        Band::Amber => Role::Doubtful,
        Band::Green | Band::Unknown => Role::Dim,
    }
}
