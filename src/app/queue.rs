//! The risk queue as it is looked at: one kind of warning at a time, grouped or not, with what is apart at its end.
//! Arranged when the desk arrives or the look changes, never while a frame is drawn.

use std::collections::BTreeSet;

use crate::domain::desk::{Desk, RiskRow, SegmentRow, Warning, WarningKind, at_stake};
use crate::domain::money::Sum;
use crate::domain::record::RecordId;
use crate::domain::warning::Shelf;

/// How the queue is looked at, and its lines.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Queue {
    /// Of which kind warnings show.
    pub tab: WarningKind,
    /// How they are grouped.
    pub by: By,
    /// Lines that are opened.
    pub open: BTreeSet<Fold>,
    /// What shows, in order.
    pub lines: Vec<Line>,
    /// How many warnings of each kind are open, in the order of [`WarningKind::ALL`].
    pub counts: [u32; 3],
}

/// How the queue is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// Not at all: the most pressing account first.
    #[default]
    Nothing,
    /// By the signal that fired.
    Signal,
    /// By the segment of the account.
    Segment,
    /// By who looks after the account.
    Owner,
}

impl By {
    /// The next way to group.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Nothing => Self::Signal,
            Self::Signal => Self::Segment,
            Self::Segment => Self::Owner,
            Self::Owner => Self::Nothing,
        }
    }

    /// What it is grouped by, in a word; `None` when it is not.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Signal => Some("signal"),
            Self::Segment => Some("segment"),
            Self::Owner => Some("owner"),
        }
    }

    /// The groups in which a row stands for these of its warnings.
    fn of(self, row: &RiskRow, warning: &Warning) -> String {
        let or = |name: &Option<String>, none: &str| name.clone().unwrap_or_else(|| none.to_owned());
        match self {
            Self::Nothing => String::new(),
            Self::Signal => warning.signal.clone(),
            Self::Segment => or(&row.segment, "no segment"),
            Self::Owner => or(&row.csm, "no CSM"),
        }
    }
}

/// A line that opens to others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fold {
    /// A signal that is true for much of a segment: segment, then signal.
    Segment(String, String),
    /// What is apart from the queue.
    Shelf(Shelf),
    /// Accounts of which signals cannot tell.
    Untold,
}

/// Where a row of the desk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the queue.
    Queue(usize),
    /// Among the accounts of a segment warning.
    Segment(usize, usize),
    /// Apart.
    Shelf(Shelf, usize),
}

/// A line of the queue.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// A group begins.
    Heading {
        /// Its name, raw.
        title: String,
        /// How many accounts it has.
        accounts: usize,
        /// What is at stake on them.
        at_stake: Sum,
    },
    /// An account.
    Account {
        /// Its row.
        place: Place,
        /// Which of the row's warnings show.
        warnings: Vec<usize>,
    },
    /// A segment warning, by its place on the desk.
    Segment(usize),
    /// What is apart: where, and how many accounts.
    Apart(Shelf, usize),
    /// Signals cannot tell of so many accounts.
    Untold(u32),
    /// An account of which a signal cannot tell: places of signal and account.
    UntoldOf(usize, usize),
}

impl Queue {
    /// Arranges the lines of a desk.
    pub fn arrange(&mut self, desk: Option<&Desk>) {
        self.lines.clear();
        let Some(desk) = desk else { return };
        self.counts = WarningKind::ALL.map(|kind| match kind {
            // There is one count of risks, whoever shows it.
            WarningKind::Risk => desk.day.risks,
            kind => count(desk, kind),
        });
        match self.by {
            By::Nothing => self.plain(desk),
            _ => self.grouped(desk),
        }
        for shelf in Shelf::APART {
            self.apart(desk, shelf);
        }
        let untold = desk.cannot_tell.iter().map(|(_, accounts)| accounts).sum();
        if untold > 0 {
            self.lines.push(Line::Untold(untold));
            if self.open.contains(&Fold::Untold) {
                for (signal, of) in desk.untold.iter().enumerate() {
                    let accounts = 0..of.accounts.len();
                    self.lines.extend(accounts.map(|at| Line::UntoldOf(signal, at)));
                }
            }
        }
    }

