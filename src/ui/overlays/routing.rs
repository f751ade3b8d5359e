//! The routing desk: open questions, and what speaks for a desk of the chosen one.

use jiff::civil::Time;

use super::open_box;
use crate::app::Model;
use crate::app::desks::Deciding;
use crate::app::layout::{Area, Shape};
use crate::app::overlay::RoutingScreen;
use crate::app::overlay::routing::Tab;
use crate::domain::routing::{Asking, Desk, Proposal, Question, Row, monday};
use crate::domain::words;
use crate::domain::wrap::wrapped;
use crate::ui::canvas::Canvas;
use crate::ui::panes::shown;
use crate::ui::theme::Role;

/// Cells of the columns.
const DUE: u16 = 10;
const AGE: u16 = 7;
const DESK: u16 = 10;
const ARR: u16 = 8;
const TIER: u16 = 12;
const ACCOUNT: u16 = 22;
const NARROW_ACCOUNT: u16 = 18;
const ASKED_BY: u16 = 17;

/// Draws it over everything between the header and the last line.
pub fn draw(model: &Model, canvas: &mut Canvas, screen: &RoutingScreen) {
    let area = RoutingScreen::area(model.size);
    let Some(told) = screen.told.as_deref() else {
        let inside = open_box(canvas, area, "Routing desk", "");
        canvas
            .line(inside, 1)
            .gap(2)
            .text("Reading the open questions …", Role::Dim);
        return;
    };
    let (page, len) = (screen.page(model.size), screen.rows.len());
    let below = if len == 0 {
        String::new()
    } else {
        shown(screen.cursor.top, page, len)
    };
    let title = "Routing desk · complaints of large accounts, then what is due first";
    let inside = open_box(canvas, area, title, &below);
    tabs(canvas, inside, screen);
    canvas.rule(inside, 1, Role::Dim);
    let wide = Shape::of(model.size) != Shape::Tabs;
    if screen.tab == Tab::Weeks {
        return weeks(model, canvas, screen, wide);
    }
    let (list, said) = screen.lists(model.size);
    let heading = inside.below(2).top(1);
    columns(canvas, heading, wide);
    if len == 0 {
        nothing(canvas, list, screen);
    }
    for row in 0..page {
        let at = screen.cursor.top + row;
        let Some(question) = screen.row(at) else { break };
        let line = list.below(row as u16).top(1);
        one(model, canvas, line, (question, at == screen.cursor.at), wide);
    }
    canvas.rule(said, 0, Role::Dim);
    match (&screen.deciding, screen.selected()) {
        (Some(deciding), _) => decide(model, canvas, said.below(1), deciding),
        (None, Some(question)) => about(model, canvas, said.below(1), question),
        (None, None) => {}
    }
    if let Some(why) = &told.unread {
        let line = said.bottom(1);
        canvas
            .line(line, 0)
            .gap(1)
            .gap_right(1)
            .text("◆ ", Role::Doubtful)
            .text(&format!("not all are known: {why}"), Role::Plain);
    }
}

fn tabs(canvas: &mut Canvas, area: Area, screen: &RoutingScreen) {
    let mut line = canvas.line(area, 0);
    line.gap(1);
    for (tab, count) in Tab::ALL.into_iter().zip(screen.counts) {
        let here = tab == screen.tab;
        let ink = if here { Role::Here } else { Role::Dim };
        let title = match tab {
            Tab::Weeks => tab.title().to_owned(),
            _ => format!("{} {}", tab.title(), words::count(count)),
        };
        line.text(&title, ink.strong_if(here)).gap(3);
    }
}

/// What the desk did, week by week, and what the figures are.
fn weeks(model: &Model, canvas: &mut Canvas, screen: &RoutingScreen, wide: bool) {
    let (list, foot, definition) = screen.weeks_lists(model.size);
    let Some(told) = &screen.weeks else {
        canvas.line(list, 0).gap(2).text("Counting …", Role::Dim);
        return;
    };
    let above = RoutingScreen::area(model.size).inside().below(2);
    let unknown = told.unknown();
    for (row, text) in unknown.iter().enumerate() {
        let mut line = canvas.line(above, row as u16);
        line.gap(1).gap_right(1).text("◆ ", Role::Doubtful);
        line.text(text, Role::Plain);
    }
    let heading = Row {
        from: None,
        handed: if wide { "handed over" } else { "handed" }.to_owned(),
        misroutes: "misroutes".to_owned(),
        csm: "CSM".to_owned(),
        touches: [
            "touches",
            if wide { "support work" } else { "support" },
            "unknown",
        ]
        .map(str::to_owned),
        share: "share".to_owned(),
    };
    let heads = above.below(unknown.len() as u16).top(1);
    week(canvas, heads, ("week of", &heading), wide, [Role::Dim; 2]);
    let rows = told.rows();
    let shown = rows.iter().skip(screen.cursor.top).take(list.height.into());
    for (place, row) in shown.enumerate() {
        let day = match row.from {
            Some(from) if from == monday(model.today) => "this week".to_owned(),
            Some(from) => words::calendar_day(model.today, from),
            None => String::new(),
        };
        let inks = [Role::Plain, Role::Dim];
        week(canvas, list.below(place as u16).top(1), (&day, row), wide, inks);
    }
    for (row, text) in definition.iter().enumerate() {
        canvas.line(foot, row as u16).gap(1).text(text, Role::Dim);
    }
}

