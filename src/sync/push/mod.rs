//! Sends what waits in the outbox, in its order, and tells strictly what became of it.
//!
//! Each step is on disk before the next thing happens: [`Step::Sending`] before the first byte leaves,
//! [`Step::Sent`] before the cache is brought up to it. So a crash at any place leaves an entry that the next push
//! understands: one that is still `sending` then may have arrived, and is read back before anything else happens.
//! What may leave when is `domain::outbox`'s to say; only the process that holds the lock may call [`push`].

mod archive;
mod change;
mod fetch;
mod make;
mod replaced;
mod rest;
mod settle;
mod turn;
mod wait;

pub use turn::has_queued;

use std::collections::BTreeSet;
use std::future::Future;

use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;

use super::error::SyncError;
use super::reader::Reader;
use super::report::SyncOptions;
use super::schema::{self, Schema};
use super::session::{Stores, keep_wait};
use super::status::{DOCUMENT, SyncStatus};
use crate::config::mapping::Mapping;
use crate::crm::{CrmError, CrmWrite, Tenant};
use crate::domain::outbox::{Conflict, Entry, EntryId, Receipt, Remedy, State, Step, Write, WritePermit};
use crate::domain::record::{Kind, Owner, RecordId};

/// What a push is asked for.
#[derive(Clone)]
pub struct PushOptions<'a> {
    /// Shows that writing is allowed.
    pub permit: WritePermit,
    /// For so long after no answer came the CRM is read for it; then a person is asked.
    pub settle: SignedDuration,
    /// Whose portal it must be, who I am, and the flag that stops it.
    pub sync: SyncOptions,
    /// Tells the time (UTC).
    pub clock: &'a dyn Fn() -> Timestamp,
}

/// What a push tells while it works.
#[derive(Debug, Clone, PartialEq)]
pub enum PushEvent {
    /// An entry took a step, which is on disk.
    Stepped(Box<Entry>),
    /// These accounts, or something that belongs to them, changed in the cache; refresh them.
    Changed {
        /// Their ids.
        accounts: Vec<RecordId>,
    },
}

/// How the outbox stands after a push.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PushReport {
    /// Entries that arrived, or were seen to have arrived.
    pub sent: u64,
    /// Entries that leave by themselves later.
    pub waiting: u64,
    /// Entries that a person has to decide about.
    pub needs_a_person: u64,
    /// When there is something to do again (UTC).
    pub next: Option<Timestamp>,
    /// Why nothing more was sent, if the CRM could not be asked.
    pub stopped: Option<String>,
    /// Whether that is because the CRM is slow, in trouble or at its limits, and not for want of any way to it.
    pub kept_waiting: bool,
    /// Whether that is because the CRM lets nobody in with the token, or there is none.
    pub denied: bool,
}

/// Sends what is due. It blocks: call it on a thread of its own, and only while holding the profile's lock.
///
/// What the CRM does with one entry never fails the push, nor holds up another entry.
pub fn push<C: CrmWrite>(
    crm: &C,
    runtime: &Handle,
    stores: &mut Stores,
    mapping: &Mapping,
    options: &PushOptions<'_>,
    on_event: &mut dyn FnMut(PushEvent, &mut Stores),
) -> Result<PushReport, SyncError> {
    let Schema {
        owners, properties, ..
    } = schema::kept(&stores.cache, mapping)?;
    let mut reader = Reader::new(crm, runtime, &options.sync.stop);
    reader.set_properties(properties);
    let mut pusher = Pusher {
        crm,
        reader: &reader,
        stores,
        mapping,
        options,
        on_event,
        owners,
        tenant: None,
        tried: BTreeSet::new(),
        sent: 0,
        ended: None,
    };
    pusher.work()?;
    pusher.report()
}

