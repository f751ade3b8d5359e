//! Figures, days and ages in the words that people read, on the screen and on the command line. Unknown is `?`, never zero, never blank.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::calendar::OF_DAY;
use super::desk::{DueItem, HandoffState, Known, Severity, Warning, WarningKind, late_from};
use super::money::{Currency, HIDDEN_AMOUNT, Money, Sum};
use super::outbox::State;
use super::rates::round_half_even;
use super::summary::Band;

/// Days until which a date in the future goes by the name of its weekday.
const WEEK: i32 = 6;

/// Money in a few cells: `$84k`, `€1.04M`, `?`.
pub fn money(minor: Option<i64>, currency: Currency) -> String {
    if currency == Currency::HIDDEN {
        return HIDDEN_AMOUNT.to_owned();
    }
    let Some(minor) = minor else { return "?".to_owned() };
    let major = round_half_even(i128::from(minor), 10_i128.pow(currency.digits()));
    let size = major.unsigned_abs();
    let sign = if major < 0 { "−" } else { "" };
    let symbol = symbol(currency);
    let amount = match size {
        ..1_000 => size.to_string(),
        1_000..999_500 => format!("{}k", round_half_even(size as i128, 1_000)),
        999_500..9_995_000 => decimals(round_half_even(size as i128, 10_000), 2),
        9_995_000..99_950_000 => decimals(round_half_even(size as i128, 100_000), 1),
        99_950_000..999_500_000 => format!("{}M", round_half_even(size as i128, 1_000_000)),
        _ => format!(
            "{}M",
            grouped(round_half_even(size as i128, 1_000_000).unsigned_abs())
        ),
    };
    format!("{sign}{symbol}{amount}")
}

/// An amount where it is the subject: `$84,000`, `€1,204.50`.
pub fn exact(money: Money) -> String {
    if money.currency == Currency::HIDDEN {
        return HIDDEN_AMOUNT.to_owned();
    }
    let unit = 10_u64.pow(money.currency.digits());
    let (major, minor) = (
        money.minor.unsigned_abs() / unit,
        money.minor.unsigned_abs() % unit,
    );
    let sign = if money.minor < 0 { "−" } else { "" };
    let digits = money.currency.digits() as usize;
    let rest = if minor == 0 {
        String::new()
    } else {
        format!(".{minor:0digits$}")
    };
    format!("{sign}{}{}{rest}", symbol(money.currency), grouped(major.into()))
}

/// A sum in a few cells; `≥` says that parts of it are unknown, `?` that nothing of it is known but zeros.
pub fn sum(sum: &Sum, currency: Currency) -> String {
    match sum.exact() {
        _ if currency == Currency::HIDDEN => HIDDEN_AMOUNT.to_owned(),
        Some(minor) => money(Some(minor), currency),
        None if sum.known == 0 => "?".to_owned(),
        None => format!("≥{}", money(Some(sum.known), currency)),
    }
}

fn symbol(currency: Currency) -> String {
    match currency.code() {
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        "JPY" => "¥".to_owned(),
        other => format!("{other} "),
    }
}

fn decimals(number: i128, digits: usize) -> String {
    let unit = 10_i128.pow(digits as u32);
    format!("{}.{:0digits$}M", number / unit, number % unit)
}

/// A number with a comma between thousands.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whether a line of a text binds it to a handoff, or to a run of a playbook.
pub fn is_mark(line: &str) -> bool {
    line.trim().starts_with("retain: ")
}

/// The lines of a text among which the one that binds it stands, the last one first: the last two that are not blank,
/// since earlier versions wrote the one that names us below it.
pub fn closing<'t>(lines: impl DoubleEndedIterator<Item = &'t str>) -> impl Iterator<Item = &'t str> {
    lines.rev().filter(|line| !line.trim().is_empty()).take(2)
}

/// Whether a line of a text names who of us wrote it, and our key.
pub fn is_signature(line: &str) -> bool {
    let key = line.trim().rsplit_once("· retain ").map(|(_, key)| key);
    key.is_some_and(|key| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    })
}

