//! What is the same for every account in one run: the time, the people, the tenant, the state of the sync.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::Deserialize;

use crate::config::Setup;
use crate::config::mapping::ContractSource;
use crate::config::settings::Scope;
use crate::domain::calendar::Calendars;
use crate::domain::contract::Contract;
use crate::domain::handoff::{Cover, Reader};
use crate::domain::health::HealthModel;
use crate::domain::money::Currency;
use crate::domain::record::{Kind, Owner, Record, RecordId};
use crate::domain::signal::Signal;
use crate::domain::unread::Unread;
use crate::store::{Alias, Cache, Event, Ledger, Overlay, Shown, documents};

use super::EngineError;
use super::interpret;
use super::judged::Judged;
use super::lost::Lost;
use super::models::Models;
use super::route::Rules;
use super::run_conditions::RunConditions;
use super::segments::Medians;
use super::wanted::{Asks, Wanted};

/// Without a look of mine on record, changes are counted from so many days ago.
const BASE_DAYS: i64 = 30;
/// A sync may end without what was written so shortly before: the CRM's index lags, and its clock is another.
const SLACK: SignedDuration = SignedDuration::from_mins(10);
/// Scores of the trend are so many days apart.
const TREND_DAYS: i64 = 28;

/// What is the same for every account in one run.
pub struct World<'a> {
    /// What is in force.
    pub setup: &'a Setup,
    /// The instant it is (UTC).
    pub now: Timestamp,
    /// My time zone.
    pub zone: TimeZone,
    /// Today in my time zone.
    pub today: Date,
    /// Until when the data is complete: windows end here, so that waiting alone changes nothing.
    pub data_until: Timestamp,
    /// The instant that changes are counted from: my last look before today.
    pub base: Timestamp,
    /// The beginning of today in my time zone: ages count to it, so that nothing grows stale before the day's turn.
    pub morning: Timestamp,
    /// The beginning of the day in my time zone of each wanted instant. Windows begin so many days before it: all day long
    /// at the same instant, or accounts that were scored at another hour would be told by other windows.
    pub openings: Vec<Timestamp>,
    /// Our people by the id of their owner record.
    pub owners: BTreeMap<RecordId, Owner>,
    /// On which days each of us works.
    pub calendars: Calendars,
    /// My owner record.
    pub me: Option<RecordId>,
    /// Those of us who are away today and for whom I stand in.
    pub covered: Vec<RecordId>,
    /// Those of us whom I lead, or whose lead I stand in for.
    pub led: BTreeSet<RecordId>,
    cover: Cover,
    /// The tenant's own currency.
    pub home: Option<Currency>,
    /// Whether a sync has ever come to its end.
    pub complete: bool,
    /// Whether every account was judged since then, and by which health model.
    pub judged: Judged,
    /// What the CRM has no property for any more.
    pub lost: Lost,
    /// What the key may not read. Contracts that the account's own properties tell of are never among it.
    pub unread: Unread,
    /// Whether the mapping and the CRM say when contracts end.
    pub ends_told: bool,
    /// A number for what is kept beside each account's line.
    layout: u64,
    /// What is wanted of the past: metrics, and instants of which the first is now.
    pub wanted: Wanted,
    /// Pending writes, which are shown over the cached rows.
    pub overlay: Overlay,
    /// The accounts that the CRM merged into each surviving one, by its id; those that were merged last come first.
    pub merged: BTreeMap<RecordId, Vec<RecordId>>,
    /// When each metric last changed for any account, in seconds since 1970: the pulse of its feed.
    pub pulses: BTreeMap<String, i64>,
    /// What the accounts of each segment have in common now.
    pub medians: Medians,
    /// The rules of the routing desk.
    pub rules: Rules<'a>,
    /// The health models that were in force at the base and at the instants that were asked for.
    pub models: Models,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SyncFacts {
    last_success: Option<Timestamp>,
    missing_scopes: Vec<(String, String)>,
    missing_properties: Vec<(String, String)>,
}

