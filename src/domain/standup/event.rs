//! What the journal keeps of standups. The words and field names are stored.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::change::Change;
use super::promise::Promise;
use crate::domain::record::RecordId;

/// The kind of the event that something was decided.
pub const DECIDED: &str = "standup-decided";

/// The kind of the event that tells which task a decision became.
pub const BOUND: &str = "standup-task-bound";

/// The kinds of events in the journal that tell of standups.
pub const KINDS: [&str; 7] = [
    "standup-begun",
    "standup-discussed",
    DECIDED,
    "standup-settled",
    "standup-taken-back",
    "standup-ended",
    BOUND,
];

/// Something that happened in a standup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandupEvent {
    /// The account that it is about; `None` where it is about all.
    pub account: Option<RecordId>,
    /// What happened.
    pub what: Happened,
}

/// What happened in a standup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload")]
pub enum Happened {
    /// It began.
    #[serde(rename = "standup-begun")]
    Begun(Box<Begun>),
    /// An account was talked about.
    #[serde(rename = "standup-discussed")]
    Discussed(Discussed),
    /// Something was decided on an account.
    #[serde(rename = "standup-decided")]
    Decided(Decided),
    /// A person says whether a promise was kept.
    #[serde(rename = "standup-settled")]
    Settled(Settled),
    /// A decision was taken back.
    #[serde(rename = "standup-taken-back")]
    TakenBack(TakenBack),
    /// It ended.
    #[serde(rename = "standup-ended")]
    Ended(Ended),
    /// A decision became this task in the CRM: by the receipt of the one who wrote it, for everybody else.
    #[serde(rename = "standup-task-bound")]
    Bound(Bound),
}

/// A standup as it began: all that its minutes need of that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Its id.
    pub standup: String,
    /// The key of its scope.
    pub scope: String,
    /// Its scope in words, raw.
    pub title: String,
    /// Name of who holds it, raw.
    pub by: String,
    /// The moment in their time zone.
    pub local: DateTime,
    /// Since when changes are told (UTC).
    pub since: Timestamp,
    /// The same in their time zone.
    pub since_local: DateTime,
    /// Whether none was held in the scope before: then it looks back seven days.
    #[serde(default)]
    pub first: bool,
    /// How long it may take, in minutes.
    pub minutes: u32,
    /// How many accounts the scope had.
    #[serde(default)]
    pub accounts: u32,
    /// What it goes over, in this order.
    pub agenda: Vec<Line>,
}

/// An account on the agenda, as it stood as the standup began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Health, what is at stake, the countdown and the CSM in one line, raw: `▲ 38 · $19k at stake · notice in 9 d · Priya Nair`.
    pub head: String,
    /// What changed.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// What was promised on it the last time.
    #[serde(default)]
    pub promises: Vec<Promise>,
}

/// An account was talked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discussed {
    /// Id of the standup.
    pub standup: String,
    /// From when (UTC).
    pub from: Timestamp,
    /// How long after that the first decision on it fell, in seconds; `None` where none did.
    #[serde(default)]
    pub first_decision: Option<i64>,
}

/// What kind of decision it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Somebody does something: the next standup asks whether they did.
    Assigned,
    /// A playbook was started.
    Played,
    /// The account, or a question, was handed over.
    HandedOver,
    /// A warning sleeps.
    Snoozed,
    /// A warning was closed.
    Closed,
    /// Something else was written down.
    Noted,
}

impl Kind {
    /// Whether the next standup asks whether it was done.
    pub fn is_promise(self) -> bool {
        self == Self::Assigned
    }
}

/// Something was decided on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Id of the standup.
    pub standup: String,
    /// Its own id.
    pub decision: String,
    /// Name of the account, raw.
    pub name: String,
    /// What kind of decision it is.
    #[serde(rename = "decided")]
    pub kind: Kind,
    /// Who does it, raw; `None` where that was not said.
    #[serde(default)]
    pub who: Option<String>,
    /// What, raw.
    pub words: String,
    /// By when.
    #[serde(default)]
    pub by: Option<Date>,
    /// The word of the act whose entry in the outbox makes a task of it.
    #[serde(default)]
    pub act: Option<String>,
}

/// A person says whether a promise was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Id of the standup in which it was made.
    pub standup: String,
    /// Id of the decision.
    pub decision: String,
    /// Whether it was kept.
    pub kept: bool,
    /// Why not, raw; may be empty.
    #[serde(default)]
    pub why: String,
    /// Id of the standup in which that was said, if it was in one.
    #[serde(default)]
    pub during: Option<String>,
}

/// A decision was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// Id of the standup.
    pub standup: String,
    /// Id of the decision.
    pub decision: String,
}

/// A decision became a task in the CRM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Id of the standup.
    pub standup: String,
    /// Id of the decision.
    pub decision: String,
    /// Id of the task.
    pub task: RecordId,
}

/// A standup ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Id of the standup.
    pub standup: String,
    /// The moment in the time zone of who holds it.
    pub local: DateTime,
    /// The accounts of the agenda that nobody talked about.
    #[serde(default)]
    pub not_discussed: Vec<RecordId>,
}

/// What a person said of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whether it was kept.
    pub kept: bool,
    /// Why not, raw; may be empty.
    pub why: String,
    /// Who says so: the owner's e-mail address.
    pub by: String,
    /// When (UTC).
    pub at: Timestamp,
}

impl StandupEvent {
    /// Its kind and payload, as the journal keeps them.
    pub fn stored(&self) -> (String, Value) {
        let mut stored = json!(self.what);
        let kind = stored["kind"].as_str().unwrap_or_default().to_owned();
        (kind, stored["payload"].take())
    }

    /// Reads what the journal has kept; `None` when it tells of no standup.
    pub fn read(account: Option<&RecordId>, kind: &str, payload: &Value) -> Option<Self> {
        let what = serde_json::from_value(json!({ "kind": kind, "payload": payload })).ok()?;
        let account = account.cloned();
        Some(Self { account, what })
    }

    /// Id of the standup that it is an event of.
    pub fn standup(&self) -> &str {
        match &self.what {
            Happened::Begun(begun) => &begun.standup,
            Happened::Discussed(discussed) => &discussed.standup,
            Happened::Decided(decided) => &decided.standup,
            Happened::Settled(settled) => &settled.standup,
            Happened::TakenBack(back) => &back.standup,
            Happened::Ended(ended) => &ended.standup,
            Happened::Bound(bound) => &bound.standup,
        }
    }
}
