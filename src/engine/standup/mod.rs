//! Standups: what changed on the accounts of a scope since the last one, and the standups that were held, from cache, ledger
//! and journal. What is kept of them is in the journal alone.

mod bound;
mod changed;
mod late;
mod left;
mod moved_out;
mod promised;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::outbox::{Entry, NewEntry, Write, WritePermit};
use crate::domain::record::{Kind, Owner, RecordId};
use crate::domain::standup::{
    Agenda, DECIDED, Facts, Frame, Happened, Held, Item, KINDS, Order, Place, Prepared, Scope, StandupEvent,
    TakenBack, fold, is_own, last, open,
};
use crate::domain::summary::Summary;
use crate::store::{Cache, Ledger, NewAct, NewEvent, StoreError, documents};

use super::EngineError;
use super::goals;
use super::handoffs;
use super::lives::kept;
use super::world::{World, days_before, document};

pub(super) use bound::notice;

/// Without a standup before it, one looks back so many days.
pub const FIRST_DAYS: i64 = 7;

/// What a standup would go over.
#[derive(Debug, Clone)]
pub struct Review {
    /// The accounts with what changed, in the order that was asked for.
    pub agenda: Agenda,
    /// When it is, and since when changes are told.
    pub frame: Frame,
}

/// The scope that a text asks for; the inner error says in one sentence why there is none.
pub fn scope(
    cache: &Cache,
    setup: &Setup,
    text: &str,
    now: Timestamp,
) -> Result<Result<Scope, String>, EngineError> {
    let owners: Vec<Owner> = document(cache, documents::OWNERS)?;
    let mine = setup.my_owner();
    let Some(me) = mine.and_then(|mine| Owner::find(&owners, &mine)) else {
        return Ok(Err("the CRM knows no user with your address".to_owned()));
    };
    let mut segments = BTreeSet::new();
    cache.each_summary(&mut |line| segments.extend(line.segment))?;
    let place = Place {
        me,
        owners: &owners,
        roster: &setup.team,
        segments: &segments,
        today: setup.settings.day_of(now),
    };
    Ok(Scope::asked(text, &place))
}

/// The standups that the journal tells of and that are mine too, in the order in which they began: those of a team or a segment
/// whoever holds them, those of one book where I held them. Accounts go by the ids that they have now.
pub fn all(ledger: &Ledger, setup: &Setup) -> Result<Vec<Held>, EngineError> {
    let me = setup.my_owner().unwrap_or_default();
    let mut read = Vec::new();
    for event in ledger.events(None, &KINDS)? {
        let account = match &event.account {
            Some(account) => Some(ledger.resolve(Kind::Account, account)?),
            None => None,
        };
        let told = StandupEvent::read(account.as_ref(), &event.kind, &event.payload);
        let Some(mut told) = told else { continue };
        if let Happened::Begun(begun) = &mut told.what {
            if is_own(&begun.scope) && !event.here && event.author != me {
                continue;
            }
            for line in &mut begun.agenda {
                line.account = ledger.resolve(Kind::Account, &line.account)?;
            }
        }
        read.push((told, event.author, event.effective_at));
    }
    Ok(fold(
        read.iter()
            .map(|(event, author, at)| (event, author.as_str(), *at)),
    ))
}

/// What changed on the accounts of a scope since an instant; without one since the last standup that was held there, and
/// where none was, over the last seven days.
pub fn review(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    (scope, since, order): (Scope, Option<Timestamp>, Order),
    now: Timestamp,
) -> Result<Review, EngineError> {
    let held = all(ledger, setup)?;
    let before = last(&held, &scope.key);
    let since = since.or(before.map(|held| held.at));
    let since = since.unwrap_or_else(|| days_before(now, FIRST_DAYS)).min(now);
    let world = World::read(cache, ledger, setup, now, &[since])?;
    let me = world.me.as_ref().and_then(|me| world.name_of(me));
    let frame = Frame {
        since,
        since_local: since.to_zoned(world.zone.clone()).datetime(),
        now: world.local(),
        me: me.unwrap_or_default().to_owned(),
    };
    let mut promises = promised::of(cache, ledger, &world, (&held, &scope.key))?;
    let mut moved = moved_out::since(ledger, &world, &scope, since)?;
    let mut lines: Vec<Summary> = Vec::new();
    let mut accounts = 0;
    cache.each_summary(&mut |line| {
        let is_in = scope.holds(&line);
        accounts += u32::from(is_in && !line.has_churned());
        // What was promised is looked back at, whoever has the account by now.
        if is_in {
            moved.remove(&line.id);
        }
        if is_in || promises.contains_key(&line.id) || moved.contains_key(&line.id) {
            lines.push(line);
        }
    })?;
    let here: BTreeSet<&RecordId> = lines.iter().map(|line| &line.id).collect();
    let not_here = moved.iter().filter(|(id, _)| !here.contains(id));
    let not_here: Vec<Summary> = not_here.map(|(id, one)| one.line(id, &scope)).collect();
    lines.extend(not_here);
    let late = late::since(cache, ledger, &world, &frame)?;
    let (cards, _) = handoffs::all(cache, &world, handoffs::find(cache, ledger, &world)?)?;
    let changed = changed::Changed::read(cache, ledger, &world, since)?;
    let has_goals = !setup.mapping.goals.is_empty();
    let mut items = Vec::new();
    for line in &lines {
        let is_in = scope.holds(line);
        let own = if is_in { Some(changed.on(&line.id)?) } else { None };
        let (turn, warnings) = own.unwrap_or_default();
        let due = late.get(&line.id).filter(|_| is_in);
        let left = if is_in && line.has_churned() {
            left::since(cache, ledger, &world, (&line.id, since))?
        } else {
            None
        };
        let facts = Facts {
            line,
            turn,
            warnings,
            due: due.map_or(&[][..], Vec::as_slice),
            handoffs: cards
                .iter()
                .filter(|card| is_in && card.account == line.id)
                .collect(),
            goals: if is_in && has_goals && !line.has_churned() {
                goals::on(cache, ledger, &world, &line.id)?
            } else {
                Vec::new()
            },
            moved: moved.get(&line.id).map(|one| one.words(&scope)),
            left,
            promises: promises.remove(&line.id).unwrap_or_default(),
        };
        items.extend(Item::of(facts, &frame));
    }
    let mut agenda = Agenda {
        first: before.is_none(),
        scope,
        since,
        accounts,
        items,
        beside: promises.into_values().flatten().collect(),
    };
    agenda.sort(order, world.today);
    Ok(Review { agenda, frame })
}

