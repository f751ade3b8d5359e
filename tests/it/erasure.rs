//! A person whom the CRM has deleted for good leaves no trace in the files; one who is only archived keeps theirs.

use std::collections::BTreeMap;
use std::path::Path;

use retain::demo::ObjectType;
use retain::domain::outbox::{Entry, Field, NewEntry, Receipt, State, Step, Target, Write, WritePermit};
use retain::domain::record::{Core, Kind, RecordId};
use retain::store::NewEvent;
use retain::store::erase::contact::{BACK, ERASED, GONE};
use retain::sync::Scope;

use crate::rig::Rig;

/// Nobody has this name.
const NAME: &str = "Zyxwutrina";
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Which files below a directory hold the name.
fn files_with_the_name(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        if memchr::memmem::find(&bytes, NAME.as_bytes()).is_some() {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found.sort();
    found
}

fn noted(rig: &Rig, kind: &str) -> usize {
    rig.stores.ledger.events(None, &[kind]).unwrap().len()
}

/// A portal in which somebody has written a contact's name into a property that is mapped, after its first sync.
fn with_a_person(scope: Scope) -> (Rig, u64) {
    person_in(scope, true)
}

/// The same; without a role nothing of any contact is mapped, so that nothing of one is ever observed.
fn person_in(scope: Scope, has_role: bool) -> (Rig, u64) {
    let mut rig = Rig::new(scope, 10);
    if !has_role {
        (rig.mapping.contact.role, rig.mapping.contact.left) = (None, None);
    }
    rig.sync().unwrap();
    let account = rig.account_with(Kind::Contact);
    let contact = *rig.linked(account, Kind::Contact).first().unwrap();
    rig.portal(|portal| {
        let role = format!("{NAME}'s deputy");
        for (property, value) in [("firstname", NAME), ("hs_buying_role", role.as_str())]
            .into_iter()
            .take(if has_role { 2 } else { 1 })
        {
            assert!(portal.set(ObjectType::Contacts, contact, property, Some(value)));
        }
    });
    rig.wait(60);
    rig.sync().unwrap();
    let observed = rig.stores.ledger.observed(Kind::Contact).unwrap();
    assert_eq!(observed.contains(&RecordId(contact.to_string())), has_role);
    let files = files_with_the_name(rig.directory.path());
    assert!(!files.is_empty(), "the test sees the name where it is");
    (rig, contact)
}

#[test]
fn an_archived_person_is_noted_as_gone_and_comes_back_whole() {
    for scope in [Scope::Me, Scope::All] {
        let (mut rig, contact) = with_a_person(scope);
        let id = RecordId(contact.to_string());
        let known = |rig: &Rig| {
            let ledger = &rig.stores.ledger;
            ledger
                .series(Kind::Contact, &id, "hs_buying_role", jiff::Timestamp::MAX)
                .unwrap()
        };
        let before = known(&rig);
        assert!(!before.is_empty());
        rig.portal(|portal| assert!(portal.archive(ObjectType::Contacts, contact)));
        rig.wait(2 * HOUR);
        rig.sync().unwrap();
        assert_eq!(rig.record(Kind::Contact, contact), None);
        let gone = rig.stores.ledger.events(None, &[GONE]).unwrap();
        assert_eq!(gone.len(), 1);
        assert!(gone[0].account.is_some());
        assert_eq!(gone[0].payload, serde_json::json!({ "contact": id.as_str() }));
        for _ in 0..3 {
            rig.wait(DAY);
            rig.full().unwrap();
        }
        assert_eq!((noted(&rig, GONE), noted(&rig, ERASED)), (1, 0));
        assert_eq!(known(&rig), before);
        rig.portal(|portal| assert!(portal.restore(ObjectType::Contacts, contact)));
        rig.full().unwrap();
        assert!(rig.record(Kind::Contact, contact).is_some());
        assert_eq!((noted(&rig, BACK), noted(&rig, ERASED)), (1, 0));
        assert_eq!(known(&rig), before);
    }
}

#[test]
fn a_person_who_was_deleted_for_good_is_in_no_file_any_more() {
    for (archived_first, has_role) in [(false, true), (true, true), (false, false), (true, false)] {
        let (mut rig, contact) = person_in(Scope::Me, has_role);
        if archived_first {
            rig.portal(|portal| assert!(portal.archive(ObjectType::Contacts, contact)));
            rig.wait(2 * HOUR);
            rig.sync().unwrap();
        }
        rig.portal(|portal| assert!(portal.purge(ObjectType::Contacts, contact)));
        rig.wait(DAY);
        rig.full().unwrap();
        let case = format!("archived first: {archived_first}, with a role: {has_role}");
        assert_eq!(noted(&rig, GONE), 1, "{case}");
        rig.wait(DAY);
        rig.full().unwrap();
        assert_eq!((noted(&rig, GONE), noted(&rig, ERASED)), (1, 1), "{case}");
        let observed = rig.stores.ledger.observed(Kind::Contact).unwrap();
        assert!(!observed.contains(&RecordId(contact.to_string())));
        let files = files_with_the_name(rig.directory.path());
        assert!(files.is_empty(), "{case}: {files:?}");
        assert_eq!(rig.stores.ledger.check().unwrap(), [""; 0]);
        rig.wait(DAY);
        rig.full().unwrap();
        assert_eq!((noted(&rig, GONE), noted(&rig, ERASED)), (1, 1));
    }
}

/// Entries, drafts and events that mean the person: a log of a call that left, one that waits, a note that names them.
fn written_about(rig: &mut Rig, contact: u64) -> Vec<Entry> {
    let id = RecordId(contact.to_string());
    let record = rig.record(Kind::Contact, contact).unwrap();
    let name = format!("{NAME} {}", record.core(Core::LastName).unwrap());
    let now = rig.options.now;
    let entry = |with: &[(Kind, &RecordId)], text: &str| NewEntry {
        act: text.to_owned().replace(NAME, ""),
        account: None,
        title: format!("Call: {text}"),
        write: Write::Create {
            kind: Kind::Call,
            fields: BTreeMap::from([
                (Field::Core(Core::Body), text.to_owned()),
                (Field::Core(Core::Owner), "7".to_owned()),
            ]),
            about: with
                .iter()
                .map(|(kind, id)| (*kind, Target::Record((*id).clone())))
                .collect(),
        },
        leaves_at: now,
    };
    let account = RecordId::from("1");
    let theirs = [(Kind::Account, &account), (Kind::Contact, &id)];
    let entries = [
        entry(&theirs, &format!("sent: {NAME} is leaving")),
        entry(&theirs, &format!("waits: {NAME} is leaving")),
        entry(&theirs[..1], &format!("names: {name} is leaving, Idris follows")),
    ];
    let permit = WritePermit::unless(None).unwrap();
    let ledger = &mut rig.stores.ledger;
    let queued = ledger.enqueue(permit, &entries, &[], now).unwrap();
    let receipt = Receipt {
        record: RecordId::from("900"),
        link: None,
        replaced: Vec::new(),
        there: false,
    };
    for step in [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        Step::Unknown {
            why: format!("{NAME} was not answered"),
            settled: false,
        },
        Step::Sent(receipt),
    ] {
        ledger.step(queued[0].id, &step, now).unwrap().unwrap();
    }
    ledger
        .put_draft("note:1", &format!("Ask {name} who follows"), now)
        .unwrap();
    let event = NewEvent {
        account: None,
        kind: "play-started".to_owned(),
        effective_at: now,
        payload: serde_json::json!({ "steps": [{ "title": format!("Call {name}"), "id": "call" }] }),
    };
    ledger.append(&[event], now).unwrap();
    queued
}

/// What a session that is gone left beside the ledger: what it could not save, and what its editor had open.
fn left_beside(rig: &Rig, contact: u64, waiting: &[&Entry]) -> [std::path::PathBuf; 2] {
    let record = rig.record(Kind::Contact, contact).unwrap();
    let name = format!("{NAME} {}", record.core(Core::LastName).unwrap());
    let at = rig.options.now.to_string();
    let entries: Vec<&NewEntry> = waiting.iter().map(|entry| &entry.new).collect();
    let unsaved = serde_json::json!({ "version": 1, "orders": [
        { "at": at, "order": "queue", "entries": entries, "events": [], "drafts_done": [] },
        { "at": at, "order": "save-draft", "name": "note:1", "text": format!("Ask {name} who follows") },
        { "at": at, "order": "save-draft", "name": format!("note:{contact}"), "text": format!("{NAME} likes tea") },
        { "at": at, "order": "step", "id": 2, "step": { "step": "revised", "write": waiting[0].new.write } },
    ]});
    // No process has this number.
    let files = [
        ("unsaved-4194305-0.json".to_owned(), unsaved.to_string()),
        (
            "composing-4194305-0.note%3A1.md".to_owned(),
            format!("{name} leaves in May"),
        ),
        (
            format!("composing-4194305-1.note%3A{contact}.md"),
            format!("{NAME} likes tea"),
        ),
    ];
    let paths = files.map(|(file, text)| {
        let path = rig.directory.path().join(file);
        std::fs::write(&path, text).unwrap();
        path
    });
    let [unsaved, composing, _] = paths;
    [unsaved, composing]
}

/// How a contact leaves before it is deleted for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Archived,
    /// Its account leaves my book.
    WithItsAccount,
    /// It hangs on somebody else's account from then on.
    Moved,
}

