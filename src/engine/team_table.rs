//! The team lead's table, from lines, warnings, contracts, tasks and runs: whole passes, none of them over one account after
//! the other's records.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use crate::config::Setup;
use crate::config::settings::Scope;
use crate::domain::desk::{WarningKind, late_from};
use crate::domain::handoff::Asks;
use crate::domain::load::{DAYS, Due, Load, Work};
use crate::domain::money::Sum;
use crate::domain::record::{Core, Kind, Owner, RecordId};
use crate::domain::role::Role;
use crate::domain::team::teammates;
use crate::domain::team_table::{BookRow, Exposure, Goals, Keeper, Presence, TeamTable};
use crate::domain::warning::Shelf;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::columns;
use super::handoff_tasks::HandoffTasks;
use super::interpret::{self, activity, values};
use super::plays::{self, OpenSteps};
use super::world::World;

/// Why accounts are missing: by what the profile caches.
const MY_BOOK_ONLY: &str =
    "this profile caches my own accounts; of others only those that tasks and handoffs bring";
const MY_TEAM_ONLY: &str =
    "this profile caches my team's accounts: of those of nobody and of other teams nothing is known";

/// The table: of those whom I lead and me, where I lead anybody and not `everybody` is asked for; else of all of us.
pub fn team_table(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    everybody: bool,
    now: Timestamp,
) -> Result<TeamTable, EngineError> {
    let world = World::read(cache, ledger, setup, now, &[])?;
    let scope = setup.profile().map(|profile| profile.scope).unwrap_or_default();
    let led_only = !everybody && !world.led.is_empty();
    let is_shown = |owner: Option<&RecordId>| match owner {
        Some(owner) if led_only => world.led.contains(owner) || world.me.as_ref() == Some(owner),
        _ => true,
    };
    let risks = risks(cache)?;
    let renewing = columns::each(cache, ledger, &world, &|judge| judge.renewing())?.found;
    let renewing: BTreeMap<RecordId, Sum> = renewing.into_iter().collect();
    let mut books: BTreeMap<Option<RecordId>, BookRow> = BTreeMap::new();
    let due = Window::of(&world).due(cache, ledger, &world)?;
    // Accounts of nobody are a line even where there are none: that is worth knowing too.
    let members = members(&world).into_iter().map(Some).chain([None]);
    for owner in members.filter(|owner| is_shown(owner.as_ref())) {
        let row = BookRow::of(None);
        books.insert(owner, row);
    }
    cache.each_summary(&mut |line| {
        let owner = line.csm.clone();
        if line.has_churned() || !is_shown(owner.as_ref()) {
            return;
        }
        let unknown = Sum {
            unknown: 1,
            ..Sum::default()
        };
        let exposure = Exposure {
            risks: risks.get(&line.id).copied().unwrap_or_default(),
            renewing: renewing.get(&line.id).copied().unwrap_or(unknown),
        };
        books
            .entry(owner)
            .or_insert_with(|| BookRow::of(None))
            .add(&line, &exposure);
    })?;
    let goals = goals(cache, &world)?;
    let cached = cached(&world, scope);
    let rows = books.into_iter().map(|(owner, mut row)| {
        let due = due.get(&owner).copied().unwrap_or_default();
        row.due(&due);
        row.figures.goals = goals
            .as_ref()
            .map(|goals| goals.get(&owner).copied().unwrap_or_default());
        row.is_here = cached.as_ref().is_none_or(|cached| {
            let is_cached = |owner: &RecordId| cached.contains(owner);
            owner.as_ref().is_some_and(is_cached)
        });
        row.keeper = owner.map(|owner| keeper(&world, owner, due));
        if let Some(keeper) = row.keeper.as_mut().filter(|_| !row.is_here) {
            keeper.load = None;
        }
        row
    });
    let partial = match scope {
        Scope::Me => Some(MY_BOOK_ONLY),
        Scope::Team => Some(MY_TEAM_ONLY),
        Scope::All => None,
    };
    Ok(TeamTable::of(rows.collect(), led_only, partial))
}

/// Whose accounts are cached; `None` for everybody's. Of others nothing is known, whatever tasks and handoffs bring.
fn cached(world: &World<'_>, scope: Scope) -> Option<BTreeSet<RecordId>> {
    let me = || world.owners.get(world.me.as_ref()?);
    match scope {
        Scope::All => None,
        Scope::Me => Some(world.me.iter().cloned().collect()),
        Scope::Team => {
            let owners: Vec<Owner> = world.owners.values().cloned().collect();
            Some(me().map(|me| teammates(me, &owners)).unwrap_or_default())
        }
    }
}

/// Who looks after accounts by team.toml: they have a line whatever they have.
fn members(world: &World<'_>) -> BTreeSet<RecordId> {
    let owners = world.owners.values().filter(|owner| {
        let role = world.setup.team.role_of(&owner.email);
        owner.active && matches!(role, Some(Role::Csm | Role::Digital))
    });
    owners.map(|owner| owner.id.clone()).collect()
}

/// How the goals do of each of us, by whose accounts they are of; `None` where the mapping names none.
fn goals(cache: &Cache, world: &World<'_>) -> Result<Option<BTreeMap<Option<RecordId>, Goals>>, EngineError> {
    let mapping = &world.setup.mapping;
    if mapping.goals.is_empty() {
        return Ok(None);
    }
    let mut goals: BTreeMap<Option<RecordId>, Goals> = BTreeMap::new();
    world.shown(cache).each_record(Kind::Account, &mut |record| {
        let Some(account) = interpret::account::account(&record, mapping) else {
            return;
        };
        if account.has_left(world.today, world.today) {
            return;
        }
        let of_owner = goals.entry(account.csm.clone()).or_default();
        for goal in interpret::goal::goals(&record, &account, mapping, |_| None) {
            of_owner.add(&goal, world.today);
        }
    })?;
    Ok(Some(goals))
}

