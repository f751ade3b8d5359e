//! Files that are not as they were written: caches are rebuilt, ledgers salvaged, nothing altered is believed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use retain::domain::record::Kind;
use retain::store::{Cache, CachePage, Ledger, NewEvent, REPLACED, StoreError};

use super::{Home, account, minute, observation, summary};

/// How many corruptions of each database.
fn rounds() -> u64 {
    crate::share(1_000).into()
}

/// A small generator of numbers, the same in every run.
pub struct Random(u64);

impl Random {
    /// Begins somewhere.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below this one.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most.max(1)
    }
}

/// Damages a file as a disk, a crash or a stray program would.
pub fn damage(path: &Path, random: &mut Random) {
    let mut bytes = fs::read(path).unwrap();
    let length = bytes.len() as u64;
    match random.below(8) {
        0 => bytes.truncate(random.below(length) as usize),
        1 => {
            // A sector that was never written.
            let at = random.below(length) as usize / 512 * 512;
            let end = (at + 512).min(bytes.len());
            bytes[at..end].fill(0);
        }
        _ => {
            for _ in 0..=random.below(16) {
                let at = random.below(length) as usize;
                bytes[at] ^= 1 << random.below(8);
            }
        }
    }
    fs::write(path, bytes).unwrap();
}

/// Copies a directory of files.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn filled_cache(home: &Home) -> PathBuf {
    let mut cache = home.cache();
    let records: Vec<_> = (0..120)
        .map(|n| account(&n.to_string(), "Alder & Finch", "12", n))
        .collect();
    cache
        .commit_page(&CachePage {
            records: &records,
            cursor: Some(("s", "{}")),
            ..CachePage::default()
        })
        .unwrap();
    cache
        .put_summaries(&(0..120).map(summary).collect::<Vec<_>>(), &[])
        .unwrap();
    drop(cache);
    home.cache_db()
}

/// Everything that can be read of a cache, as text.
fn cache_content(cache: &Cache) -> Result<Vec<String>, StoreError> {
    let mut all = vec![format!("{:?}", cache.cursor("s")?)];
    cache.each_record(Kind::Account, &mut |record| all.push(format!("{record:?}")))?;
    cache.each_summary(&mut |summary| all.push(format!("{summary:?}")))?;
    for id in cache.ids(Kind::Account)? {
        all.push(format!("{:?}", cache.record(Kind::Account, &id)?));
    }
    Ok(all)
}

#[test]
fn a_damaged_cache_is_rebuilt_every_time_and_nothing_altered_is_read() {
    let origin = Home::new();
    let file = filled_cache(&origin);
    let expected = cache_content(&origin.cache()).unwrap();
    let mut random = Random(0x5EED);
    let (mut rebuilt, mut unharmed) = (0, 0);
    for round in 0..rounds() {
        let home = Home::new();
        copy(file.parent().unwrap(), home.cache_db().parent().unwrap());
        damage(&home.cache_db(), &mut random);
        let (cache, notice) =
            Cache::open(&home.cache_db()).unwrap_or_else(|error| panic!("round {round}: {error}"));
        if notice.is_none() {
            match cache_content(&cache) {
                // The damage hit nothing that is used, or rows that are not reached any more: never other content.
                Ok(content) => {
                    assert!(
                        content
                            .iter()
                            .all(|line| expected.contains(line) || line == "None"),
                        "round {round}"
                    );
                    unharmed += 1;
                    continue;
                }
                Err(StoreError::Damaged { .. }) => drop(cache),
                Err(error) => panic!("round {round}: {error}"),
            }
            let (_, notice) = Cache::open(&home.cache_db()).unwrap();
            assert!(notice.is_some(), "round {round}: damage was seen and forgotten");
        }
        let (mut cache, notice) = Cache::open(&home.cache_db()).unwrap();
        assert_eq!(notice, None, "round {round}");
        assert_eq!(cache.count(Kind::Account).unwrap(), 0);
        cache.put_document("a", "1").unwrap();
        rebuilt += 1;
    }
    assert!(
        rebuilt > unharmed / 4,
        "{rebuilt} rebuilt, {unharmed} unharmed: the damage is too mild to tell"
    );
}

fn filled_ledger(home: &Home) -> PathBuf {
    let mut ledger = home.ledger();
    for page in 0..6 {
        let batch: Vec<_> = (0..60)
            .map(|n| {
                observation(&account(
                    &(n * 7).to_string(),
                    "Alder & Finch",
                    &page.to_string(),
                    page,
                ))
            })
            .collect();
        ledger.observe(&batch, minute(page)).unwrap();
    }
    let events: Vec<_> = (0..60)
        .map(|n| NewEvent {
            account: Some((n * 7).to_string().as_str().into()),
            kind: "account-seen".to_owned(),
            effective_at: minute(n),
            payload: serde_json::json!({ "why": "x".repeat(n as usize * 8) }),
        })
        .collect();
    ledger.append(&events, minute(9)).unwrap();
    ledger
        .alias(Kind::Account, &"7".into(), &"14".into(), minute(9))
        .unwrap();
    // Larger than a page, so that it runs over into others.
    ledger
        .keep_file("health.toml", &"version = 3\n".repeat(4_000), minute(9))
        .unwrap();
    home.ledger_db()
}

