//! What a key costs in the cockpit: loading a book, sorting, filtering, drawing; and what scoring costs after a
//! sync. Each at 1k, 10k and 100k accounts.
//!
//! `cargo bench` runs all in some minutes; `cargo bench -- filter/100000` one.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use jiff::civil::date;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tempfile::TempDir;

use retain::app::key::{Code, Key};
use retain::app::keymap::Keymap;
use retain::app::layout::Size;
use retain::app::outbox::Means;
use retain::app::sync_line::SyncLine;
use retain::app::{BookMsg, Model, Msg, Start, TerminalMsg, update};
use retain::config::settings::Scope;
use retain::config::{self, Dirs, Setup};
use retain::domain::book::Book;
use retain::domain::book::order::{Sort, SortBy};
use retain::domain::book::search::Query;
use retain::domain::money::Currency;
use retain::domain::outbox::WritePermit;
use retain::domain::record::{Core, Kind, Record, RecordId};
use retain::domain::summary::{Band, Summary};
use retain::engine::{self, What};
use retain::store::{Cache, CachePage, Ledger, LinkSet, Observation, Source};
use retain::ui::render;
use retain::ui::theme::Theme;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const FIRST: [&str; 12] = [
    "Juniper",
    "Kestrel",
    "Marlow",
    "Osprey",
    "Tallinn",
    "Harbour",
    "深圳",
    "Brasserie",
    "Nordkap",
    "Quill",
    "Vela",
    "Ōsaka",
];
const SECOND: [&str; 9] = [
    "Freight",
    "Foods",
    "Clinics",
    "Textiles",
    "Retail",
    "Energi",
    "Press",
    "Robotics",
    "Insurance",
];

/// A book's worth of accounts, always the same ones.
fn summaries(count: usize) -> Vec<Summary> {
    (0..count).map(summary).collect()
}

fn summary(at: usize) -> Summary {
    let dice = at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 7;
    let score = (dice % 101) as u8;
    let known = !dice.is_multiple_of(17);
    Summary {
        id: RecordId(format!("{}", 10_000_000_000_u64 + at as u64)),
        name: format!("{} {} {}", FIRST[dice % 12], SECOND[dice / 12 % 9], at % 5_000),
        domain: Some(format!("{}-{at}.example", FIRST[dice % 12].to_lowercase())),
        former_names: Vec::new(),
        arr: known.then_some((dice % 100_000) as i64 * 100),
        arr_at_least: false,
        score: known.then_some(score),
        band: if score < 50 { Band::Red } else { Band::Green },
        last_band: None,
        coverage: 80,
        delta: known.then_some((dice % 60) as i16 - 30),
        trend: [score, 255, score, score / 2, score, score, score, score],
        notice_by: known.then(|| {
            date(
                2026 + (dice % 3) as i16,
                1 + (dice % 12) as i8,
                1 + (dice % 28) as i8,
            )
        }),
        ends: None,
        monthly: false,
        segment: Some(SECOND[dice % 9].to_owned()),
        stage: Some("adopted".to_owned()),
        csm: None,
        csm_name: Some(format!("CSM {}", dice % 40)),
        last_touch: Some(date(2026, 1 + (dice % 11) as i8, 3)),
        measured: Vec::new(),
        at_stake: known.then_some((dice % 9_000) as i64 * 100),
        open_warnings: 0,
        worst: (dice % 1_000_000) as i64,
    }
}

fn model(book: Book) -> Model {
    let mut model = Model::new(Start {
        tenant: "Alder & Finch".to_owned(),
        scope: Scope::All,
        means: Means {
            permit: WritePermit::unless(None),
            shared: false,
            grace: jiff::SignedDuration::from_secs(10),
            settle: jiff::SignedDuration::from_secs(120),
            business_days: Vec::new(),
            nonce: 0,
            handoffs: Arc::default(),
            support: None,
            roster: Arc::default(),
            playbooks: Arc::default(),
            answers: Arc::default(),
            role: retain::domain::role::Role::default(),
        },
        currency: Currency::parse("USD").unwrap(),
        zone: jiff::tz::TimeZone::UTC,
        now: now(),
        size: Size {
            width: 120,
            height: 36,
        },
        keymap: Keymap::default(),
        sync: SyncLine::default(),
        standing: None,
        loss: None,
        standup: None,
        redacted: false,
    });
    let sort = Sort::default();
    let rows = book.order(sort).into();
    update(
        &mut model,
        Msg::Book(BookMsg::Loaded {
            book: Arc::new(book),
            sort,
            rows,
        }),
    );
    model
}

fn press(model: &mut Model, key: &str) {
    let key: Key = key.parse().unwrap_or(Key::plain(Code::Esc));
    update(model, Msg::Terminal(TerminalMsg::Key(key)));
}

fn load(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    for size in SIZES {
        let all = summaries(size);
        group
            .sample_size(10)
            .bench_with_input(BenchmarkId::from_parameter(size), &all, |bench, all| {
                bench.iter_batched(|| all.clone(), Book::from_summaries, BatchSize::LargeInput);
            });
    }
}

fn sort(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sort");
    for size in SIZES {
        let book = Book::from_summaries(summaries(size));
        for by in [SortBy::Name, SortBy::Arr, SortBy::Health, SortBy::Notice] {
            group.bench_function(
                BenchmarkId::new(format!("{by:?}").to_lowercase(), size),
                |bench| {
                    bench.iter(|| black_box(book.order(Sort { by, descending: true })));
                },
            );
        }
        let rows = book.order(Sort::default());
        let arr = Sort {
            by: SortBy::Arr,
            descending: true,
        };
        group.bench_function(BenchmarkId::new("first-500", size), |bench| {
            bench.iter(|| black_box(book.begun(arr, &rows, 500)));
        });
    }
}

