//! What is next and what was: due items, timeline, notes, handoffs.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use super::Spot;
use crate::app::Model;
use crate::app::layout::Area;
use crate::domain::account_view::{AccountView, TimelineKind};
use crate::domain::desk::{DueKind, Standing};
use crate::domain::handoff::Followed;
use crate::domain::wrap::{width, wrapped};
use crate::ui::canvas::Canvas;
use crate::ui::panes::handoffs::{mark, said};
use crate::ui::theme::{self, Role};
use crate::ui::words;

/// Lines of a note that is not the selected one.
const NOTE_LINES: usize = 3;
/// Lines of the selected note.
const OPEN_NOTE_LINES: usize = 40;

/// Draws what is due on the account, for anyone.
pub fn next(model: &Model, view: &AccountView, canvas: &mut Canvas, spot: &Spot) {
    let heights = vec![1; view.next.len()];
    let teach = "Nothing is planned: open tasks of the CRM for this account show here.";
    spot.items(canvas, &heights, teach, |canvas, at, area, selected| {
        let item = &view.next[at];
        let standing = item.standing(model.local());
        let late = standing == Standing::Late;
        let (symbol, role) = match (item.kind, standing) {
            (_, Standing::Late) => (theme::LATE, Role::Bad),
            _ if item.waits() => ("○", Role::Dim),
            (DueKind::Handoff, _) => ("→", Role::Here),
            (DueKind::Complaint, _) => ("◆", Role::Doubtful),
            (DueKind::Task | DueKind::Step | DueKind::Promise, Standing::Today) => ("▶", Role::Here),
            (DueKind::Task | DueKind::Step | DueKind::Promise, _) => ("•", Role::Dim),
        };
        let symbol = canvas.theme().sign(symbol);
        let mut line = canvas.line(area, 0);
        line.gap_right(1).bar(selected).gap(1).text(symbol, role).gap(1);
        line.right(
            &words::due(model.local(), item),
            if late { Role::Bad } else { Role::Dim },
        )
        .gap_right(2);
        if let Some(owner) = &item.owner {
            line.right(owner, Role::Plain).gap_right(2);
        }
        let waiting = item.waiting();
        let title = if item.owner.is_some() || waiting.is_some() {
            Role::Dim
        } else {
            Role::Plain
        };
        if let Some(state) = item.pending {
            line.text(words::pending(state), Role::Here).gap(1);
        }
        line.text(&item.title, title.strong_if(selected));
        if let Some(waiting) = waiting {
            line.text(" · ", Role::Dim).text(&waiting, Role::Dim);
        }
        line.gap(2).text(words::first_line(&item.body), Role::Dim);
    });
}

/// Draws what happened, newest first.
pub fn timeline(model: &Model, view: &AccountView, canvas: &mut Canvas, spot: &Spot) {
    let heights = vec![1; view.timeline.len()];
    let teach = "Nothing happened yet that the CRM told.";
    // Days of another year need room for the year: the oldest, or the newest, as a meeting may be to come.
    let mut ends = view.timeline.first().into_iter().chain(view.timeline.last());
    let years = ends.any(|one| day_of(model, one.when).year() != model.today.year());
    let cells = if years { 9 } else { 6 };
    let mut before: Option<Date> = None;
    spot.items(canvas, &heights, teach, |canvas, at, area, selected| {
        let entry = &view.timeline[at];
        let day = day_of(model, entry.when);
        let (symbol, role) = symbol(entry.kind);
        let mut line = canvas.line(area, 0);
        line.gap_right(1).bar(selected);
        // A day is written once, at its first line.
        let text = if before == Some(day) {
            String::new()
        } else {
            words::short_day(model.today, day)
        };
        before = Some(day);
        line.number(cells, &text, Role::Dim)
            .gap(2)
            .text(symbol, role)
            .gap(1);
        if width(&entry.words) + width(&entry.who) + 2 <= line.left() {
            line.right(&entry.who, Role::Dim).gap_right(2);
        }
        if let Some(state) = entry.pending {
            line.text(words::pending(state), Role::Here).gap(1);
        }
        line.text(&entry.words, Role::Plain.strong_if(selected));
    });
}

/// The civil day of a moment in the person's zone.
fn day_of(model: &Model, when: Timestamp) -> Date {
    Zoned::new(when, model.zone.clone()).date()
}

