//! A question of a customer that is open, and whose it is.

use jiff::{Timestamp, Zoned};

use super::{Desk, Proposal, Support, Verdict, Why};
use crate::domain::desk::late_from;
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
    /// By when it is to be answered (UTC); `None` where that is not known, or no time is set for what was bought.
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

    /// Whether its answer is late by a reader's own clock, as all that is due; not where it is unknown by when it is to be answered.
    pub fn is_late(&self, now: &Zoned) -> bool {
        let by = self.answer_by.map(|by| by.to_zoned(now.time_zone().clone()));
        let from = by.and_then(|by| late_from(by.date(), Some(by.time())));
        from.is_some_and(|from| from <= now.datetime())
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::tz::TimeZone;

    use crate::app::play::routing::questions;

    #[test]
    fn a_question_is_late_once_its_minute_is_over_as_a_handoff_of_it_is() {
        let mut question = questions().open.remove(0);
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().to_zoned(TimeZone::UTC);
        question.answer_by = Some(at("2026-11-23T10:00:00Z").timestamp());
        assert!(!question.is_late(&at("2026-11-23T10:00:30Z")));
        assert!(question.is_late(&at("2026-11-23T10:01:00Z")));
        question.answer_by = None;
        assert!(!question.is_late(&at("2027-11-23T10:01:00Z")));
    }
}
