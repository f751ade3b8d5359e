//! What a key costs in the cockpit: loading a book, sorting, filtering, drawing, at 1k, 10k and 100k accounts.
//!
//! `cargo bench` runs all; `cargo bench -- filter/100000` one.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use jiff::civil::date;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use retain::app::key::{Code, Key};
use retain::app::keymap::Keymap;
use retain::app::layout::Size;
use retain::app::sync_line::SyncLine;
use retain::app::{BookMsg, Model, Msg, Start, TerminalMsg, update};
use retain::domain::book::Book;
use retain::domain::book::order::{Sort, SortBy};
use retain::domain::book::search::Query;
use retain::domain::money::Currency;
use retain::domain::record::RecordId;
use retain::domain::summary::{Band, Summary};
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
        at_stake: known.then_some((dice % 9_000) as i64 * 100),
        open_warnings: 0,
        worst: (dice % 1_000_000) as i64,
    }
}

fn model(book: Book) -> Model {
    let mut model = Model::new(Start {
        tenant: "Alder & Finch".to_owned(),
        scope: "everyone".to_owned(),
        read_only: false,
        currency: Currency::parse("USD").unwrap(),
        zone: jiff::tz::TimeZone::UTC,
        now: "2026-11-23T08:50:00Z".parse().unwrap(),
        size: Size {
            width: 120,
            height: 36,
        },
        keymap: Keymap::default(),
        sync: SyncLine::default(),
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
        group.bench_function(BenchmarkId::new("first-letter", size), |bench| {
            bench.iter(|| {
                for key in ["/", "e", "esc"] {
                    press(&mut model, key);
                }
                buffer.reset();
                render(&model, &Theme::default(), &mut buffer);
            });
        });
    }
}

criterion_group!(benches, load, sort, filter, key);
criterion_main!(benches);
