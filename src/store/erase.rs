//! Erasure: the one thing that takes texts and rows out of the ledger, for people whom the CRM has deleted for good.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::outbox::{Change, Conflict, Entry, Remedy, Step, Target, Write};
use crate::domain::record::{Kind, RecordId};

use super::cache::Cache;
use super::drafts;
use super::error::StoreError;
use super::files::directory_of;
use super::journal::{self, NewEvent};
use super::key::{Key, id_at};
use super::ledger::Ledger;
use super::outbox::{self, EntryColumns, Folded, StepColumns};
use super::verify;

/// What an entry says that was about an erased person alone and had not left.
const ABOUT_THEM: &str = "it was about a person whom the CRM has deleted for good";
/// What an entry says that named them.
const NAMED_THEM: &str =
    "it named a person whom the CRM has deleted for good; the name was erased: change it or discard it";

/// What an entry says that named them and may have arrived.
const MAY_NAME_THEM: &str =
    "it named a person whom the CRM has deleted for good, and may have arrived; the name was erased here";

mod beside;
mod names;

use names::{ERASED, Names};

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

    /// Erases what the ledger knows of contacts and notes these events, with one commit: observations go, and the texts
    /// of entries that are about no other contact; names go from all other texts. What had not left is discarded, or
    /// parked where it only named a person; what may have arrived does not leave again by itself. Their bytes are
    /// overwritten in the database, as they are in the files beside it; call [`Ledger::empty_log`] afterwards.
    pub fn erase_people(
        &mut self,
        people: &[Person<'_>],
        noted: &[NewEvent],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if people.is_empty() {
            return Ok(());
        }
        let people = People {
            ids: people.iter().map(|person| person.id).collect(),
            names: Names::of(people.iter().flat_map(|person| person.names)),
        };
        // Before the commit, after which nobody knows their names any more.
        beside::erase(directory_of(self.path()), &people)?;
        let erased = self.write_outbox(|transaction, folded, author| {
            for id in &people.ids {
                transaction
                    .prepare_cached("DELETE FROM observations WHERE kind = ?1 AND record = ?2")?
                    .execute(params![Kind::Contact as u8, Key(id.as_str())])?;
            }
            erase_entries(transaction, folded, &people, now)?;
            erase_drafts(transaction, &people)?;
            erase_events(transaction, &people)?;
            journal::append(transaction, author, noted, now)
        });
        // Rows that were read already are others now.
        self.folded.get_mut().forget();
        erased
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

/// All who are to be erased.
struct People<'a> {
    ids: BTreeSet<&'a RecordId>,
    names: Names,
}

impl People<'_> {
    /// A value without the names, in all its texts; `None` when it has none of them.
    fn out_of<T: Serialize + DeserializeOwned>(&self, value: &T) -> Option<T> {
        let mut json = serde_json::to_value(value).ok()?;
        let named = self.names.out_of_all(&mut json);
        named.then(|| serde_json::from_value(json).ok())?
    }

    /// Whether a draft of this name is about one of these contacts.
    fn have_draft(&self, name: &str) -> bool {
        name.split(':')
            .any(|part| self.ids.contains(&RecordId::from(part)))
    }

    /// Whether a write is about these contacts and no other.
    fn are_all_of(&self, write: &Write) -> bool {
        let is_theirs = |target: &Target| matches!(target, Target::Record(id) if self.ids.contains(id));
        match write {
            Write::Create { about, .. } => {
                let mut contacts = about.iter().filter(|(kind, _)| *kind == Kind::Contact);
                let any = contacts.clone().next().is_some();
                any && contacts.all(|(_, target)| is_theirs(target))
            }
            Write::Update { kind, target, .. } | Write::Archive { kind, target } => {
                *kind == Kind::Contact && is_theirs(target)
            }
        }
    }
}

fn erase_entries(
    connection: &Connection,
    folded: &Folded,
    people: &People<'_>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut next = folded.next_step();
    for first in all_entries(connection)? {
        let is_theirs = people.are_all_of(&first.new.write);
        let (title, write) = if is_theirs {
            (Some(ERASED.to_owned()), Some(blank(first.new.write.clone())))
        } else {
            (
                people.names.out_of(&first.new.title),
                people.out_of(&first.new.write),
            )
        };
        let mut touched = title.is_some() || write.is_some();
        if touched {
            let title = title.as_deref().unwrap_or(&first.new.title);
            put_entry(
                connection,
                &first,
                title,
                write.as_ref().unwrap_or(&first.new.write),
            )?;
        }
        for sequence in folded.steps_of(first.id) {
            touched |= erase_step(connection, *sequence, people, is_theirs)?;
        }
        let open = folded.open().find(|entry| entry.id == first.id);
        for step in open
            .filter(|_| touched)
            .map(|open| ends(open, is_theirs))
            .unwrap_or_default()
        {
            outbox::insert_step(connection, next, first.id, &step, now)?;
            next += 1;
        }
    }
    Ok(())
}

