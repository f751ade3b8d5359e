//! What lies on my desk: the risk queue, the steps that are due, the handoffs, and the day in one line.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};
use serde::{Deserialize, Serialize};

use super::handoff::{self, Cover, HandoffEvent, HandoffTask, Reader, Unlinked};
use super::money::Sum;
use super::outbox::State;
use super::record::{Owner, RecordId};
use super::role::Role;
use super::team::Roster;
use super::unread::Unread;
use super::warning::{Line, Shelf};
use super::words::counted;

mod answers;
mod rows;
mod steps;
#[cfg(test)]
mod tests;
mod told;

pub use answers::lay_handoffs;
pub use rows::{Accounts, Apart, Counts, OpenOn, RiskRow, SegmentRow, Untold, UntoldAccount, at_stake};
pub use steps::{BulkStep, InRun, PartOf, StepLine, Steps};
pub use told::{DUE, Known, NOT_YET, Told};

/// What a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WarningKind {
    /// Revenue or the relationship is in danger.
    #[default]
    Risk,
    /// A chance to grow.
    Opportunity,
    /// Data that must be mended before it can be judged.
    Defect,
}

impl WarningKind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Risk, Self::Opportunity, Self::Defect];

    /// Whether money is at stake by it: that of not renewing. A chance or a defect puts none at stake.
    pub fn is_at_stake(self) -> bool {
        self == Self::Risk
    }

    /// Its name for one.
    pub fn word(self) -> &'static str {
        match self {
            Self::Risk => "risk",
            Self::Opportunity => "opportunity",
            Self::Defect => "defect",
        }
    }

    /// Its name for several.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Risk => "risks",
            Self::Opportunity => "opportunities",
            Self::Defect => "defects",
        }
    }
}

/// How much a warning matters. Ordered, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    #[default]
    Low,
    /// Worth a step this month.
    Medium,
    /// Worth a step this week.
    High,
    /// Never held back.
    Critical,
}

/// One open occurrence of a signal on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The account.
    pub account: RecordId,
    /// Id of the signal, e.g. `usage-drop`.
    pub signal: String,
    /// Version of the signal's rule that fired.
    pub version: u32,
    /// What it is about.
    pub kind: WarningKind,
    /// How much it matters.
    pub severity: Severity,
    /// The reason in words, e.g. `usage −46 % in 30 d`. Raw text: it may quote the CRM.
    pub reason: String,
    /// What the condition saw: (name, value) pairs, in a fixed order.
    pub evidence: Vec<(String, String)>,
    /// The first day on which the condition held.
    pub since: Date,
    /// `true` if it already held when the signal was first evaluated.
    pub standing: bool,
    /// Where it stands.
    #[serde(default)]
    pub line: Line,
}

/// Why something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DueKind {
    /// A task in the CRM.
    Task,
    /// A handoff that waits for me.
    Handoff,
    /// A step of a playbook that runs on an account.
    Step,
    /// What was promised to the customer in a handoff: a task in the CRM.
    Promise,
    /// A complaint that goes to me as the lead, whoever has it: an open question of a customer.
    Complaint,
}

/// Which step of which run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRef {
    /// Id of the run.
    pub run: String,
    /// Id of the step within its playbook.
    pub step: String,
    /// The bulk play that its run is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<PartOf>,
    /// Where it stands in its run, where that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<InRun>,
}

