//! A sync with everything that belongs to it, for the cockpit and for `retain sync` alike.
//!
//! It puts together what must not know each other: the adapter, the sync, the stores and the scoring.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::scoring::{self, Read, Scoring};
use crate::app::{Failure, FailureKind};
use crate::config::Setup;
use crate::config::paths::ProfilePaths;
use crate::config::settings;
use crate::crm::CrmError;
use crate::crm::hubspot::HubSpot;
use crate::domain::reach::Reach;
use crate::domain::record::RecordId;
use crate::engine::EngineError;
use crate::store::{Cache, Ledger, Notice, StoreError, inspect};
use crate::sync::status::{Cause, DOCUMENT};
use crate::sync::{
    self, Opening, Opens, PushEvent, PushOptions, PushReport, Scope, Stores, SyncError, SyncEvent,
    SyncOptions, SyncReport, Urgent,
};
use jiff::Timestamp;

use super::beside::Beside;
use super::lookout::{self, Lookout, Occasion};
use super::threads::Threads;
use super::{connection, feeds, heartbeat, team_journal};

/// How often one sync makes way for what is to be sent, so that a slow CRM holds it up no longer.
const MOST_WAYS: u32 = 3;

/// Speaks to the CRM of one profile.
pub struct Worker {
    crm: HubSpot,
    runtime: Threads,
    texts: Arc<Texts>,
    may_write: bool,
    opens: Opens,
    lookout: Mutex<Lookout>,
    /// While all accounts are scored: those to be scored once more after that.
    afterwards: Mutex<Option<BTreeSet<RecordId>>>,
}

/// The configuration in force, as (file, text), to be kept in the ledger by its hash.
pub type Texts = Vec<(String, String)>;

/// What one sync is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// When it begins (UTC).
    pub now: Timestamp,
    /// Do every pass, whatever its interval says.
    pub full: bool,
    /// Apply removals even when they are suspiciously many.
    pub accept_deletes: bool,
}

