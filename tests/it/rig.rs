//! A sync against the embedded CRM over HTTP, with databases in a directory of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use retain::config::mapping::Mapping;
use retain::crm::hubspot::{HubSpot, HubSpotOptions};
use retain::crm::transport::{Proxying, TransportOptions};
use retain::demo::{DemoOptions, DemoServer, Faults, ObjectType, Portal};
use retain::domain::record::{Kind, Record, RecordId};
use retain::store::{Cache, Ledger};
use retain::sync::{Scope, Stores, SyncError, SyncEvent, SyncOptions, SyncReport, SyncStatus, status};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The portal's present when a rig begins.
pub const NOW: &str = "2026-11-23T08:50:00Z";

pub const KINDS: [(Kind, ObjectType); 10] = [
    (Kind::Account, ObjectType::Companies),
    (Kind::Contact, ObjectType::Contacts),
    (Kind::Contract, ObjectType::Deals),
    (Kind::Ticket, ObjectType::Tickets),
    (Kind::Task, ObjectType::Tasks),
    (Kind::Note, ObjectType::Notes),
    (Kind::Call, ObjectType::Calls),
    (Kind::Meeting, ObjectType::Meetings),
    (Kind::Email, ObjectType::Emails),
    (Kind::Survey, ObjectType::Feedback),
];

pub struct Rig {
    pub runtime: Runtime,
    pub server: DemoServer,
    pub crm: HubSpot,
    pub stores: Stores,
    pub mapping: Mapping,
    pub options: SyncOptions,
    pub events: Vec<SyncEvent>,
    pub directory: TempDir,
}

/// The mapping that fits the embedded CRM.
pub fn mapping() -> Mapping {
    toml::from_str(include_str!("../../config/mapping.toml")).unwrap()
}

pub fn open(directory: &Path) -> Stores {
    let (cache, _) = Cache::open(&directory.join("cache.db")).unwrap();
    let (ledger, _) = Ledger::open(&directory.join("ledger.db"), "me").unwrap();
    Stores { cache, ledger }
}

pub fn hubspot(server: &DemoServer, token: &str) -> HubSpot {
    let transport = TransportOptions {
        allow_loopback_http: true,
        read_timeout: Duration::from_secs(10),
        proxy: Proxying::Off,
        sharing: None,
        retries: 3,
        ..TransportOptions::default()
    };
    let options = HubSpotOptions {
        base_url: server.url(),
        transport,
        ..HubSpotOptions::default()
    };
    let token = token.to_owned();
    HubSpot::connect(options, Arc::new(move || Ok(token.clone()))).unwrap()
}

impl Rig {
    pub fn new(scope: Scope, accounts: u32) -> Self {
        Self::with(scope, accounts, "")
    }

    pub fn with(scope: Scope, accounts: u32, faults: &str) -> Self {
        Self::begin(scope, accounts, faults, false)
    }

    /// A portal that holds its callers to HubSpot's real limits.
    pub fn limited(scope: Scope, accounts: u32) -> Self {
        Self::begin(scope, accounts, "", true)
    }

