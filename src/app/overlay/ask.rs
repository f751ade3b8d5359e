//! One line to be typed before something is done: a reason, another value.

use super::Hint;
use crate::app::input::Input;
use crate::domain::outbox::EntryId;

/// What one can press in it.
pub const HINTS: &[Hint] = &[("enter", "do it"), ("esc", "leave it as it is")];

/// One line to be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// For what.
    pub asked: Asked,
    /// What it is about, raw.
    pub about: String,
    /// What was typed.
    pub input: Input,
    /// Whether it is ordered to be done and that is not answered yet.
    pub sending: bool,
}

/// For what a line is typed.
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
}

impl Asked {
    /// What is asked, in a few words.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Discard(_) | Self::GiveUp(_) => "Discard it? Why (may stay empty)",
            Self::Merge(_) => "Write this value (empty clears the field)",
            Self::Try(_) => "Try this value (empty takes it back)",
            Self::Since => "Since the end of which day? 2026-10-01, 1 oct, 30d, 3w",
        }
    }
}
