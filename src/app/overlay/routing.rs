//! The routing desk: open questions, the most pressing first, with the desk that should answer each.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::{Cursor, Step};
use crate::app::desks::Deciding;
use crate::app::layout::{Area, Frame, Size};
use crate::domain::acts::About;
use crate::domain::record::{Kind, RecordId};
use crate::domain::routing::{DEFINITION, Desk, Proposal, Question, Questions, Weeks};
use crate::domain::wrap::wrapped;

/// What one can press in it.
pub const HINTS: &[Hint] = &[
    ("h", "hand over"),
    ("u", "undo"),
    ("enter", "the question"),
    ("i", "its account"),
    ("M", "who asks"),
    ("tab", "next desk"),
    ("o", "open in CRM"),
    ("y", "copy"),
    ("j k", "choose"),
    ("esc", "close"),
];
/// While a person decides which desk answers.
const DECIDING: &[Hint] = &[("enter", "hand over"), ("tab", "the other desk"), ("esc", "back")];
/// Where the weeks are.
const WEEKS: &[Hint] = &[("tab", "the questions"), ("j k", "scroll"), ("esc", "close")];
/// Until something was read.
const NOTHING: &[Hint] = &[("esc", "close")];

/// Lines above the list: the tabs, a rule, the heading.
const ABOVE: u16 = 3;
/// Lines below it, about the chosen question, with a rule above them.
const BELOW: u16 = 5;

/// Whose questions show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// All of them.
    #[default]
    All,
    /// Those for the CSM.
    Csm,
    /// Those for support.
    Support,
    /// Those of which a person decides.
    Person,
    /// Those that I own, or of accounts that I look after.
    Mine,
    /// What the desk did, week by week.
    Weeks,
}

impl Tab {
    /// Every tab, from left to right.
    pub const ALL: [Self; 6] = [
        Self::All,
        Self::Csm,
        Self::Support,
        Self::Person,
        Self::Mine,
        Self::Weeks,
    ];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Csm => "CSM",
            Self::Support => "support",
            Self::Person => "a person decides",
            Self::Mine => "mine",
            Self::Weeks => "weeks",
        }
    }

    /// Whether a question is in it.
    pub fn has(self, question: &Question) -> bool {
        match self {
            Self::All => true,
            Self::Csm => question.proposal() == Proposal::Desk(Desk::Csm),
            Self::Support => question.proposal() == Proposal::Desk(Desk::Support),
            Self::Person => matches!(question.proposal(), Proposal::Person(_)),
            Self::Mine => question.mine,
            Self::Weeks => false,
        }
    }

    /// The tab so many to the right.
    #[must_use]
    pub fn after(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        Self::ALL[(at + by) % Self::ALL.len()]
    }
}

/// The routing desk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RoutingScreen {
    /// The order that reads it.
    pub asked: RunId,
    /// What was read, the most pressing first; `None` until then.
    pub told: Option<Box<Questions>>,
    /// Whose questions show.
    pub tab: Tab,
    /// How many questions each tab has.
    pub counts: [usize; Tab::ALL.len()],
    /// The places of those that the tab shows.
    pub rows: Vec<usize>,
    /// What the desk did, once its tab was opened; `None` until it is read.
    pub weeks: Option<Box<Weeks>>,
    /// The order that reads it; `None` where none did since anything changed.
    pub counting: Option<RunId>,
    /// Place among the rows, or those of the weeks.
    pub cursor: Cursor,
    /// Which desk answers the question under the cursor, while a person decides.
    pub deciding: Option<Deciding>,
    /// The draft that goes on as soon as the questions are read.
    pub resuming: Option<Resuming>,
}

/// A handoff of a question that was begun.
#[derive(Debug, Clone, PartialEq)]
pub struct Resuming {
    /// The account.
    pub about: About,
    /// Id of the template.
    pub template: String,
    /// Id of the question.
    pub question: RecordId,
    /// The name under which what was typed is kept.
    pub draft: String,
}

