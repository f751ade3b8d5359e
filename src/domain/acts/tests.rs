//! What people mean and what is written for it.
#![allow(clippy::unwrap_used)]

use jiff::civil::{Weekday, date};

use super::edit::{EditableField, Term, TermDay};
use super::task::{NewTask, Task};
use super::touch::Contact;
use super::*;
use crate::domain::outbox::{Entry, EntryId, Receipt, Step};
use crate::domain::record::ValueType;

/// Monday, 23 November 2026, 09:50 in Amsterdam.
pub(super) fn occasion() -> Occasion {
    Occasion {
        me: Somebody {
            id: RecordId::from("11"),
            name: "Mara Lindt".to_owned(),
        },
        now: "2026-11-23T08:50:00Z".parse().unwrap(),
        zone: TimeZone::fixed(jiff::tz::offset(1)),
        business_days: vec![
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
        ],
        grace: SignedDuration::from_secs(10),
        act: "a1".to_owned(),
    }
}

fn juniper() -> About {
    About {
        id: RecordId::from("7"),
        name: "Juniper Freight".to_owned(),
    }
}

pub(super) fn contacts() -> Vec<Contact> {
    let contact = |id: &str, name: &str| Contact {
        id: RecordId::from(id),
        name: name.to_owned(),
        left: name == "Nora Vik",
    };
    vec![
        contact("1", "Idris Okafor"),
        contact("2", "Lea Brandt"),
        contact("3", "Lea Moreau"),
        contact("4", "Nora Vik"),
    ]
}

fn core(entry: &NewEntry, field: Core) -> Option<String> {
    match &entry.write {
        Write::Create { fields, .. } => fields.get(&Field::Core(field)).cloned(),
        Write::Update { changes, .. } => changes
            .iter()
            .find(|change| change.field == Field::Core(field))
            .and_then(|change| change.to.clone()),
        Write::Archive { .. } => None,
    }
}

#[test]
fn days_are_read_as_people_write_them() {
    let on = occasion();
    let cases = [
        ("today", date(2026, 11, 23)),
        ("Tomorrow", date(2026, 11, 24)),
        ("yesterday", date(2026, 11, 22)),
        ("fri", date(2026, 11, 27)),
        ("next friday", date(2026, 11, 27)),
        ("mon", date(2026, 11, 30)),
        ("+3d", date(2026, 11, 26)),
        ("+3", date(2026, 11, 26)),
        ("+5bd", date(2026, 11, 30)),
        ("in 2 weeks", date(2026, 12, 7)),
        ("+1m", date(2026, 12, 23)),
        ("27 nov", date(2026, 11, 27)),
        ("nov 27", date(2026, 11, 27)),
        ("3rd march", date(2027, 3, 3)),
        ("1 Sept", date(2027, 9, 1)),
        ("2026-12-02", date(2026, 12, 2)),
    ];
    for (text, day) in cases {
        assert_eq!(days::parse(&on, text), Ok((day, None)), "{text}");
    }
    let timed = days::parse(&on, "fri 16:00").unwrap();
    assert_eq!(timed, (date(2026, 11, 27), Some(Time::constant(16, 0, 0, 0))));
    assert_eq!(days::parse(&on, "fri at 16:00").unwrap(), timed);
    for wrong in [
        "",
        "soon",
        "32 nov",
        "2026-13-01",
        "fri 25:00",
        "+99999d",
        "+",
        "nov",
    ] {
        let error = days::parse(&on, wrong).unwrap_err();
        assert!(error.contains("write"), "{error}");
    }
}

#[test]
fn a_note_belongs_to_who_wrote_it() {
    let on = occasion();
    let note = note::note(&on, &juniper(), "Spoke about SSO.\nThey wait.\n").unwrap();
    assert_eq!(note.title, "Note: Spoke about SSO.");
    assert_eq!(core(&note, Core::Owner).as_deref(), Some("11"));
    assert_eq!(
        core(&note, Core::Body).as_deref(),
        Some("Spoke about SSO.\nThey wait.")
    );
    assert_eq!(note.leaves_at, "2026-11-23T08:50:10Z".parse().unwrap());
    assert_eq!(
        note::note(&on, &juniper(), " \n"),
        Err("the note is empty".to_owned())
    );
    let long = "a".repeat(note::LONGEST + 1);
    assert!(
        note::note(&on, &juniper(), &long)
            .unwrap_err()
            .contains("split it")
    );
}

