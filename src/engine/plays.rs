//! Runs of playbooks: what the journal tells of them, bound to the tasks that the CRM has of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::desk::{DueItem, DueKind, InRun, PartOf, StepRef};
use crate::domain::outbox::{Entry, NewEntry, State, Target, Undone, WritePermit};
use crate::domain::overtaken::{Overtaken, RestsOn};
use crate::domain::playbook::{
    self, Deed, KINDS, PlayEvent, Playbook, Run, RunStep, STARTED, TheirRun, What,
};
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::store::{Cache, Event, Ledger, NewAct, NewEvent, OnAccounts, Shown, StoreError, TooLate};

use super::EngineError;
use super::colleagues;
use super::desk::facts;
use super::handoffs::name_of;
use super::judge::Judge;
use super::moment::Moment;
use super::overtaken;
use super::standup;
use super::subject::Subject;
use super::world::{World, days_before, noted_on};

/// What is done with a step and its place in its run.
type EachStep<'e> = dyn FnMut(&Run, (usize, &RunStep)) -> Result<(), EngineError> + 'e;

/// Under which name an event's payload tells of the act that it belongs to.
const ACT: &str = "act";

/// How a run ended is told of one whose last step was closed no more than so many days ago.
const FRESH_DAYS: i64 = 1;

