//! Contacts that left the cache for whatever reason: whether the CRM has deleted them since is asked in turns.

use super::bench::{A, Bench, account, child, set};
use crate::domain::record::Kind;
use crate::store::erase::contact::GONE;
use crate::sync::Scope;
use crate::sync::fake::Edit;

/// About how many contacts a sync asks for by id, counting each question.
fn asked(bench: &mut Bench, full: bool) -> usize {
    let asked = |bench: &Bench| {
        bench.crm.with(|state| {
            let counts = state
                .asked
                .iter()
                .filter_map(|one| one.strip_prefix("read contact "));
            counts.map(|count| count.parse::<usize>().unwrap()).sum::<usize>()
        })
    };
    let before = asked(bench);
    bench.edit([Edit::Wait(25 * 3_600_000)]);
    bench.full = full;
    bench.sync().unwrap();
    asked(bench) - before
}

/// How often their names are written, from now on.
fn writes_of_names(bench: &Bench) -> rusqlite::Connection {
    let cache = rusqlite::Connection::open(bench.directory.path().join("cache.db")).unwrap();
    let counted = "CREATE TABLE writes (name TEXT);
        CREATE TRIGGER counted AFTER INSERT ON documents WHEN new.name = 'departed-names'
        BEGIN INSERT INTO writes VALUES (new.name); END";
    cache.execute_batch(counted).unwrap();
    cache
}

#[test]
fn the_names_of_those_who_leave_in_one_step_are_written_once_and_before_anyone_leaves() {
    let mut bench = Bench::new(Scope::Me, 200);
    bench.edit(
        (1..=1_100).flat_map(|number| [account(number), child(Kind::Contact, 10_000 + number, number)]),
    );
    // One of them hangs on two accounts, both of which leave.
    bench.edit([Edit::Link((Kind::Contact, 10_001), (A, 1_099), true)]);
    bench.sync().unwrap();
    let writes = writes_of_names(&bench);
    bench.edit((1..=1_100).map(|number| set(A, number, "owner", "3")));
    bench.accept = true;
    assert_eq!(bench.sync().unwrap().gone, 2_200);
    assert_eq!(bench.local(Kind::Contact).len(), 0);
    let count = |row: &rusqlite::Row<'_>| row.get::<_, u32>(0);
    let written = writes
        .query_row("SELECT count(*) FROM writes", [], count)
        .unwrap();
    assert_eq!(written, 1);
}

#[test]
fn a_sweep_asks_for_some_of_those_who_left_and_the_next_one_for_others() {
    let mut bench = Bench::new(Scope::Me, 200);
    bench.edit([account(1), account(2)]);
    bench.edit((10_000..12_100).map(|number| child(Kind::Contact, number, 1)));
    bench.sync().unwrap();
    bench.edit([Edit::Wait(100), set(A, 1, "owner", "3")]);
    bench.sync().unwrap();
    assert_eq!(bench.local(Kind::Contact).len(), 0);
    bench.crm.with(|state| {
        state.records.remove(&(Kind::Contact, 12_099));
        state.settle();
    });
    let gone = |bench: &Bench| bench.stores.ledger.events(None, &[GONE]).unwrap().len();
    assert_eq!((asked(&mut bench, false), gone(&bench)), (1_000, 0));
    assert_eq!((asked(&mut bench, false), gone(&bench)), (1_000, 0));
    // The one that is missing is asked for once more by itself.
    assert_eq!((asked(&mut bench, false), gone(&bench)), (1_001, 1));
    assert!(
        asked(&mut bench, true) >= 2_100,
        "who asks for everything gets it"
    );
}
