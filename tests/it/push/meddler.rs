//! A CRM with somebody at the wire: what happens before and after each write, and what the program hears of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use retain::crm::hubspot::HubSpot;
use retain::crm::{
    Batch, Crm, CrmError, CrmWrite, FieldChanges, Histories, Hit, NewRecord, Page, Pipeline, Property,
    Search, Tenant, Usage, Written,
};
use retain::domain::outbox::WritePermit;
use retain::domain::record::{Kind, Owner, Record, RecordId};

type Done = Result<Vec<Written>, CrmError>;

/// A moment of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nothing has left yet.
    Before,
    /// The CRM has answered; the program has not heard it.
    After,
}

/// Changes that the CRM is still working on.
pub type Held = Arc<Mutex<Vec<(Kind, Vec<FieldChanges>)>>>;

/// What is heard instead of records, if anything.
type Reads<'a> = dyn Fn(&[RecordId]) -> Option<CrmError> + Send + Sync + 'a;

/// The real adapter, and what is done to it.
pub struct Meddler<'a> {
    /// The adapter.
    pub inner: HubSpot,
    /// Called around each write.
    pub meddle: Box<dyn Fn(Moment) + Send + Sync + 'a>,
    /// What the program hears instead of the answer.
    pub hears: fn(Done) -> Done,
    /// Whether the program hears nothing of the history of fields.
    pub forgets: bool,
    /// What the program hears instead of these records.
    pub reads: Box<Reads<'a>>,
    /// What the program hears instead of the history of fields.
    pub past: Box<dyn Fn() -> Option<CrmError> + Send + Sync + 'a>,
    /// The record that the CRM would not answer for among others.
    pub refuses: Option<RecordId>,
    /// What the program hears when it looks for its own keys.
    pub finds: fn() -> Option<CrmError>,
    /// Whether the CRM gives no answer to this change, and makes it later: before the next one, or when it is [`land`]ed.
    pub late: Box<dyn Fn() -> bool + Send + Sync + 'a>,
    /// What it makes later.
    pub held: Held,
}

impl<'a> Meddler<'a> {
    pub fn new(inner: HubSpot, meddle: impl Fn(Moment) + Send + Sync + 'a) -> Self {
        Self {
            inner,
            meddle: Box::new(meddle),
            hears: |done| done,
            forgets: false,
            reads: Box::new(|_| None),
            past: Box::new(|| None),
            refuses: None,
            finds: || None,
            late: Box::new(|| false),
            held: Held::default(),
        }
    }

    async fn around(&self, write: impl Future<Output = Done>) -> Done {
        (self.meddle)(Moment::Before);
        let done = write.await;
        (self.meddle)(Moment::After);
        (self.hears)(done)
    }
}

/// The CRM makes what it was still working on.
pub async fn land(crm: &HubSpot, permit: WritePermit, held: &Held) {
    let late = std::mem::take(&mut *held.lock().unwrap());
    for (kind, changes) in late {
        // Nobody hears the answer any more.
        let _ = crm.update(permit, kind, &changes).await;
    }
}

impl Crm for Meddler<'_> {
    async fn tenant(&self) -> Result<Tenant, CrmError> {
        self.inner.tenant().await
    }
    fn forget_properties(&self) {
        self.inner.forget_properties();
    }
    async fn owners(&self) -> Result<Vec<Owner>, CrmError> {
        self.inner.owners().await
    }
    async fn properties(&self, kind: Kind) -> Result<Vec<Property>, CrmError> {
        self.inner.properties(kind).await
    }
    async fn pipelines(&self, kind: Kind) -> Result<Vec<Pipeline>, CrmError> {
        self.inner.pipelines(kind).await
    }
    async fn list(
        &self,
        kind: Kind,
        names: &[String],
        after: Option<&str>,
        archived: bool,
    ) -> Result<Page<Record>, CrmError> {
        self.inner.list(kind, names, after, archived).await
    }
    async fn search(&self, search: &Search) -> Result<Page<Hit>, CrmError> {
        self.inner.search(search).await
    }
    async fn read(&self, kind: Kind, ids: &[RecordId], names: &[String]) -> Result<Batch, CrmError> {
        if let Some(error) = (self.reads)(ids) {
            return Err(error);
        }
        let mut batch = self.inner.read(kind, ids, names).await?;
        if let Some(refused) = self.refuses.as_ref().filter(|id| ids.contains(id)) {
            batch.records.retain(|record| record.id != *refused);
            batch.refused.push(refused.clone());
        }
        Ok(batch)
    }
    async fn history(&self, kind: Kind, ids: &[RecordId], names: &[String]) -> Result<Histories, CrmError> {
        if self.forgets {
            return Ok(Histories::default());
        }
        if let Some(error) = (self.past)() {
            return Err(error);
        }
        self.inner.history(kind, ids, names).await
    }
    async fn links(
        &self,
        from: Kind,
        to: Kind,
        ids: &[RecordId],
    ) -> Result<Vec<(RecordId, Vec<RecordId>)>, CrmError> {
        self.inner.links(from, to, ids).await
    }
    async fn usage(&self) -> Result<Option<Usage>, CrmError> {
        self.inner.usage().await
    }
}

impl CrmWrite for Meddler<'_> {
    async fn is_keyed(&self, kind: Kind) -> Result<bool, CrmError> {
        self.inner.is_keyed(kind).await
    }
    async fn create(&self, permit: WritePermit, kind: Kind, records: &[NewRecord]) -> Done {
        self.around(self.inner.create(permit, kind, records)).await
    }
    async fn update(&self, permit: WritePermit, kind: Kind, changes: &[FieldChanges]) -> Done {
        land(&self.inner, permit, &self.held).await;
        if (self.late)() {
            self.held.lock().unwrap().push((kind, changes.to_vec()));
            let unclear = |_| Written::Unclear {
                why: "no answer came in time".to_owned(),
            };
            let unheard = changes.iter().map(unclear).collect();
            return self.around(async { Ok(unheard) }).await;
        }
        self.around(self.inner.update(permit, kind, changes)).await
    }
    async fn archive(&self, permit: WritePermit, kind: Kind, ids: &[RecordId]) -> Done {
        self.around(self.inner.archive(permit, kind, ids)).await
    }
    fn page_of(&self, tenant: &Tenant, kind: Kind, id: &RecordId) -> Option<String> {
        self.inner.page_of(tenant, kind, id)
    }
    async fn find_by_key(
        &self,
        kind: Kind,
        about: &[(Kind, RecordId)],
        keys: &[String],
        since: jiff::Timestamp,
    ) -> Result<BTreeMap<String, RecordId>, CrmError> {
        if let Some(error) = (self.finds)() {
            return Err(error);
        }
        self.inner.find_by_key(kind, about, keys, since).await
    }
}
