//! What each sync owes, rule by rule.

use std::collections::BTreeSet;

use super::bench::{A, Bench, account, child, set};
use crate::domain::record::{Core, Kind, RecordId};
use crate::store::CachePage;
use crate::sync::fake::{Edit, State, id};
use crate::sync::run::READING;
use crate::sync::{Scope, SyncError, SyncEvent};

#[test]
fn a_first_sync_brings_accounts_with_what_hangs_on_them() {
    for scope in [Scope::Me, Scope::Team, Scope::All] {
        let mut bench = Bench::new(scope, 2);
        bench.edit((1..=5).map(account));
        bench.edit([
            child(Kind::Contact, 11, 1),
            child(Kind::Contract, 12, 2),
            child(Kind::Email, 13, 5),
        ]);
        bench.edit([Edit::Create((Kind::Survey, 14), Some((Kind::Contact, 11)))]);
        bench.edit([
            set(A, 3, "owner", "2"),
            set(A, 4, "owner", "3"),
            set(A, 5, "type", "prospect"),
        ]);
        bench.sync().unwrap();
        bench.assert_same();
    }
}

#[test]
fn the_first_page_can_be_used_before_the_rest_is_read() {
    let mut bench = Bench::new(Scope::All, 2);
    bench.edit((1..=6).map(account));
    bench.edit([child(Kind::Contract, 11, 1)]);
    bench.sync().unwrap();
    let first = bench
        .events
        .iter()
        .position(|event| matches!(event, SyncEvent::Changed { .. }))
        .unwrap();
    assert_eq!(
        bench.events[first],
        SyncEvent::Changed {
            accounts: vec![id(1), id(2)]
        }
    );
    assert_eq!(bench.events[first + 1], SyncEvent::UsableList);
}

#[test]
fn a_first_sync_that_was_cut_goes_on_where_it_was() {
    for scope in [Scope::All, Scope::Me] {
        let mut bench = Bench::new(scope, 2);
        bench.edit((1..=20).flat_map(|n| [account(n), Edit::Wait(1), child(Kind::Contract, 100 + n, n)]));
        let mut cuts = 0;
        for cut in 1.. {
            bench
                .crm
                .with(|state| state.fail_from = Some(state.calls + 12 + cut));
            match bench.sync() {
                Ok(_) => break,
                Err(error) => assert!(matches!(error, SyncError::Crm(_))),
            }
            cuts += 1;
            assert!(bench.status().failed.is_some());
        }
        assert!(cuts > 0);
        bench.crm.with(|state| state.fail_from = None);
        bench.sync().unwrap();
        assert!(bench.status().failed.is_none());
        bench.assert_same();
    }
}

#[test]
fn a_change_of_owner_rule_or_archive_takes_an_account_out() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 3);
        bench.edit((1..=6).flat_map(|n| [account(n), child(Kind::Contact, 10 + n, n)]));
        bench.sync().unwrap();
        bench.edit([
            Edit::Wait(3_700_000),
            set(A, 1, "owner", "3"),
            set(A, 2, "type", "prospect"),
            Edit::Archive((A, 3)),
        ]);
        bench.sync().unwrap();
        bench.assert_same();
        let gone: Vec<RecordId> = bench.gone_events().into_iter().map(|(id, _)| id).collect();
        let expected = if scope == Scope::Me {
            vec![id(1), id(2), id(3)]
        } else {
            vec![id(2), id(3)]
        };
        assert_eq!(
            gone.into_iter().collect::<BTreeSet<_>>(),
            expected.into_iter().collect()
        );
    }
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let mut bench = Bench::new(Scope::Me, 10);
    bench.edit((1..=9).flat_map(|n| [account(n), child(Kind::Task, 10 + n, n), Edit::Wait(1_000)]));
    bench.sync().unwrap();
    bench.edit([Edit::Wait(60_000), set(A, 3, "value", "2")]);
    bench.sync().unwrap();
    bench.edit([Edit::Wait(60_000)]);
    bench.crm.with(|state| state.asked.clear());
    bench.sync().unwrap();
    bench.assert_same();
    // Only what lies within the look-back is read once more.
    assert_eq!(bench.calls("read account 2"), 1);
    assert_eq!(bench.calls("read account"), 1);
    assert_eq!(bench.calls("read task"), 0);
}

#[test]
fn a_merged_account_is_followed_and_is_no_loss() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 3);
        bench.edit((1..=3).flat_map(|n| [account(n), child(Kind::Contact, 10 + n, n)]));
        bench.sync().unwrap();
        bench.edit([Edit::Wait(100), Edit::Merge(1, 2)]);
        bench.sync().unwrap();
        bench.full().unwrap();
        bench.assert_same();
        assert_eq!(
            bench.gone_events(),
            [(id(2), serde_json::json!({ "why": "merged", "into": "1" }))]
        );
        assert_eq!(bench.stores.ledger.resolve(A, &id(2)).unwrap(), id(1));
    }
}

