//! Tells each CSM of as many new warnings a day as the budget has room for; the rest is held back.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::record::RecordId;
use crate::domain::warning::budget::{self, Csm, One, Told};
use crate::domain::warning::{WarningEvent, What};
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::lives;
use super::queue::Survey;
use super::world::World;

/// Kind of the event that the budget had room for a warning.
const TOLD: &str = "warning-told";

/// Lets those out of what is held back for which the day has room, most pressing first, and notes that.
pub fn fill(
    cache: &mut Cache,
    ledger: &mut Ledger,
    world: &World<'_>,
    survey: &mut Survey,
) -> Result<(), EngineError> {
    let waiting = survey.waiting();
    if ledger.is_read_only() || waiting.is_empty() {
        return Ok(());
    }
    let told_before = told_today(ledger, world)?;
    let told = budget::fill(&waiting, &told_before, world.setup.settings.warnings.budget);
    let events: Vec<_> = told
        .iter()
        .map(|one| {
            let event = WarningEvent {
                account: one.account.clone(),
                what: What::Told {
                    signal: one.signal.clone(),
                    csm: one.csm.clone(),
                    segment: one.segment.clone(),
                    joined: one.joins,
                },
            };
            lives::noted(&event, world.now)
        })
        .collect();
    ledger.append(&events, world.now)?;
    survey.tell(&told);
    show(cache, &told)
}

/// What each CSM was told of today.
fn told_today(ledger: &Ledger, world: &World<'_>) -> Result<BTreeMap<Csm, BTreeSet<One>>, EngineError> {
    let morning = world.today.to_zoned(world.zone.clone());
    let morning = morning.map_or(world.now, |morning| morning.timestamp());
    let mut told: BTreeMap<Csm, BTreeSet<One>> = BTreeMap::new();
    for event in ledger.events_since(TOLD, morning)? {
        let Some(account) = &event.account else { continue };
        let read = WarningEvent::read(account, &event.kind, &event.payload);
        if let Some(What::Told {
            signal,
            csm,
            segment,
            joined: false,
        }) = read.map(|read| read.what)
        {
            let one = One::of(account.as_str(), &signal, segment.as_deref());
            told.entry(csm).or_default().insert(one);
        }
    }
    Ok(told)
}

/// Shows what was told of: it is held back no more.
fn show(cache: &mut Cache, told: &[Told]) -> Result<(), EngineError> {
    let mut signals: BTreeMap<&RecordId, BTreeSet<&str>> = BTreeMap::new();
    for one in told {
        signals.entry(&one.account).or_default().insert(&one.signal);
    }
    for (account, signals) in signals {
        let mut warnings = cache.warnings_of(account)?;
        for warning in &mut warnings {
            warning.line.held &= !signals.contains(warning.signal.as_str());
        }
        cache.put_warnings(account, &warnings)?;
    }
    Ok(())
}
