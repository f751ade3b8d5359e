//! One account with everything around it, as the account screen, `account --json` and `brief` show it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::acts::edit::EditableField;
use super::desk::{DueItem, HandoffCard, Warning};
use super::goal::Goal;
use super::handoff::{Beside, Followed};
use super::health::account::Input;
use super::health::ledger::Cause;
use super::health::what_if::WhatIf;
use super::money::Money;
use super::outbox::State;
use super::playbook::{Run, TheirRun};
use super::record::RecordId;
use super::summary::Summary;
use super::unread::Unread;
use super::words::calendar_day;

/// Where the value of a measure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Freshness {
    /// Observed within its maximum age.
    Fresh,
    /// Older than its maximum age: counts the lower of its last points and 50.
    Stale,
    /// Never observed: outside the mean.
    Unknown,
}

/// One measure's part in the score, now and at the base date of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureLine {
    /// Id of the measure, e.g. `usage`.
    pub id: String,
    /// Weight in the model.
    pub weight: f64,
    /// Points 0 to 100; `None` when never observed.
    pub points: Option<f64>,
    /// Part of the score's change since the base date, in tenths of a point; the parts sum to the
    /// change of the shown scores exactly. `None` when the change is unknown.
    pub change_tenths: Option<i32>,
    /// The measure in words, e.g. `weekly users 41 → 22, −46 %`. Raw text.
    pub words: String,
    /// Whether the value is fresh.
    pub freshness: Freshness,
    /// When the value was observed (UTC).
    pub observed: Option<Timestamp>,
    /// What did the measure's part in the change, the largest first, in tenths of a point.
    #[serde(default)]
    pub causes: Vec<(Cause, i32)>,
    /// Share of the account's segment that has as many points or fewer, in percent, itself among them; `None` with too few
    /// accounts to compare with.
    #[serde(default)]
    pub percentile: Option<u8>,
    /// The observations that it rested on at the base date, and those that it rests on; `None` where the model had no such
    /// measure.
    #[serde(default)]
    pub observations: [Option<Vec<Input>>; 2],
}

/// Why the score is what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// Score today.
    pub score: Option<u8>,
    /// Day that the change is counted from.
    pub base_day: Date,
    /// Score on that day.
    pub base_score: Option<u8>,
    /// Both scores in tenths of a point, then and today: what the measures did sums to their difference. `None` where
    /// either is unknown.
    #[serde(default)]
    pub tenths: Option<(i32, i32)>,
    /// Since when the band is what it is. `None` of a customer that has left, and while the band is unknown.
    #[serde(default)]
    pub band_since: Option<BandSince>,
    /// One line per measure, in the model's order.
    pub measures: Vec<MeasureLine>,
    /// Share of the weight whose measure is fresh, in percent.
    pub coverage: u8,
}

/// Since when a band is what it is, each day as it stood at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BandSince {
    /// Since a day on which it was another, or there was no account yet, the day before.
    Day {
        /// The first day of it.
        day: Date,
        /// How it was on the day before; `None` where there was no account yet.
        before: Option<BandBefore>,
    },
    /// So it was on this day already; of the days before what is kept tells no band.
    OrBefore(Date),
    /// All of the last year, which is as far as it is looked back.
    OverAYear,
}

/// The last day on which an account was in another band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BandBefore {
    /// The day.
    pub day: Date,
    /// Its score then; `None` where too little was known for a band.
    pub score: Option<u8>,
}

impl BandSince {
    /// `since 28 Oct · was 71 on 27 Oct`, `since 10 Nov or before`, `for over a year`
    pub fn words(&self, today: Date) -> String {
        let since = |day: Date| format!("since {}", calendar_day(today, day));
        match self {
            Self::OverAYear => "for over a year".to_owned(),
            Self::OrBefore(day) => format!("{} or before", since(*day)),
            Self::Day { day, before: None } => since(*day),
            Self::Day {
                day,
                before: Some(before),
            } => {
                let score = before
                    .score
                    .map_or_else(|| "?".to_owned(), |score| score.to_string());
                let was = calendar_day(today, before.day);
                format!("{} · was {score} on {was}", since(*day))
            }
        }
    }

