//! What a person says of warnings, in one line: `noise as every summer`, `+2w waits for the new sponsor`.

use jiff::civil::Date;

use super::{Occasion, days};
use crate::domain::record::RecordId;
use crate::domain::summary::Band;
use crate::domain::warning::{
    Acknowledged, Closed, Level, Planned, Snoozed, Verdict, WarningEvent, What, sleeps,
};

/// How a warning is closed, for hints.
pub const CLOSE: &str = "write real, known or noise, then why: noise as every summer";
/// How a warning is put to sleep, for hints.
pub const SNOOZE: &str = "write until when, then why: fri, +2w, 27 nov, or worse for no day at all. Before its day it \
    wakes when it is worse, unless `only` follows";
/// How it is said that something is done, for hints.
pub const PLAN: &str = "write what is done about it: Ana meets the new sponsor on Friday. Without a word it has a plan \
    in place all the same";

/// A warning as a person saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The account.
    pub account: RecordId,
    /// The account's name, raw.
    pub name: String,
    /// Id of the signal.
    pub signal: String,
    /// The reason in words, raw.
    pub reason: String,
    /// How bad it was.
    pub level: Level,
    /// From where on its number is worse, in words; `None` where it has none.
    pub worse_from: Option<String>,
    /// Whether its signal has a `rearm`.
    pub rearms: bool,
    /// The verdict that it was closed with, and why, raw.
    pub closed: Option<(Verdict, String)>,
}

/// What a person means to do to warnings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Take them on.
    Acknowledge,
    /// Something is done about them, in these words.
    Plan(String),
    /// Let them sleep until a day, or without one, or until they are worse, for a reason.
    Snooze(Option<Date>, bool, String),
    /// End their sleep.
    Rouse,
    /// Judge them, for a reason.
    Close(Verdict, String),
    /// Open them again: how they were closed is taken back.
    Reopen,
    /// Take the last act on them back.
    TakeBack,
}

/// The verdict and the reason that a line means; the error is one sentence.
pub fn close(text: &str) -> Result<Said, String> {
    let text = text.trim();
    let (word, why) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let word = word.trim_end_matches([':', ',']);
    if word.is_empty() {
        return Err("the verdict is missing".to_owned());
    }
    let verdict = Verdict::read(word).ok_or_else(|| format!("“{word}” is no verdict"))?;
    Ok(Said::Close(verdict, why.trim().to_owned()))
}

/// The day and the reason that a line means; the error is one sentence.
pub fn snooze(on: &Occasion, text: &str) -> Result<Said, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return Err("it is missing until when".to_owned());
    }
    if let Some(why) = until_worse(&words) {
        return Ok(Said::Snooze(None, true, why));
    }
    // As many words as make a day: `27 nov`, `next fri`, `in 2 weeks`.
    let day = (1..=words.len().min(3)).rev().find_map(|count| {
        let day = words[..count].join(" ");
        let day = day.trim_end_matches([':', ',']);
        let read = days::parse(on, day).or_else(|_| days::parse(on, &format!("+{day}")));
        read.ok().map(|(day, _)| (day, count))
    });
    let (until, count) = day.ok_or_else(|| format!("“{}” is no day", words[0]))?;
    if until <= on.today() {
        return Err(format!("{until} is not still to come"));
    }
    let rest = words[count..].join(" ");
    let (or_worse, why) = match (rest.strip_prefix("only"), rest.strip_prefix("or worse")) {
        (Some(why), _) if is_apart(why) => (false, why),
        (_, Some(why)) if is_apart(why) => (true, why),
        _ => (true, rest.as_str()),
    };
    let why = why.trim_start_matches([':', ',', ' ']).to_owned();
    Ok(Said::Snooze(Some(until), or_worse, why))
}

/// The reason, where a line names no day but that it gets worse: `worse`, `until worse: Ana asks`, `until it is worse`.
fn until_worse(words: &[&str]) -> Option<String> {
    let fill = ["until", "when", "if", "it", "is", "gets", "or"];
    let place = words
        .iter()
        .position(|word| !fill.contains(&word.to_lowercase().as_str()))?;
    let is_worse = words[place]
        .trim_end_matches([':', ',', '.'])
        .eq_ignore_ascii_case("worse");
    is_worse.then(|| words[place + 1..].join(" "))
}

/// Whether what follows a word is no part of it.
fn is_apart(rest: &str) -> bool {
    !rest.starts_with(char::is_alphanumeric)
}

impl Seen {
    /// Whether the account can come into a worse band.
    fn can_fall(&self) -> bool {
        matches!(self.level.band, Some(Band::Green | Band::Amber))
    }

    /// What counts as worse, in words: `open at 4 d or more, or a worse band`.
    fn worse(&self) -> String {
        let band = self.can_fall().then(|| "a worse band".to_owned());
        let ways: Vec<String> = self.worse_from.iter().cloned().chain(band).collect();
        match ways.as_slice() {
            [] => "nothing, it sleeps until its day".to_owned(),
            ways => ways.join(", or "),
        }
    }
}

