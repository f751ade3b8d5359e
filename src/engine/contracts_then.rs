//! The contracts of an account as they stood in the past, by what the ledger observed of them.
//!
//! Which contracts belong to an account is as the cache has it today. One that the CRM made later was not there; where
//! it says that it began before, that counts as known only later. Where the
//! ledger knows nothing that early of one that was, or of a property of it, what was observed first counts: one that was
//! mapped or filled later was not empty before, as far as anyone knows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::config::mapping::ContractSource;
use crate::domain::contract::Contract;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::store::{Cache, Ledger, Observed};

use super::EngineError;
use super::world::World;

/// What the ledger's names of core fields begin with.
const CORE: &str = "core:";

/// What an account's contracts were, from one change to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastContracts {
    /// From which millisecond since 1970 on they stood so, oldest first.
    spans: Vec<(i64, Vec<Contract>)>,
    /// From when until when, in milliseconds since 1970, one was there or ran of which the ledger did not know all yet.
    gaps: Vec<(i64, i64)>,
}

impl PastContracts {
    /// Those of an account.
    pub fn read(
        cache: &Cache,
        ledger: &Ledger,
        world: &World<'_>,
        account: &RecordId,
    ) -> Result<Self, EngineError> {
        let of_account = world.setup.mapping.contracts.from == ContractSource::Account;
        let records = if of_account {
            cache.record(Kind::Account, account)?.into_iter().collect()
        } else {
            cache.linked((Kind::Account, account), Kind::Contract)?
        };
        let (reads, mut told) = (world.setup.mapping.properties_of_contracts(), Vec::new());
        for record in records {
            let history = ledger.past(record.kind, &record.id, &[])?;
            told.push(One::of(&record, &history, &reads, world));
        }
        Ok(Self::of(&told))
    }

    fn of(told: &[One]) -> Self {
        let changes = |one: &One| {
            let versions = one.versions.iter().map(|(at, _)| *at);
            let later = versions.filter(|at| *at > one.created);
            std::iter::once(one.created).chain(later).collect::<Vec<_>>()
        };
        let changes: BTreeSet<i64> = told.iter().flat_map(changes).collect();
        let span = |at: i64| {
            let mut contracts: Vec<Contract> = told.iter().filter_map(|one| one.at(at)).cloned().collect();
            contracts.sort_by(|one, other| (one.end, &one.id).cmp(&(other.end, &other.id)));
            (at, contracts)
        };
        Self {
            spans: changes.into_iter().map(span).collect(),
            gaps: told.iter().filter_map(One::gap).collect(),
        }
    }

    /// Those that there were at an instant.
    pub fn at(&self, instant: Timestamp) -> &[Contract] {
        let instant = instant.as_millisecond();
        let after = self.spans.partition_point(|(from, _)| *from <= instant);
        let span = after.checked_sub(1).and_then(|at| self.spans.get(at));
        span.map_or(&[], |(_, contracts)| contracts)
    }

    /// Whether the ledger knew each that there was at an instant, and each property that it is read from.
    pub fn are_known(&self, instant: Timestamp) -> bool {
        let instant = instant.as_millisecond();
        !self
            .gaps
            .iter()
            .any(|(from, until)| (*from..*until).contains(&instant))
    }
}

/// What one record came to, from one observation to the next.
struct One {
    /// When the CRM made it, in milliseconds since 1970.
    created: i64,
    /// When it was there, or began by what it says if that was earlier.
    began: i64,
    /// From which millisecond since 1970 on it came to what, oldest first; empty where the ledger knows nothing of it.
    versions: Vec<(i64, Option<Contract>)>,
    /// What it came to before the first of them.
    first: Option<Contract>,
    /// From which millisecond since 1970 on the ledger knows each of its properties.
    known: i64,
}

impl One {
    /// `reads` are the properties that a contract is read from.
    fn of(record: &Record, history: &[Observed], reads: &BTreeSet<&str>, world: &World<'_>) -> Self {
        let contract = |record: &Record| match record.kind {
            Kind::Account => world.own_contract(record),
            _ => world.contract(record),
        };
        let mut then = record.clone();
        // What each property was first, and since when. The core fields are observed together from the beginning on: one
        // of which nothing was observed yet was empty.
        let mut firsts: BTreeMap<&str, i64> = BTreeMap::new();
        for observed in history {
            let field = observed.field.as_str();
            if !firsts.contains_key(field) {
                firsts.insert(field, observed.effective_at.as_millisecond());
                let is_core = field.starts_with(CORE);
                put(&mut then, field, observed.value.as_ref().filter(|_| !is_core));
            }
        }
        let unseen = |name: &&str| record.mapped(name).map(|_| i64::MAX);
        let properties = reads
            .iter()
            .filter_map(|name| firsts.get(name).copied().or_else(|| unseen(name)));
        let known = properties.chain(firsts.values().min().copied()).max();
        let mut versions = Vec::new();
        for together in history.chunk_by(|one, other| one.effective_at == other.effective_at) {
            for observed in together {
                put(&mut then, &observed.field, observed.value.as_ref());
            }
            let at = together
                .first()
                .map_or(i64::MIN, |one| one.effective_at.as_millisecond());
            versions.push((at, contract(&then)));
        }
        versions.dedup_by(|later, before| later.1 == before.1);
        let first = versions
            .first()
            .map_or_else(|| contract(record), |(_, first)| first.clone());
        let start = first.as_ref().and_then(|first| world.beginning(first.start?));
        Self {
            created: record.created.as_millisecond(),
            began: record
                .created
                .min(start.unwrap_or(record.created))
                .as_millisecond(),
            first,
            versions,
            known: known.unwrap_or(i64::MAX),
        }
    }

    fn at(&self, instant: i64) -> Option<&Contract> {
        if instant < self.created {
            return None;
        }
        let after = self.versions.partition_point(|(from, _)| *from <= instant);
        let version = after.checked_sub(1).and_then(|at| self.versions.get(at));
        version.map_or(&self.first, |(_, contract)| contract).as_ref()
    }

    /// From when until when it was there or ran, and the ledger did not know all of it.
    fn gap(&self) -> Option<(i64, i64)> {
        let known = self.known.max(self.created);
        (self.began < known).then_some((self.began, known))
    }
}

/// Gives a field of a record the value that the ledger has under this name.
fn put(record: &mut Record, field: &str, value: Option<&String>) {
    fn set<K: Ord>(fields: &mut BTreeMap<K, String>, key: K, value: Option<&String>) {
        match value {
            Some(value) => drop(fields.insert(key, value.clone())),
            None => drop(fields.remove(&key)),
        }
    }
    match field.strip_prefix(CORE) {
        Some(name) => {
            if let Some(core) = Core::from_name(name) {
                set(&mut record.core, core, value);
            }
        }
        None => set(&mut record.mapped, field.to_owned(), value),
    }
}
