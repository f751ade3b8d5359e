//! What signals say of accounts and why: for the command line, without opening or clearing anything.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::expression::{Asked, Clause, Condition};
use crate::domain::record::RecordId;
use crate::domain::signal::Signal;
use crate::domain::summary::Summary;
use crate::domain::values;
use crate::domain::warning;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::columns::{self, Over};
use super::first_looks::FirstLooks;
use super::journal;
use super::judge::Judge;
use super::lives;
use super::moment::Moment;
use super::wanted::{EXTRA, NOW};
use super::world::World;

/// What a signal says of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Place of the signal among those in force.
    pub signal: usize,
    /// Whether it holds; `None` cannot be told.
    pub holds: Option<bool>,
    /// What is unknown and keeps it from being told.
    pub unknown: Vec<String>,
}

/// What the signals say of one account; what does not hold is left out.
#[derive(Debug, Clone)]
pub struct Told {
    /// The account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Those that hold or cannot tell.
    pub said: Vec<Said>,
}

/// What every signal says of every account.
#[derive(Debug)]
pub struct Everything {
    /// The accounts of which any signal holds or cannot tell, in the order of their ids.
    pub accounts: Vec<Told>,
    /// How many accounts there are, or were on that day.
    pub asked: usize,
    /// Of how many the ledger did not know by the day of each contract that there was.
    pub contracts_later: usize,
    /// How many of them had to be read anew.
    pub cold: usize,
}

impl Everything {
    /// Of how many accounts a signal, by its place, says so.
    pub fn count(&self, signal: usize, holds: Option<bool>) -> usize {
        let says = |told: &&Told| {
            told.said
                .iter()
                .any(|one| one.signal == signal && one.holds == holds)
        };
        self.accounts.iter().filter(says).count()
    }
}

/// Asks every signal about every account, now or at the end of a day that has passed.
pub fn everything(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    (now, as_of): (Timestamp, Option<Timestamp>),
) -> Result<Everything, EngineError> {
    let extra: Vec<Timestamp> = as_of.into_iter().collect();
    let world = World::read(cache, ledger, setup, now, &extra)?;
    let signals = world.signals();
    let tell = |judge: &Judge<'_>| {
        let at = if as_of.is_some() { EXTRA } else { NOW };
        let told = Told {
            account: judge.account.id.clone(),
            name: judge.account.name.clone(),
            said: said(signals, judge, at),
        };
        is_there(judge, at).then(|| (told, judge.knew_contracts_at(at)))
    };
    let over = match as_of {
        None => columns::each(cache, ledger, &world, &tell)?,
        // Of the past more is asked than is kept.
        Some(_) => columns::each_anew(cache, ledger, &world, &tell)?,
    };
    let Over { found, cold } = over;
    // What came after the day that is asked for changes nothing that is told of it.
    let found: Vec<(Told, bool)> = found.into_iter().filter_map(|(_, told)| told).collect();
    let asked = found.len();
    let contracts_later = found.iter().filter(|(_, knew)| !knew).count();
    let told = found.into_iter().map(|(told, _)| told);
    Ok(Everything {
        accounts: told.filter(|told| !told.said.is_empty()).collect(),
        asked,
        contracts_later,
        cold,
    })
}

/// The accounts of which a condition holds now, or cannot be told, in the order of their ids; those that have left are not
/// asked. It is asked as the only signal there were.
pub fn asked(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    condition: &Condition,
    now: Timestamp,
) -> Result<Vec<Told>, EngineError> {
    let mut setup = setup.clone();
    setup.signals.signals = vec![Signal::asking(condition.clone())];
    Ok(everything(cache, ledger, &setup, (now, None))?.accounts)
}

/// How many warnings of a signal are open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All.
    pub open: usize,
    /// Those that held already when the signal was first evaluated.
    pub standing: usize,
}

/// How many warnings of each signal are open, so that nobody closed them: now by the cache, then by the journal. `None`
/// before signals were first evaluated: what was not looked for is not known to be none.
pub fn open(
    cache: &Cache,
    ledger: &Ledger,
    as_of: Option<Timestamp>,
) -> Result<Option<BTreeMap<String, Count>>, EngineError> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut count = |signal: String, standing: bool| {
        let count = counts.entry(signal).or_default();
        count.open += 1;
        count.standing += usize::from(standing);
    };
    match as_of {
        None => {
            let warnings = cache.warnings()?;
            for warning in warnings.into_iter().filter(|one| one.line.closed.is_none()) {
                count(warning.signal, warning.standing);
            }
        }
        Some(then) if !FirstLooks::read(ledger)?.were_by(then) => return Ok(None),
        Some(then) => {
            journal::each_account(ledger, &warning::KINDS, Some(then), &mut |account, events| {
                let lives = lives::lives(&account, &events);
                for life in lives.all().filter(|life| life.is_open()) {
                    count(life.opened.signal.clone(), life.opened.standing);
                }
                Ok(())
            })?;
        }
    }
    Ok(Some(counts))
}