/// Every entry of a ledger as text, with how often it is there; not that it takes the place of another one.
fn ledger_content(ledger: &Ledger) -> Result<BTreeMap<String, u32>, StoreError> {
    let mut all = BTreeMap::new();
    let mut add = |line: String| *all.entry(line).or_default() += 1;
    ledger.each_series(&[], &mut |account, field, observed| {
        add(format!("{account} {field} {observed:?}"));
    })?;
    let events = ledger.events(None, &[])?.into_iter();
    for event in events.filter(|event| event.kind != REPLACED) {
        add(format!("{event:?}"));
    }
    for alias in ledger.aliases()? {
        add(format!("{alias:?}"));
    }
    Ok(all)
}

fn assert_within(found: &BTreeMap<String, u32>, expected: &BTreeMap<String, u32>, round: u64) {
    for (line, count) in found {
        assert!(
            expected.get(line).is_some_and(|most| count <= most),
            "round {round}: altered or doubled: {line}"
        );
    }
}

/// Whether the same damage alters rows of a database for one who reads them past the checksums.
fn alters(file: &Path, select: &str, seed: u64) -> bool {
    let rows = |path: &Path| -> Option<Vec<Vec<u8>>> {
        let connection = rusqlite::Connection::open(path).ok()?;
        let mut statement = connection.prepare(select).ok()?;
        let rows = statement.query_map([], |row| {
            Ok(row.get_ref(0)?.as_bytes().unwrap_or_default().to_vec())
        });
        rows.ok()?.collect::<rusqlite::Result<_>>().ok()
    };
    let expected = rows(file).unwrap();
    assert!(!expected.is_empty(), "{select}");
    let mut random = Random(seed);
    (0..rounds()).any(|_| {
        let home = tempfile::tempdir().unwrap();
        copy(file.parent().unwrap(), home.path());
        let copied = home.path().join(file.file_name().unwrap());
        damage(&copied, &mut random);
        rows(&copied).is_some_and(|found| found.iter().any(|row| !expected.contains(row)))
    })
}

#[test]
fn read_past_the_checksums_the_same_damage_alters_what_is_read() {
    // The control of both.
    let origin = Home::new();
    assert!(alters(
        &filled_cache(&origin),
        "SELECT fields FROM records",
        0x5EED
    ));
    assert!(alters(
        &filled_ledger(&origin),
        "SELECT payload FROM events NOT INDEXED",
        0xFACE
    ));
}

#[test]
fn a_damaged_ledger_is_salvaged_every_time_and_no_altered_entry_is_accepted() {
    let origin = Home::new();
    let file = filled_ledger(&origin);
    let expected = ledger_content(&origin.ledger()).unwrap();
    let mut random = Random(0xFACE);
    let (mut salvaged, mut kept, mut all) = (0_u64, 0_usize, 0_usize);
    for round in 0..rounds() {
        let home = Home::new();
        copy(file.parent().unwrap(), home.ledger_db().parent().unwrap());
        damage(&home.ledger_db(), &mut random);
        let opened = Ledger::open(&home.ledger_db(), "test");
        let (ledger, mut notice) = opened.unwrap_or_else(|error| panic!("round {round}: {error}"));
        let mut content = ledger_content(&ledger);
        drop(ledger);
        if notice.is_none() && content.is_err() {
            let (ledger, second) = Ledger::open(&home.ledger_db(), "test").unwrap();
            assert!(second.is_some(), "round {round}: damage was seen and forgotten");
            (content, notice) = (ledger_content(&ledger), second);
        }
        let content = content.unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert_within(&content, &expected, round);
        if let Some(notice) = notice {
            // What could be told apart from rubbish is still there, and the damaged file too.
            salvaged += 1;
            kept += content.values().sum::<u32>() as usize;
            all += expected.values().sum::<u32>() as usize;
            assert!(!notice.summary.is_empty());
            let copies = fs::read_dir(home.ledger_db().parent().unwrap()).unwrap();
            let copies = copies.filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with("ledger.db.corrupt-")
            });
            assert!(
                copies.count() > 0 || fs::metadata(home.ledger_db()).is_ok(),
                "round {round}"
            );
            let mut ledger = home.ledger();
            ledger.record_look(minute(99)).unwrap();
            assert_eq!(ledger.check().unwrap(), [""; 0], "round {round}");
        }
    }
    assert!(
        salvaged > rounds() / 4,
        "{salvaged} salvaged: the damage is too mild to tell"
    );
    let share = kept as f64 / all as f64;
    assert!(
        share > 0.6,
        "only {:.0} % of the entries were saved",
        share * 100.0
    );
}