#[test]
fn not_found_of_a_record_that_is_asked_for_alone_means_that_it_is_gone() {
    let after = |is_strict| {
        let mut bench = Bench::new(Scope::All, 10);
        bench.edit((1..=9).map(account));
        bench.edit((11..=19).map(|n| child(Kind::Contact, n, 1)));
        bench.sync().unwrap();
        bench.edit([Edit::Wait(100), Edit::Merge(1, 3)]);
        bench.crm.with(|state| {
            state.is_strict = is_strict;
            let deleted = [(A, 2), (Kind::Contact, 11), (Kind::Contact, 12)];
            state.records.retain(|key, _| !deleted.contains(key));
            state.links.retain(|(_, to)| !deleted.contains(to));
            state.settle();
        });
        bench.full().unwrap();
        (bench.gone_events(), bench.calls("read contact 1"))
    };
    let (gone, alone) = after(true);
    assert_eq!((gone.len(), alone), (2, 2), "{gone:?}");
    assert_eq!((gone, alone), after(false), "as by an answer without them");
}

#[test]
fn many_removals_at_once_ask_first() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 10);
        bench.edit((1..=40).map(account));
        bench.sync().unwrap();
        bench.edit([Edit::Wait(3_700_000)]);
        bench.edit((1..=21).map(|n| set(A, n, "type", "prospect")));
        bench.sync().unwrap();
        assert_eq!(bench.accounts().len(), 40);
        // Later syncs, which look at none of them again, still ask.
        for value in ["2", "3", "4"] {
            bench.edit([Edit::Wait(100), set(A, 40, "value", value)]);
            bench.sync().unwrap();
        }
        assert!(!bench.status().held.is_empty(), "{scope:?}");
        assert!(
            bench.status().warnings[0].contains("21 of 40 accounts"),
            "{:?}",
            bench.status().warnings
        );
        bench.accept = true;
        bench.full().unwrap();
        assert_eq!(bench.accounts().len(), 19);
        assert!(bench.status().held.is_empty());
    }
}

#[test]
fn what_was_held_back_and_is_there_again_is_asked_no_more() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 10);
        bench.edit((1..=40).map(account));
        bench.sync().unwrap();
        bench.edit([Edit::Wait(100)]);
        bench.edit((1..=21).map(|n| set(A, n, "type", "prospect")));
        bench.sync().unwrap();
        assert!(!bench.status().held.is_empty());
        bench.edit([Edit::Wait(100)]);
        bench.edit((1..=21).map(|n| set(A, n, "type", "customer")));
        bench.full().unwrap();
        assert!(bench.status().held.is_empty(), "{scope:?}");
        assert_eq!(bench.status().warnings, [""; 0], "{scope:?}");
        assert_eq!(bench.accounts().len(), 40);
    }
}

#[test]
fn my_open_task_brings_its_account() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([
        account(1),
        account(2),
        set(A, 2, "owner", "3"),
        child(Kind::Task, 11, 2),
    ]);
    bench.edit([Edit::Create((Kind::Task, 12), None)]);
    bench.sync().unwrap();
    bench.assert_same();
    assert_eq!(bench.accounts(), [1, 2]);
    bench.edit([Edit::Wait(100), set(Kind::Task, 11, "done", "true")]);
    bench.sync().unwrap();
    bench.assert_same();
    assert_eq!(bench.accounts(), [1]);
}

#[test]
fn a_calculated_value_is_read_again_after_an_hour_and_counts_from_then() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), Edit::Calculate((A, 1), "10".to_owned())]);
    // The look-back reads again what was changed last: that must not be this account.
    bench.edit([Edit::Wait(60_000), account(2)]);
    bench.sync().unwrap();
    bench.edit([Edit::Wait(3_600_000), Edit::Calculate((A, 1), "20".to_owned())]);
    bench.sync().unwrap();
    bench.assert_same();
    let series = bench
        .stores
        .ledger
        .series(A, &id(1), "calc", jiff::Timestamp::MAX)
        .unwrap();
    assert_eq!(series.last().unwrap().effective_at, bench.crm.now());
}

#[test]
fn calculated_values_of_whatever_hangs_on_accounts_are_read_again_too() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.mapping.contact.role = Some("calc".to_owned());
    let calculate = |value: &str| Edit::Calculate((Kind::Contact, 11), value.to_owned());
    bench.edit([account(1), child(Kind::Contact, 11, 1), calculate("user")]);
    bench.edit([Edit::Wait(60_000), account(2)]);
    bench.sync().unwrap();
    bench.edit([Edit::Wait(3_600_000), calculate("champion")]);
    bench.sync().unwrap();
    assert_eq!(
        bench.local(Kind::Contact)[&id(11)].mapped("calc"),
        Some("champion")
    );
}