/// A text with the line that names us and our key as its last one, or above the last one where that binds the text; `end`
/// ends a line.
pub fn signed(text: &str, signature: &str, end: &str) -> String {
    let text = text.trim_end();
    let (above, mark) = match text.rsplit_once(end) {
        Some((above, last)) if is_mark(last) => (above, Some(last)),
        _ => (text, None),
    };
    let mut above = above.trim_end();
    while let Some(rest) = above.strip_suffix(end) {
        above = rest.trim_end();
    }
    let gap = if above.is_empty() {
        String::new()
    } else {
        end.repeat(2)
    };
    let mark = mark.map_or_else(String::new, |mark| format!("{end}{mark}"));
    format!("{above}{gap}{signature}{mark}")
}

/// Takes that line out of the lines of a text that are not blank: the last one, or the one above the last.
pub fn unsigned(lines: &mut Vec<String>, is_signature: impl Fn(&str) -> bool) {
    let last = lines.len().saturating_sub(2)..lines.len();
    if let Some(at) = last.rev().find(|at| is_signature(&lines[*at])) {
        lines.remove(at);
    }
}

/// The first line of a text that a person wrote: not the one that names us and our key, nor one that binds a handoff.
pub fn first_line(text: &str) -> &str {
    let is_ours = |line: &str| is_mark(line) || is_signature(line);
    let written = text
        .lines()
        .find(|line| !line.trim().is_empty() && !is_ours(line));
    written.unwrap_or_default()
}

/// A count that is often written: with commas.
pub fn count(number: usize) -> String {
    grouped(number as u128)
}

/// A count, `?` where it is not known.
pub fn known(told: &Known) -> String {
    match told {
        Ok(number) => count(*number as usize),
        Err(_) => "?".to_owned(),
    }
}

/// So many of something: the word for one of it, and for any other number.
pub fn counted(number: u64, one: &str, other: &str) -> String {
    format!(
        "{} {}",
        grouped(number.into()),
        if number == 1 { one } else { other }
    )
}

/// The same of a number that may not be known: `? accounts`.
pub fn counted_known(number: &Known, one: &str, other: &str) -> String {
    let word = if *number == Ok(1) { one } else { other };
    format!("{} {word}", known(number))
}

/// Days from one date to another.
pub fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// Days until a date: `9 d`, `today`, `−3 d` when it has passed.
pub fn until(today: Date, date: Date) -> String {
    match days(today, date) {
        0 => "today".to_owned(),
        ahead @ 1.. => format!("{ahead} d"),
        past => format!("−{} d", -past),
    }
}

/// Days since a date: `7 d`, `today`.
pub fn since(today: Date, date: Date) -> String {
    match days(date, today) {
        0 => "today".to_owned(),
        past => format!("{past} d"),
    }
}

/// How often a signal cannot tell of an account: `in 24 cases a signal cannot tell`.
pub fn untold(cases: u32) -> String {
    format!(
        "in {} a signal cannot tell",
        counted(cases.into(), "case", "cases")
    )
}

/// What is unknown and keeps a signal from telling: `stage is unknown`, `nps and stage are unknown`.
pub fn unknown(what: &[String]) -> String {
    match what {
        [] => "what it asks for is unknown".to_owned(),
        [one] => format!("{one} is unknown"),
        many => format!("{} are unknown", many.join(" and ")),
    }
}

/// How long ago a day was: `7 d ago`, `today`.
pub fn ago(today: Date, date: Date) -> String {
    match days(date, today) {
        0 => "today".to_owned(),
        past => format!("{past} d ago"),
    }
}

