//! `retain check`: whether the configuration is sound, for people and for CI.

use std::path::PathBuf;

use serde_json::json;

use crate::config::{Diagnostic, Dirs, load};

use super::CliError;
use super::context::Context;
use super::output::complain;

/// Check every configuration file; exit code 2 when something is wrong
#[derive(Debug, clap::Args)]
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
    if context.output.is_json() {
        context
            .output
            .json(&json!({ "diagnostics": loaded.diagnostics }))?;
    } else {
        loaded
            .diagnostics
            .iter()
            .for_each(|diagnostic| complain(&diagnostic.to_string()));
    }
    verdict(&loaded.diagnostics)?;
    if context.output.is_json() {
        return Ok(());
    }
    let (measures, signals) = (
        loaded.setup.health.measures.len(),
        loaded.setup.signals.signals.len(),
    );
    context.output.line(&format!(
        "nothing is wrong: {measures} measures, {signals} signals"
    ))
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
