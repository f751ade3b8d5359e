//! The databases from outside: what survives crashes, damage, other processes and full disks.

mod damage;
mod history;
mod limits;
pub mod outbox;
mod outbox_damage;
mod processes;
mod speed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use retain::domain::record::{Core, Kind, Record, RecordId};
use retain::domain::summary::{Band, Summary};
use retain::store::{Cache, Ledger, Observation, Source};

/// A directory of its own with a cache and a ledger in it.
pub struct Home(tempfile::TempDir);

impl Home {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The cache's file.
    pub fn cache_db(&self) -> PathBuf {
        self.0.path().join("cache/cache.db")
    }

    /// The ledger's file.
    pub fn ledger_db(&self) -> PathBuf {
        self.0.path().join("state/ledger.db")
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The cache, which must open without a notice.
    pub fn cache(&self) -> Cache {
        let (cache, notice) = Cache::open(&self.cache_db()).unwrap();
        assert_eq!(notice, None);
        cache
    }

    /// The ledger, which must open without a notice.
    pub fn ledger(&self) -> Ledger {
        let (ledger, notice) = Ledger::open(&self.ledger_db(), "test").unwrap();
        assert_eq!(notice, None);
        ledger
    }
}

/// So many minutes after the beginning of the tests' time.
pub fn minute(number: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + number * 60).unwrap()
}

/// An account with this id, name and usage.
pub fn account(id: &str, name: &str, usage: &str, changed: i64) -> Record {
    Record {
        kind: Kind::Account,
        id: id.into(),
        created: minute(0),
        changed: minute(changed),
        archived: false,
        core: BTreeMap::from([(Core::Name, name.to_owned()), (Core::Owner, "77".to_owned())]),
        mapped: BTreeMap::from([("wau".to_owned(), usage.to_owned())]),
    }
}

/// What a sync would note of a record.
pub fn observation(record: &Record) -> Observation {
    let core = record
        .core
        .iter()
        .map(|(field, value)| (format!("core:{}", field.name()), value));
    let mapped = record.mapped.iter().map(|(name, value)| (name.clone(), value));
    Observation {
        account: None,
        kind: record.kind,
        record: record.id.clone(),
        source: Source::Sync,
        effective_at: record.changed,
        fields: core
            .chain(mapped)
            .map(|(field, value)| (field, Some(value.clone())))
            .collect(),
    }
}

/// A summary of an account; the number decides what is in it.
pub fn summary(number: u32) -> Summary {
    let known = !number.is_multiple_of(3);
    let day = jiff::civil::date(2027, 2, 28);
    Summary {
        id: RecordId(format!("{}", 9_000_000 + number)),
        name: format!("Ωmega Holding {number}"),
        domain: known.then(|| format!("omega{number}.example")),
        former_names: (0..number % 3).map(|n| format!("Alpha {n}")).collect(),
        arr: known.then_some(i64::from(number) * 1_234_567),
        arr_at_least: number.is_multiple_of(2),
        score: known.then_some((number % 101) as u8),
        band: [Band::Red, Band::Unknown, Band::Amber, Band::Green][number as usize % 4],
        last_band: known.then_some(Band::Amber),
        coverage: (number % 101) as u8,
        delta: known.then_some(-(number as i16 % 100)),
        trend: [255, 0, 1, 2, 3, 4, 5, (number % 256) as u8],
        notice_by: known.then_some(day),
        ends: Some(day),
        monthly: number.is_multiple_of(5),
        segment: known.then(|| "enterprise".to_owned()),
        stage: Some("adoption".to_owned()),
        csm: known.then(|| "77".into()),
        csm_name: known.then(|| "Dana North".to_owned()),
        last_touch: known.then_some(day),
        measured: Vec::new(),
        at_stake: known.then_some(-i64::from(number)),
        open_warnings: (number % 9) as u16,
        worst: i64::from((number * 7919) % 1000),
    }
}
