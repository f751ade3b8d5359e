//! `retain ledger backup FILE` and `retain ledger restore FILE`.

use std::path::{Path, PathBuf};

use crate::store::Ledger;
use crate::store::lock::SyncLock;

use super::CliError;
use super::context::{Context, Workplace};

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
    let entries = workplace.ledger()?.backup(file)?;
    if context.output.is_json() {
        return context
            .output
            .json(&serde_json::json!({ "file": file, "entries": entries }));
    }
    context
        .output
        .line(&format!("{entries} entries are in {}", file.display()))
}

fn restore(context: &Context, workplace: &Workplace, file: &Path) -> Result<(), CliError> {
    // Whoever syncs writes to the ledger; afterwards it would write to the one that was replaced.
    let _lock = SyncLock::acquire(&workplace.paths.lock)?.map_err(|holder| {
        CliError::failed(format!("the ledger is in use by {holder}")).hint("end it, then try again")
    })?;
    let restored = Ledger::restore(file, &workplace.paths.ledger_db)?;
    if context.output.is_json() {
        return context.output.json(&serde_json::json!({
            "file": file, "entries": restored.entries, "kept": restored.kept
        }));
    }
    context
        .output
        .line(&format!("the ledger has {} entries now", restored.entries))?;
    match restored.kept {
        Some(kept) => context
            .output
            .line(&format!("the one that was there is kept as {}", kept.display())),
        None => Ok(()),
    }
}
