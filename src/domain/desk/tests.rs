//! What is late, and how the desk counts it.
#![allow(clippy::unwrap_used)]

use jiff::civil::date;

use super::*;

/// Something that is due then, of no account.
pub fn due(day: Option<Date>, at: Option<Time>) -> DueItem {
    DueItem {
        kind: DueKind::Task,
        record: RecordId("1".to_owned()),
        title: String::new(),
        account: None,
        account_name: String::new(),
        due: day,
        at,
        body: String::new(),
        owner: None,
        pending: None,
        step: None,
        task: None,
        of_handoff: None,
    }
}

#[test]
fn what_has_a_time_is_late_after_its_minute_and_what_has_none_from_tomorrow_on() {
    let today = date(2026, 11, 23);
    let yesterday = date(2026, 11, 22);
    let nine = Some(Time::constant(9, 0, 0, 0));
    let moment = |hour, minute| today.at(hour, minute, 0, 0);
    for (day, at, now, expected) in [
        (Some(today), nine, moment(8, 59), Standing::Today),
        (Some(today), nine, moment(9, 0), Standing::Today),
        (Some(today), nine, moment(9, 1), Standing::Late),
        (Some(today), nine, moment(10, 0), Standing::Late),
        (Some(today), None, moment(23, 59), Standing::Today),
        (Some(yesterday), None, moment(0, 0), Standing::Late),
        (Some(yesterday), nine, moment(0, 0), Standing::Late),
        (Some(date(2026, 11, 24)), nine, moment(10, 0), Standing::Later),
        (Some(Date::MAX), None, moment(10, 0), Standing::Later),
        (None, None, moment(10, 0), Standing::Undated),
    ] {
        assert_eq!(due(day, at).standing(now), expected, "{day:?} {at:?} {now}");
    }
}

#[test]
fn the_desk_counts_by_the_same_definition_and_knows_when_the_counts_change() {
    let today = date(2026, 11, 23);
    let nine = Some(Time::constant(9, 0, 0, 0));
    let mut desk = Desk {
        due: vec![
            due(Some(date(2026, 11, 20)), None),
            due(Some(today), nine),
            due(Some(today), None),
            due(None, None),
        ],
        ..Desk::default()
    };
    let next = |desk: &Desk, now: DateTime| desk.next_late(&now.to_zoned(TimeZone::UTC).unwrap());
    desk.count_due(today.at(8, 0, 0, 0));
    assert_eq!((desk.day.due_today, desk.day.late), (2, 1));
    assert_eq!(next(&desk, today.at(8, 0, 0, 0)), Some(today.at(9, 1, 0, 0)));
    desk.count_due(today.at(10, 0, 0, 0));
    assert_eq!((desk.day.due_today, desk.day.late), (1, 2));
    let midnight = date(2026, 11, 24).at(0, 0, 0, 0);
    assert_eq!(next(&desk, today.at(10, 0, 0, 0)), Some(midnight));
    desk.count_due(midnight);
    assert_eq!((desk.day.due_today, desk.day.late), (0, 3));
    assert_eq!(next(&desk, midnight), None);
}
