//! The full text of a line that is cut elsewhere. It is a copy: data that arrives changes nothing under the eyes.

use super::Hint;
use crate::app::layout::{Area, Frame, Size};
use crate::domain::wrap::{width, wrapped};

/// What one can press in it.
pub const HINTS: &[Hint] = &[("j k", "scroll"), ("y", "copy"), ("esc", "close")];

/// Most cells of a line: longer ones are hard to read.
const WIDEST: u16 = 96;
/// More lines than this are not shown of one text.
const MOST_LINES: usize = 2_000;

/// The full text of a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reader {
    /// What it is, for the border.
    pub title: String,
    /// Facts with their labels, raw.
    pub facts: Vec<(&'static str, String)>,
    /// The text, paragraphs with line breaks between, raw.
    pub text: String,
    /// The first line that shows.
    pub top: usize,
}

/// A line of the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The label before it; empty where a fact goes on, `None` in the text.
    pub label: Option<&'static str>,
    /// What it says, raw.
    pub text: String,
}

impl Reader {
    /// Where it lies on a screen of this size, border included.
    pub fn area(&self, size: Size) -> Area {
        let body = Frame::of(size, 0).body;
        let outer = body.width.saturating_sub(4).min(WIDEST + 4);
        let lines = self.lines(outer.saturating_sub(4));
        let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
        body.middle(outer, height)
    }

    /// Cells of a line of its text.
    pub fn cells(&self, size: Size) -> u16 {
        self.area(size).width.saturating_sub(4)
    }

    /// How far down it can be scrolled.
    pub fn last_top(&self, size: Size) -> usize {
        let shown = usize::from(self.area(size).inside().height);
        self.lines(self.cells(size)).len().saturating_sub(shown)
    }

    /// Cells of the labels and the gap behind them.
    pub fn label_cells(&self) -> u16 {
        let widest = self.facts.iter().map(|(label, _)| width(label)).max();
        widest.map_or(0, |widest| widest + 2)
    }

    /// Its lines at this width: the facts, then the text.
    pub fn lines(&self, cells: u16) -> Vec<Line> {
        let beside = cells.saturating_sub(self.label_cells()).max(1);
        let mut lines = Vec::new();
        for (label, fact) in &self.facts {
            for (at, text) in wrapped(fact, beside, MOST_LINES).into_iter().enumerate() {
                let label = Some(if at == 0 { *label } else { "" });
                lines.push(Line { label, text });
            }
        }
        let mut text = Vec::new();
        for paragraph in self.text.lines() {
            let parts = wrapped(paragraph, cells.max(1), MOST_LINES);
            text.extend(if parts.is_empty() {
                vec![String::new()]
            } else {
                parts
            });
        }
        if !lines.is_empty() && !text.is_empty() {
            text.insert(0, String::new());
        }
        lines.extend(text.into_iter().map(|text| Line { label: None, text }));
        lines.truncate(MOST_LINES);
        lines
    }

    /// All of it as plain lines, to be copied.
    pub fn to_text(&self) -> String {
        if !self.text.is_empty() {
            return self.text.clone();
        }
        let facts: Vec<String> = self
            .facts
            .iter()
            .map(|(label, fact)| format!("{label}: {fact}"))
            .collect();
        facts.join("\n")
    }
}
