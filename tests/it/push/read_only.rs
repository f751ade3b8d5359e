//! Read-only: nothing leaves but GET and the reading POSTs, whoever asks and with whatever permit.

use std::collections::BTreeMap;

use retain::config::Setup;
use retain::crm::{CrmError, CrmWrite, FieldChanges, NewRecord};
use retain::domain::outbox::{Field, State};
use retain::domain::record::{Core, Kind, RecordId};

use super::bench::{Bench, connect, permit};

/// Asks for every write of every kind and counts those that reached the CRM.
fn everything(bench: &Bench, crm: &impl CrmWrite) -> (usize, Vec<CrmError>) {
    let account = bench.account(0);
    let record = |kind: Kind| NewRecord {
        key: format!("K{kind:?}"),
        fields: BTreeMap::from([
            (Field::Core(Core::Body), "hello".to_owned()),
            (Field::Core(Core::Occurred), bench.clock.get().to_string()),
        ]),
        about: vec![(Kind::Account, account.clone())],
        author: "Mara".to_owned(),
        since: bench.clock.get(),
    };
    let change = FieldChanges {
        id: RecordId::from("1"),
        fields: BTreeMap::from([(Field::Core(Core::Owner), None)]),
    };
    let mut errors = Vec::new();
    for kind in Kind::ALL {
        let (records, changes) = ([record(kind)], [change.clone()]);
        let asked = [
            bench
                .runtime
                .block_on(crm.create(permit(), kind, &records))
                .map(drop),
            bench
                .runtime
                .block_on(crm.update(permit(), kind, &changes))
                .map(drop),
            bench
                .runtime
                .block_on(crm.archive(permit(), kind, &[RecordId::from("1")]))
                .map(drop),
        ];
        errors.extend(asked.into_iter().filter_map(Result::err));
    }
    (bench.writes().len(), errors)
}

#[test]
fn a_way_that_is_open_for_reading_only_lets_no_write_through() {
    let bench = Bench::new();
    let (writes, errors) = everything(&bench, &connect(&bench.server, None));
    assert_eq!(writes, 0, "{:?}", bench.writes());
    assert!(errors.len() >= 20, "{errors:?}");
    for error in errors {
        assert!(error.to_string().contains("open for reading only"), "{error}");
    }
    // Control: the same questions reach the CRM where writing is allowed.
    let (writes, _) = everything(&bench, &bench.crm.borrow().clone());
    assert!(writes >= 20, "{writes}");
}

#[test]
fn a_profile_that_is_read_only_sends_nothing_of_what_waits() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let entry = bench.create(&account, Kind::Note, "queued while it was allowed");
    let before = bench.server.requests().len();
    let setup = |text: &str, read_only: bool| Setup {
        settings: toml::from_str(text).unwrap(),
        profile: Some("x".to_owned()),
        read_only,
        ..Setup::default()
    };
    let profile = format!(
        "[profiles.x]\nbase_url = \"{}\"\nkeyring = true\n",
        bench.server.url()
    );
    for (text, read_only) in [
        (profile.clone(), false),
        (format!("{profile}read_only = false\n"), true),
    ] {
        let setup = setup(&text, read_only);
        let worker = retain::runtime::worker::Worker::new(&setup, std::sync::Arc::default()).unwrap();
        let clock = retain::runtime::clock::Clock::Fixed(bench.clock.get());
        let report = worker
            .push(&setup, &mut bench.stores, clock, &mut |_| ())
            .unwrap();
        assert!(report.stopped.unwrap().contains("nothing is written"));
        assert_eq!(bench.entry(&entry).state, State::Queued);
    }
    assert_eq!(bench.server.requests().len(), before);
}
