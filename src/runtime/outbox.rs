//! What the threads that read and write do for the outbox. What is answered as done is on disk.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::app::{Failure, FailureKind, Msg, OutboxMsg, RunId, WriteCmd};
use crate::domain::acts::Somebody;
use crate::domain::outbox::{Entry, OutboxView, Step};
use crate::domain::overtaken::Overtaken;
use crate::domain::playbook::Deed;
use crate::domain::record::Owner;
use crate::engine::{self, note_warnings_with, plays, turn_back};
use crate::store::{Cache, Ledger, Notice, StoreError, keeper};

use super::exec::Workshop;
use super::outbox_view::{self, owners};
use super::recovery;
use super::worker;

/// How long something is tried that another program keeps from being written.
const PATIENCE: Duration = Duration::from_mins(1);

/// Puts into the ledger what a person did, and tells how that went.
pub fn write(workshop: &Workshop, order: &WriteCmd) -> OutboxMsg {
    let begun = Instant::now();
    loop {
        match try_to_write(workshop, order) {
            // Another program has the ledger; nobody waits for us but the person who wants it kept.
            Err(StoreError::Busy { .. }) if begun.elapsed() < PATIENCE && !workshop.unwritten.is_closed() => {
            }
            Err(error) => return not_written(order, &error),
            Ok(message) => return message,
        }
    }
}

/// Takes over what earlier sessions could not save.
pub fn take_over(workshop: &Workshop) {
    let begun = Instant::now();
    loop {
        match try_to_take_over(workshop) {
            Err(StoreError::Busy { .. }) if begun.elapsed() < PATIENCE && !workshop.unwritten.is_closed() => {
            }
            Err(error) => {
                return workshop
                    .address
                    .send(Msg::Failed(Workshop::storage_failure(&error)));
            }
            Ok(notices) if notices.is_empty() => return,
            Ok(notices) => {
                workshop.tell(notices);
                return workshop.address.send(Msg::Outbox(OutboxMsg::Changed));
            }
        }
    }
}

fn try_to_take_over(workshop: &Workshop) -> Result<Vec<Notice>, StoreError> {
    let directory = &workshop.paths.state_dir;
    if !recovery::is_any(directory)? {
        return Ok(Vec::new());
    }
    let (mut ledger, notice) = worker::open_ledger(&workshop.setup, &workshop.paths)?;
    workshop.tell(notice);
    let permit = workshop.setup().write_permit().ok();
    let grace = workshop.setup.settings.outbox.grace.duration();
    recovery::take_over(&mut ledger, directory, permit, grace, workshop.clock.now())
}

fn not_written(order: &WriteCmd, error: &StoreError) -> OutboxMsg {
    let failure = Failure {
        kind: FailureKind::Unsaved,
        summary: format!("not saved: {error}"),
        hint: Some(error.hint().to_owned()),
        detail: None,
    };
    match order {
        WriteCmd::Enqueue { run, .. } | WriteCmd::TurnBack { run, .. } | WriteCmd::Undo { run, .. } => {
            OutboxMsg::NotQueued { run: *run, failure }
        }
        WriteCmd::Warn { run, .. } => OutboxMsg::NotWarned { run: *run, failure },
        WriteCmd::Standup { run, .. } => OutboxMsg::StandupNoted {
            run: *run,
            done: Err(failure),
        },
        _ => OutboxMsg::Unsaved(failure),
    }
}