/// One thing that is due for me.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DueItem {
    /// Why it is due.
    pub kind: DueKind,
    /// Id of the CRM's record (task, note or question).
    pub record: RecordId,
    /// What is to be done, raw.
    pub title: String,
    /// The account, if it belongs to one.
    pub account: Option<RecordId>,
    /// The account's name, raw; empty without an account.
    pub account_name: String,
    /// The day it is due, in my time zone; `None` when the CRM has no due date.
    pub due: Option<Date>,
    /// The time it is due, in my time zone, when it is not midnight.
    pub at: Option<Time>,
    /// Body of the task as plain text lines, raw.
    pub body: String,
    /// Name of whose it is when that is not me, raw; `?` when it is nobody's or nobody's we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Where the write stands that has not arrived in the CRM yet; `None` when nothing is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<State>,
    /// The step that it is, when it is one; its task in the CRM, if it has one, is `record`.
    #[serde(default)]
    pub step: Option<StepRef>,
    /// What it asks for, if a handoff made it: as it was when it was first seen, whatever its text says by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_handoff: Option<HandoffTask>,
    /// What a task is as it was written: the base of a change. `None` for what is no task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskFacts>,
}

/// Where something that is due stands against the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its time has passed.
    Late,
    /// It is due today, and its time has not passed.
    Today,
    /// It is due on a later day.
    Later,
    /// The CRM has no due date.
    Undated,
}

impl DueItem {
    /// Where it stands at a moment of the person's own day. There is one definition of late, for every screen,
    /// count and file: see [`late_from`].
    pub fn standing(&self, now: DateTime) -> Standing {
        let Some(day) = self.due else {
            return Standing::Undated;
        };
        if self.is_late_from().is_some_and(|from| from <= now) {
            Standing::Late
        } else if day <= now.date() {
            Standing::Today
        } else {
            Standing::Later
        }
    }

    /// Whether its time has passed at a moment of the person's own day.
    pub fn is_late(&self, now: DateTime) -> bool {
        self.standing(now) == Standing::Late
    }

    /// The moment from which it is late; `None` without a due date.
    pub fn is_late_from(&self) -> Option<DateTime> {
        late_from(self.due?, self.at)
    }
}

/// The moment from which what is due then is late: at a time once that minute is over, on a day from the next one on.
pub fn late_from(day: Date, at: Option<Time>) -> Option<DateTime> {
    let from = match at {
        Some(at) => day.to_datetime(at).checked_add(Span::new().minutes(1)),
        None => day.tomorrow().map(|next| next.to_datetime(Time::midnight())),
    };
    from.ok()
}

/// A task as the CRM wrote it, or as a pending write makes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TaskFacts {
    /// What it is called there, raw.
    #[serde(default)]
    pub subject: Option<String>,
    /// When it is due.
    pub due: Option<String>,
    /// Whether it is done.
    pub done: Option<String>,
    /// Id of who does it.
    pub owner: Option<String>,
}

/// What happened last to a handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HandoffState {
    /// Sent, waits for the receiver.
    Sent,
    /// Returned to the sender with questions.
    Returned,
    /// Questions answered, waits for the receiver again.
    Answered,
    /// Accepted.
    Accepted,
}

/// A handoff as found in the CRM's notes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandoffCard {
    /// The handoff's own id, from its notes.
    pub handoff: String,
    /// The account.
    pub account: RecordId,
    /// The account's name, raw.
    pub account_name: String,
    /// Role that hands over, e.g. `onboarding`.
    pub from_role: String,
    /// Role that receives, e.g. `csm`.
    pub to_role: String,
    /// Name of who hands over, raw, when a note names them.
    #[serde(default)]
    pub from: Option<String>,
    /// Name of who receives, raw, when a note names them.
    #[serde(default)]
    pub to: Option<String>,
    /// Where it stands.
    pub state: HandoffState,
    /// `true` when I am the one who must act next.
    pub for_me: bool,
    /// Name of who is to act where that is not me: I stand in for them, or lead them and they are late; raw.
    #[serde(default)]
    pub for_whom: Option<String>,
    /// The newest note's own words, raw, as plain text lines.
    pub text: String,
    /// What the question that it hands over is called, raw; `None` where it hands over none, or that is not here.
    #[serde(default)]
    pub subject: Option<String>,
    /// Filled and expected fields, when the note says so.
    pub fields: Option<(u32, u32)>,
    /// When the newest event happened (UTC).
    pub when: jiff::Timestamp,
    /// The day by which an answer is expected, when the note says so.
    pub answer_by: Option<Date>,
    /// The time of it (UTC), where the note says one.
    #[serde(default)]
    pub answer_at: Option<jiff::Timestamp>,
    /// The highest number that an event of it has, or had before it went.
    #[serde(default)]
    pub last: u32,
    /// Who let it pass without all that is required, and why, raw; `None` when nothing was missing.
    #[serde(default)]
    pub gate: Option<String>,
    /// What does not fit: events that are missing, that came second, that cannot follow; a sentence each, raw.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
    /// What happened, in this order.
    #[serde(default)]
    pub events: Vec<HandoffEvent>,
}

