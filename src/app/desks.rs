//! Which desk may answer a question, and who of it would receive it: what a person chooses between.

use super::model::Model;
use super::outbox::Outbox;
use crate::domain::acts::Somebody;
use crate::domain::record::{Owner, RecordId};
use crate::domain::routing::{Desk, Handed, Proposal, Question, Why};

/// The two desks for a question, one of which a person decides on.
#[derive(Debug, Clone, PartialEq)]
pub struct Deciding {
    /// The CSM, then support.
    pub choices: [DeskChoice; 2],
    /// The chosen one; none where a person is to decide and has not yet.
    pub at: Option<usize>,
}

/// A desk, with what would be handed to it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskChoice {
    /// What would be handed over.
    pub handed: Handed,
    /// Who receives it, and for whom, in words.
    pub whose: String,
    /// Id of the template by which it is handed over; or why it cannot be, in one sentence.
    pub template: Result<String, String>,
}

impl Deciding {
    /// The desks for a question: the proposed one is chosen already.
    pub fn of(model: &Model, question: &Question) -> Self {
        Self {
            choices: [Desk::Csm, Desk::Support].map(|desk| choice(model, question, desk)),
            at: match question.proposal() {
                Proposal::Desk(Desk::Csm) | Proposal::Person(Why::NoSupport) => Some(0),
                Proposal::Desk(Desk::Support) => Some(1),
                Proposal::Person(_) => None,
            },
        }
    }

    /// The chosen desk.
    pub fn chosen(&self) -> Option<&DeskChoice> {
        self.choices.get(self.at?)
    }

    /// To the other desk.
    pub fn turn(&mut self) {
        self.at = Some(self.at.map_or(0, |at| 1 - at));
    }
}

fn choice(model: &Model, question: &Question, desk: Desk) -> DeskChoice {
    let outbox = &model.outbox;
    let meant = match desk {
        Desk::Csm => csm(outbox, question),
        Desk::Support => support(outbox, question),
    };
    let there = meant.and_then(|meant| outbox.means.roster.there(&outbox.owners, meant, model.today));
    let whose = match (meant, there) {
        (None, _) => "nobody is known: choose in the form".to_owned(),
        (Some(meant), Some(there)) if there.id == meant.id => meant.name.clone(),
        (Some(meant), there) => {
            let away = outbox.means.roster.away(&meant.email, model.today);
            let until = away.map_or_else(|| "gone".to_owned(), |away| format!("away until {}", away.until));
            match there {
                Some(there) => format!("{}, for {}, {until}", there.name, meant.name),
                None => format!("{}, {until}, and nobody stands in", meant.name),
            }
        }
    };
    let to = there.map(Somebody::of);
    DeskChoice {
        template: template(outbox, question, (desk, to.as_ref())),
        handed: Handed {
            lead: lead(model, question),
            question: question.clone(),
            decided: desk,
            to,
        },
        whose,
    }
}

/// The template between the two desks; or why nothing is handed over.
fn template(
    outbox: &Outbox,
    question: &Question,
    (desk, to): (Desk, Option<&Somebody>),
) -> Result<String, String> {
    if to.is_some() && to == outbox.me.as_ref() {
        let why = match desk {
            Desk::Csm => "you are whom it would go to: it needs no handing over",
            Desk::Support => "you take what goes to support: it needs no handing over",
        };
        return Err(why.to_owned());
    }
    if question.account.is_none() {
        return Err("the question belongs to no account of the cache, and a handoff is of one".to_owned());
    }
    let (from, to) = match desk {
        Desk::Csm => ("support", "csm"),
        Desk::Support => ("csm", "support"),
    };
    let mut templates = outbox.means.handoffs.iter();
    templates
        .find(|(_, template)| template.is_between(from, to))
        .map(|(id, _)| id.clone())
        .ok_or_else(|| {
            format!(
                "the organisation's phase has no handoff from {from} to {to}: handoffs.toml says which it has"
            )
        })
}

fn owner<'a>(outbox: &'a Outbox, id: Option<&RecordId>) -> Option<&'a Owner> {
    outbox.owners.iter().find(|owner| Some(&owner.id) == id)
}

fn csm<'a>(outbox: &'a Outbox, question: &Question) -> Option<&'a Owner> {
    owner(outbox, question.account.as_ref()?.csm_id.as_ref())
}

/// Who takes what goes to support, as the settings say; else who of support has it already.
fn support<'a>(outbox: &'a Outbox, question: &Question) -> Option<&'a Owner> {
    let named = outbox.means.support.as_deref();
    named
        .and_then(|email| Owner::find(&outbox.owners, email))
        .or_else(|| {
            let has_it = question.had == Some(Desk::Support);
            owner(outbox, question.owner.as_ref()).filter(|_| has_it)
        })
}

/// Who leads the account's CSM, or stands in for them, where a complaint goes to them too.
fn lead(model: &Model, question: &Question) -> Option<Somebody> {
    let outbox = &model.outbox;
    let csm = csm(outbox, question).filter(|_| question.to_lead == Some(true))?;
    let lead = Owner::find(&outbox.owners, outbox.means.roster.lead_of(&csm.email)?)?;
    let there = outbox.means.roster.there(&outbox.owners, lead, model.today);
    there.map(Somebody::of)
}
