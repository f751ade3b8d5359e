//! A sync against the small CRM in memory, with real databases.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::config::mapping::Mapping;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::domain::team::Roster;
use crate::store::{Cache, Ledger, erase};
use crate::sync::fake::{self, Edit, Fake, Key, id};
use crate::sync::{
    Opening, Scope, Stores, SyncError, SyncEvent, SyncOptions, SyncReport, SyncStatus, reader, run, status,
};

/// A sync against the small CRM in memory, with real databases.
pub struct Bench {
    pub crm: Fake,
    pub runtime: Runtime,
    pub stores: Stores,
    pub mapping: Mapping,
    pub events: Vec<SyncEvent>,
    pub scope: Scope,
    pub full: bool,
    pub accept: bool,
    pub team: Roster,
    pub expected_tenant: Option<String>,
    pub directory: TempDir,
}

pub fn mapping() -> Mapping {
    toml::from_str(
        r#"
        account = { where = { type = ["customer"] }, segment = "value", region = "calc" }
        contact = { role = "role" }
        "#,
    )
    .unwrap()
}

pub fn stores(directory: &TempDir) -> Stores {
    let (cache, _) = Cache::open(&directory.path().join("cache.db")).unwrap();
    let (ledger, _) = Ledger::open(&directory.path().join("ledger.db"), "me").unwrap();
    Stores { cache, ledger }
}

impl Bench {
    pub fn new(scope: Scope, page: usize) -> Self {
        let directory = TempDir::new().unwrap();
        Self {
            crm: Fake::new(page),
            runtime: tokio::runtime::Builder::new_multi_thread()
                .enable_time()
                .worker_threads(1)
                .build()
                .unwrap(),
            stores: stores(&directory),
            mapping: mapping(),
            events: Vec::new(),
            scope,
            full: false,
            accept: false,
            team: Roster::default(),
            expected_tenant: None,
            directory,
        }
    }

    pub fn sync(&mut self) -> Result<SyncReport, SyncError> {
        let mut options = SyncOptions::new(self.scope, Some("me@example.com".to_owned()), self.crm.now());
        options.expected_tenant.clone_from(&self.expected_tenant);
        options.full = self.full;
        options.team.clone_from(&self.team);
        options.accept_deletes = self.accept;
        options.lookback = SignedDuration::from_millis(50);
        let events = &mut self.events;
        run(
            &self.crm,
            self.runtime.handle(),
            &mut self.stores,
            &self.mapping,
            &options,
            &mut |event, _| {
                events.push(event);
            },
        )
    }

    /// Somebody opens an account.
    pub fn open(&mut self, options: &SyncOptions, account: u64) -> Result<(), SyncError> {
        let opening = Opening {
            crm: &self.crm,
            runtime: self.runtime.handle(),
            mapping: &self.mapping,
            options,
            id: &id(account),
        };
        opening.sync(&mut self.stores, &mut |_, _| {})
    }

    /// Somebody deletes the cache.
    pub fn delete_cache(&mut self) {
        self.delete("cache.db");
    }

