//! The thread that syncs in the background: at the interval of the settings, and when it is asked to.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use jiff::SignedDuration;

use crate::app::{Failure, FailureKind, Msg, SyncMsg, TerminalMsg};
use crate::config::settings::Every;
use crate::store::Notice;
use crate::store::lock::{Holder, SyncLock};

use super::clock::Clock;
use super::exec::Workshop;
use super::watch;
use super::worker::{self, Worker};

/// So many people share the CRM's limits with a sync every minute; with more it takes its time.
const PEOPLE_PER_MINUTE: u32 = 8;

/// Of the calls that are left today, the part that programs like this one take.
const OUR_PART: f64 = 0.9;
/// With however few calls left, changes are asked for this often.
const LONGEST: Duration = Duration::from_hours(1);

/// What the sync is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncOrder {
    /// Sync now.
    Now,
}

/// Syncs until the cockpit ends.
pub fn run(workshop: &Workshop, orders: &Receiver<SyncOrder>) {
    let mut worker = None;
    let mut affordable = Duration::ZERO;
    let mut wait = if is_due(workshop) {
        Some(Duration::ZERO)
    } else {
        interval(workshop)
    };
    loop {
        let ordered = match wait {
            Some(time) => orders.recv_timeout(time),
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match ordered {
            Ok(SyncOrder::Now) => {
                sync(workshop, &mut worker, true, &mut affordable);
                workshop.done();
            }
            Err(RecvTimeoutError::Timeout) => {
                workshop.busy.more();
                sync(workshop, &mut worker, false, &mut affordable);
                workshop.done();
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
        wait = interval(workshop).map(|every| match workshop.setup.settings.sync.every {
            Every::Auto => every.max(affordable),
            Every::Fixed(_) => every,
        });
    }
}

/// How long between two syncs. A clock that stands still never gets there.
fn interval(workshop: &Workshop) -> Option<Duration> {
    let settings = &workshop.setup.settings.sync;
    let every = match settings.every {
        Every::Fixed(period) => period.duration(),
        Every::Auto => SignedDuration::from_mins(settings.users.div_ceil(PEOPLE_PER_MINUTE).max(1).into()),
    };
    (workshop.clock == Clock::System).then(|| Duration::try_from(every).unwrap_or(Duration::from_mins(1)))
}

/// How far apart syncs of so many calls must be for my share of what is left today to last another day.
fn affordable(calls: u64, left_today: u64, people: u32) -> Duration {
    let mine = left_today as f64 * OUR_PART / f64::from(people.max(1));
    let syncs = mine / calls.max(1) as f64;
    let day = Duration::from_hours(24).as_secs_f64();
    Duration::try_from_secs_f64(day / syncs).map_or(LONGEST, |every| every.min(LONGEST))
}

/// Whether the last sync is longer ago than the interval.
fn is_due(workshop: &Workshop) -> bool {
    let Some(last) = watch::line(workshop).and_then(|line| line.last_success) else {
        return true;
    };
    let age = workshop.clock.now().duration_since(last);
    interval(workshop).is_some_and(|every| Duration::try_from(age).map_or(true, |age| age >= every))
}

/// One sync, if no other process is at it.
fn sync(workshop: &Workshop, worker: &mut Option<Worker>, ordered: bool, every: &mut Duration) {
    match SyncLock::acquire(&workshop.paths.lock) {
        Ok(Ok(_lock)) => {
            if let Err(failure) = sync_locked(workshop, worker, every) {
                let mut line = watch::line(workshop).unwrap_or_default();
                line.under_way = None;
                line.failed = Some(failure);
                workshop.address.send(Msg::Sync(SyncMsg::Progressed(line)));
            }
            workshop.address.send(Msg::Sync(SyncMsg::CacheChanged));
        }
        Ok(Err(holder)) if ordered || holder.stopped => told(workshop, &holder),
        Ok(Err(_)) => {}
        Err(error) => workshop
            .address
            .send(Msg::Failed(Workshop::storage_failure(&error))),
    }
}

fn told(workshop: &Workshop, holder: &Holder) {
    let told = format!("{holder} talks to the CRM already; what it brings shows here");
    workshop.address.send(Msg::Terminal(TerminalMsg::Told(told)));
}

/// `every` becomes how far apart such syncs can be afforded.
fn sync_locked(workshop: &Workshop, kept: &mut Option<Worker>, every: &mut Duration) -> Result<(), Failure> {
    let worker = match kept {
        Some(worker) => worker,
        None => kept.insert(
            Worker::new(&workshop.setup, Arc::clone(&workshop.texts))
                .map_err(|error| worker::failure(&error))?,
        ),
    };
    let (mut stores, notices) = worker::open_stores(&workshop.setup, &workshop.paths)
        .map_err(|error| Workshop::storage_failure(&error))?;
    for notice in notices {
        workshop.address.send(Msg::Failed(notice_failure(notice)));
    }
    let mut progress = |_: &_| watch::tell_line(workshop);
    let order = worker::Order {
        now: workshop.clock.now(),
        full: false,
        accept_deletes: false,
    };
    let before = worker.calls();
    let report = worker
        .sync(&workshop.setup, &mut stores, order, &mut progress)
        .map_err(|error| worker::failure(&error))?;
    // One that compares everything is rare and says nothing about the usual ones.
    if let Some(left) = worker.left_today().filter(|_| !report.full) {
        let people = workshop.setup.settings.sync.users;
        *every = affordable(worker.calls() - before, left, people);
    }
    Ok(())
}

fn notice_failure(notice: Notice) -> Failure {
    Failure {
        kind: FailureKind::Storage,
        summary: notice.summary,
        hint: notice.hint,
        detail: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syncs_are_as_far_apart_as_my_share_of_the_day_affords() {
        assert!(affordable(12, 250_000, 8) < Duration::from_mins(1));
        assert_eq!(affordable(9, 100_000, 10), Duration::from_millis(86_400));
        assert!(affordable(12, 250_000, 200) > Duration::from_mins(10));
        for (calls, left, people) in [(12, 0, 8), (u64::MAX, 1, u32::MAX), (0, 0, 0)] {
            assert_eq!(
                affordable(calls, left, people),
                LONGEST,
                "{calls} {left} {people}"
            );
        }
    }
}
