//! What the journal keeps of warnings. The words and field names are stored.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::desk::{Severity, WarningKind};
use crate::domain::record::RecordId;
use crate::domain::summary::Band;

/// The kinds of events in the journal that tell of warnings.
pub const KINDS: [&str; 12] = [
    "warning-opened",
    "warning-cleared",
    "warning-withdrawn",
    "warning-resumed",
    "warning-told",
    "warning-woke",
    "warning-acknowledged",
    "warning-planned",
    "warning-snoozed",
    "warning-roused",
    "warning-closed",
    "warning-taken-back",
];
/// Those of them that only a person's act makes.
pub const PERSONS: [&str; 6] = [
    "warning-acknowledged",
    "warning-planned",
    "warning-snoozed",
    "warning-roused",
    "warning-closed",
    "warning-taken-back",
];

/// Something that happened to a warning on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningEvent {
    /// The account.
    pub account: RecordId,
    /// What happened.
    pub what: What,
}

/// What happened to a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload")]
pub enum What {
    /// Its condition holds.
    #[serde(rename = "warning-opened")]
    Opened(Opened),
    /// Its condition does not hold any more.
    #[serde(rename = "warning-cleared")]
    Cleared {
        /// Id of the signal.
        signal: String,
        /// Whether that is so because the customer has left.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lost: bool,
        /// Whether nobody can tell any more: the account was deleted or merged in the CRM, or is not ours.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        gone: bool,
    },
    /// The configuration has its signal no more: whether its condition still holds, nobody asks.
    #[serde(rename = "warning-withdrawn")]
    Withdrawn {
        /// Id of the signal.
        signal: String,
    },
    /// What had ended it was taken back: the customer has not left, the account or the signal is here again.
    #[serde(rename = "warning-resumed")]
    Resumed {
        /// Id of the signal.
        signal: String,
    },
    /// The day's budget of its CSM had room for it.
    #[serde(rename = "warning-told")]
    Told {
        /// Id of the signal.
        signal: String,
        /// Whose budget it took of: the CSM's owner record, if the account has one.
        csm: Option<RecordId>,
        /// The segment with whose other accounts it counts as one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        segment: Option<String>,
        /// Whether it only joined the warning of its segment, which showed already: then it took nothing of the budget.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        joined: bool,
    },
    /// A snooze is over.
    #[serde(rename = "warning-woke")]
    Woke {
        /// Id of the signal.
        signal: String,
        /// What woke it.
        by: Waking,
    },
    /// A person has seen it and takes it on.
    #[serde(rename = "warning-acknowledged")]
    Acknowledged(Acknowledged),
    /// A person says that something is done about it.
    #[serde(rename = "warning-planned")]
    Planned(Planned),
    /// A person does not want to see it for a while.
    #[serde(rename = "warning-snoozed")]
    Snoozed(Snoozed),
    /// A person ends a snooze.
    #[serde(rename = "warning-roused")]
    Roused {
        /// Id of the signal.
        signal: String,
    },
    /// A person has judged it.
    #[serde(rename = "warning-closed")]
    Closed(Closed),
    /// A person takes their last act on it back.
    #[serde(rename = "warning-taken-back")]
    TakenBack {
        /// Id of the signal.
        signal: String,
    },
}

/// A warning as it opened, with what it was about then.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Opened {
    /// Id of the signal.
    pub signal: String,
    /// Version of the signal's rule.
    #[serde(default)]
    pub version: u32,
    /// The first day on which it held.
    #[serde(default)]
    pub since: Date,
    /// Whether it already held at the first look: that of its signal's version in its first run over all accounts, or the
    /// first at its account since that came.
    #[serde(default)]
    pub standing: bool,
    /// The reason in words, raw.
    #[serde(default)]
    pub reason: String,
    /// What it is about.
    #[serde(default)]
    pub kind: WarningKind,
    /// How much it matters.
    #[serde(default)]
    pub severity: Severity,
    /// Whether it waits for room in the day's budget.
    #[serde(default)]
    pub budgeted: bool,
    /// Id of the playbook that answers it.
    #[serde(default)]
    pub playbook: Option<String>,
    /// How bad it was.
    #[serde(default)]
    pub level: Level,
    /// At stake then, minor units of the reporting currency; `None` is unknown.
    #[serde(default)]
    pub at_stake: Option<i64>,
    /// The day to which the countdown ran then.
    #[serde(default)]
    pub decide_by: Option<Date>,
    /// Score then.
    #[serde(default)]
    pub score: Option<u8>,
    /// It was closed and speaks again, since it is so much worse: before, and then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<(String, String)>,
}