impl SyncFacts {
    /// Until when the data is complete.
    fn until(&self, now: Timestamp) -> Timestamp {
        self.last_success.map_or(now, |last| last.min(now))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TenantFacts {
    currency: Option<String>,
}

fn is_missing(sync: &SyncFacts, kind: Kind, name: &str) -> bool {
    let mut missing = sync.missing_properties.iter();
    missing.any(|(word, property)| word == kind.word() && property == name)
}

/// Name of the document with the pulses of the metrics.
const PULSES: &str = "pulses";

impl<'a> World<'a> {
    /// Reads what is known now. `extra` are further instants of the past that are wanted.
    pub fn read(
        cache: &Cache,
        ledger: &Ledger,
        setup: &'a Setup,
        now: Timestamp,
        extra: &[Timestamp],
    ) -> Result<Self, EngineError> {
        let sync: SyncFacts = document(cache, documents::SYNC_STATUS)?;
        let tenant: TenantFacts = document(cache, documents::TENANT)?;
        let owners: Vec<Owner> = document(cache, documents::OWNERS)?;
        let zone = setup.settings.zone();
        let here = now.to_zoned(zone.clone());
        let today = here.date();
        let data_until = sync.until(now);
        let base = base(ledger, &zone, now)?.at.min(data_until);
        let opening = |instant| opening(&zone, instant);
        let mine = setup.my_owner();
        let me = mine
            .as_ref()
            .and_then(|mine| Owner::find(&owners, mine).map(|owner| owner.id.clone()));
        let (covered, led, cover) = cover(setup, &owners, mine.as_deref(), &here);
        let asked: Vec<Timestamp> = extra.iter().copied().chain([base]).collect();
        let models = Models::read(ledger, &setup.health, &asked)?;
        let in_force: Vec<&HealthModel> = std::iter::once(&setup.health).chain(models.others()).collect();
        let judged = Judged::read(cache, &models)?;
        let home = tenant.currency.as_deref().and_then(Currency::parse);
        let of_runs = RunConditions::read(cache)?.beside(&setup.playbooks);
        let wanted = Wanted::new(
            setup,
            &in_force,
            &of_runs,
            (data_until, opening(data_until), base),
            extra,
            Asks::read(cache)?,
        );
        Ok(Self {
            setup,
            now,
            today,
            morning: opening(now),
            openings: wanted.instants.iter().copied().map(opening).collect(),
            zone: zone.clone(),
            data_until,
            base,
            me,
            covered,
            led,
            cover,
            home,
            calendars: setup.calendars(&owners),
            owners: owners
                .into_iter()
                .map(|owner| (owner.id.clone(), owner))
                .collect(),
            complete: sync.last_success.is_some(),
            judged,
            ends_told: setup
                .mapping
                .tells_ends(|kind, name| is_missing(&sync, kind, name)),
            lost: Lost::of(setup, |name| is_missing(&sync, Kind::Account, name)),
            unread: unread(sync.missing_scopes, setup),
            layout: wanted.asks.layout(home),
            wanted,
            overlay: Overlay::read(cache, ledger, sync.last_success.map_or(Timestamp::MIN, settled))?,
            pulses: document(cache, PULSES)?,
            medians: Medians::read(cache)?,
            models,
            rules: Rules::new(setup),
            merged: merged(&ledger.aliases()?),
        })
    }

    /// The account's id, and the ids of those that the CRM merged into it.
    pub fn ids_of<'i>(&'i self, account: &'i RecordId) -> impl Iterator<Item = &'i RecordId> {
        std::iter::once(account).chain(self.merged.get(account).into_iter().flatten())
    }

    /// Looks through the past of every account for the pulses, and keeps them for runs that do not.
    pub fn find_pulses(&mut self, cache: &mut Cache, ledger: &Ledger) -> Result<(), EngineError> {
        let metrics = &self.wanted.metrics;
        let properties: Vec<&str> = metrics.iter().map(|metric| metric.property.as_str()).collect();
        let mut pulses = BTreeMap::new();
        if !properties.is_empty() {
            ledger.each_series(&properties, &mut |_, field, observed| {
                let at = observed.effective_at.as_second();
                for metric in metrics.iter().filter(|metric| metric.property == field) {
                    let pulse = pulses.entry(metric.id.clone()).or_insert(at);
                    *pulse = at.max(*pulse);
                }
            })?;
        }
        self.pulses = pulses;
        self.keep_pulses(cache)
    }

    /// What came for these accounts shows that a feed lives again: without that their numbers stay stale until all are
    /// looked at. A metric that tells its own time needs no pulse.
    pub fn raise_pulses(
        &mut self,
        cache: &mut Cache,
        ledger: &Ledger,
        accounts: &[RecordId],
    ) -> Result<(), EngineError> {
        let metrics = || self.wanted.metrics.iter().filter(|metric| metric.as_of.is_none());
        let properties: Vec<&str> = metrics().map(|metric| metric.property.as_str()).collect();
        if properties.is_empty() || !self.complete {
            return Ok(());
        }
        let mut pulses = self.pulses.clone();
        for account in accounts {
            for observed in ledger.past(Kind::Account, account, &properties)? {
                let at = observed.effective_at.as_second();
                for metric in metrics().filter(|metric| metric.property == observed.field) {
                    let pulse = pulses.entry(metric.id.clone()).or_insert(at);
                    *pulse = at.max(*pulse);
                }
            }
        }
        if pulses == self.pulses {
            return Ok(());
        }
        self.pulses = pulses;
        self.keep_pulses(cache)
    }

    fn keep_pulses(&self, cache: &mut Cache) -> Result<(), EngineError> {
        let json = serde_json::to_string(&self.pulses).map_err(EngineError::Json)?;
        Ok(cache.put_document(PULSES, &json)?)
    }

    /// Whether a metric is asked for whose feed was never looked at.
    pub fn lacks_a_pulse(&self) -> bool {
        let mut metrics = self.wanted.metrics.iter();
        metrics.any(|metric| !self.pulses.contains_key(&metric.id))
    }

    /// Looks through every account for the medians that are asked for, and keeps them for runs that do not.
    pub fn find_medians(&mut self, cache: &mut Cache) -> Result<(), EngineError> {
        self.medians = Medians::find(cache, self)?;
        self.medians.keep(cache)
    }

    /// A number for what is kept beside each account's line: under another one it was kept for other questions.
    pub fn layout(&self) -> u64 {
        self.layout
    }

    /// A deal as a contract, if it is one.
    pub fn contract(&self, record: &Record) -> Option<Contract> {
        interpret::contract::contract(record, &self.setup.mapping, self.home, self.ends_told)
    }

    /// The one contract that an account's own properties tell of, where contracts come from those.
    pub fn own_contract(&self, record: &Record) -> Option<Contract> {
        interpret::account::own_contract(record, &self.setup.mapping, self.home, self.ends_told)
    }

    /// The cached rows with pending writes over them.
    pub fn shown<'c>(&'c self, cache: &'c Cache) -> Shown<'c> {
        self.overlay.over(cache)
    }

    /// The moment it is in my time zone.
    pub fn local(&self) -> DateTime {
        self.now.to_zoned(self.zone.clone()).datetime()
    }

    /// The civil day of an instant in my time zone.
    pub fn day(&self, instant: Timestamp) -> Date {
        instant.to_zoned(self.zone.clone()).date()
    }

    /// The moment at which a day begins in my time zone.
    pub fn beginning(&self, day: Date) -> Option<Timestamp> {
        Some(day.to_zoned(self.zone.clone()).ok()?.timestamp())
    }

    /// Whether the profile is of my own accounts: others in the cache were brought by tasks and handoffs.
    pub fn is_of_mine(&self) -> bool {
        let scope = self.setup.profile().map(|profile| profile.scope);
        matches!(scope, Some(Scope::Me) | None)
    }

    /// Name of one of us.
    pub fn name_of(&self, owner: &RecordId) -> Option<&str> {
        self.owners.get(owner).map(|owner| owner.name.as_str())
    }

    /// Name of whoever notes events under this address; the address itself where the CRM has nobody with it.
    pub fn name_of_author(&self, author: &str) -> String {
        let mut owners = self.owners.values();
        let found = owners.find(|owner| owner.email.eq_ignore_ascii_case(author));
        found.map_or_else(|| author.to_owned(), |owner| owner.name.clone())
    }

    /// How I read handoffs.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            name: self.me.as_ref().and_then(|me| self.name_of(me)),
            role: self.setup.my_role().word(),
            cover: &self.cover,
        }
    }

