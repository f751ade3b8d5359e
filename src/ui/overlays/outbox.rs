//! The outbox: groups of what needs a person, is on its way, is being composed, was done; two lines a row.

use jiff::{SignedDuration, Timestamp};

use super::open_box;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::form::Draft;
use crate::app::overlay::outbox::{Line, Row, lines, rows};
use crate::app::overlay::{Hint, OutboxScreen};
use crate::app::reading;
use crate::domain::outbox::{DraftLine, Entry, OutboxView, State, waits_on};
use crate::domain::reach::Reach;
use crate::domain::wrap::wrapped;
use crate::ui::canvas::{self, Canvas};
use crate::ui::panes::shown;
use crate::ui::theme::Role;
use crate::ui::words;

/// Cells of symbol and state.
const STATE: u16 = 13;
/// Cells of an account's name at most.
const ACCOUNT: u16 = 28;
/// With so many cells a row that needs a person names its keys; else the last line alone does.
const ROOMY: u16 = 90;
/// Cells of an age.
const AGE: u16 = 6;
/// An answer that takes no longer is no news.
const MOMENT: SignedDuration = SignedDuration::from_secs(2);

/// Draws the outbox over everything between the header and the last line.
pub fn draw(model: &Model, canvas: &mut Canvas, screen: &OutboxScreen) {
    let view = &model.outbox.view;
    let (lines, rows) = (lines(view), rows(view));
    let place = screen.place(&rows);
    let top = screen.top(view, model.size);
    let area = OutboxScreen::area(model.size);
    let in_sight = lines.iter().skip(top).take(usize::from(area.inside().height));
    let mut in_sight = in_sight.filter_map(|line| match line {
        Line::Row(at, _) => Some(*at),
        _ => None,
    });
    let below = match in_sight.next() {
        Some(first) => shown(first, 1 + in_sight.count(), rows.len()),
        None => String::new(),
    };
    let inside = open_box(canvas, area, "Outbox", &below);
    if lines.is_empty() {
        return empty(model, canvas, inside);
    }
    for (at, line) in lines
        .iter()
        .skip(top)
        .take(usize::from(inside.height))
        .enumerate()
    {
        let mut out = canvas.line(inside, at as u16);
        match line {
            Line::Blank => {}
            Line::Heading(title, count) => {
                out.gap(1)
                    .text(title, Role::Plain.strong())
                    .gap(1)
                    .text(&count.to_string(), Role::Dim);
            }
            Line::Row(at, row) => draw_row(model, &mut out, *row, *at == place),
            Line::Said(at, row) => draw_said(model, &mut out, *row, *at == place),
        }
    }
}

fn empty(model: &Model, canvas: &mut Canvas, inside: Area) {
    let texts = if model.outbox.loaded {
        [
            "Nothing waits to be sent, and nothing was sent from here yet.",
            "What you write on an account (a note, a task, a call, a changed field) waits here for a moment in which u \
             takes it back, leaves for the CRM, and comes to rest here with the CRM's own number for it.",
            "What the CRM refuses, or somebody else changed too, stays here until you decide. Nothing is ever dropped.",
        ]
    } else {
        ["Reading the outbox …", "", ""]
    };
    let inside = inside.below(1);
    let mut at = 0;
    for text in texts {
        for line in wrapped(text, inside.width.saturating_sub(4).min(90), 6) {
            canvas.line(inside, at).gap(2).text(&line, Role::Plain);
            at += 1;
        }
        at += 1;
    }
}

/// Symbol, word and role of a state.
fn state(state: State) -> (&'static str, &'static str, Role) {
    let (symbol, role) = match state {
        State::Parked => ("▲", Role::Bad),
        State::Conflict => ("◆", Role::Doubtful),
        State::Unknown => ("○", Role::Doubtful),
        State::Queued | State::Retry => ("→", Role::Here),
        State::Sending => ("▶", Role::Here),
        State::Sent => ("✓", Role::Good),
        State::TakenBack => ("↩", Role::Dim),
        State::Discarded => ("✕", Role::Dim),
    };
    (symbol, state.word(), role)
}

