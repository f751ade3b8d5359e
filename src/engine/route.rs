//! The routing desk: open questions with who should answer them, and whose account asks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::desk::NOT_YET;
use crate::domain::handoff::{self, EDITED};
use crate::domain::record::{Core, Kind, Owner, Record, RecordId};
use crate::domain::role::Role;
use crate::domain::routing::{
    Asking, Calendar, Desk, Matched, Proposal, Question, Questions, Requester, Router, Routing, Sought,
    Support, ToldUs, Whose, question,
};
use crate::domain::summary::Summary;
use crate::domain::text::one_line;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::departures::has_left;
use super::handoffs;
use super::interpret::account::{Account, account};
use super::interpret::{activity, contact};
use super::world::World;

/// Of what a customer told us so much at most is told.
const MOST_TOLD: usize = 3;
/// So many signals at most can be raised by rules.
const MOST_RAISED: usize = 64;

/// The rules of the routing desk, ready to read records.
pub struct Rules<'a> {
    setup: &'a Setup,
    router: Router<'a>,
    /// The signals that they raise, in order.
    raised: Vec<&'a str>,
}

impl<'a> Rules<'a> {
    /// Makes those of a setup ready.
    pub fn new(setup: &'a Setup) -> Self {
        let mut raised = setup.routing.raised();
        raised.truncate(MOST_RAISED);
        Self {
            setup,
            router: Router::new(&setup.routing),
            raised,
        }
    }

    /// Place of a signal among those that are raised.
    pub fn place(&self, signal: &str) -> Option<usize> {
        self.raised.iter().position(|one| *one == signal)
    }

    /// Who is to answer a text by the rules alone.
    pub fn proposal(&self, text: &str) -> Proposal {
        self.router.read(text).proposal()
    }

    /// Which signals a question raises while it is open, the first in the lowest bit: a ticket, or an e-mail that the
    /// mapping names.
    pub fn raises(&self, record: &Record) -> u64 {
        let mapping = &self.setup.mapping;
        let asks = || match record.kind {
            Kind::Email => activity::is_inbound(record, mapping),
            _ => activity::is_question(record, mapping),
        };
        if self.raised.is_empty() || !asks() {
            return 0;
        }
        let verdict = self.router.read(&text(record));
        let raised = verdict.raises();
        let bits = self.raised.iter().enumerate();
        bits.filter(|(_, signal)| raised.contains(**signal))
            .fold(0, |bits, (place, _)| bits | 1 << place)
    }
}

/// What rules read of a record.
pub(super) fn text(record: &Record) -> String {
    let subject = record.line(Core::Subject).unwrap_or_default();
    question(&subject, record.core(Core::Body).unwrap_or_default())
}

/// Every open question of the cache, oldest first.
pub fn questions(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    now: Timestamp,
) -> Result<Questions, EngineError> {
    cache.at_once(|| {
        ledger.at_once(|| {
            let world = World::read(cache, ledger, setup, now, &[])?;
            let reading = Reading {
                cache,
                ledger,
                world: &world,
            };
            let csms = csms(cache)?;
            let mut passed = handoffs::passed(cache, ledger, &world)?;
            let mut open = Vec::new();
            for record in reading.open(&|_| true)? {
                open.push(Question {
                    passed: passed.remove(&(record.kind, record.id.clone())),
                    ..reading.question(&record, &csms)?
                });
            }
            open.sort_by(|one, other| (one.asked, &one.id).cmp(&(other.asked, &other.id)));
            let kinds: &[Kind] = if setup.mapping.emails.inbound.is_empty() {
                &[Kind::Ticket]
            } else {
                &[Kind::Ticket, Kind::Email]
            };
            let early = (!world.complete).then(|| NOT_YET.to_owned());
            Ok(Questions {
                open,
                unread: world.unread.why(kinds).or(early),
                nobody: world.unread.why(&[Kind::Contact]),
            })
        })
    })
}

/// The open complaints that go to me as the lead of the account's CSM, whoever has them, by id.
pub(super) fn complaints(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
) -> Result<Vec<Question>, EngineError> {
    if world.led.is_empty() {
        return Ok(Vec::new());
    }
    let reading = Reading { cache, ledger, world };
    let open = reading.open(&|record| world.rules.raises(record) != 0)?;
    let csms = if open.is_empty() {
        BTreeSet::new()
    } else {
        csms(cache)?
    };
    let mut found = Vec::new();
    for record in open {
        let question = reading.question(&record, &csms)?;
        let csm = question
            .account
            .as_ref()
            .and_then(|account| account.csm_id.as_ref());
        let is_led = csm.is_some_and(|csm| world.led.contains(csm));
        if is_led && question.to_lead == Some(true) {
            found.push(question);
        }
    }
    Ok(found)
}

/// Who looks after any account.
pub(super) fn csms(cache: &Cache) -> Result<BTreeSet<RecordId>, EngineError> {
    let mut csms = BTreeSet::new();
    cache.each_summary(&mut |line| csms.extend(line.csm))?;
    Ok(csms)
}

