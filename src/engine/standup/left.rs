//! Whether a customer that has left did so since an instant, by its date or since that was noted since then.

use jiff::Timestamp;

use crate::domain::record::{Kind, RecordId};
use crate::domain::standup::Left;
use crate::store::{Cache, Ledger};

use crate::engine::EngineError;
use crate::engine::interpret::{account, values};
use crate::engine::world::World;

/// That a customer which has left did so since then. A date of before counts as well where the ledger was there and knew
/// of none: nobody could have been told.
pub fn since(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    (id, since): (&RecordId, Timestamp),
) -> Result<Option<Left>, EngineError> {
    let Some(record) = world.shown(cache).record(Kind::Account, id)? else {
        return Ok(None);
    };
    let mapping = &world.setup.mapping;
    let on = account::account(&record, mapping).and_then(|account| account.churned);
    let then = world.day(since);
    if on.is_some_and(|on| on > then) {
        return Ok(Some(Left { on }));
    }
    let (Some(churned), Some(began)) = (&mapping.account.churned, ledger.began()?) else {
        return Ok(None);
    };
    let noted = ledger.past(Kind::Account, id, &[&churned.property])?;
    let known = noted.iter().rev().find(|one| one.recorded_at <= since);
    let was_known = known
        .and_then(|one| one.value.as_deref())
        .and_then(values::date)
        .is_some_and(|day| day <= then);
    let is_news = on.is_some() && began <= since && !noted.is_empty() && !was_known;
    Ok(is_news.then_some(Left { on }))
}