fn draw_row(model: &Model, line: &mut canvas::Line<'_, '_>, row: Row<'_>, selected: bool) {
    let view = &model.outbox.view;
    let (mark, title, account, since) = match row {
        Row::Entry(entry) => (
            match reading::undone(model, entry) {
                Some((_, true)) => ("↩", "undone", Role::Dim),
                _ => state(entry.state),
            },
            entry.new.title.clone(),
            entry.new.account.as_ref(),
            Some(entry.since),
        ),
        Row::Damaged(id) => {
            let title = format!("Entry {id} is not as it was written");
            (("▲", "damaged", Role::Bad), title, None, None)
        }
        Row::Draft(draft) => {
            let title = format!("{}: {}", draft.what(), Draft::words_of(draft));
            (("✎", "draft", Role::Dim), title, None, Some(draft.saved_at))
        }
    };
    let drafted = match row {
        Row::Draft(draft) => draft.account(),
        _ => None,
    };
    let account = account
        .or(drafted.as_ref())
        .map(|id| view.account_name(id))
        .unwrap_or_default();
    let age = since
        .map(|then| words::age(model.now, then, &model.zone))
        .unwrap_or_default();
    let (symbol, word, role) = mark;
    line.bar(selected).gap(1);
    line.text(symbol, role).gap(1).field(STATE - 2, word, role);
    let cells = ACCOUNT.min(line.left() / 3);
    let titled = line.left().saturating_sub(cells + AGE + 4);
    line.field(titled, &title, Role::Plain.strong_if(selected)).gap(2);
    line.column(cells, account, Role::Dim)
        .number(AGE, &age, Role::Dim);
}

/// Whether a key does something with a row, other than look at it or leave.
fn is_deed(hint: Hint) -> bool {
    hint.0 != "esc" && hint.1 != "details"
}

/// What is to be said about a row, below its facts.
fn draw_said(model: &Model, line: &mut canvas::Line<'_, '_>, row: Row<'_>, selected: bool) {
    let view = &model.outbox.view;
    let needs = match row {
        Row::Entry(entry) => entry.needs_a_person(),
        Row::Damaged(_) | Row::Draft(_) => true,
    };
    let (said, role) = match row {
        Row::Entry(entry) => said(model, entry),
        Row::Damaged(_) => ("it is never sent; d gives it up".to_owned(), Role::Plain),
        Row::Draft(draft) => (not_queued(view, draft), Role::Dim),
    };
    line.bar(selected).gap(1 + STATE).gap_right(1);
    if needs && line.left() >= ROOMY && !model.is_read_only() {
        for (at, (key, name)) in row
            .hints(&model.outbox.view)
            .iter()
            .filter(|hint| is_deed(**hint))
            .rev()
            .enumerate()
        {
            let between = if at == 0 { "" } else { " · " };
            line.right(&format!(" {name}{between}"), Role::Dim)
                .right(key, Role::Here);
        }
        line.gap_right(3);
    }
    line.text(&said, role);
}

/// What is to be said about a draft: what it changes, and where that stands.
fn not_queued(view: &OutboxView, draft: &DraftLine) -> String {
    let entry = draft.revised().and_then(|id| view.entry(id));
    match entry {
        None => "not queued yet".to_owned(),
        Some(entry) if entry.state == State::Sent => {
            format!("not written; the CRM has: {}", entry.new.title)
        }
        Some(entry) => format!("not written; {}: {}", entry.state.word(), entry.new.title),
    }
}

fn said(model: &Model, entry: &Entry) -> (String, Role) {
    let view = &model.outbox.view;
    let words = entry.said.as_deref().unwrap_or_default();
    if let Some(other) = waits_on(&view.open, entry) {
        let told = format!("waits until you have decided: {}", other.new.title);
        return (told, Role::Plain);
    }
    match entry.state {
        State::Queued => (leaves(model, entry), Role::Dim),
        State::Retry => {
            let when = leaves(model, entry);
            let waits = entry.retry_at.is_some_and(|at| at > model.now);
            let says_all = !waits || limited_until(model, entry).is_some();
            let told = if says_all {
                when
            } else {
                format!("{when}: {words}")
            };
            (told, Role::Dim)
        }
        State::Sending => (being_sent(model, entry), Role::Dim),
        State::Unknown => unanswered(model, entry),
        State::Parked => (parked(entry, words), Role::Plain),
        State::Conflict => {
            let fields = entry.conflicts.iter().map(|conflict| {
                let value = |value: Option<&str>| reading::value(model, &conflict.field, value);
                let (mine, theirs) = (value(conflict.mine.as_deref()), value(conflict.theirs.as_deref()));
                format!("{}: mine {mine}, theirs {theirs}", view.label(&conflict.field))
            });
            (fields.collect::<Vec<_>>().join("; "), Role::Plain)
        }
        State::Sent if let Some((told, _)) = reading::undone(model, entry) => (told, Role::Dim),
        State::Sent => {
            let receipt = entry.receipt.as_ref();
            let replaced = receipt.map_or_else(Vec::new, |receipt| reading::replaced(model, receipt));
            match (receipt, replaced.is_empty()) {
                (Some(_), false) => (replaced.join("; "), Role::Doubtful),
                (Some(receipt), true) => {
                    let when = reading::moment(model, entry.since);
                    let has = if receipt.there {
                        "the CRM had it already, in"
                    } else {
                        "the CRM has it as"
                    };
                    (format!("{has} {} · {when}", receipt.record), Role::Dim)
                }
                (None, _) => (String::new(), Role::Dim),
            }
        }
        State::TakenBack => ("taken back before it left".to_owned(), Role::Dim),
        State::Discarded if words.is_empty() => ("discarded without a reason".to_owned(), Role::Dim),
        State::Discarded => (format!("discarded: {words}"), Role::Dim),
    }
}

