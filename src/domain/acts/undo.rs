//! Undo once a write has left: the write that compensates it.

use super::title::UNDO;
use super::{About, Occasion};
use crate::domain::outbox::{Change, Entry, NewEntry, State, Target, Write};

/// Why what the CRM had before anything left is not taken back: that would undo what somebody else did.
pub const HAD: &str = "the CRM had it already: nothing of yours is there to take back";

/// The write that takes back what a sent entry did; `None` when there is nothing to take back, as where the CRM had it
/// already. A field goes back to what the person saw before, unless somebody changed it since: then it becomes a
/// conflict, as ever.
pub fn compensate(on: &Occasion, entry: &Entry) -> Option<NewEntry> {
    if entry.state != State::Sent || entry.was_there() {
        return None;
    }
    let record = Target::Record(entry.receipt.as_ref()?.record.clone());
    let write = match &entry.new.write {
        Write::Create { kind, .. } => Write::Archive {
            kind: *kind,
            target: record,
        },
        Write::Update { kind, changes, .. } => Write::Update {
            kind: *kind,
            target: record,
            changes: changes.iter().map(back).collect(),
        },
        Write::Archive { .. } => return None,
    };
    let about = entry.new.account.clone().map(|id| About {
        id,
        name: String::new(),
    });
    Some(on.entry(about.as_ref(), format!("{UNDO}{}", entry.new.title), write))
}

/// The writes that take back what has left of an act, but for what is being taken back already by one of these.
pub fn compensate_all<'a>(
    on: &Occasion,
    of_act: impl IntoIterator<Item = &'a Entry>,
    among: &[&Entry],
) -> Vec<NewEntry> {
    let left = of_act.into_iter();
    left.filter(|entry| under_way(entry, among.iter().copied()).is_none())
        .filter_map(|entry| compensate(on, entry))
        .collect()
}

fn back(change: &Change) -> Change {
    Change {
        field: change.field.clone(),
        base: change.to.clone(),
        to: change.base.clone(),
        value_type: change.value_type,
    }
}

/// What takes back a sent entry already, of these: it was made later as the undo of one, and does exactly that. What was
/// itself taken back or given up does not count; nor does who gives a field the value again that it had before.
pub fn under_way<'a>(entry: &Entry, among: impl IntoIterator<Item = &'a Entry>) -> Option<&'a Entry> {
    let record = &entry.receipt.as_ref()?.record;
    let takes_back = |other: &NewEntry| match (&entry.new.write, &other.write) {
        (Write::Create { kind, .. }, Write::Archive { kind: of, target }) => {
            kind == of && target.shown_id() == *record
        }
        (
            Write::Update { kind, changes, .. },
            Write::Update {
                kind: of,
                target,
                changes: later,
            },
        ) => {
            kind == of
                && other.title.starts_with(UNDO)
                && target.shown_id() == *record
                && changes.iter().all(|change| later.contains(&back(change)))
        }
        _ => false,
    };
    among.into_iter().find(|other| {
        other.id > entry.id
            && !matches!(other.state, State::TakenBack | State::Discarded)
            && takes_back(&other.new)
    })
}
