//! What is logged in one line.

use super::*;

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
    let next = |what: &str, due, at| {
        Some(next_step::NextStep {
            what: what.to_owned(),
            due,
            at,
        })
    };
    assert_eq!(touch.next, next("send the offer", Some(date(2026, 11, 27)), None));
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
    assert_eq!(only_next.next, next("try again", Some(date(2026, 11, 24)), None));
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
fn a_line_takes_days_and_times_as_people_write_them() {
    let on = occasion();
    let nine_thirty = Some(Time::constant(9, 30, 0, 0));
    for (line, day, at) in [
        ("call with Zoe 3 days ago: x", date(2026, 11, 20), None),
        ("call with Zoe two weeks ago: x", date(2026, 11, 9), None),
        ("call with Zoe -3d: x", date(2026, 11, 20), None),
        (
            "call with Zoe yesterday 9:30am: x",
            date(2026, 11, 22),
            nine_thirty,
        ),
        ("call with Zoe at 9:30: x", date(2026, 11, 23), nine_thirty),
        ("Call With Zoe 1 oct 2025: x", date(2025, 10, 1), None),
        ("CALL WITH Zoe on Friday: x", date(2026, 11, 20), None),
    ] {
        let touch = touch::parse(&on, &contacts(), line).unwrap();
        assert_eq!((touch.day, touch.at), (day, at), "{line}");
        assert_eq!(touch.others, ["Zoe"], "{line}");
    }
    for (next, what, due, at) in [
        (
            "send deck by tomorrow 10am",
            "send deck",
            date(2026, 11, 24),
            Some(10),
        ),
        ("send deck in 3 days", "send deck", date(2026, 11, 26), None),
        (
            "send deck by +2bd 16:00",
            "send deck",
            date(2026, 11, 25),
            Some(16),
        ),
        ("send deck on 20 feb 2027", "send deck", date(2027, 2, 20), None),
        (
            "prepare for monday by fri",
            "prepare for monday",
            date(2026, 11, 27),
            None,
        ),
    ] {
        let touch = touch::parse(&on, &contacts(), &format!("call: x; next: {next}")).unwrap();
        let step = touch.next.clone().unwrap();
        let at = at.map(|hour| Time::constant(hour, 0, 0, 0));
        assert_eq!(
            (step.what.as_str(), step.due, step.at),
            (what, Some(due), at),
            "{next}"
        );
        let entries = touch.write(&on, &juniper()).unwrap();
        let due = on.instant(due, at.unwrap_or(END_OF_DAY)).unwrap().to_string();
        assert_eq!(core(&entries[1], Core::Due), Some(due), "{next}");
    }
    for (line, part) in [
        ("call with Zoe last week: x", "is not understood"),
        ("call with Zoe in the morning: x", "is not understood"),
        (
            "call: x; next: send deck by end of week",
            "`end of week` is no day",
        ),
        ("call: x; next: prepare for monday", "by DAY"),
        ("call: x; next: by fri", "what is to be done"),
    ] {
        let told = touch::parse(&on, &contacts(), line).unwrap_err();
        assert!(told.contains(part), "{line}: {told}");
    }
    let line = "call with Zoe yesterday 9:30: x; next: send deck by fri 16:00";
    let touch = touch::parse(&on, &contacts(), line).unwrap();
    assert_eq!(
        touch.days(&on),
        "it was Sun 22 Nov 2026 09:30; the next step is due Fri 27 Nov 2026 16:00"
    );
}
