//! What helps an entry that was not taken.

use serde::{Deserialize, Serialize};

/// What helps an entry that the CRM refused, or that cannot be sent. The words are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Other values: as it stands it is refused.
    #[default]
    Edit,
    /// A right that the key lacks: with it the same is taken.
    Right,
    /// A record that is there no more: once it is restored the same is taken.
    Restore,
    /// A property that the CRM has no more: once it is made again the same is taken.
    Property,
    /// To be sent again: the CRM did not say what is wrong with it.
    Resend,
    /// Nothing: what it belongs to never comes.
    Discard,
}

impl Remedy {
    /// Whether other values may help, so that nothing else need be said of it.
    #[allow(clippy::trivially_copy_pass_by_ref)] // serde asks so.
    pub fn is_edit(&self) -> bool {
        *self == Self::Edit
    }

    /// What became of the entry, in words that stand before why; `None` where the CRM refused it.
    pub fn unsent(self) -> Option<&'static str> {
        match self {
            Self::Resend | Self::Property => Some("not sent"),
            Self::Discard => Some("cannot be sent"),
            Self::Edit | Self::Right | Self::Restore => None,
        }
    }

    /// What became of the entry, in words that stand before why.
    pub fn became(self) -> &'static str {
        self.unsent().unwrap_or("the CRM refused it")
    }

    /// What somebody has to do in the CRM before it can be sent again, in words.
    pub fn before(self) -> Option<&'static str> {
        match self {
            Self::Right => Some("ask whoever administers the CRM to give the key that right"),
            Self::Restore => Some("have the record restored in the CRM"),
            Self::Property => Some("have the property made again in the CRM"),
            Self::Edit | Self::Resend | Self::Discard => None,
        }
    }
}
