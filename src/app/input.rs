//! One line that a person types.

use unicode_segmentation::UnicodeSegmentation;

use super::key::{Code, Key};

/// More than this many bytes are not taken.
const MOST: usize = 1_000;

/// One line of typed text; its cursor is always at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Input {
    text: String,
}

impl Input {
    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes a key; `false` if it is not one of editing.
    pub fn take(&mut self, key: Key) -> bool {
        match key.code {
            _ if key.typed().is_some() => drop(self.paste(&key.typed().into_iter().collect::<String>())),
            Code::Backspace if !key.ctrl && !key.alt => self.drop_last_letter(),
            Code::Char('h') if key.ctrl => self.drop_last_letter(),
            Code::Char('w') if key.ctrl => self.drop_last_word(),
            Code::Char('u') if key.ctrl => self.text.clear(),
            _ => return false,
        }
        true
    }

    /// Appends text; control characters, which could act as keys, are dropped, line breaks become spaces. `false`
    /// when it is too long: then nothing of it is taken, as half a text would be taken for a whole one.
    #[must_use]
    pub fn paste(&mut self, text: &str) -> bool {
        let line = text.replace(['\n', '\r', '\t'], " ");
        let line = line.replace(char::is_control, "");
        let fits = self.text.len() + line.len() <= MOST;
        if fits {
            self.text.push_str(&line);
        }
        fits
    }

    fn drop_last_letter(&mut self) {
        let end = self
            .text
            .grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at);
        self.text.truncate(end);
    }

    fn drop_last_word(&mut self) {
        let end = self.text.trim_end().rfind(' ').map_or(0, |at| at + 1);
        self.text.truncate(end);
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
        }
    }
}
