//! What the ledger and the cache hold after it was written, twice, in another order, or half.

use std::collections::BTreeMap;

use retain::domain::desk::{Desk, RiskRow, Severity, Warning, WarningKind};
use retain::domain::record::{Kind, Record, RecordId};
use retain::domain::summary::Band;
use retain::domain::warning::Line;
use retain::store::{Cache, CachePage, LinkSet, NewEvent, Observation, Observed, Source, StoreError};
use serde_json::json;

use super::{Home, account, minute, observation, summary};

mod commits;

fn values(series: &[Observed]) -> Vec<(&str, i64)> {
    series
        .iter()
        .map(|observed| {
            let at = observed.effective_at.as_second() - minute(0).as_second();
            (observed.value.as_deref().unwrap_or("-"), at / 60)
        })
        .collect()
}

fn usage(id: &str, value: Option<&str>, at: i64, source: Source) -> Observation {
    Observation {
        account: None,
        kind: Kind::Account,
        record: id.into(),
        source,
        effective_at: minute(at),
        fields: BTreeMap::from([("wau".to_owned(), value.map(str::to_owned))]),
    }
}

#[test]
fn records_come_back_as_they_were_whatever_their_ids() {
    let home = Home::new();
    let mut cache = home.cache();
    let mut odd = account("007", "“Ωmega” \u{202e}\0 & sons", "", 3);
    odd.archived = true;
    let records = [
        account("12", "Alder", "41", 1),
        odd,
        account("001Q000001abcDEF", "", "9", 2),
    ];
    cache
        .commit_page(&CachePage {
            records: &records,
            ..CachePage::default()
        })
        .unwrap();
    for record in &records {
        assert_eq!(
            cache.record(Kind::Account, &record.id).unwrap().as_ref(),
            Some(record)
        );
        assert_eq!(cache.record(Kind::Contact, &record.id).unwrap(), None);
    }
    let mut seen = Vec::new();
    cache
        .each_record(Kind::Account, &mut |record| seen.push(record))
        .unwrap();
    assert_eq!(seen.len(), 3);
    assert_eq!(cache.count(Kind::Account).unwrap(), 3);
    assert_eq!(cache.ids(Kind::Account).unwrap().len(), 3);
    let wanted: Vec<RecordId> = vec!["007".into(), "no".into(), "12".into()];
    let found = cache.records(Kind::Account, &wanted).unwrap();
    assert_eq!(found, [records[1].clone(), records[0].clone()]);
}

#[test]
fn links_are_found_from_both_ends_and_replaced_whole() {
    let home = Home::new();
    let mut cache = home.cache();
    let set = |from: (Kind, &str), to: Kind, ids: &[&str]| LinkSet {
        from: (from.0, from.1.into()),
        to,
        ids: ids.iter().map(|id| RecordId::from(*id)).collect(),
    };
    let page = |cache: &mut Cache, links: &[LinkSet], gone: &[(Kind, RecordId)]| {
        cache
            .commit_page(&CachePage {
                links,
                gone,
                ..CachePage::default()
            })
            .unwrap();
    };
    let of = |cache: &Cache, kind, id: &str, to| -> Vec<String> {
        let ids = cache.linked_ids((kind, &id.into()), to).unwrap();
        ids.into_iter().map(|id| id.0).collect()
    };
    page(
        &mut cache,
        &[set((Kind::Account, "1"), Kind::Contact, &["10", "11"])],
        &[],
    );
    page(
        &mut cache,
        &[set((Kind::Contact, "11"), Kind::Account, &["2", "1", "2"])],
        &[],
    );
    assert_eq!(of(&cache, Kind::Account, "1", Kind::Contact), ["10", "11"]);
    assert_eq!(of(&cache, Kind::Contact, "11", Kind::Account), ["1", "2"]);
    page(
        &mut cache,
        &[set((Kind::Account, "1"), Kind::Contact, &["12"])],
        &[],
    );
    assert_eq!(of(&cache, Kind::Contact, "11", Kind::Account), ["2"]);
    assert_eq!(of(&cache, Kind::Account, "1", Kind::Contact), ["12"]);
    page(
        &mut cache,
        &[set((Kind::Account, "1"), Kind::Account, &["2"])],
        &[],
    );
    assert_eq!(of(&cache, Kind::Account, "1", Kind::Account), ["2"]);
    let mut pairs = Vec::new();
    cache
        .each_link(Kind::Contact, Kind::Account, &mut |a, b| {
            pairs.push(format!("{a}-{b}"));
        })
        .unwrap();
    assert_eq!(pairs, ["11-2", "12-1"]);
    page(&mut cache, &[], &[(Kind::Account, "2".into())]);
    assert_eq!(of(&cache, Kind::Contact, "11", Kind::Account), [""; 0]);
    assert_eq!(of(&cache, Kind::Account, "1", Kind::Account), [""; 0]);
}

