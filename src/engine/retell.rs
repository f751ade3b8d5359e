//! Warnings that were kept on another day, told in the words of the day on which they are read.

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::desk::Desk;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::columns;
use super::first_looks::FirstLooks;
use super::judge::Judge;
use super::warnings::Evaluator;
use super::world::World;

/// Tells reasons and evidence of a desk's warnings anew, as of now: what they count in days went on since they were
/// written. Which warnings are open stays as it is.
pub fn retell(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    now: Timestamp,
    desk: &mut Desk,
) -> Result<(), EngineError> {
    let world = World::read(cache, ledger, setup, now, &[])?;
    let first = FirstLooks::read(ledger)?;
    let evaluator = Evaluator::new(&world, &first);
    for row in desk.rows_mut() {
        if let Some(found) = columns::one(cache, ledger, &world, &row.account)? {
            let judge = Judge::new(&world, &found.account, &found.own);
            for warning in &mut row.warnings {
                evaluator.retell(&judge, warning);
            }
        }
    }
    Ok(())
}
