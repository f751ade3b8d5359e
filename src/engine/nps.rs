//! What customers answered to "would you recommend us", drawn together from the cache for [`crate::domain::nps`].

mod then;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::Setup;
use crate::domain::acts::days::end_of;
use crate::domain::desk::NOT_YET;
use crate::domain::nps::{Answer, Report, Surveyed, report};
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::domain::summary::Summary;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::departures::{has_left, left_at};
use super::interpret::{activity, contact};
use super::world::World;
use then::{Was, accounts_then};

/// Contacts by the accounts they belong to, and the other way round.
#[derive(Default)]
struct Links {
    /// The accounts of a contact, by id.
    homes: HashMap<RecordId, BTreeSet<RecordId>>,
    /// The contact of a survey answer, the first by id.
    answered_by: HashMap<RecordId, RecordId>,
}

/// What customers had answered by the end of a day; by now without one.
pub fn nps(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    day: Option<Date>,
    now: Timestamp,
) -> Result<Report, EngineError> {
    cache.at_once(|| {
        ledger.at_once(|| {
            let world = World::read(cache, ledger, setup, now, &[])?;
            Survey::of(cache, ledger, &world, day)?.told()
        })
    })
}

/// One look at answers and accounts.
struct Survey<'a> {
    cache: &'a Cache,
    ledger: &'a Ledger,
    world: &'a World<'a>,
    /// The last day that counts.
    day: Date,
    /// Its last instant, or now (UTC).
    end: Timestamp,
    summaries: BTreeMap<RecordId, Summary>,
    links: Links,
}

impl<'a> Survey<'a> {
    fn of(
        cache: &'a Cache,
        ledger: &'a Ledger,
        world: &'a World<'a>,
        day: Option<Date>,
    ) -> Result<Self, EngineError> {
        let day = day.filter(|day| *day < world.today);
        let end = day.and_then(|day| end_of(day, &world.zone));
        let mut summaries = BTreeMap::new();
        cache.each_summary(&mut |summary| {
            summaries.insert(summary.id.clone(), summary);
        })?;
        let mut links = Links::default();
        cache.each_link(Kind::Account, Kind::Contact, &mut |account, contact| {
            let account = RecordId::from(account);
            if summaries.contains_key(&account) {
                let homes = links.homes.entry(RecordId::from(contact)).or_default();
                homes.insert(account);
            }
        })?;
        cache.each_link(Kind::Contact, Kind::Survey, &mut |contact, survey| {
            let contact = RecordId::from(contact);
            let by = links.answered_by.entry(RecordId::from(survey));
            let by = by.or_insert_with(|| contact.clone());
            if contact < *by {
                *by = contact;
            }
        })?;
        Ok(Self {
            cache,
            ledger,
            world,
            day: day.unwrap_or(world.today),
            end: end.unwrap_or(world.now),
            summaries,
            links,
        })
    }

    /// Whether the day is over.
    fn is_past(&self) -> bool {
        self.end < self.world.now
    }

    fn told(&self) -> Result<Report, EngineError> {
        let mut answers = self.answers()?;
        let contacts = self.contacts(&mut answers)?;
        let now = self.summaries.values().map(|summary| {
            let contacts = contacts.get(&summary.id).copied().unwrap_or(0);
            Self::account(summary, contacts)
        });
        let accounts: Vec<Surveyed> = if self.is_past() {
            let mut then = accounts_then(self.cache, self.ledger, self.world, (self.day, self.end))?;
            let was = now.filter_map(|account| Some((then.remove(&account.id)?, account)));
            was.map(|(was, account)| self.account_then(account, was))
                .collect()
        } else {
            now.collect()
        };
        let mut told = report(self.day, &accounts, &answers);
        let hidden = [Kind::Survey, Kind::Contact]
            .into_iter()
            .find_map(|kind| self.world.unread.why(&[kind]));
        told.unread = match hidden {
            None if !self.world.complete => Some(NOT_YET.to_owned()),
            hidden => hidden,
        };
        Ok(told)
    }

    fn answers(&self) -> Result<Vec<Answer>, EngineError> {
        let mut answers = Vec::new();
        self.world
            .shown(self.cache)
            .each_record(Kind::Survey, &mut |record| {
                answers.extend(self.answer(&record));
            })?;
        Ok(answers)
    }

    /// A survey's record as an answer, if it was known by then.
    fn answer(&self, record: &Record) -> Option<Answer> {
        let at = activity::occurred(record);
        let score = activity::nps(record)?;
        if record.archived || at.max(record.created) > self.end {
            return None;
        }
        let contact = self.links.answered_by.get(&record.id).cloned();
        let homes = contact.as_ref().and_then(|contact| self.links.homes.get(contact));
        Some(Answer {
            id: record.id.clone(),
            // Whoever is not known answered for themselves alone.
            contact: contact.unwrap_or_else(|| record.id.clone()),
            who: String::new(),
            accounts: homes.into_iter().flatten().cloned().collect(),
            at,
            day: self.world.day(at),
            score,
            words: record.core(Core::Body).unwrap_or_default().trim().to_owned(),
        })
    }

    /// How many contacts each account had; names those who answered on the way.
    fn contacts(&self, answers: &mut [Answer]) -> Result<HashMap<RecordId, u32>, EngineError> {
        let mut answered: HashMap<RecordId, Vec<usize>> = HashMap::new();
        for (at, answer) in answers.iter().enumerate() {
            answered.entry(answer.contact.clone()).or_default().push(at);
        }
        let (mut counts, mut left) = (HashMap::new(), Vec::new());
        let count = |record: &Record, counts: &mut HashMap<RecordId, u32>| {
            for account in self.links.homes.get(&record.id).into_iter().flatten() {
                *counts.entry(account.clone()).or_default() += 1;
            }
        };
        self.world
            .shown(self.cache)
            .each_record(Kind::Contact, &mut |record| {
                for at in answered.get(&record.id).into_iter().flatten() {
                    answers[*at].who = contact::name(&record);
                }
                if record.archived || record.created > self.end {
                    return;
                }
                if !has_left(self.world, &record) {
                    count(&record, &mut counts);
                } else if self.is_past() {
                    left.push(record);
                }
            })?;
        for record in left {
            if left_at(self.ledger, self.world, &record)?.is_none_or(|left| left > self.end) {
                count(&record, &mut counts);
            }
        }
        Ok(counts)
    }

    /// An account as it is now.
    fn account(summary: &Summary, contacts: u32) -> Surveyed {
        Surveyed {
            id: summary.id.clone(),
            name: summary.name.clone(),
            segment: summary.segment.clone(),
            owner: summary.csm_name.clone(),
            arr: summary.arr,
            arr_at_least: summary.arr_at_least,
            contacts,
            customer: !summary.has_churned(),
        }
    }

    /// The same as it was on a day of the past.
    fn account_then(&self, told: Surveyed, was: Was) -> Surveyed {
        let name = |csm: RecordId| self.world.name_of(&csm).map(str::to_owned);
        Surveyed {
            segment: was.segment,
            owner: was.csm.and_then(name),
            arr: was.arr.at_least(),
            arr_at_least: was.arr.unknown > 0,
            customer: was.customer,
            ..told
        }
    }
}