impl RoutingScreen {
    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        Frame::of(size, 0).between()
    }

    /// Where the list is, and below it what is said of the chosen question, with a row more where not all are known.
    pub fn lists(&self, size: Size) -> (Area, Area) {
        let rest = Self::area(size).inside().below(ABOVE);
        let unread = self.told.as_ref().is_some_and(|told| told.unread.is_some());
        let below = BELOW + u16::from(unread);
        (rest.above(below), rest.bottom(below))
    }

    /// Where the rows of the weeks are, below what is unknown and the heading, and beneath them what their figures are, in
    /// these lines.
    pub fn weeks_lists(&self, size: Size) -> (Area, Area, Vec<String>) {
        let inside = Self::area(size).inside();
        let definition = wrapped(DEFINITION, inside.width.saturating_sub(3), 4);
        let rows = definition.len() as u16;
        let unknown = self.weeks.as_ref().map_or(0, |weeks| weeks.unknown().len());
        let list = inside.below(ABOVE + unknown as u16).above(rows + 1);
        (list, inside.bottom(rows), definition)
    }

    /// How many questions show.
    pub fn page(&self, size: Size) -> usize {
        usize::from(self.lists(size).0.height).max(1)
    }

    /// What one can press.
    pub fn hints(&self) -> &'static [Hint] {
        match (&self.told, &self.deciding) {
            (None, _) => NOTHING,
            (_, Some(_)) => DECIDING,
            _ if self.tab == Tab::Weeks => WEEKS,
            _ => HINTS,
        }
    }

    /// The question at this place of the list.
    pub fn row(&self, at: usize) -> Option<&Question> {
        self.told.as_ref()?.open.get(*self.rows.get(at)?)
    }

    /// The question under the cursor.
    pub fn selected(&self) -> Option<&Question> {
        self.row(self.cursor.at)
    }

    /// It was read: what is under the cursor stays there, as long as it is open.
    pub fn read(&mut self, told: Box<Questions>, size: Size) {
        let key = |one: &Question| (one.kind, one.id.clone());
        let kept: Option<(Kind, RecordId)> = self.selected().map(key);
        for (count, tab) in self.counts.iter_mut().zip(Tab::ALL) {
            *count = told.open.iter().filter(|one| tab.has(one)).count();
        }
        self.told = Some(told);
        self.list(size);
        if let Some(at) = (0..self.rows.len()).find(|at| self.row(*at).map(key) == kept) {
            self.cursor.at = at;
        }
        self.cursor = self.cursor.within(self.rows.len(), self.page(size));
    }

    /// Puts the cursor on a question, if it is open.
    pub fn seek(&mut self, account: &RecordId, id: &RecordId, size: Size) -> Option<&Question> {
        let is_it = |one: &Question| {
            one.id == *id && one.account.as_ref().is_some_and(|asking| asking.id == *account)
        };
        let at = (0..self.rows.len()).find(|at| self.row(*at).is_some_and(is_it))?;
        self.cursor.at = at;
        self.cursor = self.cursor.within(self.rows.len(), self.page(size));
        self.selected()
    }

    /// Another movement in the list.
    pub fn step(&mut self, step: Step, size: Size) {
        self.cursor = match &self.weeks {
            Some(weeks) if self.tab == Tab::Weeks => {
                let page = usize::from(self.weeks_lists(size).0.height).max(1);
                let rows = weeks.rows().len();
                // The whole table moves: no row of it is chosen.
                let at = self.cursor.moved(step, rows.saturating_sub(page) + 1, page).at;
                Cursor { at, top: at }
            }
            _ => self.cursor.moved(step, self.rows.len(), self.page(size)),
        };
    }

    /// To the tab so many to the right.
    pub fn turn(&mut self, by: usize, size: Size) {
        self.tab = self.tab.after(by);
        self.cursor = Cursor::default();
        self.list(size);
    }

    fn list(&mut self, size: Size) {
        let open = self.told.iter().flat_map(|told| told.open.iter().enumerate());
        let here = open.filter(|(_, one)| self.tab.has(one));
        self.rows = here.map(|(at, _)| at).collect();
        self.cursor = self.cursor.within(self.rows.len(), self.page(size));
    }
}
