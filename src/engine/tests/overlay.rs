//! Pending writes show at once, and what the CRM has shows once.

use super::book::{Book, NOW, at, record};
use super::{all, fired, line};
use crate::domain::account_view::AccountView;
use crate::domain::desk::DueItem;
use crate::domain::outbox::{
    Change, Entry, EntryId, Field, NewEntry, Receipt, Remedy, State, Step, Target, Write, WritePermit,
};
use crate::domain::record::{Core, Kind, RecordId, ValueType};
use crate::engine::{account_view, turn_back};
use crate::store::Ledger;

/// A minute after the last sync.
const LATER: &str = "2026-11-23T08:51:00Z";

fn queue(book: &mut Book, write: Write) -> EntryId {
    let new = NewEntry {
        act: "act".to_owned(),
        account: Some("1".into()),
        title: "what it is".to_owned(),
        write,
        leaves_at: at(LATER),
    };
    let permit = WritePermit::unless(None).unwrap();
    book.ledger.enqueue(permit, &[new], &[], at(LATER)).unwrap()[0].id
}

fn step(book: &mut Book, id: EntryId, step: &Step) -> Entry {
    book.ledger.step(id, step, at(LATER)).unwrap().unwrap()
}

fn sent(book: &mut Book, id: EntryId, record: &str) {
    step(
        book,
        id,
        &Step::Sending {
            seen: None,
            keyed: false,
        },
    );
    let receipt = Receipt {
        record: record.into(),
        link: None,
        replaced: Vec::new(),
        there: false,
    };
    step(book, id, &Step::Sent(receipt));
}

fn create(kind: Kind, fields: &[(Core, &str)]) -> Write {
    let fields = fields
        .iter()
        .map(|(core, value)| (Field::Core(*core), (*value).to_owned()));
    Write::Create {
        kind,
        fields: fields
            .chain([(Field::Core(Core::Owner), "o1".to_owned())])
            .collect(),
        about: vec![(Kind::Account, Target::Record("1".into()))],
    }
}

fn note() -> Write {
    create(
        Kind::Note,
        &[(Core::Body, "2 < 3\n& more"), (Core::Occurred, LATER)],
    )
}

fn change(kind: Kind, target: Target, field: Field, base: Option<&str>, to: &str) -> Write {
    Write::Update {
        kind,
        target,
        changes: vec![Change {
            field,
            base: base.map(str::to_owned),
            to: Some(to.to_owned()),
            value_type: ValueType::Text,
        }],
    }
}

/// Queues another name for an account.
pub fn rename(ledger: &mut Ledger, account: &RecordId, name: &str) {
    let target = Target::Record(account.clone());
    let new = NewEntry {
        act: "act".to_owned(),
        account: Some(account.clone()),
        title: "another name".to_owned(),
        write: change(Kind::Account, target, Field::Core(Core::Name), None, name),
        leaves_at: at(LATER),
    };
    let permit = WritePermit::unless(None).unwrap();
    ledger.enqueue(permit, &[new], &[], at(NOW)).unwrap();
}

fn view(book: &mut Book) -> AccountView {
    all(book, LATER);
    let found = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(LATER));
    found.unwrap().unwrap()
}

fn due(book: &mut Book) -> Vec<DueItem> {
    all(book, LATER);
    book.cache.desk().unwrap().unwrap().due
}

fn book() -> Book {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let due = [
        (Core::Subject, "Send the offer"),
        (Core::Due, "2026-11-23T17:00:00Z"),
        (Core::Owner, "o1"),
    ];
    book.put(&record(Kind::Task, "t1", &due), Some("1"));
    book
}

/// The texts of the notes with how each stands, and how often the timeline has them.
fn notes(book: &mut Book) -> (Vec<(String, Option<State>)>, usize) {
    let view = view(book);
    let lines = view.timeline.iter().filter(|line| line.words.contains("2 < 3"));
    let count = lines.count();
    (
        view.notes
            .into_iter()
            .map(|note| (note.text, note.pending))
            .collect(),
        count,
    )
}

