//! The thread for what is quick: reading the first page, the desk or one account.
//!
//! It is apart from the thread that builds the whole book, so that opening an account never waits for it.

use std::sync::mpsc::Receiver;

use jiff::Timestamp;

use crate::app::{AccountMsg, BookMsg, DeskMsg, Msg, RoutingMsg, RunId, TerminalMsg};
use crate::domain::desk::Desk;
use crate::domain::record::{Kind, RecordId};
use crate::domain::routing::{Sought, Whose};
use crate::engine;
use crate::store::{Cache, Ledger, StoreError};

use super::exec::Workshop;
use super::process::PanicIn;
use super::{connection, opener, outbox, scoring, watch, worker};

/// Something to be read.
#[derive(Debug)]
pub enum Reading {
    /// The worst accounts.
    FirstPage {
        /// How many.
        rows: usize,
    },
    /// Risk queue, steps and handoffs as far as the first screen shows them.
    TopOfDesk,
    /// Risk queue, steps and handoffs.
    Desk,
    /// The outbox.
    Outbox,
    /// Who of us there is.
    People,
    /// A text that was being composed.
    Draft {
        /// Comes back in the answer.
        run: RunId,
        /// What it is.
        name: String,
    },
    /// Where the CRM shows a record, to be opened there.
    Link {
        /// Of which kind it is.
        kind: Kind,
        /// Which record.
        id: RecordId,
    },
    /// Whose account a requester is of.
    Requester {
        /// Comes back in the answer.
        run: RunId,
        /// Their address, or its domain.
        sought: Sought,
    },
    /// One account with everything around it.
    Account {
        /// Comes back in the answer.
        run: RunId,
        /// Which account.
        id: RecordId,
        /// Since when the change of its score is counted; since my last look without it.
        since: Option<Timestamp>,
    },
}

/// Reads until the cockpit ends.
pub fn run(workshop: &Workshop, readings: &Receiver<Reading>) {
    while let Ok(first) = readings.recv() {
        // What waits together is read through one connection: opening it takes longer than a screenful.
        let opened = cache(workshop);
        for reading in std::iter::once(first).chain(readings.try_iter()) {
            read(workshop, &opened, reading);
        }
    }
}

fn read(workshop: &Workshop, opened: &Result<Option<Cache>, StoreError>, reading: Reading) {
    let opened = opened.as_ref().map(Option::as_ref);
    match reading {
        Reading::FirstPage { rows } => {
            // Before the data itself its age, so that the first frame has both.
            if let Ok(Some(cache)) = opened {
                watch::tell_line_of(workshop, cache);
            }
            workshop.answer(first_page(opened, rows));
        }
        Reading::TopOfDesk => workshop.answer(desk(workshop, opened, Cache::top_of_desk)),
        Reading::Desk => workshop.answer(desk(workshop, opened, Cache::desk)),
        Reading::Outbox => workshop.answer(outbox::read(workshop, opened.ok().flatten())),
        Reading::People => workshop.answer(outbox::people(workshop, opened.ok().flatten())),
        Reading::Draft { run, name } => workshop.answer(outbox::draft(workshop, run, &name)),
        Reading::Link { kind, id } => {
            open_link(workshop, opened, kind, &id);
            workshop.done();
        }
        Reading::Requester { run, sought } => {
            let found = requester(workshop, opened, &sought);
            workshop.answer(Msg::Routing(RoutingMsg::RequesterFound { run, found }));
        }
        Reading::Account { run, id, since } => {
            PanicIn::reach(workshop.panic_in, PanicIn::Reader);
            workshop.answer(account(workshop, opened, run, (&id, since)));
        }
    }
}

/// The cache as it could be opened: `None` before the first sync.
type Opened<'a> = Result<Option<&'a Cache>, &'a StoreError>;

