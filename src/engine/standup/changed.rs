//! How bands and warnings of accounts moved since an instant, account by account.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::desk::Warning;
use crate::domain::record::{Kind, RecordId};
use crate::domain::standup::{Change, Turn, moved};
use crate::domain::warning::{self, Level, Life, gauge};
use crate::store::{Cache, Ledger};

use crate::engine::EngineError;
use crate::engine::bands;
use crate::engine::columns;
use crate::engine::judge::Judge;
use crate::engine::lives;
use crate::engine::past_risks::level_then;
use crate::engine::rows::Row;
use crate::engine::world::World;

/// Looks at accounts; only those of which the journal noted anything since then, or that have a warning, are read.
pub struct Changed<'a> {
    cache: &'a Cache,
    ledger: &'a Ledger,
    /// With the instant among those that are wanted of the past, as the first of them.
    world: &'a World<'a>,
    since: Timestamp,
    /// Accounts of which the journal noted anything since then.
    noted: BTreeSet<RecordId>,
}

impl<'a> Changed<'a> {
    /// Looks which accounts the journal noted anything of since then.
    pub fn read(
        cache: &'a Cache,
        ledger: &'a Ledger,
        world: &'a World<'a>,
        since: Timestamp,
    ) -> Result<Self, EngineError> {
        let mut noted = BTreeSet::new();
        for kind in warning::KINDS.into_iter().chain([bands::CHANGED]) {
            for event in ledger.events_since(kind, since)? {
                if let Some(account) = event.account {
                    noted.insert(ledger.resolve(Kind::Account, &account)?);
                }
            }
        }
        Ok(Self {
            cache,
            ledger,
            world,
            since,
            noted,
        })
    }

    /// How the band of an account turned, and how its warnings moved.
    pub fn on(&self, id: &RecordId) -> Result<(Option<Turn>, Vec<Change>), EngineError> {
        let warnings = self.cache.warnings_of(id)?;
        if warnings.is_empty() && !self.noted.contains(id) {
            return Ok((None, Vec::new()));
        }
        let kinds: Vec<&str> = warning::KINDS.into_iter().chain([bands::CHANGED]).collect();
        let events = self.ledger.events(Some(id), &kinds)?;
        let lives = lives::lives(id, &events);
        let stood_then = |life: &&Life| life.is_open() && !life.is_held() && life.opened_at <= self.since;
        // To read the past of an account takes long: only what can be compared asks for it.
        let row = match lives.all().find(stood_then) {
            Some(_) => columns::read_anew(self.cache, self.ledger, self.world, id)?,
            None => None,
        };
        let mut changes = Vec::new();
        for life in lives.all() {
            let warning = warnings.iter().find(|one| one.signal == life.opened.signal);
            let got_worse = match (&row, warning) {
                (Some(row), Some(warning)) if stood_then(&life) => self.got_worse(row, life, warning),
                _ => None,
            };
            let Some((moved, at)) = moved(life, self.since, got_worse) else {
                continue;
            };
            let now = warning
                .filter(|_| life.is_open())
                .map(|warning| warning.reason.as_str());
            let reason = now.unwrap_or(&life.opened.reason);
            let name = |address: &str| self.world.name_of_author(address);
            changes.push(moved.change(&life.opened.signal, reason, at, name));
        }
        Ok((bands::turn_since(&events, self.since), changes))
    }

    /// How the number of a warning was then and how it is now, where that is worse. The band is told by itself.
    fn got_worse(&self, row: &Row, life: &Life, warning: &Warning) -> Option<(String, String)> {
        let mut signals = self.world.signals().iter();
        let signal = signals
            .find(|signal| signal.id == life.opened.signal && signal.version == life.opened.version)?;
        let judge = Judge::new(self.world, &row.account, &row.own);
        let number = |level: Level| Level { band: None, ..level };
        let then = number(level_then(signal, &judge).1);
        gauge::got_worse(signal, &then, &number(warning.line.level.clone()))
    }
}