    fn plain(&mut self, desk: &Desk) {
        let mut segments = of_kind(desk, self.tab).peekable();
        for (at, row) in desk.risks.iter().enumerate() {
            while let Some((segment, _)) = segments.next_if(|(_, one)| one.place as usize <= at) {
                self.segment(desk, segment);
            }
            self.account(row, Place::Queue(at), |_| true);
        }
        for (segment, _) in segments {
            self.segment(desk, segment);
        }
    }

    fn grouped(&mut self, desk: &Desk) {
        for (segment, _) in of_kind(desk, self.tab) {
            self.segment(desk, segment);
        }
        let (tab, by) = (self.tab, self.by);
        let mut groups: Vec<String> = Vec::new();
        for row in &desk.risks {
            for warning in row.warnings.iter().filter(|one| one.kind == tab) {
                let group = by.of(row, warning);
                if !groups.contains(&group) {
                    groups.push(group);
                }
            }
        }
        for group in groups {
            let heading = self.lines.len();
            let mut rows = Vec::new();
            for (at, row) in desk.risks.iter().enumerate() {
                if self.account(row, Place::Queue(at), |one| by.of(row, one) == group) {
                    rows.push(row);
                }
            }
            let line = Line::Heading {
                title: group,
                accounts: rows.len(),
                at_stake: at_stake(rows),
            };
            self.lines.insert(heading, line);
        }
    }

    /// An account with those of its warnings that show; `false` when none does.
    fn account(&mut self, row: &RiskRow, place: Place, shows: impl Fn(&Warning) -> bool) -> bool {
        let chosen = |(_, one): &(usize, &Warning)| one.kind == self.tab && shows(one);
        let warnings: Vec<usize> = row
            .warnings
            .iter()
            .enumerate()
            .filter(chosen)
            .map(|(at, _)| at)
            .collect();
        let shown = !warnings.is_empty();
        if shown {
            self.lines.push(Line::Account { place, warnings });
        }
        shown
    }

    fn segment(&mut self, desk: &Desk, at: usize) {
        self.lines.push(Line::Segment(at));
        let segment = &desk.segments[at];
        if self.open.contains(&fold_of(segment)) {
            for (row, of) in segment.rows.iter().enumerate() {
                self.account(of, Place::Segment(at, row), |_| true);
            }
        }
    }

    fn apart(&mut self, desk: &Desk, shelf: Shelf) {
        let rows = desk.apart.rows(shelf);
        let of_tab = |row: &&RiskRow| row.warnings.iter().any(|one| one.kind == self.tab);
        let accounts = rows.iter().filter(of_tab).count();
        if accounts == 0 {
            return;
        }
        self.lines.push(Line::Apart(shelf, accounts));
        if self.open.contains(&Fold::Shelf(shelf)) {
            for (at, row) in rows.iter().enumerate() {
                self.account(row, Place::Shelf(shelf, at), |_| true);
            }
        }
    }

    /// What a line opens to, if it does.
    pub fn fold(&self, desk: &Desk, at: usize) -> Option<Fold> {
        Some(match self.lines.get(at)? {
            Line::Segment(segment) => fold_of(desk.segments.get(*segment)?),
            Line::Apart(shelf, _) => Fold::Shelf(*shelf),
            Line::Untold(_) => Fold::Untold,
            Line::Heading { .. } | Line::Account { .. } | Line::UntoldOf(..) => return None,
        })
    }

