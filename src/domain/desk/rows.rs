//! The rows of the risk queue, of what is apart from it, and of what signals cannot tell.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Desk, Severity, Warning, WarningKind};
use crate::domain::countdown::Countdown;
use crate::domain::money::Sum;
use crate::domain::record::RecordId;
use crate::domain::risk::Probability;
use crate::domain::warning::Shelf;

/// One account in the risk queue, with all its open warnings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskRow {
    /// The account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Its open warnings, worst first; never empty.
    #[serde(deserialize_with = "fitting")]
    pub warnings: Vec<Warning>,
    /// Money at stake on the account, minor units of the reporting currency; `None` is unknown. It is told of a row that
    /// [`RiskRow::is_at_stake`].
    pub at_stake: Option<i64>,
    /// ARR of the account, as in the summary.
    pub arr: Option<i64>,
    /// The last day on which the customer can still leave, or could.
    pub notice_by: Option<Date>,
    /// The day on which the next contract ends.
    #[serde(default)]
    pub ends: Option<Date>,
    /// Health score, as in the summary.
    pub score: Option<u8>,
    /// Band, as in the summary.
    pub band: crate::domain::summary::Band,
    /// Name of the CSM, raw.
    #[serde(default)]
    pub csm: Option<String>,
    /// Segment, as mapped.
    #[serde(default)]
    pub segment: Option<String>,
}

/// A list that takes no more room than it needs: read one by one it would take that of four at least, and of most rows there
/// is one warning.
fn fitting<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    let mut list = Vec::deserialize(from)?;
    list.shrink_to_fit();
    Ok(list)
}

impl RiskRow {
    /// Whether any of its warnings puts money at stake: then what is at stake on the account and P are told of it.
    pub fn is_at_stake(&self) -> bool {
        self.warnings.iter().any(|warning| warning.kind.is_at_stake())
    }

    /// P(not renewing) of the next renewal; of a risk, and those come first.
    pub fn not_renewing(&self) -> Option<Probability> {
        self.warnings.first()?.line.not_renewing()
    }

    /// The dates of the next renewal.
    pub fn countdown(&self) -> Countdown {
        Countdown {
            notice_by: self.notice_by,
            ends: self.ends,
        }
    }

    /// The day that the countdown of the next renewal runs to.
    pub fn decide_by(&self) -> Option<Date> {
        self.warnings.first()?.line.decide_by
    }
}

impl Desk {
    /// Every row with warnings, whatever list it is in.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut RiskRow> {
        let Apart {
            held,
            snoozed,
            closed,
        } = &mut self.apart;
        let segments = self.segments.iter_mut().flat_map(|segment| &mut segment.rows);
        let apart = held.iter_mut().chain(snoozed).chain(closed);
        self.risks.iter_mut().chain(segments).chain(apart)
    }
}

/// A signal that is true for much of a segment: one warning instead of many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentRow {
    /// The segment, as mapped.
    pub segment: String,
    /// Id of the signal.
    pub signal: String,
    /// What it is about.
    pub kind: WarningKind,
    /// How much it matters.
    pub severity: Severity,
    /// On how many accounts it is open.
    pub accounts: u32,
    /// How many accounts the segment has.
    pub of: u32,
    /// What is at stake on the accounts on which it is open; nothing by a chance or a defect.
    pub at_stake: Sum,
    /// Those accounts, each with this warning alone, most pressing first: at most a few thousand.
    pub rows: Vec<RiskRow>,
    /// How many of the rows of the queue are more pressing.
    pub place: u32,
}

/// What is at stake on accounts by their risks.
pub fn at_stake<'a>(rows: impl IntoIterator<Item = &'a RiskRow>) -> Sum {
    let mut sum = Sum::default();
    for row in rows.into_iter().filter(|row| row.is_at_stake()) {
        sum.add(row.at_stake);
    }
    sum
}

/// Accounts with warnings that are apart from the queue.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Apart {
    /// What waits for room in the day's budget.
    pub held: Vec<RiskRow>,
    /// What sleeps.
    pub snoozed: Vec<RiskRow>,
    /// What a person closed and whose condition still holds.
    pub closed: Vec<RiskRow>,
}

impl Apart {
    /// The rows of one of them; the queue is none.
    pub fn rows(&self, shelf: Shelf) -> &[RiskRow] {
        match shelf {
            Shelf::Queue => &[],
            Shelf::Held => &self.held,
            Shelf::Snoozed => &self.snoozed,
            Shelf::Closed => &self.closed,
        }
    }
}

/// How much there is of each kind of warning, whatever the lists have room for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Open warnings of each kind, in the order of [`WarningKind::ALL`]: those that are held back and those of segment
    /// warnings too.
    pub open: [u32; 3],
    /// The accounts on which they are, in the same order, each of them once however many it has.
    pub on: [OpenOn; 3],
    /// The accounts of each list; those of a segment warning are in none.
    pub lists: BTreeMap<Shelf, Accounts>,
}

/// The accounts with an open warning of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpenOn {
    /// How many.
    pub accounts: u32,
    /// What is at stake on them, each counted once.
    pub at_stake: Sum,
}

impl Counts {
    /// Counts the open warnings of one more account, and what is at stake on it.
    pub fn add_open(&mut self, of_account: [u32; 3], at_stake: Option<i64>) {
        for ((open, on), more) in self.open.iter_mut().zip(&mut self.on).zip(of_account) {
            *open += more;
            if more > 0 {
                on.accounts += 1;
                on.at_stake.add(at_stake);
            }
        }
    }
}

/// How many accounts a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Accounts {
    /// All.
    pub all: u32,
    /// With a warning of each kind, in the order of [`WarningKind::ALL`].
    pub kinds: [u32; 3],
    /// How many warnings of each kind they have there.
    #[serde(default)]
    pub warnings: [u32; 3],
}

impl Accounts {
    /// Counts one more account, with so many warnings of each kind.
    pub fn add(&mut self, of: [u32; 3]) {
        self.all += 1;
        for (at, warnings) in of.into_iter().enumerate() {
            self.kinds[at] += u32::from(warnings > 0);
            self.warnings[at] += warnings;
        }
    }
}

/// Accounts of which a signal cannot tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untold {
    /// Id of the signal.
    pub signal: String,
    /// Some of them, by id.
    pub accounts: Vec<UntoldAccount>,
}

/// An account of which a signal cannot tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UntoldAccount {
    /// Its id.
    pub id: RecordId,
    /// Its name, raw.
    pub name: String,
    /// What is unknown of it, as the condition writes it; none where an older program counted.
    #[serde(default)]
    pub unknown: Vec<String>,
}