/// How long something lasts, in its largest unit: `40 s`, `3 min`, `2 h`, `1 d`.
pub fn span(span: SignedDuration) -> String {
    match span.as_secs().max(0) {
        seconds @ ..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..86_400 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// How old something is: `now` under a minute, then minutes, hours; from two days on the days of the calendar in this
/// zone, as between two dates, so that it agrees with the date beside it.
pub fn age(now: Timestamp, then: Timestamp, zone: &TimeZone) -> String {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    match now.duration_since(then).as_secs().max(0) {
        ..60 => "now".to_owned(),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", days(day(then), day(now))),
    }
}

/// So many working minutes: `40 min`, then business hours, `3 bh`, from eight of them on business days, `2 bd`.
pub fn worked(minutes: i64) -> String {
    match minutes {
        0 => "0 bh".to_owned(),
        ..60 => format!("{minutes} min"),
        60..OF_DAY => format!("{} bh", minutes / 60),
        _ => format!("{} bd", minutes / OF_DAY),
    }
}

/// Whether something is later than now by more than clocks differ: it has no age.
pub fn is_ahead(now: Timestamp, then: Timestamp) -> bool {
    then.duration_since(now).as_secs() >= 60
}

/// A day as a person says it: `today`, `Wed` within the week, `4 Dec`, `4 Dec 2027` in another year.
pub fn day(today: Date, date: Date) -> String {
    match days(today, date) {
        0 => "today".to_owned(),
        1..=WEEK => date.strftime("%a").to_string(),
        _ => calendar_day(today, date),
    }
}

/// A day of the calendar: `4 Dec`, `4 Dec 2027` in another year.
pub fn calendar_day(today: Date, date: Date) -> String {
    let format = if date.year() == today.year() {
        "%-d %b"
    } else {
        "%-d %b %Y"
    };
    date.strftime(format).to_string()
}

/// The sign of what is not in the CRM yet: on its way, or sent without an answer.
pub fn pending(state: State) -> &'static str {
    match state {
        State::Unknown => "○",
        _ => "→",
    }
}

/// A day with its weekday: `today`, `Fri 4 Dec`, `Fri 4 Dec 2027` in another year.
pub fn weekday(today: Date, date: Date) -> String {
    if date == today {
        return "today".to_owned();
    }
    dated(today, date)
}

/// The same, which names the day of today too: `today, Mon 23 Nov`.
pub fn dated(today: Date, date: Date) -> String {
    let named = format!("{} {}", date.strftime("%a"), calendar_day(today, date));
    if date == today {
        return format!("today, {named}");
    }
    named
}

/// A day of the calendar in nine cells: `4 Dec`, `4 Dec 27` in another year.
pub fn short_day(today: Date, date: Date) -> String {
    let format = if date.year() == today.year() {
        "%-d %b"
    } else {
        "%-d %b %y"
    };
    date.strftime(format).to_string()
}

/// How late something is that was due then, at a moment of the person's own day: `late 2 d` in days of the calendar, from
/// the day it was due, `late 09:00` on that day itself; `None` where it is not late. There is one count of it, for steps and
/// questions alike.
pub fn late(now: DateTime, due: Date, at: Option<Time>) -> Option<String> {
    let today = now.date();
    if late_from(due, at).is_none_or(|from| from > now) {
        return None;
    }
    Some(match at {
        Some(at) if due == today => format!("late {}", at.strftime("%H:%M")),
        _ => format!("late {} d", days(due, today)),
    })
}

/// When something is due, at a moment of the person's own day: `late 2 d`, `late 09:00`, `today`, `17:00`, `Wed`,
/// `4 Dec`, `4 Dec 27` in another year, `no date`.
pub fn due(now: DateTime, item: &DueItem) -> String {
    let today = now.date();
    let Some(due) = item.due else {
        return "no date".to_owned();
    };
    match (late(now, due, item.at), item.at) {
        (Some(late), _) => late,
        (None, Some(at)) if due == today => at.strftime("%H:%M").to_string(),
        (None, _) if days(today, due) > WEEK => short_day(today, due),
        (None, _) => day(today, due),
    }
}

/// The same in a list that has room: a later day with its time, `Fri 10:00`.
pub fn due_at(now: DateTime, item: &DueItem) -> String {
    let due = due(now, item);
    match item.at.filter(|_| item.due.is_some_and(|due| due > now.date())) {
        Some(at) => format!("{due} {}", at.strftime("%H:%M")),
        None => due,
    }
}

/// A change with its sign: `−31`, `+3`, `·` for none, `?` for unknown.
pub fn change(delta: Option<i32>) -> String {
    match delta {
        None => "?".to_owned(),
        Some(0) => "·".to_owned(),
        Some(up @ 1..) => format!("+{up}"),
        Some(down) => format!("−{}", -i64::from(down)),
    }
}

/// The sign of a band.
pub fn sign(band: Band) -> &'static str {
    match band {
        Band::Red => "▲",
        Band::Amber => "◆",
        Band::Green => "●",
        Band::Unknown => "○",
    }
}

