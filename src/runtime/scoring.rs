//! When to score anew while a sync brings accounts in.
//!
//! After the first page at once, so that the list can be used; then in batches that double, because
//! each one costs a pass over what belongs to all; everything when the day, the configuration or an
//! unfinished batch asks for it.

use std::fmt::Write;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::config::Setup;
use crate::domain::record::RecordId;
use crate::engine::{self, EngineError, What};
use crate::store::StoreError;
use crate::sync::Stores;

/// Name of the cache document that says for what day and configuration everything is scored.
const SCORED: &str = "scored";
/// Accounts of the first batch.
const FIRST_BATCH: usize = 500;

/// Scores what a sync brings.
pub struct Scoring<'a> {
    setup: &'a Setup,
    now: Timestamp,
    /// What [`SCORED`] says when all is scored.
    fingerprint: String,
    /// Whether everything was scored, for this day and configuration, before this sync.
    was_scored: bool,
    waiting: Vec<RecordId>,
    batch: usize,
    outcome: Result<(), EngineError>,
}

impl<'a> Scoring<'a> {
    /// Nothing has come yet.
    pub fn new(setup: &'a Setup, stores: &Stores, now: Timestamp) -> Result<Self, StoreError> {
        let fingerprint = fingerprint(setup, now);
        Ok(Self {
            was_scored: stores.cache.document(SCORED)?.as_deref() == Some(&fingerprint),
            fingerprint,
            setup,
            now,
            waiting: Vec::new(),
            batch: 0,
            outcome: Ok(()),
        })
    }

    /// These accounts changed in the cache.
    pub fn changed(&mut self, stores: &mut Stores, accounts: &[RecordId]) {
        if self.outcome.is_err() {
            return;
        }
        self.waiting.extend_from_slice(accounts);
        if self.waiting.len() > self.batch {
            self.outcome = self.score_batch(stores);
        }
    }

    /// The sync has ended, in whatever way; `all` says that everything was read.
    pub fn finish(mut self, stores: &mut Stores, all: bool) -> Result<(), EngineError> {
        std::mem::replace(&mut self.outcome, Ok(()))?;
        if all || !self.was_scored {
            engine::refresh(
                &mut stores.cache,
                &mut stores.ledger,
                self.setup,
                What::All,
                self.now,
            )?;
        } else if !self.waiting.is_empty() {
            self.score_waiting(stores)?;
        }
        stores.cache.put_document(SCORED, &self.fingerprint)?;
        Ok(())
    }

    fn score_batch(&mut self, stores: &mut Stores) -> Result<(), EngineError> {
        if self.batch == 0 {
            // Killed from here on, the next sync scores everything.
            stores.cache.put_document(SCORED, "null")?;
        }
        self.batch = (self.batch * 2).max(FIRST_BATCH);
        self.score_waiting(stores)
    }

    fn score_waiting(&mut self, stores: &mut Stores) -> Result<(), EngineError> {
        let what = What::Accounts(&self.waiting);
        engine::refresh(&mut stores.cache, &mut stores.ledger, self.setup, what, self.now)?;
        self.waiting.clear();
        Ok(())
    }
}

/// The day and the configuration that scores follow from, as JSON.
fn fingerprint(setup: &Setup, now: Timestamp) -> String {
    let hash = Sha256::digest(format!("{setup:?}"));
    let mut text = format!("\"{} ", setup.settings.day_of(now));
    for byte in hash.iter().take(8) {
        // Writing to memory cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.push('"');
    text
}
