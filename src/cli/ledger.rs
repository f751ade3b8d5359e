//! `retain ledger backup FILE` and `retain ledger restore FILE`, which asks first.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::domain::words;
use crate::store::lock::SyncLock;
use crate::store::{Extent, Ledger, StoreError};

use super::CliError;
use super::connect::prompt::Prompts;
use super::context::{Context, Workplace};
use super::output::{Plain, complain};
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
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Does what was asked for and says what came of it.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    match &args.action {
        Action::Backup { file } => backup(context, &workplace, file),
        Action::Restore { file, yes } => restore(context, &workplace, file, *yes),
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
    let entries = ledger.backup(file).map_err(|error| match &error {
        StoreError::Damaged { .. } => CliError::failed("no copy was made: the ledger is damaged")
            .because(&error)
            .hint("`retain sync` saves what can be saved, keeps the damaged file and tells what is lost; copy again after it"),
        _ => error.into(),
    })?;
    if !context.output.is_text() {
        let answer = json!({ "file": file, "entries": entries });
        return context.output.values(&answer, Plain::Values);
    }
    context
        .output
        .line(&format!("{} in {}", counted(entries), file.display()))
}

fn counted(entries: u64) -> String {
    words::counted(entries, "entry", "entries")
}

/// What there is in a ledger, for somebody who is to choose between two.
fn in_words(extent: &Extent) -> String {
    let newest = extent.newest.map_or_else(
        || "nothing noted yet".to_owned(),
        |newest| format!("last noted {newest:.0}"),
    );
    let unsent = words::counted(extent.unsent as u64, "write", "writes");
    format!("{}, {newest}, {unsent} not sent", counted(extent.entries))
}

/// The same for the one that would be replaced, which may be damaged or not there.
fn present(path: &Path) -> String {
    match Ledger::extent(path) {
        Ok(extent) => in_words(&extent),
        Err(StoreError::Missing { .. }) => "there is no ledger".to_owned(),
        Err(error) => error.to_string(),
    }
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

fn restore(context: &Context, workplace: &Workplace, file: &Path, yes: bool) -> Result<(), CliError> {
    if !file.is_file() {
        return Err(CliError::usage(format!("there is no file {}", file.display())).hint(COPY));
    }
    // A sync tells the ledger only what it has not been told, by what it knew of the one that is replaced.
    let _lock = SyncLock::acquire(&workplace.paths.lock)?.map_err(|holder| {
        CliError::failed(format!("the ledger is in use by {holder}")).hint("end it, then try again")
    })?;
    let there = &workplace.paths.ledger_db;
    let copy = Ledger::extent(file).map_err(|error| about_copy(error, file))?;
    complain(&format!("now:  {}", present(there)));
    complain(&format!("then: {}, from {}", in_words(&copy), file.display()));
    complain("what is there now is kept beside; what waits to be sent in the copy waits for your word then");
    if !(Prompts { yes }).confirm("Replace the ledger?", false, true, "--yes")? {
        return context.output.aside("nothing was changed");
    }
    let restored = Ledger::restore(file, there).map_err(|error| about_copy(error, file))?;
    if !context.output.is_text() {
        let answer = Shape::default()
            .with("file", file)
            .with("entries", restored.entries)
            .maybe("kept", restored.kept, "there was no ledger before")
            .done();
        return context.output.values(&answer, Plain::Values);
    }
    context.output.line(&format!(
        "the ledger has {} now: those of the copy, and what was noted of bringing it back",
        counted(restored.entries)
    ))?;
    if let Some(kept) = restored.kept {
        context
            .output
            .text(&format!("the one that was there is kept as {}", kept.display()))?;
    }
    context
        .output
        .aside("`retain sync` brings it up to what the CRM has now")
}
