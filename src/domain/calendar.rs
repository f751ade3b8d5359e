//! On which days each of us works: the days of the week, less the public holidays of their calendar; and the hours of them.

mod hours;

use std::collections::BTreeMap;

use jiff::Zoned;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::acts::END_OF_DAY;
use super::record::RecordId;

pub use hours::OF_DAY;

/// `[calendars.ID]`: the public holidays of a place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Its public holidays.
    pub holidays: Vec<Holiday>,
}

/// A public holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Holiday {
    /// On this day of every year: month and day.
    Yearly(i8, i8),
    /// On this day.
    On(Date),
}

/// A year that has every day of every year.
const LEAP_YEAR: i16 = 2000;

impl TryFrom<String> for Holiday {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let plain = text.trim();
        let yearly = || {
            let (month, day) = plain.split_once('-')?;
            let (month, day) = (month.parse().ok()?, day.parse().ok()?);
            Date::new(LEAP_YEAR, month, day).ok()?;
            Some(Self::Yearly(month, day))
        };
        let found = yearly().or_else(|| plain.parse().ok().map(Self::On));
        found.ok_or_else(|| {
            format!("`{text}` is no day; write \"12-25\" for one of every year, or 2027-03-29 for one")
        })
    }
}

impl From<Holiday> for String {
    fn from(holiday: Holiday) -> Self {
        match holiday {
            Holiday::Yearly(month, day) => format!("{month:02}-{day:02}"),
            Holiday::On(day) => day.to_string(),
        }
    }
}

impl Holiday {
    fn is(self, day: Date) -> bool {
        match self {
            Self::Yearly(month, of_month) => (month, of_month) == (day.month(), day.day()),
            Self::On(date) => date == day,
        }
    }
}

impl Calendar {
    /// The last of its holidays that are of one year only, where that is over: those that follow are not known.
    pub fn ran_out(&self, today: Date) -> Option<Date> {
        let dates = self.holidays.iter().filter_map(|holiday| match holiday {
            Holiday::On(date) => Some(*date),
            Holiday::Yearly(..) => None,
        });
        dates.max().filter(|last| *last < today)
    }
}

/// The days on which somebody works.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workdays {
    week: Vec<Weekday>,
    holidays: Vec<Holiday>,
}

impl Workdays {
    /// These days of every week; every day where none is given.
    pub fn of_week(week: Vec<Weekday>) -> Self {
        Self {
            week,
            holidays: Vec::new(),
        }
    }

    /// The same without these days.
    #[must_use]
    pub fn without(&self, holidays: &[Holiday]) -> Self {
        Self {
            week: self.week.clone(),
            holidays: holidays.to_vec(),
        }
    }

    /// Whether it is one of them.
    pub fn has(&self, day: Date) -> bool {
        self.is_in_week(day.weekday()) && !self.holidays.iter().any(|holiday| holiday.is(day))
    }

    fn is_in_week(&self, day: Weekday) -> bool {
        self.week.is_empty() || self.week.contains(&day)
    }

    /// The day on whose evening work ends that is begun then: that day, or once its working hours are over, or on a day
    /// off, the next one of these.
    pub fn begun_at(&self, at: &Zoned) -> Date {
        let mut day = at.date();
        if at.time() >= END_OF_DAY {
            day = day.tomorrow().unwrap_or(day);
        }
        while !self.has(day) {
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        day
    }

    /// So many of them after a day, before it when negative; the day itself when none, `None` beyond the calendar.
    pub fn after(&self, day: Date, count: i32) -> Option<Date> {
        let mut day = day;
        let mut left = count.unsigned_abs();
        while left > 0 {
            let next = if count < 0 {
                day.yesterday()
            } else {
                day.tomorrow()
            };
            day = next.ok()?;
            left -= u32::from(self.has(day));
        }
        Some(day)
    }

    /// How many of them there are after a day up to another. Weeks are counted and not walked: either day may come from a
    /// record, and be of any year.
    pub fn between(&self, from: Date, to: Date) -> i32 {
        let days = to.duration_since(from).as_hours() / 24;
        if days <= 0 {
            return 0;
        }
        let first = |days: i64| {
            let later = from.weekday().next().cycle_forward().take(days as usize);
            later.filter(|day| self.is_in_week(*day)).count() as i64
        };
        let of_weeks = days / 7 * first(7) + first(days % 7);
        (of_weeks - self.holidays_between(from, to)) as i32
    }

    /// How many days of their weeks after a day up to another are holidays, each once, however often it is listed.
    fn holidays_between(&self, from: Date, to: Date) -> i64 {
        let is_one = |day: &Date| *day > from && *day <= to && self.is_in_week(day.weekday());
        let yearly = |day: Date| {
            let mut others = self.holidays.iter();
            others.any(|other| matches!(other, Holiday::Yearly(..)) && other.is(day))
        };
        let mut count = 0;
        for (at, holiday) in self.holidays.iter().enumerate() {
            count += match *holiday {
                _ if self.holidays[..at].contains(holiday) => 0,
                Holiday::On(day) => usize::from(is_one(&day) && !yearly(day)),
                Holiday::Yearly(month, day) => {
                    let days = (from.year()..=to.year()).filter_map(|year| Date::new(year, month, day).ok());
                    days.filter(is_one).count()
                }
            };
        }
        count as i64
    }
}

/// On which days each of us works.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendars {
    /// Whoever has no calendar of their own works on these.
    others: Workdays,
    own: BTreeMap<RecordId, Workdays>,
}

