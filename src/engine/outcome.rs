//! What judging accounts came to, and how it is written.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::EngineError;
use super::cannot_tell::{self, CannotTell};
use super::judge::Judge;
use super::moment::Moment;
use super::rows;
use super::segment_history::Drawn;
use super::segments::Segments;
use super::warnings::Verdict;
use crate::domain::desk::Warning;
use crate::domain::record::RecordId;
use crate::domain::summary::Summary;
use crate::store::{Cache, Features, Ledger, NewEvent};

/// What is kept of a judged account.
pub fn features(judge: &Judge<'_>, verdict: &Verdict<'_>) -> Features {
    let world = judge.world;
    let untold: Vec<&str> = verdict
        .cannot_tell
        .iter()
        .map(|signal| signal.id.as_str())
        .collect();
    Features {
        untold: (!untold.is_empty()).then(|| untold.join("\n")),
        account: judge.account.id.clone(),
        line: rows::pack(world, judge.account, judge.own),
        turns: Moment::now(judge).turns(&world.wanted.hours),
    }
}

/// What came out of a run and is still to be written.
#[derive(Default)]
pub struct Outcome {
    /// Lines of accounts.
    pub summaries: Vec<Summary>,
    /// The warnings of each account.
    pub warnings: Vec<(RecordId, Vec<Warning>)>,
    /// What signals ask of each account, packed.
    pub rows: Vec<Features>,
    /// Accounts that have no line any more.
    pub gone: Vec<RecordId>,
    /// What is noted in the ledger.
    pub events: Vec<NewEvent>,
    /// Of which accounts each signal cannot tell, by the signals' ids.
    pub unknown: BTreeMap<String, CannotTell>,
    /// Counted only while all accounts are judged.
    pub segments: Option<Segments>,
    /// Those that stand for their segments, drawn only then.
    pub drawn: Drawn,
}

impl Outcome {
    /// What signals could not tell of an account counts no more: it is judged anew.
    pub fn forget(&mut self, cache: &Cache, account: &RecordId) -> Result<(), EngineError> {
        if let Some(untold) = cache.untold(account)? {
            cannot_tell::forget(&mut self.unknown, account, &untold);
        }
        Ok(())
    }

    /// Takes in what the signals say of an account.
    pub fn take(&mut self, judge: &Judge<'_>, verdict: Verdict<'_>) {
        let account = &judge.account.id;
        self.events.extend(verdict.events);
        for signal in verdict.cannot_tell {
            let of = self.unknown.entry(signal.id.clone()).or_default();
            of.add(account, || signal.when.unknown(&Moment::now(judge)));
        }
        self.warnings.push((account.clone(), verdict.warnings));
    }

    /// Writes what has come together so far: events into the ledger first. A process that is killed before
    /// the cache has its rows loses nothing, and whoever comes next finds the events and notes none twice.
    pub fn write(
        &mut self,
        cache: &mut Cache,
        ledger: &mut Ledger,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if !ledger.is_read_only() {
            ledger.append(&self.events, now)?;
        }
        self.events.clear();
        cache.put_summaries(&self.summaries, &self.gone)?;
        cache.put_features(&self.rows)?;
        let none: &[Warning] = &[];
        let sets: Vec<(&RecordId, &[Warning])> = self
            .warnings
            .iter()
            .map(|(account, warnings)| (account, warnings.as_slice()))
            .chain(self.gone.iter().map(|gone| (gone, none)))
            .collect();
        cache.put_all_warnings(&sets)?;
        self.summaries.clear();
        self.warnings.clear();
        self.rows.clear();
        self.gone.clear();
        Ok(())
    }

    /// Keeps of which accounts each signal cannot tell.
    pub fn keep_unknown(&self, cache: &mut Cache) -> Result<(), EngineError> {
        cannot_tell::keep(cache, &self.unknown)
    }
}
