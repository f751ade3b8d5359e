//! A handoff as a form: who receives it, then the fields of its template, filled from the account.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::purpose::{choices, somebody};
use super::{Field, Form, Purpose, Reading, Shape};
use crate::domain::account_view::AccountView;
use crate::domain::acts::{About, Occasion, Somebody};
use crate::domain::handoff::{self, FormField, Pass, Template};
use crate::domain::outbox::NewEntry;
use crate::domain::record::RecordId;
use crate::domain::words;

/// What is handed over.
#[derive(Debug, Clone, PartialEq)]
pub struct Handing {
    /// Id of the template.
    pub id: String,
    /// What it has to say.
    pub template: Template,
    /// Its fields, as the account filled them.
    fields: Vec<FormField>,
    /// Those of us who are away today: who stands in, in one sentence without its end.
    away: Vec<(RecordId, String)>,
    /// That the same is handed over already and not accepted yet, in one sentence without its end.
    again: Option<String>,
}

impl Handing {
    /// A handoff by a template, filled from the account.
    pub fn new(id: &str, template: &Template, view: &AccountView, today: Date) -> Self {
        Self {
            id: id.to_owned(),
            template: template.clone(),
            fields: handoff::form(template, view, today),
            away: Vec::new(),
            again: handoff::open_already(template, &view.handoffs),
        }
    }

    /// The same, which knows who is away.
    #[must_use]
    pub fn knowing(self, away: Vec<(RecordId, String)>) -> Self {
        Self { away, ..self }
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
    /// A handoff of an account to one of these people; any of us may let it pass without all that is required, I unless
    /// said otherwise.
    pub fn handoff(about: About, handing: Handing, people: &[Somebody], me: Option<&Somebody>) -> Self {
        let others: Vec<Somebody> = people.iter().filter(|one| Some(*one) != me).cloned().collect();
        let mut fields = vec![Field::new("* to", Shape::Choice(choices(&others)), "")];
        fields.extend(handing.fields.iter().map(|field| {
            let required = if field.required { "* " } else { "  " };
            let label = format!("{required}{}", field.title);
            let mut filled = Field::new(&label, Shape::Text, &field.text);
            filled.from.clone_from(&field.from);
            filled
        }));
        if handing.has_gate() {
            let mine = me.map_or("", |me| me.name.as_str());
            fields.push(Field::new("  goes without *: why", Shape::Line, ""));
            fields.push(Field::new(
                "  who lets it go",
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
        handoff::compose(on, about, &handing.template, &to, &values, pass.as_ref())
    }

    /// That the same is handed over already, and that who is to receive it is away, and who stands in.
    pub(super) fn handing_doubt(&self, handing: &Handing) -> Option<String> {
        let to = somebody(&self.fields[0]).ok().flatten()?;
        let away = handing.away.iter().find(|(id, _)| *id == to.id);
        let away = away.map(|(_, told)| told.as_str());
        let why: Vec<&str> = [handing.again.as_deref(), away].into_iter().flatten().collect();
        (!why.is_empty()).then(|| why.join("; "))
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
            let hint =
                "a reason here lets it pass without what is marked *; the note says who lets it, and why";
            return Reading::Hint(hint.to_owned());
        }
        let Some(asked) = at.checked_sub(1).and_then(|at| handing.fields.get(at)) else {
            if let Some(away) = self.handing_doubt(handing) {
                return Reading::Wrong(away);
            }
            let by = handing.template.answer_by(on);
            let by = by.map_or_else(|| "?".to_owned(), |day| words::weekday(on.today(), day));
            return Reading::Hint(format!("gets a task to accept or return it by {by}"));
        };
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
}
