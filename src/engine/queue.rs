//! The risk queue: accounts with open warnings, most pressing first; beside them what is held back, sleeps or was
//! closed, and signals that are true for much of a segment.

mod list;
mod narrow;
mod survey;

pub use narrow::{narrowed, searchable};

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::domain::desk::{
    Apart, Counts, Day, RiskRow, SegmentRow, Severity, Untold, UntoldAccount, Warning, WarningKind,
};
use crate::domain::money::Sum;
use crate::domain::record::RecordId;
use crate::domain::summary::Summary;
use crate::domain::warning::Shelf;
use crate::domain::warning::budget::{Told, Waiting};
use crate::store::Cache;

use super::EngineError;
use super::cannot_tell::cannot_tell;
use super::world::World;
use list::{Lists, Order, Place};

/// A segment warning lists so many of its accounts at most.
const MOST_OF_SEGMENT: usize = 200;
/// So many accounts of which a signal cannot tell are listed by name.
const MOST_UNTOLD: usize = 50;
/// Fewer accounts than this are no segment that says anything.
const FEWEST: u32 = 5;
/// A signal that is true for fewer accounts than this is no matter of a segment.
const FEWEST_TRUE: u32 = 3;
/// A signal that is true for more than this part of a segment, one in so many, makes one segment warning.
const PART: u32 = 5;

/// All open warnings and the accounts that they are on, without their words: of a large book there are too many to hold
/// whole, and only the most pressing show.
#[derive(Default)]
pub struct Survey {
    accounts: Vec<Seen>,
    warnings: Vec<Alarm>,
    names: Names,
    /// Accounts of each segment that have not left, by its name's number.
    sizes: BTreeMap<u32, u32>,
    /// The CSMs whose accounts alone are in the queue: me and those I stand in for, where I see my own accounts. Tasks and
    /// handoffs bring accounts of others into the cache.
    only: Option<BTreeSet<u32>>,
}

/// An account as the queue orders it.
struct Seen {
    id: RecordId,
    /// The segment that it counts in; one that has left counts in none.
    segment: Option<u32>,
    csm: Option<u32>,
    rank: i64,
    worst: i64,
    at_stake: Option<i64>,
    /// What a filter looks at of it; empty where nothing is filtered.
    text: Box<str>,
    /// Whether it has a line.
    has_line: bool,
}

impl Seen {
    /// One of which nothing is known but its id.
    fn unlined(id: RecordId) -> Self {
        Self {
            id,
            segment: None,
            csm: None,
            rank: 0,
            worst: 0,
            at_stake: None,
            text: Box::default(),
            has_line: false,
        }
    }
}

/// A warning as the queue orders it.
struct Alarm {
    /// Place of its account.
    account: u32,
    /// Number of its signal.
    signal: u32,
    kind: WarningKind,
    severity: Severity,
    shelf: Shelf,
    /// The first day on which its condition held.
    since: Date,
    /// Signal and reason as a filter looks at them; empty where nothing is filtered.
    text: Box<str>,
}

impl Alarm {
    fn is_open(&self) -> bool {
        matches!(self.shelf, Shelf::Queue | Shelf::Held)
    }
}

/// Texts that many have in common, by number.
#[derive(Default)]
struct Names {
    texts: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len() as u32;
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", String::as_str)
    }
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
    /// How much there is of each kind, beyond what the lists have room for too.
    pub counts: Counts,
}

