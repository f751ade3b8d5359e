//! A field of a form: a text that is edited, or a value that is chosen from a list while one types.

use crate::app::editor::{Editor, Window};
use crate::app::key::{Code, Key};
use crate::domain::acts::rank;

/// Of a list so many values show.
pub const MOST_SHOWN: usize = 6;

/// What kind of value a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One line.
    Line,
    /// A day, with or without a time.
    Day,
    /// Many lines.
    Text,
    /// One of these values: (value, label). Typing narrows.
    Choice(Vec<(String, String)>),
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it is called, raw.
    pub label: String,
    /// What kind of value it takes.
    pub shape: Shape,
    /// Where its first text comes from, if not from the person; raw.
    pub from: Option<String>,
    /// What somebody else wrote of the same, raw: shown as long as nothing is typed; empty where nobody did.
    pub beside: String,
    /// What was typed, or what was chosen by its label.
    pub editor: Editor,
    /// What it began with.
    before: String,
    /// Whether the next letter replaces what stands there, as that was chosen and not typed.
    settled: bool,
    /// The chosen place among the matches, once the arrows were used.
    pick: Option<usize>,
}

impl Field {
    /// A field that begins with a text (of a choice: the label).
    pub fn new(label: &str, shape: Shape, text: &str) -> Self {
        let settled = matches!(shape, Shape::Choice(_)) && !text.is_empty();
        Self {
            label: label.to_owned(),
            shape,
            from: None,
            beside: String::new(),
            editor: Editor::new(text),
            before: text.to_owned(),
            settled,
            pick: None,
        }
    }

    /// The same, whose text is an answer that nobody gave: the first letter replaces it.
    #[must_use]
    pub fn standing(self) -> Self {
        Self {
            settled: true,
            ..self
        }
    }

    /// Whether the next letter replaces what stands there.
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    /// What stands in it.
    pub fn text(&self) -> String {
        self.editor.text()
    }

    /// Whether it is as it began.
    pub fn is_untouched(&self) -> bool {
        self.editor.bytes() == self.before.len() && self.text() == self.before
    }

    /// Takes a key; `false` if it is not one of this field.
    pub fn take(&mut self, key: Key, window: Window) -> bool {
        if matches!(self.shape, Shape::Choice(_)) && self.choose(key) {
            return true;
        }
        let is_line = self.shape != Shape::Text;
        if is_line && matches!(key.code, Code::Enter | Code::Tab | Code::PageUp | Code::PageDown) {
            return false;
        }
        if self.settled && (key.typed().is_some() || key.code == Code::Backspace) {
            self.editor.replace("");
            self.settled = false;
        }
        let taken = self.editor.take(key, window);
        // Whoever goes about in a text goes on with it.
        self.settled &= !taken || matches!(self.shape, Shape::Choice(_));
        if taken && key.typed().is_some() {
            self.pick = None;
        }
        taken
    }

    /// Takes pasted text; `false` when it is too long.
    pub fn paste(&mut self, text: &str) -> bool {
        if self.settled {
            self.editor.replace("");
            self.settled = false;
        }
        self.pick = None;
        if self.shape == Shape::Text {
            return self.editor.paste(text);
        }
        let line: Vec<&str> = text.split_whitespace().collect();
        self.editor.paste(&line.join(" "))
    }

    /// Puts a text before what was typed, or in its place where nothing was. A value that was chosen stays.
    pub fn restore(&mut self, text: &str) {
        let own = self.text();
        if self.is_untouched() || own.is_empty() {
            self.editor.replace(text);
        } else if !text.is_empty() && text != own {
            match self.shape {
                Shape::Text => self.editor.replace(&format!("{text}\n{own}")),
                Shape::Line => self.editor.replace(&format!("{text} {own}")),
                Shape::Day | Shape::Choice(_) => {}
            }
        }
        self.settled = matches!(self.shape, Shape::Choice(_)) && !self.text().is_empty();
    }

    /// Puts another text in the place of all, as if it were typed.
    pub fn replace(&mut self, text: &str) {
        self.editor.replace(text);
        self.settled = matches!(self.shape, Shape::Choice(_)) && !text.is_empty();
        self.pick = None;
    }

    /// The values that match what was typed; all of them as long as nothing was.
    pub fn matches(&self) -> Vec<&(String, String)> {
        let Shape::Choice(options) = &self.shape else {
            return Vec::new();
        };
        if self.settled {
            return options.iter().collect();
        }
        let text = self.text();
        let ranked = options
            .iter()
            .filter_map(|option| Some((rank(&option.1, &text)?, option)));
        let mut matches: Vec<_> = ranked.collect();
        matches.sort_by_key(|(rank, _)| *rank);
        matches.into_iter().map(|(_, option)| option).collect()
    }

    /// The place among the matches that would be taken now.
    pub fn picked(&self) -> Option<usize> {
        let matches = self.matches();
        if let Some(pick) = self.pick {
            return Some(pick).filter(|pick| *pick < matches.len());
        }
        let text = self.text();
        if self.settled {
            return matches.iter().position(|(_, label)| *label == text);
        }
        (!text.trim().is_empty() && !matches.is_empty()).then_some(0)
    }

    /// The chosen value: (value, label). `Ok(None)` when it is left empty; the error is one sentence.
    pub fn chosen(&self) -> Result<Option<(String, String)>, String> {
        let matches = self.matches();
        match self.picked().and_then(|at| matches.get(at)) {
            Some(option) => Ok(Some((*option).clone())),
            None if self.text().trim().is_empty() => Ok(None),
            None => Err(format!(
                "{}: nothing is called “{}”",
                self.label,
                self.text().trim()
            )),
        }
    }

    /// Whether a letter that is no beginning of any of its values goes to another one: as long as nothing was typed.
    pub fn is_moved_by(&self, letter: char) -> bool {
        let Shape::Choice(options) = &self.shape else {
            return false;
        };
        let begins = |label: &str| {
            let mut words = label.split(|c: char| !c.is_alphanumeric());
            words.any(|word| word.to_lowercase().starts_with(letter))
        };
        (self.settled || self.editor.is_blank()) && !options.iter().any(|(_, label)| begins(label))
    }

    /// Puts the label of what is chosen in place of what was typed.
    pub fn settle(&mut self) {
        if let Ok(Some((_, label))) = self.chosen() {
            self.replace(&label);
        }
    }

    /// Arrows choose among the matches.
    fn choose(&mut self, key: Key) -> bool {
        let len = self.matches().len();
        let at = self.picked();
        let to = match key.code {
            Code::Down => at.map_or(0, |at| at + 1),
            Code::Up => at.unwrap_or(0).saturating_sub(1),
            _ => return false,
        };
        self.pick = (len > 0).then(|| to.min(len - 1));
        true
    }
}
