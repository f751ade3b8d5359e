//! One sync under way: keeps what the reader brings, ledger first, then the cache.

use std::collections::BTreeSet;
use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::error::SyncError;
pub use super::haul::{Haul, cursor};
use super::observe::{self, observations};
use super::reader::Reader;
use super::report::{SyncEvent, SyncOptions, SyncReport};
use super::scope::Whose;
use super::status::{self, SyncStatus, UnderWay};
use crate::config::mapping::Mapping;
use crate::crm::{Crm, CrmError};
use crate::domain::record::{Kind, Record, RecordId};
use crate::store::account::{GONE, SEEN};
use crate::store::{Cache, CachePage, Ledger, LinkSet, NewEvent};

/// The pass that compares all accounts.
pub const ACCOUNTS: &str = "accounts";

/// What a sync writes to. One thread owns them.
#[derive(Debug)]
pub struct Stores {
    /// The mirror of the CRM.
    pub cache: Cache,
    /// The journal.
    pub ledger: Ledger,
}

/// A record that is not as the cache has it.
struct News {
    record: Record,
    /// What the cache has.
    before: Option<Record>,
    /// The account that it belongs to.
    account: Option<RecordId>,
}

/// One sync under way.
pub(super) struct Session<'a, C> {
    pub reader: &'a Reader<'a, C>,
    pub stores: &'a mut Stores,
    pub mapping: &'a Mapping,
    pub options: &'a SyncOptions,
    pub on_event: &'a mut dyn FnMut(SyncEvent, &mut Stores),
    pub whose: Whose,
    pub status: SyncStatus,
    pub report: SyncReport,
    /// The newest stamp of the server's that was seen.
    pub newest: Timestamp,
    /// Apply removals however many they are.
    pub accept: bool,
    /// Accounts that are in the cache by the ledger's own events; read when it is first needed.
    seen: Option<BTreeSet<RecordId>>,
    /// Contacts that had gone by the ledger's own events; read when it is first needed.
    pub departed: Option<BTreeSet<RecordId>>,
    /// The pass that looks for what has gone.
    pass: &'static str,
    begun: Instant,
}

impl<'a, C: Crm> Session<'a, C> {
    pub fn new(
        reader: &'a Reader<'a, C>,
        stores: &'a mut Stores,
        mapping: &'a Mapping,
        options: &'a SyncOptions,
        on_event: &'a mut dyn FnMut(SyncEvent, &mut Stores),
        whose: Whose,
        status: SyncStatus,
    ) -> Self {
        Self {
            reader,
            stores,
            mapping,
            options,
            on_event,
            whose,
            status,
            report: SyncReport::default(),
            newest: Timestamp::MIN,
            accept: options.accept_deletes,
            seen: None,
            departed: None,
            pass: ACCOUNTS,
            begun: Instant::now(),
        }
    }

    /// Tells the caller something.
    pub fn tell(&mut self, event: SyncEvent) {
        (self.on_event)(event, self.stores);
    }

    /// Lets the caller do something else. What it sent or read may have noted that an account or a contact came or left,
    /// so what was known of that is read again then.
    pub fn pause(&mut self) -> Result<(), SyncError> {
        let before = self.stores.ledger.last_event()?;
        self.tell(SyncEvent::Between);
        if self.stores.ledger.last_event()? != before {
            (self.seen, self.departed) = (None, None);
        }
        Ok(())
    }

    /// Tells how far a stage is, and keeps it for other processes.
    pub fn stage(&mut self, what: &'static str, done: u64, total: Option<u64>) -> Result<(), SyncError> {
        let now = self.options.now + self.begun.elapsed();
        if let Some(under_way) = &mut self.status.under_way {
            *under_way = UnderWay {
                moved: Some(now),
                what: what.to_owned(),
                done,
                total,
                ..under_way.clone()
            };
        }
        self.put_status()?;
        self.tell(SyncEvent::Stage { what, done, total });
        Ok(())
    }

    /// Warns once, and keeps it for every screen.
    pub fn warn(&mut self, sentence: String) {
        if !self.report.warnings.contains(&sentence) {
            self.report.warnings.push(sentence.clone());
            self.tell(SyncEvent::Warning(sentence));
        }
    }

