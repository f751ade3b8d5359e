//! Working hours: from nine to five on the days on which somebody works, by the person's own clock.

use jiff::civil::{Date, DateTime, Time};

use super::Workdays;
use crate::domain::acts::END_OF_DAY;

/// When work begins on a day.
const START_OF_DAY: Time = Time::constant(9, 0, 0, 0);
/// The working minutes of a day.
pub const OF_DAY: i64 = 8 * 60;

/// Whole minutes from one time to another; negative when that is earlier.
fn minutes(from: DateTime, to: DateTime) -> i64 {
    to.duration_since(from).as_mins()
}

impl Workdays {
    /// The working minutes from one time to another, whole; negative when that is earlier.
    pub fn worked(&self, from: DateTime, to: DateTime) -> i64 {
        if to < from {
            return -self.worked(to, from);
        }
        let (first, last) = (from.date(), to.date());
        let of = |day: Date| {
            if !self.has(day) {
                return 0;
            }
            let begun = from.max(day.to_datetime(START_OF_DAY));
            let ended = to.min(day.to_datetime(END_OF_DAY));
            minutes(begun, ended).max(0)
        };
        if first == last {
            return of(first);
        }
        let whole = self.between(first, last) - i32::from(self.has(last));
        of(first) + i64::from(whole) * OF_DAY + of(last)
    }