#[test]
fn a_queued_note_shows_as_it_was_typed_until_it_is_given_up_and_never_twice() {
    let text = "2 < 3\n& more".to_owned();
    let mut book = book();
    let id = queue(&mut book, note());
    assert_eq!(notes(&mut book), (vec![(text.clone(), Some(State::Queued))], 1));
    assert_eq!(view(&mut book).timeline[0].pending, Some(State::Queued));
    let entry = step(
        &mut book,
        id,
        &Step::Sending {
            seen: None,
            keyed: false,
        },
    );
    assert_eq!(notes(&mut book).0, [(text.clone(), Some(State::Sending))]);
    // An ordinary sync may bring it before its answer is known.
    let body = format!(
        "<p>2 &lt; 3<br>&amp; more</p><p>Dana Reyes · retain {}</p>",
        entry.key
    );
    let there = record(Kind::Note, "900", &[(Core::Body, &body), (Core::Occurred, LATER)]);

    book.put(&there, Some("1"));
    let (found, count) = notes(&mut book);
    assert_eq!((found.len(), found[0].1, count), (1, None, 1));
    step(
        &mut book,
        id,
        &Step::Sent(Receipt {
            record: "900".into(),
            link: None,
            replaced: Vec::new(),
            there: false,
        }),
    );
    let (found, count) = notes(&mut book);
    assert_eq!((found.len(), found[0].1, count), (1, None, 1));
}

#[test]
fn what_was_sent_shows_until_the_cache_has_it_and_not_for_ever() {
    let mut book = book();
    let id = queue(&mut book, note());
    sent(&mut book, id, "900");
    let found = view(&mut book).notes;
    assert_eq!(
        (found.len(), found[0].id.clone(), found[0].pending),
        (1, RecordId::from("900"), None)
    );
    // Somebody deleted it in the CRM: a later sync does not bring it.
    book.synced("2026-11-23T09:30:00Z");
    assert_eq!(view(&mut book).notes, []);
}

#[test]
fn what_was_taken_back_given_up_or_refused_is_gone() {
    for last in [
        vec![Step::TakenBack],
        vec![Step::Discarded { why: String::new() }],
        vec![
            Step::Sending {
                seen: None,
                keyed: false,
            },
            Step::Parked {
                said: "no".to_owned(),
                remedy: Remedy::Edit,
            },
        ],
    ] {
        let mut book = book();
        let id = queue(&mut book, note());
        assert_eq!(notes(&mut book).0.len(), 1);
        for one in last {
            step(&mut book, id, &one);
        }
        assert_eq!(notes(&mut book), (Vec::new(), 0));
    }
}

#[test]
fn a_logged_call_counts_at_once() {
    let mut book = book();
    let old = record(Kind::Call, "1-t", &[(Core::Occurred, "2026-08-01T10:00:00Z")]);
    book.put(&old, Some("1"));
    all(&mut book, NOW);
    assert!(fired(&book, "1").contains(&"no-touch".to_owned()));
    let before = line(&book, "1").score.unwrap();
    let call = [(Core::Subject, "Call with Ana"), (Core::Occurred, LATER)];
    let id = queue(&mut book, create(Kind::Call, &call));
    let counts = |book: &mut Book| {
        all(book, LATER);
        let line = line(book, "1");
        assert_eq!(line.last_touch, Some("2026-11-23".parse().unwrap()));
        assert!(line.score.unwrap() > before, "{line:?}");
        assert!(!fired(book, "1").contains(&"no-touch".to_owned()));
    };
    counts(&mut book);
    // Also once the CRM has it, and before the next sync came to its end.
    sent(&mut book, id, "900");
    let mut there = record(Kind::Call, "900", &call);
    there.created = at(LATER);
    book.put(&there, Some("1"));
    counts(&mut book);
}

#[test]
fn a_meeting_that_was_planned_before_the_last_sync_counts_from_the_next_one_on() {
    let mut book = book();
    let planned = record(Kind::Meeting, "m", &[(Core::Occurred, "2026-11-23T08:50:30Z")]);
    book.put(&planned, Some("1"));
    all(&mut book, NOW);
    let before = line(&book, "1").score;
    all(&mut book, LATER);
    assert_eq!(line(&book, "1").score, before);
}

