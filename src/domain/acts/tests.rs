//! What people mean and what is written for it.
#![allow(clippy::unwrap_used)]

use jiff::civil::{Weekday, date};

use super::edit_tests::editable;
use super::task::{NewTask, Task};
use super::touch::Contact;
use super::*;
use crate::domain::outbox::{Entry, EntryId, Receipt, Step};
use crate::domain::record::ValueType;

mod lines;

/// Monday, 23 November 2026, 09:50 in Amsterdam.
pub(in crate::domain) fn occasion() -> Occasion {
    Occasion {
        me: Somebody {
            id: RecordId::from("11"),
            name: "Mara Lindt".to_owned(),
        },
        now: "2026-11-23T08:50:00Z".parse().unwrap(),
        zone: TimeZone::fixed(jiff::tz::offset(1)),
        calendars: Arc::new(Calendars::of_week(vec![
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
        ])),
        grace: SignedDuration::from_secs(10),
        act: "a1".to_owned(),
    }
}

pub(in crate::domain) fn juniper() -> About {
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
        ("20 feb 2027", date(2027, 2, 20)),
        ("Feb 20th, 2028", date(2028, 2, 20)),
        ("1 oct 2026", date(2026, 10, 1)),
        ("in two weeks", date(2026, 12, 7)),
        ("3 days ago", date(2026, 11, 20)),
        ("-3d", date(2026, 11, 20)),
        ("-2bd", date(2026, 11, 19)),
    ];
    for (text, day) in cases {
        assert_eq!(days::parse(&on, text), Ok((day, None)), "{text}");
    }
    let timed = days::parse(&on, "fri 16:00").unwrap();
    assert_eq!(timed, (date(2026, 11, 27), Some(Time::constant(16, 0, 0, 0))));
    for text in [
        "fri at 16:00",
        "fri 4pm",
        "Fri at 4:00pm",
        "16:00 fri",
        "4pm on Fri",
    ] {
        assert_eq!(days::parse(&on, text).unwrap(), timed, "{text}");
    }
    for wrong in [
        "",
        "soon",
        "32 nov",
        "2026-13-01",
        "fri 25:00",
        "fri 13pm",
        "31 feb 2027",
        "20 feb 27",
        "+99999d",
        "+",
        "nov",
    ] {
        let error = days::parse(&on, wrong).unwrap_err();
        assert!(error.contains("write"), "{error}");
    }
}

/// An occasion at noon of this day.
pub(super) fn at_noon_of(day: &str) -> Occasion {
    Occasion {
        now: format!("{day}T12:00:00Z").parse().unwrap(),
        ..occasion()
    }
}

#[test]
fn around_the_turn_of_the_year_a_day_without_a_year_goes_by_what_it_is_for() {
    use days::Looks::{Ahead, Back, Nearest};
    for (today, text, ahead, back, nearest) in [
        ("2026-11-30", "27 nov", "2027-11-27", "2026-11-27", "2026-11-27"),
        ("2026-12-31", "2 jan", "2027-01-02", "2026-01-02", "2027-01-02"),
        ("2027-01-02", "30 dec", "2027-12-30", "2026-12-30", "2026-12-30"),
        ("2027-01-02", "dec 30", "2027-12-30", "2026-12-30", "2026-12-30"),
        ("2026-12-31", "31 dec", "2026-12-31", "2026-12-31", "2026-12-31"),
        ("2026-12-31", "fri", "2027-01-01", "2026-12-25", "2027-01-01"),
        ("2027-01-02", "last thu", "2026-12-31", "2026-12-31", "2026-12-31"),
        (
            "2026-12-31",
            "2025-12-30",
            "2025-12-30",
            "2025-12-30",
            "2025-12-30",
        ),
    ] {
        let on = at_noon_of(today);
        for (looks, expected) in [(Ahead, ahead), (Back, back), (Nearest, nearest)] {
            let (day, _) = days::parse_looking(&on, looks, text).unwrap();
            assert_eq!(day.to_string(), expected, "{text} on {today}, {looks:?}");
        }
    }
}

