#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::fake::{Edit, Fake, Key, id};
use super::*;
use crate::config::mapping::Mapping;
use crate::domain::record::{Core, Kind, PastValue, Record, RecordId};
use crate::store::{Cache, Ledger};

/// A sync against the small CRM in memory, with real databases.
struct Bench {
    crm: Fake,
    runtime: Runtime,
    stores: Stores,
    mapping: Mapping,
    events: Vec<SyncEvent>,
    scope: Scope,
    full: bool,
    accept: bool,
    directory: TempDir,
}

fn mapping() -> Mapping {
    toml::from_str(
        r#"
        account = { where = { type = ["customer"] }, segment = "value", region = "calc" }
        contact = { role = "role" }
        "#,
    )
    .unwrap()
}

fn stores(directory: &TempDir) -> Stores {
    let (cache, _) = Cache::open(&directory.path().join("cache.db")).unwrap();
    let (ledger, _) = Ledger::open(&directory.path().join("ledger.db"), "me").unwrap();
    Stores { cache, ledger }
}

impl Bench {
    fn new(scope: Scope, page: usize) -> Self {
        let directory = TempDir::new().unwrap();
        Self {
            crm: Fake::new(page),
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .build()
                .unwrap(),
            stores: stores(&directory),
            mapping: mapping(),
            events: Vec::new(),
            scope,
            full: false,
            accept: false,
            directory,
        }
    }

    fn sync(&mut self) -> Result<SyncReport, SyncError> {
        let mut options = SyncOptions::new(self.scope, Some("me@example.com".to_owned()), self.crm.now());
        options.full = self.full;
        options.accept_deletes = self.accept;
        options.lookback = SignedDuration::from_millis(50);
        let events = &mut self.events;
        run(
            &self.crm,
            self.runtime.handle(),
            &mut self.stores,
            &self.mapping,
            &options,
            &mut |event, _| {
                events.push(event);
            },
        )
    }

    fn full(&mut self) -> Result<SyncReport, SyncError> {
        self.full = true;
        let outcome = self.sync();
        self.full = false;
        outcome
    }

    fn local(&self, kind: Kind) -> BTreeMap<RecordId, Record> {
        let mut found = BTreeMap::new();
        self.stores
            .cache
            .each_record(kind, &mut |record| drop(found.insert(record.id.clone(), record)))
            .unwrap();
        found
    }

    fn accounts(&self) -> Vec<u64> {
        let mut ids: Vec<u64> = self
            .local(Kind::Account)
            .keys()
            .map(|id| id.as_str().parse().unwrap())
            .collect();
        ids.sort_unstable();
        ids
    }

    fn status(&self) -> SyncStatus {
        SyncStatus::parse(self.stores.cache.document(status::DOCUMENT).unwrap().as_deref())
    }

    fn calls(&self, what: &str) -> usize {
        self.crm
            .with(|state| state.asked.iter().filter(|asked| asked.starts_with(what)).count())
    }

    /// What the cache should hold, by the CRM's own truth.
    fn expected(&self) -> BTreeMap<Key, Record> {
        self.crm.with(|state| {
            let alive = |key: &Key| state.records.get(key).is_some_and(|record| !record.archived);
            let of = |key: &Key, kind: Kind| {
                let ends = state
                    .links
                    .iter()
                    .filter(move |(one, _)| *one == *key)
                    .map(|(_, other)| *other);
                ends.filter(move |end| end.0 == kind).collect::<Vec<_>>()
            };
            let in_scope = |record: &Record| match self.scope {
                Scope::All => true,
                Scope::Team => matches!(record.core(Core::Owner), Some("1" | "2")),
                Scope::Me => record.core(Core::Owner) == Some("1"),
            };
            let mut keys: BTreeSet<Key> = BTreeSet::new();
            for (key, record) in &state.records {
                let open = record.core(Core::Done) == Some("false") && record.core(Core::Owner) == Some("1");
                if key.0 == Kind::Task && alive(key) && open {
                    keys.insert(*key);
                }
            }
            let mine = keys.clone();
            for (key, record) in state
                .records
                .iter()
                .filter(|(key, _)| key.0 == Kind::Account && alive(key))
            {
                let brought = of(key, Kind::Task).iter().any(|task| mine.contains(task));
                if record.mapped("type") == Some("customer") && (in_scope(record) || brought) {
                    keys.insert(*key);
                    for kind in reader::LINKED {
                        keys.extend(of(key, kind).into_iter().filter(alive));
                    }
                    for contact in of(key, Kind::Contact).into_iter().filter(alive) {
                        keys.extend(of(&contact, Kind::Survey).into_iter().filter(alive));
                    }
                }
            }
            let mapped = |record: &Record| {
                let mut record = record.clone();
                let asked = self.mapping.properties(record.kind);
                record.mapped.retain(|name, _| asked.contains(name));
                record
            };
            keys.into_iter()
                .map(|key| (key, mapped(&state.records[&key])))
                .collect()
        })
    }