    /// A pass looks for what has gone, of all that there is: what it held back before is found again or was settled.
    pub fn begin_pass(&mut self, pass: &'static str) {
        self.pass = pass;
        self.status.held.remove(pass);
    }

    /// Asks a person about removals, which wait for the answer.
    pub fn hold(&mut self, sentence: String) {
        let held = self.status.held.entry(self.pass.to_owned()).or_default();
        held.insert(sentence.clone());
        self.warn(sentence);
    }

    /// Keeps the status.
    pub fn put_status(&mut self) -> Result<(), SyncError> {
        put_status(&mut self.stores.cache, &self.status)
    }

    /// Where a stream goes on.
    pub fn cursor<T: DeserializeOwned>(&self, stream: &str) -> Result<Option<T>, SyncError> {
        let json = self.stores.cache.cursor(stream)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Keeps where a stream goes on, without rows.
    pub fn put_cursor(&mut self, stream: &str, place: &impl Serialize) -> Result<(), SyncError> {
        let haul = Haul {
            cursor: Some(cursor(stream, place)),
            ..Haul::default()
        };
        self.keep(haul).map(drop)
    }

    /// Ids of the accounts in the cache.
    pub fn accounts(&self) -> Result<BTreeSet<RecordId>, SyncError> {
        Ok(self.stores.cache.ids(Kind::Account)?.into_iter().collect())
    }

    /// Whether the cache has this record.
    pub fn has(&self, kind: Kind, id: &RecordId) -> Result<bool, SyncError> {
        Ok(self.stores.cache.has(kind, id)?)
    }

    /// Those of the ids that the cache does not have.
    pub fn unknown(
        &self,
        kind: Kind,
        ids: impl IntoIterator<Item = RecordId>,
    ) -> Result<Vec<RecordId>, SyncError> {
        let mut unknown = Vec::new();
        for id in ids {
            if !self.has(kind, &id)? {
                unknown.push(id);
            }
        }
        Ok(unknown)
    }

    /// Keeps what was read: the observations into the ledger first, then rows and cursor into the cache. Records that
    /// are as the cache has them are left alone. Gives the accounts that something changed for.
    pub fn keep(&mut self, mut haul: Haul) -> Result<BTreeSet<RecordId>, SyncError> {
        let now = self.options.now;
        let read = std::mem::take(&mut haul.records);
        self.report.read += read.len() as u64;
        self.newest = read
            .iter()
            .map(|record| record.changed)
            .fold(self.newest, Timestamp::max);
        let (news, mut touched) = self
            .stores
            .cache
            .at_once(|| Ok::<_, SyncError>((self.compare(read, &haul)?, self.relinked(&haul.links)?)))?;
        self.report.changed += news.len() as u64;
        let mut told = Vec::new();
        let mut events = Vec::new();
        for News {
            record,
            before,
            account,
        } in news
        {
            touched.extend(account.clone());
            if observe::KINDS.contains(&record.kind) {
                let properties = self.reader.properties(record.kind);
                told.extend(observations(
                    &record,
                    properties,
                    account.as_ref(),
                    before.as_ref(),
                    now,
                ));
            }
            if record.kind == Kind::Account && before.is_none() && self.note_seen(&record.id)? {
                events.push(event(SEEN, &record.id, now, json!({})));
            }
            if record.kind == Kind::Contact && before.is_none() {
                events.extend(self.comeback(&record.id, account)?);
            }
            self.note_merged(&record)?;
            haul.records.push(record);
        }
        self.report.observed += self.stores.ledger.keep(&told, &events, now)? as u64;
        let cursor = haul
            .cursor
            .as_ref()
            .map(|(stream, json)| (stream.as_str(), json.as_str()));
        let page = CachePage {
            records: &haul.records,
            links: &haul.links,
            gone: &[],
            cursor,
        };
        self.stores.cache.commit_page(&page)?;
        self.pause()?;
        Ok(touched)
    }

    /// The records that are not as the cache has them.
    fn compare(&self, read: Vec<Record>, haul: &Haul) -> Result<Vec<News>, SyncError> {
        let mut news = Vec::new();
        for record in read {
            let before = self.stores.cache.record(record.kind, &record.id)?;
            // It was read before the caller, between two of our steps, wrote it or read it alone.
            let is_overtaken = before
                .as_ref()
                .is_some_and(|known| known.changed > record.changed);
            if before.as_ref() != Some(&record) && !is_overtaken {
                let account = self.account_of(&record, haul)?;
                news.push(News {
                    record,
                    before,
                    account,
                });
            }
        }
        Ok(news)
    }

    /// Accounts whose links are about to change.
    fn relinked(&self, links: &[LinkSet]) -> Result<BTreeSet<RecordId>, SyncError> {
        let mut accounts = BTreeSet::new();
        for set in links {
            let before = self.stores.cache.linked_ids((set.from.0, &set.from.1), set.to)?;
            let before: BTreeSet<&RecordId> = before.iter().collect();
            let after: BTreeSet<&RecordId> = set.ids.iter().collect();
            if before == after {
                continue;
            }
            if set.from.0 == Kind::Account {
                accounts.insert(set.from.1.clone());
            } else if set.to == Kind::Account {
                accounts.extend(before.symmetric_difference(&after).copied().cloned());
            }
        }
        Ok(accounts)
    }

    pub fn account_of(&self, record: &Record, haul: &Haul) -> Result<Option<RecordId>, SyncError> {
        if record.kind == Kind::Account {
            return Ok(Some(record.id.clone()));
        }
        if let Some(account) = haul.belongs.get(&(record.kind, record.id.clone())) {
            return Ok(Some(account.clone()));
        }
        let cache = &self.stores.cache;
        let linked = if record.kind == Kind::Survey {
            match cache
                .linked_ids((Kind::Survey, &record.id), Kind::Contact)?
                .first()
            {
                Some(contact) => cache.linked_ids((Kind::Contact, contact), Kind::Account)?,
                None => Vec::new(),
            }
        } else {
            cache.linked_ids((record.kind, &record.id), Kind::Account)?
        };
        Ok(linked.into_iter().next())
    }

    /// Notes that an account is here; `false` when the ledger knows already.
    pub fn note_seen(&mut self, id: &RecordId) -> Result<bool, SyncError> {
        Ok(self.seen()?.insert(id.clone()))
    }

    /// The accounts that are here by the ledger's own events.
    pub fn seen(&mut self) -> Result<&mut BTreeSet<RecordId>, SyncError> {
        if self.seen.is_none() {
            let mut seen = BTreeSet::new();
            for event in self.stores.ledger.events(None, &[SEEN, GONE])? {
                let Some(account) = event.account else { continue };
                if event.kind == SEEN {
                    seen.insert(account);
                } else {
                    seen.remove(&account);
                }
            }
            self.seen = Some(seen);
        }
        Ok(self.seen.get_or_insert_default())
    }
}

/// Keeps the status.
pub fn put_status(cache: &mut Cache, status: &SyncStatus) -> Result<(), SyncError> {
    let json = serde_json::to_string(status).unwrap_or_default();
    Ok(cache.put_document(status::DOCUMENT, &json)?)
}

/// Keeps for every process that the CRM asked to be left alone, if this error says so, and gives until when (UTC).
pub fn keep_wait(
    cache: &mut Cache,
    error: &CrmError,
    now: Timestamp,
) -> Result<Option<Timestamp>, SyncError> {
    let mut status = SyncStatus::parse(cache.document(status::DOCUMENT)?.as_deref());
    status.note_wait(Some(error), now);
    if status.not_before.is_some() {
        put_status(cache, &status)?;
    }
    Ok(status.not_before)
}

/// What happened to an account.
pub fn event(
    kind: &str,
    account: &RecordId,
    effective_at: Timestamp,
    payload: serde_json::Value,
) -> NewEvent {
    NewEvent {
        account: Some(account.clone()),
        kind: kind.to_owned(),
        effective_at,
        payload,
    }
}
