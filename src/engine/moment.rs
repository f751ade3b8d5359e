//! An account at one instant: what metrics, signals and measures read of it.

mod facts;

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::contract::{self, Contract, Renewal, days_between};
use crate::domain::expression::{Expression, Value};
use crate::domain::health::{Reads, Score};
use crate::domain::record::{Kind, RecordId};
use crate::domain::vocabulary;

use super::belongings::{Contact, Mail, Ticket};
use super::judge::Judge;
use super::past::Feeling;
use super::wanted::{EXTRA, NOW};
use super::world::days_before;

/// The metric that counts days since the last touchpoint.
pub const LAST_TOUCH: &str = "days_since_touch";
/// Seconds of a day.
const DAY: i64 = 86_400;
/// Seconds of an hour.
const HOUR: i64 = 3_600;

/// Something that is known, and since when.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<T> {
    /// What is known.
    pub value: T,
    /// The second since 1970 from which its age counts.
    pub since: i64,
}

/// An account at one instant.
#[derive(Clone, Copy)]
pub struct Moment<'j, 'a> {
    judge: &'j Judge<'a>,
    instant: Timestamp,
    /// Windows begin so many days before it: the beginning of the instant's day.
    opening: Timestamp,
    /// Whether it is the present: then what the CRM's records say counts, not what was kept.
    is_now: bool,
    /// Whether measures look. What the CRM has no more counts for them as it was last observed, which they call stale; a
    /// signal cannot tell.
    is_measured: bool,
    /// The wanted instant whose score is that of this moment; the present one's where measures read it.
    scored: usize,
    /// The wanted instant whose contracts count.
    contracted: usize,
    day: Date,
    /// Until when what lasts is counted, in days and hours.
    until: Timestamp,
}

impl<'j, 'a> Moment<'j, 'a> {
    /// As signals see it now: days to a date count from today, those since something happened to the last complete sync.
    pub fn now(judge: &'j Judge<'a>) -> Self {
        Self {
            day: judge.world.today,
            is_measured: false,
            ..Self::measured(judge, NOW)
        }
    }

    /// As measures see it at one of the instants that are asked for. Days count from that instant; the present is that of
    /// the last complete sync, so that waiting alone raises no score.
    pub fn measured(judge: &'j Judge<'a>, at: usize) -> Self {
        let instant = judge.instant(at);
        Self {
            judge,
            instant,
            opening: judge.opening(at),
            is_now: at == NOW,
            is_measured: true,
            scored: NOW,
            contracted: at,
            day: judge.world.day(instant),
            until: instant,
        }
    }

    /// As people read it now: what signals see, and what lasts is counted to this day, though no sync completes.
    pub fn told(judge: &'j Judge<'a>) -> Self {
        Self {
            until: judge.world.now,
            ..Self::now(judge)
        }
    }

    /// As signals would have seen it at a wanted instant. Stage, segment and the day on which it left are those of today:
    /// of contracts, metrics, scores, people, tickets, touchpoints and surveys the past is told.
    pub fn then(judge: &'j Judge<'a>, at: usize) -> Self {
        Self {
            scored: at,
            is_measured: false,
            ..Self::measured(judge, at)
        }
    }

    /// The civil day of it.
    pub fn day(&self) -> Date {
        self.day
    }

    fn second(&self) -> i64 {
        self.instant.as_second()
    }

    /// The same account as so many whole days before its day began.
    fn before(&self, days: f64) -> Self {
        let instant = days_before(self.opening, days as i64);
        Self {
            instant,
            opening: instant,
            until: instant,
            is_now: false,
            ..*self
        }
    }

