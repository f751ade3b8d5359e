//! How long the databases take at 100,000 accounts. Run by hand, in release:
//! `cargo test --release --test it store::speed -- --ignored --nocapture`

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use retain::domain::record::{Core, Kind, Record, RecordId};
use retain::store::{Cache, CachePage, LinkSet, Observation, Source};

use super::{Home, minute, observation, summary};

const ACCOUNTS: usize = 100_000;
const CONTACTS: usize = 200_000;
const CONTRACTS: usize = 150_000;
const PAGE: usize = 1_000;

/// Time that this thread has computed, which other programs on the machine do not change (Linux).
fn computed() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// Time as the clock says, and computed.
#[derive(Default)]
struct Spent {
    clock: Duration,
    computed: Duration,
}

impl Spent {
    fn on<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (start, before) = (Instant::now(), computed());
        let value = work();
        self.clock += start.elapsed();
        self.computed += computed().saturating_sub(before);
        value
    }
}

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        write!(
            f,
            "{:>9.2} ms, computed {:>9.2} ms",
            milliseconds(self.clock),
            milliseconds(self.computed)
        )
    }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let mut spent = Spent::default();
    let value = spent.on(work);
    println!("{spent}  {what}");
    value
}

fn record(kind: Kind, number: usize) -> Record {
    let text = |what: &str| format!("{what} {number}");
    let core = match kind {
        Kind::Account => vec![
            (Core::Name, text("Alder & Finch")),
            (Core::Domain, format!("alder{number}.example")),
            (Core::Owner, "712345".to_owned()),
        ],
        Kind::Contact => vec![
            (Core::FirstName, "Robin".to_owned()),
            (Core::LastName, text("Alder")),
            (Core::Email, format!("robin{number}@alder.example")),
            (Core::JobTitle, "Head of Operations".to_owned()),
        ],
        _ => vec![
            (Core::Name, text("Renewal")),
            (Core::StageId, "1234567".to_owned()),
            (Core::Pipeline, "renewals".to_owned()),
            (Core::Amount, "12000.00".to_owned()),
            (Core::Closed, "false".to_owned()),
        ],
    };
    let mapped: BTreeMap<String, String> = [
        "lifecyclestage",
        "customer_tier",
        "wau",
        "wau_updated_at",
        "nps",
        "seats_bought",
    ]
    .into_iter()
    .map(|name| (name.to_owned(), format!("value{}", number % 977)))
    .collect();
    Record {
        kind,
        id: RecordId((9_000_000_000 + number * 13).to_string()),
        created: minute(0),
        changed: minute((number % 5_000) as i64),
        archived: false,
        core: core.into_iter().collect(),
        mapped,
    }
}

fn pages(kind: Kind, count: usize) -> Vec<Vec<Record>> {
    (0..count / PAGE)
        .map(|page| (0..PAGE).map(|n| record(kind, page * PAGE + n)).collect())
        .collect()
}

#[test]
#[ignore = "measures, by hand and in release"]
fn figures() {
    let home = Home::new();
    first_sync(&home);
    what_the_screen_reads(&home);
    what_scoring_reads(&home);
    timed("open the ledger", || drop(home.ledger()));
    timed("open the cache", || drop(home.cache()));
}

