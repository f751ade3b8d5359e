//! Which entries may leave now: first in, first out per record, and nothing holds up another record.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Entry, EntryId, Field, State, Step, Target, Write};
use crate::domain::record::Kind;

/// What an entry writes to: entries with the same place keep their order.
type Place<'a> = (Kind, &'a Target);

/// The entries that may leave now, in their order. `entries` are all that are not final, and those final
/// ones that others wait for; in the order in which they were made.
///
/// An entry waits for the ones before it on the same record that are on their way. One that a person must
/// decide about holds back only what depends on it: entries on the same fields, or on the record it makes.
pub fn due(entries: &[Entry], now: Timestamp) -> Vec<EntryId> {
    let arrived: BTreeSet<EntryId> = with_state(entries, |state| state == State::Sent);
    let mut under_way: BTreeSet<Place<'_>> = BTreeSet::new();
    let mut undecided: BTreeMap<Place<'_>, Vec<&Write>> = BTreeMap::new();
    let mut leaving = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.state.is_final()) {
        let write = &entry.new.write;
        let place = write.target().map(|target| (write.kind(), target));
        let blocked = place.is_some_and(|place| {
            under_way.contains(&place)
                || undecided
                    .get(&place)
                    .is_some_and(|others| others.iter().any(|other| overlap(other, write)))
        });
        let ready = write.waits_for().all(|other| arrived.contains(&other));
        let now_due = entry.leaves_at().is_some_and(|at| at <= now);
        if ready && !blocked && now_due {
            leaving.push(entry.id);
        }
        if let Some(place) = place {
            if entry.state.needs_a_person() {
                undecided.entry(place).or_default().push(write);
            } else {
                under_way.insert(place);
            }
        }
    }
    leaving
}

/// The entry, among these that are not final, that a person has to decide about before this one may leave.
pub fn waits_on<'a>(open: &'a [Entry], entry: &Entry) -> Option<&'a Entry> {
    let place = |entry: &Entry| {
        let write = &entry.new.write;
        write.target().map(|target| (write.kind(), target.clone()))
    };
    let own = place(entry).filter(|_| entry.leaves_at().is_some())?;
    open.iter().find(|other| {
        let is_before = other.id < entry.id && other.state.needs_a_person();
        is_before && place(other).as_ref() == Some(&own) && overlap(&other.new.write, &entry.new.write)
    })
}

/// The entry, among these that are not final, that a change of one field only turns back: it writes nothing else, waits as
/// the last one on the record, the CRM surely does not have it, and before it the field was what it is to be now. Taken back,
/// it leaves nothing to write, if it [rests](Write::rests_on) on what the CRM has still.
pub fn turned_back<'a>(open: &'a [Entry], new: &Write) -> Option<&'a Entry> {
    let last = last_on(open, new)?;
    let ([change], [before]) = (new.changes()?, last.new.write.changes()?) else {
        return None;
    };
    let waits = last.admits(&Step::TakenBack) && last.held.is_none();
    let turns = before.field == change.field && change.same(before.base.as_deref(), change.to.as_deref());
    (waits && turns).then_some(last)
}

/// The last entry, among these that are not final, on the record that is written to.
fn last_on<'a>(open: &'a [Entry], write: &Write) -> Option<&'a Entry> {
    let place = (write.kind(), write.target()?);
    let mut on_it = open.iter().filter(|entry| !entry.state.is_final());
    on_it.rfind(|entry| {
        let write = &entry.new.write;
        write.target().map(|target| (write.kind(), target)) == Some(place)
    })
}

/// When the next entry leaves by itself (UTC), for a program that sleeps until then. May be in the past.
pub fn next_moment(entries: &[Entry]) -> Option<Timestamp> {
    entries.iter().filter_map(Entry::leaves_at).min()
}

fn with_state(entries: &[Entry], is: impl Fn(State) -> bool) -> BTreeSet<EntryId> {
    let chosen = entries.iter().filter(|entry| is(entry.state));
    chosen.map(|entry| entry.id).collect()
}

/// Whether two writes to one record touch the same.
fn overlap(one: &Write, other: &Write) -> bool {
    match (fields(one), fields(other)) {
        (Some(one), Some(other)) => !one.is_disjoint(&other),
        _ => true,
    }
}

fn fields(write: &Write) -> Option<BTreeSet<&Field>> {
    let changes = write.changes();
    changes.map(|changes| changes.iter().map(|change| &change.field).collect())
}