struct Reading<'a> {
    cache: &'a Cache,
    ledger: &'a Ledger,
    world: &'a World<'a>,
}

impl Reading<'_> {
    /// The records of those open questions that are wanted.
    fn open(&self, wanted: &dyn Fn(&Record) -> bool) -> Result<Vec<Record>, EngineError> {
        let (mapping, shown) = (&self.world.setup.mapping, self.world.shown(self.cache));
        let mut found = Vec::new();
        shown.each_record(Kind::Ticket, &mut |record| {
            let is_open = activity::is_question(&record, mapping) && activity::closed(&record).is_none();
            if is_open && wanted(&record) {
                found.push(record);
            }
        })?;
        if mapping.emails.inbound.is_empty() {
            return Ok(found);
        }
        let since = self.world.now.checked_sub(mapping.emails.within.duration());
        let since = since.unwrap_or(Timestamp::MIN);
        let mut mails = Vec::new();
        shown.each_record(Kind::Email, &mut |record| {
            let may_be_open = activity::is_inbound(&record, mapping) && activity::occurred(&record) >= since;
            if may_be_open && wanted(&record) {
                mails.push(record);
            }
        })?;
        for mail in mails {
            if !self.is_answered(&mail)? {
                found.push(mail);
            }
        }
        Ok(found)
    }

    /// Whether a call, a meeting or an e-mail of ours with one of its accounts came after an e-mail.
    fn is_answered(&self, mail: &Record) -> Result<bool, EngineError> {
        let shown = self.world.shown(self.cache);
        let asked = activity::occurred(mail);
        for id in shown.linked_ids((Kind::Email, &mail.id), Kind::Account)? {
            for kind in [Kind::Call, Kind::Meeting, Kind::Email] {
                let answers = shown.linked((Kind::Account, &id), kind)?;
                let is_answer = |record: &Record| {
                    let at = activity::occurred(record);
                    let is_ours = activity::is_ours(record, &self.world.setup.mapping);
                    at > asked && at <= self.world.now && is_ours
                };
                if answers.iter().any(is_answer) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn question(&self, record: &Record, csms: &BTreeSet<RecordId>) -> Result<Question, EngineError> {
        let (world, routing) = (self.world, &self.world.setup.routing);
        let asked = match record.kind {
            Kind::Email => activity::occurred(record),
            _ => record.created,
        };
        let text = text(record);
        let verdict = world.rules.router.read(&text);
        let asking = self.asking(record)?;
        let support = asking.as_ref().and_then(|(_, account)| account.support);
        let owner = record.core(Core::Owner).map(RecordId::from);
        let calendars = &world.calendars;
        let days = owner
            .as_ref()
            .map_or(calendars.of_anybody(), |owner| calendars.of(owner));
        let csm = asking.as_ref().and_then(|(line, _)| line.csm.as_ref());
        let to_lead = match &asking {
            _ if verdict.raises().is_empty() => Some(false),
            Some((line, _)) => goes_to_lead(routing, line, world),
            None => None,
        };
        let had = |owner: &RecordId| {
            if csms.contains(owner) {
                Desk::Csm
            } else {
                Desk::Support
            }
        };
        let calendar = Calendar {
            zone: &world.zone,
            works: days,
        };
        let within = &routing.answer_within;
        Ok(Question {
            answer_by: support.and_then(|support| within.answer_by(asked, support, calendar)),
            stands_at: within.stands_at(asked, support, calendar),
            had: owner.as_ref().map(had),
            kind: record.kind,
            id: record.id.clone(),
            subject: record.line(Core::Subject).unwrap_or_default(),
            asked,
            business_days: (support == Some(Support::BusinessHours))
                .then(|| days.between(world.day(asked), world.today)),
            requesters: self.requesters(record)?,
            owner_name: owner
                .as_ref()
                .and_then(|owner| world.name_of(owner))
                .map(str::to_owned),
            to_lead,
            has_support: Role::Support.is_of_phase(world.setup.settings.organisation.phase),
            passed: None,
            mine: world.me.is_some() && (owner == world.me || csm == world.me.as_ref()),
            account: asking.map(|(_, account)| account),
            owner,
            text,
            verdict,
        })
    }

    /// The account that a record hangs on, the first by id where there are several.
    fn asking(&self, record: &Record) -> Result<Option<(Summary, Asking)>, EngineError> {
        let shown = self.world.shown(self.cache);
        for id in shown.linked_ids((record.kind, &record.id), Kind::Account)? {
            let Some(line) = self.cache.summary(&id)? else {
                continue;
            };
            let entitlement = self.account(&id)?.and_then(|account| account.entitlement);
            let asking = Asking {
                id,
                name: line.name.clone(),
                csm_id: line.csm.clone(),
                csm: line.csm_name.clone(),
                segment: line.segment.clone(),
                arr: line.arr,
                arr_at_least: line.arr_at_least,
                support: entitlement
                    .as_deref()
                    .and_then(|value| self.world.setup.routing.entitlement.of(value)),
                entitlement,
            };
            return Ok(Some((line, asking)));
        }
        Ok(None)
    }

    fn account(&self, id: &RecordId) -> Result<Option<Account>, EngineError> {
        let record = self.world.shown(self.cache).record(Kind::Account, id)?;
        Ok(record.and_then(|record| account(&record, &self.world.setup.mapping)))
    }

    fn requesters(&self, record: &Record) -> Result<Vec<Requester>, EngineError> {
        let contacts = self
            .world
            .shown(self.cache)
            .linked((record.kind, &record.id), Kind::Contact)?;
        let requester = |record: &Record| Requester {
            name: contact::name(record),
            email: record.line(Core::Email),
        };
        Ok(contacts
            .iter()
            .filter(|one| !one.archived)
            .map(requester)
            .collect())
    }
}

fn goes_to_lead(routing: &Routing, line: &Summary, world: &World<'_>) -> Option<bool> {
    let currency = world.setup.settings.organisation.reporting_currency;
    routing.goes_to_lead(line.arr, line.arr_at_least, currency)
}

/// The accounts that a requester may be of: those of the contacts with this address, else those with its domain, which
/// must be no public one. In the order of their names.
pub fn whose(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    sought: &Sought,
    now: Timestamp,
) -> Result<Vec<Whose>, EngineError> {
    cache.at_once(|| {
        ledger.at_once(|| {
            let world = World::read(cache, ledger, setup, now, &[])?;
            let reading = Reading {
                cache,
                ledger,
                world: &world,
            };
            let mut found = reading.by_contact(sought)?;
            if found.is_empty() && !setup.routing.is_public(sought) {
                for domain in sought.domains() {
                    for id in cache.found_by(Kind::Account, domain)? {
                        if let Some(line) = cache.summary(&id)? {
                            found.insert(id, (line, None));
                        }
                    }
                }
            }
            let mut told = Vec::new();
            for (line, contact) in found.into_values() {
                told.push(reading.whose(line, contact)?);
            }
            told.sort_by(|one, other| {
                (&one.line.name, &one.line.id).cmp(&(&other.line.name, &other.line.id))
            });
            Ok(told)
        })
    })
}

impl Reading<'_> {
    fn by_contact(
        &self,
        sought: &Sought,
    ) -> Result<BTreeMap<RecordId, (Summary, Option<Matched>)>, EngineError> {
        let mut found = BTreeMap::new();
        let Some(mail) = &sought.mail else {
            return Ok(found);
        };
        let (mapping, shown) = (&self.world.setup.mapping, self.world.shown(self.cache));
        let contacts = shown.records(Kind::Contact, &self.cache.found_by(Kind::Contact, mail)?)?;
        for record in contacts.into_iter().filter(|record| !record.archived) {
            for id in shown.linked_ids((Kind::Contact, &record.id), Kind::Account)? {
                if let Some(line) = self.cache.summary(&id)? {
                    let known = Matched {
                        name: contact::name(&record),
                        role: contact::role(&record, mapping),
                        left: has_left(self.world, &record),
                    };
                    found.insert(id, (line, Some(known)));
                }
            }
        }
        Ok(found)
    }

    fn whose(&self, line: Summary, contact: Option<Matched>) -> Result<Whose, EngineError> {
        let entitlement = self.account(&line.id)?.and_then(|account| account.entitlement);
        let tickets = self
            .world
            .shown(self.cache)
            .linked((Kind::Account, &line.id), Kind::Ticket)?;
        let is_open = |ticket: &&Record| !ticket.archived && activity::closed(ticket).is_none();
        let owners: Vec<Owner> = self.world.owners.values().cloned().collect();
        let roster = &self.world.setup.team;
        Ok(Whose {
            away: line
                .csm
                .as_ref()
                .and_then(|csm| roster.doubt(&owners, csm, self.world.today)),
            told_us: self.told_us(&line.id)?,
            support: entitlement
                .as_deref()
                .and_then(|value| self.world.setup.routing.entitlement.of(value)),
            open_tickets: match self.world.unread.why(&[Kind::Ticket]) {
                Some(why) => Err(why),
                None => Ok(tickets.iter().filter(is_open).count() as u32),
            },
            entitlement,
            contact,
            line,
        })
    }

    /// What the customer told us, as the notes of handoffs say it.
    fn told_us(&self, id: &RecordId) -> Result<Result<Vec<ToldUs>, String>, EngineError> {
        if let Some(why) = self.world.unread.why(&[Kind::Note]) {
            return Ok(Err(why));
        }
        let notes = self
            .world
            .shown(self.cache)
            .linked((Kind::Account, id), Kind::Note)?;
        let (cards, _) = handoffs::of_account(self.cache, self.ledger, self.world, id, &notes)?;
        let told = handoff::told(&cards, &self.world.setup.handoffs);
        let told = told.into_iter().take(MOST_TOLD).map(|told| ToldUs {
            on: self.world.day(told.when),
            words: match told.first {
                Some(_) => format!("{} ({EDITED})", one_line(&told.text)),
                None => one_line(&told.text),
            },
        });
        Ok(Ok(told.collect()))
    }
}
