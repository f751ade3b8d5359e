//! The budget: so many new warnings a CSM is told of on a day. The rest is held back, and listed. Where it is unknown what is
//! at stake, warnings take turns with those of known rank, the oldest first: unknown is not zero, and would wait for ever.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::domain::desk::WarningKind;
use crate::domain::record::RecordId;

/// Whose budget it is: the CSM's owner record; accounts without one share one.
pub type Csm = Option<RecordId>;

/// A warning that waits for room. It borrows: of a large book tens of thousands wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting<'a> {
    /// Whose budget it takes of.
    pub csm: Option<&'a str>,
    /// What it is about: risks come first.
    pub kind: WarningKind,
    /// At stake × urgency of its account; `None` is unknown.
    pub rank: Option<i64>,
    /// The first day on which its condition held.
    pub since: Date,
    /// The account.
    pub account: &'a str,
    /// Id of the signal.
    pub signal: &'a str,
    /// The segment with whose other accounts it counts as one, if its signal is true for much of it.
    pub segment: Option<&'a str>,
    /// Whether the warning of that segment shows already: it only joins it, which is no news.
    pub joins: bool,
}

/// A warning for which there is room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Whose budget it takes of.
    pub csm: Csm,
    /// The account.
    pub account: RecordId,
    /// Id of the signal.
    pub signal: String,
    /// The segment with whose other accounts it counts as one, if its signal is true for much of it.
    pub segment: Option<String>,
    /// Whether it only joins the warning of that segment.
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
    pub fn of(account: &str, signal: &str, segment: Option<&str>) -> Self {
        match segment {
            Some(segment) => Self::Segment(segment.to_owned(), signal.to_owned()),
            None => Self::Account(account.into(), signal.to_owned()),
        }
    }
}

/// Those of the waiting for whom there is room: of each CSM one kind after the other, in each the highest ranks first, with
/// every second turn for an unknown one; ties by account and signal. `told` is what each was told of today already. What
/// joins the warning of its segment needs no room.
pub fn fill(waiting: &[Waiting<'_>], told: &BTreeMap<Csm, BTreeSet<One>>, budget: u32) -> Vec<Told> {
    let mut told = told.clone();
    let mut room = |one: &Waiting<'_>| {
        let of_csm = told.entry(one.csm.map(RecordId::from)).or_default();
        let counts_as = One::of(one.account, one.signal, one.segment);
        let fits = of_csm.contains(&counts_as) || of_csm.len() < budget as usize;
        if fits {
            of_csm.insert(counts_as);
        }
        fits
    };
    let joining = waiting.iter().filter(|one| one.joins);
    let fitting = in_turn(waiting).into_iter().filter(|one| room(one));
    let owned = |one: &Waiting<'_>| Told {
        csm: one.csm.map(RecordId::from),
        account: one.account.into(),
        signal: one.signal.to_owned(),
        segment: one.segment.map(str::to_owned),
        joins: one.joins,
    };
    joining.chain(fitting).map(owned).collect()
}

/// What waits for room, in the order in which it is told of.
fn in_turn<'w, 'a>(waiting: &'w [Waiting<'a>]) -> Vec<&'w Waiting<'a>> {
    let mut ordered: Vec<&Waiting<'_>> = waiting.iter().filter(|one| !one.joins).collect();
    ordered.sort_by(|one, other| {
        let unknown_since = |of: &Waiting<'_>| of.rank.is_none().then_some(of.since);
        let key = |of: &Waiting<'_>| (of.kind, Reverse(of.rank), unknown_since(of));
        (key(one), one.account, one.signal).cmp(&(key(other), other.account, other.signal))
    });
    let mut turns: BTreeMap<(Option<&str>, WarningKind, bool), u32> = BTreeMap::new();
    let with_turn = |one: &'w Waiting<'a>| {
        let turn = turns.entry((one.csm, one.kind, one.rank.is_none())).or_default();
        *turn += 1;
        (*turn, one)
    };
    let mut in_turn: Vec<_> = ordered.into_iter().map(with_turn).collect();
    in_turn.sort_by_key(|(turn, one)| (one.csm, one.kind, *turn, one.rank.is_none()));
    in_turn.into_iter().map(|(_, one)| one).collect()
}
