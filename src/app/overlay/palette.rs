//! The command palette: actions by name.

use super::Hint;
use crate::app::action::{ACTIONS, Action, Info};
use crate::app::cursor::Cursor;
use crate::app::input::Input;
use crate::app::model::Model;

/// What one can press in it.
pub const HINTS: &[Hint] = &[("enter", "run"), ("↑ ↓", "choose"), ("esc", "close")];

/// The command palette.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Palette {
    /// What was typed.
    pub input: Input,
    /// Place in the hits.
    pub cursor: Cursor,
    /// What could not run when it was opened, and why: nothing moves under the cursor when that changes.
    unavailable: Vec<(Action, String)>,
}

impl Palette {
    /// A palette without a word typed.
    pub fn of(model: &Model) -> Self {
        let why = |info: &Info| Some((info.action, info.action.available(model).err()?));
        Self {
            unavailable: ACTIONS.iter().filter_map(why).collect(),
            ..Self::default()
        }
    }

    /// Why an action cannot run, if it cannot.
    pub fn why_not(&self, action: Action) -> Option<&str> {
        let found = self.unavailable.iter().find(|(known, _)| *known == action);
        found.map(|(_, why)| why.as_str())
    }

    /// The actions that match what was typed, best first: what is called so, what can run now, what cannot.
    pub fn hits(&self) -> Vec<&'static Info> {
        let typed = self.input.text().trim();
        let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
        let mut hits: Vec<&Info> = ACTIONS
            .iter()
            .filter(|info| {
                let text = format!("{} {} {}", info.id, info.name, info.doc).to_lowercase();
                words.iter().all(|word| text.contains(word.as_str()))
            })
            .collect();
        hits.sort_by_key(|info| {
            let is_off = self.why_not(info.action).is_some();
            (info.id != typed, is_off, !info.id.starts_with(typed))
        });
        hits
    }

    /// Takes pasted text as if it were typed; `false` when it is too long.
    pub fn paste(&mut self, text: &str) -> bool {
        self.cursor = Cursor::default();
        self.input.paste(text)
    }
}