    /// The signals in force.
    pub fn signals(&self) -> &'a [Signal] {
        &self.setup.signals.signals
    }

    /// The last day on which a renewal counts in what is at stake.
    pub fn horizon(&self) -> Date {
        self.horizon_of(self.today)
    }

    /// The last day on which a renewal counted in what was at stake on a day.
    pub fn horizon_of(&self, day: Date) -> Date {
        let days = self.setup.settings.renewals.horizon.seconds / 86_400;
        day.checked_add(jiff::Span::new().days(days.min(36_500)))
            .unwrap_or(Date::MAX)
    }
}

/// What the journal has of these kinds, in its order: on an account and those that the CRM merged into it, or on all.
pub fn noted_on(
    ledger: &Ledger,
    on: Option<(&World<'_>, &RecordId)>,
    kinds: &[&str],
) -> Result<Vec<Event>, EngineError> {
    let Some((world, account)) = on else {
        return Ok(ledger.events(None, kinds)?);
    };
    let mut events = Vec::new();
    for id in world.ids_of(account) {
        events.extend(ledger.events(Some(id), kinds)?);
    }
    Event::sort(&mut events);
    Ok(events)
}

/// For whom I stand in today, whom I lead today, and what I read handoffs of others by.
fn cover(
    setup: &Setup,
    owners: &[Owner],
    mine: Option<&str>,
    now: &Zoned,
) -> (Vec<RecordId>, BTreeSet<RecordId>, Cover) {
    let email = mine
        .and_then(|mine| Owner::find(owners, mine))
        .map(|me| me.email.as_str());
    let Some(email) = email else {
        return (Vec::new(), BTreeSet::new(), Cover::new(now));
    };
    let found = |emails: Vec<&str>| -> Vec<&Owner> {
        emails
            .into_iter()
            .filter_map(|one| Owner::find(owners, one))
            .collect()
    };
    let covered = found(setup.team.covered_by(owners, email, now.date()).collect());
    let led_by = |email: &str| found(setup.team.led_by(email).collect());
    let led = led_by(email);
    let led_for_others = covered.iter().flat_map(|one| led_by(&one.email));
    let led_today = led.iter().copied().chain(led_for_others);
    let led_today = led_today.map(|owner| owner.id.clone()).collect();
    let cover = Cover::of(&setup.team, owners, email, now);
    let covered = covered.iter().map(|owner| owner.id.clone()).collect();
    (covered, led_today, cover)
}

/// Until when the data is complete: the last sync that came to its end, or now where none did.
pub fn data_until(cache: &Cache, now: Timestamp) -> Result<Timestamp, EngineError> {
    let sync: SyncFacts = document(cache, documents::SYNC_STATUS)?;
    Ok(sync.until(now))
}

/// What changes are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    /// When (UTC).
    pub at: Timestamp,
    /// Whether that is my last look before today, and not thirty days ago for want of one.
    pub is_look: bool,
}

