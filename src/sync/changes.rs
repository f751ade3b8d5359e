//! What changed since the last sync, kind by kind, in windows.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::error::SyncError;
use super::plan::Walk;
use super::session::{Haul, Session, cursor};
use crate::crm::{Crm, Hit};
use crate::domain::record::{Kind, RecordId};
use crate::store::LinkSet;

/// How far the changes of a kind are read.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Position {
    /// Everything up to here is read; the next window begins a look-back before it.
    watermark: Timestamp,
    /// A window that was not read to its end.
    walk: Option<Walk>,
}

fn stream(kind: Kind) -> String {
    format!("changed.{}", kind.word())
}

/// Name of the stream that keeps up to where a kind was walked twice.
fn twice(kind: Kind) -> String {
    format!("walked-twice.{}", kind.word())
}

/// Name of the stream that keeps the newest stamp of the server's.
const NEWEST: &str = "newest";

/// How far back the server's clock is looked for when nothing is known of it.
const PROBES: [SignedDuration; 3] = [
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24 * 30),
];

impl<C: Crm> Session<'_, C> {
    /// Takes up the newest stamp that the last sync saw.
    pub fn take_up_newest(&mut self) -> Result<(), SyncError> {
        self.newest = self.newest.max(self.cursor(NEWEST)?.unwrap_or(Timestamp::MIN));
        Ok(())
    }

    /// Keeps the newest stamp for the next sync.
    pub fn keep_newest(&mut self) -> Result<(), SyncError> {
        self.put_cursor(NEWEST, &self.newest.clone())
    }

    /// A stamp that the server has given before now: watermarks rest on the server's clock only, since ours may be
    /// wrong. `Timestamp::MIN` when nothing was changed for a month.
    pub fn servers_clock(&self) -> Result<Timestamp, SyncError> {
        for back in PROBES {
            let walk = Walk::since(self.options.now.saturating_sub(back).unwrap_or(self.options.now));
            let Some(search) = walk.search(Kind::Account, &[]) else {
                continue;
            };
            if let Some(newest) = self
                .reader
                .search(&search)?
                .items
                .iter()
                .map(|hit| hit.changed)
                .max()
            {
                return Ok(newest.max(self.newest));
            }
        }
        Ok(self.newest)
    }

    /// After the first sync: changes are looked for from the server's clock at its beginning on.
    pub fn begin_watermarks(&mut self, began: Timestamp) -> Result<(), SyncError> {
        for kind in Kind::ALL {
            self.put_cursor(
                &stream(kind),
                &Position {
                    watermark: began,
                    walk: None,
                },
            )?;
            self.put_cursor(&twice(kind), &began)?;
        }
        Ok(())
    }

    /// Walks once more through what was changed since the sweep before: the search index may have learnt of it later than
    /// a look-back reaches. Read is what is newer there than here; what is not here is found by its links.
    pub fn walk_again(&mut self, kind: Kind) -> Result<(), SyncError> {
        let reached = self.position(kind)?.watermark;
        let place: Timestamp = self.cursor(&twice(kind))?.unwrap_or(reached);
        let mut walk = self.walk_from(place);
        while let Some(search) = walk.search(kind, &[]) {
            let page = self.reader.search(&search)?;
            let mut missed = Vec::new();
            for Hit { id, changed } in walk.take(page) {
                let here = self.stores.cache.record(kind, &id)?;
                if here.is_some_and(|here| changed > here.changed) {
                    missed.push(id);
                }
            }
            let haul = self.haul_of(kind, &missed, false)?;
            let touched = self.keep(haul)?;
            self.tell_changed(touched);
        }
        if self.reader.is_open(kind) {
            self.put_cursor(&twice(kind), &reached)?;
        }
        Ok(())
    }

    /// A walk with a frozen end that begins a look-back before this place.
    fn walk_from(&self, place: Timestamp) -> Walk {
        let from = place.saturating_sub(self.options.lookback).unwrap_or(place);
        Walk::since(from).frozen()
    }

    /// Stamps of accounts from here on are read again whatever the cache has.
    pub fn recent(&self) -> Timestamp {
        let watermark = self
            .position(Kind::Account)
            .map_or(Timestamp::MIN, |position| position.watermark);
        watermark
            .saturating_sub(self.options.lookback)
            .unwrap_or(watermark)
    }

    fn position(&self, kind: Kind) -> Result<Position, SyncError> {
        let kept = self.cursor(&stream(kind))?;
        Ok(kept.unwrap_or(Position {
            watermark: Timestamp::MIN,
            walk: None,
        }))
    }

    /// A kind was read to its end: its watermark is the newest stamp of the server's that was known before that began,
    /// so that nothing that happened meanwhile is passed over. It never goes back.
    pub fn advance(&mut self, kind: Kind, known_before: Timestamp) -> Result<(), SyncError> {
        let watermark = self.position(kind)?.watermark.max(known_before);
        self.put_cursor(
            &stream(kind),
            &Position {
                watermark,
                walk: None,
            },
        )
    }

    /// Reads what changed of a kind from the watermark less the look-back on.
    pub fn changes(&mut self, kind: Kind) -> Result<(), SyncError> {
        if !self.reader.is_open(kind) {
            return Ok(());
        }
        let known_before = self.newest;
        let mut position = self.position(kind)?;
        // A walk that goes on looks back too: when it was cut, the index had not everything up to its place.
        let place = position
            .walk
            .take()
            .map_or(position.watermark, |walk| walk.place());
        let mut walk = self.walk_from(place);
        let mut leaving = Vec::new();
        while let Some(search) = walk.search(kind, &[]) {
            let page = self.reader.search(&search)?;
            // What the key may not read any more is read from the same place on when it may again.
            if !self.reader.is_open(kind) {
                return Ok(());
            }
            let hits = walk.take(page);
            self.newest = hits
                .iter()
                .map(|hit| hit.changed)
                .fold(self.newest, Timestamp::max);
            let ids: Vec<RecordId> = hits.into_iter().map(|hit| hit.id).collect();
            if kind == Kind::Account {
                self.report.compared += ids.len() as u64;
                leaving.extend(self.read_accounts(&ids)?);
            } else {
                let mut haul = self.haul_of(kind, &ids, false)?;
                if !self.reader.is_open(kind) {
                    return Ok(());
                }
                position.walk = Some(walk.clone());
                haul.cursor = Some(cursor(&stream(kind), &position));
                let touched = self.keep(haul)?;
                self.tell_changed(touched);
            }
        }
        // All at once, so that too many are noticed; a stop before this line reads the window again.
        self.let_accounts_go(leaving)?;
        self.advance(kind, known_before.min(walk.read_until()))
    }

    /// Those of the records that belong to cached accounts, or with `all` every one, with all their links.
    pub fn haul_of(&mut self, kind: Kind, ids: &[RecordId], all: bool) -> Result<Haul, SyncError> {
        let parent = if kind == Kind::Survey {
            Kind::Contact
        } else {
            Kind::Account
        };
        let mut links: BTreeMap<RecordId, Vec<RecordId>> =
            self.reader.links(kind, parent, ids)?.into_iter().collect();
        let mut haul = Haul::default();
        let mut wanted = Vec::new();
        for id in ids {
            // Whom the CRM would not answer for keeps the links that it has here.
            let mut is_linked = false;
            if let Some(parents) = links.get_mut(id) {
                let unknown = self.unknown(parent, parents.clone())?;
                parents.retain(|parent| !unknown.contains(parent));
                if let Some(first) = parents.first()
                    && let Some(account) = self.account_behind(parent, first)?
                {
                    haul.belongs.insert((kind, id.clone()), account);
                }
                is_linked = !parents.is_empty();
            }
            if all || is_linked || self.has(kind, id)? {
                wanted.push(id.clone());
            }
        }
        haul.records = self.reader.read(kind, &wanted)?.records;
        for record in &haul.records {
            if let Some(parents) = links.remove(&record.id) {
                haul.links.push(LinkSet {
                    from: (kind, record.id.clone()),
                    to: parent,
                    ids: parents,
                });
            }
        }
        self.add_conversations(kind, &mut haul)?;
        Ok(haul)
    }

    fn account_behind(&self, kind: Kind, id: &RecordId) -> Result<Option<RecordId>, SyncError> {
        if kind == Kind::Account {
            return Ok(Some(id.clone()));
        }
        Ok(self
            .stores
            .cache
            .linked_ids((kind, id), Kind::Account)?
            .into_iter()
            .next())
    }
}
