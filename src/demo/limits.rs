//! HubSpot's rate limits: requests per app in ten seconds, searches per portal in a second.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// Requests that one app may make in ten seconds.
pub const PER_TEN_SECONDS: usize = 190;
/// Searches that all apps together may make in a second.
pub const SEARCHES_PER_SECOND: usize = 5;
/// Requests that one portal may make in a day.
pub const PER_DAY: u64 = 650_000;

/// Which limit a request ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// The app's ten seconds.
    TenSeconds,
    /// The portal's searches in a second.
    Second,
}

/// The highest rates that were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Peaks {
    /// Requests of one app within ten seconds.
    pub per_ten_seconds: usize,
    /// Searches within a second.
    pub searches_per_second: usize,
}

/// Counts requests in rolling windows.
#[derive(Debug, Default)]
pub struct Meter {
    apps: HashMap<String, VecDeque<Instant>>,
    searches: VecDeque<Instant>,
    today: u64,
    peaks: Peaks,
}

impl Meter {
    /// Counts a request of an app; when `enforced`, says which limit it exceeds. A refused request does not count.
    pub fn count(&mut self, app: &str, search: bool, now: Instant, enforced: bool) -> Result<(), Exceeded> {
        let window = self.apps.entry(app.to_owned()).or_default();
        forget(window, now, Duration::from_secs(10));
        forget(&mut self.searches, now, Duration::from_secs(1));
        if enforced && window.len() >= PER_TEN_SECONDS {
            return Err(Exceeded::TenSeconds);
        }
        if enforced && search && self.searches.len() >= SEARCHES_PER_SECOND {
            return Err(Exceeded::Second);
        }
        window.push_back(now);
        self.today += 1;
        self.peaks.per_ten_seconds = self.peaks.per_ten_seconds.max(window.len());
        if search {
            self.searches.push_back(now);
            self.peaks.searches_per_second = self.peaks.searches_per_second.max(self.searches.len());
        }
        Ok(())
    }

    /// How many requests the app has left in its ten seconds.
    pub fn remaining(&self, app: &str) -> usize {
        PER_TEN_SECONDS.saturating_sub(self.apps.get(app).map_or(0, VecDeque::len))
    }

    /// Requests since the start.
    pub fn today(&self) -> u64 {
        self.today
    }

    /// The highest rates so far.
    pub fn peaks(&self) -> Peaks {
        self.peaks
    }
}

fn forget(window: &mut VecDeque<Instant>, now: Instant, length: Duration) {
    while window
        .front()
        .is_some_and(|first| now.saturating_duration_since(*first) >= length)
    {
        window.pop_front();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_windows_roll() {
        let start = Instant::now();
        let mut meter = Meter::default();
        for _ in 0..PER_TEN_SECONDS {
            meter.count("a", false, start, true).unwrap();
        }
        assert_eq!(meter.count("a", false, start, true), Err(Exceeded::TenSeconds));
        assert_eq!(meter.count("b", false, start, true), Ok(()));
        assert_eq!(
            meter.count("a", false, start + Duration::from_secs(10), true),
            Ok(())
        );
    }

    #[test]
    fn searches_are_shared_by_all_apps() {
        let start = Instant::now();
        let mut meter = Meter::default();
        for app in ["a", "b", "c", "d", "e"] {
            meter.count(app, true, start, true).unwrap();
        }
        assert_eq!(meter.count("f", true, start, true), Err(Exceeded::Second));
        assert_eq!(meter.count("f", false, start, true), Ok(()));
        assert_eq!(
            meter.count("f", true, start + Duration::from_secs(1), true),
            Ok(())
        );
        assert_eq!(meter.peaks().searches_per_second, 5);
    }
}
