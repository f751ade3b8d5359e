//! One account in one line: what the account list, its filters and its sums need.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::health::Seen;
use super::record::RecordId;

/// Where a score stands against the thresholds. Ordered worst first, unknown between red and amber,
/// because not knowing asks for a look sooner than a known amber does. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Band {
    /// Below the amber threshold.
    Red = 0,
    /// Coverage is below the floor: no band can be told.
    Unknown = 1,
    /// Between the thresholds.
    Amber = 2,
    /// At or above the green threshold.
    Green = 3,
}

impl Band {
    /// The band as conditions and files write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Amber => "amber",
            Self::Green => "green",
            Self::Unknown => "unknown",
        }
    }

    /// The band with this stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Red, Self::Unknown, Self::Amber, Self::Green]
            .get(usize::from(number))
            .copied()
    }
}

/// One account in one line. Texts are raw; the screen gets them through [`super::text::SafeText`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The account's id in the CRM.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// Its web domain.
    pub domain: Option<String>,
    /// Names it had before, searchable.
    pub former_names: Vec<String>,
    /// Known ARR in minor units of the reporting currency; `None` when nothing of it is known.
    pub arr: Option<i64>,
    /// `true` when an active contract's value is unknown, so that `arr` is "at least".
    pub arr_at_least: bool,
    /// Health score 0 to 100; `None` when no measure was ever observed.
    pub score: Option<u8>,
    /// Band of `score`.
    pub band: Band,
    /// With `band` unknown: the last band that was known, shown as `▲ 41 stale`.
    pub last_band: Option<Band>,
    /// Share of the model's weight whose measure is fresh, in percent.
    pub coverage: u8,
    /// Change of score since my last look; `None` when one of the two is unknown.
    pub delta: Option<i16>,
    /// Eight scores, oldest first, four weeks apart, the last is today's; 255 is unknown, or below the
    /// coverage floor.
    pub trend: [u8; 8],
    /// What each measure of the model sees, in the model's order.
    #[serde(default)]
    pub measured: Vec<Seen>,
    /// The last day on which the customer can still leave the next renewal.
    pub notice_by: Option<Date>,
    /// The day on which the next contract ends.
    pub ends: Option<Date>,
    /// `true` for a contract that renews every month.
    pub monthly: bool,
    /// Segment, as mapped.
    pub segment: Option<String>,
    /// Lifecycle stage, as mapped.
    pub stage: Option<String>,
    /// Id of the CSM's owner record.
    pub csm: Option<RecordId>,
    /// Name of the CSM.
    pub csm_name: Option<String>,
    /// Day of the last touchpoint.
    pub last_touch: Option<Date>,
    /// Σ ARR × P(not renewing) over renewals in the horizon, minor units; `None` when unknown.
    pub at_stake: Option<i64>,
    /// How many warnings are open.
    pub open_warnings: u16,
    /// Key of the order "worst first": smaller is worse, ties go by id; [`CHURNED`] for an account that has left.
    pub worst: i64,
}

/// The place of accounts that have left in the order "worst first": after all others, which tells them apart too.
pub const CHURNED: i64 = i64::MAX;

impl Summary {
    /// Whether the account has left.
    pub fn has_churned(&self) -> bool {
        self.worst == CHURNED
    }

    /// The band, or the last one that was known.
    pub fn known_band(&self) -> Option<Band> {
        match self.band {
            Band::Unknown => self.last_band,
            known => Some(known),
        }
    }
}
