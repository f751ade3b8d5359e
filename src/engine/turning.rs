//! A change that only turns back what waits to be written: nothing is left to write.

use jiff::Timestamp;

use crate::domain::outbox::{Entry, Step, Target, Write, turned_back};
use crate::store::{Cache, Ledger, StoreError};

/// Takes back what waits where a change only turns it back. `None` where it does not, where what waits has left just now, or
/// where the CRM has no more what that rests on, or nobody knows: then the change is a write of its own, and what a
/// colleague wrote meanwhile is a conflict.
pub fn turn_back(
    cache: &Cache,
    ledger: &mut Ledger,
    new: &Write,
    now: Timestamp,
) -> Result<Option<Entry>, StoreError> {
    let open = ledger.outbox_open()?;
    let (Some(before), Some(Target::Record(id))) = (turned_back(&open, new), new.target()) else {
        return Ok(None);
    };
    let cached = cache.record(new.kind(), id)?;
    if !cached.is_some_and(|record| before.new.write.rests_on(&record)) {
        return Ok(None);
    }
    Ok(ledger.step(before.id, &Step::TakenBack, now)?.ok())
}