/// One push under way.
struct Pusher<'a, C> {
    crm: &'a C,
    reader: &'a Reader<'a, C>,
    stores: &'a mut Stores,
    mapping: &'a Mapping,
    options: &'a PushOptions<'a>,
    on_event: &'a mut dyn FnMut(PushEvent, &mut Stores),
    owners: Vec<Owner>,
    tenant: Option<Tenant>,
    /// Entries with an attempt in this push: each has one at most.
    tried: BTreeSet<EntryId>,
    sent: u64,
    /// Why the CRM cannot be asked any more in this push.
    ended: Option<Ended>,
}

/// Why a push asks the CRM nothing more.
#[derive(Debug, Clone)]
struct Ended {
    why: String,
    /// Not before (UTC), when the CRM said so.
    until: Option<Timestamp>,
    /// Whether the CRM is slow, in trouble, or at its limits.
    kept_waiting: bool,
    /// Whether it lets nobody in with the token, or there is none.
    denied: bool,
}

impl<C: CrmWrite> Pusher<'_, C> {
    fn work(&mut self) -> Result<(), SyncError> {
        self.let_go_of_the_gone()?;
        self.disown_orphans()?;
        self.park_forsaken()?;
        if !self.has_anything_to_do()? || !self.is_let_in()? {
            return Ok(());
        }
        self.settle_unknown()?;
        while self.ended.is_none() {
            let wave = self.next_wave()?;
            if wave.is_empty() {
                break;
            }
            self.send(wave)?;
        }
        // What was left without an answer just now may be there already.
        self.settle_unknown()?;
        self.put_off_the_rest()
    }

    fn now(&self) -> Timestamp {
        (self.options.clock)()
    }

    /// What is being changed stays, but not for a program that ended meanwhile.
    fn let_go_of_the_gone(&mut self) -> Result<(), SyncError> {
        let now = self.now();
        for entry in self.stores.ledger.let_go_of_the_gone(now)? {
            (self.on_event)(PushEvent::Stepped(Box::new(entry)), self.stores);
        }
        Ok(())
    }

    /// We hold the lock: whoever was sending is gone, and may have sent.
    fn disown_orphans(&mut self) -> Result<(), SyncError> {
        for entry in self.stores.ledger.outbox_open()? {
            if entry.state == State::Sending {
                let why = "the program ended while it was being sent".to_owned();
                self.step(entry.id, &Step::Unknown { why, settled: false })?;
            }
        }
        Ok(())
    }

    fn has_anything_to_do(&self) -> Result<bool, SyncError> {
        let open = self.stores.ledger.outbox_open()?;
        let unsettled = open.iter().any(Self::is_unsettled);
        Ok(unsettled || !self.due(&open)?.is_empty())
    }

    /// Asks whose portal it is before anything is written to it.
    fn is_let_in(&mut self) -> Result<bool, SyncError> {
        let now = self.now();
        let status = SyncStatus::parse(self.stores.cache.document(DOCUMENT)?.as_deref());
        if let Some(until) = status.held_until(now) {
            self.ended = Some(Ended {
                why: "the CRM asked to be left alone".to_owned(),
                until: Some(until),
                kept_waiting: true,
                denied: false,
            });
        } else if let Some(tenant) = self.asked(self.crm.tenant())? {
            let options = SyncOptions {
                now,
                ..self.options.sync.clone()
            };
            schema::settle_tenant(self.stores, &tenant, &options)?;
            self.tenant = Some(tenant);
        }
        if self.ended.is_some() {
            self.put_off_the_rest()?;
        }
        Ok(self.ended.is_none())
    }

    /// The answer, or `None` when the CRM cannot be asked: then the push has ended.
    fn asked<T>(
        &mut self,
        answer: impl Future<Output = Result<T, CrmError>>,
    ) -> Result<Option<T>, SyncError> {
        let answer = self.reader.ask(answer);
        self.taken(answer)
    }

    /// The same of an answer that is there.
    fn taken<T>(&mut self, answer: Result<T, SyncError>) -> Result<Option<T>, SyncError> {
        match answer {
            Ok(value) => Ok(Some(value)),
            Err(SyncError::Crm(error)) => {
                self.end(&error)?;
                Ok(None)
            }
            Err(SyncError::Stopped) => {
                self.ended = Some(Ended {
                    why: "it was stopped".to_owned(),
                    until: None,
                    kept_waiting: false,
                    denied: false,
                });
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Nothing more is asked in this push; a wait that the CRM asks for holds for every process.
    fn end(&mut self, error: &CrmError) -> Result<(), SyncError> {
        let now = self.now();
        let until = keep_wait(&mut self.stores.cache, error, now)?;
        self.ended = Some(Ended {
            why: error.to_string(),
            until,
            kept_waiting: error.is_kept_waiting(),
            denied: error.is_denied(),
        });
        Ok(())
    }

    /// Parks what belongs to something that was given up, or that is damaged or gone: it would wait for ever.
    fn park_forsaken(&mut self) -> Result<(), SyncError> {
        let open = self.stores.ledger.outbox_open()?;
        let given_up = |id: EntryId| {
            let other = open.iter().find(|other| other.id == id);
            other.is_none_or(|other| matches!(other.state, State::TakenBack | State::Discarded))
        };
        for entry in open.iter().filter(|entry| entry.leaves_at().is_some()) {
            if entry.new.write.waits_for().any(given_up) {
                let said = "it belongs to something that was taken back, discarded or lost".to_owned();
                let remedy = Remedy::Discard;
                self.step(entry.id, &Step::Parked { said, remedy })?;
            }
        }
        Ok(())
    }

    /// One request for each kind of write to each kind of record.
    fn send(&mut self, wave: Vec<Entry>) -> Result<(), SyncError> {
        self.tried.extend(wave.iter().map(|entry| entry.id));
        let mut groups: Vec<((Form, Kind), Vec<Entry>)> = Vec::new();
        for entry in wave {
            let group = (Form::of(&entry.new.write), entry.new.write.kind());
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, entries)) => entries.push(entry),
                None => groups.push((group, vec![entry])),
            }
        }
        for ((form, kind), entries) in groups {
            if self.ended.is_some() {
                break;
            }
            match form {
                Form::Create => self.make(kind, entries)?,
                Form::Update => self.change(kind, entries)?,
                Form::Archive => self.archive(kind, entries)?,
            }
        }
        Ok(())
    }

    /// Takes a step, and tells it. `None` when a person was faster.
    fn step(&mut self, id: EntryId, step: &Step) -> Result<Option<Entry>, SyncError> {
        let now = self.now();
        let Ok(entry) = self.stores.ledger.step(id, step, now)? else {
            return Ok(None);
        };
        (self.on_event)(PushEvent::Stepped(Box::new(entry.clone())), self.stores);
        Ok(Some(entry))
    }

    /// The CRM has it.
    fn arrived(&mut self, entry: &Entry, id: &RecordId, replaced: Vec<Conflict>) -> Result<(), SyncError> {
        self.confirmed(entry, id, replaced, false)
    }

    /// The CRM has it; `there` where it had it before anything left.
    fn confirmed(
        &mut self,
        entry: &Entry,
        id: &RecordId,
        replaced: Vec<Conflict>,
        there: bool,
    ) -> Result<(), SyncError> {
        let kind = entry.new.write.kind();
        let tenant = self.tenant.as_ref();
        let receipt = Receipt {
            record: id.clone(),
            link: tenant.and_then(|tenant| self.crm.page_of(tenant, kind, id)),
            replaced,
            there,
        };
        if self.step(entry.id, &Step::Sent(receipt))?.is_some() {
            self.sent += 1;
        }
        Ok(())
    }
}

/// The form of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Create,
    Update,
    Archive,
}

impl Form {
    fn of(write: &Write) -> Self {
        match write {
            Write::Create { .. } => Self::Create,
            Write::Update { .. } => Self::Update,
            Write::Archive { .. } => Self::Archive,
        }
    }
}
