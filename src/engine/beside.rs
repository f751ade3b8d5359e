//! How accounts stood when handoffs of them were accepted, beside how they stand now.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::desk::HandoffCard;
use crate::domain::handoff::{Beside, TicketsBeside};
use crate::domain::record::{Kind, RecordId};
use crate::domain::summary::Band;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::account_view::tickets;
use super::judge::Judge;
use super::subject::Subject;
use super::wanted::EXTRA;
use super::world::World;

/// Of each of these handoffs of an account that was accepted, by its id: how the account stood then and stands now. None
/// where the account is not in the cache.
pub fn beside(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    (account, cards): (&RecordId, &[HandoffCard]),
    now: Timestamp,
) -> Result<BTreeMap<String, Beside>, EngineError> {
    let accepted = cards
        .iter()
        .filter_map(|card| Some((&card.handoff, card.accepted()?)));
    let accepted: Vec<(&String, Timestamp)> = accepted.filter(|(_, at)| *at <= now).collect();
    if accepted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let instants: Vec<Timestamp> = accepted.iter().map(|(_, at)| *at).collect();
    let world = World::read(cache, ledger, setup, now, &instants)?;
    let Some(Subject { account, own, .. }) = Subject::read(cache, ledger, &world, account)? else {
        return Ok(BTreeMap::new());
    };
    let judge = Judge::new(&world, &account, &own);
    let mut records = world
        .shown(cache)
        .linked((Kind::Account, &account.id), Kind::Ticket)?;
    records.retain(|record| !record.archived);
    let tickets = tickets(&records);
    let model = &setup.health;
    let is_read = world.unread.why(&[Kind::Ticket]).is_none();
    let now = judge.score.shown().zip(Some(judge.band()));
    let of = |(at, (handoff, accepted)): (usize, (&String, Timestamp))| {
        let then = judge.past_score(EXTRA + at);
        let beside = Beside {
            accepted,
            then: then.and_then(|score| Some((score.shown()?, model.band(&score)))),
            now: now.filter(|(_, band)| *band != Band::Unknown),
            tickets: is_read.then(|| TicketsBeside::of(&tickets, accepted)),
        };
        (handoff.clone(), beside)
    };
    Ok(accepted.into_iter().enumerate().map(of).collect())
}
