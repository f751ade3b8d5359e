//! Brings what is the team's from the ledger into its file, and from the files of others into the ledger.
//!
//! It is done on a thread of its own in the cockpit, and by commands before they answer and after they have noted
//! something: never inside a transaction that notes something, which so never waits for a folder on the network.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Setup;
use crate::domain::record::{Kind, RecordId};
use crate::domain::team_journal::{Fault, Mark, look};
use crate::store::team_files::{self, OwnFile, Stamp};
use crate::store::{Cache, Ledger, Notice, StoreError, files};
use crate::sync::Stores;
use crate::sync::schema::tenant_of;

use super::scoring;
use super::worker::WorkerError;

/// Name of the file beside the ledger that remembers how far the files of others were read.
const KEPT: &str = "team-journal.json";

/// What the ledger and the files of one tenant tell each other.
#[derive(Debug)]
pub struct Exchange {
    folder: PathBuf,
    tenant: String,
    author: String,
    may_write: bool,
    kept: PathBuf,
}

/// What is remembered between two looks. Where it is lost all is read again, which changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// Id of the ledger that it was taken over into.
    ledger: String,
    /// How many events that had: one with fewer is another.
    events: i64,
    /// What each file was when it was read.
    stamps: BTreeMap<String, Stamp>,
    /// How far each was read, and what is wrong in it.
    marks: BTreeMap<String, Mark>,
}

/// What came of reading the files of others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// The accounts of which something is told that was not known.
    pub accounts: BTreeSet<RecordId>,
    /// What is wrong and was not told before.
    pub notices: Vec<Notice>,
}

/// How a file of the folder stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its name.
    pub name: String,
    /// What is remembered of it.
    pub mark: Mark,
    /// Whether it is this ledger's own.
    pub own: bool,
    /// Whether it has what was not read yet.
    pub behind: bool,
}

impl Exchange {
    /// That of the tenant which this ledger is bound to; `None` without `[team] journal`, and before anybody knows the
    /// tenant.
    pub fn of(setup: &Setup, ledger: &Ledger) -> Result<Option<Self>, StoreError> {
        let Some((shared, profile)) = setup.settings.team.folder().zip(setup.profile()) else {
            return Ok(None);
        };
        let Some(tenant) = tenant_of(ledger)?.or_else(|| profile.tenant.clone()) else {
            return Ok(None);
        };
        let crm = profile.crm.word();
        Ok(Some(Self {
            folder: team_files::folder(shared, crm, &tenant),
            tenant: format!("{crm}-{tenant}"),
            author: setup.my_owner().unwrap_or_default(),
            may_write: setup.write_permit().is_ok(),
            kept: ledger.path().with_file_name(KEPT),
        }))
    }

    /// Where the files of this tenant are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends what is new in the ledger to its file, and says how much that was. Nothing where nothing may be written to
    /// the CRM: whoever only reads says nothing to the team either.
    pub fn say(&self, ledger: &Ledger) -> Result<usize, StoreError> {
        if !self.may_write {
            return Ok(0);
        }
        let mut said = 0;
        for id in ledger.ids()? {
            let lines = |after| ledger.shared_events(&id, after);
            said += OwnFile::new(&self.folder, &self.tenant, &id, &self.author).append(lines)?;
        }
        Ok(said)
    }

    /// Has its own files tell what the ledger tells by now: an erasure takes names out of it.
    pub fn keep_to(&self, ledger: &Ledger) -> Result<(), StoreError> {
        if self.may_write {
            for id in ledger.ids()? {
                let lines = ledger.shared_events(&id, 0)?;
                OwnFile::new(&self.folder, &self.tenant, &id, &self.author).keep_to(&lines)?;
            }
        }
        Ok(())
    }

    /// Whether a file is another than when it was read.
    pub fn is_behind(&self, ledger: &Ledger) -> Result<bool, StoreError> {
        let kept = self.remembered(ledger)?;
        let found: BTreeMap<String, Stamp> = team_files::list(&self.folder)?.into_iter().collect();
        Ok(found != kept.stamps)
    }

    /// Takes over what is new in the files, one transaction each.
    pub fn hear(&self, ledger: &mut Ledger, now: Timestamp) -> Result<Heard, StoreError> {
        let before = self.remembered(ledger)?;
        let (mut kept, mut heard) = (before.clone(), Heard::default());
        let found = team_files::list(&self.folder)?;
        for (name, stamp) in &found {
            if before.stamps.get(name) != Some(stamp) {
                let mark = self.hear_one(ledger, name, before.marks.get(name), now, &mut heard)?;
                kept.marks.insert(name.clone(), mark);
                kept.stamps.insert(name.clone(), *stamp);
            }
        }
        kept.stamps
            .retain(|name, _| found.iter().any(|(found, _)| found == name));
        for (name, mark) in &mut kept.marks {
            if !kept.stamps.contains_key(name) {
                mark.tell(Fault::Gone);
            }
        }
        for (name, mark) in &kept.marks {
            let told = before
                .marks
                .get(name)
                .map_or(&[][..], |mark| mark.faults.as_slice());
            let news = mark.faults.iter().filter(|fault| !told.contains(fault));
            heard.notices.extend(news.map(|fault| notice(name, fault)));
        }
        kept.ledger = id(ledger)?;
        if kept != before {
            kept.events = ledger.last_event()?;
            let json = serde_json::to_vec(&kept).unwrap_or_default();
            files::atomic_write(&self.kept, &json)?;
        }
        Ok(heard)
    }