/// Why a sync with everything that belongs to it did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The way to the CRM cannot be set up.
    #[error(transparent)]
    Setup(#[from] CrmError),
    /// The sync stopped.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The cache or the ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What follows from the data could not be computed or kept.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The system has no thread or descriptor left.
    #[error("cannot begin to talk to the CRM: {0}")]
    System(#[from] std::io::Error),
}

impl Worker {
    /// Prepares the way to the CRM; nothing is sent yet.
    pub fn new(setup: &Setup, texts: Arc<Texts>) -> Result<Self, WorkerError> {
        Self::over(connection::hubspot(setup)?, setup, texts)
    }

    /// The same for somebody who waits: what is not answered so soon is given up.
    pub fn within(setup: &Setup, texts: Arc<Texts>, within: Duration) -> Result<Self, WorkerError> {
        let crm = connection::hubspot_with(setup, |way| way.within = Some(within))?;
        Self::over(crm, setup, texts)
    }

    fn over(crm: HubSpot, setup: &Setup, texts: Arc<Texts>) -> Result<Self, WorkerError> {
        Ok(Self {
            crm,
            texts,
            may_write: setup.write_permit().is_ok(),
            opens: Opens::default(),
            lookout: Mutex::default(),
            afterwards: Mutex::default(),
            runtime: Threads::new()?,
        })
    }

    /// From now on tells each time that the CRM is found otherwise than before: it answers, or does not, or there is no way
    /// to it. One attempt is enough.
    pub fn tell_reached(&self, tell: impl Fn(Reach) + Send + 'static) {
        let mut reached = self.crm.reached();
        self.runtime.spawn(async move {
            while reached.changed().await.is_ok() {
                tell(*reached.borrow_and_update());
            }
        });
    }

    /// Whether the way to the CRM is open for writing.
    pub fn may_write(&self) -> bool {
        self.may_write
    }

    /// Requests that were sent since the start.
    pub fn calls(&self) -> u64 {
        self.crm.counts().requests
    }

    /// Calls that everybody together has left today, as the CRM last said.
    pub fn left_today(&self) -> Option<u64> {
        self.crm.left_today()
    }

    /// Syncs, refreshing what is computed as the data comes in. `on_event` hears everything, and may
    /// use the stores between two steps.
    pub fn sync(
        &self,
        setup: &Setup,
        stores: &mut Stores,
        order: Order,
        on_event: &mut dyn FnMut(&SyncEvent, &mut Stores),
    ) -> Result<SyncReport, WorkerError> {
        for (name, text) in self.texts.iter() {
            stores.ledger.keep_file(name, text, order.now)?;
        }
        let mut scoring = Scoring::new(setup, stores, order.now)?;
        let mut answered = false;
        let mut hear = |event: SyncEvent, stores: &mut Stores| {
            answered |= matches!(event, SyncEvent::Started { .. });
            if let SyncEvent::Changed { accounts } = &event {
                scoring.changed(stores, accounts);
            }
            on_event(&event, stores);
        };
        let mut options = self.options(setup, order);
        options.urgent = self.urgent(stores, order.now);
        let beat = heartbeat::run(self.crm.clone(), stores.cache.path().to_owned(), order.now);
        let beat = self.runtime.spawn(beat);
        let mut ways = 0;
        let synced = loop {
            let (crm, runtime) = (&self.crm, &self.runtime);
            match sync::run(crm, runtime, stores, &setup.mapping, &options, &mut hear) {
                Err(SyncError::MadeWay) => {
                    ways += 1;
                    if ways == MOST_WAYS {
                        options.urgent = None;
                    }
                    hear(SyncEvent::Between, stores);
                }
                synced => break synced,
            }
        };
        beat.abort();
        // Scoring may take a while: what is due leaves before it, and between its steps.
        on_event(&SyncEvent::Between, stores);
        // What was committed before a failure counts too.
        let read = match &synced {
            Ok(report) if report.full => Read::Everything,
            Ok(report) if report.changed == 0 && report.gone == 0 => Read::Nothing,
            // Without an answer nothing was committed: whoever watches has nothing to read again.
            Err(_) if !answered => Read::Nothing,
            _ => Read::Something,
        };
        let fed = feeds::take(setup, stores, order.now);
        if let Ok(fed) = &fed {
            scoring.changed(stores, &fed.changed);
        }
        // Before all is judged, so that what others said is there when it first opens.
        let heard = team_journal::hear(setup, stores, order.now);
        if let Ok(heard) = &heard {
            let accounts: Vec<RecordId> = heard.accounts.iter().cloned().collect();
            scoring.changed(stores, &accounts);
        }
        *self.afterwards() = Some(BTreeSet::new());
        let mut beside = Beside::of(stores, setup);
        let scored = scoring.finish(stores, read, &mut || {
            if let Some(stores) = beside.stores() {
                on_event(&SyncEvent::Between, stores);
            }
        });
        let changed: Vec<RecordId> = self.afterwards().take().into_iter().flatten().collect();
        // What was written meanwhile shows, however the sync ended.
        let judged = if changed.is_empty() {
            Ok(())
        } else {
            self.rescore(setup, stores, changed, order.now)
        };
        let mut report = synced?;
        scored.and(judged)?;
        let fed = fed?;
        report.observed += fed.observed as u64;
        report.warnings.extend(fed.wrong);
        let told = team_journal::tell(setup, &stores.ledger, heard, report.full);
        report.warnings.extend(told);
        Ok(report)
    }
}

impl Worker {
    /// Whether something waits in the outbox that was queued and whose turn has come, for a sync whose question is not
    /// answered. What was tried before is not urgent.
    fn urgent(&self, stores: &Stores, now: Timestamp) -> Option<Urgent> {
        let (path, begun) = (stores.ledger.path().to_owned(), Instant::now());
        // One handle for all who ask: it reads only what was added since it was asked before.
        let kept: Mutex<Option<Ledger>> = Mutex::default();
        self.may_write.then(|| {
            Urgent::when(move || {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let ledger = kept.take().or_else(|| Ledger::open_read_only(&path).ok());
                let now = now + begun.elapsed();
                let waits = ledger
                    .as_ref()
                    .and_then(|ledger| sync::has_queued(ledger, now).ok());
                // One that could not be read is opened anew the next time.
                *kept = ledger.filter(|_| waits.is_some());
                waits.unwrap_or(false)
            })
        })
    }

    /// Scores accounts anew on which something changed; while all accounts are scored, once that is done.
    fn rescore(
        &self,
        setup: &Setup,
        stores: &mut Stores,
        changed: Vec<RecordId>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if let Some(afterwards) = &mut *self.afterwards() {
            afterwards.extend(changed);
            return Ok(());
        }
        scoring::anew(setup, stores, &changed, now)
    }

    fn afterwards(&self) -> MutexGuard<'_, Option<BTreeSet<RecordId>>> {
        self.afterwards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a large ledger looked over beside what this worker does, if that is due.
    pub fn look_over_beside(&self, paths: &Arc<ProfilePaths>, now: Timestamp) {
        let mut lookout = self.lookout.lock().unwrap_or_else(PoisonError::into_inner);
        lookout.beside(paths, now);
    }

    /// Reads one account from the CRM and scores it anew if anything about it changed. A CRM that does
    /// not answer within `patience` is left alone.
    pub fn account(
        &self,
        setup: &Setup,
        stores: &mut Stores,
        order: Order,
        id: &RecordId,
        patience: Duration,
    ) -> Result<(), WorkerError> {
        let options = self.options(setup, order);
        let stop = Arc::clone(&options.stop);
        let timer = self.runtime.spawn(async move {
            tokio::time::sleep(patience).await;
            stop.store(true, Ordering::Relaxed);
        });
        let mut changed = Vec::new();
        let opening = Opening {
            crm: &self.crm,
            runtime: &self.runtime,
            mapping: &setup.mapping,
            options: &options,
            id,
        };
        let read = opening.sync(stores, &mut |event, _| {
            if let SyncEvent::Changed { accounts } = event {
                changed.extend(accounts);
            }
        });
        timer.abort();
        // What was committed before a failure counts too.
        if !changed.is_empty() {
            self.rescore(setup, stores, changed, order.now)?;
        }
        Ok(read?)
    }
}

impl Worker {
    /// Sends what is due in the outbox and scores the accounts anew on which something came of it. Nothing is sent, and nothing
    /// asked, where nothing may be written. Only the holder of the profile's lock may call it.
    pub fn push(
        &self,
        setup: &Setup,
        stores: &mut Stores,
        clock: Clock,
        on_event: &mut dyn FnMut(&PushEvent),
    ) -> Result<PushReport, WorkerError> {
        let permit = match setup.write_permit() {
            Ok(permit) => permit,
            Err(read_only) => {
                return Ok(PushReport {
                    stopped: Some(read_only.why),
                    ..PushReport::default()
                });
            }
        };
        let now = || clock.now();
        let options = PushOptions {
            permit,
            settle: setup.settings.outbox.settle.duration(),
            sync: self.options(
                setup,
                Order {
                    now: now(),
                    full: false,
                    accept_deletes: false,
                },
            ),
            clock: &now,
        };
        let (mut changed, mut stepped) = (Vec::new(), false);
        let pushed = sync::push(
            &self.crm,
            &self.runtime,
            stores,
            &setup.mapping,
            &options,
            &mut |event, _| {
                match &event {
                    PushEvent::Changed { accounts } => changed.extend(accounts.iter().cloned()),
                    // What was refused shows no more as if the CRM had it, and what waits shows how.
                    PushEvent::Stepped(entry) => {
                        changed.extend(entry.new.account.clone());
                        stepped = true;
                    }
                }
                on_event(&event);
            },
        );
        // What happened before a failure counts too.
        if stepped || !changed.is_empty() {
            self.rescore(setup, stores, changed, now())?;
        }
        Ok(pushed?)
    }
}

impl Worker {
    fn options(&self, setup: &Setup, order: Order) -> SyncOptions {
        let scope = match setup.profile().map(|profile| profile.scope).unwrap_or_default() {
            settings::Scope::Me => Scope::Me,
            settings::Scope::Team => Scope::Team,
            settings::Scope::All => Scope::All,
        };
        SyncOptions {
            expected_tenant: setup.profile().and_then(|profile| profile.tenant.clone()),
            team: setup.team.clone(),
            zone: setup.settings.zone(),
            today: setup.settings.day_of(order.now),
            opens: self.opens.clone(),
            full: order.full,
            accept_deletes: order.accept_deletes,
            lookback: setup.settings.sync.lookback.duration(),
            full_sweep: setup.settings.sync.full_sweep.duration(),
            ..SyncOptions::new(scope, setup.my_owner(), order.now)
        }
    }
}

/// Opens both databases for writing; what they had to mend is told.
pub fn open_stores(setup: &Setup, paths: &ProfilePaths) -> Result<(Stores, Vec<Notice>), StoreError> {
    let (ledger, mended) = open_ledger(setup, paths)?;
    let (cache, rebuilt) = Cache::open(&paths.cache_db)?;
    let mut notices: Vec<Notice> = [mended, rebuilt].into_iter().flatten().collect();
    // That the files lie on a network is true of both and told once.
    notices.dedup();
    Ok((Stores { cache, ledger }, notices))
}

/// Opens both databases for a sync, after looking over the ledger if that is due.
pub fn open_stores_looked_over(
    setup: &Setup,
    paths: &ProfilePaths,
    occasion: Occasion,
    now: Timestamp,
) -> Result<(Stores, Vec<Notice>), StoreError> {
    let rebuilt = lookout::before_sync(paths, occasion, now)?;
    let (stores, mut notices) = open_stores(setup, paths)?;
    notices.extend(rebuilt.filter(|notice| !notices.contains(notice)));
    Ok((stores, notices))
}

/// Opens the ledger for writing. A new one beside a cache means that somebody has removed the one before, which nothing
/// brings back but a backup: that is told.
pub fn open_ledger(setup: &Setup, paths: &ProfilePaths) -> Result<(Ledger, Option<Notice>), StoreError> {
    let author = setup.my_owner().unwrap_or_default();
    let lost = lost_ledger(paths);
    let (ledger, mended) = Ledger::open(&paths.ledger_db, &author)?;
    Ok((ledger, lost.or(mended)))
}

/// That the ledger is gone, or empty, although this profile was synced before, and what brings it back. Nothing is
/// opened for writing: whoever asks learns it before a new ledger is begun.
pub fn lost_ledger(paths: &ProfilePaths) -> Option<Notice> {
    let is_there = std::fs::metadata(&paths.ledger_db).map_or_else(
        |error| error.kind() != std::io::ErrorKind::NotFound,
        |found| found.len() > 0,
    );
    if is_there || !was_synced(&paths.cache_db) {
        return None;
    }
    let copies = inspect::kept_copies(&paths.ledger_db);
    let copies: Vec<String> = copies.iter().map(|copy| copy.display().to_string()).collect();
    let beside = match &copies[..] {
        [] => String::new(),
        copies => format!("; kept beside it: {}", copies.join(", ")),
    };
    Some(Notice {
        summary: format!(
            "the ledger {} is gone, and with it what it noted of scores, warnings, departures and calculated values; \
             whatever syncs or writes begins a new one",
            paths.ledger_db.display()
        ),
        hint: Some(format!(
            "quit the cockpit and run `retain ledger restore FILE` with a backup{beside}"
        )),
    })
}

/// Whether a sync has begun to fill this cache: it opens the ledger first. One whose content cannot be read had some.
fn was_synced(cache: &Path) -> bool {
    match Cache::open_read_only(cache) {
        Ok(cache) => cache.document(DOCUMENT).map_or(true, |found| found.is_some()),
        Err(StoreError::Damaged { .. } | StoreError::Newer { .. }) => true,
        Err(_) => false,
    }
}

/// The error as the screen shows it.
pub fn failure(error: &WorkerError) -> Failure {
    let (kind, hint) = match error {
        WorkerError::Setup(error) => (FailureKind::Configuration, error.hint()),
        WorkerError::Sync(SyncError::Crm(
            CrmError::Authentication { .. } | CrmError::NoToken(_) | CrmError::MissingScope { .. },
        )) => (FailureKind::Authentication, hint_of(error)),
        WorkerError::Sync(SyncError::Store(_)) => (FailureKind::Storage, hint_of(error)),
        WorkerError::Sync(stopped) => (kind_of(stopped.cause()), hint_of(error)),
        WorkerError::Store(error) => (FailureKind::Storage, error.hint()),
        WorkerError::Engine(_) => (FailureKind::Storage, "`retain doctor` checks the databases"),
        WorkerError::System(_) => (FailureKind::Machine, "close other programs and press ctrl-r"),
    };
    Failure {
        kind,
        summary: error.to_string(),
        hint: Some(hint.to_owned()).filter(|hint| !hint.is_empty()),
        detail: None,
    }
}

/// Where a sync that stopped for this cause shows.
pub fn kind_of(cause: Cause) -> FailureKind {
    match cause {
        Cause::Unreachable => FailureKind::Offline,
        Cause::Unanswered => FailureKind::Unanswered,
        Cause::Trouble => FailureKind::Trouble,
        Cause::Limited => FailureKind::Limited,
        Cause::Other => FailureKind::Sync,
    }
}

fn hint_of(error: &WorkerError) -> &'static str {
    match error {
        WorkerError::Sync(error) => error.hint(),
        _ => "",
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
