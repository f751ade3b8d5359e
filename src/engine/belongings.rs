//! What belongs to accounts, drawn together from the cache and the ledger: for one account by keys,
//! for all of them in one pass per kind of record.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::contract::Contract;
use crate::domain::record::{Kind, Record, RecordId};
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::interpret::{activity, contact, contract};
use super::past::{Past, PastBuilder};
use super::world::World;

/// What belongs to one account, as far as scores, money and signals ask for it.
#[derive(Debug, Clone, Default)]
pub struct Belongings {
    /// How many contacts there are who have not left.
    pub contacts: u32,
    /// The champions among the contacts, those who left too.
    pub champions: Vec<Champion>,
    /// Contracts and deals about them.
    pub contracts: Vec<Contract>,
    /// Tickets.
    pub tickets: Vec<Ticket>,
    /// When each touchpoint happened, in seconds since 1970, oldest first.
    pub touches: Vec<i64>,
    /// Answers to "would you recommend us": (second since 1970, 0 to 10), oldest first.
    pub surveys: Vec<(i64, f64)>,
    /// Its past.
    pub past: Past,
}

/// A champion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Champion {
    /// When the contact was made, in seconds since 1970.
    pub since: i64,
    /// When they left, in seconds since 1970.
    pub left: Option<i64>,
}

/// A ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// When it was opened, in seconds since 1970.
    pub opened: i64,
    /// When it was closed, in seconds since 1970.
    pub closed: Option<i64>,
    /// Whether it is urgent.
    pub urgent: bool,
}

/// Kinds that hang on accounts directly and are drawn together here.
const KINDS: [Kind; 6] = [
    Kind::Contact,
    Kind::Contract,
    Kind::Ticket,
    Kind::Call,
    Kind::Meeting,
    Kind::Email,
];

impl Belongings {
    /// Those of one account.
    pub fn of(cache: &Cache, ledger: &Ledger, world: &World<'_>, id: &RecordId) -> Result<Self, EngineError> {
        let mut own = Self::default();
        for kind in KINDS {
            for record in cache.linked((Kind::Account, id), kind)? {
                own.take(ledger, world, &record)?;
                if kind == Kind::Contact {
                    for survey in cache.linked((Kind::Contact, &record.id), Kind::Survey)? {
                        own.take(ledger, world, &survey)?;
                    }
                }
            }
        }
        let mut builder = PastBuilder::new(&world.wanted);
        let fields = world.wanted.fields();
        for observed in ledger.history_of_account(id)? {
            if observed.kind == Kind::Account && fields.contains(&observed.field.as_str()) {
                builder.take(&observed);
            }
        }
        own.past = builder.finish(None);
        own.settle();
        Ok(own)
    }