#[test]
fn summaries_warnings_and_the_desk_come_back_as_they_were_worst_first() {
    let home = Home::new();
    let mut cache = home.cache();
    let mut all: Vec<_> = (0..200).map(summary).collect();
    cache.put_summaries(&all, &[]).unwrap();
    all[7].worst = -5;
    cache.put_summaries(&all[7..8], &[]).unwrap();
    all.sort_by(|a, b| (a.worst, &a.id).cmp(&(b.worst, &b.id)));
    assert_eq!(cache.top_summaries(50).unwrap(), all[..50]);
    let mut seen = Vec::new();
    cache.each_summary(&mut |summary| seen.push(summary)).unwrap();
    assert_eq!(seen, all);
    assert_eq!(cache.summary(&all[3].id).unwrap().as_ref(), Some(&all[3]));

    let warning = |signal: &str| Warning {
        account: all[3].id.clone(),
        signal: signal.to_owned(),
        version: 2,
        kind: WarningKind::Risk,
        severity: Severity::High,
        reason: "usage −46 % in 30 d".to_owned(),
        evidence: vec![("now".to_owned(), "22".to_owned())],
        since: jiff::civil::date(2026, 11, 1),
        standing: false,
        line: Line::default(),
    };
    cache
        .put_warnings(&all[3].id, &[warning("a"), warning("b")])
        .unwrap();
    cache
        .put_warnings(&all[3].id, &[warning("b"), warning("c")])
        .unwrap();
    assert_eq!(cache.warnings().unwrap(), [warning("b"), warning("c")]);
    cache.put_summaries(&[], &[all[3].id.clone()]).unwrap();
    assert_eq!(cache.warnings_of(&all[3].id).unwrap(), []);
    assert_eq!(cache.summary(&all[3].id).unwrap(), None);
    assert_eq!(cache.count_summaries().unwrap(), 199);

    let desk = Desk {
        cannot_tell: vec![("usage-drop".to_owned(), 4)],
        ..Desk::default()
    };
    assert_eq!(cache.desk().unwrap(), None);
    cache.put_desk(&desk).unwrap();
    assert_eq!(cache.desk().unwrap(), Some(desk));
}

#[test]
fn the_top_of_the_desk_has_what_a_screen_shows_of_the_queue_and_the_desk_has_all_of_it() {
    let home = Home::new();
    let mut cache = home.cache();
    let risk = |at: usize| RiskRow {
        account: at.to_string().as_str().into(),
        name: format!("Juniper {at}"),
        warnings: Vec::new(),
        at_stake: Some(1),
        arr: None,
        notice_by: None,
        ends: None,
        score: None,
        band: Band::Unknown,
        csm: None,
        segment: None,
    };
    let desk = Desk {
        risks: (0..250).map(risk).collect(),
        queue: 300,
        ..Desk::default()
    };
    cache.put_desk(&desk).unwrap();
    let top = cache.top_of_desk().unwrap().unwrap();
    assert_eq!(top.risks, desk.risks[..100]);
    assert_eq!((top.queue, &top.day), (300, &desk.day));
    assert_eq!(cache.desk().unwrap(), Some(desk.clone()));
    let generation = cache.generation().unwrap();
    cache.put_desk(&desk).unwrap();
    assert_eq!(cache.generation().unwrap(), generation, "it is as it was");
    let short = Desk {
        risks: vec![risk(7)],
        ..desk
    };
    cache.put_desk(&short).unwrap();
    assert_eq!(
        cache.desk().unwrap(),
        Some(short),
        "nothing of the longer queue stays"
    );
}

#[test]
fn reads_at_once_see_one_state_and_leave_the_cache_writable() {
    let home = Home::new();
    let (mut writer, reader) = (home.cache(), home.cache());
    writer.put_document("a", "1").unwrap();
    let seen = reader.at_once(|| {
        let before = reader.document("a")?;
        writer.put_document("a", "2")?;
        let after = reader.at_once(|| reader.document("a"))?;
        Ok::<_, StoreError>((before, after))
    });
    assert_eq!(seen.unwrap(), (Some("1".to_owned()), Some("1".to_owned())));
    assert_eq!(reader.document("a").unwrap().as_deref(), Some("2"));
    let failed: Result<(), StoreError> = reader.at_once(|| {
        Err(StoreError::Missing {
            path: "nowhere".into(),
        })
    });
    assert!(failed.is_err());
    let mut reader = reader;
    reader.put_document("a", "3").unwrap();
}

