//! The beginning of a ledger, or a new one after it was replaced: bound to its tenant, and told what the cache knows already.

use serde_json::json;

use super::error::SyncError;
use super::observe::{self, observations};
use super::schema;
use super::session::{Haul, Session, event};
use crate::crm::Crm;
use crate::domain::record::Kind;
use crate::store::account::SEEN;
use crate::store::documents;

impl<C: Crm> Session<'_, C> {
    /// Tells a ledger what the cache holds already, as nothing that stands still is kept again; then binds it. There is
    /// something to tell when somebody has removed the ledger before, and when it was salvaged or a backup brought back.
    pub fn begin_ledger(&mut self, tenant: &str) -> Result<(), SyncError> {
        let now = self.options.now;
        // What was taken from files went into the ledger that was there before: they are read again.
        if self.stores.cache.document(documents::FEEDS)?.is_some() {
            self.stores
                .cache
                .put_document(documents::FEEDS, documents::NOTHING_KNOWN)?;
        }
        let mut news = Vec::new();
        for kind in observe::KINDS {
            for ids in self.stores.cache.ids(kind)?.chunks(1_000) {
                let mut told = Vec::new();
                for record in self.stores.cache.records(kind, ids)? {
                    let account = self.account_of(&record, &Haul::default())?;
                    let properties = self.reader.properties(kind);
                    told.extend(observations(&record, properties, account.as_ref(), None, now));
                    if kind == Kind::Account && self.note_seen(&record.id)? {
                        news.push(event(SEEN, &record.id, now, json!({})));
                    }
                    if kind == Kind::Contact {
                        news.extend(self.comeback(&record.id, account)?);
                    }
                }
                self.stores.ledger.observe(&told, now)?;
            }
        }
        news.push(schema::bound(tenant, now));
        Ok(self.stores.ledger.append(&news, now)?)
    }
}
