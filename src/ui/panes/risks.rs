//! Pane 2: the risk queue, two lines an account: who, how likely, how much and by when; then the reason in words.

mod beside;

use self::beside::{STANDING, said, tabs};
use super::Spot;
use crate::app::Model;
use crate::app::action::Action;
use crate::app::layout::{Area, Pane};
use crate::app::queue::{Line, Queue};
use crate::domain::desk::{Desk, RiskRow, SegmentRow, Warning, WarningKind};
use crate::domain::money::Sum;
use crate::domain::warning::Shelf;
use crate::domain::wrap::width;
use crate::ui::canvas::{Canvas, Mark};
use crate::ui::theme::{self, Ink, Role};
use crate::ui::widgets::border::Border;
use crate::ui::{panes, words};

/// What is said once instead of beside each account.
const ALL_STANDING: &str = "all standing";
/// Cells of what stands at the right of an account: the days to notice, and what is at stake.
const WHEN: u16 = 12;
const STAKE: u16 = 7;
/// Cells of the reasons that stay before what is said beside them gives way.
const REASON: u16 = 12;
/// Cells of a border that neither its title nor its context has: corners, lines, the number, blanks.
const BESIDE: u16 = 11;
/// Between two parts of its context.
const BETWEEN: &str = " · ";
/// Cells of a name that stay before the likelihood gives way.
const ROOM: u16 = 22;

/// Draws the pane.
pub fn draw(model: &Model, canvas: &mut Canvas, spot: &Spot) {
    let desk = model.desk.warned();
    spot.border(model, canvas, border(model, desk, spot));
    let queue = &model.desk.queue;
    let Some(desk) = desk.filter(|_| !queue.lines.is_empty()) else {
        return spot.teach(canvas, &empty(model, desk));
    };
    let cursor = model.cursor(Pane::Risks);
    for (at, line) in queue.lines.iter().enumerate().skip(cursor.top) {
        let Some(area) = spot.item(at, cursor.top) else {
            break;
        };
        let selected = at == cursor.at && spot.focused;
        let account_of = queue.account_of(desk, at);
        let is_spoken_of = account_of.is_some_and(|(id, _)| panes::is_spoken_of(model, id));
        let bar = spot.mark(at == cursor.at, is_spoken_of);
        match line {
            Line::Account { place, .. } => {
                let warnings = queue.warnings(desk, at);
                if let Some(row) = place.row(desk) {
                    let warnings: Vec<&Warning> = warnings.into_iter().map(|(_, warning)| warning).collect();
                    account(
                        model,
                        canvas,
                        area,
                        row,
                        &warnings,
                        (bar, selected, place.is_below()),
                    );
                }
            }
            Line::Segment(segment) => {
                if let Some(row) = desk.segments.get(*segment) {
                    segment_line(model, canvas, area, row, (selected, is_open(queue, desk, at)));
                }
            }
            Line::Heading {
                title,
                accounts,
                at_stake,
                is_cut,
            } => {
                let least = if *is_cut { "≥" } else { "" };
                let accounts = words::counted(*accounts as u64, "account", "accounts");
                let accounts = format!("{least}{accounts}");
                let at_stake = Some(at_stake).filter(|_| queue.tab.is_at_stake());
                heading(model, canvas, area, selected, (title, &accounts, at_stake));
            }
            Line::Apart(shelf, _) => {
                apart(
                    canvas,
                    area,
                    (selected, is_open(queue, desk, at)),
                    *shelf,
                    &desk.list_in_words(*shelf, Some(queue.tab)),
                );
            }
            Line::Untold(accounts) => {
                let by_signal: Vec<String> = desk
                    .cannot_tell
                    .iter()
                    .map(|(signal, accounts)| format!("{} {accounts}", words::signal(signal)))
                    .collect();
                let title = words::untold(*accounts);
                fold(
                    canvas,
                    area,
                    (selected, is_open(queue, desk, at)),
                    &title,
                    &by_signal.join(" · "),
                );
            }
            Line::UntoldOf(signal, account) => untold(canvas, area, selected, desk, (*signal, *account)),
        }
    }
}

fn is_open(queue: &Queue, desk: &Desk, at: usize) -> bool {
    queue.fold(desk, at).is_some_and(|fold| queue.is_open(&fold))
}

