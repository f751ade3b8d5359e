//! The budget: so many new warnings a CSM is told of on a day. The rest is held back, and listed.

use std::collections::{BTreeMap, BTreeSet};

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
    /// At stake × urgency of its account.
    pub rank: i64,
    /// The account.
    pub account: RecordId,
    /// Id of the signal.
    pub signal: String,
    /// The segment with whose other accounts it counts as one, if its signal is true for much of it.
    pub segment: Option<String>,
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

/// Those of the waiting for whom there is room: of each CSM the highest ranks first, ties by account and signal.
/// `told` is what each was told of today already.
pub fn fill(mut waiting: Vec<Waiting>, told: &BTreeMap<Csm, BTreeSet<One>>, budget: u32) -> Vec<Waiting> {
    waiting.sort_by(|one, other| {
        let key = |of: &Waiting| (of.kind, std::cmp::Reverse(of.rank));
        (key(one), &one.account, &one.signal).cmp(&(key(other), &other.account, &other.signal))
    });
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
    waiting.retain(|one| room(one));
    waiting
}
