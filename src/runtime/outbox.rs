//! What the threads that read and write do for the outbox. What is answered as done is on disk.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use crate::app::{Failure, FailureKind, Msg, OutboxMsg, RunId, WriteCmd};
use crate::crm::Property;
use crate::domain::acts::Somebody;
use crate::domain::acts::edit::EditableField;
use crate::domain::outbox::{DraftLine, Entry, Field, OutboxView, Write};
use crate::domain::record::{Core, Kind, Owner, RecordId};
use crate::engine::plays;
use crate::store::documents::{self, OWNERS};
use crate::store::{Cache, Draft, Ledger, Notice, StoreError};

use super::exec::Workshop;
use super::recovery;
use super::worker;

/// How many of those that are done show.
const MOST_DONE: usize = 200;
/// Kinds of records of which the last sync kept what the CRM's fields are called.
const KINDS: [Kind; 3] = [Kind::Account, Kind::Contact, Kind::Contract];
/// How much of a draft shows in a list, in characters.
const BEGINNING: usize = 200;
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
        WriteCmd::Enqueue { run, .. } | WriteCmd::Undo { run, .. } => {
            OutboxMsg::NotQueued { run: *run, failure }
        }
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
        } => {
            let drafts: Vec<&str> = drafts_done.iter().map(String::as_str).collect();
            let entries = plays::commit(&mut ledger, *permit, deed, &drafts, now)?;
            OutboxMsg::Queued { run: *run, entries }
        }
        WriteCmd::TakeStep { id, step } => match ledger.step(*id, step, now)? {
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
        WriteCmd::GiveUpDamaged { id, why } => {
            ledger.give_up_damaged(*id, why, now)?;
            OutboxMsg::Changed
        }
        WriteCmd::SaveDraft { name, text } => {
            ledger.put_draft(name, text, now)?;
            OutboxMsg::DraftSaved { name: name.clone() }
        }
        WriteCmd::KeepBeside { name, text } => {
            ledger.put_draft_beside(name, text, now)?;
            OutboxMsg::Changed
        }
        WriteCmd::DropDraft { name } => {
            ledger.drop_draft(name, now)?;
            OutboxMsg::Changed
        }
    })
}

/// Reads the outbox as it is looked at; the cache, if there is one, knows the accounts' names.
pub fn read(workshop: &Workshop, cache: Option<&Cache>) -> Msg {
    match view(workshop, cache) {
        Ok(view) => Msg::Outbox(OutboxMsg::Loaded(Arc::new(view))),
        Err(error) => Msg::Failed(Workshop::storage_failure(&error)),
    }
}

fn view(workshop: &Workshop, cache: Option<&Cache>) -> Result<OutboxView, StoreError> {
    let Some(ledger) = ledger(workshop)? else {
        return Ok(OutboxView::default());
    };
    let is_final = |entry: &Entry| entry.state.is_final();
    let mut open = ledger.outbox_open()?;
    open.retain(|entry| !is_final(entry));
    let mut done = ledger.outbox_recent(MOST_DONE)?;
    done.retain(is_final);
    let drafts = ledger.drafts()?.iter().map(line_of).collect();
    let mut view = OutboxView {
        counts: ledger.outbox_counts()?,
        damaged: ledger.outbox_damaged()?,
        open,
        done,
        drafts,
        ..OutboxView::default()
    };
    if let Some(cache) = cache {
        name_accounts(cache, &mut view)?;
        name_values(cache, &mut view);
    }
    Ok(view)
}

fn line_of(draft: &Draft) -> DraftLine {
    let text = draft.body.trim_start();
    DraftLine {
        name: draft.name.clone(),
        begins: text.chars().take(BEGINNING).collect(),
        saved_at: draft.saved_at,
    }
}

fn name_accounts(cache: &Cache, view: &mut OutboxView) -> Result<(), StoreError> {
    let of_entries = view.open.iter().chain(&view.done);
    let mut ids: Vec<RecordId> = of_entries.filter_map(|entry| entry.new.account.clone()).collect();
    ids.extend(view.drafts.iter().filter_map(DraftLine::account));
    ids.sort();
    ids.dedup();
    for account in cache.records(Kind::Account, &ids)? {
        let name = account.core(Core::Name).unwrap_or_default().to_owned();
        view.accounts.insert(account.id, name);
    }
    Ok(())
}

/// What the CRM calls the fields that are written or conflict, their values, and what it takes in them.
fn name_values(cache: &Cache, view: &mut OutboxView) {
    let conflicts = view.open.iter().flat_map(|entry| &entry.conflicts);
    let mut fields: BTreeSet<Field> = conflicts.map(|conflict| conflict.field.clone()).collect();
    for entry in &view.open {
        if let Write::Update { changes, .. } = &entry.new.write {
            fields.extend(changes.iter().map(|change| change.field.clone()));
        }
    }
    if view.open.is_empty() {
        return;
    }
    let owners = owners(cache);
    let mut name = |field: &Field, is_owner: bool, options: &[(String, String)]| {
        let owned = owners.iter().filter(|_| is_owner);
        let owned = owned.map(|owner| (owner.id.to_string(), owner.name.clone()));
        for (value, label) in owned.chain(options.iter().cloned()) {
            view.values.insert((field.clone(), value), label);
        }
    };
    name(&Field::Core(Core::Owner), true, &[]);
    for kind in KINDS {
        for property in list::<Property>(cache, &documents::properties(kind)) {
            let field = Field::Mapped(property.name.clone());
            if fields.contains(&field) {
                name(&field, property.is_owner, &property.options);
                view.labels.insert(field.clone(), property.label.clone());
                view.properties
                    .insert((kind, field.clone()), editable(kind, field, property));
            }
        }
    }
}

/// What may be typed into a property, whatever record it is of.
fn editable(kind: Kind, field: Field, property: Property) -> EditableField {
    EditableField {
        contract: None,
        kind,
        record: RecordId::from(""),
        field,
        label: property.label,
        value_type: property.value_type,
        is_owner: property.is_owner,
        options: property.options,
        value: None,
        pending: None,
    }
}

/// Reads a text that was being composed.
pub fn draft(workshop: &Workshop, run: RunId, name: &str) -> Msg {
    // What is on its way, or was refused, is newer than what the ledger has.
    if let Some(text) = workshop.unwritten.draft(name) {
        let kept = false;
        return Msg::Outbox(OutboxMsg::DraftLoaded { run, text, kept });
    }
    let read = ledger(workshop).and_then(|ledger| ledger.map_or(Ok(None), |ledger| ledger.draft(name)));
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

/// Everyone whom the last sync found; nobody before the first one.
fn owners(cache: &Cache) -> Vec<Owner> {
    list(cache, OWNERS)
}

/// A list that the last sync kept; empty before the first one.
fn list<T: DeserializeOwned>(cache: &Cache, name: &str) -> Vec<T> {
    let document = cache.document(name).ok().flatten();
    document
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default()
}
