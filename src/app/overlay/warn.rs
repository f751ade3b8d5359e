//! One line that says what becomes of warnings: how they are closed, until when they sleep, what is done about them.

use super::Hint;
use crate::app::input::Input;
use crate::domain::acts::Occasion;
use crate::domain::acts::warn::{self, Said, Seen};
use crate::domain::words;

/// What one can press in it.
pub const HINTS: &[Hint] = &[("enter", "do it"), ("esc", "leave it as it is")];
/// What one can press in it where there are several warnings.
const HINTS_OF_MANY: &[Hint] = &[
    ("enter", "do it"),
    ("tab", "which warning"),
    ("esc", "leave it as it is"),
];

/// What a line is typed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A verdict.
    Close,
    /// A snooze.
    Snooze,
    /// A plan.
    Plan,
}

/// One line that says what becomes of warnings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warn {
    /// What for.
    pub purpose: Purpose,
    /// The warnings that it may be about, worst first.
    pub seen: Vec<Seen>,
    /// The one that it is about; `None` is all of them.
    pub one: Option<usize>,
    /// What was typed.
    pub input: Input,
    /// Whether it is ordered to be noted and that is not answered yet.
    pub sending: bool,
}

impl Warn {
    /// What is asked, in a few words.
    pub fn title(&self) -> &'static str {
        match self.purpose {
            Purpose::Close => "Close: real, known or noise",
            Purpose::Snooze => "Snooze",
            Purpose::Plan => "Plan in place",
        }
    }

    /// What one can press in it.
    pub fn hints(&self) -> &'static [Hint] {
        if self.seen.len() > 1 { HINTS_OF_MANY } else { HINTS }
    }

    /// The warnings that it is about.
    pub fn chosen(&self) -> Vec<Seen> {
        match self.one {
            Some(at) => self.seen.get(at).cloned().into_iter().collect(),
            None => self.seen.clone(),
        }
    }

    /// The warnings that it is about, in words, raw.
    pub fn about(&self) -> String {
        let chosen = self.chosen();
        match chosen.as_slice() {
            [] => String::new(),
            [one] => format!("{} · {}", one.name, one.reason),
            [first, ..] if chosen.iter().all(|one| one.account == first.account) => {
                format!("{} · all {} warnings", first.name, chosen.len())
            }
            [first, ..] => format!("{} on {} accounts", words::signal(&first.signal), chosen.len()),
        }
    }

    /// The next choice of what it is about: one after the other, then all of an account.
    pub fn turn(&mut self) {
        if self.seen.len() > 1 {
            self.one = match self.one {
                None => Some(0),
                Some(at) if at + 1 < self.seen.len() => Some(at + 1),
                Some(_) => None,
            };
        }
    }

    /// What the line means; the error is one sentence.
    pub fn said(&self, on: &Occasion) -> Result<Said, String> {
        let text = self.input.text();
        match self.purpose {
            Purpose::Close => warn::close(text),
            Purpose::Snooze => warn::snooze(on, text),
            Purpose::Plan => Ok(Said::Plan(text.trim().to_owned())),
        }
    }

    /// How the line is understood, or what to write.
    pub fn understood(&self, on: &Occasion) -> Result<String, String> {
        let said = self.said(on)?;
        said.wakes(&self.chosen())?;
        Ok(said.means(on.today(), &self.chosen()))
    }
}
