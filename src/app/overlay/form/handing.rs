//! A handoff as a form: who receives it, then the fields of its template, filled from the account.

use std::collections::BTreeMap;

use jiff::Zoned;

use super::purpose::{choices, somebody};
use super::reading::moment;
use super::{Field, Form, Purpose, Reading, Shape, replying};
use crate::domain::account_view::AccountView;
use crate::domain::acts::{About, Occasion, Somebody};
use crate::domain::handoff::{self, FormField, Ground, Pass, Promises, Saying, Template};
use crate::domain::outbox::NewEntry;
use crate::domain::record::RecordId;
use crate::domain::routing::Handed;
use crate::domain::words;

/// One of us who is away today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// Who.
    pub id: RecordId,
    /// That they are, and who stands in, in one sentence without its end.
    pub told: String,
    /// To whom it can go instead, each with what they are to them: the deputy, then the lead.
    pub instead: Vec<(Somebody, &'static str)>,
}

/// What is handed over.
#[derive(Debug, Clone, PartialEq)]
pub struct Handing {
    /// Id of the template.
    pub id: String,
    /// What it has to say.
    pub template: Template,
    /// Its fields, as the account filled them.
    fields: Vec<FormField>,
    /// What of the account it rests on.
    ground: Ground,
    /// Those of us who are away today.
    away: Vec<Leave>,
    /// Those of us who do something else than what receives it, each with that in one sentence without its end.
    others: Vec<(RecordId, String)>,
    /// The question that it hands over, if it does.
    pub question: Option<Box<Handed>>,
    /// That the same is handed over already and not accepted yet, in one sentence without its end.
    again: Option<String>,
}

impl Handing {
    /// A handoff by a template, filled from the account.
    pub fn new(id: &str, template: &Template, view: &AccountView, now: &Zoned) -> Self {
        Self {
            id: id.to_owned(),
            template: template.clone(),
            fields: handoff::form(template, view, now),
            ground: Ground::of(view, None),
            away: Vec::new(),
            others: Vec::new(),
            question: None,
            again: handoff::open_already(template, &view.handoffs),
        }
    }

    /// The same, which hands over a question: that fills what the account does not.
    #[must_use]
    pub fn asking(mut self, question: Option<Box<Handed>>, on: &Occasion) -> Self {
        if let Some(handed) = &question {
            handoff::ask(&mut self.fields, &self.template, handed, on);
            // Another question is not the same once more: whether this one is, it says itself.
            self.again = None;
        }
        Self { question, ..self }
    }

    /// The same, which knows who is away, and who does something else.
    #[must_use]
    pub fn knowing(self, away: Vec<Leave>, others: Vec<(RecordId, String)>) -> Self {
        Self { away, others, ..self }
    }

    /// Whether anything is required: without that there is nothing to pass.
    fn has_gate(&self) -> bool {
        self.fields.iter().any(|field| field.required)
    }

    /// From which role to which.
    pub fn roles(&self) -> String {
        self.template.roles()
    }
}

impl Form {
    /// A handoff of an account to one of these people, in this order; any of us may let it pass without all that is required,
    /// I unless said otherwise.
    pub fn handoff(about: About, handing: Handing, people: &[Somebody], me: Option<&Somebody>) -> Self {
        let to = handing.question.as_ref().and_then(|handed| handed.to.as_ref());
        // What another has I may take.
        let may = |one: &&Somebody| Some(*one) != me || Some(*one) == to;
        let others: Vec<Somebody> = people.iter().filter(may).cloned().collect();
        let to = to.filter(|to| others.contains(to)).map_or("", |to| &to.name);
        let mut fields = vec![Field::new("* to", Shape::Choice(choices(&others)), to)];
        fields.extend(handing.fields.iter().map(|field| {
            let required = if field.required { "* " } else { "  " };
            let label = format!("{required}{}", field.title);
            let mut filled = Field::new(&label, Shape::Text, &field.text);
            filled.from.clone_from(&field.from);
            if field.is_default() {
                filled.standing()
            } else {
                filled
            }
        }));
        if handing.has_gate() {
            let mine = me.map_or("", |me| me.name.as_str());
            fields.push(Field::new("  sent incomplete: why", Shape::Line, ""));
            fields.push(Field::new(
                "  who allows that",
                Shape::Choice(choices(people)),
                mine,
            ));
        }
        Self::new(Purpose::Handoff(Box::new(handing)), Some(about), fields)
    }

