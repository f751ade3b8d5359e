//! One account judged: its measures and score at each wanted instant, its renewals, what is at stake.

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::contract::{self, Contract, Renewal, State};
use crate::domain::expression::Value;
use crate::domain::health::ledger::{Line, Sheet};
use crate::domain::health::{HealthModel, Measure, Part, Reads, Scale, Score, Seen, Weighing};
use crate::domain::money::Sum;
use crate::domain::record::Kind;
use crate::domain::risk;
use crate::domain::summary::Band;

use super::belongings::Belongings;
use super::interpret::account::Account;
use super::moment::{LAST_TOUCH, Moment, Reading};
use super::wanted::{EXTRA, NOW};
use super::world::World;

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
    /// What each measure of the model in force sees now.
    pub measured: Vec<Seen>,
    /// How the measures of the model in force count now.
    weighing: Weighing<'a>,
    at_stake: OnceCell<Option<i64>>,
}

impl<'a> Judge<'a> {
    /// Judges an account as of now.
    pub fn new(world: &'a World<'a>, account: &'a Account, own: &'a Belongings) -> Self {
        let contracts = if world.unread.hides(Kind::Contract) {
            &[][..]
        } else {
            &own.contracts
        };
        let model = &world.setup.health;
        let (segment, stage) = (account.segment.as_deref(), account.stage.as_deref());
        let mut judge = Self {
            world,
            account,
            own,
            renewals: contract::renewals(contracts, world.today),
            score: Score::default(),
            measured: Vec::new(),
            weighing: model.weighing(segment, stage, world.day(world.data_until)),
            at_stake: OnceCell::new(),
        };
        judge.measured = judge.measured_now();
        let weights = judge.weighing.measures.iter().map(|(weight, _)| *weight);
        let part = |(weight, seen): (i64, &Seen)| Part::new(weight, *seen);
        judge.score.parts = weights.zip(&judge.measured).map(part).collect();
        judge
    }

    /// A wanted instant (UTC).
    pub fn instant(&self, at: usize) -> Timestamp {
        self.world
            .wanted
            .instants
            .get(at)
            .copied()
            .unwrap_or(self.world.data_until)
    }

    /// The beginning of its day in my time zone.
    pub fn opening(&self, at: usize) -> Timestamp {
        let openings = &self.world.openings;
        openings.get(at).copied().unwrap_or(self.world.morning)
    }

    /// How the measures of the model in force count at an instant. Now it counts as of the last complete sync, so that
    /// an override that ends raises no score while none completes.
    fn weighing_at(&self, at: usize) -> Cow<'_, Weighing<'a>> {
        let model = &self.world.setup.health;
        if at == NOW || !model.overrides.are_dated() {
            return Cow::Borrowed(&self.weighing);
        }
        Cow::Owned(self.weighing_by(model, at))
    }

