//! The only place that asks for the time.

use jiff::Timestamp;

/// Tells the time: the system's, or one fixed by `--now` for tests and screenshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The operating system's clock.
    System,
    /// Always this instant (UTC).
    Fixed(Timestamp),
}

impl Clock {
    /// A clock that stands still at `now`, or the system's when there is none.
    pub fn new(now: Option<Timestamp>) -> Self {
        now.map_or(Self::System, Self::Fixed)
    }

    /// The instant it is (UTC).
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(now) => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(Clock::new(Some(now)).now(), now);
        assert_ne!(Clock::new(None).now(), now);
    }
}
