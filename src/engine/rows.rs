//! One account with what belongs to it in a few hundred bytes: all that signals and the score of today ask for.
//!
//! Nothing in it counts from today: events are instants, windows begin at what was in force then. So it says the same
//! of the account on any later day as reading everything anew would, until something of the account changes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::contract::{Contract, Outcome};
use crate::domain::money::{Currency, Money};
use crate::domain::record::RecordId;
use crate::store::pack::{Packer, Unpacker};

use super::belongings::{Belongings, Contact, Mail, Ticket};
use super::interpret::account::{Account, Reading};
use super::past::{Feeling, Past, Point};
use super::world::{World, days_before};

/// An account with what belongs to it, as far as it was kept.
#[derive(Debug, Clone)]
pub struct Row {
    /// The account, without its domain and parent.
    pub account: Account,
    /// What belongs to it.
    pub own: Belongings,
}

/// Packs an account as it is known now.
pub fn pack(world: &World<'_>, account: &Account, own: &Belongings) -> Vec<u8> {
    let mut packer = Packer::default();
    let into = &mut packer;
    into.number(world.layout());
    into.signed(world.data_until.as_millisecond());
    into.byte(u8::from(own.logged_since));
    pack_account(world, account, into);
    let opening = world.openings.first().copied().unwrap_or(world.data_until);
    let counted = days_before(opening, world.wanted.longest_count as i64).as_second();
    list(into, &own.contacts, pack_contact);
    list(into, &own.contracts, pack_contract);
    let last = own.tickets.iter().map(|one| one.opened).max();
    let asked = |one: &&Ticket| {
        one.closed.is_none_or(|closed| closed > counted) || one.opened > counted || Some(one.opened) == last
    };
    let tickets: Vec<Ticket> = own.tickets.iter().filter(asked).copied().collect();
    list(into, &tickets, pack_ticket);
    let now = world.data_until.as_second();
    let mails: Vec<Mail> = own.mails.iter().filter(|one| one.until > now).copied().collect();
    list(into, &mails, pack_mail);
    let later = own.touches.partition_point(|touch| *touch <= counted);
    let kept = later.min(own.touches.len().saturating_sub(1));
    list(into, &own.touches[kept..], |into, touch| into.signed(*touch));
    into.option(own.last_touch, Packer::signed);
    list(into, &own.coming, |into, (at, fresh)| {
        into.signed(*at);
        into.byte(u8::from(*fresh));
    });
    list(into, &own.surveys, |into, (at, score)| {
        into.signed(*at);
        into.float(*score);
    });
    for (metric, series) in world.wanted.metrics.iter().zip(&own.past.series) {
        let from = days_before(opening, metric.longest as i64);
        list(into, &thinned(series, from.as_millisecond()), pack_point);
    }
    pack_past(&own.past, into);
    packer.into_bytes()
}

/// What was packed; `None` when it must be read anew: it was packed for other questions, or tells of a later time.
pub fn unpack(world: &World<'_>, id: &RecordId, bytes: &[u8]) -> Option<Row> {
    let from = &mut Unpacker::new(bytes);
    if from.number()? != world.layout() {
        return None;
    }
    let until = from.signed()?;
    let logged_since = from.byte()? != 0;
    let now = world.data_until.as_millisecond();
    if until > now || (logged_since && until != now) {
        return None;
    }
    let account = unpack_account(world, id, from)?;
    let mut own = Belongings {
        contacts: unlist(from, unpack_contact)?,
        contracts: unlist(from, |from| unpack_contract(world, from))?,
        past_contracts: None,
        tickets: unlist(from, unpack_ticket)?,
        mails: unlist(from, unpack_mail)?,
        touches: unlist(from, Unpacker::signed)?,
        last_touch: from.option(Unpacker::signed)?,
        coming: unlist(from, |from| Some((from.signed()?, from.byte()? != 0)))?,
        surveys: unlist(from, |from| Some((from.signed()?, from.float()?)))?,
        logged_since,
        past: Past::default(),
    };
    let metrics = world.wanted.metrics.iter();
    let series: Option<Vec<Vec<Point>>> = metrics.map(|_| unlist(from, unpack_point)).collect();
    own.past = unpack_past(series?, from)?;
    let has_come = own.coming.iter().any(|(at, _)| *at <= world.now.as_second());
    if has_come {
        own.take_what_has_come(world);
        if own.logged_since && until != now {
            return None;
        }
    }
    Some(Row { account, own })
}

