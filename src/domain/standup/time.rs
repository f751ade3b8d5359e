//! How long a standup may take. Only what was talked counts: while a line is cut no time passes.

use jiff::{SignedDuration, Timestamp};

use super::held::Held;

/// How long a standup may take, while an account shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// How long it may take in all.
    pub whole: SignedDuration,
    /// How long was talked before the account that shows.
    pub spent: SignedDuration,
    /// Since when that shows (UTC).
    pub from: Timestamp,
}

impl Budget {
    /// That of a standup in which an account shows since then.
    pub fn of(held: &Held, from: Timestamp) -> Self {
        Self {
            whole: SignedDuration::from_mins(held.begun.minutes.into()),
            spent: held.spent(),
            from,
        }
    }

    /// When its time is over (UTC).
    pub fn ends(&self) -> Timestamp {
        let left = self.whole.saturating_sub(self.spent);
        self.from.checked_add(left).unwrap_or(Timestamp::MAX)
    }

    /// How long is left; nothing once it is over.
    pub fn left(&self, now: Timestamp) -> SignedDuration {
        self.ends().duration_since(now).max(SignedDuration::ZERO)
    }

    /// How long each of so many accounts may take, the one that shows among them; `None` where none is left.
    pub fn each(&self, now: Timestamp, accounts: usize) -> Option<SignedDuration> {
        let accounts = i32::try_from(accounts).ok().filter(|accounts| *accounts > 0)?;
        Some(self.left(now) / accounts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_only_while_one_talks() {
        let at = |minute: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
        let budget = Budget {
            whole: SignedDuration::from_mins(15),
            spent: SignedDuration::from_mins(5),
            from: at(60),
        };
        assert_eq!(budget.ends(), at(70));
        assert_eq!(budget.left(at(64)), SignedDuration::from_mins(6));
        assert_eq!(budget.left(at(90)), SignedDuration::ZERO);
        assert_eq!(budget.each(at(64), 3), Some(SignedDuration::from_mins(2)));
        assert_eq!(budget.each(at(64), 0), None);
    }
}