    fn take(&mut self, ledger: &Ledger, world: &World<'_>, record: &Record) -> Result<(), EngineError> {
        if record.archived {
            return Ok(());
        }
        match record.kind {
            Kind::Contact => self.take_contact(ledger, world, record)?,
            Kind::Contract => {
                self.contracts
                    .extend(contract::contract(record, &world.setup.mapping, world.home));
            }
            Kind::Ticket => self.tickets.push(Ticket {
                opened: record.created.as_second(),
                closed: activity::closed(record).map(Timestamp::as_second),
                urgent: activity::is_urgent(record),
            }),
            Kind::Survey => {
                let at = activity::occurred(record).as_second();
                self.surveys
                    .extend(activity::nps(record).map(|score| (at, score)));
            }
            kind if kind.is_touchpoint() => {
                let at = activity::occurred(record);
                // A meeting that is still to come is no touch.
                if at <= world.now {
                    self.touches.push(at.as_second());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take_contact(
        &mut self,
        ledger: &Ledger,
        world: &World<'_>,
        record: &Record,
    ) -> Result<(), EngineError> {
        let mapping = &world.setup.mapping;
        let left = contact::has_left(record, mapping);
        self.contacts += u32::from(!left);
        if contact::role(record, mapping).is_some_and(|role| contact::is_champion(&role)) {
            let left = if left {
                Some(left_at(ledger, world, record)?)
            } else {
                None
            };
            self.champions.push(Champion {
                since: record.created.as_second(),
                left: left.map(Timestamp::as_second),
            });
        }
        Ok(())
    }

    /// Puts everything into a fixed order, so that the order of reading does not show.
    fn settle(&mut self) {
        self.champions
            .sort_by_key(|champion| (champion.since, champion.left));
        self.contracts
            .sort_by(|one, other| (one.end, &one.id).cmp(&(other.end, &other.id)));
        self.tickets
            .sort_by_key(|ticket| (ticket.opened, ticket.closed, ticket.urgent));
        self.touches.sort_unstable();
        self.surveys
            .sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    }
}

/// When a contact left: a date in the property itself, else since when the property says so.
pub fn left_at(ledger: &Ledger, world: &World<'_>, record: &Record) -> Result<Timestamp, EngineError> {
    let Some(property) = world.setup.mapping.contact.left.as_deref() else {
        return Ok(record.changed);
    };
    if let Some(date) = record
        .mapped(property)
        .and_then(super::interpret::values::instant)
    {
        return Ok(date);
    }
    let series = ledger.series(Kind::Contact, &record.id, property, world.now)?;
    let says = |value: &Option<String>| value.as_deref().is_some_and(contact::says_left);
    let since = series
        .iter()
        .rev()
        .take_while(|observed| says(&observed.value))
        .last();
    Ok(since.map_or(record.changed, |observed| observed.effective_at))
}

/// Those of every account, in the order of `ids`. Also finds the pulses of the metrics.
pub fn of_all(
    cache: &Cache,
    ledger: &Ledger,
    world: &mut World<'_>,
    ids: &[RecordId],
) -> Result<Vec<Belongings>, EngineError> {
    let places: HashMap<&str, u32> = ids
        .iter()
        .zip(0_u32..)
        .map(|(id, place)| (id.as_str(), place))
        .collect();
    let mut all = vec![Belongings::default(); ids.len()];
    for kind in KINDS {
        let owners = owners_of(cache, Kind::Account, kind, &places)?;
        take_all(cache, ledger, world, kind, &owners, &mut all)?;
        if kind == Kind::Contact {
            let contacts: HashMap<&str, u32> = owners
                .iter()
                .map(|(contact, place)| (contact.as_ref(), *place))
                .collect();
            let surveys = owners_of(cache, Kind::Contact, Kind::Survey, &contacts)?;
            take_all(cache, ledger, world, Kind::Survey, &surveys, &mut all)?;
        }
    }
    pasts(ledger, world, &places, &mut all)?;
    all.iter_mut().for_each(Belongings::settle);
    Ok(all)
}

/// (record, place of the account it belongs to), by record.
type Owners = Vec<(Box<str>, u32)>;

fn owners_of(
    cache: &Cache,
    from: Kind,
    to: Kind,
    places: &HashMap<&str, u32>,
) -> Result<Owners, EngineError> {
    let mut owners = Owners::new();
    cache.each_link(from, to, &mut |account, record| {
        if let Some(place) = places.get(account) {
            owners.push((record.into(), *place));
        }
    })?;
    owners.sort_unstable();
    owners.dedup();
    Ok(owners)
}

fn take_all(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    kind: Kind,
    owners: &Owners,
    all: &mut [Belongings],
) -> Result<(), EngineError> {
    let mut result = Ok(());
    cache.each_record(kind, &mut |record| {
        let first = owners.partition_point(|(id, _)| id.as_ref() < record.id.as_str());
        let mine = owners[first..]
            .iter()
            .take_while(|(id, _)| id.as_ref() == record.id.as_str());
        for (_, place) in mine {
            if result.is_ok() {
                result = all[*place as usize].take(ledger, world, &record);
            }
        }
    })?;
    result
}

fn pasts(
    ledger: &Ledger,
    world: &mut World<'_>,
    places: &HashMap<&str, u32>,
    all: &mut [Belongings],
) -> Result<(), EngineError> {
    let wanted = &world.wanted;
    let mut latest: Vec<Option<i64>> = vec![None; wanted.metrics.len()];
    let mut current: Option<(String, PastBuilder<'_>)> = None;
    let mut close = |open: Option<(String, PastBuilder<'_>)>, latest: &mut Vec<Option<i64>>| {
        if let Some((account, builder)) = open {
            for (known, new) in latest.iter_mut().zip(&builder.latest) {
                *known = (*known).max(*new);
            }
            if let Some(place) = places.get(account.as_str()) {
                all[*place as usize].past = builder.finish(None);
            }
        }
    };
    ledger.each_series(&wanted.fields(), &mut |account, _, observed| {
        if current.as_ref().is_none_or(|(open, _)| open != account) {
            let begun = (account.to_owned(), PastBuilder::new(wanted));
            close(current.replace(begun), &mut latest);
        }
        if let Some((_, builder)) = &mut current {
            builder.take(&observed);
        }
    })?;
    close(current, &mut latest);
    let pulses = wanted
        .metrics
        .iter()
        .zip(latest)
        .filter_map(|(metric, latest)| Some((metric.id.clone(), latest?)));
    world.pulses = pulses.collect();
    Ok(())
}
