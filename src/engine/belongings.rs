//! What belongs to an account, drawn together from the cache and the ledger.

use jiff::Timestamp;

use crate::domain::contract::Contract;
use crate::domain::record::{Kind, Record, RecordId};
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::contracts_then::PastContracts;
use super::departures;
use super::interpret::{activity, contact};
use super::past::{self, Past, PastBuilder};
use super::world::{World, settled};

/// What belongs to one account, as far as scores, money and signals ask for it.
#[derive(Debug, Clone, Default)]
pub struct Belongings {
    /// Contacts, those who left too.
    pub contacts: Vec<Contact>,
    /// Contracts and deals about them.
    pub contracts: Vec<Contract>,
    /// The same as they stood in the past; none where no instant of it was asked for.
    pub past_contracts: Option<PastContracts>,
    /// Tickets.
    pub tickets: Vec<Ticket>,
    /// E-mails of customers that raise a signal of the routing desk.
    pub mails: Vec<Mail>,
    /// When each touchpoint happened, in seconds since 1970, oldest first. One that was logged since the last sync
    /// counts as of the end of the data.
    pub touches: Vec<i64>,
    /// When the last touchpoint happened, in seconds since 1970.
    pub last_touch: Option<i64>,
    /// Touchpoints that are still to come, in seconds since 1970, and whether each was made since the end of the data.
    pub coming: Vec<(i64, bool)>,
    /// Whether a touchpoint counts as of the end of the data because it was logged since.
    pub logged_since: bool,
    /// Answers to "would you recommend us": (second since 1970, 0 to 10), oldest first.
    pub surveys: Vec<(i64, f64)>,
    /// Its past.
    pub past: Past,
}

/// A contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// Whether they are marked as a champion.
    pub champion: bool,
    /// Whether any role is known of them.
    pub has_role: bool,
    /// Which of the roles that are asked for they have, the first in the lowest bit.
    pub roles: u64,
    /// When the contact was made, in seconds since 1970.
    pub since: i64,
    /// When they left, in seconds since 1970.
    pub left: Option<i64>,
}

/// A ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// When it was opened, in seconds since 1970.
    pub opened: i64,
    /// When it was closed, in seconds since 1970.
    pub closed: Option<i64>,
    /// Whether it is urgent.
    pub urgent: bool,
    /// Which of the signals that rules of the routing desk raise it raises, the first in the lowest bit.
    pub raises: u64,
}

/// An e-mail of a customer that is a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mail {
    /// When it came, in seconds since 1970.
    pub asked: i64,
    /// The second since 1970 from which on it is open no more: the first touchpoint of ours after it, or its age. It may be
    /// yet to come.
    pub until: i64,
    /// Which of the signals that rules of the routing desk raise it raises, the first in the lowest bit.
    pub raises: u64,
}

/// Kinds that hang on accounts directly and are drawn together here.
const KINDS: [Kind; 6] = [
    Kind::Contact,
    Kind::Contract,
    Kind::Ticket,
    Kind::Call,
    Kind::Meeting,
    Kind::Email,
];

impl Belongings {
    /// Those of one account.
    pub fn of(cache: &Cache, ledger: &Ledger, world: &World<'_>, id: &RecordId) -> Result<Self, EngineError> {
        let mut own = Self::default();
        let shown = world.shown(cache);
        let mut answers = Vec::new();
        for kind in KINDS {
            for record in shown.linked((Kind::Account, id), kind)? {
                own.take(ledger, world, &record)?;
                if kind.is_touchpoint() && activity::is_ours(&record, &world.setup.mapping) {
                    answers.push(activity::occurred(&record).as_second());
                }
                if kind == Kind::Contact {
                    for survey in shown.linked((Kind::Contact, &record.id), Kind::Survey)? {
                        own.take(ledger, world, &survey)?;
                    }
                }
            }
        }
        own.past = past(ledger, world, id)?;
        own.answer(&answers);
        own.settle();
        Ok(own)
    }