/// The contact leaves the cache; nobody has deleted it yet.
fn leaves(rig: &mut Rig, contact: u64, first: First) {
    let id = RecordId(contact.to_string());
    let accounts = rig.stores.cache.linked_ids((Kind::Contact, &id), Kind::Account);
    let accounts: Vec<u64> = accounts
        .unwrap()
        .iter()
        .map(|id| id.as_str().parse().unwrap())
        .collect();
    let not_mine = rig.portal(|portal| portal.ids(ObjectType::Companies));
    let mine = rig.ids(Kind::Account);
    let elsewhere = not_mine.into_iter().find(|id| !mine.contains(id)).unwrap();
    rig.portal(|portal| match first {
        First::Archived => assert!(portal.archive(ObjectType::Contacts, contact)),
        First::WithItsAccount => {
            for account in &accounts {
                assert!(portal.set(ObjectType::Companies, *account, "lifecyclestage", Some("lead")));
            }
        }
        First::Moved => {
            for account in &accounts {
                portal
                    .links
                    .remove((ObjectType::Contacts, contact), (ObjectType::Companies, *account));
            }
            assert!(portal.link(
                (ObjectType::Contacts, contact),
                (ObjectType::Companies, elsewhere)
            ));
        }
    });
    rig.wait(2 * HOUR);
    rig.full().unwrap();
    assert_eq!(rig.record(Kind::Contact, contact), None, "{first:?}");
    assert_eq!(
        noted(rig, GONE),
        usize::from(first == First::Archived),
        "{first:?}"
    );
}

