//! What accounts were like on a day of the past, each kind of record read in one pass: by account it would take as many
//! questions as there are accounts, and scores that nobody asks for.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::contract::Contract;
use crate::domain::money::Sum;
use crate::domain::record::{Kind, RecordId};
use crate::store::{Cache, Ledger};

use super::super::EngineError;
use super::super::interpret::account;
use super::super::judge::arr_of;
use super::super::world::World;

/// What one account was like.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Was {
    /// Annual value of the contracts in force.
    pub arr: Sum,
    /// Whether it had not left.
    pub customer: bool,
    /// Its segment as it was observed by then; unknown where it was not.
    pub segment: Option<String>,
    /// Owner record of its CSM as it was observed by then.
    pub csm: Option<RecordId>,
}

/// The accounts that were there by the end of a day, its last instant given with it.
pub fn accounts_then(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    (day, end): (Date, Timestamp),
) -> Result<HashMap<RecordId, Was>, EngineError> {
    let mut contracts = contracts(cache, world)?;
    let mut found = HashMap::new();
    let mapping = &world.setup.mapping;
    world.shown(cache).each_record(Kind::Account, &mut |record| {
        let Some(account) = account::account(&record, mapping).filter(|one| one.created <= end) else {
            return;
        };
        let mut own = contracts.remove(&account.id).unwrap_or_default();
        if let Some(contract) = world.own_contract(&record) {
            own = vec![contract];
        }
        let was = Was {
            arr: arr_of(world, &account, &own, day),
            customer: !account.has_left(day, world.today),
            ..Was::default()
        };
        found.insert(account.id, was);
    })?;
    place(ledger, world, end, &mut found)?;
    Ok(found)
}

/// The contracts of each account, in a fixed order.
fn contracts(cache: &Cache, world: &World<'_>) -> Result<HashMap<RecordId, Vec<Contract>>, EngineError> {
    let mut owners: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    cache.each_link(Kind::Account, Kind::Contract, &mut |account, contract| {
        let of = owners.entry(RecordId::from(contract)).or_default();
        of.push(RecordId::from(account));
    })?;
    let mut found: HashMap<RecordId, Vec<Contract>> = HashMap::new();
    world.shown(cache).each_record(Kind::Contract, &mut |record| {
        let Some(read) = world.contract(&record) else {
            return;
        };
        for account in owners.get(&record.id).into_iter().flatten() {
            found.entry(account.clone()).or_default().push(read.clone());
        }
    })?;
    for contracts in found.values_mut() {
        contracts.sort_by(|one, other| (one.end, &one.id).cmp(&(other.end, &other.id)));
    }
    Ok(found)
}

/// Segment and CSM as they were observed by then.
fn place(
    ledger: &Ledger,
    world: &World<'_>,
    end: Timestamp,
    found: &mut HashMap<RecordId, Was>,
) -> Result<(), EngineError> {
    let segment = world.setup.mapping.account.segment.as_deref();
    let fields: Vec<&str> = segment.into_iter().chain([world.wanted.csm.as_str()]).collect();
    ledger.each_series(&fields, &mut |account, field, observed| {
        if observed.effective_at > end {
            return;
        }
        let Some(was) = found.get_mut(&RecordId::from(account)) else {
            return;
        };
        let value = observed.value.filter(|value| !value.is_empty());
        // One property may be both.
        if Some(field) == segment {
            was.segment.clone_from(&value);
        }
        if field == world.wanted.csm {
            was.csm = value.map(RecordId);
        }
    })?;
    Ok(())
}