    fn take(&mut self, ledger: &Ledger, world: &World<'_>, record: &Record) -> Result<(), EngineError> {
        if record.archived {
            return Ok(());
        }
        match record.kind {
            Kind::Contact => self.take_contact(ledger, world, record)?,
            Kind::Contract => {
                self.contracts.extend(world.contract(record));
            }
            Kind::Ticket => self.tickets.push(Ticket {
                opened: record.created.as_second(),
                closed: activity::closed(record).map(Timestamp::as_second),
                urgent: activity::is_urgent(record),
                raises: world.rules.raises(record),
            }),
            Kind::Survey => {
                let at = activity::occurred(record).as_second();
                self.surveys
                    .extend(activity::nps(record).map(|score| (at, score)));
            }
            kind if kind.is_touchpoint() => {
                let fresh = record.created >= settled(world.data_until);
                let at = activity::occurred(record).as_second();
                self.take_touch(world, at, fresh);
                if kind == Kind::Email {
                    self.take_mail(world, record, at);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take_mail(&mut self, world: &World<'_>, record: &Record, asked: i64) {
        let raises = world.rules.raises(record);
        if raises != 0 {
            let within = world.setup.mapping.emails.within.duration().as_secs();
            let until = asked.saturating_add(within).saturating_add(1);
            self.mails.push(Mail { asked, until, raises });
        }
    }

    /// An e-mail is answered by the first touchpoint of ours after it.
    fn answer(&mut self, answers: &[i64]) {
        for mail in &mut self.mails {
            let after = answers.iter().filter(|at| **at > mail.asked).min();
            mail.until = after.map_or(mail.until, |at| mail.until.min(*at));
        }
    }

    /// A meeting that is still to come is no touch. What was logged since the last sync counts at once, as if at the end
    /// of the data.
    fn take_touch(&mut self, world: &World<'_>, at: i64, fresh: bool) {
        if at > world.now.as_second() {
            return self.coming.push((at, fresh));
        }
        self.last_touch = self.last_touch.max(Some(at));
        let until = world.data_until.as_second();
        self.logged_since |= fresh && at > until;
        self.touches.push(if fresh { at.min(until) } else { at });
    }

    /// Makes touchpoints of those that were still to come and have come.
    pub fn take_what_has_come(&mut self, world: &World<'_>) {
        for (at, fresh) in std::mem::take(&mut self.coming) {
            self.take_touch(world, at, fresh);
        }
        self.touches.sort_unstable();
        self.coming.sort_unstable();
    }

    fn take_contact(
        &mut self,
        ledger: &Ledger,
        world: &World<'_>,
        record: &Record,
    ) -> Result<(), EngineError> {
        let mapping = &world.setup.mapping;
        let left = departures::left_at(ledger, world, record)?;
        let role = contact::role(record, mapping);
        let has = |asked: &String| {
            role.iter()
                .flat_map(|role| role.split(", "))
                .any(|one| one == asked)
        };
        let bit = |(place, asked): (usize, &String)| u64::from(has(asked)) << place;
        self.contacts.push(Contact {
            champion: role.as_deref().is_some_and(contact::is_champion),
            has_role: role.is_some(),
            roles: world.wanted.roles.iter().enumerate().map(bit).sum(),
            since: record.created.as_second(),
            left: left.map(Timestamp::as_second),
        });
        Ok(())
    }

    /// Puts everything into a fixed order, so that the order of reading does not show.
    fn settle(&mut self) {
        self.contacts
            .sort_unstable_by_key(|contact| (contact.since, contact.left, contact.champion, contact.roles));
        self.contracts
            .sort_by(|one, other| (one.end, &one.id).cmp(&(other.end, &other.id)));
        self.tickets
            .sort_by_key(|ticket| (ticket.opened, ticket.closed, ticket.urgent));
        self.mails.sort_unstable();
        self.touches.sort_unstable();
        self.coming.sort_unstable();
        self.surveys
            .sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    }
}

/// The past of an account, and before it the past of those that were merged into it.
fn past(ledger: &Ledger, world: &World<'_>, id: &RecordId) -> Result<Past, EngineError> {
    let fields = world.wanted.fields();
    if !world.merged.contains_key(id) {
        let mut builder = PastBuilder::new(&world.wanted);
        for observed in ledger.past(Kind::Account, id, &fields)? {
            builder.take(&observed);
        }
        return Ok(builder.finish(None));
    }
    let mut histories = Vec::new();
    for id in world.ids_of(id) {
        histories.push(ledger.past(Kind::Account, id, &fields)?);
    }
    Ok(past::joined(&world.wanted, histories))
}
