//! With whom of the customer's people a touchpoint was and who opened a ticket: links between contacts and calls,
//! meetings, e-mails, tickets.
//!
//! They tell when somebody was last spoken with, and who asks. Only links are read, a thousand contacts a call and kind;
//! the records themselves come with their accounts.

use super::error::SyncError;
use super::session::{Haul, Session};
use crate::crm::Crm;
use crate::domain::record::{Kind, RecordId};
use crate::store::LinkSet;

/// The kinds that are with somebody.
const CONVERSATIONS: [Kind; 4] = [Kind::Call, Kind::Meeting, Kind::Email, Kind::Ticket];
/// Contacts whose links are read together: as many as one call takes.
const TOGETHER: usize = 1_000;

impl<C: Crm> Session<'_, C> {
    /// Reads the conversations with every contact of the cache.
    pub fn read_all_conversations(&mut self) -> Result<(), SyncError> {
        let (mut after, mut done) = (None, 0);
        loop {
            self.stage("conversations", done, None)?;
            let contacts = self
                .stores
                .cache
                .ids_after(Kind::Contact, after.as_ref(), TOGETHER)?;
            let Some(last) = contacts.last() else {
                return Ok(());
            };
            after = Some(last.clone());
            done += contacts.len() as u64;
            self.read_conversations(&contacts)?;
        }
    }

    /// Reads the conversations with these contacts.
    pub fn read_conversations(&mut self, contacts: &[RecordId]) -> Result<(), SyncError> {
        for part in contacts.chunks(TOGETHER) {
            let mut haul = Haul::default();
            for kind in CONVERSATIONS {
                haul.add(self.reader.branch(Kind::Contact, kind, part, false)?);
            }
            self.keep(haul)?;
        }
        Ok(())
    }

    /// Reads with whom the conversations of a haul were, into the haul.
    pub fn add_conversations(&self, kind: Kind, haul: &mut Haul) -> Result<(), SyncError> {
        if !CONVERSATIONS.contains(&kind) {
            return Ok(());
        }
        let ids: Vec<RecordId> = haul.records.iter().map(|record| record.id.clone()).collect();
        for (id, ids) in self.reader.links(kind, Kind::Contact, &ids)? {
            haul.links.push(LinkSet {
                from: (kind, id),
                to: Kind::Contact,
                ids,
            });
        }
        Ok(())
    }
}
