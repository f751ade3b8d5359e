//! The outbox on the screen: what needs a person, what is on its way, drafts, what was done lately.

use super::Hint;
use crate::app::cursor::{Cursor, Step};
use crate::app::layout::{Area, Frame, Size};
use crate::app::model::Model;
use crate::domain::acts::{again, undo};
use crate::domain::outbox::{DraftLine, Entry, EntryId, OutboxView, Remedy, State};

/// What closes it, always.
const BACK: Hint = ("esc", "back");
/// What one can press where nothing may be written, or nothing is left to do.
const LOOK: &[Hint] = &[("enter", "details"), BACK];
/// Where there is nothing.
const NOTHING: &[Hint] = &[BACK];
/// On a draft.
const DRAFT: &[Hint] = &[("enter", "go on writing"), ("d", "drop"), BACK];
/// On an entry that is not as it was written.
const DAMAGED: &[Hint] = &[("d", "give up"), ("enter", "details"), BACK];
/// On what the CRM refused.
const PARKED: &[Hint] = &[
    ("e", "edit"),
    ("r", "send again"),
    ("d", "discard"),
    ("enter", "details"),
    BACK,
];
/// On what is sent again as it is: the CRM may have it, or takes it once what keeps it from that is mended there.
const RESENT: &[Hint] = &[("r", "send again"), ("d", "discard"), ("enter", "details"), BACK];
/// On what nothing can send any more.
const FORSAKEN: &[Hint] = &[("d", "discard"), ("enter", "details"), BACK];
/// On what somebody else changed too.
const CONFLICT: &[Hint] = &[("enter", "decide"), ("d", "discard"), BACK];
/// On what leaves by itself.
const WAITING: &[Hint] = &[
    ("u", "take back"),
    ("e", "edit"),
    ("d", "discard"),
    ("enter", "details"),
    BACK,
];
/// On what is to be tried again.
const RETRY: &[Hint] = &[
    ("r", "send now"),
    ("u", "take back"),
    ("e", "edit"),
    ("d", "discard"),
    ("enter", "details"),
    BACK,
];
/// On what the CRM has.
const SENT: &[Hint] = &[("u", "undo"), ("o", "open in CRM"), ("enter", "details"), BACK];
/// On what was taken back in the CRM, or is being, and on what the CRM had already.
const KEEPS: &[Hint] = &[("o", "open in CRM"), ("enter", "details"), BACK];

/// On what was taken back or given up and can be written anew.
const ANEW: &[Hint] = &[("e", "write anew"), ("enter", "details"), BACK];

/// The outbox on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutboxScreen {
    /// Place among the rows.
    pub at: usize,
    /// The row that is selected, wherever it is after new data.
    pub on: Option<Key>,
}

/// What makes a row the same one after new data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// An entry, damaged or not.
    Entry(EntryId),
    /// A draft.
    Draft(String),
}

/// A row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row<'a> {
    /// An entry.
    Entry(&'a Entry),
    /// An entry that is not as it was written.
    Damaged(EntryId),
    /// A text that is being composed.
    Draft(&'a DraftLine),
}

/// A line of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// A group begins: its name and how many rows it has.
    Heading(&'static str, usize),
    /// What a row is.
    Row(usize, Row<'a>),
    /// What is to be said about it.
    Said(usize, Row<'a>),
    /// Nothing.
    Blank,
}

impl Row<'_> {
    /// What makes it the same one after new data.
    pub fn key(&self) -> Key {
        match self {
            Self::Entry(entry) => Key::Entry(entry.id),
            Self::Damaged(id) => Key::Entry(*id),
            Self::Draft(draft) => Key::Draft(draft.name.clone()),
        }
    }
}

/// The groups with their rows, empty ones too.
pub fn groups(view: &OutboxView) -> [(&'static str, Vec<Row<'_>>); 5] {
    let entries = |is: fn(&Entry) -> bool| {
        let chosen = view.open.iter().filter(move |entry| is(entry));
        chosen.map(Row::Entry)
    };
    let damaged = view.damaged.iter().map(|id| Row::Damaged(*id));
    let is_looked_for = |entry: &Entry| !entry.needs_a_person() && entry.state == State::Unknown;
    let leaves = |entry: &Entry| !entry.needs_a_person() && entry.state != State::Unknown;
    [
        (
            "Needs you",
            entries(Entry::needs_a_person).chain(damaged).collect(),
        ),
        ("On its way", entries(leaves).collect()),
        ("Looked for", entries(is_looked_for).collect()),
        ("Drafts", view.drafts.iter().map(Row::Draft).collect()),
        ("Done lately", view.done.iter().map(Row::Entry).collect()),
    ]
}

/// All rows in their order.
pub fn rows(view: &OutboxView) -> Vec<Row<'_>> {
    groups(view).into_iter().flat_map(|(_, rows)| rows).collect()
}

/// All lines in their order.
pub fn lines(view: &OutboxView) -> Vec<Line<'_>> {
    let (mut lines, mut at) = (Vec::new(), 0);
    for (title, rows) in groups(view).into_iter().filter(|(_, rows)| !rows.is_empty()) {
        if !lines.is_empty() {
            lines.push(Line::Blank);
        }
        lines.push(Line::Heading(title, rows.len()));
        for row in rows {
            lines.push(Line::Row(at, row));
            lines.push(Line::Said(at, row));
            at += 1;
        }
    }
    lines
}