    fn all_local(&self) -> BTreeMap<Key, Record> {
        let of = |kind| {
            self.local(kind)
                .into_iter()
                .map(move |(id, record)| ((kind, id.0.parse().unwrap()), record))
        };
        Kind::ALL.into_iter().flat_map(of).collect()
    }

    /// Nothing that the CRM has is missing or stale here.
    fn assert_nothing_missing(&self) {
        let local = self.all_local();
        for (key, record) in self.expected() {
            let mut here = local
                .get(&key)
                .cloned()
                .unwrap_or_else(|| panic!("{key:?} is missing"));
            // A calculated value moves no stamp: only the sweep is bound to have it.
            match record.mapped.get("calc") {
                Some(value) => here.mapped.insert("calc".to_owned(), value.clone()),
                None => here.mapped.remove("calc"),
            };
            assert_eq!(here, record, "{key:?} is stale");
        }
    }

    /// The cache is what the CRM has, and nothing else; the ledger knows the latest values.
    fn assert_same(&self) {
        assert_eq!(self.all_local(), self.expected());
        for (key, record) in self
            .expected()
            .into_iter()
            .filter(|(key, _)| key.0 == Kind::Account)
        {
            for field in ["value", "calc", "type"] {
                let known = self
                    .stores
                    .ledger
                    .series(key.0, &id(key.1), field, jiff::Timestamp::MAX)
                    .unwrap();
                let known = known.last().and_then(|observed| observed.value.clone());
                assert_eq!(
                    known.as_deref(),
                    record.mapped(field),
                    "{field} of {key:?} in the ledger"
                );
            }
        }
    }
}

const A: Kind = Kind::Account;

fn account(number: u64) -> Edit {
    Edit::Create((A, number), None)
}

fn child(kind: Kind, number: u64, account: u64) -> Edit {
    Edit::Create((kind, number), Some((A, account)))
}

fn set(kind: Kind, number: u64, field: &'static str, value: &str) -> Edit {
    Edit::Set((kind, number), field, value.to_owned())
}

impl Bench {
    fn edit(&self, edits: impl IntoIterator<Item = Edit>) {
        self.crm.apply(edits);
        self.crm.with(fake::State::settle);
    }

    fn gone_events(&self) -> Vec<(RecordId, serde_json::Value)> {
        let events = self.stores.ledger.events(None, &["account-gone"]).unwrap();
        events
            .into_iter()
            .map(|event| (event.account.unwrap(), event.payload))
            .collect()
    }
}

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
fn many_removals_at_once_ask_first() {
    for scope in [Scope::Me, Scope::All] {
        let mut bench = Bench::new(scope, 10);
        bench.edit((1..=40).map(account));
        bench.sync().unwrap();
        bench.edit([Edit::Wait(3_700_000)]);
        bench.edit((1..=21).map(|n| set(A, n, "type", "prospect")));
        bench.sync().unwrap();
        assert_eq!(bench.accounts().len(), 40);
        assert!(bench.status().held_deletes);
        assert!(
            bench.status().warnings[0].contains("21 of 40 accounts"),
            "{:?}",
            bench.status().warnings
        );
        bench.accept = true;
        bench.full().unwrap();
        assert_eq!(bench.accounts().len(), 19);
        assert!(!bench.status().held_deletes);
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
fn the_past_is_filled_in_once() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), set(A, 1, "value", "22")]);
    let at = |back| bench.crm.now() - SignedDuration::from_hours(back);
    let past = |value: &str, back| PastValue {
        id: id(1),
        property: "value".to_owned(),
        value: Some(value.to_owned()),
        at: at(back),
    };
    let history = vec![past("41", 48), past("30", 24)];
    bench.crm.with(|state| state.history = history);
    bench.sync().unwrap();
    bench.sync().unwrap();
    let series = bench
        .stores
        .ledger
        .series(A, &id(1), "value", jiff::Timestamp::MAX)
        .unwrap();
    let values: Vec<&str> = series
        .iter()
        .map(|observed| observed.value.as_deref().unwrap())
        .collect();
    assert_eq!(values, ["41", "30", "22"]);
    assert_eq!(bench.calls("history"), 1);
    assert_eq!(
        bench
            .stores
            .ledger
            .events(Some(&id(1)), &["history-read"])
            .unwrap()
            .len(),
        1
    );
}

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
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(bench.directory.path().join(format!("cache.db{suffix}")));
    }
    bench.stores = stores(&bench.directory);
    bench.edit([Edit::Wait(60_000)]);
    bench.sync().unwrap();
    bench.assert_same();
    assert_eq!(history(&bench.stores.ledger, 5), before);
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
fn history(ledger: &Ledger, last: u64) -> Vec<String> {
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

#[test]
fn opening_an_account_reads_it_at_once_and_moves_no_watermark() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), account(2)]);
    bench.sync().unwrap();
    bench.edit([
        Edit::Wait(10),
        set(A, 1, "value", "new"),
        set(A, 2, "value", "new"),
        child(Kind::Note, 11, 1),
    ]);
    let options = SyncOptions::new(Scope::Me, Some("1".to_owned()), bench.crm.now());
    account::account(
        &bench.crm,
        bench.runtime.handle(),
        &mut bench.stores,
        &bench.mapping,
        &options,
        &id(1),
        &mut |_, _| {},
    )
    .unwrap();
    assert_eq!(bench.local(A)[&id(1)].mapped("value"), Some("new"));
    assert_eq!(bench.local(Kind::Note).len(), 1);
    assert_eq!(bench.local(A)[&id(2)].mapped("value"), None);
    bench.sync().unwrap();
    bench.assert_same();
}

