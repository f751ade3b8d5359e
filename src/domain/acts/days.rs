//! Days as people write them: `today`, `fri`, `+3d`, `+2bd`, `27 nov`, `2026-11-27`, with a time behind.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::Occasion;
use crate::domain::words;

/// What a person can write, for hints.
pub const EXAMPLES: &str = "today, tomorrow, fri, +3d, +2bd, +1w, 27 nov or 2026-11-27";

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Which way a day is looked for that is written without a year, or as a weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// Ahead: what is due, or is to end.
    Ahead,
    /// Back: what has been.
    Back,
    /// Either way, to the nearer one, a weekday ahead: what may be over and may be to come.
    Nearest,
}

/// How far from today a day may be, in months, before it is more likely a slip than meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    back: u16,
    ahead: u16,
}

impl Reach {
    /// Of a field: contracts of the past go further back than any that is made now reaches ahead.
    pub const FIELD: Self = Self {
        back: 30 * 12,
        ahead: 10 * 12,
    };
    /// Of the day on which a customer left: it may be known since notice was given, at most a long term ahead, and is
    /// noted in the year in which it is.
    pub const CHURN: Self = Self {
        back: 12,
        ahead: 3 * 12,
    };
    /// Of a task's due date: what was due long ago would be overdue at once.
    pub const TASK: Self = Self {
        back: 1,
        ahead: 2 * 12,
    };

    /// What makes a day hard to believe, in one sentence without its end; `None` for one within reach.
    pub fn doubt(self, today: Date, day: Date) -> Option<String> {
        let months = |count: u16| Span::new().months(count);
        if today.checked_add(months(self.ahead)).is_ok_and(|far| day > far) {
            return Some(format!("{day} is more than {} ahead", length(self.ahead)));
        }
        let is_long_ago = today.checked_sub(months(self.back)).is_ok_and(|far| day < far);
        is_long_ago.then(|| format!("{day} is more than {} ago", length(self.back)))
    }
}

fn length(months: u16) -> String {
    match months % 12 {
        0 => words::counted(u64::from(months / 12), "year", "years"),
        _ => words::counted(u64::from(months), "month", "months"),
    }
}

/// The day, and the time if there is one, that a text means; the error is one sentence with a hint.
/// A weekday is the next one after today, a day without a year the next such day.
pub fn parse(on: &Occasion, text: &str) -> Result<(Date, Option<Time>), String> {
    parse_looking(on, Looks::Ahead, text)
}

/// The same for something that is not, or not surely, to come.
pub fn parse_looking(on: &Occasion, looks: Looks, text: &str) -> Result<(Date, Option<Time>), String> {
    let text = text.trim().to_lowercase();
    let (day, time) = match text.rsplit_once(' ') {
        Some((day, last)) if last.contains(':') => {
            let time = time(last).ok_or_else(|| format!("`{last}` is no time of day: write 16:00"))?;
            (day.trim().trim_end_matches(" at").trim_end(), Some(time))
        }
        _ => (text.as_str(), None),
    };
    let (looks, day) = match (day.strip_prefix("next "), day.strip_prefix("last ")) {
        (Some(day), _) => (Looks::Ahead, day),
        (_, Some(day)) => (Looks::Back, day),
        _ => (looks, day),
    };
    let day = self::day(on, looks, day);
    let day = day.ok_or_else(|| format!("`{text}` is no day: write {EXAMPLES}"))?;
    Ok((day, time))
}

/// Why a text that looks like a day is none: `31 feb`, `2026-02-31`; `None` for a day, and for what looks like none.
pub fn none_such(on: &Occasion, looks: Looks, text: &str) -> Option<String> {
    let why = parse_looking(on, looks, text).err()?;
    let text = text.trim().to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_number = |word: &str| word.trim_end_matches('.').parse::<u32>().is_ok();
    let is_month = |word: &str| month(word.trim_end_matches('.')).is_some();
    let is_iso = |word: &str| {
        let parts: Vec<&str> = word.split('-').collect();
        parts.len() == 3 && parts[0].len() == 4 && parts.iter().all(|part| is_number(part))
    };
    let looks = match words.as_slice() {
        [one] | [one, _] if is_iso(one) => true,
        [one, other] => is_number(one) && is_month(other) || is_month(one) && is_number(other),
        [one, other, at] if at.contains(':') => {
            is_number(one) && is_month(other) || is_month(one) && is_number(other)
        }
        _ => false,
    };
    looks.then_some(why)
}

/// That a day without a year, which is over in this year since less than half of one, would be the next year's, in one
/// sentence without its end; `None` for any other text.
pub fn turned(on: &Occasion, text: &str) -> Option<String> {
    let (day, _) = parse(on, text).ok()?;
    let text = text.trim();
    let (today, year) = (on.today(), day.year().to_string());
    let before = day.checked_sub(Span::new().years(1)).ok()?;
    let is_named = text.chars().any(char::is_alphabetic) && !text.starts_with("in ") && !text.contains(&year);
    let is_next = is_named && day.year() > today.year() && before < today;
    let just_over = words::days(before, today) < words::days(today, day);
    (is_next && just_over)
        .then(|| format!("`{text}` is over this year, {before}, and would be {day}: write the year"))
}

