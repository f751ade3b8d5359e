//! The thread that computes over the whole book: building it, ordering it, ranking a fuzzy filter.

use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Weak};

use crate::app::cmd::Replaced;
use crate::app::{BookMsg, DeskMsg, Msg, NpsMsg, RoutingMsg, RunId};
use crate::domain::book::order::Sort;
use crate::domain::book::search::Query;
use crate::domain::book::trial::Mine;
use crate::domain::book::{Book, Filling};
use crate::domain::desk::Desk;
use crate::domain::health::what_if::WhatIf;
use crate::domain::nps::Report;
use crate::domain::redaction::Redact;
use crate::domain::routing::{Questions, Weeks};
use crate::domain::standup::Order;
use crate::domain::team_table::TeamTable;
use crate::domain::warning::AlarmReport;
use crate::engine::{self, Survey};
use crate::store::Ledger;

use super::exec::Workshop;
use super::worker::{self, WorkerError};
use super::{process, reader, standup};

/// How far this thread steps behind the one that draws.
pub const NICE: i32 = 5;

/// So many weeks of the routing desk are shown.
const WEEKS: u32 = 8;

/// Something to be computed.
#[derive(Debug)]
pub enum Computation {
    /// The whole book in an order.
    Book {
        /// The order.
        sort: Sort,
    },
    /// A book in another order.
    Order {
        /// Comes back in the answer.
        run: RunId,
        /// What to put in order.
        book: Arc<Book>,
        /// Which order.
        sort: Sort,
    },
    /// A book in several orders, one of which will be asked for.
    Prepare {
        /// Comes back in the answer.
        run: RunId,
        /// What to put in order.
        book: Arc<Book>,
        /// Which orders.
        sorts: Vec<Sort>,
    },
    /// The hits of a fuzzy filter, best first.
    Rank {
        /// Comes back in the answer.
        run: RunId,
        /// What to search.
        book: Arc<Book>,
        /// For what.
        query: Query,
        /// Among which rows.
        rows: Arc<[u32]>,
    },
    /// What a filter finds among all warnings.
    Narrow {
        /// Comes back in the answer.
        run: RunId,
        /// For what.
        query: Query,
    },
    /// What other weights, or another score of one account, make of a book.
    Try {
        /// Comes back in the answer.
        run: RunId,
        /// The book.
        book: Arc<Book>,
        /// Weights in thousandths, by measure id, in place of those of the model.
        weights: Vec<(String, i64)>,
        /// The account of which another score is tried.
        mine: Option<Mine>,
        /// The account, with the weights that are tried by the measure's place.
        account: Box<(WhatIf, BTreeMap<usize, i64>)>,
    },
    /// How the alarms do, from the whole journal.
    Alarms {
        /// Comes back in the answer.
        run: RunId,
    },
    /// What a standup of a scope would go over.
    Standup {
        /// Comes back in the answer.
        run: RunId,
        /// The scope.
        scope: String,
        /// In which order accounts come.
        order: Order,
    },
    /// The team's table: what comes back in the answer, and whether of everybody.
    Team(RunId, bool),
    /// What customers answered.
    Nps {
        /// Comes back in the answer.
        run: RunId,
    },
    /// The open questions.
    Questions {
        /// Comes back in the answer.
        run: RunId,
    },
    /// What the routing desk did, week by week.
    RouteWeeks {
        /// Comes back in the answer.
        run: RunId,
    },
    /// Nothing but to let go of this; not answered.
    Discard(Replaced),
}

/// Computes until the cockpit ends. Of several orders of a kind only the newest is worth its time.
pub fn run(workshop: &Workshop, computations: &Receiver<Computation>) {
    process::step_behind(NICE);
    let mut kept = Kept::default();
    while let Ok(first) = computations.recv() {
        let (mut book, mut order, mut rank, mut trial, mut alarms) = (None, None, None, None, None);
        let (mut nps, mut questions, mut weeks) = (None, None, None);
        let (mut prepared, mut narrow, mut standup, mut team) = (None, None, None, None);
        for computation in std::iter::once(first).chain(computations.try_iter()) {
            let older = match computation {
                Computation::Rank { .. } => rank.replace(computation),
                Computation::Order { .. } => order.replace(computation),
                Computation::Prepare { .. } => prepared.replace(computation),
                Computation::Book { .. } => book.replace(computation),
                Computation::Try { .. } => trial.replace(computation),
                Computation::Alarms { .. } => alarms.replace(computation),
                Computation::Standup { .. } => standup.replace(computation),
                Computation::Team(..) => team.replace(computation),
                Computation::Nps { .. } => nps.replace(computation),
                Computation::Questions { .. } => questions.replace(computation),
                Computation::RouteWeeks { .. } => weeks.replace(computation),
                Computation::Narrow { .. } => narrow.replace(computation),
                Computation::Discard(Replaced::Desk(_) | Replaced::Found { is_over: true, .. }) => {
                    kept.warnings = None;
                    continue;
                }
                Computation::Discard(_) => continue,
            };
            if older.is_some() {
                workshop.done();
            }
        }
        for computation in [
            narrow, rank, order, prepared, trial, questions, standup, team, weeks, nps, book, alarms,
        ]
        .into_iter()
        .flatten()
        {
            if let Some(answer) = compute(workshop, computation, &mut kept) {
                workshop.answer(answer);
            }
        }
    }
}

