//! What arrived is brought into the cache as a sync would bring it, so that the screen shows the CRM's own record.

use super::wait::is_about_everything;
use super::{PushEvent, Pusher};
use crate::crm::CrmWrite;
use crate::domain::record::{Kind, RecordId};
use crate::sync::error::SyncError;
use crate::sync::leaving::{Leaving, Why};
use crate::sync::report::{SyncEvent, SyncOptions};
use crate::sync::scope::Whose;
use crate::sync::session::{Session, Stores};
use crate::sync::status::{DOCUMENT, SyncStatus};

impl<C: CrmWrite> Pusher<'_, C> {
    /// Reads records that were written. If the CRM does not give them now, the next sync brings them.
    pub(super) fn fetch(&mut self, kind: Kind, ids: &[RecordId]) -> Result<(), SyncError> {
        if ids.is_empty() || self.ended.is_some() {
            return Ok(());
        }
        self.in_session(|session| {
            if kind == Kind::Account {
                session.whose.brought.extend(ids.iter().cloned());
                let leaving = session.read_accounts(ids)?;
                return session.let_accounts_go(leaving);
            }
            let haul = session.haul_of(kind, ids, true)?;
            let touched = session.keep(haul)?;
            session.tell_changed(touched);
            Ok(())
        })
    }

    /// Takes a record out of the cache that was archived.
    pub(super) fn forget(&mut self, kind: Kind, id: &RecordId) -> Result<(), SyncError> {
        self.in_session(|session| {
            let leaving = Leaving {
                kind,
                id: id.clone(),
                why: Why::Deleted,
            };
            let touched = session.let_go(vec![leaving])?;
            session.tell_changed(touched);
            Ok(())
        })
    }

    fn in_session(
        &mut self,
        work: impl FnOnce(&mut Session<'_, C>) -> Result<(), SyncError>,
    ) -> Result<(), SyncError> {
        let options = SyncOptions {
            now: self.now(),
            ..self.options.sync.clone()
        };
        let Ok(whose) = Whose::of(&options, &self.owners) else {
            // Before the first sync nobody knows whose accounts are cached.
            return Ok(());
        };
        let status = SyncStatus::parse(self.stores.cache.document(DOCUMENT)?.as_deref());
        let on_event = &mut *self.on_event;
        let mut hear = |event: SyncEvent, stores: &mut Stores| {
            if let SyncEvent::Changed { accounts } = event {
                on_event(PushEvent::Changed { accounts }, stores);
            }
        };
        let mut session = Session::new(
            self.reader,
            self.stores,
            self.mapping,
            &options,
            &mut hear,
            whose,
            status,
        );
        match work(&mut session) {
            Err(SyncError::Crm(error)) if is_about_everything(&error) => self.end(&error),
            Err(SyncError::Crm(_) | SyncError::Stopped) => Ok(()),
            done => done,
        }
    }
}
