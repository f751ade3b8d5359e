use jiff::civil::date;

use super::*;

fn usd(minor: i64) -> String {
    money(
        Some(minor),
        Currency::parse("USD").unwrap_or_else(|| unreachable!()),
    )
}

#[test]
fn what_is_later_than_now_has_no_age() {
    let at = |second| Timestamp::from_second(second).unwrap_or_default();
    assert!(is_ahead(at(0), at(60)));
    assert!(!is_ahead(at(0), at(59)), "clocks differ by a little");
    assert!(!is_ahead(at(60), at(0)));
}

#[test]
fn the_first_line_is_what_a_person_wrote() {
    assert_eq!(
        first_line("\n  \nAsk Ana.\nMara Lindt · retain 56A0N30W4MSY"),
        "Ask Ana."
    );
    assert_eq!(first_line("Mara Lindt · retain 56A0N30W4MSY"), "");
    assert_eq!(first_line("retain: handoff H-7 task\nRead it."), "Read it.");
    assert_eq!(first_line("we retain · retain them"), "we retain · retain them");
}

#[test]
fn signals_are_called_by_words() {
    let called = ["usage-drop", "nps-detractor", "seats_above-90", "complaint"].map(signal);
    assert_eq!(
        called,
        ["usage drop", "NPS detractor", "seats above 90", "complaint"]
    );
}

#[test]
fn roles_are_written_as_people_write_them() {
    assert_eq!(["csm", "onboarding", "vp"].map(role), ["CSM", "onboarding", "VP"]);
}

#[test]
fn money_is_short_and_rounds_half_to_even() {
    for (minor, expected) in [
        (0, "$0"),
        (99_900, "$999"),
        (8_400_000, "$84k"),
        (250_000, "$2k"),
        (350_000, "$4k"),
        (99_949_900, "$999k"),
        (99_950_000, "$1.00M"),
        (104_000_000, "$1.04M"),
        (1_234_000_000, "$12.3M"),
        (-4_200_000, "−$42k"),
        (i64::MAX, "$92,233,720,369M"),
    ] {
        assert_eq!(usd(minor), expected, "{minor}");
    }
    let yen = Currency::parse("JPY").unwrap_or_else(|| unreachable!());
    assert_eq!(money(Some(84_000), yen), "¥84k");
    assert_eq!(money(None, yen), "?");
    assert_eq!(
        exact(Money {
            minor: 1_204_500,
            currency: yen
        }),
        "¥1,204,500"
    );
}

#[test]
fn programs_get_every_digit_of_an_amount() {
    let money = |minor, code| Money {
        minor,
        currency: Currency::parse(code).unwrap_or(Currency::USD),
    };
    assert_eq!(decimal(money(8_400_005, "USD")), "84000.05 USD");
    assert_eq!(decimal(money(-5, "EUR")), "-0.05 EUR");
    assert_eq!(decimal(money(84_000, "JPY")), "84000 JPY");
    assert_eq!(decimal(money(i64::MIN, "KWD")), "-9223372036854775.808 KWD");
}

#[test]
fn a_score_below_the_coverage_floor_is_never_shown_as_if_it_were_known() {
    let health = |band, last, score| Health::of(band, last, score).words();
    assert_eq!(health(Band::Red, None, Some(41)), "▲ 41");
    assert_eq!(health(Band::Unknown, None, Some(92)), "○ ?");
    assert_eq!(health(Band::Unknown, Some(Band::Red), Some(41)), "▲ 41 stale");
    assert_eq!(health(Band::Unknown, Some(Band::Red), None), "○ ?");
    assert_eq!(health(Band::Red, None, None), "○ ?");
}

#[test]
fn nothing_at_stake_is_a_dot_and_unknown_a_question_mark() {
    let usd = Currency::USD;
    assert_eq!(
        [Some(0), None, Some(4_000_000)].map(|minor| at_stake(minor, usd)),
        ["·", "?", "$40k"]
    );
}

#[test]
fn days_are_said_as_a_person_would() {
    let today = date(2026, 11, 23);
    assert_eq!(day(today, date(2026, 11, 25)), "Wed");
    assert_eq!(day(today, date(2026, 12, 4)), "4 Dec");
    assert_eq!(day(today, date(2027, 2, 1)), "1 Feb 2027");
    assert_eq!(until(today, date(2026, 12, 2)), "9 d");
    assert_eq!(until(today, date(2026, 11, 20)), "−3 d");
    assert_eq!(since(today, date(2026, 11, 16)), "7 d");
}

#[test]
fn an_age_in_days_is_what_the_dates_are_apart() {
    let at = |text: &str| -> Timestamp { text.parse().unwrap_or_default() };
    let now = at("2026-11-30T08:50:00Z");
    let berlin = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    for (then, zone, expected) in [
        ("2026-11-30T08:49:30Z", &TimeZone::UTC, "now"),
        ("2026-11-30T08:20:00Z", &TimeZone::UTC, "30 min"),
        ("2026-11-28T09:00:00Z", &TimeZone::UTC, "47 h"),
        ("2026-11-23T17:00:00Z", &TimeZone::UTC, "7 d"),
        ("2026-11-23T23:30:00Z", &TimeZone::UTC, "7 d"),
        ("2026-11-23T23:30:00Z", &berlin, "6 d"),
    ] {
        assert_eq!(age(now, at(then), zone), expected, "{then}");
    }
}

#[test]
fn a_sum_with_unknown_parts_says_so() {
    let dollars = Currency::parse("USD").unwrap_or_else(|| unreachable!());
    let mut some = Sum::default();
    assert_eq!(sum(&some, dollars), "$0");
    some.add(None);
    assert_eq!(sum(&some, dollars), "?");
    some.add(Some(0));
    assert_eq!(sum(&some, dollars), "?", "at least nothing says nothing");
    some.add(Some(8_400_000));
    assert_eq!(sum(&some, dollars), "≥$84k");
}

#[test]
fn a_later_day_is_told_with_its_time_where_there_is_room() {
    let mut item = crate::app::play::desk().due.remove(0);
    let now = date(2026, 11, 23).at(8, 52, 0, 0);
    let ten = Some(jiff::civil::time(10, 0, 0, 0));
    for (day, at, told, short) in [
        (date(2026, 11, 27), ten, "Fri 10:00", "Fri"),
        (date(2026, 12, 9), ten, "9 Dec 10:00", "9 Dec"),
        (date(2026, 11, 27), None, "Fri", "Fri"),
        (date(2026, 11, 23), ten, "10:00", "10:00"),
        (date(2026, 11, 20), ten, "late 3 d", "late 3 d"),
    ] {
        (item.due, item.at) = (Some(day), at);
        assert_eq!(
            (due_at(now, &item).as_str(), due(now, &item).as_str()),
            (told, short)
        );
    }
}

#[test]
fn working_time_is_told_in_minutes_hours_and_days_of_eight_hours() {
    let told = [0, 1, 59, 60, 479, 480, 959, 960].map(worked);
    assert_eq!(
        told,
        ["0 bh", "1 min", "59 min", "1 bh", "7 bh", "1 bd", "1 bd", "2 bd"]
    );
}
