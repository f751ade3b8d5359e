//! Which desk may answer a question, and who of it would receive it: what a person chooses between.

use jiff::civil::Date;

use super::{Desk, Handed, Proposal, Question, Why};
use crate::domain::acts::Somebody;
use crate::domain::handoff::Template;
use crate::domain::record::{Owner, RecordId};
use crate::domain::team::Roster;

/// Who we are, as far as handing a question over needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Staff<'a> {
    /// All of us as the CRM has them.
    pub owners: &'a [Owner],
    /// Who leads whom, who is away, and who stands in.
    pub roster: &'a Roster,
    /// Who takes what goes to support: their address.
    pub support: Option<&'a str>,
    /// Whoever hands it over, if the CRM knows them.
    pub me: Option<&'a Somebody>,
    /// The day it is.
    pub today: Date,
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

/// Why what I have myself is not handed to me; what another has I may take.
pub const YOURS: &str = "it is yours already: it needs no handing over";

impl Question {
    /// The desk that is chosen unless a person says otherwise: the one that the rules propose, the CSM where no support was
    /// bought; `None` where a person decides.
    pub fn desk(&self) -> Option<Desk> {
        match self.proposal() {
            Proposal::Desk(desk) => Some(desk),
            Proposal::Person(Why::NoSupport) => Some(Desk::Csm),
            Proposal::Person(_) => None,
        }
    }
}

impl Staff<'_> {
    /// What it would be to hand a question to a desk, by one of these templates.
    pub fn choice<'t>(
        &self,
        question: &Question,
        desk: Desk,
        templates: impl Iterator<Item = (&'t str, &'t Template)>,
    ) -> DeskChoice {
        let meant = match desk {
            Desk::Csm => self.csm(question),
            Desk::Support => self.support(question),
        };
        let there = meant.and_then(|meant| self.roster.there(self.owners, meant, self.today));
        let whose = match (meant, there) {
            (None, _) => "nobody is known: choose in the form".to_owned(),
            (Some(meant), Some(there)) if there.id == meant.id => meant.name.clone(),
            (Some(meant), there) => {
                let away = self.roster.away(&meant.email, self.today);
                let until =
                    away.map_or_else(|| "gone".to_owned(), |away| format!("away until {}", away.until));
                match there {
                    Some(there) => format!("{}, for {}, {until}", there.name, meant.name),
                    None => format!("{}, {until}, and nobody stands in", meant.name),
                }
            }
        };
        let to = there.map(Somebody::of);
        DeskChoice {
            template: self.template(question, (desk, to.as_ref()), templates),
            handed: Handed {
                lead: self.lead(question),
                question: question.clone(),
                decided: desk,
                to,
            },
            whose,
        }
    }

    /// The template between the two desks; or why nothing is handed over.
    fn template<'t>(
        &self,
        question: &Question,
        (desk, to): (Desk, Option<&Somebody>),
        mut templates: impl Iterator<Item = (&'t str, &'t Template)>,
    ) -> Result<String, String> {
        if to.is_some_and(|to| Some(to) == self.me && question.owner.as_ref() == Some(&to.id)) {
            return Err(YOURS.to_owned());
        }
        if question.account.is_none() {
            return Err(
                "the question belongs to no account of the cache, and a handoff is of one".to_owned(),
            );
        }
        let (from, to) = match desk {
            Desk::Csm => ("support", "csm"),
            Desk::Support => ("csm", "support"),
        };
        let found = templates.find(|(_, template)| template.is_between(from, to));
        found.map(|(id, _)| id.to_owned()).ok_or_else(|| {
            format!(
                "the organisation's phase has no handoff from {from} to {to}: handoffs.toml says which it has"
            )
        })
    }

    fn owner(&self, id: Option<&RecordId>) -> Option<&Owner> {
        self.owners.iter().find(|owner| Some(&owner.id) == id)
    }

    fn csm(&self, question: &Question) -> Option<&Owner> {
        self.owner(question.account.as_ref()?.csm_id.as_ref())
    }

    /// Who takes what goes to support, as the settings say; else who of support has it already.
    fn support(&self, question: &Question) -> Option<&Owner> {
        self.support
            .and_then(|email| Owner::find(self.owners, email))
            .or_else(|| {
                let has_it = question.had == Some(Desk::Support);
                self.owner(question.owner.as_ref()).filter(|_| has_it)
            })
    }

    /// Who leads the account's CSM, or stands in for them, where a complaint goes to them too.
    fn lead(&self, question: &Question) -> Option<Somebody> {
        let csm = self.csm(question).filter(|_| question.to_lead == Some(true))?;
        let lead = Owner::find(self.owners, self.roster.lead_of(&csm.email)?)?;
        let there = self.roster.there(self.owners, lead, self.today);
        there.map(Somebody::of)
    }
}
