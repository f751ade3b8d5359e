//! One account with everything around it.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::account_view::{AccountView, ChartPoint, ContractLine, Fix, NoteLine, TicketLine, Why};
use crate::domain::contract::{Contract, Outcome, State};
use crate::domain::desk::{DueItem, HandoffCard, Warning, WarningKind, lay_handoffs};
use crate::domain::handoff::{self, MARK};
use crate::domain::health::Score;
use crate::domain::html;
use crate::domain::playbook::{Fit, Playbook, Run};
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::domain::summary::Band;
use crate::store::{Cache, Ledger, Shown};

use super::EngineError;
use super::band_since;
use super::bands;
use super::beside::beside;
use super::colleagues;
use super::desk::{gather, task_item};
use super::editable::editable;
use super::first_looks::FirstLooks;
use super::goals;
use super::handoff_tasks::HandoffTasks;
use super::handoffs::{self, name_of};
use super::interpret::activity;
use super::judge::Judge;
use super::measures;
use super::moment::Moment;
use super::people;
use super::plays::{self, OpenSteps};
use super::promises;
use super::score_ledger::since;
use super::segments::Segments;
use super::subject::Subject;
use super::summarise::summarise;
use super::timeline;
use super::wanted::{BASE, EXTRA};
use super::warnings::Evaluator;
use super::what_if;
use super::world::{World, days_before};

/// The chart has so many points, a week apart.
const WEEKS: i64 = 52;
/// So many measures are named that would bring points back.
const MOST_FIXES: usize = 3;

/// The records that hang on an account, by kind.
pub struct Around {
    /// Contacts, those who left too.
    pub contacts: Vec<Record>,
    /// Tickets.
    pub tickets: Vec<Record>,
    /// Tasks of anyone.
    pub tasks: Vec<Record>,
    /// Notes, handoffs too.
    pub notes: Vec<Record>,
    /// Calls, meetings and e-mails.
    pub touchpoints: Vec<Record>,
    /// Answers to surveys.
    pub surveys: Vec<Record>,
}

impl Around {
    fn read(shown: Shown<'_>, id: &RecordId) -> Result<Self, EngineError> {
        let linked = |kind| -> Result<Vec<Record>, EngineError> {
            let mut records = shown.linked((Kind::Account, id), kind)?;
            records.retain(|record| !record.archived);
            Ok(records)
        };
        let contacts = linked(Kind::Contact)?;
        let mut surveys = Vec::new();
        for contact in &contacts {
            surveys.extend(shown.linked((Kind::Contact, &contact.id), Kind::Survey)?);
        }
        let mut touchpoints = linked(Kind::Call)?;
        touchpoints.extend(linked(Kind::Meeting)?);
        touchpoints.extend(linked(Kind::Email)?);
        Ok(Self {
            contacts,
            surveys,
            touchpoints,
            tickets: linked(Kind::Ticket)?,
            tasks: linked(Kind::Task)?,
            notes: linked(Kind::Note)?,
        })
    }
}

/// The weeks of the chart before today, oldest first.
pub fn weeks(now: Timestamp) -> Vec<Timestamp> {
    (1..=WEEKS).rev().map(|week| days_before(now, week * 7)).collect()
}

/// One account with everything around it; `None` when it is no account or not in the cache. The link to
/// the CRM's web interface is left to whoever knows the vendor.
pub fn account_view(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    id: &RecordId,
    now: Timestamp,
) -> Result<Option<AccountView>, EngineError> {
    account_view_since(cache, ledger, setup, id, None, now)
}

