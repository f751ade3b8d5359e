//! The first sync: every account with what hangs on it, part by part, so that a killed one goes on where it was.
//!
//! It reads by list for everyone's accounts and by search for mine or my team's; later syncs search for changes.

use std::sync::mpsc::sync_channel;
use std::thread;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::SyncError;
use super::plan::Walk;
use super::reader::{Branch, LINKED, Reader};
use super::report::SyncEvent;
use super::scope::Whose;
use super::session::{Haul, Session, cursor};
use crate::config::mapping::Mapping;
use crate::crm::{Crm, CrmError};
use crate::domain::record::{Kind, Record, RecordId};

/// Name of the stream.
const STREAM: &str = "first";
/// Accounts that are read together once the list can be used.
const PART: usize = 500;

/// How far the first sync is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct First {
    /// What was asked for: scope, rule and properties. When it differs, the first sync begins anew.
    fingerprint: String,
    /// Where reading goes on; `None` at the end.
    place: Option<Place>,
    /// Whether the last part is kept and something that follows it is still to be done: what it is good for, above all
    /// from when on changes are looked for, is not known without it.
    #[serde(default)]
    ending: bool,
    /// Accounts that were read.
    accounts: u64,
    /// How many there are, if the CRM said so at the beginning.
    total: Option<u64>,
    /// The server's clock when it began.
    began: Timestamp,
}

/// Where reading goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Place {
    /// In the list of all, after this cursor.
    List(Option<String>),
    /// In a walk through what a search finds.
    Walk(Walk),
}

impl First {
    /// Whether nothing of it is left to do.
    fn is_done(&self) -> bool {
        self.place.is_none() && !self.ending
    }
}

/// A part as it was read.
struct Part {
    accounts: Vec<Record>,
    branches: Vec<Branch>,
    place: Option<Place>,
    total: Option<u64>,
}

impl<C: Crm> Session<'_, C> {
    /// Whether a first sync with this fingerprint has come to its end.
    pub fn is_first_done(&self, fingerprint: &str) -> Result<bool, SyncError> {
        let first: Option<First> = self.cursor(STREAM)?;
        Ok(first.is_some_and(|first| first.fingerprint == fingerprint && first.is_done()))
    }

    /// Notes that all is done that follows the last part of the first sync.
    pub fn end_first(&mut self) -> Result<(), SyncError> {
        let Some(first) = self.cursor::<First>(STREAM)? else {
            return Ok(());
        };
        let ended = First {
            ending: false,
            ..first
        };
        self.put_cursor(STREAM, &ended)
    }

    /// Reads every account of the scope with what hangs on it, from where it stopped.
    pub fn first(&mut self, fingerprint: &str) -> Result<(), SyncError> {
        let kept: Option<First> = self.cursor(STREAM)?;
        let kept = kept.filter(|first| first.fingerprint == fingerprint && !first.is_done());
        let resumed = kept.is_some();
        let mut first = match kept {
            Some(first) => first,
            None => self.beginning(fingerprint)?,
        };
        match self.read_parts(&mut first) {
            // A cursor of the list may have lapsed while nobody went on.
            Err(SyncError::Crm(CrmError::Refused { .. })) if resumed => {
                first = self.beginning(fingerprint)?;
                self.read_parts(&mut first)?;
            }
            other => other?,
        }
        self.begin_watermarks(first.began)
    }

    fn beginning(&self, fingerprint: &str) -> Result<First, SyncError> {
        let place = match self.whose.owners {
            None => Place::List(None),
            Some(_) => Place::Walk(Walk::everything()),
        };
        let began = self.servers_clock()?;
        Ok(First {
            fingerprint: fingerprint.to_owned(),
            place: Some(place),
            ending: false,
            accounts: 0,
            total: None,
            began,
        })
    }

    /// A thread reads the next part while this one keeps the last.
    fn read_parts(&mut self, first: &mut First) -> Result<(), SyncError> {
        let (reader, mapping, whose) = (self.reader, self.mapping, self.whose.clone());
        let (send, receive) = sync_channel(1);
        let mut place = first.place.clone();
        let mut most = if first.accounts == 0 { 1 } else { PART };
        thread::scope(|scope| {
            scope.spawn(move || {
                while let Some(from) = place {
                    let part = read_part(reader, &whose, mapping, from, most);
                    place = part.as_ref().ok().and_then(|part| part.place.clone());
                    most = PART;
                    if send.send(part).is_err() {
                        break;
                    }
                }
            });
            for part in receive {
                self.keep_part(part?, first)?;
            }
            Ok(())
        })
    }

    fn keep_part(&mut self, part: Part, first: &mut First) -> Result<(), SyncError> {
        let usable = first.accounts == 0 && !part.accounts.is_empty();
        first.accounts += part.accounts.len() as u64;
        first.place = part.place;
        first.ending = first.place.is_none();
        first.total = first.total.or(part.total);
        let mut accounts: Vec<RecordId> = part.accounts.iter().map(|account| account.id.clone()).collect();
        let mut haul = Haul {
            records: part.accounts,
            cursor: Some(cursor(STREAM, &first)),
            ..Haul::default()
        };
        for branch in part.branches {
            haul.add(branch);
        }
        let touched = self.keep(haul)?;
        self.report.compared = first.accounts;
        self.stage("accounts", first.accounts, first.total)?;
        accounts.retain(|account| touched.contains(account));
        if !accounts.is_empty() {
            self.tell(SyncEvent::Changed { accounts });
        }
        if usable {
            self.tell(SyncEvent::UsableList);
        }
        Ok(())
    }
}