#[test]
fn a_call_was_on_the_last_such_day_and_its_next_step_is_on_the_next() {
    let on = at_noon_of("2027-01-04");
    let line = "call with Idris 30 dec 16:00: went well; next: send the offer by 15 jan";
    let touch = touch::parse(&on, &contacts(), line).unwrap();
    assert_eq!(touch.day, date(2026, 12, 30));
    assert_eq!(touch.next.unwrap().due, Some(date(2027, 1, 15)));
    let error = touch::parse(&on, &contacts(), "call with Idris next friday: x").unwrap_err();
    assert!(error.contains("make a task"), "{error}");
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
fn what_is_written_cannot_move_a_cursor_hide_or_reorder() {
    let on = occasion();
    let made = note::note(&on, &juniper(), "a\u{1b}[2Jb \u{202e}c\u{2067}\r\nd\te").unwrap();
    assert_eq!(core(&made, Core::Body).as_deref(), Some("a[2Jb c\nd\te"));
    assert_eq!(made.title, "Note: a[2Jb c");
    assert!(note::note(&on, &juniper(), "\u{202e}\u{1b}").is_err());
    let task = NewTask {
        subject: "Call\nAna\u{7}".to_owned(),
        ..NewTask::default()
    };
    let task = task::make(&on, &juniper(), &task).unwrap();
    assert_eq!(core(&task, Core::Subject).as_deref(), Some("Call Ana"));
    let mut write = made.write.clone();
    write
        .set(
            &Field::Core(Core::Body),
            Some("x\u{202e}y".to_owned()),
            ValueType::Text,
        )
        .unwrap();
    let Write::Create { fields, .. } = write else {
        panic!()
    };
    assert_eq!(fields[&Field::Core(Core::Body)], "xy");
    let field = editable(ValueType::Text, None);
    let to = field.parse(&on, &[], "a\u{202e}b");
    assert_eq!(to, Ok(Some("ab".to_owned())));
}

#[test]
fn the_title_of_a_due_date_tells_its_time_and_the_same_is_known() {
    let on = occasion();
    let task = Task {
        target: Target::Record(RecordId::from("900")),
        subject: "Send the offer".to_owned(),
        due: Some("2026-12-01T08:30:00Z".to_owned()),
        done: None,
        owner: None,
        about: None,
    };
    let (day, at) = days::parse(&on, "2026-12-01 9:30").unwrap();
    let entry = task::reschedule(&on, &task, day, at).unwrap();
    assert_eq!(entry.title, "Due 2026-12-01 09:30: Send the offer");
    assert!(task.is_due(&on, day, at) && !task.is_due(&on, day, None));
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

#[test]
fn what_was_sent_is_taken_back_by_another_write() {
    let on = occasion();
    let sent = |new: NewEntry| {
        let mut entry = Entry::queued(EntryId(1), "mara".into(), "K".into(), new, on.now);
        assert_eq!(undo::compensate(&on, &entry), None);
        entry.take(
            Step::Sending {
                seen: None,
                keyed: false,
            },
            on.now,
        );
        let receipt = Receipt {
            record: RecordId::from("900"),
            link: None,
            replaced: Vec::new(),
            there: false,
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
    check("3 days ago", Some("2026-11-20"));
    check("3 days", Some("2026-11-20"));
    check("two weeks ago", Some("2026-11-09"));
    check("a month ago", Some("2026-10-23"));
    check("fri", Some("2026-11-20"));
    check("last monday", Some("2026-11-16"));
    check("+3d", None);
    check("3", None);
    check("2bd ago", None);
    check("1 oct", Some("2026-10-01"));
    check("Dec 24", Some("2025-12-24"));
    check("today", Some("2026-11-23"));
    check("1 oct 2024", Some("2024-10-01"));
    check("1 oct 2027", None);
    for wrong in ["2026-11-24", "tomorrow", "d", "-3d", "99999d", "", "30 feb"] {
        check(wrong, None);
    }
}

#[test]
fn a_task_without_a_day_is_due_when_whoever_does_it_works_next() {
    let holidays = vec!["11-23".to_owned().try_into().unwrap()];
    let own = crate::domain::calendar::Calendar { holidays };
    let tom = Somebody {
        id: RecordId::from("12"),
        name: "Tom Abara".to_owned(),
    };
    let on = occasion();
    let week = Calendars::clone(&on.calendars).with([(tom.id.clone(), &own)]);
    let on = Occasion {
        calendars: Arc::new(week),
        ..on
    };
    let due = |owner: Option<Somebody>| {
        let asked = NewTask {
            subject: "Call".to_owned(),
            owner,
            ..NewTask::default()
        };
        let about = About {
            id: RecordId::from("1"),
            name: "Juniper".to_owned(),
        };
        let Write::Create { fields, .. } = task::make(&on, &about, &asked).unwrap().write else {
            panic!("a task is made")
        };
        fields[&Field::Core(Core::Due)].clone()
    };
    assert_eq!(due(None), "2026-11-23T16:00:00Z");
    assert_eq!(
        due(Some(tom)),
        "2026-11-24T16:00:00Z",
        "Monday is a holiday of his"
    );
}

#[test]
fn what_the_crm_had_already_is_not_taken_back() {
    let on = occasion();
    let field = editable(ValueType::Choice, Some("mid"));
    let new = field.write(&on, &juniper(), &[], Some("ent".to_owned())).unwrap();
    let mut entry = Entry::queued(EntryId(1), "mara".into(), "K".into(), new, on.now);
    let (seen, keyed) = (None, false);
    entry.take(Step::Sending { seen, keyed }, on.now);
    let receipt = Receipt {
        record: RecordId::from("1"),
        link: None,
        replaced: Vec::new(),
        there: true,
    };
    entry.take(Step::Sent(receipt), on.now);
    assert!(entry.was_there());
    assert_eq!(undo::compensate(&on, &entry), None, "a colleague did that");
}
