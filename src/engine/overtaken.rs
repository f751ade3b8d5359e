//! Whether somebody was faster than an act: what the journal and the outbox know of what it rests on, at the moment of its
//! commit.

use crate::domain::handoff::Head;
use crate::domain::outbox::{Entry, State, Target, Write};
use crate::domain::overtaken::{Overtaken, RestsOn, Said};
use crate::domain::playbook;
use crate::domain::record::RecordId;
use crate::store::{Event, OnAccounts};

use super::{handoffs, plays, promises};

/// The kinds of events that are asked.
pub fn kinds() -> Vec<&'static str> {
    let promises = promises::KINDS.into_iter();
    promises.chain(playbook::KINDS).chain([handoffs::SEEN]).collect()
}

/// The error says what came before an act that rests on this.
pub fn check(rests: &[RestsOn], known: &OnAccounts) -> Result<(), Overtaken> {
    let before = rests.iter().find_map(|one| match one {
        RestsOn::Handoff { handoff, number } => event(known, handoff, *number),
        RestsOn::Promise { task } => told(known, task),
        RestsOn::Step { run, step } => {
            let runs = plays::folded(&known.events);
            let run = runs.iter().find(|one| one.id == *run);
            run.and_then(|run| Overtaken::by_run(run, step))
        }
    });
    before.map_or(Ok(()), Err)
}

/// The first event of a handoff with this number or a later one: as it was seen, or of a note of ours that waits or was sent.
fn event(known: &OnAccounts, handoff: &str, number: u32) -> Option<Overtaken> {
    let seen = known.events.iter().filter(|event| event.kind == handoffs::SEEN);
    let seen = seen.filter_map(|event| serde_json::from_value::<Head>(event.payload.clone()).ok());
    let own = standing(known).filter_map(|entry| match Said::by(&entry.new.write)? {
        Said::Event(event) => Some(Head::of(&Target::Entry(entry.id).shown_id(), &event)),
        Said::Outcome(_) => None,
    });
    let later = seen
        .chain(own)
        .filter(|head| head.handoff == handoff && head.number >= number);
    later
        .min_by_key(|head| head.number)
        .map(|head| Overtaken::by_event(&head))
}

/// What was said last of a promise, by its task; `None` while that is open.
fn told(known: &OnAccounts, task: &Target) -> Option<Overtaken> {
    let task = id(known, task);
    // Each in its own order, which no wall clock can upset.
    let own = standing(known).filter_map(|entry| {
        let (target, is_done) = entry.new.write.closes()?;
        (id(known, target) == task).then_some((entry, is_done))
    });
    let mut seen = known.events.iter().filter_map(|event| {
        let (of, said) = promises::overtakes(event)?;
        (of == task).then_some((event, said))
    });
    match (own.last(), seen.next_back()) {
        (Some((entry, _)), Some((event, said))) if is_later(event, entry) => said,
        (Some((entry, is_done)), _) => is_done.then(|| by(known, entry)),
        (None, seen) => seen?.1,
    }
}

/// Whether what was noted of a task came after a write of ours to it. As long as that is under way nothing is noted of the
/// task here (see [`promises::notice`]), so what is, is of before; else only the clocks tell.
fn is_later(event: &Event, entry: &Entry) -> bool {
    use State::{Queued, Retry, Sending, Unknown};
    let is_under_way = matches!(entry.state, Queued | Retry | Sending | Unknown);
    !(event.here && is_under_way) && event.recorded_at >= entry.queued_at
}

/// What an entry says that completes the task of a promise, with the note that goes with it.
fn by(known: &OnAccounts, entry: &Entry) -> Overtaken {
    let mut of_act = standing(known).filter(|other| other.new.act == entry.new.act);
    let said = of_act.find_map(|other| match Said::by(&other.new.write)? {
        Said::Outcome(said) => Some(Overtaken::by_outcome(&said)),
        Said::Event(_) => None,
    });
    said.unwrap_or_else(|| Overtaken {
        who: None,
        did: "completed its task".to_owned(),
        when: entry.queued_at,
    })
}

/// By which id a task goes.
fn id(known: &OnAccounts, task: &Target) -> RecordId {
    let Target::Entry(id) = task else {
        return task.shown_id();
    };
    let made = known.entries.iter().find(|entry| entry.id == *id);
    let receipt = made.and_then(|made| made.receipt.as_ref());
    receipt.map_or_else(|| task.shown_id(), |receipt| receipt.record.clone())
}

/// What was written and not taken back, nor given up, nor archived since.
fn standing(known: &OnAccounts) -> impl Iterator<Item = &Entry> {
    let is_void = |entry: &Entry| matches!(entry.state, State::TakenBack | State::Discarded);
    let is_gone = move |entry: &Entry| {
        let made = id(known, &Target::Entry(entry.id));
        known.entries.iter().any(|other| match &other.new.write {
            Write::Archive { target, .. } => !is_void(other) && id(known, target) == made,
            _ => false,
        })
    };
    known
        .entries
        .iter()
        .filter(move |entry| !is_void(entry) && !is_gone(entry))
}