fn symbol(kind: TimelineKind) -> (&'static str, Role) {
    match kind {
        TimelineKind::Touchpoint => ("☎", Role::Here),
        TimelineKind::Note => ("✎", Role::Dim),
        TimelineKind::TicketOpened => ("▲", Role::Doubtful),
        TimelineKind::TicketClosed => ("✓", Role::Good),
        TimelineKind::Health => ("▼", Role::Bad),
        TimelineKind::Contact => ("✕", Role::Doubtful),
        TimelineKind::Survey => ("●", Role::Here),
        TimelineKind::Change => ("•", Role::Dim),
        TimelineKind::Warning => ("◆", Role::Doubtful),
    }
}

/// Draws the notes; the selected one is open.
pub fn notes(model: &Model, view: &AccountView, canvas: &mut Canvas, spot: &Spot) {
    let cells = spot.inside.width.saturating_sub(4);
    let room = usize::from(spot.inside.height.max(2)) - 1;
    let most = |at: usize| {
        if spot.focused && at == spot.at {
            OPEN_NOTE_LINES.min(room)
        } else {
            NOTE_LINES
        }
    };
    // What lies beyond the selected note and a screen more is not wrapped.
    let reach = view
        .notes
        .len()
        .min(spot.at + usize::from(spot.inside.height) + 1);
    let texts: Vec<Vec<String>> = view.notes[..reach]
        .iter()
        .enumerate()
        .map(|(at, note)| wrapped(&note.text, cells, most(at)))
        .collect();
    let mut heights: Vec<u16> = texts.iter().map(|lines| 1 + lines.len() as u16).collect();
    // Those beyond count, though nobody sees how high they are.
    heights.resize(view.notes.len(), 1 + NOTE_LINES as u16);
    spot.items(canvas, &heights, "No note.", |canvas, at, area, selected| {
        let note = &view.notes[at];
        let day = day_of(model, note.when);
        let mut line = canvas.line(area, 0);
        line.gap_right(1).bar(selected).gap(1);
        line.text(&words::calendar_day(model.today, day), Role::Dim)
            .gap(2)
            .text(&note.who, Role::Dim);
        if let Some(state) = note.pending {
            line.gap(2)
                .text(words::pending(state), Role::Here)
                .gap(1)
                .text(state.word(), Role::Dim);
        }
        for (row, text) in texts[at].iter().enumerate() {
            canvas
                .line(area, row as u16 + 1)
                .bar(selected)
                .gap(1)
                .gap_right(2)
                .text(text, Role::Plain);
        }
    });
}

/// Draws the handoffs, newest first, and below them what follows the account.
pub fn handoffs(model: &Model, view: &AccountView, canvas: &mut Canvas, spot: &Spot) {
    let heights = vec![2; view.handoffs.len() + view.followed.len()];
    spot.items(canvas, &heights, "No handoff.", |canvas, at, area, selected| {
        let Some(handoff) = view.handoffs.get(at) else {
            if let Some(one) = view.followed.get(at - view.handoffs.len()) {
                followed(model, canvas, area, (one, selected));
            }
            return;
        };
        let (symbol, role) = mark(handoff);
        let mut line = canvas.line(area, 0);
        line.gap_right(1).bar(selected).gap(1).text(symbol, role).gap(1);
        line.right(&words::age(model.now, handoff.when, &model.zone), Role::Dim)
            .gap_right(2);
        let roles = format!(
            "{} → {}",
            words::role(&handoff.from_role),
            words::role(&handoff.to_role)
        );
        line.text(&roles, Role::Plain.strong_if(selected));
        canvas
            .line(area, 1)
            .gap_right(2)
            .bar(selected)
            .gap(3)
            .text(&said(handoff), Role::Dim);
    });
}

/// One thing that follows the account: what it is, by whom and when; below it its first line.
fn followed(model: &Model, canvas: &mut Canvas, area: Area, (one, selected): (&Followed, bool)) {
    let mut line = canvas.line(area, 0);
    line.gap_right(1).bar(selected).gap(1).text("•", Role::Dim).gap(1);
    let age = words::age(model.now, one.when, &model.zone);
    let who = one.who.as_deref().unwrap_or("somebody");
    let edited = if one.first.is_some() { ", edited since" } else { "" };
    line.right(&format!("{who}{edited}, {age}"), Role::Dim)
        .gap_right(2);
    line.text(one.what.words(), Role::Plain.strong_if(selected));
    if let Some(outcome) = &one.outcome {
        line.text(if outcome.kept { ", kept" } else { ", not kept" }, Role::Dim);
    }
    let text = one.text.lines().next().unwrap_or_default();
    canvas
        .line(area, 1)
        .gap_right(2)
        .bar(selected)
        .gap(3)
        .text(text, Role::Dim);
}
