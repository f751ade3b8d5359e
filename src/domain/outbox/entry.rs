//! One write on its way, and the steps that it takes.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Conflict, Keeper, Remedy, Write};
use crate::domain::record::RecordId;

/// The number of an entry in its ledger: also the order in which entries were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub i64);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Where an entry stands. The words are stored and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits for its grace to pass, and then for its turn.
    Queued,
    /// An attempt is under way: the request may have left.
    Sending,
    /// The CRM has it.
    Sent,
    /// The CRM surely does not have it; it is tried again by itself.
    Retry,
    /// It left and no answer came: the CRM may or may not have it.
    Unknown,
    /// Somebody else changed the same field meanwhile: a person decides.
    Conflict,
    /// The CRM refused it: a person does what helps, or discards it.
    Parked,
    /// Taken back within the grace, before it left.
    TakenBack,
    /// Given up by a person.
    Discarded,
}

impl State {
    /// Nothing happens to it any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Sent | Self::TakenBack | Self::Discarded)
    }

    /// A person has to decide.
    pub fn needs_a_person(self) -> bool {
        matches!(self, Self::Unknown | Self::Conflict | Self::Parked)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Retry => "retry",
            Self::Unknown => "unknown",
            Self::Conflict => "conflict",
            Self::Parked => "parked",
            Self::TakenBack => "taken back",
            Self::Discarded => "discarded",
        }
    }
}

/// The CRM's confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The record that was made or changed.
    pub record: RecordId,
    /// Its address in the CRM's own web interface, when it has one.
    pub link: Option<String>,
    /// Fields of ours that replaced somebody else's value which came between our look and our write: told,
    /// never silent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Conflict>,
    /// The CRM had all of it already, before anything of it left: nothing was written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub there: bool,
}

/// What happened to an entry. Appended, never changed; the field names are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// An attempt begins. On disk before the first byte leaves.
    Sending {
        /// The CRM's own stamp of the record as it was looked at just before: what came after it and is
        /// not ours was never seen. `None` for what is new.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<Timestamp>,
        /// What is made carries a key of ours that the CRM keeps unique, so that it cannot be made twice.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        keyed: bool,
    },
    /// It arrived.
    Sent(Receipt),
    /// It surely did not arrive; try again from this instant on.
    Retry {
        /// Not before (UTC).
        at: Timestamp,
        /// What happened, in words.
        why: String,
    },
    /// It may have arrived.
    Unknown {
        /// What happened, in words.
        why: String,
        /// The CRM was read for it for long enough, and told nothing: a person decides.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        settled: bool,
    },
    /// It may have arrived, and steps that would tell may be lost: until a person decides it can only be found
    /// to have arrived, never be sent again by itself.
    Doubted {
        /// What happened, in words.
        why: String,
    },
    /// Somebody else changed the same fields.
    Conflict {
        /// Those that cannot be merged.
        fields: Vec<Conflict>,
    },
    /// The CRM refused it.
    Parked {
        /// The CRM's own words, raw.
        said: String,
        /// What helps it.
        #[serde(default, skip_serializing_if = "Remedy::is_edit")]
        remedy: Remedy,
    },
    /// A person (or a merge that loses nothing) changed what is to be written; it is queued anew.
    Revised {
        /// What is written from now on.
        write: Write,
        /// What it is from now on, in words, raw; `None` leaves it as it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// What it wrote when the person began: where it writes something else by then, somebody was faster. `None` in
        /// steps from before there was a base, which nothing was held against.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Write>,
        /// How long it can be taken back from now on; `None` leaves that as it was, or as whoever held it said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grace: Option<SignedDuration>,
    },
    /// A person is changing it: it stays until this instant, unless that is said again by then or the person is done
    /// sooner, or the program is gone. So one that crashes meanwhile holds nothing for ever.
    Held {
        /// Not before (UTC).
        until: Timestamp,
        /// How long it can be taken back once it is let go.
        grace: SignedDuration,
        /// The program in which it is changed, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Keeper>,
    },
    /// A person changes it no more: it leaves as it is, after its grace.
    Released,
    /// A person asked to send it again, knowing that it may arrive twice if it was unknown.
    Resend {
        /// How long that can be taken back; `None` sends it at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grace: Option<SignedDuration>,
    },
    /// Taken back within the grace.
    TakenBack,
    /// Given up by a person.
    Discarded {
        /// The reason that was given; may be empty.
        why: String,
    },
}

impl Step {
    /// The state that follows.
    pub fn state(&self) -> State {
        match self {
            Self::Sending { .. } => State::Sending,
            Self::Sent(_) => State::Sent,
            Self::Retry { .. } => State::Retry,
            Self::Unknown { .. } | Self::Doubted { .. } => State::Unknown,
            Self::Conflict { .. } => State::Conflict,
            Self::Parked { .. } => State::Parked,
            Self::Revised { .. } | Self::Resend { .. } | Self::Held { .. } | Self::Released => State::Queued,
            Self::TakenBack => State::TakenBack,
            Self::Discarded { .. } => State::Discarded,
        }
    }

