//! HubSpot's values: strings or null on the wire, dates in three forms, numbers that may be text.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Fewer digits than this are not milliseconds since 1970 but a number that somebody typed.
const FEWEST_EPOCH_DIGITS: usize = 9;

/// An instant: ISO 8601, milliseconds since 1970, or a date (its midnight in UTC). Epoch 0 means "never".
pub fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return (at != Timestamp::UNIX_EPOCH).then_some(at);
    }
    if let Some(milliseconds) = epoch_milliseconds(text) {
        return Timestamp::from_millisecond(milliseconds).ok();
    }
    let day: Date = text.parse().ok()?;
    let at = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    (at != Timestamp::UNIX_EPOCH).then_some(at)
}

/// A civil date. An instant at midnight UTC is that date; any other is the date in the portal's zone.
pub fn date(text: &str, zone: &TimeZone) -> Option<Date> {
    let text = text.trim();
    if text.len() == 10
        && let Ok(day) = text.parse()
    {
        return Some(day);
    }
    let at = instant(text)?;
    let utc = at.to_zoned(TimeZone::UTC);
    let midnight = utc.time() == jiff::civil::Time::midnight();
    Some(if midnight {
        utc.date()
    } else {
        at.to_zoned(zone.clone()).date()
    })
}

/// Milliseconds since 1970 as search filters want them.
pub fn milliseconds(at: Timestamp) -> String {
    at.as_millisecond().to_string()
}

/// `true` or `false` in any case.
pub fn boolean(text: &str) -> Option<bool> {
    match text.trim() {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn epoch_milliseconds(text: &str) -> Option<i64> {
    // Some numbers come as floats: "1764547200000.0".
    let whole = text.split_once('.').map_or(text, |(whole, fraction)| {
        if fraction.bytes().all(|digit| digit == b'0') {
            whole
        } else {
            ""
        }
    });
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    (digits.len() >= FEWEST_EPOCH_DIGITS)
        .then(|| whole.parse().ok())
        .flatten()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn instants_come_in_three_forms() {
        let expected: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        for text in [
            "2026-11-23T00:00:00Z",
            "2026-11-23T00:00:00.000Z",
            "2026-11-23T01:00:00+01:00",
            "1795392000000",
            "1795392000000.0",
            "2026-11-23",
            " 2026-11-23 ",
        ] {
            assert_eq!(instant(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_unknown() {
        for text in [
            "",
            "0",
            "1970-01-01",
            "1970-01-01T00:00:00Z",
            "soon",
            "12.5",
            "2026-13-01",
            "99999999999999999999",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn dates_near_midnight_are_the_portals() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
        let expected: Date = "2026-11-30".parse().unwrap();
        for text in ["2026-11-30", "2026-11-30T00:00:00Z", "1795996800000"] {
            assert_eq!(date(text, &zone), Some(expected), "{text}");
        }
        if zone != TimeZone::UTC {
            assert_eq!(date("2026-11-29T23:00:00Z", &zone), Some(expected));
        }
        assert_eq!(date("", &zone), None);
    }

    #[test]
    fn booleans_are_strings() {
        assert_eq!(boolean("true"), Some(true));
        assert_eq!(boolean("FALSE"), Some(false));
        assert_eq!(boolean(""), None);
        assert_eq!(boolean("yes"), None);
    }
}