/// A row of the weeks: what is said of its day, its figures, and in another ink what the share is made of.
fn week(canvas: &mut Canvas, area: Area, (day, row): (&str, &Row), wide: bool, [ink, beside]: [Role; 2]) {
    let [handed, misroutes, csm, touches, share] = if wide {
        [13, 11, 24, 14, 8]
    } else {
        [7, 10, 16, 8, 6]
    };
    let mut line = canvas.line(area, 0);
    line.gap(1)
        .field(11, day, ink)
        .number(handed, &row.handed, ink)
        .number(misroutes, &row.misroutes, ink)
        .gap(2)
        .column(csm, &row.csm, ink);
    for count in &row.touches {
        line.number(touches, count, beside);
    }
    line.number(share, &row.share, ink);
}

fn columns(canvas: &mut Canvas, area: Area, wide: bool) {
    let mut line = canvas.line(area, 0);
    line.gap(1)
        .field(DUE, "answer by", Role::Dim)
        .number(AGE, "age", Role::Dim)
        .gap(2)
        .field(DESK, "desk", Role::Dim)
        .number(ARR, "ARR", Role::Dim)
        .gap(2);
    if wide {
        line.field(TIER, "segment", Role::Dim)
            .field(ACCOUNT, "account", Role::Dim)
            .field(ASKED_BY, "asked by", Role::Dim);
    } else {
        line.field(NARROW_ACCOUNT, "account", Role::Dim);
    }
    line.text("question", Role::Dim);
}

fn nothing(canvas: &mut Canvas, area: Area, screen: &RoutingScreen) {
    let unknown = screen.told.as_ref().is_some_and(|told| told.unread.is_some());
    let text = match screen.tab {
        _ if unknown => "Whether any question is open is unknown.",
        Tab::All => "No question is open: tickets, and e-mails that mapping.toml tells of, stand here.",
        _ => "No open question here. tab shows the next desk's.",
    };
    canvas.line(area, 0).gap(3).text(text, Role::Dim);
}

/// By when it is to be answered: late, at a time today, on a day, without its weekday in another year.
fn due(model: &Model, question: &Question) -> (String, Role) {
    let by = match question.answers_by() {
        Ok(by) => by,
        Err(never) => return (never.sign.to_owned(), Role::Dim),
    };
    let at = by.to_zoned(model.zone.clone()).datetime();
    let now = model.now.to_zoned(model.zone.clone()).datetime();
    if let Some(late) = words::late(now, at.date(), Some(at.time())) {
        return (late, Role::Bad);
    }
    if at.date() == model.today {
        return (clock(at.time()), Role::Doubtful);
    }
    let day = if at.date().year() == model.today.year() {
        words::weekday(model.today, at.date())
    } else {
        words::short_day(model.today, at.date())
    };
    (day, Role::Plain)
}