/// What is kept between computations.
#[derive(Default)]
struct Kept {
    /// The book that was read last, as long as it is in use.
    newest: Weak<Book>,
    /// All warnings with their words, as of this generation of the cache: while one types a filter, and until what it
    /// found is replaced.
    warnings: Option<(u64, Survey)>,
}

fn compute(workshop: &Workshop, computation: Computation, kept: &mut Kept) -> Option<Msg> {
    Some(match computation {
        Computation::Rank {
            run,
            book,
            query,
            rows,
        } => Msg::Book(BookMsg::Ranked {
            run,
            rows: book.rank(&query, &rows).into(),
        }),
        Computation::Order { run, book, sort } => Msg::Book(BookMsg::Ordered {
            run,
            rows: book.order(sort).into(),
        }),
        Computation::Prepare { run, book, sorts } => {
            let orders = sorts.into_iter().map(|sort| (sort, book.order(sort).into()));
            Msg::Book(BookMsg::Prepared {
                run,
                orders: orders.collect(),
            })
        }
        Computation::Book { sort } => whole_book(workshop, sort, &mut kept.newest),
        Computation::Try {
            run,
            book,
            weights,
            mine,
            account,
        } => {
            let model = &workshop.setup.health;
            let day = workshop.setup.settings.day_of(workshop.clock.now());
            let trial = book.tried(model, &model.reweighed(&weights), day, mine.as_ref());
            let (what_if, weights) = &*account;
            let way = what_if.back_to_green(weights);
            Msg::Book(BookMsg::Tried { run, trial, way })
        }
        Computation::Narrow { run, query } => {
            let found = narrowed(workshop, &query, kept).map(Box::new);
            let found = found.map_err(|error| worker::failure(&error));
            Msg::Desk(DeskMsg::Narrowed { run, found })
        }
        Computation::Alarms { run } => Msg::Desk(alarms(workshop, run)),
        Computation::Standup { run, scope, order } => {
            Msg::Standup(standup::prepare(workshop, run, (&scope, order)))
        }
        Computation::Team(run, everybody) => Msg::Desk(team(workshop, run, everybody)),
        Computation::Nps { run } => Msg::Nps(nps(workshop, run)),
        Computation::Questions { run } => Msg::Routing(questions(workshop, run)),
        Computation::RouteWeeks { run } => route_weeks(workshop, run),
        Computation::Discard(_) => return None,
    })
}

/// What a filter finds of the queue. All warnings are read once for as many letters as are typed.
fn narrowed(workshop: &Workshop, query: &Query, kept: &mut Kept) -> Result<Desk, WorkerError> {
    let Some(cache) = reader::cache(workshop)? else {
        return Ok(Desk::default());
    };
    let generation = cache.generation()?;
    let survey = match kept.warnings.take() {
        Some((known, survey)) if known == generation => survey,
        _ => {
            let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
            engine::searchable(&cache, &ledger, &workshop.setup, workshop.clock.now())?
        }
    };
    let found = engine::narrowed(&cache, &survey, query)?;
    kept.warnings = Some((generation, survey));
    Ok(found)
}

/// How the alarms do; nothing before the first sync.
fn alarms(workshop: &Workshop, run: RunId) -> DeskMsg {
    let told = || -> Result<AlarmReport, WorkerError> {
        let Some(cache) = reader::cache(workshop)? else {
            return Ok(AlarmReport::default());
        };
        let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
        let now = workshop.clock.now();
        Ok(engine::alarms(&cache, &ledger, &workshop.setup, now, None)?)
    };
    match told() {
        Ok(report) => DeskMsg::Alarms {
            run,
            report: Box::new(report),
        },
        Err(error) => DeskMsg::AlarmsFailed {
            run,
            why: worker::failure(&error).summary,
        },
    }
}

/// The team's table.
fn team(workshop: &Workshop, run: RunId, everybody: bool) -> DeskMsg {
    let told = || -> Result<Option<TeamTable>, WorkerError> {
        let Some(cache) = reader::cache(workshop)? else {
            return Ok(None);
        };
        let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
        let now = workshop.clock.now();
        let table = engine::team_table(&cache, &ledger, &workshop.setup, everybody, now)?;
        Ok(Some(table))
    };
    let read = match told() {
        Ok(Some(table)) => Ok(Box::new(table)),
        Ok(None) => Err("nothing has been synced yet".to_owned()),
        Err(error) => Err(worker::failure(&error).summary),
    };
    DeskMsg::Team { run, read }
}

