//! The book's days: everything is so many days from the portal's present.

use jiff::civil::{Date, Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A day in milliseconds.
pub(super) const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

/// The portal's present and the days around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    /// The portal's present, Unix milliseconds.
    pub(super) now: i64,
    /// Its day (UTC).
    pub(super) today: Date,
}

impl Calendar {
    pub(super) fn new(now: i64) -> Self {
        let at = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH);
        Self {
            now,
            today: at.to_zoned(TimeZone::UTC).date(),
        }
    }

    /// The day so many days from today.
    pub(super) fn day(&self, days: i64) -> Date {
        self.today.saturating_add(days.days())
    }

    /// Midnight of today (UTC), Unix milliseconds.
    fn midnight(&self) -> i64 {
        self.now - self.now.rem_euclid(DAY)
    }

    /// An instant so many days from today at this time (UTC), Unix milliseconds.
    pub(super) fn at(&self, days: i64, hour: i64, minute: i64) -> i64 {
        self.midnight() + days * DAY + hour * HOUR + minute * 60_000
    }

    /// The same in office hours: a weekend's is moved to the Friday before.
    pub(super) fn office(&self, days: i64, hour: i64, minute: i64) -> i64 {
        let back = match self.day(days).weekday() {
            Weekday::Saturday => 1,
            Weekday::Sunday => 2,
            _ => 0,
        };
        self.at(days - back, hour, minute)
    }

    /// The newest weekly feed: Monday 06:30 UTC, Unix milliseconds.
    pub(super) fn last_feed(&self) -> i64 {
        let days = i64::from(self.today.weekday().to_monday_zero_offset());
        let feed = self.at(-days, 6, 30);
        if feed > self.now { feed - 7 * DAY } else { feed }
    }

    /// Days from today to the newest first day of the fiscal year; never positive.
    pub(super) fn fiscal_start(&self) -> i64 {
        let this = date(self.today.year(), 2, 1);
        let start = if this > self.today {
            date(self.today.year() - 1, 2, 1)
        } else {
            this
        };
        let noon = |day: Date| day.to_datetime(Time::midnight());
        noon(self.today).duration_until(noon(start)).as_hours() / 24
    }
}
