//! How the alarms do, on the whole screen: signals with precision and lead time, each of which opens to its warnings;
//! then the customers that left.

use std::collections::BTreeSet;

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::{Cursor, Step};
use crate::app::layout::{Area, Frame, Size};
use crate::app::reading::alarms::{Laid, Row, lines};
use crate::domain::record::RecordId;
use crate::domain::warning::{AlarmReport, CaseLine};
use jiff::civil::Date;

/// Until something was read.
const NOTHING: &[Hint] = &[("esc", "close")];
/// On a signal.
const SIGNAL: &[Hint] = &[
    ("enter", "its warnings"),
    ("y", "copy"),
    ("j k", "choose"),
    ("esc", "close"),
];
/// On a warning, or a customer that left.
const ACCOUNT: &[Hint] = &[
    ("enter", "open the account"),
    ("y", "copy"),
    ("j k", "choose"),
    ("esc", "close"),
];

/// How the alarms do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alarms {
    /// The order that reads it.
    pub asked: RunId,
    /// What was read.
    pub report: Option<Box<AlarmReport>>,
    /// The signals that are opened, by their places.
    pub open: BTreeSet<usize>,
    /// What can be chosen, in order.
    pub rows: Vec<Row>,
    /// All as lines, for the day and the width that it is.
    pub lines: Vec<Laid>,
    /// The chosen row.
    pub at: usize,
    /// The first line that shows.
    pub top: usize,
}

impl Alarms {
    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        Frame::of(size, 0).between()
    }

    fn height(size: Size) -> usize {
        usize::from(Self::area(size).inside().height)
    }

    /// What one can press on the chosen row.
    pub fn hints(&self) -> &'static [Hint] {
        match self.row() {
            Some(Row::Signal(_)) => SIGNAL,
            Some(Row::Case(..) | Row::Churn(_)) => ACCOUNT,
            None => NOTHING,
        }
    }

    /// The chosen row.
    pub fn row(&self) -> Option<Row> {
        self.rows.get(self.at).copied()
    }

    /// The lines that a screen of this size shows.
    pub fn shown(&self, size: Size) -> &[Laid] {
        let below = self.lines.get(self.top..).unwrap_or_default();
        &below[..below.len().min(Self::height(size))]
    }

    /// Puts what was read into lines.
    pub fn lay_out(&mut self, today: Date, size: Size) {
        if let Some(report) = &self.report {
            (self.rows, self.lines) = lines(report, &self.open, today, size.width);
            self.settle(size);
        }
    }

    /// Another row is chosen.
    pub fn step(&mut self, step: Step, size: Size) {
        let cursor = Cursor { at: self.at, top: 0 };
        // A row has two lines or more.
        self.at = cursor.moved(step, self.rows.len(), Self::height(size) / 2).at;
        self.settle(size);
    }

    /// Opens the signal that is chosen, or closes it again.
    pub fn toggle(&mut self, signal: usize, today: Date, size: Size) {
        if !self.open.remove(&signal) {
            self.open.insert(signal);
        }
        self.lay_out(today, size);
    }

    /// The chosen row shows whole, with the heading above it.
    fn settle(&mut self, size: Size) {
        let height = Self::height(size);
        self.at = self.at.min(self.rows.len().saturating_sub(1));
        let is_of = |laid: &Laid| laid.row == Some(self.at);
        let first = self.lines.iter().position(is_of).unwrap_or(0);
        let last = self.lines.iter().rposition(is_of).unwrap_or(0);
        let above = self.lines[..first].iter().rev();
        let first = first - above.take_while(|laid| laid.row.is_none()).count();
        let least = (last + 1).saturating_sub(height).min(first);
        let most = self.lines.len().saturating_sub(height).min(first);
        self.top = self.top.clamp(least, most.max(least));
    }

    /// The account of the chosen row, with its name.
    pub fn account(&self) -> Option<(&RecordId, &str)> {
        let report = self.report.as_deref()?;
        match self.row()? {
            Row::Signal(_) => None,
            Row::Case(signal, at) => {
                let CaseLine { account, name, .. } = report.signals.get(signal)?.cases.get(at)?;
                Some((account, name))
            }
            Row::Churn(at) => report
                .churns
                .get(at)
                .map(|churn| (&churn.account, churn.name.as_str())),
        }
    }

    /// What is copied of the chosen row: the signal's id, the reason that was given, or the account's name.
    pub fn copied(&self) -> Option<&str> {
        let report = self.report.as_deref()?;
        match self.row()? {
            Row::Signal(at) => report.signals.get(at).map(|signal| signal.signal.as_str()),
            Row::Case(..) | Row::Churn(_) => self.account().map(|(_, name)| name),
        }
    }
}
