//! Handoffs found in the CRM's notes.

use std::collections::BTreeMap;

use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::handoff::{self, HandoffEvent, MARK};
use crate::domain::html;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::store::{Cache, Shown};

use super::EngineError;
use super::interpret::activity;
use super::world::{World, days_before};

/// An accepted handoff is shown for so many days.
const ACCEPTED_DAYS: i64 = 14;

/// The events of handoffs: (account, handoff) → its notes.
type Events = BTreeMap<(RecordId, String), Vec<HandoffEvent>>;

/// Reads a note; `None` when it is no handoff.
fn event(note: &Record) -> Option<HandoffEvent> {
    let body = note.core(Core::Body).filter(|_| !note.archived)?;
    if !body.contains(MARK.trim_end()) {
        return None;
    }
    handoff::parse(&html::lines(body), activity::occurred(note))
}

/// Every handoff that is open or was accepted lately: those that wait for me first.
pub fn all(cache: &Cache, world: &World<'_>) -> Result<Vec<HandoffCard>, EngineError> {
    let mut found: Vec<(RecordId, HandoffEvent)> = Vec::new();
    let shown = world.shown(cache);
    shown.each_record(Kind::Note, &mut |note| {
        found.extend(event(&note).map(|event| (note.id, event)));
    })?;
    let mut events = Events::new();
    for (note, event) in found {
        for account in shown.linked_ids((Kind::Note, &note), Kind::Account)? {
            events
                .entry((account, event.handoff.clone()))
                .or_default()
                .push(event.clone());
        }
    }
    let mut cards = cards(cache, world, events)?;
    let oldest = days_before(world.now, ACCEPTED_DAYS);
    cards.retain(|card| card.state != HandoffState::Accepted || card.when >= oldest);
    Ok(cards)
}

/// The handoffs of one account, newest first.
pub fn of_account(
    cache: &Cache,
    world: &World<'_>,
    account: &RecordId,
    notes: &[Record],
) -> Result<Vec<HandoffCard>, EngineError> {
    let mut events = Events::new();
    for event in notes.iter().filter_map(event) {
        events
            .entry((account.clone(), event.handoff.clone()))
            .or_default()
            .push(event);
    }
    let mut cards = cards(cache, world, events)?;
    cards.sort_by(|one, other| (other.when, &one.handoff).cmp(&(one.when, &other.handoff)));
    Ok(cards)
}

fn cards(cache: &Cache, world: &World<'_>, events: Events) -> Result<Vec<HandoffCard>, EngineError> {
    let mut cards = Vec::new();
    for ((account, _), events) in events {
        let name = name_of(world.shown(cache), &account)?;
        cards.extend(handoff::card(events, (&account, &name), world.reader()));
    }
    let order = |card: &HandoffCard| {
        let state = match card.state {
            HandoffState::Returned => 0,
            HandoffState::Sent | HandoffState::Answered => 1,
            HandoffState::Accepted => 2,
        };
        (
            !card.for_me,
            state,
            std::cmp::Reverse(card.when),
            card.handoff.clone(),
        )
    };
    cards.sort_by_key(order);
    Ok(cards)
}

/// Name of an account, empty when it is not in the cache.
pub fn name_of(shown: Shown<'_>, account: &RecordId) -> Result<String, EngineError> {
    let record = shown.record(Kind::Account, account)?;
    let name = record.as_ref().and_then(|record| record.line(Core::Name));
    Ok(name.unwrap_or_default())
}
