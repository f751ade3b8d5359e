//! The thread by which a cockpit tells the team what its person said, and learns what others said.

use std::thread;
use std::time::{Duration, Instant};

use crate::app::{Msg, SyncMsg};
use crate::store::team_files::{self, Stamp};
use crate::store::watch::Watcher;
use crate::store::{Ledger, Notice, StoreError};

use super::compute::NICE;
use super::exec::Workshop;
use super::process;
use super::team_journal::{self, Exchange};
use super::worker::{self, WorkerError};

/// How often the folder is looked at, where nothing is said here; of others it is known within two seconds.
const EVERY: Duration = Duration::from_secs(1);
/// Least time between two looks at the ledger: a sync commits many times a second.
const REST: Duration = Duration::from_millis(100);

/// Exchanges until the cockpit ends with the process. Without a journal of the team there is nothing to do.
pub fn run(workshop: &Workshop) {
    if workshop.setup.settings.team.folder().is_none() {
        return;
    }
    process::step_behind(NICE);
    let mut turn = Turn {
        workshop,
        events: None,
        stamps: None,
        looked: None,
        told: None,
    };
    loop {
        match Watcher::of_ledger(&workshop.paths.ledger_db) {
            Ok(mut watcher) => loop {
                // The first look is before the first wait: something may have been said between two of them.
                let done = turn.say().and_then(|()| turn.hear());
                turn.tell(done);
                if watcher.wait(turn.patience()) {
                    thread::sleep(REST);
                }
            },
            // There is no ledger before the first sync.
            Err(_) => thread::sleep(EVERY),
        }
    }
}

/// What is known between two looks.
struct Turn<'a> {
    workshop: &'a Workshop,
    /// How many events the ledger had when it was last told.
    events: Option<i64>,
    /// The folder as it was when it was last read.
    stamps: Option<Vec<(String, Stamp)>>,
    looked: Option<Instant>,
    /// What failed last, so that it is told once.
    told: Option<String>,
}

impl Turn<'_> {
    /// How long to wait until the folder is looked at again.
    fn patience(&self) -> Duration {
        let since = self.looked.map_or(Duration::ZERO, |looked| looked.elapsed());
        EVERY.saturating_sub(since)
    }

    /// Tells the team what was noted since.
    fn say(&mut self) -> Result<(), WorkerError> {
        let ledger = Ledger::open_read_only(&self.workshop.paths.ledger_db)?;
        let events = ledger.last_event()?;
        if self.events != Some(events) {
            team_journal::say(self.workshop.setup(), &ledger)?;
            self.events = Some(events);
        }
        Ok(())
    }

    /// Takes over what others said since, if anything in the folder has changed.
    fn hear(&mut self) -> Result<(), WorkerError> {
        if self.looked.is_some_and(|looked| looked.elapsed() < EVERY) {
            return Ok(());
        }
        self.looked = Some(Instant::now());
        let workshop = self.workshop;
        let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
        let Some(exchange) = Exchange::of(&workshop.setup, &ledger)? else {
            return Ok(());
        };
        let stamps = Some(team_files::list(exchange.folder())?);
        if stamps == self.stamps || !exchange.is_behind(&ledger)? {
            self.stamps = stamps;
            return Ok(());
        }
        let (mut stores, notices) = worker::open_stores(&workshop.setup, &workshop.paths)?;
        workshop.tell(notices);
        let now = workshop.clock.now();
        let heard = team_journal::hear_and_show(&workshop.setup, &mut stores, now)?;
        self.stamps = stamps;
        workshop.tell(heard.notices);
        if !heard.accounts.is_empty() {
            workshop.address.send(Msg::Sync(SyncMsg::CacheChanged));
        }
        Ok(())
    }

    /// Tells what fails once; that another program has the ledger for a while is no failure, since it is tried again.
    fn tell(&mut self, done: Result<(), WorkerError>) {
        let failed = match done {
            Ok(()) => None,
            Err(WorkerError::Store(StoreError::Busy { .. } | StoreError::Missing { .. })) => return,
            Err(error) => Some(error.to_string()),
        };
        if let Some(error) = failed.as_ref().filter(|_| failed != self.told) {
            self.workshop.tell([Notice {
                summary: format!("the team's journal: {error}"),
                hint: Some("`retain doctor` says what is wrong with its folder".to_owned()),
            }]);
        }
        self.told = failed;
    }
}
