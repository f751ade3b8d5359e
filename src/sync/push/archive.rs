//! Records that we made and that are taken back: looked at first, so that nobody else's work on them goes unseen.

use std::collections::BTreeMap;

use super::Pusher;
use super::wait::is_about_everything;
use crate::crm::{CrmWrite, Written};
use crate::domain::html;
use crate::domain::outbox::{Change, Conflict, Entry, Field, Step, Write, same};
use crate::domain::record::{Core, Kind, Record, RecordId, ValueType};
use crate::domain::words;
use crate::sync::error::SyncError;

impl<C: CrmWrite> Pusher<'_, C> {
    /// Archives records of one kind: one question reads them, one archives those that only we have written to.
    pub(super) fn archive(&mut self, kind: Kind, entries: Vec<Entry>) -> Result<(), SyncError> {
        let mut wanted = Vec::new();
        for entry in entries {
            if let Some(target) = entry.new.write.target()
                && let Some(id) = self.resolved(kind, target)?
            {
                wanted.push((entry, id));
            }
        }
        let ids: Vec<RecordId> = wanted.iter().map(|(_, id)| id.clone()).collect();
        let batch = match self.reader.ask(self.crm.read(kind, &ids, &[])) {
            Ok(batch) => batch,
            Err(SyncError::Crm(error)) if is_about_everything(&error) => return self.end(&error),
            // It is about one of them: each is asked for alone.
            Err(SyncError::Crm(_)) if wanted.len() > 1 => {
                for (entry, _) in wanted {
                    if self.ended.is_none() {
                        self.archive(kind, vec![entry])?;
                    }
                }
                return Ok(());
            }
            Err(SyncError::Crm(error)) => {
                let entries: Vec<Entry> = wanted.into_iter().map(|(entry, _)| entry).collect();
                return self.none_done(&entries, &error);
            }
            Err(SyncError::Stopped) => return Ok(()),
            Err(error) => return Err(error),
        };
        let is_alone = wanted.len() == 1;
        let (mut leaving, mut ids, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for (entry, id) in wanted {
            if self.ended.is_some() {
                break;
            }
            let record = batch.records.iter().find(|record| record.id == id);
            // Only what the CRM says it has no more is gone.
            if record.is_none() && !batch.missing.contains(&id) {
                refused.push(entry);
                continue;
            }
            if !self.is_ours_alone(&entry, record)? {
                continue;
            }
            let Some(entry) = self.step(
                entry.id,
                &Step::Sending {
                    seen: None,
                    keyed: false,
                },
            )?
            else {
                continue;
            };
            if record.is_some() {
                leaving.push(entry);
                ids.push(id);
            } else {
                self.gone(&entry, kind, &id)?;
            }
        }
        self.send_archive(kind, leaving, &ids)?;
        if is_alone {
            return self.park_unanswered(refused);
        }
        for entry in refused {
            if self.ended.is_none() {
                self.archive(kind, vec![entry])?;
            }
        }
        Ok(())
    }

    fn send_archive(&mut self, kind: Kind, leaving: Vec<Entry>, ids: &[RecordId]) -> Result<(), SyncError> {
        if self.none_leave(&leaving)? {
            return Ok(());
        }
        let archived = self.reader.ask(self.crm.archive(self.options.permit, kind, ids));
        for (entry, written) in self.answers(leaving, archived)? {
            if let Written::Done { id } = written {
                self.gone(&entry, kind, &id)?;
            } else {
                self.not_done(&entry, written)?;
            }
        }
        Ok(())
    }

    /// Whether a record says nothing that we have not written, or that the person has not seen and decided about;
    /// else it is a conflict, and the step says so already.
    fn is_ours_alone(&mut self, entry: &Entry, record: Option<&Record>) -> Result<bool, SyncError> {
        let Some(record) = record else {
            return Ok(true);
        };
        let mut foreign = foreign(record, &self.written_by_us(record)?);
        foreign.retain(|one| {
            let seen = |other: &Conflict| other.field == one.field && other.theirs == one.theirs;
            !entry.overruled.iter().any(seen)
        });
        if foreign.is_empty() {
            return Ok(true);
        }
        let fields = self.dated(record, foreign)?;
        self.step(entry.id, &Step::Conflict { fields })?;
        Ok(false)
    }

    /// What we made of a record, oldest first: the key of the entry and what it wrote.
    fn written_by_us(&self, record: &Record) -> Result<Vec<(String, Vec<Change>)>, SyncError> {
        let ledger = &self.stores.ledger;
        let mut names = vec![record.id.clone()];
        for alias in ledger.aliases()? {
            if alias.kind == record.kind && ledger.resolve(record.kind, &alias.old)? == record.id {
                names.push(alias.old);
            }
        }
        let mut ours = Vec::new();
        for entry in ledger.outbox_sent_to(&names)? {
            if entry.new.write.kind() != record.kind {
                continue;
            }
            let changes = match entry.new.write {
                Write::Create { fields, .. } => fields.into_iter().map(made).collect(),
                Write::Update { changes, .. } => changes,
                Write::Archive { .. } => continue,
            };
            ours.push((entry.key, changes));
        }
        Ok(ours)
    }
}

fn made((field, value): (Field, String)) -> Change {
    Change {
        field,
        base: None,
        to: Some(value),
        value_type: ValueType::Text,
    }
}

/// What a record has in fields that we wrote, and that is not what we wrote last. A task that somebody else has
/// completed counts too.
fn foreign(record: &Record, ours: &[(String, Vec<Change>)]) -> Vec<Conflict> {
    let mut last: BTreeMap<Core, Option<String>> = BTreeMap::new();
    if record.kind == Kind::Task && !ours.is_empty() {
        last.insert(Core::Done, Some("false".to_owned()));
    }
    for change in ours.iter().flat_map(|(_, changes)| changes) {
        if let Field::Core(core) = change.field {
            last.insert(core, change.to.clone());
        }
    }
    let keys: Vec<&str> = ours.iter().map(|(key, _)| key.as_str()).collect();
    let differs = |(core, wrote): (Core, Option<String>)| {
        let theirs = record.core(core);
        let is_same = match core {
            Core::Body => unsigned(theirs, &keys) == lines(wrote.as_deref()),
            _ => same(core.value_type(), theirs, wrote.as_deref()),
        };
        (!is_same).then(|| Conflict {
            field: Field::Core(core),
            base: wrote,
            mine: None,
            theirs: theirs.map(str::to_owned),
            theirs_at: None,
            theirs_by: None,
        })
    };
    last.into_iter().filter_map(differs).collect()
}

/// The lines of a text that the CRM keeps, without the signature line of ours.
pub(super) fn unsigned(body: Option<&str>, keys: &[&str]) -> Vec<String> {
    let mut lines = trimmed(body.map(html::lines).unwrap_or_default());
    words::unsigned(&mut lines, |line| keys.iter().any(|key| line.contains(key)));
    lines
}

/// The lines of a text of ours.
pub(super) fn lines(text: Option<&str>) -> Vec<String> {
    trimmed(
        text.map(|text| html::lines(&html::from_text(text)))
            .unwrap_or_default(),
    )
}

/// Without empty lines: between text and signature there may be any number.
fn trimmed(mut lines: Vec<String>) -> Vec<String> {
    lines.retain(|line| !line.trim().is_empty());
    lines
}
