//! What a form changes stays where it is as long as the form is open.

use jiff::{SignedDuration, Timestamp};

use super::{Form, Purpose};

/// For so long what is changed stays, unless that is said again: a cockpit that crashes holds nothing longer.
const LASTS: SignedDuration = SignedDuration::from_mins(5);
/// The same while the person's own editor has the terminal, where nobody says it again.
const LASTS_IN_EDITOR: SignedDuration = SignedDuration::from_hours(2);

/// A write that waits stays until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Until when (UTC), as far as it was ordered.
    pub until: Timestamp,
    /// Whether the last order is not answered yet.
    pub asked: bool,
}

impl Hold {
    /// Ordered at this instant.
    pub fn begun(now: Timestamp) -> Self {
        Self::lasting(now, LASTS)
    }

    /// Ordered as the person's own editor takes the terminal.
    pub fn in_editor(now: Timestamp) -> Self {
        Self::lasting(now, LASTS_IN_EDITOR)
    }

    fn lasting(now: Timestamp, lasts: SignedDuration) -> Self {
        Self {
            until: now.checked_add(lasts).unwrap_or(Timestamp::MAX),
            asked: true,
        }
    }

    /// When it is to be ordered again (UTC).
    pub fn renewed_at(&self) -> Timestamp {
        self.until.checked_sub(LASTS / 2).unwrap_or(Timestamp::MIN)
    }
}

impl Form {
    /// The hold on what it changes, if it waits.
    pub fn hold(&self) -> Option<&Hold> {
        match &self.purpose {
            Purpose::Revise(revising) => revising.hold.as_ref(),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub fn hold_mut(&mut self) -> Option<&mut Option<Hold>> {
        match &mut self.purpose {
            Purpose::Revise(revising) => Some(&mut revising.hold),
            _ => None,
        }
    }
}
