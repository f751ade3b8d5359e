//! When the background thread sends what waits in the outbox: at the next moment that something is due.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::app::{Failure, Msg, OutboxMsg, SyncMsg};
use crate::domain::outbox::{Entry, next_moment};
use crate::store::lock::SyncLock;
use crate::store::{Ledger, StoreError, is_left};
use crate::sync::{PushEvent, PushReport, Stores};

use super::clock::Clock;
use super::exec::Workshop;
use super::sync_thread::worker;
use super::worker::{self, Worker};

/// How soon it is tried again while another process talks to the CRM: it sends what is here too.
const LOCKED: Duration = Duration::from_secs(2);
/// How often it is looked whether the program is gone in which something is being changed.
const HELD: Duration = Duration::from_secs(5);
/// How soon it is tried again when the stores or the way to the CRM could not be opened.
const BROKEN: Duration = Duration::from_secs(30);

/// When to send next.
#[derive(Debug)]
pub struct Pushing {
    next: Option<Instant>,
}

impl Pushing {
    /// Looks into the outbox for what an earlier start left.
    pub fn new(workshop: &Workshop) -> Self {
        let now = workshop.clock.now();
        let open = open_entries(workshop);
        // What was being sent or got no answer is looked for at once, and so is what cannot be read.
        let next = open.as_deref().is_none_or(|open| !open.is_empty()).then_some(now);
        Self {
            next: instant(workshop, next),
        }
    }

    /// When there is something to send by itself.
    pub fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Whether something that waited for its time is to be sent now.
    pub fn is_due(&self) -> bool {
        self.next.is_some_and(|next| next <= Instant::now())
    }

    /// Sends what is due, if no other process is at it and anything may be written at all.
    pub fn push(&mut self, workshop: &Workshop, kept: &mut Option<Worker>) {
        if !self.has_anything(workshop) {
            return;
        }
        let again = |wait| Instant::now().checked_add(wait);
        match SyncLock::acquire(&workshop.paths.lock) {
            Ok(Ok(_lock)) => match send(workshop, kept) {
                Some(report) => self.next = instant(workshop, report.next),
                None => self.next = again(BROKEN),
            },
            Ok(Err(_)) => self.next = again(LOCKED),
            Err(error) => {
                workshop
                    .address
                    .send(Msg::Failed(Workshop::storage_failure(&error)));
                self.next = again(BROKEN);
            }
        }
    }

    /// Sends what is due between two steps of a sync, which has the lock and the stores.
    pub fn push_between(&mut self, workshop: &Workshop, worker: &Worker, stores: &mut Stores) {
        if !worker.may_write() {
            // Writing was allowed after it began: its end makes another way.
            self.next = Instant::now().checked_add(LOCKED);
        } else if self.has_anything(workshop) {
            self.next = match told(workshop, send_with(workshop, worker, stores)) {
                Some(report) => instant(workshop, report.next),
                None => Instant::now().checked_add(BROKEN),
            };
        }
    }

    /// Whether anything is due now; if it is later, when.
    fn has_anything(&mut self, workshop: &Workshop) -> bool {
        self.next = None;
        let Some(open) = open_entries(workshop) else {
            // What waits there is not known, so it is looked at again soon.
            self.next = Instant::now().checked_add(BROKEN);
            return false;
        };
        if open.is_empty() || workshop.setup().write_permit().is_err() {
            return false;
        }
        let now = workshop.clock.now();
        let waits = open
            .iter()
            .all(|entry| entry.leaves_at().is_some_and(|at| at > now) && !is_left(entry, now));
        if waits {
            let held = open.iter().any(|entry| entry.is_held(now));
            let look = held.then(|| Instant::now().checked_add(HELD)).flatten();
            let next = instant(workshop, next_moment(&open));
            self.next = next.into_iter().chain(look).min();
        }
        !waits
    }
}

/// Sends while the lock is held; what failed is told.
fn send(workshop: &Workshop, kept: &mut Option<Worker>) -> Option<PushReport> {
    let pushed = worker(workshop, kept).and_then(|worker| {
        let (mut stores, notices) = worker::open_stores(&workshop.setup, &workshop.paths)
            .map_err(|error| Workshop::storage_failure(&error))?;
        workshop.tell(notices);
        send_with(workshop, worker, &mut stores)
    });
    told(workshop, pushed)
}

fn send_with(workshop: &Workshop, worker: &Worker, stores: &mut Stores) -> Result<PushReport, Failure> {
    let mut stepped = false;
    let pushed = worker.push(workshop.setup(), stores, workshop.clock, &mut |event| {
        if let PushEvent::Stepped(_) = event {
            stepped = true;
            workshop.address.send(Msg::Outbox(OutboxMsg::Changed));
        }
    });
    if stepped {
        workshop.address.send(Msg::Sync(SyncMsg::CacheChanged));
    }
    pushed.map_err(|error| worker::failure(&error))
}

fn told(workshop: &Workshop, pushed: Result<PushReport, Failure>) -> Option<PushReport> {
    match pushed {
        Ok(report) => Some(report),
        Err(failure) => {
            workshop.address.send(Msg::Failed(failure));
            None
        }
    }
}

/// What is open in the outbox; `None` if that cannot be read.
fn open_entries(workshop: &Workshop) -> Option<Vec<Entry>> {
    match Ledger::open_read_only(&workshop.paths.ledger_db) {
        Ok(ledger) => ledger.outbox_open().ok(),
        Err(StoreError::Missing { .. }) => Some(Vec::new()),
        Err(_) => None,
    }
}

/// The instant of a moment. A clock that stands still never gets to one that is ahead.
fn instant(workshop: &Workshop, at: Option<Timestamp>) -> Option<Instant> {
    let now = workshop.clock.now();
    let wait = Duration::try_from(at?.duration_since(now)).unwrap_or_default();
    let reached = wait.is_zero() || workshop.clock == Clock::System;
    reached.then(|| Instant::now().checked_add(wait))?
}
