//! Since when the change of a score is counted on the account screen.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Length, Timestamp};

use crate::domain::acts::days;

/// Since when the change of a score is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Span {
    /// Since my last look on an earlier day.
    #[default]
    LastLook,
    /// Over so many days.
    Days(i32),
    /// Since the end of a day that was typed.
    Since(Date),
}

/// The spans to choose from, the shortest first.
const CHOICES: [Span; 5] = [
    Span::LastLook,
    Span::Days(7),
    Span::Days(30),
    Span::Days(90),
    Span::Days(365),
];

impl Span {
    /// The next longer one, or the next shorter one; at the end it stays. A typed day gives way to the first.
    #[must_use]
    pub fn stepped(self, longer: bool) -> Self {
        let Some(at) = CHOICES.iter().position(|choice| *choice == self) else {
            return Self::LastLook;
        };
        let to = if longer {
            (at + 1).min(CHOICES.len() - 1)
        } else {
            at.saturating_sub(1)
        };
        CHOICES[to]
    }

    /// The instant that it counts from; `None` leaves it to the ledger, which knows my last look.
    pub fn from(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::LastLook => None,
            Self::Days(days) => now.checked_sub(Length::new().hours(i64::from(days) * 24)).ok(),
            Self::Since(day) => days::end_of(day, zone),
        }
    }

    /// The span in words; `None` where the day alone says it.
    pub fn words(self) -> Option<String> {
        match self {
            Self::Days(days) => Some(format!("{days} d")),
            Self::LastLook | Self::Since(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn spans_step_to_either_end_and_a_typed_day_gives_way() {
        let mut span = Span::default();
        let longer: Vec<Span> = (0..5)
            .map(|_| {
                span = span.stepped(true);
                span
            })
            .collect();
        assert_eq!(longer[0], Span::Days(7));
        assert_eq!(longer[3..], [Span::Days(365), Span::Days(365)]);
        assert_eq!(Span::Days(7).stepped(false), Span::LastLook);
        assert_eq!(Span::LastLook.stepped(false), Span::LastLook);
        assert_eq!(Span::Since(date(2026, 10, 1)).stepped(true), Span::LastLook);
    }

    #[test]
    fn a_span_counts_from_an_instant_and_a_day_from_its_end() {
        let now = date(2026, 11, 23).at(8, 50, 0, 0).to_zoned(TimeZone::UTC);
        let now = now.map(|now| now.timestamp()).unwrap_or_default();
        let from = |span: Span| span.from(now, &TimeZone::UTC).map(|at| at.to_string());
        assert_eq!(from(Span::LastLook), None);
        assert_eq!(from(Span::Days(7)).as_deref(), Some("2026-11-16T08:50:00Z"));
        assert_eq!(
            from(Span::Since(date(2026, 10, 1))).as_deref(),
            Some("2026-10-01T23:59:59.999Z")
        );
    }
}