/// Reads on until there are at least `most` accounts, with what hangs on them.
fn read_part<C: Crm>(
    reader: &Reader<'_, C>,
    whose: &Whose,
    mapping: &Mapping,
    from: Place,
    most: usize,
) -> Result<Part, SyncError> {
    let mut part = Part {
        accounts: Vec::new(),
        branches: Vec::new(),
        place: Some(from),
        total: None,
    };
    while part.accounts.len() < most {
        let Some(place) = part.place.take() else { break };
        let (records, next, total) = read_page(reader, whose, mapping, place)?;
        part.accounts
            .extend(records.into_iter().filter(|record| whose.holds(record, mapping)));
        part.place = next;
        part.total = part.total.or(total);
    }
    let ids: Vec<RecordId> = part.accounts.iter().map(|account| account.id.clone()).collect();
    part.branches = reader.families(&ids, true)?;
    Ok(part)
}

type Found = (Vec<Record>, Option<Place>, Option<u64>);

fn read_page<C: Crm>(
    reader: &Reader<'_, C>,
    whose: &Whose,
    mapping: &Mapping,
    place: Place,
) -> Result<Found, SyncError> {
    match place {
        Place::List(after) => {
            let page = reader.list(Kind::Account, after.as_deref(), false)?;
            Ok((
                page.items,
                page.after.map(|after| Place::List(Some(after))),
                page.total,
            ))
        }
        Place::Walk(mut walk) => {
            let Some(search) = walk.search(Kind::Account, &whose.conditions(mapping)) else {
                return Ok((Vec::new(), None, None));
            };
            let page = reader.search(&search)?;
            let total = page.total;
            let ids: Vec<RecordId> = walk.take(page).into_iter().map(|hit| hit.id).collect();
            // The search only finds; what is true is read. Its index may lag.
            let records = reader.read(Kind::Account, &ids)?.records;
            Ok((records, (!walk.is_done()).then_some(Place::Walk(walk)), total))
        }
    }
}

/// The kinds whose changes are looked for after the first sync.
pub fn kinds() -> impl Iterator<Item = Kind> {
    LINKED.into_iter().chain([Kind::Survey])
}
