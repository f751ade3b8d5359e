//! The thread that talks to the CRM in the background: it syncs at the interval of the settings and when it is asked
//! to, and sends what is due in the outbox.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::app::{AccountMsg, Failure, Msg, SyncMsg, TerminalMsg};
use crate::config::Setup;
use crate::config::settings::{self, Every};
use crate::domain::record::RecordId;
use crate::store::Cache;
use crate::store::lock::{Holder, SyncLock};
use crate::sync::status::{DOCUMENT, SyncStatus};
use crate::sync::{Stores, SyncError, SyncEvent};

use super::clock::Clock;
use super::exec::Workshop;
use super::lookout::Occasion;
use super::pushing::Pushing;
use super::worker::{self, Worker, WorkerError};
use super::{process, rescoring, watch};

/// How long an account that was opened may take to be read from the CRM.
const PATIENCE: Duration = Duration::from_secs(5);

/// Of the calls that are left today, the part that programs like this one take.
const OUR_PART: f64 = 0.9;
/// How far syncing and scoring step behind the thread that draws.
pub const NICE: i32 = 10;
/// With however few calls left, changes are asked for this often.
const LONGEST: Duration = Duration::from_hours(1);
/// How often, and how far apart, the right to read an account that was opened is tried for.
const OPENED_TRIES: u32 = 20;
const OPENED_WAIT: Duration = Duration::from_millis(100);

/// What the sync is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncOrder {
    /// Sync now.
    Now,
    /// Read this account, which was opened.
    Account(RecordId),
    /// Something was queued, or a person decided about something in the outbox: send what is due.
    Push,
}

/// What was ordered and not carried out yet.
struct Orders<'a> {
    from: &'a Receiver<SyncOrder>,
    /// What came during a sync and waits for its end.
    kept: Vec<SyncOrder>,
}