    fn begin(scope: Scope, accounts: u32, faults: &str, limits: bool) -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let mut demo = DemoOptions::new(now);
        demo.accounts = accounts;
        demo.limits = limits;
        demo.faults = Faults::parse(faults).unwrap();
        let server = runtime.block_on(retain::demo::start(demo)).unwrap();
        let crm = hubspot(&server, &server.token);
        let directory = TempDir::new().unwrap();
        let stores = open(directory.path());
        let options = SyncOptions::new(scope, Some(server.me.to_owned()), now);
        Self {
            runtime,
            server,
            crm,
            stores,
            mapping: mapping(),
            options,
            events: Vec::new(),
            directory,
        }
    }

    /// One sync at the portal's present.
    pub fn sync(&mut self) -> Result<SyncReport, SyncError> {
        self.options.now = self.now();
        let events = &mut self.events;
        retain::sync::run(
            &self.crm,
            self.runtime.handle(),
            &mut self.stores,
            &self.mapping,
            &self.options,
            &mut |event, _| events.push(event),
        )
    }

    /// A sync that does every pass.
    pub fn full(&mut self) -> Result<SyncReport, SyncError> {
        self.options.full = true;
        let outcome = self.sync();
        self.options.full = false;
        outcome
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.portal(|portal| portal.now())).unwrap()
    }

    pub fn portal<R>(&self, work: impl FnOnce(&mut Portal) -> R) -> R {
        self.server.with_portal(work)
    }

    pub fn wait(&self, seconds: u64) {
        self.portal(|portal| portal.advance(Duration::from_secs(seconds)));
    }

    pub fn set_faults(&self, faults: &str) {
        self.server.set_faults(Faults::parse(faults).unwrap());
    }

    pub fn status(&self) -> SyncStatus {
        SyncStatus::parse(self.stores.cache.document(status::DOCUMENT).unwrap().as_deref())
    }

    pub fn record(&self, kind: Kind, id: u64) -> Option<Record> {
        self.stores.cache.record(kind, &RecordId(id.to_string())).unwrap()
    }

    pub fn ids(&self, kind: Kind) -> BTreeSet<u64> {
        self.stores
            .cache
            .ids(kind)
            .unwrap()
            .iter()
            .map(|id| id.as_str().parse().unwrap())
            .collect()
    }

    pub fn linked(&self, account: u64, kind: Kind) -> BTreeSet<u64> {
        let account = RecordId(account.to_string());
        let ids = self
            .stores
            .cache
            .linked_ids((Kind::Account, &account), kind)
            .unwrap();
        ids.iter().map(|id| id.as_str().parse().unwrap()).collect()
    }

    /// Customers in the portal, those of one owner or everyone's.
    pub fn customers(&self, owner: Option<&str>) -> BTreeSet<u64> {
        self.portal(|portal| {
            let found = portal.find(ObjectType::Companies, "lifecyclestage", "customer");
            let alive = |id: &u64| {
                portal
                    .row(ObjectType::Companies, *id)
                    .is_some_and(|row| row.archived.is_none())
                    && owner.is_none_or(|owner| {
                        portal
                            .value(ObjectType::Companies, *id, "hubspot_owner_id")
                            .as_deref()
                            == Some(owner)
                    })
            };
            found.into_iter().filter(alive).collect()
        })
    }

    pub fn me(&self) -> String {
        let me = self.server.me;
        let owners = self
            .runtime
            .block_on(retain::crm::Crm::owners(&self.crm))
            .unwrap();
        owners.into_iter().find(|owner| owner.email == me).unwrap().id.0
    }

    /// One of my accounts that has what is asked for.
    pub fn account_with(&self, kind: Kind) -> u64 {
        let mine = self.customers(Some(&self.me()));
        mine.into_iter()
            .find(|account| !self.linked(*account, kind).is_empty())
            .unwrap()
    }

    /// How often a path was asked.
    pub fn asked(&self, path: &str) -> usize {
        self.server
            .requests()
            .iter()
            .filter(|request| request.path.contains(path))
            .count()
    }

    /// Every record and link of the cache against the portal: what hangs on the cached accounts, and nothing else.
    pub fn assert_as_in_the_portal(&self) {
        let accounts = self.ids(Kind::Account);
        for (kind, object) in KINDS
            .into_iter()
            .skip(1)
            .filter(|(kind, _)| *kind != Kind::Survey)
        {
            let expected: BTreeMap<u64, BTreeSet<u64>> = self.portal(|portal| {
                let alive = |id: &u64| portal.row(object, *id).is_some_and(|row| row.archived.is_none());
                let of = |account: u64| {
                    portal
                        .links
                        .of((ObjectType::Companies, account), object)
                        .filter(alive)
                        .collect()
                };
                accounts.iter().map(|account| (*account, of(*account))).collect()
            });
            for (account, ids) in &expected {
                assert_eq!(&self.linked(*account, kind), ids, "{kind:?} of account {account}");
            }
            let mut linked: BTreeSet<u64> = expected.into_values().flatten().collect();
            if kind == Kind::Task {
                linked.extend(self.ids(kind).into_iter().filter(|id| self.is_my_open_task(*id)));
            }
            assert_eq!(self.ids(kind), linked, "{kind:?}");
        }
    }

    fn is_my_open_task(&self, id: u64) -> bool {
        let me = self.me();
        self.portal(|portal| {
            portal.value(ObjectType::Tasks, id, "hubspot_owner_id").as_deref() == Some(me.as_str())
                && portal.value(ObjectType::Tasks, id, "hs_task_status").as_deref() != Some("COMPLETED")
        })
    }
}

/// Everything in cache and ledger, without the times at which it was noted.
pub fn everything(stores: &Stores) -> (Vec<String>, Vec<String>) {
    let mut cache = Vec::new();
    let mut ledger = Vec::new();
    for kind in Kind::ALL {
        stores
            .cache
            .each_record(kind, &mut |record| cache.push(format!("{record:?}")))
            .unwrap();
        for other in Kind::ALL {
            stores
                .cache
                .each_link(kind, other, &mut |one, two| {
                    cache.push(format!("{kind:?} {one} {other:?} {two}"));
                })
                .unwrap();
        }
    }
    for account in stores.cache.ids(Kind::Account).unwrap() {
        for seen in stores.ledger.history_of_account(&account).unwrap() {
            let source = seen.source;
            ledger.push(format!(
                "{account} {:?} {} {} {:?} {} {source:?}",
                seen.kind, seen.record, seen.field, seen.value, seen.effective_at
            ));
        }
    }
    for event in stores
        .ledger
        .events(None, &["account-seen", "account-gone", "history-read"])
        .unwrap()
    {
        ledger.push(format!("{:?} {} {}", event.account, event.kind, event.payload));
    }
    cache.sort();
    ledger.sort();
    (cache, ledger)
}