    /// The first day of it, if it is known.
    pub fn day(&self) -> Option<Date> {
        match self {
            Self::Day { day, .. } => Some(*day),
            Self::OrBefore(_) | Self::OverAYear => None,
        }
    }

    /// How it was on the day before, if that is known.
    pub fn before(&self) -> Option<BandBefore> {
        match self {
            Self::Day { before, .. } => *before,
            Self::OrBefore(_) | Self::OverAYear => None,
        }
    }
}

/// A measure that is not at its best.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Id of the measure.
    pub measure: String,
    /// Points of the score that it would bring back at its best, in tenths.
    pub tenths: i32,
    /// The playbook that restores it and can help the account: its id and its title.
    pub playbook: Option<(String, String)>,
}

/// One line of a contract or renewal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContractLine {
    /// Id of the CRM's record.
    pub id: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Annual value in the contract's own currency; `None` is unknown.
    pub arr: Option<Money>,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// The last day on which the customer can still leave.
    pub notice_by: Option<Date>,
    /// Whether it renews by itself; `None` is unknown.
    pub auto_renew: Option<bool>,
    /// Whether it renews every month; `None` is unknown.
    pub monthly: Option<bool>,
    /// `renewed`, `churned`, `late`, `active`, `future`, `ended` or `open`; `unknown` where it cannot be told whether it is over.
    pub state: String,
}

/// What a line of the timeline is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimelineKind {
    /// A call, meeting or e-mail.
    Touchpoint,
    /// A note.
    Note,
    /// A ticket was opened.
    TicketOpened,
    /// A ticket was closed.
    TicketClosed,
    /// The score fell into another band.
    Health,
    /// A contact came or left, or changed role.
    Contact,
    /// A survey was answered.
    Survey,
    /// The owner, stage, name or another mapped field changed.
    Change,
    /// A warning opened or cleared.
    Warning,
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineLine {
    /// When (UTC).
    pub when: Timestamp,
    /// What it is about.
    pub kind: TimelineKind,
    /// In words, raw.
    pub words: String,
    /// By whom, raw; empty when not known.
    pub who: String,
    /// Where the write stands that has not arrived in the CRM yet; `None` when nothing is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<State>,
}

/// A contact of the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Id of the CRM's record.
    pub id: RecordId,
    /// Full name, raw.
    pub name: String,
    /// Role as mapped (`champion`, `decision maker` …), raw.
    pub role: Option<String>,
    /// Job title, raw.
    pub title: Option<String>,
    /// E-mail address, raw.
    pub email: Option<String>,
    /// Whether they have left the customer.
    pub left: bool,
    /// Day they left, if it is known.
    pub left_on: Option<Date>,
    /// Day of the last touchpoint with them.
    pub last_touch: Option<Date>,
}

/// A ticket of the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TicketLine {
    /// Id of the CRM's record.
    pub id: RecordId,
    /// Its subject, raw.
    pub subject: String,
    /// Priority, if the CRM has one.
    pub priority: Option<String>,
    /// When it was opened (UTC).
    pub opened: Timestamp,
    /// When it was closed (UTC); `None` while it is open.
    pub closed: Option<Timestamp>,
}

/// A note of the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoteLine {
    /// Id of the CRM's record.
    pub id: RecordId,
    /// When it was written (UTC).
    pub when: Timestamp,
    /// By whom, raw; empty when not known.
    pub who: String,
    /// Plain text lines, raw.
    pub text: String,
    /// Where the write stands that has not arrived in the CRM yet; `None` when nothing is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<State>,
}

/// Fewer accounts of a segment than this say nothing about one of them.
pub const FEWEST_OF_SEGMENT: u32 = 5;

