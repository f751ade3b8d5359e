//! The account that is to be judged, with what belongs to it, read from cache and ledger.

use crate::domain::record::{Kind, Record, RecordId};
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::belongings::Belongings;
use super::contracts_then::PastContracts;
use super::interpret::account::{self, Account};
use super::world::World;

/// An account with what belongs to it.
pub struct Subject {
    /// Its record as the CRM has it, with pending writes over it.
    pub record: Record,
    /// What the record means.
    pub account: Account,
    /// What belongs to it.
    pub own: Belongings,
}

impl Subject {
    /// Reads it; `None` when the cache has no such record, or it is no account.
    pub fn read(
        cache: &Cache,
        ledger: &Ledger,
        world: &World<'_>,
        id: &RecordId,
    ) -> Result<Option<Self>, EngineError> {
        let mapping = &world.setup.mapping;
        let Some(record) = world.shown(cache).record(Kind::Account, id)? else {
            return Ok(None);
        };
        let Some(account) = account::account(&record, mapping) else {
            return Ok(None);
        };
        let mut own = Belongings::of(cache, ledger, world, id)?;
        if let Some(contract) = world.own_contract(&record) {
            own.contracts = vec![contract];
        }
        if world.wanted.looks_back() {
            own.past_contracts = Some(PastContracts::read(cache, ledger, world, id)?);
        }
        Ok(Some(Self { record, account, own }))
    }
}