/// My last look before today; thirty days ago where none is on record.
pub fn base(ledger: &Ledger, zone: &TimeZone, now: Timestamp) -> Result<Base, EngineError> {
    let morning = opening(zone, now);
    let look = ledger.last_look(morning)?;
    Ok(Base {
        at: look.unwrap_or_else(|| days_before(morning, BASE_DAYS)),
        is_look: look.is_some(),
    })
}

/// What the key may not read, as the sync noted it.
fn unread(missing_scopes: Vec<(String, String)>, setup: &Setup) -> Unread {
    let of_account = setup.mapping.contracts.from == ContractSource::Account;
    let known = missing_scopes.into_iter().filter_map(|(word, scope)| {
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word)?;
        (kind != Kind::Contract || !of_account).then_some((kind, scope))
    });
    Unread::new(known.collect())
}

/// Which accounts were merged into which surviving one, over as many merges as there were.
fn merged(aliases: &[Alias]) -> BTreeMap<RecordId, Vec<RecordId>> {
    let into: BTreeMap<&RecordId, &RecordId> = aliases
        .iter()
        .filter(|alias| alias.kind == Kind::Account)
        .map(|alias| (&alias.old, &alias.new))
        .collect();
    let mut merged: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
    for alias in aliases
        .iter()
        .rev()
        .filter(|alias| into.get(&alias.old) == Some(&&alias.new))
    {
        let mut survivor = &alias.new;
        // A circle, which no CRM should tell of, ends where it began.
        while let Some(next) = into.get(survivor).filter(|next| **next != &alias.old) {
            survivor = next;
        }
        let ids = merged.entry(survivor.clone()).or_default();
        if *survivor != alias.old && !ids.contains(&alias.old) {
            ids.push(alias.old.clone());
        }
    }
    merged
}

/// The beginning of the day of an instant.
pub fn opening(zone: &TimeZone, instant: Timestamp) -> Timestamp {
    let morning = instant.to_zoned(zone.clone()).start_of_day();
    morning.map_or(instant, |morning| morning.timestamp())
}

/// The instants of the trend before the day that began then, the nearest first.
pub fn trend_instants(opening: Timestamp) -> impl Iterator<Item = Timestamp> {
    (1..=7).map(move |back| days_before(opening, back * TREND_DAYS))
}

/// From when on the cache may lack what was written, when a sync came to its end then.
pub fn settled(last_success: Timestamp) -> Timestamp {
    last_success.checked_sub(SLACK).unwrap_or(Timestamp::MIN)
}

/// So many days of 24 hours before.
pub fn days_before(instant: Timestamp, days: i64) -> Timestamp {
    let seconds = days.checked_mul(86_400);
    seconds
        .and_then(|seconds| instant.checked_sub(SignedDuration::from_secs(seconds)).ok())
        .unwrap_or(Timestamp::MIN)
}

/// Whether a sync has ever come to its end.
pub fn has_synced(cache: &Cache) -> Result<bool, EngineError> {
    let sync: SyncFacts = document(cache, documents::SYNC_STATUS)?;
    Ok(sync.last_success.is_some())
}

/// A document of the cache; an absent or unreadable one is the empty one.
pub fn document<T: Default + serde::de::DeserializeOwned>(
    cache: &Cache,
    name: &str,
) -> Result<T, EngineError> {
    let json = cache.document(name)?;
    Ok(json
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default())
}