fn account(
    model: &Model,
    canvas: &mut Canvas,
    area: Area,
    row: &RiskRow,
    warnings: &[&Warning],
    (bar, selected, below): (Mark, bool, bool),
) {
    let indent = if below { 2 } else { 0 };
    let (symbol, ink) = mark(warnings);
    let mut line = canvas.line(area, 0);
    line.gap_right(1).mark(bar).gap(indent).text(symbol, ink);
    if model.marked.contains(&row.account) {
        line.text("•", Role::Here.strong());
    } else {
        line.gap(1);
    }
    let (when, role) = when(model, row, warnings);
    line.right(&when, role)
        .gap_right(WHEN.saturating_sub(width(&when)) + 1);
    let is_at_stake = warnings.iter().any(|warning| warning.kind.is_at_stake());
    let at_stake = if is_at_stake { row.at_stake } else { Some(0) };
    let stake = words::at_stake(at_stake, model.currency);
    line.right(&stake, money_ink(at_stake, warnings))
        .gap_right(STAKE.saturating_sub(width(&stake)) + 1);
    let likely = likelihood(row);
    if is_at_stake && line.left() >= ROOM + width(&likely) {
        line.right(&likely, Role::Dim);
    }
    line.gap_right(1).text(&row.name, Role::Plain.strong_if(selected));
    let mut reasons = canvas.line(area, 1);
    reasons.gap_right(1).mark(bar).gap(2 + indent);
    let stands = !model.desk.queue.stands && warnings.iter().all(|warning| warning.standing);
    let said = said(warnings, model.today).map(|said| (said, Role::Here));
    let said = said.or_else(|| stands.then(|| (STANDING.to_owned(), Role::Dim)));
    if let Some((said, role)) = said.filter(|(said, _)| reasons.left() > width(said) + REASON) {
        reasons.right(&said, role).gap_right(1);
    }
    let text = fitting(warnings, reasons.left());
    reasons.text(&text, Role::Dim);
}

/// How likely it is that the account does not renew: `P 41 %`, `P ?`.
fn likelihood(row: &RiskRow) -> String {
    row.not_renewing()
        .map_or_else(|| "P  ? %".to_owned(), |p| format!("P {:>2} %", p.percent()))
}

fn segment_line(
    model: &Model,
    canvas: &mut Canvas,
    area: Area,
    row: &SegmentRow,
    (selected, open): (bool, bool),
) {
    let first = row.rows.first().and_then(|row| row.warnings.first());
    let (symbol, ink) = mark(&first.into_iter().collect::<Vec<_>>());
    let mut line = canvas.line(area, 0);
    line.gap_right(1).bar(selected).text(symbol, ink).gap(1);
    let share = format!("{} of {}", row.accounts, row.of);
    line.right(&share, Role::Dim)
        .gap_right(WHEN.saturating_sub(width(&share)) + 1);
    if row.kind.is_at_stake() {
        let stake = words::sum(&row.at_stake, model.currency);
        line.right(&stake, ink.strong()).gap_right(1);
    }
    line.text(&row.segment, Role::Plain.strong_if(selected));
    let mut below = canvas.line(area, 1);
    below.gap_right(1).bar(selected).gap(2);
    let hint = if open { "enter closes" } else { "enter opens" };
    below.right(hint, Role::Dim).gap_right(1);
    let signal = words::signal(&row.signal);
    below.text(&format!("{signal} on much of the segment"), Role::Dim);
}

fn heading(
    model: &Model,
    canvas: &mut Canvas,
    area: Area,
    selected: bool,
    (title, accounts, at_stake): (&str, &str, Option<&Sum>),
) {
    // A blank line above sets the group apart.
    let mut line = canvas.line(area, 1);
    line.gap_right(1).bar(selected);
    if let Some(at_stake) = at_stake {
        // As beside an account, where nothing is.
        let stake = match at_stake.exact() {
            Some(nothing @ 0) => words::at_stake(Some(nothing), model.currency),
            _ => words::sum(at_stake, model.currency),
        };
        line.right(&stake, Role::Dim).gap_right(2);
    }
    line.text(title, Role::Plain.strong())
        .gap(2)
        .text(accounts, Role::Dim);
}

fn apart(canvas: &mut Canvas, area: Area, state: (bool, bool), shelf: Shelf, title: &str) {
    let about = match shelf {
        Shelf::Held => "the day's budget has no room for them; they count in what is at stake",
        Shelf::Snoozed => "they wake on their day, or when they are worse",
        Shelf::Closed | Shelf::Queue => "silent until they clear and come again, or are worse",
    };
    fold(canvas, area, state, title, about);
}

/// A line that opens to others.
fn fold(canvas: &mut Canvas, area: Area, (selected, open): (bool, bool), title: &str, about: &str) {
    let mut line = canvas.line(area, 0);
    line.gap_right(1).bar(selected);
    line.right(if open { "enter closes" } else { "enter opens" }, Role::Dim)
        .gap_right(1);
    line.text(if open { "[−] " } else { "[+] " }, Role::Here)
        .text(title, Role::Plain.strong_if(selected));
    canvas
        .line(area, 1)
        .gap_right(1)
        .bar(selected)
        .gap(4)
        .text(about, Role::Dim);
}

