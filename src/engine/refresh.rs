//! Makes the read models anew: account lines and warnings of all or of changed accounts, then the desk.

use std::collections::BTreeSet;

use crate::config::Setup;
use crate::domain::record::{Kind, Record, RecordId};
use crate::domain::summary::Summary;
use crate::store::account::GONE;
use crate::store::{Cache, Ledger, NewEvent};
use jiff::Timestamp;

use super::EngineError;
use super::bands::{self, LastBand};
use super::belongings::Belongings;
use super::cannot_tell;
use super::columns;
use super::desk::{desk, desk_in_budget};
use super::first_looks::{self, FirstLooks};
use super::goals;
use super::handoff_tasks;
use super::interpret::account;
use super::judge::Judge;
use super::judging::{Judging, scoring};
use super::lives;
use super::models;
use super::outcome::{Outcome, features};
use super::plays;
use super::promises;
use super::run_conditions::RunConditions;
use super::segments::Segments;
use super::standup;
use super::summarise::summarise;
use super::warnings::{Before, Evaluator};
use super::world::{World, data_until, has_synced};

/// Accounts are read, judged and written in batches of so many.
const BATCH: usize = 500;

/// Which accounts to make anew.
#[derive(Debug, Clone, Copy)]
pub enum What<'a> {
    /// Every account: at the start, at the day's turn, after a sync that read everything.
    All,
    /// These accounts: they, or what belongs to them, changed or are gone.
    Accounts(&'a [RecordId]),
    /// The warnings of every account, after a change of the signals alone: nothing that is kept is read anew.
    Warnings,
}

/// Makes account lines, warnings and the desk anew.
pub fn refresh(
    cache: &mut Cache,
    ledger: &mut Ledger,
    setup: &Setup,
    what: What<'_>,
    now: Timestamp,
) -> Result<(), EngineError> {
    refresh_between(cache, ledger, setup, what, now, &mut || ())
}

/// The same, and between two batches `between` may do something that must not wait for the end, on connections of its
/// own: nothing is half done then, and the lock for judging is let go, since it may take as long as a network takes.
/// Accounts on which it changes anything are to be judged again afterwards.
pub fn refresh_between(
    cache: &mut Cache,
    ledger: &mut Ledger,
    setup: &Setup,
    what: What<'_>,
    now: Timestamp,
    between: &mut dyn FnMut(),
) -> Result<(), EngineError> {
    update_between(cache, ledger, setup, what, now, between)?;
    between();
    if has_anything(cache)? {
        // From reading to writing, or a desk that another program made of older data could come to lie over it.
        let _scoring = scoring(ledger)?;
        let desk = desk_in_budget(cache, ledger, setup, now)?;
        cache.put_desk(&desk)?;
    }
    Ok(())
}

/// Makes the desk anew. There is none as long as nothing was ever read: an empty one would tell of zeros.
pub fn keep_desk(
    cache: &mut Cache,
    ledger: &Ledger,
    setup: &Setup,
    now: Timestamp,
) -> Result<(), EngineError> {
    if has_anything(cache)? {
        let _scoring = scoring(ledger)?;
        cache.put_desk(&desk(cache, ledger, setup, now)?)?;
    }
    Ok(())
}

/// The accounts on which an hour has turned that a condition counts, by the last sync that came to its end: they are to be
/// judged again, though nothing of them changed.
pub fn turned(cache: &Cache, now: Timestamp) -> Result<Vec<RecordId>, EngineError> {
    Ok(cache.turned(data_until(cache, now)?)?)
}

fn has_anything(cache: &Cache) -> Result<bool, EngineError> {
    Ok(has_synced(cache)? || cache.count_all()? > 0)
}

/// Makes account lines and warnings anew, but not the desk: for the batches of a long first sync.
pub fn update(
    cache: &mut Cache,
    ledger: &mut Ledger,
    setup: &Setup,
    what: What<'_>,
    now: Timestamp,
) -> Result<(), EngineError> {
    update_between(cache, ledger, setup, what, now, &mut || ())
}

