//! NPS on the screen: the figure, its trend, and one list at a time.

use super::open_box;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::NpsScreen;
use crate::app::overlay::nps::{Row, Tab};
use crate::domain::nps::{Group, Quarter, Report, Silent, Tally, Verbatim};
use crate::domain::wrap::{width, wrapped};
use crate::domain::{values, words};
use crate::ui::canvas::Canvas;
use crate::ui::panes::shown;
use crate::ui::theme::Role;

/// Draws it over the body.
pub fn draw(model: &Model, canvas: &mut Canvas, screen: &NpsScreen) {
    let area = NpsScreen::area(model.size);
    let Some(told) = screen.told.as_deref() else {
        let inside = open_box(canvas, area, "NPS", "");
        canvas
            .line(inside, 0)
            .gap(2)
            .text("Reading the answers …", Role::Dim);
        return;
    };
    let (page, len) = (NpsScreen::page(model.size), screen.tab.len(told));
    let below = if len == 0 {
        String::new()
    } else {
        shown(screen.cursor.top, page, len)
    };
    let title = format!("NPS · {} to {}", told.from, told.day);
    let inside = open_box(canvas, area, &title, &below);
    if let Some(why) = &told.unread {
        canvas
            .line(inside, 0)
            .gap(2)
            .text("unknown", Role::Plain.strong())
            .text(&format!(": {why}"), Role::Plain);
        return;
    }
    figure(canvas, inside, told);
    trend(canvas, inside.below(1).top(1), &told.quarters);
    tabs(canvas, inside.below(2).top(1), screen, told);
    canvas.rule(inside.below(3), 0, Role::Dim);
    heading(canvas, inside.below(4).top(1), screen.tab, (model, told));
    let (list, below) = NpsScreen::lists(model.size);
    if len == 0 {
        canvas.line(list, 0).gap(3).text(nothing(screen.tab), Role::Dim);
    }
    for row in 0..page {
        let at = screen.cursor.top + row;
        let Some(item) = screen.tab.row(told, at) else {
            break;
        };
        let line = list.below(row as u16).top(1);
        let selected = at == screen.cursor.at;
        match item {
            Row::Verbatim(one) => {
                let is_whole = verbatim(canvas, line, (one, selected), told);
                if selected && !is_whole {
                    whole(canvas, below, &one.words);
                }
            }
            Row::Silent(one) => silent(canvas, line, (one, selected), model),
            Row::Group(one) => group(canvas, line, (one, selected), screen.tab),
        }
    }
    let definition = NpsScreen::definition(model.size);
    let foot = inside.bottom(definition.len() as u16);
    for (row, text) in definition.iter().enumerate() {
        let mut line = canvas.line(foot, row as u16);
        line.gap(1).gap_right(1).text(text, Role::Dim);
    }
}

/// The words of an answer that has no room in its line.
fn whole(canvas: &mut Canvas, area: Area, words: &str) {
    let lines = wrapped(
        &format!("“{words}”"),
        area.width.saturating_sub(4),
        usize::from(area.height),
    );
    for (row, text) in lines.iter().enumerate() {
        canvas
            .line(area, row as u16)
            .gap(2)
            .gap_right(2)
            .text(text, Role::Plain);
    }
}

/// How a score stands.
fn role(tally: Tally) -> Role {
    match tally.score() {
        None => Role::Dim,
        Some(..0) => Role::Bad,
        Some(0..30) => Role::Doubtful,
        Some(_) => Role::Good,
    }
}

fn figure(canvas: &mut Canvas, area: Area, told: &Report) {
    let tally = told.tally;
    let mut line = canvas.line(area, 0);
    line.gap(1)
        .gap_right(1)
        .text(&tally.words(), role(tally).strong())
        .text(
            &format!(
                " · {} · {}, {}, {}",
                words::counted(tally.responses().into(), "answer", "answers"),
                words::counted(tally.promoters.into(), "promoter", "promoters"),
                words::counted(tally.passives.into(), "passive", "passives"),
                words::counted(tally.detractors.into(), "detractor", "detractors")
            ),
            Role::Plain,
        );
    line.text(" · asked: unknown", Role::Dim);
    if told.of_nobody > 0 {
        line.text(&format!(" · {} of nobody here", told.of_nobody), Role::Dim);
    }
}

/// What stands for the quarters that do not fit.
const EARLIER: &str = "… ";

