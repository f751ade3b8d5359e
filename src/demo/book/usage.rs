//! Weekly usage of one customer over eighteen months, from a few numbers.

use super::draw::mix;

/// Weeks of usage before the newest one.
pub(super) const WEEKS: i64 = 78;

/// How a customer's usage went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Usage {
    /// Own seed of the small ups and downs.
    pub(super) seed: u64,
    /// Seats bought.
    pub(super) seats: u32,
    /// Weekly active users per seat eighteen months ago.
    pub(super) first: f64,
    /// The same now, but for a drop.
    pub(super) last: f64,
    /// What is left of it after a drop in the last three weeks; 1.0 without one.
    pub(super) left: f64,
    /// Weeks since the feed has died; 0 while it lives.
    pub(super) silent: i64,
}

impl Usage {
    /// Weekly active users so many weeks before the newest feed.
    pub(super) fn users(&self, weeks_ago: i64) -> u32 {
        let past = weeks_ago as f64 / WEEKS as f64;
        let level = self.last + (self.first - self.last) * past;
        let noise = (mix(self.seed ^ weeks_ago as u64) % 61) as f64 / 1000.0 - 0.03;
        let noise = if weeks_ago == 0 { 0.0 } else { noise };
        let dropped = 1.0 - (1.0 - self.left) * ((3 - weeks_ago).clamp(0, 3) as f64 / 3.0);
        (f64::from(self.seats) * level * (1.0 + noise) * dropped)
            .round()
            .max(0.0) as u32
    }

    /// Seats in use so many weeks before the newest feed.
    pub(super) fn seats_used(&self, weeks_ago: i64) -> u32 {
        let users = f64::from(self.users(weeks_ago));
        ((users * 1.05).round() as u32).min(self.seats.max(users as u32))
    }
}
