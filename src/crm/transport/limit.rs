//! My share of the portal's limits, as a pure function of time.
//!
//! Times are durations since the transport was made. Each window counts what was sent in its last so
//! many seconds, so that n users with a share of 1/n each can never send more together than is allowed.

use std::collections::VecDeque;
use std::time::Duration;

use super::options::Sharing;

/// Part of the portal's limit that programs like this one take; the rest is everybody else's.
const OUR_PART: f64 = 0.9;
/// The portal's limit counts over so many seconds.
const LONG_WINDOW: Duration = Duration::from_secs(10);
/// Searches a second for one user alone (the portal allows five).
const SEARCHES_ALONE: u32 = 4;
/// Searches a second for all users together: lower, because their moments are not agreed on.
const SEARCHES_TOGETHER: f64 = 2.5;

/// What a request counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Anything but a search.
    Plain,
    /// A search: has a limit of its own beside the common one.
    Search,
}

/// At most `capacity` requests in any `width`.
#[derive(Debug, Clone)]
struct Window {
    capacity: usize,
    width: Duration,
    sent: VecDeque<Duration>,
}

impl Window {
    fn new(capacity: f64, width: Duration) -> Self {
        // A share below one request per window becomes one request per longer window.
        let whole = capacity.floor().max(1.0);
        Self {
            capacity: whole as usize,
            width: width.mul_f64((whole / capacity).max(1.0)),
            sent: VecDeque::new(),
        }
    }

    /// The earliest moment, not before `from`, at which one more may go.
    fn free_at(&self, from: Duration) -> Duration {
        let index = self.sent.len().checked_sub(self.capacity);
        match index.and_then(|index| self.sent.get(index)) {
            Some(blocking) => from.max(*blocking + self.width),
            None => from,
        }
    }

    fn take(&mut self, at: Duration) {
        let place = self.sent.partition_point(|sent| *sent <= at);
        self.sent.insert(place, at);
        while self.sent.len() > self.capacity {
            self.sent.pop_front();
        }
    }
}

/// Decides when a request may go.
#[derive(Debug, Clone)]
pub struct Limiter {
    sharing: Option<Sharing>,
    all: Option<Window>,
    searches: Option<Window>,
    held: Duration,
    searches_held: Duration,
}

impl Limiter {
    /// `phase` (0 to 1) spreads the first searches of users who start at the same moment.
    pub fn new(sharing: Option<Sharing>, phase: f64) -> Self {
        let mut limiter = Self::waiting_to_learn(sharing);
        if let Some(Sharing {
            users,
            per_ten_seconds,
        }) = sharing
        {
            limiter.all = Some(share_of(per_ten_seconds, LONG_WINDOW, users));
            let searches = search_share(users);
            if users > 1 {
                limiter.searches_held = searches.width.mul_f64(phase.clamp(0.0, 1.0));
            }
            limiter.searches = Some(searches);
        }
        limiter
    }

    /// No limits until the CRM names one: a CRM on this machine may have none.
    pub fn waiting_to_learn(sharing: Option<Sharing>) -> Self {
        Self {
            sharing,
            all: None,
            searches: None,
            held: Duration::ZERO,
            searches_held: Duration::ZERO,
        }
    }

    /// Reserves the earliest moment for one request, unless that is later than `latest`; then gives the moment
    /// as an error and reserves nothing.
    pub fn reserve(&mut self, class: Class, now: Duration, latest: Duration) -> Result<Duration, Duration> {
        let mut at = now.max(self.held_until(class));
        at = self.all.as_ref().map_or(at, |window| window.free_at(at));
        if class == Class::Search {
            at = self.searches.as_ref().map_or(at, |window| window.free_at(at));
        }
        if at > latest {
            return Err(at);
        }
        if let Some(window) = &mut self.all {
            window.take(at);
        }
        if let Some(window) = self.searches.as_mut().filter(|_| class == Class::Search) {
            window.take(at);
        }
        Ok(at)
    }

    /// Until when nothing of this class may go, because the CRM said so.
    pub fn held_until(&self, class: Class) -> Duration {
        match class {
            Class::Plain => self.held,
            Class::Search => self.held.max(self.searches_held),
        }
    }

    /// Holds everything of this class back until then; holding plain requests holds searches too.
    pub fn hold(&mut self, class: Class, until: Duration) {
        let held = match class {
            Class::Plain => &mut self.held,
            Class::Search => &mut self.searches_held,
        };
        *held = until.max(*held);
    }

    /// Takes over how much the CRM says it allows.
    pub fn learn(&mut self, allowed: u32, width: Duration) {
        let Some(sharing) = &mut self.sharing else { return };
        let known = self.all.is_some() && sharing.per_ten_seconds == allowed && width == LONG_WINDOW;
        if known || allowed == 0 || width.is_zero() {
            return;
        }
        sharing.per_ten_seconds = allowed;
        let users = sharing.users;
        let mut learnt = share_of(allowed, width, users);
        if let Some(old) = self.all.take() {
            old.sent.into_iter().for_each(|sent| learnt.take(sent));
        }
        self.all = Some(learnt);
        self.searches.get_or_insert_with(|| search_share(users));
    }
}

fn search_share(users: u32) -> Window {
    let a_second = match users {
        0 | 1 => f64::from(SEARCHES_ALONE),
        users => SEARCHES_TOGETHER / f64::from(users),
    };
    Window::new(a_second, Duration::from_secs(1))
}

fn share_of(allowed: u32, width: Duration, users: u32) -> Window {
    Window::new(f64::from(allowed) * OUR_PART / f64::from(users.max(1)), width)
}

#[cfg(test)]
mod tests;
