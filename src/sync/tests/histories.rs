//! Random histories: what is here equals what is there.

use proptest::prelude::*;

use super::bench::{A, Bench, account, child, set};
use super::full::share;
use crate::domain::record::Kind;
use crate::sync::Scope;
use crate::sync::fake::Edit;

fn edit_strategy() -> impl Strategy<Value = Edit> {
    let any_account = 1_u64..8;
    let child_key = (
        prop::sample::select(vec![Kind::Contact, Kind::Contract, Kind::Task, Kind::Email]),
        20_u64..32,
    );
    prop_oneof![
        4 => (any_account.clone(), "[a-c]").prop_map(|(n, value)| set(A, n, "value", &value)),
        2 => any_account.clone().prop_map(account),
        1 => (any_account.clone(), prop::sample::select(vec!["1", "2", "3"])).prop_map(|(n, to)| set(A, n, "owner", to)),
        1 => (any_account.clone(), prop::sample::select(vec!["customer", "prospect"]))
            .prop_map(|(n, to)| set(A, n, "type", to)),
        1 => any_account.clone().prop_map(|n| Edit::Archive((A, n))),
        1 => any_account.clone().prop_map(|n| Edit::Restore((A, n))),
        1 => (any_account.clone(), any_account.clone()).prop_map(|(one, other)| Edit::Merge(one, other)),
        1 => (any_account.clone(), "[a-c]").prop_map(|(n, value)| Edit::Calculate((A, n), value)),
        4 => (child_key.clone(), any_account.clone()).prop_map(|((kind, n), of)| child(kind, n, of)),
        3 => (child_key.clone(), prop::sample::select(vec!["1", "3"])).prop_map(|(key, to)| Edit::Set(key, "owner", to.to_owned())),
        1 => child_key.clone().prop_map(|key| Edit::Set(key, "done", "true".to_owned())),
        1 => child_key.clone().prop_map(Edit::Archive),
        1 => child_key.clone().prop_map(Edit::Restore),
        1 => (any_account, child_key, any::<bool>()).prop_map(|(n, key, there)| Edit::Link((A, n), key, there)),
        6 => (0_i64..3).prop_map(Edit::Wait),
    ]
}

/// How many histories are played; at home fewer than a fifth, for the time that it takes.
fn histories() -> u32 {
    share(10_000, 200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: histories() / 5, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Edits while we read, equal stamps, a lagging index, archives, restores and merges: after one quiet delta nothing
    /// is missing or stale, after one sweep nothing is too much. Each case plays five histories.
    #[test]
    fn here_equals_there(
        scope in prop::sample::select(vec![Scope::Me, Scope::Team, Scope::All]),
        page in 1_usize..5,
        rounds in prop::collection::vec(
            (prop::collection::vec(edit_strategy(), 0..25), prop::collection::vec(edit_strategy(), 0..25), 0_u64..6),
            5,
        ),
    ) {
        let mut bench = Bench::new(scope, page);
        for (before, during, lag) in rounds {
            bench.crm.with(|state| {
                state.lag = lag;
                for edit in &before {
                    state.apply(edit);
                }
                state.pending = during.into();
            });
            bench.sync().unwrap();
            bench.crm.with(|state| {
                while let Some(edit) = state.pending.pop_front() {
                    state.apply(&edit);
                }
                state.settle();
            });
            bench.sync().unwrap();
            bench.assert_nothing_missing();
            bench.full().unwrap();
            bench.assert_same();
        }
    }
}
