//! One account, read at once: what opening an account does, so that it is never older than the moment.

use std::time::Instant;

use tokio::runtime::Handle;

use super::error::SyncError;
use super::reader::Reader;
use super::report::{SyncEvent, SyncOptions};
use super::schema;
use super::scope::Whose;
use super::session::{Session, Stores, keep_wait};
use super::status::{DOCUMENT, SyncStatus};
use crate::config::mapping::Mapping;
use crate::crm::{Batch, Crm};
use crate::domain::record::{Kind, RecordId};

/// An account that is opened, and the way to it.
pub struct Opening<'a, C> {
    /// The CRM.
    pub crm: &'a C,
    /// Where its answers are waited for.
    pub runtime: &'a Handle,
    /// What the CRM's properties mean.
    pub mapping: &'a Mapping,
    /// Whose accounts are read, and the flag that stops it.
    pub options: &'a SyncOptions,
    /// The account.
    pub id: &'a RecordId,
}

impl<C: Crm> Opening<'_, C> {
    /// Reads the account with everything that hangs on it. Cursors and watermarks stay as they are.
    ///
    /// A wait that the CRM asked for holds here too, and one that it asks for here holds for every process.
    pub fn sync(
        &self,
        stores: &mut Stores,
        on_event: &mut dyn FnMut(SyncEvent, &mut Stores),
    ) -> Result<(), SyncError> {
        let status = SyncStatus::parse(stores.cache.document(DOCUMENT)?.as_deref());
        if let Some(until) = status.held_until(self.options.now) {
            let until = until.to_zoned(self.options.zone.clone());
            return Err(SyncError::Waiting { until });
        }
        let begun = Instant::now();
        let read = self.read(stores, on_event);
        if let Err(SyncError::Crm(error)) = &read {
            keep_wait(&mut stores.cache, error, self.options.now + begun.elapsed())?;
        }
        read
    }

    fn read(
        &self,
        stores: &mut Stores,
        on_event: &mut dyn FnMut(SyncEvent, &mut Stores),
    ) -> Result<(), SyncError> {
        let Self {
            crm,
            runtime,
            mapping,
            options,
            id,
        } = *self;
        let schema = schema::kept(&stores.cache, mapping)?;
        let mut whose = Whose::of(options, &schema.owners)?;
        // Whoever owns it: it is here because the scope or a task brought it, and the next sync judges that.
        whose.brought.insert(id.clone());
        let blind = schema.is_blind(mapping);
        let mut reader = Reader::of_sync(crm, runtime, options);
        // Of another portal every answer would be wrong: an id that is not there, and one that is.
        let tenant = match options.opens.last() {
            Some(tenant) => tenant,
            None => reader.ask(crm.tenant())?,
        };
        schema::settle_tenant(stores, &tenant, options)?;
        reader.set_properties(schema.properties);
        let status = SyncStatus::parse(stores.cache.document(DOCUMENT)?.as_deref());
        let mut session = Session::new(&reader, stores, mapping, options, on_event, whose, status);
        let (batch, known) = if blind {
            // Whether it still is an account cannot be told; what hangs on it is read all the same.
            (Batch::default(), vec![id.clone()])
        } else {
            let batch = session.reader.read(Kind::Account, std::slice::from_ref(id))?;
            let known = batch.records.iter().map(|record| record.id.clone()).collect();
            (batch, known)
        };
        let leaving = session.keep_accounts(batch)?;
        let branches = session.reader.families(&known, true)?;
        let touched = session.keep_family(Vec::new(), branches)?;
        session.tell_changed(touched);
        let contacts = session
            .stores
            .cache
            .linked_ids((Kind::Account, id), Kind::Contact)?;
        session.read_conversations(&contacts)?;
        session.let_accounts_go(leaving)
    }
}