#[test]
fn a_task_is_due_at_the_end_of_a_working_day_of_mine() {
    let on = occasion();
    let tom = Somebody {
        id: RecordId::from("12"),
        name: "Tom Abara".to_owned(),
    };
    let task = NewTask {
        subject: "Send the offer".to_owned(),
        due: Some(date(2026, 11, 27)),
        owner: Some(tom.clone()),
        ..NewTask::default()
    };
    let made = task::make(&on, &juniper(), &task).unwrap();
    assert_eq!(made.title, "Task for Tom Abara: Send the offer");
    assert_eq!(core(&made, Core::Due).as_deref(), Some("2026-11-27T16:00:00Z"));
    assert_eq!(core(&made, Core::Owner).as_deref(), Some("12"));
    let there = Task {
        target: Target::Record(RecordId::from("900")),
        subject: "Send the offer".to_owned(),
        due: Some("2026-11-27T16:00:00Z".to_owned()),
        done: Some("false".to_owned()),
        owner: Some("11".to_owned()),
        about: Some(juniper()),
    };
    let done = task::complete(&on, &there);
    assert_eq!(core(&done, Core::Done).as_deref(), Some("true"));
    let later = task::reschedule(&on, &there, date(2026, 12, 1), Some(Time::constant(9, 0, 0, 0))).unwrap();
    assert_eq!(core(&later, Core::Due).as_deref(), Some("2026-12-01T08:00:00Z"));
    let given = task::reassign(&on, &there, &tom);
    let Write::Update { changes, .. } = &given.write else {
        panic!()
    };
    assert_eq!(changes[0].base.as_deref(), Some("11"));
    assert_eq!(changes[0].to.as_deref(), Some("12"));
    assert_eq!(
        core(&task::reopen(&on, &there), Core::Done).as_deref(),
        Some("false")
    );
}

#[test]
fn a_line_logs_a_touchpoint_and_its_next_step() {
    let on = occasion();
    let parse = |line: &str| touch::parse(&on, &contacts(), line);
    let touch =
        parse("call with Idris, lea b yesterday 16:30: went well, wants SSO; next: send the offer by fri")
            .unwrap();
    let names: Vec<&str> = touch.people.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(
        (touch.kind, names),
        (Kind::Call, vec!["Idris Okafor", "Lea Brandt"])
    );
    assert_eq!(
        (touch.day, touch.at),
        (date(2026, 11, 22), Some(Time::constant(16, 30, 0, 0)))
    );
    assert_eq!(touch.outcome, "went well, wants SSO");
    assert_eq!(
        touch.next,
        Some(("send the offer".to_owned(), Some(date(2026, 11, 27))))
    );
    let entries = touch.write(&on, &juniper()).unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(
        core(&entries[0], Core::Occurred).as_deref(),
        Some("2026-11-22T15:30:00Z")
    );
    assert_eq!(
        core(&entries[0], Core::Body).as_deref(),
        Some("went well, wants SSO\nNext: send the offer")
    );
    assert_eq!(
        core(&entries[1], Core::Due).as_deref(),
        Some("2026-11-27T16:00:00Z")
    );
    assert!(entries.iter().all(|entry| entry.act == "a1"));

    let plain = parse("met Idris").unwrap();
    assert_eq!((plain.kind, plain.day), (Kind::Meeting, date(2026, 11, 23)));
    let mail = parse("e-mail: sent the report").unwrap();
    assert_eq!(
        (mail.kind, mail.people.len(), mail.outcome.as_str()),
        (Kind::Email, 0, "sent the report")
    );
    let only_next = parse("call next: try again tomorrow").unwrap();
    assert_eq!(
        only_next.next,
        Some(("try again".to_owned(), Some(date(2026, 11, 24))))
    );
    let entries = mail.write(&on, &juniper()).unwrap();
    assert_eq!(
        core(&entries[0], Core::Subject).as_deref(),
        Some("E-mail with Juniper Freight")
    );
    assert_eq!(
        core(&entries[0], Core::Occurred).as_deref(),
        Some("2026-11-23T08:50:00Z")
    );
}