fn update_between(
    cache: &mut Cache,
    ledger: &mut Ledger,
    setup: &Setup,
    what: What<'_>,
    now: Timestamp,
    between: &mut dyn FnMut(),
) -> Result<(), EngineError> {
    // Two programs may do this at once: what is known, what is concluded from it and what is noted belong together.
    let mut judging = Judging::begin(ledger)?;
    if !matches!(what, What::Accounts(_)) {
        // A run begins with what the configuration asks then, and another configuration makes all anew.
        RunConditions::find(ledger)?.keep(cache)?;
    }
    let mut world = World::read(cache, ledger, setup, now, &[])?;
    match what {
        What::All => {
            world.find_pulses(cache, ledger)?;
            judging.pause(ledger, between)?;
            world.find_medians(cache)?;
            judging.pause(ledger, between)?;
        }
        What::Warnings => {
            if world.lacks_a_pulse() {
                world.find_pulses(cache, ledger)?;
            }
            world.find_medians(cache)?;
        }
        What::Accounts(ids) => world.raise_pulses(cache, ledger, ids)?,
    }
    world.judged.keep_of_former(cache)?;
    models::note(ledger, &setup.health, now)?;
    world.wanted.asks.keep(cache)?;
    let first = FirstLooks::read(ledger)?;
    let mut found = Outcome {
        segments: matches!(what, What::All).then(Segments::default),
        ..Outcome::default()
    };
    let mut batches = Batches::of(what);
    while let Some(ids) = batches.next(cache)? {
        if judging.is_overtaken() {
            world = World::read(cache, ledger, setup, now, &[])?;
        }
        let run = Run::new(&world, &first);
        if matches!(what, What::Accounts(_)) {
            found.unknown = cannot_tell::cannot_tell(cache)?;
            for id in &ids {
                found.forget(cache, id)?;
            }
        }
        cache.at_once(|| {
            ledger.at_once(|| match what {
                What::Warnings => run.warn_all(cache, ledger, &ids, &mut found),
                _ => run.judge_all(cache, ledger, &ids, &mut found),
            })
        })?;
        found.write(cache, ledger, now)?;
        if matches!(what, What::Accounts(_)) && cannot_tell::is_known(cache)? {
            found.keep_unknown(cache)?;
        }
        judging.pause(ledger, between)?;
    }
    if matches!(what, What::Warnings) {
        found.keep_unknown(cache)?;
    }
    if matches!(what, What::All) {
        found.gone = gone(cache)?;
        if world.complete {
            found
                .events
                .extend(ends_of_gone(cache, ledger, &found.gone, now)?);
        }
        found.write(cache, ledger, now)?;
        found.keep_unknown(cache)?;
        if let Some(mut segments) = found.segments.take() {
            found.drawn.medians(cache, ledger, setup, now, &mut segments)?;
            segments.keep(cache)?;
        }
        if world.complete {
            world.judged.note(cache, &world.models)?;
        }
    }
    let is_of_all = !matches!(what, What::Accounts(_));
    if is_of_all && world.complete && !ledger.is_read_only() {
        // Another program may have ended such a run while this one had let go.
        ledger.append(&FirstLooks::read(ledger)?.of_run(&world), now)?;
    }
    if is_of_all || judging.is_overtaken() {
        // What was written to a task meanwhile is under way by now.
        world = World::read(cache, ledger, setup, now, &[])?;
    }
    let accounts = match what {
        What::Accounts(ids) => Some(ids),
        What::All | What::Warnings => None,
    };
    if !ledger.is_read_only() {
        let seen = handoff_tasks::notice(cache, ledger, &world, accounts)?;
        promises::notice(cache, ledger, &world, accounts, &seen)?;
        standup::notice(ledger, now)?;
        goals::notice(cache, ledger, &world, accounts)?;
    }
    plays::notice(cache, ledger, &world, accounts)
}

/// The accounts to make anew, some at a time: of many thousands the ids alone would take much room.
enum Batches<'a> {
    /// All that have a record.
    Records(Option<RecordId>),
    /// All that have a line.
    Lines(Option<RecordId>),
    /// These, each once.
    Given(BTreeSet<&'a RecordId>),
}

impl<'a> Batches<'a> {
    fn of(what: What<'a>) -> Self {
        match what {
            What::All => Self::Records(None),
            What::Warnings => Self::Lines(None),
            What::Accounts(ids) => Self::Given(ids.iter().collect()),
        }
    }

    fn next(&mut self, cache: &Cache) -> Result<Option<Vec<RecordId>>, EngineError> {
        let ids: Vec<RecordId> = match self {
            Self::Records(after) => {
                let ids = cache.ids_after(Kind::Account, after.as_ref(), BATCH)?;
                *after = ids.last().cloned();
                ids
            }
            Self::Lines(after) => {
                let ids = cache.summary_ids_after(after.as_ref(), BATCH)?;
                *after = ids.last().cloned();
                ids
            }
            Self::Given(left) => std::iter::from_fn(|| left.pop_first())
                .take(BATCH)
                .cloned()
                .collect(),
        };
        Ok((!ids.is_empty()).then_some(ids))
    }
}

/// The accounts that the cache has a line of and no record.
fn gone(cache: &Cache) -> Result<Vec<RecordId>, EngineError> {
    let (mut gone, mut lines) = (Vec::new(), Batches::of(What::Warnings));
    while let Some(ids) = lines.next(cache)? {
        for id in ids {
            if !cache.has(Kind::Account, &id)? {
                gone.push(id);
            }
        }
    }
    Ok(gone)
}

/// The ends of the warnings of accounts that are not here any more: of those that the cache has lines of, and of those
/// that went while there was another cache.
fn ends_of_gone(
    cache: &Cache,
    ledger: &Ledger,
    had: &[RecordId],
    now: Timestamp,
) -> Result<Vec<NewEvent>, EngineError> {
    let mut gone: BTreeSet<RecordId> = had.iter().cloned().collect();
    let noted = ledger.events(None, &[GONE])?;
    gone.extend(noted.into_iter().filter_map(|event| event.account));
    let mut ends = Vec::new();
    for id in &gone {
        if cache.has(Kind::Account, id)? {
            continue;
        }
        let events = ledger.events(Some(id), &lives::kinds())?;
        ends.extend(lives::gone(id, &lives::lives(id, &events), now));
    }
    Ok(ends)
}

