//! What conditions and measures may ask of an account at a moment: the vocabulary, word by word.

use super::super::contradictions;
use super::{HOUR, Moment};
use crate::domain::contract::{Contract, State, days_between};
use crate::domain::expression::{Facts, Value};
use crate::domain::record::Kind;
use crate::domain::summary::Band;

impl Moment<'_, '_> {
    /// The second since 1970 at which the next hour turns since any of these events.
    pub fn turns(&self, events: &[String]) -> Option<i64> {
        let until = self.until.as_second();
        let known = events.iter().filter_map(|event| self.event(event));
        known.map(|at| until + HOUR - (until - at).rem_euclid(HOUR)).min()
    }
}

impl Facts for Moment<'_, '_> {
    fn name(&self, name: &str) -> Option<Value> {
        let (judge, account) = (self.judge, self.judge.account);
        let number = |number: u8| Value::Number(f64::from(number));
        match name {
            "stage" => Self::text(account.stage.as_ref()),
            "segment" => Self::text(account.segment.as_ref()),
            "region" => Self::text(account.region.as_ref()),
            "entitlement" => Self::text(account.entitlement.as_ref()),
            "sentiment" => Some(Value::Text(self.sentiment()?.value)),
            "csm" => self.person(account.csm.as_ref()),
            "commercial_owner" => self.person(account.commercial_owner.as_ref()),
            "csm_active" => Some(Value::Bool(judge.world.owners.get(account.csm.as_ref()?)?.active)),
            "band" => {
                let band = self
                    .score()
                    .map_or(Band::Unknown, |score| judge.world.setup.health.band(&score));
                Some(Value::Text(band.word().to_owned()))
            }
            // What too little is known of is no score to print or to go by.
            "score" => {
                let score = self.score()?;
                let band = judge.world.setup.health.band(&score);
                score.shown().filter(|_| band != Band::Unknown).map(number)
            }
            "coverage" => Some(number(self.score()?.coverage())),
            "arr" => self.major(judge.arr_on(self).exact()),
            "at_stake" => self.major(self.at_stake()),
            "monthly" => self.renewals().first()?.monthly.map(Value::Bool),
            "auto_renew" => self.renewals().first()?.auto_renew.map(Value::Bool),
            "notice_given" => Some(Value::Bool(self.renewals().first()?.state == State::Churned)),
            "contradictions" => {
                let hidden = judge.hides_ends();
                (!hidden).then(|| Value::Text(contradictions::of(judge, self).join("; ")))
            }
            _ => None,
        }
    }

    fn metric(&self, id: &str) -> Option<f64> {
        Moment::metric(self, id).map(|metric| metric.value)
    }

    fn median(&self, id: &str) -> Option<f64> {
        let segment = self.judge.account.segment.as_deref();
        self.judge.world.medians.of(segment, id)
    }

    fn change(&self, id: &str, days: f64) -> Option<f64> {
        let before = self.before(days).metric(id)?.value;
        let now = Facts::metric(self, id)?;
        (before > 0.0).then(|| (now - before) / before)
    }

    fn slope(&self, id: &str, days: f64) -> Option<f64> {
        let metric = self.judge.world.wanted.metric(id)?;
        let from = self.before(days).instant.as_millisecond();
        self.judge
            .own
            .past
            .slope(metric, from, self.instant.as_millisecond())
    }

    fn days_since(&self, event: &str) -> Option<f64> {
        self.event(event).map(|at| self.days_from(at))
    }

    fn hours_since(&self, event: &str) -> Option<f64> {
        self.event(event)
            .map(|at| ((self.until.as_second() - at) / HOUR) as f64)
    }

    fn days_until(&self, date: &str) -> Option<f64> {
        let renewals = self.renewals();
        let next = renewals.first();
        let date = match date {
            "renewal_date" => self.judge.next_end_on(self),
            "notice_by" => next?.notice_by.filter(|notice| *notice >= self.day),
            "decision" => Some(next?.decision(self.day)),
            _ => None,
        }?;
        Some(f64::from(days_between(self.day, date)))
    }