#[test]
fn what_we_wrote_about_a_person_who_was_deleted_for_good_goes_with_them() {
    for (first, has_role) in [
        (First::Archived, true),
        (First::Archived, false),
        (First::WithItsAccount, false),
        (First::Moved, false),
    ] {
        what_we_wrote_goes(first, has_role);
    }
}

fn what_we_wrote_goes(first: First, has_role: bool) {
    let (mut rig, contact) = person_in(Scope::Me, has_role);
    let [sent, waits, names] = &written_about(&mut rig, contact)[..] else {
        panic!("three were queued");
    };
    let beside = left_beside(&rig, contact, &[waits, names]);
    leaves(&mut rig, contact, first);
    rig.portal(|portal| assert!(portal.purge(ObjectType::Contacts, contact)));
    for _ in 0..2 {
        rig.wait(DAY);
        rig.full().unwrap();
    }
    assert_eq!(noted(&rig, ERASED), 1, "{first:?}");
    let files = files_with_the_name(rig.directory.path());
    assert!(files.is_empty(), "{first:?}: {files:?}");
    let [unsaved, composing] = beside.map(|path| std::fs::read_to_string(path).unwrap());
    let unsaved: serde_json::Value = serde_json::from_str(&unsaved).unwrap();
    let titles: Vec<&str> = unsaved["orders"][0]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["Call: names: (erased) is leaving, Idris follows"]);
    assert_eq!(unsaved["orders"][1]["text"], "Ask (erased) who follows");
    assert_eq!(composing, "(erased) leaves in May");
    let ledger = &rig.stores.ledger;
    assert_eq!(ledger.check().unwrap(), [""; 0]);
    let now = |entry: &Entry| ledger.entry(entry.id).unwrap().unwrap();
    assert_eq!(now(sent).state, State::Sent);
    assert_eq!(now(sent).receipt.unwrap().record, RecordId::from("900"));
    assert_eq!(now(waits).state, State::Discarded);
    assert!(now(waits).said.unwrap().contains("deleted for good"));
    assert_eq!(
        now(names).state,
        State::Parked,
        "a person looks at it before it leaves"
    );
    let Write::Create { fields, .. } = now(names).new.write else {
        panic!("it was a call");
    };
    let body = &fields[&Field::Core(Core::Body)];
    assert_eq!(body, "names: (erased) is leaving, Idris follows");
    assert_eq!(
        ledger.draft("note:1").unwrap().unwrap().body,
        "Ask (erased) who follows"
    );
    assert_eq!(ledger.outbox_damaged().unwrap(), []);
}

