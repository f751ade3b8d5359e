//! A record that the CRM would not answer for is not gone: nothing is written to it, and nothing is said to be done.

use retain::crm::CrmError;
use retain::domain::outbox::{Entry, Field, Remedy, State, Step, Target, Write};
use retain::domain::record::{Kind, RecordId};

use super::bench::{Bench, object, update};
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
fn what_no_other_value_helps_says_what_does() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let number: u64 = account.as_str().parse().unwrap();
    let changes = |bench: &mut Bench| {
        let field = Field::Mapped("hs_csm_sentiment".to_owned());
        let base = bench.value(Kind::Account, &account, "hs_csm_sentiment");
        let to = Target::Record(account.clone());
        update(Kind::Account, to, field, base.as_deref(), Some("at_risk"))
    };
    let parked = |bench: &Bench, entry: &Entry, remedy: Remedy, words: &str| {
        let entry = bench.entry(entry);
        let said = entry.said.clone().unwrap_or_default();
        assert_eq!((entry.state, entry.remedy), (State::Parked, remedy), "{said}");
        assert!(said.contains(words), "{said}");
    };
    // A right that the key lacks.
    let right = "crm.objects.companies.write";
    bench.server.with_portal(|portal| {
        portal.set(object(Kind::Account), number, "hs_csm_sentiment", Some("happy"));
        portal.missing_scopes.insert(right.to_owned())
    });
    let write = changes(&mut bench);
    let change = bench.queue(&account, write);
    bench.push().unwrap();
    parked(&bench, &change, Remedy::Right, right);
    // A record that is there no more: the one that is changed, or the one that something is about.
    let other = bench.account(1);
    let notes = ["one", "two"].map(|text| bench.create(&other, Kind::Note, text));
    let archived = bench.server.with_portal(|portal| {
        portal.missing_scopes.clear();
        portal.purge(object(Kind::Account), other.as_str().parse().unwrap());
        portal.archive(object(Kind::Account), number)
    });
    assert!(archived);
    bench.step(&change, &Step::Resend { grace: None });
    bench.push().unwrap();
    for entry in notes.iter().chain([&change]) {
        parked(&bench, entry, Remedy::Restore, "the CRM has this account no more");
    }
    // Once it is restored the same is taken.
    bench
        .server
        .with_portal(|portal| portal.restore(object(Kind::Account), number));
    bench.step(&change, &Step::Resend { grace: None });
    bench.push().unwrap();
    assert_eq!(bench.entry(&change).state, State::Sent);
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

#[test]
fn a_property_that_is_gone_is_told_as_gone_and_not_as_the_change_of_a_colleague() {
    let mut bench = Bench::new();
    let account = bench.account(0);
    let number = account.as_str().parse().unwrap();
    bench
        .server
        .with_portal(|portal| portal.set(object(Kind::Account), number, "region", Some("EMEA")));
    bench.sync();
    let region = |bench: &mut Bench| {
        let to = Target::Record(account.clone());
        let field = Field::Mapped("region".to_owned());
        let write = update(Kind::Account, to, field, Some("EMEA"), Some("APAC"));
        bench.queue(&account, write)
    };
    let change = region(&mut bench);
    bench.set_faults("missing=companies.region");
    bench.push().unwrap();
    let entry = bench.entry(&change);
    let said = entry.said.unwrap_or_default();
    assert_eq!(
        (entry.state, entry.remedy),
        (State::Parked, Remedy::Edit),
        "{said}"
    );
    assert!(said.contains("no property `region`"), "{said}");
    // One that is there and was emptied is a colleague's change.
    bench.set_faults("");
    let other = region(&mut bench);
    bench
        .server
        .with_portal(|portal| portal.set(object(Kind::Account), number, "region", None));
    bench.push().unwrap();
    assert_eq!(bench.entry(&other).state, State::Conflict);
}
