//! Records that leave the cache: why, with what hangs on them, and not too many at once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::error::SyncError;
use super::plan;
use super::reader::LINKED;
use super::session::{Session, event};
use crate::crm::Crm;
use crate::domain::record::{Kind, RecordId};
use crate::store::CachePage;
use crate::store::account::GONE;

/// So many records are taken out of the cache at once.
const TOGETHER: usize = 500;

/// Why a record is taken out of the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The CRM has it no more, or archived it.
    Deleted,
    /// It is not in the scope any more, or not an account.
    Left,
    /// It was merged into this one.
    Merged(RecordId),
}

/// A record that is taken out of the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: RecordId,
    /// Why.
    pub why: Why,
}

impl<C: Crm> Session<'_, C> {
    /// Takes records out of the cache, unless they are too many at once: then a person is asked. Merged ones are not
    /// lost and always go. Gives the accounts that are concerned.
    pub fn let_go(&mut self, leaving: Vec<Leaving>) -> Result<BTreeSet<RecordId>, SyncError> {
        let mut by_kind: BTreeMap<Kind, Vec<Leaving>> = BTreeMap::new();
        for one in leaving {
            by_kind.entry(one.kind).or_default().push(one);
        }
        let mut touched = BTreeSet::new();
        for (kind, mut leaving) in by_kind {
            leaving.sort_by(|a, b| a.id.cmp(&b.id));
            leaving.dedup_by(|a, b| a.id == b.id);
            let lost = leaving
                .iter()
                .filter(|one| !matches!(one.why, Why::Merged(_)))
                .count();
            let known = self.stores.cache.count(kind)?;
            if plan::too_many(lost, known as usize) && !self.accept {
                self.hold(format!(
                    "{lost} of {known} {}s would go at once and are kept; if that is right, run `retain sync --full --accept-deletes`",
                    kind.word()
                ));
                leaving.retain(|one| matches!(one.why, Why::Merged(_)));
            }
            touched.extend(self.remove(&leaving)?);
        }
        Ok(touched)
    }

    /// Removes records of one kind, with what hangs on them alone. By which names contacts are meant is kept before the
    /// first of them goes.
    fn remove(&mut self, leaving: &[Leaving]) -> Result<BTreeSet<RecordId>, SyncError> {
        let accounts = leaving.iter().filter(|one| one.kind == Kind::Account);
        let accounts: BTreeSet<&RecordId> = accounts.map(|one| &one.id).collect();
        let mut merged = BTreeMap::new();
        let (mut parts, mut known) = (Vec::new(), BTreeSet::new());
        for part in leaving.chunks(TOGETHER) {
            let mut going = BTreeSet::new();
            for one in part {
                if one.kind == Kind::Account {
                    self.orphans(&one.id, &accounts, &mut going)?;
                }
                if let (Kind::Contact, Why::Merged(into)) = (one.kind, &one.why) {
                    merged.insert(one.id.clone(), into.clone());
                }
                going.insert((one.kind, one.id.clone()));
            }
            // What hangs on accounts of several parts goes with the first.
            going.retain(|one| known.insert(one.clone()));
            parts.push((part, going));
        }
        self.remember_names(parts.iter().flat_map(|(_, going)| going), &merged)?;
        let mut touched = BTreeSet::new();
        for (part, going) in parts {
            touched.extend(self.remove_part(part, &going)?);
        }
        Ok(touched)
    }

    fn remove_part(
        &mut self,
        leaving: &[Leaving],
        going: &BTreeSet<(Kind, RecordId)>,
    ) -> Result<BTreeSet<RecordId>, SyncError> {
        let now = self.options.now;
        let mut touched = BTreeSet::new();
        let mut news = Vec::new();
        for one in leaving {
            if one.kind == Kind::Account {
                touched.insert(one.id.clone());
                if self.seen()?.remove(&one.id) {
                    news.push(event(GONE, &one.id, now, why(&one.why)));
                }
            } else {
                touched.extend(self.stores.cache.linked_ids((one.kind, &one.id), Kind::Account)?);
            }
            if one.kind == Kind::Contact && one.why == Why::Deleted {
                news.extend(self.departure(&one.id)?);
            }
        }
        if !news.is_empty() {
            self.stores.ledger.append(&news, now)?;
        }
        self.report.gone += going.len() as u64;
        let gone: Vec<(Kind, RecordId)> = going.iter().cloned().collect();
        self.stores.cache.commit_page(&CachePage {
            gone: &gone,
            ..CachePage::default()
        })?;
        Ok(touched)
    }

    /// What hangs on this account, and on no other one that stays.
    fn orphans(
        &self,
        account: &RecordId,
        leaving: &BTreeSet<&RecordId>,
        going: &mut BTreeSet<(Kind, RecordId)>,
    ) -> Result<(), SyncError> {
        let cache = &self.stores.cache;
        for kind in LINKED {
            for id in cache.linked_ids((Kind::Account, account), kind)? {
                let on = cache.linked_ids((kind, &id), Kind::Account)?;
                if on.iter().any(|account| !leaving.contains(account)) {
                    continue;
                }
                if kind == Kind::Contact {
                    let surveys = cache.linked_ids((Kind::Contact, &id), Kind::Survey)?;
                    going.extend(surveys.into_iter().map(|survey| (Kind::Survey, survey)));
                }
                going.insert((kind, id));
            }
        }
        Ok(())
    }
}

fn why(why: &Why) -> serde_json::Value {
    match why {
        Why::Deleted => json!({ "why": "deleted" }),
        Why::Left => json!({ "why": "left" }),
        Why::Merged(into) => json!({ "why": "merged", "into": into.as_str() }),
    }
}
