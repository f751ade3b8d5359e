//! NPS: what customers answered, in tabs. It is read once when it opens: nothing moves under the eyes.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::{Cursor, Step};
use crate::app::layout::{Area, Frame, Size};
use crate::domain::nps::{DEFINITION, Group, Report, Silent, Verbatim};
use crate::domain::record::RecordId;
use crate::domain::wrap::wrapped;

/// What one can press in it.
pub const HINTS: &[Hint] = &[
    ("enter", "open the account"),
    ("tab", "next list"),
    ("y", "copy"),
    ("j k", "choose"),
    ("esc", "close"),
];

/// Most cells of the box.
const WIDEST: u16 = 150;
/// Lines above the list: figure, trend, tabs, rule, heading.
const ABOVE: u16 = 5;
/// Lines for the words of the chosen answer where they do not fit beside it.
const WORDS: u16 = 3;
/// Lines that the list keeps before those words have room.
const LEAST: u16 = 6;

/// One of its lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// 0 to 6.
    #[default]
    Pains,
    /// 9 and 10.
    Wins,
    /// Accounts without an answer.
    Silent,
    /// 7 and 8.
    Passives,
    /// By segment.
    Segments,
    /// By CSM.
    Owners,
}

/// A line of a list.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// An answer.
    Verbatim(&'a Verbatim),
    /// An account without one.
    Silent(&'a Silent),
    /// A segment or CSM.
    Group(&'a Group),
}

impl Tab {
    /// Every tab, from left to right.
    pub const ALL: [Self; 6] = [
        Self::Pains,
        Self::Wins,
        Self::Silent,
        Self::Passives,
        Self::Segments,
        Self::Owners,
    ];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pains => "pains",
            Self::Wins => "wins",
            Self::Silent => "silent",
            Self::Passives => "passives",
            Self::Segments => "segments",
            Self::Owners => "CSMs",
        }
    }

    /// How many lines it has.
    pub fn len(self, told: &Report) -> usize {
        match self {
            Self::Pains => told.pains.len(),
            Self::Wins => told.wins.len(),
            Self::Silent => told.silent.len(),
            Self::Passives => told.passives.len(),
            Self::Segments => told.segments.len(),
            Self::Owners => told.owners.len(),
        }
    }

    /// One of its lines.
    pub fn row(self, told: &Report, at: usize) -> Option<Row<'_>> {
        match self {
            Self::Pains => told.pains.get(at).map(Row::Verbatim),
            Self::Wins => told.wins.get(at).map(Row::Verbatim),
            Self::Silent => told.silent.get(at).map(Row::Silent),
            Self::Passives => told.passives.get(at).map(Row::Verbatim),
            Self::Segments => told.segments.get(at).map(Row::Group),
            Self::Owners => told.owners.get(at).map(Row::Group),
        }
    }

    /// The tab so many to the right, or to the left.
    #[must_use]
    pub fn after(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        Self::ALL[(at + by) % Self::ALL.len()]
    }
}

/// What customers answered.
#[derive(Debug, Clone, PartialEq)]
pub struct NpsScreen {
    /// The order that reads it.
    pub asked: RunId,
    /// What was read; `None` until then.
    pub told: Option<Box<Report>>,
    /// The list that shows.
    pub tab: Tab,
    /// Place in it.
    pub cursor: Cursor,
}

impl NpsScreen {
    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        let all = Frame::of(size, 0).between();
        all.middle(WIDEST.min(all.width.saturating_sub(2)), all.height)
    }

    /// What the score is, in as many lines as it needs.
    pub fn definition(size: Size) -> Vec<String> {
        wrapped(DEFINITION, Self::area(size).inside().width.saturating_sub(2), 3)
    }

    /// Where the list is, and below it the words of the chosen answer.
    pub fn lists(size: Size) -> (Area, Area) {
        let inside = Self::area(size).inside();
        let rest = inside.below(ABOVE).above(Self::definition(size).len() as u16);
        let words = if rest.height >= LEAST + WORDS { WORDS } else { 0 };
        (rest.above(words), rest.bottom(words))
    }

    /// How many lines of a list show.
    pub fn page(size: Size) -> usize {
        usize::from(Self::lists(size).0.height).max(1)
    }

    /// The line under the cursor.
    pub fn selected(&self) -> Option<Row<'_>> {
        self.tab.row(self.told.as_deref()?, self.cursor.at)
    }

    /// The account of the line under the cursor, with its name.
    pub fn account(&self) -> Option<(&RecordId, &str)> {
        match self.selected()? {
            Row::Verbatim(one) => Some((&one.account, &one.name)),
            Row::Silent(one) => Some((&one.account, &one.name)),
            Row::Group(_) => None,
        }
    }

    /// The same after a movement in the list.
    pub fn step(&mut self, step: Step, size: Size) {
        let len = self.told.as_deref().map_or(0, |told| self.tab.len(told));
        self.cursor = self.cursor.moved(step, len, Self::page(size));
    }
}