impl Calendars {
    /// Everybody works on these days of the week.
    pub fn of_week(week: Vec<Weekday>) -> Self {
        Self {
            others: Workdays::of_week(week),
            own: BTreeMap::new(),
        }
    }

    /// The same, but for these of us the holidays of their calendars are no days of work.
    #[must_use]
    pub fn with<'a>(mut self, own: impl IntoIterator<Item = (RecordId, &'a Calendar)>) -> Self {
        for (owner, calendar) in own {
            self.own.insert(owner, self.others.without(&calendar.holidays));
        }
        self
    }

    /// The days on which one of us works.
    pub fn of(&self, owner: &RecordId) -> &Workdays {
        self.own.get(owner).unwrap_or(&self.others)
    }

    /// The days on which anybody works of whom nothing more is known.
    pub fn of_anybody(&self) -> &Workdays {
        &self.others
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::Span;
    use jiff::civil::date;

    use super::*;

    fn holidays(days: &[&str]) -> Vec<Holiday> {
        let read = |day: &&str| Holiday::try_from((*day).to_owned()).unwrap();
        days.iter().map(read).collect()
    }

    fn week() -> Vec<Weekday> {
        vec![
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
        ]
    }

    #[test]
    fn holidays_are_of_every_year_or_of_one() {
        let read = |text: &str| Holiday::try_from(text.to_owned());
        assert_eq!(read("12-25"), Ok(Holiday::Yearly(12, 25)));
        assert_eq!(read("02-29"), Ok(Holiday::Yearly(2, 29)));
        assert_eq!(read("2027-03-29"), Ok(Holiday::On(date(2027, 3, 29))));
        for wrong in ["", "25 December", "13-01", "02-30", "2027-02-29", "12"] {
            assert!(read(wrong).unwrap_err().contains("is no day"), "{wrong}");
        }
        for text in ["12-25", "2027-03-29"] {
            assert_eq!(String::from(read(text).unwrap()), text);
        }
    }

    #[test]
    fn business_days_leave_out_weekends_and_the_holidays_of_whose_they_are() {
        let dutch = Calendar {
            holidays: holidays(&["12-25", "2026-12-28"]),
        };
        let calendars = Calendars::of_week(week()).with([(RecordId::from("7"), &dutch)]);
        let (hers, others) = (calendars.of(&"7".into()), calendars.of(&"8".into()));
        // Thursday the 24th: Friday is Christmas, Monday a day off of this year.
        let thursday = date(2026, 12, 24);
        assert_eq!(hers.after(thursday, 1), Some(date(2026, 12, 29)));
        assert_eq!(others.after(thursday, 1), Some(date(2026, 12, 25)));
        assert_eq!(hers.after(thursday, 0), Some(thursday));
        assert_eq!(hers.between(thursday, date(2026, 12, 29)), 1);
        assert_eq!(others.between(thursday, date(2026, 12, 29)), 3);
        assert!(hers.has(date(2027, 12, 28)) && !hers.has(date(2028, 12, 25)));
        assert_eq!(calendars.of_anybody(), others);
    }

    #[test]
    fn where_every_day_is_a_holiday_no_business_day_comes() {
        let every: Vec<Holiday> = date(2000, 1, 1)
            .series(Span::new().days(1))
            .take(366)
            .map(|day| Holiday::Yearly(day.month(), day.day()))
            .collect();
        let never = Workdays::of_week(week()).without(&every);
        assert_eq!(never.after(date(9990, 1, 1), 1), None);
    }

    #[test]
    fn a_calendar_runs_out_with_its_last_day_of_one_year() {
        let of = |days: &[&str]| Calendar {
            holidays: holidays(days),
        };
        let today = date(2027, 1, 4);
        assert_eq!(of(&["12-25"]).ran_out(today), None);
        assert_eq!(of(&["2026-12-25", "2027-03-29"]).ran_out(today), None);
        let last = of(&["2026-04-06", "2026-12-25"]).ran_out(today);
        assert_eq!(last, Some(date(2026, 12, 25)));
    }
}
