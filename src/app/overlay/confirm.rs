//! A question that must be answered with yes before something is done.

use super::Hint;
use crate::domain::acts::Somebody;
use crate::domain::outbox::EntryId;

/// What one can press in it.
pub const HINTS: &[Hint] = &[("y", "yes"), ("n", "no"), ("esc", "no")];

/// A question that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// What is asked.
    pub question: Question,
}

/// Everything that is asked before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Whether this profile may write to the CRM from now on.
    EnableWrites,
    /// Whether to undo what the CRM has already.
    Undo {
        /// The word of the act.
        act: String,
        /// What was done, and on which account, raw.
        what: String,
    },
    /// Whether to send again what the CRM may have.
    Resend(EntryId),
    /// Whether a day that is hard to believe is meant, in the form below: why it is.
    Doubtful(String),
    /// Whether to hand over, in the form below, to somebody who is away.
    Away {
        /// That they are, and who stands in, raw.
        told: String,
        /// Who can have it instead, each with what they are to them: the deputy, then the lead.
        instead: Vec<(Somebody, &'static str)>,
    },
    /// Whether to start the playbook in the list below though something speaks against it: what does.
    StartAllTheSame(String),
    /// Whether to drop a text that was being composed.
    DropDraft(String),
    /// Whether to keep weights (in thousandths, by measure id) in the person's own health.toml.
    KeepWeights(Vec<(String, i64)>),
}

impl Question {
    /// The question itself, in a few words.
    pub fn title(&self) -> &'static str {
        match self {
            Self::EnableWrites => "Allow writing to the CRM?",
            Self::Undo { .. } => "Undo it in the CRM?",
            Self::Resend(_) => "Send it again?",
            Self::Doubtful(_) => "Is this right?",
            Self::Away { .. } => "Hand it to them all the same?",
            Self::StartAllTheSame(_) => "Start it all the same?",
            Self::DropDraft(_) => "Drop this draft?",
            Self::KeepWeights(_) => "Keep these weights?",
        }
    }

    /// What is asked about, where the question alone does not say it; raw.
    pub fn subject(&self) -> Option<&str> {
        match self {
            Self::Undo { what, .. }
            | Self::Doubtful(what)
            | Self::StartAllTheSame(what)
            | Self::Away { told: what, .. } => Some(what),
            Self::EnableWrites | Self::Resend(_) | Self::DropDraft(_) | Self::KeepWeights(_) => None,
        }
    }

    /// What can be done instead, with the digits from 1 on.
    pub fn instead(&self) -> &[(Somebody, &'static str)] {
        match self {
            Self::Away { instead, .. } => instead,
            _ => &[],
        }
    }

    /// What yes means, a paragraph each.
    pub fn meaning(&self) -> &'static [&'static str] {
        match self {
            Self::EnableWrites => &[
                "Yes writes “read_only = false” into this profile's table in retain.toml. From then on, \
                 what you do here may change records of the CRM that your colleagues see.",
                "No leaves the file as it is. “read_only = true” in the same place takes it back.",
            ],
            Self::Undo { .. } => &[
                "It has left already. Yes sends the write that takes it back: what was made is archived, a field gets \
                 the value it had before. A field that somebody changed since is not touched: it becomes a conflict. What the CRM refused is given up.",
                "No leaves it as it is.",
            ],
            Self::Resend(_) => &[
                "It left and no answer came: the CRM may have it already, and then it may arrive twice. Look there first.",
                "No leaves it unknown: d discards it once you know that the CRM has it.",
            ],
            Self::Away { .. } => &[
                "Yes sends it to them: it waits for them, and shows to who stands in.",
                "No goes back to the form.",
            ],
            Self::Doubtful(_) => &["Yes queues it as it is.", "No goes back to what you typed."],
            Self::StartAllTheSame(_) => &["Yes starts it as it is.", "No goes back to the playbooks."],
            Self::DropDraft(_) => &["The text is gone then, and nothing brings it back."],
            Self::KeepWeights(_) => &[
                "Yes writes them and the next `version` into your own health.toml, for every account and only for you. From the next start on all \
                 scores are made anew with them; the ledger tells that the model changed.",
                "No leaves the file as it is.",
            ],
        }
    }
}
