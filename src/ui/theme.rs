//! Styles by the role of a text, and the symbols; the only place that names colours.

use ratatui::style::{Color, Modifier, Style};

use crate::domain::summary::Band;

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

    /// What may be drawn for a grapheme: itself, or in ASCII what stands for it.
    pub(super) fn drawn(self, grapheme: &str) -> &str {
        if !self.ascii || grapheme.is_ascii() {
            grapheme
        } else {
            ascii(grapheme)
        }
    }
}

/// ASCII for our own symbols; anything else becomes `?`.
fn ascii(grapheme: &str) -> &'static str {
    match grapheme {
        "▲" => "!",
        "◆" | "╭" | "╮" | "╰" | "╯" | "▆" => "+",
        "●" => "o",
        "△" => "^",
        "✓" | "✕" => "x",
        "▌" | "▶" | "→" | "›" | "≥" => ">",
        "↩" => "<",
        "│" | "▏" => "|",
        "─" | "−" | "–" | "—" | "·" | "▄" | "┄" => "-",
        "━" | "▅" => "=",
        "•" | "▇" => "*",
        "…" | "▂" => ".",
        "▁" => "_",
        "▃" => ":",
        "“" | "”" => "\"",
        "’" | "‘" => "'",
        "Δ" => "d",
        "▼" => "v",
        "☎" => "c",
        "✎" => "n",
        _ => "?",
    }
}

/// The symbol of a band and its role.
pub fn band(band: Band) -> (&'static str, Role) {
    match band {
        Band::Red => ("▲", Role::Bad),
        Band::Amber => ("◆", Role::Doubtful),
        Band::Green => ("●", Role::Good),
        Band::Unknown => ("○", Role::Dim),
    }
}

/// The role of a sign wherever it is explained.
pub fn sign(sign: &str) -> Role {
    match sign {
        "▲" | "!" | "▼" => Role::Bad,
        "◆" | "↩" | "✕" => Role::Doubtful,
        "●" | "✓" => Role::Good,
        "△" => Role::Chance,
        "▶" | "→" | "☎" => Role::Here,
        _ => Role::Dim,
    }
}
