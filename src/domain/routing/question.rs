//! A question of a customer that is open, and whose it is.

use jiff::Timestamp;

use super::{Proposal, Support, Verdict};
use crate::domain::record::{Kind, RecordId};

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
    /// Whether it is a complaint that goes to the lead too; `None` where the ARR is unknown. `Some(false)` for all others.
    pub to_lead: Option<bool>,
    /// Whether it is mine: I own it, or look after the account.
    pub mine: bool,
}

/// The account that asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Asking {
    /// Its id.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// Its CSM's name.
    pub csm: Option<String>,
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

impl Question {
    /// Who is to answer, by the rules and by what was bought.
    pub fn proposal(&self) -> Proposal {
        self.verdict
            .proposal_for(self.account.as_ref().and_then(|account| account.support))
    }
}
