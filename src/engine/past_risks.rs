//! The warnings that were open at the end of a day, as they were known by then and as they stood.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::health::Score;
use crate::domain::record::RecordId;
use crate::domain::risk;
use crate::domain::signal::Signal;
use crate::domain::summary::Band;
use crate::domain::warning::{Level, Life, Line, gauge};
use crate::store::{Cache, Event, Ledger};

use super::EngineError;
use super::columns;
use super::first_looks::FirstLooks;
use super::journal;
use super::judge::Judge;
use super::lives;
use super::moment::Moment;
use super::wanted::EXTRA;
use super::warnings::{self, Evaluator};
use super::world::World;

/// A warning as it was known at the end of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRisk {
    /// The account.
    pub account: RecordId,
    /// Its name today, raw; its id where it has none any more.
    pub name: String,
    /// Where the warning stood; its level is that of the day, or where that cannot be told, that when it opened.
    pub line: Line,
    /// Its life until then.
    pub life: Life,
    /// What was true of it on that day; in place of that, why it cannot be told.
    pub stood: Result<Stood, &'static str>,
}

/// What was true of a warning at the end of a day: contracts, metrics, people, tickets and surveys by the ledger as of
/// then, segment and stage as they are today.
#[derive(Debug, Clone, PartialEq)]
pub struct Stood {
    /// The reason in words, raw.
    pub reason: String,
    /// How its number compares with when it opened: greater is worse; `None` where it has none, or it is unknown.
    pub since_opened: Option<Ordering>,
    /// The score.
    pub score: Option<u8>,
    /// At stake, minor units of the reporting currency; of a risk.
    pub at_stake: Option<i64>,
    /// Whether the ledger knew by then of each contract that there was; else what it knew first counts.
    pub knew_contracts: bool,
}

impl PastRisk {
    /// The reason of that day, else that when it opened; raw.
    pub fn reason(&self) -> &str {
        let opened = &self.life.opened.reason;
        self.stood.as_ref().map_or(opened, |stood| &stood.reason)
    }

    /// What was at stake on that day; where the day cannot be told, when it opened.
    pub fn at_stake(&self) -> Option<i64> {
        self.stood
            .as_ref()
            .map_or(self.life.opened.at_stake, |stood| stood.at_stake)
    }
}

/// Why a day cannot be told.
const NO_ACCOUNT: &str = "the account is not here any more";
const NO_RULE: &str = "this version of its signal is not in force any more";
const UNSEEN: &str = "what its reason names is not known of that day";

/// The warnings whose condition held at an instant, by what the journal had noted until then: risks before chances
/// before defects, in each by what was at stake × urgency on that day. `None`: no signal was evaluated by then, so that
/// nobody knows.
pub fn risks_as_of(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    (now, until): (Timestamp, Timestamp),
) -> Result<Option<Vec<PastRisk>>, EngineError> {
    // The day may be today, and not over.
    let until = until.min(now);
    let world = World::read(cache, ledger, setup, now, &[until])?;
    let first = FirstLooks::read(ledger)?;
    let evaluator = Evaluator::new(&world, &first);
    let mut found = Vec::new();
    cache.at_once(|| {
        let kinds = lives::kinds();
        journal::each_account(ledger, &kinds, Some(until), &mut |account, events| {
            found.extend(of_account(cache, ledger, &evaluator, &account, &events)?);
            Ok(())
        })
    })?;
    if found.is_empty() && !first.were_by(until) {
        return Ok(None);
    }
    let today = setup.settings.day_of(until);
    found.sort_by_key(|one| {
        let opened = &one.life.opened;
        let urgency = risk::urgency(opened.decide_by, today);
        let rank = risk::rank(one.at_stake(), urgency);
        (opened.kind, -rank, one.account.clone(), opened.signal.clone())
    });
    Ok(Some(found))
}

/// The warnings of one account that held after these events.
fn of_account(
    cache: &Cache,
    ledger: &Ledger,
    evaluator: &Evaluator<'_>,
    account: &RecordId,
    events: &[Event],
) -> Result<Vec<PastRisk>, EngineError> {
    let lives = lives::lives(account, events);
    let holding: Vec<&Life> = lives
        .holding()
        .filter_map(|signal| lives.current(signal))
        .collect();
    if holding.is_empty() {
        return Ok(Vec::new());
    }
    let plans = lives::plans_of(account, events);
    let name = cache
        .summary(account)?
        .map_or_else(|| account.to_string(), |line| line.name);
    let world = evaluator.world;
    let row = columns::read_anew(cache, ledger, world, account)?;
    let judge = row.as_ref().map(|row| Judge::new(world, &row.account, &row.own));
    let told = |life: &Life| {
        let stood = judge.as_ref().ok_or(NO_ACCOUNT).and_then(|judge| {
            let mut signals = world.signals().iter();
            let in_force =
                |signal: &&Signal| signal.id == life.opened.signal && signal.version == life.opened.version;
            stood(evaluator, signals.find(in_force).ok_or(NO_RULE)?, judge, life)
        });
        let level = stood
            .as_ref()
            .map_or(&life.opened.level, |(_, level)| level)
            .clone();
        PastRisk {
            account: account.clone(),
            name: name.clone(),
            line: Line::of(life, &plans, level),
            life: life.clone(),
            stood: stood.map(|(stood, _)| stood),
        }
    };
    Ok(holding.into_iter().map(told).collect())
}

/// What was true of a warning at the instant that is asked for, and how bad it was.
fn stood(
    evaluator: &Evaluator<'_>,
    signal: &Signal,
    judge: &Judge<'_>,
    life: &Life,
) -> Result<(Stood, Level), &'static str> {
    let moment = Moment::then(judge, EXTRA);
    let (score, level) = level_then(signal, judge);
    let reason = evaluator.reason_at(signal, judge, &moment).ok_or(UNSEEN)?;
    let at_stake = score
        .as_ref()
        .filter(|_| signal.kind.is_at_stake())
        .and_then(|score| judge.at_stake_on(&moment, score));
    let stood = Stood {
        reason,
        since_opened: gauge::compared(signal, &life.opened.level, &level),
        score: score.and_then(|score| score.shown()),
        at_stake,
        knew_contracts: judge.knew_contracts_at(EXTRA),
    };
    Ok((stood, level))
}

/// How bad a warning of a signal was at the instant that is asked for, with the score of then.
pub fn level_then(signal: &Signal, judge: &Judge<'_>) -> (Option<Score>, Level) {
    let score = judge.past_score(EXTRA);
    let band = score
        .as_ref()
        .map_or(Band::Unknown, |score| judge.world.setup.health.band(score));
    let level = warnings::level(signal, &Moment::then(judge, EXTRA), band);
    (score, level)
}