fn first_sync(home: &Home) {
    let (mut cache, mut ledger) = (home.cache(), home.ledger());
    let (mut in_cache, mut in_ledger) = (Spent::default(), Spent::default());
    for (kind, count) in [
        (Kind::Account, ACCOUNTS),
        (Kind::Contact, CONTACTS),
        (Kind::Contract, CONTRACTS),
    ] {
        for (number, records) in pages(kind, count).iter().enumerate() {
            let links: Vec<LinkSet> = records
                .iter()
                .enumerate()
                .filter(|_| kind != Kind::Account)
                .map(|(n, record)| LinkSet {
                    from: (kind, record.id.clone()),
                    to: Kind::Account,
                    ids: vec![RecordId(
                        (9_000_000_000 + (number * PAGE + n) * ACCOUNTS / count * 13).to_string(),
                    )],
                })
                .collect();
            let observations: Vec<Observation> = records.iter().map(observation).collect();
            in_ledger.on(|| ledger.observe(&observations, minute(9_000)).unwrap());
            let page = CachePage {
                records,
                links: &links,
                cursor: Some(("s", "{}")),
                ..CachePage::default()
            };
            in_cache.on(|| cache.commit_page(&page).unwrap());
        }
    }
    println!("{in_cache}  450,000 records into the cache, in pages of {PAGE}");
    println!("{in_ledger}  450,000 records into the ledger, in pages of {PAGE}");
    let size = |path: std::path::PathBuf| path.metadata().unwrap().len() / 1_000_000;
    println!(
        "cache {} MB, ledger {} MB",
        size(home.cache_db()),
        size(home.ledger_db())
    );
}

fn what_the_screen_reads(home: &Home) {
    let mut cache = home.cache();
    let all: Vec<_> = (0..ACCOUNTS as u32).map(summary).collect();
    timed("put 100,000 summaries", || {
        cache.put_summaries(&all, &[]).unwrap();
    });
    timed("put them again", || cache.put_summaries(&all, &[]).unwrap());
    drop(cache);
    let reader = timed("open a reader", || {
        Cache::open_read_only(&home.cache_db()).unwrap()
    });
    timed("top 50", || {
        assert_eq!(reader.top_summaries(50).unwrap().len(), 50);
    });
    timed("top 50 again", || reader.top_summaries(50).unwrap());
    timed("each of 100,000 summaries", || {
        let mut count = 0;
        reader
            .each_summary(&mut |summary| count += usize::from(!summary.name.is_empty()))
            .unwrap();
        assert_eq!(count, ACCOUNTS);
    });
    timed("each of 100,000 accounts", || {
        reader
            .each_record(Kind::Account, &mut |record| drop(record))
            .unwrap();
    });
    timed("each of 200,000 links", || {
        reader
            .each_link(Kind::Account, Kind::Contact, &mut |_, _| ())
            .unwrap();
    });
    timed("1,000 accounts with contacts and contracts", || {
        for number in 0..1_000 {
            let id = RecordId((9_000_000_000_usize + number * 97 % ACCOUNTS * 13).to_string());
            assert!(reader.record(Kind::Account, &id).unwrap().is_some());
            reader.linked((Kind::Account, &id), Kind::Contact).unwrap();
            reader.linked((Kind::Account, &id), Kind::Contract).unwrap();
        }
    });
}

fn what_scoring_reads(home: &Home) {
    let mut ledger = home.ledger();
    let history: Vec<Observation> = (0..1_600)
        .flat_map(|account| {
            (0..78).map(move |week| Observation {
                account: None,
                kind: Kind::Account,
                record: RecordId((9_000_000_000_usize + account * 13).to_string()),
                source: Source::History,
                effective_at: minute(-week * 10_080),
                fields: ["wau", "nps", "seats_bought"]
                    .into_iter()
                    .map(|name| (name.to_owned(), Some(format!("{}", week * 7 % 50))))
                    .collect(),
            })
        })
        .collect();
    timed("note 1,600 × 78 points of history", || {
        for page in history.chunks(5_000) {
            ledger.observe(page, minute(9_001)).unwrap();
        }
    });
    timed("note 100,000 accounts again", || {
        for records in pages(Kind::Account, ACCOUNTS) {
            let batch: Vec<_> = records.iter().map(observation).collect();
            assert_eq!(ledger.observe(&batch, minute(9_002)).unwrap(), 0);
        }
    });
    timed("each series of all accounts, two fields", || {
        let mut count = 0_usize;
        ledger
            .each_series(&["wau", "nps"], &mut |_, _, _| count += 1)
            .unwrap();
        println!("           ({count} points)");
    });
    timed("one series of 78 points", || {
        ledger
            .series(Kind::Account, &"9000000013".into(), "wau", minute(9_999))
            .unwrap()
    });
}
