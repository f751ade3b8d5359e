//! How the alarms do, on the whole screen: signals with precision and lead time, then the customers that left.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::layout::{Area, Frame, Size};
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
    /// The first line that shows.
    pub top: usize,
}

impl Alarms {
    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        Frame::of(size, 0).between()
    }

    /// How far down so many lines can be scrolled.
    pub fn last_top(lines: usize, size: Size) -> usize {
        let shown = usize::from(Self::area(size).inside().height);
        lines.saturating_sub(shown)
    }
}