    fn hear_one(
        &self,
        ledger: &mut Ledger,
        name: &str,
        before: Option<&Mark>,
        now: Timestamp,
        heard: &mut Heard,
    ) -> Result<Mark, StoreError> {
        let bytes = match team_files::read(&self.folder, name) {
            Ok(bytes) => bytes,
            Err(error) => {
                let mut mark = before.cloned().unwrap_or_default();
                let why = error.to_string();
                mark.tell(Fault::Unreadable { why });
                return Ok(mark);
            }
        };
        let mut look = look(&bytes, before, &self.tenant, now);
        if let Some(header) = &look.mark.header {
            let taken = ledger.take_over(&header.writer, &look.lines)?;
            heard.accounts.extend(taken.accounts);
            if taken.differs || taken.renamed {
                look.mark.tell(Fault::Twice);
            }
        }
        Ok(look.mark)
    }

    /// How each file stands, for whoever looks after them.
    pub fn states(&self, ledger: &Ledger) -> Result<Vec<State>, StoreError> {
        let kept = self.remembered(ledger)?;
        let ids = ledger.ids()?;
        let found = team_files::list(&self.folder)?;
        let names: BTreeSet<&String> = found
            .iter()
            .map(|(name, _)| name)
            .chain(kept.marks.keys())
            .collect();
        let state = |name: &String| {
            let mark = kept.marks.get(name).cloned().unwrap_or_default();
            let stamp = found
                .iter()
                .find(|(found, _)| found == name)
                .map(|(_, stamp)| stamp);
            State {
                own: mark
                    .header
                    .as_ref()
                    .is_some_and(|header| ids.contains(&header.writer)),
                behind: stamp.is_some() && kept.stamps.get(name) != stamp,
                name: name.clone(),
                mark,
            }
        };
        Ok(names.into_iter().map(state).collect())
    }

    /// What is remembered, if it is of this ledger as it is now.
    fn remembered(&self, ledger: &Ledger) -> Result<Kept, StoreError> {
        let json = std::fs::read(&self.kept).unwrap_or_default();
        let kept: Kept = serde_json::from_slice(&json).unwrap_or_default();
        let is_its = kept.ledger == id(ledger)? && kept.events <= ledger.last_event()?;
        Ok(if is_its { kept } else { Kept::default() })
    }
}

/// The id under which a ledger writes now; empty in one that was not opened for writing since ledgers have one.
fn id(ledger: &Ledger) -> Result<String, StoreError> {
    Ok(ledger.ids()?.pop().unwrap_or_default())
}

fn notice(name: &str, fault: &Fault) -> Notice {
    Notice {
        summary: format!("the team's journal, {name}: {}", fault.words()),
        hint: Some("`retain doctor` tells of all its files".to_owned()),
    }
}

/// Takes over what the team says, and makes nothing anew: that is left to a scoring that follows.
pub fn hear(setup: &Setup, stores: &mut Stores, now: Timestamp) -> Result<Heard, StoreError> {
    let Some(exchange) = Exchange::of(setup, &stores.ledger)? else {
        return Ok(Heard::default());
    };
    let mut heard = exchange.hear(&mut stores.ledger, now)?;
    heard.accounts = here(&stores.cache, &stores.ledger, heard.accounts)?;
    Ok(heard)
}

/// The same, and makes the accounts anew of which something is told.
pub fn hear_and_show(setup: &Setup, stores: &mut Stores, now: Timestamp) -> Result<Heard, WorkerError> {
    let heard = hear(setup, stores, now)?;
    if !heard.accounts.is_empty() {
        let accounts: Vec<RecordId> = heard.accounts.iter().cloned().collect();
        scoring::anew(setup, stores, &accounts, now)?;
    }
    Ok(heard)
}

/// Appends what is new in the ledger to its file.
pub fn say(setup: &Setup, ledger: &Ledger) -> Result<(), StoreError> {
    match Exchange::of(setup, ledger)? {
        Some(exchange) => exchange.say(ledger).map(drop),
        None => Ok(()),
    }
}

/// Tells the team what a sync has noted, and gives what went wrong, also with what was heard before: that keeps no sync from
/// its end. One that looked at everything may have erased somebody, of whom nothing stays in the file.
pub fn tell(setup: &Setup, ledger: &Ledger, heard: Result<Heard, StoreError>, full: bool) -> Vec<String> {
    let told = Exchange::of(setup, ledger).and_then(|exchange| {
        let Some(exchange) = exchange else {
            return Ok(());
        };
        exchange.say(ledger)?;
        if full { exchange.keep_to(ledger) } else { Ok(()) }
    });
    let (notices, unheard) = match heard {
        Ok(heard) => (heard.notices, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let failed = unheard.or(told.err());
    let notices = notices.into_iter().map(|notice| notice.summary);
    notices
        .chain(failed.map(|error| format!("the team's journal: {error}")))
        .collect()
}

/// Those of the accounts that are in the cache, by the ids that they have now.
fn here(
    cache: &Cache,
    ledger: &Ledger,
    accounts: BTreeSet<RecordId>,
) -> Result<BTreeSet<RecordId>, StoreError> {
    let mut found = BTreeSet::new();
    for account in accounts {
        let account = ledger.resolve(Kind::Account, &account)?;
        if cache.has(Kind::Account, &account)? {
            found.insert(account);
        }
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "team_journal_tests.rs"]
mod tests;
