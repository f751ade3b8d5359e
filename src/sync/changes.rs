//! What changed since the last sync, kind by kind, in windows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::SyncError;
use super::plan::{self, Walk};
use super::session::{Haul, Session, cursor};
use crate::crm::Crm;
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

impl<C: Crm> Session<'_, C> {
    /// After the first sync: changes are looked for from the newest stamp that it saw.
    pub fn begin_watermarks(&mut self) -> Result<(), SyncError> {
        let watermark = self.newest.min(self.options.now);
        for kind in Kind::ALL {
            self.put_cursor(
                &stream(kind),
                &Position {
                    watermark,
                    walk: None,
                },
            )?;
        }
        Ok(())
    }

    /// Stamps from here on are read again whatever the cache has.
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

    /// Reads what changed of a kind in the window from the watermark less the look-back to the start of this sync.
    pub fn changes(&mut self, kind: Kind) -> Result<(), SyncError> {
        if !self.reader.is_open(kind) {
            return Ok(());
        }
        let mut position = self.position(kind)?;
        let from = position
            .watermark
            .saturating_sub(self.options.lookback)
            .unwrap_or(position.watermark);
        // A local clock that is behind the server's must not hide what is new.
        let until = self.options.now.max(position.watermark).max(self.newest);
        let mut walk = position.walk.take().unwrap_or_else(|| Walk::new(from, until));
        let mut leaving = Vec::new();
        while let Some(search) = walk.search(kind, &[]) {
            let ids: Vec<RecordId> = walk
                .take(self.reader.search(&search)?)
                .into_iter()
                .map(|hit| hit.id)
                .collect();
            if kind == Kind::Account {
                leaving.extend(self.read_accounts(&ids)?);
            } else {
                let mut haul = self.haul_of(kind, &ids, false)?;
                position.walk = Some(walk.clone());
                haul.cursor = Some(cursor(&stream(kind), &position));
                let touched = self.keep(haul)?;
                self.tell_changed(touched);
            }
        }
        // All at once, so that too many are noticed; a stop before this line reads the window again.
        self.let_accounts_go(leaving)?;
        let watermark = plan::watermark(position.watermark, walk.until(), self.newest);
        self.put_cursor(
            &stream(kind),
            &Position {
                watermark,
                walk: None,
            },
        )
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
            let parents = links.entry(id.clone()).or_default();
            let unknown = self.unknown(parent, parents.clone())?;
            parents.retain(|parent| !unknown.contains(parent));
            if let Some(first) = parents.first()
                && let Some(account) = self.account_behind(parent, first)?
            {
                haul.belongs.insert((kind, id.clone()), account);
            }
            if all || !parents.is_empty() || self.has(kind, id)? {
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
