//! The team's table on the screen: a line per book, and the accounts of the one that is open.

use super::open_box;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::TeamScreen;
use crate::domain::load::Load;
use crate::domain::team_table::{BookAccount, BookRow, Figures, Presence, TeamTable};
use crate::domain::words;
use crate::ui::canvas::{Canvas, Line};
use crate::ui::health;
use crate::ui::panes::shown;
use crate::ui::theme::Role;

/// Cells of a person's name, and of an account's.
const NAME: u16 = 16;
const ACCOUNT: u16 = 28;
/// Cells of a team, where there is room for it.
const TEAM: u16 = 18;
/// From so many cells on a team has room.
const WIDE: u16 = 100;
/// Load is much from so many percent on, and too much above a whole.
const MUCH: u32 = 80;

/// Draws it over everything between the header and the last line.
pub fn draw(model: &Model, canvas: &mut Canvas, screen: &TeamScreen) {
    let area = TeamScreen::area(model.size);
    let Some(table) = screen.table.as_deref() else {
        let inside = open_box(canvas, area, "Team", "");
        canvas
            .line(inside, 0)
            .gap(2)
            .text("Reading the books …", Role::Dim);
        return;
    };
    if let (Some(cursor), Some(row)) = (screen.book, screen.row()) {
        let below = shown(cursor.top, TeamScreen::book_page(model.size), row.listed.len());
        let all = row.figures.accounts as usize;
        let below = match row.listed.len() {
            listed if listed < all => format!("{below} worst, {} in all", words::count(all)),
            _ => below,
        };
        let inside = open_box(canvas, area, &format!("Team · {}", row.name()), &below);
        book(model, canvas, inside, (row, screen));
    } else {
        let whose = if table.led_only {
            "whom I lead"
        } else {
            "everybody"
        };
        let below = shown(screen.cursor.top, TeamScreen::page(model.size), table.rows.len());
        let inside = open_box(canvas, area, &format!("Team · {whose}, worst first"), &below);
        whole(model, canvas, inside, (table, screen));
    }
}

fn whole(model: &Model, canvas: &mut Canvas, area: Area, (table, screen): (&TeamTable, &TeamScreen)) {
    let is_wide = area.width >= WIDE;
    let mut out = canvas.line(area, 0);
    out.gap(1).gap_right(1).field(NAME, "CSM", Role::Dim);
    if is_wide {
        out.field(TEAM, "team", Role::Dim);
    }
    for (cells, title) in [
        (9, "accounts"),
        (8, "ARR"),
        (8, "at risk"),
        (6, "risks"),
        (8, "goals"),
        (5, "late"),
        (7, "load"),
    ] {
        out.number(cells, title, Role::Dim);
    }
    let page = TeamScreen::page(model.size);
    let rows: Vec<_> = table
        .rows
        .iter()
        .enumerate()
        .skip(screen.cursor.top)
        .take(page)
        .collect();
    let at = rows.len() as u16;
    for (below, (place, row)) in rows.into_iter().enumerate() {
        let chosen = place == screen.cursor.at;
        line(
            model,
            &mut canvas.line(area, below as u16 + 1),
            (row, chosen),
            is_wide,
        );
    }
    canvas.rule(area.below(at + 1), 0, Role::Dim);
    let mut out = canvas.line(area, at + 2);
    out.gap(1).gap_right(1).field(NAME, "all", Role::Plain.strong());
    if is_wide {
        out.gap(TEAM);
    }
    figures(model, &mut out, &table.total);
    if let Some(why) = table.partial {
        canvas
            .line(area, at + 3)
            .gap(1)
            .gap_right(1)
            .text(&format!("partial: {why}"), Role::Doubtful);
    }
    let definition = TeamScreen::definition(model.size);
    let foot = area.bottom(definition.len() as u16);
    for (row, text) in definition.iter().enumerate() {
        canvas
            .line(foot, row as u16)
            .gap(1)
            .gap_right(1)
            .text(text, Role::Dim);
    }
}