impl Orders<'_> {
    /// The next order, or the time has come.
    fn next(&mut self, until: Option<Instant>) -> Result<SyncOrder, RecvTimeoutError> {
        if !self.kept.is_empty() {
            return Ok(self.kept.remove(0));
        }
        match until {
            Some(until) => self
                .from
                .recv_timeout(until.saturating_duration_since(Instant::now())),
            None => self.from.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Everything else that waits.
    fn rest(&mut self) -> Vec<SyncOrder> {
        let mut rest = std::mem::take(&mut self.kept);
        rest.extend(self.from.try_iter());
        rest
    }

    /// What came during a sync and need not wait for its end; another sync is kept for then.
    fn meanwhile(&mut self) -> Meanwhile {
        let mut came = Meanwhile::default();
        for order in self.from.try_iter() {
            match order {
                SyncOrder::Account(id) => came.opened = Some(id),
                SyncOrder::Push => came.send = true,
                SyncOrder::Now => {
                    self.kept.push(SyncOrder::Now);
                    continue;
                }
            }
            came.answers += 1;
        }
        came
    }
}

/// What came during a sync.
#[derive(Debug, Default, PartialEq, Eq)]
struct Meanwhile {
    /// The account that was opened last.
    opened: Option<RecordId>,
    /// Whether anything is to be sent.
    send: bool,
    /// How many orders that answers.
    answers: usize,
}

/// Scores what another configuration or another day scored, then syncs until the cockpit ends. The start counts as an order.
pub fn run(workshop: &Workshop, orders: &Receiver<SyncOrder>) {
    let orders = &mut Orders {
        from: orders,
        kept: Vec::new(),
    };
    // Threads that this one begins inherit it: those that talk to the CRM too.
    process::step_behind(NICE);
    rescoring::catch_up(workshop);
    workshop.done();
    let mut worker = None;
    let mut affordable = Duration::ZERO;
    let mut next = if is_due(workshop) {
        Some(Instant::now())
    } else {
        next_sync(workshop, affordable)
    };
    let mut pushing = Pushing::new(workshop);
    loop {
        match orders.next(next.into_iter().chain(pushing.next()).min()) {
            Ok(first) => {
                if carry_out(
                    workshop,
                    &mut worker,
                    &mut pushing,
                    first,
                    orders,
                    &mut affordable,
                ) {
                    next = next_sync(workshop, affordable);
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                workshop.busy.more();
                pushing.push(workshop, &mut worker);
                if next.is_some_and(|next| next <= Instant::now()) {
                    sync(
                        workshop,
                        &mut worker,
                        (orders, &mut pushing),
                        false,
                        &mut affordable,
                    );
                    next = next_sync(workshop, affordable);
                }
                workshop.done();
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Carries out what was ordered meanwhile: of several accounts only the one that was opened last, and
/// before a sync, since a person looks at it; what was written leaves before the sync. Tells whether there was one.
fn carry_out(
    workshop: &Workshop,
    worker: &mut Option<Worker>,
    pushing: &mut Pushing,
    first: SyncOrder,
    orders: &mut Orders<'_>,
    every: &mut Duration,
) -> bool {
    let (mut opened, mut now, mut send, mut count) = (None, false, false, 0);
    for order in std::iter::once(first).chain(orders.rest()) {
        count += 1;
        match order {
            SyncOrder::Now => now = true,
            SyncOrder::Push => send = true,
            SyncOrder::Account(id) => opened = Some(id),
        }
    }
    if let Some(id) = opened {
        read_account(workshop, worker, &id);
    }
    if now || send {
        pushing.push(workshop, worker);
    }
    if now {
        sync(workshop, worker, (orders, pushing), true, every);
    }
    for _ in 0..count {
        workshop.done();
    }
    now
}

/// Reads an account that was opened. A process that only sends lets go soon; one that syncs brings it by itself.
fn read_account(workshop: &Workshop, kept: &mut Option<Worker>, id: &RecordId) {
    let mut tries = 0..OPENED_TRIES;
    let _lock = loop {
        match SyncLock::acquire(&workshop.paths.lock) {
            Ok(Ok(lock)) => break lock,
            Ok(Err(_)) if tries.next().is_some() => thread::sleep(OPENED_WAIT),
            _ => return,
        }
    };
    let now = workshop.clock.now();
    tell_read(workshop, id.clone(), now, read_locked(workshop, kept, id, now));
}

/// Between two steps of a sync: reads the account that was opened last, and sends what is due.
fn between(
    workshop: &Workshop,
    worker: &Worker,
    stores: &mut Stores,
    (orders, pushing): (&mut Orders<'_>, &mut Pushing),
) {
    let came = orders.meanwhile();
    if let Some(id) = came.opened {
        let now = workshop.clock.now();
        let read = read_alone(workshop, worker, stores, &id, now);
        tell_read(workshop, id, now, read);
    }
    if came.send || pushing.is_due() {
        pushing.push_between(workshop, worker, stores);
    }
    for _ in 0..came.answers {
        workshop.done();
    }
}

/// The account on the screen is read from the cache again, or what stood in the way is told.
fn tell_read(workshop: &Workshop, id: RecordId, now: Timestamp, read: Result<(), String>) {
    match read {
        Ok(()) => {
            workshop.read_alone.note(id.clone(), now);
            workshop.address.send(Msg::Account(AccountMsg::ReadAnew { id }));
        }
        Err(why) => {
            let told = format!("from the cache, the CRM was not read for it: {why}");
            workshop.address.send(Msg::Terminal(TerminalMsg::Told(told)));
        }
    }
}

fn read_locked(
    workshop: &Workshop,
    kept: &mut Option<Worker>,
    id: &RecordId,
    now: Timestamp,
) -> Result<(), String> {
    let worker = worker(workshop, kept).map_err(|failure| failure.summary)?;
    let (mut stores, notices) =
        worker::open_stores(&workshop.setup, &workshop.paths).map_err(|error| error.to_string())?;
    workshop.tell(notices);
    read_alone(workshop, worker, &mut stores, id, now)
}

fn read_alone(
    workshop: &Workshop,
    worker: &Worker,
    stores: &mut Stores,
    id: &RecordId,
    now: Timestamp,
) -> Result<(), String> {
    let order = worker::Order {
        now,
        full: false,
        accept_deletes: false,
    };
    match worker.account(&workshop.setup, stores, order, id, PATIENCE) {
        Err(WorkerError::Sync(SyncError::Stopped)) => Err("it takes too long to answer".to_owned()),
        read => read.map_err(|error| worker::failure(&error).summary),
    }
}

/// When the next sync begins by itself: unless the settings say how often, no sooner than can be afforded.
fn next_sync(workshop: &Workshop, affordable: Duration) -> Option<Instant> {
    let every = interval(workshop).map(|every| match workshop.setup.settings.sync.every {
        Every::Auto => every.max(affordable),
        Every::Fixed(_) => every,
    })?;
    Instant::now().checked_add(every)
}

/// How long between two syncs. A clock that stands still never gets there.
fn interval(workshop: &Workshop) -> Option<Duration> {
    let every = workshop.setup.settings.sync.interval();
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
fn sync(
    workshop: &Workshop,
    worker: &mut Option<Worker>,
    meanwhile: (&mut Orders<'_>, &mut Pushing),
    ordered: bool,
    every: &mut Duration,
) {
    match SyncLock::acquire(&workshop.paths.lock) {
        Ok(Ok(_lock)) => {
            let before = watch::generation(workshop);
            if let Err(failure) = sync_locked(workshop, worker, meanwhile, every) {
                let mut line = watch::line(workshop).unwrap_or_default();
                line.under_way = None;
                line.failed = Some(failure);
                workshop.address.send(Msg::Sync(SyncMsg::Progressed(line)));
            }
            rescoring::tell_model(workshop);
            // The watcher tells it too, but later: this sync counts as done once its answer shows.
            if watch::generation(workshop) != before {
                workshop.address.send(Msg::Sync(SyncMsg::CacheChanged));
            }
        }
        Ok(Err(holder)) => {
            if ordered || holder.stopped {
                told(workshop, &holder);
            }
            // Should nothing come of it, the header says who keeps us from syncing.
            if let Some(mut line) = watch::line(workshop) {
                line.kept_by = Some(holder.in_short());
                workshop.address.send(Msg::Sync(SyncMsg::Progressed(line)));
            }
        }
        Err(error) => workshop
            .address
            .send(Msg::Failed(Workshop::storage_failure(&error))),
    }
}

fn told(workshop: &Workshop, holder: &Holder) {
    let then = if holder.stopped {
        holder.hint()
    } else {
        "what it brings shows here".to_owned()
    };
    let told = format!("{}; {then}", holder.sentence());
    workshop.address.send(Msg::Terminal(TerminalMsg::Told(told)));
}

/// `every` becomes how far apart such syncs can be afforded.
fn sync_locked(
    workshop: &Workshop,
    kept: &mut Option<Worker>,
    (orders, pushing): (&mut Orders<'_>, &mut Pushing),
    every: &mut Duration,
) -> Result<(), Failure> {
    let worker = worker(workshop, kept)?;
    let now = workshop.clock.now();
    let occasion = Occasion::InBackground;
    let (mut stores, notices) =
        worker::open_stores_looked_over(&workshop.setup, &workshop.paths, occasion, now)
            .map_err(|error| Workshop::storage_failure(&error))?;
    workshop.tell(notices);
    worker.look_over_beside(&workshop.paths, now);
    let mut progress = |event: &SyncEvent, stores: &mut Stores| {
        if *event == SyncEvent::Between {
            between(workshop, worker, stores, (orders, pushing));
        } else {
            watch::tell_line(workshop);
        }
    };
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
        note_spacing(&workshop.setup.settings.sync, &mut stores.cache, *every);
    }
    Ok(())
}

/// Notes how far apart syncs are now, where that is further than the settings say: every process can tell then that
/// one which does not come is late. Where it cannot be noted, it is told too early.
fn note_spacing(settings: &settings::Sync, cache: &mut Cache, affordable: Duration) {
    let is_further = settings.every == Every::Auto
        && SignedDuration::try_from(affordable).is_ok_and(|apart| apart > settings.interval());
    let spaced = is_further.then_some(affordable.as_secs());
    let mut status = SyncStatus::parse(cache.document(DOCUMENT).ok().flatten().as_deref());
    if status.spaced != spaced {
        status.spaced = spaced;
        if let Ok(json) = serde_json::to_string(&status) {
            let _ = cache.put_document(DOCUMENT, &json);
        }
    }
}

/// The way to the CRM, prepared at its first use, and again once it may write.
pub(super) fn worker<'a>(workshop: &Workshop, kept: &'a mut Option<Worker>) -> Result<&'a Worker, Failure> {
    let setup = workshop.setup();
    let may_write = setup.write_permit().is_ok();
    let is_of_use = |worker: &Worker| worker.may_write() || !may_write;
    let worker = match kept.take().filter(is_of_use) {
        Some(worker) => worker,
        None => prepared(workshop, setup)?,
    };
    Ok(kept.insert(worker))
}

fn prepared(workshop: &Workshop, setup: &Setup) -> Result<Worker, Failure> {
    let worker = Worker::new(setup, Arc::clone(&workshop.texts)).map_err(|error| worker::failure(&error))?;
    let address = workshop.address.clone();
    worker.tell_reached(move |reached| address.send(Msg::Sync(SyncMsg::Reached(reached))));
    Ok(worker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn during_a_sync_the_account_that_was_opened_last_is_read_and_what_was_written_is_sent() {
        let (sender, from) = std::sync::mpsc::channel();
        let mut orders = Orders {
            from: &from,
            kept: Vec::new(),
        };
        assert_eq!(orders.meanwhile(), Meanwhile::default());
        let account = |id: &str| SyncOrder::Account(RecordId::from(id));
        for order in [account("1"), SyncOrder::Push, account("2"), SyncOrder::Now] {
            assert!(sender.send(order).is_ok());
        }
        let came = Meanwhile {
            opened: Some(RecordId::from("2")),
            send: true,
            answers: 3,
        };
        assert_eq!(orders.meanwhile(), came);
        assert!(sender.send(account("3")).is_ok());
        assert_eq!(orders.next(None), Ok(SyncOrder::Now));
        assert_eq!(orders.rest(), [account("3")]);
    }

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