/// One point of the health chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartPoint {
    /// The day.
    pub day: Date,
    /// The score as of that day.
    pub score: Option<u8>,
    /// Median score of the account's segment as of that day, when it is kept.
    pub median: Option<u8>,
}

/// One account with everything around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountView {
    /// The line of the account list.
    pub summary: Summary,
    /// Address of the account in the CRM's own web interface.
    pub link: Option<String>,
    /// Name of the commercial owner, raw.
    pub commercial_owner: Option<String>,
    /// Name of the parent account, raw.
    pub parent: Option<String>,
    /// Support entitlement, as mapped, raw.
    pub entitlement: Option<String>,
    /// When the CRM was last asked for this account (UTC).
    pub read_at: Option<Timestamp>,
    /// The day on which it left, if it has and the CRM says when.
    #[serde(default)]
    pub left_on: Option<Date>,
    /// Why the score is what it is.
    pub why: Why,
    /// Open warnings, worst first; those that sleep or are held back too, none that a person closed.
    pub warnings: Vec<Warning>,
    /// What brings most points of the score back, the most first; of an account at risk only.
    #[serde(default)]
    pub fixes: Vec<Fix>,
    /// What is due on this account, for anyone.
    pub next: Vec<DueItem>,
    /// Contracts, those that end next first.
    pub contracts: Vec<ContractLine>,
    /// Goals of the success plan.
    #[serde(default)]
    pub goals: Vec<Goal>,
    /// Newest first.
    pub timeline: Vec<TimelineLine>,
    /// Contacts: those with a role first, those who left last.
    pub people: Vec<Person>,
    /// Open tickets first, then by age.
    pub tickets: Vec<TicketLine>,
    /// Newest first.
    pub notes: Vec<NoteLine>,
    /// What follows the account from handoff to handoff.
    #[serde(default)]
    pub followed: Vec<Followed>,
    /// Handoffs on this account, newest first.
    pub handoffs: Vec<HandoffCard>,
    /// Of each of them that was accepted, by its id: how the account stood then, beside how it stands now. None where several
    /// accounts were read in one go.
    #[serde(default)]
    pub beside: BTreeMap<String, Beside>,
    /// Open tasks that ask somebody to answer a handoff, whoever's: only for replying to it.
    #[serde(skip)]
    pub handoff_tasks: Vec<DueItem>,
    /// Runs of playbooks on this account: those under way first, then the newest.
    pub plays: Vec<Run>,
    /// Runs of playbooks that colleagues' ledgers keep, as far as their tasks in the CRM tell.
    #[serde(default)]
    pub colleagues: Vec<TheirRun>,
    /// Ids of the playbooks that would be over at once: what ends a run of them holds already.
    #[serde(default)]
    pub over: BTreeSet<String>,
    /// By id of each playbook that can be started: whether it is for this account; `None` when that cannot be told.
    #[serde(default)]
    pub applies: BTreeMap<String, Option<bool>>,
    /// The latest value of each metric that the mapping names, by its id.
    pub metrics: BTreeMap<String, f64>,
    /// Twelve months of the score, one point a week, oldest first.
    pub chart: Vec<ChartPoint>,
    /// How many accounts of its segment have a score, where they are fewer than [`FEWEST_OF_SEGMENT`] and there is no median
    /// therefore.
    #[serde(default)]
    pub too_few: Option<u32>,
    /// Its measures, to be tried: only on the screen.
    #[serde(skip)]
    pub what_if: WhatIf,
    /// Fields that can be edited, of the account and of all its contracts.
    #[serde(default)]
    pub editable: Vec<EditableField>,
    /// What the key may not read: an empty list of it is not known to be empty.
    #[serde(default)]
    pub unread: Unread,
}

/// So many measures leave room for what fixes them below, on a screen of 24 lines too.
const MOST_ABOVE_FIXES: usize = 6;