fn line(model: &Model, out: &mut Line<'_, '_>, (row, selected): (&BookRow, bool), is_wide: bool) {
    let keeper = row.keeper.as_ref();
    let ink = if keeper.is_none() {
        Role::Doubtful
    } else {
        Role::Plain
    };
    out.bar(selected)
        .gap_right(1)
        .column(NAME, row.name(), ink.strong_if(selected));
    if is_wide {
        let team = keeper.and_then(|keeper| keeper.team.as_deref());
        out.column(TEAM, team.unwrap_or_default(), Role::Dim);
    }
    if !row.is_here {
        for cells in [9, 8, 8, 6, 8, 5] {
            out.number(cells, "?", Role::Dim);
        }
        return;
    }
    figures(model, out, &row.figures);
    let Some(keeper) = keeper else { return };
    let (short, ink) = load(keeper.load);
    out.number(7, &short, ink);
    let ink = if keeper.presence == Presence::There {
        Role::Dim
    } else {
        Role::Doubtful
    };
    let there = if is_wide {
        keeper.presence.words(model.today)
    } else {
        keeper.presence.short(model.today)
    };
    out.gap(1).text(&there, ink);
}

fn load(load: Option<Load>) -> (String, Role) {
    let short = load.map_or_else(|| "?".to_owned(), |load| load.short());
    let ink = match load.and_then(|load| load.percent()) {
        None => Role::Dim,
        Some(101..) => Role::Bad,
        Some(MUCH..) => Role::Doubtful,
        Some(_) => Role::Plain,
    };
    (short, ink)
}

fn figures(model: &Model, out: &mut Line<'_, '_>, figures: &Figures) {
    let ink = |count: u32, role: Role| if count == 0 { Role::Dim } else { role };
    out.number(9, &words::count(figures.accounts as usize), Role::Plain)
        .number(8, &words::sum(&figures.arr, model.currency), Role::Plain)
        .number(
            8,
            &words::sum(&figures.at_risk, model.currency),
            Role::Plain.strong(),
        )
        .number(6, &figures.risks.to_string(), ink(figures.risks, Role::Plain))
        .number(8, &figures.goals_in_words(), Role::Plain)
        .number(5, &figures.late.to_string(), ink(figures.late, Role::Bad));
}

fn book(model: &Model, canvas: &mut Canvas, area: Area, (row, screen): (&BookRow, &TeamScreen)) {
    for (at, text) in row
        .head(model.currency, model.today)
        .into_iter()
        .skip(1)
        .enumerate()
    {
        let ink = if at == 0 {
            Role::Plain.strong()
        } else {
            Role::Dim.into()
        };
        canvas.line(area, at as u16).gap(1).gap_right(1).text(&text, ink);
    }
    let area = area.below(3);
    let mut out = canvas.line(area, 0);
    out.gap(1)
        .field(ACCOUNT, "account", Role::Dim)
        .field(10, "score", Role::Dim);
    for (cells, title) in [(9, "ARR"), (9, "at risk"), (7, "risks")] {
        out.number(cells, title, Role::Dim);
    }
    out.gap(2).text("ends", Role::Dim);
    let cursor = screen.book.unwrap_or_default();
    let page = TeamScreen::book_page(model.size);
    let rows = row.listed.iter().enumerate().skip(cursor.top).take(page);
    for (at, (place, one)) in rows.enumerate() {
        account(
            model,
            &mut canvas.line(area, at as u16 + 1),
            (one, place == cursor.at),
        );
    }
}

fn account(model: &Model, out: &mut Line<'_, '_>, (one, selected): (&BookAccount, bool)) {
    let at_risk = one
        .at_risk
        .map_or_else(|| "·".to_owned(), |sum| words::sum(&sum, model.currency));
    let ends = one
        .ends
        .map_or("?".to_owned(), |day| words::calendar_day(model.today, day));
    out.bar(selected)
        .gap_right(1)
        .column(ACCOUNT, &one.name, Role::Plain.strong_if(selected))
        .column(10, &one.health.words(), health::role(one.health))
        .number(9, &words::money(one.arr, model.currency), Role::Plain)
        .number(9, &at_risk, Role::Plain.strong_if(one.at_risk.is_some()))
        .number(
            7,
            &one.risks.to_string(),
            if one.risks == 0 { Role::Dim } else { Role::Plain },
        )
        .gap(2)
        .text(&ends, Role::Dim);
}
