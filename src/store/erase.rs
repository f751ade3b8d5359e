//! Erasure: the one thing that takes texts and rows out of the ledger, for people whom the CRM has deleted for good.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::outbox::{Change, Conflict, Entry, Step, Target, Write};
use crate::domain::record::{Kind, RecordId};

use super::cache::Cache;
use super::drafts;
use super::error::StoreError;
use super::journal::{self, NewEvent};
use super::key::{Key, id_at};
use super::ledger::Ledger;
use super::outbox::{self, EntryColumns, Folded, StepColumns};
use super::verify;

/// What stands where something was erased.
const ERASED: &str = "(erased)";
/// What an entry says that was about an erased person alone and had not left.
const ABOUT_THEM: &str = "it was about a person whom the CRM has deleted for good";
/// What an entry says that named them.
const NAMED_THEM: &str =
    "it named a person whom the CRM has deleted for good; the name was erased: change it or discard it";

/// A person who is to be erased.
#[derive(Debug)]
pub struct Person<'a> {
    /// The contact.
    pub id: &'a RecordId,
    /// Names and addresses that stand for this person alone, as far as they are known.
    pub names: &'a [String],
}

impl Ledger {
    /// The records of a kind of which anything was observed.
    pub fn observed(&self, kind: Kind) -> Result<Vec<RecordId>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached("SELECT DISTINCT record FROM observations WHERE kind = ?1")?
                .query_map([kind as u8], |row| id_at(row, 0).map(RecordId))?
                .collect()
        })
    }

    /// Erases what the ledger knows of a contact and notes this event, with one commit: observations go, and the texts
    /// of entries that are about no other contact; names go from all other texts. What had not left is discarded, or
    /// parked where it only named the person. Their bytes are overwritten in the database; call [`Ledger::empty_log`]
    /// after the last one.
    pub fn erase_person(
        &mut self,
        person: &Person<'_>,
        noted: &NewEvent,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (author, folded) = (&self.author, self.folded.get_mut());
        self.database.write(|transaction| {
            folded.catch_up(transaction)?;
            transaction
                .prepare_cached("DELETE FROM observations WHERE kind = ?1 AND record = ?2")?
                .execute(params![Kind::Contact as u8, Key(person.id.as_str())])?;
            erase_entries(transaction, folded, person, now)?;
            erase_drafts(transaction, person)?;
            erase_events(transaction, person)?;
            journal::append(transaction, author, std::slice::from_ref(noted), now)
        })
    }

    /// Brings the write-ahead log into the database and empties it, as it holds what was there before an erasure.
    /// `false` while somebody reads; the next call does it.
    pub fn empty_log(&self) -> Result<bool, StoreError> {
        self.database.empty_log()
    }
}

impl Cache {
    /// The same for the cache, which forgets a record as soon as the CRM archives it.
    pub fn empty_log(&self) -> Result<bool, StoreError> {
        self.database.empty_log()
    }
}

impl Person<'_> {
    fn is_named_in(&self, text: &str) -> bool {
        self.names.iter().any(|name| text.contains(name.as_str()))
    }

    fn out_of(&self, text: &str) -> String {
        let without = |text: String, name: &String| text.replace(name.as_str(), ERASED);
        self.names.iter().fold(text.to_owned(), without)
    }

    /// A value without the names, in all its texts.
    fn out_of_all<T: Serialize + DeserializeOwned>(&self, value: &T) -> Option<T> {
        let mut json = serde_json::to_value(value).ok()?;
        self.out_of_json(&mut json);
        serde_json::from_value(json).ok()
    }

    fn out_of_json(&self, json: &mut Value) {
        match json {
            Value::String(text) => *text = self.out_of(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.out_of_json(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.out_of_json(value)),
            _ => {}
        }
    }

    /// Whether a write is about this contact and no other.
    fn is_all_of(&self, write: &Write) -> bool {
        let is_them = |target: &Target| *target == Target::Record(self.id.clone());
        match write {
            Write::Create { about, .. } => {
                let mut contacts = about.iter().filter(|(kind, _)| *kind == Kind::Contact);
                let any = contacts.clone().next().is_some();
                any && contacts.all(|(_, target)| is_them(target))
            }
            Write::Update { kind, target, .. } | Write::Archive { kind, target } => {
                *kind == Kind::Contact && is_them(target)
            }
        }
    }
}