    /// How the measures of a model count at an instant, by the segment and stage of today.
    pub fn weighing_by<'m>(&self, model: &'m HealthModel, at: usize) -> Weighing<'m> {
        let (segment, stage) = (self.account.segment.as_deref(), self.account.stage.as_deref());
        model.weighing(segment, stage, self.world.day(self.instant(at)))
    }

    /// The score at an instant, from the same model as today's.
    pub fn score_at(&self, at: usize) -> Score {
        let (measures, weighing) = (&self.world.setup.health.measures, self.weighing_at(at));
        let part = |(measure, (weight, scale)): (&Measure, &(i64, &Scale))| {
            Part::new(*weight, self.seen(measure, scale, at))
        };
        Score {
            parts: measures.iter().zip(&weighing.measures).map(part).collect(),
        }
    }

    /// The measures of any model at an instant. `then` is the instant whose day says which overrides count.
    pub fn sheet(&self, model: &HealthModel, then: usize, at: usize) -> Sheet {
        let weighing = self.weighing_by(model, then);
        let line = |(measure, (weight, scale)): (&Measure, &(i64, &Scale))| Line {
            measure: measure.id.clone(),
            weight: *weight,
            seen: self.seen(measure, scale, at),
        };
        Sheet {
            lines: model.measures.iter().zip(&weighing.measures).map(line).collect(),
        }
    }

    fn measured_now(&self) -> Vec<Seen> {
        let measures = self.world.setup.health.measures.iter();
        let seen = |(measure, (_, scale)): (&Measure, &(i64, &Scale))| self.seen(measure, scale, NOW);
        measures.zip(&self.weighing.measures).map(seen).collect()
    }

    /// What a measure sees at an instant.
    fn seen(&self, measure: &Measure, scale: &Scale, at: usize) -> Seen {
        let reading = self.read(measure, at);
        let proven = reading
            .as_ref()
            .filter(|reading| self.is_proven(measure, scale, &reading.value));
        let is_lost = at == NOW && self.world.lost.touches(&measure.reads);
        Seen {
            points: proven.and_then(|reading| scale.points(&reading.value)),
            stale: reading.is_some_and(|reading| is_lost || self.age(&reading, at) > measure.max_age.seconds),
        }
    }

    /// Whether what a measure read says how many points it has. While touchpoints are hidden, days since one that is known
    /// are the most that they can be: they say it only where fewer days would have the same points.
    fn is_proven(&self, measure: &Measure, scale: &Scale, value: &Value) -> bool {
        let Value::Number(most) = value else { return true };
        if !self.hides_touches()
            || !matches!(&measure.reads, Reads::Metric { metric, per: None } if metric == LAST_TOUCH)
        {
            return true;
        }
        let points = scale.points(value);
        let mut fewer = (0..*most as i32).map(|days| scale.points(&Value::Number(f64::from(days))));
        fewer.all(|fewer| fewer == points)
    }

    /// What a measure reads at an instant, and since when that is so.
    pub fn read(&self, measure: &Measure, at: usize) -> Option<Reading<Value>> {
        Moment::measured(self, at).read(&measure.reads)
    }

    /// How old a reading is at an instant, in seconds. Of today's the age counts until this morning, not until the
    /// last sync: that is how a dead feed shows.
    fn age<T>(&self, reading: &Reading<T>, at: usize) -> i64 {
        let until = if at == NOW {
            self.world.morning
        } else {
            self.instant(at)
        };
        until.as_second() - reading.since
    }

    /// The score at an instant of the past, if it can be told: not before the account was there, not
    /// below the coverage floor, and not before what is kept begins.
    pub fn past_score(&self, at: usize) -> Option<Score> {
        if self.instant(at) < self.account.created {
            return None;
        }
        let score = self.score_at(at);
        let model = &self.world.setup.health;
        let known =
            |score: &Score, index: usize| score.parts.get(index).is_some_and(|part| part.points.is_some());
        let untold = self.begins_later(model, |index| known(&self.score, index) && !known(&score, index));
        (!untold && model.band(&score) != Band::Unknown).then_some(score)
    }

    /// Whether a model's score at an instant can be told: the account was there, and what is kept reaches back so far.
    pub fn can_tell_at(&self, model: &HealthModel, at: usize) -> bool {
        let known = |index: usize, at: usize| {
            let measure = model.measures.get(index);
            measure.is_some_and(|measure| self.read(measure, at).is_some())
        };
        let came = |index| known(index, NOW) && !known(index, at);
        at == NOW || (self.instant(at) >= self.account.created && !self.begins_later(model, came))
    }

    /// Whether a mapped metric was not kept yet. `came` says of a measure that it is known now and was not then.
    fn begins_later(&self, model: &HealthModel, came: impl Fn(usize) -> bool) -> bool {
        let mapped = |metric: &&str| self.world.setup.mapping.metrics.contains_key(*metric);
        let mut measures = model.measures.iter().enumerate();
        measures.any(|(index, measure)| came(index) && measure.reads.metrics().iter().any(mapped))
    }

    /// Whether records of this kind cannot be read.
    pub fn hides(&self, kind: Kind) -> bool {
        self.world.unread.hides(kind)
    }

    /// Whether some touchpoints cannot be read.
    pub fn hides_touches(&self) -> bool {
        [Kind::Call, Kind::Meeting, Kind::Email]
            .into_iter()
            .any(|kind| self.hides(kind))
    }

    /// Whether contracts cannot be read: then those that are cached tell nothing of today.
    pub fn hides_contracts(&self) -> bool {
        self.hides(Kind::Contract)
    }

    /// Whether it cannot be told when contracts end: they cannot be read, or the CRM does not say.
    pub fn hides_ends(&self) -> bool {
        self.hides_contracts() || !self.world.ends_told
    }

    /// The day of the last touchpoint.
    pub fn last_touch_day(&self) -> Option<Date> {
        let touch = self.own.last_touch.filter(|_| !self.hides_touches())?;
        Some(self.world.day(Timestamp::from_second(touch).ok()?))
    }

    /// Annual value of the contracts in force, in the reporting currency.
    pub fn arr(&self) -> Sum {
        self.arr_on(&Moment::now(self))
    }

    /// Annual value of the contracts in force at a moment, in the reporting currency at the rates of that day. A customer
    /// that has left has none, whatever its contracts say; one of whom they do not [tell](contract::tell) what is in force
    /// has an unknown one.
    pub fn arr_on(&self, moment: &Moment<'_, '_>) -> Sum {
        arr_of(self.world, self.account, moment.contracts(), moment.day())
    }

    /// The contracts as they stood at a wanted instant: at further ones by the ledger; at the base and in the trend as they are
    /// today, since lines are made without their past.
    pub fn contracts_at(&self, at: usize) -> &[Contract] {
        let past = self.own.past_contracts.as_ref().filter(|_| at >= EXTRA);
        past.map_or(&self.own.contracts, |past| past.at(self.instant(at)))
    }

    /// Whether the ledger knew at a wanted instant of each contract that there was.
    pub fn knew_contracts_at(&self, at: usize) -> bool {
        let past = self.own.past_contracts.as_ref();
        past.is_none_or(|past| past.are_known(self.instant(at)))
    }

    /// Σ ARR × P(not renewing) over the renewals in the horizon; unknown where contracts do not [tell](contract::tell) what
    /// is in force.
    pub fn at_stake(&self) -> Option<i64> {
        *self
            .at_stake
            .get_or_init(|| self.at_stake_on(&Moment::now(self), &self.score))
    }

    /// The same at a moment at which this was the score.
    pub fn at_stake_on(&self, moment: &Moment<'_, '_>, score: &Score) -> Option<i64> {
        let day = moment.day();
        if !self.tells_renewals(moment) {
            return None;
        }
        let rates = self.world.setup.settings.rates();
        let score = (score.shown(), score.coverage());
        risk::at_stake(&moment.renewals(), &rates, score, day, self.world.horizon_of(day))
    }

    /// Whether contracts tell which renewals there are at a moment.
    fn tells_renewals(&self, moment: &Moment<'_, '_>) -> bool {
        let (day, contracts) = (moment.day(), moment.contracts());
        let is_endless = |contract: &Contract| match contract.state(contracts, day) {
            State::Untold => true,
            state => state.counts() && contract.end.is_none(),
        };
        contract::tell(contracts, day) && !contracts.iter().any(is_endless) && !self.hides_contracts()
    }

    /// Annual value of the renewals in the horizon, in the reporting currency: a part each; one unknown part where contracts
    /// do not tell which there are.
    pub fn renewing(&self) -> Sum {
        let mut renewing = Sum::default();
        if self.has_churned() {
            return renewing;
        }
        if !self.tells_renewals(&Moment::now(self)) {
            renewing.add(None);
            return renewing;
        }
        let (rates, today) = (self.world.setup.settings.rates(), self.world.today);
        let horizon = self.world.horizon();
        for renewal in self.renewals.iter().filter(|one| one.decision(today) <= horizon) {
            let value = renewal.lines.iter().try_fold(0_i64, |sum, line| {
                Some(sum.saturating_add(rates.convert((*line)?, today)?))
            });
            renewing.add(value);
        }
        renewing
    }

    /// The day on which the next contract ends: of those to be decided, else of those already renewed.
    pub fn next_end(&self) -> Option<Date> {
        self.next_end_on(&Moment::now(self))
    }

    /// The same at a moment.
    pub fn next_end_on(&self, moment: &Moment<'_, '_>) -> Option<Date> {
        let (today, contracts) = (moment.day(), moment.contracts());
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
        let renewals = moment.renewals();
        renewals.first().map(|renewal| renewal.end).or_else(signed)
    }

    /// The day that the countdown of the next renewal runs to.
    pub fn decision(&self) -> Option<Date> {
        self.renewals
            .first()
            .map(|renewal| renewal.decision(self.world.today))
    }

    /// The last day on which the customer can still leave the next renewal, or could, once it has passed.
    pub fn notice_by(&self) -> Option<Date> {
        self.renewals.first()?.notice_by
    }

    /// Whether the account has left.
    pub fn has_churned(&self) -> bool {
        self.has_left(self.world.today)
    }

    /// Whether the account has left by the end of a day.
    pub fn has_left(&self, day: Date) -> bool {
        self.account.has_left(day, self.world.today)
    }

    /// The band now.
    pub fn band(&self) -> Band {
        self.world.setup.health.band(&self.score)
    }
}

/// Annual value of an account's contracts in force on a day: see [`Judge::arr_on`].
pub fn arr_of(world: &World<'_>, account: &Account, contracts: &[Contract], day: Date) -> Sum {
    let rates = world.setup.settings.rates();
    let mut sum = Sum::default();
    if account.has_left(day, world.today) {
        return sum;
    }
    if world.unread.hides(Kind::Contract) || !contract::tell(contracts, day) {
        sum.add(None);
        return sum;
    }
    for contract in contracts {
        match contract.state(contracts, day) {
            // It may be over: nothing of it is surely paid.
            State::Untold => sum.add(None),
            state if state.counts() => sum.add(contract.arr.and_then(|arr| rates.convert(arr, day))),
            _ => {}
        }
    }
    sum
}