fn filter(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("filter");
    for size in SIZES {
        let book = Book::from_summaries(summaries(size));
        let order = book.order(Sort::default());
        for typed in ["e", "ju", "juniper 42", "retail vela", "zzz"] {
            let query = Query::parse(typed);
            group.bench_function(BenchmarkId::new(typed.replace(' ', "+"), size), |bench| {
                bench.iter(|| black_box(book.search(&query, &order, None)));
            });
        }
        for typed in ["~j", "~jfr"] {
            let query = Query::parse(typed);
            group.bench_function(BenchmarkId::new(typed, size), |bench| {
                bench.iter(|| black_box(book.rank(&query, &order)));
            });
        }
    }
}

/// A key, what it changes, and the frame after it.
fn key(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("key");
    for size in SIZES {
        let mut model = model(Book::from_summaries(summaries(size)));
        let mut buffer = Buffer::empty(Rect::new(0, 0, 120, 36));
        for (name, keys) in [
            ("frame", &[][..]),
            ("cursor", &["j"]),
            ("page", &["ctrl-d"]),
            ("end", &["G", "g"]),
        ] {
            group.bench_function(BenchmarkId::new(name, size), |bench| {
                bench.iter(|| {
                    for key in keys {
                        press(&mut model, key);
                    }
                    buffer.reset();
                    render(&model, &Theme::default(), &mut buffer);
                });
            });
        }
        for (name, keys) in [("first-letter", ["/", "e", "esc"]), ("sort", ["s", "j", "esc"])] {
            group.bench_function(BenchmarkId::new(name, size), |bench| {
                bench.iter(|| {
                    for key in keys {
                        press(&mut model, key);
                    }
                    buffer.reset();
                    render(&model, &Theme::default(), &mut buffer);
                });
            });
        }
    }
}

/// What follows a sync that changed so many accounts.
const CHANGED: usize = 200;

/// Scoring what a sync changed, with the desk over the whole book.
fn score(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("score");
    group.sample_size(10);
    for size in SIZES {
        // Made only when this one is asked for: the largest takes seconds.
        let mut stores = None;
        let changed: Vec<RecordId> = (0..CHANGED).map(account_id).collect();
        group.bench_function(BenchmarkId::from_parameter(size), |bench| {
            let Stores {
                cache, ledger, setup, ..
            } = stores.get_or_insert_with(|| Stores::scored(size));
            bench.iter(|| {
                engine::refresh(cache, ledger, setup, What::Accounts(&changed), now()).unwrap();
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
    /// So many accounts, all scored once.
    fn scored(accounts: usize) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (mut cache, _) = Cache::open(&home.path().join("cache.db")).unwrap();
        let (mut ledger, _) = Ledger::open(&home.path().join("ledger.db"), "dana").unwrap();
        fill(&mut cache, &mut ledger, accounts);
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

fn account_id(at: usize) -> RecordId {
    RecordId((20_000_000_000 + at as u64).to_string())
}

/// Accounts with a contract each, as a sync keeps them.
fn fill(cache: &mut Cache, ledger: &mut Ledger, accounts: usize) {
    let status = format!("{{\"last_success\":\"{}\"}}", now());
    cache.put_document("sync-status", &status).unwrap();
    let all: Vec<usize> = (0..accounts).collect();
    for part in all.chunks(1_000) {
        let of_accounts = part.iter().map(|at| of_crm(*at, Kind::Account));
        let records: Vec<Record> = of_accounts
            .chain(part.iter().map(|at| of_crm(*at, Kind::Contract)))
            .collect();
        let link = |at: &usize| LinkSet {
            from: (Kind::Account, account_id(*at)),
            to: Kind::Contract,
            ids: vec![account_id(*at)],
        };
        let links: Vec<LinkSet> = part.iter().map(link).collect();
        let page = CachePage {
            records: &records,
            links: &links,
            ..CachePage::default()
        };
        cache.commit_page(&page).unwrap();
        let observed = |record: &Record| Observation {
            account: None,
            kind: record.kind,
            record: record.id.clone(),
            source: Source::Sync,
            effective_at: record.changed,
            fields: record
                .mapped
                .iter()
                .map(|(property, value)| (property.clone(), Some(value.clone())))
                .collect(),
        };
        let batch: Vec<Observation> = records[..part.len()].iter().map(observed).collect();
        ledger.observe(&batch, now()).unwrap();
    }
}

/// An account, or its contract, by the shipped mapping.
fn of_crm(at: usize, kind: Kind) -> Record {
    let usage = (at % 50).to_string();
    let account = [
        ("lifecyclestage", "customer"),
        ("customer_tier", SECOND[at % 9]),
        ("seats_bought", "50"),
        ("wau", &usage),
        ("wau_updated_at", "2026-11-22T00:00:00Z"),
    ];
    let contract = [
        ("contract_start", "2026-02-01"),
        ("contract_end", "2027-01-31"),
        ("hs_arr", "9000"),
    ];
    let (core, mapped) = if kind == Kind::Account {
        (vec![(Core::Name, FIRST[at % 12])], &account[..])
    } else {
        let won = vec![(Core::Pipeline, "renewals"), (Core::StageId, "closedwon")];
        (won, &contract[..])
    };
    let changed: Timestamp = "2026-09-01T00:00:00Z".parse().unwrap();
    Record {
        kind,
        id: account_id(at),
        created: changed,
        changed,
        archived: false,
        core: core
            .into_iter()
            .map(|(field, value)| (field, value.to_owned()))
            .collect(),
        mapped: mapped
            .iter()
            .map(|(property, value)| ((*property).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

criterion_group!(benches, load, sort, filter, score, key);
criterion_main!(benches);
