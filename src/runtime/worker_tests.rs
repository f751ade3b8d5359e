#![allow(clippy::unwrap_used)]

use super::*;
use crate::config::paths::Places;

#[test]
fn a_ledger_that_is_gone_or_empty_is_missed_once_there_was_a_sync_and_before_a_new_one_is_begun() {
    let home = tempfile::tempdir().unwrap();
    let paths = Places::below(home.path()).profile("p", "hubspot", Some("1"));
    assert_eq!(lost_ledger(&paths), None, "nothing was ever there");
    drop(Ledger::open(&paths.ledger_db, "t").unwrap());
    let (mut cache, _) = Cache::open(&paths.cache_db).unwrap();
    cache.put_document(DOCUMENT, "{}").unwrap();
    drop(cache);
    assert_eq!(lost_ledger(&paths), None, "it is there");
    std::fs::write(format!("{}.before-restore-1", paths.ledger_db.display()), "").unwrap();
    std::fs::write(format!("{}.before-restore-1-wal", paths.ledger_db.display()), "").unwrap();
    std::fs::write(&paths.ledger_db, "").unwrap();
    let emptied = lost_ledger(&paths).unwrap();
    std::fs::remove_file(&paths.ledger_db).unwrap();
    assert_eq!(lost_ledger(&paths).as_ref(), Some(&emptied));
    let hint = emptied.hint.unwrap();
    assert!(
        hint.contains("retain ledger restore FILE") && hint.ends_with("ledger.db.before-restore-1"),
        "{hint}"
    );
    let (_, told) = open_ledger(&Setup::default(), &paths).unwrap();
    assert_eq!(told.unwrap().summary, emptied.summary);
    assert_eq!(lost_ledger(&paths), None, "a new one is begun");
}
