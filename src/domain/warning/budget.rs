//! The budget: so many new warnings a CSM is told of on a day. The rest is held back, and listed. Where it is unknown what is
//! at stake, warnings take turns with those of known rank, the oldest first: unknown is not zero, and would wait for ever.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::domain::desk::WarningKind;
use crate::domain::record::RecordId;

/// Whose budget it is: the CSM's owner record; accounts without one share one.
pub type Csm = Option<RecordId>;

/// A warning that waits for room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Whose budget it takes of.
    pub csm: Csm,
    /// What it is about: risks come first.
    pub kind: WarningKind,
    /// At stake × urgency of its account; `None` is unknown.
    pub rank: Option<i64>,
    /// The first day on which its condition held.
    pub since: Date,
    /// The account.
    pub account: RecordId,
    /// Id of the signal.
    pub signal: String,
    /// The segment with whose other accounts it counts as one, if its signal is true for much of it.
    pub segment: Option<String>,
    /// Whether the warning of that segment shows already: it only joins it, which is no news.
    pub joins: bool,
}

/// What counts as one in the budget.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum One {
    /// A signal on an account.
    Account(RecordId, String),
    /// A signal on much of a segment.
    Segment(String, String),
}

impl One {
    /// What a signal on an account counts as.
    pub fn of(account: &RecordId, signal: &str, segment: Option<&String>) -> Self {
        match segment {
            Some(segment) => Self::Segment(segment.clone(), signal.to_owned()),
            None => Self::Account(account.clone(), signal.to_owned()),
        }
    }
}

/// Those of the waiting for whom there is room: of each CSM one kind after the other, in each the highest ranks first, with
/// every second turn for an unknown one; ties by account and signal. `told` is what each was told of today already. What
/// joins the warning of its segment needs no room.
pub fn fill(waiting: Vec<Waiting>, told: &BTreeMap<Csm, BTreeSet<One>>, budget: u32) -> Vec<Waiting> {
    let mut told = told.clone();
    let mut room = |one: &Waiting| {
        let of_csm = told.entry(one.csm.clone()).or_default();
        let counts_as = One::of(&one.account, &one.signal, one.segment.as_ref());
        let fits = of_csm.contains(&counts_as) || of_csm.len() < budget as usize;
        if fits {
            of_csm.insert(counts_as);
        }
        fits
    };
    let (mut found, waiting): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|one| one.joins);
    found.extend(in_turn(waiting).into_iter().filter(|one| room(one)));
    found
}

/// What waits, in the order in which it is told of.
fn in_turn(mut waiting: Vec<Waiting>) -> Vec<Waiting> {
    waiting.sort_by(|one, other| {
        let unknown_since = |of: &Waiting| of.rank.is_none().then_some(of.since);
        let key = |of: &Waiting| (of.kind, Reverse(of.rank), unknown_since(of));
        (key(one), &one.account, &one.signal).cmp(&(key(other), &other.account, &other.signal))
    });
    let mut turns: BTreeMap<(Csm, WarningKind, bool), u32> = BTreeMap::new();
    let with_turn = |one: Waiting| {
        let is_unknown = one.rank.is_none();
        let turn = turns.entry((one.csm.clone(), one.kind, is_unknown)).or_default();
        *turn += 1;
        ((one.kind, *turn, is_unknown), one)
    };
    let mut waiting: Vec<_> = waiting.into_iter().map(with_turn).collect();
    waiting.sort_by(|one, other| (&one.1.csm, one.0).cmp(&(&other.1.csm, other.0)));
    waiting.into_iter().map(|(_, one)| one).collect()
}
