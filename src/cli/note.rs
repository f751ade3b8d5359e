//! `retain note`: a note on an account.

use crate::domain::acts::note;

use super::CliError;
use super::context::Context;
use super::sending::{self, Flags};
use super::writing::{self, about};

/// Write a note on an account
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The account: its id, or its name or a part of it
    account: String,
    /// The text; - reads standard input, @FILE a file
    text: String,
    #[command(flatten)]
    flags: Flags,
}

/// Writes the note.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    writing::allowed(&context.workplace()?)?;
    // Whoever types it may take an hour: what was opened before would be old by then.
    let text = sending::text(&args.text)?;
    let writing = sending::begin(&args.flags, context)?;
    let about = about(&writing.account(&args.account, context)?);
    let note = note::note(&writing.on, &about, &text).map_err(CliError::usage)?;
    sending::carry_out(writing, vec![note], &args.flags, context)
}