#[test]
fn opening_an_account_lets_nothing_go_while_the_rule_cannot_be_told() {
    let mut bench = Bench::new(Scope::Me, 3);
    bench.edit([account(1), child(Kind::Note, 11, 1)]);
    bench.sync().unwrap();
    bench
        .crm
        .with(|state| assert!(state.without.insert("type".to_owned())));
    bench.sync().unwrap();
    let options = SyncOptions::new(Scope::Me, Some("1".to_owned()), bench.crm.now());
    let (runtime, crm) = (bench.runtime.handle(), &bench.crm);
    account::account(
        crm,
        runtime,
        &mut bench.stores,
        &bench.mapping,
        &options,
        &id(1),
        &mut |_, _| {},
    )
    .unwrap();
    assert_eq!(bench.accounts(), [1]);
}

#[test]
fn a_handoff_that_names_me_brings_its_account() {
    let mut bench = Bench::new(Scope::Me, 3);
    let body = "<p>To: me@example.com</p><p>retain: handoff H-1 event 1</p>";
    bench.edit([
        account(1),
        account(2),
        account(3),
        set(A, 2, "owner", "3"),
        set(A, 3, "owner", "3"),
    ]);
    bench.edit([
        child(Kind::Note, 11, 2),
        child(Kind::Note, 12, 3),
        set(Kind::Note, 11, "body", body),
    ]);
    bench.sync().unwrap();
    assert_eq!(bench.accounts(), [1, 2]);
    bench.edit([Edit::Wait(100), set(Kind::Note, 12, "body", body)]);
    bench.sync().unwrap();
    assert_eq!(bench.accounts(), [1, 2, 3]);
}

#[test]
fn a_clock_that_is_wrong_hides_nothing() {
    for skew in [-7_200_000_i64, 7_200_000] {
        let mut bench = Bench::new(Scope::All, 3);
        bench.edit([account(1), child(Kind::Contact, 11, 1)]);
        let sync = |bench: &mut Bench| {
            let now = bench.crm.now() + SignedDuration::from_millis(skew);
            let options = SyncOptions::new(Scope::All, None, now);
            run(
                &bench.crm,
                bench.runtime.handle(),
                &mut bench.stores,
                &bench.mapping,
                &options,
                &mut |_, _| {},
            )
        };
        sync(&mut bench).unwrap();
        bench.edit([
            Edit::Wait(60_000),
            set(A, 1, "value", "2"),
            set(Kind::Contact, 11, "role", "champion"),
        ]);
        sync(&mut bench).unwrap();
        bench.edit([Edit::Wait(60_000), set(A, 1, "value", "3")]);
        sync(&mut bench).unwrap();
        bench.assert_nothing_missing();
    }
}

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

/// How many histories the property test plays: 100 at home, more where `RETAIN_HISTORIES` says so.
fn histories() -> u32 {
    std::env::var("RETAIN_HISTORIES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(100)
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