fn erase_entries(
    connection: &Connection,
    folded: &Folded,
    person: &Person<'_>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut next = folded.next_step();
    for first in all_entries(connection)? {
        let mut texts = vec![first.new.title.clone(), json(&first.new.write)];
        let steps = steps_of(connection, first.id.0)?;
        texts.extend(steps.iter().map(|step| step.text.clone()));
        let is_theirs = person.is_all_of(&first.new.write);
        if !is_theirs && !texts.iter().any(|text| person.is_named_in(text)) {
            continue;
        }
        let (title, write) = if is_theirs {
            (ERASED.to_owned(), blank(first.new.write.clone()))
        } else {
            let write = person.out_of_all(&first.new.write);
            (
                person.out_of(&first.new.title),
                write.unwrap_or(first.new.write.clone()),
            )
        };
        put_entry(connection, &first, &title, &write)?;
        for step in &steps {
            put_step(connection, step, person, is_theirs)?;
        }
        for step in ends(folded.open().find(|entry| entry.id == first.id), is_theirs) {
            outbox::insert_step(connection, next, first.id, &step, now)?;
            next += 1;
        }
    }
    Ok(())
}

/// The steps with which an entry ends, or waits for a person, that has not left and is about somebody who is gone.
fn ends(open: Option<&Entry>, is_theirs: bool) -> Vec<Step> {
    let Some(open) = open else {
        return Vec::new();
    };
    let discarded = Step::Discarded {
        why: ABOUT_THEM.to_owned(),
    };
    let parked = Step::Parked {
        said: NAMED_THEM.to_owned(),
    };
    match is_theirs {
        true if open.admits(&discarded) => vec![discarded],
        // We hold the lock: whoever was sending it is gone.
        true => vec![
            Step::Unknown {
                why: ABOUT_THEM.to_owned(),
            },
            discarded,
        ],
        false if open.leaves_at().is_some() => vec![parked],
        false => Vec::new(),
    }
}

/// A write of which only ids, days and choices are left.
fn blank(write: Write) -> Write {
    use crate::domain::outbox::Field;
    use crate::domain::record::Core;
    let is_text = |field: &Field| matches!(field, Field::Core(Core::Body | Core::Subject) | Field::Mapped(_));
    match write {
        Write::Create { kind, fields, about } => Write::Create {
            kind,
            fields: fields.into_iter().filter(|(field, _)| !is_text(field)).collect(),
            about,
        },
        Write::Update {
            kind,
            target,
            changes,
        } => Write::Update {
            kind,
            target,
            changes: changes
                .into_iter()
                .map(|change| Change {
                    base: None,
                    to: None,
                    ..change
                })
                .collect(),
        },
        archive @ Write::Archive { .. } => archive,
    }
}

/// The same of a step.
fn blank_step(step: Step) -> Step {
    let none = |conflicts: Vec<Conflict>| {
        let blank = conflicts.into_iter().map(|one| Conflict {
            base: None,
            mine: None,
            theirs: None,
            ..one
        });
        blank.collect()
    };
    let text = || ERASED.to_owned();
    match step {
        Step::Sent(mut receipt) => {
            receipt.replaced = none(receipt.replaced);
            Step::Sent(receipt)
        }
        Step::Retry { at, .. } => Step::Retry { at, why: text() },
        Step::Unknown { .. } => Step::Unknown { why: text() },
        Step::Doubted { .. } => Step::Doubted { why: text() },
        Step::Conflict { fields } => Step::Conflict { fields: none(fields) },
        Step::Parked { .. } => Step::Parked { said: text() },
        Step::Revised { write } => Step::Revised { write: blank(write) },
        Step::Discarded { .. } => Step::Discarded { why: text() },
        other @ (Step::Sending { .. } | Step::Resend | Step::TakenBack) => other,
    }
}

