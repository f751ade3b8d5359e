//! When contacts left the customer. A day that is still ahead is no departure yet.

use jiff::Timestamp;
use jiff::civil::Date;

use super::EngineError;
use super::interpret::{contact, values};
use super::world::World;
use crate::domain::record::{Kind, Record};
use crate::store::Ledger;

/// Whether a contact has left by now.
pub fn has_left(world: &World<'_>, record: &Record) -> bool {
    let ahead = told(world, record).is_some_and(|at| world.day(at) > world.today);
    contact::says_left(record, &world.setup.mapping) && !ahead
}

/// When a contact left, or is to leave: a date in the property itself, else since when the property says so. `None` where
/// nothing says so.
pub fn left_at(
    ledger: &Ledger,
    world: &World<'_>,
    record: &Record,
) -> Result<Option<Timestamp>, EngineError> {
    if !contact::says_left(record, &world.setup.mapping) {
        return Ok(None);
    }
    if let Some(told) = told(world, record) {
        return Ok(Some(told));
    }
    let Some(property) = world.setup.mapping.contact.left.as_deref() else {
        return Ok(None);
    };
    let series = ledger.series(Kind::Contact, &record.id, property, world.now)?;
    let says = |value: &Option<String>| value.as_deref().is_some_and(contact::means_left);
    let since = series
        .iter()
        .rev()
        .take_while(|observed| says(&observed.value))
        .last();
    Ok(Some(
        since.map_or(record.changed, |observed| observed.effective_at),
    ))
}

/// The moment that the property itself tells; a date alone begins in my time zone.
fn told(world: &World<'_>, record: &Record) -> Option<Timestamp> {
    let property = world.setup.mapping.contact.left.as_deref()?;
    let raw = record.mapped(property)?;
    match raw.trim().parse::<Date>() {
        Ok(date) if raw.trim().len() == 10 => world.beginning(date),
        _ => values::instant(raw),
    }
}
