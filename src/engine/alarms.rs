//! How the alarms do, and the record of customers that left: folds over the whole journal.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::config::Setup;
use crate::domain::expression::Value;
use crate::domain::record::RecordId;
use crate::domain::team_journal::CHURN_JUDGED;
use crate::domain::values::in_words;
use crate::domain::warning::alarms::{Case, Tally, Version, tallies};
use crate::domain::warning::{
    AlarmReport, Avoidable, CaseLine, Gauge, Lives, Plan, SignalReport, Suggestion,
};
use crate::store::{Cache, Event, Ledger, NewEvent};

use super::EngineError;
use super::bands;
use super::churns::Churns;
use super::first_looks::EVALUATED;
use super::journal;
use super::lives;
use super::models;
use super::world::World;

/// So many warnings of a version are listed at most.
const MOST_CASES: usize = 200;

/// What the journal tells of one account.
pub struct Told {
    pub lives: Lives,
    pub plans: Vec<Plan>,
    pub reds: Vec<Date>,
    pub avoidable: Option<Avoidable>,
}

/// How the alarms do by what journal and ledger had noted until then, or until now. Names of accounts and people, and
/// which versions of signals are in force, are those of today.
pub fn alarms(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    now: Timestamp,
    until: Option<Timestamp>,
) -> Result<AlarmReport, EngineError> {
    let world = World::read(cache, ledger, setup, now, &[])?;
    let told = read(ledger, &world, until)?;
    let first_look = ledger
        .events(None, &[EVALUATED])?
        .iter()
        .find(|event| until.is_none_or(|until| event.recorded_at <= until))
        .map(|event| world.day(event.effective_at));
    let churns = Churns {
        cache,
        ledger,
        world: &world,
        told: &told,
        first_look,
        until,
    };
    let churns = churns.all()?;
    let ended: BTreeMap<&RecordId, Date> = churns.iter().map(|churn| (&churn.account, churn.on)).collect();
    let cases = told.iter().flat_map(|(id, told)| {
        let churned = ended.get(id).copied();
        told.lives.all().map(move |life| (id, told, life, churned))
    });
    let cases: Vec<(&RecordId, Case<'_>)> = cases
        .map(|(id, told, life, churned)| {
            let day = world.day(life.opened_at);
            // A customer that has left is none of ours to be red.
            let ours = |day: Date| churned.is_none_or(|left| day <= left);
            let case = Case {
                life,
                plans: &told.plans,
                day,
                red: told.reds.iter().copied().find(|red| *red >= day && ours(*red)),
                churned,
            };
            (id, case)
        })
        .collect();
    let mut found = tallies(cases.iter().map(|(_, case)| *case));
    let mut listed = listed(cache, &world, cases)?;
    // A version that never fired is told of too.
    for signal in world.signals() {
        let version: Version = (signal.id.clone(), signal.version);
        if !found.iter().any(|(other, _)| *other == version) {
            found.push((version, Tally::default()));
        }
    }
    found.sort_by(|(one, _), (other, _)| (&one.0, other.1).cmp(&(&other.0, one.1)));
    let signals = found.into_iter().map(|((id, version), tally)| {
        let signal = world.signals().iter().find(|one| one.id == id);
        let signal = signal.filter(|one| one.version == version);
        let moved = signal.and_then(Gauge::of).and_then(|gauge| {
            let moved = tally.better_threshold(&gauge)?;
            let words = |level: i64| {
                let value = Value::Number(level as f64 / 1000.0);
                in_words(gauge.evidence.value.unit(), Some(&value))
            };
            let (from, to) = (words(gauge.threshold?), words(moved.to));
            // Both may be the same once they are rounded for people.
            (from != to).then_some(Suggestion::MoveThreshold { from, to, moved })
        });
        SignalReport {
            in_force: signal.is_some(),
            suggestion: moved.or_else(|| tally.is_better_mute().then_some(Suggestion::Mute)),
            cases: listed.remove(&(id.clone(), version)).unwrap_or_default(),
            signal: id,
            version,
            tally,
        }
    });
    Ok(AlarmReport {
        signals: signals.collect(),
        churns,
        first_look,
        began_later: match until {
            Some(until) => ledger.began()?.is_none_or(|began| began > until),
            None => false,
        },
    })
}

/// The warnings of each version: what was judged first, then the latest.
fn listed(
    cache: &Cache,
    world: &World<'_>,
    cases: Vec<(&RecordId, Case<'_>)>,
) -> Result<BTreeMap<Version, Vec<CaseLine>>, EngineError> {
    let mut of: BTreeMap<Version, Vec<(&RecordId, Case<'_>)>> = BTreeMap::new();
    for (id, case) in cases {
        let opened = &case.life.opened;
        let version = (opened.signal.clone(), opened.version);
        of.entry(version).or_default().push((id, case));
    }
    let mut listed = BTreeMap::new();
    for (version, mut cases) in of {
        cases.sort_by_cached_key(|(id, case)| (case.judged().is_none(), Reverse(case.day), (*id).clone()));
        let lines = cases.into_iter().take(MOST_CASES);
        let lines: Result<Vec<_>, _> = lines.map(|(id, case)| line(cache, world, id, &case)).collect();
        listed.insert(version, lines?);
    }
    Ok(listed)
}

fn line(cache: &Cache, world: &World<'_>, id: &RecordId, case: &Case<'_>) -> Result<CaseLine, EngineError> {
    let life = case.life;
    let said = life.closing();
    Ok(CaseLine {
        // The cache may have lost it since.
        name: cache
            .summary(id)?
            .map_or_else(|| id.to_string(), |summary| summary.name),
        account: id.clone(),
        on: case.day,
        stage: life.stage(case.plans),
        held: life.is_held(),
        acted: life.was_acted_on(case.plans),
        judged: case.judged(),
        saw: said.map(|(closed, _)| closed.level.seen()).unwrap_or_default(),
        said: said.map(|(closed, done)| (world.name_of_author(&done.by), closed.why.clone())),
    })
}

/// Notes whether a churn could have been avoided.
pub fn judge_churn(
    ledger: &mut Ledger,
    account: &RecordId,
    (avoidable, why): (bool, &str),
    now: Timestamp,
) -> Result<(), EngineError> {
    let event = NewEvent {
        account: Some(account.clone()),
        kind: CHURN_JUDGED.to_owned(),
        effective_at: lives::kept(now),
        payload: json!({ "avoidable": avoidable, "why": why }),
    };
    Ok(ledger.append(&[event], now)?)
}

fn read(
    ledger: &Ledger,
    world: &World<'_>,
    until: Option<Timestamp>,
) -> Result<BTreeMap<RecordId, Told>, EngineError> {
    let mut kinds = lives::kinds();
    kinds.extend([bands::CHANGED, CHURN_JUDGED]);
    let models = models::changes(ledger)?;
    let told = |(id, events): (RecordId, Vec<Event>)| {
        // Events of former versions do not say that another model was new: it came into force at the same instant.
        let is_red = |event: &&Event| bands::is_turn_to_red(event) && !models.contains(&event.effective_at);
        let reds = events.iter().filter(is_red);
        let judged = events.iter().rev().find(|event| event.kind == CHURN_JUDGED);
        let avoidable = judged.and_then(|event| {
            Some(Avoidable {
                yes: event.payload["avoidable"].as_bool()?,
                why: event.payload["why"].as_str().unwrap_or_default().to_owned(),
                by: event.author.clone(),
                by_name: world.name_of_author(&event.author),
            })
        });
        let told = Told {
            lives: lives::lives(&id, &events),
            plans: lives::plans_of(&id, &events),
            reds: reds.map(|event| world.day(event.effective_at)).collect(),
            avoidable,
        };
        (id, told)
    };
    let mut found = BTreeMap::new();
    journal::each_account(ledger, &kinds, until, &mut |id, events| {
        found.extend([told((id, events))]);
        Ok(())
    })?;
    Ok(found)
}