    /// Whether this step may follow that state.
    pub(super) fn may_follow(&self, state: State) -> bool {
        match self {
            Self::Sending { .. } => matches!(state, State::Queued | State::Retry),
            // An unknown one may be seen to be surely not there; one that waits, that it cannot go now.
            Self::Retry { .. } => matches!(
                state,
                State::Queued | State::Retry | State::Sending | State::Unknown
            ),
            Self::Parked { .. } => matches!(state, State::Queued | State::Retry | State::Sending),
            Self::Conflict { .. } => matches!(state, State::Queued | State::Retry | State::Sending),
            // An unknown one may be found in the CRM, or be seen to be still unknown.
            Self::Sent(_) | Self::Unknown { .. } | Self::Doubted { .. } => {
                matches!(state, State::Sending | State::Unknown)
            }
            Self::Revised { .. } => {
                matches!(
                    state,
                    State::Queued | State::Retry | State::Parked | State::Conflict
                )
            }
            Self::Resend { .. } => state.needs_a_person() || state == State::Retry,
            Self::TakenBack | Self::Held { .. } => matches!(state, State::Queued | State::Retry),
            Self::Released => state == State::Queued,
            Self::Discarded { .. } => state.needs_a_person() || matches!(state, State::Queued | State::Retry),
        }
    }
}

/// Something to be queued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEntry {
    /// What was done in one go by the person carries one word: undo takes all of it back.
    pub act: String,
    /// The account that it is about, as the CRM knows it.
    pub account: Option<RecordId>,
    /// What it is, in words, e.g. `Note on Juniper Foods`. Raw.
    pub title: String,
    /// What is written.
    pub write: Write,
    /// Not before (UTC): the grace in which it can be taken back.
    pub leaves_at: Timestamp,
}

/// One write on its way: what the steps so far add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// Who queued it: the owner's e-mail address.
    pub author: String,
    /// A random word that is ours alone: it stands in the signature line of what is made, and in the property
    /// that serves as a key where the CRM has one.
    pub key: String,
    /// What it belongs to, what it says and what is written now, after all revisions.
    #[serde(flatten)]
    pub new: NewEntry,
    /// When it was queued (UTC).
    pub queued_at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// When it came to stand there (UTC).
    pub since: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// When the last attempt began (UTC).
    pub tried_at: Option<Timestamp>,
    /// The CRM's own stamp of the record as it was before the first attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
    /// What it wrote when it first got no answer: the CRM may have it so, whatever became of it since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_as: Option<Write>,
    /// The last attempt carried a key of ours that the CRM keeps unique.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keyed: bool,
    /// An attempt without such a key got no answer: the CRM may take it a second time, whatever key it carries by now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_double: bool,
    /// Steps of it may be lost, and no person has decided since: it never leaves by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubted: bool,
    /// A person was asked what became of it, and had it sent again whatever that was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub insisted: bool,
    /// The CRM is not read for it any more: a person decides. Only while it is unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
    /// A person is changing it, here or in another program; how long it can be taken back once that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<SignedDuration>,
    /// The program in which that is done, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<Keeper>,
    /// What the last step said: the CRM's own words when parked, the reason when retried or unknown. Raw.
    pub said: Option<String>,
    /// What helps it, while it is parked.
    #[serde(default, skip_serializing_if = "Remedy::is_edit")]
    pub remedy: Remedy,
    /// Not before (UTC), when it is tried again by itself.
    pub retry_at: Option<Timestamp>,
    /// Fields that cannot be merged, while it is a conflict.
    pub conflicts: Vec<Conflict>,
    /// Conflicts that the person saw and sent it again over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overruled: Vec<Conflict>,
    /// The CRM's confirmation, once it is sent.
    pub receipt: Option<Receipt>,
}

impl Entry {
    /// An entry that was just queued.
    pub fn queued(id: EntryId, author: String, key: String, new: NewEntry, now: Timestamp) -> Self {
        Self {
            id,
            author,
            key,
            new,
            queued_at: now,
            state: State::Queued,
            since: now,
            attempts: 0,
            tried_at: None,
            seen: None,
            left_as: None,
            keyed: false,
            may_double: false,
            doubted: false,
            insisted: false,
            settled: false,
            held: None,
            held_by: None,
            said: None,
            remedy: Remedy::default(),
            retry_at: None,
            conflicts: Vec::new(),
            overruled: Vec::new(),
            receipt: None,
        }
    }

    /// Whether it may take this step. The ledger refuses any other, so that of two programs which act at once
    /// one is told that it came too late; that what is doubted never leaves before a person has decided; and that what
    /// may have left is never said to be taken back.
    pub fn admits(&self, step: &Step) -> bool {
        step.may_follow(self.state)
            && match step {
                Step::Sending { .. } | Step::Retry { .. } => !self.doubted,
                Step::Released => self.held.is_some(),
                Step::TakenBack => !self.may_be_there(),
                Step::Revised { .. } => !self.is_changed_since(step),
                _ => true,
            }
    }

