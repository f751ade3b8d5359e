//! The next step of a log line, and when it is due: `send the offer by fri 16:00`.

use jiff::civil::{Date, Time};

use super::Occasion;
use super::days::{self, Looks};

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// What it is.
    pub what: String,
    /// The day it is due, in my time zone, if the line says one.
    pub due: Option<Date>,
    /// The time of that day.
    pub at: Option<Time>,
}

/// What stands before the day on which a next step is due.
const BY: [&str; 4] = ["by", "on", "until", "till"];
/// What makes a day behind it part of what is to be done, or not.
const OF: [&str; 10] = [
    "of", "for", "from", "since", "about", "before", "after", "the", "at", "to",
];

/// A next step and its day: `send the offer by fri`. What looks like a day there and is none is an error, and so is one
/// that may be part of what is to be done.
pub(super) fn next_step(on: &Occasion, text: &str) -> Result<NextStep, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_one_of = |word: &str, those: &[&str]| those.iter().any(|one| word.eq_ignore_ascii_case(one));
    let day_from = |from: usize| {
        days::parse(on, &words[from..].join(" "))
            .ok()
            .map(|day| (from, day))
    };
    // One word alone is what is to be done.
    let Some((from, (day, at))) = (1..words.len()).find_map(day_from) else {
        let by = words.iter().rposition(|word| is_one_of(word, &BY));
        let day = by.map(|at| words[at + 1..].join(" ")).unwrap_or_default();
        if let Some(why) = days::none_such(on, Looks::Ahead, &day) {
            return Err(why);
        }
        if days::ends_in_time(&day) {
            return Err(format!("`{day}` is no day: write {}", days::EXAMPLES));
        }
        return Ok(NextStep {
            what: text.to_owned(),
            due: None,
            at: None,
        });
    };
    let before = words[from - 1];
    if is_one_of(before, &OF) {
        let (what, day) = (words[..from].join(" "), words[from..].join(" "));
        return Err(format!(
            "`{day}` behind `{before}` may be when it is due or part of it: write `{what} {day} by DAY`"
        ));
    }
    let what = &words[..from - usize::from(is_one_of(before, &BY))];
    if what.is_empty() {
        return Err("say what is to be done next, before the day".to_owned());
    }
    Ok(NextStep {
        what: what.join(" "),
        due: Some(day),
        at,
    })
}