/// The sign of an account in the risk queue, from its worst warning: how severe a risk is, a chance,
/// or a defect in the data.
pub fn warning_sign(worst: Option<&Warning>) -> &'static str {
    match worst.map(|worst| (worst.kind, worst.severity)) {
        Some((WarningKind::Opportunity, _)) => "△",
        Some((WarningKind::Risk, Severity::High | Severity::Critical)) => "▲",
        Some((WarningKind::Risk, _)) => "◆",
        Some((WarningKind::Defect, _)) | None => "○",
    }
}

/// How a score shows. Below the coverage floor it has no band: the sign of the last one that was known stands beside the
/// score of now, marked stale; where none was ever known a score says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// The band whose sign shows.
    pub band: Band,
    /// The score; `None` where it is not known or says nothing.
    pub score: Option<u8>,
    /// Whether the band is of an earlier day, when there was enough data, and not of this score.
    pub stale: bool,
}

impl Health {
    /// How a score of this band shows; `last` is the last band that was known.
    pub fn of(band: Band, last: Option<Band>, score: Option<u8>) -> Self {
        match (band, last, score) {
            (Band::Unknown, Some(last), Some(_)) => Self {
                band: last,
                score,
                stale: true,
            },
            (Band::Unknown, ..) | (_, _, None) => Self {
                band: Band::Unknown,
                score: None,
                stale: false,
            },
            (band, ..) => Self {
                band,
                score,
                stale: false,
            },
        }
    }

    /// The score, `?` where there is none.
    pub fn figure(self) -> String {
        self.score
            .map_or_else(|| "?".to_owned(), |score| score.to_string())
    }

    /// Sign and score in words: `▲ 41`, `▲ 41 stale`, `○ ?`.
    pub fn words(self) -> String {
        let stale = if self.stale { " stale" } else { "" };
        format!("{} {}{stale}", sign(self.band), self.figure())
    }
}

/// What is at stake, in a few cells: `·` where no renewal is in the horizon, so that nothing can be.
pub fn at_stake(minor: Option<i64>, currency: Currency) -> String {
    match minor {
        Some(0) => "·".to_owned(),
        minor => money(minor, currency),
    }
}

/// An amount for programs: digits, a point, and the currency's code, `84000.00 USD`.
pub fn decimal(money: Money) -> String {
    let digits = money.currency.digits();
    let unit = 10_u64.pow(digits);
    let size = money.minor.unsigned_abs();
    let sign = if money.minor < 0 { "-" } else { "" };
    let rest = match digits {
        0 => String::new(),
        digits => format!(".{:01$}", size % unit, digits as usize),
    };
    format!("{sign}{}{rest} {}", size / unit, money.currency.code())
}

/// A role as people write it: `CSM`, `VP`, `onboarding`.
pub fn role(role: &str) -> String {
    match role {
        "csm" | "vp" | "cco" => role.to_uppercase(),
        role => role.to_owned(),
    }
}

/// What a signal is called where nobody has to type its id: `usage drop`, `NPS detractor`.
pub fn signal(id: &str) -> String {
    let word = |word: &str| match word {
        "arr" | "csm" | "nps" => word.to_uppercase(),
        word => word.to_owned(),
    };
    id.split(['-', '_']).map(word).collect::<Vec<_>>().join(" ")
}

/// Where a handoff stands, in a word.
pub fn handoff(state: HandoffState) -> &'static str {
    match state {
        HandoffState::Sent => "sent",
        HandoffState::Returned => "returned",
        HandoffState::Answered => "answered",
        HandoffState::Accepted => "accepted",
    }
}

#[cfg(test)]
mod tests;