    /// Somebody deletes one of the databases.
    pub fn delete(&mut self, name: &str) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(self.directory.path().join(format!("{name}{suffix}")));
        }
        self.stores = stores(&self.directory);
    }

    pub fn full(&mut self) -> Result<SyncReport, SyncError> {
        self.full = true;
        let outcome = self.sync();
        self.full = false;
        outcome
    }

    pub fn local(&self, kind: Kind) -> BTreeMap<RecordId, Record> {
        let mut found = BTreeMap::new();
        self.stores
            .cache
            .each_record(kind, &mut |record| drop(found.insert(record.id.clone(), record)))
            .unwrap();
        found
    }

    pub fn accounts(&self) -> Vec<u64> {
        let mut ids: Vec<u64> = self
            .local(Kind::Account)
            .keys()
            .map(|id| id.as_str().parse().unwrap())
            .collect();
        ids.sort_unstable();
        ids
    }

    pub fn status(&self) -> SyncStatus {
        SyncStatus::parse(self.stores.cache.document(status::DOCUMENT).unwrap().as_deref())
    }

    pub fn calls(&self, what: &str) -> usize {
        self.crm
            .with(|state| state.asked.iter().filter(|asked| asked.starts_with(what)).count())
    }

    /// What the cache should hold, by the CRM's own truth.
    pub fn expected(&self) -> BTreeMap<Key, Record> {
        self.crm.with(|state| {
            let alive = |key: &Key| state.records.get(key).is_some_and(|record| !record.archived);
            let of = |key: &Key, kind: Kind| {
                let ends = state
                    .links
                    .iter()
                    .filter(move |(one, _)| *one == *key)
                    .map(|(_, other)| *other);
                ends.filter(move |end| end.0 == kind).collect::<Vec<_>>()
            };
            let in_scope = |record: &Record| match self.scope {
                Scope::All => true,
                Scope::Team => matches!(record.core(Core::Owner), Some("1" | "2")),
                Scope::Me => record.core(Core::Owner) == Some("1"),
            };
            let mut keys: BTreeSet<Key> = BTreeSet::new();
            for (key, record) in &state.records {
                let open = record.core(Core::Done) == Some("false") && record.core(Core::Owner) == Some("1");
                if key.0 == Kind::Task && alive(key) && open {
                    keys.insert(*key);
                }
            }
            let mine = keys.clone();
            for (key, record) in state
                .records
                .iter()
                .filter(|(key, _)| key.0 == Kind::Account && alive(key))
            {
                let brought = of(key, Kind::Task).iter().any(|task| mine.contains(task));
                if record.mapped("type") == Some("customer") && (in_scope(record) || brought) {
                    keys.insert(*key);
                    for kind in reader::LINKED {
                        keys.extend(of(key, kind).into_iter().filter(alive));
                    }
                    for contact in of(key, Kind::Contact).into_iter().filter(alive) {
                        keys.extend(of(&contact, Kind::Survey).into_iter().filter(alive));
                    }
                }
            }
            let mapped = |record: &Record| {
                let mut record = record.clone();
                let asked = self.mapping.properties(record.kind);
                record.mapped.retain(|name, _| asked.contains(name));
                record
            };
            keys.into_iter()
                .map(|key| (key, mapped(&state.records[&key])))
                .collect()
        })
    }

    pub fn all_local(&self) -> BTreeMap<Key, Record> {
        let of = |kind| {
            self.local(kind)
                .into_iter()
                .map(move |(id, record)| ((kind, id.0.parse().unwrap()), record))
        };
        Kind::ALL.into_iter().flat_map(of).collect()
    }

    /// Nothing that the CRM has is missing or stale here.
    pub fn assert_nothing_missing(&self) {
        let local = self.all_local();
        for (key, record) in self.expected() {
            let mut here = local
                .get(&key)
                .cloned()
                .unwrap_or_else(|| panic!("{key:?} is missing"));
            // A calculated value moves no stamp: only the sweep is bound to have it.
            match record.mapped.get("calc") {
                Some(value) => here.mapped.insert("calc".to_owned(), value.clone()),
                None => here.mapped.remove("calc"),
            };
            assert_eq!(here, record, "{key:?} is stale");
        }
    }

    /// The cache is what the CRM has, and nothing else; the ledger knows the latest values.
    pub fn assert_same(&self) {
        assert_eq!(self.all_local(), self.expected());
        let erased = self
            .stores
            .ledger
            .events(None, &[erase::contact::ERASED])
            .unwrap();
        assert_eq!(erased, [], "the CRM has everyone still, if only as archived");
        for (key, record) in self
            .expected()
            .into_iter()
            .filter(|(key, _)| key.0 == Kind::Account)
        {
            for field in ["value", "calc", "type"] {
                let known = self
                    .stores
                    .ledger
                    .series(key.0, &id(key.1), field, jiff::Timestamp::MAX)
                    .unwrap();
                let known = known.last().and_then(|observed| observed.value.clone());
                assert_eq!(
                    known.as_deref(),
                    record.mapped(field),
                    "{field} of {key:?} in the ledger"
                );
            }
        }
    }
}

pub const A: Kind = Kind::Account;

pub fn account(number: u64) -> Edit {
    Edit::Create((A, number), None)
}

pub fn child(kind: Kind, number: u64, account: u64) -> Edit {
    Edit::Create((kind, number), Some((A, account)))
}

pub fn set(kind: Kind, number: u64, field: &'static str, value: &str) -> Edit {
    Edit::Set((kind, number), field, value.to_owned())
}

impl Bench {
    pub fn edit(&self, edits: impl IntoIterator<Item = Edit>) {
        self.crm.apply(edits);
        self.crm.with(fake::State::settle);
    }

    pub fn gone_events(&self) -> Vec<(RecordId, serde_json::Value)> {
        let events = self.stores.ledger.events(None, &["account-gone"]).unwrap();
        events
            .into_iter()
            .map(|event| (event.account.unwrap(), event.payload))
            .collect()
    }
}
