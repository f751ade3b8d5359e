//! Instants as CRMs keep them, and as a person types and reads them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// An instant: RFC 3339, milliseconds since 1970, or midnight UTC of a date.
pub fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    if text.len() > 10
        && let Ok(milliseconds) = text.parse()
    {
        return Timestamp::from_millisecond(milliseconds).ok();
    }
    let date: Date = text.parse().ok()?;
    date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A civil date: `2026-11-23`, the date of an instant in UTC, or milliseconds since 1970.
pub fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    match text.parse() {
        Ok(date) if text.len() == 10 => Some(date),
        _ => read(text).map(|instant| instant.to_zoned(TimeZone::UTC).date()),
    }
}

/// An instant as a person types it, in their zone: `2026-11-23 09:00`; a text that is none stays.
pub fn local(text: &str, zone: &TimeZone) -> String {
    read(text).map_or_else(
        || text.to_owned(),
        |instant| instant.to_zoned(zone.clone()).strftime("%F %H:%M").to_string(),
    )
}
