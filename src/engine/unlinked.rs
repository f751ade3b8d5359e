//! Notes and tasks of handoffs that no longer say of which.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::handoff::{self, Asks, Unlinked};
use crate::domain::html;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::store::Cache;

use super::EngineError;
use super::handoff_tasks::HandoffTasks;
use super::handoffs::name_of;
use super::interpret::activity;
use super::world::{World, days_before};

/// What is older than so many days is left alone: whatever it was, nobody waits for it.
const DAYS: i64 = 90;

/// A record that no longer says to which handoff it belongs, or whose handoff is not here.
pub struct Lost {
    place: (Kind, RecordId),
    handoff: Option<String>,
    words: String,
    when: Timestamp,
}

/// A note that reads as a handoff and does not say of which.
pub fn note(world: &World<'_>, note: &Record) -> Option<Lost> {
    let (when, body) = (activity::occurred(note), note.core(Core::Body)?);
    let is_recent = when >= days_before(world.now, DAYS) && !note.archived;
    // Most notes are none: they are not taken apart.
    if !is_recent || !body.contains("Handoff ") {
        return None;
    }
    let lines = html::lines(body);
    let first = lines.iter().find(|line| !line.trim().is_empty());
    handoff::is_unlinked(&lines).then(|| Lost {
        place: (Kind::Note, note.id.clone()),
        handoff: None,
        words: first.cloned().unwrap_or_default(),
        when,
    })
}

/// These notes with their accounts, and the open tasks that ask to answer a handoff that is not among the known ones; the
/// newest first. Of tasks nothing is told while notes may be missing; `seen` is what was seen of them.
pub fn all(
    cache: &Cache,
    world: &World<'_>,
    mut lost: Vec<Lost>,
    (known, seen): (&BTreeSet<String>, &HandoffTasks),
) -> Result<Vec<Unlinked>, EngineError> {
    let shown = world.shown(cache);
    if world.complete && world.unread.why(&[Kind::Note]).is_none() {
        shown.each_record(Kind::Task, &mut |task| {
            if !activity::is_open_task(&task) {
                return;
            }
            let answers = seen.of(&task).filter(|task| task.asks == Asks::Answer);
            if let Some(answers) = answers.filter(|task| !known.contains(&task.handoff)) {
                lost.push(Lost {
                    place: (Kind::Task, task.id.clone()),
                    handoff: Some(answers.handoff),
                    words: task.line(Core::Subject).unwrap_or_default(),
                    when: task.created,
                });
            }
        })?;
    }
    let mut unlinked = Vec::new();
    for Lost {
        place: (kind, record),
        handoff,
        words,
        when,
    } in lost
    {
        let accounts = shown.linked_ids((kind, &record), Kind::Account)?;
        if let Some(account) = accounts.into_iter().next() {
            unlinked.push(Unlinked {
                account_name: name_of(shown, &account)?,
                account,
                record,
                handoff,
                words,
                when,
            });
        }
    }
    unlinked.sort_by(|one, other| (other.when, &one.record).cmp(&(one.when, &other.record)));
    Ok(unlinked)
}
