//! Newer schemas, foreign files, full disks, links and permissions: one clear error each.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use retain::domain::record::Kind;
use retain::store::{Cache, Ledger, StoreError};
use rusqlite::Connection;

use super::{Home, account, minute, observation};

fn set_version(path: &Path, version: u32) {
    let connection = Connection::open(path).unwrap();
    // The version stands in both halves of the number.
    connection
        .pragma_update(None, "user_version", version << 16 | version)
        .unwrap();
}

fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}

#[test]
fn sqlite_is_new_enough() {
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[test]
fn a_cache_of_a_newer_program_is_left_as_it_was() {
    let home = Home::new();
    drop(home.cache());
    set_version(&home.cache_db(), 99);
    let before = bytes(&home.cache_db());
    let error = Cache::open(&home.cache_db()).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    assert!(error.to_string().contains("newer retain") && error.hint().contains("install"));
    let cache = Cache::open_read_only(&home.cache_db()).unwrap();
    assert_eq!(cache.count(Kind::Account).unwrap(), 0);
    drop(cache);
    assert_eq!(bytes(&home.cache_db()), before);
    // What an older program cannot read is no damage either.
    Connection::open(home.cache_db())
        .unwrap()
        .execute_batch("DROP TABLE records")
        .unwrap();
    let cache = Cache::open_read_only(&home.cache_db()).unwrap();
    let error = cache.count(Kind::Account).unwrap_err();
    assert!(matches!(error, StoreError::Newer { .. }), "{error}");
    assert!(matches!(
        Cache::open(&home.cache_db()),
        Err(StoreError::Newer { .. })
    ));
}

#[test]
fn a_ledger_of_a_newer_program_is_read_and_left_as_it_was() {
    let home = Home::new();
    let mut ledger = home.ledger();
    ledger
        .observe(&[observation(&account("1", "Alder", "4", 1))], minute(1))
        .unwrap();
    drop(ledger);
    set_version(&home.ledger_db(), 99);
    let before = bytes(&home.ledger_db());
    let (mut ledger, notice) = Ledger::open(&home.ledger_db(), "test").unwrap();
    assert!(notice.unwrap().summary.contains("newer retain"));
    assert!(ledger.is_read_only());
    assert_eq!(
        ledger
            .series(Kind::Account, &"1".into(), "wau", minute(9))
            .unwrap()
            .len(),
        1
    );
    let error = ledger.record_look(minute(2)).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    drop(ledger);
    assert_eq!(bytes(&home.ledger_db()), before);
}

#[test]
fn a_database_of_another_program_is_kept_aside() {
    let home = Home::new();
    fs::create_dir_all(home.cache_db().parent().unwrap()).unwrap();
    Connection::open(home.cache_db())
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x)")
        .unwrap();
    let (_, notice) = Cache::open(&home.cache_db()).unwrap();
    assert!(notice.unwrap().hint.unwrap().contains("corrupt-1"));
}

#[test]
fn there_is_nothing_to_read_before_the_first_sync() {
    let home = Home::new();
    for error in [
        Cache::open_read_only(&home.cache_db()).unwrap_err(),
        Ledger::open_read_only(&home.ledger_db()).unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Missing { .. }), "{error}");
        assert_eq!(error.hint(), "run `retain sync` once");
    }
}

#[test]
fn links_in_the_place_of_databases_are_refused() {
    let home = Home::new();
    let elsewhere = home.path().join("elsewhere");
    fs::create_dir_all(home.cache_db().parent().unwrap()).unwrap();
    fs::create_dir_all(home.ledger_db().parent().unwrap()).unwrap();
    for database in [home.cache_db(), home.ledger_db()] {
        symlink(&elsewhere, database).unwrap();
    }
    let errors = [
        Cache::open(&home.cache_db()).unwrap_err(),
        Ledger::open(&home.ledger_db(), "t").unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("symbolic link"), "{error}");
    }
    assert!(!elsewhere.exists());
}

