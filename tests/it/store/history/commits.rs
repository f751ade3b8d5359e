//! What a crash between the two commits leaves, and that a page is written whole.

use super::*;

#[test]
fn a_crash_between_the_commits_or_a_deleted_cache_leaves_history_as_it_was() {
    let pages: Vec<Vec<Record>> = (0..8)
        .map(|page| {
            (0..5)
                .map(|n| {
                    account(
                        &(100 + (page * 3 + n) % 9).to_string(),
                        "Alder",
                        &(page / 3).to_string(),
                        page,
                    )
                })
                .collect()
        })
        .collect();
    // Without a cache everything is read anew, and the CRM gives each record as it is now.
    let today: BTreeMap<RecordId, Record> = pages
        .iter()
        .flatten()
        .map(|record| (record.id.clone(), record.clone()))
        .collect();
    let today: Vec<Record> = today.into_values().collect();
    let today: Vec<Vec<Record>> = today.chunks(5).map(<[Record]>::to_vec).collect();
    let calm = Home::new();
    sync(&calm, &pages, None);
    let expected = all_history(&calm);
    for crash in 0..pages.len() {
        let home = Home::new();
        sync(&home, &pages, Some(crash));
        sync(&home, &pages, None);
        assert_eq!(all_history(&home), expected, "crash at page {crash}");
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", home.cache_db().display()));
        }
        sync(&home, &today, None);
        assert_eq!(
            all_history(&home),
            expected,
            "deleted cache after a crash at page {crash}"
        );
        let (one, other) = (home.cache(), calm.cache());
        let dump = |cache: &Cache| {
            let mut all = Vec::new();
            cache
                .each_record(Kind::Account, &mut |record| all.push(record))
                .unwrap();
            all
        };
        assert_eq!(dump(&one), dump(&other));
    }
}

#[test]
fn a_page_is_written_whole_or_not_at_all() {
    let home = Home::new();
    let mut cache = home.cache();
    let reader = Cache::open_read_only(&home.cache_db()).unwrap();
    let before = reader.data_version().unwrap();
    let records = [account("1", "Alder", "4", 1)];
    cache
        .commit_page(&CachePage {
            records: &records,
            cursor: Some(("s", "{}")),
            ..CachePage::default()
        })
        .unwrap();
    assert_ne!(reader.data_version().unwrap(), before);
    assert_eq!(reader.cursor("s").unwrap().as_deref(), Some("{}"));
    assert_eq!(reader.count(Kind::Account).unwrap(), 1);
}
