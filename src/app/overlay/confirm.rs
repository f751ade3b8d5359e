//! A question that must be answered with yes before something is done.

use super::Hint;

/// What one can press in it.
pub const HINTS: &[Hint] = &[("y", "yes"), ("n", "no"), ("esc", "no")];

/// A question that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// What is asked.
    pub question: Question,
}

/// Everything that is asked before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whether this profile may write to the CRM from now on.
    EnableWrites,
}

impl Question {
    /// The question itself, in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::EnableWrites => "Allow writing to the CRM?",
        }
    }

    /// What yes means, a paragraph each.
    pub fn meaning(self) -> &'static [&'static str] {
        match self {
            Self::EnableWrites => &[
                "Yes writes “read_only = false” into this profile's table in retain.toml. From the next start on, \
                 what you do here may change records of the CRM that your colleagues see.",
                "No leaves the file as it is. “read_only = true” in the same place takes it back.",
            ],
        }
    }
}
