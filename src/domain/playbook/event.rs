//! What the journal keeps of runs. The words and field names are stored.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Evidence, Fell, Playbook, StepKind};
use crate::domain::record::RecordId;
use crate::domain::role::Role;

/// The kinds of events in the journal that tell of runs.
pub const KINDS: [&str; 14] = [
    STARTED,
    NOT_STARTED,
    "step-done",
    "step-skipped",
    "step-reopened",
    "step-task-seen",
    "step-branched",
    "step-reassigned",
    "play-paused",
    "play-resumed",
    "play-ended",
    BOUND,
    "play-abandoned",
    "play-taken-up",
];

/// The kind of events that begin a run.
pub const STARTED: &str = "play-started";

/// The kind of events that bind the task of a colleague's step.
pub const BOUND: &str = "step-task-bound";

/// The kind of events that tell on which accounts a bulk play was not started.
pub const NOT_STARTED: &str = "play-not-started";

/// Why a run was given up whose start was taken back.
pub const TAKEN_BACK: &str = "taken back";

/// Something that happened to a run on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayEvent {
    /// The account.
    pub account: RecordId,
    /// What happened.
    pub what: What,
}

/// What happened to a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload")]
pub enum What {
    /// A person started it.
    #[serde(rename = "play-started")]
    Started {
        /// Id of the run.
        run: String,
        /// The word that the writes of its start carry.
        act: String,
        /// The playbook as it was, whole: a new version never changes a run under way.
        playbook: Value,
        /// What it was started from.
        reason: Option<Reason>,
        /// Its steps with what was known of the account put in.
        steps: Vec<StartedStep>,
        /// Id of the bulk play that it is part of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bulk: Option<String>,
    },
    /// A person started a playbook on many accounts, and not on this one.
    #[serde(rename = "play-not-started")]
    NotStarted {
        /// Id of the bulk play.
        bulk: String,
        /// Id of the playbook.
        playbook: String,
        /// The playbook's version then.
        version: u32,
        /// Why not, raw.
        why: String,
        /// Whether that is as it should be, so that nobody need look at it; older events do not say so.
        #[serde(default)]
        rightly: bool,
    },
    /// A person did a step.
    #[serde(rename = "step-done")]
    Done {
        /// Id of the run.
        run: String,
        /// Id of the step.
        step: String,
    },
    /// A person left a step out.
    #[serde(rename = "step-skipped")]
    Skipped {
        /// Id of the run.
        run: String,
        /// Id of the step.
        step: String,
        /// The reason that was given.
        why: String,
    },
    /// A person took a step up again.
    #[serde(rename = "step-reopened")]
    Reopened {
        /// Id of the run.
        run: String,
        /// Id of the step.
        step: String,
    },
    /// The step's task in the CRM was seen to be done, or to be open, other than when it was last seen.
    #[serde(rename = "step-task-seen")]
    TaskSeen {
        /// Id of the run.
        run: String,
        /// Id of the step.
        step: String,
        /// Whether the task is done.
        done: bool,
    },
    /// The steps before one that counts only under a condition are closed: what was decided of it.
    #[serde(rename = "step-branched")]
    Branched {
        /// Id of the run.
        run: String,
        /// Id of the step.
        step: String,
        /// Whether it counts.
        branch: Branch,
        /// The condition as it was written.
        when: String,
    },
    /// The last step was closed: whether what the playbook is for had been reached then.
    #[serde(rename = "play-ended")]
    Ended {
        /// Id of the run.
        run: String,
        /// Whether its exit was reached.
        outcome: Outcome,
    },
    /// A person gave a step to somebody.
    #[serde(rename = "step-reassigned")]
    Reassigned {
        /// Id of the run.
        run: String,
        /// Id of the step.
        step: String,
        /// Whose it is now.
        to: Doer,
        /// Whose it was.
        from: Doer,
    },
    /// A person paused the run.
    #[serde(rename = "play-paused")]
    Paused {
        /// Id of the run.
        run: String,
        /// The reason that was given.
        why: String,
        /// Since when it is paused, where that is earlier: resuming it was taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
        /// By when its steps are due again then, by id.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        due: BTreeMap<String, Date>,
    },
    /// A person resumed a run that was paused.
    #[serde(rename = "play-resumed")]
    Resumed {
        /// Id of the run.
        run: String,
        /// By when its open steps are due now, by id.
        due: BTreeMap<String, Date>,
        /// By when they were due before.
        before: BTreeMap<String, Date>,
        /// Since when it was paused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
        /// Why it did.
        why: String,
    },
    /// A task of a step of a run that another ledger keeps was seen for the first time: from now on its id tells it,
    /// whatever becomes of its text.
    #[serde(rename = "step-task-bound")]
    Bound {
        /// Id of the run.
        run: String,
        /// Id of the step.
        step: String,
        /// The task.
        task: RecordId,
        /// How many tasks the run made.
        of: Option<usize>,
        /// Id of the playbook.
        playbook: Option<String>,
        /// Id of the signal that the run was started from.
        signal: Option<String>,
    },
    /// A person gave the run up.
    #[serde(rename = "play-abandoned")]
    Abandoned {
        /// Id of the run.
        run: String,
        /// The reason that was given.
        why: String,
    },
    /// That a person gave the run up was undone: it goes on.
    #[serde(rename = "play-taken-up")]
    TakenUp {
        /// Id of the run.
        run: String,
    },
}

