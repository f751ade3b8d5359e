//! State of what lies over the screen: help, palette, sort menu.

use super::action::{ACTIONS, Info};
use super::cursor::Cursor;
use super::input::Input;
use crate::domain::book::order::Sort;

/// What lies over the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// Every key, from the table of actions.
    Help(Cursor),
    /// Actions by name.
    Palette(Palette),
    /// Columns to sort by; moving shows the order at once.
    SortMenu {
        /// The order to go back to.
        before: Sort,
        /// Place in [`column::sorts`](super::column::sorts).
        cursor: Cursor,
    },
}

/// The command palette.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Palette {
    /// What was typed.
    pub input: Input,
    /// Place in the hits.
    pub cursor: Cursor,
}

impl Palette {
    /// The actions that match what was typed, best first.
    pub fn hits(&self) -> Vec<&'static Info> {
        let words: Vec<String> = self
            .input
            .text()
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let mut hits: Vec<(u8, &Info)> = ACTIONS
            .iter()
            .filter_map(|info| {
                let text = format!("{} {} {}", info.id, info.name, info.doc).to_lowercase();
                let rank = u8::from(!info.id.starts_with(self.input.text().trim()));
                words
                    .iter()
                    .all(|word| text.contains(word.as_str()))
                    .then_some((rank, info))
            })
            .collect();
        hits.sort_by_key(|(rank, _)| *rank);
        hits.into_iter().map(|(_, info)| info).collect()
    }
}