/// The cache, or `None` before the first sync. It is opened anew each time (well under a millisecond),
/// since a damaged one may have been replaced in between.
pub(super) fn cache(workshop: &Workshop) -> Result<Option<Cache>, StoreError> {
    match Cache::open_read_only(&workshop.paths.cache_db) {
        Ok(cache) => Ok(Some(cache)),
        // A damaged cache is rebuilt by the sync, which says so.
        Err(StoreError::Missing { .. } | StoreError::Damaged { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn first_page(opened: Opened<'_>, rows: usize) -> Msg {
    let failed = |error: &StoreError| Msg::Failed(Workshop::storage_failure(error));
    match opened {
        Ok(None) => Msg::Book(BookMsg::FirstPageLoaded(Vec::new())),
        Ok(Some(cache)) => match cache.top_summaries(rows) {
            Ok(summaries) => Msg::Book(BookMsg::FirstPageLoaded(summaries)),
            Err(error) => failed(&error),
        },
        Err(error) => failed(error),
    }
}

fn desk(
    workshop: &Workshop,
    opened: Opened<'_>,
    read: impl Fn(&Cache) -> Result<Option<Desk>, StoreError>,
) -> Msg {
    let failed = |error: &StoreError| Msg::Failed(Workshop::storage_failure(error));
    let cache = match opened {
        Ok(None) => return Msg::Desk(DeskMsg::Loaded(None)),
        Ok(Some(cache)) => cache,
        Err(error) => return failed(error),
    };
    let mut desk = match read(cache) {
        Ok(desk) => desk,
        Err(error) => return failed(&error),
    };
    if let Some(desk) = &mut desk {
        let (ledger, now) = (&workshop.paths.ledger_db, workshop.clock.now());
        if let Err(error) = scoring::retell(cache, ledger, &workshop.setup, now, desk) {
            return Msg::Failed(worker::failure(&error.into()));
        }
    }
    Msg::Desk(DeskMsg::Loaded(desk.map(Box::new)))
}

fn requester(workshop: &Workshop, opened: Opened<'_>, sought: &Sought) -> Result<Vec<Whose>, String> {
    let told = |error: &StoreError| Workshop::storage_failure(error).summary;
    let cache = opened.map_err(told)?.ok_or("nothing has been synced yet")?;
    let ledger = Ledger::open_read_only(&workshop.paths.ledger_db).map_err(|error| told(&error))?;
    let found = engine::whose(cache, &ledger, &workshop.setup, sought, workshop.clock.now());
    let found = found.map_err(|error| worker::failure(&error.into()).summary)?;
    if found.is_empty() {
        return Err(sought.nobody(workshop.setup.routing.is_public(sought)));
    }
    Ok(found)
}

fn open_link(workshop: &Workshop, opened: Opened<'_>, kind: Kind, id: &RecordId) {
    let link = match opened {
        Ok(Some(cache)) => connection::link(cache, kind, id),
        Ok(None) => Ok(None),
        Err(error) => {
            return workshop
                .address
                .send(Msg::Failed(Workshop::storage_failure(error)));
        }
    };
    match link {
        Ok(Some(url)) => opener::open(url, workshop),
        Ok(None) => {
            let told = format!("the CRM has no page for this {} yet", kind.word());
            workshop.address.send(Msg::Terminal(TerminalMsg::Told(told)));
        }
        Err(error) => workshop
            .address
            .send(Msg::Failed(Workshop::storage_failure(&error))),
    }
}

fn account(
    workshop: &Workshop,
    opened: Opened<'_>,
    run: RunId,
    (id, since): (&RecordId, Option<Timestamp>),
) -> Msg {
    let failed = |failure| Msg::Account(AccountMsg::Failed { run, failure });
    let ledger = Ledger::open_read_only(&workshop.paths.ledger_db);
    let (cache, ledger) = match (opened, &ledger) {
        (Ok(Some(cache)), Ok(ledger)) => (cache, ledger),
        (Ok(None), _) => return Msg::Account(AccountMsg::Loaded { run, view: None }),
        (Err(error), _) | (_, Err(error)) => return failed(Workshop::storage_failure(error)),
    };
    match engine::account_view_since(cache, ledger, &workshop.setup, id, since, workshop.clock.now()) {
        Ok(view) => {
            let view = view.map(|mut view| {
                view.link = connection::account_link(cache, id).unwrap_or_default();
                view.read_at = view.read_at.max(workshop.read_alone.when(id));
                Box::new(view)
            });
            Msg::Account(AccountMsg::Loaded { run, view })
        }
        Err(error) => failed(worker::failure(&error.into())),
    }
}
