//! The minutes of a standup: on standard output, or in a file.

use std::fs;
use std::path::Path;

use crate::cli::CliError;
use crate::cli::context::{Context, Workplace};
use crate::cli::output::Plain;
use crate::cli::shape::Shape;
use crate::cli::writing::owners;
use crate::domain::record::Owner;
use crate::domain::standup::{Held, minutes};
use crate::engine::standup as engine;
use crate::store::{Cache, Ledger, files};

use super::{scope, unread};

/// Prints the minutes of a standup, or writes them into a file.
pub fn run(id: &str, of: &str, to: Option<&Path>, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    let held = find(id, of, (&cache, &ledger), &workplace, context)?;
    let held = context.masked(held, &workplace);
    let owners = context.masked(owners(&cache)?, &workplace);
    let text = minutes(&held, &|address: &str| Owner::called(&owners, address));
    if let Some(file) = to {
        write(file, &text)?;
    }
    if !context.output.is_text() {
        let answer = Shape::default()
            .with("standup", &held.id)
            .with("markdown", &text)
            .maybe("file", to, "no file was named: --to");
        return context.output.values(&answer.done(), Plain::Values);
    }
    match to {
        Some(file) => context
            .output
            .line(&format!("minutes of {} in {}", held.id, file.display())),
        // As they are: nothing is wrapped, so that a file made of them has the same bytes.
        None => text.lines().try_for_each(|line| context.output.line(line)),
    }
}

/// The standup with an id, or without one the last that was begun in a scope.
pub fn find(
    id: &str,
    of: &str,
    (cache, ledger): (&Cache, &Ledger),
    workplace: &Workplace,
    context: &Context,
) -> Result<Held, CliError> {
    let mut all = engine::all(ledger, &workplace.setup).map_err(|error| unread(&error))?;
    if id.is_empty() {
        let scope = scope(of, cache, workplace, context.now())?;
        let last = all.into_iter().rev().find(|held| held.begun.scope == scope.key);
        return last.ok_or_else(|| {
            let of = if workplace.setup.redacted {
                "the scope"
            } else {
                &scope.title
            };
            CliError::usage(format!("no standup was held of {of}"))
                .hint("--scope names another scope; `retain standup begin` begins one")
        });
    }
    let known: Vec<String> = all.iter().rev().take(5).map(|held| held.id.clone()).collect();
    let at = all.iter().position(|held| held.id.eq_ignore_ascii_case(id));
    let at = at.ok_or_else(|| {
        let error = CliError::usage(format!("no standup has the id `{id}`"));
        match known.as_slice() {
            [] => error.hint("none was held yet"),
            known => error.hint(format!("the last ones are {}", known.join(", "))),
        }
    })?;
    Ok(all.swap_remove(at))
}

/// Writes the minutes; a file that says something else stays as it is.
fn write(file: &Path, text: &str) -> Result<(), CliError> {
    match fs::read_to_string(file) {
        Ok(there) if there == text => return Ok(()),
        Ok(_) => {
            return Err(CliError::usage(format!(
                "{} is there already and says something else",
                file.display()
            ))
            .hint("name another file, or move it away"));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            return Err(CliError::usage(format!(
                "cannot read {}: {error}",
                file.display()
            )));
        }
    }
    Ok(files::atomic_write(file, text.as_bytes())?)
}