/// Of so many of several warnings it is told what counts as worse.
const NAMED: usize = 2;

impl Said {
    /// What the journal gets for warnings.
    pub fn events(&self, seen: &[Seen]) -> Vec<WarningEvent> {
        let event = |one: &Seen| WarningEvent {
            account: one.account.clone(),
            what: self.what(one),
        };
        seen.iter().map(event).collect()
    }

    /// What the journal gets when it is taken back: what was opened again is closed as it was.
    pub fn back(&self, seen: &[Seen]) -> Vec<WarningEvent> {
        if *self != Self::Reopen {
            return Self::TakeBack.events(seen);
        }
        let closed = seen.iter().filter_map(|one| {
            let (verdict, why) = one.closed.clone()?;
            Some(WarningEvent {
                account: one.account.clone(),
                what: Self::Close(verdict, why).what(one),
            })
        });
        closed.collect()
    }

    /// Whether what sleeps so wakes again; if not, why.
    pub fn wakes(&self, seen: &[Seen]) -> Result<(), String> {
        let Self::Snooze(None, ..) = self else {
            return Ok(());
        };
        let is_stuck = |one: &&Seen| one.level.gauge.is_none() && !one.can_fall();
        seen.iter().find(is_stuck).map_or(Ok(()), |one| {
            Err(format!(
                "{} on {} has no number that could get worse, nor is there a worse band: name a day",
                one.signal, one.name
            ))
        })
    }

    fn what(&self, seen: &Seen) -> What {
        let (signal, level) = (seen.signal.clone(), seen.level.clone());
        match self.clone() {
            Self::Acknowledge => What::Acknowledged(Acknowledged { signal }),
            Self::Plan(why) => What::Planned(Planned { signal, why }),
            Self::Snooze(until, or_worse, why) => What::Snoozed(Snoozed {
                signal,
                until,
                or_worse,
                why,
                level,
            }),
            Self::Rouse => What::Roused { signal },
            Self::Close(verdict, why) => What::Closed(Closed {
                signal,
                verdict,
                why,
                level,
            }),
            Self::Reopen | Self::TakeBack => What::TakenBack { signal },
        }
    }

    /// What it is, of what is done: `closed as noise`.
    pub fn words(&self, today: Date) -> String {
        let day = |day| crate::domain::words::weekday(today, day);
        match self {
            Self::Acknowledge => "acknowledged".to_owned(),
            Self::Plan(_) => "planned for".to_owned(),
            Self::Snooze(until, or_worse, _) => {
                let not = if *or_worse { "" } else { ", worse or not" };
                format!("snoozed {}{not}", sleeps(*until, *or_worse, day))
            }
            Self::Rouse => "woken".to_owned(),
            Self::Close(verdict, _) => format!("closed as {}", verdict.word()),
            Self::Reopen => "opened again".to_owned(),
            Self::TakeBack => "last act taken back".to_owned(),
        }
    }