impl Survey {
    fn is_mine(&self, seen: &Seen) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|only| seen.csm.is_some_and(|csm| only.contains(&csm)))
    }

    fn of(&self, alarm: &Alarm) -> &Seen {
        &self.accounts[alarm.account as usize]
    }

    /// The segments for much of which a signal is true, with how many accounts they have. Whether it is true does not
    /// depend on what was said of it: what sleeps or was closed counts too.
    fn broad(&self) -> BTreeMap<(u32, u32), u32> {
        let mut counts: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for alarm in &self.warnings {
            if let Some(segment) = self.of(alarm).segment {
                *counts.entry((segment, alarm.signal)).or_default() += 1;
            }
        }
        let mut broad = BTreeMap::new();
        for ((segment, signal), count) in counts {
            let of = self.sizes.get(&segment).copied().unwrap_or_default();
            if of >= FEWEST && count >= FEWEST_TRUE && count * PART > of {
                broad.insert((segment, signal), of);
            }
        }
        broad
    }

    /// What waits for room in the day's budget.
    pub fn waiting(&self) -> Vec<Waiting<'_>> {
        let broad = self.broad();
        let key = |alarm: &Alarm| (self.of(alarm).csm, self.of(alarm).segment, alarm.signal);
        let shown = self.warnings.iter().filter(|alarm| alarm.shelf == Shelf::Queue);
        let shown: BTreeSet<_> = shown.map(key).collect();
        let held = self.warnings.iter().filter(|alarm| alarm.shelf == Shelf::Held);
        let waiting = |alarm: &Alarm| {
            let seen = self.of(alarm);
            let segment = seen
                .segment
                .filter(|segment| broad.contains_key(&(*segment, alarm.signal)));
            Waiting {
                csm: seen.csm.map(|csm| self.names.text(csm)),
                kind: alarm.kind,
                rank: seen.at_stake.map(|_| seen.rank),
                since: alarm.since,
                account: seen.id.as_str(),
                signal: self.names.text(alarm.signal),
                segment: segment.map(|segment| self.names.text(segment)),
                joins: segment.is_some() && shown.contains(&key(alarm)),
            }
        };
        held.map(waiting).collect()
    }

    /// Takes in that these are held back no more.
    pub fn tell(&mut self, told: &[Told]) {
        let told: BTreeSet<_> = told
            .iter()
            .map(|one| (&one.account, one.signal.as_str()))
            .collect();
        for alarm in self
            .warnings
            .iter_mut()
            .filter(|alarm| alarm.shelf == Shelf::Held)
        {
            let account = &self.accounts[alarm.account as usize].id;
            if told.contains(&(account, self.names.text(alarm.signal))) {
                alarm.shelf = Shelf::Queue;
            }
        }
    }

    /// The queue, most pressing first.
    pub fn queue(&self, cache: &Cache, day: &mut Day) -> Result<Queue, EngineError> {
        self.queue_of(cache, day, &mut |_, _| true)
    }

    /// The queue of those warnings alone that pass.
    fn queue_of(
        &self,
        cache: &Cache,
        day: &mut Day,
        passes: &mut dyn FnMut(&Seen, &Alarm) -> bool,
    ) -> Result<Queue, EngineError> {
        let broad = self.broad();
        // A segment warning whose turn in the budget has not come is held back as its accounts are.
        let told: BTreeSet<(u32, u32)> = self
            .warnings
            .iter()
            .filter(|alarm| alarm.shelf == Shelf::Queue)
            .filter_map(|alarm| Some((self.of(alarm).segment?, alarm.signal)))
            .filter(|key| broad.contains_key(key))
            .collect();
        let (mut lists, mut counts) = (Lists::default(), Counts::default());
        let mut members: BTreeMap<(u32, u32), Vec<Place>> = BTreeMap::new();
        let mut open = 0;
        for alarms in self.warnings.chunk_by(|one, other| one.account == other.account) {
            let Some(place) = alarms.first().map(|alarm| alarm.account) else {
                continue;
            };
            let seen = &self.accounts[place as usize];
            if !self.is_mine(seen) {
                continue;
            }
            let alarms: Vec<&Alarm> = alarms.iter().filter(|alarm| passes(seen, alarm)).collect();
            let mut shelves: BTreeMap<Shelf, Vec<&Alarm>> = BTreeMap::new();
            for alarm in alarms.iter().copied() {
                // What is critical speaks for each account by itself.
                let joins = alarm.is_open() && alarm.severity != Severity::Critical;
                let key = seen.segment.map(|segment| (segment, alarm.signal));
                match key.filter(|key| joins && told.contains(key)) {
                    Some(key) => members
                        .entry(key)
                        .or_default()
                        .push(ordered(seen, place, &[alarm])),
                    None => shelves.entry(alarm.shelf).or_default().push(alarm),
                }
            }
            let mut of_account = [0; 3];
            for alarm in alarms.iter().filter(|alarm| alarm.is_open()) {
                of_account[alarm.kind as usize] += 1;
            }
            open += u32::from(of_account != [0; 3]);
            counts.add_open(of_account, seen.at_stake);
            day.count_risks(of_account[WarningKind::Risk as usize] as usize);
            for (shelf, alarms) in shelves {
                lists.push(shelf, ordered(seen, place, &alarms));
            }
        }
        let mut list = |shelf| {
            let (places, accounts) = lists.take(shelf, |places| self.sort(places));
            counts.lists.insert(shelf, accounts);
            places
        };
        let queue = list(Shelf::Queue);
        let segments = self.segments(cache, members, &broad, &queue)?;
        let apart = Apart {
            held: self.rows(cache, &list(Shelf::Held))?,
            snoozed: self.rows(cache, &list(Shelf::Snoozed))?,
            closed: self.rows(cache, &list(Shelf::Closed))?,
        };
        Ok(Queue {
            risks: self.rows(cache, &queue)?,
            segments,
            apart,
            accounts: open,
            counts,
        })
    }

    fn sort(&self, places: &mut [Place]) {
        let id = |place: &Place| &self.accounts[place.account as usize].id;
        places.sort_by(|one, other| (&one.order, id(one)).cmp(&(&other.order, id(other))));
    }

    /// The accounts of a list, with their words.
    fn rows(&self, cache: &Cache, places: &[Place]) -> Result<Vec<RiskRow>, EngineError> {
        let mut rows = Vec::with_capacity(places.len());
        for Place { account, signals, .. } in places {
            let id = &self.accounts[*account as usize].id;
            let Some(summary) = cache.summary(id)? else {
                continue;
            };
            let mut warnings = cache.warnings_of(id)?;
            let is_of = |warning: &Warning| {
                signals
                    .iter()
                    .any(|signal| self.names.text(*signal) == warning.signal)
            };
            warnings.retain(is_of);
            rows.push(row(summary, warnings));
        }
        Ok(rows)
    }

    /// The segment warnings, most pressing first; the place of each is that of its most pressing account.
    fn segments(
        &self,
        cache: &Cache,
        members: BTreeMap<(u32, u32), Vec<Place>>,
        broad: &BTreeMap<(u32, u32), u32>,
        queue: &[Place],
    ) -> Result<Vec<SegmentRow>, EngineError> {
        let mut found: Vec<(Order, SegmentRow)> = Vec::new();
        for ((segment, signal), mut places) in members {
            self.sort(&mut places);
            let Some(order) = places.first().map(|place| place.order) else {
                continue;
            };
            let mut stakes = Sum::default();
            for place in places.iter().filter(|_| order.0.is_at_stake()) {
                stakes.add(self.accounts[place.account as usize].at_stake);
            }
            let of_signal = self.warnings.iter().find(|alarm| alarm.signal == signal);
            let row = SegmentRow {
                segment: self.names.text(segment).to_owned(),
                signal: self.names.text(signal).to_owned(),
                kind: order.0,
                severity: of_signal.map_or(Severity::Low, |alarm| alarm.severity),
                accounts: places.len() as u32,
                of: broad.get(&(segment, signal)).copied().unwrap_or_default(),
                at_stake: stakes,
                place: queue.iter().filter(|other| other.order < order).count() as u32,
                rows: self.rows(cache, &places[..places.len().min(MOST_OF_SEGMENT)])?,
            };
            found.push((order, row));
        }
        found.sort_by(|one, other| {
            let key = |row: &SegmentRow| (row.segment.clone(), row.signal.clone());
            (one.0, key(&one.1)).cmp(&(other.0, key(&other.1)))
        });
        Ok(found.into_iter().map(|(_, row)| row).collect())
    }
}

fn ordered(seen: &Seen, place: u32, alarms: &[&Alarm]) -> Place {
    let kind = alarms.iter().map(|alarm| alarm.kind).min();
    Place {
        order: (kind.unwrap_or(WarningKind::Defect), -seen.rank, seen.worst),
        account: place,
        signals: alarms.iter().map(|alarm| alarm.signal).collect(),
        kinds: WarningKind::ALL.map(|kind| alarms.iter().filter(|alarm| alarm.kind == kind).count() as u32),
    }
}

fn row(summary: Summary, warnings: Vec<Warning>) -> RiskRow {
    RiskRow {
        account: summary.id,
        name: summary.name,
        warnings,
        at_stake: summary.at_stake,
        arr: summary.arr,
        notice_by: summary.notice_by,
        ends: summary.ends,
        score: summary.score,
        band: summary.band,
        csm: summary.csm_name,
        segment: summary.segment,
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
        for (id, unknown) in of.first.into_iter().take(MOST_UNTOLD) {
            let name = cache.summary(&id)?.map(|line| line.name);
            accounts.extend(name.map(|name| UntoldAccount { id, name, unknown }));
        }
        untold.push(Untold { signal, accounts });
    }
    Ok(untold)
}
