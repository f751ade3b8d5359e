//! One account judged: its measures and score at each wanted instant, its renewals, what is at stake.

use std::cell::OnceCell;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::mapping::ContractSource;
use crate::domain::contract::{self, Renewal, State, days_between};
use crate::domain::expression::{Facts, Value};
use crate::domain::health::{Part, Score};
use crate::domain::money::Sum;
use crate::domain::record::Kind;
use crate::domain::summary::Band;
use crate::domain::{health::Measure, risk};

use super::belongings::Belongings;
use super::interpret::account::Account;
use super::past::NOW;
use super::world::World;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A metric's value at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// The number.
    pub value: f64,
    /// The second since 1970 from which its age counts.
    pub since: i64,
}

/// One account with everything that is judged about it.
pub struct Judge<'a> {
    /// What is the same for every account.
    pub world: &'a World<'a>,
    /// The account.
    pub account: &'a Account,
    /// What belongs to it.
    pub own: &'a Belongings,
    /// Its renewals that are to be decided, the next one first.
    pub renewals: Vec<Renewal>,
    /// Its score now.
    pub score: Score,
    weights: Vec<i64>,
    at_stake: OnceCell<Option<i64>>,
}

impl<'a> Judge<'a> {
    /// Judges an account as of now.
    pub fn new(world: &'a World<'a>, account: &'a Account, own: &'a Belongings) -> Self {
        let contracts = if hides_contracts(world) {
            &[][..]
        } else {
            &own.contracts
        };
        let mut judge = Self {
            world,
            account,
            own,
            renewals: contract::renewals(contracts, world.today),
            score: Score::default(),
            weights: world
                .setup
                .health
                .weights(account.segment.as_deref(), account.stage.as_deref()),
            at_stake: OnceCell::new(),
        };
        judge.score = judge.score_at(NOW);
        judge
    }

    fn instant(&self, at: usize) -> Timestamp {
        self.world
            .wanted
            .instants
            .get(at)
            .copied()
            .unwrap_or(self.world.data_until)
    }

    /// The score at an instant, from the same model as today's.
    pub fn score_at(&self, at: usize) -> Score {
        let measures = &self.world.setup.health.measures;
        let part = |(measure, weight): (&Measure, &i64)| {
            let metric = self.measured(measure, at);
            let points = metric.and_then(|metric| measure.points(metric.value));
            let stale = metric.is_some_and(|metric| self.age(metric, at) > measure.max_age.seconds);
            Part::new(*weight, points, stale)
        };
        Score {
            parts: measures.iter().zip(&self.weights).map(part).collect(),
        }
    }

    /// The score at an instant of the past, if it can be told: not before the account was there, not
    /// below the coverage floor, and not while a mapped metric that is known today was not yet kept.
    pub fn past_score(&self, at: usize) -> Option<Score> {
        if self.instant(at) < self.account.created {
            return None;
        }
        let score = self.score_at(at);
        let model = &self.world.setup.health;
        let untold = model.measures.iter().enumerate().any(|(index, measure)| {
            let mapped = self.world.setup.mapping.metrics.contains_key(&measure.metric);
            let known = |score: &Score| score.parts.get(index).is_some_and(|part| part.points.is_some());
            mapped && known(&self.score) && !known(&score)
        });
        (!untold && model.band(&score) != Band::Unknown).then_some(score)
    }

    /// How old a metric is at an instant, in seconds. Of today's the age counts until now, not until the
    /// last sync: that is how a dead feed shows.
    pub fn age(&self, metric: Metric, at: usize) -> i64 {
        let until = if at == NOW {
            self.world.now
        } else {
            self.instant(at)
        };
        until.as_second() - metric.since
    }

    /// What a measure reads at an instant: the metric, or its share of another.
    pub fn measured(&self, measure: &Measure, at: usize) -> Option<Metric> {
        let metric = self.metric_at(&measure.metric, at)?;
        let Some(per) = &measure.per else {
            return Some(metric);
        };
        let whole = self.metric_at(per, at)?;
        (whole.value > 0.0).then(|| Metric {
            value: metric.value / whole.value,
            since: metric.since,
        })
    }

    /// A metric's value at an instant.
    pub fn metric_at(&self, id: &str, at: usize) -> Option<Metric> {
        let instant = self.instant(at).as_second();
        // Our own metrics are as fresh as the sync; of the past everything is known.
        let since = if at == NOW {
            self.world.data_until.as_second()
        } else {
            instant
        };
        match id {
            "sponsors" => self.sponsors(instant).map(|value| Metric { value, since }),
            "ticket_load" => self.ticket_load(instant).map(|value| Metric { value, since }),
            "days_since_touch" => self.last_touch(instant).map(|touch| Metric {
                value: ((instant - touch) / DAY) as f64,
                since,
            }),
            "nps" => {
                let (since, value) = *self.own.surveys.iter().rev().find(|survey| survey.0 <= instant)?;
                Some(Metric { value, since })
            }
            mapped => self.mapped_at(mapped, at),
        }
    }