/// Why it was not sent, and what has to be done about it elsewhere.
fn parked(entry: &Entry, words: &str) -> String {
    let remedy = entry.remedy;
    // The reason first: a narrow screen cuts what is to be done about it, which the details tell.
    match remedy.before() {
        Some(advice) => format!("{words}: {advice}"),
        None => format!("{}: {words}", remedy.unsent().unwrap_or("the CRM says")),
    }
}

/// What becomes of what left without an answer. Once it was looked for in vain, what was said tells all.
fn unanswered(model: &Model, entry: &Entry) -> (String, Role) {
    let words = entry.said.as_deref().unwrap_or_default();
    match entry.looked_for_until(model.outbox.means.settle) {
        Some(until) if until > model.now => {
            let time = until.to_zoned(model.zone.clone()).strftime("%H:%M");
            (format!("looked for in the CRM until {time}: {words}"), Role::Dim)
        }
        Some(_) => (format!("looked for in the CRM once more: {words}"), Role::Dim),
        None if entry.settled => (words.to_owned(), Role::Plain),
        None => (format!("the CRM may have it: {words}"), Role::Plain),
    }
}

/// When it leaves by itself, in words.
fn leaves(model: &Model, entry: &Entry) -> String {
    let Some(at) = entry.leaves_at() else {
        return String::new();
    };
    if entry.is_held(model.now) {
        return "held as long as it is being changed".to_owned();
    }
    if model.is_read_only() {
        return "waits: nothing is sent as long as this profile may not write".to_owned();
    }
    if let Some(told) = limited_until(model, entry) {
        return told;
    }
    let left = at.duration_since(model.now).as_millis();
    match u64::try_from(left).unwrap_or(0).div_ceil(1_000) {
        0 => held_up(model),
        seconds @ ..120 => format!("leaves in {seconds} s"),
        seconds => format!("leaves in {} min", seconds / 60),
    }
}

/// That the CRM asked to be left alone, where an entry waits for nothing else.
fn limited_until(model: &Model, entry: &Entry) -> Option<String> {
    let until = model.sync.not_before.filter(|until| *until > model.now)?;
    let waits = entry.leaves_at().is_some_and(|at| at <= until);
    waits.then(|| {
        format!(
            "the CRM asked us to wait until {}: it leaves then",
            time(model, until)
        )
    })
}

/// Why what may leave now has not left: what has is not answered, or what was tried is tried again later, or there is no
/// way to the CRM.
fn held_up(model: &Model) -> String {
    let open = || model.outbox.view.open.iter();
    let unanswered = open().filter_map(|entry| silent_since(model, entry)).min();
    let put_off = open().find_map(|entry| {
        let at = entry.retry_at.filter(|at| *at > model.now)?;
        Some((at, entry.said.as_deref()?))
    });
    match (unanswered, put_off) {
        (Some(since), _) => format!(
            "waits for the one that is being sent: the CRM is slow, no answer since {}",
            time(model, since)
        ),
        (None, Some((at, why))) => format!("waits until {}: {why}", time(model, at)),
        (None, None) => match model.reach.0 {
            Reach::Answers => "leaves now".to_owned(),
            Reach::Silent => "leaves as soon as the CRM answers".to_owned(),
            Reach::Unreachable => "leaves as soon as the CRM can be reached".to_owned(),
        },
    }
}

fn being_sent(model: &Model, entry: &Entry) -> String {
    match silent_since(model, entry) {
        None => "being sent right now".to_owned(),
        Some(since) => format!(
            "being sent: the CRM is slow, no answer since {}",
            time(model, since)
        ),
    }
}

/// Since when an entry waits for the CRM's answer, if that is longer than a moment.
fn silent_since(model: &Model, entry: &Entry) -> Option<Timestamp> {
    let since = entry.tried_at.filter(|_| entry.state == State::Sending)?;
    (model.now.duration_since(since) >= MOMENT).then_some(since)
}

/// A time of day, with its day where that is another one than today.
fn time(model: &Model, at: Timestamp) -> String {
    let at = at.to_zoned(model.zone.clone());
    let time = at.strftime("%T");
    if at.date() == model.today {
        return time.to_string();
    }
    format!("{} {time}", words::calendar_day(model.today, at.date()))
}
