//! The risk queue as it is looked at: one kind of warning at a time, grouped or not, with what is apart at its end.
//! Arranged when the desk arrives or the look changes, never while a frame is drawn.

use std::collections::{BTreeMap, BTreeSet};

use super::cursor::Cursor;
use crate::domain::desk::{Desk, OpenOn, RiskRow, SegmentRow, Warning, WarningKind, at_stake};
use crate::domain::money::Sum;
use crate::domain::record::RecordId;
use crate::domain::warning::Shelf;
use crate::domain::words;

/// How the queue is looked at, and its lines.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Queue {
    /// Of which kind warnings show.
    pub tab: WarningKind,
    /// How they are grouped.
    pub by: By,
    /// Lines that are opened.
    pub open: BTreeSet<Fold>,
    /// Lines that are closed while a filter narrows the queue: then what it finds shows at once.
    pub shut: BTreeSet<Fold>,
    /// Whether a filter narrows it.
    pub narrowed: bool,
    /// What shows, in order.
    pub lines: Vec<Line>,
    /// How many warnings of each kind are open, in the order of [`WarningKind::ALL`].
    pub counts: [u32; 3],
    /// The accounts with an open warning of the kind that shows: those that are held back and those of segment
    /// warnings too, each once.
    pub on: OpenOn,
    /// Whether one of them stands in several groups, or beside its segment: what the groups have adds up to more.
    pub repeats: bool,
    /// Accounts of the kind that the desk has no row for: there are too many.
    pub hidden: usize,
    /// Whether each warning of the kind that shows was true when its signal was first evaluated: that is said once.
    pub stands: bool,
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

    /// The group in which a row stands for one of its warnings.
    fn of<'d>(self, row: &'d RiskRow, warning: &'d Warning) -> &'d str {
        match self {
            Self::Nothing => "",
            Self::Signal => &warning.signal,
            Self::Segment => row.segment.as_deref().unwrap_or("no segment"),
            Self::Owner => row.csm.as_deref().unwrap_or("no CSM"),
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
        /// How many accounts it has, at least if `is_cut`.
        accounts: usize,
        /// What is at stake on them.
        at_stake: Sum,
        /// Whether there were too many accounts to have them all.
        is_cut: bool,
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
    /// Arranges the lines of a desk, or of what a filter finds.
    pub fn arrange(&mut self, desk: Option<&Desk>, narrowed: bool) {
        self.lines.clear();
        if !narrowed {
            self.shut.clear();
        }
        self.narrowed = narrowed;
        let Some(desk) = desk else { return };
        self.counts = desk.counts.open;
        // There is one count of risks, whoever shows it.
        self.counts[WarningKind::Risk as usize] = desk.day.risks;
        self.on = desk.counts.on[self.tab as usize];
        self.repeats = self.repeats(desk);
        let rows = desk.risks.iter().filter(|row| has(row, self.tab)).count();
        self.hidden = desk.accounts(Shelf::Queue, Some(self.tab)).saturating_sub(rows);
        self.stands = self.hidden == 0 && self.all_stand(desk);
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
            if self.is_open(&Fold::Untold) {
                for (signal, of) in desk.untold.iter().enumerate() {
                    let accounts = 0..of.accounts.len();
                    self.lines.extend(accounts.map(|at| Line::UntoldOf(signal, at)));
                }
            }
        }
    }

    fn all_stand(&self, desk: &Desk) -> bool {
        let segments = desk.segments.iter().flat_map(|segment| &segment.rows);
        let apart = Shelf::APART.into_iter().flat_map(|shelf| desk.apart.rows(shelf));
        let rows = desk.risks.iter().chain(segments).chain(apart);
        let mut warnings = rows.flat_map(|row| of_tab(row, self.tab)).peekable();
        warnings.peek().is_some() && warnings.all(|(_, warning)| warning.standing)
    }

    fn repeats(&self, desk: &Desk) -> bool {
        let mut seen = BTreeSet::new();
        let queue = desk.risks.iter().flat_map(|row| {
            let groups: BTreeSet<&str> = of_tab(row, self.tab)
                .map(|(_, one)| self.by.of(row, one))
                .collect();
            groups.into_iter().map(|_| &row.account)
        });
        let segments = of_kind(desk, self.tab).flat_map(|(_, segment)| &segment.rows);
        let held = desk.apart.held.iter().filter(|row| has(row, self.tab));
        let apart = segments.chain(held).map(|row| &row.account);
        queue.chain(apart).any(|account| !seen.insert(account))
    }

    fn plain(&mut self, desk: &Desk) {
        let mut segments = of_kind(desk, self.tab).peekable();
        for (at, row) in desk.risks.iter().enumerate() {
            while let Some((segment, _)) = segments.next_if(|(_, one)| one.place as usize <= at) {
                self.segment(desk, segment);
            }
            self.account(row, Place::Queue(at));
        }
        for (segment, _) in segments {
            self.segment(desk, segment);
        }
    }

    fn grouped(&mut self, desk: &Desk) {
        for (segment, _) in of_kind(desk, self.tab) {
            self.segment(desk, segment);
        }
        for (title, rows) in groups(desk, self.tab, self.by) {
            let mut stakes = at_stake(rows.iter().map(|(at, _)| &desk.risks[*at]));
            if self.hidden > 0 {
                stakes.add(None);
            }
            self.lines.push(Line::Heading {
                title: match self.by {
                    By::Signal => words::signal(title),
                    _ => title.to_owned(),
                },
                accounts: rows.len(),
                at_stake: stakes,
                is_cut: self.hidden > 0,
            });
            let accounts = rows.into_iter().map(|(at, warnings)| Line::Account {
                place: Place::Queue(at),
                warnings,
            });
            self.lines.extend(accounts);
        }
    }

    /// An account with those of its warnings that show, if any does.
    fn account(&mut self, row: &RiskRow, place: Place) {
        let warnings: Vec<usize> = of_tab(row, self.tab).map(|(at, _)| at).collect();
        if !warnings.is_empty() {
            self.lines.push(Line::Account { place, warnings });
        }
    }

    fn segment(&mut self, desk: &Desk, at: usize) {
        self.lines.push(Line::Segment(at));
        let segment = &desk.segments[at];
        if self.is_open(&fold_of(segment)) {
            for (row, of) in segment.rows.iter().enumerate() {
                self.account(of, Place::Segment(at, row));
            }
        }
    }

    fn apart(&mut self, desk: &Desk, shelf: Shelf) {
        let accounts = desk.accounts(shelf, Some(self.tab));
        if accounts == 0 {
            return;
        }
        self.lines.push(Line::Apart(shelf, accounts));
        if self.is_open(&Fold::Shelf(shelf)) {
            for (at, row) in desk.apart.rows(shelf).iter().enumerate() {
                self.account(row, Place::Shelf(shelf, at));
            }
        }
    }

    /// The name of the group that the cursor stands in, raw, where its heading is above what shows.
    pub fn group_above(&self, cursor: Cursor) -> Option<&str> {
        let is_grouped = |line: &&Line| {
            matches!(
                line,
                Line::Account {
                    place: Place::Queue(_),
                    ..
                }
            )
        };
        let below = self
            .lines
            .get(..=cursor.at)?
            .iter()
            .rev()
            .take_while(is_grouped)
            .count();
        let heading = (cursor.at + 1).checked_sub(below + 1)?;
        match self.lines.get(heading) {
            Some(Line::Heading { title, .. }) if heading < cursor.top => Some(title),
            _ => None,
        }
    }

    /// Whether a line is open.
    pub fn is_open(&self, fold: &Fold) -> bool {
        if self.narrowed {
            !self.shut.contains(fold)
        } else {
            self.open.contains(fold)
        }
    }

    /// Opens a line, or closes it.
    pub fn turn(&mut self, fold: Fold) {
        let turned = if self.narrowed {
            &mut self.shut
        } else {
            &mut self.open
        };
        if !turned.remove(&fold) {
            turned.insert(fold);
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
        let of = desk.untold.get(*signal)?.accounts.get(*account)?;
        Some((&of.id, &of.name))
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
                format!("untold {} {}", of.signal, of.accounts.get(*account)?.id)
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

/// The warnings of a row that are of a kind, each with its place.
fn of_tab(row: &RiskRow, tab: WarningKind) -> impl Iterator<Item = (usize, &Warning)> {
    let all = row.warnings.iter().enumerate();
    all.filter(move |(_, one)| one.kind == tab)
}

fn has(row: &RiskRow, tab: WarningKind) -> bool {
    of_tab(row, tab).next().is_some()
}

/// A row by its place on the desk, and which of its warnings show.
type Shown = (usize, Vec<usize>);

/// The rows of the desk in their groups, that with the most pressing one first. By signal an account may stand in several.
fn groups(desk: &Desk, tab: WarningKind, by: By) -> Vec<(&str, Vec<Shown>)> {
    let mut groups: Vec<(&str, Vec<Shown>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, row) in desk.risks.iter().enumerate() {
        for (warning, one) in of_tab(row, tab) {
            let title = by.of(row, one);
            let place = *places.entry(title).or_insert_with(|| {
                groups.push((title, Vec::new()));
                groups.len() - 1
            });
            let rows = &mut groups[place].1;
            match rows.last_mut().filter(|(last, _)| *last == at) {
                Some((_, warnings)) => warnings.push(warning),
                None => rows.push((at, vec![warning])),
            }
        }
    }
    groups
}