#[test]
fn directories_and_all_files_beside_the_databases_are_private() {
    let home = Home::new();
    fs::create_dir(home.cache_db().parent().unwrap()).unwrap();
    fs::set_permissions(
        home.cache_db().parent().unwrap(),
        fs::Permissions::from_mode(0o777),
    )
    .unwrap();
    let (mut cache, mut ledger) = (home.cache(), home.ledger());
    cache.put_document("a", "1").unwrap();
    ledger.record_look(minute(1)).unwrap();
    let mut seen = 0;
    for directory in [home.cache_db(), home.ledger_db()].map(|file| file.parent().unwrap().to_owned()) {
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700);
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            seen += 1;
        }
    }
    // Database, log, shared memory and lock of each.
    assert_eq!(seen, 8);
}

/// The schemas that each version of the program shipped, as SQL: `(version, cache, ledger)`.
const SHIPPED: [(u32, &str, &str); 6] = [
    (
        1,
        include_str!("../schemas/cache-1.sql"),
        include_str!("../schemas/ledger-1.sql"),
    ),
    (
        2,
        include_str!("../schemas/cache-1.sql"),
        include_str!("../schemas/ledger-2.sql"),
    ),
    (
        3,
        include_str!("../schemas/cache-2.sql"),
        include_str!("../schemas/ledger-2.sql"),
    ),
    (
        4,
        include_str!("../schemas/cache-3.sql"),
        include_str!("../schemas/ledger-2.sql"),
    ),
    (
        5,
        include_str!("../schemas/cache-3.sql"),
        include_str!("../schemas/ledger-3.sql"),
    ),
    (
        6,
        include_str!("../schemas/cache-4.sql"),
        include_str!("../schemas/ledger-3.sql"),
    ),
];

fn schema_of(path: &Path) -> String {
    let connection = Connection::open(path).unwrap();
    let pragma = |name| {
        connection
            .pragma_query_value::<i64, _>(None, name, |row| row.get(0))
            .unwrap()
    };
    let mut text = format!(
        "PRAGMA application_id = {};\nPRAGMA user_version = {};\n",
        pragma("application_id"),
        pragma("user_version")
    );
    let mut statement = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .unwrap();
    for sql in statement.query_map([], |row| row.get::<_, String>(0)).unwrap() {
        text.push_str(&sql.unwrap());
        text.push_str(";\n");
    }
    text
}

#[test]
fn every_shipped_schema_is_migrated_to_the_newest() {
    let newest = Home::new();
    drop((newest.cache(), newest.ledger()));
    for (version, cache, ledger) in SHIPPED {
        let home = Home::new();
        for (path, sql) in [(home.cache_db(), cache), (home.ledger_db(), ledger)] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            Connection::open(path).unwrap().execute_batch(sql).unwrap();
        }
        drop((home.cache(), home.ledger()));
        assert_eq!(
            schema_of(&home.cache_db()),
            schema_of(&newest.cache_db()),
            "cache from {version}"
        );
        assert_eq!(
            schema_of(&home.ledger_db()),
            schema_of(&newest.ledger_db()),
            "ledger from {version}"
        );
    }
}

#[test]
fn the_newest_schema_is_among_the_shipped_ones() {
    let home = Home::new();
    drop((home.cache(), home.ledger()));
    if let Some(directory) = std::env::var_os("RETAIN_TEST_WRITE_SCHEMAS") {
        for (name, path) in [("cache", home.cache_db()), ("ledger", home.ledger_db())] {
            fs::write(Path::new(&directory).join(name), schema_of(&path)).unwrap();
        }
    }
    let (version, cache, ledger) = SHIPPED[SHIPPED.len() - 1];
    let hint = format!(
        "commit this as tests/it/schemas/*-{}.sql when a step was appended",
        version + 1
    );
    assert_eq!(schema_of(&home.cache_db()), cache, "{hint}");
    assert_eq!(schema_of(&home.ledger_db()), ledger, "{hint}");
}
