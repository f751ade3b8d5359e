//! The command palette: actions by name.

use super::Hint;
use crate::app::action::{ACTIONS, Info};
use crate::app::cursor::Cursor;
use crate::app::input::Input;

/// What one can press in it.
pub const HINTS: &[Hint] = &[("enter", "run"), ("↑ ↓", "choose"), ("esc", "close")];

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

    /// Takes pasted text as if it were typed; `false` when it is too long.
    pub fn paste(&mut self, text: &str) -> bool {
        self.cursor = Cursor::default();
        self.input.paste(text)
    }
}