    /// A mapped metric: today's from the record, the past from the ledger. Without a time of its own its
    /// age counts from the feed's pulse.
    fn mapped_at(&self, id: &str, at: usize) -> Option<Metric> {
        let wanted = &self.world.wanted;
        let past = || self.own.past.at(wanted, wanted.metric(id)?, at);
        let (value, told) = match self.account.metrics.get(id) {
            Some(reading) if at == NOW => (reading.value, reading.as_of.map(Timestamp::as_second)),
            None if at == NOW => return None,
            _ => past()?,
        };
        let pulse = self.world.pulses.get(id).copied();
        let pulse = pulse.map(|pulse| pulse.min(self.instant(at).as_second()));
        let since = told.or(pulse).unwrap_or(self.account.created.as_second());
        Some(Metric { value, since })
    }

    /// Champions who are there; unknown until a contact was ever marked as one.
    fn sponsors(&self, instant: i64) -> Option<f64> {
        let known: Vec<_> = self
            .own
            .champions
            .iter()
            .filter(|one| one.since <= instant)
            .collect();
        if known.is_empty() || self.hides(Kind::Contact) {
            return None;
        }
        let there = known
            .iter()
            .filter(|one| one.left.is_none_or(|left| left > instant));
        Some(there.count() as f64)
    }

    /// Open tickets, an urgent one counting three.
    fn ticket_load(&self, instant: i64) -> Option<f64> {
        if !self.world.complete || self.hides(Kind::Ticket) {
            return None;
        }
        let load = self
            .own
            .tickets
            .iter()
            .filter(|ticket| ticket.opened <= instant && ticket.closed.is_none_or(|closed| closed > instant))
            .map(|ticket| if ticket.urgent { 3.0 } else { 1.0 });
        Some(load.sum())
    }

    /// The last touchpoint; not told while one of their kinds is hidden, since it could be the later one.
    fn last_touch(&self, instant: i64) -> Option<i64> {
        if self.hides_touches() {
            return None;
        }
        self.own
            .touches
            .iter()
            .rev()
            .find(|touch| **touch <= instant)
            .copied()
    }

    fn hides(&self, kind: Kind) -> bool {
        self.world.hidden.contains(&kind)
    }

    /// Whether some touchpoints cannot be read.
    pub fn hides_touches(&self) -> bool {
        [Kind::Call, Kind::Meeting, Kind::Email]
            .into_iter()
            .any(|kind| self.hides(kind))
    }

    /// Whether contracts cannot be read: then those that are cached tell nothing of today.
    pub fn hides_contracts(&self) -> bool {
        hides_contracts(self.world)
    }

    /// The day of the last touchpoint.
    pub fn last_touch_day(&self) -> Option<Date> {
        let touch = self.own.last_touch.filter(|_| !self.hides_touches())?;
        Some(self.world.day(Timestamp::from_second(touch).ok()?))
    }

    /// Annual value of the contracts in force, in the reporting currency.
    pub fn arr(&self) -> Sum {
        let (today, rates) = (self.world.today, self.world.setup.settings.rates());
        let contracts = &self.own.contracts;
        let mut sum = Sum::default();
        if self.hides_contracts() {
            sum.add(None);
            return sum;
        }
        for contract in contracts
            .iter()
            .filter(|one| one.state(contracts, today).counts())
        {
            sum.add(contract.arr.and_then(|arr| rates.convert(arr, today)));
        }
        sum
    }

    /// Σ ARR × P(not renewing) over the renewals in the horizon; unknown without a contract.
    pub fn at_stake(&self) -> Option<i64> {
        *self.at_stake.get_or_init(|| {
            let today = self.world.today;
            let known = self.own.contracts.iter().any(|contract| {
                contract.end.is_some() && contract.state(&self.own.contracts, today) != State::Open
            });
            if !known || self.has_unknown_end() || self.hides_contracts() {
                return None;
            }
            let score = (self.score.shown(), self.score.coverage());
            let rates = self.world.setup.settings.rates();
            risk::at_stake(&self.renewals, &rates, score, today, self.world.horizon())
        })
    }

    fn has_unknown_end(&self) -> bool {
        let contracts = &self.own.contracts;
        contracts.iter().any(|contract| {
            contract.end.is_none() && contract.state(contracts, self.world.today) == State::Active
        })
    }

    /// The day on which the next contract ends: of those to be decided, else of those already renewed.
    pub fn next_end(&self) -> Option<Date> {
        let (today, contracts) = (self.world.today, &self.own.contracts);
        let signed = || {
            contracts
                .iter()
                .filter(|one| matches!(one.state(contracts, today), State::Renewed | State::Future))
                .filter_map(|one| one.end.filter(|end| *end >= today))
                .max()
        };
        if self.hides_contracts() {
            return None;
        }
        self.renewals.first().map(|renewal| renewal.end).or_else(signed)
    }

    /// The day that the countdown of the next renewal runs to.
    pub fn decision(&self) -> Option<Date> {
        self.renewals
            .first()
            .map(|renewal| renewal.decision(self.world.today))
    }

