//! Asks the CRM: everything that one step needs at once, without touching the stores.
//!
//! It can be used from several threads, so that the next page is under way while one is being kept.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::time::timeout;

use super::error::SyncError;
use super::report::{SyncOptions, Urgent};
use crate::crm::{Batch, Crm, CrmError, Histories, Hit, Page, Search};
use crate::domain::record::{Kind, Record, RecordId};

/// How often it is looked whether a question that waits for its answer is to be given up.
const LOOK: Duration = Duration::from_millis(250);
/// So long an answer may take before the sync makes way for what is urgent.
const PATIENCE: Duration = Duration::from_secs(3);

/// The kinds that hang on an account, in the order in which they are read.
pub const LINKED: [Kind; 8] = [
    Kind::Contract,
    Kind::Contact,
    Kind::Ticket,
    Kind::Task,
    Kind::Note,
    Kind::Call,
    Kind::Meeting,
    Kind::Email,
];

/// For each id the ids it is linked to.
pub type Links = Vec<(RecordId, Vec<RecordId>)>;

/// One kind of records as they hang on others.
#[derive(Debug)]
pub struct Branch {
    /// Kind at the `from` end, e.g. account, or contact for survey answers.
    pub from: Kind,
    /// Kind at the other end.
    pub to: Kind,
    /// The links, complete for each id that was asked for and answered.
    pub links: Links,
    /// The records that were read.
    pub records: Vec<Record>,
    /// Ids that are linked but that the CRM does not give.
    pub missing: Vec<RecordId>,
}

/// Asks the CRM on behalf of one sync.
pub struct Reader<'a, C> {
    pub(super) crm: &'a C,
    runtime: &'a Handle,
    properties: BTreeMap<Kind, Vec<String>>,
    stop: &'a AtomicBool,
    /// Whether a question that waits may be given up. One that writes never is: it may have an effect.
    gives_up: bool,
    urgent: Option<&'a Urgent>,
    /// Kinds that the key may not read, and why.
    closed: Mutex<BTreeMap<Kind, Closed>>,
    /// Records that the CRM would not answer for.
    refused: Mutex<BTreeSet<(Kind, RecordId)>>,
}

/// Why a kind cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// The key lacks these scopes.
    Scopes(Vec<String>),
    /// The CRM refuses it in its own words.
    Refused(String),
}

impl<'a, C: Crm> Reader<'a, C> {
    /// A reader for a sync, which only reads: it gives up a question when it is stopped or something is urgent.
    pub fn of_sync(crm: &'a C, runtime: &'a Handle, options: &'a SyncOptions) -> Self {
        Self {
            gives_up: true,
            urgent: options.urgent.as_ref(),
            ..Self::new(crm, runtime, &options.stop)
        }
    }

    /// A reader that asks for the core fields only, and waits for the answer to whatever it has asked.
    pub fn new(crm: &'a C, runtime: &'a Handle, stop: &'a AtomicBool) -> Self {
        Self {
            crm,
            runtime,
            properties: BTreeMap::new(),
            stop,
            gives_up: false,
            urgent: None,
            closed: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// From now on asks for these properties too, by kind.
    pub fn set_properties(&mut self, properties: BTreeMap<Kind, Vec<String>>) {
        self.properties = properties;
    }

    /// Waits for one answer.
    pub fn ask<T>(&self, answer: impl Future<Output = Result<T, CrmError>>) -> Result<T, SyncError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(SyncError::Stopped);
        }
        if self.gives_up {
            self.runtime.block_on(self.unless_given_up(answer))
        } else {
            Ok(self.runtime.block_on(answer)?)
        }
    }

    /// The answer, unless it takes so long that the question is given up.
    async fn unless_given_up<T>(
        &self,
        answer: impl Future<Output = Result<T, CrmError>>,
    ) -> Result<T, SyncError> {
        let (mut answer, asked) = (pin!(answer), Instant::now());
        loop {
            if let Ok(answer) = timeout(LOOK, &mut answer).await {
                return Ok(answer?);
            }
            if self.stop.load(Ordering::Relaxed) {
                return Err(SyncError::Stopped);
            }
            if asked.elapsed() >= PATIENCE && self.urgent.is_some_and(Urgent::is_now) {
                return Err(SyncError::MadeWay);
            }
        }
    }

    /// Waits for an answer about a kind; a kind that the key may not read is nothing, and is remembered. Without
    /// accounts there is nothing to do at all, so for them it stays an error.
    fn ask_about<T: Default>(
        &self,
        kind: Kind,
        answer: impl Future<Output = Result<T, CrmError>>,
    ) -> Result<T, SyncError> {
        match self.ask(answer) {
            Err(SyncError::Crm(CrmError::MissingScope { scopes })) if kind != Kind::Account => {
                self.closed().insert(kind, Closed::Scopes(scopes));
                Ok(T::default())
            }
            other => other,
        }
    }

    /// The same about a kind as a whole: one that is forbidden or not there at all is closed too, since the other kinds
    /// can be read without it.
    fn ask_about_all<T: Default>(
        &self,
        kind: Kind,
        answer: impl Future<Output = Result<T, CrmError>>,
    ) -> Result<T, SyncError> {
        match self.ask_about(kind, answer) {
            Err(SyncError::Crm(error))
                if kind != Kind::Account && (error.is_forbidden() || error.is_not_found()) =>
            {
                self.closed().insert(kind, Closed::Refused(error.to_string()));
                Ok(T::default())
            }
            other => other,
        }
    }

    fn closed(&self) -> std::sync::MutexGuard<'_, BTreeMap<Kind, Closed>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The kinds that the key may not read, and why.
    pub fn closed_kinds(&self) -> BTreeMap<Kind, Closed> {
        self.closed().clone()
    }

