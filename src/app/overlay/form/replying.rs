//! A reply to a handoff as a form: a text for each thing that is asked.

use super::purpose::Purpose;
use super::{Field, Form, Reading, Shape, Shown};
use crate::domain::acts::{About, Occasion, Somebody};
use crate::domain::desk::HandoffState;
use crate::domain::handoff::{self, Ground, Reply};
use crate::domain::outbox::NewEntry;
use crate::domain::words;

/// What stands in the border before the account.
pub(super) fn title(reply: &Reply) -> String {
    let whose = reply.card.from.as_deref().unwrap_or("somebody");
    match reply.to {
        HandoffState::Accepted | HandoffState::Sent => format!("Accept the handoff from {whose}"),
        HandoffState::Returned => format!("Return the handoff to {whose}"),
        HandoffState::Answered => format!("Answer {}", reply.card.to.as_deref().unwrap_or("the questions")),
    }
}

impl Form {
    /// A reply to a handoff of an account.
    pub fn reply(about: About, reply: Reply) -> Self {
        let label = |about: &String| match (about.as_str(), reply.to) {
            ("", HandoffState::Accepted) => "words to go with it".to_owned(),
            ("", HandoffState::Returned) => "anything else to ask".to_owned(),
            ("", _) => "answer".to_owned(),
            (about, _) => about.to_owned(),
        };
        let asked = handoff::asked(&reply);
        let fields = asked
            .iter()
            .map(|about| Field::new(&label(about), Shape::Text, ""));
        let mut fields: Vec<Field> = fields.collect();
        if reply.to == HandoffState::Returned {
            for (field, wrote) in fields.iter_mut().zip(wrote(&reply)) {
                field.beside = wrote;
            }
        }
        let is_accepted = reply.to == HandoffState::Accepted;
        let shown = is_accepted.then(|| Shown::new(reply.card.said(reply.template.as_ref())));
        Self {
            shown,
            ..Self::new(Purpose::Reply(Box::new(reply)), Some(about), fields)
        }
    }

    /// The note and the tasks that the reply becomes.
    pub(super) fn replied(
        &self,
        on: &Occasion,
        about: &About,
        reply: &Reply,
        people: &[Somebody],
    ) -> Result<Vec<NewEntry>, String> {
        let texts: Vec<String> = self.fields.iter().map(Field::text).collect();
        handoff::reply(on, about, reply, &texts, people)
    }
}

/// What whoever sent it wrote, field by field.
fn wrote(reply: &Reply) -> Vec<String> {
    let template = reply.template.as_ref();
    template.map_or_else(Vec::new, |template| handoff::wrote(&reply.card, template))
}

/// What a field of a reply answers, and what becomes of the handoff.
pub(super) fn reading(at: usize, on: &Occasion, reply: &Reply, people: &[Somebody]) -> Reading {
    let hint = match reply.to {
        HandoffState::Accepted | HandoffState::Sent => follows(on, reply, people),
        HandoffState::Returned if wrote(reply).get(at).is_some_and(|wrote| !wrote.is_empty()) => {
            let who = reply.card.from.as_deref().unwrap_or("they");
            format!("{who} wrote: {}", wrote(reply)[at])
        }
        HandoffState::Returned => match handoff::next(&reply.card, reply.to, people) {
            Some(next) => format!(
                "{} gets a task to answer; what stays empty is not asked",
                next.name
            ),
            None => "who sent it is not known here: nobody gets a task".to_owned(),
        },
        HandoffState::Answered => {
            let questions = reply.card.questions();
            let asks = questions.get(at).map_or("", |(_, asks)| asks.as_str());
            format!("asked: {asks}")
        }
    };
    Reading::Hint(hint)
}

/// Whose the account is once a handoff that takes it over is accepted, in one sentence without its end.
pub(super) fn taken_over(on: &Occasion, ground: &Ground, heir: Option<&Somebody>) -> String {
    match (&ground.csm, heir) {
        (Some(_), None) => "who it is for is not known here: the account stays whose it is".to_owned(),
        (Some(csm), Some(heir)) => {
            let whose = if heir.id == on.me.id {
                "yours".to_owned()
            } else {
                format!("{}'s, for whom you accept it", heir.name)
            };
            let is = csm.value.as_deref() == Some(heir.id.as_str());
            let is = if is { "is already" } else { "becomes" };
            format!("the account {is} {whose}")
        }
        (None, _) => "the CRM does not let its CSM be written: the account stays whose it is".to_owned(),
    }
}

/// What follows when it is accepted.
fn follows(on: &Occasion, reply: &Reply, people: &[Somebody]) -> String {
    let mut follows = vec!["the words may stay empty".to_owned()];
    let template = reply.template.as_ref();
    if template.is_some_and(|template| template.takes_over) {
        let heir = handoff::heir(on, &reply.card, people);
        follows.push(taken_over(on, &reply.ground, heir));
    }
    if let Some(Ok(day)) = template.and_then(|template| template.looks_again(on.today())) {
        let days = u64::try_from(words::days(on.today(), day)).unwrap_or_default();
        follows.push(format!(
            "a task asks to look again in {}, {}",
            words::counted(days, "day", "days"),
            words::dated(on.today(), day)
        ));
    }
    follows.join("; ")
}
