//! A question that a person gives to a desk: what its handoff says beside the template, and what goes with it.

use super::{Desk, Proposal, Question, Routed};
use crate::domain::acts::task::{self, NewTask};
use crate::domain::acts::{About, Occasion, Somebody, asked};
use crate::domain::outbox::{NewEntry, Target};
use crate::domain::record::Kind;

/// A question that is given to a desk.
#[derive(Debug, Clone, PartialEq)]
pub struct Handed {
    /// The question.
    pub question: Question,
    /// The desk that a person decided on.
    pub decided: Desk,
    /// Who of that desk receives it unless the person says otherwise, where that is known.
    pub to: Option<Somebody>,
    /// Who leads the account's CSM, where it is a complaint that goes to them too.
    pub lead: Option<Somebody>,
}

impl Handed {
    /// What the note says of the decision.
    pub fn routed(&self) -> Routed {
        Routed {
            kind: self.question.kind,
            question: self.question.id.clone(),
            had: self.question.had,
            decided: self.decided,
            rules: match self.question.proposal() {
                Proposal::Desk(desk) => Some(desk),
                Proposal::Person(_) => None,
            },
        }
    }

    /// The question with who asks and what the rules say, in one line. It is read on other days too: a day stands in it as a
    /// date.
    pub fn told(&self, on: &Occasion) -> String {
        let question = &self.question;
        let day = question.asked.to_zoned(on.zone.clone()).date();
        format!(
            "“{}” ({} {}), asked by {} on {day}. {}.",
            question.subject,
            question.kind.word(),
            question.id,
            question.asked_by(),
            question.because()
        )
    }

    /// The customer's own words: without the subject where there are others.
    pub fn their_words(&self) -> String {
        let question = &self.question;
        let rest = question
            .text
            .strip_prefix(question.subject.as_str())
            .map(str::trim);
        rest.filter(|rest| !rest.is_empty())
            .unwrap_or(&question.text)
            .to_owned()
    }

    /// Who asks, with their addresses, a line each.
    pub fn requesters(&self) -> String {
        let named = self.question.requesters.iter().map(|one| match &one.email {
            Some(email) => format!("{} <{email}>", one.name),
            None => one.name.clone(),
        });
        named.collect::<Vec<_>>().join("\n")
    }

    /// The record that what is made of it is about, beside the account.
    pub fn about(&self) -> Option<(Kind, Target)> {
        let is_ticket = self.question.kind == Kind::Ticket;
        is_ticket.then(|| (Kind::Ticket, Target::of(&self.question.id)))
    }

    /// Who leads the account's CSM and is told, unless they write or receive it themselves.
    pub fn told_lead(&self, me: &Somebody, to: &Somebody) -> Option<&Somebody> {
        let lead = self.lead.as_ref()?;
        (lead.id != me.id && lead.id != to.id).then_some(lead)
    }

    /// What goes with the handoff: the ticket or the e-mail becomes the receiver's, and the lead has a task where it is a
    /// complaint that goes to them too.
    pub fn entries(
        &self,
        on: &Occasion,
        about: &About,
        to: &Somebody,
        mark: &str,
    ) -> Result<Vec<NewEntry>, String> {
        let mut entries = Vec::new();
        let question = &self.question;
        if question.owner.as_ref() != Some(&to.id) {
            let asked = asked::Asked {
                kind: question.kind,
                target: Target::of(&question.id),
                subject: question.subject.clone(),
                owner: question.owner.as_ref().map(ToString::to_string),
            };
            entries.push(asked::give(on, about, &asked, to));
        }
        if let Some(lead) = self.told_lead(&on.me, to) {
            let asked = NewTask {
                subject: format!("A complaint of {}: {}", about.name, question.subject),
                body: format!(
                    "{} {} gave it to {}.\n{}\n\n{}\n\n{mark}",
                    self.told(on),
                    on.me.name,
                    to.name,
                    self.requesters(),
                    self.their_words()
                ),
                due: None,
                at: None,
                owner: Some(lead.clone()),
            };
            entries.push(task::make(on, about, &asked)?);
        }
        Ok(entries)
    }
}