    /// How many records of each kind the CRM would not answer for.
    pub fn refused(&self) -> BTreeMap<Kind, usize> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counts = BTreeMap::new();
        for (kind, _) in refused.iter() {
            *counts.entry(*kind).or_default() += 1;
        }
        counts
    }

    /// Whether the key may read this kind, as far as is known.
    pub fn is_open(&self, kind: Kind) -> bool {
        !self.closed().contains_key(&kind)
    }

    /// The properties that are asked for.
    pub fn properties(&self, kind: Kind) -> &[String] {
        self.properties.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// One page of a list.
    pub fn list(&self, kind: Kind, after: Option<&str>, archived: bool) -> Result<Page<Record>, SyncError> {
        let nothing = || Page {
            items: Vec::new(),
            after: None,
            total: None,
        };
        if !self.is_open(kind) {
            return Ok(nothing());
        }
        let page = async {
            self.crm
                .list(kind, self.properties(kind), after, archived)
                .await
                .map(Some)
        };
        Ok(self.ask_about_all(kind, page)?.unwrap_or_else(nothing))
    }

    /// One page of a search.
    pub fn search(&self, search: &Search) -> Result<Page<Hit>, SyncError> {
        let nothing = || Page {
            items: Vec::new(),
            after: None,
            total: None,
        };
        if !self.is_open(search.kind) {
            return Ok(nothing());
        }
        let page = async { self.crm.search(search).await.map(Some) };
        Ok(self.ask_about_all(search.kind, page)?.unwrap_or_else(nothing))
    }

    /// Records by id. "Not found" of one that is asked for alone is about this record, and says that it is gone: were the
    /// kind not there, its list or its search would have said so before.
    pub fn read(&self, kind: Kind, ids: &[RecordId]) -> Result<Batch, SyncError> {
        if ids.is_empty() || !self.is_open(kind) {
            return Ok(Batch::default());
        }
        let answer = self.ask_about(kind, self.crm.read(kind, ids, self.properties(kind)));
        let batch = match (answer, ids) {
            (Err(SyncError::Crm(error)), [gone]) if error.is_not_found() => Batch {
                missing: vec![gone.clone()],
                ..Batch::default()
            },
            (answer, _) => answer?,
        };
        self.note_refused(kind, &batch.refused);
        Ok(batch)
    }

    /// Past values of these properties.
    pub fn history(
        &self,
        kind: Kind,
        ids: &[RecordId],
        properties: &[String],
    ) -> Result<Histories, SyncError> {
        if ids.is_empty() || !self.is_open(kind) {
            return Ok(Histories::default());
        }
        self.ask_about(kind, self.crm.history(kind, ids, properties))
    }

    /// For each id the ids of the linked records of another kind. One that the CRM would not answer for is left out and
    /// remembered.
    pub fn links(&self, from: Kind, to: Kind, ids: &[RecordId]) -> Result<Links, SyncError> {
        let closed = [from, to].into_iter().find(|kind| !self.is_open(*kind));
        if ids.is_empty() || closed.is_some() {
            return Ok(Links::default());
        }
        // The parent can be read; what hangs on it is what the key lacks.
        let blamed = if to == Kind::Account || from == Kind::Survey {
            from
        } else {
            to
        };
        let links: Links = self.ask_about_all(blamed, self.crm.links(from, to, ids))?;
        if self.is_open(blamed) {
            let answered: BTreeSet<&RecordId> = links.iter().map(|(id, _)| id).collect();
            self.note_refused(from, ids.iter().filter(|id| !answered.contains(id)));
        }
        Ok(links)
    }

    fn note_refused<'b>(&self, kind: Kind, ids: impl IntoIterator<Item = &'b RecordId>) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.extend(ids.into_iter().map(|id| (kind, id.clone())));
    }

    /// The links of one kind, and with `read` the linked records.
    pub fn branch(&self, from: Kind, to: Kind, ids: &[RecordId], read: bool) -> Result<Branch, SyncError> {
        let links = self.links(from, to, ids)?;
        let linked: BTreeSet<&RecordId> = links.iter().flat_map(|(_, ids)| ids).collect();
        let linked: Vec<RecordId> = linked.into_iter().filter(|_| read).cloned().collect();
        let Batch { records, missing, .. } = self.read(to, &linked)?;
        Ok(Branch {
            from,
            to,
            links,
            records,
            missing,
        })
    }

    /// The links of everything that hangs on these accounts, and with `read` the linked records.
    ///
    /// Each kind has a thread of its own, and survey answers hang on contacts.
    pub fn families(&self, accounts: &[RecordId], read: bool) -> Result<Vec<Branch>, SyncError> {
        thread::scope(|scope| {
            let asked: Vec<_> = LINKED
                .into_iter()
                .map(|kind| scope.spawn(move || self.family_of(kind, accounts, read)))
                .collect();
            let mut branches = Vec::new();
            for thread in asked {
                match thread.join() {
                    Ok(found) => branches.extend(found?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(branches)
        })
    }

    fn family_of(&self, kind: Kind, accounts: &[RecordId], read: bool) -> Result<Vec<Branch>, SyncError> {
        let branch = self.branch(Kind::Account, kind, accounts, read)?;
        if kind != Kind::Contact {
            return Ok(vec![branch]);
        }
        let contacts: BTreeSet<RecordId> = branch.links.iter().flat_map(|(_, ids)| ids.clone()).collect();
        let contacts: Vec<RecordId> = contacts.into_iter().collect();
        let surveys = self.branch(Kind::Contact, Kind::Survey, &contacts, read)?;
        Ok(vec![branch, surveys])
    }
}
