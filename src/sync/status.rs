//! How the sync stands, kept in the cache so that every screen and every process can show it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::report::Scope;
use crate::crm::CrmError;
pub use crate::store::documents::{
    SYNC_HEARTBEAT as HEARTBEAT, SYNC_LIMITED as LIMITED, SYNC_STATUS as DOCUMENT,
};

/// How the sync stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SyncStatus {
    /// Whose accounts are cached.
    pub scope: Scope,
    /// When a sync last came to its end (UTC): the age of the data.
    pub last_success: Option<Timestamp>,
    /// When everything was last compared with the CRM in full (UTC).
    pub last_complete: Option<Timestamp>,
    /// What is under way.
    pub under_way: Option<UnderWay>,
    /// Why the last sync stopped; `None` after one that came to its end.
    pub failed: Option<Failed>,
    /// Until when the CRM asked to be left alone (UTC); no process asks it before.
    pub not_before: Option<Timestamp>,
    /// How far apart the cockpit's syncs are, in seconds, where the CRM's limits put them further apart than the
    /// settings do.
    pub spaced: Option<u64>,
    /// What is missing or held back, one sentence each, from the last sync.
    pub warnings: Vec<String>,
    /// Mapped properties that the CRM does not have: (kind in words, property).
    pub missing_properties: Vec<(String, String)>,
    /// Scopes that the key lacks, with what cannot be read for it: (kind in words, scope).
    pub missing_scopes: Vec<(String, String)>,
    /// Removals that wait for a person's word (`retain sync --full --accept-deletes`), one sentence each, by the pass that
    /// found them: until it has looked again.
    pub held: BTreeMap<String, BTreeSet<String>>,
}

/// What is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// When it began (UTC).
    pub since: Timestamp,
    /// What is being read, in words.
    pub what: String,
    /// How many are done.
    pub done: u64,
    /// Of how many, when the CRM said so.
    pub total: Option<u64>,
    /// Process that does it.
    pub pid: u32,
    /// When it last came a step further (UTC).
    #[serde(default)]
    pub moved: Option<Timestamp>,
}

/// Why the last sync stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// When (UTC).
    pub at: Timestamp,
    /// What happened, one sentence.
    pub what: String,
    /// What to do about it; may be empty.
    pub hint: String,
    /// What kept it from its end.
    #[serde(default)]
    pub cause: Cause,
}

/// What keeps a sync from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// There is no way to the CRM.
    Unreachable,
    /// The CRM does not answer within the time allowed.
    Unanswered,
    /// The CRM answers that it cannot do it now.
    Trouble,
    /// The CRM asked to be left alone.
    Limited,
    /// Something else.
    #[default]
    Other,
}

/// The longest that an answer of the CRM keeps a sync from asking again.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);
/// The wait for a limit that names no time.
const UNNAMED_WAIT: SignedDuration = SignedDuration::from_mins(15);

impl SyncStatus {
    /// Until when no sync may begin. A time further away than any wait means that the clock was wrong.
    pub fn held_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.not_before
            .filter(|until| *until > now && until.duration_since(now) <= LONGEST_WAIT)
    }

    /// Remembers what a sync that stopped at `now` was told about asking again.
    pub fn note_wait(&mut self, error: Option<&CrmError>, now: Timestamp) {
        let signed = |wait: Duration| SignedDuration::try_from(wait).unwrap_or(LONGEST_WAIT);
        let asked = match error {
            Some(CrmError::RateLimited { wait }) => Some(wait.map_or(UNNAMED_WAIT, signed)),
            Some(CrmError::Trouble { wait, .. }) => wait.map(signed),
            _ => None,
        };
        self.not_before = asked.and_then(|asked| now.checked_add(asked.min(LONGEST_WAIT)).ok());
    }

    /// What is missing, one sentence each, as the sync tells it; `scopes` are those that are known to be by now.
    pub fn warnings_of_missing(&self, scopes: &[(String, String)]) -> Vec<String> {
        let properties = self.missing_properties.iter().map(|(kind, property)| {
            format!(
                "the CRM has no {kind} property `{property}`; of what is mapped to it nothing new is known"
            )
        });
        let scopes = scopes
            .iter()
            // What is closed without a scope that the CRM names has a warning of its own.
            .filter(|(_, scope)| !scope.is_empty())
            .map(|(kind, scope)| format!("the CRM key lacks the scope `{scope}`: no {kind} can be read"));
        properties.chain(scopes).collect()
    }

    /// The status as kept, or the empty one when nothing or something unreadable is kept.
    pub fn parse(json: Option<&str>) -> Self {
        json.and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default()
    }
}