/// The day in one line, over the accounts in scope.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Day {
    /// ARR over all accounts in scope, minor units of the reporting currency.
    pub arr: Sum,
    /// At stake over all renewals in the horizon.
    pub at_stake: Sum,
    /// None of the accounts is mine: both sums are over those of others that tasks and handoffs bring.
    #[serde(default)]
    pub shared: bool,
    /// Items due today that are not late: see [`Desk::count_due`].
    pub due_today: u32,
    /// Items that are late: see [`DueItem::standing`].
    pub late: u32,
    /// Handoffs that wait for me.
    pub handoffs_for_me: u32,
    /// Handoffs of mine that were returned.
    pub handoffs_returned: u32,
    /// Handoffs, open or accepted lately, that somebody let pass without all that is required.
    #[serde(default)]
    pub handoffs_past_the_gate: u32,
    /// Open warnings of kind risk, those that are held back too; none that sleeps: see [`Day::count_risks`].
    pub risks: u32,
    /// Accounts with an open warning of kind risk.
    pub at_risk: u32,
}

impl Day {
    /// Counts the open risks of one more account. There is one count of them, whoever shows it: the warnings of kind risk
    /// that are open, listed or held back. Chances and defects stand in the queue too and are no risks.
    pub fn count_risks(&mut self, of_account: usize) {
        self.risks += of_account as u32;
        self.at_risk += u32::from(of_account > 0);
    }
}

/// Everything but the account list: small enough to be built anew after each change.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Desk {
    /// The risk queue, first is most pressing. At most a few thousand rows of each kind.
    pub risks: Vec<RiskRow>,
    /// Accounts with an open warning, those for which the queue had no room too.
    pub queue: u32,
    /// Accounts whose signals could not be told, by signal id: (signal, accounts).
    pub cannot_tell: Vec<(String, u32)>,
    /// The first of those accounts, by signal.
    #[serde(default)]
    pub untold: Vec<Untold>,
    /// Signals that are true for much of a segment.
    #[serde(default)]
    pub segments: Vec<SegmentRow>,
    /// What is apart from the queue.
    #[serde(default)]
    pub apart: Apart,
    /// How much there is of each kind, those for which there was no room too.
    #[serde(default)]
    pub counts: Counts,
    /// What is due for me, late first, then by day; among it the handoffs that wait for me, see [`lay_handoffs`].
    pub due: Vec<DueItem>,
    /// Tasks that only ask for the answer of one of those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<DueItem>,
    /// Known ARR of the accounts on which something is due or handed over, minor units of the reporting currency: what is due together goes by it.
    #[serde(default)]
    pub arr: BTreeMap<RecordId, i64>,
    /// Handoffs: those that wait for me first.
    pub handoffs: Vec<HandoffCard>,
    /// Notes and tasks of handoffs that no longer say of which, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlinked: Vec<Unlinked>,
    /// The day in one line.
    pub day: Day,
    /// What the key may not read: of that neither list nor count says anything.
    #[serde(default)]
    pub unread: Unread,
    /// Whether `signals.toml` of any layer has mistakes: a warning may be missing because of them.
    #[serde(default)]
    pub signals_faulty: bool,
    /// Whether it was made before signals had looked at all that the first sync has read.
    #[serde(default)]
    pub unjudged: bool,
}

