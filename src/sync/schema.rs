//! What is asked first in every sync: whose portal it is, who we are, and what the CRM has of what is mapped.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::json;

use super::error::SyncError;
use super::reader::Reader;
use super::report::{Scope, SyncEvent, SyncOptions};
use super::session::Stores;
use super::status::SyncStatus;
use crate::config::mapping::Mapping;
use crate::crm::{Crm, CrmError, Property, Tenant};
use crate::domain::record::{Kind, Owner};
pub use crate::store::documents::{OWNERS, TENANT};
use crate::store::{Cache, Event, Ledger, NewEvent, REPLACED, StoreError, documents};

/// The journal's mark of the tenant that the ledger is about.
const BOUND: &str = "tenant";

/// Kinds whose properties can be mapped.
const MAPPED: [Kind; 5] = [
    Kind::Account,
    Kind::Contact,
    Kind::Contract,
    Kind::Ticket,
    Kind::Email,
];
/// Those of them whose properties are asked for even while none is mapped: people change their fields.
const ALWAYS: [Kind; 3] = [Kind::Account, Kind::Contact, Kind::Contract];

/// What the CRM has of what is mapped.
#[derive(Debug, Default)]
pub struct Schema {
    /// Everyone of us, archived ones too.
    pub owners: Vec<Owner>,
    /// Mapped properties that the CRM has, by kind.
    pub properties: BTreeMap<Kind, Vec<String>>,
    /// The tenant that the ledger is to be bound to, while it is bound to none: it is new, or it was replaced since.
    pub unbound: Option<String>,
    /// Kinds with a mapped property that the CRM computes, so that no stamp tells of a change.
    pub calculated: BTreeSet<Kind>,
    /// What the key may not read, as far as it shows here: (kind in words, scope).
    pub closed: Vec<(String, String)>,
}

/// Asks and keeps it. What is missing is named in the status, and is never an error. Between two questions the caller may
/// do something else.
pub fn ask<C: Crm>(
    reader: &Reader<'_, C>,
    stores: &mut Stores,
    mapping: &Mapping,
    options: &SyncOptions,
    status: &mut SyncStatus,
    on_event: &mut dyn FnMut(SyncEvent, &mut Stores),
) -> Result<Schema, SyncError> {
    let tenant = reader.ask(reader.crm.tenant())?;
    let is_bound = settle_tenant(stores, &tenant, options)?;
    put(&mut stores.cache, TENANT, &tenant)?;
    on_event(SyncEvent::Between, stores);

    reader.crm.forget_properties();
    let mut missing = Missing::default();
    let owners = match reader.ask(reader.crm.owners()) {
        Err(SyncError::Crm(CrmError::MissingScope { scopes })) if options.scope == Scope::All => {
            missing
                .scopes
                .extend(scopes.into_iter().map(|scope| ("owner".to_owned(), scope)));
            Vec::new()
        }
        other => other?,
    };
    put(&mut stores.cache, OWNERS, &owners)?;
    for kind in [Kind::Contract, Kind::Ticket] {
        if let Some(pipelines) = missing.unless_closed(kind, reader.ask(reader.crm.pipelines(kind)))? {
            put(
                &mut stores.cache,
                &format!("pipelines.{}", kind.word()),
                &pipelines,
            )?;
        }
        on_event(SyncEvent::Between, stores);
    }
    let mut schema = Schema {
        owners,
        unbound: (!is_bound).then_some(tenant.id),
        ..Schema::default()
    };
    for kind in MAPPED {
        let wanted = mapping.properties(kind);
        if wanted.is_empty() && !ALWAYS.contains(&kind) {
            continue;
        }
        let Some(found) = missing.unless_closed(kind, reader.ask(reader.crm.properties(kind)))? else {
            continue;
        };
        put(&mut stores.cache, &documents::properties(kind), &found)?;
        schema.take(kind, wanted, &found, &mut missing);
        on_event(SyncEvent::Between, stores);
    }
    status.missing_properties = missing.properties;
    // What was found closed before stays known until this sync has ended: it is not suddenly none.
    for one in &missing.scopes {
        if !status.missing_scopes.contains(one) {
            status.missing_scopes.push(one.clone());
        }
    }
    schema.closed = missing.scopes;
    Ok(schema)
}

