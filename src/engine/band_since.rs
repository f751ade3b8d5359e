//! Since which day an account's band is what it is: found by looking back day by day.

use std::ops::Range;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::domain::account_view::{BandBefore, BandSince};
use crate::domain::acts::days::end_of;
use crate::domain::summary::Band;

use super::judge::Judge;
use super::score_ledger::end_at;

/// It is looked back so many days at most; a band that is older has no first day.
const DAYS: i64 = 366;

/// The ends of the days before today in a zone, the latest first.
pub fn ends_of_days(now: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
    let today = now.to_zoned(zone.clone()).date();
    (1..=DAYS)
        .map_while(|day| end_of(today.checked_sub(Span::new().days(day)).ok()?, zone))
        .collect()
}

/// Since when the band at the end of each day was what it is now; `days` are the places of the ends of the days before
/// today, the latest first. `None` where the band is unknown, and of a customer that has left.
pub fn of(judge: &Judge<'_>, days: Range<usize>) -> Option<BandSince> {
    let band = judge.band();
    if band == Band::Unknown || judge.has_churned() {
        return None;
    }
    let mut since = judge.world.today;
    for at in days {
        if judge.instant(at) < judge.account.created {
            return Some(BandSince::Day {
                day: since,
                before: None,
            });
        }
        let (end, told) = end_at(judge, at);
        if !told {
            return Some(BandSince::OrBefore(since));
        }
        if end.band != band {
            let before = BandBefore {
                day: end.day,
                score: end.shown(),
            };
            return Some(BandSince::Day {
                day: since,
                before: Some(before),
            });
        }
        since = end.day;
    }
    Some(BandSince::OverAYear)
}