impl Day {
    /// Counts the handoffs of the desk.
    pub fn count_handoffs(&mut self, handoffs: &[HandoffCard]) {
        self.handoffs_for_me = handoffs.iter().filter(|card| card.for_me).count() as u32;
        let returned = |card: &&HandoffCard| card.state == HandoffState::Returned && card.for_me;
        self.handoffs_returned = handoffs.iter().filter(returned).count() as u32;
        self.handoffs_past_the_gate = handoffs.iter().filter(|card| card.gate.is_some()).count() as u32;
    }
}

impl Desk {
    /// How many accounts a list has, of one kind or of all: those for which there was no room too.
    pub fn accounts(&self, shelf: Shelf, kind: Option<WarningKind>) -> usize {
        let accounts = self.counts.lists.get(&shelf).copied().unwrap_or_default();
        kind.map_or(accounts.all, |kind| accounts.kinds[kind as usize]) as usize
    }

    /// How many accounts and warnings a list has, with its name: `1 account · 3 warnings snoozed`.
    pub fn list_in_words(&self, shelf: Shelf, kind: Option<WarningKind>) -> String {
        let counts = self.counts.lists.get(&shelf).copied().unwrap_or_default();
        let warnings = kind.map_or(counts.warnings.iter().sum(), |kind| {
            counts.warnings[kind as usize]
        });
        format!(
            "{} · {} {}",
            counted(self.accounts(shelf, kind) as u64, "account", "accounts"),
            counted(warnings.into(), "warning", "warnings"),
            shelf.words()
        )
    }

    /// Counts what is due today and what is late at a moment of the person's own day. The counts that were kept with
    /// the desk are of when it was built: whoever shows them counts anew.
    pub fn count_due(&mut self, now: DateTime) {
        let count = |standing| {
            let stands = |item: &&DueItem| item.standing(now) == standing;
            self.due.iter().filter(stands).count() as u32
        };
        (self.day.due_today, self.day.late) = (count(Standing::Today), count(Standing::Late));
    }

    /// Has handoffs wait for whom of us they wait now, puts those for me first, lays them among what is due, and counts them:
    /// who is away, and what is late, may be another than when the desk was built. Says whether that changed what is due.
    pub fn count_handoffs(
        &mut self,
        (me, role): (&Owner, Role),
        (roster, owners): (&Roster, &[Owner]),
        now: &Zoned,
    ) -> bool {
        let waits = |card: &HandoffCard| (card.for_me, card.for_whom.clone());
        let mut changed = false;
        let cover = Cover::of(roster, owners, &me.email, now);
        for card in &mut self.handoffs {
            let before = waits(card);
            card.read_by(Reader {
                name: Some(&me.name),
                role: role.word(),
                cover: &cover,
            });
            changed |= waits(card) != before;
        }
        handoff::sort(&mut self.handoffs);
        self.day.count_handoffs(&self.handoffs);
        if changed {
            self.lay_handoffs(now.time_zone());
        }
        changed
    }

    /// Lays the handoffs that wait for me among what is due, by a reader's own clock.
    pub fn lay_handoffs(&mut self, zone: &TimeZone) {
        let due = (&mut self.due, &mut self.answers);
        lay_handoffs(due, &self.handoffs, zone, &self.arr);
    }

    /// The next moment after this one at which something becomes late: what is due, or an answer to a handoff.
    pub fn next_late(&self, now: &Zoned) -> Option<DateTime> {
        let due = self.due.iter().filter_map(DueItem::is_late_from);
        let answers = self.handoffs.iter();
        let answers = answers.filter_map(|card| card.is_late_from(now.time_zone()));
        due.chain(answers).filter(|from| *from > now.datetime()).min()
    }
}
