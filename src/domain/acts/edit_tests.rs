//! What is typed into a field, and what of it is hard to believe.
#![allow(clippy::unwrap_used)]

use jiff::civil::date;

use super::edit::{EditableField, Term, TermDay};
use super::tests::{at_noon_of, juniper, occasion};
use super::*;
use crate::domain::record::ValueType;

pub(super) fn editable(value_type: ValueType, value: Option<&str>) -> EditableField {
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
fn a_day_without_a_year_is_the_next_one_for_a_contracts_end_and_else_the_nearest() {
    let of = |term: Option<TermDay>| EditableField {
        term: term.map(|which| (which, Term::default())),
        ..editable(ValueType::Date, None)
    };
    let typed = |field: &EditableField, today: &str, text: &str| {
        field.parse(&at_noon_of(today), &[], text).unwrap().unwrap()
    };
    for which in [TermDay::End, TermDay::Notice] {
        assert_eq!(typed(&of(Some(which)), "2026-11-30", "27 nov"), "2027-11-27");
        assert_eq!(typed(&of(Some(which)), "2027-01-02", "30 dec"), "2027-12-30");
    }
    for field in [of(Some(TermDay::Churned)), of(Some(TermDay::Start)), of(None)] {
        assert_eq!(typed(&field, "2026-11-30", "27 nov"), "2026-11-27");
        assert_eq!(typed(&field, "2026-12-31", "2 jan"), "2027-01-02");
        assert_eq!(typed(&field, "2027-01-02", "30 dec"), "2026-12-30");
    }
    let due = EditableField {
        field: Field::Core(Core::Due),
        ..editable(ValueType::DateTime, None)
    };
    assert!(typed(&due, "2026-11-30", "27 nov").starts_with("2027-11-27"));
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
        notice: Some(date(2026, 10, 1)),
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
        doubt(TermDay::End, "2026-09-30"),
        told("2026-09-30 is before the day until which notice can be given, 2026-10-01")
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
    assert_eq!(owner.shown(&people, &on.zone), "Tom Abara");
    let nobody = owner.doubt(on.today(), None).unwrap();
    assert!(nobody.contains("nobody's"), "{nobody}");
    assert_eq!(owner.doubt(on.today(), Some("12")), None);
    assert_eq!(owner.parse(&on, &people, "tom"), Ok(Some("12".to_owned())));
    assert!(
        owner
            .parse(&on, &people, "zoe")
            .unwrap_err()
            .starts_with("nobody of us")
    );
}

#[test]
fn an_instant_shows_in_the_persons_zone_and_what_is_typed_again_as_it_shows_changes_nothing() {
    // At noon in Berlin it is eleven in UTC.
    let on = occasion();
    for value in ["2026-12-15T09:00:07Z", "1797325207000"] {
        let field = editable(ValueType::DateTime, Some(value));
        assert_eq!(field.shown(&[], &on.zone), "2026-12-15 10:00");
        assert_eq!(
            field.parse(&on, &[], " 2026-12-15 10:00"),
            Ok(Some(value.to_owned()))
        );
        let other = field.parse(&on, &[], "2026-12-15 11:30").unwrap();
        assert_eq!(other.as_deref(), Some("2026-12-15T10:30:00Z"));
        let entry = field.write(&on, &juniper(), &[], other).unwrap();
        assert_eq!(entry.title, "Segment: 2026-12-15 11:30");
        let same = Some("2026-12-15T10:00:07+01:00".to_owned());
        assert_eq!(field.write(&on, &juniper(), &[], same), None);
    }
    let ends = EditableField {
        term: Some((TermDay::End, Term::default())),
        ..editable(ValueType::DateTime, Some("2026-12-15T00:00:00Z"))
    };
    assert_eq!(ends.shown(&[], &on.zone), "2026-12-15", "CRMs keep a day so");
    let to = ends.parse(&on, &[], "2026-12-31");
    assert_eq!(to, Ok(Some("2026-12-31T00:00:00Z".to_owned())));
    let day = editable(ValueType::Date, Some("1797292800000"));
    assert_eq!(day.shown(&[], &on.zone), "2026-12-15");
}