fn untold(canvas: &mut Canvas, area: Area, selected: bool, desk: &Desk, (signal, at): (usize, usize)) {
    let Some(of) = desk.untold.get(signal) else { return };
    let Some(account) = of.accounts.get(at) else {
        return;
    };
    let mut line = canvas.line(area, 0);
    line.gap_right(1).bar(selected).gap(2).text("○", Role::Dim).gap(1);
    line.text(&account.name, Role::Plain.strong_if(selected));
    let why = words::unknown(&account.unknown);
    let why = format!("{} cannot tell: {why}", words::signal(&of.signal));
    canvas
        .line(area, 1)
        .gap_right(1)
        .bar(selected)
        .gap(4)
        .text(&why, Role::Dim);
}

fn border(model: &Model, desk: Option<&Desk>, spot: &Spot) -> Border {
    let mut border = Border {
        number: Some(2),
        title: "Risk queue".to_owned(),
        ..Border::default()
    };
    if desk.is_none() {
        return border;
    }
    let queue = &model.desk.queue;
    let filter = &model.desk.filter;
    if filter.is_on() {
        border.context = format!(
            "/ {}  {} {}",
            filter.input.text(),
            found(model),
            queue.tab.plural()
        );
    } else if model.is_judged() {
        let mut parts = tabs(queue);
        if queue.stands {
            parts.insert(1, ALL_STANDING.to_owned());
        }
        // Of which kind they are, and how many, stays where there is no room for the others.
        let room = spot.area.width.saturating_sub(BESIDE + width(&border.title));
        while spot.bordered && parts.len() > 1 && width(&parts.join(BETWEEN)) > room {
            parts.pop();
        }
        border.context = parts.join(BETWEEN);
    }
    if !queue.lines.is_empty() {
        let stakes = at_stake(model);
        // Title and context with their blanks, as the border lays them out.
        let room = spot
            .area
            .width
            .saturating_sub(12 + width(&border.title) + width(&border.context));
        let on_top = stakes
            .first()
            .filter(|stake| spot.bordered && width(stake) <= room);
        if let Some(stake) = on_top {
            let role = if queue.tab.is_at_stake() {
                Role::Bad
            } else {
                Role::Dim
            };
            border.right = vec![(stake.clone(), role.into())];
        }
        let stakes = if on_top.is_some() { &[][..] } else { &stakes };
        border.below = below(model, spot, stakes);
    }
    border
}