/// The steps with which an entry ends, or waits for a person, that is not done and is about somebody who is gone.
fn ends(open: &Entry, is_theirs: bool) -> Vec<Step> {
    let discarded = Step::Discarded {
        why: ABOUT_THEM.to_owned(),
    };
    let parked = Step::Parked {
        said: NAMED_THEM.to_owned(),
        remedy: Remedy::Edit,
    };
    let doubted = Step::Doubted {
        why: MAY_NAME_THEM.to_owned(),
    };
    match is_theirs {
        true if open.admits(&discarded) => vec![discarded],
        // We hold the lock: whoever was sending it is gone.
        true => vec![
            Step::Unknown {
                why: ABOUT_THEM.to_owned(),
                settled: false,
            },
            discarded,
        ],
        false if open.leaves_at().is_some() => vec![parked],
        false if open.admits(&doubted) => vec![doubted],
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
        Step::Unknown { settled, .. } => Step::Unknown { why: text(), settled },
        Step::Doubted { .. } => Step::Doubted { why: text() },
        Step::Conflict { fields } => Step::Conflict { fields: none(fields) },
        Step::Parked { remedy, .. } => Step::Parked { said: text(), remedy },
        Step::Revised {
            write,
            title,
            base,
            grace,
        } => Step::Revised {
            write: blank(write),
            title: title.map(|_| text()),
            base: base.map(blank),
            grace,
        },
        Step::Discarded { .. } => Step::Discarded { why: text() },
        other @ (Step::Sending { .. }
        | Step::Held { .. }
        | Step::Released
        | Step::Resend { .. }
        | Step::TakenBack) => other,
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

/// Takes out of a step what is to be erased, and says whether there was anything.
fn erase_step(
    connection: &Connection,
    sequence: i64,
    people: &People<'_>,
    is_theirs: bool,
) -> rusqlite::Result<bool> {
    let found: Option<(Stored, i64)> = connection
        .prepare_cached(&format!(
            "SELECT {} FROM outbox_steps WHERE sequence = ?1",
            outbox::STEP
        ))?
        .query_row([sequence], |row| {
            let step = Stored {
                sequence: row.get(0)?,
                entry: row.get(1)?,
                state: row.get(2)?,
                at: row.get(3)?,
                text: row.get(4)?,
            };
            Ok((step, row.get(5)?))
        })
        .optional()?;
    // One that is not as it was written is left for the salvage.
    let sound = found.filter(|(step, checksum)| verify(step.checksum(), *checksum).is_ok());
    let Some((step, _)) = sound else {
        return Ok(false);
    };
    let said: Option<Step> = serde_json::from_str(&step.text).ok();
    let said = said.and_then(|said| {
        if is_theirs {
            Some(blank_step(said))
        } else {
            people.out_of(&said)
        }
    });
    let Some(said) = said else {
        return Ok(false);
    };
    let after = Stored {
        text: json(&said),
        ..step
    };
    connection
        .prepare_cached("UPDATE outbox_steps SET step = ?2, checksum = ?3 WHERE sequence = ?1")?
        .execute(params![sequence, after.text, after.checksum()])?;
    Ok(true)
}

/// Names go from drafts. One that is about a contact by its own name goes as a whole.
fn erase_drafts(connection: &Connection, people: &People<'_>) -> rusqlite::Result<()> {
    let rows: Vec<(i64, String, Option<String>, i64)> = connection
        .prepare_cached("SELECT sequence, name, body, saved_at FROM drafts")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (sequence, name, body, saved) in rows {
        let is_theirs = people.have_draft(&name);
        let without = body.as_deref().and_then(|body| people.names.out_of(body));
        if (is_theirs && body.is_some()) || without.is_some() {
            let after = without.filter(|_| !is_theirs);
            let checksum = drafts::checksum(sequence, &name, after.as_deref(), saved);
            connection
                .prepare_cached("UPDATE drafts SET body = ?2, checksum = ?3 WHERE sequence = ?1")?
                .execute(params![sequence, after, checksum])?;
        }
    }
    Ok(())
}

/// Names go from what the journal tells, e.g. from the steps of a playbook.
fn erase_events(connection: &Connection, people: &People<'_>) -> rusqlite::Result<()> {
    for event in journal::all_sound(connection)? {
        let mut payload = event.payload.clone();
        if people.names.out_of_all(&mut payload) {
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
