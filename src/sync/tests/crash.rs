//! A crash between the two commits, and a deleted cache.

use super::bench::{A, Bench, account, child, set, stores};
use crate::domain::record::Kind;
use crate::store::Ledger;
use crate::sync::fake::{Edit, id};
use crate::sync::{Scope, SyncError, SyncEvent, SyncOptions, observe, run};

#[test]
fn a_deleted_cache_leaves_history_as_it_was() {
    let mut bench = Bench::new(Scope::All, 3);
    bench.edit((1..=5).flat_map(|n| {
        [
            account(n),
            set(A, n, "value", "1"),
            child(Kind::Ticket, 10 + n, n),
        ]
    }));
    bench.sync().unwrap();
    let before = history(&bench.stores.ledger, 5);
    bench.delete_cache();
    bench.edit([Edit::Wait(60_000)]);
    bench.sync().unwrap();
    bench.assert_same();
    assert_eq!(history(&bench.stores.ledger, 5), before);
}

/// Six accounts, five of them with a value and a ticket, after a first sync.
pub fn synced(scope: Scope) -> Bench {
    let mut bench = Bench::new(scope, 3);
    bench.edit((1..=5).flat_map(|n| {
        [
            account(n),
            set(A, n, "value", "1"),
            child(Kind::Ticket, 10 + n, n),
        ]
    }));
    bench.edit([Edit::Wait(3_600_000), account(6)]);
    bench.sync().unwrap();
    bench
}

/// The last page is kept by then, and nothing of what follows it.
#[test]
fn a_first_sync_that_is_killed_at_its_end_goes_on_there() {
    let begun = || {
        let bench = Bench::new(Scope::All, 3);
        bench.edit((1..=5).flat_map(|n| [account(n), child(Kind::Ticket, 10 + n, n)]));
        bench.edit([Edit::Wait(3_600_000), account(6)]);
        bench
    };
    let mut whole = begun();
    whole.sync().unwrap();
    let mut bench = begun();
    let options = SyncOptions::new(Scope::All, Some("me@example.com".to_owned()), bench.crm.now());
    let killed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let (runtime, stores) = (bench.runtime.handle(), &mut bench.stores);
        run(
            &bench.crm,
            runtime,
            stores,
            &bench.mapping,
            &options,
            &mut |event, _| {
                let kept = |event: &SyncEvent| {
                    matches!(
                        event,
                        SyncEvent::Stage {
                            what: "accounts",
                            done: 6,
                            ..
                        }
                    )
                };
                assert!(!kept(&event), "killed");
            },
        )
    }));
    assert!(killed.is_err());
    bench.stores = stores(&bench.directory);
    let before = bench.crm.with(|state| state.asked.len());
    bench.sync().unwrap();
    let asked = bench.crm.with(|state| state.asked.split_off(before));
    let searched = asked
        .iter()
        .filter(|one| one.starts_with("search ticket") || one.starts_with("list account"));
    assert_eq!(searched.count(), 0, "{asked:?}");
    assert!(
        asked.len() < whole.crm.with(|state| state.asked.len()),
        "{asked:?}"
    );
    bench.edit([Edit::Wait(1_000), set(A, 1, "value", "new")]);
    bench.sync().unwrap();
    bench.assert_same();
}

/// Nothing of what is cached changes, so nothing would ever be told to the new ledger.
#[test]
fn a_deleted_ledger_learns_what_is_cached() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = synced(scope);
        let before = history(&bench.stores.ledger, 6);
        bench.delete("ledger.db");
        bench.sync().unwrap();
        bench.assert_same();
        assert_eq!(history(&bench.stores.ledger, 6), before);
    }
}

/// A calculated value moves no stamp, so it was noted when it was seen; without a cache it must stay there.
#[test]
fn a_deleted_cache_rewrites_no_calculated_value() {
    let mut bench = Bench::new(Scope::All, 3);
    bench.edit([account(1), Edit::Calculate((A, 1), "5".to_owned())]);
    bench.sync().unwrap();
    bench.edit([
        Edit::Wait(3_700_000),
        Edit::Calculate((A, 1), "7".to_owned()),
        child(Kind::Ticket, 11, 1),
    ]);
    bench.sync().unwrap();
    let before = history(&bench.stores.ledger, 1);
    bench.edit([Edit::Wait(60_000)]);
    bench.delete_cache();
    bench.sync().unwrap();
    bench.assert_same();
    assert_eq!(history(&bench.stores.ledger, 1), before);

    bench.edit([Edit::Wait(60_000), Edit::Calculate((A, 1), "9".to_owned())]);
    bench.delete_cache();
    bench.sync().unwrap();
    let after = history(&bench.stores.ledger, 1);
    assert_eq!(after.len(), before.len() + 1);
    assert!(before.iter().all(|line| after.contains(line)));
    bench.assert_same();
}