fn clock(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

fn age(model: &Model, question: &Question) -> String {
    match question.business_days {
        Some(0) => "today".to_owned(),
        Some(days) => format!("{days} bd"),
        None => words::age(model.now, question.asked, &model.zone),
    }
}

/// The proposed desk in a word, with what marks a complaint that goes to the lead too.
fn desk(question: &Question) -> (String, Role) {
    let mark = match question.to_lead {
        Some(true) => " !",
        Some(false) => "",
        None => " ?",
    };
    let (word, role) = match question.proposal() {
        Proposal::Desk(Desk::Csm) => ("CSM", Role::Here),
        Proposal::Desk(Desk::Support) => ("support", Role::Plain),
        Proposal::Person(_) => ("decide", Role::Doubtful),
    };
    (format!("{word}{mark}"), role)
}

fn arr(model: &Model, account: Option<&Asking>) -> String {
    account.map_or_else(|| "?".to_owned(), |account| account.arr_in_words(model.currency))
}

fn one(model: &Model, canvas: &mut Canvas, area: Area, (question, selected): (&Question, bool), wide: bool) {
    let account = question.account.as_ref();
    let name = account.map_or("?", |account| &account.name);
    let ((due, due_role), (desk, desk_role)) = (due(model, question), desk(question));
    let strong = Role::Plain.strong_if(selected);
    let mut line = canvas.line(area, 0);
    line.bar(selected)
        .gap_right(1)
        .field(DUE, &due, due_role)
        .number(AGE, &age(model, question), Role::Dim)
        .gap(2)
        .field(DESK, &desk, desk_role)
        .number(ARR, &arr(model, account), Role::Plain)
        .gap(2);
    if wide {
        let tier = account.and_then(|account| account.segment.as_deref());
        line.column(TIER, tier.unwrap_or("?"), Role::Dim)
            .column(ACCOUNT, name, strong)
            .column(ASKED_BY, &question.asked_by(), Role::Plain);
    } else {
        line.column(NARROW_ACCOUNT, name, strong);
    }
    if let Some(passed) = &question.passed {
        line.text(passed.mark(), Role::Doubtful).text(" · ", Role::Dim);
    }
    line.text(&question.subject, strong);
}

/// The two desks, and what follows from the chosen one.
fn decide(model: &Model, canvas: &mut Canvas, area: Area, deciding: &Deciding) {
    let question = &deciding.choices[0].handed.question;
    let now = model.now.to_zoned(model.zone.clone());
    let me = model.outbox.me.as_ref();
    let (asks, ink) = match me.and_then(|me| question.again(me, None, &now)) {
        Some(again) => (format!("Once more? {again}."), Role::Doubtful),
        None => (
            "Which desk answers it? What you decide stands in the note.".to_owned(),
            Role::Plain,
        ),
    };
    canvas.line(area, 0).gap(2).gap_right(1).text(&asks, ink.strong());
    for (row, choice) in deciding.choices.iter().enumerate() {
        let is_chosen = deciding.at == Some(row);
        let routed = choice.handed.routed();
        let mut line = canvas.line(area, 1 + row as u16);
        line.bar(is_chosen)
            .gap(1)
            .gap_right(1)
            .field(10, choice.handed.decided.title(), Role::Here.strong_if(is_chosen))
            .text(&choice.whose, Role::Plain.strong_if(is_chosen));
        if routed.had == Some(routed.decided) {
            line.text(" · has it", Role::Dim);
        } else if routed.is_misroute() {
            line.text(" · counts as a misroute", Role::Dim);
        }
    }
    let said = match deciding.chosen().map(|choice| (&choice.template, &choice.handed)) {
        None => "The rules propose none: tab chooses.".to_owned(),
        Some((Err(why), _)) => why.clone(),
        Some((Ok(_), handed)) => match &handed.lead {
            Some(lead) => format!("A complaint of a large account: {} gets a task too.", lead.name),
            None if handed.question.to_lead == Some(true) => {
                "A complaint of a large account, and team.toml does not say who leads the CSM.".to_owned()
            }
            None => String::new(),
        },
    };
    canvas
        .line(area, 3)
        .gap(2)
        .gap_right(1)
        .text(&said, Role::Doubtful);
}

/// Why this desk, by which clock, who asks, whose it is.
fn about(model: &Model, canvas: &mut Canvas, area: Area, question: &Question) {
    let cells = area.width.saturating_sub(3);
    let because = wrapped(&question.because(), cells, 1);
    let line = |canvas: &mut Canvas, row: u16, text: &str, role: Role| {
        canvas.line(area, row).gap(2).gap_right(1).text(text, role);
    };
    line(canvas, 0, because.first().map_or("", String::as_str), Role::Plain);
    let by = match question.answer_by {
        Some(by) => {
            let at = by.to_zoned(model.zone.clone()).datetime();
            let day = words::weekday(model.today, at.date());
            format!("answer by {day} {}", clock(at.time()))
        }
        None => format!("answer by {}", due(model, question).0),
    };
    let passed = question.passed.as_ref();
    let passed = passed.map(|passed| passed.told(&model.now.to_zoned(model.zone.clone())));
    let mut clocks = canvas.line(area, 1);
    clocks
        .gap(2)
        .gap_right(1)
        .text(&format!("{} · {by}", question.clock()), Role::Dim);
    // Where it was handed over already, that has the last line for itself.
    let to_lead = match question.to_lead {
        _ if passed.is_none() => "",
        Some(true) => " · ! to the lead too",
        None => " · ? whether to the lead too",
        Some(false) => "",
    };
    clocks.text(to_lead, Role::Doubtful);
    let asks = question
        .requesters
        .iter()
        .find_map(|one| {
            one.email
                .as_deref()
                .map(|email| format!("{} <{email}>", one.name))
        })
        .unwrap_or_else(|| question.asked_by());
    let owner = question.who_has_it();
    let csm = question
        .account
        .as_ref()
        .and_then(|account| account.csm.as_deref());
    let csm = csm.unwrap_or("nobody");
    line(
        canvas,
        2,
        &format!("{owner} · CSM: {csm} · asked by {asks}"),
        Role::Dim,
    );
    let lead = match question.to_lead {
        _ if passed.is_some() => passed.as_deref().unwrap_or_default(),
        Some(true) => "! a complaint of a large account: it goes to the lead too",
        None => {
            "? a complaint of an account whose ARR is unknown: whether it goes to the lead too is as well"
        }
        Some(false) => "",
    };
    line(canvas, 3, lead, Role::Doubtful);
}