    /// Its score, unless it cannot be told.
    fn score(&self) -> Option<Cow<'j, Score>> {
        match self.scored {
            NOW => Some(Cow::Borrowed(&self.judge.score)),
            at => self.judge.past_score(at).map(Cow::Owned),
        }
    }

    /// What a measure reads, and since when. An expression is as old as the oldest that it reads. Of days since a touch
    /// that may be less, as later ones are hidden, it is the most that they can be: see `Judge::is_proven`.
    pub fn read(&self, reads: &Reads) -> Option<Reading<Value>> {
        let (metric, per) = match reads {
            Reads::Value(expression) => {
                let value = expression.value(self)?;
                let since = self.since(expression);
                return Some(Reading { value, since });
            }
            Reads::Metric { metric, per: None } if metric == LAST_TOUCH => {
                (self.since_touch(self.known_touch()?), &None)
            }
            Reads::Metric { metric, per } => (self.metric(metric)?, per),
        };
        let value = match per {
            None => metric.value,
            Some(per) => {
                let whole = self.metric(per)?.value;
                (whole > 0.0).then_some(metric.value / whole)?
            }
        };
        Some(Reading {
            value: Value::Number(value),
            since: metric.since,
        })
    }

    fn since(&self, expression: &Expression) -> i64 {
        let metrics = expression.metrics();
        let metrics = metrics.iter().filter_map(|id| Some(self.metric(id)?.since));
        let sentiment = || Some(self.sentiment()?.since);
        let named = expression
            .names()
            .contains(&"sentiment")
            .then(sentiment)
            .flatten();
        metrics.chain(named).fold(self.read_at(), i64::min)
    }

    /// Our own metrics are as fresh as the sync; of the past everything is known.
    fn read_at(&self) -> i64 {
        if self.is_now {
            self.judge.world.data_until.as_second()
        } else {
            self.second()
        }
    }

    /// A metric's value.
    pub fn metric(&self, id: &str) -> Option<Reading<f64>> {
        let since = self.read_at();
        let own = |value| Reading { value, since };
        match id {
            "sponsors" => self.sponsors().map(own),
            "ticket_load" => self.ticket_load().map(own),
            LAST_TOUCH => self.last_touch().map(|touch| self.since_touch(touch)),
            "nps" => {
                let second = self.second();
                let (since, value) = *self.judge.own.surveys.iter().rev().find(|one| one.0 <= second)?;
                Some(Reading { value, since })
            }
            mapped => self.mapped(mapped),
        }
    }

    /// Calendar days of my zone from something that happened: it stands beside dates, and agrees with them.
    fn days_from(&self, second: i64) -> f64 {
        let day = |at: Timestamp| self.judge.world.day(at);
        let then = Timestamp::from_second(second).map_or(Date::MIN, day);
        f64::from(days_between(then, day(self.until)))
    }

    /// A mapped metric: today's from the record, the past from the ledger. Without a time of its own its
    /// age counts from the feed's pulse.
    fn mapped(&self, id: &str) -> Option<Reading<f64>> {
        let (judge, wanted) = (self.judge, &self.judge.world.wanted);
        let past = || {
            judge
                .own
                .past
                .at(wanted.metric(id)?, self.instant.as_millisecond())
        };
        let (value, told) = match judge.account.metrics.get(id) {
            // A time that is told of a number is never later than now.
            Some(reading) if self.is_now => {
                let told = reading.as_of.map(Timestamp::as_second);
                (reading.value, told.map(|told| told.min(self.second())))
            }
            None if self.is_now && !(self.is_measured && judge.world.lost.has(id)) => return None,
            _ => past()?,
        };
        let pulse = judge.world.pulses.get(id).copied();
        let pulse = pulse.map(|pulse| pulse.min(self.second()));
        let since = told.or(pulse).unwrap_or(judge.account.created.as_second());
        Some(Reading { value, since })
    }

    /// The CSM's sentiment. What the CRM has but the ledger not yet was set just now; what another CSM set is unknown.
    pub fn sentiment(&self) -> Option<Reading<String>> {
        let past = &self.judge.own.past;
        let kept = |feeling: &Feeling| Reading {
            value: feeling.text.clone(),
            since: feeling.since,
        };
        if !self.is_now {
            return past.feeling(self.instant.as_millisecond()).map(kept);
        }
        if self.is_measured && self.judge.world.lost.sentiment {
            return past.felt_now.as_ref().map(kept);
        }
        let present = self.judge.account.sentiment.as_ref()?;
        if past.last_sentiment.as_ref() == Some(present) {
            return past.felt_now.as_ref().map(kept);
        }
        Some(Reading {
            value: present.clone(),
            since: self.read_at(),
        })
    }

    /// Second since 1970 at which the sentiment was set that the CRM has and that counts no more, since the account changed
    /// hands after it; `None` where there is none such.
    pub fn sentiment_taken_back(&self) -> Option<i64> {
        let is_there = self.judge.account.sentiment.is_some();
        let feelings = &self.judge.own.past.feelings;
        let before = feelings.iter().rev().find_map(|(_, feeling)| feeling.as_ref());
        let before = before.filter(|_| self.is_now && is_there && self.sentiment().is_none());
        before.map(|feeling| feeling.since)
    }

    /// Champions who are there; unknown until a contact was ever marked as one.
    fn sponsors(&self) -> Option<f64> {
        let second = self.second();
        let contacts = self.judge.own.contacts.iter();
        let mut champions = contacts
            .filter(|one| one.champion && one.since <= second)
            .peekable();
        if self.judge.hides(Kind::Contact) || champions.peek().is_none() {
            return None;
        }
        Some(champions.filter(|one| !self.is_gone(one)).count() as f64)
    }

    /// Whether a contact has left. Now that is all whose day has come: the stamp may be a clock's that goes ahead.
    fn is_gone(&self, contact: &Contact) -> bool {
        let day = |left: i64| Timestamp::from_second(left).map(|at| self.judge.world.day(at));
        contact.left.is_some_and(|left| {
            left <= self.second() || self.is_now && day(left).is_ok_and(|day| day <= self.judge.world.today)
        })
    }

    /// The contacts who are there.
    fn contacts(&self) -> impl Iterator<Item = &Contact> {
        let second = self.second();
        let contacts = self.judge.own.contacts.iter();
        contacts.filter(move |one| (self.is_now || one.since <= second) && !self.is_gone(one))
    }

    /// Open tickets, an urgent one counting three.
    fn ticket_load(&self) -> Option<f64> {
        if !self.judge.world.complete || self.judge.hides(Kind::Ticket) {
            return None;
        }
        let second = self.second();
        let tickets = self.judge.own.tickets.iter();
        let open =
            tickets.filter(|one| one.opened <= second && one.closed.is_none_or(|closed| closed > second));
        Some(open.map(|ticket| if ticket.urgent { 3.0 } else { 1.0 }).sum())
    }

    /// Whether what began and may have ended is to be counted: now whatever has not ended, then what had begun and
    /// not ended.
    fn lasts(&self, since: i64, end: Option<i64>) -> bool {
        let second = self.second();
        if self.is_now {
            end.is_none()
        } else {
            since <= second && end.is_none_or(|end| end > second)
        }
    }

    /// The last touchpoint; not told while one of their kinds is hidden, since it could be the later one.
    fn last_touch(&self) -> Option<i64> {
        self.known_touch().filter(|_| !self.judge.hides_touches())
    }

    /// The last touchpoint that is known.
    fn known_touch(&self) -> Option<i64> {
        let second = self.second();
        let touches = &self.judge.own.touches;
        touches.iter().rev().find(|touch| **touch <= second).copied()
    }

    fn since_touch(&self, touch: i64) -> Reading<f64> {
        Reading {
            value: self.days_from(touch),
            since: self.read_at(),
        }
    }

    /// The contracts as they stood.
    pub fn contracts(&self) -> &'j [Contract] {
        self.judge.contracts_at(self.contracted)
    }

    /// The renewals that are to be decided on its day, the next one first.
    pub fn renewals(&self) -> Cow<'j, [Renewal]> {
        let judge = self.judge;
        let is_as_now = self.contracted < EXTRA && self.day == judge.world.today;
        if is_as_now || judge.hides_contracts() {
            Cow::Borrowed(&judge.renewals)
        } else {
            Cow::Owned(contract::renewals(self.contracts(), self.day))
        }
    }

    /// What is at stake by its score; see [`Judge::at_stake`].
    fn at_stake(&self) -> Option<i64> {
        if self.is_now {
            return self.judge.at_stake();
        }
        self.judge.at_stake_on(self, self.score()?.as_ref())
    }

    fn text(text: Option<&String>) -> Option<Value> {
        text.cloned().map(Value::Text)
    }

    fn major(&self, minor: Option<i64>) -> Option<Value> {
        let organisation = &self.judge.world.setup.settings.organisation;
        let unit = 10_f64.powi(organisation.reporting_currency.digits() as i32);
        minor.map(|minor| Value::Number(minor as f64 / unit))
    }
}