#[test]
fn a_line_that_is_not_understood_says_what_is_missing() {
    let on = occasion();
    let told = |line: &str| touch::parse(&on, &contacts(), line).unwrap_err();
    assert!(told("hello there").starts_with("begin with call"));
    assert!(told("call").starts_with("say with whom"));
    assert!(told("call with Lea: fine").contains("Lea Brandt or Lea Moreau"));
    assert!(told("call with Bob").contains("there is Idris Okafor"));
    assert!(told("meeting with Idris tomorrow: fine").contains("make a task"));
    for line in [
        "meeting with Zorro 31 feb: x",
        "meeting with Zorro feb 31 16:00: x",
        "call 2026-02-31: x",
        "call: x; next: send the offer by 31 feb",
    ] {
        assert!(told(line).contains("is no day: write"), "{line}");
    }
}

#[test]
fn somebody_whom_the_crm_does_not_have_stands_in_the_text_and_is_linked_to_nobody() {
    let on = occasion();
    let touch = touch::parse(&on, &contacts(), "met with Idris, Bob Miller and Zoe: went well").unwrap();
    assert_eq!(touch.people.len(), 1);
    assert_eq!(touch.others, ["Bob Miller", "Zoe"]);
    let entries = touch.write(&on, &juniper()).unwrap();
    assert_eq!(
        core(&entries[0], Core::Subject).as_deref(),
        Some("Meeting with Idris Okafor, Bob Miller, Zoe")
    );
    assert_eq!(
        core(&entries[0], Core::Body).as_deref(),
        Some("went well\nWith Bob Miller, Zoe, no contact in the CRM")
    );
    let Write::Create { about, .. } = &entries[0].write else {
        panic!()
    };
    assert_eq!(about.len(), 2, "the account and Idris: {about:?}");
    assert!(touch::parse(&on, &contacts(), "call with Bob:").is_ok());
    // Of e-mails one says `to`; who left is not nobody.
    let mail = touch::parse(&on, &contacts(), "e-mail to Nora and Idris: sent").unwrap();
    assert_eq!(
        (mail.people.len(), mail.left.as_slice()),
        (1, &["Nora Vik".to_owned()][..])
    );
    let told = "Nora Vik has left the account: a name in the text, linked to nobody";
    assert_eq!(mail.not_linked().as_deref(), Some(told));
    // What may be no name at all is none.
    for line in ["call went well", "call with Bob went well", "call Bob: fine"] {
        let told = touch::parse(&on, &contacts(), line).unwrap_err();
        assert!(
            told.contains("`call with NAME: …` takes any name"),
            "{line}: {told}"
        );
    }
}

fn editable(value_type: ValueType, value: Option<&str>) -> EditableField {
    EditableField {
        pending: None,
        term: None,
        amount: None,
        kind: Kind::Account,
        record: RecordId::from("7"),
        field: Field::from("customer_tier".to_owned()),
        label: "Segment".to_owned(),
        contract: None,
        value_type,
        is_owner: false,
        options: vec![
            ("ent".to_owned(), "Enterprise".to_owned()),
            ("mid".to_owned(), "Mid-market".to_owned()),
            ("micro".to_owned(), "Micro".to_owned()),
        ],
        value: value.map(str::to_owned),
    }
}

