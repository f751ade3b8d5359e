//! All accounts judged from what is kept beside their lines, without reading histories and belongings again.
//!
//! This is how a changed signal, a what-if or a list of what cannot be told goes over a whole book within a second.
//! What is not kept, or was kept for other questions, is read anew.

use std::num::NonZero;
use std::thread;

use crate::domain::record::RecordId;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::judge::Judge;
use super::rows::{self, Row};
use super::subject::Subject;
use super::world::World;

/// Accounts are read and judged so many at a time.
const PAGE: usize = 4_096;
/// More threads than this do not make it faster: reading is done by one.
const MOST_THREADS: usize = 4;

/// What came out for each account, and how many had to be read anew.
#[derive(Debug)]
pub struct Over<T> {
    /// By account, in the order of their ids.
    pub found: Vec<(RecordId, T)>,
    /// How many accounts were read anew.
    pub cold: usize,
}

/// Judges every account; `judge` is called on several threads.
pub fn each<T: Send>(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    judge: &(dyn Fn(&Judge<'_>) -> T + Sync),
) -> Result<Over<T>, EngineError> {
    // In one transaction: an account that comes or goes meanwhile is in all of it or in nothing.
    cache.at_once(|| {
        let (mut found, mut cold) = (Vec::new(), cache.without_features()?);
        let mut after: Option<RecordId> = None;
        loop {
            let page = cache.features_after(after.as_ref(), PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            for (id, told) in side_by_side(&page, world, judge) {
                match told {
                    Some(told) => found.push((id, told)),
                    None => cold.push(id),
                }
            }
        }
        for id in &cold {
            if let Some(row) = read_anew(cache, ledger, world, id)? {
                let told = judge(&Judge::new(world, &row.account, &row.own));
                found.push((id.clone(), told));
            }
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Over {
            found,
            cold: cold.len(),
        })
    })
}

/// Judges every account from the cache and the ledger, for what is not kept.
pub fn each_anew<T>(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    judge: &dyn Fn(&Judge<'_>) -> T,
) -> Result<Over<T>, EngineError> {
    let mut found = Vec::new();
    cache.at_once(|| {
        ledger.at_once(|| {
            for id in cache.summary_ids()? {
                if let Some(row) = read_anew(cache, ledger, world, &id)? {
                    found.push((id, judge(&Judge::new(world, &row.account, &row.own))));
                }
            }
            Ok::<_, EngineError>(())
        })
    })?;
    Ok(Over {
        cold: found.len(),
        found,
    })
}

/// What came out for each of these accounts; nothing where it must be read anew.
fn side_by_side<T: Send>(
    page: &[(RecordId, Vec<u8>)],
    world: &World<'_>,
    judge: &(dyn Fn(&Judge<'_>) -> T + Sync),
) -> Vec<(RecordId, Option<T>)> {
    let one = |(id, line): &(RecordId, Vec<u8>)| {
        let row = rows::unpack(world, id, line);
        let told = row.map(|row| judge(&Judge::new(world, &row.account, &row.own)));
        (id.clone(), told)
    };
    let threads = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(MOST_THREADS);
    let share = page.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let parts: Vec<_> = page
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| {
                part.join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

/// One account as it is kept beside its line, else read anew; `None` when it is no account.
pub fn one(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    id: &RecordId,
) -> Result<Option<Row>, EngineError> {
    let kept = cache.features(id)?;
    match kept.and_then(|line| rows::unpack(world, id, &line)) {
        Some(row) => Ok(Some(row)),
        None => read_anew(cache, ledger, world, id),
    }
}

/// One account with what belongs to it, from the cache and the ledger.
pub fn read_anew(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    id: &RecordId,
) -> Result<Option<Row>, EngineError> {
    let subject = Subject::read(cache, ledger, world, id)?;
    Ok(subject.map(|Subject { account, own, .. }| Row { account, own }))
}