#[test]
fn what_is_known_is_not_noted_again_in_any_order() {
    let home = Home::new();
    let mut ledger = home.ledger();
    let batch = [
        usage("1", Some("41"), 10, Source::History),
        usage("1", Some("41"), 20, Source::History), // unchanged
        usage("1", Some("22"), 30, Source::History),
        usage("1", None, 40, Source::Sync), // cleared
        usage("1", Some("41"), 5, Source::History),
        usage("1", Some("60"), 1, Source::History),
        usage("2", None, 1, Source::Sync), // empty from the start
    ];
    assert_eq!(ledger.observe(&batch, minute(50)).unwrap(), 4);
    let expected = [("60", 1), ("41", 5), ("22", 30), ("-", 40)];
    let series = |ledger: &retain::store::Ledger| {
        ledger
            .series(Kind::Account, &"1".into(), "wau", minute(99))
            .unwrap()
    };
    assert_eq!(values(&series(&ledger)), expected);
    for _ in 0..2 {
        assert_eq!(ledger.observe(&batch, minute(60)).unwrap(), 0);
        let mut reversed = batch.clone();
        reversed.reverse();
        assert_eq!(ledger.observe(&reversed, minute(60)).unwrap(), 0);
        for one in &reversed {
            assert_eq!(ledger.observe(std::slice::from_ref(one), minute(60)).unwrap(), 0);
        }
    }
    let until = ledger
        .series(Kind::Account, &"1".into(), "wau", minute(5))
        .unwrap();
    assert_eq!(values(&until), expected[..2]);
    assert_eq!(until[0].source, Source::History);
    assert_eq!(until[0].recorded_at, minute(50));
}

#[test]
fn two_values_at_one_stamp_stay_two_and_settle() {
    let home = Home::new();
    let mut ledger = home.ledger();
    let (a, b) = (
        usage("1", Some("a"), 1, Source::History),
        usage("1", Some("b"), 1, Source::History),
    );
    assert_eq!(ledger.observe(std::slice::from_ref(&a), minute(2)).unwrap(), 1);
    assert_eq!(ledger.observe(std::slice::from_ref(&b), minute(3)).unwrap(), 1);
    for one in [a, b] {
        assert_eq!(ledger.observe(&[one], minute(4)).unwrap(), 0);
    }
}

#[test]
fn what_is_read_now_never_rewrites_the_past() {
    let home = Home::new();
    let mut ledger = home.ledger();
    let read = |value, stamp| [usage("1", Some(value), stamp, Source::Sync)];
    assert_eq!(ledger.observe(&read("5", 10), minute(10)).unwrap(), 1);
    // A value that moves no stamp counts from when it was read.
    assert_eq!(ledger.observe(&read("7", 10), minute(20)).unwrap(), 1);
    // The same reading again, and after the cache was deleted.
    assert_eq!(ledger.observe(&read("7", 10), minute(30)).unwrap(), 0);
    assert_eq!(ledger.observe(&read("7", 30), minute(30)).unwrap(), 0);
    assert_eq!(ledger.observe(&read("5", 40), minute(50)).unwrap(), 1);
    let series = ledger
        .series(Kind::Account, &"1".into(), "wau", minute(99))
        .unwrap();
    assert_eq!(values(&series), [("5", 10), ("7", 20), ("5", 40)]);
}

#[test]
fn series_of_all_accounts_come_account_by_account_and_history_holds_what_belongs_to_it() {
    let home = Home::new();
    let mut ledger = home.ledger();
    let mut contact = usage("500", Some("champion"), 7, Source::Sync);
    contact.kind = Kind::Contact;
    contact.account = Some("2".into());
    ledger
        .observe(
            &[
                usage("2", Some("5"), 9, Source::Sync),
                usage("1", Some("1"), 3, Source::Sync),
                contact,
                observation(&account("2", "Alder", "4", 2)),
            ],
            minute(10),
        )
        .unwrap();
    let mut seen = Vec::new();
    ledger
        .each_series(&["wau"], &mut |account, field, observed| {
            seen.push(format!(
                "{account} {field} {}",
                observed.value.unwrap_or_default()
            ));
        })
        .unwrap();
    assert_eq!(seen, ["1 wau 1", "2 wau 4", "2 wau 5"]);
    let history = ledger.history_of_account(&"2".into()).unwrap();
    let fields: Vec<_> = history
        .iter()
        .map(|observed| (observed.kind, observed.field.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            (Kind::Account, "core:name"),
            (Kind::Account, "core:owner"),
            (Kind::Account, "wau"),
            (Kind::Contact, "wau"),
            (Kind::Account, "wau"),
        ]
    );
}