/// What a person can write for a day of the past, for hints.
pub const PAST_EXAMPLES: &str = "2026-10-01, 1 oct, yesterday, or 30d or 3w ago";

/// A day that is not to come: `2026-10-01`, `1 oct` (the last one), `today`, `yesterday`, `30d` and `3w` ago.
pub fn past(today: Date, text: &str) -> Option<Date> {
    let text = text.trim().to_lowercase();
    let text = text.trim_end_matches(" ago");
    let back = |unit: &str, days: i32| {
        let count: u16 = text.strip_suffix(unit)?.trim().parse().ok()?;
        today
            .checked_sub(Span::new().try_days(i32::from(count) * days).ok()?)
            .ok()
    };
    let day = match text {
        "today" => Some(today),
        "yesterday" => today.yesterday().ok(),
        _ => text
            .parse()
            .ok()
            .or_else(|| back("d", 1))
            .or_else(|| back("w", 7)),
    };
    let named = || {
        let (one, other) = text.split_once(' ')?;
        let (day, month) = month(other)
            .map(|month| (one, month))
            .or_else(|| Some((other, month(one)?)))?;
        let of = |year| Date::new(year, month, day.parse().ok()?).ok();
        of(today.year())
            .filter(|day| *day <= today)
            .or_else(|| of(today.year() - 1))
    };
    day.or_else(named).filter(|day| *day <= today)
}

/// The last instant of a day.
pub fn end_of(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let next = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
    next.timestamp().checked_sub(SignedDuration::from_millis(1)).ok()
}

/// The time of a text like `16:00` or `9:30`.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn day(on: &Occasion, looks: Looks, text: &str) -> Option<Date> {
    let today = on.today();
    match text {
        "today" | "now" => return Some(today),
        "tomorrow" => return today.tomorrow().ok(),
        "yesterday" => return today.yesterday().ok(),
        _ => {}
    }
    if let Some(offset) = text.strip_prefix('+').or_else(|| text.strip_prefix("in ")) {
        return ahead(on, today, offset.trim());
    }
    if let Ok(day) = text.parse::<Date>() {
        return Some(day);
    }
    if let Some((_, weekday)) = WEEKDAYS.iter().find(|(name, _)| is_short(text, name)) {
        let nth = if looks == Looks::Back { -1 } else { 1 };
        return today.nth_weekday(nth, *weekday).ok();
    }
    let (one, other) = text.split_once([' ', '.', '-', '/'])?;
    let other = other.trim().trim_end_matches('.');
    let number = |text: &str| {
        text.trim_end_matches(['.', 'h', 't', 's', 'd', 'n', 'r'])
            .parse::<i8>()
            .ok()
    };
    let (day, month) = match (month(one), month(other)) {
        (Some(month), _) => (number(other)?, month),
        (_, Some(month)) => (number(one)?, month),
        _ => return None,
    };
    let of = |year: i16| Date::new(year, month, day).ok();
    let next = || {
        of(today.year())
            .filter(|found| *found >= today)
            .or_else(|| of(today.year() + 1))
    };
    let last = || {
        of(today.year())
            .filter(|found| *found <= today)
            .or_else(|| of(today.year() - 1))
    };
    match looks {
        Looks::Ahead => next(),
        Looks::Back => last(),
        Looks::Nearest => match (last(), next()) {
            (Some(last), Some(next)) if words::days(last, today) < words::days(today, next) => Some(last),
            (last, next) => next.or(last),
        },
    }
}

/// `3d`, `3 days`, `2bd`, `1w`, `2 weeks`, `1m`, `3` (days).
fn ahead(on: &Occasion, today: Date, text: &str) -> Option<Date> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let count: i32 = text[..digits].parse().ok().filter(|count| *count <= 3_650)?;
    let span = match text[digits..].trim() {
        "" | "d" | "day" | "days" => Span::new().days(count),
        "bd" | "business day" | "business days" => {
            return on.calendars.of(&on.me.id).after(today, count);
        }
        "w" | "week" | "weeks" => Span::new().weeks(count),
        "m" | "month" | "months" => Span::new().months(count.min(120)),
        _ => return None,
    };
    today.checked_add(span).ok()
}

fn month(text: &str) -> Option<i8> {
    let place = MONTHS.iter().position(|name| is_short(text, name))?;
    i8::try_from(place + 1).ok()
}

/// Whether a text is the name or its beginning of three letters or more.
fn is_short(text: &str, name: &str) -> bool {
    text.len() >= 3 && name.starts_with(text)
}
