//! The playbooks that can be started, and which of them apply to an account.

use serde_json::{Value, json};

use crate::cli::CliError;
use crate::cli::account;
use crate::cli::context::Context;
use crate::cli::output::{Column, Plain};
use crate::cli::shape::Shape;
use crate::config::Setup;
use crate::domain::account_view::AccountView;
use crate::domain::desk::Warning;
use crate::domain::playbook::{Fit, Playbook};

/// Lists the playbooks; with the text that means an account, whether each applies to it.
pub fn run(account: &str, context: &Context) -> Result<(), CliError> {
    if account.is_empty() {
        return print(&context.setup()?, None, context);
    }
    let workplace = context.workplace_to_answer()?;
    let view = account::find(&workplace, &workplace.cache()?, account, context)?;
    print(&workplace.setup, Some(&view), context)
}

fn print(setup: &Setup, view: Option<&AccountView>, context: &Context) -> Result<(), CliError> {
    let (playbooks, answers) = (&setup.playbooks, setup.answers());
    let answered = |one: &Playbook| one.answered(view?, &answers);
    if !context.output.is_text() {
        let shapes: Vec<Value> = playbooks
            .iter()
            .map(|one| shape(one, view, answered(one)))
            .collect();
        let columns: &[&str] = match view {
            Some(_) => &["id", "version", "title", "applies", "signal"],
            None => &["id", "version", "title"],
        };
        let answer = json!({ "playbooks": shapes });
        return context.output.values(&answer, Plain::Table("playbooks", columns));
    }
    let mut columns = vec![
        Column::words("id"),
        Column::number("version"),
        Column::number("steps"),
        Column::sentences("title"),
    ];
    if view.is_some() {
        columns.extend([Column::words("applies"), Column::words("because of")]);
    }
    let rows = playbooks.iter().map(|one| {
        let steps = one.steps.len().to_string();
        let mut row = vec![one.id.clone(), one.version.to_string(), steps, one.title.clone()];
        if let Some(view) = view {
            let signal = answered(one).map(|warning| warning.signal.clone());
            row.extend([word(one, view).to_owned(), signal.unwrap_or_default()]);
        }
        row
    });
    context.output.table(&columns, &rows.collect::<Vec<_>>())?;
    for why in playbooks.iter().filter_map(|one| one.misfit(view?)) {
        context.output.aside(&why)?;
    }
    Ok(())
}

fn shape(playbook: &Playbook, view: Option<&AccountView>, warning: Option<&Warning>) -> Value {
    let steps: Vec<&str> = playbook.steps.iter().map(|step| step.id.as_str()).collect();
    let shape = Shape::default()
        .with("id", &playbook.id)
        .with("version", playbook.version)
        .with("title", &playbook.title)
        .with("steps", steps);
    let Some(view) = view else {
        return shape.done();
    };
    let applies = match playbook.fit(view) {
        Fit::Applies => Some(playbook.over(view).is_none()),
        Fit::DoesNot => Some(false),
        Fit::CannotTell => None,
    };
    let why = playbook.misfit(view).unwrap_or_default();
    let signal = warning.map(|warning| &warning.signal);
    let none = "the account has no open warning that it answers";
    shape
        .maybe("applies", applies, &why)
        .maybe("signal", signal, none)
        .done()
}

fn word(playbook: &Playbook, view: &AccountView) -> &'static str {
    match playbook.fit(view) {
        Fit::Applies if playbook.over(view).is_some() => "over at once",
        Fit::Applies => "yes",
        Fit::DoesNot => "no",
        Fit::CannotTell => "cannot tell",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::app::play::account;
    use crate::config::{Dirs, load};

    #[test]
    fn one_that_would_be_over_at_once_is_not_said_to_apply() {
        let dirs = Dirs {
            team: None,
            user: None,
        };
        let setup = load(&dirs, &[], None).setup;
        let mut playbooks = setup.playbooks.iter();
        let playbook = playbooks.find(|one| one.exit_when.is_some()).unwrap();
        let mut view = account();
        view.over.clear();
        view.applies.insert(playbook.id.clone(), Some(true));
        let told = |view: &AccountView| {
            let applies = shape(playbook, Some(view), None);
            (word(playbook, view), applies["applies"].clone())
        };
        assert_eq!(told(&view), ("yes", true.into()));
        view.over.insert(playbook.id.clone());
        assert_eq!(told(&view), ("over at once", false.into()));
    }
}
