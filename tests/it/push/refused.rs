//! A record that the CRM would not answer for is not gone: nothing is written to it, and nothing is said to be done.

use retain::crm::CrmError;
use retain::domain::outbox::{Entry, Field, State, Target, Write};
use retain::domain::record::{Kind, RecordId};

use super::bench::{Bench, update};
use super::meddler::Meddler;
use super::undo::is_archived;

/// In what words the CRM refuses a record when it is asked for by itself.
const WORDS: &str = "this record is locked";

/// A CRM that refuses one record among others, and with `words` also by itself.
fn refusing<'a>(bench: &Bench, record: &RecordId, has_words: bool) -> Meddler<'a> {
    let mut crm = Meddler::new(bench.crm.borrow().clone(), |_| ());
    crm.refuses = Some(record.clone());
    let alone = record.clone();
    crm.reads = Box::new(move |ids| {
        let refused = CrmError::Refused {
            request: "POST batch/read".to_owned(),
            status: 400,
            message: WORDS.to_owned(),
        };
        (has_words && *ids == [alone.clone()]).then_some(refused)
    });
    crm
}

fn assert_parked(entry: &Entry, has_words: bool) {
    assert_eq!(entry.state, State::Parked, "{:?}", entry.said);
    let said = entry.said.clone().unwrap();
    let words = if has_words { WORDS } else { "would not answer" };
    assert!(said.contains(words), "{said}");
    assert!(!said.contains("no more"), "{said}");
}

#[test]
fn what_was_not_archived_is_not_told_to_be() {
    for has_words in [true, false] {
        let mut bench = Bench::new();
        let account = bench.account(0);
        let made = ["one", "two"].map(|text| bench.create(&account, Kind::Note, text));
        bench.push().unwrap();
        let records = made.map(|entry| bench.entry(&entry).receipt.unwrap().record);
        let archive = |id: &RecordId| Write::Archive {
            kind: Kind::Note,
            target: Target::Record(id.clone()),
        };
        let backs = [
            bench.queue(&account, archive(&records[0])),
            bench.queue(&account, archive(&records[1])),
        ];
        let crm = refusing(&bench, &records[0], has_words);
        bench.push_with(&crm, &mut |_| ()).unwrap();
        assert_parked(&bench.entry(&backs[0]), has_words);
        assert_eq!(bench.entry(&backs[1]).state, State::Sent);
        let archived = records
            .each_ref()
            .map(|id| is_archived(&bench, Kind::Note, id.as_str().parse().unwrap()));
        assert_eq!(archived, [false, true]);
        let kept = bench.stores.cache.record(Kind::Note, &records[0]).unwrap();
        assert!(kept.is_some(), "it is still there");
    }
}

#[test]
fn what_was_not_read_is_not_told_to_be_gone() {
    for has_words in [true, false] {
        let mut bench = Bench::new();
        let accounts = [bench.account(0), bench.account(1)];
        let region = |id: &RecordId, base: Option<&str>| {
            let field = Field::Mapped("region".to_owned());
            let to = Some(if base == Some("APAC") { "EMEA" } else { "APAC" });
            update(Kind::Account, Target::Record(id.clone()), field, base, to)
        };
        let changes = accounts.each_ref().map(|id| {
            let base = bench.value(Kind::Account, id, "region");
            let write = region(id, base.as_deref());
            bench.queue(id, write)
        });
        let crm = refusing(&bench, &accounts[0], has_words);
        bench.push_with(&crm, &mut |_| ()).unwrap();
        assert_parked(&bench.entry(&changes[0]), has_words);
        assert_eq!(bench.entry(&changes[1]).state, State::Sent);
    }
}
