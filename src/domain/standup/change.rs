//! One thing that changed on an account, in words, and what kind of change that is.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::countdown::Countdown;
use crate::domain::summary::Band;
use crate::domain::words;

/// A renewal is told as it comes so many days near to the last day on which the customer can still leave, the farthest first.
pub const THRESHOLDS: [i32; 3] = [180, 90, 30];

/// What changed, in the order in which it is told. The words are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The customer has left.
    Left,
    /// The score fell into a worse band.
    BandWorse,
    /// The score rose into a better band.
    BandBetter,
    /// The band became known, or is not known any more.
    BandOther,
    /// A warning is new.
    WarningNew,
    /// A warning is worse.
    WarningWorse,
    /// What was warned of is so no more.
    WarningRecovered,
    /// A person closed a warning.
    WarningClosed,
    /// The renewal came nearer than a threshold.
    Renewal,
    /// Something became late.
    Late,
    /// The account is another's by now, or of another segment.
    MovedOut,
    /// A goal was missed, and nobody said why yet.
    GoalMissed,
    /// A goal that was missed is to be looked at again.
    GoalLook,
    /// A handoff was returned with questions.
    HandoffReturned,
}

/// Whether a change is good news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// It is worse than it was.
    Worse,
    /// It is better than it was.
    Better,
    /// Neither, or nobody can tell.
    Neither,
}

impl What {
    /// Whether it is good news.
    pub fn tone(self) -> Tone {
        match self {
            Self::Left
            | Self::BandWorse
            | Self::WarningNew
            | Self::WarningWorse
            | Self::Late
            | Self::GoalMissed => Tone::Worse,
            Self::BandBetter | Self::WarningRecovered => Tone::Better,
            Self::BandOther
            | Self::WarningClosed
            | Self::Renewal
            | Self::GoalLook
            | Self::MovedOut
            | Self::HandoffReturned => Tone::Neither,
        }
    }
}

/// One thing that changed on an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// What kind of change it is.
    pub what: What,
    /// In words, raw: `amber 61 → red 38`.
    pub words: String,
    /// When (UTC); `None` where it came with the days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// How a band turned over some time, from the first of its changes to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The band before, and the score.
    pub from: (Band, Option<u8>),
    /// The band after, and the score.
    pub to: (Band, Option<u8>),
    /// Whether another health model may be all that did it.
    pub by_model: bool,
    /// When the last change was (UTC).
    pub at: Timestamp,
}

impl Turn {
    /// As a change; `None` where the band is what it was.
    pub fn change(&self) -> Option<Change> {
        let (before, after) = (self.from.0, self.to.0);
        let what = match (before, after) {
            _ if before == after => return None,
            (Band::Unknown, _) | (_, Band::Unknown) => What::BandOther,
            _ if after < before => What::BandWorse,
            _ => What::BandBetter,
        };
        let told = |(band, score): (Band, Option<u8>)| match score.filter(|_| band != Band::Unknown) {
            Some(score) => format!("{} {score}", band.word()),
            None => band.word().to_owned(),
        };
        let by_model = if self.by_model { ", by another model" } else { "" };
        Some(Change {
            what,
            words: format!("{} → {}{by_model}", told(self.from), told(self.to)),
            at: Some(self.at),
        })
    }
}

/// The nearest threshold that the countdown of a renewal came below between two days: so many days. It counts to the last
/// day on which the customer can still leave; where that has passed nothing is left to decide, and where there is none, to the
/// end. A contract that renews every month comes near with each month, which is no news.
pub fn crossed(countdown: Countdown, monthly: bool, (then, today): (Date, Date)) -> Option<i32> {
    if monthly {
        return None;
    }
    let runs_to = match countdown.notice_by {
        Some(_) => countdown.notice_ahead(today)?,
        None => countdown.ends.filter(|end| *end >= today)?,
    };
    let (before, now) = (words::days(then, runs_to), words::days(today, runs_to));
    let mut nearest_first = THRESHOLDS.into_iter().rev();
    nearest_first.find(|days| now <= *days && *days < before)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_band_that_turned_there_and_back_has_not_changed_and_unknown_is_neither_worse_nor_better() {
        let turn = |from: Band, to: Band| Turn {
            from: (from, Some(61)),
            to: (to, Some(38)),
            by_model: false,
            at: Timestamp::UNIX_EPOCH,
        };
        let what = |from, to| turn(from, to).change().map(|change| change.what);
        assert_eq!(what(Band::Amber, Band::Red), Some(What::BandWorse));
        assert_eq!(what(Band::Red, Band::Green), Some(What::BandBetter));
        assert_eq!(what(Band::Red, Band::Red), None);
        assert_eq!(what(Band::Unknown, Band::Red), Some(What::BandOther));
        assert_eq!(what(Band::Green, Band::Unknown), Some(What::BandOther));
        let words = |turn: Turn| turn.change().map(|change| change.words);
        let fell = turn(Band::Amber, Band::Red);
        assert_eq!(words(fell).as_deref(), Some("amber 61 → red 38"));
        let by_model = Turn {
            by_model: true,
            ..fell
        };
        assert_eq!(
            words(by_model).as_deref(),
            Some("amber 61 → red 38, by another model")
        );
        let lost = turn(Band::Amber, Band::Unknown);
        assert_eq!(
            words(lost).as_deref(),
            Some("amber 61 → unknown"),
            "a score below the floor says nothing"
        );
    }

    #[test]
    fn a_renewal_is_told_once_as_it_comes_near() {
        let today = date(2026, 11, 23);
        let notice = |notice_by| Countdown {
            notice_by: Some(notice_by),
            ends: Some(date(2027, 12, 31)),
        };
        let since = |days: i64| today.checked_sub(jiff::Span::new().days(days)).unwrap_or(today);
        let week = |countdown| crossed(countdown, false, (since(7), today));
        // In 90, 91, 84 and 83 days.
        assert_eq!(week(notice(date(2027, 2, 21))), Some(90));
        assert_eq!(week(notice(date(2027, 2, 22))), None, "not yet");
        assert_eq!(week(notice(date(2027, 2, 15))), Some(90));
        assert_eq!(week(notice(date(2027, 2, 14))), None, "told before");
        let months = crossed(notice(date(2026, 12, 1)), false, (since(200), today));
        assert_eq!(months, Some(30), "the nearest one");
        assert_eq!(crossed(notice(date(2027, 2, 21)), true, (since(7), today)), None);
        let passed = notice(date(2026, 11, 20));
        assert_eq!(week(passed), None, "notice has passed");
        let ends = Countdown {
            notice_by: None,
            ends: Some(date(2026, 12, 20)),
        };
        assert_eq!(week(ends), Some(30));
        let unknown = Countdown {
            notice_by: None,
            ends: None,
        };
        assert_eq!(week(unknown), None);
    }
}