    /// What follows from it on these warnings, for whoever is about to do it.
    pub fn means(&self, seen: &[Seen], today: Date) -> String {
        let why = match self {
            Self::Plan(why) | Self::Snooze(_, _, why) | Self::Close(_, why) if !why.is_empty() => {
                format!(" (“{why}”)")
            }
            _ => String::new(),
        };
        let after = match self {
            Self::Close(..) if seen.iter().any(|one| one.rearms) => {
                "; silent until it clears and comes again, or is worse by the signal's rearm".to_owned()
            }
            Self::Close(..) => "; silent until it clears and comes again".to_owned(),
            Self::Snooze(_, true, _) => match seen {
                [] => String::new(),
                [first, rest @ ..] if rest.iter().all(|one| one.worse() == first.worse()) => {
                    format!("; worse is: {}", first.worse())
                }
                several => {
                    let named = several.iter().take(NAMED);
                    let named: Vec<String> = named
                        .map(|one| format!("on {} {}", one.name, one.worse()))
                        .collect();
                    let more = match several.len().saturating_sub(NAMED) {
                        0 => String::new(),
                        more => format!("; and {more} more, each from its own"),
                    };
                    format!("; worse is: {}{more}", named.join("; "))
                }
            },
            _ => String::new(),
        };
        format!("{}{why}{after}", self.words(today))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use jiff::SignedDuration;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::domain::acts::Somebody;

    /// Monday, 23 November 2026.
    fn occasion() -> Occasion {
        Occasion {
            me: Somebody {
                id: RecordId::from("11"),
                name: "Mara Lindt".to_owned(),
            },
            now: "2026-11-23T08:50:00Z".parse().unwrap(),
            zone: TimeZone::UTC,
            calendars: Arc::default(),
            grace: SignedDuration::from_secs(10),
            act: "a1".to_owned(),
        }
    }

    #[test]
    fn a_line_says_the_verdict_and_why() {
        let noise = |why: &str| Ok(Said::Close(Verdict::Noise, why.to_owned()));
        assert_eq!(close("noise as every summer"), noise("as every summer"));
        assert_eq!(close(" N: holidays "), noise("holidays"));
        assert_eq!(close("noise"), noise(""));
        assert_eq!(close("perhaps not"), Err("“perhaps” is no verdict".to_owned()));
        assert_eq!(close(""), Err("the verdict is missing".to_owned()));
    }

    #[test]
    fn a_line_says_until_when_it_sleeps_whether_worse_wakes_it_and_why() {
        let on = occasion();
        let check = |text: &str, until: Date, or_worse: bool, why: &str| {
            let expected = Said::Snooze(Some(until), or_worse, why.to_owned());
            assert_eq!(snooze(&on, text), Ok(expected), "{text}");
        };
        check("fri", date(2026, 11, 27), true, "");
        check(
            "2w waits for the sponsor",
            date(2026, 12, 7),
            true,
            "waits for the sponsor",
        );
        check("27 nov: or worse", date(2026, 11, 27), true, "");
        check("27 nov or worse: Ana asks", date(2026, 11, 27), true, "Ana asks");
        check("+7d only holidays", date(2026, 11, 30), false, "holidays");
        assert!(snooze(&on, "today").unwrap_err().contains("to come"));
        assert_eq!(snooze(&on, "soon"), Err("“soon” is no day".to_owned()));
    }

    #[test]
    fn a_snooze_says_what_counts_as_worse() {
        let today = occasion().today();
        let check = |worse_from: Option<&str>, band, expected: &str| {
            let seen = Seen {
                account: RecordId::from("1"),
                name: "Juniper Freight".to_owned(),
                signal: "entitlement-breach".to_owned(),
                reason: String::new(),
                level: Level {
                    band: Some(band),
                    ..Level::default()
                },
                worse_from: worse_from.map(str::to_owned),
                rearms: false,
                closed: None,
            };
            let said = Said::Snooze(Some(date(2026, 11, 27)), true, String::new());
            let means = said.means(std::slice::from_ref(&seen), today);
            assert!(means.ends_with(&format!("; worse is: {expected}")), "{means}");
            let only = Said::Snooze(Some(date(2026, 11, 27)), false, String::new());
            assert!(!only.means(&[seen], today).contains("worse is"));
        };
        let number = Some("open at 4 d or more");
        check(number, Band::Green, "open at 4 d or more, or a worse band");
        check(number, Band::Red, "open at 4 d or more");
        check(None, Band::Amber, "a worse band");
        check(None, Band::Unknown, "nothing, it sleeps until its day");
    }

    #[test]
    fn of_several_it_is_told_from_where_each_is_worse() {
        let seen = |name: &str, from: &str| Seen {
            account: name.into(),
            name: name.to_owned(),
            signal: "usage-drop".to_owned(),
            reason: String::new(),
            level: Level::default(),
            worse_from: Some(from.to_owned()),
            rearms: false,
            closed: None,
        };
        let on = occasion();
        let means = |seen: &[Seen]| snooze(&on, "2w").unwrap().means(seen, on.today());
        let several = [
            seen("Juniper", "change at −55 % or less"),
            seen("Kestrel", "change at −40 % or less"),
            seen("Old Mill", "change at −38 % or less"),
        ];
        let told = means(&several);
        let worse = "; worse is: on Juniper change at −55 % or less; on Kestrel change at −40 % or less; \
                     and 1 more, each from its own";
        assert!(told.ends_with(worse), "{told}");
        let alike = [several[0].clone(), several[0].clone()];
        assert!(means(&alike).ends_with("; worse is: change at −55 % or less"));
    }

    #[test]
    fn of_a_rearm_it_is_told_where_the_signal_has_one() {
        let means = |rearms| {
            let seen = Seen {
                account: "1".into(),
                name: String::new(),
                signal: "usage-drop".to_owned(),
                reason: String::new(),
                level: Level::default(),
                worse_from: None,
                rearms,
                closed: None,
            };
            close("noise").unwrap().means(&[seen], occasion().today())
        };
        let without = "closed as noise; silent until it clears and comes again";
        assert_eq!(means(false), without);
        assert_eq!(
            means(true),
            format!("{without}, or is worse by the signal's rearm")
        );
    }

    #[test]
    fn a_line_may_name_no_day_and_have_it_sleep_until_it_is_worse() {
        let on = occasion();
        for (text, why) in [
            ("worse", ""),
            ("until worse: Ana asks", "Ana asks"),
            (
                "until it gets worse waits for the sponsor",
                "waits for the sponsor",
            ),
            ("or Worse", ""),
        ] {
            let said = Said::Snooze(None, true, why.to_owned());
            assert_eq!(snooze(&on, text), Ok(said.clone()), "{text}");
            assert_eq!(said.words(on.today()), "snoozed until it is worse");
        }
        assert!(snooze(&on, "until").is_err() && snooze(&on, "worsening").is_err());
    }
}