/// A line of the part that says why.
#[derive(Debug, Clone, Copy)]
pub enum WhyLine<'v> {
    /// A measure.
    Measure(&'v MeasureLine),
    /// What brings points back.
    Fix(&'v Fix),
    /// An open warning.
    Warning(&'v Warning),
}

/// A line of the part with what was agreed.
#[derive(Debug, Clone, Copy)]
pub enum TermLine<'v> {
    /// A goal of the success plan.
    Goal(&'v Goal),
    /// A contract.
    Contract(&'v ContractLine),
}

impl AccountView {
    /// A line of the part with what was agreed: goals, since one that was missed must not stand below what one scrolls to, then contracts.
    pub fn term_line(&self, at: usize) -> Option<TermLine<'_>> {
        let contract = at.checked_sub(self.goals.len());
        let contract = contract.and_then(|at| self.contracts.get(at));
        let goal = self.goals.get(at).map(TermLine::Goal);
        goal.or(contract.map(TermLine::Contract))
    }

    /// How many lines that part has.
    pub fn term_lines(&self) -> usize {
        self.goals.len() + self.contracts.len()
    }

    /// A line of the part that says why: the measures, what fixes them, the warnings. What fixes it stands where it shows
    /// without scrolling, however many warnings there are: those stood in the queue already. It stands above many measures.
    pub fn why_line(&self, at: usize) -> Option<WhyLine<'_>> {
        let (measures, fixes) = (&self.why.measures, &self.fixes);
        let first = self.first_measure();
        let fix = if first > 0 {
            Some(at)
        } else {
            at.checked_sub(measures.len())
        };
        let measure = at.checked_sub(first).and_then(|at| measures.get(at));
        let fix = fix.and_then(|at| fixes.get(at)).map(WhyLine::Fix);
        let warning = at.checked_sub(measures.len() + fixes.len());
        let warning = warning.and_then(|at| self.warnings.get(at)).map(WhyLine::Warning);
        measure.map(WhyLine::Measure).or(fix).or(warning)
    }

    /// The line of the first measure.
    fn first_measure(&self) -> usize {
        let is_long = self.why.measures.len() > MOST_ABOVE_FIXES;
        if is_long { self.fixes.len() } else { 0 }
    }

    /// The line of the last measure, if there is one.
    pub fn last_measure(&self) -> Option<usize> {
        let last = self.why.measures.len().checked_sub(1)?;
        Some(self.first_measure() + last)
    }

    /// How many lines that part has.
    pub fn why_lines(&self) -> usize {
        self.why.measures.len() + self.fixes.len() + self.warnings.len()
    }

    /// The warning at a line of it.
    pub fn warning_at(&self, at: usize) -> Option<&Warning> {
        match self.why_line(at)? {
            WhyLine::Warning(warning) => Some(warning),
            WhyLine::Measure(_) | WhyLine::Fix(_) => None,
        }
    }

    /// The playbook that brings points back by a line of it.
    pub fn playbook_at(&self, at: usize) -> Option<&str> {
        match self.why_line(at)? {
            WhyLine::Fix(fix) => fix.playbook.as_ref().map(|(id, _)| id.as_str()),
            WhyLine::Measure(_) | WhyLine::Warning(_) => None,
        }
    }

    /// Contracts that are to be decided next, those that end first before the others.
    pub fn running(&self) -> impl Iterator<Item = &ContractLine> {
        let is_running = |line: &&ContractLine| matches!(line.state.as_str(), "active" | "late");
        self.contracts.iter().filter(is_running)
    }

    /// The contract that is to be decided next.
    pub fn next_contract(&self) -> Option<&RecordId> {
        self.running().next().map(|line| &line.id)
    }

    /// The fields that can be edited: of the account, then of this contract, then of the others.
    pub fn editable_from(&self, contract: Option<&RecordId>) -> Vec<EditableField> {
        let mut fields = self.editable.clone();
        // Stable: each keeps the order of the mapping.
        fields.sort_by_key(|field| (field.contract.is_some(), Some(&field.record) != contract));
        fields
    }
}