/// What the ledger's own events say of an account. It is asked before the cache, which may be older or gone.
struct Known {
    warnings: Before,
    band: Option<LastBand>,
    /// That signals are evaluated on it for the first time, if that is to be noted.
    first_look: Option<NewEvent>,
}

impl Known {
    fn read(ledger: &Ledger, run: &Run<'_>, id: &RecordId) -> Result<Self, EngineError> {
        let mut kinds = lives::kinds();
        kinds.extend(first_looks::KINDS);
        let events = ledger.events(Some(id), &kinds)?;
        let (is_new, first_look) = run.first.at_account(id, &events, run.world.now);
        Ok(Self {
            first_look: first_look.filter(|_| run.world.complete),
            warnings: Before {
                lives: lives::lives(id, &events),
                plans: lives::plans_of(id, &events),
                is_new,
            },
            band: bands::last(&events),
        })
    }
}

/// Judges one account after another.
struct Run<'a> {
    world: &'a World<'a>,
    first: &'a FirstLooks,
    evaluator: Evaluator<'a>,
}

impl<'a> Run<'a> {
    fn new(world: &'a World<'a>, first: &'a FirstLooks) -> Self {
        Self {
            world,
            first,
            evaluator: Evaluator::new(world, first),
        }
    }

    /// Reads and judges accounts one by one, so that never more than a batch is held.
    fn judge_all(
        &self,
        cache: &Cache,
        ledger: &Ledger,
        ids: &[RecordId],
        found: &mut Outcome,
    ) -> Result<(), EngineError> {
        for id in ids {
            let record = self.world.shown(cache).record(Kind::Account, id)?;
            let before = cache.summary(id)?;
            let own = Belongings::of(cache, ledger, self.world, id)?;
            let known = Known::read(ledger, self, id)?;
            let is_account = self.judge(record.as_ref(), &own, before.as_ref(), &known, found);
            if !is_account && self.world.complete {
                found
                    .events
                    .extend(lives::gone(id, &known.warnings.lives, self.world.now));
            }
            if !is_account && before.is_some() {
                found.gone.push(id.clone());
            }
        }
        Ok(())
    }

    /// Evaluates the signals on accounts from what is kept of them; their lines stay, but for how many warnings are open.
    fn warn_all(
        &self,
        cache: &Cache,
        ledger: &Ledger,
        ids: &[RecordId],
        found: &mut Outcome,
    ) -> Result<(), EngineError> {
        for id in ids {
            let line = cache.summary(id)?;
            let (Some(line), Some(row)) = (line, columns::one(cache, ledger, self.world, id)?) else {
                continue;
            };
            let known = Known::read(ledger, self, id)?;
            found.events.extend(known.first_look);
            let judge = Judge::new(self.world, &row.account, &row.own);
            let verdict = self.evaluator.evaluate(&judge, &known.warnings);
            let open = u16::try_from(verdict.open()).unwrap_or(u16::MAX);
            if line.open_warnings != open {
                found.summaries.push(Summary {
                    open_warnings: open,
                    ..line
                });
            }
            // It may have been read anew, for questions that it was not kept for.
            found.rows.push(features(&judge, &verdict));
            found.take(&judge, verdict);
        }
        Ok(())
    }

    /// Judges an account and adds what came out; `false` if it is no account (any more).
    fn judge(
        &self,
        record: Option<&Record>,
        own: &Belongings,
        before: Option<&Summary>,
        known: &Known,
        found: &mut Outcome,
    ) -> bool {
        let mapping = &self.world.setup.mapping;
        let Some((record, account)) =
            record.and_then(|record| Some((record, account::account(record, mapping)?)))
        else {
            return false;
        };
        let with_own_contract;
        let own = match self.world.own_contract(record) {
            Some(contract) => {
                with_own_contract = Belongings {
                    contracts: vec![contract],
                    ..own.clone()
                };
                &with_own_contract
            }
            None => own,
        };
        let judge = Judge::new(self.world, &account, own);
        let noted = known.band;
        found.events.extend(known.first_look.clone());
        let verdict = self.evaluator.evaluate(&judge, &known.warnings);
        let before = before.filter(|_| self.world.judged.all);
        let summary = summarise(&judge, before, noted.as_ref(), verdict.open());
        // Before the first sync has ended, a band tells what was read so far and nothing of the account.
        if self.world.complete {
            let former = noted.or_else(|| before.and_then(LastBand::of));
            let other_model = self.world.judged.by_other(&self.world.models);
            let change = former.and_then(|former| former.change(&summary, other_model, self.world.now));
            found.events.extend(change);
        }
        if let Some(segments) = &mut found.segments {
            segments.count(&judge);
            found.drawn.draw(&summary);
        }
        found.rows.push(features(&judge, &verdict));
        found.take(&judge, verdict);
        found.summaries.push(summary);
        true
    }
}
