//! The routing desk week by week: from the notes of handoffs and from touchpoints, as the cache has them.

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::desk::NOT_YET;
use crate::domain::record::{Core, Kind, RecordId};
use crate::domain::routing::Weeks;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::handoffs;
use super::interpret::activity;
use super::route::{csms, text};
use super::world::World;

/// What touches are.
const TOUCHES: [Kind; 3] = [Kind::Call, Kind::Meeting, Kind::Email];

/// So many weeks up to this one.
pub fn route_weeks(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    now: Timestamp,
    count: u32,
) -> Result<Weeks, EngineError> {
    cache.at_once(|| {
        ledger.at_once(|| {
            let world = World::read(cache, ledger, setup, now, &[])?;
            let mut weeks = Weeks::before(world.today, count);
            let early = || (!world.complete).then(|| NOT_YET.to_owned());
            weeks.no_notes = world.unread.why(&[Kind::Note]).or_else(early);
            weeks.no_touches = world.unread.why(&TOUCHES).or_else(early);
            for (when, routed) in handoffs::find(cache, ledger, &world)?.routed() {
                weeks.handed(world.day(when), &routed);
            }
            touches(cache, &world, &mut weeks)?;
            Ok(weeks)
        })
    })
}

fn touches(cache: &Cache, world: &World<'_>, weeks: &mut Weeks) -> Result<(), EngineError> {
    let (csms, shown) = (csms(cache)?, world.shown(cache));
    let Some(since) = weeks.since() else {
        return Ok(());
    };
    for kind in TOUCHES {
        shown.each_record(kind, &mut |touch| {
            let day = world.day(activity::occurred(&touch));
            let ahead = activity::occurred(&touch) > world.now;
            let inbound = kind == Kind::Email && activity::is_inbound(&touch, &world.setup.mapping);
            let owner = touch.core(Core::Owner).map(RecordId::from);
            let Some(csm) = owner.filter(|owner| csms.contains(owner)) else {
                return;
            };
            if day < since || ahead || inbound || touch.archived {
                return;
            }
            let name = world.name_of(&csm).unwrap_or(csm.as_str()).to_owned();
            let proposal = world.rules.proposal(&text(&touch));
            weeks.touched(day, (&csm, &name), proposal);
        })?;
    }
    Ok(())
}
