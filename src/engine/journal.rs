//! The journal, put together by account.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::record::RecordId;
use crate::store::{Event, Ledger, StoreError};

/// The events of these kinds by the account that they are about, oldest first: those that were noted until then.
pub fn by_account(
    ledger: &Ledger,
    kinds: &[&str],
    until: Option<Timestamp>,
) -> Result<BTreeMap<RecordId, Vec<Event>>, StoreError> {
    let mut found: BTreeMap<RecordId, Vec<Event>> = BTreeMap::new();
    for event in ledger.events(None, kinds)? {
        if until.is_some_and(|until| event.recorded_at > until) {
            continue;
        }
        if let Some(account) = event.account.clone() {
            found.entry(account).or_default().push(event);
        }
    }
    Ok(found)
}
