//! `retain config show`: every key that is in force, and which layer set it.

use serde_json::json;

use crate::cli::output::Column;

use super::CliError;
use super::context::Context;

/// Show the configuration that is in force
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Print every key with its value
    Show {
        /// Say of each key which layer set it, and where
        #[arg(long)]
        origin: bool,
        /// Only keys that begin so, with or without their file's name
        prefix: Option<String>,
    },
}

/// Prints the keys.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let Action::Show { origin, prefix } = &args.action;
    let mut keys = context.loaded()?.origins;
    if let Some(prefix) = prefix {
        keys.retain(|key| key.key.starts_with(prefix) || key.file.starts_with(prefix));
    }
    if context.output.is_json() {
        return context.output.json(&json!({ "keys": keys }));
    }
    let columns = [
        Column::words("file"),
        Column::words("key"),
        Column::words("value"),
        Column::words("set by"),
    ];
    let shown = if *origin { 4 } else { 3 };
    let rows: Vec<Vec<String>> = keys
        .into_iter()
        .map(|key| {
            let place = format!("{}, {}:{}", key.layer.word(), key.source, key.line);
            let mut row = vec![key.file, key.key, key.value, place];
            row.truncate(shown);
            row
        })
        .collect();
    context.output.table(&columns[..shown], &rows)
}