/// How bad a warning is at a time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Level {
    /// The number that the signal's condition is about, in thousandths; `None` when it is about none, or unknown.
    pub gauge: Option<i64>,
    /// That number in words, e.g. `−46 %`.
    pub words: String,
    /// Band of the account.
    pub band: Option<Band>,
}

impl Level {
    /// What of it is known, in words: `−46 %, amber`; empty where nothing is.
    pub fn seen(&self) -> String {
        let band = self.band.filter(|band| *band != Band::Unknown).map(Band::word);
        let parts = [Some(self.words.as_str()).filter(|words| !words.is_empty()), band];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// What a person judges of a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is true, and was news.
    Real,
    /// It is true, and was known.
    Known,
    /// It is not true, or does not matter.
    Noise,
}

impl Verdict {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Real, Self::Known, Self::Noise];

    /// The verdict as a person writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Known => "known",
            Self::Noise => "noise",
        }
    }

    /// The verdict that a word, or the beginning of one, means.
    pub fn read(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        let mut all = Self::ALL.into_iter();
        all.find(|verdict| !word.is_empty() && verdict.word().starts_with(&word))
    }
}

/// A person has seen it and takes it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Id of the signal.
    pub signal: String,
}

/// A person says that something is done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Id of the signal.
    pub signal: String,
    /// What is done, raw; may be empty.
    pub why: String,
}

/// A person does not want to see it for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snoozed {
    /// Id of the signal.
    pub signal: String,
    /// The day on which it wakes; `None` until it gets worse, whenever that is.
    #[serde(default)]
    pub until: Option<Date>,
    /// Whether it wakes sooner when it gets worse.
    pub or_worse: bool,
    /// The reason that was given, raw; may be empty.
    pub why: String,
    /// How bad it was as the person saw it.
    #[serde(default)]
    pub level: Level,
}

/// A person has judged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Id of the signal.
    pub signal: String,
    /// What they judged.
    pub verdict: Verdict,
    /// The reason that was given, raw; may be empty.
    pub why: String,
    /// How bad it was as the person saw it.
    #[serde(default)]
    pub level: Level,
}

/// What woke a snoozed warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waking {
    /// Its day has come.
    Date(Date),
    /// It got worse: how it was, and how it is, in words.
    Worse(String, String),
}

/// How long a snooze lasts: `until 4 Dec or worse`, `until it is worse`. `day` says a day in words.
pub fn sleeps(until: Option<Date>, or_worse: bool, day: impl Fn(Date) -> String) -> String {
    match until {
        None => "until it is worse".to_owned(),
        Some(until) if or_worse => format!("until {} or worse", day(until)),
        Some(until) => format!("until {}", day(until)),
    }
}

impl Waking {
    /// `worse: −46 % → −61 %`, `snoozed until 4 Dec`
    pub fn words(&self, today: Date) -> String {
        match self {
            Self::Date(day) => {
                let day = crate::domain::words::calendar_day(today, *day);
                format!("woke: its day came, {day}")
            }
            Self::Worse(then, now) => format!("woke: worse, {then} → {now}"),
        }
    }
}

impl WarningEvent {
    /// Its kind and payload, as the journal keeps them.
    pub fn stored(&self) -> (String, Value) {
        let mut stored = json!(self.what);
        let kind = stored["kind"].as_str().unwrap_or_default().to_owned();
        (kind, stored["payload"].take())
    }

    /// Reads what the journal has kept; `None` when it tells of no warning.
    pub fn read(account: &RecordId, kind: &str, payload: &Value) -> Option<Self> {
        let what = serde_json::from_value(json!({ "kind": kind, "payload": payload })).ok()?;
        let account = account.clone();
        Some(Self { account, what })
    }
}

impl What {
    /// Whether only a person's act makes it.
    pub fn is_persons(&self) -> bool {
        match self {
            Self::Acknowledged(_)
            | Self::Planned(_)
            | Self::Snoozed(_)
            | Self::Roused { .. }
            | Self::Closed(_)
            | Self::TakenBack { .. } => true,
            Self::Opened(_)
            | Self::Cleared { .. }
            | Self::Withdrawn { .. }
            | Self::Resumed { .. }
            | Self::Told { .. }
            | Self::Woke { .. } => false,
        }
    }

    /// Id of the signal.
    pub fn signal(&self) -> &str {
        match self {
            Self::Opened(Opened { signal, .. })
            | Self::Cleared { signal, .. }
            | Self::Withdrawn { signal }
            | Self::Resumed { signal }
            | Self::Told { signal, .. }
            | Self::Woke { signal, .. }
            | Self::Acknowledged(Acknowledged { signal })
            | Self::Planned(Planned { signal, .. })
            | Self::Snoozed(Snoozed { signal, .. })
            | Self::Roused { signal }
            | Self::Closed(Closed { signal, .. })
            | Self::TakenBack { signal } => signal,
        }
    }
}
