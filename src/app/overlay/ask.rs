//! A text to be typed before something is done: a reason, another value.

use super::Hint;
use super::form::{Field, Shape};
use crate::app::editor::Window;
use crate::app::layout::{Area, Frame, Size};
use crate::domain::outbox::EntryId;
use crate::domain::standup::Promise;

/// What one can press in it.
const HINTS: &[Hint] = &[("enter", "do it"), ("esc", "leave it as it is")];

/// What one can press where it may have many lines.
const TEXT_HINTS: &[Hint] = &[
    ("ctrl-s", "do it"),
    ("esc", "leave it as it is"),
    ("alt-u", "undo"),
];

/// Cells of the box.
const WIDTH: u16 = 76;
/// Rows of what is typed: of one line, which may be broken softly, and of many.
const LINE_ROWS: u16 = 2;
/// See [`LINE_ROWS`].
const TEXT_ROWS: u16 = 10;
/// Rows of the box that are not typed in: its border, what it is about, and room.
const OTHER_ROWS: u16 = 5;

/// A text to be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// For what.
    pub asked: Asked,
    /// What it is about, raw.
    pub about: String,
    /// What was typed.
    pub field: Field,
    /// Whether it is ordered to be done and that is not answered yet.
    pub sending: bool,
}

impl Ask {
    /// Asks for a text, which begins with this one. One that has many lines keeps them.
    pub fn new(asked: Asked, about: &str, text: &str) -> Self {
        let text = &text.replace("\r\n", "\n");
        let shape = if text.contains('\n') {
            Shape::Text
        } else {
            Shape::Line
        };
        Self {
            asked,
            about: about.to_owned(),
            field: Field::new("", shape, text),
            sending: false,
        }
    }

    /// Whether it may have many lines: `enter` begins another one.
    pub fn has_lines(&self) -> bool {
        self.field.shape == Shape::Text
    }

    /// What one can press in it.
    pub fn hints(&self) -> &'static [Hint] {
        if self.has_lines() { TEXT_HINTS } else { HINTS }
    }

    /// Its box on a screen of this size.
    pub fn area(&self, size: Size) -> Area {
        let rows = if self.has_lines() { TEXT_ROWS } else { LINE_ROWS };
        Frame::of(size, 0).body.middle(WIDTH, rows + OTHER_ROWS)
    }

    /// Where in its box the text stands.
    pub fn text_area(&self, size: Size) -> Area {
        let inside = self.area(size).inside().below(2).above(1).split(2).1;
        inside.split(inside.width.saturating_sub(2)).0
    }

    /// The part of the screen that shows the text.
    pub fn window(&self, size: Size) -> Window {
        let area = self.text_area(size);
        Window {
            width: area.width,
            height: area.height,
        }
    }
}

/// For what a text is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The reason for which an entry is given up; may stay empty.
    Discard(EntryId),
    /// The reason for which a damaged entry is given up; may stay empty.
    GiveUp(EntryId),
    /// The value that a field of the open conflict view gets.
    Merge(usize),
    /// The value that is tried for a measure of the what-if below; an empty one takes it back.
    Try(usize),
    /// The day from which the change of the score is counted.
    Since,
    /// Whether a promise of a standup was kept, or why not.
    Promise(Box<Promise>),
}

impl Asked {
    /// What is asked, in a few words.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Discard(_) | Self::GiveUp(_) => "Discard it? Why (may stay empty)",
            Self::Merge(_) => "Write this value (empty clears the field)",
            Self::Try(_) => "Try this value (empty takes it back)",
            Self::Promise(_) => "Was it kept? Write `kept`, or why not",
            Self::Since => "Since the end of which day? 2026-10-01, 1 oct, 30d, 3w",
        }
    }
}