    /// The last day on which the customer can still leave the next renewal, while it has not passed.
    pub fn notice_by(&self) -> Option<Date> {
        let next = self.renewals.first()?;
        next.notice_by.filter(|notice| *notice >= self.world.today)
    }

    /// Whether the account has left.
    pub fn has_churned(&self) -> bool {
        self.account.churned.is_some_and(|day| day <= self.world.today)
    }

    /// The band now.
    pub fn band(&self) -> Band {
        self.world.setup.health.band(&self.score)
    }
}

/// Contracts that the account's own properties tell of are never hidden.
fn hides_contracts(world: &World<'_>) -> bool {
    world.setup.mapping.contracts.from != ContractSource::Account && world.hidden.contains(&Kind::Contract)
}

impl Facts for Judge<'_> {
    fn name(&self, name: &str) -> Option<Value> {
        let text = |text: &Option<String>| text.clone().map(Value::Text);
        let major = |minor: Option<i64>| {
            let digits = self.world.setup.settings.organisation.reporting_currency.digits();
            minor.map(|minor| Value::Number(minor as f64 / 10_f64.powi(digits as i32)))
        };
        match name {
            "stage" => text(&self.account.stage),
            "segment" => text(&self.account.segment),
            "region" => text(&self.account.region),
            "sentiment" => text(&self.account.sentiment),
            "band" => Some(Value::Text(self.band().word().to_owned())),
            "score" => self.score.shown().map(|score| Value::Number(f64::from(score))),
            "arr" => major(self.arr().exact().filter(|_| !self.own.contracts.is_empty())),
            "at_stake" => major(self.at_stake()),
            "monthly" => Some(Value::Bool(self.renewals.first()?.monthly)),
            "auto_renew" => Some(Value::Bool(self.renewals.first()?.auto_renew)),
            _ => None,
        }
    }

    fn metric(&self, id: &str) -> Option<f64> {
        self.metric_at(id, NOW).map(|metric| metric.value)
    }

    fn change(&self, id: &str, days: f64) -> Option<f64> {
        let before = self.metric_at(id, self.world.wanted.window(days)?)?.value;
        let now = self.metric(id)?;
        (before > 0.0).then(|| (now - before) / before)
    }

    fn days_since(&self, event: &str) -> Option<f64> {
        let until = self.world.data_until.as_second();
        let at = match event {
            "created" => Some(self.account.created.as_second()),
            "last_touch" => self.last_touch(until),
            "last_survey" => self
                .own
                .surveys
                .iter()
                .rev()
                .find(|one| one.0 <= until)
                .map(|one| one.0),
            "champion_left" => self.own.champions.iter().filter_map(|one| one.left).max(),
            "owner_changed" => self.own.past.owner_changed.map(Timestamp::as_second),
            _ => None,
        }?;
        Some(((until - at) / DAY) as f64)
    }

    fn days_until(&self, date: &str) -> Option<f64> {
        let date = match date {
            "renewal_date" => self.next_end(),
            "notice_by" => self.notice_by(),
            "decision" => self.decision(),
            _ => None,
        }?;
        Some(f64::from(days_between(self.world.today, date)))
    }

    fn count(&self, what: &str, days: Option<f64>) -> Option<f64> {
        let until = self.world.data_until.as_second();
        let within =
            |at: i64| days.is_some_and(|days| at <= until && at > until - (days * DAY as f64) as i64);
        let open = |ticket: &&super::belongings::Ticket| ticket.closed.is_none();
        let (own, today) = (self.own, self.world.today);
        let count = match what {
            "contacts" => own.contacts as usize,
            "champions" => own.champions.iter().filter(|one| one.left.is_none()).count(),
            "champions_left" => own
                .champions
                .iter()
                .filter_map(|one| one.left)
                .filter(|at| within(*at))
                .count(),
            "open_tickets" => own.tickets.iter().filter(open).count(),
            "urgent_tickets" => own.tickets.iter().filter(open).filter(|one| one.urgent).count(),
            "tickets" => own.tickets.iter().filter(|one| within(one.opened)).count(),
            "touchpoints" => own.touches.iter().filter(|at| within(**at)).count(),
            "contracts" => {
                let counts = |one: &&contract::Contract| one.state(&own.contracts, today).counts();
                own.contracts.iter().filter(counts).count()
            }
            _ => return None,
        };
        let hidden = match what {
            "contacts" | "champions" | "champions_left" => self.hides(Kind::Contact),
            "contracts" => self.hides_contracts(),
            "touchpoints" => self.hides_touches(),
            _ => self.hides(Kind::Ticket),
        };
        (!hidden).then_some(count as f64)
    }

    fn can_tell(&self, name: &str) -> bool {
        let hidden = match name {
            "arr" | "at_stake" | "monthly" | "auto_renew" | "renewal_date" | "notice_by" | "decision" => {
                self.hides_contracts()
            }
            "last_touch" | "days_since_touch" => self.hides_touches(),
            "champion_left" | "sponsors" => self.hides(Kind::Contact),
            "last_survey" | "nps" => self.hides(Kind::Survey),
            "ticket_load" => self.hides(Kind::Ticket),
            _ => false,
        };
        !hidden
    }
}
