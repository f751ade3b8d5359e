//! Styles by the role of a text, and the symbols; the only place that names colours.

use std::borrow::Cow;

use ratatui::style::{Color, Modifier, Style};

use super::words;
use crate::domain::ascii;
use crate::domain::summary::Band;

/// The sign of what is late.
pub const LATE: &str = "!";

/// Styles and symbols of everything on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// `false` for `NO_COLOR` and terminals without colours: weight and symbols carry everything.
    pub colours: bool,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            colours: true,
            ascii: false,
        }
    }
}

/// The role of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Facts.
    Plain,
    /// Labels and context.
    Dim,
    /// Where one is and what one can press.
    Here,
    /// A bad state.
    Bad,
    /// A doubtful state.
    Doubtful,
    /// A good state.
    Good,
    /// An opportunity.
    Chance,
}

/// A role, and whether the text is the one that matters in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    role: Role,
    bold: bool,
}

impl Role {
    /// This role for the one value of a line that matters.
    pub const fn strong(self) -> Ink {
        Ink {
            role: self,
            bold: true,
        }
    }

    /// This role, strong only if so.
    pub const fn strong_if(self, bold: bool) -> Ink {
        Ink { role: self, bold }
    }
}

impl From<Role> for Ink {
    fn from(role: Role) -> Self {
        Self { role, bold: false }
    }
}

impl Theme {
    /// The style of a text.
    pub fn style(self, ink: impl Into<Ink>) -> Style {
        let Ink { role, bold } = ink.into();
        let colour = match role {
            Role::Plain | Role::Dim => None,
            Role::Here => Some(Color::Cyan),
            Role::Bad => Some(Color::Red),
            Role::Doubtful => Some(Color::Yellow),
            Role::Good => Some(Color::Green),
            Role::Chance => Some(Color::Blue),
        };
        let style = match colour {
            Some(colour) if self.colours => Style::new().fg(colour),
            _ => Style::new(),
        };
        match role {
            _ if bold => style.add_modifier(Modifier::BOLD),
            // An attribute, not bright black, which is the background in some people's colours.
            Role::Dim => style.add_modifier(Modifier::DIM),
            _ => style,
        }
    }

    /// A sign as it is drawn: that of what is late is the one of red in ASCII, so it is a letter there.
    pub(super) fn sign(self, sign: &'static str) -> &'static str {
        if self.ascii && sign == LATE { "L" } else { sign }
    }

    /// Whether a colour may carry a meaning alone: where the focus is.
    pub(super) fn colours_tell(self) -> bool {
        self.colours && !self.ascii
    }

    /// A text as it may be drawn: itself, or in ASCII what is written for our own symbols. A symbol alone keeps
    /// its one cell; within words it is spelled out.
    pub(super) fn spelled(self, text: &str) -> Cow<'_, str> {
        if self.ascii {
            ascii::spelled(text)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// What may be drawn for one grapheme: itself, or in ASCII what stands for it in one cell.
    pub(super) fn drawn(self, grapheme: &str) -> &str {
        if self.ascii {
            ascii::drawn(grapheme)
        } else {
            grapheme
        }
    }
}

/// The symbol of a band and its role.
pub fn band(band: Band) -> (&'static str, Role) {
    let sign = words::sign(band);
    (sign, self::sign(sign))
}

/// The role of a sign wherever it is explained.
pub fn sign(sign: &str) -> Role {
    match sign {
        "▲" | LATE | "▼" => Role::Bad,
        "◆" | "↩" | "↪" | "✕" => Role::Doubtful,
        "●" | "✓" => Role::Good,
        "△" => Role::Chance,
        "▎" | "▶" | "→" | "☎" => Role::Here,
        _ => Role::Dim,
    }
}