/// Entries as they were queued. One that is not as it was written is left for the salvage.
fn all_entries(connection: &Connection) -> rusqlite::Result<Vec<Entry>> {
    let rows: Vec<rusqlite::Result<Entry>> = connection
        .prepare_cached(&format!("SELECT {} FROM outbox ORDER BY sequence", outbox::ENTRY))?
        .query_map([], |row| Ok(outbox::read_entry(row)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().flatten().collect())
}

fn put_entry(connection: &Connection, entry: &Entry, title: &str, write: &Write) -> rusqlite::Result<()> {
    let write = json(write);
    let columns = EntryColumns {
        sequence: entry.id.0,
        author: &entry.author,
        key: &entry.key,
        act: &entry.new.act,
        account: entry.new.account.as_ref().map(RecordId::as_str),
        title,
        write: &write,
        queued: entry.queued_at.as_millisecond(),
        leaves: entry.new.leaves_at.as_millisecond(),
    };
    connection
        .prepare_cached("UPDATE outbox SET title = ?2, write = ?3, checksum = ?4 WHERE sequence = ?1")?
        .execute(params![entry.id.0, title, write, columns.checksum()])?;
    Ok(())
}

/// A step as it is stored.
struct Stored {
    sequence: i64,
    entry: i64,
    state: String,
    at: i64,
    text: String,
}

impl Stored {
    fn checksum(&self) -> i64 {
        StepColumns {
            sequence: self.sequence,
            entry: self.entry,
            state: &self.state,
            at: self.at,
            step: &self.text,
        }
        .checksum()
    }
}

fn steps_of(connection: &Connection, entry: i64) -> rusqlite::Result<Vec<Stored>> {
    let rows: Vec<(Stored, i64)> = connection
        .prepare_cached(&format!(
            "SELECT {} FROM outbox_steps WHERE entry = ?1",
            outbox::STEP
        ))?
        .query_map([entry], |row| {
            let step = Stored {
                sequence: row.get(0)?,
                entry: row.get(1)?,
                state: row.get(2)?,
                at: row.get(3)?,
                text: row.get(4)?,
            };
            Ok((step, row.get(5)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let sound = rows
        .into_iter()
        .filter(|(step, checksum)| verify(step.checksum(), *checksum).is_ok());
    Ok(sound.map(|(step, _)| step).collect())
}

fn put_step(
    connection: &Connection,
    step: &Stored,
    person: &Person<'_>,
    is_theirs: bool,
) -> rusqlite::Result<()> {
    let Ok(said) = serde_json::from_str::<Step>(&step.text) else {
        return Ok(());
    };
    let said = if is_theirs {
        Some(blank_step(said))
    } else {
        person.out_of_all(&said)
    };
    let Some(said) = said else { return Ok(()) };
    let after = Stored {
        text: json(&said),
        state: step.state.clone(),
        ..*step
    };
    connection
        .prepare_cached("UPDATE outbox_steps SET step = ?2, checksum = ?3 WHERE sequence = ?1")?
        .execute(params![step.sequence, after.text, after.checksum()])?;
    Ok(())
}

/// Names go from drafts. One that is about the contact by its own name goes as a whole.
fn erase_drafts(connection: &Connection, person: &Person<'_>) -> rusqlite::Result<()> {
    let rows: Vec<(i64, String, Option<String>, i64)> = connection
        .prepare_cached("SELECT sequence, name, body, saved_at FROM drafts")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (sequence, name, body, saved) in rows {
        let is_theirs = name.split(':').any(|part| part == person.id.as_str());
        let after = body
            .as_ref()
            .filter(|_| !is_theirs)
            .map(|body| person.out_of(body));
        if after != body {
            let checksum = drafts::checksum(sequence, &name, after.as_deref(), saved);
            connection
                .prepare_cached("UPDATE drafts SET body = ?2, checksum = ?3 WHERE sequence = ?1")?
                .execute(params![sequence, after, checksum])?;
        }
    }
    Ok(())
}

/// Names go from what the journal tells, e.g. from the steps of a playbook.
fn erase_events(connection: &Connection, person: &Person<'_>) -> rusqlite::Result<()> {
    for event in journal::all_sound(connection)? {
        let mut payload = event.payload.clone();
        person.out_of_json(&mut payload);
        if payload != event.payload {
            journal::put_payload(connection, &event, &payload)?;
        }
    }
    Ok(())
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// What the ledger notes about a contact that the CRM archives, brings back or deletes: ids only, nothing personal.
pub mod contact {
    /// The CRM has archived or deleted it.
    pub const GONE: &str = "contact-gone";
    /// It is here again.
    pub const BACK: &str = "contact-back";
    /// What was observed of it is erased.
    pub const ERASED: &str = "contact-erased";
}
