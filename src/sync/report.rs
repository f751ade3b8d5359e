//! What a sync is asked for, and what it tells while it works and at its end.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::crm::Tenant;
use crate::domain::record::RecordId;
use crate::domain::team::Roster;

/// Whose accounts are cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Accounts whose CSM I am (`scope = "owner"` in the settings).
    #[default]
    Me,
    /// Accounts of everyone in my primary team.
    Team,
    /// Every account.
    All,
}

/// What a sync is asked for.
#[derive(Debug, Clone)]
pub struct SyncOptions {
    /// Whose accounts.
    pub scope: Scope,
    /// Who I am: e-mail address or owner id in the CRM.
    pub me: Option<String>,
    /// Who is away, and who stands in: what waits for those for whom I do is cached as mine is.
    pub team: Roster,
    /// My time zone.
    pub zone: TimeZone,
    /// The day it is in it.
    pub today: Date,
    /// The tenant that the profile was connected to; another one stops the sync before anything is written.
    pub expected_tenant: Option<String>,
    /// Whose portal the way to the CRM leads to, as it was last told there.
    pub opens: Opens,
    /// Do every pass now, whatever its interval says.
    pub full: bool,
    /// Apply removals that are more than max(20, 10 %) at once.
    pub accept_deletes: bool,
    /// When the sync starts (UTC).
    pub now: Timestamp,
    /// How far a delta looks back behind its watermark, because a search index lags.
    pub lookback: SignedDuration,
    /// How often everything is compared with the CRM in full.
    pub full_sweep: SignedDuration,
    /// Set to `true` from outside to stop: a question that waits for its answer is given up.
    pub stop: Arc<AtomicBool>,
    /// Whether something must not wait for an answer that does not come; `None` where nothing ever is.
    pub urgent: Option<Urgent>,
}

/// Whose portal a way to the CRM leads to: shared by all that go the same way, so that opening an account need not ask
/// each time.
#[derive(Debug, Clone, Default)]
pub struct Opens(Arc<Mutex<Option<Tenant>>>);

impl Opens {
    /// What the CRM last said; `None` before it was asked.
    pub fn last(&self) -> Option<Tenant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes what the CRM said.
    pub fn note(&self, tenant: &Tenant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(tenant.clone());
    }
}

/// Tells whether there is something to do that a sync makes way for: asked, from any thread, once an answer takes long.
#[derive(Clone)]
pub struct Urgent(Arc<dyn Fn() -> bool + Send + Sync>);

impl Urgent {
    /// Urgent while this holds.
    pub fn when(holds: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(holds))
    }

    /// Whether it is now.
    pub fn is_now(&self) -> bool {
        (self.0)()
    }
}

impl std::fmt::Debug for Urgent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Urgent")
    }
}

impl SyncOptions {
    /// The shipped defaults: my accounts, ten minutes of look-back, a sweep a day.
    pub fn new(scope: Scope, me: Option<String>, now: Timestamp) -> Self {
        Self {
            scope,
            me,
            team: Roster::default(),
            zone: TimeZone::UTC,
            today: now.to_zoned(TimeZone::UTC).date(),
            expected_tenant: None,
            opens: Opens::default(),
            full: false,
            accept_deletes: false,
            now,
            lookback: SignedDuration::from_mins(10),
            full_sweep: SignedDuration::from_hours(24),
            stop: Arc::default(),
            urgent: None,
        }
    }
}

/// What a sync tells while it works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncEvent {
    /// It has begun; `full` on a first sync or a complete sweep.
    Started {
        /// Whether everything is read.
        full: bool,
    },
    /// How far a stage is.
    Stage {
        /// What is being read, in words, plural: `accounts`, `contacts` …
        what: &'static str,
        /// How many are done.
        done: u64,
        /// Of how many, when the CRM said so.
        total: Option<u64>,
    },
    /// These accounts, or something that belongs to them, changed in the cache; refresh them.
    Changed {
        /// Their ids; also those that are gone.
        accounts: Vec<RecordId>,
    },
    /// Nothing is half done: the caller may use the stores, and the way to the CRM, for something that must not wait
    /// for the end of the sync.
    Between,
    /// The cache holds a first page of accounts with what belongs to them.
    UsableList,
    /// Something is missing or held back, one sentence; the sync goes on.
    Warning(String),
    /// It is done.
    Finished(SyncReport),
    /// It stopped; the error is returned as well.
    Failed {
        /// What happened, one sentence.
        what: String,
        /// What to do about it; may be empty.
        hint: String,
    },
}

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SyncReport {
    /// Whether everything was read (a first sync or a complete sweep).
    pub full: bool,
    /// Accounts in the cache at the end.
    pub accounts: u64,
    /// Accounts that were held against the CRM's, by their stamps or value by value.
    pub compared: u64,
    /// Records that were read from the CRM and committed, of any kind.
    pub read: u64,
    /// Those of them that the cache did not have as they are.
    pub changed: u64,
    /// Records that were removed from the cache.
    pub gone: u64,
    /// New observations in the ledger.
    pub observed: u64,
    /// What is missing or held back, one sentence each.
    pub warnings: Vec<String>,
}
