//! Fields that somebody else changed too: what I saw, what I want, what the CRM has now, and which is to be.

use super::Hint;
use crate::app::layout::{Area, Frame, Shape, Size};
use crate::domain::outbox::{Change, Conflict, Entry, EntryId, Step, Write};

/// What one can press in it.
pub const HINTS: &[Hint] = &[
    ("m", "mine"),
    ("t", "theirs"),
    ("e", "edit"),
    ("f", "in full"),
    ("j k", "choose"),
    ("enter", "send the result"),
    ("esc", "later"),
];

/// The conflicts of one entry and what was decided so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictView {
    /// The entry as it was when the view was opened.
    pub entry: Entry,
    /// What is to be, field by field; `None` is not decided.
    pub decided: Vec<Option<Decision>>,
    /// The selected field.
    pub at: usize,
    /// Whether the result is ordered to be kept and that is not answered yet.
    pub sending: bool,
}

/// What a field is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// What I want.
    Mine,
    /// What the CRM has.
    Theirs,
    /// Something else; `None` empties the field.
    Other(Option<String>),
}

impl ConflictView {
    /// Nothing is decided yet.
    pub fn new(entry: Entry) -> Self {
        Self {
            decided: vec![None; entry.conflicts.len()],
            entry,
            at: 0,
            sending: false,
        }
    }

    /// Which entry.
    pub fn id(&self) -> EntryId {
        self.entry.id
    }

    /// The selected field.
    pub fn selected(&self) -> Option<&Conflict> {
        self.entry.conflicts.get(self.at)
    }

    /// Decides the selected field and goes to the next one that is not decided.
    pub fn decide(&mut self, decision: Decision) {
        if let Some(decided) = self.decided.get_mut(self.at) {
            *decided = Some(decision);
        }
        if let Some(next) = self.decided.iter().position(Option::is_none) {
            self.at = next;
        }
    }

    /// What a field is going to be; `None` when it is not decided.
    pub fn result(&self, at: usize) -> Option<Option<&str>> {
        let conflict = self.entry.conflicts.get(at)?;
        Some(match self.decided.get(at)?.as_ref()? {
            Decision::Mine => conflict.mine.as_deref(),
            Decision::Theirs => conflict.theirs.as_deref(),
            Decision::Other(value) => value.as_deref(),
        })
    }

    /// Whether the record is to be archived, so that a field is kept with it or goes with it.
    pub fn is_archive(&self) -> bool {
        matches!(self.entry.new.write, Write::Archive { .. })
    }

    /// The step that follows once every field is decided: the write based on what the CRM has now, or the end of
    /// the entry when nothing of it is left.
    pub fn step(&self) -> Option<Step> {
        let kept = || Step::Discarded {
            why: "what the CRM has was kept".to_owned(),
        };
        if self.is_archive() {
            let decided: Option<Vec<&Decision>> = self.decided.iter().map(Option::as_ref).collect();
            let all_theirs = decided?.iter().all(|one| **one == Decision::Theirs);
            return Some(if all_theirs {
                kept()
            } else {
                Step::Resend { grace: None }
            });
        }
        let Write::Update {
            kind,
            target,
            changes,
        } = &self.entry.new.write
        else {
            return None;
        };
        let conflicts = &self.entry.conflicts;
        let mut merged = Vec::new();
        for change in changes {
            let Some(at) = conflicts.iter().position(|one| one.field == change.field) else {
                merged.push(change.clone());
                continue;
            };
            let (to, theirs) = (self.result(at)?, conflicts[at].theirs.clone());
            if !change.same(to, theirs.as_deref()) {
                merged.push(Change {
                    base: theirs,
                    to: to.map(str::to_owned),
                    ..change.clone()
                });
            }
        }
        if merged.is_empty() {
            return Some(kept());
        }
        let write = Write::Update {
            kind: *kind,
            target: target.clone(),
            changes: merged,
        };
        Some(Step::Revised {
            write,
            title: None,
            base: Some(self.entry.new.write.clone()),
            grace: None,
        })
    }

    /// Whether base, mine and theirs stand side by side.
    pub fn is_wide(size: Size) -> bool {
        Shape::of(size) == Shape::Grid
    }

    /// Lines of one field.
    pub fn field_height(size: Size) -> u16 {
        if Self::is_wide(size) { 3 } else { 6 }
    }

    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        Frame::of(size, 0).between()
    }

    /// The first field that shows.
    pub fn top(&self, size: Size) -> usize {
        let rows = Self::area(size).inside().height.saturating_sub(3);
        let shown = usize::from((rows / Self::field_height(size)).max(1));
        (self.at + 1).saturating_sub(shown)
    }
}