#[test]
fn tasks_move_and_leave_as_they_are_rescheduled_and_completed() {
    let mut book = book();
    let task = || Target::Record("t1".into());
    let found = due(&mut book);
    assert_eq!((found.len(), found[0].pending), (1, None));
    let to = "2026-11-27T17:00:00Z";
    let moved = change(
        Kind::Task,
        task(),
        Field::Core(Core::Due),
        Some("2026-11-23T17:00:00Z"),
        to,
    );
    queue(&mut book, moved);
    let found = due(&mut book);
    assert_eq!(found[0].due, Some("2026-11-27".parse().unwrap()));
    assert_eq!(found[0].pending, Some(State::Queued));
    let done = change(Kind::Task, task(), Field::Core(Core::Done), None, "true");
    let id = queue(&mut book, done);
    assert_eq!(due(&mut book), []);
    step(&mut book, id, &Step::TakenBack);
    assert_eq!(due(&mut book).len(), 1);
}

#[test]
fn a_task_that_waits_can_be_completed_before_the_crm_has_it() {
    let mut book = book();
    let made = create(
        Kind::Task,
        &[(Core::Subject, "Call back"), (Core::Due, "2026-11-24T17:00:00Z")],
    );
    let id = queue(&mut book, made);
    let found = due(&mut book);
    let waiting = found.iter().find(|item| item.title == "Call back").unwrap();
    assert_eq!(waiting.account_name, "Juniper Freight");
    let target = Target::of(&waiting.record);
    assert_eq!(target, Target::Entry(id));
    let done = change(Kind::Task, target, Field::Core(Core::Done), Some("false"), "true");
    queue(&mut book, done);
    assert_eq!(due(&mut book).len(), 1);
    // Also under the id that the CRM gave it.
    sent(&mut book, id, "900");
    let there = record(
        Kind::Task,
        "900",
        &[(Core::Subject, "Call back"), (Core::Owner, "o1")],
    );
    book.put(&there, Some("1"));
    assert_eq!(due(&mut book).len(), 1);
}

#[test]
fn what_we_made_and_take_back_from_the_crm_is_gone_at_once() {
    let mut book = book();
    let archive = Write::Archive {
        kind: Kind::Task,
        target: Target::Record("t1".into()),
    };
    let id = queue(&mut book, archive);
    assert_eq!(due(&mut book), []);
    step(&mut book, id, &Step::TakenBack);
    assert_eq!(due(&mut book).len(), 1);
}

fn property(name: &str, value_type: &str, read_only: bool) -> serde_json::Value {
    serde_json::json!({
        "name": name, "label": name, "value_type": value_type, "options": [["basic", "Basic"]],
        "calculated": false, "unique": false, "read_only": read_only, "is_owner": name == "hubspot_owner_id",
    })
}

#[test]
fn an_edited_field_shows_its_new_value_and_only_what_the_crm_lets_be_written_is_offered() {
    let mut book = book();
    let account = [
        property("customer_tier", "choice", false),
        property("hubspot_owner_id", "choice", false),
        property("region", "text", true),
    ];
    let contract = [property("contract_end", "date", false)];
    for (name, properties) in [("account", &account[..]), ("contract", &contract[..])] {
        let json = serde_json::to_string(properties).unwrap();
        book.cache
            .put_document(&format!("properties.{name}"), &json)
            .unwrap();
    }
    let fields = view(&mut book).editable;
    let labels: Vec<&str> = fields.iter().map(|field| field.label.as_str()).collect();
    assert_eq!(labels, ["CSM", "segment", "renewal date"]);
    assert!(fields[0].is_owner);
    assert_eq!(
        (fields[1].value.as_deref(), fields[1].value_type),
        (Some("enterprise"), ValueType::Choice)
    );
    assert_eq!(
        (fields[2].kind, fields[2].record.as_str()),
        (Kind::Contract, "1-c")
    );
    assert_eq!(fields[2].name(), "renewal date of 1-c");
    assert_eq!(fields[2].value.as_deref(), Some("2027-01-31"));

    let segment = Field::Mapped("customer_tier".to_owned());
    let target = || Target::Record("1".into());
    let first = queue(
        &mut book,
        change(
            Kind::Account,
            target(),
            segment.clone(),
            Some("enterprise"),
            "basic",
        ),
    );
    let seen = view(&mut book);
    assert_eq!(seen.summary.segment.as_deref(), Some("basic"));
    assert_eq!(
        (seen.editable[1].value.as_deref(), seen.editable[1].pending),
        (Some("basic"), Some(State::Queued))
    );
    // Sent, and the cache still has the old value; then it has the new one; then a colleague's.
    sent(&mut book, first, "1");
    let seen = view(&mut book);
    assert_eq!(
        (seen.summary.segment.as_deref(), seen.editable[1].pending),
        (Some("basic"), None)
    );
    for value in ["basic", "gold"] {
        book.account("1", "Juniper Freight", &[("customer_tier", value)]);
        assert_eq!(view(&mut book).summary.segment.as_deref(), Some(value));
    }
}