/// The links of everything are read in each sync; the records that hang on it are not.
#[test]
fn what_hangs_on_an_account_is_not_read_anew_for_merges_that_are_settled() {
    let mut bench = Bench::new(Scope::Me, 10);
    bench.edit([account(1), child(Kind::Ticket, 11, 1)]);
    bench.crm.with(|state| {
        let account = state.records.get_mut(&(A, 1)).unwrap();
        account.core.insert(Core::MergedIds, "900;901".to_owned());
    });
    // The look-back reads again what was changed last: that must not be the ticket.
    bench.edit([Edit::Wait(60_000), account(2)]);
    bench.sync().unwrap();
    bench.edit([Edit::Wait(100), set(A, 1, "value", "new")]);
    let before = bench.calls("read ticket");
    bench.sync().unwrap();
    assert_eq!(bench.local(A)[&id(1)].mapped("value"), Some("new"));
    assert_eq!(bench.calls("read ticket"), before);
}

#[test]
fn a_complete_sync_tells_how_many_accounts_it_compared() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 3);
        bench.edit((1..=7).map(account));
        assert_eq!(bench.sync().unwrap().compared, 7, "{scope:?}");
        bench.edit([Edit::Wait(3_600_000)]);
        assert_eq!(bench.full().unwrap().compared, 7, "{scope:?}");
    }
}

#[test]
fn a_link_that_moves_no_stamp_is_found() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([
        account(1),
        account(2),
        child(Kind::Contact, 11, 1),
        child(Kind::Contact, 12, 1),
    ]);
    bench.sync().unwrap();
    bench.edit([Edit::Wait(1_000), Edit::Link((A, 1), (Kind::Contact, 11), false)]);
    bench.edit([
        Edit::Link((A, 2), (Kind::Contact, 11), true),
        Edit::Link((A, 1), (Kind::Contact, 12), false),
    ]);
    bench.sync().unwrap();
    bench.assert_same();
    let linked = bench.stores.cache.linked_ids((A, &id(2)), Kind::Contact).unwrap();
    assert_eq!(linked, [id(11)]);
}

#[test]
fn another_tenant_stops_and_touches_nothing() {
    let mut bench = Bench::new(Scope::All, 3);
    bench.edit([account(1)]);
    bench.sync().unwrap();
    bench.crm.with(|state| state.tenant = "8".to_owned());
    bench.edit([set(A, 1, "value", "theirs")]);
    let error = bench.sync().unwrap_err();
    assert!(matches!(&error, SyncError::OtherTenant { known, found } if known == "7" && found == "8"));
    assert_eq!(bench.local(A)[&id(1)].mapped("value"), None);
    assert!(bench.status().failed.unwrap().hint.contains("profile"));
}

#[test]
fn a_missing_scope_and_a_missing_property_are_named_and_fail_nothing() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.crm.with(|state| {
        state.closed.insert(Kind::Ticket);
        state.without.insert("value".to_owned());
    });
    bench.edit([
        account(1),
        child(Kind::Ticket, 11, 1),
        child(Kind::Contact, 12, 1),
    ]);
    bench.sync().unwrap();
    let status = bench.status();
    assert_eq!(
        status.missing_properties,
        [("account".to_owned(), "value".to_owned())]
    );
    assert_eq!(
        status.missing_scopes,
        [("ticket".to_owned(), "ticket.read".to_owned())]
    );
    assert_eq!(status.warnings.len(), 2);
    // Until a sync has ended that found them open, they stay what cannot be read: they are not suddenly none.
    bench.crm.with(|state| state.tenant = "8".to_owned());
    bench.sync().unwrap_err();
    assert_eq!(bench.status().missing_scopes, status.missing_scopes);
    bench.crm.with(|state| {
        state.tenant = "7".to_owned();
        state.closed.clear();
    });
    bench.sync().unwrap();
    assert_eq!(bench.status().missing_scopes, []);
    assert_eq!(bench.local(Kind::Contact).len(), 1);
    let series = bench
        .stores
        .ledger
        .series(A, &id(1), "value", jiff::Timestamp::MAX)
        .unwrap();
    assert!(
        series.is_empty(),
        "a property that cannot be read was never cleared"
    );
}

#[test]
fn a_scope_that_goes_keeps_what_is_cached() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), child(Kind::Ticket, 11, 1)]);
    bench.sync().unwrap();
    bench.crm.with(|state| assert!(state.closed.insert(Kind::Ticket)));
    bench.full().unwrap();
    assert_eq!(bench.local(Kind::Ticket).len(), 1);
}