impl Row<'_> {
    /// What one can press on it, first what it needs.
    pub fn hints(&self, view: &OutboxView) -> &'static [Hint] {
        match self {
            Self::Draft(_) => DRAFT,
            Self::Damaged(_) => DAMAGED,
            Self::Entry(entry) => match entry.state {
                State::Parked => match entry.remedy {
                    Remedy::Edit => PARKED,
                    Remedy::Right | Remedy::Restore | Remedy::Property | Remedy::Resend => RESENT,
                    Remedy::Discard => FORSAKEN,
                },
                State::Conflict => CONFLICT,
                State::Unknown => RESENT,
                State::Queued => WAITING,
                State::Retry => RETRY,
                State::Sent if entry.was_there() || undo::under_way(entry, view.all()).is_some() => KEEPS,
                State::Sent => SENT,
                State::TakenBack | State::Discarded if again::check_anew(entry).is_ok() => ANEW,
                State::Sending | State::TakenBack | State::Discarded => LOOK,
            },
        }
    }
}

impl OutboxScreen {
    /// What one can press on the selected row.
    pub fn hints(&self, model: &Model) -> &'static [Hint] {
        match self.selected(&model.outbox.view) {
            Some(row) if !model.is_read_only() => row.hints(&model.outbox.view),
            None | Some(Row::Draft(_)) => NOTHING,
            Some(_) => LOOK,
        }
    }

    /// The place of the selected row now.
    pub fn place(&self, rows: &[Row<'_>]) -> usize {
        let kept = self.on.as_ref();
        let place = kept.and_then(|key| rows.iter().position(|row| row.key() == *key));
        place.unwrap_or_else(|| self.at.min(rows.len().saturating_sub(1)))
    }

    /// The selected row.
    pub fn selected<'a>(&self, view: &'a OutboxView) -> Option<Row<'a>> {
        let rows = rows(view);
        rows.get(self.place(&rows)).copied()
    }

    /// With the row that is selected there kept, whatever is read next.
    #[must_use]
    pub fn kept(&self, view: &OutboxView) -> Self {
        Self {
            at: self.at,
            on: self.on.clone().or_else(|| Some(self.selected(view)?.key())),
        }
    }

    /// After this entry was decided in what lay over the screen, as the outbox was before: where it is selected and
    /// needed a person, the next one that does is selected.
    #[must_use]
    pub fn after_deciding(&self, before: &OutboxView, id: EntryId) -> Self {
        let needs = |row: &Row<'_>| match row {
            Row::Entry(entry) => entry.needs_a_person(),
            Row::Damaged(_) => true,
            Row::Draft(_) => false,
        };
        let is_it = |row: &Row<'_>| row.key() == Key::Entry(id);
        let needing: Vec<Row<'_>> = rows(before).into_iter().filter(needs).collect();
        let at = needing.iter().position(is_it);
        let next = at.and_then(|at| {
            let before = || needing.get(at.checked_sub(1)?);
            needing.get(at + 1).or_else(before)
        });
        match next {
            Some(next) if self.selected(before).as_ref().is_some_and(is_it) => Self {
                at: self.at,
                on: Some(next.key()),
            },
            _ => self.clone(),
        }
    }

    /// After a movement.
    #[must_use]
    pub fn moved(&self, view: &OutboxView, step: Step, page: usize) -> Self {
        let rows = rows(view);
        let cursor = Cursor {
            at: self.place(&rows),
            top: 0,
        };
        let at = cursor.moved(step, rows.len(), page).at;
        Self {
            at,
            on: rows.get(at).map(Row::key),
        }
    }

    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        Frame::of(size, 0).between()
    }

    /// The first line that shows, so that the selected row does, with its group's name if there is room.
    pub fn top(&self, view: &OutboxView, size: Size) -> usize {
        let height = usize::from(Self::area(size).inside().height);
        let lines = lines(view);
        let place = self.place(&rows(view));
        let line = lines
            .iter()
            .position(|line| matches!(line, Line::Row(at, _) if *at == place));
        let below = line.unwrap_or(0) + 2 + height / 3;
        below.min(lines.len()).saturating_sub(height)
    }
}
