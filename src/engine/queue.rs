//! The risk queue: accounts with open warnings, most pressing first; beside them what is held back, sleeps or was
//! closed, and signals that are true for much of a segment.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::desk::{Apart, Day, RiskRow, SegmentRow, Untold, Warning, WarningKind, at_stake};
use crate::domain::record::RecordId;
use crate::domain::risk;
use crate::domain::summary::Summary;
use crate::domain::warning::Shelf;
use crate::store::Cache;

use super::EngineError;
use super::refresh::cannot_tell;
use super::world::World;

/// A list of it holds so many accounts at most.
const MOST: usize = 2_000;
/// So many accounts of which a signal cannot tell are listed by name.
const MOST_UNTOLD: usize = 50;
/// Fewer accounts than this are no segment that says anything.
const FEWEST: u32 = 5;
/// A signal that is true for fewer accounts than this is no matter of a segment.
const FEWEST_TRUE: u32 = 3;
/// A signal that is true for more than this part of a segment, one in so many, makes one segment warning.
const PART: u32 = 5;

/// What orders accounts: risks before chances before defects, in each by at stake × urgency, then by the order of
/// the account list.
type Order = (WarningKind, i64, i64);

/// All warnings with the accounts that they are on.
pub struct Survey {
    accounts: BTreeMap<RecordId, Summary>,
    warnings: Vec<Warning>,
    segments: BTreeMap<String, u32>,
}

/// Everything that the desk shows of warnings.
#[derive(Default)]
pub struct Queue {
    /// The queue itself.
    pub risks: Vec<RiskRow>,
    /// Signals that are true for much of a segment.
    pub segments: Vec<SegmentRow>,
    /// What is apart.
    pub apart: Apart,
    /// How many accounts have an open warning that does not sleep.
    pub accounts: u32,
}

impl Survey {
    /// Reads all warnings and lines; each line is handed on.
    pub fn read(cache: &Cache, each: &mut dyn FnMut(&Summary)) -> Result<Self, EngineError> {
        let warnings = cache.warnings()?;
        let concerned: BTreeSet<&RecordId> = warnings.iter().map(|warning| &warning.account).collect();
        let (mut accounts, mut segments) = (BTreeMap::new(), BTreeMap::new());
        cache.each_summary(&mut |summary| {
            each(&summary);
            if let Some(segment) = summary.segment.as_ref().filter(|_| !summary.has_churned()) {
                match segments.get_mut(segment) {
                    Some(count) => *count += 1,
                    None => drop(segments.insert(segment.clone(), 1)),
                }
            }
            if concerned.contains(&summary.id) {
                accounts.insert(summary.id.clone(), summary);
            }
        })?;
        Ok(Self {
            accounts,
            warnings,
            segments,
        })
    }

    /// All warnings, each with its account's line.
    pub fn warnings(&self) -> impl Iterator<Item = (&Warning, &Summary)> {
        self.warnings
            .iter()
            .filter_map(|warning| Some((warning, self.accounts.get(&warning.account)?)))
    }

    /// The segments for much of which a signal is true, with how many accounts they have. Whether it is true does not
    /// depend on what was said of it: what sleeps or was closed counts too.
    pub fn broad(&self) -> BTreeMap<(&str, &str), u32> {
        let mut counts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for (warning, summary) in self.warnings() {
            if let Some(segment) = &summary.segment {
                *counts.entry((segment, &warning.signal)).or_default() += 1;
            }
        }
        let mut broad = BTreeMap::new();
        for ((segment, signal), count) in counts {
            let of = self.segments.get(segment).copied().unwrap_or_default();
            if of >= FEWEST && count >= FEWEST_TRUE && count * PART > of {
                broad.insert((segment, signal), of);
            }
        }
        broad
    }