    /// The time at which so many working minutes are over after another: the end of a day rather than the beginning of the
    /// next; `None` beyond the calendar.
    pub fn after_minutes(&self, from: DateTime, count: u32) -> Option<DateTime> {
        let mut left = i64::from(count);
        let mut day: Date = from.date();
        loop {
            if self.has(day) {
                let begun = from.max(day.to_datetime(START_OF_DAY));
                let open = minutes(begun, day.to_datetime(END_OF_DAY));
                if (0..=open).contains(&left) {
                    return begun.checked_add(jiff::SignedDuration::from_mins(left)).ok();
                }
                left -= open.max(0);
            }
            day = day.tomorrow().ok()?;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::SignedDuration;
    use jiff::civil::{Weekday, date};
    use proptest::prelude::*;

    use super::super::{Calendar, Holiday};
    use super::*;

    fn works() -> Workdays {
        let week = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
        ];
        let calendar = Calendar {
            holidays: vec![Holiday::Yearly(12, 25)],
        };
        Workdays::of_week(week.to_vec()).without(&calendar.holidays)
    }

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_weekend_a_holiday_an_evening_and_a_night_are_no_working_hours() {
        let worked = |from: &str, to: &str| works().worked(at(from), at(to));
        // From a Friday afternoon to Monday morning.
        assert_eq!(worked("2026-11-20T16:00", "2026-11-23T09:00"), 60);
        assert_eq!(worked("2026-11-20T18:00", "2026-11-23T08:00"), 0);
        assert_eq!(worked("2026-11-23T08:00", "2026-11-24T20:00"), 2 * OF_DAY);
        assert_eq!(worked("2026-11-23T10:00", "2026-11-20T16:00"), -120);
        // Christmas, a Friday.
        assert_eq!(worked("2026-12-24T16:00", "2026-12-28T10:00"), 120);
    }

    #[test]
    fn so_many_working_hours_end_on_the_next_days_of_work() {
        let after = |from: &str, hours: u32| works().after_minutes(at(from), hours * 60);
        assert_eq!(after("2026-11-20T15:00", 4), Some(at("2026-11-23T11:00")));
        assert_eq!(after("2026-11-20T13:00", 4), Some(at("2026-11-20T17:00")));
        assert_eq!(after("2026-11-21T13:00", 4), Some(at("2026-11-23T13:00")));
        assert_eq!(after("2026-12-24T18:00", 1), Some(at("2026-12-28T10:00")));
        let never = Workdays::of_week(Vec::new());
        let every = (1..=12).flat_map(|month| (1..=31).map(move |day| Holiday::Yearly(month, day)));
        let never = never.without(&every.collect::<Vec<_>>());
        assert_eq!(never.after_minutes(at("9990-01-01T09:00"), 1), None);
    }

    #[test]
    fn what_is_thousands_of_years_away_is_told_at_once() {
        let now = at("2026-11-23T09:00");
        // Day by day these are hundreds of millions of days.
        for _ in 0..100 {
            assert_eq!(works().worked(now, at("9999-12-31T17:00")), 995_704_320);
            assert_eq!(works().worked(now, at("-009999-01-01T00:00")), -1_501_827_360);
        }
        let all = at("-009999-01-01T00:00");
        assert!(Workdays::default().worked(all, at("9999-12-31T23:59")) > 0);
    }

    /// The same, day by day.
    fn walked(works: &Workdays, from: DateTime, to: DateTime) -> i64 {
        let days = from.date().series(jiff::Span::new().days(1));
        let days = days
            .take_while(|day| *day <= to.date())
            .filter(|day| works.has(*day));
        let of = |day: Date| {
            let begun = from.max(day.to_datetime(START_OF_DAY));
            minutes(begun, to.min(day.to_datetime(END_OF_DAY))).max(0)
        };
        days.map(of).sum()
    }

    /// Any week, and holidays that are told twice, in two ways, and on days off.
    fn any_works() -> impl Strategy<Value = Workdays> {
        let holiday = prop_oneof![
            (1..=12_i8, 1..=28_i8).prop_map(|(month, day)| Holiday::Yearly(month, day)),
            Just(Holiday::Yearly(2, 29)),
            (2026..2029_i16, 1..=12_i8, 1..=28_i8)
                .prop_map(|(year, month, day)| Holiday::On(date(year, month, day))),
        ];
        let week = proptest::collection::vec(0..7_i32, 0..8);
        (week, proptest::collection::vec(holiday, 0..40)).prop_map(|(week, mut holidays)| {
            let on = holidays.iter().filter_map(|holiday| match holiday {
                Holiday::Yearly(month, day) => Date::new(2027, *month, *day).ok().map(Holiday::On),
                Holiday::On(_) => Some(*holiday),
            });
            holidays.extend(on.collect::<Vec<_>>());
            let week = week.into_iter().map(|day| Weekday::Monday.wrapping_add(day));
            Workdays::of_week(week.collect()).without(&holidays)
        })
    }

    /// Any minute of some three years.
    fn any_time() -> impl Strategy<Value = DateTime> {
        (0..1_576_800_i64).prop_map(|minute| {
            date(2026, 1, 1)
                .at(0, 0, 0, 0)
                .checked_add(SignedDuration::from_mins(minute))
                .unwrap()
        })
    }

    proptest! {
        #[test]
        fn what_is_added_is_what_is_worked(from in any_time(), count in 0_u32..10_000) {
            let works = works();
            let until = works.after_minutes(from, count).unwrap();
            prop_assert_eq!(works.worked(from, until), i64::from(count));
            prop_assert!(until >= from && works.has(until.date()));
            prop_assert!((START_OF_DAY..=END_OF_DAY).contains(&until.time()));
        }

        #[test]
        fn what_is_worked_is_what_each_day_has(works in any_works(), one in any_time(), two in any_time()) {
            let (from, to) = (one.min(two), one.max(two));
            prop_assert_eq!(works.worked(from, to), walked(&works, from, to));
            let days = from.date().series(jiff::Span::new().days(1)).skip(1);
            let days = days.take_while(|day| *day <= to.date()).filter(|day| works.has(*day));
            prop_assert_eq!(works.between(from.date(), to.date()), days.count() as i32);
        }

        #[test]
        fn working_time_adds_up_and_never_runs_back(one in any_time(), two in any_time(), three in any_time()) {
            let works = works();
            prop_assert_eq!(works.worked(one, two) + works.worked(two, three), works.worked(one, three));
            prop_assert_eq!(works.worked(one, two), -works.worked(two, one));
            prop_assert!(works.worked(one.min(two), one.max(two)) >= 0);
        }
    }
}