/// Compares the tenant with every one that is known: the profile's, the ledger's and the cache's. The ledger remembers
/// the first one, since the cache may be deleted at any time. Says whether it does already, and is the one that was told
/// what is cached: only a sync binds it.
pub(super) fn settle_tenant(
    stores: &Stores,
    tenant: &Tenant,
    options: &SyncOptions,
) -> Result<bool, SyncError> {
    options.opens.note(tenant);
    let events = stores.ledger.events(None, &[BOUND, REPLACED])?;
    let is_bound = events.last().is_some_and(|event| event.kind == BOUND);
    let noted = tenant_in(events);
    let cached = document::<Tenant>(&stores.cache, TENANT)?.map(|known| known.id);
    for known in [options.expected_tenant.clone(), noted, cached]
        .into_iter()
        .flatten()
    {
        if known != tenant.id {
            return Err(SyncError::OtherTenant {
                known,
                found: tenant.id.clone(),
            });
        }
    }
    Ok(is_bound)
}

/// Id of the tenant that a ledger is bound to; `None` before its first sync.
pub fn tenant_of(ledger: &Ledger) -> Result<Option<String>, StoreError> {
    Ok(tenant_in(ledger.events(None, &[BOUND])?))
}

fn tenant_in(events: Vec<Event>) -> Option<String> {
    let mut events = events.into_iter();
    events.find_map(|event| event.payload["id"].as_str().map(str::to_owned))
}

/// Binds a ledger to a tenant.
pub fn bound(tenant: &str, now: Timestamp) -> NewEvent {
    NewEvent {
        account: None,
        kind: BOUND.to_owned(),
        effective_at: now,
        payload: json!({ "id": tenant }),
    }
}

/// What the cache has of it, for reading one account without asking first.
pub fn kept(cache: &Cache, mapping: &Mapping) -> Result<Schema, SyncError> {
    let owners = document(cache, OWNERS)?.unwrap_or_default();
    let mut schema = Schema {
        owners,
        ..Schema::default()
    };
    for kind in MAPPED {
        let found: Vec<Property> = document(cache, &documents::properties(kind))?.unwrap_or_default();
        schema.take(kind, mapping.properties(kind), &found, &mut Missing::default());
    }
    Ok(schema)
}

impl Schema {
    fn take(&mut self, kind: Kind, wanted: Vec<String>, found: &[Property], missing: &mut Missing) {
        let (known, unknown): (Vec<String>, Vec<String>) = wanted
            .into_iter()
            .partition(|name| found.iter().any(|property| property.name == *name));
        let word = || kind.word().to_owned();
        missing
            .properties
            .extend(unknown.into_iter().map(|name| (word(), name)));
        if found
            .iter()
            .any(|property| property.calculated && known.contains(&property.name))
        {
            self.calculated.insert(kind);
        }
        self.properties.insert(kind, known);
    }

    /// Whether it cannot be told now what is an account of whom: the rule or the CSM rests on a property that the CRM
    /// does not have.
    pub fn is_blind(&self, mapping: &Mapping) -> bool {
        let mut rule = mapping.account.rule.keys().chain(&mapping.account.csm);
        let known = self.properties.get(&Kind::Account);
        rule.any(|name| known.is_none_or(|known| !known.contains(name)))
    }
}

#[derive(Default)]
struct Missing {
    properties: Vec<(String, String)>,
    scopes: Vec<(String, String)>,
}

impl Missing {
    /// The answer, or `None` when the key may not read this kind.
    fn unless_closed<T>(&mut self, kind: Kind, answer: Result<T, SyncError>) -> Result<Option<T>, SyncError> {
        match answer {
            Err(SyncError::Crm(CrmError::MissingScope { scopes })) if kind != Kind::Account => {
                let missing = scopes.into_iter().map(|scope| (kind.word().to_owned(), scope));
                // Contracts are asked about twice, and both answers may say the same.
                for one in missing {
                    if !self.scopes.contains(&one) {
                        self.scopes.push(one);
                    }
                }
                Ok(None)
            }
            other => other.map(Some),
        }
    }
}

fn document<T: serde::de::DeserializeOwned>(cache: &Cache, name: &str) -> Result<Option<T>, SyncError> {
    Ok(cache
        .document(name)?
        .and_then(|json| serde_json::from_str(&json).ok()))
}

fn put(cache: &mut Cache, name: &str, value: &impl serde::Serialize) -> Result<(), SyncError> {
    Ok(cache.put_document(name, &serde_json::to_string(value).unwrap_or_default())?)
}