#[test]
fn a_kind_that_is_forbidden_is_named_and_fails_nothing() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 3);
        bench
            .crm
            .with(|state| assert!(state.forbidden.insert(Kind::Ticket)));
        bench.edit([account(1), child(Kind::Ticket, 11, 1), child(Kind::Note, 12, 1)]);
        bench.sync().unwrap();
        bench.full().unwrap();
        assert_eq!(bench.local(Kind::Note).len(), 1);
        let warnings = bench.status().warnings;
        assert!(
            warnings
                .iter()
                .any(|warning| warning.contains("no ticket can be read")),
            "{warnings:?}"
        );
    }
}

#[test]
fn an_account_that_the_crm_would_not_answer_for_stays() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 3);
        bench.edit([account(1), account(2)]);
        bench.sync().unwrap();
        bench.crm.with(|state| assert!(state.refused.insert(2)));
        bench.edit([Edit::Wait(60_000), set(A, 2, "value", "2")]);
        bench.sync().unwrap();
        assert_eq!(bench.accounts(), [1, 2]);
        assert_eq!(bench.gone_events(), []);
        let warnings = bench.status().warnings;
        assert!(warnings[0].contains("for 1 account;"), "{warnings:?}");
    }
}

#[test]
fn what_changed_while_a_scope_was_missing_is_read_when_it_is_back() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), child(Kind::Ticket, 11, 1)]);
    bench.sync().unwrap();
    bench.crm.with(|state| assert!(state.closed.insert(Kind::Ticket)));
    bench.edit([
        Edit::Wait(60_000),
        set(Kind::Ticket, 11, "name", "renamed"),
        Edit::Wait(60_000),
        set(A, 1, "value", "2"),
    ]);
    bench.sync().unwrap();
    bench.edit([Edit::Wait(60_000), set(A, 1, "value", "3")]);
    bench.sync().unwrap();
    bench
        .crm
        .with(|state| assert!(state.closed.remove(&Kind::Ticket)));
    bench.sync().unwrap();
    bench.assert_same();
}

#[test]
fn a_rule_whose_property_is_gone_keeps_the_accounts() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 3);
        bench.edit([account(1), account(2)]);
        bench.sync().unwrap();
        bench
            .crm
            .with(|state| assert!(state.without.insert("type".to_owned())));
        bench.full().unwrap();
        assert_eq!(bench.accounts(), [1, 2]);
        assert!(
            bench
                .status()
                .warnings
                .iter()
                .any(|warning| warning.contains("`type`"))
        );
    }
}

#[test]
fn a_wait_that_the_crm_asked_for_is_kept_for_every_process() {
    let wait = Some(std::time::Duration::from_mins(30));
    for is_limit in [true, false] {
        keeps_a_wait(|crm, asks| {
            let told = if is_limit { &mut crm.limited } else { &mut crm.down };
            *told = wait.filter(|_| asks);
        });
    }
}

/// `ask` has the CRM ask for half an hour, or stop asking for it.
fn keeps_a_wait(ask: impl Fn(&mut State, bool)) {
    let mut bench = Bench::new(Scope::All, 2);
    bench.edit([account(1)]);
    bench.crm.with(|crm| ask(crm, true));
    bench.sync().unwrap_err();
    let calls = bench.crm.with(|crm| {
        ask(crm, false);
        crm.calls
    });
    let told = bench.sync().unwrap_err();
    assert!(matches!(told, SyncError::Waiting { .. }), "{told}");
    assert_eq!(
        bench.crm.with(|crm| crm.calls),
        calls,
        "it was asked all the same"
    );
    bench.edit([Edit::Wait(2 * 30 * 60 * 1000)]);
    bench.sync().unwrap();
    bench.assert_same();
}

#[test]
fn what_a_program_has_cached_that_read_less_of_each_record_is_read_again() {
    let mut bench = Bench::new(Scope::All, 3);
    bench.edit([account(1), child(Kind::Email, 11, 1)]);
    bench.edit([Edit::Wait(60_000), account(2)]);
    bench.sync().unwrap();
    let place = bench.stores.cache.cursor("first").unwrap().unwrap();
    let before = format!("\"{READING} ");
    assert_eq!(place.matches(&before).count(), 1, "{place}");
    let older = place.replace(&before, "\"");
    let page = CachePage {
        cursor: Some(("first", &older)),
        ..CachePage::default()
    };
    bench.stores.cache.commit_page(&page).unwrap();
    let calls = bench.calls("read e-mail");
    bench.edit([Edit::Wait(60_000)]);
    bench.sync().unwrap();
    let again = bench.calls("read e-mail");
    assert!(again > calls, "{again}");
    bench.edit([Edit::Wait(60_000)]);
    bench.sync().unwrap();
    assert_eq!(bench.calls("read e-mail"), again, "once");
}
