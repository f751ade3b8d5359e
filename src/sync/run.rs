//! A sync from its beginning to its end.

use std::time::Instant;

use tokio::runtime::Handle;

use super::error::SyncError;
use super::first::kinds;
use super::reader::{Closed, Reader};
use super::report::{SyncEvent, SyncOptions, SyncReport};
use super::schema::{self, Schema};
use super::scope::Whose;
use super::session::{Session, Stores, put_status};
use super::status::{DOCUMENT, Failed, SyncStatus, UnderWay};
use crate::config::mapping::Mapping;
use crate::crm::Crm;
use crate::domain::record::Kind;
use crate::domain::words::counted;

/// Which core fields the adapters read, as a number: another one where records that an older program has cached lack what
/// these would have, so that they are read again. 2: the text of an e-mail that has only HTML.
pub(super) const READING: u32 = 2;

/// Brings cache and ledger up to what the CRM has.
///
/// It blocks: call it on a thread of its own, never inside the runtime. Everything that it has committed stays when it
/// fails, is killed or makes way, and the next call goes on from there. After each [`SyncEvent::Changed`] the caller refreshes what
/// is computed from these accounts.
pub fn run<C: Crm>(
    crm: &C,
    runtime: &Handle,
    stores: &mut Stores,
    mapping: &Mapping,
    options: &SyncOptions,
    on_event: &mut dyn FnMut(SyncEvent, &mut Stores),
) -> Result<SyncReport, SyncError> {
    let mut status = SyncStatus::parse(stores.cache.document(DOCUMENT)?.as_deref());
    if let Some(until) = status.held_until(options.now) {
        let until = until.to_zoned(options.zone.clone());
        return Err(SyncError::Waiting { until });
    }
    let begun = Instant::now();
    status.under_way = Some(UnderWay {
        since: options.now,
        what: "connection".to_owned(),
        done: 0,
        total: None,
        pid: std::process::id(),
        moved: Some(options.now),
    });
    put_status(&mut stores.cache, &status)?;
    let outcome = work(crm, runtime, stores, mapping, options, &mut status, on_event);
    status.under_way = None;
    let of_crm = match &outcome {
        Err(SyncError::Crm(error)) => Some(error),
        _ => None,
    };
    status.note_wait(of_crm, options.now + begun.elapsed());
    match &outcome {
        Ok(report) => {
            status.scope = options.scope;
            status.last_success = Some(options.now);
            status.failed = None;
            status.warnings.clone_from(&report.warnings);
            put_status(&mut stores.cache, &status)?;
            on_event(SyncEvent::Finished(report.clone()), stores);
        }
        // It goes on in a moment: nothing has failed.
        Err(SyncError::MadeWay) => put_status(&mut stores.cache, &status)?,
        Err(error) => {
            let (what, hint) = (error.to_string(), error.hint().to_owned());
            status.failed = Some(Failed {
                at: options.now,
                what: what.clone(),
                hint: hint.clone(),
                cause: error.cause(),
            });
            // When the cache itself cannot be written, the error that is returned says so.
            let _ = put_status(&mut stores.cache, &status);
            on_event(SyncEvent::Failed { what, hint }, stores);
        }
    }
    outcome
}

fn work<C: Crm>(
    crm: &C,
    runtime: &Handle,
    stores: &mut Stores,
    mapping: &Mapping,
    options: &SyncOptions,
    status: &mut SyncStatus,
    on_event: &mut dyn FnMut(SyncEvent, &mut Stores),
) -> Result<SyncReport, SyncError> {
    // What cannot be noted is not read: the cache would know what history does not.
    if let Some(newer) = stores.ledger.newer() {
        return Err(newer.into());
    }
    let mut reader = Reader::of_sync(crm, runtime, options);
    let mut schema = schema::ask(&reader, stores, mapping, options, status, on_event)?;
    let whose = Whose::of(options, &schema.owners)?;
    let wanted = whose.fingerprint(mapping);
    let fingerprint = format!("{READING} {wanted} {:?}", schema.properties);
    let blind = schema.is_blind(mapping);
    reader.set_properties(std::mem::take(&mut schema.properties));
    let mut session = Session::new(&reader, stores, mapping, options, on_event, whose, status.clone());
    session.warn_of_missing(&schema.closed);
    if let Some(tenant) = &schema.unbound {
        session.begin_ledger(tenant)?;
    }
    let outcome = session.steps(&schema, blind, &fingerprint);
    session.warn_of_closed(schema.closed, outcome.is_ok());
    session.warn_of_held();
    *status = session.status;
    outcome?;
    let mut report = session.report;
    report.accounts = stores.cache.count(Kind::Account)?;
    Ok(report)
}