fn list<T>(into: &mut Packer, items: &[T], pack: impl Fn(&mut Packer, &T)) {
    into.number(items.len() as u64);
    for item in items {
        pack(into, item);
    }
}

fn unlist<'a, T>(from: &mut Unpacker<'a>, unpack: impl Fn(&mut Unpacker<'a>) -> Option<T>) -> Option<Vec<T>> {
    let count = usize::try_from(from.number()?).ok()?;
    // Broken bytes may claim any number.
    let mut items = Vec::with_capacity(count.min(256));
    for _ in 0..count {
        items.push(unpack(from)?);
    }
    Some(items)
}

fn text(into: &mut Packer, text: Option<&String>) {
    into.option(text.map(String::as_str), Packer::text);
}

#[allow(clippy::option_option)] // the outer `None` is broken bytes
fn untext(from: &mut Unpacker<'_>) -> Option<Option<String>> {
    from.option(|from| from.text().map(str::to_owned))
}

fn pack_account(world: &World<'_>, account: &Account, into: &mut Packer) {
    into.text(&account.name);
    into.signed(account.created.as_millisecond());
    text(into, account.csm.as_ref().map(|csm| &csm.0));
    text(into, account.commercial_owner.as_ref().map(|owner| &owner.0));
    text(into, account.segment.as_ref());
    text(into, account.region.as_ref());
    text(into, account.stage.as_ref());
    into.option(account.churned, Packer::date);
    text(into, account.entitlement.as_ref());
    text(into, account.sentiment.as_ref());
    for id in world.setup.mapping.metrics.keys() {
        into.option(account.metrics.get(id), |into, reading| {
            into.float(reading.value);
            into.option(reading.as_of.map(Timestamp::as_second), Packer::signed);
        });
    }
}

fn unpack_account(world: &World<'_>, id: &RecordId, from: &mut Unpacker<'_>) -> Option<Account> {
    let second = |second: i64| Timestamp::from_second(second).ok();
    Some(Account {
        id: id.clone(),
        name: from.text()?.to_owned(),
        domain: None,
        created: Timestamp::from_millisecond(from.signed()?).ok()?,
        csm: untext(from)?.map(RecordId),
        commercial_owner: untext(from)?.map(RecordId),
        parent: None,
        segment: untext(from)?,
        region: untext(from)?,
        stage: untext(from)?,
        churned: from.option(Unpacker::date)?,
        entitlement: untext(from)?,
        sentiment: untext(from)?,
        metrics: {
            let mut metrics = BTreeMap::new();
            for id in world.setup.mapping.metrics.keys() {
                let reading = from.option(|from| {
                    Some(Reading {
                        value: from.float()?,
                        as_of: from.option(Unpacker::signed)?.and_then(second),
                    })
                })?;
                metrics.extend(reading.map(|reading| (id.clone(), reading)));
            }
            metrics
        },
    })
}

fn pack_contact(into: &mut Packer, contact: &Contact) {
    into.byte(u8::from(contact.champion) | u8::from(contact.has_role) << 1);
    into.number(contact.roles);
    into.signed(contact.since);
    into.option(contact.left, Packer::signed);
}

fn unpack_contact(from: &mut Unpacker<'_>) -> Option<Contact> {
    let flags = from.byte()?;
    Some(Contact {
        champion: flags & 1 != 0,
        has_role: flags & 2 != 0,
        roles: from.number()?,
        since: from.signed()?,
        left: from.option(Unpacker::signed)?,
    })
}

fn pack_ticket(into: &mut Packer, ticket: &Ticket) {
    into.byte(u8::from(ticket.urgent));
    into.number(ticket.raises);
    into.signed(ticket.opened);
    into.option(ticket.closed, Packer::signed);
}

fn unpack_ticket(from: &mut Unpacker<'_>) -> Option<Ticket> {
    Some(Ticket {
        urgent: from.byte()? != 0,
        raises: from.number()?,
        opened: from.signed()?,
        closed: from.option(Unpacker::signed)?,
    })
}

fn pack_mail(into: &mut Packer, mail: &Mail) {
    into.signed(mail.asked);
    into.signed(mail.until);
    into.number(mail.raises);
}