    /// Whether the CRM may have it, or get it yet: it left without an answer once, and one look that does not find it
    /// does not end what the CRM still works on.
    pub fn may_be_there(&self) -> bool {
        self.left_as.is_some() && !self.state.is_final()
    }

    /// Whether the CRM had all of it before anything left: nothing that is there is of this entry.
    pub fn was_there(&self) -> bool {
        self.receipt.as_ref().is_some_and(|receipt| receipt.there)
    }

    /// Whether a revision is of something that it does not write any more.
    pub fn is_changed_since(&self, step: &Step) -> bool {
        matches!(step, Step::Revised { base: Some(base), .. } if *base != self.new.write)
    }

    /// Whether a person is changing it, so that nothing happens to it by itself.
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.held.is_some() && self.new.leaves_at > now
    }

    /// Whether a step comes too soon at this instant: whoever sends it had looked at it before a person took it up.
    pub fn keeps_from(&self, step: &Step, now: Timestamp) -> bool {
        let by_itself = matches!(
            step,
            Step::Sending { .. } | Step::Retry { .. } | Step::Conflict { .. }
        );
        by_itself && self.is_held(now)
    }

    /// Adds a step that was taken at this instant.
    pub fn take(&mut self, step: Step, at: Timestamp) {
        let was_sending = self.state == State::Sending;
        self.state = step.state();
        self.since = at;
        self.retry_at = None;
        let was_asked = self.settled || self.remedy == Remedy::Resend;
        self.settled = false;
        self.remedy = Remedy::default();
        let held = self.held.take();
        self.held_by = None;
        let conflicts = std::mem::take(&mut self.conflicts);
        if self.state == State::Unknown && self.left_as.is_none() {
            self.left_as = Some(self.new.write.clone());
        }
        self.may_double |= was_sending && self.state == State::Unknown && !self.keyed;
        match step {
            Step::Sending { seen, keyed } => {
                self.keyed = keyed;
                self.attempts += 1;
                self.tried_at = Some(at);
                self.seen = self.seen.or(seen);
                self.said = None;
            }
            Step::Sent(receipt) => {
                self.receipt = Some(receipt);
                self.said = None;
            }
            Step::Retry { at, why } => {
                self.retry_at = Some(at);
                self.said = Some(why);
            }
            Step::Unknown { why, settled } => {
                self.settled = settled;
                self.said = Some(why);
            }
            Step::Discarded { why } => self.said = Some(why),
            Step::Doubted { why } => {
                self.doubted = true;
                self.said = Some(why);
            }
            Step::Parked { said, remedy } => {
                self.said = Some(said);
                self.remedy = remedy;
            }
            Step::Conflict { fields } => self.conflicts = fields,
            Step::Held { until, grace, by } => {
                self.held = Some(grace);
                self.held_by = by;
                self.new.leaves_at = until;
                self.said = None;
            }
            Step::Released => self.begin_grace(held, at),
            Step::Revised {
                write, title, grace, ..
            } => {
                self.begin_grace(grace.or(held), at);
                self.new.write = write;
                self.new.title = title.unwrap_or_else(|| std::mem::take(&mut self.new.title));
                self.seen = None;
                self.said = None;
            }
            Step::Resend { grace } => {
                self.begin_grace(grace, at);
                self.doubted = false;
                self.insisted = was_asked;
                self.overruled.extend(conflicts);
                self.said = None;
            }
            Step::TakenBack => self.said = None,
        }
    }

    /// From now on it can be taken back for so long, where that is said.
    fn begin_grace(&mut self, grace: Option<SignedDuration>, at: Timestamp) {
        if let Some(grace) = grace {
            self.new.leaves_at = at.checked_add(grace).unwrap_or(at);
        }
    }

    /// Until when it is looked for in the CRM (UTC), which is done by itself for so long after it left without an answer;
    /// `None` where a person has to decide, or nothing is to be looked for.
    pub fn looked_for_until(&self, settle: SignedDuration) -> Option<Timestamp> {
        let is_looked_for = self.state == State::Unknown && !self.settled && !self.doubted;
        is_looked_for.then(|| self.since.checked_add(settle).unwrap_or(Timestamp::MAX))
    }

    /// Whether a person has to decide now: what is still looked for need not be.
    pub fn needs_a_person(&self) -> bool {
        self.state.needs_a_person() && self.looked_for_until(SignedDuration::ZERO).is_none()
    }

    /// Whether the screen shows it as if the CRM had it: what waits does, what was given up or refused does not.
    pub fn is_pending(&self) -> bool {
        matches!(
            self.state,
            State::Queued | State::Sending | State::Retry | State::Unknown
        )
    }

    /// When it may leave (UTC), if it leaves by itself.
    pub fn leaves_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Queued => Some(self.new.leaves_at),
            State::Retry => self.retry_at,
            _ => None,
        }
    }
}
