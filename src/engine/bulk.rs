//! A playbook on many accounts: what it would do on each as they are now, and what became of those that were started.

use jiff::civil::Date;

use crate::config::Setup;
use crate::domain::acts::Occasion;
use crate::domain::outbox::Target;
use crate::domain::playbook::{self, Because, Bulk, NOT_STARTED, Plan, PlayEvent, Playbook, Team};
use crate::domain::record::{Kind, Owner, RecordId};
use crate::store::{Cache, Ledger, documents};

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
        role: setup.settings.me.role,
        roster: &setup.team,
        currency: setup.settings.organisation.reporting_currency,
    };
    let mut plan = Plan::new(on, playbook);
    account_views(cache, ledger, setup, accounts, on.now, &mut |id, view| {
        if let Some(view) = view {
            plan.add(on, playbook, &view, team, because);
        } else {
            let why = "the cache has no such account any more".to_owned();
            plan.leave_out(Some(id.clone()), id.to_string(), why);
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

/// The accounts on which a bulk play is not as it should be, each with why: also where a task of it waits for a person in the
/// outbox.
pub fn exceptions(ledger: &Ledger, bulk: &Bulk, today: Date) -> Result<Vec<(RecordId, String)>, EngineError> {
    let mut exceptions = bulk.exceptions(today);
    for run in &bulk.runs {
        for step in &run.steps {
            let Some(Target::Entry(id)) = &step.task else {
                continue;
            };
            let waits = ledger.entry(*id)?.filter(|entry| entry.state.needs_a_person());
            exceptions.extend(waits.map(|entry| {
                let said = entry.said.map_or_else(String::new, |said| format!(": {said}"));
                let words = format!("the task of `{}` is {}{said}", step.step.id, entry.state.word());
                (run.account.clone(), words)
            }));
        }
    }
    Ok(exceptions)
}
