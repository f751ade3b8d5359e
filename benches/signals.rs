//! What the twelve signals cost over a whole book: from what is kept beside each account's line, when that must be
//! filled first, after a few accounts changed, and after the signals changed; what the filter of the queue costs, and the
//! warnings of a day that is over. Each at 1k, 10k and 100k accounts.
//!
//! `cargo bench --bench signals` runs all; `cargo bench --bench signals -- filled/100000` one.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use retain::config::{self, Dirs, Setup};
use retain::domain::book::search::Query;
use retain::domain::record::{Core, Kind, Record, RecordId};
use retain::engine::{self, What, signals};
use retain::store::{Cache, CachePage, Ledger, LinkSet, Observation, Source};

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// Accounts that a small sync changes.
const CHANGED: usize = 10;
/// Weeks of usage in the ledger.
const WEEKS: usize = 12;

/// All signals over all accounts, from what is kept.
fn filled(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("filled");
    group.sample_size(10);
    for size in SIZES {
        let mut stores = None;
        group.bench_function(BenchmarkId::from_parameter(size), |bench| {
            let stores = stores.get_or_insert_with(|| Stores::judged(size));
            bench.iter(|| {
                let told =
                    signals::everything(&stores.cache, &stores.ledger, &stores.setup, (now(), None)).unwrap();
                assert_eq!((told.asked, told.cold), (size, 0));
                told
            });
        });
    }
}

/// The same where everything is read and judged first: the first time, and after a change of the mapping.
fn cold(criterion: &mut Criterion) {
    updates(criterion, ("cold", 10), What::All);
}

/// What a sync costs that changed a few accounts.
fn changed(criterion: &mut Criterion) {
    let ids: Vec<RecordId> = (0..CHANGED).map(account_id).collect();
    updates(criterion, ("changed", 20), What::Accounts(&ids));
}

/// The warnings of every account anew, after a change of the signals alone: the step of a sync that follows a change of
/// `signals.toml`, with the journal of each account read and what opens, stays and is withdrawn noted.
fn warned(criterion: &mut Criterion) {
    updates(criterion, ("warned", 10), What::Warnings);
}

fn updates(criterion: &mut Criterion, (name, samples): (&str, usize), what: What<'_>) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(samples);
    for size in SIZES {
        let mut stores = None;
        group.bench_function(BenchmarkId::from_parameter(size), |bench| {
            let Stores {
                cache, ledger, setup, ..
            } = stores.get_or_insert_with(|| Stores::judged(size));
            bench.iter(|| engine::update(cache, ledger, setup, what, now()).unwrap());
        });
    }
}

/// The filter of the risk queue: the words of all warnings are read once, then each key looks through them. Neither is
/// done on the event loop.
fn narrowed(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("narrowed");
    group.sample_size(10);
    for size in SIZES {
        let mut stores = None;
        group.bench_function(BenchmarkId::new("read", size), |bench| {
            let Stores {
                cache, ledger, setup, ..
            } = stores.get_or_insert_with(|| Stores::judged(size));
            bench.iter(|| engine::searchable(cache, ledger, setup, now()).unwrap());
        });
        for typed in ["j", "juniper usage", "~jnpr"] {
            group.bench_function(BenchmarkId::new(typed.replace(' ', "+"), size), |bench| {
                let Stores {
                    cache, ledger, setup, ..
                } = stores.get_or_insert_with(|| Stores::judged(size));
                let survey = engine::searchable(cache, ledger, setup, now()).unwrap();
                let query = Query::parse(typed);
                bench.iter(|| engine::narrowed(cache, &survey, &query).unwrap());
            });
        }
    }
}

/// The warnings of yesterday as they stood: each account that had one is read anew.
fn as_of(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("as-of");
    group.sample_size(10);
    for size in SIZES {
        let mut stores = None;
        group.bench_function(BenchmarkId::from_parameter(size), |bench| {
            let Stores {
                cache, ledger, setup, ..
            } = stores.get_or_insert_with(|| Stores::judged(size));
            let later = now().checked_add(SignedDuration::from_hours(24)).unwrap();
            bench.iter(|| {
                let found = engine::risks_as_of(cache, ledger, setup, (later, now())).unwrap();
                assert!(found.is_some_and(|found| !found.is_empty()));
            });
        });
    }
}

/// A cache and a ledger of their own, gone with the value.
struct Stores {
    cache: Cache,
    ledger: Ledger,
    setup: Setup,
    _home: TempDir,
}