fn unpack_mail(from: &mut Unpacker<'_>) -> Option<Mail> {
    Some(Mail {
        asked: from.signed()?,
        until: from.signed()?,
        raises: from.number()?,
    })
}

fn pack_money(into: &mut Packer, money: Option<Money>) {
    into.option(money, |into, money| {
        into.text(money.currency.code());
        into.signed(money.minor);
    });
}

#[allow(clippy::option_option)] // the outer `None` is broken bytes
fn unpack_money(from: &mut Unpacker<'_>) -> Option<Option<Money>> {
    from.option(|from| {
        Some(Money {
            currency: Currency::parse(from.text()?)?,
            minor: from.signed()?,
        })
    })
}

fn pack_contract(into: &mut Packer, contract: &Contract) {
    into.text(contract.id.as_str());
    into.text(&contract.name);
    pack_money(into, contract.arr);
    pack_money(into, contract.amount);
    into.option(contract.start, Packer::date);
    into.option(contract.end, Packer::date);
    into.option(contract.notice_by, Packer::date);
    into.option(contract.auto_renew, |into, yes| into.byte(u8::from(yes)));
    text(into, contract.product.as_ref());
    into.option(contract.monthly, |into, yes| into.byte(u8::from(yes)));
    into.byte(match contract.outcome {
        Outcome::Open => 0,
        Outcome::Won => 1,
        Outcome::Lost => 2,
    });
}

fn unpack_contract(world: &World<'_>, from: &mut Unpacker<'_>) -> Option<Contract> {
    let mut contract = Contract {
        id: RecordId(from.text()?.to_owned()),
        name: from.text()?.to_owned(),
        arr: unpack_money(from)?,
        amount: unpack_money(from)?,
        start: from.option(Unpacker::date)?,
        end: from.option(Unpacker::date)?,
        end_untold: false,
        notice_by: from.option(Unpacker::date)?,
        auto_renew: from.option(|from| Some(from.byte()? != 0))?,
        product: untext(from)?,
        monthly: from.option(|from| Some(from.byte()? != 0))?,
        outcome: match from.byte()? {
            0 => Outcome::Open,
            1 => Outcome::Won,
            _ => Outcome::Lost,
        },
    };
    // It is of the CRM and not of the contract, so it is not kept with each.
    contract.end_untold = contract.end.is_none() && !world.ends_told;
    Some(contract)
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What was in force at a millisecond since 1970 and came after it. What only says the same again on the same day, at
/// another time, tells nothing that is asked.
fn thinned(series: &[Point], from: i64) -> Vec<Point> {
    let later = series.partition_point(|point| point.at <= from);
    let mut kept: Vec<Point> = Vec::new();
    for point in &series[later.saturating_sub(1)..] {
        let again = |last: &Point| {
            last.value.to_bits() == point.value.to_bits()
                && last.at.div_euclid(DAY) == point.at.div_euclid(DAY)
        };
        if !kept.last().is_some_and(again) {
            kept.push(*point);
        }
    }
    kept
}

fn pack_point(into: &mut Packer, point: &Point) {
    into.signed(point.at);
    into.float(point.value);
}

fn unpack_point(from: &mut Unpacker<'_>) -> Option<Point> {
    Some(Point::new(from.signed()?, from.float()?, None))
}

fn pack_past(past: &Past, into: &mut Packer) {
    list(into, &past.owner_changes, |into, at| into.signed(*at));
    list(into, &past.stages, |into, (at, onboarding)| {
        into.signed(*at);
        into.byte(u8::from(*onboarding));
    });
    text(into, past.last_sentiment.as_ref());
    into.option(past.felt_now.as_ref(), |into, felt| {
        into.text(&felt.text);
        into.signed(felt.since);
    });
}

fn unpack_past(series: Vec<Vec<Point>>, from: &mut Unpacker<'_>) -> Option<Past> {
    Some(Past {
        series,
        owner_changes: unlist(from, Unpacker::signed)?,
        stages: unlist(from, |from| Some((from.signed()?, from.byte()? != 0)))?,
        last_sentiment: untext(from)?,
        felt_now: from.option(|from| {
            Some(Feeling {
                text: from.text()?.to_owned(),
                since: from.signed()?,
            })
        })?,
        ..Past::default()
    })
}
