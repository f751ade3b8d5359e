//! How the alarms do, and the record of customers that left: folds over the whole journal.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::config::Setup;
use crate::domain::desk::WarningKind;
use crate::domain::expression::Value;
use crate::domain::record::{Kind, RecordId};
use crate::domain::values::in_words;
use crate::domain::warning::alarms::{Case, Tally, Version, tallies};
use crate::domain::warning::{
    AlarmReport, Avoidable, ChurnRecord, FirstWarning, Gauge, Life, Lives, Plan, SignalReport, Stage,
    Suggestion, Verdict,
};
use crate::domain::words;
use crate::store::{Cache, Event, Ledger, NewEvent};

use super::EngineError;
use super::bands;
use super::first_looks::EVALUATED;
use super::interpret::account;
use super::lives;
use super::world::World;

/// Kind of the event that a person says whether a churn could have been avoided.
const JUDGED: &str = "churn-judged";
/// A warning so many days before the end has to do with it.
const YEAR: i32 = 365;

/// What the journal tells of one account.
struct Told {
    lives: Lives,
    plans: Vec<Plan>,
    reds: Vec<Date>,
    avoidable: Option<Avoidable>,
}

/// How the alarms do by what was noted until then, or until now.
pub fn alarms(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    now: Timestamp,
    until: Option<Timestamp>,
) -> Result<AlarmReport, EngineError> {
    let world = World::read(cache, ledger, setup, now, &[])?;
    let told = read(ledger, &world, until)?;
    let last_day = until.map_or(world.today, |until| world.day(until));
    let first_look = ledger
        .events(None, &[EVALUATED])?
        .first()
        .map(|event| world.day(event.effective_at));
    let churns = churns(cache, ledger, &world, &told, (first_look, last_day))?;
    let ended: BTreeMap<&RecordId, Date> = churns.iter().map(|churn| (&churn.account, churn.on)).collect();
    let cases = told.iter().flat_map(|(id, told)| {
        let churned = ended.get(id).copied();
        told.lives.all().map(move |life| (told, life, churned))
    });
    let cases = cases.map(|(told, life, churned)| {
        let day = world.day(life.opened_at);
        Case {
            life,
            plans: &told.plans,
            day,
            red: told.reds.iter().find(|red| **red >= day).copied(),
            churned: churned.filter(|churned| *churned >= day),
        }
    });
    let mut found = tallies(cases);
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
            let moved = tally.better_threshold(gauge.worse)?;
            let words = |level: i64| {
                let value = Value::Number(level as f64 / 1000.0);
                in_words(gauge.evidence.value.unit(), Some(&value))
            };
            Some(Suggestion::MoveThreshold {
                from: words(gauge.threshold),
                to: words(moved.to),
                moved,
            })
        });
        SignalReport {
            in_force: signal.is_some(),
            suggestion: moved.or_else(|| tally.is_better_mute().then_some(Suggestion::Mute)),
            signal: id,
            version,
            tally,
        }
    });
    Ok(AlarmReport {
        signals: signals.collect(),
        churns,
        first_look,
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
        kind: JUDGED.to_owned(),
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
    kinds.extend([bands::CHANGED, JUDGED]);
    let mut of_account: BTreeMap<RecordId, Vec<Event>> = BTreeMap::new();
    for event in ledger.events(None, &kinds)? {
        let Some(id) = event.account.clone() else { continue };
        if until.is_none_or(|until| event.recorded_at <= until) {
            of_account.entry(id).or_default().push(event);
        }
    }
    let told = |(id, events): (RecordId, Vec<Event>)| {
        let is_red = |event: &&Event| event.kind == bands::CHANGED && event.payload["to"] == "red";
        let reds = events.iter().filter(is_red);
        let judged = events.iter().rev().find(|event| event.kind == JUDGED);
        let avoidable = judged.and_then(|event| {
            Some(Avoidable {
                yes: event.payload["avoidable"].as_bool()?,
                why: event.payload["why"].as_str().unwrap_or_default().to_owned(),
                by: event.author.clone(),
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
    Ok(of_account.into_iter().map(told).collect())
}

/// The customers that left until a day, the latest first.
fn churns(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    told: &BTreeMap<RecordId, Told>,
    (first_look, last_day): (Option<Date>, Date),
) -> Result<Vec<ChurnRecord>, EngineError> {
    let mut lost = Vec::new();
    cache.each_summary(&mut |summary| {
        if summary.has_churned() {
            lost.push((summary.id, summary.name));
        }
    })?;
    let mapping = &world.setup.mapping;
    let reason = mapping
        .account
        .churned
        .as_ref()
        .and_then(|churned| churned.reason.as_deref());
    let mut records = Vec::new();
    for (id, name) in lost {
        let record = world.shown(cache).record(Kind::Account, &id)?;
        let account = record
            .as_ref()
            .and_then(|record| account::account(record, mapping));
        let Some(on) = account
            .and_then(|account| account.churned)
            .filter(|on| *on <= last_day)
        else {
            continue;
        };
        let own = told.get(&id);
        let lives = || own.into_iter().flat_map(|told| told.lives.all());
        let before = |life: &&Life| {
            let days = words::days(world.day(life.opened_at), on);
            life.opened.kind == WarningKind::Risk && (0..=YEAR).contains(&days)
        };
        let first = lives()
            .filter(before)
            .min_by_key(|life| (life.opened_at, &life.opened.signal));
        let plans = own.map_or(&[][..], |told| &told.plans);
        records.push(ChurnRecord {
            reason: record
                .as_ref()
                .and_then(|record| Some(record.mapped(reason?)?.to_owned()))
                .filter(|reason| !reason.is_empty()),
            avoidable: own.and_then(|told| told.avoidable.clone()),
            owner: owner_on(ledger, world, &id, on)?,
            first: first.map(|life| FirstWarning {
                signal: life.opened.signal.clone(),
                on: world.day(life.opened_at),
                days_before: words::days(world.day(life.opened_at), on),
            }),
            ignored: lives()
                .filter(before)
                .filter_map(|life| ignored(life, plans, world, on))
                .collect(),
            looked: first_look.is_some_and(|first| first <= on),
            account: id,
            name,
            on,
        });
    }
    records.sort_by(|one, other| (other.on, &one.account).cmp(&(one.on, &other.account)));
    Ok(records)
}

/// A warning that nobody took on before the customer left, in words.
fn ignored(life: &Life, plans: &[Plan], world: &World<'_>, on: Date) -> Option<String> {
    let signal = &life.opened.signal;
    if let Some((closed, done)) = life.closing() {
        let by = world.name_of_author(&done.by);
        return (closed.verdict != Verdict::Real)
            .then(|| format!("{signal}: closed as {} by {by}", closed.verdict.word()));
    }
    let recovered = life.stage(plans) == Stage::Recovered;
    let days = words::days(world.day(life.opened_at), on);
    (!life.was_taken_on(plans) && !recovered)
        .then(|| format!("{signal}: open for {days} d, nobody took it on"))
}

/// Name of who looked after an account at the end of a day, as the ledger has it.
fn owner_on(
    ledger: &Ledger,
    world: &World<'_>,
    id: &RecordId,
    on: Date,
) -> Result<Option<String>, EngineError> {
    let history = ledger.history_of_account(id)?;
    let of_owner = history.iter().filter(|one| {
        let is_it = one.kind == Kind::Account && one.record == *id && one.field == world.wanted.csm;
        is_it && world.day(one.effective_at) <= on
    });
    let last = of_owner.max_by_key(|one| one.effective_at);
    let owner = last.and_then(|one| one.value.clone()).map(RecordId);
    Ok(owner.map(|owner| {
        world
            .name_of(&owner)
            .map_or_else(|| owner.to_string(), str::to_owned)
    }))
}