impl Stores {
    /// So many accounts, all judged once.
    fn judged(accounts: usize) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (mut cache, _) = Cache::open(&home.path().join("cache.db")).unwrap();
        let (mut ledger, _) = Ledger::open(&home.path().join("ledger.db"), "dana").unwrap();
        let status = format!("{{\"last_success\":\"{}\"}}", now());
        cache.put_document("sync-status", &status).unwrap();
        let all: Vec<usize> = (0..accounts).collect();
        for part in all.chunks(1_000) {
            fill(&mut cache, &mut ledger, part);
        }
        let dirs = Dirs {
            team: None,
            user: None,
        };
        let setup = config::load(&dirs, &[], None).setup;
        engine::update(&mut cache, &mut ledger, &setup, What::All, now()).unwrap();
        Self {
            cache,
            ledger,
            setup,
            _home: home,
        }
    }
}

fn now() -> Timestamp {
    "2026-11-23T08:50:00Z".parse().unwrap()
}

fn back(days: usize) -> Timestamp {
    now()
        .checked_sub(SignedDuration::from_hours(24 * days as i64))
        .unwrap()
}

fn account_id(at: usize) -> RecordId {
    RecordId((20_000_000_000 + at as u64).to_string())
}

/// Accounts with a contract, three contacts, two tickets and four calls each, and twelve weeks of usage.
fn fill(cache: &mut Cache, ledger: &mut Ledger, accounts: &[usize]) {
    let (mut records, mut links, mut observed) = (Vec::new(), Vec::new(), Vec::new());
    for at in accounts {
        let id = account_id(*at);
        for kind in [Kind::Contract, Kind::Contact, Kind::Ticket, Kind::Call] {
            let own = belongings(*at, kind);
            links.push(LinkSet {
                from: (Kind::Account, id.clone()),
                to: kind,
                ids: own.iter().map(|record| record.id.clone()).collect(),
            });
            records.extend(own);
        }
        let usage = |week: usize| ((at * 7 + week * 3) % 50).to_string();
        let properties = |week: usize| {
            [
                ("wau".to_owned(), usage(week)),
                ("wau_updated_at".to_owned(), back(7 * week).to_string()),
                ("seats_used".to_owned(), usage(week)),
            ]
        };
        observed.extend((0..WEEKS).rev().map(|week| {
            Observation {
                account: None,
                kind: Kind::Account,
                record: id.clone(),
                source: Source::History,
                effective_at: back(7 * week),
                fields: properties(week)
                    .into_iter()
                    .map(|(name, value)| (name, Some(value)))
                    .collect(),
            }
        }));
        let usual = [
            ("lifecyclestage", "customer"),
            ("customer_tier", ["small", "mid-market", "enterprise"][at % 3]),
            ("customer_stage", "adoption"),
            ("hubspot_owner_id", "7"),
            ("account_manager", "8"),
            ("support_plan", "24x7"),
            ("seats_bought", "50"),
        ];
        let mut account = record(Kind::Account, id, &[(Core::Name, "Juniper Freight")], &usual);
        account.mapped.extend(properties(0));
        records.push(account);
    }
    let page = CachePage {
        records: &records,
        links: &links,
        ..CachePage::default()
    };
    cache.commit_page(&page).unwrap();
    ledger.observe(&observed, now()).unwrap();
}

/// Mapped properties with their values.
type Properties = &'static [(&'static str, &'static str)];

fn belongings(at: usize, kind: Kind) -> Vec<Record> {
    let count = match kind {
        Kind::Contract => 1,
        Kind::Contact => 3,
        Kind::Ticket => 2,
        _ => 4,
    };
    let one = |number: usize| {
        let id = RecordId(format!("{}{number}", account_id(at)));
        let days = back(number * 20 + at % 90).to_string();
        let (core, mapped): (Vec<(Core, &str)>, Properties) = match kind {
            Kind::Contract => (
                vec![(Core::Pipeline, "renewals"), (Core::StageId, "closedwon")],
                &[
                    ("contract_start", "2026-02-01"),
                    ("contract_end", "2027-01-31"),
                    ("hs_arr", "9000"),
                ],
            ),
            Kind::Contact if number == 0 => (Vec::new(), &[("hs_buying_role", "CHAMPION")]),
            Kind::Contact => (Vec::new(), &[("hs_buying_role", "END_USER")]),
            Kind::Ticket => (vec![(Core::Closed, "true"), (Core::ClosedAt, days.as_str())], &[]),
            _ => (vec![(Core::Occurred, days.as_str())], &[]),
        };
        record(kind, id, &core, mapped)
    };
    (0..count).map(one).collect()
}

fn record(kind: Kind, id: RecordId, core: &[(Core, &str)], mapped: &[(&str, &str)]) -> Record {
    let text = |value: &str| value.to_owned();
    Record {
        kind,
        id,
        created: back(400),
        changed: back(30),
        archived: false,
        core: core.iter().map(|(field, value)| (*field, text(value))).collect(),
        mapped: mapped
            .iter()
            .map(|(name, value)| (text(name), text(value)))
            .collect(),
    }
}

criterion_group!(benches, filled, cold, changed, warned, narrowed, as_of);
criterion_main!(benches);
