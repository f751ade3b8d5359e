//! The journal, account by account.

use jiff::Timestamp;

use crate::domain::record::RecordId;
use crate::store::{Event, Ledger};

use super::EngineError;

/// Hands over the events of these kinds that were noted until then, oldest first, account by account in the order of
/// their ids. Those of one account are held at a time, and all are read in one transaction.
pub fn each_account(
    ledger: &Ledger,
    kinds: &[&str],
    until: Option<Timestamp>,
    take: &mut dyn FnMut(RecordId, Vec<Event>) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    ledger.at_once(|| {
        for account in ledger.accounts_with(kinds)? {
            let mut events = ledger.events(Some(&account), kinds)?;
            events.retain(|event| until.is_none_or(|until| event.recorded_at <= until));
            if !events.is_empty() {
                take(account, events)?;
            }
        }
        Ok(())
    })
}
