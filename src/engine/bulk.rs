//! A playbook on many accounts: what it would do on each as they are now, and what became of those that were started.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::Setup;
use crate::domain::acts::Occasion;
use crate::domain::outbox::Target;
use crate::domain::playbook::{
    self, Because, Bulk, NOT_STARTED, Plan, PlayEvent, Playbook, Spared, Standing, Team,
};
use crate::domain::record::{Kind, Owner, RecordId};
use crate::store::{Cache, Ledger, Overlay, documents};

use super::account_view::account_views;
use super::world::document;
use super::{EngineError, plays};

/// What starting a playbook on these accounts would do, in their order.
pub fn plan(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    on: &Occasion,
    (playbook, because): (&Playbook, Because<'_>),
    accounts: &[RecordId],
) -> Result<Plan, EngineError> {
    let owners: Vec<Owner> = document(cache, documents::OWNERS)?;
    let team = Team {
        owners: &owners,
        role: setup.my_role(),
        roster: &setup.team,
        currency: setup.settings.organisation.reporting_currency,
    };
    let mut plan = Plan::new(on, playbook);
    account_views(cache, ledger, setup, accounts, on.now, &mut |id, view| {
        if let Some(view) = view {
            plan.add(on, playbook, &view, team, because);
        } else {
            let why = "the cache has no such account any more".to_owned();
            plan.leave_out(Some(id.clone()), id.to_string(), Spared::odd(why));
        }
    })?;
    Ok(plan)
}

/// The playbooks that were started on many accounts, the newest first.
pub fn bulks(ledger: &Ledger) -> Result<Vec<Bulk>, EngineError> {
    let mut events = Vec::new();
    for event in ledger.events(None, &[NOT_STARTED])? {
        let Some(id) = &event.account else { continue };
        let id = ledger.resolve(Kind::Account, id)?;
        events.extend(PlayEvent::read(&id, &event.kind, &event.payload));
    }
    Ok(playbook::bulks(&plays::runs(ledger, None)?, &events))
}

/// Notes with the steps of a bulk play what the CRM says of their tasks, as what waits in the outbox leaves it at `now`: a
/// change of one goes by that.
pub fn know_bulk(cache: &Cache, ledger: &Ledger, bulk: &mut Bulk, now: Timestamp) -> Result<(), EngineError> {
    let overlay = Overlay::read(cache, ledger, now)?;
    for run in bulk.runs.iter_mut().filter(|run| run.is_open()) {
        let tasks = run.steps.iter().filter_map(|step| step.task.as_ref());
        let tasks: Vec<RecordId> = tasks.map(Target::shown_id).collect();
        let tasks = overlay.over(cache).records(Kind::Task, &tasks)?;
        plays::know_tasks(std::slice::from_mut(run), &tasks);
    }
    Ok(())
}

/// How bulk plays stand on a day: also where a task of one waits for a person in the outbox.
pub fn standings(
    cache: &Cache,
    ledger: &Ledger,
    bulks: &[Bulk],
    today: Date,
) -> Result<Vec<Standing>, EngineError> {
    let waiting = plays::waiting(ledger)?;
    let names = names_of(cache, bulks)?;
    let name = |id: &RecordId| names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let standing = |bulk| Standing::of(bulk, today, &waiting, &name);
    Ok(bulks.iter().map(standing).collect())
}

/// Names of the accounts of bulk plays, raw; one that the cache has no more goes by its id.
pub fn names_of(cache: &Cache, bulks: &[Bulk]) -> Result<BTreeMap<RecordId, String>, EngineError> {
    let mut names: BTreeMap<RecordId, String> = BTreeMap::new();
    for bulk in bulks {
        let not_started = bulk.not_started.iter().map(|(account, _)| account);
        for id in bulk.runs.iter().map(|run| &run.account).chain(not_started) {
            if !names.contains_key(id) {
                let line = cache.summary(id)?;
                names.insert(id.clone(), line.map_or_else(|| id.to_string(), |line| line.name));
            }
        }
    }
    Ok(names)
}
