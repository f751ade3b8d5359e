//! A question of a customer that is open, and whose it is.

use jiff::{Timestamp, Zoned};

use super::{Desk, Proposal, Support, Verdict, Why};
use crate::domain::acts::Somebody;
use crate::domain::desk::HandoffState;
use crate::domain::money::Currency;
use crate::domain::record::{Kind, RecordId};
use crate::domain::words;

/// Why the CSM answers where the organisation's phase has no support.
pub const NO_SUPPORT: &str = "the organisation's phase has no support: the CSM answers";

/// The open questions, and why not all of them are known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Questions {
    /// Oldest first.
    pub open: Vec<Question>,
    /// What of tickets and e-mails cannot be read.
    pub unread: Option<String>,
    /// Why requesters are not known, where contacts cannot be read.
    pub nobody: Option<String>,
}

impl Questions {
    /// The same with complaints at the head that go to the lead too, or may, then what is due first.
    #[must_use]
    pub fn pressing_first(mut self) -> Self {
        let is_for_desk = |one: &Question| one.to_lead == Some(false);
        self.open
            .sort_by_key(|one| (is_for_desk(one), one.stands_at, one.asked));
        self
    }
}

/// An open question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// A ticket or an e-mail.
    pub kind: Kind,
    /// The CRM's id.
    pub id: RecordId,
    /// Its subject, as one line.
    pub subject: String,
    /// What the rules have read.
    pub text: String,
    /// When it was asked (UTC).
    pub asked: Timestamp,
    /// So many business days have passed since; where only those count for its account.
    pub business_days: Option<i32>,
    /// By when it is to be answered (UTC); `None` where that is not known, or there is no such time: see
    /// [`Question::answers_by`].
    pub answer_by: Option<Timestamp>,
    /// Where it stands among the others, earliest first (UTC).
    pub stands_at: Timestamp,
    /// What the rules say of it.
    pub verdict: Verdict,
    /// Who asks, of whose account; `None` where no account in the cache has it.
    pub account: Option<Asking>,
    /// The contacts whom the CRM has with it, by name and address.
    pub requesters: Vec<Requester>,
    /// Whose it is in the CRM.
    pub owner: Option<RecordId>,
    /// Their name.
    pub owner_name: Option<String>,
    /// The desk that has it: that of its owner, who is a CSM or else of support; `None` where nobody owns it.
    pub had: Option<Desk>,
    /// Whether it is a complaint that goes to the lead too; `None` where the ARR is unknown. `Some(false)` for all others.
    pub to_lead: Option<bool>,
    /// Whether it is mine: I own it, or look after the account.
    pub mine: bool,
    /// The handoff by which it was handed over last; `None` where it never was.
    pub passed: Option<Passed>,
    /// Whether the organisation's phase has support: without it the CSM answers whatever the rules say.
    pub has_support: bool,
}

/// The account that asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Asking {
    /// Its id.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// Its CSM.
    pub csm_id: Option<RecordId>,
    /// Its CSM's name.
    pub csm: Option<String>,
    /// Its segment, as mapped.
    pub segment: Option<String>,
    /// Its ARR in minor units of the reporting currency; `None` is unknown.
    pub arr: Option<i64>,
    /// Whether the ARR is only the known part of it.
    pub arr_at_least: bool,
    /// Its support entitlement, as mapped.
    pub entitlement: Option<String>,
    /// What that means; `None` where `routing.toml` does not say.
    pub support: Option<Support>,
}

/// Why there is no time by which a question is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Never {
    /// `—` where it is known that there is none, `?` where nobody knows.
    pub sign: &'static str,
    /// Why, as a part of a sentence.
    pub why: &'static str,
}

/// A handoff of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Its id.
    pub handoff: String,
    /// Name of who received it, raw; `None` where its note names nobody.
    pub to: Option<String>,
    /// When it was handed over (UTC).
    pub when: Timestamp,
    /// Where it stands by now.
    pub state: HandoffState,
}

impl Passed {
    /// The sign and the word that mark its question in a list.
    pub fn mark(&self) -> &'static str {
        match self.state {
            HandoffState::Returned => "↩ returned",
            _ => "↪ handed over",
        }
    }

    /// Who has it since when, and by which handoff: `Mara Lindt has it already, since today 10:51, by handoff H-7 (sent)`.
    pub fn told(&self, now: &Zoned) -> String {
        let when = self.when.to_zoned(now.time_zone().clone());
        let to = self.to.as_deref().unwrap_or("somebody");
        let (day, at) = (words::weekday(now.date(), when.date()), when.strftime("%H:%M"));
        let Self { handoff, state, .. } = self;
        match state {
            HandoffState::Returned => {
                format!("{to} returned it: it was handed over {day} {at}, by handoff {handoff}")
            }
            _ => format!(
                "{to} has it already, since {day} {at}, by handoff {handoff} ({})",
                words::handoff(*state)
            ),
        }
    }

    fn is_to(&self, somebody: &Somebody) -> bool {
        let to = self.to.as_deref().map(str::trim);
        to.is_some_and(|to| to.eq_ignore_ascii_case(&somebody.name))
    }
}