#[test]
fn what_is_typed_into_a_field_becomes_what_the_crm_keeps() {
    let on = occasion();
    let parse = |value_type, text: &str| editable(value_type, None).parse(&on, &[], text);
    let is = |text: &str| Ok(Some(text.to_owned()));
    assert_eq!(parse(ValueType::Choice, "enterprise"), is("ent"));
    assert_eq!(parse(ValueType::Choice, "mid"), is("mid"));
    assert_eq!(parse(ValueType::Choice, "market"), is("mid"));
    assert_eq!(parse(ValueType::Choice, ""), Ok(None));
    assert!(
        parse(ValueType::Choice, "mi")
            .unwrap_err()
            .contains("Mid-market or Micro")
    );
    assert!(
        parse(ValueType::Choice, "enterprize")
            .unwrap_err()
            .contains("did you mean Enterprise?")
    );
    assert_eq!(parse(ValueType::Number, "84,000.50"), is("84000.50"));
    assert_eq!(parse(ValueType::Number, "84k"), is("84000"));
    assert_eq!(parse(ValueType::Number, "32.3k"), is("32300"));
    assert_eq!(parse(ValueType::Number, "8.2m"), is("8200000"));
    assert_eq!(parse(ValueType::Number, "-1.2345k"), is("-1234.5"));
    for wrong in ["84,5", "1.234,50", "8,40,000", "k", ".", "1e5"] {
        assert!(parse(ValueType::Number, wrong).is_err(), "{wrong}");
    }
    assert!(parse(ValueType::Number, "many").is_err());
    assert!(parse(ValueType::Number, "inf").is_err());
    assert_eq!(parse(ValueType::Date, "fri"), is("2026-11-27"));
    assert_eq!(
        parse(ValueType::DateTime, "fri 10:00"),
        is("2026-11-27T09:00:00Z")
    );
    assert_eq!(parse(ValueType::Bool, "Yes"), is("true"));
    assert!(parse(ValueType::Bool, "perhaps").is_err());
}

#[test]
fn a_day_that_is_hard_to_believe_is_told_with_its_reason() {
    let today = occasion().today();
    let term = Term {
        start: Some(date(2026, 1, 1)),
        end: Some(date(2026, 12, 31)),
    };
    let doubt = |which, to: &str| {
        let field = EditableField {
            term: Some((which, term)),
            ..editable(ValueType::Date, None)
        };
        field.doubt(today, Some(to))
    };
    let told = |why: &str| Some(why.to_owned());
    assert_eq!(
        doubt(TermDay::End, "2025-12-31"),
        told("2025-12-31 is before the contract's start, 2026-01-01")
    );
    assert_eq!(
        doubt(TermDay::Start, "2027-01-01"),
        told("2027-01-01 is after the contract's renewal date, 2026-12-31")
    );
    assert_eq!(
        doubt(TermDay::Notice, "2027-01-01"),
        told("2027-01-01 is after the contract's renewal date, 2026-12-31")
    );
    assert_eq!(
        doubt(TermDay::End, "2062-12-31"),
        told("2062-12-31 is more than 10 years ahead")
    );
    assert_eq!(doubt(TermDay::End, "2036-11-23"), None);
    assert_eq!(doubt(TermDay::Start, "2005-01-01"), None);
    let plain = |value_type, to| editable(value_type, None).doubt(today, Some(to));
    assert_eq!(
        plain(ValueType::Date, "1926-12-31"),
        told("1926-12-31 is more than 30 years ago")
    );
    assert_eq!(plain(ValueType::Text, "2062-12-31"), None);
    assert_eq!(
        doubt(TermDay::Churned, "2062-12-31"),
        told("2062-12-31 is more than 3 years ahead")
    );
    assert_eq!(
        doubt(TermDay::Churned, "2025-12-31"),
        told("2025-12-31 is before the start of the first contract, 2026-01-01")
    );
    let unknown = EditableField {
        term: Some((TermDay::Churned, Term::default())),
        ..editable(ValueType::Date, None)
    };
    assert_eq!(
        unknown.doubt(today, Some("2025-11-22")),
        told("2025-11-22 is more than 1 year ago")
    );
    assert_eq!(unknown.doubt(today, Some("2025-11-23")), None);
    assert_eq!(doubt(TermDay::Churned, "2027-12-31"), None);
    let due = |day| task::doubt(&occasion(), day);
    assert_eq!(
        due(date(2025, 11, 27)),
        told("2025-11-27 is more than 1 month ago")
    );
    assert_eq!(
        due(date(2029, 1, 1)),
        told("2029-01-01 is more than 2 years ahead")
    );
    assert_eq!(due(date(2026, 11, 20)), None);
    let on = occasion();
    let typed = |text| task::doubt_of(&on, text, days::parse(&on, text).unwrap().0);
    assert_eq!(
        typed("20 nov"),
        told("`20 nov` is over this year, 2026-11-20, and would be 2027-11-20: write the year")
    );
    for text in [
        "15 jan",
        "27 nov",
        "20 nov 16:00 ",
        "in 11 months",
        "2027-11-20",
        "fri",
    ] {
        assert_eq!(typed(text).is_some(), text.starts_with("20 nov"), "{text}");
    }
    assert_eq!(due(date(2028, 1, 1)), None);
    assert_eq!(
        editable(ValueType::Date, Some("2026-12-31")).doubt(today, None),
        None
    );
}