#[test]
fn the_journal_keeps_order_kinds_looks_merges_and_files() {
    let home = Home::new();
    let mut ledger = home.ledger();
    let event = |account: Option<&str>, kind: &str, at| NewEvent {
        account: account.map(RecordId::from),
        kind: kind.to_owned(),
        effective_at: minute(at),
        payload: json!({ "at": at }),
    };
    let batch = [
        event(Some("1"), "account-seen", 5),
        event(None, "x", 1),
        event(Some("1"), "band-changed", 2),
    ];
    ledger.append(&batch, minute(9)).unwrap();
    let kinds = |events: Vec<retain::store::Event>| -> Vec<String> {
        events.into_iter().map(|event| event.kind).collect()
    };
    assert_eq!(
        kinds(ledger.events(None, &[]).unwrap()),
        ["account-seen", "x", "band-changed"]
    );
    assert_eq!(
        kinds(ledger.events(Some(&"1".into()), &["band-changed"]).unwrap()),
        ["band-changed"]
    );
    assert_eq!(
        kinds(ledger.events(None, &["band-changed", "account-seen"]).unwrap()),
        ["account-seen", "band-changed"]
    );
    let first = &ledger.events(None, &["account-seen"]).unwrap()[0];
    assert_eq!(
        (first.author.as_str(), first.recorded_at, &first.payload),
        ("test", minute(9), &json!({ "at": 5 }))
    );

    assert_eq!(ledger.last_look(minute(99)).unwrap(), None);
    for at in [10, 20] {
        ledger.record_look(minute(at)).unwrap();
    }
    assert_eq!(ledger.last_look(minute(20)).unwrap(), Some(minute(10)));

    for (old, new) in [("1", "2"), ("2", "3"), ("2", "3"), ("3", "1")] {
        ledger
            .alias(Kind::Account, &old.into(), &new.into(), minute(9))
            .unwrap();
    }
    assert_eq!(ledger.aliases().unwrap().len(), 3);
    assert_eq!(ledger.resolve(Kind::Contact, &"1".into()).unwrap(), "1".into());
    assert_eq!(ledger.resolve(Kind::Account, &"2".into()).unwrap(), "1".into());

    let hash = ledger.keep_file("health.toml", "version = 3", minute(9)).unwrap();
    assert_eq!(
        ledger
            .keep_file("health.toml", "version = 3", minute(10))
            .unwrap(),
        hash
    );
    assert_eq!(hash.len(), 64);
    assert_eq!(ledger.file(&hash).unwrap().as_deref(), Some("version = 3"));
    assert_eq!(ledger.entries().unwrap(), 3 + 2 + 3 + 1);
}

/// What a sync does with one page.
fn sync(home: &Home, pages: &[Vec<Record>], crash_after: Option<usize>) {
    let (mut ledger, mut cache) = (home.ledger(), home.cache());
    let done: usize = cache
        .cursor("accounts")
        .unwrap()
        .map_or(0, |cursor| cursor.parse().unwrap());
    for (number, records) in pages.iter().enumerate().skip(done) {
        let batch: Vec<_> = records.iter().map(observation).collect();
        ledger.observe(&batch, minute(1_000 + number as i64)).unwrap();
        if crash_after == Some(number) {
            return; // the ledger has committed, the cache has not
        }
        let cursor = (number + 1).to_string();
        cache
            .commit_page(&CachePage {
                records,
                cursor: Some(("accounts", &cursor)),
                ..CachePage::default()
            })
            .unwrap();
    }
}

fn all_history(home: &Home) -> Vec<(String, String, Option<String>, i64)> {
    let mut all = Vec::new();
    home.ledger()
        .each_series(&[], &mut |account, field, observed| {
            all.push((
                account.to_owned(),
                field.to_owned(),
                observed.value,
                observed.effective_at.as_second(),
            ));
        })
        .unwrap();
    all
}