/// Notes what happened in a standup.
pub fn note(ledger: &mut Ledger, events: &[StandupEvent], now: Timestamp) -> Result<(), EngineError> {
    let now = kept(now);
    Ok(ledger.append(&as_noted(events, now), now)?)
}

/// Events of standups as the journal gets them.
pub fn as_noted(events: &[StandupEvent], now: Timestamp) -> Vec<NewEvent> {
    events.iter().map(|event| noted(event, now)).collect()
}

/// What takes back the decisions of standups that an act made, which began then.
pub(super) fn undone(
    ledger: &Ledger,
    act: &str,
    began: Timestamp,
    now: Timestamp,
) -> Result<Vec<NewEvent>, StoreError> {
    let mut undone = Vec::new();
    for event in ledger.events_since(DECIDED, began)? {
        let told = StandupEvent::read(event.account.as_ref(), &event.kind, &event.payload);
        if let Some(Happened::Decided(decided)) = told.map(|told| told.what)
            && decided.act.as_deref() == Some(act)
        {
            let back = TakenBack {
                standup: decided.standup,
                decision: decided.decision,
            };
            let what = Happened::TakenBack(back);
            undone.push(noted(
                &StandupEvent {
                    account: event.account,
                    what,
                },
                now,
            ));
        }
    }
    Ok(undone)
}

/// What a standup of a scope, as a text asks for it, would go over, and the one that is under way there; the inner error
/// says in one sentence why there is no such scope.
pub fn prepare(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    (text, order): (&str, Order),
    now: Timestamp,
) -> Result<Result<Prepared, String>, EngineError> {
    let scope = match scope(cache, setup, text, now)? {
        Ok(scope) => scope,
        Err(why) => return Ok(Err(why)),
    };
    let under_way = open(&all(ledger, setup)?, &scope.key).cloned().map(Box::new);
    let Review { agenda, frame } = review(cache, ledger, setup, (scope, None, order), now)?;
    let settings = &setup.settings;
    let (minutes, currency) = (settings.standup.minutes, settings.organisation.reporting_currency);
    Ok(Ok(Prepared {
        begun: agenda.begun(("", &frame.me), minutes, &frame, currency),
        open: under_way,
    }))
}

/// The entry of the outbox by which an act makes a task; `None` where it makes none, or was queued elsewhere.
fn task_entry(ledger: &Ledger, act: &str) -> Result<Option<Entry>, StoreError> {
    let makes = |entry: &Entry| matches!(entry.new.write, Write::Create { kind: Kind::Task, .. });
    Ok(ledger.entries_of_act(act)?.into_iter().find(makes))
}

/// Notes what happened in a standup and queues what it writes, with one commit.
pub fn note_with(
    ledger: &mut Ledger,
    permit: WritePermit,
    (events, entries): (&[StandupEvent], &[NewEntry]),
    now: Timestamp,
) -> Result<Vec<Entry>, EngineError> {
    let now = kept(now);
    let act = NewAct {
        entries,
        events: &as_noted(events, now),
        drafts_done: &[],
    };
    Ok(ledger.enqueue_noted(permit, act, now)?)
}

fn noted(event: &StandupEvent, now: Timestamp) -> NewEvent {
    let (kind, payload) = event.stored();
    NewEvent {
        account: event.account.clone(),
        kind,
        effective_at: now,
        payload,
    }
}

/// What somebody is called by the address under which they note events, for the minutes.
pub fn names(cache: &Cache) -> Result<impl Fn(&str) -> String + use<>, EngineError> {
    let owners: Vec<Owner> = document(cache, documents::OWNERS)?;
    Ok(move |address: &str| Owner::called(&owners, address))
}
