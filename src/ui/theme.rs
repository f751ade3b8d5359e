//! Styles by the role of a text, and the symbols; the only place that names colours.

use ratatui::style::{Color, Modifier, Style};

/// Styles and symbols of everything on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// `false` for `NO_COLOR` and terminals without colours: weight and symbols carry everything.
    pub colours: bool,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
}

/// The role of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Facts.
    Plain,
    /// Labels and context.
    Dim,
    /// The one value of a line that matters.
    Strong,
    /// Where one is and what one can press.
    Here,
    /// Here, and strong: keys.
    Key,
    /// A bad state.
    Bad,
    /// A doubtful state.
    Doubtful,
    /// A good state.
    Good,
    /// An opportunity.
    Chance,
}

impl Theme {
    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        let (colour, modifier) = match role {
            Role::Plain => (None, Modifier::empty()),
            // An attribute, not bright black, which is the background in some people's colours.
            Role::Dim => (None, Modifier::DIM),
            Role::Strong => (None, Modifier::BOLD),
            Role::Here => (Some(Color::Cyan), Modifier::empty()),
            Role::Key => (Some(Color::Cyan), Modifier::BOLD),
            Role::Bad => (Some(Color::Red), Modifier::empty()),
            Role::Doubtful => (Some(Color::Yellow), Modifier::empty()),
            Role::Good => (Some(Color::Green), Modifier::empty()),
            Role::Chance => (Some(Color::Blue), Modifier::empty()),
        };
        let style = Style::new().add_modifier(modifier);
        match colour {
            Some(colour) if self.colours => style.fg(colour),
            _ => style,
        }
    }
}
