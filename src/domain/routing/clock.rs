//! By when a question is to be answered: the clock of what its account has bought.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::Support;
use crate::domain::acts::END_OF_DAY;
use crate::domain::calendar::Workdays;
use crate::domain::period::{BusinessDays, Period};

/// `[answer_within]`: within which time a question is answered, by what the account has bought of support.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerWithin {
    /// Where support answers around the clock.
    pub always: Option<Period>,
    /// Where support answers on business days: by the evening of the last of so many.
    pub business_hours: Option<BusinessDays>,
}

/// Where we are, and on which days we work.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    /// The person's time zone.
    pub zone: &'a TimeZone,
    /// The days on which we work.
    pub works: &'a Workdays,
}

impl Calendar<'_> {
    /// The evening of so many business days after the one on which something that came then is begun.
    fn evening(self, came: Timestamp, days: i32) -> Option<Timestamp> {
        let first = self.works.begun_at(&came.to_zoned(self.zone.clone()));
        let last = self.works.after(first, days)?;
        let evening = last.to_datetime(END_OF_DAY).to_zoned(self.zone.clone());
        evening.ok().map(|evening| evening.timestamp())
    }
}

impl AnswerWithin {
    /// By when a question is to be answered that was asked then (UTC); `None` where no time is set for what was bought.
    pub fn answer_by(&self, asked: Timestamp, support: Support, calendar: Calendar<'_>) -> Option<Timestamp> {
        match support {
            Support::Always => asked.checked_add(self.always?.duration()).ok(),
            Support::BusinessHours => calendar.evening(asked, self.business_hours?.0),
            Support::None => None,
        }
    }

    /// Where a question stands among the others: by when it is to be answered. Where that is not known it stands where
    /// support on business days would put it, so that nothing sinks because nobody knows what was bought; without any time
    /// that is the evening of the business day on which it came.
    pub fn stands_at(&self, asked: Timestamp, support: Option<Support>, calendar: Calendar<'_>) -> Timestamp {
        support
            .and_then(|support| self.answer_by(asked, support, calendar))
            .or_else(|| self.answer_by(asked, Support::BusinessHours, calendar))
            .or_else(|| calendar.evening(asked, 0))
            .unwrap_or(asked)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::Weekday;

    use super::*;

    const WEEK: [Weekday; 5] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
    ];

    fn within() -> AnswerWithin {
        AnswerWithin {
            always: Some("8h".to_owned().try_into().unwrap()),
            business_hours: Some(BusinessDays(1)),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn by(asked: &str, support: Support) -> Option<Timestamp> {
        let works = Workdays::of_week(WEEK.to_vec());
        let calendar = Calendar {
            zone: &TimeZone::UTC,
            works: &works,
        };
        within().answer_by(at(asked), support, calendar)
    }

    #[test]
    fn around_the_clock_the_clock_never_stands_still_and_else_it_runs_on_business_days() {
        // A Friday evening, after work.
        let friday = "2026-11-20T19:00:00Z";
        assert_eq!(by(friday, Support::Always), Some(at("2026-11-21T03:00:00Z")));
        assert_eq!(
            by(friday, Support::BusinessHours),
            Some(at("2026-11-24T17:00:00Z"))
        );
        let morning = by("2026-11-20T09:00:00Z", Support::BusinessHours);
        assert_eq!(morning, Some(at("2026-11-23T17:00:00Z")));
        assert_eq!(by(friday, Support::None), None);
    }

    #[test]
    fn what_is_not_known_stands_where_business_days_would_put_it() {
        let works = Workdays::of_week(WEEK.to_vec());
        let calendar = Calendar {
            zone: &TimeZone::UTC,
            works: &works,
        };
        let friday = at("2026-11-20T09:00:00Z");
        let stands = |support| within().stands_at(friday, support, calendar);
        assert_eq!(stands(None), stands(Some(Support::BusinessHours)));
        assert_eq!(stands(Some(Support::None)), stands(None));
        let never = AnswerWithin::default().stands_at(friday, None, calendar);
        assert_eq!(
            never,
            at("2026-11-20T17:00:00Z"),
            "without a time it is that day's"
        );
        let weekend = AnswerWithin::default().stands_at(at("2026-11-21T09:00:00Z"), None, calendar);
        assert_eq!(weekend, at("2026-11-23T17:00:00Z"), "a weekend is nobody's day");
    }
}