#[test]
fn what_went_while_there_was_no_cache_is_noted_as_gone() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 3);
        bench.edit((1..=4).map(account));
        bench.sync().unwrap();
        bench.delete_cache();
        bench.edit([
            Edit::Wait(60_000),
            Edit::Archive((A, 2)),
            set(A, 3, "type", "prospect"),
        ]);
        bench.sync().unwrap();
        bench.assert_same();
        let gone = |why: &str| serde_json::json!({ "why": why });
        assert_eq!(
            bench.gone_events(),
            [(id(2), gone("deleted")), (id(3), gone("left"))]
        );
        bench.full().unwrap();
        assert_eq!(bench.gone_events().len(), 2);
    }
}

#[test]
fn a_deleted_cache_lets_no_other_tenant_in() {
    let mut bench = Bench::new(Scope::All, 3);
    bench.edit([account(1), set(A, 1, "value", "ours")]);
    bench.sync().unwrap();
    let before = history(&bench.stores.ledger, 1);
    bench.delete_cache();
    bench.crm.with(|state| state.tenant = "8".to_owned());
    bench.edit([Edit::Wait(60_000), set(A, 1, "value", "theirs")]);
    let error = bench.sync().unwrap_err();
    assert!(matches!(&error, SyncError::OtherTenant { known, found } if known == "7" && found == "8"));
    assert_eq!(history(&bench.stores.ledger, 1), before);
}

#[test]
fn the_profiles_tenant_is_compared_before_anything_is_written() {
    let mut bench = Bench::new(Scope::All, 3);
    bench.edit([account(1)]);
    bench.expected_tenant = Some("8".to_owned());
    assert!(matches!(bench.sync(), Err(SyncError::OtherTenant { .. })));
    assert!(bench.stores.ledger.events(None, &[]).unwrap().is_empty());
    bench.expected_tenant = Some("7".to_owned());
    bench.sync().unwrap();
    bench.assert_same();
}

/// A cache that cannot be written is a crash between the two commits: the ledger has the page, the cache has not.
#[test]
fn a_crash_between_the_two_commits_leaves_history_as_it_was() {
    let edits = || {
        (1..=5).flat_map(|n| {
            [
                account(n),
                set(A, n, "value", "1"),
                Edit::Calculate((A, n), "5".to_owned()),
            ]
        })
    };
    let more = || {
        [
            Edit::Wait(3_700_000),
            set(A, 1, "value", "2"),
            Edit::Calculate((A, 2), "6".to_owned()),
        ]
    };
    let mut whole = Bench::new(Scope::All, 3);
    whole.edit(edits());
    whole.sync().unwrap();
    whole.edit(more());
    whole.sync().unwrap();

    let mut cut = Bench::new(Scope::All, 3);
    cut.edit(edits());
    cut.sync().unwrap();
    cut.edit(more());
    // The same steps as a page takes, without the second one.
    let now = cut.crm.now();
    for (number, record) in cut.expected() {
        let before = cut.local(A)[&id(number.1)].clone();
        let properties = cut.mapping.properties(A);
        let told = observe::observations(&record, &properties, None, Some(&before), now);
        if before != record {
            cut.stores.ledger.observe(&told, now).unwrap();
        }
    }
    cut.sync().unwrap();
    cut.assert_same();
    assert_eq!(history(&cut.stores.ledger, 5), history(&whole.stores.ledger, 5));
}

/// Everything that the ledger knows of accounts 1 to `last`, without when it was noted.
pub fn history(ledger: &Ledger, last: u64) -> Vec<String> {
    let mut lines = Vec::new();
    for number in 1..=last {
        for seen in ledger.history_of_account(&id(number)).unwrap() {
            lines.push(format!(
                "{:?} {} {} {:?} {}",
                seen.kind, seen.record, seen.field, seen.value, seen.effective_at
            ));
        }
        for event in ledger
            .events(Some(&id(number)), &["account-seen", "account-gone"])
            .unwrap()
        {
            lines.push(format!("{number} {} {}", event.kind, event.payload));
        }
    }
    lines.sort();
    lines
}