/// How many risks are open on each account that has any.
fn risks(cache: &Cache) -> Result<BTreeMap<RecordId, u32>, EngineError> {
    let mut risks = BTreeMap::new();
    cache.each_warning(&mut |warning| {
        let is_open = matches!(warning.line.shelf(), Shelf::Queue | Shelf::Held);
        if is_open && warning.kind == WarningKind::Risk {
            *risks.entry(warning.account).or_default() += 1;
        }
    })?;
    Ok(risks)
}

/// One of us with their load.
fn keeper(world: &World<'_>, id: RecordId, due: Due) -> Keeper {
    let Some(owner) = world.owners.get(&id) else {
        return Keeper {
            name: id.to_string(),
            id,
            team: None,
            role: None,
            presence: Presence::Gone,
            load: None,
        };
    };
    let role = role(world, owner);
    let rules = &world.setup.settings.load;
    let load = Load::of(due, rules, (role, days_at_work(world, owner)));
    Keeper {
        name: owner.name.clone(),
        team: owner.teams.first().map(|(_, name)| name.clone()),
        role: Some(role),
        presence: presence(world, owner),
        load: owner.active.then_some(load),
        id,
    }
}

/// What somebody does: by team.toml, of me by the settings too; who looks after accounts and of whom nothing is said does what a
/// CSM does.
fn role(world: &World<'_>, owner: &Owner) -> Role {
    let of_me = (world.me.as_ref() == Some(&owner.id)).then(|| world.setup.my_role());
    let told = world.setup.team.role_of(&owner.email);
    told.or(of_me).unwrap_or_default()
}

fn presence(world: &World<'_>, owner: &Owner) -> Presence {
    if !owner.active {
        return Presence::Gone;
    }
    let (team, today) = (&world.setup.team, world.today);
    let Some(away) = team.away(&owner.email, today) else {
        return Presence::There;
    };
    let owners: Vec<Owner> = world.owners.values().cloned().collect();
    let stand_ins = team.stand_ins(&owners, &owner.email, today);
    let deputy = stand_ins.first().map(|email| world.name_of_author(email));
    Presence::Away(away.until, deputy)
}

/// On how many of the business days of the window somebody works.
fn days_at_work(world: &World<'_>, owner: &Owner) -> u32 {
    let Window { first, last, .. } = Window::of(world);
    let (own, team) = (world.calendars.of(&owner.id), &world.setup.team);
    let days = first
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day <= last);
    let works = |day: &Date| own.has(*day) && team.away(&owner.email, *day).is_none();
    days.filter(works).count() as u32
}

/// The days of which load speaks.
struct Window {
    now: DateTime,
    first: Date,
    last: Date,
}

impl Window {
    /// The next ten business days, today among them if it is one.
    fn of(world: &World<'_>) -> Self {
        let first = world.today;
        let before = first.yesterday().unwrap_or(first);
        let last = world.calendars.of_anybody().after(before, DAYS);
        Self {
            now: world.local(),
            first,
            last: last.unwrap_or(first),
        }
    }

    /// Whether it is due in them or before, and whether it is late; `None` where it is due later.
    fn late(&self, day: Date, at: Option<Time>) -> Option<bool> {
        let is_late = late_from(day, at).is_some_and(|from| from <= self.now);
        (day <= self.last).then_some(is_late)
    }

    /// What is due for each of us, and for nobody.
    fn due(
        &self,
        cache: &Cache,
        ledger: &Ledger,
        world: &World<'_>,
    ) -> Result<BTreeMap<Option<RecordId>, Due>, EngineError> {
        let shown = world.shown(cache);
        let seen = HandoffTasks::seen(ledger, None)?;
        let steps = OpenSteps::of(plays::runs(ledger, None)?, Vec::new(), plays::waiting(ledger)?);
        let mut due: BTreeMap<Option<RecordId>, Due> = BTreeMap::new();
        let mut add = |owner: Option<RecordId>, work: Work, is_late: bool| {
            due.entry(owner).or_default().add(work, is_late);
        };
        shown.each_record(Kind::Task, &mut |task| {
            if !activity::is_open_task(&task) || steps.is_paused_task(&task.id) {
                return;
            }
            let at = task.core(Core::Due).and_then(values::instant);
            let Some(at) = at.map(|at| at.to_zoned(world.zone.clone()).datetime()) else {
                return;
            };
            let time = Some(at.time()).filter(|time| *time != Time::midnight());
            let Some(is_late) = self.late(at.date(), time) else {
                return;
            };
            let work = match seen.of(&task).map(|task| task.asks) {
                _ if steps.is_step(&task.id) => Work::Step,
                Some(Asks::Promise) => Work::Promise,
                Some(_) => Work::Handoff,
                None => Work::Task,
            };
            add(task.core(Core::Owner).map(RecordId::from), work, is_late);
        })?;
        steps.each_without_task(shown, &mut |_, (_, step)| {
            if let Some(is_late) = self.late(step.step.due, None) {
                add(Some(step.step.owner.clone()), Work::Step, is_late);
            }
            Ok(())
        })?;
        Ok(due)
    }
}
