//! Writing to a CRM: what the outbox asks of an adapter, and what it is told of each write.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;

use super::{Crm, CrmError, Tenant};
use crate::domain::outbox::{Field, Remedy, WritePermit};
use crate::domain::record::{Kind, RecordId};

/// A record that is to be made: a note, task, call, meeting or e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// A word that is this write's alone. It stands in the signature line, and in the property that serves as
    /// a key where the CRM has one.
    pub key: String,
    /// Its values; texts are plain.
    pub fields: BTreeMap<Field, String>,
    /// The records that it belongs to.
    pub about: Vec<(Kind, RecordId)>,
    /// Who writes it, for the signature line: the CRM itself only knows whose key it is.
    pub author: String,
    /// The CRM cannot have it from before then (UTC).
    pub since: Timestamp,
}

/// Fields of a record that are to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChanges {
    /// Which record.
    pub id: RecordId,
    /// What becomes of which field; `None` empties it. Texts are plain.
    pub fields: BTreeMap<Field, Option<String>>,
}

/// What became of one write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// The CRM has it.
    Done {
        /// The record that was made or changed.
        id: RecordId,
    },
    /// The CRM refused it: it surely does not have it, and trying again by itself would not help.
    Refused {
        /// The CRM's own words, raw.
        said: String,
        /// What helps it.
        remedy: Remedy,
    },
    /// The CRM surely does not have it, and may take it later.
    Later {
        /// How long the CRM asks to wait, if it says.
        wait: Option<Duration>,
        /// What happened, in words.
        why: String,
    },
    /// The CRM may have it.
    Unclear {
        /// What happened, in words.
        why: String,
    },
}

/// What the outbox asks of a CRM. Answers come one per input, in the order of the inputs. An error means that
/// surely nothing was done for any of them.
pub trait CrmWrite: Crm {
    /// Whether what is made carries a key of ours that the CRM keeps unique, so that it cannot be made twice.
    fn is_keyed(&self, kind: Kind) -> impl Future<Output = Result<bool, CrmError>> + Send;
    /// Makes records, any number.
    fn create(
        &self,
        permit: WritePermit,
        kind: Kind,
        records: &[NewRecord],
    ) -> impl Future<Output = Result<Vec<Written>, CrmError>> + Send;
    /// Changes records, any number; each of them once.
    fn update(
        &self,
        permit: WritePermit,
        kind: Kind,
        changes: &[FieldChanges],
    ) -> impl Future<Output = Result<Vec<Written>, CrmError>> + Send;
    /// Archives records, any number; one that is archived already is done.
    fn archive(
        &self,
        permit: WritePermit,
        kind: Kind,
        ids: &[RecordId],
    ) -> impl Future<Output = Result<Vec<Written>, CrmError>> + Send;
    /// The record's page in the CRM's own web interface, when the CRM said where that is.
    fn page_of(&self, tenant: &Tenant, kind: Kind, id: &RecordId) -> Option<String>;
    /// Which of the records with these keys are there: by the unique key where there is one, and by the
    /// signature line of what belongs to these records. Never by search, whose index lags. They were made `since` then
    /// (UTC): what is older need not be looked at.
    fn find_by_key(
        &self,
        kind: Kind,
        about: &[(Kind, RecordId)],
        keys: &[String],
        since: Timestamp,
    ) -> impl Future<Output = Result<BTreeMap<String, RecordId>, CrmError>> + Send;
}