/// The runs on an account, or on all, in the order of their starts, each step with its task.
pub fn runs(ledger: &Ledger, on: Option<(&World<'_>, &RecordId)>) -> Result<Vec<Run>, EngineError> {
    let mut runs = without_tasks(ledger, on)?;
    // The runs of a bulk play are of one act: its tasks are read once.
    let mut made = BTreeMap::new();
    for run in &mut runs {
        if run.steps.iter().any(|one| one.step.crm_task) && !made.contains_key(&run.act) {
            made.insert(run.act.clone(), made_by(ledger, &run.act)?);
        }
        let Some(made) = made.get(&run.act) else { continue };
        for step in &mut run.steps {
            step.task = made.get(&(run.id.clone(), step.step.id.clone())).cloned();
        }
    }
    Ok(runs)
}

/// The same runs as the journal tells of them, no step with its task: the outbox is not asked.
pub fn without_tasks(ledger: &Ledger, on: Option<(&World<'_>, &RecordId)>) -> Result<Vec<Run>, EngineError> {
    let mut events = noted_on(ledger, on, &KINDS)?;
    for id in events.iter_mut().filter_map(|event| event.account.as_mut()) {
        *id = ledger.resolve(Kind::Account, id)?;
    }
    Ok(folded(&events))
}

/// The runs that events of a journal add up to, without their tasks.
pub(super) fn folded(events: &[Event]) -> Vec<Run> {
    let read = events.iter().filter_map(|event| {
        let play = PlayEvent::read(event.account.as_ref()?, &event.kind, &event.payload)?;
        Some((play, event.author.as_str(), event.effective_at))
    });
    let plays: Vec<_> = read.collect();
    playbook::runs(plays.iter().map(|(play, author, at)| (play, *author, *at)))
}

/// The runs on an account as its screen shows them: those under way first, then the newest.
pub fn of_account(ledger: &Ledger, judge: &Judge<'_>) -> Result<Vec<Run>, EngineError> {
    let mut runs = runs(ledger, Some((judge.world, &judge.account.id)))?;
    for run in &mut runs {
        run.exit_reached = run
            .exit_when
            .as_ref()
            .and_then(|exit| exit.holds(&Moment::now(judge)));
    }
    runs.sort_by_key(|run| (!run.is_open(), std::cmp::Reverse(run.started)));
    Ok(runs)
}

/// Notes with each step of these runs what the CRM says of its task, by the account's tasks.
pub fn know_tasks(runs: &mut [Run], tasks: &[Record]) {
    for step in runs.iter_mut().flat_map(|run| &mut run.steps) {
        let id = step.task.as_ref().map(Target::shown_id);
        let task = tasks.iter().find(|task| Some(&task.id) == id.as_ref());
        step.facts = task.map(facts);
    }
}

/// By id of each playbook that can be started: whether it is for this account; `None` when that cannot be told.
pub fn applies(judge: &Judge<'_>) -> BTreeMap<String, Option<bool>> {
    let playbooks = judge.world.setup.playbooks.iter();
    let applies = |one: &Playbook| (one.id.clone(), one.applies(&Moment::now(judge)));
    playbooks.map(applies).collect()
}

/// Keeps what an act does: its writes and its events with one commit, so that no run is without its tasks and no
/// task without its run. The inner error says that somebody was faster, by what the ledger knows at that commit: then nothing
/// is kept.
pub fn commit(
    ledger: &mut Ledger,
    permit: WritePermit,
    deed: &Deed,
    drafts_done: &[&str],
    now: Timestamp,
) -> Result<Result<Vec<Entry>, Overtaken>, StoreError> {
    commit_with(ledger, permit, deed, (drafts_done, Vec::new()), now)
}

/// The same with what else the journal gets, as what was decided in a standup.
pub fn commit_with(
    ledger: &mut Ledger,
    permit: WritePermit,
    deed: &Deed,
    (drafts_done, also): (&[&str], Vec<NewEvent>),
    now: Timestamp,
) -> Result<Result<Vec<Entry>, Overtaken>, StoreError> {
    let mut events: Vec<NewEvent> = deed.events.iter().map(|event| noted(event, now)).collect();
    // Whoever takes the act back finds by this what the journal has of it.
    if let Some(entry) = deed.entries.first() {
        for event in &mut events {
            event.payload[ACT] = entry.act.as_str().into();
        }
    }
    events.extend(also);
    let act = NewAct {
        entries: &deed.entries,
        events: &events,
        drafts_done,
    };
    let rests = RestsOn::of(deed);
    if rests.is_empty() {
        return Ok(Ok(ledger.enqueue_noted(permit, act, now)?));
    }
    let admit = |known: &OnAccounts| overtaken::check(&rests, known);
    ledger.enqueue_if(permit, act, &overtaken::kinds(), admit, now)
}

/// Takes back all that a person did in one go, before any of it left, with what it did to runs of playbooks: one
/// that it started is given up, a step that it did or left out is open again. Or nothing, and says why.
pub fn take_back(
    ledger: &mut Ledger,
    act: &str,
    now: Timestamp,
) -> Result<Result<Vec<Entry>, TooLate>, StoreError> {
    let events = undoing(ledger, act, now)?;
    ledger.take_back(act, &events, now)
}

/// Undoes all that a person did in one go, of which some may have left, with what it did to runs of playbooks.
pub fn undo(
    ledger: &mut Ledger,
    permit: WritePermit,
    act: &str,
    back: &[NewEntry],
    now: Timestamp,
) -> Result<Undone, StoreError> {
    let events = undoing(ledger, act, now)?;
    ledger.undo(permit, act, back, &events, now)
}

/// What undoes that which the journal has of an act, on whatever account: not all that an act does has an entry there. It was
/// noted with the entries, and nothing of it before.
fn undoing(ledger: &Ledger, act: &str, now: Timestamp) -> Result<Vec<NewEvent>, StoreError> {
    let entries = ledger.entries_of_act(act)?;
    let Some(began) = entries.iter().map(|entry| entry.queued_at).min() else {
        return Ok(Vec::new());
    };
    let mut events = Vec::new();
    for kind in KINDS {
        events.extend(ledger.events_since(kind, began)?);
    }
    Event::sort(&mut events);
    let of_act = events
        .iter()
        .filter(|event| event.payload[ACT].as_str() == Some(act));
    let undone = of_act.filter_map(|event| {
        let play = PlayEvent::read(event.account.as_ref()?, &event.kind, &event.payload)?;
        Some(noted(&play.undone()?, now))
    });
    let mut undone: Vec<NewEvent> = undone.collect();
    undone.extend(standup::undone(ledger, act, began, now)?);
    Ok(undone)
}

/// Notes in the journal what is seen of runs: which tasks of steps were completed or taken up again in the CRM, and
/// what follows from how their accounts are now: which branches count, and how a run ended whose last step is closed;
/// and which tasks of colleagues' runs are there.
/// While a write of ours to a task is under way, nothing is concluded from it.
/// `accounts` are those that were judged; all where it is `None`.
pub fn notice(
    cache: &Cache,
    ledger: &mut Ledger,
    world: &World<'_>,
    accounts: Option<&[RecordId]>,
) -> Result<(), EngineError> {
    if ledger.is_read_only() {
        return Ok(());
    }
    let own = runs(ledger, None)?;
    let mut events = colleagues::seen(cache, ledger, &own, accounts)?;
    for mut run in own {
        let seen = tasks_seen(cache, world, &run)?;
        for event in &seen {
            run.take(&event.what, world.now);
        }
        events.extend(seen);
        events.extend(told(cache, ledger, world, &run)?);
    }
    let events: Vec<NewEvent> = events.iter().map(|event| noted(event, world.now)).collect();
    Ok(ledger.append(&events, world.now)?)
}

fn tasks_seen(cache: &Cache, world: &World<'_>, run: &Run) -> Result<Vec<PlayEvent>, EngineError> {
    let mut events = Vec::new();
    for step in &run.steps {
        let Some(Target::Record(id)) = &step.task else {
            continue;
        };
        let task = cache.record(Kind::Task, id)?.filter(|task| !task.archived);
        if let Some(task) = task.filter(|_| world.overlay.state(Kind::Task, id).is_none()) {
            let is_done = task.core(Core::Done) == Some("true");
            events.extend(run.seen(step, is_done));
        }
    }
    Ok(events)
}

/// What follows from how the account is now; nothing while it is not here, or not all of it was read.
fn told(cache: &Cache, ledger: &Ledger, world: &World<'_>, run: &Run) -> Result<Vec<PlayEvent>, EngineError> {
    if !world.complete || !run.is_to_be_told() {
        return Ok(Vec::new());
    }
    let Some(Subject { account, own, .. }) = Subject::read(cache, ledger, world, &run.account)? else {
        return Ok(Vec::new());
    };
    let judge = Judge::new(world, &account, &own);
    let moment = Moment::now(&judge);
    Ok(run.told(
        |condition| condition.holds(&moment),
        days_before(world.now, FRESH_DAYS),
    ))
}

/// The playbooks that earlier runs of the same version began with otherwise, by id, each with when the newest of those runs
/// was started: what came of both would be counted as of one.
pub fn of_same_version(
    ledger: &Ledger,
    playbooks: &[Playbook],
) -> Result<Vec<(String, Timestamp)>, EngineError> {
    let mut found = BTreeMap::new();
    for event in ledger.events(None, &[STARTED])? {
        let Some(account) = &event.account else { continue };
        let began = PlayEvent::read(account, &event.kind, &event.payload);
        let Some(What::Started { playbook, .. }) = began.map(|event| event.what) else {
            continue;
        };
        let Ok(then) = serde_json::from_value::<Playbook>(playbook) else {
            continue;
        };
        let now = playbooks
            .iter()
            .find(|one| one.id == then.id && one.version == then.version);
        if now.is_some_and(|now| (&now.steps, &now.exit_when) != (&then.steps, &then.exit_when)) {
            found.insert(then.id, event.effective_at);
        }
    }
    Ok(found.into_iter().collect())
}

/// Ids of the playbooks that would be over at once on this account.
pub fn over(judge: &Judge<'_>) -> BTreeSet<String> {
    let playbooks = judge.world.setup.playbooks.iter();
    let is_over = |one: &&Playbook| one.is_over(&Moment::now(judge)) == Some(true);
    playbooks.filter(is_over).map(|one| one.id.clone()).collect()
}

fn noted(event: &PlayEvent, now: Timestamp) -> NewEvent {
    let (kind, payload) = event.stored();
    NewEvent {
        account: Some(event.account.clone()),
        kind,
        effective_at: now,
        payload,
    }
}

/// The tasks that an act made, by run and step: each by the receipt of the entry that made it, else by the entry itself.
/// Nothing that is written in the CRM binds a task.
fn made_by(ledger: &Ledger, act: &str) -> Result<BTreeMap<(String, String), Target>, EngineError> {
    let mut made = BTreeMap::new();
    for entry in ledger.entries_of_act(act)? {
        let Some(mark) = playbook::bound_by(&entry.new.write) else {
            continue;
        };
        let target = match (&entry.receipt, entry.state) {
            (Some(receipt), _) => Target::Record(ledger.resolve(Kind::Task, &receipt.record)?),
            (None, State::TakenBack | State::Discarded) => continue,
            (None, _) => Target::Entry(entry.id),
        };
        made.insert((mark.run, mark.step), target);
    }
    Ok(made)
}

/// What waits for a person in the outbox, in words, by the id under which the record is shown that it makes or changes.
pub fn waiting(ledger: &Ledger) -> Result<BTreeMap<RecordId, String>, EngineError> {
    let mut waiting = BTreeMap::new();
    for entry in ledger.outbox_open()? {
        if entry.state.needs_a_person() {
            let made = Target::Entry(entry.id);
            let record = entry.new.write.target().unwrap_or(&made).shown_id();
            let said = entry.said.map_or_else(String::new, |said| format!(": {said}"));
            let stands = match entry.state {
                State::Conflict => "in conflict",
                state => state.word(),
            };
            waiting.insert(record, format!("{stands}{said}"));
        }
    }
    Ok(waiting)
}

/// The open steps of runs, by the id under which their tasks are shown, and those that have none.
#[derive(Debug, Default)]
pub struct OpenSteps {
    bound: BTreeMap<RecordId, StepRef>,
    /// Ids under which the tasks of paused runs are shown.
    paused: BTreeSet<RecordId>,
    runs: Vec<Run>,
    /// On how many accounts each bulk play was started.
    bulks: BTreeMap<String, u32>,
    waiting: BTreeMap<RecordId, String>,
    /// Runs of colleagues.
    theirs: Vec<TheirRun>,
}

impl OpenSteps {
    /// The open steps of these runs, with what waits for a person, and what colleagues' runs do.
    pub fn of(runs: Vec<Run>, theirs: Vec<TheirRun>, waiting: BTreeMap<RecordId, String>) -> Self {
        let mut steps = Self {
            waiting,
            theirs,
            bulks: playbook::started_on(&runs),
            ..Self::default()
        };
        for run in &runs {
            for (place, step) in run.steps.iter().enumerate() {
                let Some(task) = step.task.as_ref().map(Target::shown_id) else {
                    continue;
                };
                if run.is_open() && run.paused.is_some() {
                    steps.paused.insert(task.clone());
                }
                let reference = steps.reference(run, (place, step));
                steps.bound.insert(task, reference);
            }
        }
        Self { runs, ..steps }
    }

    fn reference(&self, run: &Run, (place, step): (usize, &RunStep)) -> StepRef {
        let bulk = run.bulk.as_ref().map(|id| PartOf {
            id: id.clone(),
            title: run.title.clone(),
            accounts: self.bulks.get(id).copied().unwrap_or_default(),
            place: place as u32 + 1,
            odd: step.odd(&self.waiting),
        });
        StepRef {
            run: run.id.clone(),
            step: step.step.id.clone(),
            bulk,
            within: Some(InRun {
                also: playbook::also(run, &self.theirs),
                ..within(run, (place, step))
            }),
        }
    }

    /// Whether a step of a bulk play waits for a person before its turn has come: its task does not show, but it does.
    fn is_refused(&self, run: &Run, step: &RunStep) -> bool {
        run.bulk.is_some() && run.is_under_way() && step.is_open() && step.odd(&self.waiting).is_some()
    }

    /// Whether it is the task of a step whose run is paused: then it is not due.
    pub fn is_paused(&self, item: &DueItem) -> bool {
        self.is_paused_task(&item.record)
    }

    /// Makes of a task that is due the step that it is bound to: so neither stands there twice.
    pub fn mark(&self, item: &mut DueItem) {
        if let Some(step) = self.bound.get(&item.record) {
            item.kind = DueKind::Step;
            item.step = Some(step.clone());
        }
    }

    /// What can be done now and has no task that is shown for it: also what is for another, who sees none of it.
    pub fn without_task(&self, cache: &Cache, world: &World<'_>) -> Result<Vec<DueItem>, EngineError> {
        let shown = world.shown(cache);
        let mut due = Vec::new();
        self.each_without_task(shown, &mut |run, (place, step)| {
            let account_name = name_of(shown, &run.account)?;
            let reference = self.reference(run, (place, step));
            due.push(item(world, run, step, (reference, &account_name)));
            Ok(())
        })?;
        Ok(due)
    }

    /// Hands over each step that can be done now and has no task that is shown for it, with its place in its run.
    pub fn each_without_task(&self, shown: Shown<'_>, each: &mut EachStep<'_>) -> Result<(), EngineError> {
        for run in &self.runs {
            let steps = run.steps.iter().enumerate();
            for (place, step) in steps.filter(|(_, step)| run.is_ready(step) || self.is_refused(run, step)) {
                let has_task = match &step.task {
                    Some(task) => shown.record(Kind::Task, &task.shown_id())?.is_some(),
                    None => false,
                };
                if !has_task {
                    each(run, (place, step))?;
                }
            }
        }
        Ok(())
    }

    /// Whether a task with this id is that of a step.
    pub fn is_step(&self, task: &RecordId) -> bool {
        self.bound.contains_key(task)
    }

    /// Whether it is the task of a step whose run is paused.
    pub fn is_paused_task(&self, task: &RecordId) -> bool {
        self.paused.contains(task)
    }
}

/// Where a step stands in its run.
fn within(run: &Run, (place, step): (usize, &RunStep)) -> InRun {
    let (closed, of) = run.progress();
    let before = run.waits_for(step).into_iter();
    let when = step.step.when.clone();
    InRun {
        title: run.title.clone(),
        place: place as u32 + 1,
        of: of as u32,
        closed: closed as u32,
        waits: before.map(|one| one.step.title.clone()).collect(),
        only_if: when.filter(|_| step.is_undecided()),
        also: None,
    }
}

/// How to do a step, and that it is a person's to say whether it counts.
fn body(step: &RunStep) -> String {
    let doubt = step
        .doubtful()
        .map(|when| format!("Do it or leave it out: whether `{when}` holds cannot be told."));
    let guidance = Some(step.step.guidance.clone()).filter(|guidance| !guidance.is_empty());
    let lines: Vec<String> = doubt.into_iter().chain(guidance).collect();
    lines.join("\n")
}

fn item(world: &World<'_>, run: &Run, step: &RunStep, (reference, account_name): (StepRef, &str)) -> DueItem {
    let is_mine = world.me.as_ref() == Some(&step.step.owner);
    DueItem {
        kind: DueKind::Step,
        record: RecordId(format!("{} {}", run.id, step.step.id)),
        title: step.step.title.clone(),
        account: Some(run.account.clone()),
        account_name: account_name.to_owned(),
        due: Some(step.step.due),
        at: None,
        body: body(step),
        owner: (!is_mine).then(|| step.step.owner_name.clone()),
        pending: None,
        task: None,
        step: Some(reference),
        of_handoff: None,
    }
}
