//! Works out what a playbook would do on many accounts, and how those stand that were started: on a thread of its own, since
//! it reads each of them whole, or the whole journal.

use std::thread;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::app::run::Whole;
use crate::app::{DeskMsg, Msg, RunId};
use crate::domain::acts::Occasion;
use crate::domain::playbook::{Because, Plan, Playbook, Standing};
use crate::domain::record::RecordId;
use crate::engine;
use crate::store::Ledger;

use super::compute::NICE;
use super::exec::Workshop;
use super::worker::{self, WorkerError};
use super::{process, reader};

/// What is to be worked out.
pub struct Planning {
    /// Comes back in the answer.
    pub run: RunId,
    /// Who acts, when and where.
    pub on: Box<Occasion>,
    /// The playbook.
    pub playbook: Box<Playbook>,
    /// On which accounts.
    pub accounts: Vec<RecordId>,
}

/// Works it out, and answers.
pub fn plan(planning: Planning, workshop: &Workshop) {
    beside(workshop, move |workshop| {
        let planned = planned(workshop, &planning).map_err(|error| worker::failure(&error).summary);
        DeskMsg::Planned {
            run: planning.run,
            planned: planned.map(Box::new),
        }
    });
}

/// Reads how bulk plays stand, and answers.
pub fn standings(run: RunId, today: Date, workshop: &Workshop) {
    beside(workshop, move |workshop| DeskMsg::Standings {
        run,
        read: read(workshop, today).map_err(|error| worker::failure(&error).summary),
    });
}

/// Reads a bulk play whole, and answers.
pub fn whole(run: RunId, id: String, now: Timestamp, workshop: &Workshop) {
    beside(workshop, move |workshop| {
        let read = found(workshop, &id, now).map_err(|error| worker::failure(&error).summary);
        let gone = || format!("there is no bulk play {id} any more");
        DeskMsg::Bulk {
            run,
            read: read.and_then(|found| found.map(Box::new).ok_or_else(gone)),
        }
    });
}

fn found(workshop: &Workshop, id: &str, now: Timestamp) -> Result<Option<Whole>, WorkerError> {
    let Some(cache) = reader::cache(workshop)? else {
        return Ok(None);
    };
    let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
    let mut bulks = engine::bulks(&ledger)?.into_iter();
    let Some(mut bulk) = bulks.find(|bulk| bulk.id == id) else {
        return Ok(None);
    };
    engine::know_bulk(&cache, &ledger, &mut bulk, now)?;
    let names = engine::names_of(&cache, std::slice::from_ref(&bulk))?;
    Ok(Some(Whole::new(bulk, names)))
}

fn beside(workshop: &Workshop, work: impl FnOnce(&Workshop) -> DeskMsg + Send + 'static) {
    workshop.busy.more();
    let workshop = workshop.clone();
    thread::spawn(move || {
        process::step_behind(NICE);
        let answer = work(&workshop);
        workshop.answer(Msg::Desk(answer));
    });
}

fn read(workshop: &Workshop, today: Date) -> Result<Vec<Standing>, WorkerError> {
    let Some(cache) = reader::cache(workshop)? else {
        return Ok(Vec::new());
    };
    let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
    Ok(engine::standings(
        &cache,
        &ledger,
        &engine::bulks(&ledger)?,
        today,
    )?)
}

fn planned(workshop: &Workshop, planning: &Planning) -> Result<Plan, WorkerError> {
    let (on, playbook) = (&planning.on, &planning.playbook);
    let Some(cache) = reader::cache(workshop)? else {
        return Ok(Plan::new(on, playbook));
    };
    let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
    let answers = workshop.setup.answers();
    let what = (&**playbook, Because::Answers(&answers));
    Ok(engine::plan(
        &cache,
        &ledger,
        &workshop.setup,
        on,
        what,
        &planning.accounts,
    )?)
}
