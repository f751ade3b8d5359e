//! Pane 3: what is due for me across accounts, late first.

use std::collections::BTreeSet;

use super::{ENDED, Spot, is_spoken_of, selected};
use crate::app::Model;
use crate::app::layout::{Area, Pane};
use crate::domain::desk::{BulkStep, DUE, Desk, DueItem, DueKind, Standing, StepLine};
use crate::domain::words::counted;
use crate::domain::wrap::{cut, width};
use crate::ui::canvas::Canvas;
use crate::ui::theme::{self, Role};
use crate::ui::widgets::border::Border;
use crate::ui::{panes, words};

/// Fewer cells than this beside the titles are too few for what the steps say.
const LEAST_BODY: u16 = 36;
/// Cells for when it is due.
const WHEN: u16 = 11;
/// Cells that stay for the account where others are needed for what is due.
const LEAST_ACCOUNT: u16 = 10;

/// Draws the pane.
pub fn draw(model: &Model, canvas: &mut Canvas, spot: &Spot) {
    let desk = model.desk.desk.as_deref();
    let due = desk.map_or(&[][..], |desk| &desk.due);
    if due.is_empty() {
        spot.teach(canvas, &empty(model, desk));
    }
    let cursor = model.cursor(Pane::Steps);
    let lines = &model.desk.steps.lines;
    let shown = lines.iter().skip(cursor.top).take(spot.list.page());
    let title = |line: &StepLine| match line {
        StepLine::Item(at, _) => due.get(*at).map(|item| width(&item.title)),
        StepLine::Bulk(_) => None,
    };
    let titles = shown.filter_map(title).max().unwrap_or(0);
    let mut short = BTreeSet::new();
    for (at, line) in lines.iter().enumerate().skip(cursor.top) {
        let Some(area) = spot.item(at, cursor.top) else {
            break;
        };
        let has_cursor = at == cursor.at;
        match line {
            StepLine::Bulk(bulk) => bulk_line(model, canvas, (spot, area, has_cursor), (due, bulk)),
            StepLine::Item(item, below) => {
                if let Some(item) = due.get(*item) {
                    let look = Look {
                        titles,
                        below: *below,
                    };
                    short.extend(one(model, canvas, (spot, area, has_cursor), (item, look)));
                }
            }
        }
    }
    // Which letters stand for whom is known once the lines are laid out.
    spot.border(model, canvas, border(model, desk, (spot, &short)));
    selected::below(model, canvas, spot.list.below);
}

/// How an item is drawn beside others.
#[derive(Clone, Copy)]
struct Look {
    /// Cells of the widest title that shows.
    titles: u16,
    /// Whether it stands below the bulk play that it is part of.
    below: bool,
}

/// Draws an item; names whose it is where that is told by letters alone.
fn one<'a>(
    model: &Model,
    canvas: &mut Canvas,
    (spot, area, has_cursor): (&Spot, Area, bool),
    (item, Look { titles, below }): (&'a DueItem, Look),
) -> Option<&'a str> {
    let selected = has_cursor && spot.focused;
    let account = item.account.as_ref();
    let bar = spot.mark(
        has_cursor,
        account.is_some_and(|account| is_spoken_of(model, account)),
    );
    let (symbol, mark, text) = look(model, item);
    let symbol = canvas.theme().sign(symbol);
    let mut line = canvas.line(area, 0);
    line.gap_right(1).mark(bar);
    if below {
        line.gap(2);
    }
    line.text(symbol, mark).gap(1);
    line.column(
        WHEN,
        &words::due(model.local(), item),
        if mark == Role::Bad { mark } else { text },
    );
    if let Some(state) = item.pending {
        line.text(words::pending(state), Role::Here).gap(1);
    }
    let account = width(&item.account_name).min(area.width / 3);
    let (beside, short) = beside(item, line.left().saturating_sub(account + 2));
    if let Some(whom) = short {
        line.right(&initials(whom), Role::Doubtful).gap_right(1);
    }
    // What it is comes before the whole name of the account.
    let spared = line
        .left()
        .saturating_sub(width(&item.title) + cells(&beside) + 2);
    let most = if beside.is_empty() && short.is_none() {
        u16::MAX
    } else {
        spared.max(LEAST_ACCOUNT)
    };
    line.right(&cut(&item.account_name, account.min(most)), Role::Dim)
        .gap_right(2);
    let odd = item.part_of().and_then(|part| part.odd.as_deref());
    if line.left() < titles + LEAST_BODY && odd.is_none() {
        let title = cut(&item.title, line.left().saturating_sub(cells(&beside)));
        line.text(&title, text.strong_if(selected));
        for (words, role) in &beside {
            line.text(" · ", Role::Dim).text(words, *role);
        }
        return short;
    }
    let titles = match odd {
        Some(_) => width(&item.title).min(line.left() / 2),
        None => titles,
    };
    line.field(titles, &item.title, text.strong_if(selected)).gap(3);
    let mut told = beside;
    match odd {
        // Why it stands alone is what a narrow screen has to keep.
        Some(why) => told.insert(0, (why.to_owned(), Role::Doubtful)),
        None => told.push((words::first_line(&item.body).to_owned(), Role::Dim)),
    }
    told.retain(|(words, _)| !words.is_empty());
    for (at, (words, role)) in told.into_iter().enumerate() {
        let before = if at == 0 { "" } else { " · " };
        line.text(before, Role::Dim).text(&words, role);
    }
    short
}