#[test]
fn entries_in_the_log_are_salvaged_too() {
    let origin = Home::new();
    let home = Home::new();
    filled_ledger(&origin);
    let ledger = origin.ledger(); // open: the log is not yet in the database
    let expected = ledger_content(&ledger).unwrap();
    {
        let mut ledger = origin.ledger();
        ledger.record_look(minute(500)).unwrap();
    }
    copy(
        origin.ledger_db().parent().unwrap(),
        home.ledger_db().parent().unwrap(),
    );
    let mut bytes = fs::read(home.ledger_db()).unwrap();
    bytes[..100].fill(0xff);
    fs::write(home.ledger_db(), bytes).unwrap();
    let (mended, notice) = Ledger::open(&home.ledger_db(), "test").unwrap();
    assert!(notice.unwrap().summary.contains("saved"));
    let content = ledger_content(&mended).unwrap();
    assert_eq!(mended.last_look(minute(999)).unwrap(), Some(minute(500)));
    assert_eq!(content.len(), expected.len() + 1);
    drop(ledger);
}

#[test]
fn an_emptied_ledger_is_never_silent() {
    let home = Home::new();
    filled_ledger(&home);
    fs::write(home.ledger_db(), b"").unwrap();
    let (_, notice) = Ledger::open(&home.ledger_db(), "test").unwrap();
    assert!(notice.unwrap().summary.contains("empty"));
}

#[test]
fn a_salvage_that_was_cut_off_is_finished() {
    let home = Home::new();
    filled_ledger(&home);
    let expected = ledger_content(&home.ledger()).unwrap();
    let name = |suffix: &str| PathBuf::from(format!("{}{suffix}", home.ledger_db().display()));
    // The new file was complete, the old one not yet replaced.
    fs::copy(home.ledger_db(), name(".salvaged")).unwrap();
    let mut bytes = fs::read(home.ledger_db()).unwrap();
    bytes[..100].fill(0);
    fs::write(home.ledger_db(), bytes).unwrap();
    let (ledger, notice) = Ledger::open(&home.ledger_db(), "test").unwrap();
    assert!(notice.is_some());
    assert_eq!(ledger_content(&ledger).unwrap(), expected);
    assert!(!name(".salvaged").exists());
}

/// The log of the damaged ledger was set aside already, and without it the ledger is sound.
#[test]
fn a_salvage_that_was_cut_off_without_the_log_is_finished_too() {
    let (origin, home) = (Home::new(), Home::new());
    filled_ledger(&origin);
    let mut ledger = origin.ledger();
    ledger.record_look(minute(500)).unwrap();
    fs::create_dir_all(home.ledger_db().parent().unwrap()).unwrap();
    fs::copy(origin.ledger_db(), home.ledger_db()).unwrap();
    let last = Ledger::open_read_only(&home.ledger_db()).unwrap();
    assert_eq!(
        last.last_look(minute(999)).unwrap(),
        None,
        "it is in the log alone"
    );
    drop(last);
    let salvaged = PathBuf::from(format!("{}.salvaged", home.ledger_db().display()));
    ledger.backup(&salvaged).unwrap();
    let (mended, notice) = Ledger::open(&home.ledger_db(), "test").unwrap();
    assert!(notice.is_some());
    assert_eq!(mended.last_look(minute(999)).unwrap(), Some(minute(500)));
    assert!(!salvaged.exists());
}

#[test]
fn a_backup_is_whole_and_comes_back_and_the_ledger_before_is_kept() {
    let home = Home::new();
    filled_ledger(&home);
    let mut ledger = home.ledger();
    let expected = ledger_content(&ledger).unwrap();
    let file = home.path().join("copy.db");
    let entries = ledger.backup(&file).unwrap();
    assert_eq!(entries, ledger.entries().unwrap());
    assert!(matches!(ledger.backup(&file), Err(StoreError::Refused { .. })));
    ledger.record_look(minute(777)).unwrap();
    drop(ledger);

    let restored = Ledger::restore(&file, &home.ledger_db()).unwrap();
    assert_eq!(restored.entries, entries + 1, "that it was brought back is noted");
    assert_eq!(ledger_content(&home.ledger()).unwrap(), expected);
    let kept = Ledger::open_read_only(&restored.kept.unwrap()).unwrap();
    assert_eq!(kept.last_look(minute(999)).unwrap(), Some(minute(777)));

    let mut bytes = fs::read(&file).unwrap();
    for place in 0..bytes.len() - 5 {
        if &bytes[place..place + 5] == b"Alder" {
            bytes[place] = b'a';
        }
    }
    fs::write(&file, bytes).unwrap();
    assert!(matches!(
        Ledger::restore(&file, &home.ledger_db()),
        Err(StoreError::Damaged { .. })
    ));
    assert_eq!(ledger_content(&home.ledger()).unwrap(), expected);
}