#[test]
fn a_pending_write_follows_a_merge() {
    let mut book = book();
    let id = queue(&mut book, note());
    assert_eq!(notes(&mut book).0.len(), 1);
    book.ledger
        .alias(Kind::Account, &"1".into(), &"2".into(), at(LATER))
        .unwrap();
    book.healthy("2", "Juniper Group");
    all(&mut book, LATER);
    let found = account_view(&book.cache, &book.ledger, &book.setup, &"2".into(), at(LATER));
    assert_eq!(found.unwrap().unwrap().notes[0].id, Target::Entry(id).shown_id());
}

#[test]
fn a_customer_whose_stage_says_churned_has_no_arr_at_once() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.healthy("2", "Harbour Retail");
    all(&mut book, NOW);
    let sum = |book: &Book| book.cache.desk().unwrap().unwrap().day.arr.exact();
    let one = line(&book, "1").arr.unwrap();
    assert_eq!(sum(&book), Some(2 * one));
    let stage = Field::Mapped("customer_stage".to_owned());
    let edit = change(Kind::Account, Target::Record("1".into()), stage, None, "churned");
    let id = queue(&mut book, edit);
    let what = crate::engine::What::Accounts(&["1".into()]);
    crate::engine::refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(LATER)).unwrap();
    let left = line(&book, "1");
    assert!(left.has_churned());
    assert_eq!(
        (left.arr, left.arr_at_least, left.at_stake),
        (Some(0), false, Some(0))
    );
    assert_eq!(sum(&book), Some(one), "of the other one alone");
    // Given up, it counts again.
    step(
        &mut book,
        id,
        &Step::Discarded {
            why: "not so".to_owned(),
        },
    );
    crate::engine::refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(LATER)).unwrap();
    assert_eq!((line(&book, "1").arr, sum(&book)), (Some(one), Some(2 * one)));
    // A date that is ahead is known churn: until then it pays.
    let properties = [("customer_stage", "churned"), ("churn_date", "2027-01-31")];
    book.account("1", "Juniper Freight", &properties);
    all(&mut book, LATER);
    assert_eq!(line(&book, "1").arr, Some(one));
    book.account("1", "Juniper Freight", &[("churn_date", "2026-11-01")]);
    all(&mut book, LATER);
    assert_eq!(line(&book, "1").arr, Some(0), "though a contract is in force");
}

/// What becomes of a change of the region from A to B that is turned back, where the CRM has this by now.
fn turned_back(by_now: Option<&str>) -> (bool, State) {
    let mut book = Book::new();
    book.account("1", "Juniper Freight", &[("region", "A")]);
    let change = |base: &str, to: &str| {
        let field = Field::Mapped("region".to_owned());
        change(Kind::Account, Target::Record("1".into()), field, Some(base), to)
    };
    let id = queue(&mut book, change("A", "B"));
    match by_now {
        Some(value) => book.account("1", "Juniper Freight", &[("region", value)]),
        None => book.cache = Book::new().cache,
    }
    let taken = turn_back(&book.cache, &mut book.ledger, &change("B", "A"), at(LATER)).unwrap();
    let state = book.ledger.entry(id).unwrap().unwrap().state;
    (taken.is_some(), state)
}

#[test]
fn what_waits_is_turned_back_only_where_the_crm_has_still_what_it_rests_on() {
    assert_eq!(turned_back(Some("A")), (true, State::TakenBack));
    // A colleague's value, which what waits hides: what is typed is a write of its own, and a person decides.
    assert_eq!(turned_back(Some("C")), (false, State::Queued));
    assert_eq!(turned_back(None), (false, State::Queued), "nobody knows");
}
