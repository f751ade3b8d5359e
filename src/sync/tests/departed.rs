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
