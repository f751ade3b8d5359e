//! Whose account a requester is of: an address or a domain is typed, the accounts stand below.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::input::Input;
use crate::app::key::{Code, Key};
use crate::app::layout::{Area, Frame, Size};
use crate::domain::routing::Whose;

/// While one types.
const TYPING: &[Hint] = &[("enter", "find"), ("esc", "close")];
/// Once accounts were found.
const FOUND: &[Hint] = &[("enter", "open the account"), ("↑ ↓", "choose"), ("esc", "close")];
/// Most cells of the box.
const WIDEST: u16 = 110;

/// Whose account a requester is of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WhoScreen {
    /// What was typed.
    pub input: Input,
    /// Whether that was given and nobody typed it: the next letter takes its place.
    pub given: bool,
    /// The order that looks for it, while it is not answered.
    pub asked: Option<RunId>,
    /// What was found for what is typed; one sentence where nobody was. `None` until it was looked for.
    pub found: Option<Result<Vec<Whose>, String>>,
    /// Place of the chosen account.
    pub at: usize,
}

impl WhoScreen {
    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        let body = Frame::of(size, 0).body;
        body.middle(
            WIDEST.min(body.width.saturating_sub(2)),
            body.height.saturating_sub(2),
        )
    }

    /// The accounts that were found.
    pub fn accounts(&self) -> &[Whose] {
        self.found
            .as_ref()
            .and_then(|found| found.as_deref().ok())
            .unwrap_or_default()
    }

    /// The account under the cursor.
    pub fn selected(&self) -> Option<&Whose> {
        self.accounts().get(self.at)
    }

    /// What one can press.
    pub fn hints(&self) -> &'static [Hint] {
        if self.selected().is_some() { FOUND } else { TYPING }
    }

    /// Takes a key that types or deletes; `false` if it is none. Another address is looked for from then on.
    pub fn take(&mut self, key: Key) -> bool {
        if self.given && (key.typed().is_some() || key.code == Code::Backspace) {
            self.input = Input::default();
        }
        if !self.input.take(key) {
            return false;
        }
        self.typed();
        true
    }

    /// Takes a paste; `false` when it is too long.
    pub fn paste(&mut self, text: &str) -> bool {
        if self.given {
            self.input = Input::default();
        }
        let fits = self.input.paste(text);
        self.typed();
        fits
    }

    fn typed(&mut self) {
        self.given = false;
        (self.asked, self.found, self.at) = (None, None, 0);
    }
}
