//! `retain check`: whether the configuration is sound, for people and for CI.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::config::{Diagnostic, Dirs, load};

use super::CliError;
use super::context::Context;
use super::output::{Plain, complain};
use super::shape::Shape;

const PLAIN: Plain = Plain::Table("diagnostics", &["file", "line", "column", "message", "hint"]);

/// Check every configuration file
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code 0 when nothing is wrong, 2 otherwise.")]
pub struct Args {
    /// Check the files of this directory alone, over the shipped ones, as a team does in CI
    directory: Option<PathBuf>,
}

/// Says what is wrong, or that nothing is.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let loaded = match &args.directory {
        None => context.loaded()?,
        Some(directory) if directory.is_dir() => {
            let dirs = Dirs {
                team: None,
                user: Some(directory.clone()),
            };
            load(&dirs, &[], None)
        }
        Some(directory) => {
            return Err(CliError::usage(format!(
                "{} is not a directory",
                directory.display()
            )));
        }
    };
    if context.output.is_text() {
        loaded
            .diagnostics
            .iter()
            .for_each(|diagnostic| complain(&diagnostic.to_string()));
    } else {
        let diagnostics: Vec<Value> = loaded.diagnostics.iter().map(answer).collect();
        context
            .output
            .values(&json!({ "diagnostics": diagnostics }), PLAIN)?;
    }
    verdict(&loaded.diagnostics)?;
    if !context.output.is_text() {
        return Ok(());
    }
    let setup = &loaded.setup;
    context.output.line(&format!(
        "nothing is wrong: {} measures, {} signals, {} playbooks, {} handoffs",
        setup.health.measures.len(),
        setup.signals.signals.len(),
        setup.playbooks.len(),
        setup.handoffs.handoffs.len(),
    ))
}

fn answer(diagnostic: &Diagnostic) -> Value {
    Shape::default()
        .with("file", &diagnostic.file)
        .with("line", diagnostic.line)
        .with("column", diagnostic.column)
        .with("message", &diagnostic.message)
        .maybe("hint", diagnostic.hint.as_ref(), "the message says it all")
        .done()
}

fn verdict(diagnostics: &[Diagnostic]) -> Result<(), CliError> {
    match diagnostics.len() {
        0 => Ok(()),
        1 => Err(CliError::usage("one thing is wrong in the configuration")),
        many => Err(CliError::usage(format!(
            "{many} things are wrong in the configuration"
        ))),
    }
}
