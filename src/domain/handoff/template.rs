//! What a handoff between two roles has to say.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{AnswerBy, Follow};
use crate::domain::acts::Occasion;
use crate::domain::period::{BusinessTime, Period};
use crate::domain::record::RecordId;
use crate::domain::role::Role;

/// Id of the field that says what the customer told us.
const TOLD_US: &str = "told_us";

/// `handoffs.toml`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Templates {
    /// The templates by their ids.
    pub handoffs: BTreeMap<String, Template>,
}

/// `[handoffs.ID]`: what is handed over from one role to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The role that hands over.
    pub from: Role,
    /// The role that receives.
    pub to: Role,
    /// The phases of an organisation (1 to 5) that have this handoff.
    pub phases: Vec<u8>,
    /// Within how many business days or hours of whoever receives it it is to be accepted.
    pub accept_within: BusinessTime,
    /// Whether whoever receives it looks after the account from then on: the outbox of who accepts it changes its CSM and
    /// empties the sentiment, which was another's.
    #[serde(default)]
    pub takes_over: bool,
    /// How long after it was accepted a task asks to look again; without one there is no such task.
    #[serde(default)]
    pub look_again_after: Option<Period>,
    /// What it has to say.
    #[serde(default)]
    pub fields: Vec<FieldTemplate>,
}

/// `[[handoffs.ID.fields]]`: one thing that it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldTemplate {
    /// Its id within the template.
    pub id: String,
    /// What it is called, in the note too.
    pub title: String,
    /// Whether nothing is sent without it.
    #[serde(default)]
    pub required: bool,
    /// Where its text comes from before a person changes it.
    #[serde(default)]
    pub prefill: Option<Prefill>,
    /// Whether what it says was promised to the customer: each line becomes a task of the receiver, due when it says,
    /// but what it says on of an earlier handoff.
    #[serde(default)]
    pub promise: bool,
}

/// What is known of the account and fills a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prefill {
    /// Contacts with a role.
    People,
    /// Contracts in force.
    Contracts,
    /// The score and what it is made of.
    Health,
    /// Open warnings.
    Warnings,
    /// Open tickets.
    OpenTickets,
    /// What is due on the account.
    NextSteps,
    /// The last call, meeting or e-mail.
    LastTouch,
    /// The newest note.
    LastNote,
    /// The question that is handed over from the routing desk, with who asks and what the rules say.
    Question,
    /// What the customer wrote in it.
    TheirWords,
    /// Who asks in it; contacts with a role where no question is handed over.
    Requesters,
    /// What the customer told us, by all handoffs: the newest of it, a line each with who wrote it and when.
    ToldUs,
    /// What was promised and is open, by all handoffs, in the same way.
    Promises,
    /// What handoffs that came back ask, and open tickets.
    OpenQuestions,
}

impl FieldTemplate {
    /// What of it follows the account: what they told us, where it is called `told_us` or begins with what they told us
    /// before; what was promised, where each line is a promise or it begins with those before.
    pub fn follows(&self) -> Option<Follow> {
        if self.id == TOLD_US || self.prefill == Some(Prefill::ToldUs) {
            Some(Follow::ToldUs)
        } else if self.promise || self.prefill == Some(Prefill::Promises) {
            Some(Follow::Promised)
        } else {
            None
        }
    }
}

impl Template {
    /// From which role to which, as the note says it.
    pub fn roles(&self) -> String {
        format!("{} → {}", self.from.title(), self.to.title())
    }

    /// Whether it is between these two roles, as notes write them.
    pub fn is_between(&self, from: &str, to: &str) -> bool {
        (self.from.word(), self.to.word()) == (from, to)
    }

    /// By when somebody is to accept or return it, by their calendar; `None` beyond any calendar.
    pub fn answer_by(&self, on: &Occasion, to: Option<&RecordId>) -> Option<AnswerBy> {
        AnswerBy::of(self.accept_within, on, to)
    }

    /// The day on which a task asks to look again at what is accepted today, where there is such a task; the error is one
    /// sentence.
    pub fn looks_again(&self, today: Date) -> Option<Result<Date, String>> {
        let day = today.checked_add(Span::new().hours(self.look_again_after?.seconds / 3_600));
        Some(day.map_err(|_| "the day to look again would be beyond the calendar".to_owned()))
    }
}

impl Templates {
    /// The template of a handoff between two roles, of those that an organisation of this phase has; of several that with
    /// the first id.
    pub fn between(&self, phase: u8, from: &str, to: &str) -> Option<&Template> {
        let mut of_phase = self.of_phase(phase).map(|(_, template)| template);
        of_phase.find(|template| template.is_between(from, to))
    }

    /// The templates that an organisation of this phase has, by their ids.
    pub fn of_phase(&self, phase: u8) -> impl Iterator<Item = (&str, &Template)> {
        let has = move |template: &&Template| template.phases.contains(&phase);
        let all = self.handoffs.iter();
        all.filter(move |(_, template)| has(template))
            .map(|(id, template)| (id.as_str(), template))
    }

    /// The same without a field that is required: a team of one has nobody who would wait for what is missing.
    #[must_use]
    pub fn without_gates(mut self) -> Self {
        for template in self.handoffs.values_mut() {
            template
                .fields
                .iter_mut()
                .for_each(|field| field.required = false);
        }
        self
    }

    /// The fields that are filled with what was promised before, but make no promise of what is written: template and field.
    pub fn unpromised(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.handoffs.iter();
        all.flat_map(|(id, template)| {
            let fields = template.fields.iter();
            let only_told = fields.filter(|one| one.prefill == Some(Prefill::Promises) && !one.promise);
            only_told.map(|field| (id.as_str(), field.id.as_str()))
        })
    }

    /// What cannot work: the template's id, the key, one sentence.
    pub fn problems(&self) -> Vec<(&str, &'static str, String)> {
        let mut problems = Vec::new();
        for (id, template) in &self.handoffs {
            if template.phases.is_empty() || template.phases.iter().any(|phase| !(1..=5).contains(phase)) {
                problems.push((
                    id.as_str(),
                    "phases",
                    "phases are 1 to 5, at least one".to_owned(),
                ));
            }
            if template.fields.is_empty() {
                problems.push((id, "fields", "a handoff needs a field".to_owned()));
            }
        }
        problems
    }
}