    /// The note and the task that the handoff becomes.
    pub(super) fn handed_over(
        &self,
        on: &Occasion,
        about: &About,
        handing: &Handing,
    ) -> Result<Vec<NewEntry>, String> {
        let to = somebody(&self.fields[0])?.ok_or("choose who receives it")?;
        let values = self.values(handing);
        let pass = self.pass(on, handing)?;
        let mut missing = handoff::missing(&handing.template, &values);
        if let Some(first) = missing.next().filter(|_| pass.is_none()) {
            let more = match missing.count() {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            return Err(format!(
                "not sent yet, what is marked * is required: {}{more}",
                first.title
            ));
        }
        let saying = Saying {
            values: &values,
            pass: pass.as_ref(),
            question: handing.question.as_deref(),
            ground: &handing.ground,
        };
        handoff::compose(on, about, &handing.template, &to, saying)
    }

    /// How many of the fields of a handoff say something, and how many there are; `None` for another form.
    pub fn filled(&self) -> Option<(usize, usize)> {
        let Purpose::Handoff(handing) = &self.purpose else {
            return None;
        };
        let values = self.values(handing);
        let filled = values.values().filter(|text| !text.trim().is_empty());
        Some((filled.count(), handing.fields.len()))
    }

    /// The leave of who is to receive it, if they are away.
    pub fn receivers_leave(&self) -> Option<&Leave> {
        let Purpose::Handoff(handing) = &self.purpose else {
            return None;
        };
        let to = somebody(&self.fields[0]).ok().flatten()?;
        handing.away.iter().find(|leave| leave.id == to.id)
    }

    /// What is to be asked about before it is sent: what is to be said of who receives it, and a promise that is past or
    /// names no day.
    pub(super) fn handing_doubt(&self, on: &Occasion, handing: &Handing) -> Option<String> {
        let values = self.values(handing);
        let promise = handoff::promise_doubt(on, &handing.template, &values, &handing.ground);
        let why: Vec<String> = self
            .receiver_doubt(on, handing)
            .into_iter()
            .chain(promise)
            .collect();
        (!why.is_empty()).then(|| why.join("; "))
    }

    /// That the same is handed over already, and that who is to receive it does something else, or is away, and who stands
    /// in.
    fn receiver_doubt(&self, on: &Occasion, handing: &Handing) -> Option<String> {
        let away = self.receivers_leave().map(|leave| leave.told.as_str());
        let to = somebody(&self.fields[0]).ok().flatten();
        let is_to = |other: &&(RecordId, String)| to.as_ref().is_some_and(|to| to.id == other.0);
        let other = handing.others.iter().find(is_to).map(|(_, told)| told.as_str());
        let question = handing.question.as_ref().map(|handed| &handed.question);
        let passed = question.and_then(|question| question.again(&on.me, to.as_ref(), &on.here()));
        let why: Vec<&str> = [away, other, handing.again.as_deref(), passed.as_deref()]
            .into_iter()
            .flatten()
            .collect();
        (!why.is_empty()).then(|| why.join("; "))
    }

    /// Puts somebody else in the place of who is to receive it; the error is one sentence.
    pub fn hand_to(&mut self, to: &Somebody) -> Result<(), String> {
        let receiver = &mut self.fields[0];
        receiver.replace(&to.name);
        match somebody(receiver)? {
            Some(chosen) if chosen.id == to.id => Ok(()),
            _ => Err(format!("several of us are called {}: choose who it is", to.name)),
        }
    }

    /// Who lets it pass and why, if anybody does.
    fn pass(&self, on: &Occasion, handing: &Handing) -> Result<Option<Pass>, String> {
        let fields = self.fields.get(1 + handing.fields.len()..).unwrap_or_default();
        let [why, by] = fields else { return Ok(None) };
        if why.editor.is_blank() {
            return Ok(None);
        }
        Ok(Some(Pass {
            by: somebody(by)?.map_or_else(|| on.me.name.clone(), |by| by.name),
            why: why.text(),
        }))
    }

    /// Goes to the first field that keeps it from being sent, unless the present one does too.
    pub fn to_what_is_missing(&mut self) {
        let Purpose::Handoff(handing) = &self.purpose else {
            return;
        };
        let values = self.values(handing);
        let missing: Vec<&str> = handoff::missing(&handing.template, &values)
            .map(|field| field.id.as_str())
            .collect();
        let receives = std::iter::once(!matches!(self.fields[0].chosen(), Ok(Some(_))));
        let others = handing
            .fields
            .iter()
            .map(|field| missing.contains(&field.id.as_str()));
        let refused: Vec<bool> = receives.chain(others).collect();
        if refused.get(self.at) != Some(&true) {
            self.at = refused.iter().position(|refused| *refused).unwrap_or(self.at);
        }
    }

    fn values(&self, handing: &Handing) -> BTreeMap<String, String> {
        let texts = self.fields.iter().skip(1).map(Field::text);
        let ids = handing.fields.iter().map(|field| field.id.clone());
        ids.zip(texts).collect()
    }

    /// What a field of the handoff is for, in full, and where its text comes from.
    pub(super) fn handed(&self, at: usize, on: &Occasion, handing: &Handing) -> Reading {
        if at > handing.fields.len() {
            let hint = "only if something marked * stays empty: a reason sends it all the same, and the note says whose word that is";
            return Reading::Hint(hint.to_owned());
        }
        let Some(asked) = at.checked_sub(1).and_then(|at| handing.fields.get(at)) else {
            if let Some(doubt) = self.receiver_doubt(on, handing) {
                return Reading::Wrong(doubt);
            }
            let to = somebody(&self.fields[0]).ok().flatten();
            let by = handing.template.answer_by(on, to.as_ref().map(|to| &to.id));
            let by = by.map_or_else(|| "?".to_owned(), |by| by.words(on.today()));
            let mut told = match &to {
                Some(to) if to.id == on.me.id && handing.template.takes_over => format!(
                    "it is accepted at once: {}",
                    replying::taken_over(on, &handing.ground, Some(to))
                ),
                Some(to) if to.id == on.me.id => "it is yours from then on".to_owned(),
                _ => format!("gets a task to accept or return it by {by}"),
            };
            if let Some(handed) = &handing.question {
                told.push_str(&self.goes_along(on, handed));
                told.extend(open_promises(on, &handing.ground).map(|open| format!("; {open}")));
            }
            return Reading::Hint(told);
        };
        if asked.promise {
            return self.promised(at, on, handing);
        }
        let field = &self.fields[at];
        let state = match &asked.from {
            Some(from) if field.is_untouched() => format!("from {from}; change it as you like"),
            _ if asked.required && field.editor.is_blank() => "required".to_owned(),
            _ if field.editor.is_blank() => "may stay empty".to_owned(),
            _ => String::new(),
        };
        match state.as_str() {
            "" => Reading::Hint(asked.title.clone()),
            state => Reading::Hint(format!("{}: {state}", asked.title)),
        }
    }

    /// What goes along with a question, as a part of a sentence.
    fn goes_along(&self, on: &Occasion, handed: &Handed) -> String {
        let to = somebody(&self.fields[0]).ok().flatten();
        let question = format!(", and the {}", handed.question.kind.word());
        let lead = to.as_ref().and_then(|to| handed.told_lead(&on.me, to));
        let lead = lead.map(|lead| format!("; {}, who leads the CSM, gets a task too", lead.name));
        std::iter::once(question).chain(lead).collect()
    }

    /// How what was promised is understood.
    fn promised(&self, at: usize, on: &Occasion, handing: &Handing) -> Reading {
        let field = &self.fields[at];
        if field.editor.is_blank() {
            let hint = if handing.fields[at - 1].required {
                "required: e.g. Mara calls by 16:00, or nothing"
            } else {
                "may stay empty; e.g. Mara calls by 16:00"
            };
            return Reading::Hint(hint.to_owned());
        }
        let text = field.text();
        let told = Promises::of(on, &text, &handing.ground.promised);
        if told.new.is_empty() && !told.earlier.is_empty() {
            let hint = "promised by earlier handoffs and open: no task more; a line more is a new promise";
            return Reading::Hint(hint.to_owned());
        }
        if told.new.is_empty() {
            let more = if field.is_settled() {
                "; typing says what was"
            } else {
                ""
            };
            let open = open_promises(on, &handing.ground);
            let open = open.map_or_else(String::new, |open| format!("; {open}"));
            return Reading::Hint(format!("nothing was promised: the note says so{more}{open}"));
        }
        if let Some(doubt) = told.doubt(on) {
            return Reading::Wrong(doubt);
        }
        let understood = told.new.iter().map(|promise| match promise.due {
            Some((day, at)) => {
                let by = moment(words::dated(on.today(), day), at);
                format!("in the receiver's steps: {}, by {by}", promise.words)
            }
            None => format!("in the receiver's steps: {}", promise.words),
        });
        Reading::Means(understood.collect())
    }
}

/// What was promised to the account before and is open still, in one line: it has its tasks already.
fn open_promises(on: &Occasion, ground: &Ground) -> Option<String> {
    let open = ground.promised.iter().filter(|one| one.outcome.is_none());
    let open: Vec<String> = open.map(|one| one.carried(&on.zone)).collect();
    (!open.is_empty()).then(|| format!("promised already and open: {}", open.join("; ")))
}
