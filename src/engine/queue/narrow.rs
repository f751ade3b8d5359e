//! The queue as a filter narrows it: every warning is looked at, those for which the lists have no room too.

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::book::search::Query;
use crate::domain::book::search_text;
use crate::domain::desk::{Day, Desk, Warning};
use crate::domain::summary::Summary;
use crate::domain::text::SafeText;
use crate::store::{Cache, Ledger};

use super::{EngineError, Survey, World};

/// What a filter looks at of a warning.
pub(super) fn said(warning: &Warning) -> String {
    format!("{}\t{}", warning.signal, warning.reason).to_lowercase()
}

/// What a filter looks at of an account: the same as in the account list.
pub(super) fn called(summary: &Summary) -> String {
    search_text(SafeText::line(&summary.name).as_str(), summary)
}

/// All warnings with the words that a filter looks at.
pub fn searchable(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    now: Timestamp,
) -> Result<Survey, EngineError> {
    let world = World::read(cache, ledger, setup, now, &[])?;
    Survey::read_with(cache, &world, true, &mut |_| {})
}

/// What a filter finds of the queue and of what is apart from it, as a desk of its own. Each word stands in what the
/// account is called, or in the warning's signal or reason; whether a signal is true for much of a segment does not depend on it.
pub fn narrowed(cache: &Cache, survey: &Survey, query: &Query) -> Result<Desk, EngineError> {
    let mut day = Day::default();
    let mut sieve = query.sieve();
    let queue = survey.queue_of(cache, &mut day, &mut |seen, alarm| {
        sieve.finds(&seen.text, &alarm.text)
    })?;
    Ok(Desk {
        risks: queue.risks,
        segments: queue.segments,
        apart: queue.apart,
        counts: queue.counts,
        queue: queue.accounts,
        day,
        ..Desk::default()
    })
}