/// Who does a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doer {
    /// Owner record.
    pub owner: RecordId,
    /// Name, raw.
    pub name: String,
}

/// Whether a step counts that does so only under a condition. Stored by these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Branch {
    /// The condition held.
    Counts,
    /// It did not.
    LeftOut,
    /// It could not be told: a person decides.
    CannotTell,
}

impl From<Option<bool>> for Branch {
    fn from(holds: Option<bool>) -> Self {
        match holds {
            Some(true) => Self::Counts,
            Some(false) => Self::LeftOut,
            None => Self::CannotTell,
        }
    }
}

/// Whether what a run was for had been reached when its last step was closed. Stored by these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Its exit held.
    Reached,
    /// It did not.
    NotReached,
    /// The playbook has no exit, or it could not be told.
    CannotTell,
}

impl Outcome {
    /// It in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reached => "what it is for had been reached",
            Self::NotReached => "what it is for had not been reached",
            Self::CannotTell => "whether what it is for had been reached cannot be told",
        }
    }
}

impl From<Option<bool>> for Outcome {
    fn from(holds: Option<bool>) -> Self {
        match holds {
            Some(true) => Self::Reached,
            Some(false) => Self::NotReached,
            None => Self::CannotTell,
        }
    }
}

/// What a run was started from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Id of the signal.
    pub signal: String,
    /// The warning's reason in words, raw.
    pub words: String,
}

/// A step as it is when its run starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedStep {
    /// Its id within the playbook.
    pub id: String,
    /// What is to be done, raw.
    pub title: String,
    /// How to do it, raw; may be empty.
    pub guidance: String,
    /// The role that does it.
    pub role: Role,
    /// Owner record of who does it.
    pub owner: RecordId,
    /// Name of who does it, raw.
    pub owner_name: String,
    /// Why it fell to them, where they are not known to have the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fell: Option<Fell>,
    /// By when, in the time zone of who started it.
    pub due: Date,
    /// Ids of the steps that come before it.
    pub after: Vec<String>,
    /// What has to be there before it is done.
    pub evidence: Option<Evidence>,
    /// Whether it is a task in the CRM too.
    pub crm_task: bool,
    /// What doing it does.
    #[serde(default)]
    pub kind: StepKind,
    /// The field that it sets or that shows that it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What it sets the field to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// It counts only if this holds when the steps before it are closed: as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

impl PlayEvent {
    /// Its kind and payload, as the journal keeps them.
    pub fn stored(&self) -> (String, Value) {
        let mut stored = json!(self.what);
        let kind = stored["kind"].as_str().unwrap_or_default().to_owned();
        (kind, stored["payload"].take())
    }

    /// What undoes it; `None` for what only tells what was seen, and for what was itself an undoing.
    pub fn undone(&self) -> Option<Self> {
        let what = match &self.what {
            What::Started { run, .. } => What::Abandoned {
                run: run.clone(),
                why: TAKEN_BACK.to_owned(),
            },
            What::Done { run, step } | What::Skipped { run, step, .. } => What::Reopened {
                run: run.clone(),
                step: step.clone(),
            },
            What::Reassigned { run, step, to, from } => What::Reassigned {
                run: run.clone(),
                step: step.clone(),
                to: from.clone(),
                from: to.clone(),
            },
            What::Paused { run, why, since, .. } => What::Resumed {
                run: run.clone(),
                due: BTreeMap::new(),
                before: BTreeMap::new(),
                since: *since,
                why: why.clone(),
            },
            What::Resumed {
                run,
                before,
                since,
                why,
                ..
            } => What::Paused {
                run: run.clone(),
                why: why.clone(),
                since: *since,
                due: before.clone(),
            },
            What::Abandoned { run, .. } => What::TakenUp { run: run.clone() },
            What::Reopened { .. }
            | What::TaskSeen { .. }
            | What::Branched { .. }
            | What::Ended { .. }
            | What::Bound { .. }
            | What::NotStarted { .. }
            | What::TakenUp { .. } => return None,
        };
        let account = self.account.clone();
        Some(Self { account, what })
    }

    /// Reads what the journal has kept; `None` when it tells of no run.
    pub fn read(account: &RecordId, kind: &str, payload: &Value) -> Option<Self> {
        let what = serde_json::from_value(json!({ "kind": kind, "payload": payload })).ok()?;
        Some(Self {
            account: account.clone(),
            what,
        })
    }
}

impl What {
    /// Id of the run; of a bulk play where it tells of no run.
    pub fn run(&self) -> &str {
        match self {
            Self::Started { run, .. }
            | Self::Done { run, .. }
            | Self::Skipped { run, .. }
            | Self::Reopened { run, .. }
            | Self::TaskSeen { run, .. }
            | Self::Branched { run, .. }
            | Self::Ended { run, .. }
            | Self::Bound { run, .. }
            | Self::Reassigned { run, .. }
            | Self::Paused { run, .. }
            | Self::Resumed { run, .. }
            | Self::Abandoned { run, .. }
            | Self::TakenUp { run } => run,
            Self::NotStarted { bulk, .. } => bulk,
        }
    }

    /// The playbook as the journal keeps it.
    pub(super) fn whole(playbook: &Playbook) -> Value {
        json!(playbook)
    }
}