#[test]
fn an_edit_keeps_what_the_person_saw_and_nothing_is_written_for_nothing() {
    let on = occasion();
    let field = editable(ValueType::Choice, Some("mid"));
    assert_eq!(field.write(&on, &juniper(), &[], Some("mid".to_owned())), None);
    let entry = field.write(&on, &juniper(), &[], Some("ent".to_owned())).unwrap();
    assert_eq!(entry.title, "Segment: Enterprise");
    let Write::Update { changes, .. } = &entry.write else {
        panic!()
    };
    assert_eq!(changes[0].base.as_deref(), Some("mid"));
    let people = [Somebody {
        id: RecordId::from("12"),
        name: "Tom Abara".to_owned(),
    }];
    let owner = EditableField {
        is_owner: true,
        value: Some("12".to_owned()),
        ..field
    };
    assert_eq!(owner.shown(&people), "Tom Abara");
    assert_eq!(owner.parse(&on, &people, "tom"), Ok(Some("12".to_owned())));
    assert!(
        owner
            .parse(&on, &people, "zoe")
            .unwrap_err()
            .starts_with("nobody of us")
    );
}

#[test]
fn what_was_sent_is_taken_back_by_another_write() {
    let on = occasion();
    let sent = |new: NewEntry| {
        let mut entry = Entry::queued(EntryId(1), "mara".into(), "K".into(), new, on.now);
        assert_eq!(undo::compensate(&on, &entry), None);
        entry.take(Step::Sending { seen: None }, on.now);
        let receipt = Receipt {
            record: RecordId::from("900"),
            link: None,
            replaced: Vec::new(),
        };
        entry.take(Step::Sent(receipt), on.now);
        undo::compensate(&on, &entry).unwrap()
    };
    let undone = sent(note::note(&on, &juniper(), "Oops").unwrap());
    assert_eq!(undone.title, "Undo: Note: Oops");
    let record = Target::Record(RecordId::from("900"));
    assert_eq!(
        undone.write,
        Write::Archive {
            kind: Kind::Note,
            target: record
        }
    );
    let field = editable(ValueType::Choice, Some("mid"));
    let undone = sent(field.write(&on, &juniper(), &[], Some("ent".to_owned())).unwrap());
    let Write::Update { changes, .. } = &undone.write else {
        panic!()
    };
    assert_eq!(
        (changes[0].base.as_deref(), changes[0].to.as_deref()),
        (Some("ent"), Some("mid"))
    );
}

#[test]
fn a_day_of_the_past_is_a_date_or_so_long_ago() {
    let today = date(2026, 11, 23);
    let check = |text: &str, day: Option<&str>| {
        let day = day.and_then(|day| day.parse().ok());
        assert_eq!(days::past(today, text), day, "{text}");
    };
    check("2026-10-01", Some("2026-10-01"));
    check("yesterday", Some("2026-11-22"));
    check("30d", Some("2026-10-24"));
    check("3w ago", Some("2026-11-02"));
    check("1 oct", Some("2026-10-01"));
    check("Dec 24", Some("2025-12-24"));
    check("today", Some("2026-11-23"));
    for wrong in ["2026-11-24", "tomorrow", "d", "-3d", "99999d", "", "30 feb"] {
        check(wrong, None);
    }
}
