//! The record of customers that left: when and why, what had warned of it, and who looked after them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::desk::WarningKind;
use crate::domain::record::{Kind, RecordId};
use crate::domain::warning::alarms::foretells;
use crate::domain::warning::{Act, ChurnRecord, FirstWarning, Life, Plan, Stage, Verdict};
use crate::domain::words;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::alarms::Told;
use super::interpret::{account, values};
use super::world::World;

/// Looks at the customers that left until a day.
pub struct Churns<'a> {
    pub cache: &'a Cache,
    pub ledger: &'a Ledger,
    pub world: &'a World<'a>,
    /// What the journal tells of each account.
    pub told: &'a BTreeMap<RecordId, Told>,
    /// The day on which signals were first evaluated.
    pub first_look: Option<Date>,
    /// By what was noted until then; by today's records without it.
    pub until: Option<Timestamp>,
}

/// An account that left.
struct Gone {
    id: RecordId,
    name: String,
    on: Date,
    reason: Option<String>,
}

impl Churns<'_> {
    /// The customers that left, the latest first.
    pub fn all(&self) -> Result<Vec<ChurnRecord>, EngineError> {
        let last_day = self.until.map_or(self.world.today, |until| self.world.day(until));
        let gone = match self.until {
            None => self.gone()?,
            Some(until) => self.gone_by(until)?,
        };
        let gone = gone.into_iter().filter(|gone| gone.on <= last_day);
        let records: Result<Vec<ChurnRecord>, EngineError> = gone.map(|gone| self.record(gone)).collect();
        let mut records = records?;
        records.sort_by(|one, other| (other.on, &one.account).cmp(&(one.on, &other.account)));
        Ok(records)
    }

    /// The properties with the day and the reason.
    fn properties(&self) -> Option<(&str, Option<&str>)> {
        let churned = self.world.setup.mapping.account.churned.as_ref()?;
        Some((&churned.property, churned.reason.as_deref()))
    }

    /// By the records of today.
    fn gone(&self) -> Result<Vec<Gone>, EngineError> {
        let mut lost = Vec::new();
        self.cache.each_summary(&mut |summary| {
            if summary.has_churned() {
                lost.push((summary.id, summary.name));
            }
        })?;
        let reason = self.properties().and_then(|(_, reason)| reason);
        let mut gone = Vec::new();
        for (id, name) in lost {
            let record = self.world.shown(self.cache).record(Kind::Account, &id)?;
            let Some(record) = record else { continue };
            let account = account::account(&record, &self.world.setup.mapping);
            if let Some(on) = account.and_then(|account| account.churned) {
                let reason = reason.and_then(|reason| record.mapped(reason));
                let reason = reason.map(str::to_owned).filter(|reason| !reason.is_empty());
                gone.push(Gone { id, name, on, reason });
            }
        }
        Ok(gone)
    }

    /// By what the ledger had noted until then. Accounts that the cache has no more are left out.
    fn gone_by(&self, until: Timestamp) -> Result<Vec<Gone>, EngineError> {
        let Some((day, reason)) = self.properties() else {
            return Ok(Vec::new());
        };
        let fields: Vec<&str> = std::iter::once(day).chain(reason).collect();
        let mut known: BTreeMap<String, BTreeMap<String, Option<String>>> = BTreeMap::new();
        self.ledger
            .each_series(&fields, &mut |account, field, observed| {
                if observed.recorded_at <= until {
                    let of_account = known.entry(account.to_owned()).or_default();
                    of_account.insert(field.to_owned(), observed.value);
                }
            })?;
        let mut gone = Vec::new();
        for (id, mut values) in known {
            let mut take = |field: &str| values.remove(field).flatten().filter(|value| !value.is_empty());
            let Some(on) = take(day).as_deref().and_then(values::date) else {
                continue;
            };
            let reason = reason.and_then(&mut take);
            let id = RecordId::from(id.as_str());
            if let Some(summary) = self.cache.summary(&id)? {
                let name = summary.name;
                gone.push(Gone { id, name, on, reason });
            }
        }
        Ok(gone)
    }

    fn record(&self, gone: Gone) -> Result<ChurnRecord, EngineError> {
        let Gone { id, name, on, reason } = gone;
        let world = self.world;
        let own = self.told.get(&id);
        let before = |life: &&Life| {
            life.opened.kind == WarningKind::Risk && foretells(words::days(world.day(life.opened_at), on))
        };
        let lives = || own.into_iter().flat_map(|told| told.lives.all()).filter(before);
        let first = lives().min_by_key(|life| (life.opened_at, &life.opened.signal));
        let plans = own.map_or(&[][..], |told| &told.plans);
        Ok(ChurnRecord {
            reason,
            avoidable: own.and_then(|told| told.avoidable.clone()),
            owner: self.owner_on(&id, on)?,
            first: first.map(|life| FirstWarning {
                signal: life.opened.signal.clone(),
                on: world.day(life.opened_at),
                days_before: words::days(world.day(life.opened_at), on),
            }),
            ignored: lives()
                .filter_map(|life| ignored(life, plans, world, on))
                .collect(),
            looked: self.first_look.is_some_and(|first| first <= on),
            account: id,
            name,
            on,
        })
    }

    /// Name of who looked after an account at the end of a day, as the ledger has it.
    fn owner_on(&self, id: &RecordId, on: Date) -> Result<Option<String>, EngineError> {
        let world = self.world;
        let past = self.ledger.past(Kind::Account, id, &[&world.wanted.csm])?;
        let counts = |one: &&crate::store::Observed| {
            world.day(one.effective_at) <= on && self.until.is_none_or(|until| one.recorded_at <= until)
        };
        let last = past.iter().rev().find(counts);
        let owner = last.and_then(|one| one.value.clone()).map(RecordId);
        Ok(owner.map(|owner| {
            world
                .name_of(&owner)
                .map_or_else(|| owner.to_string(), str::to_owned)
        }))
    }
}

/// A warning that nobody took on before the customer left, in words.
fn ignored(life: &Life, plans: &[Plan], world: &World<'_>, on: Date) -> Option<String> {
    let signal = words::signal(&life.opened.signal);
    if let Some((closed, done)) = life.closing() {
        let by = world.name_of_author(&done.by);
        return (closed.verdict != Verdict::Real)
            .then(|| format!("{signal}: closed as {} by {by}", closed.verdict.word()));
    }
    let recovered = life.stage(plans) == Stage::Recovered;
    let days = words::days(world.day(life.opened_at), on);
    let slept = life.acts.iter().any(|done| matches!(done.act, Act::Snoozed(_)));
    let snoozed = if slept { "snoozed, " } else { "" };
    (!life.was_acted_on(plans) && !recovered)
        .then(|| format!("{signal}: open for {days} d, {snoozed}nobody took it on"))
}