impl<C: Crm> Session<'_, C> {
    fn steps(&mut self, schema: &Schema, blind: bool, fingerprint: &str) -> Result<(), SyncError> {
        let first = !self.is_first_done(fingerprint)?;
        self.report.full = first || self.is_sweep_due()?;
        self.tell(SyncEvent::Started {
            full: self.report.full,
        });
        self.take_up_newest()?;
        let mine = self.find_mine()?;
        self.pause()?;
        self.find_handoffs(&schema.owners)?;
        self.pause()?;
        if blind {
            self.warn("which companies are accounts cannot be told now; what is cached is kept".to_owned());
        } else if first {
            self.first_steps(fingerprint)?;
        } else if self.whose.owners.is_some() {
            self.stage("accounts", 0, None)?;
            self.search_scope()?;
        } else {
            self.stage("accounts", 0, None)?;
            self.changes(Kind::Account)?;
        }
        if !first {
            for kind in kinds() {
                self.stage(kind.plural(), 0, None)?;
                self.changes(kind)?;
            }
        }
        self.keep_mine(&mine)?;
        self.passes(&schema.calculated, &mine, blind)?;
        if self.report.full && !blind {
            self.let_lost_accounts_go()?;
        }
        self.back_fill()?;
        self.keep_newest()
    }

    /// The first sync. When the cache holds something already (another scope or mapping was read before), what does not
    /// belong any more goes with it: a person asked for that.
    fn first_steps(&mut self, fingerprint: &str) -> Result<(), SyncError> {
        let scope_changed = self.status.scope != self.options.scope;
        let before = self.accounts()?;
        self.first(fingerprint)?;
        let brought = self.unknown(Kind::Account, self.whose.brought.clone())?;
        let leaving = self.read_accounts(&brought)?;
        self.let_accounts_go(leaving)?;
        if self.status.last_complete.is_none() || before.is_empty() {
            self.begin_passes()?;
        } else {
            let accept = self.accept;
            self.accept |= scope_changed;
            if self.whose.owners.is_some() {
                self.search_scope()?;
            } else {
                self.sweep_accounts()?;
            }
            self.accept = accept;
        }
        self.end_first()?;
        self.status.last_complete = Some(self.options.now);
        Ok(())
    }

    /// What passes of syncs before this one have held back is still to be decided.
    fn warn_of_held(&mut self) {
        let held: Vec<String> = self.status.held.values().flatten().cloned().collect();
        for sentence in held {
            self.warn(sentence);
        }
    }

    fn warn_of_missing(&mut self, scopes: &[(String, String)]) {
        for warning in self.status.warnings_of_missing(scopes) {
            self.warn(warning);
        }
    }

    /// Kinds that turned out to be closed to the key: while their schema was asked for, and while reading. Those that were
    /// closed before stay so until a sync that came to its end has found them open.
    fn warn_of_closed(&mut self, of_schema: Vec<(String, String)>, has_ended: bool) {
        if has_ended {
            self.status.missing_scopes = of_schema;
        }
        for (kind, closed) in self.reader.closed_kinds() {
            let scopes = match closed {
                Closed::Scopes(scopes) if scopes.is_empty() => {
                    self.warn(format!(
                        "the CRM key lacks a scope that the CRM does not name: no {} can be read",
                        kind.word()
                    ));
                    vec![String::new()]
                }
                Closed::Refused(why) => {
                    self.warn(format!("{why}: no {} can be read", kind.word()));
                    vec![String::new()]
                }
                Closed::Scopes(scopes) => scopes,
            };
            for scope in scopes {
                let missing = (kind.word().to_owned(), scope);
                if !self.status.missing_scopes.contains(&missing) {
                    self.status.missing_scopes.push(missing);
                }
            }
        }
        self.warn_of_missing(&self.status.missing_scopes.clone());
        for (kind, count) in self.reader.refused() {
            self.warn(format!(
                "the CRM would not answer for {}; what is cached of them stays as it was",
                counted(count as u64, kind.word(), kind.plural())
            ));
        }
    }
}