/// Whose it is when that is not me, and that it waits for other steps, as words behind what it is, where these have so many
/// cells: as whole as fits. Where not even a first name does, letters in a place of their own say whose it is: then the second
/// is the name that they stand for.
fn beside(item: &DueItem, room: u16) -> (Vec<(String, Role)>, Option<&str>) {
    let whom = item.owner.as_deref();
    let waits = |is_whole: bool| {
        let waiting = item.waiting()?;
        let words = if is_whole { waiting } else { "waits".to_owned() };
        Some((words, Role::Dim))
    };
    let told = |whom: Option<&str>, is_whole| -> Vec<(String, Role)> {
        let whose = whom.map(|whom| (format!("for {whom}"), Role::Doubtful));
        whose.into_iter().chain(waits(is_whole)).collect()
    };
    let first = whom.map(first_name);
    let mut ways = [told(whom, true), told(whom, false), told(first, false)].into_iter();
    match ways.find(|words| width(&item.title) + cells(words) <= room) {
        Some(words) => (words, None),
        None => (told(None, false), whom),
    }
}

/// The letters that stand for somebody: `JH`.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let letters = match words[..] {
        [] => String::new(),
        // A name without a blank may be written in signs of which two are all of it.
        [one] => one.chars().take(2).collect(),
        [first, .., last] => [first, last]
            .iter()
            .filter_map(|word| word.chars().next())
            .collect(),
    };
    letters.to_uppercase()
}

/// Cells that they take behind what is due.
fn cells(asides: &[(String, Role)]) -> u16 {
    asides.iter().map(|(words, _)| width(words) + 3).sum()
}

fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// A step of a bulk play: `Value review on 42 accounts · step 2 · 38 to do, 3 late`.
fn bulk_line(
    model: &Model,
    canvas: &mut Canvas,
    (spot, area, has_cursor): (&Spot, Area, bool),
    (due, bulk): (&[DueItem], &BulkStep),
) {
    let items = || bulk.items.iter().filter_map(|at| due.get(*at));
    let Some((first, part)) = items().next().and_then(|item| Some((item, item.part_of()?))) else {
        return;
    };
    let is_open = model.desk.steps.open.contains(&bulk.key);
    let of_selected = |item: &DueItem| {
        let account = item.account.as_ref();
        !is_open && account.is_some_and(|account| is_spoken_of(model, account))
    };
    let bar = spot.mark(has_cursor, items().any(of_selected));
    let (_, _, text) = look(model, first);
    let mut line = canvas.line(area, 0);
    line.gap_right(1)
        .mark(bar)
        .text(if is_open { "−" } else { "+" }, Role::Here)
        .gap(1)
        .column(WHEN, &words::due(model.local(), first), text);
    if let Some(whom) = &first.owner {
        let whom = first_name(whom);
        line.text(&format!("for {whom}"), Role::Doubtful)
            .text(" · ", Role::Dim);
    }
    let counts = [
        (bulk.to_do, "to do", text),
        (bulk.late, "late", Role::Bad),
        (bulk.odd, "to look at", Role::Doubtful),
    ];
    let counts = counts.into_iter().filter(|(count, ..)| *count > 0);
    let mut counts: Vec<(String, Role)> = counts
        .enumerate()
        .map(|(at, (count, word, role))| {
            let before = if at == 0 { "" } else { ", " };
            (format!("{before}{} {word}", words::count(count)), role)
        })
        .collect();
    let on = counted(part.accounts.into(), "account", "accounts");
    let (title, place) = (&part.title, part.place);
    let what = format!("{title} on {on} · step {place} · ");
    let name = text.strong_if(has_cursor && spot.focused);
    let left = line.left();
    let fits = |counts: &[(String, Role)]| {
        let cells: u16 = counts.iter().map(|(count, _)| width(count)).sum();
        width(&what) + cells <= left
    };
    if !fits(&counts) {
        counts.truncate(2);
    }
    if !fits(&counts) {
        // How many there are matters more than on how many it was started.
        for (count, role) in counts.iter().rev() {
            line.right(count, *role);
        }
        line.gap_right(2).text(&format!("{title} · step {place}"), name);
        return;
    }
    line.text(&what, name);
    for (count, role) in &counts {
        line.text(count, *role);
    }
    // What it is is told where it is the same on all, and fits.
    if line.left() >= width(&first.title) + 3 && items().all(|item| item.title == first.title) {
        line.gap(3).text(&first.title, Role::Dim);
    }
}