fn try_to_write(workshop: &Workshop, order: &WriteCmd) -> Result<OutboxMsg, StoreError> {
    let (mut ledger, notice) = worker::open_ledger(&workshop.setup, &workshop.paths)?;
    workshop.tell(notice);
    let now = workshop.clock.now();
    Ok(match order {
        WriteCmd::Enqueue {
            run,
            permit,
            deed,
            drafts_done,
            standup,
        } => {
            let mut drafts = Vec::new();
            for name in drafts_done {
                // What another cockpit keeps under the name was not queued here.
                let there = ledger.draft(name)?;
                if there.is_none_or(|there| workshop.unwritten.knows(there.mark)) {
                    drafts.push(name.as_str());
                }
            }
            let also = engine::standup::as_noted(standup, now);
            let kept = plays::commit_with(&mut ledger, *permit, deed, (&drafts, also), now)?;
            queued(workshop, *run, kept, now)
        }
        WriteCmd::TurnBack { run, permit, entry } => {
            // What the model shows has what waits over it: only the cache tells what the CRM has.
            let cache = Cache::open_read_only(&workshop.paths.cache_db).ok();
            let turned = cache.map(|cache| turn_back(&cache, &mut ledger, &entry.write, now));
            let run = *run;
            if let Some(entry) = turned.transpose()?.flatten() {
                let entry = Box::new(entry);
                return Ok(OutboxMsg::TurnedBack { run, entry });
            }
            let deed = Deed {
                entries: vec![(**entry).clone()],
                events: Vec::new(),
            };
            let kept = plays::commit(&mut ledger, *permit, &deed, &[], now)?;
            queued(workshop, run, kept, now)
        }
        WriteCmd::TakeStep { id, step } => match ledger.step(*id, &signed(step), now)? {
            Ok(entry) => OutboxMsg::StepTaken(Box::new(entry)),
            Err(late) => OutboxMsg::TooLate(late.to_string()),
        },
        WriteCmd::TakeBack { act } => match plays::take_back(&mut ledger, act, now)? {
            Ok(entries) => OutboxMsg::TakenBack(entries),
            Err(late) => OutboxMsg::TooLate(late.to_string()),
        },
        WriteCmd::Undo {
            run,
            permit,
            act,
            back,
        } => OutboxMsg::Undone {
            run: *run,
            undone: plays::undo(&mut ledger, *permit, act, back, now)?,
        },
        WriteCmd::Warn { run, acts, standup } => {
            let also = engine::standup::as_noted(standup, now);
            let done = note_warnings_with(&mut ledger, acts, also, now)?;
            OutboxMsg::Warned {
                run: *run,
                accounts: acts.iter().map(|act| act.account.clone()).collect(),
                done: done.map_err(|why| why.to_string()),
            }
        }
        WriteCmd::Standup { run, events } => {
            ledger.append(&engine::standup::as_noted(events, now), now)?;
            OutboxMsg::StandupNoted {
                run: *run,
                done: Ok(()),
            }
        }
        WriteCmd::GiveUpDamaged { id, why } => {
            ledger.give_up_damaged(*id, why, now)?;
            OutboxMsg::Changed
        }
        WriteCmd::SaveDraft { name, text } => {
            // What another cockpit keeps under this name was never read or written here.
            let is_mine = |mark| workshop.unwritten.knows(mark);
            let kept = ledger.put_draft_over(name, text, &is_mine, now)?;
            if let Some(mark) = kept.mark {
                workshop.unwritten.know(mark);
            }
            OutboxMsg::DraftSaved {
                name: name.clone(),
                beside: kept.beside,
            }
        }
        WriteCmd::KeepBeside { name, text } => {
            ledger.put_draft_beside(name, text, now)?;
            OutboxMsg::Changed
        }
        WriteCmd::DropDraft { name, only_ours } => {
            let may_go = |mark| !only_ours || workshop.unwritten.knows(mark);
            ledger.drop_draft_if(name, &may_go, now)?;
            OutboxMsg::Changed
        }
    })
}

/// What became of an act: it is queued, or somebody was faster.
fn queued(workshop: &Workshop, run: RunId, kept: Result<Vec<Entry>, Overtaken>, now: Timestamp) -> OutboxMsg {
    match kept {
        Ok(entries) => OutboxMsg::Queued { run, entries },
        Err(first) => OutboxMsg::NotQueued {
            run,
            failure: Failure {
                kind: FailureKind::Unsaved,
                summary: first.told(now, &workshop.setup.settings.zone()),
                hint: None,
                detail: None,
            },
        },
    }
}

/// A step as this process takes it: what it holds is let go once it is gone.
fn signed(step: &Step) -> Cow<'_, Step> {
    match *step {
        Step::Held { until, grace, .. } => Cow::Owned(Step::Held {
            until,
            grace,
            by: Some(keeper::this()),
        }),
        _ => Cow::Borrowed(step),
    }
}

/// Reads the outbox as it is looked at; the cache, if there is one, knows the accounts' names.
pub fn read(workshop: &Workshop, cache: Option<&Cache>) -> Msg {
    match view(workshop, cache) {
        Ok(view) => Msg::Outbox(OutboxMsg::Loaded(Arc::new(view))),
        Err(error) => Msg::Failed(Workshop::storage_failure(&error)),
    }
}

fn view(workshop: &Workshop, cache: Option<&Cache>) -> Result<OutboxView, StoreError> {
    let ledger = ledger(workshop)?;
    ledger.map_or_else(
        || Ok(OutboxView::default()),
        |ledger| outbox_view::of(&ledger, cache, &workshop.setup.mapping),
    )
}

/// Reads a text that was being composed.
pub fn draft(workshop: &Workshop, run: RunId, name: &str) -> Msg {
    // What is on its way, or was refused, is newer than what the ledger has.
    if let Some(text) = workshop.unwritten.draft(name) {
        let kept = false;
        return Msg::Outbox(OutboxMsg::DraftLoaded { run, text, kept });
    }
    let read = ledger(workshop).and_then(|ledger| ledger.map_or(Ok(None), |ledger| ledger.draft(name)));
    if let Ok(Some(draft)) = &read {
        workshop.unwritten.know(draft.mark);
    }
    Msg::Outbox(match read {
        Ok(draft) => OutboxMsg::DraftLoaded {
            run,
            kept: draft.is_some(),
            text: draft.map(|draft| draft.body),
        },
        Err(error) => OutboxMsg::DraftUnread {
            run,
            failure: Workshop::storage_failure(&error),
        },
    })
}

/// The ledger for reading; `None` before anything was kept.
fn ledger(workshop: &Workshop) -> Result<Option<Ledger>, StoreError> {
    match Ledger::open_read_only(&workshop.paths.ledger_db) {
        Ok(ledger) => Ok(Some(ledger)),
        Err(StoreError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads who of us there is, and which of them sits here.
pub fn people(workshop: &Workshop, cache: Option<&Cache>) -> Msg {
    let owners = cache.map_or_else(Vec::new, owners);
    let me = workshop.setup.my_owner();
    let me = me.and_then(|email| Owner::find(&owners, &email).map(Somebody::of));
    Msg::Outbox(OutboxMsg::PeopleLoaded {
        me,
        people: Arc::from(Somebody::active(&owners)),
        owners: Arc::from(owners),
    })
}
