//! Where an open warning stands, as lists show it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::risk::{Basis, Probability};

use super::event::{Level, Verdict, Waking, sleeps};
use super::life::Life;
use super::state::{Plan, Stage};

/// Where a warning stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Line {
    /// The states that it went through, each with when it came into it (UTC); the last one is where it stands.
    pub stages: Vec<(Stage, Timestamp)>,
    /// Whether it waits for room in the day's budget.
    pub held: bool,
    /// The snooze that it is under.
    pub snoozed: Option<Snooze>,
    /// What woke it, if nothing was done since.
    pub woke: Option<Waking>,
    /// How a person closed it: it is silent.
    pub closed: Option<Closing>,
    /// It was closed and speaks again, since it is so much worse: how it was, and how it is.
    pub again: Option<(String, String)>,
    /// How bad it is.
    pub level: Level,
    /// From where on its number is worse for a snooze, in words; `None` where it has none.
    pub worse_from: Option<String>,
    /// Whether its signal has a `rearm`: then it speaks again after it was closed, once it is so much worse.
    pub rearms: bool,
    /// Id of the playbook that answers it.
    pub playbook: Option<String>,
    /// What P(not renewing) of the account's next renewal rests on; `None` is unknown, there is none, or the warning is no
    /// risk.
    pub basis: Option<Basis>,
    /// The day that the countdown of the account's next renewal runs to.
    pub decide_by: Option<Date>,
}

/// A snooze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// The day on which it wakes; `None` until it gets worse, whenever that is.
    pub until: Option<Date>,
    /// Whether it wakes sooner when it gets worse.
    pub or_worse: bool,
    /// The reason that was given, raw; may be empty.
    pub why: String,
    /// Who: the owner's e-mail address.
    pub by: String,
    /// Since when (UTC).
    pub since: Timestamp,
}

/// How a person closed a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// What they judged.
    pub verdict: Verdict,
    /// The reason that was given, raw; may be empty.
    pub why: String,
    /// Who: the owner's e-mail address.
    pub by: String,
    /// When (UTC).
    pub at: Timestamp,
}

/// In which list a warning is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shelf {
    /// In the queue.
    Queue,
    /// It waits for room in the day's budget.
    Held,
    /// It sleeps.
    Snoozed,
    /// A person closed it, and it is silent.
    Closed,
}

impl Shelf {
    /// Those that are apart from the queue, in the order in which they are listed.
    pub const APART: [Self; 3] = [Self::Held, Self::Snoozed, Self::Closed];

    /// Its name in a list.
    pub fn words(self) -> &'static str {
        match self {
            Self::Queue => "in the queue",
            Self::Held => "held back",
            Self::Snoozed => "snoozed",
            Self::Closed => "closed, silent",
        }
    }
}

impl Line {
    /// That of a life. What the account is like beside it is left out.
    pub fn of(life: &Life, plans: &[Plan], level: Level) -> Self {
        Self {
            stages: life.stages(plans),
            held: life.is_held(),
            snoozed: life.snooze().map(|(snoozed, done)| Snooze {
                until: snoozed.until,
                or_worse: snoozed.or_worse,
                why: snoozed.why.clone(),
                by: done.by.clone(),
                since: done.at,
            }),
            woke: life.waking().cloned(),
            closed: life.closing().map(|(closed, done)| Closing {
                verdict: closed.verdict,
                why: closed.why.clone(),
                by: done.by.clone(),
                at: done.at,
            }),
            again: life.opened.again.clone(),
            level,
            ..Self::default()
        }
    }

    /// Where it stands.
    pub fn stage(&self) -> Stage {
        self.stages.last().map_or(Stage::Open, |(stage, _)| *stage)
    }

    /// P(not renewing) of the account's next renewal, where it is known.
    pub fn not_renewing(&self) -> Option<Probability> {
        self.basis.as_ref().map(Basis::not_renewing)
    }

    /// The notice date that passed, where the next renewal goes on by itself: P rests on that, and not on the score.
    pub fn locked_in(&self) -> Option<Date> {
        match self.basis? {
            Basis::LockedIn { since } => Some(since),
            Basis::Lost | Basis::Curve { .. } => None,
        }
    }

    /// Why P is so low whatever the score, where the next renewal goes on by itself.
    pub fn locked_in_words(&self, today: Date) -> Option<String> {
        let day = crate::domain::words::calendar_day(today, self.locked_in()?);
        Some(format!(
            "it renews by itself: notice passed {day}, and none was given"
        ))
    }

    /// In which list it is.
    pub fn shelf(&self) -> Shelf {
        match self {
            Self { closed: Some(_), .. } => Shelf::Closed,
            Self { snoozed: Some(_), .. } => Shelf::Snoozed,
            Self { held: true, .. } => Shelf::Held,
            _ => Shelf::Queue,
        }
    }

    /// What is to be said of it beside its reason: that it woke, that something is done about it, that it sleeps.
    pub fn said(&self, today: Date) -> Option<String> {
        let day = |day| crate::domain::words::calendar_day(today, day);
        let because = |why: &str| {
            if why.is_empty() {
                String::new()
            } else {
                format!(" ({why})")
            }
        };
        match self.shelf() {
            Shelf::Closed => {
                let closed = self.closed.as_ref()?;
                Some(format!("{}{}", closed.verdict.word(), because(&closed.why)))
            }
            Shelf::Snoozed => {
                let snooze = self.snoozed.as_ref()?;
                let sleeps = sleeps(snooze.until, snooze.or_worse, day);
                Some(format!("{sleeps}{}", because(&snooze.why)))
            }
            _ if self.woke.is_some() => self.woke.as_ref().map(|woke| woke.words(today)),
            _ if self.stage() == Stage::Open => self
                .again
                .as_ref()
                .map(|(then, now)| format!("again: worse, {then} → {now}")),
            _ => Some(self.stage().words().to_owned()),
        }
    }
}