fn nps(workshop: &Workshop, run: RunId) -> NpsMsg {
    let told = || -> Result<Option<Report>, WorkerError> {
        let Some(cache) = reader::cache(workshop)? else {
            return Ok(None);
        };
        let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
        let now = workshop.clock.now();
        Ok(Some(engine::nps(&cache, &ledger, &workshop.setup, None, now)?))
    };
    match told() {
        Ok(Some(told)) => NpsMsg::Loaded {
            run,
            told: Box::new(told),
        },
        Ok(None) => NpsMsg::Failed {
            run,
            why: "nothing has been synced yet".to_owned(),
        },
        Err(error) => NpsMsg::Failed {
            run,
            why: worker::failure(&error).summary,
        },
    }
}

/// The open questions, the most pressing first.
fn questions(workshop: &Workshop, run: RunId) -> RoutingMsg {
    let told = || -> Result<Option<Questions>, WorkerError> {
        let Some(cache) = reader::cache(workshop)? else {
            return Ok(None);
        };
        let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
        let told = engine::questions(&cache, &ledger, &workshop.setup, workshop.clock.now())?;
        Ok(Some(told.pressing_first()))
    };
    match told() {
        Ok(Some(told)) => RoutingMsg::Loaded {
            run,
            told: Box::new(told),
        },
        Ok(None) => RoutingMsg::Failed {
            run,
            why: "nothing has been synced yet".to_owned(),
        },
        Err(error) => RoutingMsg::Failed {
            run,
            why: worker::failure(&error).summary,
        },
    }
}

/// What the routing desk did in the weeks that the screen shows.
fn route_weeks(workshop: &Workshop, run: RunId) -> Msg {
    let told = || -> Result<Weeks, WorkerError> {
        let Some(cache) = reader::cache(workshop)? else {
            return Ok(Weeks::default());
        };
        let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
        let now = workshop.clock.now();
        Ok(engine::route_weeks(&cache, &ledger, &workshop.setup, now, WEEKS)?)
    };
    match told() {
        Ok(told) => Msg::Routing(RoutingMsg::WeeksLoaded {
            run,
            told: Box::new(told),
        }),
        Err(error) => Msg::Failed(worker::failure(&error)),
    }
}

fn whole_book(workshop: &Workshop, sort: Sort, newest: &mut Weak<Book>) -> Msg {
    let mask = workshop.address.curtain.mask();
    // What accounts are called is shared only with a book for the same eyes.
    let before = newest.upgrade();
    let before = before.filter(|before| before.is_redacted() == mask.is_some());
    let mut book = Filling::default();
    let read = reader::cache(workshop).and_then(|cache| {
        cache.map_or(Ok(()), |cache| {
            let today = workshop.setup.settings.day_of(workshop.clock.now());
            book = Filling::with_room(cache.count_summaries()? as usize, before.as_deref()).on(today);
            let Some(mask) = &mask else {
                return cache.each_summary(&mut |summary| book.add(&summary));
            };
            book = std::mem::take(&mut book).redacted();
            cache.each_summary(&mut |summary| book.add(&summary.redacted(mask)))
        })
    });
    if let Err(error) = read {
        return Msg::Failed(Workshop::storage_failure(&error));
    }
    let book = Arc::new(book.finish());
    *newest = Arc::downgrade(&book);
    let rows = book.order(sort).into();
    Msg::Book(BookMsg::Loaded { book, sort, rows })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Dirs;
    use crate::config::paths::Places;
    use crate::runtime::clock::Clock;
    use crate::runtime::curtain::Curtain;
    use crate::runtime::exec::{Busy, ReadAlone};
    use crate::runtime::inbox::inbox;
    use crate::runtime::unwritten::Unwritten;
    use crate::store::{Cache, files};

    /// What the compute thread works with, on databases below a directory.
    fn workshop(home: &Path) -> Workshop {
        let paths = Places::below(home).profile("demo", "hubspot", None);
        for dir in [&paths.cache_dir, &paths.state_dir] {
            files::private_dir(dir).unwrap();
        }
        let (setup, paths) = (Arc::default(), Arc::new(paths));
        let curtain = Curtain::new(Arc::clone(&setup), Arc::clone(&paths), false);
        let (_, address) = inbox(Arc::new(curtain)).unwrap();
        Workshop {
            setup,
            allowed: Arc::default(),
            texts: Arc::default(),
            paths,
            dirs: Dirs {
                team: None,
                user: None,
            },
            clock: Clock::new(None),
            address,
            busy: Busy::default(),
            panic_in: None,
            read_alone: ReadAlone::default(),
            unwritten: Unwritten::default(),
        }
    }

    #[test]
    fn alarms_that_cannot_be_read_are_answered_with_why() {
        let home = tempfile::tempdir().unwrap();
        let workshop = workshop(home.path());
        let run = RunId(7);
        let early = alarms(&workshop, run);
        assert!(
            matches!(&early, DeskMsg::Alarms { run: RunId(7), report } if **report == AlarmReport::default()),
            "nothing was synced yet: {early:?}"
        );
        Cache::open(&workshop.paths.cache_db).unwrap();
        std::fs::write(
            &workshop.paths.ledger_db,
            "no database at all, but long enough for a header",
        )
        .unwrap();
        let failed = alarms(&workshop, run);
        assert!(
            matches!(&failed, DeskMsg::AlarmsFailed { run: RunId(7), why } if why.contains("ledger")),
            "{failed:?}"
        );
    }
}
