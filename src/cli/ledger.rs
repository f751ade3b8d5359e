//! `retain ledger backup FILE` and `retain ledger restore FILE`.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::store::lock::SyncLock;
use crate::store::{Ledger, StoreError};

use super::CliError;
use super::context::{Context, Workplace};
use super::output::Plain;
use super::shape::Shape;

/// Copy the ledger to a file, or bring a copy back
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Write a verified copy, also while the cockpit runs
    Backup {
        /// The copy; it must not be there yet
        file: PathBuf,
    },
    /// Put a copy into the place of the ledger; the ledger that is there is kept beside
    Restore {
        /// The copy
        file: PathBuf,
    },
}

/// Does what was asked for and says what came of it.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    match &args.action {
        Action::Backup { file } => backup(context, &workplace, file),
        Action::Restore { file } => restore(context, &workplace, file),
    }
}

fn backup(context: &Context, workplace: &Workplace, file: &Path) -> Result<(), CliError> {
    let ledger = workplace.ledger()?;
    if file.exists() {
        return Err(CliError::usage(format!("{} exists already", file.display()))
            .hint("name another file: a copy is never overwritten"));
    }
    let directory = file
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty());
    if let Some(missing) = directory.filter(|directory| !directory.is_dir()) {
        return Err(
            CliError::usage(format!("there is no directory {}", missing.display()))
                .hint("make it, or name a file elsewhere"),
        );
    }
    let entries = ledger.backup(file)?;
    if !context.output.is_text() {
        let answer = json!({ "file": file, "entries": entries });
        return context.output.values(&answer, Plain::Values);
    }
    context
        .output
        .line(&format!("{entries} entries are in {}", file.display()))
}

/// What to do when the copy is none.
const COPY: &str = "name a file that `retain ledger backup` has written; the ledger was left as it was";

/// An error that is about the copy and not about the ledger says so.
fn about_copy(error: StoreError, file: &Path) -> CliError {
    let file_name = file.display();
    match &error {
        StoreError::Missing { path } if path == file => {
            CliError::failed(format!("there is no ledger in {file_name}")).hint(COPY)
        }
        StoreError::Damaged { path, reason } if path == file => {
            CliError::failed(format!("{file_name} is not a sound copy of a ledger: {reason}")).hint(COPY)
        }
        StoreError::Refused { path, reason } if path == file => {
            CliError::usage(format!("{file_name} cannot be read: {reason}")).hint(COPY)
        }
        _ => error.into(),
    }
}

fn restore(context: &Context, workplace: &Workplace, file: &Path) -> Result<(), CliError> {
    if !file.is_file() {
        return Err(CliError::usage(format!("there is no file {}", file.display())).hint(COPY));
    }
    // Whoever syncs writes to the ledger; afterwards it would write to the one that was replaced.
    let _lock = SyncLock::acquire(&workplace.paths.lock)?.map_err(|holder| {
        CliError::failed(format!("the ledger is in use by {holder}")).hint("end it, then try again")
    })?;
    let restored =
        Ledger::restore(file, &workplace.paths.ledger_db).map_err(|error| about_copy(error, file))?;
    if !context.output.is_text() {
        let answer = Shape::default()
            .with("file", file)
            .with("entries", restored.entries)
            .maybe("kept", restored.kept, "there was no ledger before")
            .done();
        return context.output.values(&answer, Plain::Values);
    }
    context
        .output
        .line(&format!("the ledger has {} entries now", restored.entries))?;
    if let Some(kept) = restored.kept {
        context
            .output
            .line(&format!("the one that was there is kept as {}", kept.display()))?;
    }
    context
        .output
        .aside("`retain sync` brings it up to what the CRM has now")
}