    fn count(&self, what: &str, days: Option<f64>) -> Option<f64> {
        let (own, within) = (self.judge.own, self.within(days));
        let there = || self.contacts();
        let champions = || own.contacts.iter().filter(|one| one.champion);
        let opened = || own.tickets.iter().filter(|one| within(one.opened));
        let count = match (what, days) {
            ("contacts", _) => there().count(),
            ("champions", _) => there().filter(|one| one.champion).count(),
            ("champions_left", _) => champions()
                .filter_map(|one| one.left)
                .filter(|at| within(*at))
                .count(),
            ("open_tickets", _) => self.open_tickets().count(),
            ("urgent_tickets", None) => self.open_tickets().filter(|one| one.urgent).count(),
            ("urgent_tickets", Some(_)) => opened().filter(|one| one.urgent).count(),
            ("tickets", _) => opened().count(),
            ("touchpoints", _) => own.touches.iter().filter(|at| within(**at)).count(),
            ("surveys", _) => own.surveys.iter().filter(|one| within(one.0)).count(),
            ("owner_changes", _) => own.past.owner_changes.iter().filter(|at| within(**at)).count(),
            ("contracts", _) => {
                let counts = |one: &&Contract| one.state(self.contracts(), self.day).counts();
                self.contracts().iter().filter(counts).count()
            }
            ("contradictions", _) => contradictions::of(self.judge, self).len(),
            _ => return None,
        };
        let hidden = match what {
            "contacts" | "champions" | "champions_left" => self.judge.hides(Kind::Contact),
            "contracts" | "contradictions" => self.judge.hides_ends(),
            "touchpoints" => self.judge.hides_touches(),
            "surveys" => self.judge.hides(Kind::Survey),
            "owner_changes" => false,
            _ => self.judge.hides(Kind::Ticket),
        };
        (!hidden).then_some(count as f64)
    }

    /// Unknown until a role is known of somebody: an account whose contacts have none lacks nobody.
    fn people(&self, role: &str) -> Option<f64> {
        let place = self.judge.world.wanted.roles.iter().position(|one| one == role)?;
        let contacts = &self.judge.own.contacts;
        if self.judge.hides(Kind::Contact) || contacts.iter().all(|one| !one.has_role) {
            return None;
        }
        Some(self.contacts().filter(|one| one.roles >> place & 1 == 1).count() as f64)
    }

    /// Unknown where no rule raises it.
    fn raised(&self, signal: &str) -> Option<f64> {
        let place = self.judge.world.rules.place(signal)?;
        let raises = |bits: u64| bits >> place & 1 == 1;
        let tickets = self.open_tickets().filter(|one| raises(one.raises)).count();
        let mails = self.open_mails().filter(|one| raises(one.raises)).count();
        let setup = self.judge.world.setup;
        let hides_mails = !setup.mapping.emails.inbound.is_empty() && self.judge.hides(Kind::Email);
        (!self.judge.hides(Kind::Ticket) && !hides_mails).then_some((tickets + mails) as f64)
    }

    fn is_missing(&self, name: &str) -> Option<bool> {
        let judge = self.judge;
        let hidden = match name {
            "arr" | "at_stake" | "monthly" | "auto_renew" | "notice_given" | "renewal_date" | "notice_by"
            | "decision" | "contradictions" => judge.hides_ends(),
            "last_touch" | "days_since_touch" => judge.hides_touches(),
            "champion_left" | "sponsors" => judge.hides(Kind::Contact),
            "last_survey" | "nps" => judge.hides(Kind::Survey),
            "ticket_load" | "last_ticket" | "oldest_ticket" | "oldest_urgent_ticket" => {
                judge.hides(Kind::Ticket)
            }
            _ => false,
        };
        let has_a_place =
            name != "commercial_owner" || judge.world.setup.mapping.account.commercial_owner.is_some();
        (!hidden).then_some(has_a_place)
    }
}