/// What stands below: where one is, and of the rest as much as there is room for, what tells most of it.
fn below(model: &Model, spot: &Spot, stakes: &[String]) -> String {
    let queue = &model.desk.queue;
    let top = model.cursor(Pane::Risks).top;
    let page = spot.list.page().min(queue.lines.len().saturating_sub(top));
    let shown = panes::shown(top, page, queue.lines.len() + queue.hidden);
    let cells = spot.area.width;
    let room = if spot.bordered {
        cells.saturating_sub(6)
    } else {
        panes::tabs::room_below(&panes::tabs::labels(model), model.pane.index(), cells)
    };
    let mut room = room.saturating_sub(width(&shown));
    let assumption: &[String] = if queue.tab.is_at_stake() {
        &["P is assumed".to_owned()]
    } else {
        &[]
    };
    let mut fitting = |texts: &[String]| {
        let text = texts.iter().find(|text| width(text) + 3 <= room)?.clone();
        room -= width(&text) + 3;
        Some(text)
    };
    // Between tabs there is no other place for it.
    let stands: &[String] = if queue.stands && !spot.bordered {
        &[ALL_STANDING.to_owned()]
    } else {
        &[]
    };
    let stands = fitting(stands);
    // That P is an assumption is left out only beside tabs, where there is hardly room for the sum.
    let assumed = fitting(if spot.bordered { assumption } else { &[] });
    let stake = fitting(stakes);
    // A group of many lines has its heading above what shows.
    let by = queue
        .by
        .word()
        .and_then(|by| match queue.group_above(model.cursor(Pane::Risks)) {
            Some(group) => fitting(&[format!("by {by}: {group}"), format!("by {by}")]),
            None => fitting(&[format!("by {by}")]),
        });
    let assumed = assumed.or_else(|| fitting(assumption));
    let parts = [assumed, stands, stake, by, Some(shown)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What is at stake on all accounts with an open warning of the kind that shows, each once, the longest words first:
/// `$98k at stake in 19 accounts`; of chances and defects how many accounts have one. Where the sums of the groups add up to more, it says so.
fn at_stake(model: &Model) -> Vec<String> {
    let queue = &model.desk.queue;
    if queue.on.accounts == 0 {
        return Vec::new();
    }
    let accounts = words::counted(queue.on.accounts.into(), "account", "accounts");
    let stake = words::sum(&queue.on.at_stake, model.currency);
    let overlap = if queue.repeats { ", groups overlap" } else { "" };
    // Only a risk puts anything at stake.
    if !queue.tab.is_at_stake() {
        return vec![format!("{accounts}{overlap}")];
    }
    vec![
        format!("{stake} at stake in {accounts}{overlap}"),
        format!("{stake} in {accounts}{overlap}"),
        format!("{stake}{overlap}"),
    ]
}

/// How many of the open warnings of the kind that shows the filter finds: `2 of 24`; `…` until that is known.
pub fn found(model: &Model) -> String {
    let queue = &model.desk.queue;
    let of = model.desk.desk.as_deref().filter(|_| queue.narrowed);
    let of = of.map(|desk| match queue.tab {
        WarningKind::Risk => desk.day.risks,
        kind => desk.counts.open[kind as usize],
    });
    of.map_or("…".to_owned(), |of| {
        let found = queue.counts[queue.tab as usize];
        format!(
            "{} of {}",
            words::count(found as usize),
            words::count(of as usize)
        )
    })
}

fn empty(model: &Model, desk: Option<&Desk>) -> Vec<String> {
    let texts: &[&str] = match desk {
        Some(_) if model.desk.queue.narrowed => &[
            "No warning of this kind has these words.",
            "They are looked for in the account's names and domain, the signal and the reason; esc clears.",
        ],
        None if !model.desk.loaded => &[model.reading()],
        _ if model.awaits_first_sync() => &[
            "No warnings yet: the first sync is under way.",
            "Signals look at the accounts as soon as it has read them.",
        ],
        _ if model.has_synced() && !model.is_judged() => &[
            "No warnings are known yet.",
            "Signals are looking at the accounts that the first sync has read.",
        ],
        _ if !model.has_synced() => &[
            "No warnings are known yet.",
            "Signals look at the accounts once a sync has come to its end: ctrl-r.",
        ],
        Some(desk) if desk.signals_faulty => &[
            "Whether warnings are open is unknown.",
            "signals.toml has mistakes, so signals may be missing: `retain check` names them.",
        ],
        Some(_) if model.desk.queue.tab != WarningKind::Risk => {
            let keys = model.keymap.keys_of(Action::NextKind, model.context());
            let key = keys.first().map_or(String::new(), ToString::to_string);
            return vec![
                format!("No open {}.", model.desk.queue.tab.word()),
                format!("{key} shows the other kinds."),
            ];
        }
        _ => &[
            "No open warning.",
            "Signals (signals.toml) look after every sync and say why they fire.",
        ],
    };
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Sign of the worst warning, and its role.
fn mark(warnings: &[&Warning]) -> (&'static str, Role) {
    let sign = words::warning_sign(warnings.first().copied());
    (sign, theme::sign(sign))
}

fn money_ink(at_stake: Option<i64>, warnings: &[&Warning]) -> Ink {
    match (at_stake, mark(warnings).1) {
        (None | Some(0), _) => Role::Dim.into(),
        (_, Role::Dim) => Role::Plain.strong(),
        (_, role) => role.strong(),
    }
}

fn when(model: &Model, row: &RiskRow, warnings: &[&Warning]) -> (String, Role) {
    let quiet = |day| match panes::urgency(model.today, day) {
        Role::Plain => Role::Dim,
        role => role,
    };
    let ahead = row.countdown().notice_ahead(model.today);
    match (warnings.first().map(|worst| worst.kind), ahead, row.ends) {
        (Some(WarningKind::Opportunity), Some(notice), _) => {
            let notice = format!("notice {}", words::until(model.today, notice));
            (notice, Role::Dim)
        }
        (Some(WarningKind::Opportunity), None, _) => ("opportunity".to_owned(), Role::Dim),
        (_, Some(notice), _) => (
            format!("notice {}", words::until(model.today, notice)),
            quiet(notice),
        ),
        // Notice has passed, or there is none: what is counted down to is the end.
        (_, None, Some(end)) => (format!("ends {}", words::until(model.today, end)), quiet(end)),
        (Some(WarningKind::Defect), None, None) => ("defect".to_owned(), Role::Dim),
        (_, None, None) => ("notice ?".to_owned(), Role::Dim),
    }
}

/// The reasons of an account's warnings, worst first, as many as fit whole, and how many more there are.
pub fn reasons_in(risk: &RiskRow, cells: u16) -> String {
    fitting(&risk.warnings.iter().collect::<Vec<_>>(), cells)
}

fn fitting(warnings: &[&Warning], cells: u16) -> String {
    let all = warnings.len();
    let mut text = String::new();
    for (at, warning) in warnings.iter().enumerate() {
        let longer = if at == 0 {
            warning.reason.clone()
        } else {
            format!("{text} · {}", warning.reason)
        };
        let rest = if at + 1 == all { 0 } else { 5 };
        if at > 0 && width(&longer) + rest > cells {
            return format!("{text} · +{}", all - at);
        }
        text = longer;
    }
    text
}