/// A program that is killed between the erasure in the ledger and the line after it has left the names in the cache.
#[test]
fn names_that_a_crash_left_in_the_cache_go_with_the_next_sweep() {
    const NAMES: &str = "departed-names";
    let (mut rig, contact) = person_in(Scope::Me, false);
    leaves(&mut rig, contact, First::Archived);
    let before = rig.stores.cache.document(NAMES).unwrap().unwrap();
    assert!(before.contains(NAME));
    rig.portal(|portal| assert!(portal.purge(ObjectType::Contacts, contact)));
    rig.wait(DAY);
    rig.full().unwrap();
    assert_eq!(
        noted(&rig, ERASED),
        1,
        "it was noted as gone when it was archived"
    );
    rig.stores.cache.put_document(NAMES, &before).unwrap();
    rig.wait(DAY);
    rig.full().unwrap();
    assert_eq!((noted(&rig, GONE), noted(&rig, ERASED)), (1, 1));
    let files = files_with_the_name(rig.directory.path());
    assert!(files.is_empty(), "{files:?}");
}

#[test]
fn nobody_with_a_longer_name_is_touched_and_what_may_have_arrived_leaves_no_more_by_itself() {
    let (mut rig, contact) = with_a_person(Scope::Me);
    let record = rig.record(Kind::Contact, contact).unwrap();
    let name = format!("{NAME} {}", record.core(Core::LastName).unwrap());
    let address = record.core(Core::Email).unwrap().to_uppercase();
    let texts = [
        format!("{name}ström stays"),
        format!("on its way: {name}"),
        format!("no answer: {}", name.to_lowercase()),
        format!("write to {address}"),
    ];
    let now = rig.options.now;
    let note = |text: &String| NewEntry {
        act: "act".to_owned(),
        account: None,
        title: "Note".to_owned(),
        write: Write::Create {
            kind: Kind::Note,
            fields: BTreeMap::from([(Field::Core(Core::Body), text.clone())]),
            about: vec![(Kind::Account, Target::Record(RecordId::from("1")))],
        },
        leaves_at: now,
    };
    let permit = WritePermit::unless(None).unwrap();
    let ledger = &mut rig.stores.ledger;
    let queued = ledger.enqueue(permit, &texts.each_ref().map(note), &[], now);
    let queued = queued.unwrap();
    for entry in &queued[1..3] {
        let sending = Step::Sending {
            seen: None,
            keyed: false,
        };
        ledger.step(entry.id, &sending, now).unwrap().unwrap();
    }
    let why = "no answer came".to_owned();
    ledger
        .step(queued[2].id, &Step::Unknown { why, settled: false }, now)
        .unwrap()
        .unwrap();
    rig.portal(|portal| assert!(portal.purge(ObjectType::Contacts, contact)));
    for _ in 0..2 {
        rig.wait(DAY);
        rig.full().unwrap();
    }
    assert_eq!(noted(&rig, ERASED), 1);
    let found: Vec<(String, State, bool)> = queued
        .iter()
        .map(|entry| rig.stores.ledger.entry(entry.id).unwrap().unwrap())
        .map(|entry| match &entry.new.write {
            Write::Create { fields, .. } => {
                let text = fields[&Field::Core(Core::Body)].clone();
                (text, entry.state, entry.doubted)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        (texts[0].as_str(), State::Queued, false),
        ("on its way: (erased)", State::Unknown, true),
        ("no answer: (erased)", State::Unknown, true),
        ("write to (erased)", State::Parked, false),
    ];
    assert_eq!(
        found,
        expected.map(|(text, state, doubted)| (text.to_owned(), state, doubted))
    );
    assert_eq!(rig.stores.ledger.check().unwrap(), [""; 0]);
}

/// Whoever leaves my book is somebody else's customer, and no deleted person.
#[test]
fn a_person_whose_account_leaves_my_book_is_not_erased() {
    let (mut rig, contact) = with_a_person(Scope::Me);
    let accounts = rig
        .stores
        .cache
        .linked_ids((Kind::Contact, &RecordId(contact.to_string())), Kind::Account);
    for account in accounts.unwrap() {
        let account = account.as_str().parse().unwrap();
        rig.portal(|portal| portal.set(ObjectType::Companies, account, "lifecyclestage", Some("lead")));
    }
    for _ in 0..3 {
        rig.wait(DAY);
        rig.full().unwrap();
    }
    assert_eq!(rig.record(Kind::Contact, contact), None);
    assert_eq!((noted(&rig, GONE), noted(&rig, ERASED)), (0, 0));
}

#[test]
fn what_was_said_of_warnings_about_a_person_goes_from_the_journal_and_from_what_quotes_it() {
    let (mut rig, contact) = with_a_person(Scope::Me);
    let record = rig.record(Kind::Contact, contact).unwrap();
    let name = format!("{NAME} {}", record.core(Core::LastName).unwrap());
    let account = RecordId(rig.account_with(Kind::Contact).to_string());
    let why = format!("{name} said so");
    let closed = NewEvent {
        account: Some(account.clone()),
        kind: "warning-closed".to_owned(),
        effective_at: rig.options.now,
        payload: serde_json::json!({ "signal": "no-touch", "verdict": "noise", "why": why }),
    };
    rig.stores.ledger.append(&[closed], rig.options.now).unwrap();
    let quoted = retain::domain::desk::Warning {
        reason: why,
        ..warning(&account)
    };
    rig.stores.cache.put_warnings(&account, &[quoted]).unwrap();
    rig.stores.cache.put_document("scored", "\"then\"").unwrap();
    rig.portal(|portal| assert!(portal.purge(ObjectType::Contacts, contact)));
    for _ in 0..2 {
        rig.wait(DAY);
        rig.full().unwrap();
    }
    assert_eq!(noted(&rig, ERASED), 1);
    let files = files_with_the_name(rig.directory.path());
    assert!(files.is_empty(), "{files:?}");
    let kept = rig
        .stores
        .ledger
        .events(Some(&account), &["warning-closed"])
        .unwrap();
    assert_eq!(kept[0].payload["why"], "(erased) said so");
    assert_eq!(
        rig.stores.cache.document("scored").unwrap(),
        None,
        "what quoted it is made anew, also after a kill"
    );
}

fn warning(account: &RecordId) -> retain::domain::desk::Warning {
    serde_json::from_value(serde_json::json!({
        "account": account, "signal": "no-touch", "version": 1, "kind": "risk", "severity": "medium",
        "reason": "", "evidence": [], "since": "2026-11-01", "standing": false,
    }))
    .unwrap()
}
