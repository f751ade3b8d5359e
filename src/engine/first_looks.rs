//! What was evaluated for the first time when: each version of each signal, and each account. By the journal, which the
//! cache may be younger than.
//!
//! What is true at a first look is *standing*. A signal's first look is the first run over all accounts: it is noted as
//! that run ends, so that one that is cut off and begun again is a first look still.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use crate::domain::record::RecordId;
use crate::domain::signal::Signal;
use crate::store::account::SEEN;
use crate::store::{Event, Ledger, NewEvent, StoreError};

use super::bands;
use super::lives;
use super::world::World;

/// Kind of the event that a version of a signal was evaluated on all accounts for the first time.
pub const EVALUATED: &str = "signal-evaluated";
/// Kind of the event that signals were evaluated for the first time on an account that came later than they.
const LOOKED_AT: &str = "account-evaluated";
/// Kinds of events that tell when an account came, and that it was evaluated.
pub const KINDS: [&str; 4] = [SEEN, LOOKED_AT, OPENED, bands::CHANGED];
const OPENED: &str = "warning-opened";

/// When signals were evaluated for the first time.
#[derive(Debug, Default)]
pub struct FirstLooks {
    of_version: BTreeMap<(String, u32), Timestamp>,
    /// The first look of all: its place in the journal, and when it was.
    earliest: Option<(i64, Timestamp)>,
}

impl FirstLooks {
    /// What the journal has of signals.
    pub fn read(ledger: &Ledger) -> Result<Self, StoreError> {
        let events = ledger.events(None, &[EVALUATED])?;
        let mut of_version = BTreeMap::new();
        for event in &events {
            let version = event.payload["version"]
                .as_u64()
                .and_then(|number| u32::try_from(number).ok());
            if let (Some(id), Some(version)) = (event.payload["signal"].as_str(), version) {
                of_version
                    .entry((id.to_owned(), version))
                    .or_insert(event.effective_at);
            }
        }
        let earliest = events.first().map(|event| (event.sequence, event.effective_at));
        Ok(Self { of_version, earliest })
    }

    /// Whether signals had been evaluated by an instant.
    pub fn were_by(&self, then: Timestamp) -> bool {
        self.earliest.is_some_and(|(_, first)| first <= then)
    }

    /// Whether a look at this instant is the signal's first. Runs of one sync have one instant.
    pub fn is_first(&self, signal: &Signal, now: Timestamp) -> bool {
        let version = (signal.id.clone(), signal.version);
        self.of_version.get(&version).is_none_or(|first| *first >= now)
    }

    /// The first looks that a run over all accounts was.
    pub fn of_run(&self, world: &World<'_>) -> Vec<NewEvent> {
        let new = world.signals().iter().filter_map(|signal| {
            let version = (signal.id.clone(), signal.version);
            (!self.of_version.contains_key(&version)).then(|| NewEvent {
                account: None,
                kind: EVALUATED.to_owned(),
                effective_at: world.now,
                payload: json!({ "signal": signal.id, "version": signal.version }),
            })
        });
        new.collect()
    }

    /// Whether a look at this instant is the first at an account, by its own events, since it came or came back; and
    /// what is to be noted of it.
    pub fn at_account(&self, id: &RecordId, events: &[Event], now: Timestamp) -> (bool, Option<NewEvent>) {
        let came = events.iter().rposition(|event| event.kind == SEEN);
        let since = &events[came.map_or(0, |at| at + 1)..];
        let came = came.map_or(0, |at| events[at].sequence);
        let looks = since.iter().filter(|event| KINDS.contains(&event.kind.as_str()));
        let looks = looks.map(|event| event.effective_at);
        // Whoever was there when signals were first evaluated on all accounts was among them.
        let with_all = self.earliest.filter(|(sequence, _)| came < *sequence);
        let first = looks.chain(with_all.map(|(_, at)| at)).min();
        let note = (first.is_none() && self.earliest.is_some()).then(|| NewEvent {
            account: Some(id.clone()),
            kind: LOOKED_AT.to_owned(),
            effective_at: lives::kept(now),
            payload: json!({}),
        });
        (first.is_none_or(|first| first >= lives::kept(now)), note)
    }
}
