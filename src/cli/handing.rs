//! What a person says of a handoff on the command line, whether it hands an account over or a question.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::acts::{Occasion, Somebody};
use crate::domain::handoff::{self, FormField, Ground, Pass, Template};
use crate::domain::outbox::{Entry, State};
use crate::domain::role::Role;

use super::CliError;
use super::context::Context;
use super::sending;
use super::writing::Writing;

/// Flags of what is handed over.
#[derive(Debug, clap::Args)]
pub struct Said {
    /// A field and its text; what is left out is filled where the template says so
    #[arg(long = "field", value_name = "FIELD=TEXT")]
    fields: Vec<String>,
    /// Send it without all that is required, and say why: the note tells it
    #[arg(long = "pass", value_name = "REASON")]
    pass: Option<String>,
    /// Who lets it pass: e-mail address or name, or a part of them; you when left out
    #[arg(long, value_name = "WHO", requires = "pass")]
    passed_by: Option<String>,
    /// Hand it over although who receives it is away
    #[arg(long)]
    although_away: bool,
    /// Hand it over although who receives it is known to do something else
    #[arg(long)]
    although_other_role: bool,
    /// Send it although something that it promises is past already, or names no day
    #[arg(long)]
    force: bool,
}

/// The texts of a handoff, and which of them nobody has given.
pub struct Filled {
    /// All of them by the fields' ids.
    pub values: BTreeMap<String, String>,
    /// The fields that are filled from what is known.
    pub prefilled: Vec<FormField>,
}

impl Said {
    /// An error where who receives it is away, or is known to do something else than this role, and it is not to go to them
    /// all the same.
    pub fn check_receiver(&self, writing: &Writing, to: &Somebody, role: Role) -> Result<(), CliError> {
        let (roster, owners) = (&writing.workplace.setup.team, &writing.owners);
        let other = roster.other_role(owners, &to.id, role);
        if let Some(other) = other.filter(|_| !self.although_other_role) {
            let hint = "--to hands it to somebody else; --although-other-role to them all the same";
            return Err(CliError::usage(other).hint(hint));
        }
        let today = writing.on.today();
        let away = roster.doubt(owners, &to.id, today);
        let Some(away) = away.filter(|_| !self.although_away) else {
            return Ok(());
        };
        let instead = roster.instead_of(owners, (Some(&writing.on.me.id), &to.id), today);
        let instead: Vec<String> = instead
            .iter()
            .map(|(who, what)| format!("--to \"{}\" hands it to {what}", who.name))
            .collect();
        let instead = if instead.is_empty() {
            "--to hands it to somebody else".to_owned()
        } else {
            instead.join(", ")
        };
        let hint = format!("{instead}; --although-away to them all the same");
        Err(CliError::usage(away).hint(hint))
    }

    /// An error where what it promises is past already or names no day, unless it is meant so.
    pub fn check_promises(
        &self,
        on: &Occasion,
        template: &Template,
        filled: &Filled,
        ground: &Ground,
    ) -> Result<(), CliError> {
        let doubt = handoff::promise_doubt(on, template, &filled.values, ground);
        match doubt.filter(|_| !self.force) {
            None => Ok(()),
            Some(why) => Err(CliError::usage(why).hint("`--force` sends it all the same")),
        }
    }

    /// The texts of a form with what a person gives in place of what is known.
    pub fn fill(&self, form: Vec<FormField>) -> Result<Filled, CliError> {
        let mut values = given(&self.fields)?;
        let mut prefilled: Vec<FormField> = form
            .into_iter()
            .filter(|field| !values.contains_key(&field.id))
            .collect();
        values.extend(
            prefilled
                .iter()
                .map(|field| (field.id.clone(), field.text.clone())),
        );
        prefilled.retain(|field| field.from.is_some());
        Ok(Filled { values, prefilled })
    }

    /// Who lets it go without all that is required, and why.
    pub fn pass(&self, writing: &Writing) -> Result<Option<Pass>, CliError> {
        let Some(why) = &self.pass else { return Ok(None) };
        let by = self
            .passed_by
            .as_deref()
            .map(|who| sending::one_of_us(writing, who))
            .transpose()?;
        Ok(Some(Pass {
            by: by.map_or_else(|| writing.on.me.name.clone(), |by| by.name),
            why: why.clone(),
        }))
    }
}

/// The error of a handoff that cannot be composed.
pub fn refused(why: String) -> CliError {
    CliError::usage(why).hint("give it with --field FIELD=TEXT, or let it pass with --pass REASON")
}

impl Filled {
    /// What nobody has given, for programs.
    pub fn shape(&self) -> Value {
        let shape = |field: &FormField| json!({ "field": field.id, "text": field.text, "from": field.from });
        self.prefilled.iter().map(shape).collect()
    }

    /// The same for people, a line each.
    pub fn tell(&self, context: &Context) -> Result<(), CliError> {
        for field in &self.prefilled {
            let from = field.from.as_deref().unwrap_or_default();
            context
                .output
                .text(&format!("  {}, from {from}: {}", field.title, field.text))?;
        }
        Ok(())
    }
}

/// `FIELD=TEXT`, each field once.
fn given(fields: &[String]) -> Result<BTreeMap<String, String>, CliError> {
    let mut values = BTreeMap::new();
    for field in fields {
        let (id, text) = field.split_once('=').ok_or_else(|| {
            CliError::usage(format!("`{field}` names no field")).hint("write --field FIELD=TEXT")
        })?;
        if values.insert(id.trim().to_owned(), text.to_owned()).is_some() {
            return Err(CliError::usage(format!("the field `{id}` is given twice")));
        }
    }
    Ok(values)
}

/// By which id it is found again.
pub fn tell_id(id: &str, context: &Context) -> Result<(), CliError> {
    let told = format!("  it is {id}: `retain handoff show {id}` tells what becomes of it");
    context.output.text(&told)
}

/// What became of a handoff: it is one only once the CRM has all of it.
pub fn outcome(what: &str, receiver: &str, entries: &[Entry]) -> String {
    let states: Vec<State> = entries.iter().map(|entry| entry.state).collect();
    told(what, receiver, &states)
}

fn told(what: &str, receiver: &str, states: &[State]) -> String {
    if states.iter().all(|state| *state == State::Sent) {
        format!("{what} is handed over to {receiver}")
    } else if states.iter().any(|state| state.needs_a_person()) {
        format!("{what} is not handed over to {receiver} yet: it needs your word")
    } else {
        format!("{what} is not handed over to {receiver} yet: it is so once the CRM has all of it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_handed_over_only_once_the_crm_has_all_of_it() {
        let says = |states: &[State]| told("Juniper", "Ida", states);
        assert_eq!(says(&[State::Sent, State::Sent]), "Juniper is handed over to Ida");
        for state in [State::Queued, State::Retry, State::Unknown] {
            let words = says(&[State::Sent, state]);
            assert!(
                words.starts_with("Juniper is not handed over to Ida yet"),
                "{words}"
            );
        }
        assert!(says(&[State::Sent, State::Parked]).ends_with("it needs your word"));
    }
}