fn border(model: &Model, desk: Option<&Desk>, (spot, short): (&Spot, &BTreeSet<&str>)) -> Border {
    let foot = [letters(short), foot(model, spot.list.page())];
    let foot = foot.into_iter().filter(|part| !part.is_empty());
    let mut border = Border {
        number: Some(3),
        title: "Steps".to_owned(),
        context: "due for me".to_owned(),
        below: foot.collect::<Vec<_>>().join(" · "),
        ..Border::default()
    };
    if let Some(desk) = desk {
        let told = desk.told(model.has_synced());
        if told.late != Ok(0) {
            let role = if told.late.is_ok() { Role::Bad } else { Role::Dim };
            let late = format!("{} late", words::known(&told.late));
            border.right.push((late, role.into()));
            border.right.push((" · ".to_owned(), Role::Dim.into()));
        }
        let today = format!("{} today", words::known(&told.due_today));
        border.right.push((today, Role::Plain.into()));
    }
    border
}

/// For whom letters stand: `JH for Jonas Holm`.
fn letters(short: &BTreeSet<&str>) -> String {
    let told = short.iter().map(|whom| format!("{} for {whom}", initials(whom)));
    told.collect::<Vec<_>>().join(", ")
}

/// Which of them show, and how many late ones are above: `12 late above · 13–20 of 28`.
fn foot(model: &Model, page: usize) -> String {
    let len = model.len(Pane::Steps);
    if len == 0 {
        return String::new();
    }
    let top = model.cursor(Pane::Steps).top;
    let shown = panes::shown(top, page, len);
    let above = (0..top).filter_map(|at| model.desk.due_at(at));
    let above = above.filter(|item| item.is_late(model.local()));
    match above.count() {
        0 => shown,
        late => format!("{} late above · {shown}", words::count(late)),
    }
}

fn empty(model: &Model, desk: Option<&Desk>) -> Vec<String> {
    let texts = match desk {
        None if !model.desk.loaded => vec![model.reading()],
        None if model.awaits_first_sync() => vec![
            "Nothing read yet: the first sync is under way.",
            "Your open tasks come with it.",
        ],
        None if model.awaits_scores() => {
            vec![ENDED, "Your open tasks show as soon as its accounts are scored."]
        }
        None => vec![
            "Nothing read yet.",
            "Your open tasks come with the first sync: ctrl-r.",
        ],
        Some(desk) => {
            if let Some(why) = desk.unread.why(DUE) {
                return panes::unknown("What is due for you is not known", &why);
            }
            vec![
                "Nothing is due for you.",
                "Tasks that the CRM gives you and handoffs that wait for you show here.",
            ]
        }
    };
    texts.into_iter().map(str::to_owned).collect()
}

/// Symbol, its role and the role of the text.
fn look(model: &Model, item: &DueItem) -> (&'static str, Role, Role) {
    match (item.kind, item.standing(model.local())) {
        (_, Standing::Late) if item.waits() => (theme::LATE, Role::Bad, Role::Dim),
        _ if item.waits() => ("○", Role::Dim, Role::Dim),
        (_, Standing::Late) => (theme::LATE, Role::Bad, Role::Plain),
        (DueKind::Handoff, _) => ("→", Role::Here, Role::Plain),
        (DueKind::Complaint, _) => ("◆", Role::Doubtful, Role::Plain),
        (DueKind::Task | DueKind::Step | DueKind::Promise, Standing::Today) => ("▶", Role::Here, Role::Plain),
        (DueKind::Task | DueKind::Step | DueKind::Promise, _) => ("•", Role::Dim, Role::Dim),
    }
}
