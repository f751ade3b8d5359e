//! How the alarms do, on the whole screen: signals with precision and lead time, then the customers that left.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::layout::{Area, Frame, Size};
use crate::app::reading::alarms::Line;
use crate::domain::warning::AlarmReport;

/// What one can press in it.
pub const HINTS: &[Hint] = &[("j k", "scroll"), ("esc", "close")];

/// How the alarms do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarms {
    /// The order that reads it.
    pub asked: RunId,
    /// What was read.
    pub report: Option<Box<AlarmReport>>,
    /// It as lines, for the day and the width that it is.
    pub lines: Vec<Line>,
    /// The first line that shows.
    pub top: usize,
}

impl Alarms {
    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        Frame::of(size, 0).between()
    }

    /// The lines that a screen of this size shows.
    pub fn shown(&self, size: Size) -> &[Line] {
        let height = usize::from(Self::area(size).inside().height);
        let below = self.lines.get(self.top..).unwrap_or_default();
        &below[..below.len().min(height)]
    }

    /// How far down it can be scrolled.
    pub fn last_top(&self, size: Size) -> usize {
        let height = usize::from(Self::area(size).inside().height);
        self.lines.len().saturating_sub(height)
    }
}
