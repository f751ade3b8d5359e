//! CRMs: HTTP and vendors' words. Nothing outside this room knows either.
//!
//! [`Crm`] is what `sync` and `connect` ask of any CRM; each vendor's folder answers it.

pub mod error;
pub mod hubspot;
pub mod transport;
mod write;

use std::future::Future;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::domain::record::ValueType;
use crate::domain::record::{Kind, Owner, PastValue, Record, RecordId};

pub use error::CrmError;
pub use write::{CrmWrite, FieldChanges, NewRecord, Written};

/// Whose portal it is: asked first in each sync, so that another tenant's data never mixes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// The CRM's id of the tenant (HubSpot: portal id).
    pub id: String,
    /// IANA time zone of the tenant.
    pub time_zone: String,
    /// ISO 4217 code of the company's own currency.
    pub currency: String,
    /// Further currencies that are configured.
    pub currencies: Vec<String>,
    /// Base of the CRM's web interface, for links to records; `None` when it did not say.
    pub web: Option<String>,
}

/// A property that the CRM has on a kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// The CRM's own name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// `text`, `number`, `date`, `datetime`, `bool` or `choice`.
    pub value_type: ValueType,
    /// Allowed values of a choice: (value, label).
    pub options: Vec<(String, String)>,
    /// Computed by the CRM: a change does not move the record's stamp.
    pub calculated: bool,
    /// Values are unique over all records, so that it can serve as a key for writing.
    pub unique: bool,
    /// Cannot be written.
    pub read_only: bool,
    /// Names an owner.
    pub is_owner: bool,
}

/// A condition on one property or core field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The property has one of these values (exact).
    OneOf(String, Vec<String>),
    /// The property is set.
    Set(String),
    /// The task is not completed.
    Open,
    /// The record's text has this word.
    Mentions(String),
    /// The record is linked to this other record.
    LinkedTo(Kind, RecordId),
    /// The record's last-changed stamp is within `from ..= until`.
    Changed {
        /// Earliest stamp, inclusive.
        from: Timestamp,
        /// Latest stamp, inclusive.
        until: Timestamp,
    },
    /// The record was last changed exactly then, and its id comes after this one.
    ChangedAtAfterId(Timestamp, RecordId),
}

/// How a search is ordered. The CRM orders by one key only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchOrder {
    /// By last-changed stamp, oldest first.
    Changed,
    /// By id, ascending.
    Id,
}

/// A search: every condition must hold. At most 10,000 records can be reached with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// What to look for.
    pub kind: Kind,
    /// Conditions, joined by *and*.
    pub conditions: Vec<Condition>,
    /// Order of the answer.
    pub order: SearchOrder,
    /// Where to go on, from the answer before.
    pub after: Option<String>,
}

/// One hit of a search: ids and stamps only, values are read in batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The record.
    pub id: RecordId,
    /// Its last-changed stamp.
    pub changed: Timestamp,
}

/// A page of anything, with the place to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What the page holds.
    pub items: Vec<T>,
    /// Pass it back to get the next page; `None` at the end.
    pub after: Option<String>,
    /// How many there are in all, when the CRM says so.
    pub total: Option<u64>,
}

/// What a batch read gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Records that exist. A merged record answers with its new id.
    pub records: Vec<Record>,
    /// Ids that were asked for and are not there (deleted, merged away or hidden).
    pub missing: Vec<RecordId>,
    /// Ids that the CRM would not answer for: nothing can be told of them, least of all that they are gone.
    pub refused: Vec<RecordId>,
}

/// What was asked of the past gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histories {
    /// The values, of whichever records had some.
    pub values: Vec<PastValue>,
    /// Ids that the CRM would not answer for: nothing can be told of them, least of all that they have no past.
    pub refused: Vec<RecordId>,
}

/// How much of the CRM's limits is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// Calls made today by this application.
    pub today: u64,
    /// Calls allowed a day.
    pub limit: u64,
}

/// What `sync` and `connect` ask of a CRM. All reading; nothing here changes the CRM.
///
/// `properties` are the CRM's own names from the mapping; the core fields of the kind come always.
/// A property that the CRM does not have is left out of the answer, never an error.
pub trait Crm: Send + Sync {
    /// Whose portal it is.
    fn tenant(&self) -> impl Future<Output = Result<Tenant, CrmError>> + Send;
    /// The properties of the CRM may have changed: what the adapter keeps of them is asked for again when it is needed
    /// next. Each sync begins with it.
    fn forget_properties(&self);
    /// All owners, archived ones too.
    fn owners(&self) -> impl Future<Output = Result<Vec<Owner>, CrmError>> + Send;
    /// The properties of a kind, without those that are sensitive or hidden from the key.
    fn properties(&self, kind: Kind) -> impl Future<Output = Result<Vec<Property>, CrmError>> + Send;
    /// Pipelines of contracts or tickets: (id, label, stages as (id, label, closed, won)).
    fn pipelines(&self, kind: Kind) -> impl Future<Output = Result<Vec<Pipeline>, CrmError>> + Send;
    /// All records of a kind, page by page, in the CRM's own order. Archived ones only when asked for.
    fn list(
        &self,
        kind: Kind,
        properties: &[String],
        after: Option<&str>,
        archived: bool,
    ) -> impl Future<Output = Result<Page<Record>, CrmError>> + Send;
    /// One page of a search.
    fn search(&self, search: &Search) -> impl Future<Output = Result<Page<Hit>, CrmError>> + Send;
    /// Records by id, any number: the adapter splits into batches, and bisects one that is refused.
    fn read(
        &self,
        kind: Kind,
        ids: &[RecordId],
        properties: &[String],
    ) -> impl Future<Output = Result<Batch, CrmError>> + Send;
    /// Past values of properties, any number of ids; `core:<name>` asks for a core field's.
    fn history(
        &self,
        kind: Kind,
        ids: &[RecordId],
        properties: &[String],
    ) -> impl Future<Output = Result<Histories, CrmError>> + Send;
    /// For each id the ids of the linked records of another kind, all pages. An id that the CRM would not answer for is
    /// left out: it may have links.
    fn links(
        &self,
        from: Kind,
        to: Kind,
        ids: &[RecordId],
    ) -> impl Future<Output = Result<Vec<(RecordId, Vec<RecordId>)>, CrmError>> + Send;
    /// How much of the day's limit is used; `None` when this key is not told.
    fn usage(&self) -> impl Future<Output = Result<Option<Usage>, CrmError>> + Send;
}

/// A pipeline and its stages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pipeline {
    /// The CRM's id.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Its stages in order.
    pub stages: Vec<Stage>,
}

/// One stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// The CRM's id.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Records in it are closed.
    pub closed: bool,
    /// Records in it were won.
    pub won: bool,
}
