//! The people of an account, and when somebody last spoke with them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::account_view::Person;
use crate::domain::record::{Core, Kind, RecordId};
use crate::store::{Ledger, Shown};

use super::EngineError;
use super::account_view::Around;
use super::departures::{has_left, left_at};
use super::interpret::{activity, contact};
use super::judge::Judge;
use super::world::World;

/// The contacts of an account: those with a role first, those who left last.
pub fn of_account(
    ledger: &Ledger,
    judge: &Judge<'_>,
    shown: Shown<'_>,
    around: &Around,
) -> Result<Vec<Person>, EngineError> {
    let world = judge.world;
    let mapping = &world.setup.mapping;
    let mut people = Vec::new();
    for record in &around.contacts {
        let left = has_left(world, record);
        let left_at = left.then(|| left_at(ledger, world, record)).transpose()?;
        let left_on = left_at.flatten().map(|at| world.day(at));
        people.push(Person {
            id: record.id.clone(),
            name: contact::name(record),
            role: contact::role(record, mapping),
            title: record.line(Core::JobTitle),
            email: record.line(Core::Email),
            left,
            left_on,
            last_touch: if judge.hides_touches() {
                None
            } else {
                last_touch(world, shown, around, &record.id)?
            },
        });
    }
    people.sort_by(|one, other| {
        let key = |person: &Person| (person.left, person.role.is_none());
        (key(one), &one.name, &one.id).cmp(&(key(other), &other.name, &other.id))
    });
    Ok(people)
}

/// Day of the last touchpoint with a contact; a meeting that is still to come is none.
fn last_touch(
    world: &World<'_>,
    shown: Shown<'_>,
    around: &Around,
    contact: &RecordId,
) -> Result<Option<Date>, EngineError> {
    let mut with = BTreeSet::new();
    for kind in [Kind::Call, Kind::Meeting, Kind::Email] {
        let ids = shown.linked_ids((Kind::Contact, contact), kind)?;
        with.extend(ids.into_iter().map(|id| (kind, id)));
    }
    let touches = around.touchpoints.iter();
    let last = touches
        .filter(|touch| with.contains(&(touch.kind, touch.id.clone())))
        .map(activity::occurred)
        .filter(|at| *at <= world.now)
        .max();
    Ok(last.map(|at| world.day(at)))
}
