//! An account at one instant: what metrics, signals and measures read of it.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::contract::{self, Contract, Renewal, days_between};
use crate::domain::expression::{Expression, Facts, Value};
use crate::domain::health::Reads;
use crate::domain::record::Kind;

use super::judge::Judge;
use super::past::{Feeling, NOW};

/// Seconds of a day.
const DAY: i64 = 86_400;

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
    at: usize,
    day: Date,
}

impl<'j, 'a> Moment<'j, 'a> {
    /// As signals see it now: days count from today.
    pub fn now(judge: &'j Judge<'a>) -> Self {
        Self {
            judge,
            at: NOW,
            day: judge.world.today,
        }
    }

    /// As measures see it at an instant: days count from that instant's, which for now is the last complete sync's,
    /// so that waiting alone raises no score.
    pub fn measured(judge: &'j Judge<'a>, at: usize) -> Self {
        Self {
            judge,
            at,
            day: judge.world.day(judge.instant(at)),
        }
    }

    fn second(&self) -> i64 {
        self.judge.instant(self.at).as_second()
    }

    /// What a measure reads, and since when. An expression is as old as the oldest that it reads.
    pub fn read(&self, reads: &Reads) -> Option<Reading<Value>> {
        let (metric, per) = match reads {
            Reads::Value(expression) => {
                let value = expression.value(self)?;
                let since = self.since(expression);
                return Some(Reading { value, since });
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
        if self.at == NOW {
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
            "days_since_touch" => self.last_touch().map(|touch| own(self.days_from(touch))),
            "nps" => {
                let second = self.second();
                let (since, value) = *self.judge.own.surveys.iter().rev().find(|one| one.0 <= second)?;
                Some(Reading { value, since })
            }
            mapped => self.mapped(mapped),
        }
    }

    fn days_from(&self, second: i64) -> f64 {
        ((self.second() - second) / DAY) as f64
    }

    /// A mapped metric: today's from the record, the past from the ledger. Without a time of its own its
    /// age counts from the feed's pulse.
    fn mapped(&self, id: &str) -> Option<Reading<f64>> {
        let (judge, wanted) = (self.judge, &self.judge.world.wanted);
        let past = || judge.own.past.at(wanted, wanted.metric(id)?, self.at);
        let (value, told) = match judge.account.metrics.get(id) {
            Some(reading) if self.at == NOW => (reading.value, reading.as_of.map(Timestamp::as_second)),
            None if self.at == NOW => return None,
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
        if self.at != NOW {
            return past.feeling(self.at).map(kept);
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
        let there = champions.filter(|one| one.left.is_none_or(|left| left > second));
        Some(there.count() as f64)
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
        match self.at {
            NOW => end.is_none(),
            _ => since <= second && end.is_none_or(|end| end > second),
        }
    }

    /// The last touchpoint; not told while one of their kinds is hidden, since it could be the later one.
    fn last_touch(&self) -> Option<i64> {
        if self.judge.hides_touches() {
            return None;
        }
        let second = self.second();
        let touches = &self.judge.own.touches;
        touches.iter().rev().find(|touch| **touch <= second).copied()
    }

    fn renewals(&self) -> Cow<'j, [Renewal]> {
        let judge = self.judge;
        if self.day == judge.world.today || judge.hides_contracts() {
            Cow::Borrowed(&judge.renewals)
        } else {
            Cow::Owned(contract::renewals(&judge.own.contracts, self.day))
        }
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

impl Facts for Moment<'_, '_> {
    fn name(&self, name: &str) -> Option<Value> {
        let (judge, account) = (self.judge, self.judge.account);
        match name {
            "stage" => Self::text(account.stage.as_ref()),
            "segment" => Self::text(account.segment.as_ref()),
            "region" => Self::text(account.region.as_ref()),
            "sentiment" => Some(Value::Text(self.sentiment()?.value)),
            "band" => Some(Value::Text(judge.band().word().to_owned())),
            "score" => judge.score.shown().map(|score| Value::Number(f64::from(score))),
            "arr" => {
                let arr = judge.arr_on(self.day).exact();
                self.major(arr.filter(|_| !judge.own.contracts.is_empty()))
            }
            "at_stake" => self.major(judge.at_stake()),
            "monthly" => Some(Value::Bool(self.renewals().first()?.monthly)),
            "auto_renew" => Some(Value::Bool(self.renewals().first()?.auto_renew)),
            _ => None,
        }
    }

    fn metric(&self, id: &str) -> Option<f64> {
        Moment::metric(self, id).map(|metric| metric.value)
    }

    fn change(&self, id: &str, days: f64) -> Option<f64> {
        let at = self.judge.world.wanted.window(days, self.at)?;
        let before = Self { at, ..*self }.metric(id)?.value;
        let now = Facts::metric(self, id)?;
        (before > 0.0).then(|| (now - before) / before)
    }

    fn days_since(&self, event: &str) -> Option<f64> {
        let (own, second) = (self.judge.own, self.second());
        let known = |at: &i64| self.at == NOW || *at <= second;
        let at = match event {
            "created" => Some(self.judge.account.created.as_second()),
            "last_touch" => self.last_touch(),
            "last_survey" => own.surveys.iter().rev().map(|one| one.0).find(|at| *at <= second),
            "champion_left" => {
                let champions = own.contacts.iter().filter(|one| one.champion);
                champions.filter_map(|one| one.left).filter(known).max()
            }
            "owner_changed" => own.past.owner_changes.iter().copied().rfind(known),
            _ => None,
        }?;
        Some(self.days_from(at))
    }

    fn days_until(&self, date: &str) -> Option<f64> {
        let renewals = self.renewals();
        let next = renewals.first();
        let date = match date {
            "renewal_date" => self.judge.next_end_on(self.day, &renewals),
            "notice_by" => next?.notice_by.filter(|notice| *notice >= self.day),
            "decision" => Some(next?.decision(self.day)),
            _ => None,
        }?;
        Some(f64::from(days_between(self.day, date)))
    }

    fn count(&self, what: &str, days: Option<f64>) -> Option<f64> {
        let until = self.second();
        let within =
            |at: i64| days.is_some_and(|days| at <= until && at > until - (days * DAY as f64) as i64);
        let own = self.judge.own;
        let there = || own.contacts.iter().filter(|one| self.lasts(one.since, one.left));
        let open = || {
            own.tickets
                .iter()
                .filter(|one| self.lasts(one.opened, one.closed))
        };
        let champions = || own.contacts.iter().filter(|one| one.champion);
        let count = match what {
            "contacts" => there().count(),
            "champions" => there().filter(|one| one.champion).count(),
            "champions_left" => champions()
                .filter_map(|one| one.left)
                .filter(|at| within(*at))
                .count(),
            "open_tickets" => open().count(),
            "urgent_tickets" => open().filter(|one| one.urgent).count(),
            "tickets" => own.tickets.iter().filter(|one| within(one.opened)).count(),
            "touchpoints" => own.touches.iter().filter(|at| within(**at)).count(),
            "contracts" => {
                let counts = |one: &&Contract| one.state(&own.contracts, self.day).counts();
                own.contracts.iter().filter(counts).count()
            }
            _ => return None,
        };
        let hidden = match what {
            "contacts" | "champions" | "champions_left" => self.judge.hides(Kind::Contact),
            "contracts" => self.judge.hides_contracts(),
            "touchpoints" => self.judge.hides_touches(),
            _ => self.judge.hides(Kind::Ticket),
        };
        (!hidden).then_some(count as f64)
    }

    fn can_tell(&self, name: &str) -> bool {
        let judge = self.judge;
        let hidden = match name {
            "arr" | "at_stake" | "monthly" | "auto_renew" | "renewal_date" | "notice_by" | "decision" => {
                judge.hides_contracts()
            }
            "last_touch" | "days_since_touch" => judge.hides_touches(),
            "champion_left" | "sponsors" => judge.hides(Kind::Contact),
            "last_survey" | "nps" => judge.hides(Kind::Survey),
            "ticket_load" => judge.hides(Kind::Ticket),
            _ => false,
        };
        !hidden
    }
}