/// A contact of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    /// The name.
    pub name: String,
    /// The address.
    pub email: Option<String>,
}

impl Asking {
    /// Its ARR in a few cells: `$84k`, `≥$31k` where only a part of it is known, `?`.
    pub fn arr_in_words(&self, currency: Currency) -> String {
        let sign = if self.arr_at_least && self.arr.is_some() {
            "≥"
        } else {
            ""
        };
        format!("{sign}{}", words::money(self.arr, currency))
    }
}

impl Question {
    /// Who is to answer, by the rules and by what was bought.
    pub fn proposal(&self) -> Proposal {
        let bought = self.account.as_ref().and_then(|account| account.support);
        self.verdict.proposal_for(self.has_support, bought)
    }

    /// By when it is to be answered (UTC), or why there is no such time.
    pub fn answers_by(&self) -> Result<Timestamp, Never> {
        let bought = self.account.as_ref().and_then(|account| account.support);
        let (sign, why) = match bought {
            None => ("?", "what it has bought of support is unknown"),
            Some(Support::None) => ("—", "it has bought no support"),
            Some(_) => (
                "—",
                "answer_within in routing.toml sets no time for what it has bought",
            ),
        };
        self.answer_by.ok_or(Never { sign, why })
    }

    /// What its account has bought of support, in words: what its clock runs on.
    pub fn clock(&self) -> &'static str {
        match &self.account {
            None => "what was bought of support is unknown",
            Some(account) => match account.support {
                Some(Support::Always) => "support around the clock",
                Some(Support::BusinessHours) => "support on business days",
                Some(Support::None) => "no support was bought",
                None => "what was bought of support is unknown",
            },
        }
    }

    /// Why this desk, as a sentence without its end: the rules with the words that they found.
    pub fn because(&self) -> String {
        let found: Vec<String> = self
            .verdict
            .routes()
            .into_iter()
            .map(|route| self.found(route))
            .collect();
        let said = found.join("; ");
        if !self.has_support {
            return NO_SUPPORT.to_owned();
        }
        match self.proposal() {
            Proposal::Person(Why::NoRule) => "no rule finds a word of its own: a person decides".to_owned(),
            Proposal::Desk(_) => said,
            Proposal::Person(why) => {
                let person = Proposal::Person(why);
                format!("{said}: {}, {}", person.why().unwrap_or_default(), person.words())
            }
        }
    }

    /// A rule with the words that it found: `complaint “No answer on ticket”, “not acceptable” → CSM`.
    fn found(&self, route: &str) -> String {
        let hits: Vec<_> = self
            .verdict
            .hits
            .iter()
            .filter(|hit| hit.route == route)
            .collect();
        let words: Vec<String> = hits.iter().map(|hit| format!("“{}”", hit.words)).collect();
        let desk = hits.first().map_or("?", |hit| hit.desk.title());
        format!("{route} {} → {desk}", words.join(", "))
    }

    /// Its subject as a list shows it: marked where it is handed over already.
    pub fn marked_subject(&self) -> String {
        match &self.passed {
            Some(passed) => format!("{} · {}", passed.mark(), self.subject),
            None => self.subject.clone(),
        }
    }

    /// That it would be handed over once more, as a sentence without its end: somebody else than me received it, or who
    /// is to receive it now has it already. What I received I may hand on.
    pub fn again(&self, me: &Somebody, to: Option<&Somebody>, now: &Zoned) -> Option<String> {
        let passed = self.passed.as_ref().filter(|passed| !passed.is_to(me));
        let has_it = to.filter(|to| to.id != me.id && self.owner.as_ref() == Some(&to.id));
        match (passed, has_it) {
            (Some(passed), _) => Some(passed.told(now)),
            (None, Some(to)) => Some(format!("{} has it already", to.name)),
            (None, None) => None,
        }
    }

    /// Who has it, in words: `support has it: Ben Osei`.
    pub fn who_has_it(&self) -> String {
        match (self.had, &self.owner_name) {
            (Some(desk), Some(name)) => format!("{} has it: {name}", desk.title()),
            (Some(desk), None) => format!("{} has it", desk.title()),
            (None, _) => "nobody has it".to_owned(),
        }
    }

    /// Who asks: the first by name, and how many more; `?` where nobody is known.
    pub fn asked_by(&self) -> String {
        match self.requesters.as_slice() {
            [] => "?".to_owned(),
            [only] => only.name.clone(),
            [first, others @ ..] => format!("{} +{}", first.name, others.len()),
        }
    }
}