    /// The queue, most pressing first.
    pub fn queue(&self, world: &World<'_>, day: &mut Day) -> Queue {
        let broad = self.broad();
        // A segment warning whose turn in the budget has not come is held back as its accounts are.
        let told: BTreeSet<(&str, &str)> = self
            .warnings()
            .filter(|(warning, _)| warning.line.shelf() == Shelf::Queue)
            .filter_map(|(warning, summary)| Some((summary.segment.as_deref()?, warning.signal.as_str())))
            .filter(|key| broad.contains_key(key))
            .collect();
        let mut lists: BTreeMap<Shelf, Vec<(Order, RiskRow)>> = BTreeMap::new();
        let mut members: BTreeMap<(&str, &str), Vec<(Order, RiskRow)>> = BTreeMap::new();
        let mut open = BTreeSet::new();
        let mut of_account: BTreeMap<&RecordId, Vec<&Warning>> = BTreeMap::new();
        for warning in &self.warnings {
            of_account.entry(&warning.account).or_default().push(warning);
        }
        for summary in self.accounts.values() {
            let mut shelves: BTreeMap<Shelf, Vec<Warning>> = BTreeMap::new();
            for warning in of_account.remove(&summary.id).unwrap_or_default() {
                let shelf = warning.line.shelf();
                if matches!(shelf, Shelf::Queue | Shelf::Held) {
                    open.insert(&summary.id);
                }
                let key = summary
                    .segment
                    .as_deref()
                    .map(|segment| (segment, warning.signal.as_str()));
                match key.filter(|key| told.contains(key)) {
                    Some(key) if matches!(shelf, Shelf::Queue | Shelf::Held) => {
                        let row = ordered(summary, vec![warning.clone()], world);
                        members.entry(key).or_default().push(row);
                    }
                    _ => shelves.entry(shelf).or_default().push(warning.clone()),
                }
            }
            for (shelf, warnings) in shelves {
                lists
                    .entry(shelf)
                    .or_default()
                    .push(ordered(summary, warnings, world));
            }
        }
        let mut list = |shelf| {
            let mut rows = lists.remove(&shelf).unwrap_or_default();
            sort(&mut rows);
            rows
        };
        let queue = list(Shelf::Queue);
        let segments = segments(members, &broad, &queue);
        let (held, snoozed, closed) = (list(Shelf::Held), list(Shelf::Snoozed), list(Shelf::Closed));
        let counted = queue.iter().chain(&held).map(|(_, row)| row);
        day.count_risks(counted.chain(segments.iter().flat_map(|segment| &segment.rows)));
        let rows = |rows: Vec<(Order, RiskRow)>| rows.into_iter().take(MOST).map(|(_, row)| row).collect();
        Queue {
            risks: rows(queue),
            segments: segments
                .into_iter()
                .map(|mut segment| {
                    segment.rows.truncate(MOST);
                    segment
                })
                .collect(),
            apart: Apart {
                held: rows(held),
                snoozed: rows(snoozed),
                closed: rows(closed),
            },
            accounts: open.len() as u32,
        }
    }
}

fn sort(rows: &mut [(Order, RiskRow)]) {
    rows.sort_by(|one, other| (&one.0, &one.1.account).cmp(&(&other.0, &other.1.account)));
}

/// The segment warnings, most pressing first; the place of each is that of its most pressing account.
fn segments(
    members: BTreeMap<(&str, &str), Vec<(Order, RiskRow)>>,
    broad: &BTreeMap<(&str, &str), u32>,
    queue: &[(Order, RiskRow)],
) -> Vec<SegmentRow> {
    let mut found: Vec<(Order, SegmentRow)> = Vec::new();
    for ((segment, signal), mut rows) in members {
        sort(&mut rows);
        let Some((order, first)) = rows.first().map(|(order, row)| (*order, row.warnings[0].clone())) else {
            continue;
        };
        let place = queue.iter().filter(|(other, _)| *other < order).count() as u32;
        let row = SegmentRow {
            segment: segment.to_owned(),
            signal: signal.to_owned(),
            kind: first.kind,
            severity: first.severity,
            accounts: rows.len() as u32,
            of: broad.get(&(segment, signal)).copied().unwrap_or_default(),
            at_stake: at_stake(rows.iter().map(|(_, row)| row)),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            place,
        };
        found.push((order, row));
    }
    found.sort_by(|one, other| {
        let key = |row: &SegmentRow| (row.segment.clone(), row.signal.clone());
        (one.0, key(&one.1)).cmp(&(other.0, key(&other.1)))
    });
    found.into_iter().map(|(_, row)| row).collect()
}

fn ordered(summary: &Summary, warnings: Vec<Warning>, world: &World<'_>) -> (Order, RiskRow) {
    let kind = warnings.iter().map(|warning| warning.kind).min();
    let order = (
        kind.unwrap_or(WarningKind::Defect),
        -rank(summary, world),
        summary.worst,
    );
    (order, row(summary, warnings))
}

/// At stake × urgency, for ordering only.
pub fn rank(summary: &Summary, world: &World<'_>) -> i64 {
    let urgency = risk::urgency(summary.notice_by.or(summary.ends), world.today);
    (summary.at_stake.unwrap_or(0) / 1000).saturating_mul(urgency)
}

fn row(summary: &Summary, warnings: Vec<Warning>) -> RiskRow {
    RiskRow {
        account: summary.id.clone(),
        name: summary.name.clone(),
        warnings,
        at_stake: summary.at_stake,
        arr: summary.arr,
        notice_by: summary.notice_by,
        score: summary.score,
        band: summary.band,
        csm: summary.csm_name.clone(),
        segment: summary.segment.clone(),
    }
}

/// Of how many accounts each signal cannot tell.
pub fn counts(cache: &Cache) -> Result<Vec<(String, u32)>, EngineError> {
    let known = cannot_tell(cache)?;
    Ok(known.into_iter().map(|(signal, of)| (signal, of.count)).collect())
}

/// The first accounts of which each signal cannot tell, with their names.
pub fn untold(cache: &Cache) -> Result<Vec<Untold>, EngineError> {
    let mut untold = Vec::new();
    for (signal, of) in cannot_tell(cache)? {
        let mut accounts = Vec::new();
        for id in of.first.into_iter().take(MOST_UNTOLD) {
            let name = cache.summary(&id)?.map(|line| line.name);
            accounts.extend(name.map(|name| (id, name)));
        }
        untold.push(Untold { signal, accounts });
    }
    Ok(untold)
}
