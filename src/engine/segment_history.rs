//! The median score of each segment over the weeks of the chart.
//!
//! To score every account at every week would take as long as all else together. So at most [`MOST`] accounts of a segment
//! stand for it, drawn by their ids: the same ones on every machine.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::config::Setup;
use crate::domain::record::RecordId;
use crate::domain::summary::Band;
use crate::domain::summary::Summary;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::account_view::weeks;
use super::judge::Judge;
use super::segments::{Segments, Spread};
use super::subject::Subject;
use super::wanted::EXTRA;
use super::world::World;

/// So many accounts stand for their segment.
const MOST: usize = 500;

/// The accounts that stand for each segment.
#[derive(Debug, Default)]
pub struct Drawn {
    /// By segment: the place that the id draws, and the id; the lowest places are kept.
    lots: BTreeMap<String, BTreeMap<u64, RecordId>>,
}

impl Drawn {
    /// Has an account draw, unless it has left.
    pub fn draw(&mut self, summary: &Summary) {
        if summary.has_churned() {
            return;
        }
        let segment = summary.segment.as_deref().unwrap_or_default();
        if !self.lots.contains_key(segment) {
            self.lots.insert(segment.to_owned(), BTreeMap::new());
        }
        let Some(lots) = self.lots.get_mut(segment) else {
            return;
        };
        let lot = lot(&summary.id);
        if lots.len() < MOST || lots.last_key_value().is_some_and(|(last, _)| lot < *last) {
            lots.insert(lot, summary.id.clone());
            if lots.len() > MOST {
                lots.pop_last();
            }
        }
    }

    /// Works out the medians and gives them to the segments.
    pub fn medians(
        &self,
        cache: &Cache,
        ledger: &Ledger,
        setup: &Setup,
        now: Timestamp,
        segments: &mut Segments,
    ) -> Result<(), EngineError> {
        let weeks = weeks(now);
        let world = World::read(cache, ledger, setup, now, &weeks)?;
        for (segment, lots) in &self.lots {
            let mut spreads = vec![Spread::default(); weeks.len() + 1];
            for id in lots.values() {
                scores(cache, ledger, &world, id, &mut spreads)?;
            }
            let days = weeks.iter().map(|week| world.day(*week)).chain([world.today]);
            let medians = days.zip(&spreads);
            let medians = medians.filter_map(|(day, spread)| Some((day, spread.median()?)));
            segments.put_medians(segment, medians.collect());
        }
        Ok(())
    }
}

/// Adds an account's scores, week by week and at last today's.
fn scores(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    id: &RecordId,
    spreads: &mut [Spread],
) -> Result<(), EngineError> {
    let Some(subject) = Subject::read(cache, ledger, world, id)? else {
        return Ok(());
    };
    let judge = Judge::new(world, &subject.account, &subject.own);
    let weeks = spreads.len() - 1;
    let past = (0..weeks).map(|week| judge.past_score(EXTRA + week).and_then(|score| score.shown()));
    // Today as then: a score with too little behind it is none.
    let is_told = world.setup.health.band(&judge.score) != Band::Unknown;
    let now = judge.score.shown().filter(|_| is_told);
    for (spread, score) in spreads.iter_mut().zip(past.chain([now])) {
        if let Some(score) = score {
            spread.add(score);
        }
    }
    Ok(())
}

/// A number that an id always draws.
fn lot(id: &RecordId) -> u64 {
    let hash = Sha256::digest(id.as_str());
    hash.iter()
        .take(8)
        .fold(0, |lot, byte| lot << 8 | u64::from(*byte))
}
