//! What a form is about, to be read beside it while one writes: the handoff that is accepted.

use super::{Form, FormLayout};
use crate::app::key::Code;
use crate::app::layout::Size;
use crate::domain::wrap::wrapped;

/// No text has more lines on any screen.
const MOST_LINES: usize = 2_000;

/// A text that is read, and the first of its lines that shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    text: String,
    /// The first line that shows.
    pub top: usize,
}

impl Shown {
    /// A text, raw, from its first line on.
    pub fn new(text: String) -> Self {
        Self { text, top: 0 }
    }

    /// Its lines in so many cells.
    pub fn lines(&self, cells: u16) -> Vec<String> {
        wrapped(&self.text, cells, MOST_LINES)
    }
}

impl Form {
    /// Takes a key by which one reads on or back; `false` if it is not one of these, or nothing is to be read.
    pub fn reads(&mut self, code: Code, size: Size) -> bool {
        let area = FormLayout::of(self, size).shown;
        let Some(shown) = &mut self.shown else {
            return false;
        };
        let page = usize::from(area.height).saturating_sub(1).max(1);
        let to = match code {
            Code::PageDown => shown.top + page,
            Code::PageUp => shown.top.saturating_sub(page),
            _ => return false,
        };
        let last = shown.lines(area.width).len().saturating_sub(area.height.into());
        shown.top = to.min(last);
        true
    }
}