impl Moment<'_, '_> {
    fn person(&self, owner: Option<&RecordId>) -> Option<Value> {
        let owner = owner?;
        let known = self.judge.world.owners.get(owner);
        let text = known.map_or_else(|| owner.to_string(), |known| known.email.to_lowercase());
        Some(Value::Text(text))
    }

    /// What happened up to this moment, and not more than so many days before its day began.
    fn within(&self, days: Option<f64>) -> impl Fn(i64) -> bool {
        let (until, opening) = (self.second(), self.opening.as_second());
        move |at| days.is_some_and(|days| at <= until && at > opening - (days * DAY as f64) as i64)
    }

    fn open_tickets(&self) -> impl Iterator<Item = &Ticket> {
        let tickets = self.judge.own.tickets.iter();
        tickets.filter(|one| self.lasts(one.opened, one.closed))
    }

    /// E-mails of customers that are open: now by the clock, since what answers one may be logged since the last sync.
    fn open_mails(&self) -> impl Iterator<Item = &Mail> {
        let at = if self.is_now {
            self.judge.world.now.as_second()
        } else {
            self.second()
        };
        let mails = self.judge.own.mails.iter();
        mails.filter(move |one| (self.is_now || one.asked <= at) && at < one.until)
    }

    /// The second since 1970 at which something happened last, or of what is open began first.
    fn event(&self, event: &str) -> Option<i64> {
        let (own, second) = (self.judge.own, self.second());
        let known = |at: &i64| self.is_now || *at <= second;
        let hides_tickets = || self.judge.hides(Kind::Ticket);
        match event {
            "created" => Some(self.judge.account.created.as_second()),
            "last_touch" => self.last_touch(),
            "last_survey" => own.surveys.iter().rev().map(|one| one.0).find(|at| *at <= second),
            "last_ticket" if !hides_tickets() => own.tickets.iter().map(|one| one.opened).filter(known).max(),
            "oldest_ticket" if !hides_tickets() => self.open_tickets().map(|one| one.opened).min(),
            "oldest_urgent_ticket" if !hides_tickets() => {
                let urgent = self.open_tickets().filter(|one| one.urgent);
                urgent.map(|one| one.opened).min()
            }
            "champion_left" => {
                let gone = own
                    .contacts
                    .iter()
                    .filter(|one| one.champion && self.is_gone(one));
                gone.filter_map(|one| one.left).max()
            }
            "owner_changed" => own.past.owner_changes.iter().copied().rfind(known),
            "stage_changed" => own.past.stages.iter().skip(1).map(|one| one.0).rfind(known),
            "onboarding_started" => self.onboarding_started(),
            _ => None,
        }
    }

    /// Since when the stage has been onboarding without a break.
    fn onboarding_started(&self) -> Option<i64> {
        let stage = self.judge.account.stage.as_deref();
        if self.is_now && stage != Some(vocabulary::ONBOARDING) {
            return None;
        }
        let second = self.second();
        let stages = self.judge.own.past.stages.iter().rev();
        let mut known = stages.filter(|(at, _)| self.is_now || *at <= second);
        known
            .next()
            .filter(|(_, onboarding)| *onboarding)
            .map(|(at, _)| *at)
    }
}
