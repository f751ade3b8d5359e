//! What was promised in a standup: who does what by when, and whether it was kept.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::event::Said;
use super::held::{Decision, Held};
use crate::domain::record::RecordId;
use crate::domain::words::weekday;

/// A promise as the next standup looks at it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Promise {
    /// Id of the standup in which it was made.
    pub standup: String,
    /// Id of the decision that it is.
    pub decision: String,
    /// The account.
    pub account: RecordId,
    /// Its name then, raw.
    pub name: String,
    /// Who, raw; `None` where that was not said.
    #[serde(default)]
    pub who: Option<String>,
    /// What, raw.
    pub what: String,
    /// By when.
    #[serde(default)]
    pub by: Option<Date>,
    /// What became of it.
    pub standing: Standing,
}

/// What became of a promise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Standing {
    /// It was kept.
    Kept {
        /// Who says so, raw; `None` where its task is done.
        by: Option<String>,
    },
    /// A person says that it was not.
    NotKept {
        /// Why, raw; may be empty.
        why: String,
        /// Who says so, raw.
        by: String,
    },
    /// Its day has passed, or it has none, and nothing tells whether it was kept.
    NoRecord,
    /// Its day is still ahead.
    Ahead,
}

/// What is known of the task that a decision became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// It is done.
    Done,
    /// It is open, or waits to be written.
    Open,
    /// It was never written, or is not in the CRM any more.
    Missing,
}

impl Standing {
    /// What became of a decision on a day: by what a person said last, else by its task, else by its day. `name` says what
    /// somebody is called by their address.
    pub fn of(decision: &Decision, task: Option<Task>, today: Date, name: impl Fn(&str) -> String) -> Self {
        if let Some(said) = &decision.said {
            let by = name(&said.by);
            return Self::said(said, by);
        }
        match task {
            Some(Task::Done) => Self::Kept { by: None },
            _ if decision.by.is_some_and(|by| by >= today) => Self::Ahead,
            _ => Self::NoRecord,
        }
    }

    /// What somebody of this name said.
    pub(super) fn said(said: &Said, by: String) -> Self {
        if said.kept {
            return Self::Kept { by: Some(by) };
        }
        Self::NotKept {
            why: said.why.clone(),
            by,
        }
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Kept { .. } => "kept",
            Self::NotKept { .. } => "not kept",
            Self::NoRecord => "no record",
            Self::Ahead => "still ahead",
        }
    }

    /// It in words: `kept: its task is done`, `not kept: she was ill (Priya Nair)`.
    pub fn words(&self) -> String {
        match self {
            Self::Kept { by: None } => "kept: its task is done".to_owned(),
            Self::Kept { by: Some(by) } => format!("kept, says {by}"),
            Self::NotKept { why, by } if why.is_empty() => format!("not kept, says {by}"),
            Self::NotKept { why, by } => format!("not kept: {why} ({by})"),
            Self::NoRecord | Self::Ahead => self.word().to_owned(),
        }
    }

    /// The sign of it.
    pub fn sign(&self) -> &'static str {
        match self {
            Self::Kept { .. } => "✓",
            Self::NotKept { .. } => "✕",
            Self::NoRecord => "?",
            Self::Ahead => "○",
        }
    }
}

impl Promise {
    /// A decision of a standup, as it stands.
    pub fn of(held: &Held, decision: &Decision, standing: Standing) -> Self {
        Self {
            standup: held.id.clone(),
            decision: decision.id.clone(),
            account: decision.account.clone(),
            name: decision.name.clone(),
            who: decision.who.clone(),
            what: decision.words.clone(),
            by: decision.by,
            standing,
        }
    }

    /// Who does what by when: `Priya Nair: call the sponsor, by Fri 20 Nov`.
    pub fn told(&self, today: Date) -> String {
        told(self.who.as_deref(), &self.what, self.by, today)
    }
}

/// Who does what by when, in words.
pub(super) fn told(who: Option<&str>, what: &str, by: Option<Date>, today: Date) -> String {
    let who = who.map_or_else(String::new, |who| format!("{who}: "));
    let by = by.map_or_else(String::new, |by| format!(", by {}", weekday(today, by)));
    format!("{who}{what}{by}")
}

/// The decisions that a standup looks back at, each with the one that made it: the promises of the last one that was held
/// in the scope, and of those before it what was still ahead as that one began, and nobody had said anything of then. `on` says
/// on which day a standup began.
pub fn to_check<'h>(
    all: &'h [Held],
    scope: &str,
    on: impl Fn(&Held) -> Date,
) -> Vec<(&'h Held, &'h Decision)> {
    let held: Vec<&Held> = all
        .iter()
        .filter(|held| held.begun.scope == scope && held.ended.is_some())
        .collect();
    let Some((last, before)) = held.split_last() else {
        return Vec::new();
    };
    let began = on(last);
    let is_carried = |decision: &&Decision| {
        let was_said = decision.said.as_ref().is_some_and(|said| said.at <= last.at);
        decision.by.is_some_and(|by| by >= began) && !was_said
    };
    let earlier = before
        .iter()
        .flat_map(|held| held.promises().filter(is_carried).map(|one| (*held, one)));
    let own = last.promises().map(|one| (*last, one));
    earlier.chain(own).collect()
}