/// What came back to a question, as people read it; `unknown` when nothing did.
pub fn value_in_words(asked: &Asked) -> String {
    values::in_words(asked.unit, asked.value.as_ref())
}

fn said(signals: &[Signal], judge: &Judge<'_>, at: usize) -> Vec<Said> {
    let moment = moment(judge, at);
    let say = |(place, signal): (usize, &Signal)| {
        let holds = signal.when.holds(&moment);
        let unknown = match holds {
            None => signal.when.unknown(&moment),
            Some(_) => Vec::new(),
        };
        Said {
            signal: place,
            holds,
            unknown,
        }
    };
    let asked = signals
        .iter()
        .enumerate()
        .filter(|(_, one)| is_asked(one, judge, at));
    asked.map(say).filter(|said| said.holds != Some(false)).collect()
}

/// What a signal saw of one account.
#[derive(Debug, Clone)]
pub struct Sight {
    /// The account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Whether the account was there already.
    pub there: bool,
    /// Whether it has left, or was not there yet, and is not asked therefore.
    pub left: bool,
    /// Whether `when` holds; `None` cannot be told.
    pub holds: Option<bool>,
    /// Whether `clears_when` holds, if there is one.
    pub clears: Option<Option<bool>>,
    /// The parts of `when`, each with whether it holds.
    pub clauses: Vec<Clause>,
    /// What both conditions asked for.
    pub asked: Vec<Asked>,
    /// What is unknown and keeps `when` from being told.
    pub unknown: Vec<String>,
    /// Whether the ledger knew by the day of each contract that there was; else what it knew first counts.
    pub knew_contracts: bool,
}

/// What a signal sees of these accounts now, or saw at the end of a day.
pub fn sights(
    (cache, ledger): (&Cache, &Ledger),
    setup: &Setup,
    signal: &Signal,
    accounts: &[Summary],
    (now, as_of): (Timestamp, Option<Timestamp>),
) -> Result<Vec<Sight>, EngineError> {
    let extra: Vec<Timestamp> = as_of.into_iter().collect();
    let world = World::read(cache, ledger, setup, now, &extra)?;
    let at = if as_of.is_some() { EXTRA } else { NOW };
    let mut sights = Vec::new();
    for line in accounts {
        let row = match at {
            NOW => columns::one(cache, ledger, &world, &line.id)?,
            _ => columns::read_anew(cache, ledger, &world, &line.id)?,
        };
        if let Some(row) = row {
            let judge = Judge::new(&world, &row.account, &row.own);
            sights.push(sight(signal, &judge, at));
        }
    }
    Ok(sights)
}

fn moment<'j, 'a>(judge: &'j Judge<'a>, at: usize) -> Moment<'j, 'a> {
    match at {
        NOW => Moment::now(judge),
        at => Moment::then(judge, at),
    }
}

/// Whether the account is asked at that moment at all: it is there, and has not left unless the signal asks those too.
pub fn is_asked(signal: &Signal, judge: &Judge<'_>, at: usize) -> bool {
    let day = match at {
        NOW => judge.world.today,
        at => judge.world.day(judge.instant(at)),
    };
    is_there(judge, at) && (signal.left_too || !judge.has_left(day))
}

/// Whether the account had been made by that moment.
fn is_there(judge: &Judge<'_>, at: usize) -> bool {
    let instant = match at {
        NOW => judge.world.now,
        at => judge.instant(at),
    };
    judge.account.created <= instant
}

fn sight(signal: &Signal, judge: &Judge<'_>, at: usize) -> Sight {
    let moment = moment(judge, at);
    let clears = signal.clears_when.as_ref();
    let mut asked = signal.when.expression().asked(&moment);
    let more = clears
        .map(|clears| clears.expression().asked(&moment))
        .unwrap_or_default();
    for one in more {
        if asked.iter().all(|known| known.term != one.term) {
            asked.push(one);
        }
    }
    let is_asked = is_asked(signal, judge, at);
    let holds = signal.when.holds(&moment);
    Sight {
        account: judge.account.id.clone(),
        name: judge.account.name.clone(),
        there: is_there(judge, at),
        left: !is_asked,
        holds,
        clears: clears.map(|clears| clears.holds(&moment)),
        clauses: signal.when.clauses(&moment),
        asked,
        unknown: match holds {
            None => signal.when.unknown(&moment),
            Some(_) => Vec::new(),
        },
        knew_contracts: judge.knew_contracts_at(at),
    }
}
