//! Undo once a write has left: the write that compensates it.

use super::{About, Occasion};
use crate::domain::outbox::{Change, Entry, NewEntry, State, Target, Write};

/// The write that takes back what a sent entry did; `None` when there is nothing to take back. A field goes
/// back to what the person saw before, unless somebody changed it since: then it becomes a conflict, as ever.
pub fn compensate(on: &Occasion, entry: &Entry) -> Option<NewEntry> {
    if entry.state != State::Sent {
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
    Some(on.entry(about.as_ref(), format!("Undo: {}", entry.new.title), write))
}

fn back(change: &Change) -> Change {
    Change {
        field: change.field.clone(),
        base: change.to.clone(),
        to: change.base.clone(),
        value_type: change.value_type,
    }
}