/// The quarters, the latest at the right end of what fits.
fn trend(canvas: &mut Canvas, area: Area, quarters: &[Quarter]) {
    let text = |quarter: &Quarter| {
        let name = quarter.name();
        format!(
            "{} {} ({})",
            &name[2..],
            quarter.tally.words(),
            quarter.tally.responses()
        )
    };
    let fitting = |room: u16| {
        let (mut first, mut cells) = (quarters.len(), 0);
        while first > 0 {
            let more = width(&text(&quarters[first - 1])) + 3;
            if cells + more > room + 3 {
                break;
            }
            (first, cells) = (first - 1, cells + more);
        }
        first
    };
    let room = area.width.saturating_sub(2);
    let mut line = canvas.line(area, 0);
    line.gap(1);
    let mut first = fitting(room);
    if first > 0 {
        line.text(EARLIER, Role::Dim);
        first = fitting(room.saturating_sub(width(EARLIER)));
    }
    for (at, quarter) in quarters[first..].iter().enumerate() {
        if at > 0 {
            line.text(" · ", Role::Dim);
        }
        line.text(&text(quarter), role(quarter.tally));
    }
}

fn tabs(canvas: &mut Canvas, area: Area, screen: &NpsScreen, told: &Report) {
    let mut line = canvas.line(area, 0);
    line.gap(1);
    for tab in Tab::ALL {
        let here = tab == screen.tab;
        let ink = if here { Role::Here } else { Role::Dim };
        line.text(
            &format!("{} {}", tab.title(), words::count(tab.len(told))),
            ink.strong_if(here),
        )
        .gap(3);
    }
}

fn heading(canvas: &mut Canvas, area: Area, tab: Tab, (model, told): (&Model, &Report)) {
    let mut line = canvas.line(area, 0);
    line.gap(1).gap_right(1);
    match tab {
        Tab::Pains | Tab::Wins | Tab::Passives => {
            line.number(6, "age", Role::Dim)
                .number(6, "gave", Role::Dim)
                .gap(2)
                .field(22, "account", Role::Dim)
                .text("words", Role::Dim);
        }
        Tab::Silent => {
            line.number(8, "ARR", Role::Dim)
                .gap(2)
                .field(28, "account", Role::Dim)
                .number(9, "contacts", Role::Dim)
                .gap(2)
                .text("last answer", Role::Dim);
            let all = format!(
                "of {} with contacts · {} ARR",
                words::counted(told.askable.into(), "account", "accounts"),
                words::sum(&told.silent_arr(), model.currency)
            );
            line.right(&all, Role::Dim);
        }
        Tab::Segments | Tab::Owners => {
            let title = if tab == Tab::Segments { "segment" } else { "CSM" };
            line.field(26, title, Role::Dim)
                .number(9, "NPS", Role::Dim)
                .number(9, "answers", Role::Dim)
                .number(8, "silent", Role::Dim)
                .number(10, "accounts", Role::Dim);
        }
    }
}

fn nothing(tab: Tab) -> &'static str {
    match tab {
        Tab::Pains => "Nobody gave 0 to 6.",
        Tab::Wins => "Nobody gave 9 or 10.",
        Tab::Passives => "Nobody gave 7 or 8.",
        Tab::Silent => "Every account with contacts has answered.",
        Tab::Segments | Tab::Owners => "No account has contacts.",
    }
}

/// Draws it; whether its words have room.
fn verbatim(canvas: &mut Canvas, area: Area, (one, selected): (&Verbatim, bool), told: &Report) -> bool {
    let mut line = canvas.line(area, 0);
    line.bar(selected)
        .gap_right(1)
        .number(6, &words::since(told.day, one.day), Role::Dim)
        .number(6, &values::plain(one.score), Role::Plain)
        .gap(2)
        .column(22, &one.name, Role::Plain.strong_if(selected));
    let is_whole = width(&one.words) <= line.left();
    if one.words.is_empty() {
        line.text("no words", Role::Dim);
    } else {
        line.text(&one.words, Role::Plain);
    }
    is_whole
}

fn silent(canvas: &mut Canvas, area: Area, (one, selected): (&Silent, bool), model: &Model) {
    let at_least = if one.arr_at_least && one.arr.is_some() {
        "≥"
    } else {
        ""
    };
    let arr = format!("{at_least}{}", words::money(one.arr, model.currency));
    let last = one.last.map_or("never".to_owned(), |day| day.to_string());
    canvas
        .line(area, 0)
        .bar(selected)
        .number(8, &arr, Role::Plain)
        .gap(2)
        .field(28, &one.name, Role::Plain.strong_if(selected))
        .number(9, &one.contacts.to_string(), Role::Plain)
        .gap(2)
        .text(&last, Role::Dim);
}

fn group(canvas: &mut Canvas, area: Area, (one, selected): (&Group, bool), tab: Tab) {
    let none = if tab == Tab::Segments {
        "no segment"
    } else {
        "no CSM"
    };
    let (name, ink) = match &one.name {
        Some(name) => (name.as_str(), Role::Plain),
        None => (none, Role::Dim),
    };
    canvas
        .line(area, 0)
        .bar(selected)
        .field(26, name, ink.strong_if(selected))
        .number(9, &one.tally.words(), role(one.tally))
        .number(9, &one.tally.responses().to_string(), Role::Plain)
        .number(8, &one.silent.to_string(), Role::Plain)
        .number(10, &one.accounts.to_string(), Role::Plain);
}
