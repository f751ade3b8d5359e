//! Days as people write them: `today`, `fri`, `+3d`, `+2bd`, `27 nov`, `27 nov 2026`, `2026-11-27`, `3 days ago`, with a
//! time behind.

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

/// Words for the numbers from one on.
const NUMBERS: [&[&str]; 10] = [
    &["one", "a", "an"],
    &["two"],
    &["three"],
    &["four"],
    &["five"],
    &["six"],
    &["seven"],
    &["eight"],
    &["nine"],
    &["ten"],
];
/// Words that tell of a time and end no name.
const TIME_WORDS: [&str; 18] = [
    "ago",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "quarter",
    "year",
    "today",
    "tomorrow",
    "yesterday",
    "morning",
    "afternoon",
    "evening",
    "noon",
    "eod",
    "eow",
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
    /// Of a day that has been, when a call, meeting or e-mail is logged: it counts as a touch of that day.
    pub const TOUCH: Self = Self { back: 12, ahead: 0 };
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
        Some((day, last)) if is_time(last) => {
            let time = time(last).ok_or_else(|| format!("`{last}` is no time of day: write 16:00"))?;
            (day.trim().trim_end_matches(" at").trim_end(), Some(time))
        }
        // What has been at a time was today.
        None if looks == Looks::Back && time(&text).is_some() => ("today", time(&text)),
        // The time may stand first: `16:00 tomorrow`.
        _ => match time_first(&text) {
            Some((at, day)) => (day, Some(at)),
            None => (text.as_str(), None),
        },
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
    let words = match words.as_slice() {
        [day @ .., at] if is_time(at) => day,
        day => day,
    };
    let looks = match words {
        [one] if is_iso(one) => true,
        [one, other] | [one, other, _] if is_number(one) && is_month(other) => {
            words.len() == 2 || is_year(words[2])
        }
        [one, other] | [one, other, _] if is_month(one) && is_number(other.trim_end_matches(',')) => {
            words.len() == 2 || is_year(words[2])
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
pub const PAST_EXAMPLES: &str = "2026-10-01, 1 oct, yesterday, last fri, 3 days ago, 30d or 3w";

/// A day that is not to come: `2026-10-01`, `1 oct`, `fri` (the last one), `today`, `yesterday`, `3 days ago`, `30d` and
/// `3w`, with or without ` ago`. Business days are refused: whose they are is not known here.
pub fn past(today: Date, text: &str) -> Option<Date> {
    let text = text.trim().to_lowercase();
    let text = text.strip_prefix("last ").unwrap_or(&text);
    let length = text.strip_suffix(" ago").unwrap_or(text);
    let back = || match read_length(length.trim())? {
        // A bare number is a day that was not written to its end.
        (_, "") => None,
        (count, unit) => today.checked_sub(calendar_span(count, unit)?).ok(),
    };
    let day = match text {
        "today" => Some(today),
        "yesterday" => today.yesterday().ok(),
        _ => text
            .parse()
            .ok()
            .or_else(|| last_weekday(today, text))
            .or_else(back)
            .or_else(|| Named::read(text)?.day(today, Looks::Back)),
    };
    day.filter(|day| *day <= today)
}

/// The last instant of a day.
pub fn end_of(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let next = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
    next.timestamp().checked_sub(SignedDuration::from_millis(1)).ok()
}

/// The time with which a text begins, and what is behind it: `16:00 on fri`.
fn time_first(text: &str) -> Option<(Time, &str)> {
    let (first, day) = text.split_once(' ')?;
    let day = day.trim();
    Some((time(first)?, day.strip_prefix("on ").unwrap_or(day)))
}

/// Whether a word means a time of day, be it one or not.
fn is_time(text: &str) -> bool {
    text.contains(':') || time(text).is_some()
}

/// The time of a text like `16:00`, `9:30`, `9:30am` or `4pm`.
fn time(text: &str) -> Option<Time> {
    let half = |mark| text.strip_suffix(mark).map(str::trim_end);
    let (clock, noon) = match (half("am"), half("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (text, None),
    };
    let (hour, minute) = match (clock.split_once(':'), noon) {
        (Some(parts), _) => parts,
        (None, Some(_)) => (clock, "0"),
        (None, None) => return None,
    };
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match noon {
        Some(noon) if (1..=12).contains(&hour) => hour % 12 + noon,
        Some(_) => return None,
        None => hour,
    };
    Time::new(hour, minute, 0, 0).ok()
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
        return away(on, today, offset.trim(), 1);
    }
    if let Some(offset) = text.strip_prefix('-').or_else(|| text.strip_suffix(" ago")) {
        return away(on, today, offset.trim(), -1);
    }
    if let Ok(day) = text.parse::<Date>() {
        return Some(day);
    }
    if let Some(weekday) = weekday(text) {
        let nth = if looks == Looks::Back { -1 } else { 1 };
        return today.nth_weekday(nth, weekday).ok();
    }
    Named::read(text)?.day(today, looks)
}

/// A day that is written with the name of its month: `27 nov`, `Nov 27th, 2026`.
struct Named {
    day: i8,
    month: i8,
    year: Option<i16>,
}

impl Named {
    fn read(text: &str) -> Option<Self> {
        let parts = text.split([' ', '.', '-', '/', ',']);
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        let (one, other, year) = match parts.as_slice() {
            [one, other] => (*one, *other, None),
            [one, other, year] if is_year(year) => (*one, *other, year.parse().ok()),
            _ => return None,
        };
        let number = |text: &str| text.trim_end_matches(['h', 't', 's', 'd', 'n', 'r']).parse().ok();
        let (day, month) = match (month(one), month(other)) {
            (Some(month), _) => (number(other)?, month),
            (_, Some(month)) => (number(one)?, month),
            _ => return None,
        };
        Some(Self { day, month, year })
    }

    /// The day; without a year the one that is looked for.
    fn day(&self, today: Date, looks: Looks) -> Option<Date> {
        let of = |year: i16| Date::new(year, self.month, self.day).ok();
        if let Some(year) = self.year {
            return of(year);
        }
        let this = of(today.year());
        let next = || {
            this.filter(|found| *found >= today)
                .or_else(|| of(today.year() + 1))
        };
        let last = || {
            this.filter(|found| *found <= today)
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
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// So far from today, ahead or, with -1, back: `3d`, `3 days`, `2bd`, `1w`, `two weeks`, `a month`, `3` (days).
fn away(on: &Occasion, today: Date, text: &str, sign: i32) -> Option<Date> {
    let (count, unit) = read_length(text)?;
    let count = sign * count;
    if let "bd" | "business day" | "business days" = unit {
        return on.calendars.of(&on.me.id).after(today, count);
    }
    today.checked_add(calendar_span(count, unit)?).ok()
}

/// How many, and of what, raw: `3d`, `3 days`, `two weeks`, `a month`, `3`.
fn read_length(text: &str) -> Option<(i32, &str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (count, unit) = match digits {
        0 => {
            let (word, unit) = text.split_once(' ')?;
            let place = NUMBERS.iter().position(|names| names.contains(&word))?;
            (i32::try_from(place + 1).ok()?, unit)
        }
        _ => text[..digits]
            .parse()
            .ok()
            .map(|count| (count, &text[digits..]))?,
    };
    (count <= 3_650).then_some((count, unit.trim()))
}

/// So many days, weeks or months; without a unit days.
fn calendar_span(count: i32, unit: &str) -> Option<Span> {
    match unit {
        "" | "d" | "day" | "days" => Some(Span::new().days(count)),
        "w" | "week" | "weeks" => Some(Span::new().weeks(count)),
        "m" | "month" | "months" => Some(Span::new().months(count.clamp(-120, 120))),
        _ => None,
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    let found = WEEKDAYS.iter().find(|(name, _)| is_short(text, name))?;
    Some(found.1)
}

fn last_weekday(today: Date, text: &str) -> Option<Date> {
    today.nth_weekday(-1, weekday(text)?).ok()
}

/// Whether the last of these words tells of a time: then they are hardly anything else than a day, if one that is not
/// understood.
pub fn ends_in_time(text: &str) -> bool {
    let text = text.to_lowercase();
    let last = text.split_whitespace().next_back().unwrap_or_default();
    let is_unit = TIME_WORDS.contains(&last);
    let is_offset = last.starts_with(['+', '-']) && last.contains(|c: char| c.is_ascii_digit());
    is_unit || is_offset || is_time(last) || WEEKDAYS.iter().any(|(name, _)| last == *name)
}

fn month(text: &str) -> Option<i8> {
    let place = MONTHS.iter().position(|name| is_short(text, name))?;
    i8::try_from(place + 1).ok()
}

/// Whether a text is the name or its beginning of three letters or more.
fn is_short(text: &str, name: &str) -> bool {
    text.len() >= 3 && name.starts_with(text)
}
