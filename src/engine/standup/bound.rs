//! Which task a decision became: known here by the receipt of our own write, and told to everybody else's program, which has no
//! such receipt.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{as_noted, task_entry};
use crate::domain::standup::{BOUND, Bound, DECIDED, Happened, StandupEvent};
use crate::store::Ledger;

use crate::engine::EngineError;

/// Notes of each decision that was made here, and whose task is in the CRM by now, which one that is.
pub fn notice(ledger: &mut Ledger, now: Timestamp) -> Result<(), EngineError> {
    let events = ledger.events(None, &[DECIDED, BOUND])?;
    let read = |event: &crate::store::Event| {
        StandupEvent::read(event.account.as_ref(), &event.kind, &event.payload).map(|told| told.what)
    };
    let mut known = BTreeSet::new();
    for event in &events {
        if let Some(Happened::Bound(bound)) = read(event) {
            known.insert(bound.decision);
        }
    }
    let mut found = Vec::new();
    for event in events.iter().filter(|event| event.here) {
        let Some(Happened::Decided(decided)) = read(event) else {
            continue;
        };
        let Some(act) = decided.act.filter(|_| !known.contains(&decided.decision)) else {
            continue;
        };
        let receipt = task_entry(ledger, &act)?.and_then(|entry| entry.receipt);
        if let Some(receipt) = receipt {
            let bound = Bound {
                standup: decided.standup,
                decision: decided.decision,
                task: receipt.record,
            };
            found.push(StandupEvent {
                account: event.account.clone(),
                what: Happened::Bound(bound),
            });
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    Ok(ledger.append(&as_noted(&found, now), now)?)
}