/// The same with the change of the score counted from an instant; without one, from my last look on an earlier day.
pub fn account_view_since(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    id: &RecordId,
    from: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<AccountView>, EngineError> {
    let instants = Instants::of(setup, from, now);
    let world = World::read(cache, ledger, setup, now, &instants.extra)?;
    let view = in_world(cache, ledger, (&world, &Segments::read(cache)?), id, &instants)?;
    let Some(mut view) = view else { return Ok(None) };
    view.beside = beside(cache, ledger, setup, (id, &view.handoffs), now)?;
    Ok(Some(view))
}

/// These accounts one after the other, each with everything around it; `None` as above.
pub fn account_views(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    ids: &[RecordId],
    now: Timestamp,
    each: &mut dyn FnMut(&RecordId, Option<AccountView>),
) -> Result<(), EngineError> {
    let instants = Instants::of(setup, None, now);
    let world = World::read(cache, ledger, setup, now, &instants.extra)?;
    let segments = Segments::read(cache)?;
    for id in ids {
        each(id, in_world(cache, ledger, (&world, &segments), id, &instants)?);
    }
    Ok(())
}

/// The instants beside the present at which an account is looked at.
struct Instants {
    extra: Vec<Timestamp>,
    /// Which one the change of the score is counted from.
    then: usize,
    /// Which ones are ends of days.
    days: Range<usize>,
    /// How many weeks there are, the first of them all.
    weeks: usize,
}

impl Instants {
    fn of(setup: &Setup, from: Option<Timestamp>, now: Timestamp) -> Self {
        let weeks = weeks(now);
        let days = band_since::ends_of_days(now, &setup.settings.zone());
        let extra: Vec<Timestamp> = weeks.iter().chain(&days).copied().chain(from).collect();
        Self {
            then: from.map_or(BASE, |_| EXTRA + extra.len() - 1),
            days: EXTRA + weeks.len()..EXTRA + weeks.len() + days.len(),
            weeks: weeks.len(),
            extra,
        }
    }
}

fn in_world(
    cache: &Cache,
    ledger: &Ledger,
    (world, segments): (&World<'_>, &Segments),
    id: &RecordId,
    instants: &Instants,
) -> Result<Option<AccountView>, EngineError> {
    let (then, days, weeks) = (instants.then, instants.days.clone(), instants.weeks);
    let Some(Subject { record, account, own }) = Subject::read(cache, ledger, world, id)? else {
        return Ok(None);
    };
    let shown = world.shown(cache);
    let around = Around::read(shown, id)?;
    let judge = Judge::new(world, &account, &own);
    let mut warnings = cache.warnings_of(id)?;
    warnings.retain(|warning| warning.line.closed.is_none());
    let first = FirstLooks::read(ledger)?;
    let evaluator = Evaluator::new(world, &first);
    for warning in &mut warnings {
        evaluator.retell(&judge, warning);
    }
    let before = cache.summary(id)?;
    let noted = bands::last(&ledger.events(Some(id), &[bands::CHANGED])?);
    let name = |owner: &RecordId| world.name_of(owner).map(str::to_owned);
    let (handoffs, said) = handoffs::of_account(cache, ledger, world, id, &around.notes)?;
    let outcomes = promises::outcomes(ledger, world, id, (&around.tasks, &around.notes))?;
    let mut plays = plays::of_account(ledger, &judge)?;
    plays::know_tasks(&mut plays, &around.tasks);
    let applies = plays::applies(&judge);
    let contracts = contracts(&own.contracts, world);
    let tasks = open_tasks(cache, ledger, world, id, &around)?;
    Ok(Some(AccountView {
        summary: summarise(&judge, before.as_ref(), noted.as_ref(), warnings.len()),
        link: None,
        commercial_owner: account.commercial_owner.as_ref().and_then(name),
        parent: match &account.parent {
            Some(parent) => Some(name_of(shown, parent)?).filter(|name| !name.is_empty()),
            None => None,
        },
        entitlement: account.entitlement.clone(),
        read_at: world.complete.then_some(world.data_until),
        left_on: account.churned.filter(|_| judge.has_churned()),
        why: why(&judge, (then, days), &around, segments),
        fixes: fixes(&judge, &warnings),
        goals: goals::of_account(ledger, world, (&record, &account), &around.notes)?,
        handoff_tasks: handoff_tasks(&tasks),
        next: next(cache, world, tasks, (&handoffs, &plays))?,
        timeline: timeline::timeline(ledger, world, &account, (&around, &said))?,
        people: people::of_account(ledger, &judge, shown, &around)?,
        tickets: tickets(&around.tickets),
        notes: notes(world, &around),
        chart: chart(&judge, weeks, segments),
        too_few: segments.too_few(account.segment.as_deref()),
        what_if: what_if::of(&judge),
        editable: editable(cache, world, &record, &contracts)?,
        unread: world.unread.clone(),
        followed: handoff::followed(&handoffs, &world.setup.handoffs, &outcomes),
        contracts,
        warnings,
        handoffs,
        beside: BTreeMap::new(),
        plays,
        colleagues: colleagues::runs(cache, ledger, world, Some(id))?,
        over: plays::over(&judge),
        applies,
        metrics: account
            .metrics
            .iter()
            .map(|(id, reading)| (id.clone(), reading.value))
            .collect(),
    }))
}

fn why(judge: &Judge<'_>, (then, days): (usize, Range<usize>), around: &Around, segments: &Segments) -> Why {
    let (base_score, change) = since(judge, then);
    Why {
        score: judge.score.shown(),
        base_day: judge.world.day(judge.instant(then)),
        band_since: band_since::of(judge, days),
        base_score,
        tenths: change
            .as_ref()
            .filter(|_| judge.band() != Band::Unknown)
            .map(|change| (change.from, change.to)),
        measures: measures::lines(judge, (then, change.as_ref()), around, segments),
        coverage: judge.score.coverage(),
    }
}

/// The measures that would bring most points of the score back, the most first, ties in the model's order, each with the
/// playbook that restores it and can help here; of an account that is red, amber or has an open risk. Of one that has left
/// nothing is to be brought back.
fn fixes(judge: &Judge<'_>, warnings: &[Warning]) -> Vec<Fix> {
    let is_at_risk = matches!(judge.band(), Band::Red | Band::Amber)
        || warnings.iter().any(|warning| warning.kind == WarningKind::Risk);
    let is_at_risk = is_at_risk && !judge.has_churned();
    let (setup, moment) = (judge.world.setup, Moment::now(judge));
    let playbook = |measure: &str| {
        let restores = |playbook: &&Playbook| playbook.restores.iter().any(|one| one == measure);
        let fitting = setup.playbooks.iter().filter(restores);
        let fitting = fitting.map(|playbook| (playbook.helps(&moment), playbook));
        let found = fitting
            .filter(|(fit, _)| *fit != Fit::DoesNot)
            .min_by_key(|(fit, _)| *fit);
        found.map(|(_, playbook)| (playbook.id.clone(), playbook.title.clone()))
    };
    let recoverable = judge.score.recoverable().into_iter().zip(&setup.health.measures);
    let mut fixes: Vec<Fix> = recoverable
        .filter(|(tenths, _)| is_at_risk && *tenths > 0)
        .map(|(tenths, measure)| Fix {
            measure: measure.id.clone(),
            tenths,
            playbook: playbook(&measure.id),
        })
        .collect();
    fixes.sort_by_key(|fix| std::cmp::Reverse(fix.tenths));
    fixes.truncate(MOST_FIXES);
    fixes
}

/// The open tasks of an account.
fn open_tasks(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    id: &RecordId,
    around: &Around,
) -> Result<Vec<DueItem>, EngineError> {
    let seen = HandoffTasks::seen(ledger, Some((world, id)))?;
    let open = around.tasks.iter().filter(|task| activity::is_open_task(task));
    let items = open.map(|task| task_item(cache, world, (task, &seen), Some(id.clone())));
    items.collect()
}

/// Those of them that ask somebody to answer a handoff.
fn handoff_tasks(tasks: &[DueItem]) -> Vec<DueItem> {
    let answers = |item: &&DueItem| item.answers().is_some();
    tasks.iter().filter(answers).cloned().collect()
}

fn next(
    cache: &Cache,
    world: &World<'_>,
    mut next: Vec<DueItem>,
    (handoffs, plays): (&[HandoffCard], &[Run]),
) -> Result<Vec<DueItem>, EngineError> {
    let steps = OpenSteps::of(plays.to_vec(), Vec::new(), BTreeMap::new());
    next.extend(steps.without_task(cache, world)?);
    gather(&mut next, &steps);
    let mut answers = Vec::new();
    lay_handoffs((&mut next, &mut answers), handoffs, &world.zone, &BTreeMap::new());
    Ok(next)
}

fn contracts(contracts: &[Contract], world: &World<'_>) -> Vec<ContractLine> {
    let mut lines: Vec<(bool, ContractLine)> = contracts
        .iter()
        .map(|contract| {
            let state = contract.state(contracts, world.today);
            // Of one that was not signed only what the CRM says is known.
            let signed = contract.outcome == Outcome::Won;
            let end = if signed {
                contract.last_day(contracts, world.today)
            } else {
                contract.end
            };
            let line = ContractLine {
                id: contract.id.clone(),
                name: contract.name.clone(),
                arr: contract.arr,
                start: contract.start,
                end,
                notice_by: end
                    .filter(|_| signed)
                    .map_or(contract.notice_by, |end| contract.notice_on(end)),
                auto_renew: contract.auto_renew,
                monthly: contract.monthly,
                state: state.word().to_owned(),
            };
            (state == State::Ended, line)
        })
        .collect();
    lines.sort_by(|(over, one), (gone, other)| {
        let key = |over: bool, line: &ContractLine| (over, line.end.is_none(), line.end, line.id.clone());
        key(*over, one).cmp(&key(*gone, other))
    });
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Tickets, open ones first.
pub fn tickets(tickets: &[Record]) -> Vec<TicketLine> {
    let mut tickets: Vec<TicketLine> = tickets
        .iter()
        .map(|ticket| TicketLine {
            id: ticket.id.clone(),
            subject: ticket.line(Core::Subject).unwrap_or_default(),
            priority: ticket.core(Core::Priority).map(str::to_owned),
            opened: ticket.created,
            closed: activity::closed(ticket),
        })
        .collect();
    tickets.sort_by(|one, other| {
        let key = |ticket: &TicketLine| (ticket.closed.is_some(), std::cmp::Reverse(ticket.opened));
        (key(one), &one.id).cmp(&(key(other), &other.id))
    });
    tickets
}

/// Notes that are no handoffs.
fn notes(world: &World<'_>, around: &Around) -> Vec<NoteLine> {
    let mut notes: Vec<NoteLine> = around
        .notes
        .iter()
        .filter_map(|note| {
            let body = note
                .core(Core::Body)
                .filter(|body| !body.contains(MARK.trim_end()))?;
            Some(NoteLine {
                id: note.id.clone(),
                when: activity::occurred(note),
                who: who(world, note),
                text: html::lines(body).join("\n"),
                pending: world.overlay.state(Kind::Note, &note.id),
            })
        })
        .collect();
    notes.sort_by(|one, other| (other.when, &one.id).cmp(&(one.when, &other.id)));
    notes
}

/// Name of the one of us whose record it is; empty when not known.
pub fn who(world: &World<'_>, record: &Record) -> String {
    let owner = record.core(Core::Owner).map(RecordId::from);
    owner
        .and_then(|owner| world.name_of(&owner).map(str::to_owned))
        .unwrap_or_default()
}

fn chart(judge: &Judge<'_>, weeks: usize, segments: &Segments) -> Vec<ChartPoint> {
    let segment = judge.account.segment.as_deref();
    let point = |day, score: Option<Score>| ChartPoint {
        day,
        score: score.and_then(|score| score.shown()),
        median: segments.median_on(segment, day),
    };
    let past =
        (EXTRA..EXTRA + weeks).map(|at| point(judge.world.day(judge.instant(at)), judge.past_score(at)));
    // As of the past ones: what is below the coverage floor is no score.
    let score = Some(judge.score.clone()).filter(|_| judge.band() != Band::Unknown);
    let today = point(judge.world.today, score);
    past.chain(std::iter::once(today)).collect()
}