    /// The row of an account's line.
    pub fn row<'d>(&self, desk: &'d Desk, at: usize) -> Option<&'d RiskRow> {
        match self.lines.get(at)? {
            Line::Account { place, .. } => place.row(desk),
            _ => None,
        }
    }

    /// The account of a line.
    pub fn account_of<'d>(&self, desk: &'d Desk, at: usize) -> Option<(&'d RecordId, &'d str)> {
        if let Some(row) = self.row(desk, at) {
            return Some((&row.account, &row.name));
        }
        let Line::UntoldOf(signal, account) = self.lines.get(at)? else {
            return None;
        };
        let (id, name) = desk.untold.get(*signal)?.accounts.get(*account)?;
        Some((id, name))
    }

    /// The warnings of a line, each with its row.
    pub fn warnings<'d>(&self, desk: &'d Desk, at: usize) -> Vec<(&'d RiskRow, &'d Warning)> {
        match self.lines.get(at) {
            Some(Line::Account { place, warnings }) => {
                let row = place.row(desk);
                let of_row = row.into_iter().flat_map(|row| {
                    let warnings = warnings.iter().filter_map(|at| row.warnings.get(*at));
                    warnings.map(move |warning| (row, warning))
                });
                of_row.collect()
            }
            Some(Line::Segment(segment)) => {
                let rows = desk
                    .segments
                    .get(*segment)
                    .map_or(&[][..], |segment| &segment.rows);
                let first = rows.iter().filter_map(|row| Some((row, row.warnings.first()?)));
                first.collect()
            }
            _ => Vec::new(),
        }
    }

    /// What makes a line the same one after new data.
    pub fn key(&self, desk: &Desk, at: usize) -> Option<String> {
        Some(match self.lines.get(at)? {
            Line::Heading { title, .. } => format!("group {title}"),
            Line::Account { place, warnings } => {
                let row = place.row(desk)?;
                let signal = warnings.first().and_then(|at| row.warnings.get(*at));
                // Grouped by signal an account stands in several groups.
                let signal = signal.filter(|_| self.by == By::Signal);
                let signal = signal.map_or("", |warning| warning.signal.as_str());
                format!("{} {} {signal}", row.account, place.word())
            }
            Line::Segment(segment) => {
                let segment = desk.segments.get(*segment)?;
                format!("segment {} {}", segment.segment, segment.signal)
            }
            Line::Apart(shelf, _) => format!("apart {}", shelf.words()),
            Line::Untold(_) => "untold".to_owned(),
            Line::UntoldOf(signal, account) => {
                let of = desk.untold.get(*signal)?;
                format!("untold {} {}", of.signal, of.accounts.get(*account)?.0)
            }
        })
    }
}

impl Place {
    /// The row there.
    pub fn row(self, desk: &Desk) -> Option<&RiskRow> {
        match self {
            Self::Queue(at) => desk.risks.get(at),
            Self::Segment(segment, at) => desk.segments.get(segment)?.rows.get(at),
            Self::Shelf(shelf, at) => desk.apart.rows(shelf).get(at),
        }
    }

    /// Whether it stands below a line that opens to it.
    pub fn is_below(self) -> bool {
        !matches!(self, Self::Queue(_))
    }

    fn word(self) -> &'static str {
        match self {
            Self::Queue(_) => "",
            Self::Segment(..) => "in segment",
            Self::Shelf(shelf, _) => shelf.words(),
        }
    }
}

fn fold_of(segment: &SegmentRow) -> Fold {
    Fold::Segment(segment.segment.clone(), segment.signal.clone())
}

fn of_kind(desk: &Desk, kind: WarningKind) -> impl Iterator<Item = (usize, &SegmentRow)> {
    let all = desk.segments.iter().enumerate();
    all.filter(move |(_, segment)| segment.kind == kind)
}

/// How many warnings of a kind are open, those that are held back too.
fn count(desk: &Desk, kind: WarningKind) -> u32 {
    let of_rows = |rows: &[RiskRow]| -> u32 {
        let warnings = rows.iter().flat_map(|row| &row.warnings);
        warnings.filter(|one| one.kind == kind).count() as u32
    };
    let segments: u32 = of_kind(desk, kind).map(|(_, one)| one.accounts).sum();
    of_rows(&desk.risks) + of_rows(&desk.apart.held) + segments
}
